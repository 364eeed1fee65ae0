#include "core/arena.h"
#include "core/log.h"
#include "core/size.h"
#include "json/value.h"

#include <math.h>
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

/* How deep the brackets of a JSON text are; of other texts any number. */
static int nesting_of(str text)
{
    int depth = 0, deepest = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.p[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '[' || c == '{'))
            depth++;
        else if (!quoted && (c == ']' || c == '}'))
            depth--;
        deepest = MAX(deepest, depth);
    }
    return deepest;
}

fallible json_parse(struct arena *a, str text, const struct json_value **out)
{
    if (nesting_of(text) > JSON_NESTING_MAX)
        FAIL(BAD_REQUEST, "not JSON: nested more than %d levels", JSON_NESTING_MAX);
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

double json_number_of(str text)
{
    double value;
    text = str_trim(text);
    if (text.n == 0) return 0;
    return str_parse_double(text, &value) ? value : NAN;
}

/* ---- making values ---- */

static yyjson_mut_doc *new_document(struct arena *a, yyjson_alc *alc)
{
    *alc = (yyjson_alc){arena_malloc, arena_realloc, arena_keep, a};
    yyjson_mut_doc *doc = yyjson_mut_doc_new(alc);
    if (!doc) log_die("out of memory");
    return doc;
}

/* The value as others see it, once its parts are all there. */
static const struct json_value *finish(yyjson_mut_val *root, const yyjson_alc *alc)
{
    yyjson_doc *doc = yyjson_mut_val_imut_copy(root, alc);
    if (!doc) log_die("out of memory");
    return outer(yyjson_doc_get_root(doc));
}

/* The length of the UTF-8 character at the front, 0 when there is none. */
static size_t character_length(str s)
{
    for (size_t n = 1; n <= 4 && n <= s.n; n++)
        if (str_is_utf8(str_slice(s, 0, n))) return n;
    return 0;
}

static str as_utf8(struct arena *a, str s)
{
    if (str_is_utf8(s)) return s;
    char *out = arena_alloc_raw(a, s.n * 3);
    size_t n = 0;
    while (s.n > 0) {
        const size_t length = character_length(s);
        const str piece = length ? str_slice(s, 0, length) : STR("\xef\xbf\xbd");
        memcpy(out + n, piece.p, piece.n);
        n += piece.n;
        s = str_slice(s, length ? length : 1, s.n);
    }
    return (str){out, n};
}

const struct json_value *json_of_pairs(struct arena *a, const struct json_pair *v, size_t n)
{
    yyjson_alc alc;
    yyjson_mut_doc *doc = new_document(a, &alc);
    yyjson_mut_val *object = yyjson_mut_obj(doc);
    for (size_t i = 0; i < n; i++) {
        const str name = as_utf8(a, v[i].name), value = as_utf8(a, v[i].value);
        yyjson_mut_val *text = yyjson_mut_strn(doc, value.p ? value.p : "", value.n);
        yyjson_mut_val *key = yyjson_mut_strn(doc, name.p ? name.p : "", name.n);
        yyjson_mut_val *there = yyjson_mut_obj_getn(object, yyjson_mut_get_str(key), name.n);
        if (!there) {
            yyjson_mut_obj_add(object, key, text);
            continue;
        }
        if (!yyjson_mut_is_arr(there)) {
            yyjson_mut_val *first = there;
            there = yyjson_mut_arr(doc);
            yyjson_mut_obj_put(object, key, there);
            yyjson_mut_arr_append(
                there, yyjson_mut_strn(doc, yyjson_mut_get_str(first), yyjson_mut_get_len(first)));
        }
        yyjson_mut_arr_append(there, text);
    }
    return finish(object, &alc);
}

/* Recurses as deep as both are objects: as deep as the shallower of the two, and one of them is a
 * document of ours. */
static yyjson_mut_val *merged(yyjson_mut_doc *doc, yyjson_val *base, yyjson_val *over)
{
    if (!yyjson_is_obj(base) || !yyjson_is_obj(over)) return yyjson_val_mut_copy(doc, over);
    yyjson_mut_val *out = yyjson_mut_obj(doc);
    size_t i, n;
    yyjson_val *key, *value;
    yyjson_obj_foreach(base, i, n, key, value)
    {
        yyjson_val *other = yyjson_obj_getn(over, yyjson_get_str(key), yyjson_get_len(key));
        yyjson_mut_obj_add(out, yyjson_val_mut_copy(doc, key),
            other ? merged(doc, value, other) : yyjson_val_mut_copy(doc, value));
    }
    yyjson_obj_foreach(over, i, n, key, value)
    {
        if (!yyjson_obj_getn(base, yyjson_get_str(key), yyjson_get_len(key)))
            yyjson_mut_obj_add(out, yyjson_val_mut_copy(doc, key), yyjson_val_mut_copy(doc, value));
    }
    return out;
}

const struct json_value *json_merge(
    struct arena *a, const struct json_value *base, const struct json_value *over)
{
    yyjson_alc alc;
    yyjson_mut_doc *doc = new_document(a, &alc);
    return finish(merged(doc, inner(base), inner(over)), &alc);
}

static yyjson_mut_val *different(yyjson_mut_doc *doc, yyjson_val *base, yyjson_val *value)
{
    yyjson_mut_val *out = yyjson_mut_obj(doc);
    size_t i, n;
    yyjson_val *key, *now;
    yyjson_obj_foreach(value, i, n, key, now)
    {
        yyjson_val *was = yyjson_obj_getn(base, yyjson_get_str(key), yyjson_get_len(key));
        if (yyjson_is_obj(was) && yyjson_is_obj(now)) {
            yyjson_mut_val *below = different(doc, was, now);
            if (yyjson_mut_obj_size(below) > 0)
                yyjson_mut_obj_add(out, yyjson_val_mut_copy(doc, key), below);
        } else if (!was || !yyjson_equals(was, now)) {
            yyjson_mut_obj_add(out, yyjson_val_mut_copy(doc, key), yyjson_val_mut_copy(doc, now));
        }
    }
    return out;
}

const struct json_value *json_diff(
    struct arena *a, const struct json_value *base, const struct json_value *value)
{
    yyjson_alc alc;
    yyjson_mut_doc *doc = new_document(a, &alc);
    return finish(different(doc, inner(base), inner(value)), &alc);
}

str json_print(struct arena *a, const struct json_value *v)
{
    const yyjson_alc alc = {arena_malloc, arena_realloc, arena_keep, a};
    size_t n = 0;
    const char *text = yyjson_val_write_opts(inner(v), YYJSON_WRITE_NOFLAG, &alc, &n, NULL);
    if (!text) log_die("out of memory");
    return (str){text, n};
}
