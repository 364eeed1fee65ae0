#include "box/inside/sandbox.h"
#include "box/landlock.h"
#include "core/fd.h"
#include "core/sanitized.h"
#include "core/size.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "core/banned.h"

enum {
    DESCRIPTORS_MAX = 64,
    /* A backstop only: the kernel counts all threads of the uid, other containers' included. */
    PROCESSES_MAX = 4096,
};

enum {
    DECODE = 1,
    COMMAND = 2,
    WRITER = 4,
    FORKER = 8,
};

static const struct {
    int number, profiles;
} SYSCALLS[] = {
#define X(name, profiles) {SCMP_SYS(name), profiles},
#include "box/inside/syscalls.def"
#undef X
};

/* Below these a program finds itself, its libraries and its settings. */
static const struct {
    const char *path;
    uint64_t rights;
} SYSTEM_FOLDERS[] = {
    {"/usr", LANDLOCK_READ_FILE | LANDLOCK_READ_DIR | LANDLOCK_EXECUTE},
    {"/lib", LANDLOCK_READ_FILE | LANDLOCK_READ_DIR | LANDLOCK_EXECUTE},
    {"/lib64", LANDLOCK_READ_FILE | LANDLOCK_READ_DIR | LANDLOCK_EXECUTE},
    {"/etc", LANDLOCK_READ_FILE | LANDLOCK_READ_DIR},
    {"/dev/null", LANDLOCK_READ_FILE | LANDLOCK_WRITE_FILE},
    {"/dev/urandom", LANDLOCK_READ_FILE},
};
enum { RULES_MAX = LENGTH(SYSTEM_FOLDERS) + 3 };

static fallible limit_set(enum __rlimit_resource what, rlim_t value)
{
    /* At the soft limit of CPU time comes SIGXCPU, which names the reason; SIGKILL soon after. */
    const rlim_t slack = what == RLIMIT_CPU ? 2 : 0;
    struct rlimit limit;
    if (getrlimit(what, &limit)) FAIL_ERRNO("getrlimit", NULL);
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < value + slack)
        value = limit.rlim_max - MIN(slack, limit.rlim_max);
    if (setrlimit(what, &(struct rlimit){value, value + slack})) FAIL_ERRNO("setrlimit", NULL);
    return NULL;
}

static uint64_t mapped_bytes(void)
{
    auto_fd fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    char text[64] = "";
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0) return 0;
    return strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static fallible limits_set(const struct box_limits *limits, uint64_t mapped)
{
    /* AddressSanitizer's shadow alone is terabytes of address space. */
    if (limits->memory_bytes && !SANITIZED)
        TRY(limit_set(RLIMIT_AS, mapped + limits->memory_bytes));
    if (limits->cpu_s) TRY(limit_set(RLIMIT_CPU, limits->cpu_s));
    if (limits->file_bytes) TRY(limit_set(RLIMIT_FSIZE, limits->file_bytes));
    TRY(limit_set(RLIMIT_NOFILE, DESCRIPTORS_MAX));
    TRY(limit_set(RLIMIT_NPROC, PROCESSES_MAX));
    return limit_set(RLIMIT_CORE, 0);
}

/* Threads yes, processes no: what a thread shares with its creator tells them apart. clone3 hides
 * its flags behind a pointer, so it does not exist here and the C library falls back. */
static int allow_clone(scmp_filter_ctx filter, int profiles)
{
    int bad = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (profiles & FORKER)
        return bad | seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 0);
    const scmp_datum_t thread = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND;
    return bad | seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                     SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread));
}

/* A decoder brings all its code along; a program's loader maps libraries. */
static int allow_memory(scmp_filter_ctx filter, int profiles)
{
    if (profiles & COMMAND)
        return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 0) |
               seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 0);
    const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_code) |
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code);
}

/* Naming a thread is all that decoding needs of prctl. */
static int allow_names(scmp_filter_ctx filter, int profiles)
{
    if (profiles & COMMAND) return 0;
    return seccomp_rule_add(
        filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
}

static int allow_open(scmp_filter_ctx filter, int profiles)
{
    if (!(profiles & COMMAND)) return 0;
    if (profiles & WRITER)
        return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 0) |
               seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 0);
    const scmp_datum_t changing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
               SCMP_A2(SCMP_CMP_MASKED_EQ, changing, O_RDONLY)) |
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
               SCMP_A1(SCMP_CMP_MASKED_EQ, changing, O_RDONLY));
}

static fallible filter_load(int profiles)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter) FAIL(UNAVAILABLE, "no seccomp filter");
    /* By binary search: a linear list would cost every call a microsecond. */
    int bad = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    for (size_t i = 0; i < LENGTH(SYSCALLS) && !bad; i++)
        if (SYSCALLS[i].profiles & profiles)
            bad = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SYSCALLS[i].number, 0);
    bad = bad || allow_clone(filter, profiles) || allow_memory(filter, profiles) ||
          allow_names(filter, profiles) || allow_open(filter, profiles);
    if (!bad) bad = seccomp_load(filter);
    seccomp_release(filter);
    if (bad) FAIL(UNAVAILABLE, "seccomp cannot be had (%d)", bad);
    return NULL;
}

fallible sandbox_lock_decode(const struct box_limits *limits)
{
    TRY(limits_set(limits, mapped_bytes()));
    if (landlock_abi()) TRY(landlock_restrict(NULL, 0));
    return filter_load(DECODE);
}

static fallible rule_add(
    struct landlock_rule *rules, size_t *n, const char *path, uint64_t rights, bool must_exist)
{
    const int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0 && must_exist) FAIL_ERRNO("open", path);
    if (fd < 0) return NULL;
    rules[(*n)++] = (struct landlock_rule){fd, rights};
    return NULL;
}

static fallible landlock_command(const struct box_command *command, int input_fd)
{
    struct landlock_rule rules[RULES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < LENGTH(SYSTEM_FOLDERS); i++)
        TRY(rule_add(rules, &n, SYSTEM_FOLDERS[i].path, SYSTEM_FOLDERS[i].rights, false));
    if (command->read_folder.n)
        TRY(rule_add(
            rules, &n, command->read_folder.p, LANDLOCK_READ_FILE | LANDLOCK_READ_DIR, true));
    if (command->folder.n)
        TRY(rule_add(rules, &n, command->folder.p, LANDLOCK_MANAGE | LANDLOCK_TRUNCATE, true));
    if (input_fd >= 0) rules[n++] = (struct landlock_rule){input_fd, LANDLOCK_READ_FILE};
    return landlock_restrict(rules, n);
}

fallible sandbox_lock_command(
    const struct box_command *command, const struct box_limits *limits, int input_fd)
{
    int profiles = COMMAND | (command->may_fork ? FORKER : 0);
    TRY(limits_set(limits, 0));
    if (landlock_abi()) {
        TRY(landlock_command(command, input_fd));
        profiles |= WRITER;
    } else if (!command->any_access || command->folder.n) {
        FAIL(UNAVAILABLE, "the kernel has no Landlock");
    } else if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
        FAIL_ERRNO("no_new_privs", NULL);
    }
    return filter_load(profiles);
}
