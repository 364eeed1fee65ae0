-- Previews and thumbnails of assets.

-- row: thumbnail_source (ownerId uuid, type AssetTypeEnum, originalPath text, originalFileName text, visibility AssetVisibility, thumbhash bytea?, hasExif bool, hasVideo bool, colorspace text?, profileDescription text?, bitsPerSample int4?, projectionType text?)
-- sql: asset_thumbnail_source(id uuid) -> maybe thumbnail_source
SELECT a."ownerId", a.type, a."originalPath", a."originalFileName", a.visibility, a.thumbhash,
    e."assetId" IS NOT NULL AS "hasExif", v."assetId" IS NOT NULL AS "hasVideo", e.colorspace, e."profileDescription",
    e."bitsPerSample", e."projectionType"
FROM asset a
LEFT JOIN asset_exif e ON e."assetId" = a.id
LEFT JOIN asset_video v ON v."assetId" = a.id
WHERE a.id = $id;

-- Whose rows are written next must still be there when they are: a deletion waits.
-- sql: asset_thumbnail_lock(id uuid) -> maybe uuid
SELECT id FROM asset WHERE id = $id FOR SHARE;

-- Files as they were made by an earlier run; edited variants are another job's.
-- row: derived_file (type text, path text)
-- sql: asset_thumbnail_files(asset uuid) -> many derived_file
SELECT type, path FROM asset_file
WHERE "assetId" = $asset AND NOT "isEdited" AND type IN ('thumbnail', 'preview', 'fullsize');

-- sql: asset_thumbnail_store(asset uuid, type text, path text, isProgressive bool, isTransparent bool) -> void
INSERT INTO asset_file ("assetId", type, path, "isEdited", "isProgressive", "isTransparent")
VALUES ($asset, $type, $path, false, $isProgressive, $isTransparent)
ON CONFLICT ("assetId", type, "isEdited") DO UPDATE
SET path = excluded.path, "isProgressive" = excluded."isProgressive", "isTransparent" = excluded."isTransparent",
    "updatedAt" = now();

-- sql: asset_thumbnail_forget(asset uuid, type text) -> void
DELETE FROM asset_file WHERE "assetId" = $asset AND type = $type AND NOT "isEdited";

-- sql: asset_thumbnail_set_hash(asset uuid, thumbhash bytea) -> void
UPDATE asset SET thumbhash = $thumbhash WHERE id = $asset AND thumbhash IS DISTINCT FROM $thumbhash;

-- All, or those that miss something; the order is that of their upload. Edited ones go to the editor's queue.
-- sql: asset_thumbnail_queue_all(force bool, fullsize bool, webSupported text[]) -> count
INSERT INTO tintype.job (queue, name, payload, max_attempts)
SELECT CASE WHEN a."isEdited" AND NOT $force THEN 'editor' ELSE 'thumbnailGeneration' END,
    CASE WHEN a."isEdited" AND NOT $force THEN 'AssetEditThumbnailGeneration' ELSE 'AssetGenerateThumbnails' END,
    jsonb_build_object('id', a.id), 3
FROM asset a
JOIN asset_job_status s ON s."assetId" = a.id
WHERE a."deletedAt" IS NULL AND a.visibility <> 'hidden' AND (
    $force
    OR a.thumbhash IS NULL
    OR NOT EXISTS (SELECT FROM asset_file f WHERE f."assetId" = a.id AND f.type = 'thumbnail')
    OR NOT EXISTS (SELECT FROM asset_file f WHERE f."assetId" = a.id AND f.type = 'preview')
    OR (a."isEdited" AND NOT EXISTS (
        SELECT FROM asset_file f WHERE f."assetId" = a.id AND f.type = 'fullsize' AND f."isEdited"))
    OR ($fullsize AND lower(substring(a."originalFileName" FROM '\.[^.]*$')) <> ALL ($webSupported)
        AND NOT EXISTS (SELECT FROM asset_file f WHERE f."assetId" = a.id AND f.type = 'fullsize')))
ORDER BY a."createdAt", a.id;

-- Persons without a picture; all of them by force. Those without a face cannot have one.
-- sql: asset_thumbnail_queue_people(force bool) -> count
INSERT INTO tintype.job (queue, name, payload, max_attempts, priority)
SELECT 'thumbnailGeneration', 'PersonGenerateThumbnail', jsonb_build_object('id', p.id), 3, 10
FROM person p
WHERE ($force OR p."thumbnailPath" = '')
    AND EXISTS (SELECT FROM asset_face f WHERE f."personId" = p.id AND f."deletedAt" IS NULL);

-- What the app's database gets of a new asset.
-- sql: asset_sync_row(id uuid) -> maybe SyncAssetV2
SELECT id, "ownerId", "originalFileName", "fileCreatedAt", "fileModifiedAt", "createdAt", "localDateTime", type, "deletedAt",
    "isFavorite", visibility, duration, "livePhotoVideoId", "stackId", "libraryId", width, height, "isEdited", checksum,
    thumbhash
FROM asset WHERE id = $id;

-- sql: asset_sync_exif_row(id uuid) -> maybe SyncAssetExifV1
SELECT "assetId", description, "exifImageWidth", "exifImageHeight", "fileSizeInByte", orientation, "dateTimeOriginal",
    "modifyDate", "timeZone", latitude, longitude, "projectionType", city, state, country, make, model, "lensModel",
    "fNumber", "focalLength", iso, "exposureTime", "profileDescription", rating, fps
FROM asset_exif WHERE "assetId" = $id;
