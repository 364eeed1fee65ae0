#include "core/size.h"
#include "db/wire.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "core/banned.h"

enum {
    ARRAY_HEADER = 20, /* dimensions, flags, element type, length, lower bound */
};
#define EPOCH_DIFFERENCE_US 946684800000000 /* 1970 to 2000 */
#define EPOCH_DIFFERENCE_DAYS 10957

static const Oid oids[] = {
#define X(name, sql_name, oid, element) [DB_##name] = oid,
#include "db/types.def"
#undef X
};

static const enum db_type elements[] = {
#define X(name, sql_name, oid, element) [DB_##name] = DB_##element,
#include "db/types.def"
#undef X
};

Oid wire_oid(enum db_type type)
{
    return oids[type];
}

static void put16(uint8_t *p, uint16_t v)
{
    v = htobe16(v);
    memcpy(p, &v, sizeof v);
}

static void put32(uint8_t *p, uint32_t v)
{
    v = htobe32(v);
    memcpy(p, &v, sizeof v);
}

static void put64(uint8_t *p, uint64_t v)
{
    v = htobe64(v);
    memcpy(p, &v, sizeof v);
}

static void put_float(uint8_t *p, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    put32(p, bits);
}

static void put_double(uint8_t *p, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    put64(p, bits);
}

static int64_t when_to_pg(struct when w)
{
    if (w.us == INT64_MAX || w.us == INT64_MIN) return w.us; /* infinity, -infinity */
    return w.us - EPOCH_DIFFERENCE_US;
}

static bool number_fits(enum db_type type, int64_t v)
{
    if (type == DB_INT2) return v >= INT16_MIN && v <= INT16_MAX;
    if (type == DB_INT4) return v >= INT32_MIN && v <= INT32_MAX;
    return true;
}

struct db_param db_param_names(
    struct arena *a, const struct enum_names *names, const int *v, size_t n)
{
    str *texts = ARENA_ARRAY(a, str, n ? n : 1);
    for (size_t i = 0; i < n; i++)
        texts[i] = names->v[v[i]];
    return P_ENUM_ARRAY((struct list_str){texts, n});
}

/* Values of at most 16 bytes; returns the length, 0 when the type is not one of them. */
static int encode_scalar(const struct db_param *p, uint8_t out[static 16])
{
    switch (p->type) {
    case DB_BOOL:
        out[0] = p->boolean;
        return 1;
    case DB_INT2:
        put16(out, (uint16_t)p->number);
        return 2;
    case DB_INT4:
        put32(out, (uint32_t)p->number);
        return 4;
    case DB_INT8:
        put64(out, (uint64_t)p->number);
        return 8;
    case DB_FLOAT4:
        put_float(out, (float)p->real);
        return 4;
    case DB_FLOAT8:
        put_double(out, p->real);
        return 8;
    case DB_UUID:
        memcpy(out, p->id.b, sizeof p->id.b);
        return sizeof p->id.b;
    case DB_TIMESTAMPTZ:
    case DB_TIMESTAMP:
        put64(out, (uint64_t)when_to_pg(p->when));
        return 8;
    case DB_DATE:
        put32(out, (uint32_t)(p->date.days - EPOCH_DIFFERENCE_DAYS));
        return 4;
    default:
        return 0;
    }
}

static struct bytes encode_vector(struct arena *a, struct list_float v)
{
    uint8_t *p = arena_alloc_raw(a, 4 + 4 * v.n);
    put16(p, (uint16_t)v.n);
    put16(p + 2, 0);
    for (size_t i = 0; i < v.n; i++)
        put_float(p + 4 + 4 * i, v.v[i]);
    return (struct bytes){p, 4 + 4 * v.n};
}

static struct bytes encode_jsonb(struct arena *a, str json)
{
    uint8_t *p = arena_alloc_raw(a, json.n + 1);
    p[0] = 1; /* version of the format */
    memcpy(p + 1, json.p, json.n);
    return (struct bytes){p, json.n + 1};
}

/* Texts and bytes as they are; NULL p when the type is not one of them. */
static struct bytes encode_text(struct arena *a, const struct db_param *p)
{
    switch (p->type) {
    case DB_TEXT:
    case DB_VARCHAR:
    case DB_NAME:
    case DB_ENUM:
    case DB_JSON:
        return (struct bytes){(const uint8_t *)(p->text.n ? p->text.p : ""), p->text.n};
    case DB_JSONB:
        return encode_jsonb(a, p->text);
    case DB_BYTEA:
        return p->bytes.n ? p->bytes : (struct bytes){(const uint8_t *)"", 0};
    case DB_VECTOR:
        return encode_vector(a, p->floats);
    default:
        return (struct bytes){0};
    }
}

/* Item i of a list parameter as a parameter of its own. */
static struct db_param list_item(enum db_type element, const struct db_param *p, size_t i)
{
    struct db_param item = {.type = element};
    const void *v = p->list.v;
    switch (element) {
    case DB_BOOL:
        item.boolean = ((const bool *)v)[i];
        break;
    case DB_INT2:
    case DB_INT4:
    case DB_INT8:
        item.number = ((const int64_t *)v)[i];
        break;
    case DB_FLOAT4:
    case DB_FLOAT8:
        item.real = ((const double *)v)[i];
        break;
    case DB_UUID:
        item.id = ((const uuid *)v)[i];
        break;
    case DB_BYTEA:
        item.bytes = ((const struct bytes *)v)[i];
        break;
    case DB_TIMESTAMPTZ:
        item.when = ((const struct when *)v)[i];
        break;
    default:
        item.text = ((const str *)v)[i];
    }
    return item;
}

static fallible encode_array(struct arena *a, const struct db_param *p, struct bytes *out)
{
    const enum db_type element = elements[p->type];
    size_t capacity = ARRAY_HEADER + 20 * p->list.n, n = ARRAY_HEADER;
    uint8_t *buffer = arena_alloc_raw(a, capacity);
    put32(buffer, p->list.n > 0); /* dimensions: an empty array has none */
    put32(buffer + 4, 0);
    put32(buffer + 8, wire_oid(element));
    put32(buffer + 12, (uint32_t)p->list.n);
    put32(buffer + 16, 1);
    for (size_t i = 0; i < p->list.n; i++) {
        const struct db_param item = list_item(element, p, i);
        if (!number_fits(element, item.number)) FAIL(BAD_REQUEST, "Number out of range");
        uint8_t scalar[16];
        struct bytes value = {scalar, (size_t)encode_scalar(&item, scalar)};
        if (!value.n) value = encode_text(a, &item);
        assert(value.p);
        if (capacity - n < 4 + value.n) {
            const size_t grown = 2 * capacity + value.n;
            buffer = arena_grow(a, buffer, capacity, grown);
            capacity = grown;
        }
        put32(buffer + n, (uint32_t)value.n);
        memcpy(buffer + n + 4, value.p, value.n);
        n += 4 + value.n;
    }
    *out = (struct bytes){buffer, p->list.n ? n : 12};
    return NULL;
}

/* An array of an enumeration goes as text, '{"a","b"}': its binary form names the element type,
 * whose number is not known. */
static struct bytes encode_enum_array(struct arena *a, const struct db_param *p)
{
    const str *v = p->list.v;
    str text = STR("{");
    for (size_t i = 0; i < p->list.n; i++)
        text = str_fmt(a, "%.*s%s\"%.*s\"", FMT(text), i ? "," : "", FMT(v[i]));
    text = str_fmt(a, "%.*s}", FMT(text));
    return (struct bytes){(const uint8_t *)cstr(a, text), text.n};
}

fallible wire_encode(
    struct arena *a, const struct db_param *params, size_t n, struct wire_params *out)
{
    assert(n <= DB_PARAMS_MAX);
    out->n = n;
    for (size_t i = 0; i < n; i++) {
        const struct db_param *p = &params[i];
        assert(p->type != DB_NONE);
        out->types[i] = wire_oid(p->type);
        out->formats[i] = 1;
        out->values[i] = NULL;
        out->lengths[i] = 0;
        if (p->null) continue;
        if (elements[p->type] == DB_NONE && !number_fits(p->type, p->number))
            FAIL(BAD_REQUEST, "Number out of range");
        struct bytes value = {out->scalars[i], (size_t)encode_scalar(p, out->scalars[i])};
        if (p->type == DB_ENUM_ARRAY) {
            value = encode_enum_array(a, p);
            out->formats[i] = 0;
        } else if (elements[p->type] != DB_NONE) {
            TRY(encode_array(a, p, &value));
        } else if (!value.n) {
            value = encode_text(a, p);
        }
        assert(value.p);
        if (value.n > INT32_MAX) FAIL(BAD_REQUEST, "Value too long");
        out->values[i] = (const char *)value.p;
        out->lengths[i] = (int)value.n;
    }
    return NULL;
}
