#include "app/access/access.h"
#include "auth/auth.h"
#include "core/size.h"
#include "gen/access_sql.h"

#include <stdlib.h>

#include "core/banned.h"

typedef fallible rule_fn(struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed);

/* The rules that are one statement over the caller's own id. */
#define RULE_OF_USER(name, statement)                                                              \
    static fallible rule_##name(struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed)   \
    {                                                                                              \
        return sql_access_##statement(cx, allowed, cx->auth->user, ids);                           \
    }
RULE_OF_USER(asset_shareable, asset_shareable)
RULE_OF_USER(album_activity, album_activity)
RULE_OF_USER(activity_deletable, activity_deletable)
RULE_OF_USER(timeline_readable, timeline_readable)
RULE_OF_USER(duplicate_owned, duplicate_owned)
RULE_OF_USER(face_owned, face_owned)
RULE_OF_USER(person_owned, person_owned)
RULE_OF_USER(memory_owned, memory_owned)
RULE_OF_USER(notification_owned, notification_owned)
RULE_OF_USER(session_owned, session_owned)
RULE_OF_USER(stack_owned, stack_owned)
RULE_OF_USER(tag_owned, tag_owned)
RULE_OF_USER(workflow_owned, workflow_owned)
RULE_OF_USER(partner_sharing, partner_sharing)

static fallible rule_NOBODY(struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed)
{
    *allowed = (struct list_uuid){0};
    return NULL;
}

/* Only the one id, when it is among those asked for. */
static fallible allow_one(struct ctx *cx, uuid id, struct list_uuid ids, struct list_uuid *allowed)
{
    *allowed = (struct list_uuid){0};
    for (size_t i = 0; i < ids.n && allowed->n == 0; i++) {
        if (uuid_eq(ids.v[i], id)) *allowed = (struct list_uuid){.v = &ids.v[i], .n = 1};
    }
    return NULL;
}

static fallible rule_self(struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed)
{
    return allow_one(cx, cx->auth->user, ids, allowed);
}

static fallible rule_asset_owned(struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed)
{
    return sql_access_asset_owned(cx, allowed, cx->auth->user, cx->auth->elevated, ids);
}

static fallible rule_asset_readable(struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed)
{
    return sql_access_asset_readable(cx, allowed, cx->auth->user, cx->auth->elevated, ids);
}

static fallible rule_album_viewer(struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed)
{
    return sql_access_album_member(cx, allowed, cx->auth->user, STR("viewer"), ids);
}

static fallible rule_album_editor(struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed)
{
    return sql_access_album_member(cx, allowed, cx->auth->user, STR("editor"), ids);
}

static fallible rule_album_owner(struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed)
{
    return sql_access_album_member(cx, allowed, cx->auth->user, STR("owner"), ids);
}

static fallible rule_link_asset(struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed)
{
    return sql_access_asset_of_link(cx, allowed, cx->auth->link, cx->auth->link_album, ids);
}

static fallible rule_link_asset_download(
    struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed)
{
    if (!cx->auth->link_allows_download) return rule_NOBODY(cx, ids, allowed);
    return rule_link_asset(cx, ids, allowed);
}

static fallible rule_link_upload(struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed)
{
    if (!cx->auth->link_allows_upload) return rule_NOBODY(cx, ids, allowed);
    return allow_one(cx, cx->auth->user, ids, allowed);
}

static fallible rule_link_album(struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed)
{
    if (cx->auth->link_album.is != PRESENT) return rule_NOBODY(cx, ids, allowed);
    return allow_one(cx, cx->auth->link_album.v, ids, allowed);
}

static fallible rule_link_album_download(
    struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed)
{
    if (!cx->auth->link_allows_download) return rule_NOBODY(cx, ids, allowed);
    return rule_link_album(cx, ids, allowed);
}

static fallible rule_link_album_upload(
    struct ctx *cx, struct list_uuid ids, struct list_uuid *allowed)
{
    if (!cx->auth->link_allows_upload) return rule_NOBODY(cx, ids, allowed);
    return rule_link_album(cx, ids, allowed);
}

static const struct {
    str permission;
    rule_fn *user, *link;
} rules[] = {
#define X(permission, user, link) {STR_INIT(permission), rule_##user, rule_##link},
#include "app/access/access.def"
#undef X
};

fallible access_check(
    struct ctx *cx, str permission, struct list_uuid ids, struct list_uuid *allowed)
{
    *allowed = (struct list_uuid){0};
    if (ids.n == 0) return NULL;
    for (size_t i = 0; i < LENGTH(rules); i++) {
        if (!str_eq(rules[i].permission, permission)) continue;
        rule_fn *rule = cx->auth->kind == AUTH_SHARED_LINK ? rules[i].link : rules[i].user;
        return rule(cx, ids, allowed);
    }
    FAIL(INTERNAL, "no access rule for %.*s", FMT(permission));
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(uuid));
}

/* How many different ids; sorts a copy. */
static size_t count_distinct(struct arena *a, struct list_uuid ids)
{
    if (ids.n < 2) return ids.n;
    uuid *copy = ARENA_ARRAY(a, uuid, ids.n);
    memcpy(copy, ids.v, ids.n * sizeof *copy);
    qsort(copy, ids.n, sizeof *copy, compare);
    size_t n = 1;
    for (size_t i = 1; i < ids.n; i++)
        n += !uuid_eq(copy[i], copy[i - 1]);
    return n;
}

fallible access_require(struct ctx *cx, str permission, struct list_uuid ids)
{
    struct list_uuid allowed;
    TRY(access_check(cx, permission, ids, &allowed));
    if (allowed.n == count_distinct(cx->arena, ids)) return NULL;
    FAIL(BAD_REQUEST, "Not found or no %.*s access", FMT(permission));
}

void access_ahead(struct ctx *cx, str permission, struct list_uuid ids)
{
    struct list_uuid none;
    err ignored = access_check(cx, permission, ids, &none); /* found again by who requires it */
    (void)ignored;
}

fallible access_require_one(struct ctx *cx, str permission, uuid id)
{
    return access_require(cx, permission, (struct list_uuid){.v = &id, .n = 1});
}
