-- What is downloaded together.

-- row: download_item (id uuid, size int8)
-- What can be downloaded of that which download_api.c chooses: stills, then their moving parts. Those below $encoded were cut
-- out of their still, which has them in itself; they are there with $embedded only. Compat: a locked asset is there for its owner with
-- the locked folder open: to anybody else it would be the one for which the archive is refused.
-- sql: download_items(caller uuid, elevated bool, embedded bool, encoded text) -> query download_item
WITH wanted AS MATERIALIZED (
    SELECT a.id, a."livePhotoVideoId", a."fileCreatedAt", e."fileSizeInByte"
    FROM asset a
    JOIN asset_exif e ON e."assetId" = a.id
    WHERE a."deletedAt" IS NULL AND (a.visibility <> 'locked' OR (a."ownerId" = $caller AND $elevated)) /*filters*/)
SELECT id, size FROM (
    SELECT id, coalesce("fileSizeInByte", 0) AS size, "fileCreatedAt" AS time, false AS moving FROM wanted
    UNION ALL
    SELECT v.id, coalesce(e."fileSizeInByte", 0), v."fileCreatedAt", true
    FROM asset v
    JOIN asset_exif e ON e."assetId" = v.id
    WHERE v.id IN (SELECT "livePhotoVideoId" FROM wanted) AND v.id NOT IN (SELECT id FROM wanted)
        AND v."deletedAt" IS NULL AND ($embedded OR NOT starts_with(v."originalPath", $encoded))) AS item
ORDER BY moving, time, id;

-- row: download_file (id uuid, path text, name text)
-- Files in the order of the ids, one as often as it was asked for. $edited: the edited picture in full size, where there is one.
-- sql: download_files(ids uuid[], edited bool) -> many download_file
SELECT a.id, coalesce(f.path, a."originalPath") AS path, a."originalFileName" AS name
FROM unnest($ids) WITH ORDINALITY AS wanted (id, place)
JOIN asset a ON a.id = wanted.id
LEFT JOIN asset_file f ON $edited AND f."assetId" = a.id AND f.type = 'fullsize' AND f."isEdited"
ORDER BY wanted.place;
