-- Row access: each statement returns those of $ids that the caller may use (contract/access). Every one starts from the
-- primary keys in $ids, so its cost follows their number, never the size of the library.
--
-- Stricter than upstream (DESIGN §7): a locked asset is its owner's alone, whatever album, link or partnership names it.

-- sql: access_asset_owned(user uuid, elevated bool, ids uuid[]) -> many uuid
SELECT id FROM asset
WHERE id = ANY($ids) AND "ownerId" = $user AND (visibility <> 'locked' OR $elevated);

-- The owner's, those in an album of the caller (the motion part of a still counts), and those of partners. The motion
-- part of a locked still, which is not locked itself, is locked with it.
-- sql: access_asset_readable(user uuid, elevated bool, ids uuid[]) -> many uuid
SELECT a.id FROM asset a
WHERE a.id = ANY($ids) AND (
    a.visibility <> 'hidden' OR (a."ownerId" = $user AND $elevated)
    OR NOT EXISTS (SELECT FROM asset still WHERE still."livePhotoVideoId" = a.id AND still.visibility = 'locked'))
AND (
    (a."ownerId" = $user AND (a.visibility <> 'locked' OR $elevated))
    OR (a."deletedAt" IS NULL AND a.visibility <> 'locked' AND EXISTS (
        SELECT FROM album_asset aa
        JOIN album al ON al.id = aa."albumId" AND al."deletedAt" IS NULL
        JOIN album_user au ON au."albumId" = aa."albumId" AND au."userId" = $user
        WHERE aa."assetId" = a.id
            OR aa."assetId" IN (
                SELECT still.id FROM asset still
                WHERE still."livePhotoVideoId" = a.id AND still."deletedAt" IS NULL AND still.visibility <> 'locked')))
    OR (a."deletedAt" IS NULL AND a.visibility IN ('timeline', 'hidden') AND EXISTS (
        SELECT FROM partner p
        JOIN "user" u ON u.id = p."sharedById" AND u."deletedAt" IS NULL
        WHERE p."sharedById" = a."ownerId" AND p."sharedWithId" = $user)));

-- sql: access_asset_shareable(user uuid, ids uuid[]) -> many uuid
SELECT a.id FROM asset a
WHERE a.id = ANY($ids) AND a.visibility <> 'locked' AND (
    a."ownerId" = $user
    OR (a."deletedAt" IS NULL AND a.visibility IN ('timeline', 'hidden') AND EXISTS (
        SELECT FROM partner p
        JOIN "user" u ON u.id = p."sharedById" AND u."deletedAt" IS NULL
        WHERE p."sharedById" = a."ownerId" AND p."sharedWithId" = $user)));

-- Single assets of the link or those in its album; the motion part of such a still counts.
-- sql: access_asset_of_link(link uuid, album uuid?, ids uuid[]) -> many uuid
SELECT a.id FROM asset a
WHERE a.id = ANY($ids) AND a."deletedAt" IS NULL AND a.visibility <> 'locked' AND EXISTS (
    SELECT FROM asset shown
    WHERE (shown.id = a.id OR shown."livePhotoVideoId" = a.id)
        AND shown."deletedAt" IS NULL AND shown.visibility <> 'locked'
        AND (EXISTS (SELECT FROM shared_link_asset s WHERE s."sharedLinkId" = $link AND s."assetId" = shown.id)
            OR EXISTS (SELECT FROM album_asset aa WHERE aa."albumId" = $album AND aa."assetId" = shown.id)));

-- $role is the least one wanted; the enum's order is owner < editor < viewer.
-- sql: access_album_member(user uuid, role text, ids uuid[]) -> many uuid
SELECT al.id FROM album al
JOIN album_user au ON au."albumId" = al.id AND au."userId" = $user AND au.role <= $role::text::album_user_role_enum
WHERE al.id = ANY($ids) AND al."deletedAt" IS NULL;

-- sql: access_album_activity(user uuid, ids uuid[]) -> many uuid
SELECT al.id FROM album al
JOIN album_user au ON au."albumId" = al.id AND au."userId" = $user
WHERE al.id = ANY($ids) AND al."deletedAt" IS NULL AND al."isActivityEnabled";

-- sql: access_activity_deletable(user uuid, ids uuid[]) -> many uuid
SELECT ac.id FROM activity ac
WHERE ac.id = ANY($ids) AND (
    ac."userId" = $user
    OR EXISTS (SELECT FROM album_user au
        WHERE au."albumId" = ac."albumId" AND au."userId" = $user AND au.role = 'owner'));

-- The caller and those who share their timeline with them.
-- sql: access_timeline_readable(user uuid, ids uuid[]) -> many uuid
SELECT u.id FROM "user" u
WHERE u.id = ANY($ids) AND (
    u.id = $user
    OR (u."deletedAt" IS NULL AND EXISTS (
        SELECT FROM partner p WHERE p."sharedById" = u.id AND p."sharedWithId" = $user)));

-- sql: access_duplicate_owned(user uuid, ids uuid[]) -> many uuid
SELECT DISTINCT "duplicateId" FROM asset
WHERE "duplicateId" = ANY($ids) AND "ownerId" = $user AND "deletedAt" IS NULL;

-- sql: access_face_owned(user uuid, ids uuid[]) -> many uuid
SELECT f.id FROM asset_face f
JOIN asset a ON a.id = f."assetId" AND a."ownerId" = $user AND a."deletedAt" IS NULL
WHERE f.id = ANY($ids);

-- sql: access_person_owned(user uuid, ids uuid[]) -> many uuid
SELECT id FROM person WHERE id = ANY($ids) AND "ownerId" = $user;

-- sql: access_memory_owned(user uuid, ids uuid[]) -> many uuid
SELECT id FROM memory WHERE id = ANY($ids) AND "ownerId" = $user AND "deletedAt" IS NULL;

-- sql: access_notification_owned(user uuid, ids uuid[]) -> many uuid
SELECT id FROM notification WHERE id = ANY($ids) AND "userId" = $user;

-- sql: access_session_owned(user uuid, ids uuid[]) -> many uuid
SELECT id FROM session WHERE id = ANY($ids) AND "userId" = $user;

-- sql: access_stack_owned(user uuid, ids uuid[]) -> many uuid
SELECT id FROM stack WHERE id = ANY($ids) AND "ownerId" = $user;

-- sql: access_tag_owned(user uuid, ids uuid[]) -> many uuid
SELECT id FROM tag WHERE id = ANY($ids) AND "userId" = $user;

-- sql: access_workflow_owned(user uuid, ids uuid[]) -> many uuid
SELECT id FROM workflow WHERE id = ANY($ids) AND "ownerId" = $user;

-- sql: access_partner_sharing(user uuid, ids uuid[]) -> many uuid
SELECT "sharedById" FROM partner WHERE "sharedById" = ANY($ids) AND "sharedWithId" = $user;
