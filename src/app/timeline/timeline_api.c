#include "app/access/access.h"
#include "app/app.h"
#include "app/timeline/bbox.h"
#include "app/timeline/timeline.h"
#include "auth/auth.h"
#include "core/buf.h"
#include "gen/api.h"
#include "gen/timeline_sql.h"

#include <string.h>

#include "core/banned.h"

enum {
    MONTHS_MAX = 120000, /* more than localDateTime can name */
};

/* What is looked at, after defaults and access. */
struct view {
    struct list_uuid owners; /* none: all whose assets are in the album */
    struct list_AssetVisibility visibilities;
    struct opt_bool favorite;
    struct opt_uuid album, person, tag;
    struct list_double box; /* west, south, east, north */
    bool trashed, stacked, by_creation, ascending;
    str versions; /* of the owners' timelines, for the cache */
};

static bool is_true(struct opt_bool b)
{
    return b.is == PRESENT && b.v;
}

static bool is_visibility(const struct getTimeBuckets_in *in, enum AssetVisibility visibility)
{
    return in->visibility.is == PRESENT && in->visibility.v == visibility;
}

static fallible check_partners(const struct getTimeBuckets_in *in)
{
    const bool shared =
        is_visibility(in, ASSET_VISIBILITY_TIMELINE) || is_visibility(in, ASSET_VISIBILITY_HIDDEN);
    if (shared && in->isFavorite.is != PRESENT && !is_true(in->isTrashed)) return NULL;
    FAIL(BAD_REQUEST, "withPartners is only supported for non-archived, non-trashed, "
                      "non-favorited, non-locked assets");
}

/* In the order of the contract; the first refusal is the answer. */
static fallible check_access(
    struct ctx *cx, const struct getTimeBuckets_in *in, struct opt_uuid user)
{
    if (is_visibility(in, ASSET_VISIBILITY_LOCKED)) TRY(auth_require_elevated(cx));
    if (in->albumId.is == PRESENT) TRY(access_require_one(cx, STR("album.read"), in->albumId.v));
    if (user.is == PRESENT) {
        TRY(access_require_one(cx, STR("timeline.read"), user.v));
        if (is_visibility(in, ASSET_VISIBILITY_ARCHIVE))
            TRY(access_require_one(cx, STR("archive.read"), user.v));
        if (is_visibility(in, ASSET_VISIBILITY_LOCKED) && !uuid_eq(user.v, cx->auth->user))
            FAIL(BAD_REQUEST, "You may not access another user's locked timeline");
    }
    if (in->tagId.is == PRESENT) TRY(access_require_one(cx, STR("tag.read"), in->tagId.v));
    if (is_true(in->withPartners)) TRY(check_partners(in));
    /* A link shows no trash (access.md), even of its owner's. */
    if (is_true(in->isTrashed) && cx->auth->kind == AUTH_SHARED_LINK)
        FAIL(BAD_REQUEST, "Not found or no timeline.read access");
    return NULL;
}

/* The owners, and their versions as bytes of a cache key. */
static fallible find_owners(struct ctx *cx, uuid user, bool with_partners, struct view *view)
{
    struct list_timeline_owner rows;
    const struct opt_uuid partners_of = with_partners ? SOME(uuid, cx->auth->user) : NOTHING(uuid);
    TRY(sql_timeline_owners(cx, &rows, user, partners_of));
    view->owners = (struct list_uuid){.v = ARENA_ARRAY(cx->arena, uuid, rows.n), .n = rows.n};
    int64_t *versions = ARENA_ARRAY(cx->arena, int64_t, rows.n);
    for (size_t i = 0; i < rows.n; i++) {
        view->owners.v[i] = rows.v[i].id;
        versions[i] = rows.v[i].version;
    }
    view->versions = (str){(const char *)versions, rows.n * sizeof *versions};
    return NULL;
}

/* check_bbox has found four numbers in it. */
static struct list_double box_of(struct arena *a, str text)
{
    struct bbox box;
    if (!bbox_parse(text, &box)) return (struct list_double){0};
    double *v = ARENA_ARRAY(a, double, 4);
    memcpy(v, (double[]){box.west, box.south, box.east, box.north}, 4 * sizeof *v);
    return (struct list_double){.v = v, .n = 4};
}

static fallible make_view(struct ctx *cx, const struct getTimeBuckets_in *in, struct view *view)
{
    struct opt_uuid user = in->userId;
    if (user.is != PRESENT && in->albumId.is != PRESENT) user = SOME(uuid, cx->auth->user);
    TRY(check_access(cx, in, user));

    *view = (struct view){
        .favorite = in->isFavorite,
        .album = in->albumId,
        .person = in->personId,
        .tag = in->tagId,
        .trashed = is_true(in->isTrashed),
        .stacked = is_true(in->withStacked),
        .by_creation = in->orderBy.is == PRESENT && in->orderBy.v == ASSET_ORDER_BY_CREATED_AT,
        .ascending = in->order.is == PRESENT && in->order.v == ASSET_ORDER_ASC,
    };
    if (in->bbox.is == PRESENT) view->box = box_of(cx->arena, in->bbox.v);
    static enum AssetVisibility usual[] = {ASSET_VISIBILITY_ARCHIVE, ASSET_VISIBILITY_TIMELINE};
    view->visibilities = (struct list_AssetVisibility){.v = usual, .n = 2};
    if (in->visibility.is == PRESENT) {
        enum AssetVisibility *one = ARENA_NEW(cx->arena, enum AssetVisibility);
        *one = in->visibility.v;
        view->visibilities = (struct list_AssetVisibility){.v = one, .n = 1};
    }
    /* Trash and locked folder are everybody's own, also in a shared album or a partner's timeline.
     */
    if (view->trashed || is_visibility(in, ASSET_VISIBILITY_LOCKED))
        user = SOME(uuid, cx->auth->user);
    if (user.is != PRESENT) return NULL;
    return find_owners(cx, user.v, is_true(in->withPartners), view);
}

/* The conditions of a view over `asset a`. */
static void narrow(struct sqlb *q, const struct view *view)
{
    struct arena *a = q->cx->arena;
    const struct db_param visibilities = db_param_names(
        a, &AssetVisibility_names, (const int *)view->visibilities.v, view->visibilities.n);
    sqlb_and_around(q, "a.visibility = ANY(", visibilities, "::asset_visibility_enum[])");
    if (view->trashed)
        sqlb_where(q, "a.\"deletedAt\" IS NOT NULL AND a.status <> 'deleted'");
    else
        sqlb_where(q, "a.\"deletedAt\" IS NULL");
    if (view->owners.n) sqlb_and_around(q, "a.\"ownerId\" = ANY(", P_UUID_ARRAY(view->owners), ")");
    if (view->favorite.is == PRESENT) sqlb_and(q, "a.\"isFavorite\" = ", P_BOOL(view->favorite.v));
    /* An array is looked up by key; a set in its place is joined by reading the whole library. */
    if (view->album.is == PRESENT)
        sqlb_and_around(q,
            "a.id = ANY(ARRAY(SELECT \"assetId\" FROM album_asset WHERE \"albumId\" = ",
            P_UUID(view->album.v), "))");
    if (view->person.is == PRESENT)
        sqlb_and_around(q,
            "a.id IN (SELECT \"assetId\" FROM asset_face WHERE \"deletedAt\" IS NULL"
            " AND \"isVisible\" IS TRUE AND \"personId\" = ",
            P_UUID(view->person.v), ")");
    if (view->tag.is == PRESENT)
        sqlb_and_around(q,
            "a.id IN (SELECT ta.\"assetId\" FROM tag_closure c"
            " JOIN tag_asset ta ON ta.\"tagId\" = c.id_descendant WHERE c.id_ancestor = ",
            P_UUID(view->tag.v), ")");
    if (view->stacked)
        sqlb_where(q, "NOT EXISTS (SELECT FROM stack s WHERE s.id = a.\"stackId\""
                      " AND s.\"primaryAssetId\" <> a.id)");
    if (view->box.n)
        sqlb_and_around(q, "EXISTS (SELECT FROM asset_exif e, (SELECT ", P_FLOAT8_ARRAY(view->box),
            "::float8[] AS b) AS box WHERE e.\"assetId\" = a.id"
            " AND e.latitude BETWEEN b[2] AND b[4] AND CASE WHEN b[1] <= b[3]"
            " THEN e.longitude BETWEEN b[1] AND b[3]"
            " ELSE e.longitude >= b[1] OR e.longitude <= b[3] END)");
}

/* ---- months ---- */

/* One index answers, and the answer is kept. */
static bool is_plain(const struct view *view)
{
    return view->owners.n && !view->trashed && !view->by_creation && view->album.is != PRESENT &&
           view->person.is != PRESENT && view->tag.is != PRESENT && !view->box.n;
}

static struct timeline_key key_of(struct arena *a, const struct view *view)
{
    struct buf subject = {0};
    buf_add(&subject, STR("months"));
    buf_add_bytes(&subject, view->owners.v, view->owners.n * sizeof *view->owners.v);
    for (size_t i = 0; i < view->visibilities.n; i++)
        buf_add_char(&subject, (char)('a' + view->visibilities.v[i]));
    buf_add_char(&subject, view->favorite.is == PRESENT ? "nf"[view->favorite.v] : '-');
    buf_add_char(&subject, view->stacked ? 's' : '-');
    return (struct timeline_key){.subject = buf_take(&subject, a), .versions = view->versions};
}

/* A month as it is kept. */
struct kept_month {
    char bucket[16];
    int64_t count;
};

static str months_keep(struct arena *a, const struct list_TimeBucketsResponseDto *months)
{
    struct kept_month *kept = ARENA_ARRAY(a, struct kept_month, months->n);
    for (size_t i = 0; i < months->n; i++) {
        const str bucket = months->v[i].timeBucket;
        if (bucket.n >= sizeof kept->bucket) return STR(""); /* of a year that is none */
        memcpy(kept[i].bucket, bucket.p, bucket.n);
        kept[i].count = months->v[i].count;
    }
    return (str){(const char *)kept, months->n * sizeof *kept};
}

static struct list_TimeBucketsResponseDto months_read(struct arena *a, str value)
{
    const struct kept_month *kept = (const void *)value.p;
    const size_t n = value.n / sizeof *kept;
    struct list_TimeBucketsResponseDto out = {
        .v = ARENA_ARRAY(a, struct TimeBucketsResponseDto, n), .n = n};
    for (size_t i = 0; i < n; i++)
        out.v[i] = (struct TimeBucketsResponseDto){
            .timeBucket = str_from(kept[i].bucket), .count = kept[i].count};
    return out;
}

static fallible plain_months(
    struct ctx *cx, const struct view *view, struct list_TimeBucketsResponseDto *out)
{
    const struct timeline_key key = key_of(cx->arena, view);
    struct timeline_cache *cache = cx->app->timeline;
    str value;
    if (timeline_cache_find(cache, cx->arena, &key, &value)) {
        *out = months_read(cx->arena, value);
        return NULL;
    }
    TRY(sql_timeline_months(
        cx, out, view->owners, view->visibilities, view->favorite, view->stacked));
    value = months_keep(cx->arena, out);
    if (value.n || !out->n) timeline_cache_put(cache, &key, value);
    return NULL;
}

static fallible filtered_months(
    struct ctx *cx, const struct view *view, struct list_TimeBucketsResponseDto *out)
{
    struct sqlb q = sql_timeline_filtered(cx, view->by_creation);
    narrow(&q, view);
    return sqlb_many(&q, out, MONTHS_MAX);
}

static void reverse(struct list_TimeBucketsResponseDto *months)
{
    for (size_t i = 0; i < months->n / 2; i++) {
        const struct TimeBucketsResponseDto first = months->v[i];
        months->v[i] = months->v[months->n - 1 - i];
        months->v[months->n - 1 - i] = first;
    }
}

fallible op_getTimeBuckets(
    struct ctx *cx, const struct getTimeBuckets_in *in, struct list_TimeBucketsResponseDto *out)
{
    struct view view;
    TRY(make_view(cx, in, &view));
    if (is_plain(&view))
        TRY(plain_months(cx, &view, out));
    else
        TRY(filtered_months(cx, &view, out));
    if (view.ascending) reverse(out);
    return NULL;
}

/* ---- one month ---- */

static struct getTimeBuckets_in without_month(const struct getTimeBucket_in *in)
{
    return (struct getTimeBuckets_in){
        .userId = in->userId,
        .albumId = in->albumId,
        .personId = in->personId,
        .tagId = in->tagId,
        .isFavorite = in->isFavorite,
        .isTrashed = in->isTrashed,
        .withStacked = in->withStacked,
        .withPartners = in->withPartners,
        .order = in->order,
        .orderBy = in->orderBy,
        .visibility = in->visibility,
        .withCoordinates = in->withCoordinates,
        .bbox = in->bbox,
    };
}

/* "2024-05-01", also with a sign before it or as a whole timestamp. */
static fallible parse_bucket(str text, struct when *out)
{
    struct date day;
    if (text.n && (text.p[0] == '+' || text.p[0] == '-')) text = str_slice(text, 1, text.n);
    if (date_parse(text, &day)) {
        *out = when_from_date(day);
        return NULL;
    }
    if (when_parse(text, out)) return NULL;
    /* Compat: upstream's database refuses it. */
    FAIL(INTERNAL, "\"%.*s\" is no time bucket", FMT(text));
}

static bool is_month_start(struct when w)
{
    const struct civil c = civil_from_when(w);
    return c.day == 1 && c.hour == 0 && c.minute == 0 && c.second == 0 && c.us == 0;
}

static struct when next_month(struct when w)
{
    struct civil c = civil_from_when(w);
    c.year += c.month / 12;
    c.month = c.month % 12 + 1;
    return when_from_civil(c);
}

static fallible select_bucket(struct ctx *cx, const struct view *view, struct when month,
    struct TimeBucketAssetResponseDto *out)
{
    struct sqlb q = sql_timeline_bucket(cx, cx->auth->user, view->stacked);
    narrow(&q, view);
    const struct db_param from = P_WHEN(month), before = P_WHEN(next_month(month));
    if (view->by_creation) {
        sqlb_and(&q, "a.\"createdAt\" >= ", from);
        sqlb_and(&q, "a.\"createdAt\" < ", before);
    } else {
        sqlb_and(&q, "a.\"localDateTime\" >= ", from);
        sqlb_and(&q, "a.\"localDateTime\" < ", before);
    }
    /* By id at last: what was taken at the same moment keeps its order from answer to answer. */
    if (view->by_creation && view->ascending)
        sqlb_tail(&q, "ORDER BY a.\"createdAt\", a.\"fileCreatedAt\", a.id");
    else if (view->by_creation)
        sqlb_tail(&q, "ORDER BY a.\"createdAt\" DESC, a.\"fileCreatedAt\" DESC, a.id");
    else if (view->ascending)
        sqlb_tail(&q, "ORDER BY (a.\"localDateTime\" AT TIME ZONE 'UTC')::date,"
                      " a.\"fileCreatedAt\", a.id");
    else
        sqlb_tail(&q, "ORDER BY (a.\"localDateTime\" AT TIME ZONE 'UTC')::date DESC,"
                      " a.\"fileCreatedAt\" DESC, a.id");
    return sqlb_columns(&q, out);
}

/* Columns that nobody asked for, or that a link may not show, are left out. */
static void choose_columns(const struct auth *auth, const struct getTimeBucket_in *in,
    struct TimeBucketAssetResponseDto *out)
{
    const bool places = auth->kind != AUTH_SHARED_LINK || auth->link_shows_metadata;
    const bool coordinates = places && is_true(in->withCoordinates);
    out->status.is = PRESENT;
    out->city.is = out->country.is = places ? PRESENT : ABSENT;
    out->latitude.is = out->longitude.is = coordinates ? PRESENT : ABSENT;
    out->stack.is = is_true(in->withStacked) ? PRESENT : ABSENT;
}

fallible op_getTimeBucket(
    struct ctx *cx, const struct getTimeBucket_in *in, struct TimeBucketAssetResponseDto *out)
{
    const struct getTimeBuckets_in asked = without_month(in);
    struct view view;
    struct when month;
    TRY(make_view(cx, &asked, &view));
    TRY(parse_bucket(in->timeBucket, &month));
    if (is_month_start(month)) TRY(select_bucket(cx, &view, month, out));
    choose_columns(cx->auth, in, out);
    return NULL;
}
