#include "core/fd.h"
#include "core/test.h"
#include "storage/tree.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/banned.h"

static char folder[] = "/tmp/tintype-tree-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return chdir("/") == 0 && !storage_remove_tree(folder) ? 0 : -1;
}

static void make_file(const char *path)
{
    assert_ok(file_replace(path, STR("x"), 0600));
}

static void a_folder_goes_with_all_that_is_in_it(void **state)
{
    (void)state;
    assert_ok(dir_make("user/aa/bb", 0700));
    make_file("user/aa/bb/photo.jpg");
    make_file("user/aa/.hidden");
    make_file("other");
    assert_ok(storage_remove_tree("user"));
    assert_int_equal(access("user", F_OK), -1);
    assert_int_equal(access("other", F_OK), 0);
}

static void what_a_link_points_to_stays(void **state)
{
    (void)state;
    assert_ok(dir_make("outside", 0700));
    make_file("outside/precious");
    assert_ok(dir_make("linked", 0700));
    assert_int_equal(symlink("../outside", "linked/away"), 0);
    assert_int_equal(symlink("nowhere", "linked/dangling"), 0);
    assert_ok(storage_remove_tree("linked"));
    assert_int_equal(access("linked", F_OK), -1);
    assert_int_equal(access("outside/precious", F_OK), 0);
}

static void a_missing_folder_is_fine(void **state)
{
    (void)state;
    assert_ok(storage_remove_tree("never-was"));
}

static void a_folder_that_cannot_be_removed_is_reported(void **state)
{
    (void)state;
    assert_fails(storage_remove_tree("/proc/self/task"), INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_goes_with_all_that_is_in_it),
        cmocka_unit_test(what_a_link_points_to_stays),
        cmocka_unit_test(a_missing_folder_is_fine),
        cmocka_unit_test(a_folder_that_cannot_be_removed_is_reported),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
