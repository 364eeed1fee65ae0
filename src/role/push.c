#include "app/app.h"
#include "app/system/system.h"
#include "auth/auth.h"
#include "config/config.h"
#include "core/log.h"
#include "core/thread.h"
#include "core/version.h"
#include "db/db.h"
#include "event/event.h"
#include "http/server.h"
#include "role/boot.h"
#include "role/push.h"

#include <assert.h>

#include "core/banned.h"

/* Held while an event is given to the server, which ends before the bus does. */
static pthread_mutex_t serving = PTHREAD_MUTEX_INITIALIZER;

static struct ctx open_ctx(struct app *app, struct arena *arena)
{
    return (struct ctx){
        .arena = arena,
        .app = app,
        .db = db_open(app->pool, arena),
        .config = config_acquire(app->config),
    };
}

static void close_ctx(struct ctx *cx)
{
    db_close(cx->db);
    config_release(cx->app->config, cx->config);
}

static bool authenticate(struct app *app, struct exchange *x, struct ws_rooms *rooms)
{
    const struct auth *auth = NULL;
    struct ctx cx = open_ctx(app, x->arena);
    cx.request = &x->request;
    err e = auth_websocket(&cx, &x->request, &auth);
    close_ctx(&cx);
    if (e && e->status >= 500) log_error("a websocket cannot be authenticated", KV_ERROR(e));
    if (e) return false;
    rooms->v[rooms->n++] = (struct ws_room){WS_USER, auth->user};
    if (auth->kind == AUTH_SESSION)
        rooms->v[rooms->n++] = (struct ws_room){WS_SESSION, auth->session};
    return true;
}

/* To the user's room, not to the socket: the user's other sockets get it again, as upstream. */
static void connected(struct app *app, const struct ws_rooms *rooms)
{
    const str hello =
        STR("[\"on_server_version\",{\"major\":3,\"minor\":1,\"patch\":0,\"prerelease\":null}]");
    static_assert(COMPATIBLE_MAJOR == 3 && COMPATIBLE_MINOR == 1 && COMPATIBLE_PATCH == 0,
        "as the text says");
    MUTEX_SCOPE(&serving)
    {
        if (app->http) ws_emit(app->http, rooms->v[0], hello);
    }
}

const struct ws_hooks push_hooks = {
    .path = "/api/socket.io/",
    .authenticate = authenticate,
    .connected = connected,
};

/* The configuration was changed, here or by another process: the next request sees it. */
static void refresh_config(struct app *app)
{
    ARENA_SCOPE (arena) {
        struct ctx cx = open_ctx(app, arena);
        err e = config_refresh(&cx, app->config);
        close_ctx(&cx);
        if (e) log_error("the changed configuration cannot be read", KV_ERROR(e));
    }
}

static void deliver(void *p, const struct event *event)
{
    struct app *app = p;
    struct ws_room room = {.id = event->room.id};
    switch (event->room.kind) {
    case ROOM_KIND_ALL:
        room.kind = WS_ALL;
        break;
    case ROOM_KIND_USER:
        room.kind = WS_USER;
        break;
    case ROOM_KIND_SESSION:
        room.kind = WS_SESSION;
        break;
    case ROOM_KIND_PRIVATE:
        room.kind = WS_PRIVATE;
        break;
    case ROOM_KIND_PUBLIC:
        room.kind = WS_PUBLIC;
        break;
    case ROOM_KIND_PROCESSES:
        if (str_eq(event->name, STR("ConfigUpdate"))) refresh_config(app);
        return;
    }
    ARENA_SCOPE (arena) {
        const str frame = event_frame(arena, event);
        MUTEX_SCOPE(&serving)
        {
            if (app->http) ws_emit(app->http, room, frame);
        }
    }
}

void push_attach(struct app *app, struct http_server *http)
{
    MUTEX_SCOPE(&serving)
    {
        app->http = http;
    }
}

fallible push_start(struct boot *boot)
{
    return event_bus_start(&boot->app.events,
        &(struct event_bus_opts){
            .pool = boot->app.pool, .redis = boot->redis, .deliver = deliver, .p = &boot->app});
}

void push_stop(struct boot *boot)
{
    if (boot->app.events) event_bus_stop(boot->app.events);
    boot->app.events = NULL;
}
