#include "core/test.h"
#include "core/thread.h"
#include "core/time.h"
#include "db/db.h"
#include "db/sqlb.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/banned.h"

/* A context with a session of its own, on a database of its own table. */
struct fixture {
    struct db_pool *pool;
    struct ctx cx;
};

static struct db_pool *pool_of(size_t size, int borrow_timeout_ms)
{
    struct db_pool *pool;
    assert_ok(db_pool_new(&pool, &(struct db_pool_opts){
                                     .conninfo = getenv("TINTYPE_TEST_DB_URL"),
                                     .size = size,
                                     .borrow_timeout_ms = borrow_timeout_ms,
                                     .statement_timeout_ms = 2000,
                                     .lock_timeout_ms = 200,
                                 }));
    return pool;
}

static struct ctx ctx_of(struct db_pool *pool)
{
    struct arena *arena = arena_new();
    return (struct ctx){.arena = arena, .db = db_open(pool, arena)};
}

static void ctx_done(struct ctx *cx)
{
    db_close(cx->db);
    arena_free(cx->arena);
}

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->pool = pool_of(4, 500);
    f->cx = ctx_of(f->pool);
    assert_ok(db_script(&f->cx,
        "DROP TABLE IF EXISTS child, pet; DROP TYPE IF EXISTS mood;"
        "CREATE TYPE mood AS ENUM ('calm', 'wild');"
        "CREATE TABLE pet (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL,"
        "  legs int CONSTRAINT pet_legs_key UNIQUE, mood mood, weight numeric(8,3), tags text[] "
        "NOT NULL DEFAULT '{}',"
        "  born date, seen timestamptz, chip bytea, extra jsonb, ok bool, tiny smallint,"
        "  big bigint, half real, whole double precision, at timestamp, friends uuid[] NOT NULL "
        "DEFAULT '{}');"
        "CREATE TABLE child (pet uuid CONSTRAINT child_pet_fkey REFERENCES pet)"));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    ctx_done(&f->cx);
    db_pool_free(f->pool);
    test_free(f);
    return 0;
}

/* --- Statements as gen_sql.py writes them --- */

enum mood { MOOD_CALM, MOOD_WILD };
OPT(mood, enum mood);
static const str mood_texts[] = {STR_INIT("calm"), STR_INIT("wild")};
static const struct enum_names mood_names = {"mood", mood_texts, 2};

struct pet {
    uuid id;
    str name;
    struct opt_int legs;
    struct opt_mood mood;
    struct opt_double weight;
    struct list_str tags;
    struct opt_date born;
    struct opt_when seen, at;
    struct opt_bytes chip;
    struct opt_str extra;
    struct opt_bool ok;
    struct opt_int tiny, big;
    struct opt_double half, whole;
    struct list_uuid friends;
};

static const struct field str_item = {.kind = FIELD_STR, .size = sizeof(str)};
static const struct field uuid_item = {.kind = FIELD_UUID, .size = sizeof(uuid)};
static const struct field pet_rows[] = {
    FIELD(struct pet, id, FIELD_UUID),
    FIELD(struct pet, name, FIELD_STR),
    OPT_FIELD(struct pet, legs, FIELD_INT),
    OPT_FIELD(struct pet, mood, FIELD_ENUM, .names = &mood_names),
    OPT_FIELD(struct pet, weight, FIELD_DOUBLE),
    FIELD(struct pet, tags, FIELD_LIST, .item = &str_item),
    OPT_FIELD(struct pet, born, FIELD_DATE),
    OPT_FIELD(struct pet, seen, FIELD_WHEN),
    OPT_FIELD(struct pet, at, FIELD_WHEN),
    OPT_FIELD(struct pet, chip, FIELD_BYTES),
    OPT_FIELD(struct pet, extra, FIELD_RAW),
    OPT_FIELD(struct pet, ok, FIELD_BOOL),
    OPT_FIELD(struct pet, tiny, FIELD_INT),
    OPT_FIELD(struct pet, big, FIELD_INT),
    OPT_FIELD(struct pet, half, FIELD_DOUBLE),
    OPT_FIELD(struct pet, whole, FIELD_DOUBLE),
    FIELD(struct pet, friends, FIELD_LIST, .item = &uuid_item),
};
static const struct fields pet_fields = FIELDS(struct pet, pet_rows);
LIST(pet, struct pet);

static const struct sql pet_insert = {.name = "pet_insert",
    .text = "INSERT INTO pet (name, legs) VALUES ($1, $2) RETURNING id",
    .row = &db_uuid_fields,
    .n_params = 2};
static const struct sql pet_count = {
    .name = "pet_count", .text = "SELECT count(*) FROM pet", .row = &db_int_fields};

static fallible insert(struct ctx *cx, str name, int64_t legs)
{
    uuid id;
    return db_one(cx, &pet_insert, (struct db_param[]){P_TEXT(name), P_INT4(legs)}, &id);
}

static int64_t count(struct ctx *cx)
{
    int64_t n = -1;
    assert_ok(db_one(cx, &pet_count, NULL, &n));
    return n;
}

/* --- Values --- */

static void every_type_makes_the_round_trip(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    const struct sql all = {.name = "all_types",
        .text = "INSERT INTO pet VALUES ($1,$2,$3,$4,$5::float8,$6,$7,$8,$9,$10,$11,$12,$13,$14,"
                "$15,$16,$17) RETURNING *",
        .row = &pet_fields,
        .n_params = 17};
    const uuid id = uuid_v4();
    str tags[] = {STR("a,\"b"), STR(""), STR("\xc3\xa4")};
    uuid friends[] = {uuid_v4(), uuid_v4()};
    struct when seen;
    struct date born;
    assert_true(when_parse(STR("1969-07-20T20:17:40.123Z"), &seen));
    assert_true(date_parse(STR("1999-12-31"), &born));
    const struct db_param params[] = {
        P_UUID(id),
        P_TEXT(STR("Rex")),
        P_INT4(-4),
        P_ENUM(STR("wild")),
        P_FLOAT8(12345.678),
        P_TEXT_ARRAY((struct list_str){tags, 3}),
        P_DATE(born),
        P_TIMESTAMPTZ(seen),
        P_BYTEA(((struct bytes){(const uint8_t *)"\0\1\2", 3})),
        P_JSONB(STR("{\"a\": [1, null]}")),
        P_BOOL(true),
        P_INT2(INT16_MIN),
        P_INT8(INT64_MIN),
        P_FLOAT4(0.5),
        P_FLOAT8(-1e300),
        P_TIMESTAMP(seen),
        P_UUID_ARRAY((struct list_uuid){friends, 2}),
    };
    struct pet pet;
    assert_ok(db_one(cx, &all, params, &pet));
    assert_true(uuid_eq(pet.id, id));
    assert_str(pet.name, "Rex");
    assert_true(pet.legs.is == PRESENT && pet.legs.v == -4);
    assert_true(pet.mood.is == PRESENT && pet.mood.v == MOOD_WILD);
    assert_true(pet.weight.v == 12345.678);
    assert_int_equal(pet.tags.n, 3);
    assert_str(pet.tags.v[0], "a,\"b");
    assert_str(pet.tags.v[1], "");
    assert_str(pet.tags.v[2], "\xc3\xa4");
    assert_int_equal(pet.born.v.days, born.days);
    assert_true(pet.seen.v.us == seen.us && pet.at.v.us == seen.us);
    assert_int_equal(pet.chip.v.n, 3);
    assert_memory_equal(pet.chip.v.p, "\0\1\2", 3);
    assert_str(pet.extra.v, "{\"a\": [1, null]}");
    assert_true(pet.ok.v);
    assert_true(pet.tiny.v == INT16_MIN && pet.big.v == INT64_MIN);
    assert_true(pet.half.v == 0.5 && pet.whole.v == -1e300);
    assert_int_equal(pet.friends.n, 2);
    assert_true(uuid_eq(pet.friends.v[1], friends[1]));
}

static void nulls_are_nulls_and_empty_lists_are_empty(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    const struct sql some = {.name = "some_types",
        .text = "INSERT INTO pet (name, legs, tags, chip) VALUES ($1, $2, $3, $4)"
                "RETURNING id, name, legs, tags, chip, seen, weight",
        .row = &pet_fields,
        .n_params = 4};
    struct pet pet;
    assert_ok(db_one(cx, &some,
        (struct db_param[]){P_TEXT(STR("")), P_OPT_INT4(NOTHING(int)),
            P_TEXT_ARRAY((struct list_str){0}), P_BYTEA((struct bytes){0})},
        &pet));
    assert_str(pet.name, "");
    assert_int_equal(pet.legs.is, IS_NULL);
    assert_int_equal(pet.seen.is, IS_NULL);
    assert_int_equal(pet.tags.n, 0);
    assert_true(pet.chip.is == PRESENT && pet.chip.v.n == 0);
}

static void a_number_beyond_its_type_is_refused(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    assert_fails(insert(cx, STR("Rex"), (int64_t)1 << 40), BAD_REQUEST);
    assert_fails(insert(cx, (str){"a\0b", 3}, 1), BAD_REQUEST);
    assert_int_equal(count(cx), 0);
}

static void a_column_that_fits_no_field_is_a_bug(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    struct pet pet = {.name = STR("untouched")};
    const struct sql unknown = {.text = "SELECT 1 AS wings", .row = &pet_fields};
    const struct sql wrong = {.text = "SELECT 1.5::float8 AS name", .row = &pet_fields};
    const struct sql null = {.text = "SELECT NULL::text AS name", .row = &pet_fields};
    assert_fails(db_one(cx, &unknown, NULL, &pet), INTERNAL);
    assert_fails(db_one(cx, &wrong, NULL, &pet), INTERNAL);
    assert_fails(db_one(cx, &null, NULL, &pet), INTERNAL);
    assert_str(pet.name, "untouched");
}

/* --- Results --- */

static void one_maybe_many_and_count(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    const struct sql by_legs = {.name = "by_legs",
        .text = "SELECT id, name FROM pet WHERE legs >= $1 ORDER BY legs",
        .row = &pet_fields,
        .n_params = 1};
    const struct sql cut = {
        .name = "cut", .text = "UPDATE pet SET legs = legs + 100 WHERE legs > $1", .n_params = 1};
    struct pet pet;
    bool found = true;
    struct list_pet pets;
    int64_t n;

    assert_ok(db_maybe(cx, &by_legs, (struct db_param[]){P_INT4(0)}, &pet, &found));
    assert_false(found);
    assert_fails(db_one(cx, &by_legs, (struct db_param[]){P_INT4(0)}, &pet), INTERNAL);
    for (int i = 0; i < 5; i++)
        assert_ok(insert(cx, STR("Rex"), i));
    assert_fails(db_maybe(cx, &by_legs, (struct db_param[]){P_INT4(0)}, &pet, &found), INTERNAL);
    assert_ok(db_maybe(cx, &by_legs, (struct db_param[]){P_INT4(4)}, &pet, &found));
    assert_true(found);
    assert_ok(db_many(cx, &by_legs, (struct db_param[]){P_INT4(1)}, &pets));
    assert_int_equal(pets.n, 4);
    assert_str(pets.v[3].name, "Rex");
    assert_ok(db_count(cx, &cut, (struct db_param[]){P_INT4(1)}, &n));
    assert_int_equal(n, 3);
}

struct herd {
    struct list_str name;
    struct list_opt_int {
        struct opt_int *v;
        size_t n;
    } legs;
};

static void columns_become_lists(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    static const struct field legs_item = {
        .kind = FIELD_INT, .value = offsetof(struct opt_int, v), .size = sizeof(struct opt_int)};
    static const struct field rows[] = {FIELD(struct herd, name, FIELD_LIST, .item = &str_item),
        FIELD(struct herd, legs, FIELD_LIST, .item = &legs_item)};
    static const struct fields herd_fields = FIELDS(struct herd, rows);
    const struct sql herd_list = {
        .name = "herd", .text = "SELECT name, legs FROM pet ORDER BY name", .row = &herd_fields};
    struct herd herd;
    assert_ok(db_columns(cx, &herd_list, NULL, &herd));
    assert_int_equal(herd.name.n, 0);
    assert_ok(insert(cx, STR("Ant"), 6));
    assert_ok(insert(cx, STR("Bird"), 2));
    assert_ok(db_script(cx, "INSERT INTO pet (name) VALUES ('Cloud')"));
    for (int i = 0; i < 2; i++) { /* the second time with what was kept of the first */
        assert_ok(db_columns(cx, &herd_list, NULL, &herd));
        assert_int_equal(herd.name.n, 3);
        assert_int_equal(herd.legs.n, 3);
        assert_str(herd.name.v[2], "Cloud");
        assert_true(herd.legs.v[0].is == PRESENT && herd.legs.v[0].v == 6);
        assert_int_equal(herd.legs.v[2].is, IS_NULL);
    }
}

struct owner {
    str name;
    struct opt_pet {
        enum presence is;
        struct pet v;
    } pet;
};

struct household {
    str name;
    struct opt_pet pet;
    struct list_pet pets;
};

static const struct field small_pet_rows[] = {FIELD(struct pet, name, FIELD_STR),
    OPT_FIELD(struct pet, legs, FIELD_INT, .flags = FIELD_NULLABLE)};
static const struct fields small_pet_fields = FIELDS(struct pet, small_pet_rows);

static void joined_columns_become_a_struct_inside(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    static const struct field rows[] = {FIELD(struct owner, name, FIELD_STR),
        OPT_FIELD(struct owner, pet, FIELD_OBJECT, .sub = &pet_fields)};
    static const struct fields owner_fields = FIELDS(struct owner, rows);
    const struct sql joined = {.name = "joined",
        .text = "SELECT o.name, p.name AS \"pet.name\", p.legs AS \"pet.legs\""
                "FROM (VALUES ('Ann', 4), ('Bob', 5)) o (name, legs)"
                "LEFT JOIN pet p ON p.legs = o.legs ORDER BY o.name",
        .row = &owner_fields};
    LIST(owner, struct owner);
    struct list_owner owners;
    assert_ok(insert(cx, STR("Rex"), 4));
    assert_ok(db_many(cx, &joined, NULL, &owners));
    assert_int_equal(owners.n, 2);
    assert_int_equal(owners.v[0].pet.is, PRESENT);
    assert_str(owners.v[0].pet.v.name, "Rex");
    assert_int_equal(owners.v[0].pet.v.legs.v, 4);
    assert_int_equal(owners.v[1].pet.is, IS_NULL);
}

static void json_becomes_a_struct(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    static const struct field pet_item = {
        .kind = FIELD_OBJECT, .size = sizeof(struct pet), .sub = &small_pet_fields};
    static const struct field rows[] = {FIELD(struct household, name, FIELD_STR),
        OPT_FIELD(struct household, pet, FIELD_OBJECT, .sub = &small_pet_fields),
        FIELD(struct household, pets, FIELD_LIST, .item = &pet_item)};
    static const struct fields household_fields = FIELDS(struct household, rows);
    const struct sql all = {.name = "households",
        .text =
            "SELECT o.name, to_jsonb(p) AS pet, (SELECT json_agg(json_build_object('name', name,"
            " 'legs', legs) ORDER BY name) FROM pet) AS pets FROM (VALUES ('Ann', 4), ('Bob', 5))"
            " o (name, legs) LEFT JOIN pet p ON p.legs = o.legs ORDER BY o.name",
        .row = &household_fields};
    LIST(household, struct household);
    struct list_household found;
    assert_ok(insert(cx, STR("R\"ex"), 4));
    assert_ok(insert(cx, STR("Ant"), 6));
    assert_ok(db_many(cx, &all, NULL, &found));
    assert_int_equal(found.n, 2);
    assert_int_equal(found.v[0].pet.is, PRESENT);
    assert_str(found.v[0].pet.v.name, "R\"ex");
    assert_int_equal(found.v[0].pet.v.legs.v, 4);
    assert_int_equal(found.v[1].pet.is, IS_NULL);
    assert_int_equal(found.v[1].pets.n, 2);
    assert_str(found.v[1].pets.v[0].name, "Ant");

    const struct sql wrong = {
        .text = "SELECT 'x' AS name, '[1]'::jsonb AS pets", .row = &household_fields};
    assert_fails(db_many(cx, &wrong, NULL, &found), INTERNAL);
}

static void a_cursor_reads_in_batches(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    const struct sql series = {.name = "series",
        .text = "SELECT n FROM generate_series(1, $1) n",
        .row = &db_int_fields,
        .n_params = 1};
    struct db_cursor cursor;
    int64_t sum = 0, batches = 0;
    assert_ok(db_begin_snapshot(cx));
    assert_ok(db_cursor_open(cx, &series, (struct db_param[]){P_INT4(2500)}, &cursor));
    for (;;) {
        struct list_int batch;
        struct arena *a = arena_new();
        assert_ok(db_cursor_next(&cursor, a, &batch));
        for (size_t i = 0; i < batch.n; i++)
            sum += batch.v[i];
        const size_t n = batch.n;
        arena_free(a);
        if (!n) break;
        batches++;
    }
    assert_ok(db_commit(cx));
    assert_int_equal(batches, 3);
    assert_int_equal(sum, 2500 * 2501 / 2);
}

static void conditions_are_added_to_a_query(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    static const struct sql search = {.text = "SELECT name FROM pet WHERE name <> $1 /*filters*/",
        .row = &db_str_fields,
        .n_params = 1};
    const struct db_param none[] = {P_TEXT(STR("Ghost"))};
    struct list_str names;
    for (int i = 0; i < 6; i++)
        assert_ok(insert(cx, i & 1 ? STR("Rex") : STR("Max"), i));
    assert_ok(insert(cx, STR("Ghost"), 6));

    struct sqlb q = sqlb_start(cx, &search, none);
    sqlb_tail(&q, "ORDER BY name, legs");
    assert_ok(sqlb_many(&q, &names, 4));
    assert_int_equal(names.n, 4);
    assert_str(names.v[0], "Max");

    q = sqlb_start(cx, &search, none);
    sqlb_and(&q, "name = ", P_STR(STR("Rex' OR true --")));
    assert_ok(sqlb_many(&q, &names, 10));
    assert_int_equal(names.n, 0);

    int64_t legs[] = {1, 2, 6};
    q = sqlb_start(cx, &search, none);
    sqlb_and_around(&q, "legs = ANY(", P_INT4_ARRAY((struct list_int){legs, 3}), ")");
    sqlb_where(&q, "legs > 0 OR name IS NULL");
    sqlb_tail(&q, "ORDER BY legs DESC");
    assert_ok(sqlb_page(&q, &names, 10, 1));
    assert_int_equal(names.n, 1);
    assert_str(names.v[0], "Rex");

    str name;
    q = sqlb_start(cx, &search, none);
    sqlb_and(&q, "legs = ", P_INT(3));
    assert_ok(sqlb_one(&q, &name));
    assert_str(name, "Rex");

    struct db_cursor cursor;
    assert_ok(db_begin_snapshot(cx));
    q = sqlb_start(cx, &search, none);
    sqlb_and(&q, "legs < ", P_INT(3));
    assert_ok(sqlb_cursor(&q, &cursor));
    assert_ok(db_cursor_next(&cursor, cx->arena, &names));
    assert_int_equal(names.n, 3);
    assert_ok(db_cursor_next(&cursor, cx->arena, &names));
    assert_int_equal(names.n, 0);
    assert_ok(db_commit(cx));
}

/* --- Constraints and limits --- */

static void a_broken_constraint_is_named(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    const struct sql adopt = {
        .name = "adopt", .text = "INSERT INTO child VALUES ($1)", .n_params = 1};
    assert_ok(insert(cx, STR("Rex"), 4));
    err e = insert(cx, STR("Max"), 4);
    assert_true(err_is(e, CONFLICT));
    assert_true(db_violates(cx, e, "pet_legs_key"));
    assert_false(db_violates(cx, e, "pet_pkey"));
    e = db_exec(cx, &adopt, (struct db_param[]){P_UUID(uuid_v4())});
    assert_true(err_is(e, REFERENCE));
    assert_true(db_violates(cx, e, "child_pet_fkey"));
}

static void every_wait_has_a_limit(void **state)
{
    struct fixture *f = *state;
    const struct sql slow = {.text = "SELECT pg_sleep(30)"};
    int64_t before = monotonic_ms();
    assert_fails(db_exec(&f->cx, &slow, NULL), TIMED_OUT);
    assert_in_range(monotonic_ms() - before, 1900, 6000);

    struct ctx other = ctx_of(f->pool);
    assert_ok(db_begin(&f->cx));
    assert_ok(db_script(&f->cx, "LOCK TABLE pet"));
    assert_fails(insert(&other, STR("Rex"), 1), TIMED_OUT);
    db_rollback(&f->cx);
    assert_ok(insert(&other, STR("Rex"), 1));
    ctx_done(&other);
}

/* --- Transactions --- */

static void note(void *p, bool committed)
{
    *(int *)p += committed ? 1 : 100;
}

static void a_transaction_is_all_or_nothing(void **state)
{
    struct fixture *f = *state;
    struct ctx other = ctx_of(f->pool);
    int ended = 0;
    assert_ok(db_begin(&f->cx));
    db_on_end(&f->cx, note, &ended);
    assert_ok(insert(&f->cx, STR("Rex"), 1));
    assert_int_equal(count(&other), 0);
    assert_int_equal(ended, 0);
    assert_ok(db_commit(&f->cx));
    assert_int_equal(ended, 1);
    assert_int_equal(count(&other), 1);

    assert_ok(db_begin(&f->cx));
    db_on_end(&f->cx, note, &ended);
    assert_ok(insert(&f->cx, STR("Max"), 2));
    assert_true(db_in_transaction(&f->cx));
    db_rollback_all(&f->cx);
    assert_false(db_in_transaction(&f->cx));
    assert_int_equal(ended, 101);
    assert_int_equal(count(&f->cx), 1);

    db_on_end(&f->cx, note, &ended);
    assert_int_equal(ended, 102);
    ctx_done(&other);
}

static void an_inner_transaction_can_fail_alone(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    assert_ok(db_begin(cx));
    assert_ok(insert(cx, STR("Rex"), 1));
    int outer = 0, failed = 0, inner = 0;
    db_on_end(cx, note, &outer);
    assert_ok(db_begin(cx));
    db_on_end(cx, note, &failed);
    assert_fails(insert(cx, STR("Max"), 1), CONFLICT);
    db_rollback(cx);
    assert_int_equal(failed, 100);
    assert_ok(db_begin(cx));
    db_on_end(cx, note, &inner);
    assert_ok(insert(cx, STR("Max"), 2));
    assert_ok(db_commit(cx));
    assert_true(outer == 0 && inner == 0);
    assert_ok(db_commit(cx));
    assert_true(outer == 1 && inner == 1 && failed == 100);
    assert_int_equal(count(cx), 2);
}

static void a_failed_transaction_does_not_commit(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    assert_ok(db_begin(cx));
    assert_ok(insert(cx, STR("Rex"), 1));
    assert_fails(insert(cx, STR("Max"), 1), CONFLICT);
    assert_fails(db_commit(cx), INTERNAL);
    db_rollback_all(cx);
    assert_int_equal(count(cx), 0);
}

static void a_test_session_leaves_nothing_behind(void **state)
{
    struct fixture *f = *state;
    struct ctx cx = ctx_of(f->pool);
    assert_ok(db_test_begin(&cx));
    assert_ok(insert(&cx, STR("Rex"), 1));
    assert_fails(insert(&cx, STR("Max"), 1), CONFLICT); /* does not spoil what follows */
    assert_ok(insert(&cx, STR("Max"), 2));
    assert_ok(db_begin(&cx));
    assert_ok(insert(&cx, STR("Tom"), 3));
    assert_fails(insert(&cx, STR("Max"), 3), CONFLICT);
    db_rollback_all(&cx);
    assert_ok(db_begin(&cx));
    assert_ok(insert(&cx, STR("Tom"), 3));
    assert_ok(db_commit(&cx));
    assert_int_equal(count(&cx), 3);
    ctx_done(&cx);
    assert_int_equal(count(&f->cx), 0);
}

/* --- Connections --- */

static void kill_all_others(struct ctx *cx)
{
    assert_ok(db_script(cx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> "
                            "pg_backend_pid() AND datname = current_database()"));
}

static void a_lost_idle_connection_goes_unnoticed(void **state)
{
    struct fixture *f = *state;
    struct db_pool *killers = pool_of(1, 500);
    struct ctx killer = ctx_of(killers);
    for (int i = 0; i < 5; i++) {
        assert_ok(insert(&f->cx, STR("Rex"), i));
        kill_all_others(&killer);
    }
    assert_int_equal(count(&f->cx), 5);
    ctx_done(&killer);
    db_pool_free(killers);
}

static void a_connection_lost_in_a_transaction_asks_for_a_retry(void **state)
{
    struct fixture *f = *state;
    struct ctx killer = ctx_of(f->pool);
    assert_ok(db_begin(&f->cx));
    assert_ok(insert(&f->cx, STR("Rex"), 1));
    kill_all_others(&killer);
    assert_fails(insert(&f->cx, STR("Max"), 2), RETRY);
    assert_fails(insert(&f->cx, STR("Max"), 2), RETRY); /* not on another connection */
    assert_fails(db_begin(&f->cx), RETRY);
    assert_fails(db_commit(&f->cx), RETRY);
    db_rollback_all(&f->cx);
    assert_int_equal(count(&f->cx), 0);
    ctx_done(&killer);
}

static void a_changed_table_is_prepared_anew(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    const struct sql all = {.name = "all_pets", .text = "SELECT * FROM pet", .row = &pet_fields};
    struct list_pet pets;
    assert_ok(insert(cx, STR("Rex"), 4));
    assert_ok(db_many(cx, &all, NULL, &pets));
    assert_ok(db_script(cx, "ALTER TABLE pet DROP COLUMN born"));
    assert_ok(db_many(cx, &all, NULL, &pets));
    assert_int_equal(pets.n, 1);
    assert_int_equal(pets.v[0].born.is, ABSENT);
    assert_int_equal(pets.v[0].legs.v, 4);

    /* In a transaction that is over; the next attempt finds another connection. */
    assert_ok(db_script(cx, "ALTER TABLE pet DROP COLUMN tiny"));
    assert_ok(db_begin(cx));
    assert_fails(db_many(cx, &all, NULL, &pets), RETRY);
    db_rollback_all(cx);
    assert_ok(db_begin(cx));
    assert_ok(db_many(cx, &all, NULL, &pets));
    assert_ok(db_commit(cx));
}

static void a_busy_pool_says_unavailable_in_time(void **state)
{
    struct fixture *f = *state;
    struct ctx many[4], late = ctx_of(f->pool);
    for (int i = 0; i < 4; i++) {
        many[i] = ctx_of(f->pool);
        assert_ok(db_begin(&many[i]));
    }
    const int64_t before = monotonic_ms();
    assert_fails(insert(&late, STR("Rex"), 1), UNAVAILABLE);
    assert_in_range(monotonic_ms() - before, 450, 2000);
    db_rollback(&many[2]);
    assert_ok(insert(&late, STR("Rex"), 1));
    ctx_done(&late);
    for (int i = 0; i < 4; i++)
        ctx_done(&many[i]);
}

static void a_database_that_is_away_says_unavailable(void **state)
{
    struct db_pool *pool;
    assert_ok(db_pool_new(
        &pool, &(struct db_pool_opts){.conninfo = "postgresql://nobody@/none?host=/nonexistent",
                   .size = 2,
                   .borrow_timeout_ms = 300}));
    struct ctx cx = ctx_of(pool);
    const struct sql one = {.text = "SELECT 1"};
    assert_fails(db_exec(&cx, &one, NULL), UNAVAILABLE);
    assert_fails(db_begin(&cx), UNAVAILABLE);
    ctx_done(&cx);
    db_pool_free(pool);
}

struct hammer {
    struct db_pool *pool;
    int base;
    int failures;
};

static void *hammer(void *p)
{
    struct hammer *h = p;
    struct ctx cx = ctx_of(h->pool);
    for (int i = 0; i < 50; i++)
        if (insert(&cx, STR("Rex"), h->base + i)) h->failures++;
    ctx_done(&cx);
    return NULL;
}

static void threads_share_the_connections(void **state)
{
    struct fixture *f = *state;
    struct hammer hammers[8];
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) {
        hammers[i] = (struct hammer){.pool = f->pool, .base = 1000 * i};
        assert_ok(thread_start(&threads[i], "hammer", 0, hammer, &hammers[i]));
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(hammers[i].failures, 0);
    }
    assert_int_equal(count(&f->cx), 400);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_type_makes_the_round_trip),
        TEST(nulls_are_nulls_and_empty_lists_are_empty),
        TEST(a_number_beyond_its_type_is_refused),
        TEST(a_column_that_fits_no_field_is_a_bug),
        TEST(one_maybe_many_and_count),
        TEST(columns_become_lists),
        TEST(joined_columns_become_a_struct_inside),
        TEST(json_becomes_a_struct),
        TEST(a_cursor_reads_in_batches),
        TEST(conditions_are_added_to_a_query),
        TEST(a_broken_constraint_is_named),
        TEST(every_wait_has_a_limit),
        TEST(a_transaction_is_all_or_nothing),
        TEST(an_inner_transaction_can_fail_alone),
        TEST(a_failed_transaction_does_not_commit),
        TEST(a_test_session_leaves_nothing_behind),
        TEST(a_lost_idle_connection_goes_unnoticed),
        TEST(a_connection_lost_in_a_transaction_asks_for_a_retry),
        TEST(a_changed_table_is_prepared_anew),
        TEST(a_busy_pool_says_unavailable_in_time),
        TEST(a_database_that_is_away_says_unavailable),
        TEST(threads_share_the_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
