#define BANNED_ALLOW_MALLOC /* messages outlive the request they come from */

#include "core/log.h"
#include "core/rand.h"
#include "core/size.h"
#include "core/thread.h"
#include "core/time.h"
#include "db/db.h"
#include "db/listen.h"
#include "event/bus.h"
#include "gen/event_sql.h"
#include "redis/redis.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/banned.h"

enum {
    DELAYED_MAX = 1024,
    STACK_BYTES = 512 * 1024,
    CHANNEL_BYTES = 48,
};

/* On the wire: "ORIGIN NUMBER ROOM NAME\nARGUMENTS". The number keeps PostgreSQL from dropping a
 * message that equals another of its transaction. */
struct message {
    int64_t due_ms;
    struct room room;
    const char *name;
    size_t n;
    char text[];
};

struct event_bus {
    struct event_bus_opts opts;
    char origin[17];
    char channel[CHANNEL_BYTES]; /* of Valkey */
    atomic_uint_fast64_t number;
    struct queue *queue;
    atomic_bool stopping;
    pthread_t publisher;
    struct redis *redis;
    struct redis_subscriber *subscriber;
    struct listener *listener;
    pthread_mutex_t deliver_mutex;
    struct message *delayed[DELAYED_MAX]; /* of the publisher, soonest last */
    size_t n_delayed;
};

static const char *const room_names[] = {
#define X(name, prefix) prefix,
    EVENT_ROOMS
#undef X
};

str event_frame(struct arena *a, const struct event *event)
{
    return str_fmt(a, "[\"%.*s\"%s%.*s]", FMT(event->name), event->arguments.n ? "," : "",
        FMT(event->arguments));
}

/* --- Sending --- */

static str room_text(struct arena *a, struct room room)
{
    const char *name = room_names[room.kind];
    if (room.kind != ROOM_KIND_USER && room.kind != ROOM_KIND_SESSION) return str_from(name);
    char id[UUID_TEXT];
    uuid_format(room.id, id);
    return str_fmt(a, "%s:%s", name, id);
}

void bus_post(
    struct event_bus *bus, struct room room, const char *name, str arguments, int delay_ms)
{
    ARENA_SCOPE (tmp) {
        const str text = str_fmt(tmp, "%s %llu %.*s %s\n%.*s", bus->origin,
            (unsigned long long)++bus->number, FMT(room_text(tmp, room)), name, FMT(arguments));
        struct message *m = malloc(sizeof *m + text.n);
        if (!m) log_die("out of memory");
        *m = (struct message){
            .due_ms = monotonic_ms() + delay_ms, .room = room, .name = name, .n = text.n};
        memcpy(m->text, text.p, text.n);
        if (queue_try_push(bus->queue, m)) return;
        free(m);
    }
    log_warn("too many events wait to be published, one is dropped", KV("event", name));
}

static fallible publish_by_database(struct ctx *cx, const struct message *m)
{
    const str text = {m->text, m->n};
    if (m->n <= EVENT_NOTIFY_MAX) return sql_event_notify(cx, text);
    return sql_event_insert(cx, room_text(cx->arena, m->room), str_from(m->name), text);
}

static void publish(struct event_bus *bus, const struct message *m)
{
    err e = NULL;
    if (bus->redis) {
        e = redis_publish(bus->redis, str_from(bus->channel), (str){m->text, m->n});
        if (!e) return;
        log_debug("valkey did not take an event, the database does", KV_ERROR(e));
    }
    ARENA_SCOPE (arena) {
        struct ctx cx = {.arena = arena, .db = db_open(bus->opts.pool, arena)};
        e = publish_by_database(&cx, m);
        db_close(cx.db);
        if (e) log_warn("an event was lost", KV("event", m->name), KV_ERROR(e));
    }
}

static void delay(struct event_bus *bus, struct message *m)
{
    if (bus->n_delayed == DELAYED_MAX) {
        log_warn("too many delayed events, one is sent at once", KV("event", m->name));
        publish(bus, m);
        free(m);
        return;
    }
    size_t i = bus->n_delayed++;
    for (; i > 0 && bus->delayed[i - 1]->due_ms <= m->due_ms; i--)
        bus->delayed[i] = bus->delayed[i - 1];
    bus->delayed[i] = m;
}

/* How long until the next delayed event, -1 when there is none; sends those that are due. */
static int64_t send_due(struct event_bus *bus, bool all)
{
    while (bus->n_delayed) {
        struct message *m = bus->delayed[bus->n_delayed - 1];
        const int64_t wait_ms = m->due_ms - monotonic_ms();
        if (wait_ms > 0 && !all) return wait_ms;
        bus->n_delayed--;
        publish(bus, m);
        free(m);
    }
    return -1;
}

static void *publish_loop(void *p)
{
    struct event_bus *bus = p;
    for (;;) {
        const int64_t wait_ms = send_due(bus, false);
        struct message *m = queue_pop(bus->queue, wait_ms);
        if (!m && wait_ms < 0) break; /* closed and empty */
        if (!m) {
            if (bus->stopping) break;
            continue;
        }
        if (m->due_ms > monotonic_ms()) {
            delay(bus, m);
        } else {
            publish(bus, m);
            free(m);
        }
    }
    send_due(bus, true);
    return NULL;
}

/* --- Receiving --- */

static bool room_parse(str text, struct room *out)
{
    str rest = text, name = STR("");
    (void)str_cut(&rest, ':', &name);
    for (size_t i = 0; i < LENGTH(room_names); i++)
        if (str_eq(name, str_from(room_names[i]))) {
            *out = (struct room){.kind = (enum room_kind)i};
            return rest.n == 0 || uuid_parse(rest, &out->id);
        }
    return false;
}

static void receive(struct event_bus *bus, str text)
{
    struct event event;
    str rest = text, head, origin, number, room;
    if (!str_cut(&rest, '\n', &head) || !str_cut(&head, ' ', &origin) ||
        !str_cut(&head, ' ', &number) || !str_cut(&head, ' ', &room) ||
        !room_parse(room, &event.room)) {
        log_warn("a message of another version was not understood", KV("bytes", text.n));
        return;
    }
    event.name = head;
    event.arguments = rest;
    if (event.room.kind == ROOM_KIND_PROCESSES && str_eq(origin, str_from(bus->origin))) return;
    MUTEX_SCOPE(&bus->deliver_mutex) bus->opts.deliver(bus->opts.p, &event);
}

static void from_valkey(void *p, str message)
{
    receive(p, message);
}

/* The message itself, or the number of a row that holds it. */
static void from_database(void *p, str channel, str payload)
{
    struct event_bus *bus = p;
    int64_t id;
    if (!str_parse_i64(payload, &id)) {
        receive(bus, payload);
        return;
    }
    ARENA_SCOPE (arena) {
        struct ctx cx = {.arena = arena, .db = db_open(bus->opts.pool, arena)};
        str text;
        bool found = false;
        err e = sql_event_payload(&cx, &text, &found, id);
        db_close(cx.db);
        if (e)
            log_warn("an event was not received", KV_ERROR(e));
        else if (found)
            receive(bus, text);
    }
}

static void sweep(void *p)
{
    const struct event_bus *bus = p;
    ARENA_SCOPE (arena) {
        struct ctx cx = {.arena = arena, .db = db_open(bus->opts.pool, arena)};
        int64_t n;
        err e = sql_event_sweep(&cx, &n);
        db_close(cx.db);
        if (e) log_debug("old events were not swept", KV_ERROR(e));
    }
}

/* --- The bus --- */

static fallible start_receiving(struct event_bus *bus)
{
    if (!bus->opts.deliver) return NULL;
    static const char *const channels[] = {"tintype_event", NULL};
    TRY(listener_start(&bus->listener, &(struct listener_opts){
                                           .database = db_pool_options(bus->opts.pool),
                                           .channels = channels,
                                           .message = from_database,
                                           .tick = sweep,
                                           .p = bus,
                                       }));
    if (!bus->opts.redis) return NULL;
    return redis_subscribe(&bus->subscriber, bus->opts.redis, bus->channel, from_valkey, bus);
}

fallible event_bus_start(struct event_bus **out, const struct event_bus_opts *opts)
{
    struct event_bus *bus = calloc(1, sizeof *bus);
    if (!bus) log_die("out of memory");
    bus->opts = *opts;
    uint64_t origin;
    rand_bytes(&origin, sizeof origin);
    snprintf(bus->origin, sizeof bus->origin, "%016llx", (unsigned long long)origin);
    pthread_mutex_init(&bus->deliver_mutex, NULL);
    bus->queue = queue_new(EVENT_QUEUE_MAX);
    if (opts->redis) {
        bus->redis = redis_new(opts->redis);
        /* Channels know no database number: installations that share a server differ by it. */
        snprintf(bus->channel, sizeof bus->channel, "tintype:%d:event", opts->redis->database);
    }
    err e = thread_start(&bus->publisher, "events", STACK_BYTES, publish_loop, bus);
    if (e) {
        queue_free(bus->queue);
        redis_free(bus->redis);
        pthread_mutex_destroy(&bus->deliver_mutex);
        free(bus);
        return e;
    }
    e = start_receiving(bus);
    if (e) {
        event_bus_stop(bus);
        return e;
    }
    *out = bus;
    return NULL;
}

void event_bus_stop(struct event_bus *bus)
{
    if (!bus) return;
    bus->stopping = true;
    queue_close(bus->queue);
    pthread_join(bus->publisher, NULL);
    redis_unsubscribe(bus->subscriber);
    listener_stop(bus->listener);
    queue_free(bus->queue);
    redis_free(bus->redis);
    pthread_mutex_destroy(&bus->deliver_mutex);
    free(bus);
}

bool event_bus_is_connected(const struct event_bus *bus)
{
    if (bus->subscriber && redis_subscriber_is_connected(bus->subscriber)) return true;
    return bus->listener && listener_is_connected(bus->listener);
}
