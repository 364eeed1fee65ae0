#include "core/test.h"
#include "db/db.h"
#include "db/migrate.h"
#include "gen/api.h"
#include "gen/job_sql.h"
#include "job/job.h"
#include "job/queue.h"

#include <stdlib.h>
#include <string.h>

#include "core/banned.h"

static struct db_pool *pool;

static int start(void **state)
{
    const char *url = getenv("TINTYPE_TEST_DB_URL");
    assert_ok(migrate(&(struct migrate_opts){.conninfo = url}));
    assert_ok(db_pool_new(&pool, &(struct db_pool_opts){.conninfo = url, .size = 4}));
    return 0;
}

static int end(void **state)
{
    db_pool_free(pool);
    return 0;
}

static int set_up(void **state)
{
    struct arena *arena = arena_new();
    struct ctx *cx = ARENA_NEW(arena, struct ctx);
    *cx = (struct ctx){.arena = arena, .db = db_open(pool, arena)};
    assert_ok(db_test_begin(cx));
    *state = cx;
    return 0;
}

static int tear_down(void **state)
{
    struct ctx *cx = *state;
    db_close(cx->db);
    arena_free(cx->arena);
    return 0;
}

static int64_t number(struct ctx *cx, const char *query)
{
    const struct sql sql = {.text = query, .row = &db_int_fields};
    int64_t n = -1;
    assert_ok(db_one(cx, &sql, NULL, &n));
    return n;
}

static str text(struct ctx *cx, const char *query)
{
    const struct sql sql = {.text = query, .row = &db_str_fields};
    str s;
    assert_ok(db_one(cx, &sql, NULL, &s));
    return s;
}

static uuid id_of(const char *s)
{
    uuid id;
    assert_true(uuid_parse(str_from(s), &id));
    return id;
}
#define ONE "0190a1b2-0000-7000-8000-000000000001"
#define TWO "0190a1b2-0000-7000-8000-000000000002"

static void the_jobs_are_those_of_the_contract(void **state)
{
    assert_int_equal(JOBS_N, JobName_names.n);
    for (size_t i = 0; i < JobName_names.n; i++) {
        const enum job_name job = job_name_find(JobName_names.v[i]);
        if (job == JOBS_N) fail_msg("%.*s is missing", FMT(JobName_names.v[i]));
    }
}

static void the_queues_are_those_of_the_contract_and_of_the_schema(void **state)
{
    struct ctx *cx = *state;
    assert_int_equal(QUEUES_N, QueueName_names.n);
    for (size_t i = 0; i < QUEUES_N; i++)
        assert_true(str_eq(QueueName_names.v[i], str_from(queue_names[i])));
    assert_int_equal(number(cx, "SELECT count(*) FROM tintype.queue"), QUEUES_N);
    assert_str(
        text(cx, "SELECT string_agg(name, ' ' ORDER BY name) FROM tintype.queue WHERE single"),
        "backupDatabase duplicateDetection facialRecognition storageTemplateMigration");
}

static void a_payload_is_stored_as_the_contract_shows_it(void **state)
{
    struct ctx *cx = *state;
    assert_ok(job_add_AssetExtractMetadata(
        cx, &(struct asset_job){.id = id_of(ONE), .source = SOME(str, STR("upload"))}));
    assert_ok(job_add(cx, JOB_AssetEmptyTrash, NULL));
    assert_ok(job_add_AssetGenerateThumbnailsQueueAll(
        cx, &(struct force_job){.force = SOME(bool, false)}));
    str files[] = {STR("/a \"b\""), STR("/c")};
    assert_ok(job_add_FileDelete(cx, &(struct file_delete_job){.files = {files, 2}}));
    assert_str(text(cx, "SELECT string_agg(queue || ' ' || name || ' ' || payload::text, E'\\n' "
                        "ORDER BY id) FROM tintype.job"),
        "metadataExtraction AssetExtractMetadata {\"id\": \"" ONE "\", \"source\": \"upload\"}\n"
        "backgroundTask AssetEmptyTrash {}\n"
        "thumbnailGeneration AssetGenerateThumbnailsQueueAll {\"force\": false}\n"
        "backgroundTask FileDelete {\"files\": [\"/a \\\"b\\\"\", \"/c\"]}");
}

static void many_jobs_keep_their_order(void **state)
{
    struct ctx *cx = *state;
    struct asset_job jobs[500] = {0};
    for (size_t i = 0; i < 500; i++)
        jobs[i].id.b[15] = (uint8_t)(i % 250), jobs[i].id.b[14] = (uint8_t)(i / 250);
    assert_ok(job_add_many(cx, JOB_SidecarCheck, jobs, 500));
    assert_ok(job_add_many(cx, JOB_SidecarCheck, jobs, 0));
    assert_int_equal(
        number(cx, "SELECT count(*) FROM (SELECT id, row_number() OVER (ORDER BY id) a,"
                   " row_number() OVER (ORDER BY payload->>'id') b FROM tintype.job) t"
                   " WHERE a = b"),
        500);
}

static void a_job_goes_with_its_transaction(void **state)
{
    struct ctx *cx = *state;
    assert_ok(db_begin(cx));
    assert_ok(job_add(cx, JOB_TagCleanup, NULL));
    db_rollback(cx);
    assert_int_equal(number(cx, "SELECT count(*) FROM tintype.job"), 0);
}

static void keys_keep_unfinished_jobs_apart(void **state)
{
    struct ctx *cx = *state;
    for (int i = 0; i < 2; i++) {
        assert_ok(job_add(cx, JOB_VersionCheck, NULL));
        assert_ok(
            job_add_StorageTemplateMigrationSingle(cx, &(struct asset_job){.id = id_of(ONE)}));
        assert_ok(
            job_add_StorageTemplateMigrationSingle(cx, &(struct asset_job){.id = id_of(TWO)}));
        assert_ok(job_add(cx, JOB_TagCleanup, NULL));
    }
    assert_str(text(cx, "SELECT string_agg(name, ' ' ORDER BY id) FROM tintype.job"),
        "VersionCheck StorageTemplateMigrationSingle StorageTemplateMigrationSingle TagCleanup "
        "TagCleanup");
    assert_ok(db_script(cx, "UPDATE tintype.job SET state = 'dead' WHERE name = 'VersionCheck'"));
    assert_ok(job_add(cx, JOB_VersionCheck, NULL));
    assert_int_equal(number(cx, "SELECT count(*) FROM tintype.job WHERE name = 'VersionCheck'"), 2);
}

static void a_debounced_job_starts_its_delay_anew(void **state)
{
    struct ctx *cx = *state;
    const struct album_update_job update = {.id = id_of(ONE), .recipientId = id_of(TWO)};
    const char *left = "SELECT round(extract(epoch FROM run_at - now()))::int FROM tintype.job";
    assert_ok(job_add_NotifyAlbumUpdate(cx, &update));
    assert_int_equal(number(cx, left), 300);
    assert_ok(db_script(cx, "UPDATE tintype.job SET run_at = now() + interval '1 minute'"));
    assert_ok(job_add_NotifyAlbumUpdate(cx, &update));
    assert_int_equal(number(cx, left), 300);
    assert_int_equal(number(cx, "SELECT count(*) FROM tintype.job WHERE state = 'delayed'"), 1);
    /* One that runs does not know what came after it began. */
    assert_ok(db_script(cx, "UPDATE tintype.job SET state = 'active', attempts = 1"));
    assert_ok(job_add_NotifyAlbumUpdate(cx, &update));
    assert_int_equal(number(cx, "SELECT count(*) FROM tintype.job WHERE state = 'delayed'"), 1);
}

static void counters_are_what_clients_expect(void **state)
{
    struct ctx *cx = *state;
    struct queue_state s;
    assert_ok(job_add_AssetGenerateThumbnails(cx, &(struct asset_job){.id = id_of(ONE)}));
    assert_ok(job_add_AssetGenerateThumbnails(cx, &(struct asset_job){.id = id_of(TWO)}));
    assert_ok(job_add_PersonGenerateThumbnail(cx, &(struct id_job){.id = id_of(TWO)}));
    assert_ok(job_add_later(
        cx, JOB_AssetGenerateThumbnails, &(struct asset_job){.id = id_of(TWO)}, 5000));
    assert_ok(queue_state_get(cx, QUEUE_thumbnailGeneration, &s));
    assert_true(s.waiting_n == 2 && s.delayed_n == 1 && s.active_n == 0 && !s.paused);

    assert_ok(db_script(cx, "UPDATE tintype.job SET state = 'active' WHERE id = "
                            "(SELECT min(id) FROM tintype.job)"));
    assert_ok(queue_pause(cx, QUEUE_thumbnailGeneration));
    assert_ok(queue_state_get(cx, QUEUE_thumbnailGeneration, &s));
    assert_true(s.waiting_n == 0 && s.paused_n == 1 && s.active_n == 1 && s.paused);

    assert_ok(queue_empty(cx, QUEUE_thumbnailGeneration));
    assert_ok(queue_resume(cx, QUEUE_thumbnailGeneration));
    assert_ok(queue_state_get(cx, QUEUE_thumbnailGeneration, &s));
    assert_true(s.waiting_n == 0 && s.delayed_n == 1 && s.active_n == 1 && !s.paused);
    assert_int_equal(number(cx, "SELECT count(*) FROM tintype.job"), 2);

    /* A retry and a dead job are our own business. */
    assert_ok(db_script(cx, "UPDATE tintype.job SET state = 'delayed', attempts = 1"));
    assert_ok(queue_state_get(cx, QUEUE_thumbnailGeneration, &s));
    assert_int_equal(s.delayed_n, 0);
    assert_ok(db_script(cx, "UPDATE tintype.job SET state = 'dead'"));
    assert_ok(queue_clear_failed(cx, QUEUE_thumbnailGeneration));
    assert_int_equal(number(cx, "SELECT count(*) FROM tintype.job"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_jobs_are_those_of_the_contract),
        TEST(the_queues_are_those_of_the_contract_and_of_the_schema),
        TEST(a_payload_is_stored_as_the_contract_shows_it),
        TEST(many_jobs_keep_their_order),
        TEST(a_job_goes_with_its_transaction),
        TEST(keys_keep_unfinished_jobs_apart),
        TEST(a_debounced_job_starts_its_delay_anew),
        TEST(counters_are_what_clients_expect),
    };
    return cmocka_run_group_tests(tests, start, end);
}
