#include "app/test.h"
#include "core/size.h"
#include "gen/api.h"
#include "job/queue.h"

#include "core/banned.h"

static void add_job(struct ctx *cx, const char *queue, const char *name, const char *state,
    const char *more_columns, const char *more_values)
{
    test_sql(cx, "INSERT INTO tintype.job (queue, name, state%s) VALUES ('%s', '%s', '%s'%s)",
        more_columns, queue, name, state, more_values);
}

static struct QueueResponseDto queue_of(struct ctx *cx, enum QueueName name)
{
    struct QueueResponseDto out;
    assert_ok(op_getQueue(cx, &(struct getQueue_in){.name = name}, &out));
    assert_int_equal(out.name, name);
    assert_int_equal(out.statistics.completed, 0);
    assert_int_equal(out.statistics.failed, 0);
    return out;
}

static fallible command(
    struct ctx *cx, enum QueueName name, enum QueueCommand what, struct QueueResponseLegacyDto *out)
{
    const struct runQueueCommandLegacy_in in = {
        .name = name, .body = {.command = what, .force = SOME(bool, false)}};
    return op_runQueueCommandLegacy(cx, &in, out);
}

static void the_contracts_queues_are_those_of_the_program(void **state)
{
    struct list_QueueResponseDto all;
    assert_int_equal(QueueName_names.n, QUEUES_N);
    for (size_t i = 0; i < QUEUES_N; i++)
        assert_true(str_eq(QueueName_names.v[i], str_from(queue_names[i])));
    assert_ok(op_getQueues(*state, &all));
    assert_int_equal(all.n, QUEUES_N);
    for (size_t i = 0; i < QUEUES_N; i++)
        assert_int_equal(all.v[i].name, i);
}

static void jobs_are_counted_as_clients_expect(void **state)
{
    struct ctx *cx = *state;
    add_job(cx, "sidecar", "SidecarCheck", "waiting", "", "");
    add_job(cx, "sidecar", "SidecarCheck", "active", "", "");
    add_job(cx, "sidecar", "SidecarCheck", "delayed", "", "");
    add_job(cx, "sidecar", "SidecarCheck", "delayed", ", attempts", ", 1"); /* is tried again */
    add_job(cx, "sidecar", "SidecarCheck", "dead", "", "");
    add_job(cx, "thumbnailGeneration", "PersonGenerateThumbnail", "waiting", ", priority", ", 10");

    const struct QueueStatisticsDto sidecar = queue_of(cx, QUEUE_NAME_SIDECAR).statistics;
    assert_int_equal(sidecar.waiting, 1);
    assert_int_equal(sidecar.active, 1);
    assert_int_equal(sidecar.delayed, 1);
    assert_int_equal(sidecar.paused, 0);
    assert_int_equal(queue_of(cx, QUEUE_NAME_THUMBNAIL_GENERATION).statistics.waiting, 0);

    struct QueuesResponseLegacyDto legacy;
    assert_ok(op_getQueuesLegacy(cx, &legacy));
    assert_true(legacy.sidecar.queueStatus.isActive);
    assert_int_equal(legacy.sidecar.jobCounts.waiting, 1);
    assert_false(legacy.editor.queueStatus.isActive);
}

static void what_waits_in_a_paused_queue_is_called_paused(void **state)
{
    struct ctx *cx = *state;
    struct QueueResponseDto out;
    add_job(cx, "ocr", "Ocr", "waiting", "", "");
    struct updateQueue_in in = {.name = QUEUE_NAME_OCR, .body.isPaused = SOME(bool, true)};
    assert_ok(op_updateQueue(cx, &in, &out));
    assert_true(out.isPaused);
    assert_int_equal(out.statistics.waiting, 0);
    assert_int_equal(out.statistics.paused, 1);

    enum QueueJobStatus waiting = QUEUE_JOB_STATUS_WAITING, paused = QUEUE_JOB_STATUS_PAUSED;
    struct getQueueJobs_in list = {.name = QUEUE_NAME_OCR, .status.is = PRESENT};
    struct list_QueueJobResponseDto jobs;
    list.status.v = (struct list_QueueJobStatus){&waiting, 1};
    assert_ok(op_getQueueJobs(cx, &list, &jobs));
    assert_int_equal(jobs.n, 0);
    list.status.v = (struct list_QueueJobStatus){&paused, 1};
    assert_ok(op_getQueueJobs(cx, &list, &jobs));
    assert_int_equal(jobs.n, 1);

    in.body.isPaused = SOME(bool, false);
    assert_ok(op_updateQueue(cx, &in, &out));
    assert_false(out.isPaused);
    assert_int_equal(out.statistics.waiting, 1);
    in.body.isPaused = (struct opt_bool){.is = ABSENT};
    assert_ok(op_updateQueue(cx, &in, &out));
    assert_false(out.isPaused);
}

static void background_tasks_are_paused_by_the_older_command_alone(void **state)
{
    struct ctx *cx = *state;
    struct QueueResponseDto out;
    struct QueueResponseLegacyDto legacy;
    const struct updateQueue_in in = {
        .name = QUEUE_NAME_BACKGROUND_TASK, .body.isPaused = SOME(bool, true)};
    err e = op_updateQueue(cx, &in, &out);
    assert_true(err_is(e, BAD_REQUEST));
    assert_string_equal(e->message, "The BackgroundTask queue cannot be paused");
    assert_ok(command(cx, QUEUE_NAME_BACKGROUND_TASK, QUEUE_COMMAND_PAUSE, &legacy));
    assert_true(legacy.queueStatus.isPaused);
    assert_ok(command(cx, QUEUE_NAME_BACKGROUND_TASK, QUEUE_COMMAND_RESUME, &legacy));
    assert_false(legacy.queueStatus.isPaused);
}

static void jobs_are_listed_with_what_they_were_given(void **state)
{
    struct ctx *cx = *state;
    struct list_QueueJobResponseDto jobs;
    add_job(cx, "sidecar", "SidecarCheck", "active", ", payload, created_at",
        ", '{\"id\":\"x\"}', '2024-05-03 10:11:12.345Z'");
    add_job(cx, "sidecar", "SidecarQueueAll", "delayed", "", "");
    add_job(cx, "sidecar", "FromTheFuture", "waiting", "", "");
    assert_ok(op_getQueueJobs(cx, &(struct getQueueJobs_in){.name = QUEUE_NAME_SIDECAR}, &jobs));
    assert_int_equal(jobs.n, 2);
    assert_int_equal(jobs.v[0].name, JOB_NAME_SIDECAR_CHECK);
    assert_int_equal(jobs.v[0].timestamp, INT64_C(1714731072345));
    assert_str(jobs.v[0].data, "{\"id\": \"x\"}");
    assert_int_equal(jobs.v[0].id.is, PRESENT);
    assert_int_equal(jobs.v[1].name, JOB_NAME_SIDECAR_QUEUE_ALL);
}

static void emptying_leaves_what_runs_and_what_is_delayed(void **state)
{
    struct ctx *cx = *state;
    static const char *const states[] = {"waiting", "active", "delayed", "dead"};
    for (size_t i = 0; i < LENGTH(states); i++)
        add_job(cx, "library", "LibraryDelete", states[i], "", "");
    static const char left[] =
        "SELECT string_agg(state, ' ' ORDER BY id) FROM tintype.job WHERE queue = 'library'";
    struct emptyQueue_in in = {.name = QUEUE_NAME_LIBRARY};
    assert_ok(op_emptyQueue(cx, &in));
    assert_sql(cx, "active delayed dead", left);
    in.body.failed = SOME(bool, true);
    assert_ok(op_emptyQueue(cx, &in));
    assert_sql(cx, "active delayed", left);
}

static void each_queue_starts_with_its_own_job(void **state)
{
    struct ctx *cx = *state;
    struct QueueResponseLegacyDto out;
    size_t started = 0;
    for (size_t i = 0; i < QUEUES_N; i++) {
        err e = command(cx, (enum QueueName)i, QUEUE_COMMAND_START, &out);
        if (!e) {
            started++;
            assert_int_equal(out.jobCounts.waiting, 1);
            continue;
        }
        const str expected = str_fmt(cx->arena, "Invalid job name: %s", queue_names[i]);
        assert_true(err_is(e, BAD_REQUEST));
        assert_string_equal(e->message, expected.p);
    }
    assert_int_equal(started, 13);
    assert_sql(cx, "{\"force\": false}",
        "SELECT payload FROM tintype.job WHERE name = 'AssetGenerateThumbnailsQueueAll'");
    assert_sql(cx, "{}", "SELECT payload FROM tintype.job WHERE name = 'StorageTemplateMigration'");
}

static void a_queue_that_works_is_not_started_again(void **state)
{
    struct ctx *cx = *state;
    struct QueueResponseLegacyDto out;
    add_job(cx, "sidecar", "SidecarCheck", "active", "", "");
    err e = command(cx, QUEUE_NAME_SIDECAR, QUEUE_COMMAND_START, &out);
    assert_true(err_is(e, BAD_REQUEST));
    assert_string_equal(e->message, "Job is already running");
}

static void every_job_by_hand_is_queued(void **state)
{
    struct ctx *cx = *state;
    for (size_t i = 0; i < ManualJobName_names.n; i++)
        assert_ok(op_createJob(cx, &(struct createJob_in){.body.name = (enum ManualJobName)i}));
    assert_sql(cx, "15", "SELECT count(*) FROM tintype.job");
    assert_sql(cx, "TagCleanup", "SELECT name FROM tintype.job ORDER BY id OFFSET 1 LIMIT 1");
    assert_sql(
        cx, "3", "SELECT count(*) FROM tintype.job WHERE payload = '{\"refreshOnly\": true}'");
    assert_sql(cx, "missing_file,untracked_file,checksum_mismatch",
        "SELECT string_agg(payload->>'type', ',' ORDER BY id) FROM tintype.job WHERE name = "
        "'IntegrityDeleteReportType'");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(the_contracts_queues_are_those_of_the_program),
        TEST(jobs_are_counted_as_clients_expect),
        TEST(what_waits_in_a_paused_queue_is_called_paused),
        TEST(background_tasks_are_paused_by_the_older_command_alone),
        TEST(jobs_are_listed_with_what_they_were_given),
        TEST(emptying_leaves_what_runs_and_what_is_delayed),
        TEST(each_queue_starts_with_its_own_job),
        TEST(a_queue_that_works_is_not_started_again),
        TEST(every_job_by_hand_is_queued),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
