#include "db/db.h"
#include "event/bus.h"
#include "event/event.h"

#include "core/banned.h"

enum state { OPEN, COMMITTED, DROPPED };

struct pending {
    struct pending *next;
    struct room room;
    const char *name;
    str arguments;
    int delay_ms;
    enum state state;
};

struct outbox {
    struct pending *first;
    struct pending **last;
};

static void settle(void *p, bool committed)
{
    struct pending *pending = p;
    pending->state = committed ? COMMITTED : DROPPED;
}

void event_send_later(
    struct ctx *cx, struct room room, const char *name, str arguments, int delay_ms)
{
    if (!cx->outbox) {
        cx->outbox = ARENA_NEW(cx->arena, struct outbox);
        cx->outbox->last = &cx->outbox->first;
    }
    struct pending *pending = ARENA_NEW(cx->arena, struct pending);
    *pending = (struct pending){
        .room = room,
        .name = name,
        .arguments = str_dup(cx->arena, arguments),
        .delay_ms = delay_ms,
    };
    *cx->outbox->last = pending;
    cx->outbox->last = &pending->next;
    db_on_end(cx, settle, pending);
}

void event_send(struct ctx *cx, struct room room, const char *name, str arguments)
{
    event_send_later(cx, room, name, arguments, 0);
}

void event_send_id(struct ctx *cx, struct room room, const char *name, uuid id)
{
    char text[UUID_TEXT];
    uuid_format(id, text);
    event_send(cx, room, name, str_fmt(cx->arena, "\"%s\"", text));
}

void event_send_struct(struct ctx *cx, struct room room, const char *name,
    const struct fields *fields, const void *value, enum date_form form)
{
    auto_buf json = {0};
    json_write(&json, fields, value, form);
    event_send(cx, room, name, buf_str(&json));
}

void event_flush(struct event_bus *bus, struct ctx *cx)
{
    if (!cx->outbox) return;
    for (const struct pending *p = cx->outbox->first; p; p = p->next)
        if (p->state == COMMITTED) bus_post(bus, p->room, p->name, p->arguments, p->delay_ms);
    cx->outbox = NULL;
}
