-- The stored part of the system configuration.

-- sql: config_stored() -> maybe jsonb
SELECT value FROM system_metadata WHERE key = 'system-config';
