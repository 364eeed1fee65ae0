#include "app/asset/asset.h"
#include "auth/auth.h"
#include "db/db.h"
#include "event/event.h"
#include "gen/stack_sql.h"

#include "core/banned.h"

static void tell(struct ctx *cx)
{
    event_send(cx, ROOM_USER(cx->auth->user), "on_asset_stack_update", STR(""));
}

/* ---- reading ---- */

/* Members come stack by stack, so the list of each is a slice of all; an asset that has gone since
 * is in none. */
static void deal(const struct list_stack_member *members,
    const struct list_AssetResponseDto *assets, struct list_StackResponseDto *out)
{
    size_t k = 0;
    for (size_t i = 0; i < members->n && k < assets->n; i++) {
        if (!uuid_eq(members->v[i].asset, assets->v[k].id)) continue;
        struct list_AssetResponseDto *list = &out->v[members->v[i].place - 1].assets;
        if (list->n++ == 0) list->v = &assets->v[k];
        k++;
    }
}

static fallible respond(struct ctx *cx, const struct list_stack_row *rows,
    enum AssetResponseDto_shape shape, struct list_StackResponseDto *out)
{
    struct list_uuid ids = {.v = ARENA_ARRAY(cx->arena, uuid, rows->n), .n = rows->n};
    *out = (struct list_StackResponseDto){
        .v = ARENA_ARRAY(cx->arena, struct StackResponseDto, rows->n), .n = rows->n};
    for (size_t i = 0; i < rows->n; i++) {
        ids.v[i] = rows->v[i].id;
        out->v[i] =
            (struct StackResponseDto){.id = rows->v[i].id, .primaryAssetId = rows->v[i].primary};
    }
    struct list_stack_member members;
    struct list_AssetResponseDto assets;
    TRY(sql_stack_members(cx, &members, ids));
    struct list_uuid found = {.v = ARENA_ARRAY(cx->arena, uuid, members.n), .n = members.n};
    for (size_t i = 0; i < members.n; i++)
        found.v[i] = members.v[i].asset;
    TRY(assets_response(cx, found, shape, &assets));
    deal(&members, &assets, out);
    return NULL;
}

static fallible respond_one(
    struct ctx *cx, uuid id, enum AssetResponseDto_shape shape, struct StackResponseDto *out)
{
    struct stack_row row;
    struct list_StackResponseDto one;
    bool found;
    TRY(sql_stack_get(cx, &row, &found, id));
    if (!found) FAIL(BAD_REQUEST, "Not found or no stack.read access");
    TRY(respond(cx, &(struct list_stack_row){&row, 1}, shape, &one));
    *out = one.v[0];
    return NULL;
}

fallible op_searchStacks(
    struct ctx *cx, const struct searchStacks_in *in, struct list_StackResponseDto *out)
{
    struct list_stack_row rows;
    TRY(sql_stack_find(cx, &rows, cx->auth->user, in->primaryAssetId));
    return respond(cx, &rows, SHAPE_searchStacks, out);
}

fallible op_getStack(struct ctx *cx, const struct getStack_in *in, struct StackResponseDto *out)
{
    return respond_one(cx, in->id, SHAPE_getStack, out);
}

/* ---- changing ---- */

static struct list_uuid joined(struct arena *a, struct list_uuid some, struct list_uuid more)
{
    struct list_uuid all = {.v = ARENA_ARRAY(a, uuid, some.n + more.n)};
    for (size_t i = 0; i < some.n; i++)
        all.v[all.n++] = some.v[i];
    for (size_t i = 0; i < more.n; i++)
        all.v[all.n++] = more.v[i];
    return all;
}

/* A stack that one of the assets stands for is dissolved, and all of it joins. */
fallible op_createStack(
    struct ctx *cx, const struct createStack_in *in, struct StackResponseDto *out)
{
    const uuid owner = cx->auth->user;
    const struct list_uuid ids = in->body.assetIds;
    struct list_uuid joining;
    uuid id;
    TRY(db_begin(cx));
    TRY(sql_stack_lock_assets(cx, ids));
    TRY(sql_stack_find_joining(cx, &joining, owner, ids));
    TRY(sql_stack_dissolve(cx, owner, ids));
    TRY(sql_stack_insert(cx, &id, owner, ids.v[0]));
    TRY(sql_stack_fill(cx, id, owner, joined(cx->arena, ids, joining)));
    TRY(respond_one(cx, id, SHAPE_createStack, out));
    tell(cx);
    return db_commit(cx);
}

static bool is_member(const struct StackResponseDto *stack, uuid asset)
{
    for (size_t i = 0; i < stack->assets.n; i++)
        if (uuid_eq(stack->assets.v[i].id, asset)) return true;
    return false;
}

fallible op_updateStack(
    struct ctx *cx, const struct updateStack_in *in, struct StackResponseDto *out)
{
    if (in->body.primaryAssetId.is == PRESENT) {
        const uuid primary = in->body.primaryAssetId.v;
        TRY(respond_one(cx, in->id, SHAPE_updateStack, out));
        if (!is_member(out, primary)) FAIL(BAD_REQUEST, "Primary asset must be in the stack");
        TRY(sql_stack_set_primary(cx, in->id, primary));
    }
    tell(cx);
    return respond_one(cx, in->id, SHAPE_updateStack, out);
}

fallible op_deleteStack(struct ctx *cx, const struct deleteStack_in *in)
{
    uuid id = in->id;
    tell(cx);
    return sql_stack_delete(cx, (struct list_uuid){&id, 1});
}

fallible op_deleteStacks(struct ctx *cx, const struct deleteStacks_in *in)
{
    if (!in->body.ids.n) FAIL(BAD_REQUEST, "No stacks to delete");
    tell(cx);
    return sql_stack_delete(cx, in->body.ids);
}

fallible op_removeAssetFromStack(struct ctx *cx, const struct removeAssetFromStack_in *in)
{
    struct stack_row row;
    bool found;
    int64_t removed;
    TRY(sql_stack_get(cx, &row, &found, in->id));
    if (found && uuid_eq(row.primary, in->assetId))
        FAIL(BAD_REQUEST, "Cannot remove stack's primary asset");
    TRY(sql_stack_take_out(cx, &removed, in->id, in->assetId));
    if (!removed) FAIL(BAD_REQUEST, "Asset not in stack");
    tell(cx);
    return NULL;
}
