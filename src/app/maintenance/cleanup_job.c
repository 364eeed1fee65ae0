#include "core/log.h"
#include "db/db.h"
#include "gen/cleanup_sql.h"
#include "gen/user_sql.h"
#include "job/handlers.h"
#include "job/job.h"

#include "core/banned.h"

enum {
    SESSION_IDLE_DAYS = 90,
    AUDIT_DAYS = 31,
    MEMORY_DAYS = 30,
};

fallible job_SessionCleanup(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    int64_t n;
    TRY(sql_cleanup_sessions(cx, &n, SESSION_IDLE_DAYS));
    if (n) log_info("sessions removed", KV("n", n));
    return NULL;
}

fallible job_AuditTableCleanup(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    return sql_cleanup_audit(cx, AUDIT_DAYS);
}

fallible job_TagCleanup(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    int64_t n;
    TRY(sql_cleanup_tags(cx, &n));
    if (n) log_info("empty tags removed", KV("n", n));
    return NULL;
}

/* Rows first: a file goes only when no row points to it. */
fallible job_PersonCleanup(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    struct list_str thumbnails;
    struct file_delete_job files = {0};
    TRY(db_begin(cx));
    TRY(sql_cleanup_persons(cx, &thumbnails));
    files.files.v = thumbnails.v;
    for (size_t i = 0; i < thumbnails.n; i++)
        if (thumbnails.v[i].n) files.files.v[files.files.n++] = thumbnails.v[i];
    if (files.files.n) TRY(job_add_FileDelete(cx, &files));
    TRY(db_commit(cx));
    if (thumbnails.n) log_info("persons without faces removed", KV("n", thumbnails.n));
    return NULL;
}

fallible job_MemoryCleanup(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    int64_t assets, memories;
    TRY(sql_cleanup_memory_assets(cx, &assets));
    TRY(sql_cleanup_memories(cx, &memories, MEMORY_DAYS));
    if (assets || memories)
        log_info("memories cleaned", KV("assets", assets), KV("memories", memories));
    return NULL;
}

fallible job_UserSyncUsage(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    int64_t n;
    TRY(sql_user_sync_usage(cx, &n, NOTHING(uuid)));
    if (n) log_info("quota usage corrected", KV("users", n));
    return NULL;
}
