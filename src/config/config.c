#define BANNED_ALLOW_MALLOC /* snapshots outlive the request that makes them */

#include "config/config.h"
#include "config/config_file.h"
#include "config/env.h"
#include "core/log.h"
#include "core/thread.h"
#include "gen/config_sql.h"
#include "gen/embed.h"
#include "json/reader.h"
#include "json/writer.h"

#include <stdlib.h>

#include "core/banned.h"

struct config {
    struct arena *arena;
    struct SystemConfigDto dto;
    int users; /* requests, jobs and the store itself; guarded by the store's mutex */
};

struct config_store {
    const struct env *env;
    pthread_mutex_t mutex;
    struct config *current;
    str file; /* the document of IMMICH_CONFIG_FILE as JSON, p == NULL without one */
    struct arena *arena;
};

/* The defaults with what the environment says about machine learning. */
static fallible default_document(
    struct arena *a, const struct env *env, const struct json_value **out)
{
    const struct json_value *defaults, *environment;
    struct buf text = {0};
    const char *url = *env->machine_learning_url ? env->machine_learning_url
                                                 : "http://immich-machine-learning:3003";
    buf_add_fmt(&text, "{\"machineLearning\":{\"enabled\":%s,\"urls\":[",
        env->machine_learning_enabled ? "true" : "false");
    json_write_str(&text, str_from(url));
    buf_add(&text, STR("]}}"));
    TRY(json_parse(a, embed_config_defaults, &defaults));
    TRY(json_parse(a, buf_take(&text, a), &environment));
    *out = json_merge(a, defaults, environment);
    return NULL;
}

/* Appends the codec to the accepted ones when it is missing. */
#define ACCEPT(a, list, codec)                                                                     \
    do {                                                                                           \
        size_t i_ = 0;                                                                             \
        while (i_ < (list)->n && (list)->v[i_] != (codec))                                         \
            i_++;                                                                                  \
        if (i_ < (list)->n) break;                                                                 \
        typeof((list)->v) more_ = arena_alloc_array(a, (list)->n + 1, sizeof *(list)->v);          \
        memcpy(more_, (list)->v, (list)->n * sizeof *more_);                                       \
        more_[(list)->n] = (codec);                                                                \
        (list)->v = more_;                                                                         \
        (list)->n++;                                                                               \
    } while (0)

/* "https://user@host:1/path?x" → "https://user@host:1" */
static str origin_of(str url)
{
    const ptrdiff_t scheme = str_find(url, STR("://"));
    if (scheme < 0) return url;
    const size_t host = (size_t)scheme + 3;
    size_t end = host;
    while (end < url.n && !strchr("/?#", url.p[end]))
        end++;
    return str_slice(url, 0, end);
}

/* Build rules of every read (contract/endpoints/system-config). */
static void normalise(struct arena *a, struct SystemConfigDto *dto)
{
    dto->server.externalDomain = origin_of(dto->server.externalDomain);
    ACCEPT(a, &dto->ffmpeg.acceptedVideoCodecs, dto->ffmpeg.targetVideoCodec);
    ACCEPT(a, &dto->ffmpeg.acceptedAudioCodecs, dto->ffmpeg.targetAudioCodec);
}

static const struct field whole = {
    .kind = FIELD_OBJECT, .size = sizeof(struct SystemConfigDto), .sub = &SystemConfigDto_fields};

static bool fits(struct arena *a, const struct json_value *document, struct SystemConfigDto *out,
    struct issues *issues)
{
    *issues = issues_new(a);
    issues->stored = true;
    json_read(issues, &whole, document, out);
    return issues->found == 0;
}

/* The setting that the path of an issue names, as it is by default, to be laid over a document:
 * {"trash":{"days":30}}. What is wrong inside a list is wrong with the list. */
static fallible default_at(struct arena *a, const struct json_value *defaults, str path, str *out)
{
    const struct json_value *steps;
    TRY(json_parse(a, path, &steps));
    struct json_iter it = json_iter(steps);
    struct buf text = {0};
    size_t depth = 0;
    while (json_type(defaults) == JSON_OBJECT) {
        str name;
        if (!json_string(json_next(&it), &name)) break;
        buf_add_char(&text, '{');
        json_write_str(&text, name);
        buf_add_char(&text, ':');
        defaults = json_get(defaults, name);
        depth++;
    }
    buf_add(&text, defaults ? json_print(a, defaults) : STR("null"));
    for (size_t i = 0; i < depth; i++)
        buf_add_char(&text, '}');
    *out = buf_take(&text, a);
    return NULL;
}

/* `stored` over the defaults. A setting that does not fit is as by default and named in *unfit:
 * one that an older version wrote must not take all others with it. */
static fallible build(struct arena *a, const struct env *env, const struct json_value *stored,
    struct SystemConfigDto *out, struct issues *unfit)
{
    struct issues rest;
    const struct json_value *defaults, *document;
    TRY(default_document(a, env, &defaults));
    document = json_type(stored) == JSON_OBJECT ? json_merge(a, defaults, stored) : defaults;
    if (!fits(a, document, out, unfit)) {
        for (size_t i = 0; i < unfit->n; i++) {
            const struct json_value *setting;
            str text;
            TRY(default_at(a, defaults, unfit->v[i].path, &text));
            TRY(json_parse(a, text, &setting));
            document = json_merge(a, document, setting);
        }
        if (!fits(a, document, out, &rest))
            FAIL(INTERNAL, "the configuration cannot be mended: %.*s: %.*s", FMT(rest.v[0].path),
                FMT(rest.v[0].message));
    }
    normalise(a, out);
    return NULL;
}

static fallible stored_document(
    struct ctx *cx, const struct config_store *store, const struct json_value **out)
{
    bool found = true;
    str text = store->file;
    *out = NULL;
    if (!text.p) TRY(sql_config_stored(cx, &text, &found));
    return found ? json_parse(cx->arena, text, out) : NULL;
}

static void release_locked(struct config *config)
{
    if (--config->users) return;
    arena_free(config->arena);
    free(config);
}

static void make_current(struct config_store *store, struct config *config)
{
    MUTEX_SCOPE(&store->mutex)
    {
        struct config *old = store->current;
        store->current = config;
        if (old) release_locked(old);
    }
}

/* What a person wrote into a file is refused, what is stored is used as far as it goes. */
static fallible judge(const struct config_store *store, const struct issues *unfit)
{
    if (store->file.p && unfit->found)
        FAIL(BAD_REQUEST, "Invalid system config: %.*s: %.*s", FMT(unfit->v[0].path),
            FMT(unfit->v[0].message));
    for (size_t i = 0; i < unfit->n; i++)
        log_error("a stored setting does not fit and is not used", KV("setting", unfit->v[i].path),
            KV("reason", unfit->v[i].message));
    return NULL;
}

static fallible make_snapshot(struct config_store *store, const struct json_value *stored)
{
    struct config *config = calloc(1, sizeof *config);
    struct issues unfit;
    if (!config) log_die("out of memory");
    *config = (struct config){.arena = arena_new(), .users = 1};
    err e = build(config->arena, store->env, stored, &config->dto, &unfit);
    if (!e) e = judge(store, &unfit);
    if (e) {
        release_locked(config);
        return e;
    }
    make_current(store, config);
    return NULL;
}

static fallible open_store(struct config_store *store)
{
    const struct json_value *document = NULL;
    if (*store->env->config_file) {
        TRY(config_file_read(store->arena, store->env->config_file, &store->file));
        TRY(json_parse(store->arena, store->file, &document));
    }
    return make_snapshot(store, document);
}

fallible config_store_new(struct config_store **out, const struct env *env)
{
    struct config_store *store = calloc(1, sizeof *store);
    if (!store) log_die("out of memory");
    *store = (struct config_store){.env = env, .arena = arena_new()};
    pthread_mutex_init(&store->mutex, NULL);
    err e = open_store(store);
    if (e) {
        config_store_free(store);
        return e;
    }
    *out = store;
    return NULL;
}

void config_store_free(struct config_store *store)
{
    make_current(store, NULL);
    pthread_mutex_destroy(&store->mutex);
    arena_free(store->arena);
    free(store);
}

fallible config_refresh(struct ctx *cx, struct config_store *store)
{
    const struct json_value *stored;
    if (store->file.p) return NULL;
    TRY(stored_document(cx, store, &stored));
    return make_snapshot(store, stored);
}

const struct config *config_acquire(struct config_store *store)
{
    struct config *config = NULL;
    MUTEX_SCOPE(&store->mutex)
    {
        config = store->current;
        config->users++;
    }
    return config;
}

void config_release(struct config_store *store, const struct config *config)
{
    MUTEX_SCOPE(&store->mutex)
    {
        release_locked((struct config *)(uintptr_t)config);
    }
}

const struct SystemConfigDto *config_get(const struct ctx *cx)
{
    return &cx->config->dto;
}

fallible config_read(struct ctx *cx, struct config_store *store, struct SystemConfigDto *out)
{
    const struct json_value *stored;
    struct issues unfit;
    TRY(stored_document(cx, store, &stored));
    return build(cx->arena, store->env, stored, out, &unfit);
}

fallible config_defaults(struct ctx *cx, struct config_store *store, struct SystemConfigDto *out)
{
    struct issues unfit;
    return build(cx->arena, store->env, NULL, out, &unfit);
}
