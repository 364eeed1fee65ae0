#include "box/landlock.h"
#include "core/fd.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "core/banned.h"

/* Numbers are the same on every architecture. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { GET_VERSION = 1, PATH_BENEATH = 1 };

struct ruleset {
    uint64_t files;
    uint64_t net;    /* from ABI 4 */
    uint64_t scoped; /* from ABI 6 */
};

/* Packed as in the kernel's interface. */
struct path_beneath {
    uint64_t rights;
    int32_t fd;
} __attribute__((packed));

int landlock_abi(void)
{
    const long abi = syscall(CREATE_RULESET, NULL, 0, GET_VERSION);
    return abi > 0 ? (int)abi : 0;
}

/* All rights over files that the ABI knows: what is handled and not granted is refused. */
static uint64_t rights_of(int abi)
{
    const int bits = abi >= 5 ? 16 : abi >= 3 ? 15 : abi >= 2 ? 14 : 13;
    return ((uint64_t)1 << bits) - 1;
}

fallible landlock_restrict(const struct landlock_rule *rules, size_t n)
{
    const int abi = landlock_abi();
    if (!abi) FAIL(UNAVAILABLE, "the kernel has no Landlock");

    struct ruleset all = {.files = rights_of(abi), .net = 3, .scoped = 3};
    const size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
    auto_fd set = (int)syscall(CREATE_RULESET, &all, size, 0);
    if (set < 0) FAIL_ERRNO("landlock_create_ruleset", NULL);

    for (size_t i = 0; i < n; i++) {
        struct path_beneath rule = {rules[i].rights & all.files, rules[i].fd};
        /* EBADFD: a memfd or pipe, which has no place in the tree and needs no rule. */
        if (syscall(ADD_RULE, set, PATH_BENEATH, &rule, 0) && errno != EBADFD)
            FAIL_ERRNO("landlock_add_rule", NULL);
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) FAIL_ERRNO("no_new_privs", NULL);
    if (syscall(RESTRICT_SELF, set, 0)) FAIL_ERRNO("landlock_restrict_self", NULL);
    return NULL;
}
