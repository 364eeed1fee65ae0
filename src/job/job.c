#include "core/buf.h"
#include "core/size.h"
#include "db/db.h"
#include "gen/job_sql.h"
#include "job/job.h"
#include "json/writer.h"

#include <assert.h>

#include "core/banned.h"

#define RETRY(n) (n)
#define ONCE .key = KEY_NAME

const struct job_kind job_kinds[JOBS_N] = {
#define X(name_, queue_, type, attempts_, ...)                                                     \
    [JOB_##name_] = {.name = #name_,                                                               \
        .queue = QUEUE_##queue_,                                                                   \
        .payload = &type##_fields,                                                                 \
        .attempts = attempts_ __VA_OPT__(, ) __VA_ARGS__},
#include "job/jobs.def"
#undef X
};

const char *const queue_names[QUEUES_N] = {
#define X(name, concurrency) [QUEUE_##name] = #name,
#include "job/queues.def"
#undef X
};

enum job_name job_name_find(str name)
{
    enum job_name i = 0;
    while (i < JOBS_N && !str_eq(name, str_from(job_kinds[i].name)))
        i++;
    return i;
}

enum queue_name queue_name_find(str name)
{
    enum queue_name i = 0;
    while (i < QUEUES_N && !str_eq(name, str_from(queue_names[i])))
        i++;
    return i;
}

static str id_of(struct arena *a, const struct job_kind *kind, const void *payload, str name)
{
    const struct field *f = fields_find(kind->payload, name);
    assert(f && f->kind == FIELD_UUID && !f->value);
    return uuid_str(a, *(const uuid *)field_at_const(f, payload));
}

static struct opt_str key_of(struct arena *a, const struct job_kind *kind, const void *payload)
{
    switch (kind->key) {
    case KEY_NONE:
        return NOTHING(str);
    case KEY_NAME:
        return SOME(str, STR(""));
    case KEY_ID:
        return SOME(str, id_of(a, kind, payload, STR("id")));
    case KEY_RECIPIENT:
        return SOME(str, str_fmt(a, "%.*s/%.*s", FMT(id_of(a, kind, payload, STR("id"))),
                             FMT(id_of(a, kind, payload, STR("recipientId")))));
    }
    return NOTHING(str);
}

static str json_of(struct arena *a, const struct job_kind *kind, const void *payload)
{
    if (!payload) {
        assert(!kind->payload->n);
        return STR("{}");
    }
    struct buf json = {0};
    json_write(&json, kind->payload, payload, DATES_Z);
    return buf_take(&json, a);
}

/* Jobs of one kind that are added together. */
struct batch {
    const struct job_kind *kind;
    struct list_str payloads;
    struct opt_str key;
    int64_t delay_ms;
};

/* *added is 0 when an unfinished job has the key. */
static fallible insert(struct ctx *cx, const struct batch *b, int64_t *added)
{
    return sql_job_insert(cx, added, str_from(queue_names[b->kind->queue]), str_from(b->kind->name),
        b->payloads, b->kind->priority, b->key, b->delay_ms, b->kind->attempts);
}

/* Starts the delay anew; a job that has begun does not know what came after, so another follows. */
static fallible add_debounced(struct ctx *cx, struct batch b)
{
    int64_t n;
    TRY(sql_job_postpone(cx, &n, str_from(b.kind->name), b.key.v, b.payloads.v[0], b.delay_ms));
    if (n) return NULL;
    TRY(insert(cx, &b, &n));
    if (n) return NULL;
    b.key = NOTHING(str);
    return insert(cx, &b, &n);
}

fallible job_add_later(struct ctx *cx, enum job_name name, const void *payload, int64_t delay_ms)
{
    assert(name < JOBS_N);
    const struct job_kind *kind = &job_kinds[name];
    str json = json_of(cx->arena, kind, payload);
    const struct batch one = {kind, {&json, 1}, key_of(cx->arena, kind, payload), delay_ms};
    if (kind->debounced) return add_debounced(cx, one);
    int64_t n;
    return insert(cx, &one, &n);
}

fallible job_add(struct ctx *cx, enum job_name name, const void *payload)
{
    assert(name < JOBS_N);
    return job_add_later(cx, name, payload, job_kinds[name].delay_ms);
}

fallible job_add_many(struct ctx *cx, enum job_name name, const void *payloads, size_t n)
{
    assert(name < JOBS_N);
    const struct job_kind *kind = &job_kinds[name];
    const char *payload = payloads;
    if (kind->key != KEY_NONE) {
        for (size_t i = 0; i < n; i++)
            TRY(job_add(cx, name, payload + i * kind->payload->size));
        return NULL;
    }
    if (!n) return NULL;
    str *json = ARENA_ARRAY(cx->arena, str, n);
    for (size_t i = 0; i < n; i++)
        json[i] = json_of(cx->arena, kind, payload + i * kind->payload->size);
    const struct batch batch = {kind, {json, n}, NOTHING(str), kind->delay_ms};
    int64_t added;
    return insert(cx, &batch, &added);
}
