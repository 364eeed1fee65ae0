#include "core/log.h"
#include "core/size.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "core/banned.h"

static _Atomic(int) threshold = LOG_LOG;
static _Atomic(bool) as_json = false;
static const char *_Atomic role_name = "tintype";
static _Thread_local const char *context_id;

static const char *const level_names[] = {"verbose", "debug", "log", "warn", "error", "fatal"};

/* A line on the stack: logging must work when memory is short. */
struct line {
    char text[8192];
    size_t n;
};

bool log_enabled(enum log_level level)
{
    return (int)level >= atomic_load_explicit(&threshold, memory_order_relaxed);
}

void log_set_level(enum log_level level)
{
    threshold = (int)level;
}

void log_set_json(bool json)
{
    as_json = json;
}

void log_set_role(const char *role)
{
    role_name = role;
}

void log_context(const char *id)
{
    context_id = id;
}

bool log_level_parse(str text, enum log_level *out)
{
    for (size_t i = 0; i < LENGTH(level_names); i++) {
        if (!str_eq(text, str_from(level_names[i]))) continue;
        *out = (enum log_level)i;
        return true;
    }
    return false;
}

static void add(struct line *line, const char *p, size_t n)
{
    n = MIN(n, sizeof line->text - 1 - line->n); /* the last byte is the line's end */
    memcpy(line->text + line->n, p, n);
    line->n += n;
}

static void add_c(struct line *line, const char *text)
{
    add(line, text, strlen(text));
}

/* Control characters are escaped in both formats: a file name must not be able to forge a line. */
static void add_escaped(struct line *line, str s)
{
    const size_t n = MIN(s.n, (size_t)LOG_VALUE_MAX);
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\') add(line, "\\", 1);
        if (c >= 0x20 && c != 0x7f) {
            add(line, s.p + i, 1);
            continue;
        }
        char escape[8];
        add(line, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", c));
    }
}

static void add_quoted(struct line *line, str s)
{
    add(line, "\"", 1);
    add_escaped(line, s);
    add(line, "\"", 1);
}

static void add_error(struct line *line, err e)
{
    char text[ERR_MESSAGE_MAX + 256];
    const int n =
        e ? snprintf(text, sizeof text, "%s: %s (%s)", err_code_name(e->code), e->message, e->where)
          : 0;
    add_quoted(line, (str){text, n < 0 ? 0 : MIN((size_t)n, sizeof text - 1)});
}

static void add_value(struct line *line, const struct kv *pair)
{
    char text[UUID_TEXT + 32];
    switch (pair->kind) {
    case KV_NONE:
        return;
    case KV_I64:
        add(line, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)pair->i64));
        return;
    case KV_U64:
        add(line, text, (size_t)snprintf(text, sizeof text, "%llu", (unsigned long long)pair->u64));
        return;
    case KV_DOUBLE:
        add(line, text, (size_t)snprintf(text, sizeof text, "%.6g", pair->number));
        return;
    case KV_BOOL:
        add_c(line, pair->boolean ? "true" : "false");
        return;
    case KV_CSTR:
        add_quoted(line, str_from(pair->c));
        return;
    case KV_STR:
        add_quoted(line, pair->s);
        return;
    case KV_UUID:
        uuid_format(pair->id, text);
        add_quoted(line, str_from(text));
        return;
    case KV_ERR:
        add_error(line, pair->e);
        return;
    }
}

static void add_time(struct line *line)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct tm parts;
    gmtime_r(&now.tv_sec, &parts);
    char text[64];
    size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    n += (size_t)snprintf(text + n, sizeof text - n, ".%03ldZ", now.tv_nsec / 1000000);
    add(line, text, n);
}

static void write_json(
    struct line *line, enum log_level level, const char *message, const struct kv *pairs)
{
    add_c(line, "{\"time\":\"");
    add_time(line);
    add_c(line, "\",\"level\":\"");
    add_c(line, level_names[level]);
    add_c(line, "\",\"role\":\"");
    add_c(line, role_name);
    add_c(line, "\"");
    if (context_id) {
        add_c(line, ",\"id\":");
        add_quoted(line, str_from(context_id));
    }
    add_c(line, ",\"message\":");
    add_quoted(line, str_from(message));
    for (; pairs->kind != KV_NONE; pairs++) {
        add_c(line, ",");
        add_quoted(line, str_from(pairs->key));
        add_c(line, ":");
        add_value(line, pairs);
    }
    add_c(line, "}");
}

static void write_console(
    struct line *line, enum log_level level, const char *message, const struct kv *pairs)
{
    char head[64];
    add_time(line);
    add(line, head,
        (size_t)snprintf(head, sizeof head, " %-5s [%s]", level_names[level], role_name));
    if (context_id) {
        add_c(line, " [");
        add_escaped(line, str_from(context_id));
        add_c(line, "]");
    }
    add_c(line, " ");
    add_escaped(line, str_from(message));
    for (; pairs->kind != KV_NONE; pairs++) {
        add_c(line, " ");
        add_c(line, pairs->key);
        add_c(line, "=");
        add_value(line, pairs);
    }
}

void log_write(enum log_level level, const char *message, const struct kv *pairs)
{
    struct line line;
    line.n = 0;
    if (as_json) {
        write_json(&line, level, message, pairs);
    } else {
        write_console(&line, level, message, pairs);
    }
    line.text[line.n++] = '\n';
    /* A log that cannot be written has nowhere to be reported. */
    ssize_t written = write(STDERR_FILENO, line.text, line.n);
    (void)written;
}

void log_die(const char *message)
{
    log_write(LOG_FATAL, message, (const struct kv[]){{0}});
    abort();
}
