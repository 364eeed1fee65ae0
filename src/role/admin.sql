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

-- A few paths of each kind, to be shown before they are changed.
-- sql: admin_sample_paths() -> many text
(SELECT "originalPath" FROM asset WHERE NOT "isExternal" LIMIT 2)
UNION ALL (SELECT path FROM asset_file LIMIT 2)
UNION ALL (SELECT "thumbnailPath" FROM person WHERE "thumbnailPath" <> '' LIMIT 1)
UNION ALL (SELECT "profileImagePath" FROM "user" WHERE "profileImagePath" <> '' LIMIT 1);

-- Why jobs have failed for good, the most frequent first.
-- row: admin_dead_jobs (name text, error text?, n int8)
-- sql: admin_dead_jobs() -> many admin_dead_jobs
SELECT name, error, count(*) AS n FROM tintype.job WHERE state = 'dead' GROUP BY name, error ORDER BY n DESC, name LIMIT 5;
