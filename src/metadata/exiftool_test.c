/* ExifTool itself, in the box: what it writes, it reads. */
#include "box/box.h"
#include "core/arena.h"
#include "core/fd.h"
#include "core/size.h"
#include "core/test.h"
#include "metadata/exiftool.h"
#include "metadata/metadata.h"

#include "core/banned.h"

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

static str joined(struct ctx *cx, struct list_str list)
{
    str out = STR("");
    for (size_t i = 0; i < list.n; i++)
        out = str_fmt(cx->arena, "%.*s%.*s\n", FMT(out), FMT(list.v[i]));
    return out;
}

static str written(struct ctx *cx, int fd, const struct exif_assignment *changes, size_t n)
{
    str document;
    assert_ok(exiftool_write_xmp(cx, fd, changes, n, &document));
    return document;
}

static int file_of(str document)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(document.p, 1, document.n, file), document.n);
    assert_int_equal(fflush(file), 0);
    const int fd = dup(fileno(file));
    fclose(file);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static void a_sidecar_says_what_was_written(void **state)
{
    struct ctx *cx = *state;
    const struct exif_assignment changes[] = {
        {"Description", STR("Two\nlines, <ä>")},
        {"ImageDescription", STR("Two\nlines, <ä>")},
        {"DateTimeOriginal", STR("2023-01-02T03:04:05.000+02:00")},
        {"GPSLatitude", STR("10.5")},
        {"GPSLongitude", STR("-20.25")},
        {"Rating", STR("4")},
        {"TagsList", STR("a/b")},
        {"TagsList", STR("c")},
    };
    auto_fd fd = file_of(written(cx, -1, changes, LENGTH(changes)));
    struct exif_tags tags;
    assert_ok(exiftool_read(cx, fd, STR("x.xmp"), false, &tags));
    struct metadata m;
    metadata_map(
        cx->arena, &(struct exif_tags){0}, &tags, NULL, &(struct file_facts){.path = STR("a")}, &m);
    assert_str(m.description, "Two\nlines, <ä>");
    char text[WHEN_TEXT];
    when_format_z(m.date_time_original, text);
    assert_string_equal(text, "2023-01-02T01:04:05.000Z");
    assert_str(m.time_zone.v, "Africa/Dakar"); /* of the position, which says more than an offset */
    assert_float_equal(m.latitude.v, 10.5, 0);
    assert_float_equal(m.longitude.v, -20.25, 0);
    assert_int_equal(m.rating.v, 4);
    assert_str(joined(cx, m.tags), "a/b\nc\n");
}

static void a_sidecar_keeps_what_is_not_ours(void **state)
{
    struct ctx *cx = *state;
    static const str foreign = STR_INIT(
        "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>\n"
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        "<rdf:Description rdf:about='' xmlns:darktable='http://darktable.sf.net/' "
        "xmlns:xmp='http://ns.adobe.com/xap/1.0/' darktable:history_end='7' xmp:Rating='1'/>"
        "</rdf:RDF></x:xmpmeta>\n<?xpacket end='w'?>\n");
    auto_fd fd = file_of(foreign);
    const struct exif_assignment change = {"Rating", STR("5")};
    const str document = written(cx, fd, &change, 1);
    assert_true(str_find(document, STR("history_end>7<")) > 0);
    assert_true(str_find(document, STR("<xmp:Rating>5<")) > 0);
}

static void what_is_no_document_is_refused(void **state)
{
    struct ctx *cx = *state;
    auto_fd fd = file_of(STR("<html>no XMP</html>"));
    const struct exif_assignment change = {"Rating", STR("5")};
    str document = STR("untouched");
    assert_fails(exiftool_write_xmp(cx, fd, &change, 1, &document), UNSUPPORTED);
    assert_str(document, "untouched");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_sidecar_says_what_was_written, setup, teardown),
        cmocka_unit_test_setup_teardown(a_sidecar_keeps_what_is_not_ours, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_document_is_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, end_box);
}
