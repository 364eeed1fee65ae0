-- What the health of the database and of its workers is told from.

-- row: health_database (version text, connections int8, connectionsMax int8)
-- sql: health_database() -> one health_database
SELECT current_setting('server_version') AS version, (SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL) AS connections,
    current_setting('max_connections')::int8 AS "connectionsMax";

-- A worker is there as long as its connections are: they carry its name, so that no worker needs to write a heartbeat, and
-- disks may sleep.
-- row: health_queue (workers int8, waiting int8, oldestSeconds int8?, dead int8)
-- sql: health_queue() -> one health_queue
SELECT (SELECT count(DISTINCT application_name) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'tintype worker %') AS workers,
    (SELECT count(*) FROM tintype.job j WHERE j.state = 'waiting') AS waiting,
    (SELECT floor(extract(epoch FROM now() - min(first.created_at)))::int8 FROM tintype.queue q CROSS JOIN LATERAL (
        SELECT created_at FROM tintype.job WHERE queue = q.name AND state = 'waiting' ORDER BY priority, id LIMIT 1) AS first
     WHERE NOT q.paused) AS "oldestSeconds",
    (SELECT count(*) FROM tintype.job j WHERE j.state = 'dead') AS dead;

-- What the living workers last said about their box.
-- row: health_box (ok bool, detail text)
-- sql: health_box() -> many health_box
SELECT box_ok AS ok, box_detail AS detail FROM tintype.worker
WHERE EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = worker.name)
ORDER BY name LIMIT 100;
