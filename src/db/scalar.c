#include "db/db.h"

#include "core/banned.h"

/* A result of one column is decoded by a table of one nameless field at offset 0. */
#define SCALAR(name, T, kind_)                                                                     \
    static const struct field name##_field = {.kind = (kind_), .size = sizeof(T)};                 \
    const struct fields db_##name##_fields = {                                                     \
        .type = #name, .v = &name##_field, .n = 1, .size = sizeof(T)};
#define OPT_SCALAR(name, T, kind_)                                                                 \
    static const struct field opt_##name##_field = {                                               \
        .kind = (kind_),                                                                           \
        .size = sizeof(struct opt_##name),                                                         \
        .value = offsetof(struct opt_##name, v),                                                   \
        .flags = FIELD_NULLABLE,                                                                   \
    };                                                                                             \
    const struct fields db_opt_##name##_fields = {                                                 \
        .type = #name, .v = &opt_##name##_field, .n = 1, .size = sizeof(struct opt_##name)};

SCALAR(str, str, FIELD_STR)
SCALAR(uuid, uuid, FIELD_UUID)
SCALAR(when, struct when, FIELD_WHEN)
SCALAR(date, struct date, FIELD_DATE)
SCALAR(bytes, struct bytes, FIELD_BYTES)
SCALAR(int, int64_t, FIELD_INT)
SCALAR(double, double, FIELD_DOUBLE)
SCALAR(bool, bool, FIELD_BOOL)
OPT_SCALAR(str, str, FIELD_STR)
OPT_SCALAR(uuid, uuid, FIELD_UUID)
OPT_SCALAR(when, struct when, FIELD_WHEN)
OPT_SCALAR(date, struct date, FIELD_DATE)
OPT_SCALAR(bytes, struct bytes, FIELD_BYTES)
OPT_SCALAR(int, int64_t, FIELD_INT)
OPT_SCALAR(double, double, FIELD_DOUBLE)
OPT_SCALAR(bool, bool, FIELD_BOOL)

static const struct field raw_field = {.kind = FIELD_RAW, .size = sizeof(str)};
const struct fields db_raw_fields = {.type = "json", .v = &raw_field, .n = 1, .size = sizeof(str)};
static const struct field opt_raw_field = {
    .kind = FIELD_RAW,
    .size = sizeof(struct opt_str),
    .value = offsetof(struct opt_str, v),
    .flags = FIELD_NULLABLE,
};
const struct fields db_opt_raw_fields = {
    .type = "json", .v = &opt_raw_field, .n = 1, .size = sizeof(struct opt_str)};
