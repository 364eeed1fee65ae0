#include "app/sync/mark.h"
#include "app/sync/sync.h"
#include "app/test.h"
#include "core/size.h"
#include "gen/asset_update_sql.h"
#include "gen/sync_sql.h"

#include <time.h>

#include "core/banned.h"

#define ASSETS SYNC_REQUEST_TYPE_ASSETS_V2
#define EXIFS SYNC_REQUEST_TYPE_ASSET_EXIFS_V1

struct requests {
    enum SyncRequestType v[32];
    size_t n;
};
#define REQUESTS(...)                                                                              \
    (&(struct requests){{__VA_ARGS__},                                                             \
        sizeof((enum SyncRequestType[]){__VA_ARGS__}) / sizeof(enum SyncRequestType)})

/* alice, signed in on a device. */
static struct ctx *open(void **state, uuid *alice)
{
    struct ctx *cx = *state;
    *alice = test_user(cx, "alice");
    struct auth *auth = test_sign_in(cx, *alice);
    auth->session = uuid_v4();
    test_sql(cx, "INSERT INTO session (id, token, \"userId\") VALUES ('%s', '\\x00', '%s')",
        test_id(cx, auth->session), test_id(cx, *alice));
    return cx;
}

/* A stream ends a millisecond ago. */
static void pass_time(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 3000000}, NULL);
}

static struct sync *begin(struct ctx *cx, const struct requests *requests)
{
    const struct SyncStreamDto dto = {
        .types = {(enum SyncRequestType *)(uintptr_t)requests->v, requests->n}};
    struct sync *s;
    pass_time();
    assert_ok(sync_begin(cx, &dto, &s));
    return s;
}

static str rest(struct ctx *cx, struct sync *s)
{
    struct buf out = {0};
    for (bool done = false; !done;) {
        struct buf lines = {0};
        assert_ok(sync_more(cx, s, &lines, &done));
        buf_add(&out, buf_str(&lines));
        buf_done(&lines);
    }
    return buf_take(&out, cx->arena);
}

static str stream(struct ctx *cx, const struct requests *requests)
{
    return rest(cx, begin(cx, requests));
}

static bool next_line(str *rest, str *line)
{
    return rest->n && str_cut(rest, '\n', line);
}

/* What stands between the two, behind the first. */
static str between(str line, const char *from, const char *to)
{
    const ptrdiff_t start = str_find(line, str_from(from));
    assert_true(start >= 0);
    const str tail = str_slice(line, (size_t)start + strlen(from), line.n);
    const ptrdiff_t end = str_find(tail, str_from(to));
    assert_true(end >= 0);
    return str_slice(tail, 0, (size_t)end);
}

/* "UserV1 AssetV2*3 SyncCompleteV1": the kinds of lines as they come. */
static str kinds(struct ctx *cx, str text)
{
    struct buf out = {0};
    str line, last = STR("");
    size_t n = 0;
    for (bool more = true; more;) {
        more = next_line(&text, &line);
        const str kind = more ? between(line, "\"type\":\"", "\"") : STR("");
        if (n && str_eq(kind, last)) {
            n++;
            continue;
        }
        if (n > 1) buf_add_fmt(&out, "*%zu", n);
        if (more && out.n) buf_add_char(&out, ' ');
        buf_add(&out, kind);
        last = kind;
        n = 1;
    }
    return buf_take(&out, cx->arena);
}

#define assert_kinds(cx, text, expected)                                                           \
    do {                                                                                           \
        const str kinds_ = kinds(cx, text);                                                        \
        if (!str_eq(kinds_, str_from(expected)))                                                   \
            fail_msg("%.*s\nis not\n%s", FMT(kinds_), expected);                                   \
    } while (0)

/* As the app does: the last of each kind. */
static void acknowledge(struct ctx *cx, str text)
{
    str *acks = ARENA_ARRAY(cx->arena, str, 100000), line;
    size_t n = 0;
    while (next_line(&text, &line))
        acks[n++] = between(line, "\"ack\":\"", "\"");
    const struct sendSyncAck_in in = {.body.acks = {acks, n}};
    assert_ok(op_sendSyncAck(cx, &in));
}

static str taken(struct ctx *cx, const struct requests *requests)
{
    const str text = stream(cx, requests);
    acknowledge(cx, text);
    return text;
}

static void photos(struct ctx *cx, uuid owner, int n)
{
    test_sql(cx,
        "INSERT INTO asset (\"ownerId\", type, \"originalPath\", \"fileCreatedAt\","
        " \"fileModifiedAt\", checksum, \"originalFileName\", \"localDateTime\","
        " \"checksumAlgorithm\") SELECT '%s', 'IMAGE', '/p/' || n, now(), now(),"
        " sha256((random() || n::text)::bytea), n || '.jpg', now(), 'sha1'"
        " FROM generate_series(1, %d) AS n",
        test_id(cx, owner), n);
    test_sql(cx, "INSERT INTO asset_exif (\"assetId\") SELECT id FROM asset a WHERE NOT EXISTS"
                 " (SELECT FROM asset_exif e WHERE e.\"assetId\" = a.id)");
}

static uuid album_of(struct ctx *cx, uuid owner)
{
    const uuid id = uuid_v4();
    test_sql(cx, "INSERT INTO album (id, \"albumName\") VALUES ('%s', 'Alps')", test_id(cx, id));
    test_sql(cx,
        "INSERT INTO album_user (\"albumId\", \"userId\", role) VALUES ('%s', '%s', 'owner')",
        test_id(cx, id), test_id(cx, owner));
    return id;
}

static void add_member(struct ctx *cx, uuid album, uuid user)
{
    test_sql(cx,
        "INSERT INTO album_user (\"albumId\", \"userId\", role) VALUES ('%s', '%s', 'viewer')",
        test_id(cx, album), test_id(cx, user));
}

static void put(struct ctx *cx, uuid album, uuid asset)
{
    test_sql(cx, "INSERT INTO album_asset (\"albumId\", \"assetId\") VALUES ('%s', '%s')",
        test_id(cx, album), test_id(cx, asset));
}

static void become_partner(struct ctx *cx, uuid by, uuid with)
{
    test_sql(cx, "INSERT INTO partner (\"sharedById\", \"sharedWithId\") VALUES ('%s', '%s')",
        test_id(cx, by), test_id(cx, with));
}

static uuid photo(struct ctx *cx, uuid owner)
{
    const uuid id = test_asset(cx, owner, "IMAGE", test_id(cx, uuid_v4()));
    test_sql(
        cx, "INSERT INTO asset_exif (\"assetId\", city) VALUES ('%s', 'Graz')", test_id(cx, id));
    return id;
}

/* ---- the plain way ---- */

static void what_was_acknowledged_is_not_sent_again(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    photos(cx, alice, 3);
    photos(cx, test_user(cx, "bob"), 2);
    const struct requests *both = REQUESTS(EXIFS, ASSETS, ASSETS);

    str text = stream(cx, both);
    assert_kinds(cx, text, "AssetV2*3 AssetExifV1*3 SyncCompleteV1");
    assert_kinds(cx, stream(cx, both), "AssetV2*3 AssetExifV1*3 SyncCompleteV1");
    acknowledge(cx, text);
    assert_kinds(cx, stream(cx, both), "SyncCompleteV1");

    test_sql(cx, "UPDATE asset_exif SET city = 'Linz' WHERE \"assetId\" IN"
                 " (SELECT id FROM asset WHERE \"originalFileName\" = '2.jpg')");
    text = taken(cx, both);
    assert_kinds(cx, text, "AssetExifV1 SyncCompleteV1");
    assert_true(str_find(text, STR("\"city\":\"Linz\"")) > 0);
    test_sql(cx, "DELETE FROM asset WHERE \"originalFileName\" = '2.jpg' AND \"ownerId\" = '%s'",
        test_id(cx, alice));
    assert_kinds(cx, taken(cx, both), "AssetDeleteV1 SyncCompleteV1");
    assert_kinds(cx, taken(cx, both), "SyncCompleteV1");
}

static void a_library_is_sent_in_portions(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    photos(cx, alice, 3000);
    struct sync *s = begin(cx, REQUESTS(ASSETS, EXIFS));
    struct buf lines = {0};
    bool done;
    assert_ok(sync_more(cx, s, &lines, &done));
    assert_false(done);
    assert_kinds(cx, buf_str(&lines), "AssetV2*1000");
    buf_done(&lines);
    assert_kinds(cx, rest(cx, s), "AssetV2*2000 AssetExifV1*3000 SyncCompleteV1");
}

static void a_stream_that_broke_off_is_continued(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    photos(cx, alice, 2500);
    struct sync *s = begin(cx, REQUESTS(ASSETS));
    struct buf lines = {0};
    bool done;
    assert_ok(sync_more(cx, s, &lines, &done));
    acknowledge(cx, buf_str(&lines));
    buf_done(&lines);
    assert_kinds(cx, stream(cx, REQUESTS(ASSETS)), "AssetV2*1500 SyncCompleteV1");
}

static struct requests all_requests(void)
{
    struct requests all = {.n = 0};
    for (size_t i = 0; i < SyncRequestType_names.n; i++) {
        const str name = SyncRequestType_names.v[i];
        const bool gone = str_eq(name, STR("AssetsV1")) || str_eq(name, STR("PartnerAssetsV1")) ||
                          str_eq(name, STR("AlbumAssetsV1")) || str_eq(name, STR("AssetFacesV1"));
        if (!gone) all.v[all.n++] = (enum SyncRequestType)i;
    }
    return all;
}

/* What machines and users add to a photo, and its owner has besides. */
static void add_all_about(struct ctx *cx, const char *me, const char *id)
{
    test_sql(cx,
        "INSERT INTO memory (\"ownerId\", type, data, \"memoryAt\")"
        " VALUES ('%s', 'on_this_day', '{\"year\": 2020}', now())",
        me);
    test_sql(cx,
        "INSERT INTO memory_asset (\"memoriesId\", \"assetId\") SELECT id, '%s' FROM memory", id);
    test_sql(cx, "INSERT INTO person (\"ownerId\", \"birthDate\") VALUES ('%s', '1990-05-03')", me);
    test_sql(
        cx, "INSERT INTO asset_face (\"assetId\", \"personId\") SELECT '%s', id FROM person", id);
    test_sql(cx,
        "INSERT INTO asset_metadata (\"assetId\", key, value) VALUES ('%s', 'mobile-app', '{\"a\": "
        "1}')",
        id);
    test_sql(cx,
        "INSERT INTO asset_edit (\"assetId\", action, parameters, sequence)"
        " VALUES ('%s', 'rotate', '{\"angle\": 90}', 0)",
        id);
    test_sql(cx,
        "INSERT INTO asset_ocr (\"assetId\", x1, y1, x2, y2, x3, y3, x4, y4, \"boxScore\","
        " \"textScore\", text) VALUES ('%s', 0.5, 0, 0, 0, 0, 0, 0, 0, 1, 1, 'Halt')",
        id);
    test_sql(cx,
        "INSERT INTO user_metadata (\"userId\", key, value)"
        " VALUES ('%s', 'onboarding', '{\"isOnboarded\": true}'), ('%s', 'of-another-version', "
        "'{}')",
        me, me);
}

/* The audit rows are written by the statement that a client's own deletion is. */
static void delete_all_about(struct ctx *cx)
{
    test_sql(cx, "DELETE FROM stack");
    test_sql(cx, "DELETE FROM asset_ocr");
    test_sql(cx, "DELETE FROM asset_face");
    test_sql(cx, "DELETE FROM asset_edit");
    test_sql(cx, "DELETE FROM asset_metadata");
    test_sql(cx, "DELETE FROM person");
    test_sql(cx, "DELETE FROM memory_asset");
    test_sql(cx, "DELETE FROM user_metadata");
    test_sql(cx, "DELETE FROM album_asset");
}

static void every_kind_has_its_place(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    const struct requests all = all_requests();
    const uuid bob = test_user(cx, "bob"), theirs = photo(cx, bob), mine = photo(cx, alice);
    const char *me = test_id(cx, alice), *id = test_id(cx, mine);
    become_partner(cx, bob, alice);
    const uuid album = album_of(cx, alice);
    put(cx, album, mine);
    add_member(cx, album, bob);
    test_sql(cx,
        "INSERT INTO stack (\"primaryAssetId\", \"ownerId\") VALUES ('%s', '%s'), ('%s', '%s')", id,
        me, test_id(cx, theirs), test_id(cx, bob));
    add_all_about(cx, me, id);

    str text = taken(cx, &all);
    assert_kinds(cx, text,
        "AuthUserV1 UserV1*2 PartnerV1 AssetV2 StackV1 PartnerAssetV2 PartnerStackV1 SyncAckV1"
        " AlbumAssetCreateV2 AlbumV1 AlbumV2 AlbumUserV1*2 AlbumToAssetV1 AssetExifV1 SyncAckV1"
        " AlbumAssetExifCreateV1 AssetOcrV1 PartnerAssetExifV1 MemoryV1 MemoryToAssetV1 PersonV1"
        " AssetFaceV2 UserMetadataV1 AssetMetadataV1 AssetEditV1 SyncCompleteV1");
    assert_true(str_find(text, STR("\"birthDate\":\"1990-05-03T00:00:00.000Z\"")) > 0);
    assert_true(str_find(text, STR("\"data\":{\"year\": 2020}")) > 0);
    assert_kinds(cx, taken(cx, &all), "SyncCompleteV1");

    delete_all_about(cx);
    test_sql(cx, "DELETE FROM album_user WHERE \"userId\" = '%s'", test_id(cx, bob));
    text = taken(cx, &all);
    assert_kinds(cx, text,
        "AssetV2 StackDeleteV1 PartnerStackDeleteV1 AlbumUserDeleteV1"
        " AlbumToAssetDeleteV1 AssetOcrDeleteV1 MemoryToAssetDeleteV1 PersonDeleteV1"
        " AssetFaceDeleteV1 UserMetadataDeleteV1 AssetMetadataDeleteV1 AssetEditDeleteV1"
        " SyncCompleteV1");
    test_sql(cx, "DELETE FROM memory");
    test_sql(cx, "DELETE FROM album");
    test_sql(cx, "DELETE FROM asset");
    test_sql(cx, "DELETE FROM partner");
    test_sql(cx, "DELETE FROM \"user\" WHERE id = '%s'", test_id(cx, bob));
    assert_kinds(cx, taken(cx, &all),
        "UserDeleteV1 PartnerDeleteV1 AssetDeleteV1 AlbumDeleteV1*2 MemoryDeleteV1 SyncCompleteV1");
}

/* ---- while others write ---- */

/* What a phone would refuse: exif whose asset was changed after the stream began, and has yet to be
 * sent. */
static void an_asset_that_changes_amid_the_stream_is_sent(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    photos(cx, alice, 1500);
    struct sync *s = begin(cx, REQUESTS(ASSETS, EXIFS));
    struct buf lines = {0};
    bool done;
    assert_ok(sync_more(cx, s, &lines, &done));
    assert_kinds(cx, buf_str(&lines), "AssetV2*1000");
    test_sql(cx, "UPDATE asset SET \"isFavorite\" = true WHERE id ="
                 " (SELECT id FROM asset ORDER BY \"updateId\" DESC LIMIT 1)");
    const str tail = rest(cx, s);
    assert_kinds(cx, tail, "AssetV2*500 AssetExifV1*1500 SyncCompleteV1");
    assert_true(str_find(tail, STR("\"isFavorite\":true")) > 0);
    acknowledge(cx, buf_str(&lines));
    acknowledge(cx, tail);
    buf_done(&lines);
    /* Acknowledged up to the end of that stream only, so that nothing of that time is left out. */
    assert_kinds(cx, taken(cx, REQUESTS(ASSETS, EXIFS)), "AssetV2 SyncCompleteV1");
    assert_kinds(cx, taken(cx, REQUESTS(ASSETS, EXIFS)), "SyncCompleteV1");
}

/* On a connection of its own: within a transaction PostgreSQL shows the activity of its first look.
 */
static uuid now_of(struct ctx *cx)
{
    struct ctx outside = *cx;
    uuid now;
    outside.db = db_open(test_pool_, cx->arena);
    err e = sql_sync_now(&outside, &now);
    db_close(outside.db);
    assert_ok(e);
    return now;
}

static void a_stream_ends_before_the_oldest_transaction_that_writes(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    struct ctx other = *cx;
    db_close(cx->db); /* which writes too */
    other.db = db_open(test_pool_, cx->arena);
    assert_ok(db_begin(&other));
    const int64_t begun = when_now().us / 1000;
    pass_time();
    pass_time();
    const uuid reading = now_of(cx);
    test_sql(&other, "INSERT INTO system_metadata (key, value) VALUES ('sync-test', '{}')");
    const uuid writing = now_of(cx);
    db_close(other.db);
    const uuid after = now_of(cx);
    assert_true(id_ms(reading) > begun);
    assert_true(id_ms(writing) < begun);
    assert_true(id_ms(after) > begun);
}

static void set_complete(struct ctx *cx, uuid now, const char *requests)
{
    test_sql(cx,
        "UPDATE session_sync_checkpoint SET ack = 'SyncCompleteV1|%s%s'"
        " WHERE type = 'SyncCompleteV1'",
        test_id(cx, now), requests);
}

static void what_others_added_is_not_looked_through_again(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    photo(cx, alice);
    acknowledge(cx, stream(cx, REQUESTS(ASSETS)));
    photo(cx, alice);
    pass_time();
    uuid now;
    assert_ok(sql_sync_now(cx, &now));
    /* As if that stream had ended only now. */
    set_complete(cx, now, "|100");
    assert_kinds(cx, stream(cx, REQUESTS(ASSETS)), "SyncCompleteV1");
    /* It was about other kinds, or another server wrote it. */
    set_complete(cx, now, "|1");
    assert_kinds(cx, stream(cx, REQUESTS(ASSETS)), "AssetV2 SyncCompleteV1");
    set_complete(cx, now, "");
    assert_kinds(cx, stream(cx, REQUESTS(ASSETS)), "AssetV2 SyncCompleteV1");
    /* An app that drops a checkpoint wants all again. */
    set_complete(cx, now, "|100");
    test_sql(cx, "DELETE FROM session_sync_checkpoint WHERE type = 'AssetV2'");
    assert_kinds(cx, stream(cx, REQUESTS(ASSETS)), "AssetV2*2 SyncCompleteV1");
}

/* ---- shares ---- */

#define PARTNER_REQUESTS                                                                           \
    REQUESTS(SYNC_REQUEST_TYPE_PARTNERS_V1, SYNC_REQUEST_TYPE_PARTNER_ASSETS_V2,                   \
        SYNC_REQUEST_TYPE_PARTNER_ASSET_EXIFS_V1)

static void a_new_partner_is_sent_whole(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    const uuid bob = test_user(cx, "bob"), eve = test_user(cx, "eve"), zoe = test_user(cx, "zoe");
    photo(cx, eve);
    photo(cx, zoe);
    photo(cx, eve);
    photo(cx, bob);
    become_partner(cx, bob, alice);
    assert_kinds(cx, taken(cx, PARTNER_REQUESTS),
        "PartnerV1 PartnerAssetV2 PartnerAssetExifV1 SyncCompleteV1");

    pass_time();
    become_partner(cx, eve, alice);
    pass_time();
    become_partner(cx, zoe, alice);
    become_partner(cx, alice, eve); /* is nothing that alice gets */
    photo(cx, eve);
    str text = stream(cx, PARTNER_REQUESTS);
    assert_kinds(cx, text,
        "PartnerV1*3 PartnerAssetBackfillV2*2 SyncAckV1 PartnerAssetBackfillV2 SyncAckV1"
        " PartnerAssetV2 PartnerAssetExifBackfillV1*2 SyncAckV1 PartnerAssetExifBackfillV1 "
        "SyncAckV1"
        " PartnerAssetExifV1 SyncCompleteV1");
    /* The first row of eve was stored, then the connection broke. */
    str line, left = text;
    for (int i = 0; i < 4; i++)
        assert_true(next_line(&left, &line));
    acknowledge(cx, line);
    assert_kinds(cx, taken(cx, REQUESTS(SYNC_REQUEST_TYPE_PARTNER_ASSETS_V2)),
        "PartnerAssetBackfillV2 SyncAckV1 PartnerAssetBackfillV2 SyncAckV1 PartnerAssetV2 "
        "SyncCompleteV1");
    acknowledge(cx, text);
    assert_kinds(cx, taken(cx, PARTNER_REQUESTS), "SyncCompleteV1");
}

/* Compat: locked photos are their owner's alone. */
static void a_partner_loses_what_is_locked(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    const uuid bob = test_user(cx, "bob");
    uuid id = photo(cx, bob);
    photo(cx, bob);
    become_partner(cx, bob, alice);
    const struct requests *requests = PARTNER_REQUESTS;
    assert_kinds(
        cx, taken(cx, requests), "PartnerV1 PartnerAssetV2*2 PartnerAssetExifV1*2 SyncCompleteV1");
    test_sql(cx, "UPDATE asset SET visibility = 'locked' WHERE id = '%s'", test_id(cx, id));
    test_sql(cx, "UPDATE asset_exif SET city = 'Wels' WHERE \"assetId\" = '%s'", test_id(cx, id));
    const str text = taken(cx, requests);
    assert_kinds(cx, text, "PartnerAssetDeleteV1 SyncCompleteV1");
    assert_true(str_find(text, uuid_str(cx->arena, id)) > 0);
    assert_ok(sql_asset_set_row(cx, (struct list_uuid){&id, 1}, NOTHING(bool),
        (struct opt_AssetVisibility){PRESENT, ASSET_VISIBILITY_TIMELINE}, false, NOTHING(uuid),
        false, NOTHING(uuid)));
    assert_kinds(cx, taken(cx, requests), "PartnerAssetV2 PartnerAssetExifV1 SyncCompleteV1");
}

#define ALBUM_REQUESTS                                                                             \
    REQUESTS(SYNC_REQUEST_TYPE_ALBUMS_V2, SYNC_REQUEST_TYPE_ALBUM_USERS_V1,                        \
        SYNC_REQUEST_TYPE_ALBUM_ASSETS_V2, SYNC_REQUEST_TYPE_ALBUM_TO_ASSETS_V1,                   \
        SYNC_REQUEST_TYPE_ALBUM_ASSET_EXIFS_V1)

static void an_album_that_is_shared_later_is_sent_whole(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    const uuid bob = test_user(cx, "bob"), old = album_of(cx, bob), first = photo(cx, bob);
    put(cx, old, first);
    put(cx, old, photo(cx, bob));
    const uuid album = album_of(cx, alice);
    put(cx, album, photo(cx, alice));
    assert_kinds(cx, taken(cx, ALBUM_REQUESTS),
        "SyncAckV1 AlbumAssetCreateV2 AlbumV2 AlbumUserV1 AlbumToAssetV1 SyncAckV1"
        " AlbumAssetExifCreateV1 SyncCompleteV1");
    assert_kinds(cx, taken(cx, ALBUM_REQUESTS), "SyncCompleteV1");

    add_member(cx, old, alice);
    assert_kinds(cx, taken(cx, ALBUM_REQUESTS),
        "AlbumAssetBackfillV2*2 SyncAckV1 AlbumV2 AlbumUserBackfillV1 SyncAckV1 AlbumUserV1"
        " AlbumToAssetBackfillV1*2 SyncAckV1 AlbumAssetExifBackfillV1*2 SyncAckV1 SyncCompleteV1");
    assert_kinds(cx, taken(cx, ALBUM_REQUESTS), "SyncCompleteV1");

    /* Once, though it is in two of her albums. */
    put(cx, album, first);
    taken(cx, ALBUM_REQUESTS);
    test_sql(cx, "UPDATE asset SET \"isFavorite\" = true WHERE id = '%s'", test_id(cx, first));
    test_sql(
        cx, "UPDATE asset_exif SET city = 'Wels' WHERE \"assetId\" = '%s'", test_id(cx, first));
    const str text = taken(cx, ALBUM_REQUESTS);
    assert_kinds(cx, text, "AlbumAssetUpdateV2 AlbumAssetExifUpdateV1 SyncCompleteV1");
    assert_true(str_find(text, STR("\"isFavorite\":false")) > 0); /* bob's favourite */

    test_sql(cx, "DELETE FROM album_user WHERE \"albumId\" = '%s' AND \"userId\" = '%s'",
        test_id(cx, old), test_id(cx, alice));
    assert_kinds(cx, taken(cx, ALBUM_REQUESTS), "AlbumDeleteV1 SyncCompleteV1");
}

/* Compat: a locked photo that another program left in an album. Neither its link nor its cover may
 * be sent without it. */
static void an_album_shows_nothing_locked(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    const uuid bob = test_user(cx, "bob"), album = album_of(cx, bob), id = photo(cx, bob);
    put(cx, album, id);
    add_member(cx, album, alice);
    test_sql(cx, "UPDATE album SET \"albumThumbnailAssetId\" = '%s'", test_id(cx, id));
    str text = stream(cx, ALBUM_REQUESTS);
    assert_kinds(cx, text,
        "SyncAckV1 AlbumAssetCreateV2 AlbumV2 AlbumUserV1*2 AlbumToAssetV1 SyncAckV1"
        " AlbumAssetExifCreateV1 SyncCompleteV1");
    assert_true(str_find(text, STR("\"thumbnailAssetId\":null")) < 0);
    test_sql(cx, "UPDATE asset SET visibility = 'locked'");
    text = stream(cx, ALBUM_REQUESTS);
    assert_kinds(cx, text, "AlbumV2 AlbumUserV1*2 SyncCompleteV1");
    assert_true(str_find(text, STR("\"thumbnailAssetId\":null")) > 0);
}

/* ---- acknowledging ---- */

static fallible send_acks(struct ctx *cx, str *acks, size_t n)
{
    return op_sendSyncAck(cx, &(struct sendSyncAck_in){.body.acks = {acks, n}});
}

static str acks_of(struct ctx *cx)
{
    struct list_SyncAckDto acks;
    struct buf out = {0};
    assert_ok(op_getSyncAck(cx, &acks));
    for (size_t i = 0; i < acks.n; i++) {
        assert_true(str_starts(acks.v[i].ack, SyncEntityType_names.v[acks.v[i].type]));
        if (i) buf_add_char(&out, ' ');
        buf_add(&out, acks.v[i].ack);
    }
    return buf_take(&out, cx->arena);
}

static void the_last_of_each_kind_is_kept(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    str acks[] = {STR("PersonV1|2"), STR("PartnerV1|9"), STR("PersonV1|1|x|y")};
    assert_str(acks_of(cx), "");
    assert_ok(send_acks(cx, acks, 3));
    assert_str(acks_of(cx), "PartnerV1|9 PersonV1|1|x|y");
    assert_ok(send_acks(cx, acks, 1));
    assert_str(acks_of(cx), "PartnerV1|9 PersonV1|2");
    assert_ok(send_acks(cx, acks, 0));

    str unknown[] = {STR("PersonV1|3"), STR("NopeV1|x")};
    err e = send_acks(cx, unknown, 2);
    assert_fails(e, BAD_REQUEST);
    assert_string_equal(e->message, "Invalid ack type: NopeV1");
    assert_str(acks_of(cx), "PartnerV1|9 PersonV1|2");

    str reset[] = {STR("PersonV1|3"), STR("SyncResetV1|reset"), STR("NopeV1|x")};
    assert_ok(send_acks(cx, reset, 3));
    assert_str(acks_of(cx), "");
}

static void checkpoints_are_dropped_by_kind_or_all(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    str acks[] = {STR("PersonV1|2"), STR("PartnerV1|9"), STR("AlbumV1|1")};
    assert_ok(send_acks(cx, acks, 3));
    /* Another device of hers keeps its own. */
    const uuid first = cx->auth->session;
    struct auth *auth = test_sign_in(cx, alice);
    auth->session = uuid_v4();
    test_sql(cx, "INSERT INTO session (id, token, \"userId\") VALUES ('%s', '\\x01', '%s')",
        test_id(cx, auth->session), test_id(cx, alice));
    assert_ok(send_acks(cx, acks, 1));

    struct deleteSyncAck_in in = {0};
    enum SyncEntityType types[] = {SYNC_ENTITY_TYPE_PERSON_V1, SYNC_ENTITY_TYPE_ASSET_FACE_V1};
    assert_ok(op_deleteSyncAck(cx, &in));
    assert_str(acks_of(cx), "");
    auth->session = first;
    in.body.types = SOME(list_SyncEntityType, ((struct list_SyncEntityType){types, 2}));
    assert_ok(op_deleteSyncAck(cx, &in));
    assert_str(acks_of(cx), "AlbumV1|1 PartnerV1|9");
}

static void assert_refused(err e)
{
    assert_fails(e, FORBIDDEN);
    assert_string_equal(e->message, "Sync endpoints cannot be used with API keys");
}

static void api_keys_do_not_synchronise(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    struct auth *auth = test_sign_in(cx, alice);
    auth->kind = AUTH_API_KEY;
    struct list_SyncAckDto acks;
    const struct getSyncStream_in in = {0};
    assert_refused(op_getSyncStream(cx, &in, NULL));
    assert_refused(op_getSyncAck(cx, &acks));
    assert_refused(send_acks(cx, NULL, 0));
    assert_refused(op_deleteSyncAck(cx, &(struct deleteSyncAck_in){0}));
}

/* ---- beginning anew ---- */

static void a_session_that_must_begin_anew_is_told_so(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    photo(cx, alice);
    const struct requests *requests = REQUESTS(ASSETS);
    taken(cx, requests);
    test_sql(cx, "UPDATE session SET \"isPendingSyncReset\" = true");
    str text = stream(cx, requests);
    assert_kinds(cx, text, "SyncResetV1");
    assert_true(str_find(text, STR("\"ack\":\"SyncResetV1|reset\"")) > 0);
    acknowledge(cx, text);
    assert_kinds(cx, taken(cx, requests), "AssetV2 SyncCompleteV1");

    test_sql(cx, "UPDATE session_sync_checkpoint SET ack ="
                 " 'SyncCompleteV1|' || immich_uuid_v7(now() - interval '29 days')"
                 " WHERE type = 'SyncCompleteV1'");
    assert_kinds(cx, stream(cx, requests), "SyncCompleteV1");
    test_sql(cx, "UPDATE session_sync_checkpoint SET ack ="
                 " 'SyncCompleteV1|' || immich_uuid_v7(now() - interval '31 days')"
                 " WHERE type = 'SyncCompleteV1'");
    assert_kinds(cx, stream(cx, requests), "SyncResetV1");

    enum SyncRequestType assets = ASSETS;
    struct sync *s;
    assert_ok(sync_begin(
        cx, &(struct SyncStreamDto){.types = {&assets, 1}, .reset = SOME(bool, true)}, &s));
    assert_kinds(cx, rest(cx, s), "AssetV2 SyncCompleteV1");
}

static void kinds_that_are_gone_are_refused(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    enum SyncRequestType types[] = {ASSETS, SYNC_REQUEST_TYPE_ASSET_FACES_V1};
    struct sync *s;
    err e = sync_begin(cx, &(struct SyncStreamDto){.types = {types, 2}}, &s);
    assert_fails(e, BAD_REQUEST);
    assert_string_equal(e->message,
        "SyncRequestType.AssetFacesV1 is deprecated, use SyncRequestType.AssetFacesV2 instead");
    assert_kinds(cx, stream(cx, &(struct requests){.n = 0}), "SyncCompleteV1");
}

static void a_checkpoint_that_makes_no_sense_is_none(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    photo(cx, alice);
    taken(cx, REQUESTS(ASSETS));
    test_sql(
        cx, "UPDATE session_sync_checkpoint SET ack = 'AssetV2|nonsense' WHERE type = 'AssetV2'");
    assert_kinds(cx, stream(cx, REQUESTS(ASSETS)), "AssetV2 SyncCompleteV1");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(what_was_acknowledged_is_not_sent_again),
        TEST(a_library_is_sent_in_portions),
        TEST(a_stream_that_broke_off_is_continued),
        TEST(every_kind_has_its_place),
        TEST(an_asset_that_changes_amid_the_stream_is_sent),
        TEST(a_stream_ends_before_the_oldest_transaction_that_writes),
        TEST(what_others_added_is_not_looked_through_again),
        TEST(a_new_partner_is_sent_whole),
        TEST(a_partner_loses_what_is_locked),
        TEST(an_album_that_is_shared_later_is_sent_whole),
        TEST(an_album_shows_nothing_locked),
        TEST(the_last_of_each_kind_is_kept),
        TEST(checkpoints_are_dropped_by_kind_or_all),
        TEST(api_keys_do_not_synchronise),
        TEST(a_session_that_must_begin_anew_is_told_so),
        TEST(kinds_that_are_gone_are_refused),
        TEST(a_checkpoint_that_makes_no_sense_is_none),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
