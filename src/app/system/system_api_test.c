#include "app/system/system.h"
#include "app/test.h"
#include "config/config.h"
#include "config/env.h"
#include "gen/api.h"
#include "storage/tree.h"

#include <unistd.h>

#include "core/banned.h"

static char media[] = "/tmp/tintype-system-XXXXXX";
static struct env env;
static struct config_store *store;

static int make_all(void **state)
{
    if (!mkdtemp(media) || env_load(&env) || config_store_new(&store, &env)) return -1;
    env.media_location = media;
    return test_migrate(state);
}

static int remove_all(void **state)
{
    config_store_free(store);
    return storage_remove_tree(media) ? -1 : test_end(state);
}

static int open_test(void **state)
{
    test_open(state);
    struct ctx *cx = *state;
    cx->app->env = &env;
    cx->app->media = media;
    cx->app->config = store;
    return 0;
}

static const char *marker(struct ctx *cx, const char *folder)
{
    return str_fmt(cx->arena, "%s/%s/.immich", media, folder).p;
}

static void a_disk_that_is_not_mounted_is_noticed(void **state)
{
    struct ctx *cx = *state;
    assert_ok(system_boot(cx)); /* makes the folders and their markers */
    assert_int_equal(access(marker(cx, "upload"), R_OK), 0);
    assert_int_equal(access(marker(cx, "encoded-video"), R_OK), 0);
    assert_ok(system_boot(cx));

    assert_int_equal(unlink(marker(cx, "upload")), 0);
    err e = system_boot(cx);
    assert_fails(e, UNAVAILABLE);
    assert_non_null(strstr(e->message, "Failed to read: \"<UPLOAD_LOCATION>/upload/.immich"));
    assert_int_equal(access(marker(cx, "upload"), F_OK), -1);

    struct env lenient = env;
    lenient.ignore_mount_check_errors = true;
    cx->app->env = &lenient;
    assert_ok(system_boot(cx));
}

/* The markers are there or not made yet: each test's documents are rolled back, its files stay. */
static void paths_follow_the_media_location(void **state)
{
    struct ctx *cx = *state;
    const uuid ann = test_user(cx, "ann");
    const uuid asset = test_asset(cx, ann, "IMAGE", "/old+place/upload/a.jpg");
    const uuid elsewhere = test_asset(cx, ann, "IMAGE", "/nas/old+place/b.jpg");
    const uuid beside = test_asset(cx, ann, "IMAGE", "/old+place2/c.jpg");
    test_sql(cx,
        "INSERT INTO asset_file (\"assetId\", type, path)"
        " VALUES ('%s', 'preview', '/old+place/thumbs/a.jpeg')",
        test_id(cx, asset));
    test_sql(cx, "UPDATE \"user\" SET \"profileImagePath\" = '/old+place/profile/p.webp'");
    assert_ok(system_document_set(cx, STR("MediaLocation"), STR("{\"location\": \"/old+place\"}")));

    assert_ok(system_boot(cx));
    assert_sql(cx, str_fmt(cx->arena, "%s/upload/a.jpg", media).p,
        "SELECT \"originalPath\" FROM asset WHERE id = '%s'", test_id(cx, asset));
    assert_sql(cx, "/old+place2/c.jpg", "SELECT \"originalPath\" FROM asset WHERE id = '%s'",
        test_id(cx, beside));
    assert_sql(cx, "/nas/old+place/b.jpg", "SELECT \"originalPath\" FROM asset WHERE id = '%s'",
        test_id(cx, elsewhere));
    assert_sql(cx, str_fmt(cx->arena, "%s/thumbs/a.jpeg", media).p, "SELECT path FROM asset_file");
    assert_sql(cx, str_fmt(cx->arena, "%s/profile/p.webp", media).p,
        "SELECT \"profileImagePath\" FROM \"user\"");
    assert_sql(
        cx, media, "SELECT value ->> 'location' FROM system_metadata WHERE key = 'MediaLocation'");
}

static void files_that_are_elsewhere_are_not_renamed(void **state)
{
    struct ctx *cx = *state;
    const uuid asset = test_asset(cx, test_user(cx, "ann"), "IMAGE", "/data/upload/a.jpg");
    test_sql(cx,
        "INSERT INTO asset_file (\"assetId\", type, path)"
        " VALUES ('%s', 'preview', '/data/thumbs/a.jpeg')",
        test_id(cx, asset));
    assert_ok(system_document_set(cx, STR("MediaLocation"), STR("{\"location\": \"/photos\"}")));
    err e = system_boot(cx);
    assert_fails(e, BAD_REQUEST);
    assert_non_null(strstr(e->message, "inconsistent media location"));
    assert_sql(cx, "/data/thumbs/a.jpeg", "SELECT path FROM asset_file");
}

static void onboarding_is_done_by_whoever_wrote_a_configuration_file(void **state)
{
    struct ctx *cx = *state;
    struct AdminOnboardingUpdateDto out;
    assert_ok(op_getAdminOnboarding(cx, &out));
    assert_false(out.isOnboarded);
    assert_ok(
        op_updateAdminOnboarding(cx, &(struct updateAdminOnboarding_in){.body.isOnboarded = true}));
    assert_ok(op_getAdminOnboarding(cx, &out));
    assert_true(out.isOnboarded);
    assert_ok(op_updateAdminOnboarding(
        cx, &(struct updateAdminOnboarding_in){.body.isOnboarded = false}));
    assert_ok(op_getAdminOnboarding(cx, &out));
    assert_false(out.isOnboarded);

    struct env with_file = env;
    with_file.config_file = "/etc/immich.json";
    cx->app->env = &with_file;
    assert_ok(op_getAdminOnboarding(cx, &out));
    assert_true(out.isOnboarded);
}

static void store_config(struct ctx *cx, const char *json)
{
    assert_ok(system_document_set(cx, STR("system-config"), str_from(json)));
}

static void the_stored_configuration_lies_over_the_defaults(void **state)
{
    struct ctx *cx = *state;
    struct SystemConfigDto config, defaults;
    store_config(cx, "{\"trash\": {\"days\": 7}, \"ffmpeg\": {\"targetVideoCodec\": \"av1\"},"
                     " \"server\": {\"externalDomain\": \"https://me@x.io:81/a?b#c\"}}");
    assert_ok(op_getConfig(cx, &config));
    assert_ok(op_getConfigDefaults(cx, &defaults));
    assert_int_equal(config.trash.days, 7);
    assert_true(config.trash.enabled);
    assert_str(config.server.externalDomain, "https://me@x.io:81");
    assert_int_equal(config.ffmpeg.acceptedVideoCodecs.n, 2);
    assert_int_equal(config.ffmpeg.acceptedVideoCodecs.v[1], VIDEO_CODEC_AV1);
    assert_int_equal(defaults.trash.days, 30);
    assert_int_equal(defaults.ffmpeg.acceptedVideoCodecs.n, 1);
}

/* What an older version wrote, and what a person typed into the table. */
static void a_setting_that_does_not_fit_leaves_the_others_alone(void **state)
{
    struct ctx *cx = *state;
    struct SystemConfigDto config;
    store_config(cx, "{\"passwordLogin\": {\"enabled\": false}, \"trash\": 5,"
                     " \"ffmpeg\": {\"targetAudioCodec\": \"libopus\", \"crf\": 30,"
                     " \"acceptedAudioCodecs\": [\"mp3\", \"libopus\"]}}");
    assert_ok(op_getConfig(cx, &config));
    assert_false(config.passwordLogin.enabled);
    assert_int_equal(config.ffmpeg.crf, 30);
    assert_int_equal(config.ffmpeg.targetAudioCodec, AUDIO_CODEC_AAC);
    assert_int_equal(config.ffmpeg.acceptedAudioCodecs.n, 3); /* a list is whole or not at all */
    assert_int_equal(config.trash.days, 30);

    assert_ok(config_refresh(cx, store));
    cx->config = config_acquire(store);
    assert_false(config_get(cx)->passwordLogin.enabled);
    config_release(store, cx->config);
    test_sql(cx, "DELETE FROM system_metadata");
    assert_ok(config_refresh(cx, store));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_test, test_close)
    const struct CMUnitTest tests[] = {
        TEST(a_disk_that_is_not_mounted_is_noticed),
        TEST(paths_follow_the_media_location),
        TEST(files_that_are_elsewhere_are_not_renamed),
        TEST(onboarding_is_done_by_whoever_wrote_a_configuration_file),
        TEST(the_stored_configuration_lies_over_the_defaults),
        TEST(a_setting_that_does_not_fit_leaves_the_others_alone),
    };
    return cmocka_run_group_tests(tests, make_all, remove_all);
}
