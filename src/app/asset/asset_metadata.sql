-- What metadata extraction and sidecars read and write.

-- row: metadata_asset (id uuid, ownerId uuid, type text, originalPath text, originalFileName text,
--   fileCreatedAt timestamptz, libraryId uuid?, sidecarPath text?, wasExtracted bool)
-- sql: metadata_asset(id uuid) -> maybe metadata_asset
SELECT a.id, a."ownerId", a.type, a."originalPath", a."originalFileName", a."fileCreatedAt", a."libraryId",
    f.path AS "sidecarPath", j."metadataExtractedAt" IS NOT NULL AS "wasExtracted"
FROM asset a
LEFT JOIN asset_job_status j ON j."assetId" = a.id
LEFT JOIN asset_file f ON f."assetId" = a.id AND f.type = 'sidecar' AND NOT f."isEdited"
WHERE a.id = $id;

-- What the row says afterwards: locked columns (edited by the user, not yet in the sidecar) keep their value. A place
-- name stays as long as its position does.
-- row: metadata_kept (dateTimeOriginal timestamptz, timeZone text?, tags text[]?)
-- sql: metadata_put_exif(asset uuid, make text?, model text?, exifImageWidth int4?, exifImageHeight int4?,
--   fileSizeInByte int8, orientation text?, dateTimeOriginal timestamptz, modifyDate timestamptz, lensModel text?,
--   fNumber float8?, focalLength float8?, iso int4?, latitude float8?, longitude float8?, description text, fps float8?,
--   exposureTime text?, livePhotoCID text?, timeZone text?, projectionType text?, profileDescription text?,
--   colorspace text?, bitsPerSample int4?, autoStackId text?, rating int4?, tags text[]) -> one metadata_kept
INSERT INTO asset_exif AS e ("assetId", make, model, "exifImageWidth", "exifImageHeight", "fileSizeInByte", orientation,
    "dateTimeOriginal", "modifyDate", "lensModel", "fNumber", "focalLength", iso, latitude, longitude, description, fps,
    "exposureTime", "livePhotoCID", "timeZone", "projectionType", "profileDescription", colorspace, "bitsPerSample",
    "autoStackId", rating, tags)
VALUES ($asset, $make, $model, $exifImageWidth, $exifImageHeight, $fileSizeInByte, $orientation,
    $dateTimeOriginal, $modifyDate, $lensModel, $fNumber, $focalLength, $iso, $latitude, $longitude, $description, $fps,
    $exposureTime, $livePhotoCID, $timeZone, $projectionType, $profileDescription, $colorspace, $bitsPerSample,
    $autoStackId, $rating, nullif($tags, '{}'::text[]))
ON CONFLICT ("assetId") DO UPDATE SET
    make = excluded.make,
    model = excluded.model,
    "exifImageWidth" = excluded."exifImageWidth",
    "exifImageHeight" = excluded."exifImageHeight",
    "fileSizeInByte" = excluded."fileSizeInByte",
    orientation = excluded.orientation,
    "dateTimeOriginal" = CASE WHEN 'dateTimeOriginal' = ANY (e."lockedProperties") THEN e."dateTimeOriginal"
        ELSE excluded."dateTimeOriginal" END,
    "modifyDate" = excluded."modifyDate",
    "lensModel" = excluded."lensModel",
    "fNumber" = excluded."fNumber",
    "focalLength" = excluded."focalLength",
    iso = excluded.iso,
    latitude = CASE WHEN 'latitude' = ANY (e."lockedProperties") THEN e.latitude ELSE excluded.latitude END,
    longitude = CASE WHEN 'longitude' = ANY (e."lockedProperties") THEN e.longitude ELSE excluded.longitude END,
    city = CASE WHEN (e.latitude, e.longitude) = (excluded.latitude, excluded.longitude)
        OR '{latitude,longitude}' <@ e."lockedProperties" THEN e.city END,
    state = CASE WHEN (e.latitude, e.longitude) = (excluded.latitude, excluded.longitude)
        OR '{latitude,longitude}' <@ e."lockedProperties" THEN e.state END,
    country = CASE WHEN (e.latitude, e.longitude) = (excluded.latitude, excluded.longitude)
        OR '{latitude,longitude}' <@ e."lockedProperties" THEN e.country END,
    description = CASE WHEN 'description' = ANY (e."lockedProperties") THEN e.description ELSE excluded.description END,
    fps = excluded.fps,
    "exposureTime" = excluded."exposureTime",
    "livePhotoCID" = excluded."livePhotoCID",
    "timeZone" = CASE WHEN 'timeZone' = ANY (e."lockedProperties") THEN e."timeZone" ELSE excluded."timeZone" END,
    "projectionType" = excluded."projectionType",
    "profileDescription" = excluded."profileDescription",
    colorspace = excluded.colorspace,
    "bitsPerSample" = excluded."bitsPerSample",
    "autoStackId" = excluded."autoStackId",
    rating = CASE WHEN 'rating' = ANY (e."lockedProperties") THEN e.rating ELSE excluded.rating END,
    tags = CASE WHEN 'tags' = ANY (e."lockedProperties") THEN e.tags ELSE excluded.tags END
RETURNING "dateTimeOriginal", "timeZone", tags;

-- The size of an edited asset is that of its edit.
-- sql: metadata_put_asset(id uuid, duration int4?, fileCreatedAt timestamptz, fileModifiedAt timestamptz,
--   localDateTime timestamptz, width int4?, height int4?) -> void
UPDATE asset SET
    duration = $duration,
    "fileCreatedAt" = $fileCreatedAt,
    "fileModifiedAt" = $fileModifiedAt,
    "localDateTime" = $localDateTime,
    width = CASE WHEN "isEdited" THEN coalesce(width, $width) ELSE $width END,
    height = CASE WHEN "isEdited" THEN coalesce(height, $height) ELSE $height END
WHERE id = $id;

-- sql: metadata_put_audio(asset uuid, bitrate int4, index int2, profile int2?, codecName text) -> void
INSERT INTO asset_audio ("assetId", bitrate, index, profile, "codecName")
VALUES ($asset, $bitrate, $index, $profile, $codecName)
ON CONFLICT ("assetId") DO UPDATE SET
    bitrate = excluded.bitrate, index = excluded.index, profile = excluded.profile, "codecName" = excluded."codecName";

-- sql: metadata_put_video(asset uuid, bitrate int4, frameCount int4, timeBase int4, index int2, profile int2?, level int2?,
--   colorPrimaries int2, colorTransfer int2, colorMatrix int2, dvProfile int2?, dvLevel int2?,
--   dvBlSignalCompatibilityId int2?, codecName text, formatName text, formatLongName text, pixelFormat text) -> void
INSERT INTO asset_video ("assetId", bitrate, "frameCount", "timeBase", index, profile, level, "colorPrimaries",
    "colorTransfer", "colorMatrix", "dvProfile", "dvLevel", "dvBlSignalCompatibilityId", "codecName", "formatName",
    "formatLongName", "pixelFormat")
VALUES ($asset, $bitrate, $frameCount, $timeBase, $index, $profile, $level, $colorPrimaries,
    $colorTransfer, $colorMatrix, $dvProfile, $dvLevel, $dvBlSignalCompatibilityId, $codecName, $formatName,
    $formatLongName, $pixelFormat)
ON CONFLICT ("assetId") DO UPDATE SET
    bitrate = excluded.bitrate, "frameCount" = excluded."frameCount", "timeBase" = excluded."timeBase",
    index = excluded.index, profile = excluded.profile, level = excluded.level,
    "colorPrimaries" = excluded."colorPrimaries", "colorTransfer" = excluded."colorTransfer",
    "colorMatrix" = excluded."colorMatrix", "dvProfile" = excluded."dvProfile", "dvLevel" = excluded."dvLevel",
    "dvBlSignalCompatibilityId" = excluded."dvBlSignalCompatibilityId", "codecName" = excluded."codecName",
    "formatName" = excluded."formatName", "formatLongName" = excluded."formatLongName",
    "pixelFormat" = excluded."pixelFormat";

-- sql: metadata_put_keyframes(asset uuid, pts int4[], accDuration int4[], ownDuration int4[], totalDuration int4,
--   packetCount int4, outputFrames int4) -> void
INSERT INTO asset_keyframe ("assetId", pts, "accDuration", "ownDuration", "totalDuration", "packetCount", "outputFrames")
VALUES ($asset, $pts, $accDuration, $ownDuration, $totalDuration, $packetCount, $outputFrames)
ON CONFLICT ("assetId") DO UPDATE SET
    pts = excluded.pts, "accDuration" = excluded."accDuration", "ownDuration" = excluded."ownDuration",
    "totalDuration" = excluded."totalDuration", "packetCount" = excluded."packetCount",
    "outputFrames" = excluded."outputFrames";

-- What an earlier extraction found and this one did not.
-- sql: metadata_drop_streams(asset uuid, audio bool, video bool, keyframes bool) -> void
WITH a AS (DELETE FROM asset_audio WHERE $audio AND "assetId" = $asset)
, v AS (DELETE FROM asset_video WHERE $video AND "assetId" = $asset)
DELETE FROM asset_keyframe WHERE $keyframes AND "assetId" = $asset;

-- sql: metadata_put_done(asset uuid) -> void
INSERT INTO asset_job_status ("assetId", "metadataExtractedAt") VALUES ($asset, now())
ON CONFLICT ("assetId") DO UPDATE SET "metadataExtractedAt" = excluded."metadataExtractedAt";

-- The other half of a live photo. Uses asset_exif_livePhotoCID_idx.
-- sql: metadata_live_photo_other(asset uuid, owner uuid, cid text, type text) -> maybe uuid
SELECT a.id FROM asset_exif e JOIN asset a ON a.id = e."assetId"
WHERE e."livePhotoCID" = $cid AND a."ownerId" = $owner AND a.type = $type AND a.id <> $asset
ORDER BY a."createdAt" LIMIT 1;

-- The video is part of its photo from now on: it leaves the timeline and all albums. True when it was seen until now.
-- sql: metadata_link_live_photo(photo uuid, video uuid) -> one bool
WITH seen AS (
    SELECT visibility <> 'hidden' AS was FROM asset WHERE id = $video
)
, linked AS (
    UPDATE asset SET "livePhotoVideoId" = $video WHERE id = $photo AND "livePhotoVideoId" IS DISTINCT FROM $video
)
, hidden AS (
    UPDATE asset SET visibility = 'hidden' WHERE id = $video AND visibility <> 'hidden'
)
, albums AS (
    DELETE FROM album_asset WHERE "assetId" = $video
)
SELECT was FROM seen;

-- sql: metadata_put_sidecar(asset uuid, path text) -> void
INSERT INTO asset_file ("assetId", type, path, "isEdited") VALUES ($asset, 'sidecar', $path, false)
ON CONFLICT ("assetId", type, "isEdited") DO UPDATE SET path = excluded.path;

-- sql: metadata_drop_sidecar(asset uuid) -> void
DELETE FROM asset_file WHERE "assetId" = $asset AND type = 'sidecar' AND NOT "isEdited";

-- What the user edited and no sidecar holds yet.
-- row: metadata_edit (updateId uuid, lockedProperties text[], description text, dateTimeOriginal timestamptz?, timeZone text?,
--   latitude float8?, longitude float8?, rating int4?, tags text[]?)
-- sql: metadata_edits(asset uuid) -> maybe metadata_edit
SELECT "updateId", "lockedProperties", description, "dateTimeOriginal", "timeZone", latitude, longitude, rating, tags
FROM asset_exif WHERE "assetId" = $asset AND "lockedProperties" <> '{}';

-- False when the row has changed since it was read: then another write of the sidecar is on its way.
-- sql: metadata_unlock(asset uuid, updateId uuid, properties text[]) -> count
UPDATE asset_exif SET "lockedProperties" = nullif(ARRAY(
    SELECT p FROM unnest("lockedProperties") AS p WHERE p <> ALL ($properties::text[])), '{}')
WHERE "assetId" = $asset AND "updateId" = $updateId;

-- Without force: what was never extracted.
-- sql: metadata_queue_all(force bool) -> count
INSERT INTO tintype.job (queue, name, payload, max_attempts)
SELECT 'metadataExtraction', 'AssetExtractMetadata', jsonb_build_object('id', a.id), 3
FROM asset a LEFT JOIN asset_job_status j ON j."assetId" = a.id
WHERE a."deletedAt" IS NULL AND ($force OR j."metadataExtractedAt" IS NULL);

-- Without force: assets without a sidecar.
-- sql: sidecar_queue_all(force bool) -> count
INSERT INTO tintype.job (queue, name, payload, max_attempts)
SELECT 'sidecar', 'SidecarCheck', jsonb_build_object('id', a.id), 3
FROM asset a
WHERE $force OR NOT EXISTS (
    SELECT FROM asset_file f WHERE f."assetId" = a.id AND f.type = 'sidecar' AND NOT f."isEdited");
