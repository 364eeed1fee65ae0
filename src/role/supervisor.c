#include "config/env.h"
#include "core/arena.h"
#include "core/fd.h"
#include "core/log.h"
#include "core/size.h"
#include "core/time.h"
#include "role/cluster.h"
#include "role/exit.h"
#include "role/process.h"
#include "role/supervisor.h"
#include "storage/location.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/banned.h"

enum {
    ROLES_MAX = 4,
    STOP_LIMIT_MS = 30 * 1000, /* a role ends its requests and jobs within this */
    BACKOFF_FIRST_MS = 200,
    BACKOFF_MAX_MS = 30 * 1000,
    STABLE_MS = 60 * 1000, /* a role that ran this long starts with a fresh back-off */
};

struct role {
    const char *name;
    pid_t pid; /* 0 when not running */
    int64_t started_ms, start_again_ms;
    int64_t backoff_ms;
};

struct supervisor {
    struct arena *arena;
    const struct env *env;
    const char *bin;
    const char *role_env[4];
    struct role roles[ROLES_MAX];
    size_t n;
    bool embedded;
    struct cluster cluster;
    int64_t cluster_again_ms, cluster_backoff_ms;
    int status; /* of the program, once `ending` */
    bool ending;
};

/* A swapped container must never look empty (DESIGN §3, take-over guard). */
static fallible refuse_foreign_tree(const char *state_dir, const char *media)
{
    if (cluster_exists(state_dir)) return NULL;
    bool found;
    TRY(storage_has_files(media, &found));
    if (!found) return NULL;
    FAIL(BAD_REQUEST,
        "The media folder %s holds files of another installation, but no database is configured, "
        "so Tintype would show an "
        "empty library. Set DB_HOSTNAME, DB_USERNAME, DB_PASSWORD and DB_DATABASE_NAME (or DB_URL) "
        "to its database, or choose "
        "an empty folder with IMMICH_MEDIA_LOCATION.",
        media);
}

static fallible prepare_database(struct supervisor *s)
{
    s->embedded = !s->env->has_database;
    if (!s->embedded) return NULL;
    const char *media = storage_location(s->arena, s->env->media_location);
    const char *state = *s->env->state_dir
                            ? s->env->state_dir
                            : cstr(s->arena, str_fmt(s->arena, "%s/.tintype", media));
    TRY(refuse_foreign_tree(state, media));
    TRY(cluster_prepare(s->arena, &s->cluster, state));
    TRY(cluster_start(&s->cluster));
    s->role_env[0] = s->cluster.url;
    s->role_env[1] = "TINTYPE_PRIVATE_DATABASE=true";
    return NULL;
}

static void role_start(struct supervisor *s, struct role *role)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/tintype-%s", s->bin, role->name);
    const char *const argv[] = {path, NULL};
    const struct process p = {.argv = argv,
        .env = s->role_env,
        .uid = (uid_t)-1,
        .gid = (gid_t)-1,
        .death_signal = SIGTERM,
        .input_fd = -1,
        .output_fd = -1};
    role->started_ms = monotonic_ms();
    err e = process_start(&p, &role->pid);
    if (!e) return;
    log_error("a role cannot be started", KV("role", role->name), KV_ERROR(e));
    role->pid = 0;
    s->ending = true;
    s->status = EXIT_FAILURE;
}

static int64_t next_backoff(int64_t backoff_ms)
{
    return backoff_ms ? MIN(backoff_ms * 2, (int64_t)BACKOFF_MAX_MS) : BACKOFF_FIRST_MS;
}

static void role_ended(struct supervisor *s, struct role *role, int status)
{
    role->pid = 0;
    if (s->ending) return;
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code == EXIT_REFUSED) { /* it said why; starting it again would say it again */
        s->ending = true;
        s->status = EXIT_FAILURE;
        return;
    }
    const int64_t now = monotonic_ms();
    if (code == EXIT_RESTART) {
        role->backoff_ms = 0;
        role->start_again_ms = now;
        return;
    }
    role->backoff_ms =
        now - role->started_ms > STABLE_MS ? BACKOFF_FIRST_MS : next_backoff(role->backoff_ms);
    role->start_again_ms = now + role->backoff_ms;
    log_error("a role ended and is started again", KV("role", role->name), KV("code", code),
        KV("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0), KV("after_ms", role->backoff_ms));
}

static void reap(struct supervisor *s)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid == s->cluster.pid) {
            s->cluster.pid = 0;
            s->cluster_backoff_ms = next_backoff(s->cluster_backoff_ms);
            s->cluster_again_ms = monotonic_ms() + s->cluster_backoff_ms;
            if (!s->ending)
                log_error("the private database ended and is started again", KV("status", status));
        }
        for (size_t i = 0; i < s->n; i++) {
            if (s->roles[i].pid == pid) role_ended(s, &s->roles[i], status);
        }
    }
}

static void restart_what_is_due(struct supervisor *s)
{
    const int64_t now = monotonic_ms();
    if (s->embedded && !s->cluster.pid && now >= s->cluster_again_ms) {
        err e = cluster_start(&s->cluster);
        if (e) log_error("the private database cannot be started", KV_ERROR(e));
        s->cluster_backoff_ms = e ? next_backoff(s->cluster_backoff_ms) : 0;
        s->cluster_again_ms = now + s->cluster_backoff_ms;
    }
    for (size_t i = 0; i < s->n && !s->ending; i++) {
        if (!s->roles[i].pid && now >= s->roles[i].start_again_ms) role_start(s, &s->roles[i]);
    }
}

/* Milliseconds until something must be started, at most a second. */
static int64_t idle_ms(const struct supervisor *s)
{
    const int64_t now = monotonic_ms();
    int64_t wait = 1000;
    for (size_t i = 0; i < s->n; i++) {
        if (!s->roles[i].pid) wait = MIN(wait, MAX(s->roles[i].start_again_ms - now, (int64_t)1));
    }
    return wait;
}

static void watch(struct supervisor *s, const sigset_t *signals)
{
    while (!s->ending) {
        restart_what_is_due(s);
        if (s->ending) break;
        const int64_t wait = idle_ms(s);
        const struct timespec limit = {.tv_sec = wait / 1000, .tv_nsec = wait % 1000 * 1000000};
        const int signal = sigtimedwait(signals, NULL, &limit);
        if (signal == SIGTERM || signal == SIGINT) s->ending = true;
        reap(s);
    }
}

/* All at once, then the database, whose sessions are gone by then. */
static void stop(struct supervisor *s)
{
    s->ending = true;
    for (size_t i = 0; i < s->n; i++) {
        if (s->roles[i].pid) kill(s->roles[i].pid, SIGTERM);
    }
    const int64_t end = monotonic_ms() + STOP_LIMIT_MS;
    for (size_t i = 0; i < s->n; i++) {
        if (s->roles[i].pid)
            process_stop(s->roles[i].pid, SIGTERM, MAX(end - monotonic_ms(), (int64_t)0));
        s->roles[i].pid = 0;
    }
    cluster_stop(&s->cluster);
}

fallible supervisor_run(const struct env *env, const char *bin, int *status)
{
    /* Blocked before anything is started: a signal during the start is taken by watch(). */
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);

    struct supervisor s = {.arena = arena_new(), .env = env, .bin = bin};
    if (env->run_api) s.roles[s.n++] = (struct role){.name = "server"};
    if (env->run_microservices) s.roles[s.n++] = (struct role){.name = "worker"};
    err e = prepare_database(&s);
    if (!e) watch(&s, &signals);
    stop(&s);
    arena_free(s.arena);
    *status = s.status;
    return e;
}
