/* Lines "NAME=value" are the environment: refused in words, or understood, and then what libpq and
 * Valkey are told can be made of it. */
#include "config/env.h"
#include "core/arena.h"
#include "http/proxy.h"
#include "redis/redis.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdlib.h>

enum {
    LINES_MAX = 64,
};

static bool may_be_set(str name)
{
    return str_find_char(name, '\0') < 0 &&
           !str_ends(name, STR("_FILE")) && /* they would read what this machine has there */
           !str_eq(name, STR("CREDENTIALS_DIRECTORY")) &&
           (str_starts(name, STR("IMMICH_")) || str_starts(name, STR("DB_")) ||
               str_starts(name, STR("REDIS_")) || str_starts(name, STR("TINTYPE_")));
}

static void set_all(struct arena *a, str lines)
{
    str line;
    for (size_t i = 0; i < LINES_MAX && str_cut(&lines, '\n', &line); i++) {
        str name = STR("");
        if (!str_cut(&line, '=', &name)) continue;
        if (!may_be_set(name) || str_find_char(line, '\0') >= 0) continue;
        setenv(cstr(a, name), cstr(a, line), 1);
    }
}

/* A value with quotes in it must not become another setting. */
static void check_conninfo(struct arena *a, const struct env *env)
{
    if (*env->db_url) return; /* libpq's own text */
    PQconninfoOption *options = PQconninfoParse(cstr(a, env_db_conninfo(a, env)), NULL);
    assert(options);
    for (const PQconninfoOption *o = options; o->keyword; o++) {
        if (!o->val) continue;
        if (strcmp(o->keyword, "password") == 0) assert(strcmp(o->val, env->db_password) == 0);
        if (strcmp(o->keyword, "host") == 0) assert(strcmp(o->val, env->db_hostname) == 0);
        if (strcmp(o->keyword, "dbname") == 0) assert(strcmp(o->val, env->db_database) == 0);
    }
    PQconninfoFree(options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct env env;
    struct proxies proxies;
    struct redis_opts redis;
    clearenv();
    set_all(a, (str){(const char *)data, size});
    err e = env_load(&env);
    if (e) {
        assert(e->code == BAD_REQUEST && str_starts(str_from(e->message), STR("Invalid env")));
    } else {
        check_conninfo(a, &env);
        e = proxies_parse(&proxies, env.trusted_proxies);
        if (!e) assert(proxies.n <= PROXIES_MAX);
        e = redis_opts_from_url(a, str_from(env.redis_url), &redis);
        if (!e) assert(redis.host && redis.socket && redis.password);
    }
    arena_free(a);
    return 0;
}
