#include "core/uuid.h"
#include "db/wire.h"
#include "json/reader.h"

#include <assert.h>
#include <endian.h>
#include <math.h>
#include <string.h>

#include "core/banned.h"

enum {
    FIRST_USER_OID = 16384, /* enumerations of the schema; types of extensions are never selected */
    NUMERIC_NEGATIVE = 0x4000,
    NUMERIC_SPECIAL = 0xC000, /* NaN and the infinities */
};
#define EPOCH_DIFFERENCE_US 946684800000000 /* 1970 to 2000 */
#define EPOCH_DIFFERENCE_DAYS 10957

/* One value as it came. */
struct cell {
    const uint8_t *p;
    size_t n;
    Oid type;
};

static uint16_t get16(const uint8_t *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return be16toh(v);
}

static uint32_t get32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return be32toh(v);
}

static uint64_t get64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return be64toh(v);
}

/* --- Scalars --- */

/* Base 10,000 digits: their number, the weight of the first, the sign, the displayed scale. */
static double numeric_to_double(struct cell c)
{
    const int n = get16(c.p);
    const int weight = (int16_t)get16(c.p + 2);
    const unsigned sign = get16(c.p + 4);
    if ((sign & NUMERIC_SPECIAL) == NUMERIC_SPECIAL) return NAN;
    long double value = 0;
    for (int i = 0; i < n; i++)
        value = value * 10000 + get16(c.p + 8 + 2 * i);
    value *= powl(10000, weight - n + 1);
    return (double)(sign == NUMERIC_NEGATIVE ? -value : value);
}

static int64_t numeric_to_int(struct cell c)
{
    const int n = get16(c.p);
    const int weight = (int16_t)get16(c.p + 2);
    int64_t value = 0;
    for (int i = 0; i <= weight; i++) {
        const int digit = i < n ? get16(c.p + 8 + 2 * i) : 0;
        if (__builtin_mul_overflow(value, 10000, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return INT64_MAX;
    }
    return get16(c.p + 4) == NUMERIC_NEGATIVE ? -value : value;
}

static int64_t decode_int(struct cell c)
{
    if (c.type == wire_oid(DB_INT2)) return (int16_t)get16(c.p);
    if (c.type == wire_oid(DB_INT4)) return (int32_t)get32(c.p);
    if (c.type == wire_oid(DB_NUMERIC)) return numeric_to_int(c);
    return (int64_t)get64(c.p);
}

static double decode_double(struct cell c)
{
    if (c.type == wire_oid(DB_FLOAT8)) {
        const uint64_t bits = get64(c.p);
        double v;
        memcpy(&v, &bits, sizeof v);
        return v;
    }
    if (c.type == wire_oid(DB_FLOAT4)) {
        const uint32_t bits = get32(c.p);
        float v;
        memcpy(&v, &bits, sizeof v);
        return (double)v;
    }
    if (c.type == wire_oid(DB_NUMERIC)) return numeric_to_double(c);
    return (double)decode_int(c);
}

static struct when decode_when(struct cell c)
{
    const int64_t us = (int64_t)get64(c.p);
    if (us == INT64_MAX || us == INT64_MIN) return (struct when){us};
    return (struct when){us + EPOCH_DIFFERENCE_US};
}

static uuid decode_uuid(struct cell c)
{
    uuid id;
    memcpy(id.b, c.p, sizeof id.b);
    return id;
}

static str decode_str(struct arena *a, struct cell c)
{
    if (c.type == wire_oid(DB_UUID)) return uuid_str(a, decode_uuid(c));
    if (c.type == wire_oid(DB_TIMESTAMP)) {
        char *text = arena_alloc_raw(a, WHEN_TEXT);
        return (str){text, (size_t)when_format_local(decode_when(c), text)};
    }
    if (c.type == wire_oid(DB_JSONB)) return (str){(const char *)c.p + 1, c.n - 1};
    return (str){(const char *)c.p, c.n};
}

static fallible decode_enum(const struct field *f, struct cell c, int *out)
{
    const str text = {(const char *)c.p, c.n};
    for (size_t i = 0; i < f->names->n; i++)
        if (str_eq(f->names->v[i], text)) {
            *out = (int)i;
            return NULL;
        }
    FAIL(INTERNAL, "\"%.*s\" is no value of %s", FMT(text), f->names->type);
}

/* A value that is stored as JSON. Its texts are copies. */
static fallible decode_json(struct arena *a, const struct field *f, struct cell c, void *out)
{
    struct field whole = *f; /* as it lies at `out`, without a struct opt_T around it */
    whole.offset = whole.value = 0;
    whole.flags = 0;
    struct issues issues = issues_new(a);
    issues.stored = true;
    const struct json_value *document;
    TRY(json_parse(a, decode_str(a, c), &document));
    json_read(&issues, &whole, document, out);
    if (issues.found == 0) return NULL;
    FAIL(INTERNAL, "column \"%.*s\" holds JSON with %.*s: %.*s", FMT(f->name),
        FMT(issues.v[0].path), FMT(issues.v[0].message));
}

static bool is_json(Oid type)
{
    return type == wire_oid(DB_JSON) || type == wire_oid(DB_JSONB);
}

static fallible decode_array(
    struct arena *a, const struct field *item, struct cell c, struct list_any *out);

static fallible decode_value(struct arena *a, const struct field *f, struct cell c, void *out)
{
    switch (f->kind) {
    case FIELD_STR:
    case FIELD_RAW:
        *(str *)out = decode_str(a, c);
        return NULL;
    case FIELD_UUID:
        *(uuid *)out = decode_uuid(c);
        return NULL;
    case FIELD_WHEN:
        *(struct when *)out = decode_when(c);
        return NULL;
    case FIELD_DATE:
        *(struct date *)out = (struct date){(int32_t)get32(c.p) + EPOCH_DIFFERENCE_DAYS};
        return NULL;
    case FIELD_BYTES:
        *(struct bytes *)out = (struct bytes){c.p, c.n};
        return NULL;
    case FIELD_INT:
        *(int64_t *)out = decode_int(c);
        return NULL;
    case FIELD_DOUBLE:
        *(double *)out = decode_double(c);
        return NULL;
    case FIELD_BOOL:
        *(bool *)out = c.p[0] != 0;
        return NULL;
    case FIELD_ENUM:
        return decode_enum(f, c, out);
    case FIELD_LIST:
        return is_json(c.type) ? decode_json(a, f, c, out) : decode_array(a, f->item, c, out);
    case FIELD_OBJECT:
        return decode_json(a, f, c, out);
    }
    FAIL(INTERNAL, "field \"%.*s\" is of no kind", FMT(f->name));
}

/* --- Arrays --- */

static fallible decode_array(
    struct arena *a, const struct field *item, struct cell c, struct list_any *out)
{
    const uint32_t dimensions = get32(c.p);
    if (dimensions > 1) FAIL(INTERNAL, "an array of %u dimensions", dimensions);
    const size_t n = dimensions ? get32(c.p + 12) : 0;
    const size_t stride = item->size;
    char *items = n ? arena_alloc_array(a, n, stride) : NULL;
    const uint8_t *p = c.p + 20;
    for (size_t i = 0; i < n; i++) {
        const int32_t length = (int32_t)get32(p);
        p += 4;
        char *at = items + i * stride;
        field_set_presence(item, at, length < 0 ? IS_NULL : PRESENT);
        if (length < 0) {
            if (!item->value) FAIL(INTERNAL, "NULL in an array of values");
            continue;
        }
        const struct cell cell = {p, (size_t)length, get32(c.p + 8)};
        TRY(decode_value(a, item, cell, field_at(item, at)));
        p += length;
    }
    *out = (struct list_any){items, n};
    return NULL;
}

/* --- Columns and fields --- */

static bool is_one_of(Oid type, const enum db_type *types, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (wire_oid(types[i]) == type) return true;
    return false;
}
#define IS_ONE_OF(type, ...)                                                                       \
    is_one_of(type, (const enum db_type[]){__VA_ARGS__},                                           \
        sizeof((const enum db_type[]){__VA_ARGS__}) / sizeof(enum db_type))

static Oid element_of(Oid array)
{
#define X(name, sql_name, oid, element)                                                            \
    if (array == (oid) && DB_##element != DB_NONE) return wire_oid(DB_##element);
#include "db/types.def"
#undef X
    return 0;
}

static bool type_fits(const struct field *f, Oid type)
{
    switch (f->kind) {
    case FIELD_STR:
        return type >= FIRST_USER_OID ||
               IS_ONE_OF(type, DB_TEXT, DB_VARCHAR, DB_NAME, DB_UUID, DB_TIMESTAMP);
    case FIELD_ENUM:
        return type >= FIRST_USER_OID || IS_ONE_OF(type, DB_TEXT, DB_VARCHAR);
    case FIELD_RAW:
        return IS_ONE_OF(type, DB_JSON, DB_JSONB);
    case FIELD_UUID:
        return IS_ONE_OF(type, DB_UUID);
    case FIELD_WHEN:
        return IS_ONE_OF(type, DB_TIMESTAMPTZ, DB_TIMESTAMP);
    case FIELD_DATE:
        return IS_ONE_OF(type, DB_DATE);
    case FIELD_BYTES:
        return IS_ONE_OF(type, DB_BYTEA);
    case FIELD_INT:
        return IS_ONE_OF(type, DB_INT2, DB_INT4, DB_INT8, DB_NUMERIC);
    case FIELD_DOUBLE:
        return IS_ONE_OF(type, DB_FLOAT4, DB_FLOAT8, DB_NUMERIC, DB_INT2, DB_INT4, DB_INT8);
    case FIELD_BOOL:
        return IS_ONE_OF(type, DB_BOOL);
    case FIELD_LIST:
        return is_json(type) || (element_of(type) && type_fits(f->item, element_of(type)));
    case FIELD_OBJECT:
        return is_json(type);
    }
    return false;
}

/* A struct that is the last member takes the columns that no other has. */
static struct column find_in_last(const struct fields *fields, str name)
{
    const struct field *last = &fields->v[fields->n - 1];
    const struct field *field = last->sub && !last->value ? fields_find(last->sub, name) : NULL;
    return field ? (struct column){.field = field, .parent = last} : (struct column){0};
}

static fallible map_column(
    const PGresult *result, int column, const struct fields *fields, struct column *out)
{
    const str name = str_from(PQfname(result, column));
    struct column found = {0};
    str rest = name, head;
    const bool nested = str_find_char(name, '.') > 0 && str_cut(&rest, '.', &head);
    if (fields->n == 1 && fields->v[0].name.n == 0) {
        found.field = &fields->v[0]; /* a scalar */
    } else if (nested) {
        found.parent = fields_find(fields, head);
        if (found.parent && found.parent->sub) found.field = fields_find(found.parent->sub, rest);
    } else {
        found.field = fields_find(fields, name);
        if (!found.field) found = find_in_last(fields, name);
    }
    if (!found.field) FAIL(INTERNAL, "%s has no field \"%.*s\"", fields->type, FMT(name));
    *out = found;
    return NULL;
}

fallible wire_map(
    const PGresult *result, const struct fields *fields, bool columnar, struct column *out)
{
    for (int i = 0; i < PQnfields(result); i++) {
        TRY(map_column(result, i, fields, &out[i]));
        const struct field *f = columnar ? out[i].field->item : out[i].field;
        if (!f || !type_fits(f, PQftype(result, i)))
            FAIL(INTERNAL, "column \"%s\" of type %u does not fit its field in %s",
                PQfname(result, i), PQftype(result, i), fields->type);
    }
    return NULL;
}

static struct cell cell_at(const PGresult *result, int row, int column)
{
    return (struct cell){(const uint8_t *)PQgetvalue(result, row, column),
        (size_t)PQgetlength(result, row, column), PQftype(result, column)};
}

static enum presence null_presence(const struct field *f)
{
    return f->flags & FIELD_OMIT_NULL ? ABSENT : IS_NULL;
}

fallible wire_row(
    struct arena *a, const PGresult *result, const struct column *columns, int i, void *out)
{
    for (int k = 0; k < PQnfields(result); k++) {
        const struct field *f = columns[k].field, *parent = columns[k].parent;
        const bool null = PQgetisnull(result, i, k);
        void *holder = out;
        if (parent) {
            /* A struct of joined columns is there when any of them is. */
            if (!null)
                field_set_presence(parent, out, PRESENT);
            else if (field_presence(parent, out) == ABSENT)
                field_set_presence(parent, out, null_presence(parent));
            holder = field_at(parent, out);
        }
        field_set_presence(f, holder, null ? null_presence(f) : PRESENT);
        const bool absent_parent = parent && parent->value;
        if (null && !f->value && !absent_parent)
            FAIL(INTERNAL, "column \"%s\" is NULL, its field is not optional", PQfname(result, k));
        if (!null) TRY(decode_value(a, f, cell_at(result, i, k), field_at(f, holder)));
    }
    return NULL;
}

fallible wire_columns(
    struct arena *a, const PGresult *result, const struct column *columns, void *out)
{
    const int n = PQntuples(result);
    for (int k = 0; k < PQnfields(result); k++) {
        const struct field *f = columns[k].field, *item = f->item;
        const size_t stride = item->size;
        char *items = n ? arena_alloc_array(a, (size_t)n, stride) : NULL;
        for (int i = 0; i < n; i++) {
            char *at = items + (size_t)i * stride;
            const bool null = PQgetisnull(result, i, k);
            field_set_presence(item, at, null ? null_presence(item) : PRESENT);
            if (null && !item->value)
                FAIL(INTERNAL, "column \"%s\" has a NULL, its items are not optional",
                    PQfname(result, k));
            if (!null) TRY(decode_value(a, item, cell_at(result, i, k), field_at(item, at)));
        }
        field_set_presence(f, out, PRESENT);
        *(struct list_any *)field_at(f, out) = (struct list_any){items, (size_t)n};
    }
    return NULL;
}
