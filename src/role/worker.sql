-- What a worker says of itself (tintype.worker).

-- Rows of workers that are gone go with it. Writes nothing when all is said.
-- sql: worker_report(name text, boxOk bool, boxDetail text) -> void
WITH gone AS (
    DELETE FROM tintype.worker w WHERE name <> $name AND NOT EXISTS (
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = w.name)
)
INSERT INTO tintype.worker (name, box_ok, box_detail)
SELECT $name, $boxOk, $boxDetail WHERE NOT EXISTS (
    SELECT FROM tintype.worker WHERE name = $name AND box_ok = $boxOk AND box_detail = $boxDetail)
ON CONFLICT (name) DO UPDATE SET box_ok = excluded.box_ok, box_detail = excluded.box_detail;
