-- What `tintype admin` asks for beyond the statements of the domains.

-- Newest first, deleted ones too.
-- sql: admin_users() -> many UserAdminResponseDto
SELECT u.id, u.email, u.name, u."profileImagePath", tintype.user_avatar(u."avatarColor", u.email) AS "avatarColor",
    u."profileChangedAt", u."storageLabel", u."shouldChangePassword", u."isAdmin", u."createdAt", u."deletedAt",
    u."updatedAt", u."oauthId", u."quotaSizeInBytes", u."quotaUsageInBytes", u.status,
    license.value ->> 'licenseKey' AS "license.licenseKey", license.value ->> 'activationKey' AS "license.activationKey",
    (license.value ->> 'activatedAt')::timestamptz AS "license.activatedAt"
FROM "user" u
LEFT JOIN user_metadata license ON license."userId" = u.id AND license.key = 'license'
ORDER BY u."createdAt" DESC;

-- The first one, should there be several.
-- row: admin_account (id uuid, oauthId text, email text, name text)
-- sql: admin_account() -> maybe admin_account
SELECT id, "oauthId", email, name FROM "user"
WHERE "isAdmin" AND "deletedAt" IS NULL ORDER BY "createdAt" LIMIT 1;

-- sql: admin_set_password(id uuid, password text) -> void
UPDATE "user" SET password = $password WHERE id = $id;

-- sql: admin_end_sessions(user uuid) -> void
DELETE FROM session WHERE "userId" = $user;

-- sql: admin_set_admin(email text, isAdmin bool) -> count
UPDATE "user" SET "isAdmin" = $isAdmin WHERE email = $email AND "deletedAt" IS NULL;
