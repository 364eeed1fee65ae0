#include "box/run.h"
#include "core/fd.h"
#include "core/test.h"
#include "core/time.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "core/banned.h"

static struct ctx cx;

static int set_up(void **state)
{
    (void)state;
    cx.arena = arena_new();
    box_configure(&(struct box_settings){0});
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    box_shutdown();
    arena_free(cx.arena);
    return 0;
}

static int file_of(str content)
{
    const int fd = memfd_create("input", MFD_CLOEXEC);
    assert_ok(fd_write_all(fd, content.p, content.n));
    return fd;
}

static const str XMP =
    STR_INIT("<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
             "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
             "xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='4'/></rdf:RDF></x:xmpmeta>");

static err run(const char *const *arguments, str content, const char *name, int64_t timeout_ms,
    struct box_child_result *out)
{
    auto_fd fd = file_of(content);
    return box_exiftool_run(&cx,
        &(struct box_exiftool){.arguments = arguments,
            .n_files = 1,
            .files = {{name, fd}},
            .output_limit = 1 << 20,
            .timeout_ms = timeout_ms},
        out);
}

static void tags_are_read_from_the_descriptor(void **state)
{
    (void)state;
    struct box_child_result result = {0};
    assert_ok(
        run((const char *[]){"-j", "-Rating", "input.xmp", NULL}, XMP, "input.xmp", 0, &result));
    assert_str(result.output, "[{\n  \"SourceFile\": \"input.xmp\",\n  \"Rating\": 4\n}]\n");
}

static void a_changed_file_is_printed(void **state)
{
    (void)state;
    struct box_child_result result = {0};
    assert_ok(run((const char *[]){"-o", "-", "-XMP-dc:Description=a b", "input.xmp", NULL}, XMP,
        "input.xmp", 0, &result));
    assert_true(str_find(result.output, STR("a b")) > 0);
    assert_true(str_find(result.output, STR("Rating")) > 0);
}

/* Each in a fork of the one driver: the second does not pay for loading ExifTool. */
static void the_extension_tells_kinds_of_tiff_apart(void **state)
{
    (void)state;
    struct box_child_result result = {0};
    static const char *const names[][2] = {{"input.nef", "NEF"}, {"input.arw", "ARW"}};
    for (size_t i = 0; i < 2; i++) {
        assert_ok(run((const char *[]){"-s3", "-FileType", names[i][0], NULL},
            STR("II*\0\x08\0\0\0\1\0\0\1\3\0\1\0\0\0\1\0\0\0\0\0\0\0"), names[i][0], 0, &result));
        assert_true(str_starts(result.output, str_from(names[i][1])));
    }
}

static void files_of_others_are_out_of_reach(void **state)
{
    (void)state;
    char path[] = "/tmp/tintype-exiftool-XXXXXX";
    auto_fd fd = mkstemp(path);
    assert_ok(fd_write_all(fd, XMP.p, XMP.n));
    struct box_child_result result = {0};
    err e = run((const char *[]){"-s3", "-Rating", path, NULL}, XMP, "input.xmp", 0, &result);
    assert_int_equal(box_failure_of(e), BOX_TOOL_FAILED);
    unlink(path);
}

static void what_it_complains_about_is_the_reason(void **state)
{
    (void)state;
    struct box_child_result result;
    err e = run((const char *[]){"-o", "-", "-Rating=1", "input.jpg", NULL}, STR("no JPEG"),
        "input.jpg", 0, &result);
    assert_int_equal(box_failure_of(e), BOX_TOOL_FAILED);
    assert_true(str_find(str_from(e->message), STR("Error")) > 0);
}

/* ExifTool's -fast0 and friends cannot make it sleep, Perl in a -if can. */
static void a_file_that_takes_too_long_is_given_up_and_the_next_works(void **state)
{
    (void)state;
    struct box_child_result result;
    const int64_t from = monotonic_ms();
    err e = run(
        (const char *[]){"-if", "sleep 30", "input.xmp", NULL}, XMP, "input.xmp", 2000, &result);
    assert_int_equal(box_failure_of(e), BOX_TIME_LIMIT);
    assert_in_range(monotonic_ms() - from, 2000, 6000);
    tags_are_read_from_the_descriptor(state);
}

/* The first process that it started and that lives; 0: there is none. */
static pid_t child_of(pid_t pid)
{
    char path[64], text[32] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    auto_fd fd = pid ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0) return 0;
    return (pid_t)strtol(text, NULL, 10);
}

/* The fork of this one file, by somebody else: nothing is known about the file yet. */
static void a_file_whose_fork_was_killed_is_tried_again(void **state)
{
    tags_are_read_from_the_descriptor(state);
    const pid_t ours = getpid(), killer = fork();
    assert_true(killer >= 0);
    if (killer == 0) {
        pid_t victim;
        while (!(victim = child_of(child_of(child_of(ours)))))
            usleep(1000);
        _exit(kill(victim, SIGKILL));
    }
    struct box_child_result result;
    err e = run(
        (const char *[]){"-if", "sleep 30", "input.xmp", NULL}, XMP, "input.xmp", 1500, &result);
    assert_int_equal(box_failure_of(e), BOX_TIME_LIMIT);
    int status;
    assert_int_equal(waitpid(killer, &status, 0), killer);
    assert_int_equal(status, 0);
}

int main(void)
{
    const char *program = getenv("TINTYPE_EXIFTOOL");
    if (!program || access(program, R_OK)) {
        puts("skipped: ExifTool is not set up (TINTYPE_EXIFTOOL)");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_are_read_from_the_descriptor),
        cmocka_unit_test(a_changed_file_is_printed),
        cmocka_unit_test(the_extension_tells_kinds_of_tiff_apart),
        cmocka_unit_test(files_of_others_are_out_of_reach),
        cmocka_unit_test(what_it_complains_about_is_the_reason),
        cmocka_unit_test(a_file_that_takes_too_long_is_given_up_and_the_next_works),
        cmocka_unit_test(a_file_whose_fork_was_killed_is_tried_again),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
