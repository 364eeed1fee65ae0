#include "core/arena.h"
#include "gen/api.h"
#include "gen/job_sql.h"
#include "job/queue.h"

#include <assert.h>

#include "core/banned.h"

/* One list in two places (job/queues.def and the contract); its test compares every name. */
static_assert((int)QUEUE_NAME_EDITOR == (int)QUEUE_editor && (int)QUEUES_N == QUEUE_editor + 1,
    "the contract's queues are those of job/queues.def");

static enum queue_name queue_of(enum QueueName name)
{
    return (enum queue_name)name;
}

/* ---- states ---- */

static struct QueueStatisticsDto statistics_of(const struct queue_state *state)
{
    return (struct QueueStatisticsDto){
        .active = state->active_n,
        .delayed = state->delayed_n,
        .waiting = state->waiting_n,
        .paused = state->paused_n,
    };
}

static struct QueueResponseDto response_of(enum QueueName name, const struct queue_state *state)
{
    return (struct QueueResponseDto){
        .name = name,
        .isPaused = state->paused,
        .statistics = statistics_of(state),
    };
}

static struct QueueResponseLegacyDto legacy_of(const struct queue_state *state)
{
    return (struct QueueResponseLegacyDto){
        .queueStatus = {.isPaused = state->paused, .isActive = state->active_n > 0},
        .jobCounts = statistics_of(state),
    };
}

fallible op_getQueues(struct ctx *cx, struct list_QueueResponseDto *out)
{
    struct queue_state states[QUEUES_N];
    TRY(queue_states(cx, states));
    *out = (struct list_QueueResponseDto){
        .v = ARENA_ARRAY(cx->arena, struct QueueResponseDto, QUEUES_N), .n = QUEUES_N};
    for (size_t i = 0; i < QUEUES_N; i++)
        out->v[i] = response_of((enum QueueName)i, &states[i]);
    return NULL;
}

fallible op_getQueue(struct ctx *cx, const struct getQueue_in *in, struct QueueResponseDto *out)
{
    struct queue_state state;
    TRY(queue_state_get(cx, queue_of(in->name), &state));
    *out = response_of(in->name, &state);
    return NULL;
}

fallible op_getQueuesLegacy(struct ctx *cx, struct QueuesResponseLegacyDto *out)
{
    struct queue_state states[QUEUES_N];
    TRY(queue_states(cx, states));
#define X(name, concurrency) out->name = legacy_of(&states[QUEUE_##name]);
#include "job/queues.def"
#undef X
    return NULL;
}

/* ---- commands ---- */

/* What `start` puts into each queue; JOBS_N: it cannot be started by command. */
static enum job_name start_job_of(enum queue_name queue)
{
    switch (queue) {
    case QUEUE_thumbnailGeneration:
        return JOB_AssetGenerateThumbnailsQueueAll;
    case QUEUE_metadataExtraction:
        return JOB_AssetExtractMetadataQueueAll;
    case QUEUE_videoConversion:
        return JOB_AssetEncodeVideoQueueAll;
    case QUEUE_faceDetection:
        return JOB_AssetDetectFacesQueueAll;
    case QUEUE_facialRecognition:
        return JOB_FacialRecognitionQueueAll;
    case QUEUE_smartSearch:
        return JOB_SmartSearchQueueAll;
    case QUEUE_duplicateDetection:
        return JOB_AssetDetectDuplicatesQueueAll;
    case QUEUE_storageTemplateMigration:
        return JOB_StorageTemplateMigration;
    case QUEUE_migration:
        return JOB_FileMigrationQueueAll;
    case QUEUE_sidecar:
        return JOB_SidecarQueueAll;
    case QUEUE_library:
        return JOB_LibraryScanQueueAll;
    case QUEUE_backupDatabase:
        return JOB_DatabaseBackup;
    case QUEUE_ocr:
        return JOB_OcrQueueAll;
    case QUEUE_backgroundTask:
    case QUEUE_search:
    case QUEUE_notifications:
    case QUEUE_workflow:
    case QUEUE_integrityCheck:
    case QUEUE_editor:
    case QUEUES_N:
        return JOBS_N;
    }
    return JOBS_N;
}

static fallible start(struct ctx *cx, enum queue_name queue, struct opt_bool force)
{
    struct queue_state state;
    TRY(queue_state_get(cx, queue, &state));
    if (state.active_n > 0) FAIL(BAD_REQUEST, "Job is already running");
    const enum job_name job = start_job_of(queue);
    if (job == JOBS_N) FAIL(BAD_REQUEST, "Invalid job name: %s", queue_names[queue]);
    if (job_kinds[job].payload == &empty_job_fields) return job_add(cx, job, NULL);
    return job_add(cx, job, &(struct force_job){.force = force});
}

fallible op_runQueueCommandLegacy(
    struct ctx *cx, const struct runQueueCommandLegacy_in *in, struct QueueResponseLegacyDto *out)
{
    const enum queue_name queue = queue_of(in->name);
    struct queue_state state;
    switch (in->body.command) {
    case QUEUE_COMMAND_START:
        TRY(start(cx, queue, in->body.force));
        break;
    case QUEUE_COMMAND_PAUSE: /* Compat: here any queue, backgroundTask too */
        TRY(queue_pause(cx, queue));
        break;
    case QUEUE_COMMAND_RESUME:
        TRY(queue_resume(cx, queue));
        break;
    case QUEUE_COMMAND_EMPTY:
        TRY(queue_empty(cx, queue));
        break;
    case QUEUE_COMMAND_CLEAR_FAILED:
        TRY(queue_clear_failed(cx, queue));
        break;
    }
    TRY(queue_state_get(cx, queue, &state));
    *out = legacy_of(&state);
    return NULL;
}

fallible op_updateQueue(
    struct ctx *cx, const struct updateQueue_in *in, struct QueueResponseDto *out)
{
    const enum queue_name queue = queue_of(in->name);
    struct queue_state state;
    if (in->body.isPaused.is == PRESENT) {
        const bool pause = in->body.isPaused.v;
        if (pause && queue == QUEUE_backgroundTask)
            FAIL(BAD_REQUEST, "The BackgroundTask queue cannot be paused");
        TRY(pause ? queue_pause(cx, queue) : queue_resume(cx, queue));
    }
    TRY(queue_state_get(cx, queue, &state));
    *out = response_of(in->name, &state);
    return NULL;
}

/* ---- jobs of a queue ---- */

/* Whether the list has jobs of this status; without a list all are wanted. */
static bool is_wanted(const struct opt_list_QueueJobStatus *list, enum QueueJobStatus status)
{
    if (list->is != PRESENT) return true;
    for (size_t i = 0; i < list->v.n; i++)
        if (list->v.v[i] == status) return true;
    return false;
}

/* Whether waiting jobs are called waiting or paused depends on their queue. */
static fallible wanted_states(
    struct ctx *cx, const struct getQueueJobs_in *in, str states[static 3], size_t *n)
{
    struct queue_state state;
    TRY(queue_state_get(cx, queue_of(in->name), &state));
    const enum QueueJobStatus waiting =
        state.paused ? QUEUE_JOB_STATUS_PAUSED : QUEUE_JOB_STATUS_WAITING;
    *n = 0;
    if (is_wanted(&in->status, QUEUE_JOB_STATUS_ACTIVE)) states[(*n)++] = STR("active");
    if (is_wanted(&in->status, QUEUE_JOB_STATUS_DELAYED)) states[(*n)++] = STR("delayed");
    if (is_wanted(&in->status, waiting)) states[(*n)++] = STR("waiting");
    return NULL;
}

static bool find_name(str name, enum JobName *out)
{
    for (size_t i = 0; i < JobName_names.n; i++) {
        if (!str_eq(JobName_names.v[i], name)) continue;
        *out = (enum JobName)i;
        return true;
    }
    return false;
}

fallible op_getQueueJobs(
    struct ctx *cx, const struct getQueueJobs_in *in, struct list_QueueJobResponseDto *out)
{
    str states[3];
    size_t n;
    struct list_queued_job jobs;
    TRY(wanted_states(cx, in, states, &n));
    TRY(sql_queue_jobs(cx, &jobs, str_from(queue_names[queue_of(in->name)]),
        (struct list_str){states, n}, QUEUE_JOBS_MAX));

    *out = (struct list_QueueJobResponseDto){
        .v = ARENA_ARRAY(cx->arena, struct QueueJobResponseDto, jobs.n)};
    for (size_t i = 0; i < jobs.n; i++) {
        const struct queued_job *job = &jobs.v[i];
        enum JobName name;
        if (!find_name(job->name, &name)) continue; /* of a newer version */
        out->v[out->n++] = (struct QueueJobResponseDto){
            .id = SOME(str, str_fmt(cx->arena, "%lld", (long long)job->id)),
            .name = name,
            .timestamp = job->createdAt.us / 1000,
            .data = job->data,
        };
    }
    return NULL;
}

fallible op_emptyQueue(struct ctx *cx, const struct emptyQueue_in *in)
{
    const enum queue_name queue = queue_of(in->name);
    TRY(queue_empty(cx, queue));
    const bool failed = in->body.failed.is == PRESENT && in->body.failed.v;
    return failed ? queue_clear_failed(cx, queue) : NULL;
}

/* ---- jobs by hand ---- */

static fallible check_integrity(struct ctx *cx, enum job_name job, bool refresh)
{
    const struct integrity_job all = {0}, again = {.refreshOnly = SOME(bool, true)};
    return job_add(cx, job, refresh ? &again : &all);
}

static fallible delete_reports(struct ctx *cx, enum IntegrityReport type)
{
    return job_add_IntegrityDeleteReportType(
        cx, &(struct integrity_type_job){.type = SOME(str, IntegrityReport_names.v[type])});
}

fallible op_createJob(struct ctx *cx, const struct createJob_in *in)
{
    switch (in->body.name) {
    case MANUAL_JOB_NAME_PERSON_CLEANUP:
        return job_add_PersonCleanup(cx, NULL);
    case MANUAL_JOB_NAME_TAG_CLEANUP:
        return job_add_TagCleanup(cx, NULL);
    case MANUAL_JOB_NAME_USER_CLEANUP:
        return job_add_UserDeleteCheck(cx, NULL);
    case MANUAL_JOB_NAME_MEMORY_CLEANUP:
        return job_add_MemoryCleanup(cx, NULL);
    case MANUAL_JOB_NAME_MEMORY_CREATE:
        return job_add_MemoryGenerate(cx, NULL);
    case MANUAL_JOB_NAME_BACKUP_DATABASE:
        return job_add_DatabaseBackup(cx, &(struct force_job){0});
    case MANUAL_JOB_NAME_INTEGRITY_MISSING_FILES:
        return check_integrity(cx, JOB_IntegrityMissingFilesQueueAll, false);
    case MANUAL_JOB_NAME_INTEGRITY_UNTRACKED_FILES:
        return check_integrity(cx, JOB_IntegrityUntrackedFilesQueueAll, false);
    case MANUAL_JOB_NAME_INTEGRITY_CHECKSUM_MISMATCH:
        return check_integrity(cx, JOB_IntegrityChecksumFiles, false);
    case MANUAL_JOB_NAME_INTEGRITY_MISSING_FILES_REFRESH:
        return check_integrity(cx, JOB_IntegrityMissingFilesQueueAll, true);
    case MANUAL_JOB_NAME_INTEGRITY_UNTRACKED_FILES_REFRESH:
        return check_integrity(cx, JOB_IntegrityUntrackedFilesQueueAll, true);
    case MANUAL_JOB_NAME_INTEGRITY_CHECKSUM_MISMATCH_REFRESH:
        return check_integrity(cx, JOB_IntegrityChecksumFiles, true);
    case MANUAL_JOB_NAME_INTEGRITY_MISSING_FILES_DELETE_ALL:
        return delete_reports(cx, INTEGRITY_REPORT_MISSING_FILE);
    case MANUAL_JOB_NAME_INTEGRITY_UNTRACKED_FILES_DELETE_ALL:
        return delete_reports(cx, INTEGRITY_REPORT_UNTRACKED_FILE);
    case MANUAL_JOB_NAME_INTEGRITY_CHECKSUM_MISMATCH_DELETE_ALL:
        return delete_reports(cx, INTEGRITY_REPORT_CHECKSUM_MISMATCH);
    }
    FAIL(INTERNAL, "no job for %d", (int)in->body.name);
}
