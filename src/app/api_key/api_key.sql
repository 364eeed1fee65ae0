-- API keys: they act for their owner, within their permissions. Only the digest of the secret is stored.

-- sql: api_key_list(user uuid) -> many ApiKeyResponseDto
SELECT id, name, "createdAt", "updatedAt", permissions FROM api_key WHERE "userId" = $user ORDER BY "createdAt" DESC;

-- sql: api_key_get(id uuid, user uuid) -> maybe ApiKeyResponseDto
SELECT id, name, "createdAt", "updatedAt", permissions FROM api_key WHERE id = $id AND "userId" = $user;

-- sql: api_key_insert(user uuid, key bytea, name text, permissions Permission[]) -> one ApiKeyResponseDto
INSERT INTO api_key ("userId", key, name, permissions) VALUES ($user, $key, $name, $permissions)
RETURNING id, name, "createdAt", "updatedAt", permissions;

-- sql: api_key_update(id uuid, user uuid, name text, permissions Permission[]) -> maybe ApiKeyResponseDto
UPDATE api_key SET name = $name, permissions = $permissions, "updatedAt" = now()
WHERE id = $id AND "userId" = $user
RETURNING id, name, "createdAt", "updatedAt", permissions;

-- sql: api_key_delete(id uuid, user uuid) -> count
DELETE FROM api_key WHERE id = $id AND "userId" = $user;
