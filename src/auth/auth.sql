-- Credentials to callers. Every request runs one of these first, so each is one index lookup by the digest or key.

-- row: auth_session_row (session uuid, user uuid, email text, name text, isAdmin bool, quotaSizeInBytes int8?, quotaUsageInBytes int8, updatedAt timestamptz, appVersion text?, pinExpiresAt timestamptz?)
-- uses session_token_idx and the key of "user"
-- sql: auth_session_find(token bytea) -> maybe auth_session_row
SELECT s.id AS session, u.id AS "user", u.email, u.name, u."isAdmin", u."quotaSizeInBytes", u."quotaUsageInBytes",
    s."updatedAt", s."appVersion", s."pinExpiresAt"
FROM session s
JOIN "user" u ON u.id = s."userId" AND u."deletedAt" IS NULL
WHERE s.token = $token AND (s."expiresAt" IS NULL OR s."expiresAt" > now())
LIMIT 1;

-- sql: auth_session_touch(session uuid, appVersion text?, os text, type text) -> void
UPDATE session
SET "updatedAt" = now(), "appVersion" = $appVersion, "deviceOS" = $os, "deviceType" = $type
WHERE id = $session;

-- sql: auth_session_extend_pin(session uuid, until timestamptz) -> void
UPDATE session SET "pinExpiresAt" = $until WHERE id = $session;

-- row: auth_key_row (key uuid, permissions text[], user uuid, email text, name text, isAdmin bool, quotaSizeInBytes int8?, quotaUsageInBytes int8)
-- sql: auth_key_find(key bytea) -> maybe auth_key_row
SELECT k.id AS key, k.permissions::text[], u.id AS "user", u.email, u.name, u."isAdmin", u."quotaSizeInBytes",
    u."quotaUsageInBytes"
FROM api_key k
JOIN "user" u ON u.id = k."userId" AND u."deletedAt" IS NULL
WHERE k.key = $key
LIMIT 1;

-- row: auth_link_row (link uuid, albumId uuid?, password text?, allowUpload bool, allowDownload bool, showExif bool, user uuid, email text, name text, isAdmin bool, quotaSizeInBytes int8?, quotaUsageInBytes int8)
-- An album link dies with its album; links to single assets outlive a deleted owner (contract/access).
-- sql: auth_link_find(key bytea?, slug text?) -> maybe auth_link_row
SELECT l.id AS link, l."albumId", l.password, l."allowUpload", l."allowDownload", l."showExif", u.id AS "user", u.email,
    u.name, u."isAdmin", u."quotaSizeInBytes", u."quotaUsageInBytes"
FROM shared_link l
JOIN "user" u ON u.id = l."userId"
LEFT JOIN album a ON a.id = l."albumId" AND a."deletedAt" IS NULL
WHERE (l.key = $key OR l.slug = $slug)
    AND (l."expiresAt" IS NULL OR l."expiresAt" > now())
    AND (l.type <> 'ALBUM' OR (a.id IS NOT NULL AND u."deletedAt" IS NULL))
LIMIT 1;
