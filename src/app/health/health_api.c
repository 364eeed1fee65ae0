#include "app/app.h"
#include "app/health/health_checks.h"
#include "auth/auth.h"
#include "config/config.h"
#include "core/arena.h"
#include "core/time.h"
#include "db/db.h"
#include "gen/health_sql.h"

#include "core/banned.h"

/* Static, because a check that hangs outlives the request. */
static struct probe disk = PROBE(health_check_disk);
static struct probe media = PROBE(health_check_media);
static struct probe machine_learning = PROBE(health_check_ml);

static struct HealthPartDto part(enum HealthPart name, bool ok, str detail)
{
    return (struct HealthPartDto){.name = name, .ok = ok, .detail = detail};
}

static struct HealthPartDto part_of_probe(
    struct ctx *cx, enum HealthPart name, struct probe *probe, int64_t until_ms)
{
    struct probe_answer answer;
    probe_wait(probe, until_ms, &answer);
    return part(name, answer.ok, str_dup(cx->arena, str_from(answer.detail)));
}

/* The three parts that are told from the database, in one look. */
struct database_parts {
    struct HealthPartDto database, queue, box;
};

static str describe_queue(struct ctx *cx, const struct health_queue *q)
{
    const str age = q->oldestSeconds.is == PRESENT ? str_fmt(cx->arena, ", the oldest for %lld s",
                                                         (long long)q->oldestSeconds.v)
                                                   : STR("");
    return str_fmt(cx->arena, "%lld workers, %lld jobs wait%.*s, %lld have failed for good",
        (long long)q->workers, (long long)q->waiting, FMT(age), (long long)q->dead);
}

/* One worker without its box is worth a look even when others have theirs. */
static struct HealthPartDto box_part(const struct list_health_box *boxes)
{
    for (size_t i = 0; i < boxes->n; i++)
        if (!boxes->v[i].ok) return part(HEALTH_PART_BOX, false, boxes->v[i].detail);
    if (boxes->n == 0) return part(HEALTH_PART_BOX, false, STR("no worker has reported"));
    return part(HEALTH_PART_BOX, true, boxes->v[0].detail);
}

static fallible look_at_database(struct ctx *cx, struct database_parts *out)
{
    struct health_database database;
    struct health_queue queue;
    struct list_health_box boxes;
    TRY(db_begin(cx));
    TRY(sql_health_database(cx, &database));
    TRY(sql_health_queue(cx, &queue));
    TRY(sql_health_box(cx, &boxes));
    TRY(db_commit(cx));
    *out = (struct database_parts){
        .database = part(HEALTH_PART_DATABASE, true,
            str_fmt(cx->arena, "PostgreSQL %.*s, %lld of %lld connections", FMT(database.version),
                (long long)database.connections, (long long)database.connectionsMax)),
        .queue = part(HEALTH_PART_QUEUE, queue.workers > 0, describe_queue(cx, &queue)),
        .box = box_part(&boxes),
    };
    return NULL;
}

static struct database_parts database_parts(struct ctx *cx)
{
    struct database_parts parts;
    err e = look_at_database(cx, &parts);
    if (!e) return parts;
    db_rollback_all(cx);
    const str unknown = STR("unknown without the database");
    return (struct database_parts){
        .database = part(HEALTH_PART_DATABASE, false, str_dup(cx->arena, str_from(e->message))),
        .queue = part(HEALTH_PART_QUEUE, false, unknown),
        .box = part(HEALTH_PART_BOX, false, unknown),
    };
}

/* NULL: machine learning is switched off. */
static const char *ml_url(struct ctx *cx)
{
    const struct SystemConfigMachineLearningDto *ml = &config_get(cx)->machineLearning;
    return ml->enabled && ml->urls.n ? cstr(cx->arena, ml->urls.v[0]) : NULL;
}

fallible op_getHealth(struct ctx *cx, struct HealthResponseDto *out)
{
    const int64_t until_ms = monotonic_ms() + PROBE_WAIT_MS;
    const char *url = ml_url(cx);
    probe_start(&disk, cx->app->media);
    probe_start(&media, cx->app->media);
    if (url) probe_start(&machine_learning, url);

    const struct database_parts database = database_parts(cx);
    const struct HealthPartDto parts[] = {
        database.database,
        database.queue,
        part_of_probe(cx, HEALTH_PART_DISK, &disk, until_ms),
        part_of_probe(cx, HEALTH_PART_MEDIA, &media, until_ms),
        database.box,
        url ? part_of_probe(cx, HEALTH_PART_MACHINE_LEARNING, &machine_learning, until_ms)
            : part(HEALTH_PART_MACHINE_LEARNING, true, STR("switched off")),
    };
    const size_t n = sizeof parts / sizeof parts[0];

    *out = (struct HealthResponseDto){.ok = true};
    /* Without machine learning everything but searching by content works, and its jobs wait. */
    for (size_t i = 0; i < n; i++)
        if (parts[i].name != HEALTH_PART_MACHINE_LEARNING) out->ok &= parts[i].ok;
    if (!cx->auth || !cx->auth->is_admin) return NULL;
    out->parts.is = PRESENT;
    out->parts.v.v = ARENA_ARRAY(cx->arena, struct HealthPartDto, n);
    out->parts.v.n = n;
    memcpy(out->parts.v.v, parts, sizeof parts);
    return NULL;
}
