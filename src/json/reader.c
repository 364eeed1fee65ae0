#include "core/arena.h"
#include "core/codec.h"
#include "core/size.h"
#include "json/formats.h"
#include "json/reader.h"
#include "json/writer.h"

#include <assert.h>
#include <math.h>

#include "core/banned.h"

#define SAFE_INTEGER_MAX 9007199254740991.0 /* 2^53 - 1 */

/* ---- issues ---- */

/* The word for a value's type in messages; `js` is JavaScript's typeof. */
static const char *type_word(const struct json_value *v, bool js)
{
    switch (json_type(v)) {
    case JSON_MISSING:
        return "undefined";
    case JSON_NULL:
        return js ? "object" : "null";
    case JSON_BOOL:
        return "boolean";
    case JSON_NUMBER:
        return "number";
    case JSON_STRING:
        return "string";
    case JSON_ARRAY:
        return js ? "object" : "array";
    case JSON_OBJECT:
        return "object";
    }
    return "undefined";
}

static void wrong_type(struct issues *issues, const char *expected, const struct json_value *v)
{
    const str members =
        str_fmt(issues->arena, "\"expected\":\"%s\",\"code\":\"invalid_type\",", expected);
    issue_add_coded(
        issues, members, "Invalid input: expected %s, received %s", expected, type_word(v, false));
}

static void not_a_number(struct issues *issues)
{
    issue_add_coded(issues,
        STR("\"expected\":\"number\",\"code\":\"invalid_type\",\"received\":\"NaN\","),
        "Invalid input: expected number, received NaN");
}

/* Formats whose message is the same for a wrong type and a wrong text. */
static void wrong_format(
    struct issues *issues, const char *format, const char *expected, const struct json_value *v)
{
    const str members = json_type(v) == JSON_STRING
                            ? str_fmt(issues->arena,
                                  "\"origin\":\"string\",\"code\":\"invalid_"
                                  "format\",\"format\":\"%s\",",
                                  format)
                            : STR("\"expected\":\"string\",\"code\":\"invalid_type\",");
    issue_add_coded(
        issues, members, "Invalid input: expected %s, received %s", expected, type_word(v, true));
}

static void wrong_enum(struct issues *issues, const struct enum_names *names)
{
    struct buf values = {0}, options = {0};
    for (size_t i = 0; i < names->n; i++) {
        if (i > 0) buf_add_char(&values, ',');
        if (i > 0) buf_add_char(&options, '|');
        if (names->numbers) {
            buf_add(&values, names->v[i]);
            buf_add(&options, names->v[i]);
            continue;
        }
        json_write_str(&values, names->v[i]);
        json_write_str(&options, names->v[i]);
    }
    const str list = buf_take(&values, issues->arena), text = buf_take(&options, issues->arena);
    const str members =
        str_fmt(issues->arena, "\"code\":\"invalid_value\",\"values\":[%.*s],", FMT(list));
    if (names->n == 1)
        issue_add_coded(issues, members, "Invalid input: expected %.*s", FMT(text));
    else
        issue_add_coded(issues, members, "Invalid option: expected one of %.*s", FMT(text));
}

/* A bound that is not kept: small or big, of numbers, strings or arrays. */
struct bound {
    const char *origin; /* "number", "int", "string", "array" */
    const char *unit;   /* "", " characters", " items" */
    double limit;
    bool small, exclusive;
};

static void out_of_bounds(struct issues *issues, const struct bound *b)
{
    struct buf limit = {0};
    json_write_double(&limit, b->limit);
    const str text = buf_take(&limit, issues->arena);
    const str members =
        str_fmt(issues->arena, "\"origin\":\"%s\",\"code\":\"%s\",\"%s\":%.*s,\"inclusive\":%s,",
            b->origin, b->small ? "too_small" : "too_big", b->small ? "minimum" : "maximum",
            FMT(text), b->exclusive ? "false" : "true");
    const bool sized = b->unit[0] != '\0';
    issue_add_coded(issues, members, "Too %s: expected %s %s %c%s%.*s%s",
        b->small ? "small" : "big", b->origin, sized ? "to have" : "to be", b->small ? '>' : '<',
        b->exclusive ? "" : "=", FMT(text), b->unit);
}

/* ---- numbers ---- */

/* JavaScript's Number(value). */
static double number_of(const struct json_value *v)
{
    str text;
    bool yes;
    double value;
    if (json_double(v, &value)) return value;
    if (json_type(v) == JSON_NULL) return 0;
    if (json_bool(v, &yes)) return yes;
    return json_string(v, &text) ? json_number_of(text) : NAN;
}

static bool read_number(
    struct issues *issues, const struct field *f, const struct json_value *v, double *out)
{
    if (f->flags & FIELD_COERCE) {
        *out = number_of(v);
        if (isnan(*out)) not_a_number(issues);
        return !isnan(*out);
    }
    if (json_double(v, out)) return true;
    wrong_type(issues, "number", v);
    return false;
}

static void check_range(struct issues *issues, const struct field_limits *l, double value)
{
    if (!l) return;
    const bool small = l->exclusive_min ? value <= l->min : value < l->min;
    if (l->has_min && small)
        out_of_bounds(issues, &(struct bound){"number", "", l->min, true, l->exclusive_min});
    if (l->has_max && value > l->max)
        out_of_bounds(issues, &(struct bound){"number", "", l->max, false, false});
}

static void read_double(
    struct issues *issues, const struct field *f, const struct json_value *v, double *out)
{
    if (read_number(issues, f, v, out)) check_range(issues, f->limits, *out);
}

static void read_int(
    struct issues *issues, const struct field *f, const struct json_value *v, int64_t *out)
{
    double value;
    if (issues->stored && json_int(v, out)) return; /* 64 bits, beyond what a double holds */
    if (!read_number(issues, f, v, &value)) return;
    if (value != floor(value)) {
        issue_add_coded(issues,
            STR("\"expected\":\"int\",\"format\":\"safeint\",\"code\":\"invalid_type\","),
            "Invalid input: expected int, received number");
        return;
    }
    const bool safe = fabs(value) <= SAFE_INTEGER_MAX;
    if (!safe)
        out_of_bounds(issues,
            &(struct bound){"int", "", copysign(SAFE_INTEGER_MAX, value), value < 0, false});
    check_range(issues, f->limits, value);
    if (safe) *out = (int64_t)value;
}

/* ---- booleans ---- */

static void read_bool(
    struct issues *issues, const struct field *f, const struct json_value *v, bool *out)
{
    str text;
    const bool is_text = json_string(v, &text);
    const bool yes = is_text && str_eq(text, STR("true")),
               no = is_text && str_eq(text, STR("false"));
    if (f->flags & FIELD_TEXT_BOOL) {
        *out = yes;
        if (yes || no) return;
        if (!is_text) return wrong_type(issues, "string", v);
        issue_add_coded(issues,
            STR("\"code\":\"invalid_value\",\"expected\":\"stringbool\",\"values\":[\"true\","
                "\"false\"],"),
            "Invalid option: expected one of \"true\"|\"false\"");
        return;
    }
    if (f->flags & FIELD_COERCE && (yes || no))
        *out = yes;
    else if (!json_bool(v, out))
        wrong_type(issues, "boolean", v);
}

/* ---- texts ---- */

/* UTF-16 code units, JavaScript's length. */
static size_t length_of(str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        const unsigned char c = (unsigned char)s.p[i];
        if ((c & 0xc0) != 0x80) n++; /* the first byte of a character */
        if (c >= 0xf0) n++;          /* which needs a surrogate pair */
    }
    return n;
}

static void check_length(struct issues *issues, const struct field_limits *l, const char *origin,
    const char *unit, size_t n)
{
    if (!l || issues->stored) return;
    if (l->has_min_length && n < l->min_length)
        out_of_bounds(issues, &(struct bound){origin, unit, l->min_length, true, false});
    if (l->has_max_length && n > l->max_length)
        out_of_bounds(issues, &(struct bound){origin, unit, l->max_length, false, false});
}

static void check_format(struct issues *issues, const struct field_limits *l, str text)
{
    if (!l || issues->stored || format_check(l->format, text)) return;
    if (l->format == FORMAT_URL) {
        issue_add_coded(
            issues, STR("\"code\":\"invalid_format\",\"format\":\"url\","), "Invalid URL");
        return;
    }
    const char *pattern = format_pattern(l->format);
    struct buf quoted = {0};
    json_write_str(&quoted, str_from(pattern));
    const str literal = buf_take(&quoted, issues->arena);
    const str members = str_fmt(issues->arena,
        "\"origin\":\"string\",\"code\":\"invalid_format\",\"format\":\"regex\",\"pattern\":%.*s,",
        FMT(literal));
    if (l->message)
        issue_add_coded(issues, members, "%s", l->message);
    else
        issue_add_coded(issues, members, "Invalid string: must match pattern %s", pattern);
}

/* Formats that say the same for everything that is not as it should be; NULL for the others. */
static const char *format_expectation(enum field_format format)
{
    if (format == FORMAT_EMAIL) return "email";
    if (format == FORMAT_TIME_OF_DAY) return "string in HH:MM format";
    return NULL;
}

static void read_str(
    struct issues *issues, const struct field *f, const struct json_value *v, str *out)
{
    const enum field_format format = f->limits ? f->limits->format : FORMAT_ANY;
    const char *expected = format_expectation(format);
    str text;
    if (!json_string(v, &text)) {
        if (expected) return wrong_format(issues, "regex", expected, v);
        return wrong_type(issues, "string", v);
    }
    if (f->flags & FIELD_TRIM) text = str_trim(text);
    if (expected && !issues->stored && !format_check(format, text))
        return wrong_format(issues, format == FORMAT_EMAIL ? "email" : "regex", expected, v);

    check_length(issues, f->limits, "string", " characters", length_of(text));
    if (!expected) check_format(issues, f->limits, text);
    if (f->flags & FIELD_LOWER) text = str_lower(issues->arena, text);
    if (format == FORMAT_COLOR && text.n > 0 && text.p[0] != '#')
        text = str_fmt(issues->arena, "#%.*s", FMT(text));
    *out = text;
}

static void read_uuid(
    struct issues *issues, const struct field *f, const struct json_value *v, uuid *out)
{
    const enum field_format format = f->limits ? f->limits->format : FORMAT_ANY;
    str text;
    if (!json_string(v, &text)) return wrong_type(issues, "string", v);
    bool ok = uuid_parse(text, out);
    if (ok && !issues->stored) ok = format_check(format, text);
    if (ok) return;
    issue_add_coded(issues,
        STR("\"origin\":\"string\",\"code\":\"invalid_format\",\"format\":\"uuid\","),
        "Invalid UUID");
}

/* What we have written keeps the microseconds that the contract's input loses. */
static int64_t microseconds_of(str text)
{
    const ptrdiff_t point = str_find_char(text, '.');
    int64_t us = 0;
    int64_t unit = 100;
    for (size_t i = (size_t)point + 4; point >= 0 && i < text.n && unit > 0; i++, unit /= 10) {
        if (text.p[i] < '0' || text.p[i] > '9') break;
        us += (text.p[i] - '0') * unit;
    }
    return us;
}

static void read_when(struct issues *issues, const struct json_value *v, struct when *out)
{
    str text;
    if (!json_string(v, &text) || !when_parse(text, out))
        return wrong_format(issues, "datetime", "ISO 8601 datetime string", v);
    if (issues->stored) out->us += microseconds_of(text);
}

static void read_date(struct issues *issues, const struct json_value *v, struct date *out)
{
    str text;
    if (!json_string(v, &text) || !date_parse(text, out))
        wrong_format(issues, "date", "ISO date string (YYYY-MM-DD)", v);
}

static void read_bytes(struct issues *issues, const struct json_value *v, struct bytes *out)
{
    str text;
    if (!json_string(v, &text)) return wrong_type(issues, "string", v);
    if (base64_decode(issues->arena, text, out)) return;
    issue_add_coded(issues, STR("\"code\":\"invalid_format\",\"format\":\"base64\","),
        "Invalid base64-encoded string");
}

static void read_enum(
    struct issues *issues, const struct field *f, const struct json_value *v, int *out)
{
    str text;
    const bool right =
        f->names->numbers ? json_type(v) == JSON_NUMBER : json_type(v) == JSON_STRING;
    if (right && json_text(v, &text)) {
        for (size_t i = 0; i < f->names->n; i++) {
            if (!str_eq(f->names->v[i], text)) continue;
            *out = (int)i;
            return;
        }
    }
    wrong_enum(issues, f->names);
}

static void read_raw(
    struct issues *issues, const struct field *f, const struct json_value *v, str *out)
{
    const enum json_type type = json_type(v);
    if (f->flags & FIELD_RECORD && type != JSON_OBJECT) return wrong_type(issues, "record", v);
    if (type == JSON_MISSING) return wrong_type(issues, "nonoptional", v);
    *out = json_print(issues->arena, v);
}

/* ---- lists and objects ---- */

static void read_list(
    struct issues *issues, const struct field *f, const struct json_value *v, void *out)
{
    if (json_type(v) != JSON_ARRAY) return wrong_type(issues, "array", v);
    struct list_str *list = out; /* every list is a pointer and a count */
    const size_t n = json_size(v);
    const size_t most = JSON_LIST_BYTES_MAX / f->item->size;
    if (n > most)
        return out_of_bounds(
            issues, &(struct bound){"array", " items", (double)most, false, false});
    char *items = arena_alloc_array(issues->arena, n, f->item->size);
    struct json_iter it = json_iter(v);
    for (size_t i = 0; i < n; i++) {
        struct issue_step step;
        issue_enter_item(issues, &step, i);
        json_read(issues, f->item, json_next(&it), items + i * f->item->size);
        issue_leave(issues, &step);
    }
    check_length(issues, f->limits, "array", " items", n);
    list->v = (void *)items;
    list->n = n;
}

/* The member of that name; of several the last, as in JavaScript. */
static const struct json_value *member(const struct json_value *object, str name)
{
    const struct json_value *found = NULL;
    struct json_iter it = json_iter(object);
    for (const struct json_value *v; (v = json_next(&it));)
        if (str_eq(it.name, name)) found = v;
    return found;
}

void json_read_fields(
    struct issues *issues, const struct fields *fields, const struct json_value *object, void *out)
{
    const size_t before = issues->found;
    for (size_t i = 0; i < fields->n; i++)
        json_read(issues, &fields->v[i], member(object, fields->v[i].name), out);
    if (fields->check && issues->found == before && !issues->stored) fields->check(out, issues);
}

static void read_object(
    struct issues *issues, const struct field *f, const struct json_value *v, void *out)
{
    if (json_type(v) == JSON_OBJECT)
        json_read_fields(issues, f->sub, v, out);
    else
        wrong_type(issues, "object", v);
}

/* ---- one field ---- */

/* A part of a multipart form that holds JSON. */
static const struct json_value *parse_text(
    struct issues *issues, const struct json_value *v, bool *bad)
{
    str text;
    const struct json_value *parsed;
    if (!json_string(v, &text)) return v;
    const err e = json_parse(issues->arena, text, &parsed);
    if (!e) return parsed;
    *bad = true;
    issue_add(issues, NULL, "Invalid input: expected JSON string, received string");
    return NULL;
}

static void read_typed(
    struct issues *issues, const struct field *f, const struct json_value *v, void *out)
{
    switch (f->kind) {
    case FIELD_STR:
        return read_str(issues, f, v, out);
    case FIELD_UUID:
        return read_uuid(issues, f, v, out);
    case FIELD_WHEN:
        return read_when(issues, v, out);
    case FIELD_DATE:
        return read_date(issues, v, out);
    case FIELD_BYTES:
        return read_bytes(issues, v, out);
    case FIELD_INT:
        return read_int(issues, f, v, out);
    case FIELD_DOUBLE:
        return read_double(issues, f, v, out);
    case FIELD_BOOL:
        return read_bool(issues, f, v, out);
    case FIELD_ENUM:
        return read_enum(issues, f, v, out);
    case FIELD_OBJECT:
        return read_object(issues, f, v, out);
    case FIELD_RAW:
        return read_raw(issues, f, v, out);
    case FIELD_LIST:
        return read_list(issues, f, v, out);
    }
}

static void read_present(
    struct issues *issues, const struct field *f, const struct json_value *v, void *parent)
{
    const size_t before = issues->found;
    bool bad = false;
    if (f->flags & FIELD_JSON_TEXT) v = parse_text(issues, v, &bad);
    if (bad) return;
    field_set_presence(f, parent, PRESENT);
    read_typed(issues, f, v, field_at(f, parent));
    if (f->check && issues->found == before && !issues->stored)
        f->check(field_at_const(f, parent), issues);
}

void json_read(
    struct issues *issues, const struct field *field, const struct json_value *value, void *parent)
{
    const enum json_type type = json_type(value);
    if (type == JSON_MISSING && field->flags & FIELD_OPTIONAL) {
        field_set_presence(field, parent, ABSENT);
        if (field->preset) memcpy(field_at(field, parent), field->preset, field->size);
        return;
    }
    if (type == JSON_NULL && field->flags & FIELD_NULLABLE) {
        field_set_presence(field, parent, IS_NULL);
        return;
    }
    struct issue_step step;
    issue_enter(issues, &step, field->name);
    read_present(issues, field, value, parent);
    issue_leave(issues, &step);
}

fallible json_decode(struct arena *a, const struct fields *fields, str text, void *out)
{
    struct issues issues = issues_new(a);
    issues.stored = true;
    const struct json_value *document;
    TRY(json_parse(a, text, &document));
    const struct field whole = {
        .kind = FIELD_OBJECT, .size = (uint32_t)fields->size, .sub = fields};
    json_read(&issues, &whole, document, out);
    if (issues.found == 0) return NULL;
    FAIL(INTERNAL, "%s: stored JSON has %.*s: %.*s", fields->type, FMT(issues.v[0].path),
        FMT(issues.v[0].message));
}
