-- Videos inside photos: each becomes a hidden asset that its photo points to.

-- row: motion_photo_video (id uuid, originalPath text, visibility text)
-- sql: motion_photo_find(owner uuid, library uuid?, checksum bytea) -> maybe motion_photo_video
SELECT id, "originalPath", visibility::text FROM asset
WHERE "ownerId" = $owner AND "libraryId" IS NOT DISTINCT FROM $library AND checksum = $checksum;

-- The dates are the photo's.
-- sql: motion_photo_insert(id uuid, photo uuid, path text, name text, checksum bytea) -> void
INSERT INTO asset (id, "ownerId", "libraryId", type, visibility, "originalPath", "originalFileName", checksum,
    "checksumAlgorithm", "fileCreatedAt", "fileModifiedAt", "localDateTime")
SELECT $id, "ownerId", "libraryId", 'VIDEO', 'hidden', $path, $name, $checksum,
    'sha1', "fileCreatedAt", "fileModifiedAt", "localDateTime"
FROM asset WHERE id = $photo;

-- sql: motion_photo_hide(id uuid) -> void
UPDATE asset SET visibility = 'hidden' WHERE id = $id AND visibility = 'timeline';

-- What an external library holds does not count.
-- sql: motion_photo_count_usage(photo uuid, bytes int8) -> void
UPDATE "user" SET "quotaUsageInBytes" = "quotaUsageInBytes" + $bytes
FROM asset a WHERE a.id = $photo AND a."ownerId" = "user".id AND NOT a."isExternal";

-- The video that the photo pointed to until now, when it is another one.
-- sql: motion_photo_link(photo uuid, video uuid) -> one uuid?
WITH before AS (
    SELECT "livePhotoVideoId" AS id FROM asset WHERE id = $photo
)
, linked AS (
    UPDATE asset SET "livePhotoVideoId" = $video WHERE id = $photo AND "livePhotoVideoId" IS DISTINCT FROM $video
)
SELECT nullif(id, $video) FROM before;
