-- Users. A soft-deleted user (deletedAt set) is gone for everybody but administrators.

-- sql: user_get(id uuid) -> maybe UserResponseDto
SELECT id, email, name, "profileImagePath", tintype.user_avatar("avatarColor", email) AS "avatarColor", "profileChangedAt"
FROM "user" WHERE id = $id AND "deletedAt" IS NULL;

-- Everybody, or only the caller where the installation hides users from each other.
-- sql: user_list(only uuid?) -> many UserResponseDto
SELECT id, email, name, "profileImagePath", tintype.user_avatar("avatarColor", email) AS "avatarColor", "profileChangedAt"
FROM "user"
WHERE "deletedAt" IS NULL AND ($only::uuid IS NULL OR id = $only)
ORDER BY "createdAt" DESC;

-- part: user_admin_line
u.id, u.email, u.name, u."profileImagePath", tintype.user_avatar(u."avatarColor", u.email) AS "avatarColor",
    u."profileChangedAt", u."storageLabel", u."shouldChangePassword", u."isAdmin", u."createdAt", u."deletedAt",
    u."updatedAt", u."oauthId", u."quotaSizeInBytes", u."quotaUsageInBytes", u.status,
    license.value ->> 'licenseKey' AS "license.licenseKey", license.value ->> 'activationKey' AS "license.activationKey",
    (license.value ->> 'activatedAt')::timestamptz AS "license.activatedAt";

-- Deleted ones too: the caller decides by deletedAt.
-- sql: user_admin_get(id uuid) -> maybe UserAdminResponseDto
SELECT {user_admin_line}
FROM "user" u
LEFT JOIN user_metadata license ON license."userId" = u.id AND license.key = 'license'
WHERE u.id = $id;

-- sql: user_admin_list(id uuid?, withDeleted bool) -> many UserAdminResponseDto
SELECT {user_admin_line}
FROM "user" u
LEFT JOIN user_metadata license ON license."userId" = u.id AND license.key = 'license'
WHERE ($id::uuid IS NULL OR u.id = $id) AND ($withDeleted OR u."deletedAt" IS NULL)
ORDER BY u."createdAt" DESC;

-- sql: user_has_admin() -> one bool
SELECT EXISTS (SELECT FROM "user" WHERE "isAdmin" AND "deletedAt" IS NULL);

-- Two sign-ups at once: the second waits here, then sees the first one's administrator. The number is ours.
-- sql: user_lock_sign_up() -> void
SELECT pg_advisory_xact_lock(7471001);

-- sql: user_email_is_taken(email text, butNotBy uuid?) -> one bool
SELECT EXISTS (
    SELECT FROM "user" WHERE email = $email AND "deletedAt" IS NULL AND id IS DISTINCT FROM $butNotBy::uuid);

-- sql: user_insert(email text, name text, password text, isAdmin bool, shouldChangePassword bool, storageLabel text?, quota int8?, pinCode text?, avatarColor UserAvatarColor?) -> one uuid
INSERT INTO "user" (email, name, password, "isAdmin", "shouldChangePassword", "storageLabel", "quotaSizeInBytes", "pinCode",
    "avatarColor")
VALUES ($email, $name, $password, $isAdmin, $shouldChangePassword, $storageLabel, $quota, $pinCode, $avatarColor)
RETURNING id;

-- Each argument that is NULL keeps its column; a colour is reset by `resetColor`.
-- sql: user_update_me(id uuid, email text?, name text?, password text?, avatarColor UserAvatarColor?, resetColor bool) -> void
UPDATE "user" SET
    email = coalesce($email, email),
    name = coalesce($name, name),
    password = coalesce($password, password),
    "shouldChangePassword" = "shouldChangePassword" AND $password::text IS NULL,
    "avatarColor" = CASE WHEN $resetColor THEN NULL ELSE coalesce($avatarColor, "avatarColor") END,
    "updatedAt" = now()
WHERE id = $id;

-- The albums a deleted user owns go with the account and come back with it.
-- sql: user_soft_delete(id uuid, status text) -> count
WITH gone AS (
    UPDATE "user" SET "deletedAt" = now(), status = $status, "updatedAt" = now()
    WHERE id = $id AND "deletedAt" IS NULL RETURNING id
)
, albums AS (
    UPDATE album SET "deletedAt" = now()
    FROM album_user au, gone
    WHERE au."albumId" = album.id AND au."userId" = gone.id AND au.role = 'owner' AND album."deletedAt" IS NULL
    RETURNING album.id
)
SELECT id FROM gone;

-- What was in the trash before the account came there comes back too (contract/endpoints/users-admin).
-- sql: user_restore(id uuid) -> count
WITH back AS (
    UPDATE "user" SET "deletedAt" = NULL, status = 'active', "updatedAt" = now() WHERE id = $id RETURNING id
)
, albums AS (
    UPDATE album SET "deletedAt" = NULL
    FROM album_user au, back
    WHERE au."albumId" = album.id AND au."userId" = back.id AND au.role = 'owner' AND album."deletedAt" IS NOT NULL
    RETURNING album.id
)
SELECT id FROM back;

-- An argument that is NULL keeps its column. Those that may become NULL come with whether they are given.
-- sql: user_update(id uuid, email text?, name text?, password text?, shouldChangePassword bool?, isAdmin bool?,
--   setColor bool, avatarColor UserAvatarColor?, setLabel bool, storageLabel text?, setQuota bool, quota int8?,
--   setPin bool, pinCode text?) -> count
UPDATE "user" SET
    email = coalesce($email, email),
    name = coalesce($name, name),
    password = coalesce($password, password),
    "shouldChangePassword" = coalesce($shouldChangePassword, "shouldChangePassword"),
    "isAdmin" = coalesce($isAdmin, "isAdmin"),
    "avatarColor" = CASE WHEN $setColor THEN $avatarColor ELSE "avatarColor" END,
    "storageLabel" = CASE WHEN $setLabel THEN $storageLabel ELSE "storageLabel" END,
    "quotaSizeInBytes" = CASE WHEN $setQuota THEN $quota ELSE "quotaSizeInBytes" END,
    "pinCode" = CASE WHEN $setPin THEN $pinCode ELSE "pinCode" END,
    "updatedAt" = now()
WHERE id = $id AND "deletedAt" IS NULL;

-- What own files take, of one user or of all; those in libraries do not count. A row that is right is not written.
-- sql: user_sync_usage(only uuid?) -> count
UPDATE "user" u SET "quotaUsageInBytes" = used.bytes, "updatedAt" = now()
FROM (
    SELECT owner.id, coalesce(sum(e."fileSizeInByte") FILTER (WHERE a."libraryId" IS NULL), 0)::int8 AS bytes
    FROM "user" owner
    LEFT JOIN asset a ON a."ownerId" = owner.id
    LEFT JOIN asset_exif e ON e."assetId" = a.id
    WHERE owner."deletedAt" IS NULL AND ($only::uuid IS NULL OR owner.id = $only)
    GROUP BY owner.id
) AS used
WHERE used.id = u.id AND u."quotaUsageInBytes" <> used.bytes;

-- sql: user_metadata_get(user uuid, key text) -> maybe jsonb
SELECT value FROM user_metadata WHERE "userId" = $user AND key = $key;

-- sql: user_metadata_set(user uuid, key text, value jsonb) -> void
INSERT INTO user_metadata ("userId", key, value) VALUES ($user, $key, $value)
ON CONFLICT ("userId", key) DO UPDATE SET value = excluded.value;

-- sql: user_metadata_delete(user uuid, key text) -> void
DELETE FROM user_metadata WHERE "userId" = $user AND key = $key;
