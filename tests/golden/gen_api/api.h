/* Made by tools/gen/gen_api.py from contract/; do not edit. */
#pragma once

#include "core/err.h"
#include "core/opt.h"
#include "json/fields.h"

#include <stdbool.h>
#include <stdint.h>

struct ctx;
struct issues;
struct reply;
struct stream;
struct upload;

enum Colour {
    COLOUR_RED,
    COLOUR_DARK_GREEN,
    COLOUR_ON_BLUE,
};
OPT(Colour, enum Colour);
LIST(Colour, enum Colour);
enum ThingCreateDto_mode {
    THING_CREATE_DTO_MODE_FAST,
    THING_CREATE_DTO_MODE_NONE,
    THING_CREATE_DTO_MODE_4K,
};
OPT(ThingCreateDto_mode, enum ThingCreateDto_mode);
LIST(ThingCreateDto_mode, enum ThingCreateDto_mode);

struct OwnerDto {
    uuid id;
    struct when since;
};
LIST(OwnerDto, struct OwnerDto);

struct ThingPartDto {
    uuid id;
    struct opt_str pin;
    struct opt_str file;
};
LIST(ThingPartDto, struct ThingPartDto);

struct ThingCreateDto {
    str name;
    enum Colour colour;
    enum ThingCreateDto_mode mode;
    str mail;
    struct opt_uuid parentId;
    struct opt_uuid seventh;
    struct list_ThingPartDto parts;
    struct opt_double default_;
    struct opt_str data;
    struct opt_str anything;
};
LIST(ThingCreateDto, struct ThingCreateDto);
OPT(list_uuid, struct list_uuid);

struct ThingUpdateDto {
    struct opt_list_uuid ids;
    struct opt_date day;
    int64_t bounded;
};
LIST(ThingUpdateDto, struct ThingUpdateDto);
LIST(opt_str, struct opt_str);
OPT(list_str, struct list_str);
LIST(opt_list_str, struct opt_list_str);

struct ThingResponseDto {
    uuid id;
    struct opt_when seenAt;
    struct opt_when madeAt;
    struct OwnerDto owner;
    struct bytes hash;
    struct list_opt_str names;
    struct list_opt_list_str bits;
    struct opt_str secret;
};
LIST(ThingResponseDto, struct ThingResponseDto);
OPT(list_ThingPartDto, struct list_ThingPartDto);

struct ThingFormDto {
    str name;
    struct opt_bool good;
    struct opt_int size;
    struct opt_list_ThingPartDto parts;
};
LIST(ThingFormDto, struct ThingFormDto);

struct ThingStreamDto {
    bool reset;
};
LIST(ThingStreamDto, struct ThingStreamDto);

struct getThingStatistics_out {
    int64_t total;
};
LIST(getThingStatistics_out, struct getThingStatistics_out);

struct listThings_in {
    int64_t page;
    struct opt_bool exact;
    struct opt_bool raw;
    struct opt_Colour colour;
};

struct createThing_in {
    struct ThingCreateDto body;
};

struct updateThing_in {
    uuid id;
    struct ThingUpdateDto body;
};

struct deleteThing_in {
    uuid id;
};

struct downloadThing_in {
    uuid id;
};

struct uploadThing_in {
    struct opt_str key;
    struct opt_str x_thing_checksum;
    struct ThingFormDto body;
};

struct uploadThing_head {
    struct opt_str key;
    struct opt_str x_thing_checksum;
};

struct streamThings_in {
    struct ThingStreamDto body;
};

/* Which members of ThingResponseDto an answer has (x-shapes). */
enum ThingResponseDto_shape {
    SHAPE_listThings,
    SHAPE_createThing,
    SHAPE_listThings_link,
    SHAPE_events,
    ThingResponseDto_SHAPES,
};
struct ThingResponseDto_rules {
    enum shape_rule secret;
    enum shape_rule names;
};
extern const struct ThingResponseDto_rules ThingResponseDto_shapes[ThingResponseDto_SHAPES];

extern const struct enum_names Colour_names;
extern const struct enum_names ThingCreateDto_mode_names;
extern const struct fields OwnerDto_fields;
extern const struct fields ThingPartDto_fields;
extern const struct fields ThingCreateDto_fields;
extern const struct fields ThingUpdateDto_fields;
extern const struct fields ThingResponseDto_fields;
extern const struct fields ThingFormDto_fields;
extern const struct fields ThingStreamDto_fields;
extern const struct fields getThingStatistics_out_fields;

/* Rules over whole values (x-check), written by hand; run when all fields passed. */
void check_thing_parts(const struct list_ThingPartDto *value, struct issues *issues);
void check_create_thing(const struct ThingCreateDto *value, struct issues *issues);
void check_update_thing(const struct updateThing_in *value, struct issues *issues);

/* The operations. */
void op_listThings_ahead(struct ctx *cx, const struct listThings_in *in);
fallible op_listThings(struct ctx *cx, const struct listThings_in *in, struct list_ThingResponseDto *out);
fallible op_createThing(struct ctx *cx, const struct createThing_in *in, struct ThingResponseDto *out);
fallible op_getThingStatistics(struct ctx *cx, struct getThingStatistics_out *out);
fallible op_updateThing(struct ctx *cx, const struct updateThing_in *in, struct OwnerDto *out);
fallible op_deleteThing(struct ctx *cx, const struct deleteThing_in *in);
fallible op_downloadThing(struct ctx *cx, const struct downloadThing_in *in, struct reply *out);
fallible op_uploadThing_begin(struct ctx *cx, const struct uploadThing_head *head, struct upload *upload, struct OwnerDto *out, bool *answered);
fallible op_uploadThing(struct ctx *cx, const struct uploadThing_in *in, const struct upload *upload, struct OwnerDto *out);
fallible op_streamThings(struct ctx *cx, const struct streamThings_in *in, struct stream *out);
fallible op_archiveThings(struct ctx *cx, struct stream *out);
fallible op_getRawThing(struct ctx *cx, str *out);
fallible op_getThingStyle(struct ctx *cx, str *out);
