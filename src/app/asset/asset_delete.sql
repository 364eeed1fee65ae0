-- Deletion: to the trash, then the row, then the files (storage.md §10).

-- sql: asset_trash(ids uuid[], status text) -> count
UPDATE asset SET "deletedAt" = now(), status = $status::text::assets_status_enum WHERE id = ANY($ids);

-- What is deleted for good: what was put into the trash and not restored since, and the video of a still that is gone.
-- row: doomed_asset (ownerId uuid, libraryId uuid?, originalPath text, livePhotoVideoId uuid?, stackId uuid?, isOffline bool,
--   size int8)
-- sql: asset_doomed(id uuid) -> maybe doomed_asset
SELECT a."ownerId", a."libraryId", a."originalPath", a."livePhotoVideoId", a."stackId", a."isOffline",
    coalesce((SELECT e."fileSizeInByte" FROM asset_exif e WHERE e."assetId" = a.id), 0) AS size
FROM asset a
WHERE a.id = $id AND (a."deletedAt" IS NOT NULL OR (a.visibility = 'hidden' AND a.type = 'VIDEO'
    AND NOT EXISTS (SELECT FROM asset still WHERE still."livePhotoVideoId" = a.id)))
FOR UPDATE OF a;

-- Generated files, and with $sidecars those beside the original.
-- sql: asset_doomed_files(id uuid, sidecars bool) -> many text
SELECT path FROM asset_file WHERE "assetId" = $id AND (type <> 'sidecar' OR $sidecars);

-- A stack of one is none.
-- sql: stack_leave(stack uuid, asset uuid) -> void
WITH rest AS (
    SELECT id FROM asset WHERE "stackId" = $stack AND id <> $asset
), dissolved AS (
    DELETE FROM stack WHERE id = $stack AND (SELECT count(*) FROM rest) < 2
)
UPDATE stack SET "primaryAssetId" = (SELECT id FROM rest ORDER BY id LIMIT 1)
WHERE id = $stack AND "primaryAssetId" = $asset AND (SELECT count(*) FROM rest) >= 2;

-- sql: asset_delete(id uuid) -> count
WITH moves AS (
    DELETE FROM move_history WHERE "entityId" = $id AND "pathType" = 'original'
)
DELETE FROM asset WHERE id = $id;

-- sql: asset_take_usage(owner uuid, size int8) -> void
UPDATE "user" SET "quotaUsageInBytes" = greatest("quotaUsageInBytes" - $size, 0) WHERE id = $owner;

-- sql: asset_is_live_video(video uuid) -> one bool
SELECT EXISTS (SELECT FROM asset WHERE "livePhotoVideoId" = $video);

-- Jobs for all that has been deleted long enough, and for all that waits in nobody's trash any more.
-- sql: asset_delete_overdue(before timestamptz) -> count
INSERT INTO tintype.job (queue, name, payload, max_attempts)
SELECT 'backgroundTask', 'AssetDelete', jsonb_build_object('id', id, 'deleteOnDisk', NOT "isOffline"), 3
FROM asset WHERE "deletedAt" <= $before;

-- sql: asset_delete_emptied() -> count
INSERT INTO tintype.job (queue, name, payload, max_attempts)
SELECT 'backgroundTask', 'AssetDelete', jsonb_build_object('id', id, 'deleteOnDisk', true), 3
FROM asset WHERE "deletedAt" IS NOT NULL AND status = 'deleted';
