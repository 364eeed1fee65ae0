-- Schema `tintype`: what is ours in the database, beside the schema `public` that Immich owns.
--
-- Applied by src/db/migrate.c in one transaction at every start, after schema.sql, under advisory
-- lock 200. Rules:
--   All of it is transient or can be derived again. It is left out of dumps.
--   DROP SCHEMA tintype CASCADE leaves a database Immich can use: no foreign key and no type
--   crosses between the schemas, and our triggers on public tables go with their functions.
--   Changes are additive and repeatable, because pods of two versions overlap in a rolling update.
--   No table is called as one of Immich's and no column has a comment: Immich's drift check reads
--   comments by table name without looking at the schema.
--   pg_dump writes a table's triggers even when it leaves out the schema of their functions. A dump
--   without this schema must drop the lines CREATE TRIGGER tintype_… and DROP TRIGGER … tintype_….
--   A start takes no lock that a write would wait for when nothing is missing: CREATE INDEX IF NOT
--   EXISTS, CREATE OR REPLACE TRIGGER and ALTER TABLE lock their table even when they have nothing
--   to do, and two such locks are a deadlock with an upload. So what they make is asked for first.

CREATE SCHEMA IF NOT EXISTS tintype;

-- Which edition of this file made the schema. An older program leaves a newer edition alone.
CREATE TABLE IF NOT EXISTS tintype.edition (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    number   integer NOT NULL
);

-- Whether somebody else had the database: Immich between two swaps, a restore. Then work may be
-- missing that was never in our queue, and the next start enqueues the jobs that find it. New, the
-- answer is yes.
CREATE TABLE IF NOT EXISTS tintype.handover (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    happened boolean NOT NULL DEFAULT true
);
INSERT INTO tintype.handover DEFAULT VALUES ON CONFLICT DO NOTHING;

-- Our own sessions say so (SET tintype.session = 'on'), which the trigger asks before it calls.
CREATE OR REPLACE FUNCTION tintype.handover_seen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE tintype.handover SET happened = true WHERE NOT happened;
    RETURN NULL;
END
$$;

-- Jobs ---------------------------------------------------------------------------------------
--
-- waiting --claim--> active --success, skipped--> (row deleted)
--    ^                 |------failed, attempts left--> delayed until run_at
--    |                 |------failed, none left------> dead, with its reason
--    +--run_at passes--+------lease runs out---------> waiting again (its worker died)
--
-- What clients count: waiting = waiting with priority 0 (shown as `paused` while the queue is
-- paused) · active · delayed = delayed with attempts 0, since retries are our own business ·
-- completed and failed are always 0.

CREATE TABLE IF NOT EXISTS tintype.queue (
    name   text PRIMARY KEY,            -- as in the API: thumbnailGeneration, …
    -- One job at a time over all replicas: the claim locks this row and looks for an active job.
    single boolean NOT NULL,
    paused boolean NOT NULL DEFAULT false
);

INSERT INTO tintype.queue (name, single) VALUES
    ('thumbnailGeneration', false),
    ('metadataExtraction', false),
    ('videoConversion', false),
    ('faceDetection', false),
    ('facialRecognition', true),
    ('smartSearch', false),
    ('duplicateDetection', true),
    ('backgroundTask', false),
    ('storageTemplateMigration', true),
    ('migration', false),
    ('search', false),
    ('sidecar', false),
    ('library', false),
    ('notifications', false),
    ('backupDatabase', true),
    ('ocr', false),
    ('workflow', false),
    ('integrityCheck', false),
    ('editor', false)
ON CONFLICT (name) DO NOTHING;

-- Fill factor: a job's row is rewritten two or three times in place before it goes.
CREATE TABLE IF NOT EXISTS tintype.job (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,   -- first in, first out
    queue        text NOT NULL,
    name         text NOT NULL,                         -- AssetGenerateThumbnails, …
    payload      jsonb NOT NULL DEFAULT '{}',
    state        text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'delayed', 'active', 'dead')),
    priority     smallint NOT NULL DEFAULT 0,           -- higher runs later
    -- Two unfinished jobs of one name never share a key; NULL may pile up.
    dedupe       text,
    run_at       timestamptz NOT NULL DEFAULT now(),    -- when `delayed` becomes `waiting`
    attempts     smallint NOT NULL DEFAULT 0,           -- claims so far
    max_attempts smallint NOT NULL DEFAULT 1,
    worker       text,                                  -- who holds the lease, for logs
    lease_until  timestamptz,                           -- active only; extended by heartbeat
    error        text,                                  -- why the last attempt failed
    created_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz                            -- dead only
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
-- Workers that died while they had it. They are no attempts: most jobs of a dead worker only stood by.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'tintype.job'::regclass AND attname = 'crashes') THEN
        ALTER TABLE tintype.job ADD COLUMN crashes smallint NOT NULL DEFAULT 0;
    END IF;
END
$$;

DO $$
BEGIN
    IF to_regclass('tintype.job_lease_idx') IS NULL THEN    -- the last of them
        -- The claim (FOR UPDATE SKIP LOCKED in this order) and the counters, both from the index alone.
        CREATE INDEX IF NOT EXISTS job_claim_idx ON tintype.job (queue, state, priority, id);
        CREATE UNIQUE INDEX IF NOT EXISTS job_dedupe_idx ON tintype.job (name, dedupe)
            WHERE dedupe IS NOT NULL AND state <> 'dead';
        -- What the sweep of each second looks for: delays that have passed, leases that have run out.
        CREATE INDEX IF NOT EXISTS job_delayed_idx ON tintype.job (run_at) WHERE state = 'delayed';
        CREATE INDEX job_lease_idx ON tintype.job (lease_until) WHERE state = 'active';
    END IF;
END
$$;

-- Wakes the workers at commit, whoever inserts. A lost message costs one poll, never a job.
CREATE OR REPLACE FUNCTION tintype.job_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('tintype_job', queue) FROM (
        SELECT DISTINCT queue FROM inserted WHERE state = 'waiting') AS woken;
    RETURN NULL;
END
$$;
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'tintype.job'::regclass AND tgname = 'job_wake') THEN
        CREATE TRIGGER job_wake AFTER INSERT ON tintype.job
            REFERENCING NEW TABLE AS inserted
            FOR EACH STATEMENT EXECUTE FUNCTION tintype.job_wake();
    END IF;
END
$$;

-- Files whose decoding killed the box. Three crashes in one pipeline quarantine the file: the
-- pipeline skips it and says why, until the file changes or an admin releases it.
CREATE TABLE IF NOT EXISTS tintype.quarantine (
    asset_id uuid NOT NULL,
    pipeline text NOT NULL,                             -- image, video, metadata, …
    crashes  smallint NOT NULL DEFAULT 1,
    reason   text NOT NULL,                             -- of the last crash: signal, limit
    since    timestamptz NOT NULL DEFAULT now(),        -- of the last crash
    PRIMARY KEY (asset_id, pipeline)
);

-- What each worker last said of itself, for the health of the installation; written when it changes.
-- A worker is alive while connections of its name are: nobody writes a heartbeat, and disks may sleep.
CREATE TABLE IF NOT EXISTS tintype.worker (
    name       text PRIMARY KEY,                        -- application_name of its connections
    box_ok     boolean NOT NULL,                        -- whether it can decode files, guarded
    box_detail text NOT NULL
);

-- Events ---------------------------------------------------------------------------------------
-- Without Valkey NOTIFY carries an event; one that exceeds the 8,000 bytes of a message is a row,
-- and NOTIFY carries its id. Every replica reads the row and forwards it to the sockets it holds. Rows
-- live for minutes, so they need no log; after a crash they are gone, as the sockets are.
CREATE UNLOGGED TABLE IF NOT EXISTS tintype.event (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room    text,                                       -- user:ID, session:ID, all, …
    name    text NOT NULL,
    payload text NOT NULL,                              -- the message as NOTIFY would carry it
    sent_at timestamptz NOT NULL DEFAULT now()
);
CREATE OR REPLACE FUNCTION tintype.event_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('tintype_event', NEW.id::text);
    RETURN NULL;
END
$$;
DO $$
BEGIN
    IF to_regclass('tintype.event_sent_at_idx') IS NULL THEN
        CREATE INDEX event_sent_at_idx ON tintype.event (sent_at);      -- the sweep
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'tintype.event'::regclass AND tgname = 'event_notify') THEN
        CREATE TRIGGER event_notify AFTER INSERT ON tintype.event
            FOR EACH ROW EXECUTE FUNCTION tintype.event_notify();
    END IF;
END
$$;

-- Timeline versions ------------------------------------------------------------------------------
-- The version of an owner's timeline is the sum of its rows. It grows with every committed change
-- of what a bucket shows (asset, asset_exif, stack), whoever makes it. A cached answer is keyed by
-- the versions of its owners, read before the answer was computed, so every replica reads its own
-- writes and those of foreign SQL. Answers by album, person or tag are not covered.
--
-- One row per slot, not one per owner: a transaction keeps the lock of what it bumped until it
-- commits, and the parallel uploads of one phone must not queue up behind each other.
CREATE TABLE IF NOT EXISTS tintype.timeline_version (
    owner   uuid NOT NULL,
    slot    smallint NOT NULL,          -- backend's process id modulo 16
    version bigint NOT NULL,            -- starts at the clock: never used twice, even if made anew
    PRIMARY KEY (owner, slot)
) WITH (fillfactor = 50);

-- PL/pgSQL keeps the plan of the INSERT for the session: a change of one row pays 40 µs.
CREATE OR REPLACE FUNCTION tintype.timeline_bump(owners uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tintype.timeline_version AS v (owner, slot, version)
    SELECT DISTINCT owner, pg_backend_pid() % 16,
           (extract(epoch FROM clock_timestamp()) * 1000)::bigint
    FROM unnest(owners) AS owner
    ORDER BY owner                      -- one order of locks: fewer deadlocks
    ON CONFLICT (owner, slot) DO UPDATE SET version = v.version + 1;
END
$$;

-- The triggers' functions run as their definer: whoever may write Immich's tables need not know
-- ours. The first is for tables with an "ownerId"; OLD and NEW rows are both named `changed`.
CREATE OR REPLACE FUNCTION tintype.timeline_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM tintype.timeline_bump(array_agg(DISTINCT "ownerId")) FROM changed;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION tintype.timeline_exif_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM tintype.timeline_bump(array_agg(DISTINCT a."ownerId"))
    FROM changed c JOIN public.asset a ON a.id = c."assetId";
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION tintype.timeline_touch_all() RETURNS void LANGUAGE sql AS $$
    SELECT tintype.timeline_bump(ARRAY(
        SELECT id FROM public."user" UNION SELECT owner FROM tintype.timeline_version))
$$;

CREATE OR REPLACE FUNCTION tintype.timeline_truncated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM tintype.timeline_touch_all();
    RETURN NULL;
END
$$;

-- Triggers on Immich's tables --------------------------------------------------------------------
-- An owner does not change, so an UPDATE is seen by its NEW rows alone. Missing triggers mean that
-- the tables were made anew by a restore.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN
        SELECT on_table, 'tintype_timeline_' || lower(event) AS name, event,
               CASE event WHEN 'DELETE' THEN 'REFERENCING OLD TABLE AS changed'
                          WHEN 'TRUNCATE' THEN ''
                          ELSE 'REFERENCING NEW TABLE AS changed' END AS rows_named,
               '' AS condition,
               CASE event WHEN 'TRUNCATE' THEN 'timeline_truncated' ELSE changed END AS calls
        FROM (VALUES ('asset', 'timeline_changed'), ('stack', 'timeline_changed'),
                     ('asset_exif', 'timeline_exif_changed')) AS shown (on_table, changed),
             unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS event
        UNION ALL
        SELECT 'asset', 'tintype_handover', 'INSERT', '',
               $w$WHEN (current_setting('tintype.session', true) IS DISTINCT FROM 'on')$w$,
               'handover_seen'
    LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_trigger
                              WHERE tgrelid = format('public.%I', t.on_table)::regclass
                                AND tgname = t.name);
        EXECUTE format('CREATE TRIGGER %I AFTER %s ON public.%I %s FOR EACH STATEMENT %s
                        EXECUTE FUNCTION tintype.%I()',
                       t.name, t.event, t.on_table, t.rows_named, t.condition, t.calls);
        UPDATE tintype.handover SET happened = true WHERE NOT happened;
    END LOOP;
END
$$;

-- Our triggers were away while Immich ran or a dump was restored: nothing cached before counts.
SELECT tintype.timeline_touch_all() FROM tintype.handover WHERE happened;

-- Indexes on Immich's tables ---------------------------------------------------------------------
-- Free of drift, and harmless to stay. Plain columns only: an index on an expression cannot
-- answer a query without its table.
DO $$
DECLARE
    i record;
BEGIN
    FOR i IN SELECT * FROM (VALUES
        -- Buckets and statistics without the table. Of 1M assets (56 MB): 144 months found by
        -- max("localDateTime") below the last one and counted by range 82 ms, grouped by
        -- date_trunc 450 ms; statistics by type 140 ms.
        ('tintype_asset_timeline_idx',
         'asset ("ownerId", visibility, "localDateTime") INCLUDE (type, "isFavorite")
          WHERE "deletedAt" IS NULL'),
        -- The trash of an owner; the nightly emptying reads it whole.
        ('tintype_asset_trash_idx',
         'asset ("ownerId", "deletedAt") WHERE "deletedAt" IS NOT NULL'),
        -- Does another asset share this sidecar? Asked before a file is removed.
        ('tintype_asset_file_sidecar_idx',
         'asset_file USING hash (path) WHERE type = ''sidecar''')
    ) AS wanted (name, definition) LOOP
        IF to_regclass(format('public.%I', i.name)) IS NULL THEN
            EXECUTE format('CREATE INDEX %I ON public.%s', i.name, i.definition);
        END IF;
    END LOOP;
END
$$;

-- Users --------------------------------------------------------------------------------------------
-- The colour of a user who chose none: by the sum of the address's code points (objects.md). PL/pgSQL,
-- because a set-returning function in SQL costs 0.4 ms a call, this loop 8 µs.
CREATE OR REPLACE FUNCTION tintype.user_avatar(stored varchar, email varchar) RETURNS varchar
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    colours CONSTANT varchar[] := ARRAY['primary', 'pink', 'red', 'yellow', 'blue', 'green', 'purple',
        'orange', 'gray', 'amber'];
    total integer := 0;
BEGIN
    IF stored IS NOT NULL THEN
        RETURN stored;
    END IF;
    FOR i IN 1 .. length(email) LOOP
        total := total + ascii(substr(email, i, 1));
    END LOOP;
    RETURN colours[1 + total % 10];
END
$$;

INSERT INTO tintype.edition (number) VALUES (1)
ON CONFLICT (only_row) DO UPDATE SET number = greatest(edition.number, EXCLUDED.number);
