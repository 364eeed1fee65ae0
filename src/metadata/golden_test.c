/* ExifTool itself, in the box, on real files; what it says is held against the values that Immich
 * 3.1.0 stores (contract/golden/metadata.json). Skipped where ../shared is not. */
#include "box/box.h"
#include "core/arena.h"
#include "core/fd.h"
#include "core/size.h"
#include "core/test.h"
#include "metadata/exiftool.h"
#include "metadata/metadata.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/banned.h"

enum { SKIPPED = 77, GOLDEN_MAX = 1 << 20 };

static char shared[512];

/* Columns that differ from the golden file, with the reason. None does. */
static const struct {
    const char *file, *column, *reason;
} differences[] = {{NULL, NULL, NULL}};

static bool find_shared(void)
{
    const char *named = getenv("TINTYPE_SHARED");
    const char *const folders[] = {
        named ? named : "", "../shared", "../../shared", "../../../shared"};
    for (size_t i = 0; i < LENGTH(folders); i++) {
        char path[600];
        if (!*folders[i]) continue;
        snprintf(path, sizeof path, "%s/contract/golden/metadata.json", folders[i]);
        if (access(path, R_OK) != 0) continue;
        snprintf(shared, sizeof shared, "%s", folders[i]);
        return true;
    }
    return false;
}

static int setup(void **state)
{
    struct arena *arena = arena_new();
    struct ctx *cx = ARENA_NEW(arena, struct ctx);
    cx->arena = arena;
    *state = cx;
    return 0;
}

static int teardown(void **state)
{
    struct ctx *cx = *state;
    arena_free(cx->arena);
    return 0;
}

static int end_box(void **state)
{
    (void)state;
    box_shutdown();
    return 0;
}

static struct metadata metadata_of(struct ctx *cx, str file)
{
    const str path = str_fmt(cx->arena, "%s/testdata/%.*s", shared, FMT(file));
    auto_fd fd = open(cstr(cx->arena, path), O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) fail_msg("cannot open %.*s", FMT(path));
    struct exif_tags tags;
    assert_ok(exiftool_read(cx, fd, path, false, &tags));
    const struct file_facts facts = {.path = path, .size_bytes = st.st_size};
    struct metadata m;
    metadata_map(cx->arena, &tags, NULL, NULL, &facts, &m);
    return m;
}

static str text_of_when(struct ctx *cx, struct when w)
{
    char text[WHEN_TEXT];
    when_format_z(w, text);
    return str_dup(cx->arena, str_from(text));
}

static str joined(struct ctx *cx, struct list_str list)
{
    str out = STR("");
    for (size_t i = 0; i < list.n; i++)
        out = str_fmt(cx->arena, "%.*s%.*s\n", FMT(out), FMT(list.v[i]));
    return out;
}

/* Both sides as text: numbers in one form, null as "null", lists by lines. */
static str text_of_double(struct ctx *cx, struct opt_double n)
{
    return n.is == PRESENT ? str_fmt(cx->arena, "%.10g", n.v) : STR("null");
}

static str text_of_int(struct ctx *cx, struct opt_int n)
{
    return n.is == PRESENT ? str_fmt(cx->arena, "%.10g", (double)n.v) : STR("null");
}

static str text_of_str(struct opt_str s)
{
    return s.is == PRESENT ? s.v : STR("null");
}

static str text_of_json(struct ctx *cx, const struct json_value *v)
{
    double number;
    str text;
    if (json_type(v) == JSON_NULL) return STR("null");
    if (json_double(v, &number)) return str_fmt(cx->arena, "%.10g", number);
    if (json_string(v, &text)) return text;
    str out = STR("");
    struct json_iter it = json_iter(v);
    for (const struct json_value *item; (item = json_next(&it));) {
        assert_true(json_text(item, &text));
        out = str_fmt(cx->arena, "%.*s%.*s\n", FMT(out), FMT(text));
    }
    return out;
}

/* How many columns were compared. */
static size_t compare(struct ctx *cx, str file, const struct json_value *golden)
{
    const struct metadata m = metadata_of(cx, file);
    const struct {
        str column, value;
    } columns[] = {
        {STR("timeZone"), text_of_str(m.time_zone)},
        {STR("dateTimeOriginal"), text_of_when(cx, m.date_time_original)},
        {STR("localDateTime"), text_of_when(cx, m.local_date_time)},
        {STR("exifImageWidth"), text_of_int(cx, m.image_width)},
        {STR("exifImageHeight"), text_of_int(cx, m.image_height)},
        {STR("orientation"), text_of_str(m.orientation)},
        {STR("width"), text_of_int(cx, m.width)},
        {STR("height"), text_of_int(cx, m.height)},
        {STR("latitude"), text_of_double(cx, m.latitude)},
        {STR("longitude"), text_of_double(cx, m.longitude)},
        {STR("make"), text_of_str(m.make)},
        {STR("model"), text_of_str(m.model)},
        {STR("lensModel"), text_of_str(m.lens_model)},
        {STR("iso"), text_of_int(cx, m.iso)},
        {STR("fNumber"), text_of_double(cx, m.f_number)},
        {STR("exposureTime"), text_of_str(m.exposure_time)},
        {STR("focalLength"), text_of_double(cx, m.focal_length)},
        {STR("rating"), text_of_int(cx, m.rating)},
        {STR("description"), m.description},
        {STR("tags"), m.tags.n ? joined(cx, m.tags) : STR("null")},
        {STR("projectionType"), text_of_str(m.projection_type)},
        {STR("profileDescription"), text_of_str(m.profile_description)},
        {STR("colorspace"), text_of_str(m.colorspace)},
        {STR("bitsPerSample"), text_of_int(cx, m.bits_per_sample)},
        {STR("fileSizeInByte"), text_of_int(cx, SOME(int, m.file_size_bytes))},
        {STR("livePhotoCID"), text_of_str(m.live_photo_cid)},
        {STR("autoStackId"), text_of_str(m.auto_stack_id)},
        {STR("duration"), text_of_int(cx, m.duration_ms)},
    };
    size_t compared = 0;
    for (size_t i = 0; i < LENGTH(columns); i++) {
        const str wanted = text_of_json(cx, json_get(golden, columns[i].column));
        const bool is_date = str_ends(columns[i].column, STR("Original")) ||
                             str_eq(columns[i].column, STR("localDateTime"));
        /* A file without a date has that of the file, which is not the one of the recording. */
        if (is_date && str_eq(wanted, STR("null"))) continue;
        bool known = false;
        for (size_t k = 0; differences[k].file; k++)
            known |= str_eq(file, str_from(differences[k].file)) &&
                     str_eq(columns[i].column, str_from(differences[k].column));
        if (!known && !str_eq(columns[i].value, wanted))
            fail_msg("%.*s: %.*s is \"%.*s\", not \"%.*s\"", FMT(file), FMT(columns[i].column),
                FMT(columns[i].value), FMT(wanted));
        compared++;
    }
    return compared;
}

static void columns_agree_with_the_golden_file(void **state)
{
    struct ctx *cx = *state;
    char path[600];
    snprintf(path, sizeof path, "%s/contract/golden/metadata.json", shared);
    str text;
    const struct json_value *golden;
    assert_ok(file_read(cx->arena, path, GOLDEN_MAX, &text));
    assert_ok(json_parse(cx->arena, text, &golden));

    size_t compared = 0;
    struct json_iter it = json_iter(golden);
    for (const struct json_value *file; (file = json_next(&it));)
        compared += compare(cx, it.name, file);
    print_message("%zu columns of %zu files agree\n", compared, json_size(golden));
    assert_true(compared > 700);
}

int main(void)
{
    if (!find_shared()) {
        print_message("skipped: no ../shared\n");
        return SKIPPED;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_agree_with_the_golden_file, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, end_box);
}
