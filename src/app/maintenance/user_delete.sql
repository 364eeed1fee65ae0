-- The end of an account (contract/jobs: UserDeleteCheck, UserDelete).

-- sql: user_delete_due(days int4) -> many uuid
SELECT id FROM "user" WHERE "deletedAt" < now() - make_interval(days => $days) ORDER BY "deletedAt" LIMIT 1000;

-- Locked until the transaction ends: an administrator who restores the account waits, and then finds nothing.
-- row: user_delete_account (storageLabel text?, deleted bool, due bool)
-- sql: user_delete_account(id uuid, days int4) -> maybe user_delete_account
SELECT "storageLabel", "deletedAt" IS NOT NULL AS deleted,
    coalesce("deletedAt" < now() - make_interval(days => $days), false) AS due
FROM "user" WHERE id = $id FOR UPDATE;

-- Cascades through everything the user owns, which may take longer than a statement usually may.
-- sql: user_delete_take_time() -> void
SELECT set_config('statement_timeout', '0', true);

-- sql: user_delete_albums(id uuid) -> count
DELETE FROM album WHERE id IN (SELECT "albumId" FROM album_user WHERE "userId" = $id AND role = 'owner');

-- sql: user_delete_row(id uuid) -> count
DELETE FROM "user" WHERE id = $id;

-- sql: user_delete_exists(id uuid) -> one bool
SELECT EXISTS (SELECT FROM "user" WHERE id = $id);

-- A new account may have taken the label of the old one.
-- sql: user_delete_label_is_used(label text) -> one bool
SELECT EXISTS (SELECT FROM "user" WHERE "storageLabel" = $label);
