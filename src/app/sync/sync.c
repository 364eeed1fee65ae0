#include "app/sync/mark.h"
#include "app/sync/sync.h"
#include "auth/auth.h"
#include "core/arena.h"
#include "core/size.h"
#include "gen/sync_sql.h"
#include "json/writer.h"

#include <assert.h>

#include "core/banned.h"

enum {
    PORTION = 1000,        /* rows of a statement (sync.sql) */
    LINES_MIN = 64 * 1024, /* bytes that are worth a round */
    LATE_MS = 60 * 1000,   /* the database's clock may be so much ahead of ours */
    PARAMS = 5,
};
/* Deletions are remembered for 31 days (AuditTableCleanup). */
#define AWAY_MAX_MS ((int64_t)30 * 24 * 60 * 60 * 1000)

enum how { DELETES, ROWS, PARENTS, PARTNER_BACKFILL, ALBUM_BACKFILL, UPDATES, CREATES };

struct step {
    enum SyncRequestType request;
    enum how how;
    enum SyncEntityType entity, other;
    const struct sql *sql;
};

static const struct step steps[] = {
#define X(request, how, entity, other, statement)                                                  \
    {SYNC_REQUEST_TYPE_##request, how, SYNC_ENTITY_TYPE_##entity, SYNC_ENTITY_TYPE_##other,        \
        &sql_##statement},
#include "app/sync/sync.def"
#undef X
};

struct sync {
    struct arena *arena;
    uuid user, session;
    uint32_t requests; /* a bit for each SyncRequestType */
    uuid now;          /* the end of the stream */
    bool must_reset;
    struct mark marks[SYNC_ENTITIES];
    size_t step;

    /* Of the step, once it has begun. */
    bool begun;
    bool late; /* of PARENTS: what is sent now changed after the stream's end */
    uuid after, before, last;
    struct list_uuid shares; /* of backfills */
    size_t share;            /* the first that is not whole */
};

static_assert(SYNC_REQUEST_TYPE_USER_METADATA_V1 < 32, "a request is a bit");

static uint32_t bit(enum SyncRequestType request)
{
    return (uint32_t)1 << request;
}

static uuid earlier(uuid a, uuid b)
{
    return id_compare(a, b) < 0 ? a : b;
}

/* ---- begin ---- */

static fallible require_current(const struct SyncStreamDto *dto)
{
    static const enum SyncRequestType gone[][2] = {
#define Y(request, successor) {SYNC_REQUEST_TYPE_##request, SYNC_REQUEST_TYPE_##successor},
#include "app/sync/sync.def"
#undef Y
    };
    const str *names = SyncRequestType_names.v;
    for (size_t i = 0; i < LENGTH(gone); i++) {
        for (size_t k = 0; k < dto->types.n; k++) {
            if (dto->types.v[k] == gone[i][0])
                FAIL(BAD_REQUEST,
                    "SyncRequestType.%.*s is deprecated, use SyncRequestType.%.*s instead",
                    FMT(names[gone[i][0]]), FMT(names[gone[i][1]]));
        }
    }
    return NULL;
}

static struct list_str entity_names(void)
{
    return (struct list_str){(str *)(uintptr_t)SyncEntityType_names.v, SyncEntityType_names.n};
}

fallible sync_reset(struct ctx *cx, uuid session)
{
    TRY(db_begin(cx));
    TRY(sql_sync_reset_done(cx, session));
    TRY(sql_sync_ack_delete_all(cx, session));
    return db_commit(cx);
}

/* A stream that was acknowledged to its end has sent all there was of its requests, though most
 * rows of a server are other people's and move nobody's checkpoint but their own. Without this each
 * stream would look through everything that others added since the user's last own photo. Only
 * where there is a checkpoint: an app that has dropped one wants all of it again. */
static void raise_marks(struct sync *s)
{
    const struct mark complete = s->marks[SYNC_ENTITY_TYPE_SYNC_COMPLETE_V1];
    for (size_t i = 0; i < LENGTH(steps); i++) {
        const struct step *step = &steps[i];
        struct mark *mark = &s->marks[step->entity];
        if (step->how == PARTNER_BACKFILL || step->how == ALBUM_BACKFILL) continue;
        if (!mark->is || !(complete.requests & bit(step->request))) continue;
        if (id_compare(mark->id, complete.id) < 0) mark->id = complete.id;
    }
}

static fallible read_marks(struct ctx *cx, struct sync *s)
{
    struct list_SyncAckDto acks;
    TRY(sql_sync_acks(cx, &acks, s->session, entity_names()));
    for (size_t i = 0; i < acks.n; i++)
        s->marks[acks.v[i].type] = mark_parse(acks.v[i].ack);
    raise_marks(s);
    return NULL;
}

fallible sync_begin(struct ctx *cx, const struct SyncStreamDto *dto, struct sync **out)
{
    struct sync *s = ARENA_NEW(cx->arena, struct sync);
    *s = (struct sync){.arena = cx->arena, .user = cx->auth->user, .session = cx->auth->session};
    TRY(require_current(dto));
    for (size_t i = 0; i < dto->types.n; i++)
        s->requests |= bit(dto->types.v[i]);
    if (dto->reset.is == PRESENT && dto->reset.v) TRY(sync_reset(cx, s->session));
    TRY(sql_sync_is_pending_reset(cx, &s->must_reset, s->session));
    TRY(read_marks(cx, s));
    TRY(sql_sync_now(cx, &s->now));
    const struct mark *complete = &s->marks[SYNC_ENTITY_TYPE_SYNC_COMPLETE_V1];
    if (complete->is && id_ms(s->now) - id_ms(complete->id) > AWAY_MAX_MS) s->must_reset = true;
    *out = s;
    return NULL;
}

/* ---- lines ---- */

static str name_of(enum SyncEntityType entity)
{
    return SyncEntityType_names.v[entity];
}

static void add_id(struct buf *out, uuid id)
{
    char text[UUID_TEXT];
    uuid_format(id, text);
    buf_add_char(out, '|');
    buf_add_bytes(out, text, UUID_TEXT - 1);
}

static void begin_line(struct buf *out, enum SyncEntityType type)
{
    buf_add(out, STR("{\"type\":\""));
    buf_add(out, name_of(type));
    buf_add(out, STR("\",\"data\":"));
}

static void begin_ack(struct buf *out, enum SyncEntityType type)
{
    buf_add(out, STR(",\"ack\":\""));
    buf_add(out, name_of(type));
}

static void end_line(struct buf *out)
{
    buf_add(out, STR("\"}\n"));
}

/* A line without data. */
static void begin_sign(struct buf *out, enum SyncEntityType type, enum SyncEntityType acked)
{
    begin_line(out, type);
    buf_add(out, STR("{}"));
    begin_ack(out, acked);
}

static void write_reset(struct buf *out)
{
    begin_sign(out, SYNC_ENTITY_TYPE_SYNC_RESET_V1, SYNC_ENTITY_TYPE_SYNC_RESET_V1);
    buf_add(out, STR("|reset"));
    end_line(out);
}

static void write_complete(const struct sync *s, struct buf *out)
{
    begin_sign(out, SYNC_ENTITY_TYPE_SYNC_COMPLETE_V1, SYNC_ENTITY_TYPE_SYNC_COMPLETE_V1);
    add_id(out, s->now);
    buf_add_fmt(out, "|%x", s->requests);
    end_line(out);
}

static void write_whole_share(struct buf *out, enum SyncEntityType backfill, uuid share)
{
    begin_sign(out, SYNC_ENTITY_TYPE_SYNC_ACK_V1, backfill);
    add_id(out, share);
    buf_add(out, STR("|complete"));
    end_line(out);
}

/* What is created now is sent as it is now: its changes until here are none any more. */
static void write_covers_updates(const struct sync *s, struct buf *out)
{
    begin_sign(out, SYNC_ENTITY_TYPE_SYNC_ACK_V1, steps[s->step].other);
    add_id(out, s->now);
    end_line(out);
}

/* Rows are structs of an id `ack`, of backfills an id `share`, and a struct `line`. */
static uuid row_id(const struct fields *row, size_t field, const char *at)
{
    assert(row->v[field].kind == FIELD_UUID);
    return *(const uuid *)field_at_const(&row->v[field], at);
}

static void write_row(const struct sync *s, struct buf *out, const char *at)
{
    const struct step *step = &steps[s->step];
    const struct fields *row = step->sql->row;
    const struct field *line = &row->v[row->n - 1];
    begin_line(out, step->entity);
    json_write(out, line->sub, field_at_const(line, at), DATES_Z);
    begin_ack(out, step->entity);
    if (s->shares.n) add_id(out, row_id(row, 1, at));
    /* What changed behind the end is sent again by the next stream, with all else of that time. */
    add_id(out, earlier(row_id(row, 0, at), step->how == PARENTS ? s->now : ID_MAX));
    end_line(out);
}

/* ---- steps ---- */

static void end_step(struct sync *s)
{
    s->step++;
    s->begun = false;
}

/* Whatever an app is sent for the first time, it is sent with all that is shared: no backfill. */
static fallible skip_backfill(struct ctx *cx, const struct sync *s, enum SyncEntityType backfill)
{
    if (!s->shares.n) return NULL;
    char share[UUID_TEXT];
    uuid_format(s->shares.v[s->shares.n - 1], share);
    str type = name_of(backfill);
    str ack = str_fmt(cx->arena, "%.*s|%s|complete", FMT(type), share);
    return sql_sync_ack_set(
        cx, s->session, (struct list_str){&type, 1}, (struct list_str){&ack, 1});
}

static fallible begin_backfill(struct ctx *cx, struct sync *s, const struct step *step)
{
    const struct mark *mark = &s->marks[step->entity], *rows = &s->marks[step->other];
    struct ctx lasting = *cx;
    lasting.arena = s->arena;
    if (step->how == PARTNER_BACKFILL)
        TRY(sql_sync_partner_shares(&lasting, &s->shares, s->user, mark->id, s->now));
    else
        TRY(sql_sync_album_shares(&lasting, &s->shares, s->user, mark->id, s->now));
    if (!rows->is) {
        TRY(skip_backfill(cx, s, step->entity));
        s->shares.n = 0;
    }
    s->last = mark->id;
    s->after = mark->complete ? ID_MAX : mark->sent;
    s->before = earlier(s->now, id_next(rows->id));
    s->share = mark->complete && s->shares.n && uuid_eq(s->shares.v[0], mark->id);
    if (s->share == s->shares.n) end_step(s);
    return NULL;
}

static fallible begin_step(struct ctx *cx, struct sync *s)
{
    const struct step *step = &steps[s->step];
    s->begun = true;
    s->late = false;
    s->shares = (struct list_uuid){0};
    s->after = s->marks[step->entity].id;
    s->before = step->how == PARENTS ? ID_MAX : s->now;
    s->last = ID_MIN;
    switch (step->how) {
    case DELETES:
    case ROWS:
    case PARENTS:
    case CREATES:
        return NULL;
    case UPDATES:
        s->last = s->marks[step->other].id;
        if (!s->marks[step->other].is) end_step(s);
        return NULL;
    case PARTNER_BACKFILL:
    case ALBUM_BACKFILL:
        return begin_backfill(cx, s, step);
    }
    return NULL;
}

/* A row that later ones refer to may be changed while it has yet to be sent. It then lies behind
 * the stream's end, and its references would come without it. So those are sent as well, up to what
 * is now. */
static void note_late(struct sync *s)
{
    if (s->late || id_compare(s->after, s->now) < 0) return;
    s->late = true;
    s->before = id_at(when_now().us / 1000 + LATE_MS);
}

static void write_portion(struct sync *s, struct buf *out, const struct list_any *rows)
{
    const struct step *step = &steps[s->step];
    const struct fields *row = step->sql->row;
    if (rows->n && step->how == CREATES && uuid_eq(s->after, s->marks[step->entity].id))
        write_covers_updates(s, out);
    const char *at = rows->v;
    for (size_t i = 0; i < rows->n; i++, at += row->size) {
        if (s->shares.n) {
            s->last = row_id(row, 1, at);
            for (; !uuid_eq(s->shares.v[s->share], s->last); s->share++)
                write_whole_share(out, step->entity, s->shares.v[s->share]);
        }
        write_row(s, out, at);
        s->after = row_id(row, 0, at);
    }
    if (step->how == PARENTS) note_late(s);
    if (rows->n == PORTION) return;
    for (; s->share < s->shares.n; s->share++)
        write_whole_share(out, step->entity, s->shares.v[s->share]);
    end_step(s);
}

static fallible next_portion(struct ctx *cx, struct sync *s, struct buf *out)
{
    const struct step *step = &steps[s->step];
    const struct db_param params[PARAMS] = {
        P_UUID(s->user), P_UUID(s->after), P_UUID(s->before), P_UUID(s->now), P_UUID(s->last)};
    struct sql sql = *step->sql;
    const bool first_time = !s->marks[step->entity].is && !s->shares.n;
    if (first_time) sql.name = NULL; /* is planned for its values */
    struct list_any rows;
    TRY(db_many(cx, first_time ? &sql : step->sql, params, &rows));
    write_portion(s, out, &rows);
    return NULL;
}

static fallible advance(struct ctx *cx, struct sync *s, struct buf *out)
{
    if (!(s->requests & bit(steps[s->step].request))) {
        s->step++;
        return NULL;
    }
    if (!s->begun) {
        const size_t step = s->step;
        TRY(begin_step(cx, s));
        if (s->step != step) return NULL;
    }
    return next_portion(cx, s, out);
}

fallible sync_more(struct ctx *cx, struct sync *s, struct buf *out, bool *done)
{
    *done = false;
    if (s->must_reset) {
        write_reset(out);
        *done = true;
        return NULL;
    }
    while (s->step < LENGTH(steps) && out->n < LINES_MIN)
        TRY(advance(cx, s, out));
    if (s->step < LENGTH(steps)) return NULL;
    write_complete(s, out);
    *done = true;
    return NULL;
}
