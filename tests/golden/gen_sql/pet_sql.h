/* Made by tools/gen/gen_sql.py of tests/golden/gen_sql/pet.sql; do not edit. */
#pragma once

#include "db/db.h"
#include "db/sqlb.h"
#include "gen/api.h"

struct pet_row {
    uuid id;
    struct opt_str name;
    struct list_str tags;
    struct opt_Mood mood;
    struct opt_PetDto owner;
    str extra;
};
LIST(pet_row, struct pet_row);
extern const struct fields pet_row_fields;

struct pet_line {
    uuid mark;
    struct PetDto line;
};
LIST(pet_line, struct pet_line);
extern const struct fields pet_line_fields;

/* Uses pet_pkey: 20 µs. */
fallible sql_pet_get(struct ctx *cx, struct PetDto *out, uuid id);
fallible sql_pet_name_find(struct ctx *cx, struct opt_str *out, bool *found, uuid id);
fallible sql_pet_list(struct ctx *cx, struct list_pet_row *out, struct list_uuid ids, struct list_Mood moods, enum Mood mood, struct opt_Mood other, struct list_float like);
fallible sql_pet_ids(struct ctx *cx, struct db_cursor *out, bool register_);
fallible sql_pet_herd(struct ctx *cx, struct HerdDto *out);
fallible sql_pet_delete(struct ctx *cx, int64_t *out, struct opt_when before, struct bytes chip, double weight);
fallible sql_pet_touch(struct ctx *cx);
struct sqlb sql_pet_search(struct ctx *cx, uuid owner);
struct pet_search_filter {
    struct opt_str name;
    struct list_uuid ids;
    bool isTagged;
    struct opt_Mood mood;
};
void sql_pet_search_filter(struct sqlb *q, const struct pet_search_filter *filter);
extern const struct sql sql_pet_lines;
