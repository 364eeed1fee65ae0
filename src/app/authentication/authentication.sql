-- Signing in.

-- row: sign_in_user (id uuid, email text, name text, password text, isAdmin bool, profileImagePath text, shouldChangePassword bool, isOnboarded bool)
-- sql: authentication_user_by_email(email text) -> maybe sign_in_user
SELECT u.id, u.email, u.name, u.password, u."isAdmin", u."profileImagePath", u."shouldChangePassword",
    coalesce((m.value ->> 'isOnboarded')::boolean, false) AS "isOnboarded"
FROM "user" u
LEFT JOIN user_metadata m ON m."userId" = u.id AND m.key = 'onboarding'
WHERE u.email = $email AND u."deletedAt" IS NULL
LIMIT 1;

-- row: own_secrets (password text, pinCode text?)
-- sql: authentication_secrets(user uuid) -> one own_secrets
SELECT password, "pinCode" FROM "user" WHERE id = $user;

-- sql: authentication_set_password(user uuid, password text) -> void
UPDATE "user" SET password = $password, "updatedAt" = now() WHERE id = $user;

-- Only where there is none: of two devices at once, one is told so.
-- sql: authentication_add_pin(user uuid, pin text) -> count
UPDATE "user" SET "pinCode" = $pin, "updatedAt" = now() WHERE id = $user AND coalesce("pinCode", '') = '';

-- sql: authentication_set_pin(user uuid, pin text?) -> void
UPDATE "user" SET "pinCode" = $pin, "updatedAt" = now() WHERE id = $user;

-- sql: authentication_lock_sessions(user uuid) -> void
UPDATE session SET "pinExpiresAt" = NULL WHERE "userId" = $user AND "pinExpiresAt" IS NOT NULL;

-- sql: authentication_unlock_session(id uuid, minutes int4) -> void
UPDATE session SET "pinExpiresAt" = now() + make_interval(mins => $minutes) WHERE id = $id;
