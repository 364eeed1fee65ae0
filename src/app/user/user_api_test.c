#include "app/test.h"
#include "auth/secret.h"
#include "config/config.h"
#include "config/env.h"
#include "gen/api.h"

#include "core/banned.h"

static struct env env;
static struct config_store *store;

static int make_all(void **state)
{
    if (env_load(&env) || config_store_new(&store, &env)) return -1;
    return test_migrate(state);
}

static int remove_all(void **state)
{
    config_store_free(store);
    return test_end(state);
}

static int open_test(void **state)
{
    test_open(state);
    struct ctx *cx = *state;
    cx->app->env = &env;
    cx->app->config = store;
    cx->config = config_acquire(store);
    return 0;
}

static int close_test(void **state)
{
    struct ctx *cx = *state;
    config_release(store, cx->config);
    return test_close(state);
}

/* What a request sees that begins when this is stored; "" for nothing. */
static void configure(struct ctx *cx, const char *json)
{
    test_sql(cx, "DELETE FROM system_metadata WHERE key = 'system-config'");
    if (*json)
        test_sql(
            cx, "INSERT INTO system_metadata (key, value) VALUES ('system-config', '%s')", json);
    assert_ok(config_refresh(cx, store));
    config_release(store, cx->config);
    cx->config = config_acquire(store);
}

static void users_may_be_hidden_from_each_other(void **state)
{
    struct ctx *cx = *state;
    const uuid ann = test_user(cx, "ann");
    test_user(cx, "bo");
    struct auth *auth = test_sign_in(cx, ann);
    struct list_UserResponseDto seen;
    assert_ok(op_searchUsers(cx, &seen));
    assert_int_equal(seen.n, 2);

    configure(cx, "{\"server\": {\"publicUsers\": false}}");
    assert_ok(op_searchUsers(cx, &seen));
    assert_int_equal(seen.n, 1);
    assert_true(uuid_eq(seen.v[0].id, ann));
    auth->is_admin = true;
    assert_ok(op_searchUsers(cx, &seen));
    assert_int_equal(seen.n, 2);
    configure(cx, "");
}

static void the_deleted_are_gone(void **state)
{
    struct ctx *cx = *state;
    const uuid bo = test_user(cx, "bo");
    test_sign_in(cx, test_user(cx, "ann"));
    struct UserResponseDto one;
    struct list_UserResponseDto all;
    assert_ok(op_getUser(cx, &(struct getUser_in){.id = bo}, &one));
    assert_str(one.name, "bo");
    test_sql(cx, "UPDATE \"user\" SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, bo));
    assert_fails(op_getUser(cx, &(struct getUser_in){.id = bo}, &one), BAD_REQUEST);
    assert_ok(op_searchUsers(cx, &all));
    assert_int_equal(all.n, 1);
}

static void a_colour_is_chosen_and_taken_back(void **state)
{
    struct ctx *cx = *state;
    const uuid ann = test_user(cx, "ann");
    test_sign_in(cx, ann);
    struct updateMyUser_in in = {.body.avatarColor = {PRESENT, USER_AVATAR_COLOR_GRAY}};
    struct UserAdminResponseDto out;
    assert_ok(op_updateMyUser(cx, &in, &out));
    assert_int_equal(out.avatarColor, USER_AVATAR_COLOR_GRAY);

    in = (struct updateMyUser_in){.body.name = SOME(str, STR("Ann B"))};
    assert_ok(op_updateMyUser(cx, &in, &out));
    assert_int_equal(out.avatarColor, USER_AVATAR_COLOR_GRAY);
    assert_str(out.name, "Ann B");

    in = (struct updateMyUser_in){.body.avatarColor = {.is = IS_NULL}};
    assert_ok(op_updateMyUser(cx, &in, &out));
    assert_sql(
        cx, "null", "SELECT \"avatarColor\" FROM \"user\" WHERE id = '%s'", test_id(cx, ann));
}

static void an_address_belongs_to_one_who_is_not_deleted(void **state)
{
    struct ctx *cx = *state;
    const uuid bo = test_user(cx, "bo");
    test_sign_in(cx, test_user(cx, "ann"));
    const struct updateMyUser_in in = {.body.email = SOME(str, STR("bo@example.com"))};
    struct UserAdminResponseDto out;
    err e = op_updateMyUser(cx, &in, &out);
    assert_fails(e, BAD_REQUEST);
    assert_string_equal(e->message, "Email is not available");
    test_sql(
        cx, "UPDATE \"user\" SET email = 'other@example.com' WHERE id = '%s'", test_id(cx, bo));
    assert_ok(op_updateMyUser(cx, &in, &out));
    assert_str(out.email, "bo@example.com");
}

static void a_password_set_that_way_need_not_be_changed_again(void **state)
{
    struct ctx *cx = *state;
    const uuid ann = test_user(cx, "ann");
    test_sign_in(cx, ann);
    const struct updateMyUser_in in = {.body.password = SOME(str, STR("correct horse"))};
    struct UserAdminResponseDto out;
    assert_ok(op_updateMyUser(cx, &in, &out));
    assert_false(out.shouldChangePassword);
    const str hash = test_text(cx, STR("SELECT password FROM \"user\""));
    assert_true(password_matches(cx->arena, STR("correct horse"), hash));
}

static void preferences_are_stored_as_differences(void **state)
{
    struct ctx *cx = *state;
    test_sign_in(cx, test_user(cx, "ann"));
    struct UserPreferencesResponseDto out;
    struct MemoriesUpdate memories = {.enabled = SOME(bool, false)};
    struct updateMyPreferences_in in = {.body.memories = {PRESENT, memories}};
    assert_ok(op_updateMyPreferences(cx, &in, &out));
    assert_false(out.memories.enabled);
    assert_int_equal(out.memories.duration, 5);
    assert_sql(cx, "{\"memories\": {\"enabled\": false}}", "SELECT value FROM user_metadata");

    /* Back to what it was: nothing differs any more. */
    in.body.memories.v.enabled = SOME(bool, true);
    assert_ok(op_updateMyPreferences(cx, &in, &out));
    assert_sql(cx, "{}", "SELECT value FROM user_metadata");

    test_sql(cx, "UPDATE user_metadata SET value = '[]'"); /* what others wrote */
    assert_ok(op_getMyPreferences(cx, &out));
    assert_true(out.memories.enabled);
}

static void onboarding_is_done_only_when_it_says_so(void **state)
{
    struct ctx *cx = *state;
    const uuid ann = test_user(cx, "ann");
    test_sign_in(cx, ann);
    struct OnboardingResponseDto out;
    assert_ok(op_getUserOnboarding(cx, &out));
    assert_false(out.isOnboarded);
    assert_ok(
        op_setUserOnboarding(cx, &(struct setUserOnboarding_in){.body.isOnboarded = true}, &out));
    assert_ok(op_getUserOnboarding(cx, &out));
    assert_true(out.isOnboarded);
    test_sql(cx, "UPDATE user_metadata SET value = '{\"isOnboarded\": \"yes\"}'");
    assert_ok(op_getUserOnboarding(cx, &out));
    assert_false(out.isOnboarded);
}

static struct createUserAdmin_in account(str label)
{
    return (struct createUserAdmin_in){.body = {.email = STR("cy@example.com"),
                                           .name = STR("Cy"),
                                           .password = STR("correct horse"),
                                           .storageLabel = SOME(str, label),
                                           .pinCode = SOME(str, STR("123456"))}};
}

static void an_account_has_a_folder_name_and_a_pin_that_can_be_used(void **state)
{
    struct ctx *cx = *state;
    const struct createUserAdmin_in in = account(STR("../a.b/c"));
    struct UserAdminResponseDto out;
    assert_ok(op_createUserAdmin(cx, &in, &out));
    assert_str(out.storageLabel.v, "abc");
    assert_false(out.isAdmin);
    assert_true(out.shouldChangePassword);
    const str pin = test_text(cx, STR("SELECT \"pinCode\" FROM \"user\""));
    assert_true(password_matches(cx->arena, STR("123456"), pin));
    assert_fails(op_createUserAdmin(cx, &in, &out), BAD_REQUEST);
}

static void an_account_without_a_password_needs_oauth(void **state)
{
    struct ctx *cx = *state;
    struct createUserAdmin_in in = account(STR(".."));
    struct UserAdminResponseDto out;
    in.body.password = STR("");
    assert_fails(op_createUserAdmin(cx, &in, &out), BAD_REQUEST);
    configure(cx, "{\"oauth\": {\"enabled\": true}}");
    assert_ok(op_createUserAdmin(cx, &in, &out));
    assert_int_equal(out.storageLabel.is, IS_NULL); /* nothing was left of it */
    assert_sql(cx, "", "SELECT password FROM \"user\"");
    configure(cx, "");
}

static void a_deleted_user_takes_the_albums_along(void **state)
{
    struct ctx *cx = *state;
    const uuid bo = test_user(cx, "bo");
    test_sign_in(cx, test_user(cx, "ann"));
    test_sql(cx,
        "WITH made AS (INSERT INTO album (\"albumName\") VALUES ('own'), ('shared') RETURNING *)"
        " INSERT INTO album_user (\"albumId\", \"userId\", role) SELECT id, '%s',"
        " (CASE \"albumName\" WHEN 'own' THEN 'owner' ELSE 'editor' END)::album_user_role_enum"
        " FROM made",
        test_id(cx, bo));
    struct deleteUserAdmin_in in = {.id = bo};
    struct UserAdminResponseDto out;
    assert_ok(op_deleteUserAdmin(cx, &in, &out));
    assert_int_equal(out.status, USER_STATUS_DELETED);
    assert_sql(cx, "own", "SELECT \"albumName\" FROM album WHERE \"deletedAt\" IS NOT NULL");
    assert_sql(cx, "0", "SELECT count(*) FROM tintype.job");
    assert_fails(op_deleteUserAdmin(cx, &in, &out), BAD_REQUEST);
}

static void removal_for_good_is_a_job(void **state)
{
    struct ctx *cx = *state;
    const uuid bo = test_user(cx, "bo");
    const uuid ann = test_user(cx, "ann");
    test_sign_in(cx, ann);
    struct deleteUserAdmin_in in = {.id = bo, .body.force = SOME(bool, true)};
    struct UserAdminResponseDto out;
    assert_ok(op_deleteUserAdmin(cx, &in, &out));
    assert_int_equal(out.status, USER_STATUS_REMOVING);
    assert_sql(cx, "UserDelete", "SELECT name FROM tintype.job");
    in.id = ann;
    assert_fails(op_deleteUserAdmin(cx, &in, &out), FORBIDDEN);
}

static fallible update(struct ctx *cx, uuid id, struct UserAdminUpdateDto body)
{
    struct UserAdminResponseDto out;
    const struct updateUserAdmin_in in = {.id = id, .body = body};
    return op_updateUserAdmin(cx, &in, &out);
}

static void an_administrator_changes_what_is_given(void **state)
{
    struct ctx *cx = *state;
    const uuid bo = test_user(cx, "bo");
    test_sign_in(cx, test_user(cx, "ann"))->is_admin = true;
    assert_ok(update(cx, bo,
        (struct UserAdminUpdateDto){.storageLabel = SOME(str, STR("b.o/1")),
            .quotaSizeInBytes = SOME(int, 5),
            .pinCode = SOME(str, STR("123456"))}));
    assert_sql(cx, "bo1 5 bo $2b$",
        "SELECT concat_ws(' ', \"storageLabel\", \"quotaSizeInBytes\", name, left(\"pinCode\", 4))"
        " FROM \"user\" WHERE id = '%s'",
        test_id(cx, bo));
    assert_ok(update(cx, bo,
        (struct UserAdminUpdateDto){.storageLabel = SOME(str, STR("")),
            .quotaSizeInBytes.is = IS_NULL,
            .pinCode.is = IS_NULL,
            .name = SOME(str, STR("Bob"))}));
    assert_sql(cx, "Bob",
        "SELECT concat_ws(' ', \"storageLabel\", \"quotaSizeInBytes\", name, \"pinCode\")"
        " FROM \"user\" WHERE id = '%s'",
        test_id(cx, bo));
}

static void a_new_quota_begins_with_what_is_there(void **state)
{
    struct ctx *cx = *state;
    const uuid bo = test_user(cx, "bo");
    test_sign_in(cx, test_user(cx, "ann"))->is_admin = true;
    const uuid photo = test_asset(cx, bo, "IMAGE", "/p/1.jpg");
    test_sql(cx, "INSERT INTO asset_exif (\"assetId\", \"fileSizeInByte\") VALUES ('%s', 77)",
        test_id(cx, photo));
    test_sql(cx, "UPDATE \"user\" SET \"quotaUsageInBytes\" = 5");
    assert_ok(update(cx, bo, (struct UserAdminUpdateDto){.quotaSizeInBytes = SOME(int, 100)}));
    assert_sql(
        cx, "77", "SELECT \"quotaUsageInBytes\" FROM \"user\" WHERE id = '%s'", test_id(cx, bo));
}

static void what_an_administrator_cannot_change(void **state)
{
    struct ctx *cx = *state;
    const uuid ann = test_user(cx, "ann"), bo = test_user(cx, "bo");
    test_sign_in(cx, ann)->is_admin = true;
    assert_ok(update(cx, ann, (struct UserAdminUpdateDto){.storageLabel = SOME(str, STR("a"))}));
    err e = update(cx, bo, (struct UserAdminUpdateDto){.email = SOME(str, STR("ann@example.com"))});
    assert_fails(e, BAD_REQUEST);
    assert_string_equal(e->message, "Email is not available");
    e = update(cx, ann, (struct UserAdminUpdateDto){.isAdmin = SOME(bool, false)});
    assert_fails(e, BAD_REQUEST);
    assert_string_equal(e->message, "Admin status can only be changed by another admin");
    test_sql(cx, "UPDATE \"user\" SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, bo));
    assert_fails(
        update(cx, bo, (struct UserAdminUpdateDto){.name = SOME(str, STR("Bob"))}), BAD_REQUEST);
    test_sql(cx, "UPDATE \"user\" SET \"deletedAt\" = NULL");
    e = update(cx, bo, (struct UserAdminUpdateDto){.storageLabel = SOME(str, STR("a"))});
    assert_fails(e, BAD_REQUEST);
    assert_string_equal(e->message, "Storage label already in use by another account");
}

static void an_account_comes_back_with_its_albums(void **state)
{
    struct ctx *cx = *state;
    const uuid bo = test_user(cx, "bo");
    test_sign_in(cx, test_user(cx, "ann"));
    test_sql(cx, "INSERT INTO album (id, \"albumName\") VALUES ('%s', 'Sea')", test_id(cx, bo));
    test_sql(cx, "INSERT INTO album_user VALUES ('%s', '%s', 'owner')", test_id(cx, bo),
        test_id(cx, bo));
    struct UserAdminResponseDto out;
    struct list_UserAdminResponseDto found;
    assert_ok(op_deleteUserAdmin(cx, &(struct deleteUserAdmin_in){.id = bo}, &out));
    assert_ok(op_searchUsersAdmin(cx, &(struct searchUsersAdmin_in){0}, &found));
    assert_int_equal(found.n, 1);
    assert_ok(op_searchUsersAdmin(
        cx, &(struct searchUsersAdmin_in){.withDeleted = SOME(bool, true)}, &found));
    assert_int_equal(found.n, 2);
    assert_ok(op_restoreUserAdmin(cx, &(struct restoreUserAdmin_in){.id = bo}, &out));
    assert_int_equal(out.status, USER_STATUS_ACTIVE);
    assert_sql(cx, "1", "SELECT count(*) FROM album WHERE \"deletedAt\" IS NULL");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_test, close_test)
    const struct CMUnitTest tests[] = {
        TEST(users_may_be_hidden_from_each_other),
        TEST(the_deleted_are_gone),
        TEST(a_colour_is_chosen_and_taken_back),
        TEST(an_address_belongs_to_one_who_is_not_deleted),
        TEST(a_password_set_that_way_need_not_be_changed_again),
        TEST(preferences_are_stored_as_differences),
        TEST(onboarding_is_done_only_when_it_says_so),
        TEST(an_account_has_a_folder_name_and_a_pin_that_can_be_used),
        TEST(an_account_without_a_password_needs_oauth),
        TEST(a_deleted_user_takes_the_albums_along),
        TEST(removal_for_good_is_a_job),
        TEST(an_administrator_changes_what_is_given),
        TEST(a_new_quota_begins_with_what_is_there),
        TEST(what_an_administrator_cannot_change),
        TEST(an_account_comes_back_with_its_albums),
    };
    return cmocka_run_group_tests(tests, make_all, remove_all);
}
