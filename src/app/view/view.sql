-- The timeline by the folders its files are in.

-- sql: view_folders(owner uuid) -> many text
SELECT DISTINCT regexp_replace("originalPath", '/[^/]*$', '') AS path FROM asset
WHERE "ownerId" = $owner AND visibility = 'timeline' AND "deletedAt" IS NULL
ORDER BY 1;

-- Compat: the folder may be named by the end of its path alone.
-- sql: view_assets_in(owner uuid, path text) -> many uuid
SELECT id FROM asset
WHERE "ownerId" = $owner AND visibility = 'timeline' AND "deletedAt" IS NULL
    AND right(regexp_replace("originalPath", '/[^/]*$', ''), char_length($path)) = $path
ORDER BY regexp_replace("originalPath", '^.*/', ''), id;
