#include "core/log.h"
#include "core/size.h"
#include "core/time.h"
#include "db/locks.h"
#include "db/migrate.h"
#include "db/pool.h"
#include "db/session.h"
#include "gen/embed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/banned.h"

#define LAST_MIGRATION "1784836013770-MinFacePreferenceMigration"

enum {
    MIGRATIONS_N = 88,
    SERVER_VERSION_MIN = 140000,
    EDITION = 1, /* of contract/tintype.sql, as its last statement writes it */
    /* The longest single statement is an index on a library of millions; Immich may hold the lock
     * as long when it builds its vector indexes anew. */
    STEP_LIMIT_MS = 30 * 60 * 1000,
};

#define START_ONCE                                                                                 \
    "Tintype takes over databases of Immich " COMPATIBLE_VERSION ". Start Immich 3.1 once on "     \
    "this database, which brings it up to date, then start Tintype again"

/* --- Whose database is it? --- */

enum owner { OWNER_NOBODY, OWNER_IMMICH };

static fallible check_server(PGconn *pg)
{
    if (PQserverVersion(pg) >= SERVER_VERSION_MIN) return NULL;
    FAIL(BAD_REQUEST,
        "Invalid PostgreSQL version. Found %s, but needed >=14.0.0. Please use a "
        "supported version.",
        PQparameterStatus(pg, "server_version"));
}

/* Reads what Immich's migrator recorded: all of its migrations up to ours, and no other. */
static fallible check_migrations(PGconn *pg)
{
    auto_result result = NULL;
    TRY(session_ask(pg, &result,
        "SELECT count(*), max(name COLLATE \"C\"),"
        " count(*) FILTER (WHERE name COLLATE \"C\" > $1) FROM public.kysely_migrations",
        LAST_MIGRATION, NULL));
    const long n = strtol(PQgetvalue(result, 0, 0), NULL, 10);
    const char *last = PQgetvalue(result, 0, 1);
    const long newer = strtol(PQgetvalue(result, 0, 2), NULL, 10);

    if (newer)
        FAIL(BAD_REQUEST,
            "This database was changed by an Immich newer than " COMPATIBLE_VERSION
            " (migration %s), which this Tintype does not know. Use a newer Tintype, "
            "or restore a backup made before that Immich was started",
            last);
    if (n < MIGRATIONS_N)
        FAIL(BAD_REQUEST, "This database is of an older Immich (last migration %s). " START_ONCE,
            n ? last : "none");
    if (n > MIGRATIONS_N || strcmp(last, LAST_MIGRATION) != 0)
        FAIL(BAD_REQUEST,
            "This database has %ld migrations where Immich " COMPATIBLE_VERSION
            " has %d: it belongs to a fork of Immich, or was changed by hand",
            n, MIGRATIONS_N);
    return NULL;
}

/* A first start of Immich that was stopped leaves the migrator's two tables and nothing else. */
static fallible drop_empty_bookkeeping(PGconn *pg, bool *dropped)
{
    bool recorded;
    TRY(session_check(pg, &recorded, "SELECT EXISTS (SELECT FROM public.kysely_migrations)", NULL));
    if (recorded) return NULL;
    *dropped = true;
    return session_run(pg, "DROP TABLE public.kysely_migrations;"
                           "DROP TABLE IF EXISTS public.kysely_migrations_lock");
}

static fallible find_owner(PGconn *pg, enum owner *out)
{
    auto_result result = NULL;
    TRY(session_ask(pg, &result,
        "SELECT count(*), count(*) FILTER (WHERE relname = 'kysely_migrations'),"
        " count(*) FILTER (WHERE relname LIKE 'kysely\\_migrations%'),"
        " count(*) FILTER (WHERE relname IN ('migrations', 'assets', 'users'))"
        " FROM pg_class c"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT EXISTS"
        " (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid"
        " AND deptype = 'e')",
        NULL, NULL));
    const long tables = strtol(PQgetvalue(result, 0, 0), NULL, 10);
    const bool recorded = strcmp(PQgetvalue(result, 0, 1), "0") != 0;
    const long bookkeeping = strtol(PQgetvalue(result, 0, 2), NULL, 10);
    const bool typeorm = strcmp(PQgetvalue(result, 0, 3), "3") == 0;

    bool empty = tables == 0;
    if (recorded && tables == bookkeeping) TRY(drop_empty_bookkeeping(pg, &empty));
    if (empty) {
        *out = OWNER_NOBODY;
        return NULL;
    }
    if (typeorm && !recorded)
        FAIL(BAD_REQUEST, "This database is of an old Immich (before 1.132). " START_ONCE);
    if (!recorded)
        FAIL(BAD_REQUEST,
            "The database \"%s\" is not empty and not Immich's. Give Tintype a "
            "database of its own (DB_DATABASE_NAME)",
            PQdb(pg));
    TRY(check_migrations(pg));
    *out = OWNER_IMMICH;
    return NULL;
}

/* --- The vector extension --- */

struct vectors {
    const char *name, *title, *range;
    int min, end; /* minor versions, thousands for the major: min <= version < end */
};

/* In the order of preference. */
static const struct vectors vectors[] = {
    {"vchord", "VectorChord", ">=0.3 <2", 3, 2000},
    {"vector", "pgvector", ">=0.5 <1", 5, 1000},
};

/* "0.8.1" is 8, "1.2" is 1002. */
static int minor_version(const char *text)
{
    char *end;
    const long major = strtol(text, &end, 10);
    const long minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    return (int)(MIN(major, 1000L) * 1000 + MIN(minor, 999L));
}

static const struct vectors *vectors_named(const char *name)
{
    const bool first = strcmp(name, vectors[0].name) == 0;
    return first ? &vectors[0] : &vectors[1];
}

/* What is installed comes before what could be: another extension would mean other indexes. */
static fallible choose_vectors(
    PGconn *pg, const char *forced, const struct vectors **out, bool *installed)
{
    auto_result result = NULL;
    TRY(session_ask(pg, &result,
        "SELECT name, coalesce(installed_version, default_version), installed_version IS NOT NULL"
        " FROM pg_available_extensions"
        " WHERE name IN ('vchord', 'vector') AND $1::text IN (name, '')"
        " ORDER BY installed_version IS NULL, name LIMIT 1",
        forced, NULL));
    if (PQntuples(result) == 0)
        FAIL(BAD_REQUEST,
            "The %s extension is not available in this Postgres instance. Install it there, or "
            "use an image that has it",
            vectors_named(forced)->title);

    const struct vectors *found = vectors_named(PQgetvalue(result, 0, 0));
    const char *version = PQgetvalue(result, 0, 1);
    const int minor = minor_version(version);
    if (minor < found->min || minor >= found->end)
        FAIL(BAD_REQUEST,
            "The %s extension version is %s, but Immich only supports %s. Change it to a "
            "supported version",
            found->title, version, found->range);
    *installed = strcmp(PQgetvalue(result, 0, 2), "t") == 0;
    *out = found;
    return NULL;
}

/* A restored or foreign database may lack it; a role that may not create it hears whom to ask. */
static fallible prepare_vectors(PGconn *pg, const char *forced)
{
    const struct vectors *chosen = NULL;
    bool installed = false;
    TRY(choose_vectors(pg, forced ? forced : "", &chosen, &installed));
    if (!installed) {
        char create[64];
        snprintf(create, sizeof create, "CREATE EXTENSION IF NOT EXISTS %s CASCADE", chosen->name);
        err e = session_run(pg, create);
        if (e)
            FAIL(BAD_REQUEST,
                "Failed to create the %s extension (%s). Run '%s' on this database as "
                "a superuser",
                chosen->title, e->message, create);
    }
    auto_result result = NULL;
    return session_ask(
        pg, &result, "SELECT set_config('tintype.vector_extension', $1, true)", chosen->name, NULL);
}

/* --- Making it --- */

/* Jobs that look for work nobody has done; each finds nothing when all is done. Not the sidecars':
 * that one reads the metadata of every file again. */
static const char backlog[] =
    "WITH handover AS (UPDATE tintype.handover SET happened = false WHERE happened RETURNING true)"
    " INSERT INTO tintype.job (queue, name, payload, dedupe, max_attempts)"
    " SELECT queue, name, '{\"force\":false}', 'backlog', 3 FROM (VALUES"
    " ('metadataExtraction', 'AssetExtractMetadataQueueAll'),"
    " ('thumbnailGeneration', 'AssetGenerateThumbnailsQueueAll'),"
    " ('videoConversion', 'AssetEncodeVideoQueueAll'),"
    " ('smartSearch', 'SmartSearchQueueAll'),"
    " ('faceDetection', 'AssetDetectFacesQueueAll'),"
    " ('ocr', 'OcrQueueAll'),"
    " ('duplicateDetection', 'AssetDetectDuplicatesQueueAll'),"
    " ('facialRecognition', 'FacialRecognitionQueueAll')) AS missing (queue, name)"
    " WHERE EXISTS (SELECT FROM handover) AND EXISTS (SELECT FROM public.asset)"
    " ON CONFLICT DO NOTHING";

/* A newer program's schema serves us too: its changes are additive. */
static fallible make_own_schema(PGconn *pg)
{
    bool there, newer = false;
    TRY(session_check(pg, &there, "SELECT to_regclass('tintype.edition') IS NOT NULL", NULL));
    if (there) {
        char edition[16];
        snprintf(edition, sizeof edition, "%d", EDITION);
        TRY(session_check(pg, &newer, "SELECT number > $1::int FROM tintype.edition", edition));
    }
    if (!newer) TRY(session_run(pg, embed_tintype_sql.p));
    if (!there) log_info("schema tintype was made");
    auto_result enqueued = NULL;
    TRY(session_ask(pg, &enqueued, backlog, NULL, NULL));
    if (strcmp(PQcmdTuples(enqueued), "0") != 0)
        log_info("somebody else had the database: looking for missing work");
    return NULL;
}

/* The row Immich writes when it starts with another version than the last one. */
static fallible record_version(PGconn *pg)
{
    return session_run(pg,
        "SELECT pg_advisory_xact_lock(500);"
        "INSERT INTO public.version_history (version) SELECT '" COMPATIBLE_VERSION "'"
        " WHERE '" COMPATIBLE_VERSION "' IS DISTINCT FROM"
        " (SELECT version FROM public.version_history ORDER BY \"createdAt\" DESC LIMIT 1)");
}

static fallible make_everything(PGconn *pg, const struct migrate_opts *opts)
{
    if (!opts->skip) {
        enum owner owner;
        TRY(find_owner(pg, &owner));
        TRY(prepare_vectors(pg, opts->vector_extension));
        if (owner == OWNER_NOBODY) {
            log_info("the database is empty: making the schema of Immich " COMPATIBLE_VERSION);
            TRY(session_run(pg, embed_schema_sql.p));
        }
        TRY(record_version(pg));
    }
    return make_own_schema(pg);
}

static fallible migrate_on(PGconn *pg, const struct migrate_opts *opts)
{
    TRY(check_server(pg));
    TRY(session_lock(pg, LOCK_MIGRATIONS));
    TRY(session_run(pg, "BEGIN"));
    TRY(make_everything(pg, opts));
    return session_run(pg, "COMMIT");
}

fallible migrate(const struct migrate_opts *opts)
{
    const int64_t started_ms = monotonic_ms();
    const struct db_pool_opts limits = {
        .conninfo = opts->conninfo,
        .statement_timeout_ms = STEP_LIMIT_MS,
        .lock_timeout_ms = STEP_LIMIT_MS,
        .idle_timeout_ms = STEP_LIMIT_MS,
    };
    PGconn *pg = NULL;
    TRY(conn_open(&limits, &pg));
    err e = migrate_on(pg, opts);
    PQfinish(pg); /* rolls back what was not committed, and gives the lock back */
    if (e) return e;
    log_debug("the database is ready", KV("ms", monotonic_ms() - started_ms));
    return NULL;
}
