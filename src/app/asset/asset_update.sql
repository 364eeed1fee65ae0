-- What users change of their assets.

-- Only what is named in $keys is written, and it is locked: no extraction overwrites it until a sidecar holds it.
-- sql: asset_set_exif(ids uuid[], keys text[], description text?, dateTimeOriginal timestamptz?, timeZone text?,
--   latitude float8?, longitude float8?, rating int4?) -> void
INSERT INTO asset_exif AS e ("assetId", description, "dateTimeOriginal", "timeZone", latitude, longitude, rating,
    "lockedProperties")
SELECT id, coalesce($description, ''), $dateTimeOriginal, $timeZone, $latitude, $longitude, $rating, $keys
FROM unnest($ids) AS id
ON CONFLICT ("assetId") DO UPDATE SET
    description = CASE WHEN 'description' = ANY($keys) THEN excluded.description ELSE e.description END,
    "dateTimeOriginal" = CASE WHEN 'dateTimeOriginal' = ANY($keys) THEN excluded."dateTimeOriginal"
        ELSE e."dateTimeOriginal" END,
    "timeZone" = CASE WHEN 'timeZone' = ANY($keys) THEN excluded."timeZone" ELSE e."timeZone" END,
    latitude = CASE WHEN 'latitude' = ANY($keys) THEN excluded.latitude ELSE e.latitude END,
    longitude = CASE WHEN 'longitude' = ANY($keys) THEN excluded.longitude ELSE e.longitude END,
    rating = CASE WHEN 'rating' = ANY($keys) THEN excluded.rating ELSE e.rating END,
    "lockedProperties" = ARRAY(SELECT unnest(e."lockedProperties") UNION SELECT unnest(excluded."lockedProperties"));

-- sql: asset_shift_dates(ids uuid[], minutes int8) -> void
UPDATE asset_exif SET "dateTimeOriginal" = "dateTimeOriginal" + $minutes * interval '1 minute',
    "lockedProperties" = ARRAY(SELECT unnest("lockedProperties") UNION SELECT 'dateTimeOriginal')
WHERE "assetId" = ANY($ids) AND "dateTimeOriginal" IS NOT NULL;

-- What was locked was taken from partners' apps, with its exif, which is touched so that it is sent along again.
-- sql: asset_set_row(ids uuid[], favorite bool?, visibility AssetVisibility?, setVideo bool, video uuid?, setDuplicate bool,
--   duplicate uuid?) -> void
WITH unlocked AS (
    UPDATE asset_exif SET "updatedAt" = now()
    WHERE "assetId" IN (SELECT id FROM asset WHERE id = ANY($ids) AND visibility = 'locked')
        AND $visibility::asset_visibility_enum <> 'locked'
)
UPDATE asset SET "isFavorite" = coalesce($favorite, "isFavorite"),
    visibility = coalesce($visibility::asset_visibility_enum, visibility),
    "livePhotoVideoId" = CASE WHEN $setVideo::boolean THEN $video::uuid ELSE "livePhotoVideoId" END,
    "duplicateId" = CASE WHEN $setDuplicate::boolean THEN $duplicate::uuid ELSE "duplicateId" END
WHERE id = ANY($ids);

-- A locked asset leaves the albums and links that showed it, and is no album's cover.
-- sql: asset_withdraw(ids uuid[]) -> void
WITH albums AS (
    DELETE FROM album_asset WHERE "assetId" = ANY($ids)
), covers AS (
    UPDATE album SET "albumThumbnailAssetId" = (
        SELECT aa."assetId" FROM album_asset aa WHERE aa."albumId" = album.id AND aa."assetId" <> ALL($ids)
        ORDER BY aa."createdAt" LIMIT 1)
    WHERE "albumThumbnailAssetId" = ANY($ids)
)
DELETE FROM shared_link_asset WHERE "assetId" = ANY($ids);

-- row: linked_video (id uuid, originalPath text, visibility AssetVisibility)
-- The video of a still, and the still's visibility.
-- sql: asset_linked_video(still uuid) -> maybe linked_video
SELECT v.id, v."originalPath", a.visibility FROM asset a JOIN asset v ON v.id = a."livePhotoVideoId" WHERE a.id = $still;
