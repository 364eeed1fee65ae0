/* What tests of app/ need: a migrated database, a context whose transaction is rolled back after
 * the test, a few rows, and the text of a query's answer. Tests only.
 *
 *   cmocka_unit_test_setup_teardown(test, test_open, test_close), with test_migrate and
 *   test_end around the group; in the test: struct ctx *cx = *state;
 */
#pragma once

#include "app/app.h"
#include "auth/auth.h"
#include "core/arena.h"
#include "core/ctx.h"
#include "core/test.h"
#include "db/db.h"
#include "db/migrate.h"
#include "http/reply.h"

#include <stdlib.h>

static struct db_pool *test_pool_;

static inline int test_migrate(void **state)
{
    (void)state;
    const char *url = getenv("TINTYPE_TEST_DB_URL");
    assert_ok(migrate(&(struct migrate_opts){.conninfo = url}));
    assert_ok(db_pool_new(&test_pool_, &(struct db_pool_opts){.conninfo = url, .size = 4}));
    return 0;
}

static inline int test_end(void **state)
{
    (void)state;
    db_pool_free(test_pool_);
    return 0;
}

static inline int test_open(void **state)
{
    struct arena *arena = arena_new();
    struct ctx *cx = ARENA_NEW(arena, struct ctx);
    *cx = (struct ctx){
        .arena = arena,
        .app = ARENA_NEW(arena, struct app),
        .db = db_open(test_pool_, arena),
        .reply = ARENA_NEW(arena, struct reply),
    };
    cx->reply->arena = arena;
    assert_ok(db_test_begin(cx));
    *state = cx;
    return 0;
}

static inline int test_close(void **state)
{
    struct ctx *cx = *state;
    db_close(cx->db);
    arena_free(cx->arena);
    return 0;
}

/* The one value that a query returns, as text; "null" for NULL. */
static inline str test_text(struct ctx *cx, str query)
{
    const str text = str_fmt(cx->arena, "SELECT (%.*s)::text", FMT(query));
    const struct sql sql = {.text = cstr(cx->arena, text), .row = &db_opt_str_fields};
    struct opt_str value;
    assert_ok(db_one(cx, &sql, NULL, &value));
    return value.is == PRESENT ? value.v : STR("null");
}

/* Of a row that the test made: "SELECT name FROM album WHERE id = '…'". */
#define assert_sql(cx, expected, ...)                                                              \
    do {                                                                                           \
        const str found_ = test_text(cx, str_fmt((cx)->arena, __VA_ARGS__));                       \
        if (!str_eq(found_, str_from(expected)))                                                   \
            fail_msg("\"%.*s\" is not \"%s\"", FMT(found_), expected);                             \
    } while (0)

static inline const char *test_id(struct ctx *cx, uuid id)
{
    return cstr(cx->arena, uuid_str(cx->arena, id));
}

static inline void test_run(struct ctx *cx, str script)
{
    assert_ok(db_script(cx, cstr(cx->arena, script)));
}

/* test_sql(cx, "UPDATE asset SET … WHERE id = '%s'", test_id(cx, id)) */
#define test_sql(cx, ...) test_run(cx, str_fmt((cx)->arena, __VA_ARGS__))

static inline uuid test_user(struct ctx *cx, const char *name)
{
    const uuid id = uuid_v4();
    test_run(cx, str_fmt(cx->arena,
                     "INSERT INTO \"user\" (id, email, name) VALUES ('%s', '%s@example.com', '%s')",
                     test_id(cx, id), name, name));
    return id;
}

/* type: IMAGE or VIDEO */
static inline uuid test_asset(struct ctx *cx, uuid owner, const char *type, const char *path)
{
    const uuid id = uuid_v4();
    test_run(
        cx, str_fmt(cx->arena,
                "INSERT INTO asset (id, \"ownerId\", type, \"originalPath\", \"fileCreatedAt\","
                " \"fileModifiedAt\", checksum, \"originalFileName\", \"localDateTime\","
                " \"checksumAlgorithm\") VALUES ('%s', '%s', '%s', '%s', now(), now(),"
                " sha256('%s'), regexp_replace('%s', '.*/', ''), now(), 'sha1')",
                test_id(cx, id), test_id(cx, owner), type, path, test_id(cx, id), path));
    return id;
}

/* A signed-in user makes the following calls. */
static inline struct auth *test_sign_in(struct ctx *cx, uuid user)
{
    struct auth *auth = ARENA_NEW(cx->arena, struct auth);
    *auth = (struct auth){.kind = AUTH_SESSION, .user = user, .quota_size_bytes.is = IS_NULL};
    cx->auth = auth;
    return auth;
}
