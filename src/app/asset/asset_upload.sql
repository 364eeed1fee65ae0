-- What an upload reads and writes. All writes are one transaction after the file is in its place (DESIGN §2).

-- row: upload_quota (quotaSizeInBytes int8?, quotaUsageInBytes int8)
-- sql: upload_quota_get(owner uuid) -> maybe upload_quota
SELECT "quotaSizeInBytes", "quotaUsageInBytes" FROM "user" WHERE id = $owner;

-- Without room nothing is added; uploads that run at the same time wait for each other here, so this comes last.
-- sql: upload_add_usage(owner uuid, size int8) -> count
UPDATE "user" SET "quotaUsageInBytes" = "quotaUsageInBytes" + $size
WHERE id = $owner AND ("quotaSizeInBytes" IS NULL OR "quotaUsageInBytes" + $size <= "quotaSizeInBytes");

-- row: upload_live_video (ownerId uuid, type AssetTypeEnum)
-- sql: upload_live_video_get(id uuid) -> maybe upload_live_video
SELECT "ownerId", type FROM asset WHERE id = $id;

-- The video of a live photo leaves the timeline; counts 1 when it was there.
-- sql: upload_hide_video(id uuid) -> count
UPDATE asset SET visibility = 'hidden' WHERE id = $id AND visibility = 'timeline';

-- The unique index of owner and checksum decides what a duplicate is: no row then. Without an exif row the timeline
-- would not show the asset until its metadata is read.
-- sql: upload_insert(id uuid, owner uuid, type AssetTypeEnum, path text, name text, size int8, checksum bytea,
--   created timestamptz, modified timestamptz, favorite bool, duration int4?, video uuid?, visibility AssetVisibility) -> maybe uuid
WITH made AS (
    INSERT INTO asset (id, "ownerId", type, "originalPath", "originalFileName", checksum, "checksumAlgorithm",
        "fileCreatedAt", "fileModifiedAt", "localDateTime", "isFavorite", duration, "livePhotoVideoId", visibility)
    VALUES ($id, $owner, $type, $path, $name, $checksum, 'sha1',
        $created, $modified, $created, $favorite, $duration, $video, $visibility)
    ON CONFLICT ("ownerId", checksum) WHERE "libraryId" IS NULL DO NOTHING
    RETURNING id
), sized AS (
    INSERT INTO asset_exif ("assetId", "fileSizeInByte") SELECT id, $size FROM made
)
SELECT id FROM made;

-- Of a key that comes twice the last one counts.
-- sql: upload_insert_metadata(asset uuid, keys text[], contents jsonb[]) -> void
INSERT INTO asset_metadata ("assetId", key, value)
SELECT DISTINCT ON (m.key) $asset, m.key, m.content
FROM unnest($keys::text[], $contents::jsonb[]) WITH ORDINALITY AS m (key, content, place)
ORDER BY m.key, m.place DESC;

-- sql: upload_insert_sidecar(asset uuid, path text) -> void
INSERT INTO asset_file ("assetId", type, path) VALUES ($asset, 'sidecar', $path);

-- A locked asset is shown in no album and by no link. Counts 1 when the album has it now and had not before.
-- sql: upload_add_to_album(album uuid, asset uuid) -> count
WITH added AS (
    INSERT INTO album_asset ("albumId", "assetId")
    SELECT al.id, a.id FROM album al, asset a
    WHERE al.id = $album AND al."deletedAt" IS NULL AND a.id = $asset AND a.visibility <> 'locked'
    ON CONFLICT DO NOTHING
    RETURNING "albumId", "assetId"
)
UPDATE album SET "updatedAt" = clock_timestamp(),
    "albumThumbnailAssetId" = coalesce(album."albumThumbnailAssetId", added."assetId")
FROM added WHERE album.id = added."albumId";

-- sql: upload_album_members(album uuid) -> many uuid
SELECT "userId" FROM album_user WHERE "albumId" = $album ORDER BY "userId";

-- sql: upload_add_to_link(link uuid, asset uuid) -> void
INSERT INTO shared_link_asset ("sharedLinkId", "assetId")
SELECT l.id, a.id FROM shared_link l, asset a
WHERE l.id = $link AND a.id = $asset AND a.visibility <> 'locked'
ON CONFLICT DO NOTHING;
