/* Field tables: one table per contract struct, read in three directions: JSON -> struct with
 * validation (json/reader.h), row -> struct by column name (db/), struct -> JSON (json/writer.h).
 *
 * A `struct field` describes one value in memory: a member of a struct, or, without a name, an
 * item of a list or a whole body or answer. A `struct fields` describes a struct; its order is the
 * order of validation issues and of keys in answers. The tables are made by tools/gen/gen_api.py
 * from the contract; a struct that only the server knows may have one written by hand (FIELD).
 *
 * How kinds lie in memory (`T` below), and what they are as JSON and as a column:
 *
 *   FIELD_STR     str                    text                       text, varchar, enum types,
 *                                                                   timestamp as its JSON text
 *   FIELD_UUID    uuid                   text                       uuid
 *   FIELD_WHEN    struct when            ISO 8601, see date_form    timestamptz, timestamp
 *   FIELD_DATE    struct date            "YYYY-MM-DD"               date
 *   FIELD_BYTES   struct bytes           base64                     bytea
 *   FIELD_INT     int64_t                number without fraction    int2, int4, int8, numeric
 *   FIELD_DOUBLE  double                 number                     float4, float8, numeric
 *   FIELD_BOOL    bool                   true, false                bool
 *   FIELD_ENUM    enum X (an int)        one of `names`             text, enum types
 *   FIELD_OBJECT  struct X of `sub`      object                     json, jsonb
 *   FIELD_RAW     str, JSON text         anything, passed through   json, jsonb
 *   FIELD_LIST    struct { T *v; size_t n; } of `item`              arrays, json, jsonb
 *
 * A field that may be absent or null is stored as struct { enum presence is; T v; } (core/opt.h):
 * `value` is then the offset of v in it, otherwise 0. FIELD_OPTIONAL and FIELD_NULLABLE say what
 * the contract accepts; a field that is optional with a `preset` (the contract's default) and not
 * nullable is stored as a plain T. A SQL NULL becomes IS_NULL, or ABSENT for FIELD_OMIT_NULL.
 *
 * Memory  constant data. Threads any. Fails   never.
 */
#pragma once

#include "core/opt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct issues;

enum field_kind {
    FIELD_STR,
    FIELD_UUID,
    FIELD_WHEN,
    FIELD_DATE,
    FIELD_BYTES,
    FIELD_INT,
    FIELD_DOUBLE,
    FIELD_BOOL,
    FIELD_ENUM,
    FIELD_OBJECT,
    FIELD_RAW,
    FIELD_LIST,
};

enum field_flags {
    FIELD_OPTIONAL = 1 << 0,  /* input: the key may be missing */
    FIELD_NULLABLE = 1 << 1,  /* input: null is accepted */
    FIELD_OMIT_NULL = 1 << 2, /* output: null is left out (objects.md "omitted") */
    FIELD_DATES_PG = 1 << 3,  /* output: this subtree's times are in PostgreSQL's form */
    FIELD_COERCE = 1 << 4,    /* input: numbers and booleans are made from text (http.md §4) */
    FIELD_TEXT_BOOL = 1 << 5, /* input: exactly the texts "true" and "false" */
    FIELD_LOWER = 1 << 6,     /* input: made lower-case */
    FIELD_TRIM = 1 << 7,      /* input: white space at both ends is removed, before limits */
    FIELD_JSON_TEXT = 1 << 8, /* input: text that holds the JSON of this field (multipart) */
    FIELD_RECORD = 1 << 9,    /* FIELD_RAW: only an object is accepted */
};

/* The patterns of the contract. Texts of kind FIELD_STR; uuids, times and dates are kinds. */
enum field_format {
    FORMAT_ANY = 0,
    FORMAT_EMAIL,
    FORMAT_PIN,         /* six digits */
    FORMAT_COLOR,       /* hex colour; '#' is put in front when it is missing */
    FORMAT_LICENSE_KEY, /* IMSV-… or IMCL-… */
    FORMAT_BACKUP_NAME, /* [a-zA-Z0-9_\-.]+ */
    FORMAT_HLS_NAME,    /* init.mp4 or seg_N.m4s */
    FORMAT_TIME_OF_DAY, /* HH:MM */
    FORMAT_URL,
    FORMAT_UUID4, /* of FIELD_UUID */
    FORMAT_UUID7, /* of FIELD_UUID */
};

/* What an input value is held against. A bound that is not set accepts everything. */
struct field_limits {
    enum field_format format;
    const char *message; /* said instead of the format's own words, or NULL */
    bool has_min, has_max, exclusive_min;
    double min, max;                     /* numbers */
    bool has_min_length, has_max_length; /* characters of a text, items of a list */
    uint32_t min_length, max_length;
};

/* The texts of an enum by value; values count from 0 in the contract's order. */
struct enum_names {
    const char *type;
    const str *v;
    size_t n;
    bool numbers; /* in JSON they are numbers: 480, not "480" */
};

struct field {
    str name; /* JSON name and column name; empty for items and whole bodies */
    str key;  /* the name as output writes it: "name": */
    enum field_kind kind;
    uint32_t flags;                 /* of enum field_flags */
    uint32_t offset;                /* of the member in its struct */
    uint32_t value;                 /* offset of v when the member is a struct opt_T, otherwise 0 */
    uint32_t size;                  /* of the member, with its struct opt_T */
    const struct fields *sub;       /* FIELD_OBJECT */
    const struct field *item;       /* FIELD_LIST */
    const struct enum_names *names; /* FIELD_ENUM */
    const struct field_limits *limits; /* or NULL */
    const void *preset;                /* a T: what a missing key stands for, or NULL */
    /* A rule over the T (x-check of a property), run when it passed; or NULL. */
    void (*check)(const void *value, struct issues *issues);
};

struct fields {
    const char *type; /* name of the struct */
    const struct field *v;
    size_t n;
    size_t size; /* of the struct */
    bool dates_pg;
    /* Rules over the whole struct (x-check), run when all its fields passed; NULL when there are
     * none. */
    void (*check)(const void *value, struct issues *issues);
};

/* Where a field's T lies in its struct. */
static inline void *field_at(const struct field *f, void *parent)
{
    return (char *)parent + f->offset + f->value;
}

static inline const void *field_at_const(const struct field *f, const void *parent)
{
    return (const char *)parent + f->offset + f->value;
}

/* PRESENT for fields that are not optional. */
static inline enum presence field_presence(const struct field *f, const void *parent)
{
    if (!f->value) return PRESENT;
    return *(const enum presence *)((const char *)parent + f->offset);
}

/* Nothing for fields that are not optional. */
static inline void field_set_presence(const struct field *f, void *parent, enum presence is)
{
    if (f->value) *(enum presence *)((char *)parent + f->offset) = is;
}

/* The field of that name, or NULL. */
static inline const struct field *fields_find(const struct fields *fields, str name)
{
    for (size_t i = 0; i < fields->n; i++)
        if (str_eq(fields->v[i].name, name)) return &fields->v[i];
    return NULL;
}

/* A row of a table written by hand: FIELD(struct album, albumName, FIELD_STR, .flags = …) for a
 * plain member, OPT_FIELD(…) for a struct opt_T. */
#define FIELD(type, member, kind_, ...)                                                            \
    {                                                                                              \
        .name = STR_INIT(#member), .key = STR_INIT("\"" #member "\":"), .kind = (kind_),           \
        .offset = offsetof(type, member), .size = sizeof(((type *)0)->member), __VA_ARGS__         \
    }
#define OPT_FIELD(type, member, kind_, ...)                                                        \
    {                                                                                              \
        .name = STR_INIT(#member), .key = STR_INIT("\"" #member "\":"), .kind = (kind_),           \
        .offset = offsetof(type, member),                                                          \
        .value = offsetof(type, member.v) - offsetof(type, member),                                \
        .size = sizeof(((type *)0)->member), __VA_ARGS__                                           \
    }
/* What one shape of an answer (x-shapes of the contract) does with a member. Where the promise
 * wants it always, "not filled" is an empty list or false. */
enum shape_rule {
    SHAPE_NEVER,
    SHAPE_ALWAYS,
    SHAPE_ASKED, /* filled when the request asks for it */
    SHAPE_OWN,   /* filled in what is the caller's own */
};

/* The table of a struct from its rows. */
#define FIELDS(type_, rows)                                                                        \
    {                                                                                              \
        .type = #type_, .v = (rows), .n = sizeof(rows) / sizeof((rows)[0]), .size = sizeof(type_)  \
    }
