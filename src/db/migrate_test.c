#include "core/arena.h"
#include "core/fd.h"
#include "core/test.h"
#include "core/thread.h"
#include "db/migrate.h"
#include "db/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/banned.h"

#define NAME "migrate"
#define STARTED "started"
#define ALICE_WITH_A_PHOTO                                                                         \
    "INSERT INTO \"user\" (email) VALUES ('alice@example.com');"                                   \
    "INSERT INTO asset (\"ownerId\", type, \"originalPath\", \"fileCreatedAt\","                   \
    " \"fileModifiedAt\", checksum, \"originalFileName\", \"localDateTime\","                      \
    " \"checksumAlgorithm\") SELECT id, 'IMAGE', '/a.jpg', now(), now(), '\\x01', 'a.jpg', now()," \
    " 'sha1' FROM \"user\""

/* --- A database of its own for each test --- */

struct place {
    PGconn *admin; /* on another database */
    PGconn *pg;
    char url[512];
    struct arena *arena;
};

static PGconn *open_url(const char *url)
{
    PGconn *pg = PQconnectdb(url);
    if (PQstatus(pg) != CONNECTION_OK) fail_msg("%s", PQerrorMessage(pg));
    PQclear(PQexec(pg, "SET client_min_messages = error"));
    return pg;
}

static void make_database(PGconn *admin, const char *name, const char *template)
{
    char sql[128];
    snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
    assert_ok(session_run(admin, sql));
    snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s", name, template);
    assert_ok(session_run(admin, sql));
}

static int set_up(void **state, const char *template)
{
    struct place *p = test_calloc(1, sizeof *p);
    const char *base = getenv("TINTYPE_TEST_DB_URL");
    p->arena = arena_new();
    p->admin = open_url(base);
    make_database(p->admin, NAME, template);
    snprintf(p->url, sizeof p->url, "%s&dbname=" NAME, base);
    p->pg = open_url(p->url);
    *state = p;
    return 0;
}

static int set_up_empty(void **state)
{
    return set_up(state, "template0");
}

/* As our first start leaves an empty database. */
static int set_up_started(void **state)
{
    return set_up(state, STARTED);
}

static int tear_down(void **state)
{
    struct place *p = *state;
    PQfinish(p->pg);
    PQfinish(p->admin);
    arena_free(p->arena);
    test_free(p);
    return 0;
}

static void run(struct place *p, const char *sql)
{
    assert_ok(session_run(p->pg, sql));
}

/* The first column of the first row. */
static const char *ask(struct place *p, const char *sql)
{
    auto_result result = NULL;
    assert_ok(session_ask(p->pg, &result, sql, NULL, NULL));
    if (PQntuples(result) == 0) return "";
    return cstr(p->arena, str_from(PQgetvalue(result, 0, 0)));
}

static err start(const struct place *p)
{
    return migrate(&(struct migrate_opts){.conninfo = p->url});
}

static void *start_in_a_thread(void *p)
{
    err e = start(p);
    if (e) fprintf(stderr, "%s\n", e->message);
    return e ? p : NULL;
}

static void assert_refused(const struct place *p, const char *because)
{
    err e = start(p);
    if (!err_is(e, BAD_REQUEST) || !strstr(e->message, because))
        fail_msg("not refused because \"%s\": %s", because, e ? e->message : "success");
}

static void assert_untouched(struct place *p)
{
    assert_string_equal(ask(p, "SELECT to_regnamespace('tintype') IS NULL"), "t");
}

/* As Immich 3.1.0 leaves it, by the contract's facts; false when they are not here. */
static bool made_by_immich(struct place *p)
{
    const char *path = getenv("TINTYPE_TEST_IMMICH_SQL");
    if (!path) return false;
    str sql;
    assert_ok(file_read(p->arena, path, 1 << 20, &sql));
    run(p, cstr(p->arena, sql));
    return true;
}

/* --- Tests --- */

static void an_empty_database_becomes_immichs_and_ours(void **state)
{
    struct place *p = *state;
    assert_ok(start(p));
    assert_string_equal(ask(p, "SELECT count(*) FROM kysely_migrations"), "88");
    assert_string_equal(ask(p, "SELECT count(*) FROM migration_overrides"), "72");
    assert_string_equal(ask(p, "SELECT string_agg(version, ',') FROM version_history"), "3.1.0");
    assert_string_equal(ask(p, "SELECT count(*) FROM tintype.queue"), "19");
    assert_string_equal(ask(p, "SELECT count(*) FROM tintype.job"), "0");
}

static void a_second_start_changes_nothing(void **state)
{
    struct place *p = *state;
    run(p, "SET tintype.session = 'on';" ALICE_WITH_A_PHOTO);
    assert_ok(start(p));
    assert_string_equal(ask(p, "SELECT count(*) FROM kysely_migrations"), "88");
    assert_string_equal(ask(p, "SELECT count(*) FROM version_history"), "1");
    assert_string_equal(ask(p, "SELECT count(*) FROM tintype.job"), "0");
}

static void a_second_start_does_not_wait_for_writes(void **state)
{
    struct place *p = *state;
    run(p, "SET tintype.session = 'on'; BEGIN;" ALICE_WITH_A_PHOTO
           "; INSERT INTO tintype.job (queue, name) VALUES ('sidecar', 'SidecarCheck');"
           "INSERT INTO tintype.event (name, payload) VALUES ('x', 'x')");
    pthread_t thread;
    void *failed;
    assert_ok(thread_start(&thread, "start", 0, start_in_a_thread, p));
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += 10;
    const int waited = pthread_timedjoin_np(thread, &failed, &limit);
    run(p, "ROLLBACK");
    if (waited) pthread_join(thread, &failed);
    assert_null(failed);
    assert_int_equal(waited, 0);
}

static void what_immich_wrote_between_two_swaps_is_looked_after_once(void **state)
{
    struct place *p = *state;
    run(p, ALICE_WITH_A_PHOTO);
    assert_ok(start(p));
    assert_string_equal(ask(p, "SELECT count(*) FROM tintype.job"), "8");
    run(p, "DELETE FROM tintype.job");
    assert_ok(start(p));
    assert_string_equal(ask(p, "SELECT count(*) FROM tintype.job"), "0");
}

static void tables_made_anew_by_a_restore_are_looked_after(void **state)
{
    struct place *p = *state;
    run(p, "SET tintype.session = 'on';" ALICE_WITH_A_PHOTO
           ";DROP TRIGGER tintype_timeline_insert ON asset");
    assert_ok(start(p));
    assert_string_equal(ask(p, "SELECT count(*) FROM tintype.job"), "8");
}

static void a_database_of_immich_is_taken_over_and_its_missing_work_enqueued_once(void **state)
{
    struct place *p = *state;
    if (!made_by_immich(p)) skip();
    run(p, ALICE_WITH_A_PHOTO ";INSERT INTO version_history (version) VALUES ('3.0.0')");
    const char *migrations =
        ask(p, "SELECT md5(string_agg(k::text, ',' ORDER BY name)) FROM kysely_migrations k");
    const char *overrides =
        ask(p, "SELECT md5(string_agg(o::text, ',' ORDER BY name)) FROM migration_overrides o");
    assert_ok(start(p));
    assert_ok(start(p));

    assert_string_equal(migrations,
        ask(p, "SELECT md5(string_agg(k::text, ',' ORDER BY name)) FROM kysely_migrations k"));
    assert_string_equal(overrides,
        ask(p, "SELECT md5(string_agg(o::text, ',' ORDER BY name)) FROM migration_overrides o"));
    assert_string_equal(
        ask(p, "SELECT string_agg(version, ',' ORDER BY \"createdAt\") FROM version_history"),
        "3.0.0,3.1.0");
    assert_string_equal(ask(p, "SELECT string_agg(name, ' ' ORDER BY id) FROM tintype.job"
                               " WHERE payload = '{\"force\": false}'"),
        "AssetExtractMetadataQueueAll AssetGenerateThumbnailsQueueAll AssetEncodeVideoQueueAll "
        "SmartSearchQueueAll AssetDetectFacesQueueAll OcrQueueAll AssetDetectDuplicatesQueueAll "
        "FacialRecognitionQueueAll");
    assert_string_equal(ask(p, "SELECT count(*) FROM pg_trigger"
                               " WHERE tgname LIKE 'tintype%'"),
        "13");
}

static void without_a_photo_there_is_no_work_to_find(void **state)
{
    struct place *p = *state;
    if (!made_by_immich(p)) skip();
    assert_ok(start(p));
    assert_string_equal(ask(p, "SELECT count(*) FROM tintype.job"), "0");
}

static void our_schema_comes_back_with_its_work_after_a_swap_or_a_restore(void **state)
{
    struct place *p = *state;
    run(p, ALICE_WITH_A_PHOTO ";DROP SCHEMA tintype CASCADE");
    assert_ok(start(p));
    assert_string_equal(ask(p, "SELECT count(*) FROM tintype.job"), "8");
}

static void an_older_immich_is_asked_to_start_3_1_once(void **state)
{
    struct place *p = *state;
    run(p, "DROP SCHEMA tintype CASCADE;"
           "DELETE FROM kysely_migrations WHERE name LIKE '1784%'");
    assert_refused(p, "Start Immich 3.1 once");
    assert_untouched(p);
}

static void an_immich_of_the_first_years_is_asked_to_start_3_1_once(void **state)
{
    struct place *p = *state;
    run(p, "CREATE TABLE migrations (id int); CREATE TABLE users (id int);"
           "CREATE TABLE assets (id int)");
    assert_refused(p, "Start Immich 3.1 once");
    assert_untouched(p);
}

static void a_newer_immich_is_refused_with_its_migration(void **state)
{
    struct place *p = *state;
    run(p, "DROP SCHEMA tintype CASCADE;"
           "INSERT INTO kysely_migrations VALUES ('1799999999999-Future', 'x')");
    assert_refused(p, "1799999999999-Future");
    assert_untouched(p);
}

static void a_fork_with_more_migrations_is_refused(void **state)
{
    struct place *p = *state;
    run(p, "INSERT INTO kysely_migrations VALUES ('1750000000000-Fork', 'x')");
    assert_refused(p, "fork");
}

static void somebody_elses_database_is_refused(void **state)
{
    struct place *p = *state;
    run(p, "CREATE TABLE accounts (id int)");
    assert_refused(p, "not Immich's");
    assert_untouched(p);
    assert_string_equal(ask(p, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "1");
}

static void what_an_interrupted_first_start_of_immich_left_counts_as_empty(void **state)
{
    struct place *p = *state;
    run(p, "CREATE EXTENSION vector;"
           "CREATE TABLE kysely_migrations (name varchar(255) PRIMARY KEY, timestamp text);"
           "CREATE TABLE kysely_migrations_lock (id varchar(255) PRIMARY KEY, is_locked int);"
           "INSERT INTO kysely_migrations_lock VALUES ('migration_lock', 0)");
    assert_ok(start(p));
    assert_string_equal(ask(p, "SELECT count(*) FROM kysely_migrations"), "88");
}

static void with_skip_only_our_own_schema_is_made(void **state)
{
    struct place *p = *state;
    run(p, "DROP SCHEMA tintype CASCADE; DELETE FROM version_history;"
           "DELETE FROM kysely_migrations WHERE name LIKE '1784%'");
    assert_ok(migrate(&(struct migrate_opts){.conninfo = p->url, .skip = true}));
    assert_string_equal(ask(p, "SELECT count(*) FROM tintype.queue"), "19");
    assert_string_equal(ask(p, "SELECT count(*) FROM version_history"), "0");
}

static void the_schema_of_a_newer_tintype_is_left_alone(void **state)
{
    struct place *p = *state;
    run(p, "UPDATE tintype.edition SET number = 1000; DROP TABLE tintype.quarantine");
    assert_ok(start(p));
    assert_string_equal(ask(p, "SELECT to_regclass('tintype.quarantine') IS NULL"), "t");
}

static void a_missing_vector_extension_is_named(void **state)
{
    struct place *p = *state;
    err e = migrate(&(struct migrate_opts){.conninfo = p->url, .vector_extension = "vchord"});
    if (!e) skip(); /* this PostgreSQL has VectorChord */
    assert_int_equal(e->code, BAD_REQUEST);
    assert_non_null(strstr(e->message, "The VectorChord extension is not available"));
    assert_string_equal(ask(p, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
}

static void an_owner_without_superuser_hears_which_extension_to_ask_for(void **state)
{
    struct place *p = *state;
    assert_ok(session_run(p->admin, "DROP ROLE IF EXISTS app; CREATE ROLE app LOGIN;"
                                    "ALTER DATABASE " NAME " OWNER TO app"));
    char url[600];
    snprintf(url, sizeof url, "%s&user=app", p->url);
    err e = migrate(&(struct migrate_opts){.conninfo = url});
    assert_true(err_is(e, BAD_REQUEST));
    assert_non_null(strstr(e->message, "CREATE EXTENSION IF NOT EXISTS vector CASCADE"));

    run(p, "CREATE EXTENSION vector; CREATE EXTENSION \"uuid-ossp\"; CREATE EXTENSION unaccent;"
           "CREATE EXTENSION cube; CREATE EXTENSION earthdistance; CREATE EXTENSION pg_trgm");
    assert_ok(migrate(&(struct migrate_opts){.conninfo = url}));
    assert_string_equal(ask(p, "SELECT count(*) FROM kysely_migrations"), "88");
}

static void processes_that_start_together_make_one_schema(void **state)
{
    struct place *p = *state;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_ok(thread_start(&threads[i], "start", 0, start_in_a_thread, p));
    for (int i = 0; i < 4; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_string_equal(ask(p, "SELECT count(*) FROM version_history"), "1");
}

static void a_start_waits_for_immichs_migration_lock(void **state)
{
    struct place *p = *state;
    run(p, "SELECT pg_advisory_lock(200)"); /* as Immich does while it migrates */
    pthread_t thread;
    assert_ok(thread_start(&thread, "start", 0, start_in_a_thread, p));
    for (int i = 0; i < 500; i++) {
        if (strcmp(ask(p, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                          " AND objid = 200 AND NOT granted"),
                "1") == 0)
            break;
        usleep(10 * 1000);
        if (i == 499) fail_msg("nobody waits for the lock");
    }
    assert_untouched(p);
    run(p, "SELECT pg_advisory_unlock(200)");
    void *failed;
    pthread_join(thread, &failed);
    assert_null(failed);
    assert_string_equal(ask(p, "SELECT count(*) FROM kysely_migrations"), "88");
}

static void a_database_that_is_away_may_be_tried_again(void **state)
{
    (void)state;
    err e = migrate(&(struct migrate_opts){.conninfo = "host=/nonexistent dbname=x"});
    assert_true(err_is(e, UNAVAILABLE));
}

static int make_started(void **state)
{
    (void)state;
    const char *base = getenv("TINTYPE_TEST_DB_URL");
    assert_non_null(base);
    PGconn *admin = open_url(base);
    make_database(admin, STARTED, "template0");
    PQfinish(admin);
    char url[512];
    snprintf(url, sizeof url, "%s&dbname=" STARTED, base);
    assert_ok(migrate(&(struct migrate_opts){.conninfo = url}));
    return 0;
}

#define EMPTY(name) cmocka_unit_test_setup_teardown(name, set_up_empty, tear_down)
#define AFTER_A_START(name) cmocka_unit_test_setup_teardown(name, set_up_started, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(an_empty_database_becomes_immichs_and_ours),
        AFTER_A_START(a_second_start_changes_nothing),
        AFTER_A_START(a_second_start_does_not_wait_for_writes),
        AFTER_A_START(what_immich_wrote_between_two_swaps_is_looked_after_once),
        AFTER_A_START(tables_made_anew_by_a_restore_are_looked_after),
        EMPTY(a_database_of_immich_is_taken_over_and_its_missing_work_enqueued_once),
        EMPTY(without_a_photo_there_is_no_work_to_find),
        AFTER_A_START(our_schema_comes_back_with_its_work_after_a_swap_or_a_restore),
        AFTER_A_START(an_older_immich_is_asked_to_start_3_1_once),
        EMPTY(an_immich_of_the_first_years_is_asked_to_start_3_1_once),
        AFTER_A_START(a_newer_immich_is_refused_with_its_migration),
        AFTER_A_START(a_fork_with_more_migrations_is_refused),
        EMPTY(somebody_elses_database_is_refused),
        EMPTY(what_an_interrupted_first_start_of_immich_left_counts_as_empty),
        AFTER_A_START(with_skip_only_our_own_schema_is_made),
        AFTER_A_START(the_schema_of_a_newer_tintype_is_left_alone),
        EMPTY(a_missing_vector_extension_is_named),
        EMPTY(an_owner_without_superuser_hears_which_extension_to_ask_for),
        EMPTY(processes_that_start_together_make_one_schema),
        EMPTY(a_start_waits_for_immichs_migration_lock),
        cmocka_unit_test(a_database_that_is_away_may_be_tried_again),
    };
    return cmocka_run_group_tests(tests, make_started, NULL);
}
