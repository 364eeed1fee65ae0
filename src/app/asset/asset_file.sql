-- Files on disk and the rows that need them.

-- Which of these files a row needs. A derived file's name begins with the id of what it belongs to; sidecars are looked
-- up in tintype_asset_file_sidecar_idx, because several assets may share one.
-- sql: file_referenced(paths text[], subjects uuid[]) -> many text
SELECT "originalPath" FROM asset WHERE "originalPath" = ANY($paths)
UNION
SELECT path FROM asset_file WHERE type = 'sidecar' AND path = ANY($paths)
UNION
SELECT path FROM asset_file WHERE "assetId" = ANY($subjects) AND path = ANY($paths)
UNION
SELECT "thumbnailPath" FROM person WHERE id = ANY($subjects) AND "thumbnailPath" = ANY($paths)
UNION
SELECT "profileImagePath" FROM "user" WHERE "profileImagePath" = ANY($paths);
