#include "core/arena.h"
#include "core/log.h"
#include "core/size.h"
#include "db/db.h"
#include "event/event.h"
#include "role/admin.h"
#include "role/boot.h"
#include "role/cluster.h"
#include "storage/location.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/banned.h"

static const struct admin_command commands[] = {
    {"list-users", "every user, deleted ones too", admin_list_users},
    {"reset-admin-password", "give the administrator a new password", admin_reset_password,
        .unable = "Unable to reset admin password"},
    {"grant-admin", "make a user an administrator", admin_grant,
        .unable = "Unable to grant admin access to user"},
    {"revoke-admin", "make an administrator a user", admin_revoke,
        .unable = "Unable to revoke admin access from user"},
    {"enable-password-login", "let users sign in with their password", admin_enable_password_login},
    {"disable-password-login", "let nobody sign in with a password", admin_disable_password_login},
    {"enable-oauth-login", "let users sign in through the OAuth provider",
        admin_enable_oauth_login},
    {"disable-oauth-login", "let nobody sign in through an OAuth provider",
        admin_disable_oauth_login},
    {"change-media-location", "let the database follow files that were moved",
        admin_change_media_location, .unable = "Unable to update database file paths."},
    {"doctor", "look for what is wrong with this installation", admin_doctor, .ours = true},
    {"version", "the Immich version this server stands for", admin_version, .offline = true},
    {"operations", "the operations of the API, and which of them this build has", admin_operations,
        .offline = true},
    {"openapi", "the description of the API as JSON", admin_openapi, .offline = true},
};

static void print_help(FILE *to)
{
    fputs("usage: tintype admin COMMAND\n\n", to);
    for (size_t i = 0; i < LENGTH(commands); i++)
        fprintf(to, "  %-24s %s\n", commands[i].name, commands[i].help);
}

str admin_ask(struct ctx *cx, const char *question)
{
    char *line = NULL;
    size_t size = 0;
    /* What answers from a file has no Enter key that ends the line. */
    printf("%s%s", question, isatty(STDIN_FILENO) ? " " : "\n");
    fflush(stdout);
    const ssize_t n = getline(&line, &size, stdin);
    const str answer = n > 0 ? str_dup(cx->arena, str_trim((str){line, (size_t)n})) : STR("");
    free(line);
    return answer;
}

/* Without a configured database it is the private one, which only its supervisor starts. */
static fallible find_private_database(struct arena *a)
{
    struct env env;
    TRY(env_load(&env));
    if (env.has_database) return NULL;
    const char *media = storage_location(a, env.media_location);
    const char *state = *env.state_dir ? env.state_dir : cstr(a, str_fmt(a, "%s/.tintype", media));
    const char *url = cluster_running_url(a, state);
    if (!url) {
        FAIL(UNAVAILABLE,
            "No database is configured (DB_HOSTNAME or DB_URL), and the private one in %s is not "
            "running. Start tintype first, or set TINTYPE_STATE_DIR to the folder that it uses.",
            state);
    }
    if (setenv("DB_URL", url, 1) < 0 || setenv("TINTYPE_PRIVATE_DATABASE", "true", 1) < 0)
        FAIL_ERRNO("setenv", NULL);
    return NULL;
}

static fallible run_with_database(const struct admin_command *command, struct arena *arena)
{
    struct boot boot = {0};
    TRY(find_private_database(arena));
    err e = boot_start(&boot, &(struct boot_opts){.role = "admin", .pool_size = 1});
    if (!e) {
        log_set_level(LOG_WARN);
        e = event_bus_start(
            &boot.app.events, &(struct event_bus_opts){.pool = boot.app.pool, .redis = boot.redis});
    }
    if (!e) {
        struct ctx cx = boot_ctx(&boot, arena);
        e = command->run(&cx);
        event_flush(boot.app.events, &cx);
        boot_ctx_end(&cx);
        event_bus_stop(boot.app.events);
    }
    boot_stop(&boot);
    return e;
}

static int run(const struct admin_command *command)
{
    struct arena *arena = arena_new();
    err e = command->offline ? command->run(&(struct ctx){.arena = arena})
                             : run_with_database(command, arena);
    if (e) {
        printf("%s\n", e->message);
        if (command->unable) printf("%s\n", command->unable);
    }
    arena_free(arena);
    return e && command->ours ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    log_set_role("admin");
    const char *name = argc > 1 ? argv[1] : "help";
    for (size_t i = 0; i < LENGTH(commands); i++) {
        if (strcmp(name, commands[i].name) != 0) continue;
        return run(&commands[i]);
    }
    const bool asked = strcmp(name, "help") == 0 || strcmp(name, "--help") == 0;
    print_help(stdout);
    return asked ? EXIT_SUCCESS : 2;
}
