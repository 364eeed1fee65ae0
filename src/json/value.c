#include "core/arena.h"
#include "core/log.h"
#include "json/value.h"

#include <yyjson.h>

#include "core/banned.h"

/* yyjson's memory comes from the arena; what it frees goes with the arena. */
static void *arena_malloc(void *arena, size_t size)
{
    return size <= ARENA_ALLOCATION_MAX ? arena_alloc_raw(arena, size) : NULL;
}

static void *arena_realloc(void *arena, void *old, size_t old_size, size_t size)
{
    return size <= ARENA_ALLOCATION_MAX ? arena_grow(arena, old, old_size, size) : NULL;
}

static void arena_keep(void *arena, void *p)
{
    (void)arena;
    (void)p;
}

static yyjson_val *inner(const struct json_value *v)
{
    return (yyjson_val *)(uintptr_t)v; /* yyjson reads through pointers that are not const */
}

static const struct json_value *outer(yyjson_val *v)
{
    return (const struct json_value *)v;
}

fallible json_parse(struct arena *a, str text, const struct json_value **out)
{
    const yyjson_alc alc = {arena_malloc, arena_realloc, arena_keep, a};
    char *copy = arena_alloc_raw(a, text.n + YYJSON_PADDING_SIZE);
    memcpy(copy, text.p ? text.p : "", text.n);
    memset(copy + text.n, 0, YYJSON_PADDING_SIZE);

    yyjson_read_err problem;
    yyjson_doc *doc = yyjson_read_opts(
        copy, text.n, YYJSON_READ_INSITU | YYJSON_READ_NUMBER_AS_RAW, &alc, &problem);
    if (!doc) FAIL(BAD_REQUEST, "not JSON: %s at byte %zu", problem.msg, problem.pos);
    *out = outer(yyjson_doc_get_root(doc));
    return NULL;
}

enum json_type json_type(const struct json_value *v)
{
    switch (yyjson_get_type(inner(v))) {
    case YYJSON_TYPE_NULL:
        return JSON_NULL;
    case YYJSON_TYPE_BOOL:
        return JSON_BOOL;
    case YYJSON_TYPE_RAW:
        return JSON_NUMBER; /* NUMBER_AS_RAW */
    case YYJSON_TYPE_STR:
        return JSON_STRING;
    case YYJSON_TYPE_ARR:
        return JSON_ARRAY;
    case YYJSON_TYPE_OBJ:
        return JSON_OBJECT;
    default:
        return JSON_MISSING;
    }
}

const struct json_value *json_get(const struct json_value *object, str name)
{
    return outer(yyjson_obj_getn(inner(object), name.p, name.n));
}

size_t json_size(const struct json_value *v)
{
    return yyjson_is_ctn(inner(v)) ? yyjson_get_len(inner(v)) : 0;
}

bool json_bool(const struct json_value *v, bool *out)
{
    if (!yyjson_is_bool(inner(v))) return false;
    *out = yyjson_get_bool(inner(v));
    return true;
}

bool json_string(const struct json_value *v, str *out)
{
    if (!yyjson_is_str(inner(v))) return false;
    *out = (str){yyjson_get_str(inner(v)), yyjson_get_len(inner(v))};
    return true;
}

static bool number(const struct json_value *v, str *out)
{
    if (!yyjson_is_raw(inner(v))) return false;
    *out = (str){yyjson_get_raw(inner(v)), yyjson_get_len(inner(v))};
    return true;
}

bool json_double(const struct json_value *v, double *out)
{
    str text;
    return number(v, &text) && str_parse_double(text, out);
}

bool json_int(const struct json_value *v, int64_t *out)
{
    str text;
    return number(v, &text) && str_parse_i64(text, out);
}

bool json_text(const struct json_value *v, str *out)
{
    bool yes;
    if (json_bool(v, &yes)) {
        *out = yes ? STR("true") : STR("false");
        return true;
    }
    return json_string(v, out) || number(v, out);
}

struct json_iter json_iter(const struct json_value *v)
{
    const size_t n = json_size(v);
    return (struct json_iter){
        .next = n ? outer(unsafe_yyjson_get_first(inner(v))) : NULL,
        .left = n,
        .members = yyjson_is_obj(inner(v)),
    };
}

const struct json_value *json_next(struct json_iter *it)
{
    if (it->left == 0) return NULL;
    it->left--;
    yyjson_val *v = inner(it->next);
    if (it->members) {
        it->name = (str){yyjson_get_str(v), yyjson_get_len(v)};
        v++; /* a member's value follows its key */
    }
    it->next = outer(unsafe_yyjson_get_next(v));
    return outer(v);
}
