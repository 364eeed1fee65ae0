-- The sync stream (contract/sync.md): what a session's app does not know yet. sync.def says which statement makes which
-- lines; sync.c runs them.
--
-- All that send rows have the same parameters, in this order, and take as many as they need:
--   user    whose app it is
--   after   the last id that was sent
--   before  ids from here on are not wanted
--   now     where this stream ends: what was shared from here on is the next one's
-- and the last one differs: `since` of backfills is the share (its createId) that `after` belongs to, `known` of updates
-- the last link that the app has.
-- The column ack is the id that the app acknowledges, everything else is the line's data. A statement gives the first
-- thousand rows: nothing is held in the database while a phone reads them. Each is found by the index of its ids; with
-- ids from the last stream on that is little, whoever has how many photos. A first stream is planned for its values.

-- ---- what lines are made of ----

-- A favourite is its owner's.
-- part: asset_line
a.id, a."ownerId", a."originalFileName", a."fileCreatedAt", a."fileModifiedAt", a."createdAt", a."localDateTime", a.type,
    a."deletedAt", a."isFavorite" AND a."ownerId" = $user AS "isFavorite", a.visibility, a.duration, a."livePhotoVideoId",
    a."stackId", a."libraryId", a.width, a.height, a."isEdited", a.checksum, a.thumbhash;

-- part: exif_line
e."assetId", e.description, e."exifImageWidth", e."exifImageHeight", e."fileSizeInByte", e.orientation, e."dateTimeOriginal",
    e."modifyDate", e."timeZone", e.latitude, e.longitude, e."projectionType", e.city, e.state, e.country, e.make, e.model,
    e."lensModel", e."fNumber", e."focalLength", e.iso, e."exposureTime", e."profileDescription", e.rating, e.fps;

-- part: stack_line
s.id, s."createdAt", s."updatedAt", s."primaryAssetId", s."ownerId";

-- Compat: what is locked is its owner's alone, in albums and with partners too.
-- part: shown
(a.visibility <> 'locked' OR a."ownerId" = $user);

-- The cover only if it is in the album and the app has it: a reference to a photo it does not have stops the app.
-- part: album_line
al.id, al."albumName" AS name, al.description, al."createdAt", al."updatedAt", al."isActivityEnabled", al."order",
    CASE WHEN EXISTS (
        SELECT FROM album_asset aa JOIN asset a ON a.id = aa."assetId" AND {shown}
        WHERE aa."albumId" = al.id AND aa."assetId" = al."albumThumbnailAssetId" AND aa."updateId" < $now)
    THEN al."albumThumbnailAssetId" END AS "thumbnailAssetId";

-- The user's albums.
-- part: member
au."userId" = $user AND au."createId" < $now;

-- Who shares with the user.
-- part: shared
p."sharedWithId" = $user AND p."createId" < $now;

-- Of a share that was sent in part: behind what was sent.
-- part: since
CASE WHEN share."createId" = $since THEN $after::uuid ELSE '00000000-0000-0000-0000-000000000000' END;

-- ---- users and partners ----

-- row: sync_auth_user (ack uuid, line SyncAuthUserV1)
-- sql: sync_auth_user(user uuid, after uuid, before uuid, now uuid) -> data sync_auth_user
SELECT u."updateId" AS ack, u.id, u.name, u.email, u."avatarColor", u."deletedAt", u."profileChangedAt", u."isAdmin", u."pinCode",
    u."oauthId", u."storageLabel", u."quotaSizeInBytes", u."quotaUsageInBytes", u."profileImagePath" <> '' AS "hasProfileImage"
FROM "user" u
WHERE u.id = $user AND u."updateId" > $after AND u."updateId" < $before;

-- row: sync_user_delete (ack uuid, line SyncUserDeleteV1)
-- sql: sync_user_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_user_delete
SELECT d.id AS ack, d."userId"
FROM user_audit d
WHERE d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_user (ack uuid, line SyncUserV1)
-- sql: sync_users(user uuid, after uuid, before uuid, now uuid) -> data sync_user
SELECT u."updateId" AS ack, u.id, u.name, u.email, u."avatarColor", u."deletedAt", u."profileChangedAt",
    u."profileImagePath" <> '' AS "hasProfileImage"
FROM "user" u
WHERE u."updateId" > $after AND u."updateId" < $before
ORDER BY ack LIMIT 1000;

-- row: sync_partner_delete (ack uuid, line SyncPartnerDeleteV1)
-- sql: sync_partner_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_partner_delete
SELECT d.id AS ack, d."sharedById", d."sharedWithId"
FROM partner_audit d
WHERE $user IN (d."sharedById", d."sharedWithId") AND d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_partner (ack uuid, line SyncPartnerV1)
-- sql: sync_partners(user uuid, after uuid, before uuid, now uuid) -> data sync_partner
SELECT p."updateId" AS ack, p."sharedById", p."sharedWithId", p."inTimeline"
FROM partner p
WHERE $user IN (p."sharedById", p."sharedWithId") AND p."updateId" > $after AND p."updateId" < $before
ORDER BY ack LIMIT 1000;

-- ---- the user's own assets and stacks ----

-- row: sync_asset_delete (ack uuid, line SyncAssetDeleteV1)
-- sql: sync_asset_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_asset_delete
SELECT d.id AS ack, d."assetId"
FROM asset_audit d
WHERE d."ownerId" = $user AND d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_asset (ack uuid, line SyncAssetV2)
-- sql: sync_assets(user uuid, after uuid, before uuid, now uuid) -> data sync_asset
SELECT a."updateId" AS ack, {asset_line}
FROM asset a
WHERE a."ownerId" = $user AND a."updateId" > $after AND a."updateId" < $before
ORDER BY ack LIMIT 1000;

-- row: sync_stack_delete (ack uuid, line SyncStackDeleteV1)
-- sql: sync_stack_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_stack_delete
SELECT d.id AS ack, d."stackId"
FROM stack_audit d
WHERE d."userId" = $user AND d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_stack (ack uuid, line SyncStackV1)
-- sql: sync_stacks(user uuid, after uuid, before uuid, now uuid) -> data sync_stack
SELECT s."updateId" AS ack, {stack_line}
FROM stack s
WHERE s."ownerId" = $user AND s."updateId" > $after AND s."updateId" < $before
ORDER BY ack LIMIT 1000;

-- ---- what partners share ----
-- Partner by partner, so that nobody else's rows are read.

-- What was locked is gone for the partner: its stamps come from the same clock as the ids of deletions.
-- sql: sync_partner_asset_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_asset_delete
SELECT own.*
FROM partner p
CROSS JOIN LATERAL (
    SELECT d.id AS ack, d."assetId"
    FROM asset_audit d
    WHERE d."ownerId" = p."sharedById" AND d.id > $after AND d.id < $before
    UNION ALL
    SELECT a."updateId", a.id
    FROM asset a
    WHERE a."ownerId" = p."sharedById" AND a.visibility = 'locked' AND a."updateId" > $after AND a."updateId" < $before
    ORDER BY ack LIMIT 1000
) own
WHERE {shared}
ORDER BY ack LIMIT 1000;

-- row: sync_share_asset (ack uuid, share uuid, line SyncAssetV2)
-- sql: sync_partner_asset_backfill(user uuid, after uuid, before uuid, now uuid, since uuid) -> data sync_share_asset
SELECT share."createId" AS share, own.*
FROM partner share
CROSS JOIN LATERAL (
    SELECT a."updateId" AS ack, {asset_line}
    FROM asset a
    WHERE a."ownerId" = share."sharedById" AND {shown} AND a."updateId" > {since} AND a."updateId" < $before
    ORDER BY ack LIMIT 1000
) own
WHERE share."sharedWithId" = $user AND share."createId" >= $since AND share."createId" < $now
ORDER BY share, ack LIMIT 1000;

-- sql: sync_partner_assets(user uuid, after uuid, before uuid, now uuid) -> data sync_asset
SELECT own.*
FROM partner p
CROSS JOIN LATERAL (
    SELECT a."updateId" AS ack, {asset_line}
    FROM asset a
    WHERE a."ownerId" = p."sharedById" AND {shown} AND a."updateId" > $after AND a."updateId" < $before
    ORDER BY ack LIMIT 1000
) own
WHERE {shared}
ORDER BY ack LIMIT 1000;

-- sql: sync_partner_stack_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_stack_delete
SELECT own.*
FROM partner p
CROSS JOIN LATERAL (
    SELECT d.id AS ack, d."stackId"
    FROM stack_audit d
    WHERE d."userId" = p."sharedById" AND d.id > $after AND d.id < $before
    ORDER BY ack LIMIT 1000
) own
WHERE {shared}
ORDER BY ack LIMIT 1000;

-- row: sync_share_stack (ack uuid, share uuid, line SyncStackV1)
-- sql: sync_partner_stack_backfill(user uuid, after uuid, before uuid, now uuid, since uuid) -> data sync_share_stack
SELECT share."createId" AS share, own.*
FROM partner share
CROSS JOIN LATERAL (
    SELECT s."updateId" AS ack, {stack_line}
    FROM stack s
    WHERE s."ownerId" = share."sharedById" AND s."updateId" > {since} AND s."updateId" < $before
    ORDER BY ack LIMIT 1000
) own
WHERE share."sharedWithId" = $user AND share."createId" >= $since AND share."createId" < $now
ORDER BY share, ack LIMIT 1000;

-- sql: sync_partner_stacks(user uuid, after uuid, before uuid, now uuid) -> data sync_stack
SELECT own.*
FROM partner p
CROSS JOIN LATERAL (
    SELECT s."updateId" AS ack, {stack_line}
    FROM stack s
    WHERE s."ownerId" = p."sharedById" AND s."updateId" > $after AND s."updateId" < $before
    ORDER BY ack LIMIT 1000
) own
WHERE {shared}
ORDER BY ack LIMIT 1000;

-- ---- albums ----

-- sql: sync_album_asset_backfill(user uuid, after uuid, before uuid, now uuid, since uuid) -> data sync_share_asset
SELECT share."createId" AS share, own.*
FROM album_user share
CROSS JOIN LATERAL (
    SELECT aa."updateId" AS ack, {asset_line}
    FROM album_asset aa
    JOIN asset a ON a.id = aa."assetId" AND {shown}
    WHERE aa."albumId" = share."albumId" AND aa."updateId" > {since} AND aa."updateId" < $before
    ORDER BY ack LIMIT 1000
) own
WHERE share."userId" = $user AND share."createId" >= $since AND share."createId" < $now
ORDER BY share, ack LIMIT 1000;

-- Changes of what the app has from albums; once, in however many of them it is.
-- sql: sync_album_asset_updates(user uuid, after uuid, before uuid, now uuid, known uuid) -> data sync_asset
SELECT a."updateId" AS ack, {asset_line}
FROM asset a
WHERE a."updateId" > $after AND a."updateId" < $before AND {shown} AND EXISTS (
    SELECT FROM album_asset aa
    JOIN album_user au ON au."albumId" = aa."albumId" AND {member}
    WHERE aa."assetId" = a.id AND aa."updateId" <= $known)
ORDER BY ack LIMIT 1000;

-- sql: sync_album_asset_creates(user uuid, after uuid, before uuid, now uuid) -> data sync_asset
SELECT aa."updateId" AS ack, {asset_line}
FROM album_asset aa
JOIN album_user au ON au."albumId" = aa."albumId" AND {member}
JOIN asset a ON a.id = aa."assetId" AND {shown}
WHERE aa."updateId" > $after AND aa."updateId" < $before
ORDER BY ack LIMIT 1000;

-- row: sync_album_delete (ack uuid, line SyncAlbumDeleteV1)
-- sql: sync_album_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_album_delete
SELECT d.id AS ack, d."albumId"
FROM album_audit d
WHERE d."userId" = $user AND d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_album_with_owner (ack uuid, line SyncAlbumV1)
-- sql: sync_albums_with_owner(user uuid, after uuid, before uuid, now uuid) -> data sync_album_with_owner
SELECT al."updateId" AS ack, o."userId" AS "ownerId", {album_line}
FROM album al
JOIN album_user au ON au."albumId" = al.id AND {member}
JOIN album_user o ON o."albumId" = al.id AND o.role = 'owner'
WHERE al."updateId" > $after AND al."updateId" < $before
ORDER BY ack LIMIT 1000;

-- row: sync_album (ack uuid, line SyncAlbumV2)
-- sql: sync_albums(user uuid, after uuid, before uuid, now uuid) -> data sync_album
SELECT al."updateId" AS ack, {album_line}
FROM album al
JOIN album_user au ON au."albumId" = al.id AND {member}
WHERE al."updateId" > $after AND al."updateId" < $before
ORDER BY ack LIMIT 1000;

-- row: sync_album_user_delete (ack uuid, line SyncAlbumUserDeleteV1)
-- sql: sync_album_user_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_album_user_delete
SELECT d.id AS ack, d."albumId", d."userId"
FROM album_user_audit d
JOIN album_user au ON au."albumId" = d."albumId" AND {member}
WHERE d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_share_album_user (ack uuid, share uuid, line SyncAlbumUserV1)
-- sql: sync_album_user_backfill(user uuid, after uuid, before uuid, now uuid, since uuid) -> data sync_share_album_user
SELECT share."createId" AS share, own.*
FROM album_user share
CROSS JOIN LATERAL (
    SELECT m."updateId" AS ack, m."albumId", m."userId", m.role
    FROM album_user m
    WHERE m."albumId" = share."albumId" AND m."updateId" > {since} AND m."updateId" < $before
    ORDER BY ack LIMIT 1000
) own
WHERE share."userId" = $user AND share."createId" >= $since AND share."createId" < $now
ORDER BY share, ack LIMIT 1000;

-- row: sync_album_user (ack uuid, line SyncAlbumUserV1)
-- sql: sync_album_users(user uuid, after uuid, before uuid, now uuid) -> data sync_album_user
SELECT m."updateId" AS ack, m."albumId", m."userId", m.role
FROM album_user m
JOIN album_user au ON au."albumId" = m."albumId" AND {member}
WHERE m."updateId" > $after AND m."updateId" < $before
ORDER BY ack LIMIT 1000;

-- row: sync_album_to_asset_delete (ack uuid, line SyncAlbumToAssetDeleteV1)
-- sql: sync_album_to_asset_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_album_to_asset_delete
SELECT d.id AS ack, d."assetId", d."albumId"
FROM album_asset_audit d
JOIN album_user au ON au."albumId" = d."albumId" AND {member}
WHERE d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_share_album_to_asset (ack uuid, share uuid, line SyncAlbumToAssetV1)
-- sql: sync_album_to_asset_backfill(user uuid, after uuid, before uuid, now uuid, since uuid) -> data sync_share_album_to_asset
SELECT share."createId" AS share, own.*
FROM album_user share
CROSS JOIN LATERAL (
    SELECT aa."updateId" AS ack, aa."assetId", aa."albumId"
    FROM album_asset aa
    JOIN asset a ON a.id = aa."assetId" AND {shown}
    WHERE aa."albumId" = share."albumId" AND aa."updateId" > {since} AND aa."updateId" < $before
    ORDER BY ack LIMIT 1000
) own
WHERE share."userId" = $user AND share."createId" >= $since AND share."createId" < $now
ORDER BY share, ack LIMIT 1000;

-- row: sync_album_to_asset (ack uuid, line SyncAlbumToAssetV1)
-- sql: sync_album_to_assets(user uuid, after uuid, before uuid, now uuid) -> data sync_album_to_asset
SELECT aa."updateId" AS ack, aa."assetId", aa."albumId"
FROM album_asset aa
JOIN album_user au ON au."albumId" = aa."albumId" AND {member}
JOIN asset a ON a.id = aa."assetId" AND {shown}
WHERE aa."updateId" > $after AND aa."updateId" < $before
ORDER BY ack LIMIT 1000;

-- ---- exif ----

-- row: sync_exif (ack uuid, line SyncAssetExifV1)
-- sql: sync_exifs(user uuid, after uuid, before uuid, now uuid) -> data sync_exif
SELECT e."updateId" AS ack, {exif_line}
FROM asset_exif e
JOIN asset a ON a.id = e."assetId" AND a."ownerId" = $user
WHERE e."updateId" > $after AND e."updateId" < $before
ORDER BY ack LIMIT 1000;

-- row: sync_share_exif (ack uuid, share uuid, line SyncAssetExifV1)
-- sql: sync_album_exif_backfill(user uuid, after uuid, before uuid, now uuid, since uuid) -> data sync_share_exif
SELECT share."createId" AS share, own.*
FROM album_user share
CROSS JOIN LATERAL (
    SELECT aa."updateId" AS ack, {exif_line}
    FROM album_asset aa
    JOIN asset a ON a.id = aa."assetId" AND {shown}
    JOIN asset_exif e ON e."assetId" = a.id
    WHERE aa."albumId" = share."albumId" AND aa."updateId" > {since} AND aa."updateId" < $before
    ORDER BY ack LIMIT 1000
) own
WHERE share."userId" = $user AND share."createId" >= $since AND share."createId" < $now
ORDER BY share, ack LIMIT 1000;

-- sql: sync_album_exif_updates(user uuid, after uuid, before uuid, now uuid, known uuid) -> data sync_exif
SELECT e."updateId" AS ack, {exif_line}
FROM asset_exif e
JOIN asset a ON a.id = e."assetId" AND {shown}
WHERE e."updateId" > $after AND e."updateId" < $before AND EXISTS (
    SELECT FROM album_asset aa
    JOIN album_user au ON au."albumId" = aa."albumId" AND {member}
    WHERE aa."assetId" = a.id AND aa."updateId" <= $known)
ORDER BY ack LIMIT 1000;

-- sql: sync_album_exif_creates(user uuid, after uuid, before uuid, now uuid) -> data sync_exif
SELECT aa."updateId" AS ack, {exif_line}
FROM album_asset aa
JOIN album_user au ON au."albumId" = aa."albumId" AND {member}
JOIN asset a ON a.id = aa."assetId" AND {shown}
JOIN asset_exif e ON e."assetId" = a.id
WHERE aa."updateId" > $after AND aa."updateId" < $before
ORDER BY ack LIMIT 1000;

-- sql: sync_partner_exif_backfill(user uuid, after uuid, before uuid, now uuid, since uuid) -> data sync_share_exif
SELECT share."createId" AS share, own.*
FROM partner share
CROSS JOIN LATERAL (
    SELECT e."updateId" AS ack, {exif_line}
    FROM asset_exif e
    JOIN asset a ON a.id = e."assetId" AND a."ownerId" = share."sharedById" AND {shown}
    WHERE e."updateId" > {since} AND e."updateId" < $before
    ORDER BY ack LIMIT 1000
) own
WHERE share."sharedWithId" = $user AND share."createId" >= $since AND share."createId" < $now
ORDER BY share, ack LIMIT 1000;

-- sql: sync_partner_exifs(user uuid, after uuid, before uuid, now uuid) -> data sync_exif
SELECT e."updateId" AS ack, {exif_line}
FROM asset_exif e
JOIN asset a ON a.id = e."assetId" AND {shown}
JOIN partner p ON p."sharedById" = a."ownerId" AND {shared}
WHERE e."updateId" > $after AND e."updateId" < $before
ORDER BY ack LIMIT 1000;

-- ---- what is known of the user's assets ----

-- row: sync_ocr_delete (ack uuid, line SyncAssetOcrDeleteV1)
-- sql: sync_ocr_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_ocr_delete
SELECT d.id AS ack, d.id, d."assetId", d."deletedAt"
FROM asset_ocr_audit d
JOIN asset a ON a.id = d."assetId" AND a."ownerId" = $user
WHERE d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_ocr (ack uuid, line SyncAssetOcrV1)
-- sql: sync_ocrs(user uuid, after uuid, before uuid, now uuid) -> data sync_ocr
SELECT o."updateId" AS ack, o.id, o."assetId", o.x1, o.y1, o.x2, o.y2, o.x3, o.y3, o.x4, o.y4, o."boxScore", o."textScore", o.text,
    o."isVisible"
FROM asset_ocr o
JOIN asset a ON a.id = o."assetId" AND a."ownerId" = $user
WHERE o."updateId" > $after AND o."updateId" < $before
ORDER BY ack LIMIT 1000;

-- row: sync_metadata_delete (ack uuid, line SyncAssetMetadataDeleteV1)
-- sql: sync_metadata_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_metadata_delete
SELECT d.id AS ack, d."assetId", d.key
FROM asset_metadata_audit d
JOIN asset a ON a.id = d."assetId" AND a."ownerId" = $user
WHERE d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_metadata (ack uuid, line SyncAssetMetadataV1)
-- sql: sync_metadatas(user uuid, after uuid, before uuid, now uuid) -> data sync_metadata
SELECT m."updateId" AS ack, m."assetId", m.key, m.value
FROM asset_metadata m
JOIN asset a ON a.id = m."assetId" AND a."ownerId" = $user
WHERE m."updateId" > $after AND m."updateId" < $before
ORDER BY ack LIMIT 1000;

-- row: sync_edit_delete (ack uuid, line SyncAssetEditDeleteV1)
-- sql: sync_edit_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_edit_delete
SELECT d.id AS ack, d."editId"
FROM asset_edit_audit d
JOIN asset a ON a.id = d."assetId" AND a."ownerId" = $user
WHERE d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_edit (ack uuid, line SyncAssetEditV1)
-- sql: sync_edits(user uuid, after uuid, before uuid, now uuid) -> data sync_edit
SELECT t."updateId" AS ack, t.id, t."assetId", t.action, t.parameters, t.sequence
FROM asset_edit t
JOIN asset a ON a.id = t."assetId" AND a."ownerId" = $user
WHERE t."updateId" > $after AND t."updateId" < $before
ORDER BY ack LIMIT 1000;

-- ---- memories, people, what the user has set ----

-- row: sync_memory_delete (ack uuid, line SyncMemoryDeleteV1)
-- sql: sync_memory_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_memory_delete
SELECT d.id AS ack, d."memoryId"
FROM memory_audit d
WHERE d."userId" = $user AND d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_memory (ack uuid, line SyncMemoryV1)
-- sql: sync_memories(user uuid, after uuid, before uuid, now uuid) -> data sync_memory
SELECT m."updateId" AS ack, m.id, m."createdAt", m."updatedAt", m."deletedAt", m."ownerId", m.type, m.data, m."isSaved", m."memoryAt",
    m."seenAt", m."showAt", m."hideAt"
FROM memory m
WHERE m."ownerId" = $user AND m."updateId" > $after AND m."updateId" < $before
ORDER BY ack LIMIT 1000;

-- row: sync_memory_asset_delete (ack uuid, line SyncMemoryAssetDeleteV1)
-- sql: sync_memory_asset_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_memory_asset_delete
SELECT d.id AS ack, d."memoryId", d."assetId"
FROM memory_asset_audit d
JOIN memory m ON m.id = d."memoryId" AND m."ownerId" = $user
WHERE d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_memory_asset (ack uuid, line SyncMemoryAssetV1)
-- sql: sync_memory_assets(user uuid, after uuid, before uuid, now uuid) -> data sync_memory_asset
SELECT ma."updateId" AS ack, ma."memoriesId" AS "memoryId", ma."assetId"
FROM memory_asset ma
JOIN memory m ON m.id = ma."memoriesId" AND m."ownerId" = $user
WHERE ma."updateId" > $after AND ma."updateId" < $before
ORDER BY ack LIMIT 1000;

-- row: sync_person_delete (ack uuid, line SyncPersonDeleteV1)
-- sql: sync_person_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_person_delete
SELECT d.id AS ack, d."personId"
FROM person_audit d
WHERE d."ownerId" = $user AND d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_person (ack uuid, line SyncPersonV1)
-- sql: sync_people(user uuid, after uuid, before uuid, now uuid) -> data sync_person
SELECT p."updateId" AS ack, p.id, p."createdAt", p."updatedAt", p."ownerId", p.name,
    p."birthDate"::timestamp AT TIME ZONE 'UTC' AS "birthDate", p."isHidden", p."isFavorite", p.color, p."faceAssetId"
FROM person p
WHERE p."ownerId" = $user AND p."updateId" > $after AND p."updateId" < $before
ORDER BY ack LIMIT 1000;

-- row: sync_face_delete (ack uuid, line SyncAssetFaceDeleteV1)
-- sql: sync_face_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_face_delete
SELECT d.id AS ack, d."assetFaceId"
FROM asset_face_audit d
JOIN asset a ON a.id = d."assetId" AND a."ownerId" = $user
WHERE d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_face (ack uuid, line SyncAssetFaceV2)
-- sql: sync_faces(user uuid, after uuid, before uuid, now uuid) -> data sync_face
SELECT f."updateId" AS ack, f.id, f."assetId", f."personId", f."imageWidth", f."imageHeight", f."boundingBoxX1", f."boundingBoxY1",
    f."boundingBoxX2", f."boundingBoxY2", f."sourceType", f."isVisible", f."deletedAt"
FROM asset_face f
JOIN asset a ON a.id = f."assetId" AND a."ownerId" = $user
WHERE f."updateId" > $after AND f."updateId" < $before
ORDER BY ack LIMIT 1000;

-- row: sync_user_metadata_delete (ack uuid, line SyncUserMetadataDeleteV1)
-- Keys that the app does not know would stop it.
-- sql: sync_user_metadata_deletes(user uuid, after uuid, before uuid, now uuid) -> data sync_user_metadata_delete
SELECT d.id AS ack, d."userId", d.key
FROM user_metadata_audit d
WHERE d."userId" = $user AND d.key IN ('preferences', 'license', 'onboarding') AND d.id > $after AND d.id < $before
ORDER BY ack LIMIT 1000;

-- row: sync_user_metadata (ack uuid, line SyncUserMetadataV1)
-- sql: sync_user_metadatas(user uuid, after uuid, before uuid, now uuid) -> data sync_user_metadata
SELECT m."updateId" AS ack, m."userId", m.key, m.value
FROM user_metadata m
WHERE m."userId" = $user AND m.key IN ('preferences', 'license', 'onboarding') AND m."updateId" > $after AND m."updateId" < $before
ORDER BY ack LIMIT 1000;

-- ---- shares: what a backfill is about ----

-- sql: sync_partner_shares(user uuid, since uuid, now uuid) -> many uuid
SELECT p."createId"
FROM partner p
WHERE {shared} AND p."createId" >= $since
ORDER BY 1;

-- sql: sync_album_shares(user uuid, since uuid, now uuid) -> many uuid
SELECT au."createId"
FROM album_user au
WHERE {member} AND au."createId" >= $since
ORDER BY 1;

-- ---- checkpoints ----

-- Where a stream ends. A row is stamped before its transaction commits, and what is stamped before the end but seen by no
-- statement of this stream would never be sent: its id lies before the app's checkpoint by then. So the stream ends before
-- the oldest transaction that writes, or waits to. Who keeps one open for an hour is forgotten, as all would be with it.
-- sql: sync_now() -> one uuid
SELECT immich_uuid_v7(least(statement_timestamp(), (
    SELECT min(t.xact_start)
    FROM pg_stat_activity t
    WHERE t.datname = current_database() AND t.pid <> pg_backend_pid() AND t.backend_type = 'client backend'
        AND t.xact_start > statement_timestamp() - interval '1 hour'
        AND (t.backend_xid IS NOT NULL OR t.wait_event_type = 'Lock'))) - interval '1 millisecond');

-- sql: sync_is_pending_reset(session uuid) -> one bool
SELECT "isPendingSyncReset" FROM session WHERE id = $session;

-- Types that no version of the contract knows are none of ours.
-- sql: sync_acks(session uuid, types text[]) -> many SyncAckDto
SELECT type, ack
FROM session_sync_checkpoint
WHERE "sessionId" = $session AND type = ANY($types)
ORDER BY "createdAt", type;

-- sql: sync_ack_set(session uuid, types text[], acks text[]) -> void
INSERT INTO session_sync_checkpoint ("sessionId", type, ack)
SELECT $session, * FROM unnest($types, $acks)
ON CONFLICT ("sessionId", type) DO UPDATE SET ack = EXCLUDED.ack;

-- sql: sync_ack_delete(session uuid, types text[]) -> void
DELETE FROM session_sync_checkpoint WHERE "sessionId" = $session AND type = ANY($types);

-- sql: sync_ack_delete_all(session uuid) -> void
DELETE FROM session_sync_checkpoint WHERE "sessionId" = $session;

-- sql: sync_reset_done(session uuid) -> void
UPDATE session SET "isPendingSyncReset" = false WHERE id = $session AND "isPendingSyncReset";
