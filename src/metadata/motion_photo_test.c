#include "core/arena.h"
#include "core/test.h"
#include "metadata/exif_tags.h"
#include "metadata/motion_photo.h"

#define CONTAINER(length, padding)                                                                 \
    "{\"MotionPhoto\":1,\"ContainerDirectory\":[{\"Item\":{\"Semantic\":\"Primary\",\"Length\":0}" \
    "},{\"Item\":{\"Mime\":\"video/mp4\",\"Semantic\":\"MotionPhoto\",\"Length\":" length          \
    ",\"Padding\":" padding "}}]}"

static void the_video_is_where_the_tags_say(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        enum motion_source source;
        int64_t offset, length;
        const char *tag;
    } cases[] = {
        {"{}", MOTION_NONE, 0, 0, NULL},
        {CONTAINER("100", "10"), MOTION_BYTES, 890, 100, NULL},
        {CONTAINER("\"100\"", "0"), MOTION_BYTES, 900, 100, NULL},
        {CONTAINER("0", "0"), MOTION_NONE, 0, 0, NULL},
        {CONTAINER("1000", "0"), MOTION_NONE, 0, 0, NULL}, /* no room for the photo */
        {CONTAINER("100", "900"), MOTION_NONE, 0, 0, NULL},
        {CONTAINER("100", "-5"), MOTION_NONE, 0, 0, NULL},
        {CONTAINER("-100", "0"), MOTION_NONE, 0, 0, NULL},
        {CONTAINER("9223372036854775807", "9223372036854775807"), MOTION_NONE, 0, 0, NULL},
        {"{\"MicroVideo\":1,\"MicroVideoOffset\":300}", MOTION_BYTES, 700, 300, NULL},
        {"{\"MicroVideo\":0,\"MicroVideoOffset\":300}", MOTION_NONE, 0, 0, NULL},
        {"{\"MicroVideo\":1}", MOTION_NONE, 0, 0, NULL},
        {"{\"MotionPhoto\":1,\"MicroVideo\":1,\"MicroVideoOffset\":300}", MOTION_BYTES, 700, 300,
            NULL},
        {"{\"MotionPhoto\":1,\"MotionPhotoVideo\":\"(Binary data 5 bytes)\",\"MicroVideo\":1,"
         "\"MicroVideoOffset\":300}",
            MOTION_TAG, 0, 0, "MotionPhotoVideo"},
        {"{\"MotionPhoto\":1,\"EmbeddedVideoType\":\"MotionPhoto_Data\",\"EmbeddedVideoFile\":"
         "\"(Binary data 5 bytes)\"}",
            MOTION_TAG, 0, 0, "EmbeddedVideoFile"},
        {"{\"MotionPhoto\":1,\"EmbeddedVideoType\":\"Other\",\"EmbeddedVideoFile\":\"x\"}",
            MOTION_NONE, 0, 0, NULL},
        {"{\"EmbeddedVideoType\":\"MotionPhoto_Data\",\"EmbeddedVideoFile\":\"x\"}", MOTION_NONE, 0,
            0, NULL},
    };
    ARENA_SCOPE (arena) {
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            const struct json_value *v;
            struct exif_tags tags;
            assert_ok(json_parse(arena, str_from(cases[i].json), &v));
            exif_tags_read(arena, v, &tags);
            const struct motion_photo found = motion_photo_find(&tags, 1000);
            if (found.source != cases[i].source) fail_msg("%s", cases[i].json);
            assert_int_equal(found.offset, cases[i].offset);
            assert_int_equal(found.length, cases[i].length);
            if (cases[i].tag) assert_string_equal(found.tag, cases[i].tag);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_video_is_where_the_tags_say)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
