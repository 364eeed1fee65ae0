#include "app/test.h"
#include "gen/api.h"

/* An album of Alice and Bob with one photo in it. */
struct scene {
    uuid alice, bob, album, photo;
};

static struct scene make_scene(struct ctx *cx)
{
    struct scene s = {test_user(cx, "alice"), test_user(cx, "bob"), uuid_v4(), uuid_v4()};
    s.photo = test_asset(cx, s.alice, "IMAGE", "/data/a.jpg");
    test_sql(cx,
        "INSERT INTO album (id) VALUES ('%1$s');"
        "INSERT INTO album_asset (\"albumId\", \"assetId\") VALUES ('%1$s', '%2$s');"
        "INSERT INTO album_user (\"albumId\", \"userId\", role)"
        " VALUES ('%1$s', '%3$s', 'owner'), ('%1$s', '%4$s', 'viewer')",
        test_id(cx, s.album), test_id(cx, s.photo), test_id(cx, s.alice), test_id(cx, s.bob));
    return s;
}

static struct ActivityResponseDto create(struct ctx *cx, uuid user, struct ActivityCreateDto dto)
{
    struct ActivityResponseDto out;
    test_sign_in(cx, user);
    cx->reply->status = 0;
    assert_ok(op_createActivity(cx, &(struct createActivity_in){.body = dto}, &out));
    return out;
}

static struct ActivityCreateDto like(uuid album)
{
    return (struct ActivityCreateDto){.albumId = album, .type = REACTION_TYPE_LIKE};
}

static struct ActivityCreateDto comment(uuid album, const char *text)
{
    return (struct ActivityCreateDto){
        .albumId = album, .type = REACTION_TYPE_COMMENT, .comment = SOME(str, str_from(text))};
}

static struct ActivityCreateDto on(uuid asset, struct ActivityCreateDto dto)
{
    dto.assetId = SOME(uuid, asset);
    return dto;
}

static size_t count(struct ctx *cx, struct getActivities_in in)
{
    struct list_ActivityResponseDto found;
    assert_ok(op_getActivities(cx, &in, &found));
    return found.n;
}

static void comments_pile_up_and_a_like_stays_one(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const struct ActivityResponseDto said = create(cx, s.bob, comment(s.album, "nice"));
    assert_int_equal(said.type, REACTION_TYPE_COMMENT);
    assert_true(str_eq(said.comment.v, STR("nice")));
    assert_int_not_equal(said.assetId.is, PRESENT);
    assert_true(uuid_eq(said.user.id, s.bob));
    assert_true(str_eq(said.user.email, STR("bob@example.com")));
    create(cx, s.bob, comment(s.album, "nice"));

    const struct ActivityResponseDto liked = create(cx, s.bob, like(s.album));
    assert_int_not_equal(cx->reply->status, 200);
    assert_int_equal(liked.type, REACTION_TYPE_LIKE);
    assert_int_not_equal(liked.comment.is, PRESENT);
    assert_true(uuid_eq(create(cx, s.bob, like(s.album)).id, liked.id));
    assert_int_equal(cx->reply->status, 200);
    /* Others, and other things, are liked for themselves. */
    assert_false(uuid_eq(create(cx, s.alice, like(s.album)).id, liked.id));
    const struct ActivityResponseDto photo = create(cx, s.bob, on(s.photo, like(s.album)));
    assert_false(uuid_eq(photo.id, liked.id));
    assert_true(uuid_eq(create(cx, s.bob, on(s.photo, like(s.album))).id, photo.id));
    assert_sql(cx, "5", "SELECT count(*) FROM activity");
}

static void activities_are_filtered(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    create(cx, s.bob, comment(s.album, "1"));
    create(cx, s.alice, on(s.photo, comment(s.album, "2")));
    create(cx, s.bob, on(s.photo, like(s.album)));
    const struct getActivities_in all = {.albumId = s.album};
    struct getActivities_in in = all;
    assert_int_equal(count(cx, in), 3);
    in.type = (struct opt_ReactionType){PRESENT, REACTION_TYPE_LIKE};
    assert_int_equal(count(cx, in), 1);
    in = all;
    in.userId = SOME(uuid, s.bob);
    assert_int_equal(count(cx, in), 2);
    in = all;
    in.assetId = SOME(uuid, s.photo);
    assert_int_equal(count(cx, in), 2);
    in.level = (struct opt_ReactionLevel){PRESENT, REACTION_LEVEL_ASSET};
    assert_int_equal(count(cx, in), 2);
    in.level.v = REACTION_LEVEL_ALBUM; /* the asset does not count then */
    assert_int_equal(count(cx, in), 1);
    assert_int_equal(count(cx, (struct getActivities_in){.albumId = uuid_v4()}), 0);
}

static void the_oldest_comes_first(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    create(cx, s.bob, comment(s.album, "later"));
    const uuid first = create(cx, s.alice, comment(s.album, "first")).id;
    test_sql(
        cx, "UPDATE activity SET \"createdAt\" = '2020-01-01' WHERE id = '%s'", test_id(cx, first));
    struct list_ActivityResponseDto found;
    assert_ok(op_getActivities(cx, &(struct getActivities_in){.albumId = s.album}, &found));
    assert_true(uuid_eq(found.v[0].id, first));
}

static void what_is_gone_does_not_count(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    create(cx, s.bob, comment(s.album, "1"));
    create(cx, s.alice, on(s.photo, comment(s.album, "2")));
    create(cx, s.alice, on(s.photo, like(s.album)));
    const struct getActivityStatistics_in all = {.albumId = s.album};
    const struct getActivityStatistics_in photo = {s.album, SOME(uuid, s.photo)};
    struct ActivityStatisticsResponseDto n;
    assert_ok(op_getActivityStatistics(cx, &all, &n));
    assert_true(n.comments == 2 && n.likes == 1);
    assert_ok(op_getActivityStatistics(cx, &photo, &n));
    assert_true(n.comments == 1 && n.likes == 1);

    static const char *const states[] = {"\"deletedAt\" = now()", "visibility = 'locked'"};
    for (size_t i = 0; i < 2; i++) {
        test_sql(cx, "UPDATE asset SET \"deletedAt\" = NULL, visibility = 'timeline'");
        test_sql(cx, "UPDATE asset SET %s", states[i]);
        assert_ok(op_getActivityStatistics(cx, &all, &n));
        assert_true(n.comments == 1 && n.likes == 0);
        assert_int_equal(count(cx, (struct getActivities_in){.albumId = s.album}), 1);
    }
    test_sql(cx, "UPDATE \"user\" SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, s.bob));
    assert_ok(op_getActivityStatistics(cx, &all, &n));
    assert_int_equal(n.comments, 0);
    assert_int_equal(count(cx, (struct getActivities_in){.albumId = s.album}), 0);
}

static void an_asset_outside_the_album_is_refused(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid outside = test_asset(cx, s.alice, "IMAGE", "/data/b.jpg");
    struct ActivityResponseDto out;
    const struct createActivity_in in = {.body = on(outside, like(s.album))};
    test_sign_in(cx, s.alice);
    assert_fails(op_createActivity(cx, &in, &out), BAD_REQUEST);
}

static void an_activity_is_deleted(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid id = create(cx, s.bob, like(s.album)).id;
    assert_ok(op_deleteActivity(cx, &(struct deleteActivity_in){.id = id}));
    assert_sql(cx, "0", "SELECT count(*) FROM activity");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(comments_pile_up_and_a_like_stays_one),
        TEST(activities_are_filtered),
        TEST(the_oldest_comes_first),
        TEST(what_is_gone_does_not_count),
        TEST(an_asset_outside_the_album_is_refused),
        TEST(an_activity_is_deleted),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
