-- The job queue, tintype.job. States and what clients count: contract/tintype.sql.

-- Jobs of one name in the order of their payloads. Without a key they pile up; with one, those whose
-- key an unfinished job has are left out. Uses job_dedupe_idx.
-- sql: job_insert(queue text, name text, payloads jsonb[], priority int2, dedupe text?, delayMs int8, attempts int2) -> count
INSERT INTO tintype.job (queue, name, payload, state, priority, dedupe, run_at, max_attempts)
SELECT $queue, $name, payload, CASE WHEN $delayMs > 0 THEN 'delayed' ELSE 'waiting' END, $priority, $dedupe,
    now() + $delayMs * interval '1 ms', $attempts
FROM unnest($payloads) WITH ORDINALITY AS p (payload, n)
ORDER BY n
ON CONFLICT (name, dedupe) WHERE dedupe IS NOT NULL AND state <> 'dead' DO NOTHING;

-- A debounced job that has not begun starts its delay anew.
-- sql: job_postpone(name text, dedupe text, payload jsonb, delayMs int8) -> count
UPDATE tintype.job SET payload = $payload, state = 'delayed', run_at = now() + $delayMs * interval '1 ms'
WHERE name = $name AND dedupe = $dedupe AND state IN ('waiting', 'delayed') AND attempts = 0;

-- row: claimed_job (id int8, name text, payload text, attempts int, maxAttempts int, waitedMs int8)

-- The next jobs of several queues, as many as each has room for. Uses job_claim_idx. The ids go through an array: of a
-- join, whose size it cannot know, the planner would make a scan of all jobs.
-- sql: job_claim(queues text[], room int4[], worker text, leaseMs int8) -> many claimed_job
WITH open AS (
    SELECT r.queue, r.n FROM unnest($queues, $room) AS r (queue, n)
    JOIN tintype.queue q ON q.name = r.queue AND NOT q.paused
), picked AS (
    SELECT next.id FROM open, LATERAL (
        SELECT id FROM tintype.job
        WHERE queue = open.queue AND state = 'waiting'
        ORDER BY priority, id LIMIT open.n
        FOR UPDATE SKIP LOCKED
    ) AS next
), claimed AS (
    UPDATE tintype.job j
    SET state = 'active', worker = $worker, attempts = attempts + 1, lease_until = now() + $leaseMs * interval '1 ms'
    WHERE j.id = ANY (ARRAY (SELECT id FROM picked))
    RETURNING *
)
SELECT id, name, payload::text AS payload, attempts, max_attempts AS "maxAttempts",
    (extract(epoch FROM now() - greatest(created_at, run_at)) * 1000)::int8 AS "waitedMs"
FROM claimed ORDER BY priority, id;

-- The first half of a claim of a queue that runs one job at a time: whoever holds the row decides, on a snapshot
-- taken after it got it (which is why this is a statement of its own). Without a waiting job nothing is locked, so an
-- idle worker writes nothing to disk.
-- sql: queue_lock(queue text) -> maybe text
SELECT name FROM tintype.queue q
WHERE name = $queue AND NOT paused AND EXISTS (SELECT FROM tintype.job WHERE queue = $queue AND state = 'waiting')
FOR UPDATE OF q SKIP LOCKED;

-- sql: queue_is_busy(queue text) -> one bool
SELECT EXISTS (SELECT FROM tintype.job WHERE queue = $queue AND state = 'active');

-- Extends every lease of a worker and answers which jobs it holds.
-- sql: job_heartbeat(worker text, leaseMs int8) -> many int8
UPDATE tintype.job SET lease_until = now() + $leaseMs * interval '1 ms'
WHERE worker = $worker AND state = 'active'
RETURNING id;

-- sql: job_finish(id int8, worker text) -> count
DELETE FROM tintype.job WHERE id = $id AND worker = $worker AND state = 'active';

-- sql: job_retry(id int8, worker text, error text, delayMs int8) -> count
UPDATE tintype.job
SET state = 'delayed', run_at = now() + $delayMs * interval '1 ms', worker = NULL, lease_until = NULL, error = $error
WHERE id = $id AND worker = $worker AND state = 'active';

-- What failed for a reason outside of the job (a full disk, a service that is away) is tried until that has gone, half a
-- minute later at first, then more and more seldom; none is counted as its attempt. Nothing after a week.
-- sql: job_wait(id int8, worker text, error text) -> count
UPDATE tintype.job
SET state = 'delayed', attempts = attempts - 1, worker = NULL, lease_until = NULL, error = $error,
    run_at = now() + greatest(interval '30 s', least(interval '10 min', (now() - created_at) / 2))
WHERE id = $id AND worker = $worker AND state = 'active' AND created_at > now() - interval '7 days';

-- sql: job_bury(id int8, worker text, error text) -> count
UPDATE tintype.job
SET state = 'dead', finished_at = now(), worker = NULL, lease_until = NULL, error = $error
WHERE id = $id AND worker = $worker AND state = 'active';

-- What a stopping worker gives back, as if it had never begun: one job, or all that it holds.
-- sql: job_release(worker text, id int8?) -> many text
UPDATE tintype.job SET state = 'waiting', worker = NULL, lease_until = NULL, attempts = attempts - 1
WHERE worker = $worker AND state = 'active' AND ($id IS NULL OR id = $id)
RETURNING queue;

-- Delays that have passed and leases that have run out become waiting jobs again; a job whose workers died too often
-- is dead. Answers the queues that have something to do now.
-- sql: job_sweep(crashes int4) -> many text
WITH due AS (
    UPDATE tintype.job SET state = 'waiting' WHERE state = 'delayed' AND run_at <= now() RETURNING queue
), lost AS (
    UPDATE tintype.job
    SET state = CASE WHEN crashes + 1 < $crashes THEN 'waiting' ELSE 'dead' END,
        finished_at = CASE WHEN crashes + 1 < $crashes THEN NULL ELSE now() END,
        attempts = attempts - 1, crashes = crashes + 1, error = 'worker ' || worker || ' died', worker = NULL, lease_until = NULL
    WHERE state = 'active' AND lease_until < now()
    RETURNING queue
)
SELECT queue FROM due UNION SELECT queue FROM lost;

-- sql: job_notify(queues text[]) -> void
SELECT pg_notify('tintype_job', queue) FROM unnest($queues) AS queue;

-- sql: job_forget_dead() -> count
DELETE FROM tintype.job WHERE state = 'dead' AND finished_at < now() - interval '30 days';

-- row: queue_row (name text, paused bool, active int, waiting int, delayed int)

-- Uses job_claim_idx alone: 100,000 waiting jobs: 12 ms.
-- sql: queue_rows() -> many queue_row
SELECT q.name, q.paused, coalesce(c.active, 0) AS active, coalesce(c.waiting, 0) AS waiting,
    (SELECT count(*) FROM tintype.job d WHERE d.queue = q.name AND d.state = 'delayed' AND d.attempts = 0) AS delayed
FROM tintype.queue q
LEFT JOIN (
    SELECT queue, count(*) FILTER (WHERE state = 'active') AS active,
        count(*) FILTER (WHERE state = 'waiting' AND priority = 0) AS waiting
    FROM tintype.job WHERE state IN ('active', 'waiting') GROUP BY queue
) AS c ON c.queue = q.name;

-- sql: queue_set_paused(queue text, paused bool) -> void
UPDATE tintype.queue SET paused = $paused WHERE name = $queue;

-- sql: queue_remove_waiting(queue text) -> count
DELETE FROM tintype.job WHERE queue = $queue AND state = 'waiting';

-- sql: queue_remove_dead(queue text, most int8) -> count
DELETE FROM tintype.job WHERE id IN (
    SELECT id FROM tintype.job WHERE queue = $queue AND state = 'dead' ORDER BY id LIMIT $most);

-- row: queued_job (id int8, name text, createdAt timestamptz, data jsonb)

-- sql: queue_jobs(queue text, states text[], most int8) -> many queued_job
SELECT id, name, created_at AS "createdAt", payload AS data
FROM tintype.job WHERE queue = $queue AND state = ANY($states)
ORDER BY id LIMIT $most;
