#include "app/system/system.h"
#include "config/config.h"
#include "core/arena.h"
#include "core/ctx.h"
#include "core/log.h"
#include "core/version.h"
#include "db/db.h"
#include "db/migrate.h"
#include "event/event.h"
#include "http/metrics.h"
#include "role/boot.h"
#include "role/exit.h"
#include "storage/location.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/banned.h"

enum {
    DATABASE_TRIES =
        60, /* one a second: a database that starts beside us takes that long at most */
};

void boot_block_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

void boot_wait_for_end(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    int signal;
    sigwait(&signals, &signal);
}

static bool end_was_asked_for(void)
{
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT);
}

static fallible migrate_when_ready(const struct boot *boot)
{
    const struct migrate_opts opts = {
        .conninfo = boot->conninfo,
        .vector_extension = boot->env.vector_extension == VECTOR_PGVECTOR      ? "vector"
                            : boot->env.vector_extension == VECTOR_VECTORCHORD ? "vchord"
                                                                               : NULL,
        .skip = boot->env.db_skip_migrations,
    };
    for (int attempt = 1;; attempt++) {
        err e = migrate(&opts);
        const bool later = err_is(e, UNAVAILABLE) || err_is(e, RETRY);
        if (!later || attempt == DATABASE_TRIES || end_was_asked_for()) return e;
        log_warn("the database is not ready; waiting for it", KV("attempt", attempt), KV_ERROR(e));
        nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    }
}

struct ctx boot_ctx(struct boot *boot, struct arena *arena)
{
    return (struct ctx){
        .arena = arena,
        .app = &boot->app,
        .db = db_open(boot->app.pool, arena),
        .config = config_acquire(boot->app.config),
    };
}

void boot_ctx_end(struct ctx *cx)
{
    db_close(cx->db);
    config_release(cx->app->config, cx->config);
}

static fallible check_installation(struct boot *boot)
{
    struct arena *arena = arena_new();
    struct ctx cx = boot_ctx(boot, arena);
    err e = system_boot(&cx);
    if (!e) e = config_refresh(&cx, boot->app.config);
    boot_ctx_end(&cx);
    arena_free(arena);
    return e;
}

/* Whether upstream's default name means anything here; asked once, not for as long as we run. */
static bool has_address(const char *name)
{
    struct addrinfo *found = NULL;
    const bool has = getaddrinfo(name, NULL, NULL, &found) == 0;
    if (has) freeaddrinfo(found);
    return has;
}

/* Without any REDIS_ variable upstream's default host is used if there is one, but not beside a
 * private database: there is no Valkey. */
static fallible find_redis(struct boot *boot)
{
    const struct env *env = &boot->env;
    const bool alone = env->private_database || !env->has_database;
    if (!env->has_redis && (alone || !has_address(env->redis_hostname))) return NULL;
    boot->redis = &boot->redis_opts;
    if (*env->redis_url)
        return redis_opts_from_url(boot->arena, str_from(env->redis_url), &boot->redis_opts);
    boot->redis_opts = (struct redis_opts){
        .host = env->redis_hostname,
        .port = env->redis_port,
        .database = env->redis_database,
        .username = env->redis_username,
        .password = env->redis_password,
        .socket = env->redis_socket,
    };
    return NULL;
}

static fallible start_services(struct boot *boot, const struct boot_opts *opts)
{
    boot->conninfo = cstr(boot->arena, env_db_conninfo(boot->arena, &boot->env));
    boot->app.env = &boot->env;
    boot->app.media = storage_location(boot->arena, boot->env.media_location);
    TRY(find_redis(boot));
    if (opts->serves) TRY(migrate_when_ready(boot));

    const size_t configured = (size_t)boot->env.db_pool_size;
    TRY(db_pool_new(&boot->app.pool, &(struct db_pool_opts){.conninfo = boot->conninfo,
                                         .size = configured ? configured : opts->pool_size}));
    TRY(config_store_new(&boot->app.config, &boot->env));
    boot->app.metrics = metrics_new();
    metrics_add_target(boot->app.metrics, COMPATIBLE_VERSION);
    if (boot->env.telemetry & TELEMETRY_HOST) metrics_add_host(boot->app.metrics);
    return opts->serves ? check_installation(boot) : NULL;
}

fallible boot_start(struct boot *boot, const struct boot_opts *opts)
{
    *boot = (struct boot){.arena = arena_new()};
    log_set_role(opts->role);
    TRY(env_load(&boot->env));
    log_set_level(boot->env.log_level);
    log_set_json(boot->env.log_json);
    return start_services(boot, opts);
}

void boot_stop(struct boot *boot)
{
    if (boot->app.config) config_store_free(boot->app.config);
    if (boot->app.pool) db_pool_free(boot->app.pool);
    if (boot->app.metrics) metrics_free(boot->app.metrics);
    arena_free(boot->arena);
}

int boot_failed(err e)
{
    log_error("cannot start", KV_ERROR(e));
    return err_is(e, BAD_REQUEST) ? EXIT_REFUSED : EXIT_FAILURE;
}
