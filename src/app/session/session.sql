-- Sessions: one row a signed-in device. Expired ones are as good as gone; a job removes them.

-- sql: session_list(user uuid, current uuid?) -> many SessionResponseDto
SELECT id, "createdAt", "updatedAt", "expiresAt", id IS NOT DISTINCT FROM $current::uuid AS current, "appVersion", "deviceOS",
    "deviceType", "isPendingSyncReset"
FROM session
WHERE "userId" = $user AND ("expiresAt" IS NULL OR "expiresAt" > now())
ORDER BY "updatedAt" DESC, "createdAt" DESC;

-- A child (created by another session) ends with its parent.
-- sql: session_insert(user uuid, token bytea, type text, os text, appVersion text?, expiresAt timestamptz?, parent uuid?) -> one SessionResponseDto
INSERT INTO session ("userId", token, "deviceType", "deviceOS", "appVersion", "expiresAt", "parentId")
VALUES ($user, $token, $type, $os, $appVersion, $expiresAt, $parent)
RETURNING id, "createdAt", "updatedAt", "expiresAt", false AS current, "appVersion", "deviceOS", "deviceType",
    "isPendingSyncReset";

-- sql: session_set_sync_reset(id uuid, reset bool) -> one SessionResponseDto
UPDATE session SET "isPendingSyncReset" = $reset WHERE id = $id
RETURNING id, "createdAt", "updatedAt", "expiresAt", false AS current, "appVersion", "deviceOS", "deviceType",
    "isPendingSyncReset";

-- sql: session_delete(id uuid) -> void
DELETE FROM session WHERE id = $id;

-- sql: session_delete_all(user uuid, butNot uuid?) -> void
DELETE FROM session WHERE "userId" = $user AND id IS DISTINCT FROM $butNot::uuid;

-- sql: session_lock(id uuid) -> void
UPDATE session SET "pinExpiresAt" = NULL WHERE id = $id;

-- row: session_times (expiresAt timestamptz?, pinExpiresAt timestamptz?)
-- sql: session_times_get(id uuid) -> maybe session_times
SELECT "expiresAt", "pinExpiresAt" FROM session WHERE id = $id;
