/* Made by tools/gen/gen_api.py from contract/; do not edit. */

#include "gen/api.h"

#include <assert.h>

#pragma weak check_create_thing
static void run_create_thing(const void *value, struct issues *issues)
{
    const struct ThingCreateDto *typed = value;
    if (check_create_thing) check_create_thing(typed, issues);
}

#pragma weak check_thing_parts
static void run_thing_parts(const void *value, struct issues *issues)
{
    const struct list_ThingPartDto *typed = value;
    if (check_thing_parts) check_thing_parts(typed, issues);
}

static const str Colour_texts[] = {
    STR_INIT("red"),
    STR_INIT("dark-green"),
    STR_INIT("onBlue"),
};
const struct enum_names Colour_names = {"Colour", Colour_texts, 3, false};
static_assert(sizeof(enum Colour) == sizeof(int), "enums are stored as int");

static const str ThingCreateDto_mode_texts[] = {
    STR_INIT("fast"),
    STR_INIT(""),
    STR_INIT("4k"),
};
const struct enum_names ThingCreateDto_mode_names = {"ThingCreateDto_mode", ThingCreateDto_mode_texts, 3, false};
static_assert(sizeof(enum ThingCreateDto_mode) == sizeof(int), "enums are stored as int");

static const struct field OwnerDto_fields_rows[] = {
    {.name = STR_INIT("id"), .key = STR_INIT("\"id\":"), .kind = FIELD_UUID, .offset = offsetof(struct OwnerDto, id), .size = sizeof(uuid), .limits = &(const struct field_limits){.format = FORMAT_UUID4}},
    {.name = STR_INIT("since"), .key = STR_INIT("\"since\":"), .kind = FIELD_WHEN, .offset = offsetof(struct OwnerDto, since), .size = sizeof(struct when)},
};
const struct fields OwnerDto_fields = {.type = "OwnerDto", .size = sizeof(struct OwnerDto), .v = OwnerDto_fields_rows, .n = 2, .dates_pg = true};

static const struct field ThingPartDto_fields_rows[] = {
    {.name = STR_INIT("id"), .key = STR_INIT("\"id\":"), .kind = FIELD_UUID, .offset = offsetof(struct ThingPartDto, id), .size = sizeof(uuid), .limits = &(const struct field_limits){.format = FORMAT_UUID4}},
    {.name = STR_INIT("pin"), .key = STR_INIT("\"pin\":"), .kind = FIELD_STR, .flags = FIELD_OPTIONAL, .offset = offsetof(struct ThingPartDto, pin), .value = offsetof(struct opt_str, v), .size = sizeof(struct opt_str), .limits = &(const struct field_limits){.format = FORMAT_PIN}},
    {.name = STR_INIT("file"), .key = STR_INIT("\"file\":"), .kind = FIELD_STR, .flags = FIELD_OPTIONAL, .offset = offsetof(struct ThingPartDto, file), .value = offsetof(struct opt_str, v), .size = sizeof(struct opt_str), .limits = &(const struct field_limits){.format = FORMAT_BACKUP_NAME, .message = "Filename contains invalid characters"}},
};
const struct fields ThingPartDto_fields = {.type = "ThingPartDto", .size = sizeof(struct ThingPartDto), .v = ThingPartDto_fields_rows, .n = 3};

static const struct field ThingCreateDto_fields_rows[] = {
    {.name = STR_INIT("name"), .key = STR_INIT("\"name\":"), .kind = FIELD_STR, .flags = FIELD_TRIM, .offset = offsetof(struct ThingCreateDto, name), .size = sizeof(str), .limits = &(const struct field_limits){.has_min_length = true, .min_length = 1, .has_max_length = true, .max_length = 20}},
    {.name = STR_INIT("colour"), .key = STR_INIT("\"colour\":"), .kind = FIELD_ENUM, .flags = FIELD_OPTIONAL, .offset = offsetof(struct ThingCreateDto, colour), .size = sizeof(enum Colour), .names = &Colour_names, .preset = &(const enum Colour){COLOUR_DARK_GREEN}},
    {.name = STR_INIT("mode"), .key = STR_INIT("\"mode\":"), .kind = FIELD_ENUM, .offset = offsetof(struct ThingCreateDto, mode), .size = sizeof(enum ThingCreateDto_mode), .names = &ThingCreateDto_mode_names},
    {.name = STR_INIT("mail"), .key = STR_INIT("\"mail\":"), .kind = FIELD_STR, .flags = FIELD_LOWER, .offset = offsetof(struct ThingCreateDto, mail), .size = sizeof(str), .limits = &(const struct field_limits){.format = FORMAT_EMAIL}},
    {.name = STR_INIT("parentId"), .key = STR_INIT("\"parentId\":"), .kind = FIELD_UUID, .flags = FIELD_NULLABLE | FIELD_OPTIONAL, .offset = offsetof(struct ThingCreateDto, parentId), .value = offsetof(struct opt_uuid, v), .size = sizeof(struct opt_uuid), .limits = &(const struct field_limits){.format = FORMAT_UUID4}},
    {.name = STR_INIT("seventh"), .key = STR_INIT("\"seventh\":"), .kind = FIELD_UUID, .flags = FIELD_OPTIONAL, .offset = offsetof(struct ThingCreateDto, seventh), .value = offsetof(struct opt_uuid, v), .size = sizeof(struct opt_uuid), .limits = &(const struct field_limits){.format = FORMAT_UUID7}},
    {.name = STR_INIT("parts"), .key = STR_INIT("\"parts\":"), .kind = FIELD_LIST, .offset = offsetof(struct ThingCreateDto, parts), .size = sizeof(struct list_ThingPartDto), .item = &(const struct field){.kind = FIELD_OBJECT, .size = sizeof(struct ThingPartDto), .sub = &ThingPartDto_fields}, .limits = &(const struct field_limits){.has_min_length = true, .min_length = 1, .has_max_length = true, .max_length = 9}, .check = run_thing_parts},
    {.name = STR_INIT("default"), .key = STR_INIT("\"default\":"), .kind = FIELD_DOUBLE, .flags = FIELD_OPTIONAL, .offset = offsetof(struct ThingCreateDto, default_), .value = offsetof(struct opt_double, v), .size = sizeof(struct opt_double), .limits = &(const struct field_limits){.has_min = true, .min = 0.0, .has_max = true, .max = 1.5, .exclusive_min = true}},
    {.name = STR_INIT("data"), .key = STR_INIT("\"data\":"), .kind = FIELD_RAW, .flags = FIELD_OPTIONAL | FIELD_RECORD, .offset = offsetof(struct ThingCreateDto, data), .value = offsetof(struct opt_str, v), .size = sizeof(struct opt_str)},
    {.name = STR_INIT("anything"), .key = STR_INIT("\"anything\":"), .kind = FIELD_RAW, .flags = FIELD_OPTIONAL, .offset = offsetof(struct ThingCreateDto, anything), .value = offsetof(struct opt_str, v), .size = sizeof(struct opt_str)},
};
const struct fields ThingCreateDto_fields = {.type = "ThingCreateDto", .size = sizeof(struct ThingCreateDto), .v = ThingCreateDto_fields_rows, .n = 10, .check = run_create_thing};

static const struct field ThingUpdateDto_fields_rows[] = {
    {.name = STR_INIT("ids"), .key = STR_INIT("\"ids\":"), .kind = FIELD_LIST, .flags = FIELD_OPTIONAL, .offset = offsetof(struct ThingUpdateDto, ids), .value = offsetof(struct opt_list_uuid, v), .size = sizeof(struct opt_list_uuid), .item = &(const struct field){.kind = FIELD_UUID, .size = sizeof(uuid), .limits = &(const struct field_limits){.format = FORMAT_UUID4}}},
    {.name = STR_INIT("day"), .key = STR_INIT("\"day\":"), .kind = FIELD_DATE, .flags = FIELD_NULLABLE | FIELD_OPTIONAL, .offset = offsetof(struct ThingUpdateDto, day), .value = offsetof(struct opt_date, v), .size = sizeof(struct opt_date)},
    {.name = STR_INIT("bounded"), .key = STR_INIT("\"bounded\":"), .kind = FIELD_INT, .flags = FIELD_OPTIONAL, .offset = offsetof(struct ThingUpdateDto, bounded), .size = sizeof(int64_t), .limits = &(const struct field_limits){.has_min = true, .min = -5.0, .has_max = true, .max = 5.0}, .preset = &(const int64_t){-1}},
};
const struct fields ThingUpdateDto_fields = {.type = "ThingUpdateDto", .size = sizeof(struct ThingUpdateDto), .v = ThingUpdateDto_fields_rows, .n = 3};

static const struct field ThingResponseDto_fields_rows[] = {
    {.name = STR_INIT("id"), .key = STR_INIT("\"id\":"), .kind = FIELD_UUID, .offset = offsetof(struct ThingResponseDto, id), .size = sizeof(uuid), .limits = &(const struct field_limits){.format = FORMAT_UUID4}},
    {.name = STR_INIT("seenAt"), .key = STR_INIT("\"seenAt\":"), .kind = FIELD_WHEN, .flags = FIELD_NULLABLE, .offset = offsetof(struct ThingResponseDto, seenAt), .value = offsetof(struct opt_when, v), .size = sizeof(struct opt_when)},
    {.name = STR_INIT("madeAt"), .key = STR_INIT("\"madeAt\":"), .kind = FIELD_WHEN, .flags = FIELD_OMIT_NULL | FIELD_OPTIONAL, .offset = offsetof(struct ThingResponseDto, madeAt), .value = offsetof(struct opt_when, v), .size = sizeof(struct opt_when)},
    {.name = STR_INIT("owner"), .key = STR_INIT("\"owner\":"), .kind = FIELD_OBJECT, .offset = offsetof(struct ThingResponseDto, owner), .size = sizeof(struct OwnerDto), .sub = &OwnerDto_fields},
    {.name = STR_INIT("hash"), .key = STR_INIT("\"hash\":"), .kind = FIELD_BYTES, .offset = offsetof(struct ThingResponseDto, hash), .size = sizeof(struct bytes)},
    {.name = STR_INIT("names"), .key = STR_INIT("\"names\":"), .kind = FIELD_LIST, .offset = offsetof(struct ThingResponseDto, names), .size = sizeof(struct list_opt_str), .item = &(const struct field){.kind = FIELD_STR, .flags = FIELD_NULLABLE, .value = offsetof(struct opt_str, v), .size = sizeof(struct opt_str)}},
    {.name = STR_INIT("bits"), .key = STR_INIT("\"bits\":"), .kind = FIELD_LIST, .offset = offsetof(struct ThingResponseDto, bits), .size = sizeof(struct list_opt_list_str), .item = &(const struct field){.kind = FIELD_LIST, .flags = FIELD_NULLABLE, .value = offsetof(struct opt_list_str, v), .size = sizeof(struct opt_list_str), .item = &(const struct field){.kind = FIELD_STR, .size = sizeof(str)}}},
    {.name = STR_INIT("secret"), .key = STR_INIT("\"secret\":"), .kind = FIELD_STR, .flags = FIELD_OPTIONAL, .offset = offsetof(struct ThingResponseDto, secret), .value = offsetof(struct opt_str, v), .size = sizeof(struct opt_str)},
};
const struct fields ThingResponseDto_fields = {.type = "ThingResponseDto", .size = sizeof(struct ThingResponseDto), .v = ThingResponseDto_fields_rows, .n = 8};

static const struct field ThingFormDto_fields_rows[] = {
    {.name = STR_INIT("name"), .key = STR_INIT("\"name\":"), .kind = FIELD_STR, .offset = offsetof(struct ThingFormDto, name), .size = sizeof(str)},
    {.name = STR_INIT("good"), .key = STR_INIT("\"good\":"), .kind = FIELD_BOOL, .flags = FIELD_OPTIONAL | FIELD_TEXT_BOOL, .offset = offsetof(struct ThingFormDto, good), .value = offsetof(struct opt_bool, v), .size = sizeof(struct opt_bool)},
    {.name = STR_INIT("size"), .key = STR_INIT("\"size\":"), .kind = FIELD_INT, .flags = FIELD_COERCE | FIELD_OPTIONAL, .offset = offsetof(struct ThingFormDto, size), .value = offsetof(struct opt_int, v), .size = sizeof(struct opt_int), .limits = &(const struct field_limits){.has_min = true, .min = 0.0}},
    {.name = STR_INIT("parts"), .key = STR_INIT("\"parts\":"), .kind = FIELD_LIST, .flags = FIELD_JSON_TEXT | FIELD_OPTIONAL, .offset = offsetof(struct ThingFormDto, parts), .value = offsetof(struct opt_list_ThingPartDto, v), .size = sizeof(struct opt_list_ThingPartDto), .item = &(const struct field){.kind = FIELD_OBJECT, .size = sizeof(struct ThingPartDto), .sub = &ThingPartDto_fields}},
};
const struct fields ThingFormDto_fields = {.type = "ThingFormDto", .size = sizeof(struct ThingFormDto), .v = ThingFormDto_fields_rows, .n = 4};

static const struct field ThingStreamDto_fields_rows[] = {
    {.name = STR_INIT("reset"), .key = STR_INIT("\"reset\":"), .kind = FIELD_BOOL, .offset = offsetof(struct ThingStreamDto, reset), .size = sizeof(bool)},
};
const struct fields ThingStreamDto_fields = {.type = "ThingStreamDto", .size = sizeof(struct ThingStreamDto), .v = ThingStreamDto_fields_rows, .n = 1};

static const struct field getThingStatistics_out_fields_rows[] = {
    {.name = STR_INIT("total"), .key = STR_INIT("\"total\":"), .kind = FIELD_INT, .offset = offsetof(struct getThingStatistics_out, total), .size = sizeof(int64_t), .limits = &(const struct field_limits){.has_min = true, .min = 0.0}},
};
const struct fields getThingStatistics_out_fields = {.type = "getThingStatistics_out", .size = sizeof(struct getThingStatistics_out), .v = getThingStatistics_out_fields_rows, .n = 1};

const struct ThingResponseDto_rules ThingResponseDto_shapes[ThingResponseDto_SHAPES] = {
    [SHAPE_listThings] = {.secret = SHAPE_ALWAYS, .names = SHAPE_ASKED},
    [SHAPE_createThing] = {.secret = SHAPE_ALWAYS, .names = SHAPE_ASKED},
    [SHAPE_listThings_link] = {.secret = SHAPE_NEVER, .names = SHAPE_OWN},
    [SHAPE_events] = {.secret = SHAPE_NEVER, .names = SHAPE_NEVER},
};
