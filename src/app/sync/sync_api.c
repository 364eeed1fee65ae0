/* What an app synchronises its copy with: the stream, and what it has of it. */
#include "app/sync/mark.h"
#include "app/sync/sync.h"
#include "auth/auth.h"
#include "core/arena.h"
#include "gen/sync_sql.h"
#include "http/reply.h"

#include "core/banned.h"

static fallible require_session(const struct ctx *cx)
{
    if (cx->auth->kind != AUTH_SESSION)
        FAIL(FORBIDDEN, "Sync endpoints cannot be used with API keys");
    return NULL;
}

static fallible send_portion(struct ctx *cx, struct stream *out, void *sync, bool *done)
{
    auto_buf lines = {0};
    TRY(sync_more(cx, sync, &lines, done));
    if (!stream_write(out, buf_str(&lines)))
        FAIL(CLIENT_GONE, "nobody reads the sync stream any more");
    return NULL;
}

fallible op_getSyncStream(struct ctx *cx, const struct getSyncStream_in *in, struct stream *out)
{
    struct sync *s;
    TRY(require_session(cx));
    TRY(sync_begin(cx, &in->body, &s));
    if (!stream_in_steps(out, send_portion, s))
        FAIL(UNAVAILABLE, "too many sync streams are under way");
    return NULL;
}

static struct list_str names_of(struct arena *a, const enum SyncEntityType *types, size_t n)
{
    str *names = ARENA_ARRAY(a, str, n);
    for (size_t i = 0; i < n; i++)
        names[i] = SyncEntityType_names.v[types[i]];
    return (struct list_str){names, n};
}

static struct list_str all_names(void)
{
    return (struct list_str){(str *)(uintptr_t)SyncEntityType_names.v, SyncEntityType_names.n};
}

fallible op_getSyncAck(struct ctx *cx, struct list_SyncAckDto *out)
{
    TRY(require_session(cx));
    return sql_sync_acks(cx, out, cx->auth->session, all_names());
}

/* The last of each kind counts. */
static fallible collect(struct ctx *cx, struct list_str acks, str last[static SYNC_ENTITIES])
{
    for (size_t i = 0; i < acks.n; i++) {
        enum SyncEntityType type;
        str rest = acks.v[i], name = STR("");
        if (!mark_type(rest, &type)) {
            str_cut(&rest, '|', &name);
            FAIL(BAD_REQUEST, "Invalid ack type: %.*s", FMT(name));
        }
        last[type] = acks.v[i];
        if (type == SYNC_ENTITY_TYPE_SYNC_RESET_V1) break; /* whatever follows */
    }
    return NULL;
}

fallible op_sendSyncAck(struct ctx *cx, const struct sendSyncAck_in *in)
{
    str last[SYNC_ENTITIES] = {0};
    enum SyncEntityType types[SYNC_ENTITIES];
    str acks[SYNC_ENTITIES];
    size_t n = 0;
    TRY(require_session(cx));
    TRY(collect(cx, in->body.acks, last));
    if (last[SYNC_ENTITY_TYPE_SYNC_RESET_V1].p) return sync_reset(cx, cx->auth->session);
    for (size_t i = 0; i < SYNC_ENTITIES; i++) {
        if (!last[i].p) continue;
        types[n] = (enum SyncEntityType)i;
        acks[n++] = last[i];
    }
    return sql_sync_ack_set(
        cx, cx->auth->session, names_of(cx->arena, types, n), (struct list_str){acks, n});
}

fallible op_deleteSyncAck(struct ctx *cx, const struct deleteSyncAck_in *in)
{
    const struct opt_list_SyncEntityType *types = &in->body.types;
    TRY(require_session(cx));
    if (types->is != PRESENT) return sql_sync_ack_delete_all(cx, cx->auth->session);
    return sql_sync_ack_delete(cx, cx->auth->session, names_of(cx->arena, types->v.v, types->v.n));
}
