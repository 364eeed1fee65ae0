#include "config/env.h"
#include "core/arena.h"
#include "core/buf.h"
#include "core/fd.h"
#include "core/size.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "core/banned.h"

enum {
    SECRET_FILE_MAX = 64 * 1024,
};

/* Problems are collected, so that one start tells all of them. */
struct problems {
    struct buf text;
};

static void problem(struct problems *p, const char *name, const char *message)
{
    buf_add_fmt(&p->text, "\n  - [%s] %s", name, message);
}

static const char *get(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

static bool any_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcasecmp(text, words[i]) == 0) return true;
    }
    return false;
}

static bool flag_parse(const char *text, bool *out)
{
    static const char *const yes[] = {"true", "1", "yes", "on", "y", "enabled"};
    static const char *const no[] = {"false", "0", "no", "off", "n", "disabled"};
    const bool is_yes = any_of(text, yes, LENGTH(yes));
    if (!is_yes && !any_of(text, no, LENGTH(no))) return false;
    *out = is_yes;
    return true;
}

static void load_TEXT(struct problems *p, const char *name, const char *otherwise, const char **out)
{
    (void)p;
    *out = get(name, otherwise);
}

static void load_ABSOLUTE(
    struct problems *p, const char *name, const char *otherwise, const char **out)
{
    *out = get(name, otherwise);
    if (**out && **out != '/') problem(p, name, "Must be an absolute path");
}

static void load_FLAG(struct problems *p, const char *name, const char *otherwise, bool *out)
{
    const char *value = getenv(name); /* an empty flag is an error, as upstream */
    if (!flag_parse(value ? value : otherwise, out))
        problem(p, name, "Invalid option: expected a boolean word");
}

static void load_NUMBER(struct problems *p, const char *name, const char *otherwise, int *out)
{
    int64_t number;
    if (str_parse_i64(str_from(get(name, otherwise)), &number) && number >= 0 && number <= 65535) {
        *out = (int)number;
        return;
    }
    problem(p, name, "Invalid input: expected a number from 0 to 65535");
}

/* Index of the variable's value in words, `otherwise` when unset; a problem when it is none of
 * them. */
static int load_word(
    struct problems *p, const char *name, const char *const *words, size_t n, int otherwise)
{
    const char *value = getenv(name);
    if (!value) return otherwise;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(value, words[i]) == 0) return (int)i;
    }
    problem(p, name, "Invalid option");
    return otherwise;
}

/* NAME_FILE, else $CREDENTIALS_DIRECTORY/NAME: the content replaces the variable, trailing newlines
 * stripped. */
static void load_secret(struct problems *p, struct arena *a, const char *name)
{
    char variable[64];
    snprintf(variable, sizeof variable, "%s_FILE", name);
    const char *path = get(variable, NULL);
    char beside[PATH_MAX];
    const char *directory = get("CREDENTIALS_DIRECTORY", NULL);
    if (!path && directory) {
        snprintf(beside, sizeof beside, "%s/%s", directory, name);
        if (access(beside, R_OK) == 0) path = beside;
    }
    if (!path) return;
    str content;
    err e = file_read(a, path, SECRET_FILE_MAX, &content);
    if (e) {
        problem(p, variable, e->message);
        return;
    }
    while (content.n && (content.p[content.n - 1] == '\n' || content.p[content.n - 1] == '\r'))
        content.n--;
    setenv(name, cstr(a, content), 1);
}

static void load_secrets(struct problems *p)
{
    static const char *const names[] = {"DB_URL", "DB_HOSTNAME", "DB_DATABASE_NAME", "DB_USERNAME",
        "DB_PASSWORD", "REDIS_PASSWORD"};
    ARENA_SCOPE (tmp) {
        for (size_t i = 0; i < LENGTH(names); i++)
            load_secret(p, tmp, names[i]);
    }
}

/* Bits of the comma list's words; spaces are ignored, an unknown word is a problem. */
static unsigned load_list(
    struct problems *p, const char *name, const char *const *words, size_t n, const char *complaint)
{
    unsigned bits = 0;
    str rest = str_from(get(name, "")), part;
    while (str_cut(&rest, ',', &part)) {
        part = str_trim(part);
        size_t i = 0;
        while (i < n && !str_eq(part, str_from(words[i])))
            i++;
        if (i < n) {
            bits |= 1u << i;
        } else if (part.n) {
            char message[256];
            snprintf(message, sizeof message, "%s: %.*s", complaint, (int)MIN(part.n, (size_t)64),
                part.p);
            problem(p, name, message);
        }
    }
    return bits;
}

static void load_workers(struct problems *p, struct env *out)
{
    static const char *const names[] = {"api", "microservices"};
    const char *complaint = "Invalid worker(s) found";
    unsigned include = load_list(p, "IMMICH_WORKERS_INCLUDE", names, LENGTH(names), complaint);
    const unsigned exclude =
        load_list(p, "IMMICH_WORKERS_EXCLUDE", names, LENGTH(names), complaint);
    if (include == 0) include = 3;
    const unsigned workers = include & ~exclude;
    out->run_api = workers & 1;
    out->run_microservices = workers & 2;
}

static void load_telemetry(struct problems *p, struct env *out)
{
    static const char *const names[] = {"host", "api", "io", "repo", "job"};
    const char *complaint = "Invalid telemetry found";
    const bool all = strcmp(get("IMMICH_TELEMETRY_INCLUDE", ""), "all") == 0;
    unsigned include = TELEMETRY_ALL;
    if (!all) include = load_list(p, "IMMICH_TELEMETRY_INCLUDE", names, LENGTH(names), complaint);
    out->telemetry =
        include & ~load_list(p, "IMMICH_TELEMETRY_EXCLUDE", names, LENGTH(names), complaint);
}

static bool any_set(const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (get(names[i], NULL)) return true;
    }
    return false;
}

static void load_presence(struct env *out)
{
    /* Any of them means that the user has a database (DESIGN §3, take-over guard). */
    static const char *const database[] = {"DB_URL", "DB_HOSTNAME", "DB_PORT", "DB_USERNAME",
        "DB_PASSWORD", "DB_DATABASE_NAME", "DB_SSL_MODE", "DB_VECTOR_EXTENSION",
        "DB_SKIP_MIGRATIONS"};
    static const char *const redis[] = {"REDIS_URL", "REDIS_HOSTNAME", "REDIS_PORT",
        "REDIS_DBINDEX", "REDIS_USERNAME", "REDIS_PASSWORD", "REDIS_SOCKET"};
    out->has_database = any_set(database, LENGTH(database));
    out->has_redis = any_set(redis, LENGTH(redis));
}

static void load_words(struct problems *p, struct env *out)
{
    static const char *const kinds[] = {"production", "development", "testing"};
    static const char *const levels[] = {"verbose", "debug", "log", "warn", "error", "fatal"};
    static const char *const formats[] = {"console", "json"};
    static const char *const modes[] = {"disable", "allow", "prefer", "require", "verify-full"};
    static const char *const vectors[] = {"pgvector", "vectorchord"};
    out->kind = (enum env_kind)load_word(p, "IMMICH_ENV", kinds, LENGTH(kinds), ENV_PRODUCTION);
    const int level = load_word(p, "IMMICH_LOG_LEVEL", levels, LENGTH(levels), -1);
    out->log_level_is_set = level >= 0;
    out->log_level = level >= 0 ? (enum log_level)level : LOG_LOG;
    out->log_json = load_word(p, "IMMICH_LOG_FORMAT", formats, LENGTH(formats), 0) == 1;
    const int mode = load_word(p, "DB_SSL_MODE", modes, LENGTH(modes), -1);
    out->db_ssl_mode = mode >= 0 ? modes[mode] : "";
    const int vector = load_word(p, "DB_VECTOR_EXTENSION", vectors, LENGTH(vectors), -1);
    out->vector_extension = (enum vector_extension)(vector + 1);
    out->machine_learning_enabled =
        strcmp(get("IMMICH_MACHINE_LEARNING_ENABLED", "true"), "false") != 0;
    out->process_invalid_images = strcmp(get("IMMICH_PROCESS_INVALID_IMAGES", ""), "true") == 0;
}

fallible env_load(struct env *out)
{
    struct env env = {0};
    struct problems p = {0};
    load_secrets(&p);
#define X(kind, name, member, value) load_##kind(&p, name, value, &env.member);
#include "config/env.def"
#undef X
    load_words(&p, &env);
    load_workers(&p, &env);
    load_telemetry(&p, &env);
    load_presence(&env);

    err e = NULL;
    if (p.text.n) {
        e = err_new(
            BAD_REQUEST, 0, ERR_HERE, "Invalid environment variables: %.*s", FMT(buf_str(&p.text)));
    } else {
        *out = env;
    }
    buf_done(&p.text);
    return e;
}

/* libpq's quoting: single quotes, backslash before quote and backslash. */
static void add_setting(struct buf *b, const char *key, const char *value)
{
    buf_add_fmt(b, "%s%s='", b->n ? " " : "", key);
    for (; *value; value++) {
        if (*value == '\'' || *value == '\\') buf_add_char(b, '\\');
        buf_add_char(b, *value);
    }
    buf_add_char(b, '\'');
}

str env_db_conninfo(struct arena *a, const struct env *env)
{
    if (*env->db_url) return str_from(env->db_url);
    char port[8];
    snprintf(port, sizeof port, "%d", env->db_port);
    struct buf b = {0};
    add_setting(&b, "host", env->db_hostname);
    add_setting(&b, "port", port);
    add_setting(&b, "user", env->db_username);
    add_setting(&b, "password", env->db_password);
    add_setting(&b, "dbname", env->db_database);
    if (*env->db_ssl_mode) add_setting(&b, "sslmode", env->db_ssl_mode);
    return buf_take(&b, a);
}
