/* Structured logs: one line an event, on stderr.
 *
 * log_info("asset stored", KV("id", id), KV("ms", ms));
 *
 * Levels are upstream's: verbose, debug, log (info), warn, error, fatal. Format "console" or
 * "json". Every line carries the request or job id that the thread set with log_context. Threads
 * any; a line is written with one write(2). Fails   never. Values longer than LOG_VALUE_MAX are
 * cut. Never pass secrets, tokens or file contents.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "core/uuid.h"

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_VERBOSE, LOG_DEBUG, LOG_LOG, LOG_WARN, LOG_ERROR, LOG_FATAL };

enum {
    LOG_VALUE_MAX = 2048,
};

struct kv {
    const char *key;
    enum { KV_NONE, KV_I64, KV_U64, KV_DOUBLE, KV_BOOL, KV_CSTR, KV_STR, KV_UUID, KV_ERR } kind;
    union {
        int64_t i64;
        uint64_t u64;
        double number;
        bool boolean;
        const char *c;
        str s;
        uuid id;
        err e;
    };
};

static inline struct kv kv_i64(const char *key, int64_t v)
{
    return (struct kv){.key = key, .kind = KV_I64, .i64 = v};
}
static inline struct kv kv_u64(const char *key, uint64_t v)
{
    return (struct kv){.key = key, .kind = KV_U64, .u64 = v};
}
static inline struct kv kv_double(const char *key, double v)
{
    return (struct kv){.key = key, .kind = KV_DOUBLE, .number = v};
}
static inline struct kv kv_bool(const char *key, bool v)
{
    return (struct kv){.key = key, .kind = KV_BOOL, .boolean = v};
}
static inline struct kv kv_cstr(const char *key, const char *v)
{
    return (struct kv){.key = key, .kind = KV_CSTR, .c = v};
}
static inline struct kv kv_str(const char *key, str v)
{
    return (struct kv){.key = key, .kind = KV_STR, .s = v};
}
static inline struct kv kv_uuid(const char *key, uuid v)
{
    return (struct kv){.key = key, .kind = KV_UUID, .id = v};
}
static inline struct kv kv_err(const char *key, err v)
{
    return (struct kv){.key = key, .kind = KV_ERR, .e = v};
}

#define KV(key, value)                                                                             \
    _Generic((value),                                                                                                  \
        bool: kv_bool,                                                                                                 \
        char *: kv_cstr,                                                                                               \
        const char *: kv_cstr,                                                                                         \
        str: kv_str,                                                                                                   \
        uuid: kv_uuid,                                                                                                 \
        err: kv_err,                                                                                                   \
        float: kv_double,                                                                                              \
        double: kv_double,                                                                                             \
        unsigned: kv_u64,                                                                                              \
        unsigned long: kv_u64,                                                                                         \
        unsigned long long: kv_u64,                                                                                    \
        default: kv_i64)(key, value)
/* The error that is being logged: its message, code and place. */
#define KV_ERROR(e) kv_err("error", e)

void log_write(enum log_level level, const char *message, const struct kv *pairs);

#define log_at(level, message, ...)                                                                \
    do {                                                                                           \
        if (log_enabled(level))                                                                    \
            log_write(level, message, (const struct kv[]){__VA_ARGS__ __VA_OPT__(, ){0}});         \
    } while (0)
#define log_verbose(...) log_at(LOG_VERBOSE, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_at(LOG_LOG, __VA_ARGS__)
#define log_warn(...) log_at(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)

/* For impossible states and out of memory: logs and aborts, so that the supervisor starts the
 * process anew. */
__attribute__((noreturn, cold)) void log_die(const char *message);

bool log_enabled(enum log_level level);
void log_set_level(enum log_level level);
void log_set_json(bool json);
/* The role's name on every line ("server", "worker"); a literal. */
void log_set_role(const char *role);
/* The id on this thread's lines from now on; NULL clears it. The text must live until then. */
void log_context(const char *id);
/* "verbose" … "fatal"; false on anything else. */
bool log_level_parse(str text, enum log_level *out);
