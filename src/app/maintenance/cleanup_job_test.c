#include "app/test.h"
#include "core/size.h"
#include "job/handlers.h"

#include "core/banned.h"

static void sessions_end_when_idle_or_expired(void **state)
{
    struct ctx *cx = *state;
    enum job_result result;
    const char *user = test_id(cx, test_user(cx, "alice"));
    test_sql(cx,
        "ALTER TABLE session DISABLE TRIGGER USER;"
        "INSERT INTO session (token, \"userId\", \"deviceType\", \"updatedAt\", \"expiresAt\") "
        "VALUES"
        " ('1', '%s', 'idle', now() - interval '91 days', NULL),"
        " ('2', '%s', 'expired', now(), now() - interval '1 second'),"
        " ('3', '%s', 'young', now() - interval '89 days', now() + interval '1 day')",
        user, user, user);
    assert_ok(job_SessionCleanup(cx, NULL, &result));
    assert_sql(cx, "young", "SELECT string_agg(\"deviceType\", ',') FROM session");
}

static void traces_of_deletions_are_kept_for_a_month(void **state)
{
    struct ctx *cx = *state;
    enum job_result result;
    /* Every audit table there is, so that a new one is not forgotten. */
    static const char each[] =
        "SELECT string_agg(format('INSERT INTO %%I SELECT (jsonb_populate_record(NULL::%%I, "
        "jsonb_build_object(''id'', gen_random_uuid(), ''deletedAt'', now() - age * interval ''1 "
        "day''))).* FROM unnest(ARRAY[32, 30]) AS age', table_name, table_name), ';') "
        "FROM information_schema.tables WHERE table_schema = 'public' AND table_name LIKE "
        "'%%\\_audit'";
    test_sql(cx, "DO $$ DECLARE c record; BEGIN FOR c IN SELECT table_name t, column_name n FROM "
                 "information_schema.columns WHERE table_schema = 'public' AND table_name LIKE "
                 "'%%\\_audit' AND is_nullable = 'NO' AND column_name NOT IN ('id', 'deletedAt') "
                 "LOOP EXECUTE format('ALTER TABLE %%I ALTER %%I DROP NOT NULL', c.t, c.n); END "
                 "LOOP; END $$");
    test_run(cx, test_text(cx, str_fmt(cx->arena, each)));
    static const char count[] = "SELECT count(*) || ' of ' || count(DISTINCT t) FROM (%s) AS rows";
    const str rows = test_text(
        cx, str_fmt(cx->arena, "SELECT string_agg(format('SELECT %%L AS t FROM %%I', table_name, "
                               "table_name), ' UNION ALL ') FROM information_schema.tables WHERE "
                               "table_schema = 'public' AND table_name LIKE '%%\\_audit'"));
    assert_sql(cx, "30 of 15", count, cstr(cx->arena, rows));
    assert_ok(job_AuditTableCleanup(cx, NULL, &result));
    assert_sql(cx, "15 of 15", count, cstr(cx->arena, rows));
}

static void a_tag_stays_while_one_below_it_is_used(void **state)
{
    struct ctx *cx = *state;
    enum job_result result;
    const uuid alice = test_user(cx, "alice");
    const uuid photo = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    const char *user = test_id(cx, alice);
    test_sql(cx,
        "INSERT INTO tag (id, \"userId\", value) VALUES"
        " ('00000000-0000-4000-8000-000000000001', '%s', 'used'),"
        " ('00000000-0000-4000-8000-000000000002', '%s', 'used/below'),"
        " ('00000000-0000-4000-8000-000000000003', '%s', 'empty');"
        "INSERT INTO tag_closure SELECT id, id FROM tag;"
        "INSERT INTO tag_closure VALUES ('00000000-0000-4000-8000-000000000001',"
        " '00000000-0000-4000-8000-000000000002');"
        "INSERT INTO tag_asset VALUES ('%s', '00000000-0000-4000-8000-000000000002')",
        user, user, user, test_id(cx, photo));
    assert_ok(job_TagCleanup(cx, NULL, &result));
    assert_sql(cx, "used,used/below", "SELECT string_agg(value, ',' ORDER BY value) FROM tag");
}

static void a_person_goes_with_the_last_face_unless_somebody_cares(void **state)
{
    struct ctx *cx = *state;
    enum job_result result;
    const uuid alice = test_user(cx, "alice");
    const uuid photo = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    const char *user = test_id(cx, alice);
    test_sql(cx,
        "INSERT INTO person (id, \"ownerId\", name, \"thumbnailPath\", \"isFavorite\", "
        "\"birthDate\", color) VALUES"
        " ('00000000-0000-4000-8000-000000000001', '%s', '', '/t/1', false, NULL, 'seen'),"
        " ('00000000-0000-4000-8000-000000000002', '%s', '', '/t/2', false, NULL, 'gone'),"
        " ('00000000-0000-4000-8000-000000000003', '%s', '', '', false, NULL, 'gone too'),"
        " ('00000000-0000-4000-8000-000000000004', '%s', 'Ann', '/t/4', false, NULL, 'named'),"
        " ('00000000-0000-4000-8000-000000000005', '%s', '', '/t/5', true, NULL, 'starred'),"
        " ('00000000-0000-4000-8000-000000000006', '%s', '', '/t/6', false, '2000-01-01', 'born');"
        "INSERT INTO asset_face (\"assetId\", \"personId\") VALUES"
        " ('%s', '00000000-0000-4000-8000-000000000001')",
        user, user, user, user, user, user, test_id(cx, photo));
    assert_ok(job_PersonCleanup(cx, NULL, &result));
    assert_sql(
        cx, "born,named,seen,starred", "SELECT string_agg(color, ',' ORDER BY color) FROM person");
    assert_sql(
        cx, "{\"files\": [\"/t/2\"]}", "SELECT payload FROM tintype.job WHERE name = 'FileDelete'");
}

static void old_memories_go_unless_saved(void **state)
{
    struct ctx *cx = *state;
    enum job_result result;
    const uuid alice = test_user(cx, "alice");
    const uuid shown = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    const uuid hidden = test_asset(cx, alice, "IMAGE", "/p/b.jpg");
    const char *user = test_id(cx, alice);
    test_sql(cx, "UPDATE asset SET visibility = 'locked' WHERE id = '%s'", test_id(cx, hidden));
    test_sql(cx,
        "INSERT INTO memory (\"ownerId\", type, data, \"memoryAt\", \"isSaved\", \"createdAt\") "
        "VALUES"
        " ('%s', 'old', '{}', now(), false, now() - interval '31 days'),"
        " ('%s', 'saved', '{}', now(), true, now() - interval '31 days'),"
        " ('%s', 'young', '{}', now(), false, now() - interval '29 days');"
        "INSERT INTO memory_asset (\"memoriesId\", \"assetId\")"
        " SELECT id, unnest(ARRAY['%s', '%s']::uuid[]) FROM memory",
        user, user, user, test_id(cx, shown), test_id(cx, hidden));
    assert_ok(job_MemoryCleanup(cx, NULL, &result));
    assert_sql(cx, "saved,young", "SELECT string_agg(type, ',' ORDER BY type) FROM memory");
    assert_sql(cx, "true", "SELECT count(*) = 2 AND bool_and(\"assetId\" = '%s') FROM memory_asset",
        test_id(cx, shown));
}

static void usage_is_the_sum_of_what_is_uploaded(void **state)
{
    struct ctx *cx = *state;
    enum job_result result;
    const uuid alice = test_user(cx, "alice");
    const uuid bob = test_user(cx, "bob");
    const uuid one = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    const uuid two = test_asset(cx, alice, "IMAGE", "/p/b.jpg");
    const uuid external = test_asset(cx, alice, "IMAGE", "/p/c.jpg");
    test_sql(cx,
        "INSERT INTO asset_exif (\"assetId\", \"fileSizeInByte\") VALUES ('%s', 3000000000),"
        " ('%s', 5), ('%s', 70);"
        "INSERT INTO library (id, name, \"ownerId\", \"importPaths\", \"exclusionPatterns\") VALUES"
        " ('00000000-0000-4000-8000-000000000001', 'l', '%s', '{}', '{}');"
        "UPDATE asset SET \"libraryId\" = '00000000-0000-4000-8000-000000000001' WHERE id = '%s';"
        "UPDATE \"user\" SET \"quotaUsageInBytes\" = 7",
        test_id(cx, one), test_id(cx, two), test_id(cx, external), test_id(cx, alice),
        test_id(cx, external));
    assert_ok(job_UserSyncUsage(cx, NULL, &result));
    static const char usage[] = "SELECT \"quotaUsageInBytes\" FROM \"user\" WHERE id = '%s'";
    assert_sql(cx, "3000000005", usage, test_id(cx, alice));
    assert_sql(cx, "0", usage, test_id(cx, bob));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(sessions_end_when_idle_or_expired),
        TEST(traces_of_deletions_are_kept_for_a_month),
        TEST(a_tag_stays_while_one_below_it_is_used),
        TEST(a_person_goes_with_the_last_face_unless_somebody_cares),
        TEST(old_memories_go_unless_saved),
        TEST(usage_is_the_sum_of_what_is_uploaded),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
