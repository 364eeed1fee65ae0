#include "core/arena.h"
#include "core/fd.h"
#include "core/size.h"
#include "core/test.h"
#include "storage/location.h"
#include "storage/mount.h"
#include "storage/paths.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

static char folder[64];

static int a_media_tree(void **state)
{
    snprintf(folder, sizeof folder, "/tmp/storage_test.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int is_removed(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    FILE *rm = popen(command, "r");
    return rm ? pclose(rm) : -1;
}

static void a_marker_is_made_once_and_missed_later(void **state)
{
    char marker[128];
    snprintf(marker, sizeof marker, "%s/thumbs/.immich", folder);
    assert_fails(storage_mount_check(folder, "thumbs", false), UNAVAILABLE);
    assert_ok(storage_mount_check(folder, "thumbs", true));
    assert_ok(storage_mount_check(folder, "thumbs", true)); /* an existing one is fine */
    assert_ok(storage_mount_check(folder, "thumbs", false));
    unlink(marker);
    err e = storage_mount_check(folder, "thumbs", false);
    assert_fails(e, UNAVAILABLE);
    assert_non_null(strstr(e->message, "Failed to read: \"<UPLOAD_LOCATION>/thumbs/.immich"));
}

static void only_real_files_make_a_tree_used(void **state)
{
    bool found = true;
    assert_ok(storage_has_files(folder, &found));
    assert_false(found);
    assert_ok(storage_mount_check(folder, "upload", true));
    char path[128];
    snprintf(path, sizeof path, "%s/upload/a/b", folder);
    assert_ok(dir_make(path, 0700));
    assert_ok(storage_has_files(folder, &found));
    assert_false(found);
    snprintf(path, sizeof path, "%s/upload/a/b/photo.jpg", folder);
    auto_fd fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    assert_ok(storage_has_files(folder, &found));
    assert_true(found);
}

static void paths_nest_by_the_name(void **state)
{
    struct arena *a = arena_new();
    uuid user, name;
    assert_true(uuid_parse(STR("11111111-2222-4333-8444-555555555555"), &user));
    assert_true(uuid_parse(STR("abcdef00-2222-4333-8444-555555555555"), &name));
    assert_string_equal(
        storage_nested_path(a, "/data", STORAGE_THUMBS, user, name, STR("_preview.jpeg")),
        "/data/thumbs/11111111-2222-4333-8444-555555555555/ab/cd/"
        "abcdef00-2222-4333-8444-555555555555_preview.jpeg");
    assert_str(storage_extension(STR("IMG.1.JPG")), ".JPG");
    assert_str(storage_extension(STR(".hidden")), "");
    assert_str(storage_extension(STR("a.b/c")), "");
    assert_str(storage_basename(STR("/a/b.jpg")), "b.jpg");
    arena_free(a);
}

static void a_file_name_is_one_that_every_file_system_takes(void **state)
{
    static const char *const rows[][2] = {
        {"IMG_0001.HEIC", "IMG_0001.HEIC"},
        {"a/b\\c:d*e?f\"g<h>i|j.jpg", "abcdefghij.jpg"},
        {"..", ""},
        {"../../etc/passwd", "....etcpasswd"},
        {"trailing. . ", "trailing"},
        {"tab\there\x7f", "tabhere\x7f"},
        {"c1\xc2\x85 kept \xc2\xa0", "c1 kept \xc2\xa0"},
        {"Con", ""},
        {"aux.jpg", ""},
        {"LPT9.a.b", ""},
        {"com.jpg", "com.jpg"},
        {"com10.jpg", "com10.jpg"},
        {"nul0", "nul0"},
        {"", ""},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_string_equal(cstr(a, storage_file_name(a, str_from(rows[i][0]))), rows[i][1]);

    /* 254 bytes and a character of three: it goes as a whole. */
    char name[300];
    memset(name, 'x', sizeof name);
    memcpy(name + 254, "\xe2\x82\xac", 3);
    assert_int_equal(storage_file_name(a, (str){name, sizeof name}).n, 254);
    /* What a cut leaves at the end is not a dot either. */
    memcpy(name + 253, ". ", 2);
    assert_int_equal(storage_file_name(a, (str){name, sizeof name}).n, 253);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_name_is_one_that_every_file_system_takes),
        cmocka_unit_test_setup_teardown(
            a_marker_is_made_once_and_missed_later, a_media_tree, is_removed),
        cmocka_unit_test_setup_teardown(only_real_files_make_a_tree_used, a_media_tree, is_removed),
        cmocka_unit_test(paths_nest_by_the_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
