#include "app/download/names.h"
#include "core/arena.h"
#include "core/size.h"
#include "core/test.h"
#include "storage/paths.h"

#include "core/banned.h"

static void a_name_that_comes_again_is_numbered(void **state)
{
    static const char *const rows[][2] = {
        {"IMG_1.jpg", "IMG_1.jpg"},
        {"IMG_1.jpg", "IMG_1+1.jpg"},
        {"img_1.jpg", "img_1.jpg"},
        {"IMG_1.jpg", "IMG_1+2.jpg"},
        {"IMG/_1.jpg", "IMG_1+3.jpg"}, /* what file systems refuse is left out first */
        {"..", "unnamed"},
        {"", "unnamed+1"},
        {"archive.tar.gz", "archive.tar.gz"},
        {"archive.tar.gz", "archive.tar+1.gz"},
        {".hidden", ".hidden"},
        {".hidden", ".hidden+1"},
        /* A number that another file has in its own name. */
        {"b+1.jpg", "b+1.jpg"},
        {"b.jpg", "b.jpg"},
        {"b.jpg", "b+2.jpg"},
        {"b+2.jpg", "b+2+1.jpg"},
    };
    struct arena *a = arena_new();
    struct names names = names_new(a);
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_string_equal(cstr(a, names_add(&names, str_from(rows[i][0]))), rows[i][1]);
    arena_free(a);
}

/* n times a letter, then the end. */
static str long_name(struct arena *a, size_t n, char letter, const char *end)
{
    char *letters = arena_alloc_raw(a, n);
    memset(letters, letter, n);
    return str_fmt(a, "%.*s%s", (int)n, letters, end);
}

static void a_long_name_keeps_its_extension_when_it_is_numbered(void **state)
{
    struct arena *a = arena_new();
    struct names names = names_new(a);
    const str name = long_name(a, STORAGE_NAME_MAX - 4, 'x', ".jpg");
    assert_int_equal(names_add(&names, name).n, STORAGE_NAME_MAX);
    const str second = names_add(&names, name);
    assert_int_equal(second.n, STORAGE_NAME_MAX);
    assert_true(str_ends(second, STR("x+1.jpg")));

    /* An "extension" that leaves no room for anything else. */
    const str dotted = str_fmt(a, "a.%.*s", FMT(long_name(a, STORAGE_NAME_MAX - 2, 'y', "")));
    assert_int_equal(names_add(&names, dotted).n, STORAGE_NAME_MAX);
    assert_true(str_ends(names_add(&names, dotted), STR("yy+1")));
    arena_free(a);
}

static void many_are_told_apart_in_time(void **state)
{
    enum { MANY = 100 * 1000 };
    struct arena *a = arena_new();
    struct names names = names_new(a);
    str last = STR("");
    for (int i = 0; i < MANY; i++)
        names_add(&names, str_fmt(a, "%d.jpg", i));
    for (int i = 0; i < MANY; i++)
        last = names_add(&names, STR("same.jpg"));
    assert_str(last, "same+99999.jpg");
    assert_int_equal(names.n, 2 * MANY);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_comes_again_is_numbered),
        cmocka_unit_test(a_long_name_keeps_its_extension_when_it_is_numbered),
        cmocka_unit_test(many_are_told_apart_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
