/* `tintype server`: the API, the websocket, uploads and the files of the web app. */
#include "app/asset/asset_upload.h"
#include "app/timeline/timeline.h"
#include "auth/guess.h"
#include "core/log.h"
#include "core/version.h"
#include "db/db.h"
#include "http/metrics.h"
#include "http/server.h"
#include "role/boot.h"
#include "role/dispatch.h"
#include "role/push.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/banned.h"

/* Read by jemalloc at start. What a burst of large bodies took is given back by a thread of its
 * own: handler threads that are idle meanwhile would keep it (52 MiB after the drill `hostile`, not
 * 9). */
extern const char *malloc_conf;
const char *malloc_conf = "background_thread:true,max_background_threads:1";

enum {
    HANDLER_THREADS = 8, /* each may hold one connection */
    STORE_THREADS = 4,
    STREAM_THREADS = 4,
    STEP_THREADS = 2,
    POOL_SIZE = HANDLER_THREADS + STORE_THREADS + STREAM_THREADS + STEP_THREADS,
    WATCH_THREADS = 2,
    WATCH_LIMIT_MS = 2000, /* monitors give up after a few seconds */
};

static const struct http_hooks hooks = {
    .quick = dispatch_quick,
    .plan = dispatch_plan,
    .begin = dispatch_begin,
    .handle = dispatch_handle,
    .step = dispatch_step,
    .websocket = &push_hooks,
};

/* What uploads left that a crash cut off. A tree that cannot be read is no reason not to serve. */
static void sweep_uploads(struct boot *boot)
{
    struct arena *arena = arena_new();
    struct ctx cx = boot_ctx(boot, arena);
    err e = upload_sweep(&cx);
    if (e) log_warn("unfinished uploads could not be removed", KV_ERROR(e));
    boot_ctx_end(&cx);
    arena_free(arena);
}

static fallible open_watch_pool(struct boot *boot)
{
    return db_pool_new(&boot->app.watch, &(struct db_pool_opts){.conninfo = boot->conninfo,
                                             .size = WATCH_THREADS,
                                             .connect_timeout_ms = WATCH_LIMIT_MS,
                                             .borrow_timeout_ms = WATCH_LIMIT_MS,
                                             .statement_timeout_ms = WATCH_LIMIT_MS});
}

static fallible serve(struct boot *boot)
{
    struct app *app = &boot->app;
    const struct env *env = &boot->env;
    struct metrics_server *metrics = NULL;
    if (env->telemetry)
        TRY(metrics_server_start(&metrics, app->metrics, NULL, (uint16_t)env->api_metrics_port));
    const struct http_options options = {
        .host = *env->host ? env->host : NULL,
        .port = (uint16_t)env->port,
        .trusted_proxies = *env->trusted_proxies ? env->trusted_proxies : NULL,
        .handler_threads = HANDLER_THREADS,
        .store_threads = STORE_THREADS,
        .stream_threads = STREAM_THREADS,
        .step_threads = STEP_THREADS,
        .watch_threads = WATCH_THREADS,
        .metrics = app->metrics,
    };
    struct http_server *http;
    sweep_uploads(boot);
    TRY(open_watch_pool(boot));
    app->timeline = timeline_cache_new();
    app->guesses = guesses_new();
    TRY(push_start(boot)); /* first: handlers send events */
    err e = http_start(&http, &options, &hooks, app);
    if (!e) {
        push_attach(app, http);
        log_info("Immich Server is listening", KV("port", (int)http_port(http)),
            KV("version", "v" COMPATIBLE_VERSION), KV("tintype", TINTYPE_VERSION));
        boot_wait_for_end();
        log_info("stopping");
        push_attach(app, NULL);
        if (!http_stop(http, HTTP_SHUTDOWN_MS)) _exit(EXIT_SUCCESS);
    }
    push_stop(boot);
    metrics_server_stop(metrics);
    guesses_free(app->guesses);
    timeline_cache_free(app->timeline);
    db_pool_free(app->watch);
    return e;
}

int main(void)
{
    struct boot boot;
    boot_block_signals();
    err e = boot_start(
        &boot, &(struct boot_opts){.role = "server", .pool_size = POOL_SIZE, .serves = true});
    if (!e) e = serve(&boot);
    const int status = e ? boot_failed(e) : EXIT_SUCCESS;
    boot_stop(&boot);
    return status;
}
