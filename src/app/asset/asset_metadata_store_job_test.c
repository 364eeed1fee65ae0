#include "app/asset/asset_metadata_store.h"
#include "app/test.h"
#include "core/size.h"

#include "core/banned.h"

static struct when at(const char *text)
{
    struct when w = {0};
    assert_true(when_parse(str_from(text), &w));
    return w;
}

static struct metadata_asset asset_of(struct ctx *cx, uuid id)
{
    struct metadata_asset asset;
    bool found = false;
    assert_ok(sql_metadata_asset(cx, &asset, &found, id));
    assert_true(found);
    return asset;
}

static struct metadata some_metadata(void)
{
    static str tags[] = {STR_INIT("People//Marie Curie"), STR_INIT("Yard"), STR_INIT("/Yard/"),
        STR_INIT("People/Pierre Curie"), STR_INIT("/"), STR_INIT("People")};
    return (struct metadata){
        .duration_ms = SOME(int, 1500),
        .width = SOME(int, 300),
        .height = SOME(int, 400),
        .image_width = SOME(int, 400),
        .image_height = SOME(int, 300),
        .file_created_at = at("2025-12-01T18:30:00Z"),
        .file_modified_at = at("2026-01-01T00:00:00Z"),
        .local_date_time = at("2025-12-01T11:30:00Z"),
        .date_time_original = at("2025-12-01T18:30:00Z"),
        .modify_date = at("2026-01-01T00:00:00Z"),
        .time_zone = SOME(str, STR("America/Denver")),
        .file_size_bytes = 12345678901,
        .orientation = SOME(str, STR("6")),
        .make = SOME(str, STR("Canon")),
        .f_number = SOME(double, 2.8),
        .latitude = SOME(double, 39),
        .longitude = SOME(double, -108),
        .description = STR("Springs"),
        .rating = SOME(int, 4),
        .tags = {tags, LENGTH(tags)},
    };
}

static void every_column_is_stored(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "IMAGE", "/p/a.jpg");
    const struct metadata_asset asset = asset_of(cx, id);
    const struct metadata m = some_metadata();
    assert_ok(asset_metadata_store(cx, &asset, &m, NULL));

    assert_sql(cx,
        "{\"fps\": null, \"iso\": null, \"city\": null, \"make\": \"Canon\", \"rating\": 4, "
        "\"fNumber\": 2.8, \"latitude\": 39, \"timeZone\": \"America/Denver\", \"longitude\": "
        "-108, "
        "\"description\": \"Springs\", \"orientation\": \"6\", \"exifImageWidth\": 400, "
        "\"fileSizeInByte\": 12345678901}",
        "SELECT jsonb_build_object('make', make, 'iso', iso, 'fps', fps, 'city', city, 'rating', "
        "rating, 'fNumber', \"fNumber\", 'latitude', latitude, 'longitude', longitude, 'timeZone', "
        "\"timeZone\", 'description', description, 'orientation', orientation, 'exifImageWidth', "
        "\"exifImageWidth\", 'fileSizeInByte', \"fileSizeInByte\") FROM asset_exif WHERE "
        "\"assetId\" = '%s'",
        test_id(cx, id));
    assert_sql(cx, "1500 300x400 2025-12-01 18:30:00 2025-12-01 11:30:00",
        "SELECT concat_ws(' ', duration, width || 'x' || height, \"fileCreatedAt\" AT TIME ZONE "
        "'UTC', \"localDateTime\" AT TIME ZONE 'UTC') FROM asset WHERE id = '%s'",
        test_id(cx, id));
    assert_sql(cx, "true",
        "SELECT \"metadataExtractedAt\" = now() FROM asset_job_status WHERE \"assetId\" = '%s'",
        test_id(cx, id));
}

static void a_tag_has_every_level_above_it(void **state)
{
    struct ctx *cx = *state;
    const uuid owner = test_user(cx, "alice");
    const uuid id = test_asset(cx, owner, "IMAGE", "/p/a.jpg");
    const struct metadata_asset asset = asset_of(cx, id);
    struct metadata m = some_metadata();
    assert_ok(asset_metadata_store(cx, &asset, &m, NULL));

    static const char links[] =
        "SELECT string_agg(value, ', ' ORDER BY value) FROM tag_asset JOIN tag ON id = \"tagId\" "
        "WHERE \"assetId\" = '%s'";
    assert_sql(cx, "People, People/Marie Curie, People/Pierre Curie, Yard", links, test_id(cx, id));
    assert_sql(cx,
        "People<People, People<People/Marie Curie, People<People/Pierre Curie, "
        "People/Marie Curie<People/Marie Curie, "
        "People/Pierre Curie<People/Pierre Curie, Yard<Yard",
        "SELECT string_agg(a.value || '<' || d.value, ', ' ORDER BY a.value, d.value) FROM "
        "tag_closure JOIN tag a ON a.id = id_ancestor JOIN tag d ON d.id = id_descendant WHERE "
        "a.\"userId\" = '%s'",
        test_id(cx, owner));

    /* Another extraction with fewer tags; what stays is not written again. */
    const str before =
        test_text(cx, STR("SELECT string_agg(\"updateId\"::text, ' ' ORDER BY value) FROM tag"));
    m.tags.n = 1;
    assert_ok(asset_metadata_store(cx, &asset, &m, NULL));
    assert_sql(cx, "People/Marie Curie", links, test_id(cx, id));
    const str after =
        test_text(cx, STR("SELECT string_agg(\"updateId\"::text, ' ' ORDER BY value) FROM tag"));
    assert_true(str_eq(before, after));

    m.tags.n = 0;
    assert_ok(asset_metadata_store(cx, &asset, &m, NULL));
    assert_sql(cx, "null", links, test_id(cx, id));
    assert_sql(cx, "true", "SELECT tags IS NULL FROM asset_exif WHERE \"assetId\" = '%s'",
        test_id(cx, id));
}

static void levels_are_dropped_where_a_path_never_ends(void **state)
{
    struct ctx *cx = *state;
    const uuid owner = test_user(cx, "alice");
    const uuid id = test_asset(cx, owner, "IMAGE", "/p/a.jpg");
    const struct metadata_asset asset = asset_of(cx, id);
    struct metadata m = some_metadata();
    str endless = STR("0");
    for (int i = 1; i < 100; i++)
        endless = str_fmt(cx->arena, "%.*s/%d", FMT(endless), i);
    m.tags = (struct list_str){&endless, 1};
    assert_ok(asset_metadata_store(cx, &asset, &m, NULL));
    assert_sql(cx, "32", "SELECT count(*) FROM tag WHERE \"userId\" = '%s'", test_id(cx, owner));
}

static void locked_columns_keep_what_the_user_wrote(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "IMAGE", "/p/a.jpg");
    const struct metadata_asset asset = asset_of(cx, id);
    const struct metadata m = some_metadata();
    test_run(cx, str_fmt(cx->arena,
                     "INSERT INTO asset_exif (\"assetId\", description, rating, \"timeZone\", "
                     "\"dateTimeOriginal\", latitude, longitude, city, tags, make, "
                     "\"lockedProperties\") VALUES ('%s', 'mine', 1, 'UTC+2', '2000-01-01 00:00Z', "
                     "1, 2, 'Here', '{My/Own}', 'old', '{description,rating,timeZone,"
                     "dateTimeOriginal,latitude,longitude,tags}')",
                     test_id(cx, id)));
    assert_ok(asset_metadata_store(cx, &asset, &m, NULL));
    assert_sql(cx, "mine 1 UTC+2 1 2 Here {My/Own} Canon",
        "SELECT concat_ws(' ', description, rating, \"timeZone\", latitude, longitude, city, tags, "
        "make) FROM asset_exif WHERE \"assetId\" = '%s'",
        test_id(cx, id));
    /* The asset stands where the user put it. */
    assert_sql(cx, "2000-01-01 00:00:00 2000-01-01 02:00:00",
        "SELECT concat_ws(' ', \"fileCreatedAt\" AT TIME ZONE 'UTC', \"localDateTime\" AT TIME "
        "ZONE 'UTC') FROM asset WHERE id = '%s'",
        test_id(cx, id));
    assert_sql(cx, "My/Own",
        "SELECT string_agg(value, ',') FROM tag_asset JOIN tag ON id = \"tagId\" WHERE \"assetId\" "
        "= '%s'",
        test_id(cx, id));
}

static void a_place_name_stays_with_its_position(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "IMAGE", "/p/a.jpg");
    const struct metadata_asset asset = asset_of(cx, id);
    struct metadata m = some_metadata();
    assert_ok(asset_metadata_store(cx, &asset, &m, NULL));
    test_run(cx, str_fmt(cx->arena,
                     "UPDATE asset_exif SET city = 'Palisade', country = 'USA' WHERE "
                     "\"assetId\" = '%s'",
                     test_id(cx, id)));
    static const char place[] = "SELECT city || country FROM asset_exif WHERE \"assetId\" = '%s'";
    assert_ok(asset_metadata_store(cx, &asset, &m, NULL));
    assert_sql(cx, "PalisadeUSA", place, test_id(cx, id));
    m.latitude.v = 40;
    assert_ok(asset_metadata_store(cx, &asset, &m, NULL));
    assert_sql(cx, "null", place, test_id(cx, id));
}

static void an_edited_assets_size_is_kept(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "IMAGE", "/p/a.jpg");
    const struct metadata_asset asset = asset_of(cx, id);
    const struct metadata m = some_metadata();
    test_run(
        cx, str_fmt(cx->arena, "UPDATE asset SET \"isEdited\" = true, width = 10 WHERE id = '%s'",
                test_id(cx, id)));
    assert_ok(asset_metadata_store(cx, &asset, &m, NULL));
    assert_sql(
        cx, "10x400", "SELECT width || 'x' || height FROM asset WHERE id = '%s'", test_id(cx, id));
}

static void streams_are_stored_renewed_and_removed(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "VIDEO", "/p/a.mp4");
    const struct metadata_asset asset = asset_of(cx, id);
    const struct metadata m = some_metadata();
    int64_t ticks[] = {0, 100};
    struct box_probe_answer probe = {
        .format = STR("mov,mp4"),
        .format_long = STR("QuickTime / MOV"),
        .video = {.is = true,
            .codec = STR("h264"),
            .profile = 578,
            .level = -99,
            .time_base = {1, 12800},
            .dolby_profile = -1,
            .dolby_level = -1,
            .dolby_compatibility = -1,
            .bit_rate = INT64_C(1) << 40,
            .primaries = 2},
        .audio = {.is = true, .index = 1, .codec = STR("aac"), .profile = 1, .bit_rate = 128000},
        .keyframes = {.n = 2,
            .pts = ticks,
            .accumulated = ticks,
            .own = ticks,
            .total_duration = 300,
            .packet_count = 3,
            .output_frames = 3},
    };
    assert_ok(asset_metadata_store(cx, &asset, &m, &probe));
    static const char video[] = "SELECT concat_ws(' ', \"codecName\", profile, level, bitrate, "
                                "\"timeBase\", \"pixelFormat\", "
                                "\"formatLongName\") FROM asset_video WHERE \"assetId\" = '%s'";
    static const char audio[] =
        "SELECT concat_ws(' ', \"codecName\", profile, bitrate, index) FROM "
        "asset_audio WHERE \"assetId\" = '%s'";
    static const char keyframes[] =
        "SELECT concat_ws(' ', pts, \"totalDuration\", \"packetCount\") "
        "FROM asset_keyframe WHERE \"assetId\" = '%s'";
    assert_sql(cx, "h264 66 2147483647 12800 yuv420p QuickTime / MOV", video, test_id(cx, id));
    assert_sql(cx, "aac 2 128000 1", audio, test_id(cx, id));
    assert_sql(cx, "{0,100} 300 3", keyframes, test_id(cx, id));

    probe.audio.is = false;
    probe.video.level = 31;
    probe.keyframes.pts[1] = INT64_C(1) << 40;
    assert_ok(asset_metadata_store(cx, &asset, &m, &probe));
    assert_sql(cx, "h264 66 31 2147483647 12800 yuv420p QuickTime / MOV", video, test_id(cx, id));
    assert_sql(cx, "null", audio, test_id(cx, id));
    assert_sql(cx, "null", keyframes, test_id(cx, id));
    assert_ok(asset_metadata_store(cx, &asset, &m, NULL));
    assert_sql(cx, "null", video, test_id(cx, id));
}

static void profiles_are_counted_as_upstream_does(void **state)
{
    (void)state;
    static const struct {
        str codec;
        int given, wanted;
    } cases[] = {{STR_INIT("h264"), 66, 66}, {STR_INIT("h264"), 578, 66},
        {STR_INIT("h264"), 100, 100}, {STR_INIT("h264"), 244, 244}, {STR_INIT("h264"), -99, 0},
        {STR_INIT("hevc"), 2, 2}, {STR_INIT("av1"), 0, 0}, {STR_INIT("aac"), 1, 2},
        {STR_INIT("aac"), 4, 5}, {STR_INIT("aac"), 28, 29}, {STR_INIT("aac"), 38, 39},
        {STR_INIT("vp9"), 1, 0}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct opt_int found = asset_video_profile(cases[i].codec, cases[i].given);
        assert_int_equal(found.is == PRESENT ? found.v : 0, cases[i].wanted);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(every_column_is_stored),
        TEST(a_tag_has_every_level_above_it),
        TEST(levels_are_dropped_where_a_path_never_ends),
        TEST(locked_columns_keep_what_the_user_wrote),
        TEST(a_place_name_stays_with_its_position),
        TEST(an_edited_assets_size_is_kept),
        TEST(streams_are_stored_renewed_and_removed),
        TEST(profiles_are_counted_as_upstream_does),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
