/* `tintype`: without an argument the supervisor; with a role's name the executable of that role
 * takes this process over. It stays small: it links nothing that a role needs.
 */
#include "config/env.h"
#include "core/log.h"
#include "core/size.h"
#include "role/supervisor.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/banned.h"

static const char usage[] =
    "usage: tintype                 start everything (and a private PostgreSQL when no DB_ "
    "variable is set)\n"
    "       tintype server          the API and the web app\n"
    "       tintype worker          background jobs\n"
    "       tintype admin COMMAND   administration; 'tintype admin help' lists the commands\n";

/* The folder of our own executable, where those of the roles are. */
static bool find_bin(char bin[static PATH_MAX])
{
    const ssize_t n = readlink("/proc/self/exe", bin, PATH_MAX - 1);
    if (n <= 0) return false;
    bin[n] = '\0';
    char *slash = strrchr(bin, '/');
    if (!slash) return false;
    *slash = '\0';
    return true;
}

static int run_role(const char *bin, char **argv)
{
    static const char *const roles[] = {"server", "worker", "admin"};
    for (size_t i = 0; i < LENGTH(roles); i++) {
        if (strcmp(argv[1], roles[i]) != 0) continue;
        char path[PATH_MAX + 32];
        snprintf(path, sizeof path, "%s/tintype-%s", bin, roles[i]);
        execv(path, argv + 1);
        fprintf(stderr, "tintype: cannot start %s\n", path);
        return EXIT_FAILURE;
    }
    const bool asked = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0;
    fputs(usage, asked ? stdout : stderr);
    return asked ? EXIT_SUCCESS : 2;
}

int main(int argc, char **argv)
{
    char bin[PATH_MAX];
    if (!find_bin(bin)) {
        fputs("tintype: /proc is not mounted\n", stderr);
        return EXIT_FAILURE;
    }
    if (argc > 1) return run_role(bin, argv);

    log_set_role("supervisor");
    struct env env;
    int status = EXIT_FAILURE;
    err e = env_load(&env);
    if (!e) {
        log_set_level(env.log_level);
        log_set_json(env.log_json);
        e = supervisor_run(&env, bin, &status);
    }
    if (!e) return status;
    fprintf(stderr, "%s\n", e->message);
    return EXIT_FAILURE;
}
