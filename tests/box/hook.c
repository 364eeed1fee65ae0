/* What a file that has taken over its decoder might do, for tests: the content says what. Linked
 * into tintype-box-hooks, which is never installed. */
#include "box/failure.h"
#include "box/inside/job.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct attempt {
    const char *name;
    long result;
};

/* The names of what was not refused; empty when the lock holds. */
static err escape(void)
{
    char *const argv[] = {(char[]){"/bin/true"}, NULL};
    const struct attempt attempts[] = {
        {"open", syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY)},
        {"create", syscall(SYS_openat, AT_FDCWD, "/tmp/evil", O_RDWR | O_CREAT, 0600)},
        {"socket", syscall(SYS_socket, AF_INET, SOCK_STREAM, 0)},
        {"unix", syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0)},
        {"fork", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)},
        {"clone3", syscall(SYS_clone3, NULL, 0)},
        {"exec", execve(argv[0], argv, NULL)},
        {"kill", syscall(SYS_kill, getppid(), 0)},
        {"ptrace", ptrace(PTRACE_ATTACH, getppid(), NULL, NULL)},
        {"unlink", syscall(SYS_unlinkat, AT_FDCWD, "/tmp/evil", 0)},
        {"code", (long)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)},
    };
    char text[BOX_TEXT_MAX] = "escapes:";
    size_t n = strlen(text);
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
        if (attempts[i].result != -1)
            n += (size_t)snprintf(text + n, sizeof text - n, " %s", attempts[i].name);
    BOX_FAIL(BOX_CORRUPT, ((str){text, n}));
}

static void fill_memory(void)
{
    for (volatile char *p; (p = malloc(1 << 20)) != NULL;)
        for (size_t i = 0; i < 1 << 20; i += 4096)
            p[i] = 1;
    fputs("failed to allocate\n", stderr);
    abort();
}

err job_hook(const uint8_t *bytes, size_t n)
{
    const str content = {(const char *)bytes, n};
    if (str_starts(content, STR("hook:escape"))) return escape();
    volatile int *volatile nowhere = NULL;
    if (str_starts(content, STR("hook:crash"))) *nowhere = 0;
    if (str_starts(content, STR("hook:memory"))) fill_memory();
    while (str_starts(content, STR("hook:spin"))) {
    }
    return NULL;
}
