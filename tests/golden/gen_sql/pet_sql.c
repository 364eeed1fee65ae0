/* Made by tools/gen/gen_sql.py of tests/golden/gen_sql/pet.sql; do not edit. */
#include "gen/pet_sql.h"

static const struct field pet_row_fields_rows[] = {
    {.name = STR_INIT("id"), .key = STR_INIT("\"id\":"), .kind = FIELD_UUID, .offset = offsetof(struct pet_row, id), .size = sizeof(uuid)},
    {.name = STR_INIT("name"), .key = STR_INIT("\"name\":"), .kind = FIELD_STR, .flags = FIELD_NULLABLE | FIELD_OPTIONAL, .offset = offsetof(struct pet_row, name), .value = offsetof(struct opt_str, v), .size = sizeof(struct opt_str)},
    {.name = STR_INIT("tags"), .key = STR_INIT("\"tags\":"), .kind = FIELD_LIST, .offset = offsetof(struct pet_row, tags), .size = sizeof(struct list_str), .item = &(const struct field){.kind = FIELD_STR, .size = sizeof(str)}},
    {.name = STR_INIT("mood"), .key = STR_INIT("\"mood\":"), .kind = FIELD_ENUM, .flags = FIELD_NULLABLE | FIELD_OPTIONAL, .offset = offsetof(struct pet_row, mood), .value = offsetof(struct opt_Mood, v), .size = sizeof(struct opt_Mood), .names = &Mood_names},
    {.name = STR_INIT("owner"), .key = STR_INIT("\"owner\":"), .kind = FIELD_OBJECT, .flags = FIELD_NULLABLE | FIELD_OPTIONAL, .offset = offsetof(struct pet_row, owner), .value = offsetof(struct opt_PetDto, v), .size = sizeof(struct opt_PetDto), .sub = &PetDto_fields},
    {.name = STR_INIT("extra"), .key = STR_INIT("\"extra\":"), .kind = FIELD_RAW, .offset = offsetof(struct pet_row, extra), .size = sizeof(str)},
};
const struct fields pet_row_fields = {.type = "pet_row", .size = sizeof(struct pet_row), .v = pet_row_fields_rows, .n = 6};

static const struct field pet_line_fields_rows[] = {
    {.name = STR_INIT("mark"), .key = STR_INIT("\"mark\":"), .kind = FIELD_UUID, .offset = offsetof(struct pet_line, mark), .size = sizeof(uuid)},
    {.name = STR_INIT("line"), .key = STR_INIT("\"line\":"), .kind = FIELD_OBJECT, .offset = offsetof(struct pet_line, line), .size = sizeof(struct PetDto), .sub = &PetDto_fields},
};
const struct fields pet_line_fields = {.type = "pet_line", .size = sizeof(struct pet_line), .v = pet_line_fields_rows, .n = 2};

static const uint8_t pet_get_types[] = {DB_UUID};
static const struct sql pet_get_sql = {
    .name = "pet_get",
    .text =
        "SELECT id, name, mood FROM pet WHERE id = $1",
    .row = &PetDto_fields,
    .types = pet_get_types,
    .n_params = 1,
};

fallible sql_pet_get(struct ctx *cx, struct PetDto *out, uuid id)
{
    const struct db_param params[] = {
        P_UUID(id),
    };
    return db_one(cx, &pet_get_sql, params, out);
}

static const uint8_t pet_name_find_types[] = {DB_UUID};
static const struct sql pet_name_find_sql = {
    .name = "pet_name_find",
    .text =
        "SELECT nickname FROM pet WHERE id = $1 AND note <> 'costs $id; or --'",
    .row = &db_opt_str_fields,
    .types = pet_name_find_types,
    .n_params = 1,
};

fallible sql_pet_name_find(struct ctx *cx, struct opt_str *out, bool *found, uuid id)
{
    const struct db_param params[] = {
        P_UUID(id),
    };
    return db_maybe(cx, &pet_name_find_sql, params, out, found);
}

static const uint8_t pet_list_types[] = {DB_UUID_ARRAY, DB_ENUM_ARRAY, DB_ENUM, DB_ENUM, DB_VECTOR};
static const struct sql pet_list_sql = {
    .name = "pet_list",
    .text =
        "SELECT id, name, tags, mood, extra\n"
        "FROM pet\n"
        "WHERE id = ANY($1) AND (mood = ANY($2) OR mood = $3 OR mood = $4)\n"
        "ORDER BY shape <-> $5",
    .row = &pet_row_fields,
    .types = pet_list_types,
    .n_params = 5,
};

fallible sql_pet_list(struct ctx *cx, struct list_pet_row *out, struct list_uuid ids, struct list_Mood moods, enum Mood mood, struct opt_Mood other, struct list_float like)
{
    const struct db_param params[] = {
        P_UUID_ARRAY(ids),
        db_param_names(cx->arena, &Mood_names, (const int *)moods.v, moods.n),
        P_NAMED(&Mood_names, (int)mood),
        P_OPT_NAMED(&Mood_names, other.is, (int)other.v),
        P_VECTOR(like),
    };
    return db_many(cx, &pet_list_sql, params, out);
}

static const uint8_t pet_ids_types[] = {DB_BOOL};
static const struct sql pet_ids_sql = {
    .name = "pet_ids",
    .text =
        "SELECT id FROM pet WHERE registered = $1",
    .row = &db_uuid_fields,
    .types = pet_ids_types,
    .n_params = 1,
};

fallible sql_pet_ids(struct ctx *cx, struct db_cursor *out, bool register_)
{
    const struct db_param params[] = {
        P_BOOL(register_),
    };
    return db_cursor_open(cx, &pet_ids_sql, params, out);
}

static const struct sql pet_herd_sql = {
    .name = "pet_herd",
    .text =
        "SELECT id, name FROM pet",
    .row = &HerdDto_fields,
    .columnar = true,
};

fallible sql_pet_herd(struct ctx *cx, struct HerdDto *out)
{
    return db_columns(cx, &pet_herd_sql, NULL, out);
}

static const uint8_t pet_delete_types[] = {DB_TIMESTAMPTZ, DB_BYTEA, DB_FLOAT8};
static const struct sql pet_delete_sql = {
    .name = "pet_delete",
    .text =
        "DELETE FROM pet WHERE seen < $1 AND chip = $2 AND weight = $3",
    .types = pet_delete_types,
    .n_params = 3,
};

fallible sql_pet_delete(struct ctx *cx, int64_t *out, struct opt_when before, struct bytes chip, double weight)
{
    const struct db_param params[] = {
        P_OPT_TIMESTAMPTZ(before),
        P_BYTEA(chip),
        P_FLOAT8(weight),
    };
    return db_count(cx, &pet_delete_sql, params, out);
}

static const struct sql pet_touch_sql = {
    .name = "pet_touch",
    .text =
        "UPDATE pet SET seen = now()",
};

fallible sql_pet_touch(struct ctx *cx)
{
    return db_exec(cx, &pet_touch_sql, NULL);
}

static const uint8_t pet_search_types[] = {DB_UUID};
static const struct sql pet_search_sql = {
    .text =
        "SELECT id, name, mood FROM pet WHERE owner = $1 /*filters*/",
    .row = &PetDto_fields,
    .types = pet_search_types,
    .n_params = 1,
};

struct sqlb sql_pet_search(struct ctx *cx, uuid owner)
{
    const struct db_param params[] = {
        P_UUID(owner),
    };
    return sqlb_start(cx, &pet_search_sql, params);
}

static const uint8_t pet_search_filters_types[] = {DB_UUID, DB_TEXT, DB_UUID_ARRAY, DB_ENUM};
static const struct sql pet_search_filters_sql = {
    .name = "pet_search_filters",
    .text =
        "SELECT id, name, mood FROM pet WHERE owner = $1  AND (name = $2) AND (name IS NULL) AND (id = ANY($3)) AND (tags <> '{}') AND (mood = $4)",
    .row = &PetDto_fields,
    .types = pet_search_filters_types,
    .n_params = 4,
};

void sql_pet_search_filter(struct sqlb *q, const struct pet_search_filter *filter)
{
    if (filter->name.is == PRESENT) sqlb_and_around(q, "name = ", P_TEXT(filter->name.v), "");
    if (filter->name.is == IS_NULL) sqlb_where(q, "name IS NULL");
    if (filter->ids.n) sqlb_and_around(q, "id = ANY(", P_UUID_ARRAY(filter->ids), ")");
    if (filter->isTagged) sqlb_where(q, "tags <> '{}'");
    if (filter->mood.is == PRESENT) sqlb_and_around(q, "mood = ", P_NAMED(&Mood_names, (int)filter->mood.v), "");
}

static const uint8_t pet_lines_types[] = {DB_UUID, DB_TIMESTAMPTZ, DB_INT4};
const struct sql sql_pet_lines = {
    .name = "pet_lines",
    .text =
        "SELECT id AS mark, name FROM pet WHERE note <> '{pet_shown}' AND seen > $2",
    .row = &pet_line_fields,
    .types = pet_lines_types,
    .n_params = 3,
};

extern const struct sql_set sql_set_pet;
static const struct sql *const statements[] = {
    &pet_get_sql,
    &pet_name_find_sql,
    &pet_list_sql,
    &pet_ids_sql,
    &pet_herd_sql,
    &pet_delete_sql,
    &pet_touch_sql,
    &pet_search_sql,
    &pet_search_filters_sql,
    &sql_pet_lines,
};
const struct sql_set sql_set_pet = {"tests/golden/gen_sql/pet.sql", statements, 10};
