#include "box/run.h"
#include "core/fd.h"
#include "core/sanitized.h"
#include "core/test.h"
#include "core/time.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "core/banned.h"

static struct ctx cx;

/* tintype-box with a decoder that does what the file says, see tests/box/hook.c. */
static int set_up(void **state)
{
    (void)state;
    static char program[PATH_MAX];
    if (!realpath("/proc/self/exe", program)) return -1;
    char *slash = strrchr(program, '/');
    snprintf(slash, (size_t)(program + sizeof program - slash), "/tintype-box-hooks");
    box_configure(&(struct box_settings){.program = program});
    cx.arena = arena_new();
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

static err decode_for(str content, int64_t timeout_ms, uint64_t memory)
{
    auto_fd fd = file_of(content);
    struct box_answer answer;
    return box_run(&cx,
        &(struct box_request){.task = BOX_IMAGE,
            .input_fd = fd,
            .timeout_ms = timeout_ms,
            .memory_bytes = memory,
            .image = {.size = 1440}},
        &answer);
}

static err decode(str content)
{
    return decode_for(content, 0, 0);
}

#define assert_failure(expression, wanted)                                                         \
    do {                                                                                           \
        err e_ = (expression);                                                                     \
        if (box_failure_of(e_) != (wanted)) print_error("%s\n", e_ ? e_->message : "no failure");  \
        assert_int_equal(box_failure_of(e_), wanted);                                              \
    } while (0)

/* ---- decode profile ---- */

static void a_decoder_can_open_start_and_reach_nothing(void **state)
{
    (void)state;
    err e = decode(STR("hook:escape"));
    assert_non_null(e);
    assert_string_equal(e->message, "The file is damaged: escapes:");
}

static void a_crash_costs_one_job_and_says_so(void **state)
{
    (void)state;
    err e = decode(STR("hook:crash"));
    assert_failure(e, BOX_CRASHED);
    assert_string_equal(e->message, "The decoder crashed: signal 11");
    assert_true(box_failure_is_files_fault(BOX_CRASHED));
    /* The next job runs in a new nursery. */
    assert_failure(decode(STR("not a picture")), BOX_UNSUPPORTED);
}

static void a_decoder_that_spins_is_ended_at_its_deadline(void **state)
{
    (void)state;
    const int64_t from = monotonic_ms();
    assert_failure(decode_for(STR("hook:spin"), 300, 0), BOX_TIME_LIMIT);
    assert_in_range(monotonic_ms() - from, 300, 3000);
}

static void memory_is_bounded_and_ours_does_not_move(void **state)
{
    (void)state;
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    if (!SANITIZED) assert_failure(decode_for(STR("hook:memory"), 0, 200 << 20), BOX_MEMORY_LIMIT);
    getrusage(RUSAGE_SELF, &after);
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 2048);
}

static void html_with_the_name_of_a_picture_is_no_picture(void **state)
{
    (void)state;
    err e = decode(STR("<!DOCTYPE html><script>alert(1)</script>"));
    assert_failure(e, BOX_UNSUPPORTED);
    assert_string_equal(e->message, "The format is not supported: no picture we know");
    assert_failure(decode(STR("")), BOX_CORRUPT);
}

/* 40,000 × 40,000 pixels: the header alone is enough to refuse it. */
static void a_bomb_is_refused_by_its_dimensions(void **state)
{
    (void)state;
    assert_failure(
        decode(
            STR("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x9c\x40\0\0\x9c\x40\x08\2\0\0\0\xde\x6e\x99\x52"
                "\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xae\x42\x60\x82")),
        BOX_TOO_LARGE);
}

static void many_jobs_at_once_do_not_disturb_each_other(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        assert_failure(decode(STR("nothing")), BOX_UNSUPPORTED);
}

/* The first process that it started and that lives; 0: there is none. */
static pid_t child_of(pid_t pid)
{
    char path[64], text[32] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0) return 0;
    return (pid_t)strtol(text, NULL, 10);
}

static pid_t nursery_pid(void)
{
    return child_of(getpid());
}

/* As the kernel does when the machine is out of memory: kills so many decoders, one after the
 * other. */
static pid_t start_killer(int n)
{
    assert_failure(decode(STR("nothing")), BOX_UNSUPPORTED);
    const pid_t nursery = nursery_pid();
    const pid_t killer = fork();
    assert_true(killer >= 0);
    if (killer) return killer;
    for (pid_t decoder = 0, last = 0; n > 0; last = decoder, n--) {
        while (!(decoder = child_of(nursery)) || decoder == last)
            usleep(1000);
        if (kill(decoder, SIGKILL)) _exit(1);
    }
    _exit(0);
}

static void a_decoder_that_was_killed_is_tried_again(void **state)
{
    (void)state;
    const pid_t killer = start_killer(2);
    assert_failure(decode_for(STR("hook:spin"), 1000, 0), BOX_TIME_LIMIT);
    assert_int_equal(waitpid(killer, NULL, 0), killer);
}

static void a_decoder_that_others_kill_is_no_fault_of_its_file(void **state)
{
    (void)state;
    const pid_t killer = start_killer(3);
    assert_failure(decode_for(STR("hook:spin"), 5000, 0), BOX_KILLED);
    assert_false(box_failure_is_files_fault(BOX_KILLED));
    assert_int_equal(waitpid(killer, NULL, 0), killer);
}

static void a_nursery_that_was_killed_is_replaced(void **state)
{
    (void)state;
    assert_failure(decode(STR("nothing")), BOX_UNSUPPORTED);
    const pid_t pid = nursery_pid();
    assert_true(pid > 0);
    kill(pid, SIGKILL);
    /* Whether it is noticed when the order is sent or while its answer is waited for. */
    assert_failure(decode(STR("nothing")), BOX_UNSUPPORTED);
}

/* ---- child profile ---- */

static err run(const char *const *argv, int input_fd, const char *folder, str *output)
{
    struct box_child_result result;
    err e = box_child_run(&cx,
        &(struct box_child){.argv = argv,
            .input_fd = input_fd,
            .output_fd = -1,
            .output_limit = 4096,
            .folder = folder,
            .timeout_ms = 10000},
        &result);
    if (!e) *output = result.output;
    return e;
}

static void a_program_reads_its_input_and_no_other_file(void **state)
{
    (void)state;
    char mine[] = "/tmp/tintype-box-XXXXXX", other[] = "/tmp/tintype-box-XXXXXX";
    auto_fd fd = mkstemp(mine);
    auto_fd other_fd = mkstemp(other);
    assert_ok(fd_write_all(fd, "hello", 5));
    assert_ok(fd_write_all(other_fd, "secret", 6));
    str output = {0};
    assert_ok(run((const char *[]){"/bin/cat", BOX_CHILD_INPUT, NULL}, fd, NULL, &output));
    assert_str(output, "hello");
    assert_failure(
        run((const char *[]){"/bin/cat", other, NULL}, fd, NULL, &output), BOX_TOOL_FAILED);
    assert_failure(run((const char *[]){"/bin/cat", "/proc/1/environ", NULL}, fd, NULL, &output),
        BOX_TOOL_FAILED);
    unlink(mine);
    unlink(other);
}

static void a_program_writes_below_its_folder_only(void **state)
{
    (void)state;
    char folder[] = "/tmp/tintype-box-XXXXXX", path[64], outside[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/made", folder);
    snprintf(outside, sizeof outside, "%s.outside", folder);
    str output = {0};
    assert_ok(run((const char *[]){"/bin/mkdir", path, NULL}, -1, folder, &output));
    assert_failure(
        run((const char *[]){"/bin/mkdir", outside, NULL}, -1, folder, &output), BOX_TOOL_FAILED);
    assert_int_equal(rmdir(path), 0);
    rmdir(folder);
}

/* As transcodes do: the index at the front of the file is written last. */
static void ffmpeg_writes_a_video_into_its_folder(void **state)
{
    (void)state;
    char folder[] = "/tmp/tintype-box-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/out.mp4", folder);
    str output = {0};
    struct box_child_result result;
    const char *const argv[] = {BOX_FFMPEG, "-v", "error", "-f", "lavfi", "-i",
        "testsrc=size=64x48:duration=1", "-c:v", "libx264", "-movflags", "faststart", path, NULL};
    assert_ok(box_child_run(&cx,
        &(struct box_child){.argv = argv,
            .input_fd = -1,
            .output_fd = -1,
            .output_limit = 1 << 20,
            .folder = folder,
            .timeout_ms = 20000},
        &result));
    assert_ok(file_read(cx.arena, path, 1 << 20, &output));
    assert_true(str_find(output, STR("moov")) < str_find(output, STR("mdat")));
    unlink(path);
    rmdir(folder);
}

static void a_program_has_no_sockets_and_starts_no_others(void **state)
{
    (void)state;
    const char *const script =
        "use Socket; socket(my $s, AF_INET, SOCK_STREAM, 0) and print 'socket ';"
        "socket($s, AF_UNIX, SOCK_STREAM, 0) and print 'unix ';"
        "defined fork and print 'fork '; kill(0, getppid) and print 'kill '; print 'end'";
    str output = {0};
    assert_ok(run((const char *[]){"/usr/bin/perl", "-e", script, NULL}, -1, NULL, &output));
    assert_str(output, "end");
}

static void a_program_sees_nothing_of_our_environment(void **state)
{
    (void)state;
    setenv("DB_PASSWORD", "secret", 1);
    str output = {0};
    assert_ok(run((const char *[]){"/usr/bin/env", NULL}, -1, NULL, &output));
    assert_true(str_find(output, STR("secret")) < 0);
    assert_true(str_find(output, STR("PATH=")) >= 0);
}

static void a_program_that_prints_without_end_is_ended(void **state)
{
    (void)state;
    str output = {0};
    assert_failure(
        run((const char *[]){"/usr/bin/yes", NULL}, -1, NULL, &output), BOX_OUTPUT_LIMIT);
}

static void a_program_that_complains_without_end_is_late_all_the_same(void **state)
{
    (void)state;
    struct box_child_result result;
    const char *const argv[] = {"/usr/bin/perl", "-e", "print STDERR 'x' x 4096 while 1", NULL};
    err e = box_child_run(&cx,
        &(struct box_child){
            .argv = argv, .input_fd = -1, .output_fd = -1, .output_limit = 4096, .timeout_ms = 500},
        &result);
    assert_failure(e, BOX_TIME_LIMIT);
}

static void a_program_that_does_not_exist_is_named(void **state)
{
    (void)state;
    str output = {0};
    err e = run((const char *[]){"/usr/bin/no-such-program", NULL}, -1, NULL, &output);
    assert_failure(e, BOX_TOOL_MISSING);
}

/* ---- kernels and containers that give less ---- */

/* In a process of its own: the calls answer with this error from here on, also for what it starts.
 */
static void refuse_calls(const int *numbers, size_t n, int error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    for (size_t i = 0; i < n; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ERRNO((uint32_t)error), numbers[i], 0)) _exit(100);
    if (seccomp_load(filter)) _exit(101);
}

static int in_a_process(int (*test)(void))
{
    box_shutdown();
    const pid_t pid = fork();
    if (pid == 0) {
        const int status = test();
        box_shutdown();
        _exit(status);
    }
    int status;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int in_a_container(void)
{
    refuse_calls(
        (const int[]){SCMP_SYS(unshare), SCMP_SYS(mount), SCMP_SYS(pivot_root), SCMP_SYS(setns)}, 4,
        EPERM);
    str output;
    err e = decode(STR("hook:escape"));
    if (!e || strcmp(e->message, "The file is damaged: escapes:") != 0) return 1;
    e = run((const char *[]){"/bin/echo", "hi", NULL}, -1, NULL, &output);
    return !e && str_eq(output, STR("hi\n")) ? 0 : 2;
}

static void nothing_needs_rights_that_containers_lack(void **state)
{
    (void)state;
    assert_int_equal(in_a_process(in_a_container), 0);
}

static int without_landlock(bool allow_weak)
{
    struct box_settings settings = box_settings_get();
    settings.allow_weak_child = allow_weak;
    box_configure(&settings);
    struct box_status status;
    str output = {0};
    if (box_status_get(&cx, &status) || status.landlock_abi != 0) return 1;
    if (status.child_allowed != allow_weak) return 2;
    /* Decoding keeps its promise. */
    err e = decode(STR("hook:escape"));
    if (!e || strcmp(e->message, "The file is damaged: escapes:") != 0) return 3;
    e = run((const char *[]){"/bin/echo", "hi", NULL}, -1, NULL, &output);
    if (!allow_weak) return box_failure_of(e) == BOX_NO_SANDBOX ? 0 : 4;
    if (e || !str_eq(output, STR("hi\n"))) return 5;
    e = run((const char *[]){"/bin/mkdir", "/tmp/tintype-box-evil", NULL}, -1, NULL, &output);
    if (box_failure_of(e) != BOX_TOOL_FAILED) return 6;
    e = run((const char *[]){"/bin/true", NULL}, -1, "/tmp", &output);
    return box_failure_of(e) == BOX_NO_SANDBOX ? 0 : 7;
}

static const int LANDLOCK_CALLS[] = {444, 445, 446};

static int without_landlock_strict(void)
{
    refuse_calls(LANDLOCK_CALLS, 3, ENOSYS);
    return without_landlock(false);
}

static int without_landlock_weak(void)
{
    refuse_calls(LANDLOCK_CALLS, 3, ENOSYS);
    return without_landlock(true);
}

static void without_landlock_images_go_on_and_programs_are_refused(void **state)
{
    (void)state;
    assert_int_equal(in_a_process(without_landlock_strict), 0);
}

static void without_landlock_an_owner_may_allow_programs_that_cannot_write(void **state)
{
    (void)state;
    assert_int_equal(in_a_process(without_landlock_weak), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decoder_can_open_start_and_reach_nothing),
        cmocka_unit_test(a_crash_costs_one_job_and_says_so),
        cmocka_unit_test(a_decoder_that_spins_is_ended_at_its_deadline),
        cmocka_unit_test(a_decoder_that_was_killed_is_tried_again),
        cmocka_unit_test(a_decoder_that_others_kill_is_no_fault_of_its_file),
        cmocka_unit_test(memory_is_bounded_and_ours_does_not_move),
        cmocka_unit_test(html_with_the_name_of_a_picture_is_no_picture),
        cmocka_unit_test(a_bomb_is_refused_by_its_dimensions),
        cmocka_unit_test(many_jobs_at_once_do_not_disturb_each_other),
        cmocka_unit_test(a_nursery_that_was_killed_is_replaced),
        cmocka_unit_test(a_program_reads_its_input_and_no_other_file),
        cmocka_unit_test(a_program_writes_below_its_folder_only),
        cmocka_unit_test(ffmpeg_writes_a_video_into_its_folder),
        cmocka_unit_test(a_program_has_no_sockets_and_starts_no_others),
        cmocka_unit_test(a_program_sees_nothing_of_our_environment),
        cmocka_unit_test(a_program_that_prints_without_end_is_ended),
        cmocka_unit_test(a_program_that_complains_without_end_is_late_all_the_same),
        cmocka_unit_test(a_program_that_does_not_exist_is_named),
        cmocka_unit_test(nothing_needs_rights_that_containers_lack),
        cmocka_unit_test(without_landlock_images_go_on_and_programs_are_refused),
        cmocka_unit_test(without_landlock_an_owner_may_allow_programs_that_cannot_write),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
