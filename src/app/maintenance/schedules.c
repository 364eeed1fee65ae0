#include "app/maintenance/schedules.h"
#include "config/config.h"
#include "core/size.h"
#include "job/job.h"

#include <limits.h>
#include <unistd.h>

#include "core/banned.h"

/* ---- nightly jobs ---- */

/* "HH:MM", which the configuration's own check has seen. */
static str nightly_expression(const struct ctx *cx)
{
    str rest = config_get(cx)->nightlyTasks.startTime, hour;
    if (!str_cut(&rest, ':', &hour)) return STR("");
    return str_fmt(cx->arena, "%.*s %.*s * * *", FMT(rest), FMT(hour));
}

static fallible clean_database(struct ctx *cx)
{
    TRY(job_add_AssetDeleteCheck(cx, NULL));
    TRY(job_add_UserDeleteCheck(cx, NULL));
    TRY(job_add_PersonCleanup(cx, NULL));
    TRY(job_add_MemoryCleanup(cx, NULL));
    TRY(job_add_SessionCleanup(cx, NULL));
    TRY(job_add_HlsSessionCleanup(cx, NULL));
    return job_add_AuditTableCleanup(cx, NULL);
}

static fallible run_nightly(struct ctx *cx)
{
    const struct SystemConfigNightlyTasksDto *tasks = &config_get(cx)->nightlyTasks;
    const struct force_job missing = {.force = SOME(bool, false)};
    const struct force_job new_faces = {.force = SOME(bool, false), .nightly = SOME(bool, true)};
    if (tasks->databaseCleanup) TRY(clean_database(cx));
    if (tasks->generateMemories) TRY(job_add_MemoryGenerate(cx, NULL));
    if (tasks->syncQuotaUsage) TRY(job_add_UserSyncUsage(cx, NULL));
    if (tasks->missingThumbnails) TRY(job_add_AssetGenerateThumbnailsQueueAll(cx, &missing));
    if (tasks->clusterNewFaces) TRY(job_add_FacialRecognitionQueueAll(cx, &new_faces));
    return NULL;
}

/* ---- those with an expression of their own ---- */

static str library_expression(const struct ctx *cx)
{
    const struct SystemConfigLibraryScanDto *scan = &config_get(cx)->library.scan;
    return scan->enabled ? scan->cronExpression : STR("");
}

static fallible run_library(struct ctx *cx)
{
    return job_add_LibraryScanQueueAll(cx, &(struct force_job){0});
}

static str backup_expression(const struct ctx *cx)
{
    const struct DatabaseBackupConfig *backup = &config_get(cx)->backup.database;
    return backup->enabled ? backup->cronExpression : STR("");
}

static fallible run_backup(struct ctx *cx)
{
    return job_add_DatabaseBackup(cx, &(struct force_job){0});
}

static str untracked_expression(const struct ctx *cx)
{
    const struct SystemConfigIntegrityJob *job = &config_get(cx)->integrityChecks.untrackedFiles;
    return job->enabled ? job->cronExpression : STR("");
}

static fallible run_untracked(struct ctx *cx)
{
    return job_add_IntegrityUntrackedFilesQueueAll(cx, &(struct integrity_job){0});
}

static str missing_expression(const struct ctx *cx)
{
    const struct SystemConfigIntegrityJob *job = &config_get(cx)->integrityChecks.missingFiles;
    return job->enabled ? job->cronExpression : STR("");
}

static fallible run_missing(struct ctx *cx)
{
    return job_add_IntegrityMissingFilesQueueAll(cx, &(struct integrity_job){0});
}

static str checksum_expression(const struct ctx *cx)
{
    const struct SystemConfigIntegrityChecksumJob *job =
        &config_get(cx)->integrityChecks.checksumFiles;
    return job->enabled ? job->cronExpression : STR("");
}

static fallible run_checksum(struct ctx *cx)
{
    return job_add_IntegrityChecksumFiles(cx, &(struct integrity_job){0});
}

/* Every hour in a minute that differs from one installation to the next, so that they do not all
 * ask at once. */
static str version_expression(const struct ctx *cx)
{
    char host[HOST_NAME_MAX + 1] = "";
    gethostname(host, sizeof host - 1);
    return str_fmt(cx->arena, "%d * * * *", (int)(str_hash(str_from(host)) % 60));
}

static fallible run_version(struct ctx *cx)
{
    return job_add_VersionCheck(cx, NULL);
}

const struct schedule_task schedules[] = {
    {"nightly jobs", LOCK_NIGHTLY_JOBS, nightly_expression, run_nightly},
    {"library scan", LOCK_LIBRARY, library_expression, run_library},
    {"database backup", LOCK_BACKUP, backup_expression, run_backup},
    {"untracked files", LOCK_INTEGRITY, untracked_expression, run_untracked},
    {"missing files", LOCK_INTEGRITY, missing_expression, run_missing},
    {"checksums", LOCK_INTEGRITY, checksum_expression, run_checksum},
    {"version check", LOCK_VERSION_CHECK, version_expression, run_version},
};
const size_t schedules_n = LENGTH(schedules);
