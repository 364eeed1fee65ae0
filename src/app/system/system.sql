-- Documents of the installation as a whole, and what is checked at every start (contract/storage §6).

-- sql: system_get(key text) -> maybe jsonb
SELECT value FROM system_metadata WHERE key = $key;

-- sql: system_set(key text, value jsonb) -> void
INSERT INTO system_metadata (key, value) VALUES ($key, $value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- sql: system_delete(key text) -> void
DELETE FROM system_metadata WHERE key = $key;

-- Held until the transaction ends; the numbers are upstream's.
-- sql: system_lock(number int8) -> void
SELECT pg_advisory_xact_lock($number);

-- sql: system_any_file_path() -> maybe text
SELECT path FROM asset_file LIMIT 1;

-- sql: system_move_originals(pattern text, location text) -> count
UPDATE asset SET "originalPath" = regexp_replace("originalPath", $pattern, $location) WHERE "originalPath" ~ $pattern;

-- sql: system_move_files(pattern text, location text) -> count
UPDATE asset_file SET path = regexp_replace(path, $pattern, $location) WHERE path ~ $pattern;

-- sql: system_move_persons(pattern text, location text) -> count
UPDATE person SET "thumbnailPath" = regexp_replace("thumbnailPath", $pattern, $location) WHERE "thumbnailPath" ~ $pattern;

-- sql: system_move_profiles(pattern text, location text) -> count
UPDATE "user" SET "profileImagePath" = regexp_replace("profileImagePath", $pattern, $location)
WHERE "profileImagePath" ~ $pattern;
