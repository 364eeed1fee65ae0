/* Made by tools/gen/gen_api.py from contract/; do not edit. */

#include "app/api/route.h"
#include "gen/api.h"

#include <assert.h>

#pragma weak check_create_thing
#pragma weak check_thing_parts
#pragma weak check_update_thing

#pragma weak check_update_thing
static void run_update_thing(const void *value, struct issues *issues)
{
    const struct updateThing_in *typed = value;
    if (check_update_thing) check_update_thing(typed, issues);
}

#pragma weak op_listThings
#pragma weak op_listThings_ahead
static void ahead_listThings(struct ctx *cx, const void *in)
{
    op_listThings_ahead(cx, in);
}
static err call_listThings(struct ctx *cx, const void *in, struct upload *upload, void *out)
{
    return op_listThings(cx, in, out);
}
static bool implemented_listThings(void)
{
    return op_listThings && op_listThings_ahead;
}
static const struct field listThings_query_rows[] = {
    {.name = STR_INIT("page"), .key = STR_INIT("\"page\":"), .kind = FIELD_INT, .flags = FIELD_COERCE | FIELD_OPTIONAL, .offset = offsetof(struct listThings_in, page), .size = sizeof(int64_t), .limits = &(const struct field_limits){.has_min = true, .min = 1.0}, .preset = &(const int64_t){1}},
    {.name = STR_INIT("exact"), .key = STR_INIT("\"exact\":"), .kind = FIELD_BOOL, .flags = FIELD_OPTIONAL | FIELD_TEXT_BOOL, .offset = offsetof(struct listThings_in, exact), .value = offsetof(struct opt_bool, v), .size = sizeof(struct opt_bool)},
    {.name = STR_INIT("raw"), .key = STR_INIT("\"raw\":"), .kind = FIELD_BOOL, .flags = FIELD_OPTIONAL, .offset = offsetof(struct listThings_in, raw), .value = offsetof(struct opt_bool, v), .size = sizeof(struct opt_bool)},
    {.name = STR_INIT("colour"), .key = STR_INIT("\"colour\":"), .kind = FIELD_ENUM, .flags = FIELD_OPTIONAL, .offset = offsetof(struct listThings_in, colour), .value = offsetof(struct opt_Colour, v), .size = sizeof(struct opt_Colour), .names = &Colour_names},
};
static const struct fields listThings_query = {.type = "listThings_in", .size = sizeof(struct listThings_in), .v = listThings_query_rows, .n = 4};

static const struct field listThings_answer_fields_rows[] = {
    {.name = STR_INIT("id"), .key = STR_INIT("\"id\":"), .kind = FIELD_UUID, .offset = offsetof(struct ThingResponseDto, id), .size = sizeof(uuid), .limits = &(const struct field_limits){.format = FORMAT_UUID4}},
    {.name = STR_INIT("seenAt"), .key = STR_INIT("\"seenAt\":"), .kind = FIELD_WHEN, .flags = FIELD_DATES_PG | FIELD_NULLABLE, .offset = offsetof(struct ThingResponseDto, seenAt), .value = offsetof(struct opt_when, v), .size = sizeof(struct opt_when)},
    {.name = STR_INIT("madeAt"), .key = STR_INIT("\"madeAt\":"), .kind = FIELD_WHEN, .flags = FIELD_OMIT_NULL | FIELD_OPTIONAL, .offset = offsetof(struct ThingResponseDto, madeAt), .value = offsetof(struct opt_when, v), .size = sizeof(struct opt_when)},
    {.name = STR_INIT("owner"), .key = STR_INIT("\"owner\":"), .kind = FIELD_OBJECT, .offset = offsetof(struct ThingResponseDto, owner), .size = sizeof(struct OwnerDto), .sub = &OwnerDto_fields},
    {.name = STR_INIT("hash"), .key = STR_INIT("\"hash\":"), .kind = FIELD_BYTES, .offset = offsetof(struct ThingResponseDto, hash), .size = sizeof(struct bytes)},
    {.name = STR_INIT("names"), .key = STR_INIT("\"names\":"), .kind = FIELD_LIST, .offset = offsetof(struct ThingResponseDto, names), .size = sizeof(struct list_opt_str), .item = &(const struct field){.kind = FIELD_STR, .flags = FIELD_NULLABLE, .value = offsetof(struct opt_str, v), .size = sizeof(struct opt_str)}},
    {.name = STR_INIT("bits"), .key = STR_INIT("\"bits\":"), .kind = FIELD_LIST, .offset = offsetof(struct ThingResponseDto, bits), .size = sizeof(struct list_opt_list_str), .item = &(const struct field){.kind = FIELD_LIST, .flags = FIELD_NULLABLE, .value = offsetof(struct opt_list_str, v), .size = sizeof(struct opt_list_str), .item = &(const struct field){.kind = FIELD_STR, .size = sizeof(str)}}},
    {.name = STR_INIT("secret"), .key = STR_INIT("\"secret\":"), .kind = FIELD_STR, .flags = FIELD_OPTIONAL, .offset = offsetof(struct ThingResponseDto, secret), .value = offsetof(struct opt_str, v), .size = sizeof(struct opt_str)},
};
static const struct fields listThings_answer_fields = {.type = "ThingResponseDto", .size = sizeof(struct ThingResponseDto), .v = listThings_answer_fields_rows, .n = 8};
static const struct field listThings_answer = {.kind = FIELD_LIST, .size = sizeof(struct list_ThingResponseDto), .item = &(const struct field){.kind = FIELD_OBJECT, .size = sizeof(struct ThingResponseDto), .sub = &listThings_answer_fields}};

static const struct route_segment listThings_segments[] = {
    {STR_INIT("api"), false},
    {STR_INIT("things"), false},
};

#pragma weak op_createThing
static err call_createThing(struct ctx *cx, const void *in, struct upload *upload, void *out)
{
    return op_createThing(cx, in, out);
}
static bool implemented_createThing(void)
{
    return op_createThing && check_create_thing && check_thing_parts;
}
static const struct field createThing_body = {.kind = FIELD_OBJECT, .size = sizeof(struct ThingCreateDto), .sub = &ThingCreateDto_fields, .offset = offsetof(struct createThing_in, body)};

static const struct field createThing_answer = {.kind = FIELD_OBJECT, .size = sizeof(struct ThingResponseDto), .sub = &ThingResponseDto_fields};

static const struct field createThing_access_parentId = {.name = STR_INIT("parentId"), .key = STR_INIT("\"parentId\":"), .kind = FIELD_UUID, .flags = FIELD_NULLABLE | FIELD_OPTIONAL, .offset = offsetof(struct ThingCreateDto, parentId), .value = offsetof(struct opt_uuid, v), .size = sizeof(struct opt_uuid), .limits = &(const struct field_limits){.format = FORMAT_UUID4}};
static const struct field createThing_access_in_parts = {.name = STR_INIT("parts"), .key = STR_INIT("\"parts\":"), .kind = FIELD_LIST, .offset = offsetof(struct ThingCreateDto, parts), .size = sizeof(struct list_ThingPartDto), .item = &(const struct field){.kind = FIELD_OBJECT, .size = sizeof(struct ThingPartDto), .sub = &ThingPartDto_fields}, .limits = &(const struct field_limits){.has_min_length = true, .min_length = 1, .has_max_length = true, .max_length = 9}};
static const struct field createThing_access_id = {.name = STR_INIT("id"), .key = STR_INIT("\"id\":"), .kind = FIELD_UUID, .offset = offsetof(struct ThingPartDto, id), .size = sizeof(uuid), .limits = &(const struct field_limits){.format = FORMAT_UUID4}};
static const struct route_access createThing_access[] = {
    {STR_INIT("thing.read"), &createThing_access_parentId, NULL, offsetof(struct createThing_in, body)},
    {STR_INIT("part.read"), &createThing_access_id, &createThing_access_in_parts, offsetof(struct createThing_in, body)},
};

static const struct route_segment createThing_segments[] = {
    {STR_INIT("api"), false},
    {STR_INIT("things"), false},
};

#pragma weak op_getThingStatistics
static err call_getThingStatistics(struct ctx *cx, const void *in, struct upload *upload, void *out)
{
    return op_getThingStatistics(cx, out);
}
static bool implemented_getThingStatistics(void)
{
    return op_getThingStatistics;
}
static const struct field getThingStatistics_answer = {.kind = FIELD_OBJECT, .size = sizeof(struct getThingStatistics_out), .sub = &getThingStatistics_out_fields};

static const struct route_segment getThingStatistics_segments[] = {
    {STR_INIT("api"), false},
    {STR_INIT("things"), false},
    {STR_INIT("statistics"), false},
};

#pragma weak op_updateThing
static err call_updateThing(struct ctx *cx, const void *in, struct upload *upload, void *out)
{
    return op_updateThing(cx, in, out);
}
static bool implemented_updateThing(void)
{
    return op_updateThing && check_update_thing;
}
static const struct field updateThing_path_rows[] = {
    {.name = STR_INIT("id"), .key = STR_INIT("\"id\":"), .kind = FIELD_UUID, .offset = offsetof(struct updateThing_in, id), .size = sizeof(uuid), .limits = &(const struct field_limits){.format = FORMAT_UUID4}},
};
static const struct fields updateThing_path = {.type = "updateThing_in", .size = sizeof(struct updateThing_in), .v = updateThing_path_rows, .n = 1};

static const struct field updateThing_body = {.kind = FIELD_OBJECT, .size = sizeof(struct ThingUpdateDto), .sub = &ThingUpdateDto_fields, .offset = offsetof(struct updateThing_in, body)};

static const struct field updateThing_answer = {.kind = FIELD_OBJECT, .size = sizeof(struct OwnerDto), .sub = &OwnerDto_fields};

static const struct field updateThing_access_ids = {.name = STR_INIT("ids"), .key = STR_INIT("\"ids\":"), .kind = FIELD_LIST, .flags = FIELD_OPTIONAL, .offset = offsetof(struct ThingUpdateDto, ids), .value = offsetof(struct opt_list_uuid, v), .size = sizeof(struct opt_list_uuid), .item = &(const struct field){.kind = FIELD_UUID, .size = sizeof(uuid), .limits = &(const struct field_limits){.format = FORMAT_UUID4}}};
static const struct route_access updateThing_access[] = {
    {STR_INIT("thing.update"), &updateThing_path_rows[0], NULL, 0},
    {STR_INIT("asset.read"), &updateThing_access_ids, NULL, offsetof(struct updateThing_in, body)},
};

static const struct route_segment updateThing_segments[] = {
    {STR_INIT("api"), false},
    {STR_INIT("things"), false},
    {STR_INIT("id"), true},
};

#pragma weak op_deleteThing
static err call_deleteThing(struct ctx *cx, const void *in, struct upload *upload, void *out)
{
    return op_deleteThing(cx, in);
}
static bool implemented_deleteThing(void)
{
    return op_deleteThing;
}
static const struct field deleteThing_path_rows[] = {
    {.name = STR_INIT("id"), .key = STR_INIT("\"id\":"), .kind = FIELD_UUID, .offset = offsetof(struct deleteThing_in, id), .size = sizeof(uuid), .limits = &(const struct field_limits){.format = FORMAT_UUID4}},
};
static const struct fields deleteThing_path = {.type = "deleteThing_in", .size = sizeof(struct deleteThing_in), .v = deleteThing_path_rows, .n = 1};

static const struct route_segment deleteThing_segments[] = {
    {STR_INIT("api"), false},
    {STR_INIT("things"), false},
    {STR_INIT("id"), true},
};

#pragma weak op_downloadThing
static err call_downloadThing(struct ctx *cx, const void *in, struct upload *upload, void *out)
{
    return op_downloadThing(cx, in, out);
}
static bool implemented_downloadThing(void)
{
    return op_downloadThing;
}
static const struct field downloadThing_path_rows[] = {
    {.name = STR_INIT("id"), .key = STR_INIT("\"id\":"), .kind = FIELD_UUID, .offset = offsetof(struct downloadThing_in, id), .size = sizeof(uuid), .limits = &(const struct field_limits){.format = FORMAT_UUID4}},
};
static const struct fields downloadThing_path = {.type = "downloadThing_in", .size = sizeof(struct downloadThing_in), .v = downloadThing_path_rows, .n = 1};

static const struct route_access downloadThing_access[] = {
    {STR_INIT("thing.read"), &downloadThing_path_rows[0], NULL, 0},
};

static const struct route_segment downloadThing_segments[] = {
    {STR_INIT("api"), false},
    {STR_INIT("things"), false},
    {STR_INIT("id"), true},
    {STR_INIT("file"), false},
};

#pragma weak op_uploadThing
#pragma weak op_uploadThing_begin
static err begin_uploadThing(struct ctx *cx, const void *head, struct upload *upload, void *out, bool *answered)
{
    return op_uploadThing_begin(cx, head, upload, out, answered);
}
static err call_uploadThing(struct ctx *cx, const void *in, struct upload *upload, void *out)
{
    return op_uploadThing(cx, in, upload, out);
}
static bool implemented_uploadThing(void)
{
    return op_uploadThing && op_uploadThing_begin;
}
static const struct field uploadThing_query_rows[] = {
    {.name = STR_INIT("key"), .key = STR_INIT("\"key\":"), .kind = FIELD_STR, .flags = FIELD_OPTIONAL, .offset = offsetof(struct uploadThing_in, key), .value = offsetof(struct opt_str, v), .size = sizeof(struct opt_str)},
};
static const struct fields uploadThing_query = {.type = "uploadThing_in", .size = sizeof(struct uploadThing_in), .v = uploadThing_query_rows, .n = 1};

static const struct field uploadThing_header_rows[] = {
    {.name = STR_INIT("x-thing-checksum"), .key = STR_INIT("\"x-thing-checksum\":"), .kind = FIELD_STR, .flags = FIELD_OPTIONAL, .offset = offsetof(struct uploadThing_in, x_thing_checksum), .value = offsetof(struct opt_str, v), .size = sizeof(struct opt_str)},
};
static const struct fields uploadThing_header = {.type = "uploadThing_in", .size = sizeof(struct uploadThing_in), .v = uploadThing_header_rows, .n = 1};

static const struct field uploadThing_body = {.kind = FIELD_OBJECT, .size = sizeof(struct ThingFormDto), .sub = &ThingFormDto_fields, .offset = offsetof(struct uploadThing_in, body)};

static const struct field uploadThing_answer = {.kind = FIELD_OBJECT, .size = sizeof(struct OwnerDto), .sub = &OwnerDto_fields};

static_assert(offsetof(struct uploadThing_head, key) == offsetof(struct uploadThing_in, key), "the head begins the in struct");

static_assert(offsetof(struct uploadThing_head, x_thing_checksum) == offsetof(struct uploadThing_in, x_thing_checksum), "the head begins the in struct");

static const struct route_segment uploadThing_segments[] = {
    {STR_INIT("api"), false},
    {STR_INIT("things"), false},
    {STR_INIT("upload"), false},
};

#pragma weak op_streamThings
static err call_streamThings(struct ctx *cx, const void *in, struct upload *upload, void *out)
{
    return op_streamThings(cx, in, out);
}
static bool implemented_streamThings(void)
{
    return op_streamThings;
}
static const struct field streamThings_body = {.kind = FIELD_OBJECT, .size = sizeof(struct ThingStreamDto), .sub = &ThingStreamDto_fields, .offset = offsetof(struct streamThings_in, body)};

static const struct route_segment streamThings_segments[] = {
    {STR_INIT("api"), false},
    {STR_INIT("things"), false},
    {STR_INIT("stream"), false},
};

#pragma weak op_archiveThings
static err call_archiveThings(struct ctx *cx, const void *in, struct upload *upload, void *out)
{
    return op_archiveThings(cx, out);
}
static bool implemented_archiveThings(void)
{
    return op_archiveThings;
}

static const struct route_segment archiveThings_segments[] = {
    {STR_INIT("api"), false},
    {STR_INIT("things"), false},
    {STR_INIT("archive"), false},
};

#pragma weak op_getRawThing
static err call_getRawThing(struct ctx *cx, const void *in, struct upload *upload, void *out)
{
    return op_getRawThing(cx, out);
}
static bool implemented_getRawThing(void)
{
    return op_getRawThing;
}

static const struct route_segment getRawThing_segments[] = {
    {STR_INIT("api"), false},
    {STR_INIT("things"), false},
    {STR_INIT("raw"), false},
};

#pragma weak op_getThingStyle
static err call_getThingStyle(struct ctx *cx, const void *in, struct upload *upload, void *out)
{
    return op_getThingStyle(cx, out);
}
static bool implemented_getThingStyle(void)
{
    return op_getThingStyle;
}

static const struct route_segment getThingStyle_segments[] = {
    {STR_INIT("things.css"), false},
};

const struct route routes[] = {
    {.operation = "listThings", .method = STR_INIT("GET"), .segments = listThings_segments, .segments_n = 2, .auth = ROUTE_USER, .permission = STR_INIT("thing.read"), .query = &listThings_query, .in_size = sizeof(struct listThings_in), .out_size = sizeof(struct list_ThingResponseDto), .status = 200, .reply = ROUTE_REPLY_JSON, .answer = &listThings_answer, .failed = "Failed to list things", .ahead = ahead_listThings, .call = call_listThings, .implemented = implemented_listThings},
    {.operation = "createThing", .method = STR_INIT("POST"), .segments = createThing_segments, .segments_n = 2, .auth = ROUTE_USER, .permission = STR_INIT("thing.create"), .access = createThing_access, .access_n = 2, .body_kind = ROUTE_BODY_JSON, .body = &createThing_body, .in_size = sizeof(struct createThing_in), .out_size = sizeof(struct ThingResponseDto), .status = 201, .reply = ROUTE_REPLY_JSON, .answer = &createThing_answer, .failed = "Failed to create thing", .call = call_createThing, .implemented = implemented_createThing},
    {.operation = "archiveThings", .method = STR_INIT("POST"), .segments = archiveThings_segments, .segments_n = 3, .auth = ROUTE_USER, .permission = STR_INIT("all"), .status = 200, .reply = ROUTE_REPLY_STREAM, .media = "application/octet-stream", .failed = "Failed to archive things", .call = call_archiveThings, .implemented = implemented_archiveThings},
    {.operation = "getRawThing", .method = STR_INIT("GET"), .segments = getRawThing_segments, .segments_n = 3, .auth = ROUTE_OPTIONAL, .permission = STR_INIT("any"), .out_size = sizeof(str), .status = 200, .reply = ROUTE_REPLY_RAW, .dates = DATES_PG, .failed = "Failed to get raw thing", .call = call_getRawThing, .implemented = implemented_getRawThing},
    {.operation = "getThingStatistics", .method = STR_INIT("GET"), .segments = getThingStatistics_segments, .segments_n = 3, .auth = ROUTE_PUBLIC, .out_size = sizeof(struct getThingStatistics_out), .status = 200, .reply = ROUTE_REPLY_JSON, .answer = &getThingStatistics_answer, .failed = "No statistics today", .call = call_getThingStatistics, .implemented = implemented_getThingStatistics},
    {.operation = "streamThings", .method = STR_INIT("POST"), .segments = streamThings_segments, .segments_n = 3, .auth = ROUTE_USER, .permission = STR_INIT("all"), .body_kind = ROUTE_BODY_JSON, .body = &streamThings_body, .in_size = sizeof(struct streamThings_in), .status = 200, .reply = ROUTE_REPLY_STREAM, .media = "application/jsonlines+json", .failed = "Failed to stream things", .call = call_streamThings, .implemented = implemented_streamThings},
    {.operation = "uploadThing", .method = STR_INIT("POST"), .segments = uploadThing_segments, .segments_n = 3, .auth = ROUTE_USER, .permission = STR_INIT("all"), .query = &uploadThing_query, .header = &uploadThing_header, .body_kind = ROUTE_BODY_STREAM, .body = &uploadThing_body, .in_size = sizeof(struct uploadThing_in), .head_size = sizeof(struct uploadThing_head), .out_size = sizeof(struct OwnerDto), .status = 201, .reply = ROUTE_REPLY_JSON, .answer = &uploadThing_answer, .failed = "Failed to upload thing", .begin = begin_uploadThing, .call = call_uploadThing, .implemented = implemented_uploadThing},
    {.operation = "updateThing", .method = STR_INIT("PUT"), .segments = updateThing_segments, .segments_n = 3, .auth = ROUTE_LINK, .permission = STR_INIT("all"), .access = updateThing_access, .access_n = 2, .path = &updateThing_path, .path_issues_first = true, .body_kind = ROUTE_BODY_JSON, .body = &updateThing_body, .check = run_update_thing, .in_size = sizeof(struct updateThing_in), .out_size = sizeof(struct OwnerDto), .status = 200, .reply = ROUTE_REPLY_JSON, .answer = &updateThing_answer, .failed = "Failed to update thing", .call = call_updateThing, .implemented = implemented_updateThing},
    {.operation = "updateThing", .method = STR_INIT("PATCH"), .segments = updateThing_segments, .segments_n = 3, .auth = ROUTE_LINK, .permission = STR_INIT("all"), .access = updateThing_access, .access_n = 2, .path = &updateThing_path, .path_issues_first = true, .body_kind = ROUTE_BODY_JSON, .body = &updateThing_body, .check = run_update_thing, .in_size = sizeof(struct updateThing_in), .out_size = sizeof(struct OwnerDto), .status = 200, .reply = ROUTE_REPLY_JSON, .answer = &updateThing_answer, .failed = "Failed to update thing v3", .call = call_updateThing, .implemented = implemented_updateThing},
    {.operation = "deleteThing", .method = STR_INIT("DELETE"), .segments = deleteThing_segments, .segments_n = 3, .auth = ROUTE_ADMIN, .permission = STR_INIT("all"), .access_why = "administrators delete everything", .path = &deleteThing_path, .in_size = sizeof(struct deleteThing_in), .status = 204, .reply = ROUTE_REPLY_EMPTY, .failed = "Failed to delete thing", .call = call_deleteThing, .implemented = implemented_deleteThing},
    {.operation = "downloadThing", .method = STR_INIT("GET"), .segments = downloadThing_segments, .segments_n = 4, .auth = ROUTE_LINK, .permission = STR_INIT("all"), .access = downloadThing_access, .access_n = 1, .path = &downloadThing_path, .in_size = sizeof(struct downloadThing_in), .status = 200, .reply = ROUTE_REPLY_FILE, .file_errors = true, .failed = "Failed to download thing", .call = call_downloadThing, .implemented = implemented_downloadThing},
    {.operation = "getThingStyle", .method = STR_INIT("GET"), .segments = getThingStyle_segments, .segments_n = 1, .auth = ROUTE_PUBLIC, .out_size = sizeof(str), .status = 200, .reply = ROUTE_REPLY_TEXT, .media = "text/css; charset=utf-8", .unlisted = true, .failed = "Failed to get thing style", .call = call_getThingStyle, .implemented = implemented_getThingStyle},
};
const size_t routes_n = 12;
