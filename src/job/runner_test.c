#include "core/log.h"
#include "core/test.h"
#include "core/thread.h"
#include "core/time.h"
#include "db/db.h"
#include "db/migrate.h"
#include "job/queue.h"
#include "job/runner.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/banned.h"

enum {
    WAIT_MS = 10 * 1000,
    LEASE_MS = 600,
};

static struct db_pool *pool;

/* What the functions below did, and what they are told to do. */
static struct {
    atomic_int runs, parallel, parallel_max, ended;
    atomic_bool hold; /* stay in the function */
    char order[256];
    pthread_mutex_t mutex;
} seen = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void note(char c)
{
    pthread_mutex_lock(&seen.mutex);
    const size_t n = strlen(seen.order);
    if (n + 1 < sizeof seen.order) seen.order[n] = c;
    pthread_mutex_unlock(&seen.mutex);
}

static void stay(int ms)
{
    const int now = ++seen.parallel;
    for (int max = seen.parallel_max; now > max;)
        if (atomic_compare_exchange_weak(&seen.parallel_max, &max, now)) break;
    const int64_t until = monotonic_ms() + WAIT_MS;
    usleep((unsigned)ms * 1000);
    while (seen.hold && monotonic_ms() < until)
        usleep(2000);
    seen.parallel--;
}

/* --- The jobs of this program --- */

fallible job_TagCleanup(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    seen.runs++;
    stay(20);
    return NULL;
}

fallible job_SidecarCheck(struct ctx *cx, const struct asset_job *in, enum job_result *result)
{
    seen.runs++;
    note((char)('a' + in->id.b[15]));
    return NULL;
}

fallible job_FacialRecognition(
    struct ctx *cx, const struct recognition_job *in, enum job_result *result)
{
    seen.runs++;
    stay(20);
    return NULL;
}

fallible job_PersonCleanup(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    seen.runs++;
    FAIL(INTERNAL, "it rains");
}

fallible job_MemoryGenerate(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    seen.runs++;
    FAIL(NO_SPACE, "the disk is full");
}

fallible job_MemoryCleanup(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    seen.runs++;
    *result = JOB_FAILED;
    return NULL;
}

/* Leaves a transaction open, which must not be seen. */
fallible job_UserSyncUsage(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    TRY(db_begin(cx));
    TRY(job_add(cx, JOB_NotificationsCleanup, NULL));
    seen.runs++;
    return NULL;
}

fallible job_AssetExtractMetadata(
    struct ctx *cx, const struct asset_job *in, enum job_result *result)
{
    TRY(job_add_AssetGenerateThumbnails(cx, in));
    return NULL;
}

fallible job_AssetGenerateThumbnails(
    struct ctx *cx, const struct asset_job *in, enum job_result *result)
{
    seen.runs++;
    stay(0);
    return NULL;
}

fallible job_SessionCleanup(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    seen.runs++;
    const int64_t until = monotonic_ms() + WAIT_MS;
    while (!job_must_stop() && monotonic_ms() < until)
        usleep(2000);
    FAIL(RETRY, "told to stop");
}

/* --- Helpers --- */

/* Those of this test; what a failed one left running must not disturb the next. */
static struct job_runner *runners[2];
static atomic_int results[3];

static void done(void *p, struct ctx *cx, const struct job_report *report)
{
    results[report->error ? JOB_FAILED : report->result]++;
    seen.ended++;
}

static struct job_runner *runner(int lease_ms, int poll_ms)
{
    struct job_runner **r = runners[0] ? &runners[1] : &runners[0];
    assert_ok(job_runner_start(
        r, &(struct job_runner_opts){
               .pool = pool, .done = done, .lease_ms = lease_ms, .poll_ms = poll_ms}));
    return *r;
}

static bool stop(struct job_runner *r, int grace_ms)
{
    struct job_runner **place = r == runners[0] ? &runners[0] : &runners[1];
    const bool stopped = job_runner_stop(r, grace_ms);
    if (stopped) *place = NULL;
    return stopped;
}

static bool until(int64_t limit_ms, bool (*condition)(struct ctx *), struct ctx *cx)
{
    const int64_t end = monotonic_ms() + limit_ms;
    while (!condition(cx)) {
        if (monotonic_ms() > end) return false;
        usleep(3000);
    }
    return true;
}

static int64_t number(struct ctx *cx, const char *query)
{
    const struct sql sql = {.text = query, .row = &db_int_fields};
    int64_t n = -1;
    assert_ok(db_one(cx, &sql, NULL, &n));
    return n;
}

static bool is_empty(struct ctx *cx)
{
    return number(cx, "SELECT count(*) FROM tintype.job") == 0;
}

static bool has_dead(struct ctx *cx)
{
    return number(cx, "SELECT count(*) FROM tintype.job WHERE state = 'dead'") == 1;
}

static bool has_retry(struct ctx *cx)
{
    return number(cx, "SELECT count(*) FROM tintype.job WHERE state = 'delayed' AND attempts > 0 "
                      "AND run_at > now()") == 1;
}

static bool has_run(struct ctx *cx)
{
    return seen.runs > 0;
}

static int set_up(void **state)
{
    struct arena *arena = arena_new();
    struct ctx *cx = ARENA_NEW(arena, struct ctx);
    *cx = (struct ctx){.arena = arena, .db = db_open(pool, arena)};
    assert_ok(db_script(cx, "TRUNCATE tintype.job; UPDATE tintype.queue SET paused = false"));
    seen.runs = seen.parallel = seen.parallel_max = seen.ended = 0;
    seen.hold = false;
    for (int i = 0; i < 3; i++)
        results[i] = 0;
    memset(seen.order, 0, sizeof seen.order);
    *state = cx;
    return 0;
}

static int tear_down(void **state)
{
    struct ctx *cx = *state;
    seen.hold = false;
    for (int i = 0; i < 2; i++)
        if (runners[i]) assert_true(stop(runners[i], WAIT_MS));
    db_close(cx->db);
    arena_free(cx->arena);
    return 0;
}

/* --- Tests --- */

static void jobs_run_in_order_and_go(void **state)
{
    struct ctx *cx = *state;
    struct asset_job jobs[10] = {0};
    for (uint8_t i = 0; i < 10; i++)
        jobs[i].id.b[15] = i;
    assert_ok(job_add_many(cx, JOB_SidecarCheck, jobs, 10));
    struct job_runner *r = runner(0, 0);
    job_runner_set_concurrency(r, QUEUE_sidecar, 1);
    assert_true(until(WAIT_MS, is_empty, cx));
    assert_true(stop(r, WAIT_MS));
    assert_int_equal(results[JOB_SUCCESS], 10);
    /* The first few were claimed while five might run at once. */
    assert_int_equal(strlen(seen.order), 10);
    assert_string_equal(seen.order + 5, "fghij");
}

static void a_queue_has_as_many_slots_as_it_is_told(void **state)
{
    struct ctx *cx = *state;
    struct job_runner *r = runner(0, 0);
    job_runner_set_concurrency(r, QUEUE_backgroundTask, 3);
    for (int i = 0; i < 12; i++)
        assert_ok(job_add(cx, JOB_TagCleanup, NULL));
    assert_true(until(WAIT_MS, is_empty, cx));
    assert_true(stop(r, WAIT_MS));
    assert_int_equal(seen.runs, 12);
    assert_int_equal(seen.parallel_max, 3);
}

static void a_single_queue_is_one_over_all_workers(void **state)
{
    struct ctx *cx = *state;
    struct job_runner *one = runner(0, 50), *two = runner(0, 50);
    for (int i = 0; i < 20; i++)
        assert_ok(job_add_FacialRecognition(cx, &(struct recognition_job){.id = uuid_v4()}));
    assert_true(until(WAIT_MS, is_empty, cx));
    assert_true(stop(one, WAIT_MS));
    assert_true(stop(two, WAIT_MS));
    assert_int_equal(seen.runs, 20);
    assert_int_equal(seen.parallel_max, 1);
}

static void a_job_wakes_the_worker(void **state)
{
    struct ctx *cx = *state;
    struct job_runner *r = runner(0, 60 * 1000);
    usleep(300 * 1000);
    const int64_t start = monotonic_ms();
    assert_ok(job_add(cx, JOB_TagCleanup, NULL));
    assert_true(until(2000, is_empty, cx));
    assert_true(monotonic_ms() - start < 1000);
    assert_true(stop(r, WAIT_MS));
}

static void an_error_is_tried_again_then_kept_with_its_reason(void **state)
{
    struct ctx *cx = *state;
    struct job_runner *r = runner(0, 50);
    assert_ok(job_add(cx, JOB_PersonCleanup, NULL));
    for (int i = 1; i < 3; i++) {
        assert_true(until(WAIT_MS, has_retry, cx));
        assert_int_equal(seen.runs, i);
        const int64_t s =
            number(cx, "SELECT extract(epoch FROM run_at - now())::int FROM tintype.job");
        assert_in_range(s, i == 1 ? 7 : 31, i == 1 ? 12 : 48);
        struct queue_state counters;
        assert_ok(queue_state_get(cx, QUEUE_backgroundTask, &counters));
        assert_true(counters.delayed_n == 0 && counters.waiting_n == 0 && !counters.active_n);
        assert_ok(db_script(cx, "UPDATE tintype.job SET run_at = now()"));
    }
    assert_true(until(WAIT_MS, has_dead, cx));
    assert_int_equal(seen.runs, 3);
    assert_int_equal(
        number(cx, "SELECT count(*) FROM tintype.job WHERE error = 'it rains' AND worker IS NULL"),
        1);
    assert_true(stop(r, WAIT_MS));
    assert_int_equal(results[JOB_FAILED], 3);
}

static void a_failed_job_is_not_tried_again(void **state)
{
    struct ctx *cx = *state;
    struct job_runner *r = runner(0, 0);
    assert_ok(job_add(cx, JOB_MemoryCleanup, NULL));
    assert_true(until(WAIT_MS, has_dead, cx));
    assert_true(stop(r, WAIT_MS));
    assert_int_equal(seen.runs, 1);
}

static void a_job_without_a_function_is_skipped(void **state)
{
    struct ctx *cx = *state;
    assert_false(job_is_implemented(JOB_SmartSearch));
    assert_true(job_is_implemented(JOB_TagCleanup));
    struct job_runner *r = runner(0, 0);
    assert_ok(job_add_SmartSearch(cx, &(struct asset_job){.id = uuid_v4()}));
    assert_true(until(WAIT_MS, is_empty, cx));
    assert_true(stop(r, WAIT_MS));
    assert_int_equal(results[JOB_SKIPPED], 1);
}

static void a_job_of_a_newer_version_waits(void **state)
{
    struct ctx *cx = *state;
    struct job_runner *r = runner(0, 0);
    assert_ok(
        db_script(cx, "INSERT INTO tintype.job (queue, name) VALUES ('sidecar', 'FromTheFuture')"));
    assert_true(until(WAIT_MS, has_retry, cx));
    assert_true(stop(r, WAIT_MS));
}

static bool waits(struct ctx *cx)
{
    return number(cx, "SELECT count(*) FROM tintype.job WHERE state = 'delayed' AND attempts = 2 "
                      "AND run_at > now() + interval '20 s'") == 1;
}

static void a_full_disk_is_no_attempt_but_not_for_ever(void **state)
{
    struct ctx *cx = *state;
    struct job_runner *r = runner(0, 0);
    const char *last_attempt = "INSERT INTO tintype.job (queue, name, attempts, max_attempts) "
                               "VALUES ('backgroundTask', 'MemoryGenerate', 2, 3)";
    assert_ok(db_script(cx, last_attempt));
    assert_true(until(WAIT_MS, waits, cx));
    assert_ok(db_script(cx, "UPDATE tintype.job SET state = 'waiting', run_at = now(), "
                            "created_at = now() - interval '8 days'"));
    assert_true(until(WAIT_MS, has_dead, cx));
    assert_true(stop(r, WAIT_MS));
    assert_int_equal(seen.runs, 2);
}

static void a_payload_that_does_not_fit_is_buried(void **state)
{
    struct ctx *cx = *state;
    struct job_runner *r = runner(0, 0);
    assert_ok(db_script(cx, "INSERT INTO tintype.job (queue, name, payload, max_attempts) VALUES "
                            "('sidecar', 'SidecarCheck', '{\"id\": 7}', 3)"));
    assert_true(until(WAIT_MS, has_dead, cx));
    assert_true(stop(r, WAIT_MS));
    assert_int_equal(seen.runs, 0);
}

static void what_a_job_left_open_is_rolled_back(void **state)
{
    struct ctx *cx = *state;
    struct job_runner *r = runner(0, 0);
    assert_ok(job_add(cx, JOB_UserSyncUsage, NULL));
    assert_true(until(WAIT_MS, is_empty, cx));
    assert_true(stop(r, WAIT_MS));
    assert_int_equal(seen.runs, 1);
}

static void follow_ups_are_seen_before_the_job_is_gone(void **state)
{
    struct ctx *cx = *state;
    struct job_runner *r = runner(0, 0);
    for (int round = 0; round < 10; round++) {
        seen.hold = true;
        seen.runs = 0;
        assert_ok(job_add_AssetExtractMetadata(cx, &(struct asset_job){.id = uuid_v4()}));
        struct queue_state all[QUEUES_N];
        const int64_t end = monotonic_ms() + WAIT_MS;
        do
            assert_ok(queue_states(cx, all));
        while (
            (all[QUEUE_metadataExtraction].waiting_n || all[QUEUE_metadataExtraction].active_n) &&
            monotonic_ms() < end);
        assert_int_equal(
            all[QUEUE_thumbnailGeneration].waiting_n + all[QUEUE_thumbnailGeneration].active_n, 1);
        seen.hold = false;
        assert_true(until(WAIT_MS, is_empty, cx));
    }
    assert_true(stop(r, WAIT_MS));
}

static void a_paused_queue_rests(void **state)
{
    struct ctx *cx = *state;
    struct job_runner *r = runner(0, 20);
    assert_ok(queue_pause(cx, QUEUE_backgroundTask));
    assert_ok(queue_pause(cx, QUEUE_facialRecognition));
    assert_ok(job_add(cx, JOB_TagCleanup, NULL));
    assert_ok(job_add_FacialRecognition(cx, &(struct recognition_job){.id = uuid_v4()}));
    usleep(300 * 1000);
    assert_int_equal(seen.runs, 0);
    assert_ok(queue_resume(cx, QUEUE_backgroundTask));
    assert_ok(queue_resume(cx, QUEUE_facialRecognition));
    assert_true(until(WAIT_MS, is_empty, cx));
    assert_int_equal(seen.runs, 2);
    assert_true(stop(r, WAIT_MS));
}

static void a_delayed_job_waits_its_time(void **state)
{
    struct ctx *cx = *state;
    struct job_runner *r = runner(0, 20);
    const int64_t start = monotonic_ms();
    assert_ok(job_add_later(cx, JOB_TagCleanup, NULL, 400));
    assert_true(until(WAIT_MS, is_empty, cx));
    assert_true(monotonic_ms() - start >= 390);
    assert_true(stop(r, WAIT_MS));
}

static void an_idle_worker_writes_nothing(void **state)
{
    struct ctx *cx = *state;
    const char *wal = "SELECT pg_current_wal_insert_lsn() - '0/0'";
    runner(0, 10);
    usleep(300 * 1000);
    const int64_t before = number(cx, wal);
    usleep(700 * 1000); /* seventy polls */
    /* PostgreSQL itself may note what runs. */
    assert_in_range(number(cx, wal) - before, 0, 200);
}

/* A worker process of its own, which is killed in the middle of a job. */
static void a_killed_worker_loses_no_job(void **state)
{
    struct ctx *cx = *state;
    assert_ok(job_add(cx, JOB_TagCleanup, NULL));
    const pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        assert_ok(db_pool_new(
            &pool, &(struct db_pool_opts){.conninfo = getenv("TINTYPE_TEST_DB_URL"), .size = 4}));
        seen.hold = true;
        runner(LEASE_MS, 50);
        usleep(60 * 1000 * 1000);
        _exit(0);
    }
    const int64_t end = monotonic_ms() + WAIT_MS;
    const char *active = "SELECT count(*) FROM tintype.job WHERE state = 'active'";
    while (number(cx, active) == 0 && monotonic_ms() < end)
        usleep(3000);
    usleep(3 * LEASE_MS * 1000); /* the heartbeat keeps the lease */
    struct job_runner *r = runner(LEASE_MS, 50);
    usleep(LEASE_MS * 1000);
    assert_int_equal(seen.runs, 0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_true(until(WAIT_MS, is_empty, cx));
    assert_int_equal(seen.runs, 1);
    assert_true(stop(r, WAIT_MS));
}

static void a_worker_that_died_is_no_attempt(void **state)
{
    struct ctx *cx = *state;
    assert_ok(job_add(cx, JOB_PersonCleanup, NULL));
    assert_ok(db_script(cx, "UPDATE tintype.job SET state = 'active', attempts = 3, crashes = 3, "
                            "worker = 'w', lease_until = now() - interval '1 second'"));
    struct job_runner *r = runner(0, 20);
    assert_true(until(WAIT_MS, has_dead, cx)); /* by its own error, at its third attempt */
    assert_true(stop(r, WAIT_MS));
    assert_int_equal(seen.runs, 1);
    assert_int_equal(number(cx, "SELECT count(*) FROM tintype.job WHERE error = 'it rains'"), 1);
}

static void a_job_that_kills_its_workers_is_given_up(void **state)
{
    struct ctx *cx = *state;
    assert_ok(job_add(cx, JOB_TagCleanup, NULL));
    assert_ok(db_script(cx, "UPDATE tintype.job SET state = 'active', crashes = 4, worker = 'w', "
                            "lease_until = now() - interval '1 second'"));
    struct job_runner *r = runner(0, 20);
    assert_true(until(WAIT_MS, has_dead, cx));
    assert_true(stop(r, WAIT_MS));
    assert_int_equal(seen.runs, 0);
    assert_int_equal(
        number(cx, "SELECT count(*) FROM tintype.job WHERE error = 'worker w died'"), 1);
}

static void a_job_that_lost_its_lease_is_told_to_stop(void **state)
{
    struct ctx *cx = *state;
    struct job_runner *r = runner(LEASE_MS, 50);
    assert_ok(job_add(cx, JOB_SessionCleanup, NULL));
    assert_true(until(WAIT_MS, has_run, cx));
    assert_ok(db_script(cx, "UPDATE tintype.job SET worker = 'another'"));
    const int64_t end = monotonic_ms() + WAIT_MS;
    while (job_runner_active(r, QUEUE_backgroundTask) && monotonic_ms() < end)
        usleep(3000);
    assert_int_equal(job_runner_active(r, QUEUE_backgroundTask), 0);
    assert_int_equal(number(cx, "SELECT count(*) FROM tintype.job WHERE worker = 'another'"), 1);
    assert_true(stop(r, WAIT_MS));
}

static void stopping_gives_back_what_runs(void **state)
{
    struct ctx *cx = *state;
    const char *given_back =
        "SELECT count(*) FROM tintype.job WHERE state = 'waiting' AND attempts = 0";
    /* A job that listens goes at once … */
    struct job_runner *r = runner(0, 0);
    assert_ok(job_add(cx, JOB_SessionCleanup, NULL));
    assert_true(until(WAIT_MS, has_run, cx));
    assert_true(stop(r, WAIT_MS));
    assert_int_equal(number(cx, given_back), 1);
    /* … one that does not is taken from it. */
    assert_ok(db_script(cx, "TRUNCATE tintype.job"));
    seen.runs = 0;
    seen.hold = true;
    r = runner(0, 0);
    assert_ok(job_add(cx, JOB_TagCleanup, NULL));
    assert_true(until(WAIT_MS, has_run, cx));
    assert_false(stop(r, 100));
    assert_int_equal(number(cx, given_back), 1);
    seen.hold = false;
    assert_true(stop(r, WAIT_MS));
    assert_int_equal(number(cx, given_back), 1); /* its end did not count */
}

static void losing_the_database_stops_nothing(void **state)
{
    struct ctx *cx = *state;
    struct job_runner *r = runner(0, 100);
    seen.hold = true;
    assert_ok(job_add(cx, JOB_TagCleanup, NULL));
    assert_true(until(WAIT_MS, has_run, cx));
    assert_ok(db_script(cx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> "
                            "pg_backend_pid() AND datname = current_database()"));
    seen.hold = false;
    assert_true(until(WAIT_MS, is_empty, cx));
    assert_ok(job_add(cx, JOB_TagCleanup, NULL));
    assert_true(until(WAIT_MS, is_empty, cx));
    assert_int_equal(seen.runs, 2);
    assert_true(stop(r, WAIT_MS));
}

static int start(void **state)
{
    const char *url = getenv("TINTYPE_TEST_DB_URL");
    signal(SIGPIPE, SIG_IGN); /* as every role does */
    assert_ok(migrate(&(struct migrate_opts){.conninfo = url}));
    assert_ok(db_pool_new(&pool, &(struct db_pool_opts){.conninfo = url, .size = 12}));
    return 0;
}

static int end(void **state)
{
    db_pool_free(pool);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(jobs_run_in_order_and_go),
        TEST(a_queue_has_as_many_slots_as_it_is_told),
        TEST(a_single_queue_is_one_over_all_workers),
        TEST(a_job_wakes_the_worker),
        TEST(an_error_is_tried_again_then_kept_with_its_reason),
        TEST(a_failed_job_is_not_tried_again),
        TEST(a_job_without_a_function_is_skipped),
        TEST(a_job_of_a_newer_version_waits),
        TEST(a_full_disk_is_no_attempt_but_not_for_ever),
        TEST(a_payload_that_does_not_fit_is_buried),
        TEST(what_a_job_left_open_is_rolled_back),
        TEST(follow_ups_are_seen_before_the_job_is_gone),
        TEST(a_paused_queue_rests),
        TEST(a_delayed_job_waits_its_time),
        TEST(an_idle_worker_writes_nothing),
        TEST(a_killed_worker_loses_no_job),
        TEST(a_worker_that_died_is_no_attempt),
        TEST(a_job_that_kills_its_workers_is_given_up),
        TEST(a_job_that_lost_its_lease_is_told_to_stop),
        TEST(stopping_gives_back_what_runs),
        TEST(losing_the_database_stops_nothing),
    };
    return cmocka_run_group_tests(tests, start, end);
}
