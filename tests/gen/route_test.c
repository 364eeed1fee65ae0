/* How requests find their operation, on the real contract. */
#include "app/api/route.h"
#include "core/arena.h"
#include "core/test.h"
#include "gen/api.h"

#include "core/banned.h"

#define ID "0b7f6a3e-8a55-4d6e-9f0a-0123456789ab"

static const char *operation_of(const char *method, const char *path)
{
    struct route_match match;
    const struct route *route = route_find(str_from(method), str_from(path), &match);
    return route ? route->operation : "none";
}

static void paths_are_matched_as_clients_expect(void **state)
{
    static const char *const rows[][3] = {
        {"GET", "/api/assets/statistics", "getAssetStatistics"}, /* static before parameters */
        {"GET", "/api/assets/" ID, "getAssetInfo"},
        {"GET", "/api/ASSETS/Statistics", "getAssetStatistics"},
        {"GET", "/api/assets/" ID "/", "getAssetInfo"},
        {"GET", "/api/assets/" ID "//", "none"},
        {"GET", "/api/assets//thumbnail", "none"},
        {"PUT", "/api/assets/" ID, "updateAsset"},
        {"PATCH", "/api/assets/" ID, "updateAsset"}, /* a mirror */
        {"POST", "/api/assets/" ID, "none"},
        {"GET", "/api/shared-links/me", "getMySharedLink"},
        {"GET", "/.well-known/immich", "getImmichWellKnown"},
        {"GET", "/custom.css", "getCustomCss"},
        {"GET", "/api/custom.css", "none"},
        {"GET", "/assets/statistics", "none"},
        {"GET", "/api", "none"},
        {"GET", "/", "none"},
        {"GET", "", "none"},
        {"GET", "api/assets/statistics", "none"},
        {"GET", "/api/a/b/c/d/e/f/g/h/i/j", "none"},
        {"get", "/api/assets/statistics", "none"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(operation_of(rows[i][0], rows[i][1]), rows[i][2]);
}

static void parameters_keep_their_case_and_order(void **state)
{
    struct route_match match;
    assert_non_null(route_find(STR("DELETE"), STR("/api/albums/" ID "/user/Me"), &match));
    assert_int_equal(match.params_n, 2);
    assert_str(match.params[0].name, "id");
    assert_str(match.params[0].value, ID);
    assert_str(match.params[1].name, "userId");
    assert_str(match.params[1].value, "Me");
}

static void every_route_finds_itself(void **state)
{
    struct arena *a = arena_new();
    for (size_t i = 0; i < routes_n; i++) {
        auto_buf path = {0};
        size_t params = 0;
        for (size_t k = 0; k < routes[i].segments_n; k++) {
            buf_add_char(&path, '/');
            buf_add(&path, routes[i].segments[k].param ? STR("0") : routes[i].segments[k].text);
            params += routes[i].segments[k].param;
        }
        struct route_match match;
        assert_ptr_equal(route_find(routes[i].method, buf_str(&path), &match), &routes[i]);
        assert_int_equal(match.params_n, params);
    }
    arena_free(a);
}

/* The rows of the operation that have ids, joined in the order of checks. */
static size_t ids_of(struct arena *a, const char *operation, const void *in, uuid *last)
{
    size_t n = 0;
    for (size_t i = 0; i < routes_n; i++) {
        if (strcmp(routes[i].operation, operation) != 0) continue;
        for (size_t k = 0; k < routes[i].access_n; k++) {
            struct list_uuid ids;
            route_access_ids(a, &routes[i].access[k], in, &ids);
            n += ids.n;
            if (ids.n > 0) *last = ids.v[ids.n - 1];
        }
        return n;
    }
    return n;
}

static void ids_are_found_where_the_contract_says(void **state)
{
    struct arena *a = arena_new();
    uuid ids[] = {uuid_v4(), uuid_v4(), uuid_v4()}, last;

    struct updateAsset_in path = {.id = ids[0]};
    assert_int_equal(ids_of(a, "updateAsset", &path, &last), 1);
    assert_true(uuid_eq(last, ids[0]));

    struct deleteAssets_in list = {.body.ids = {ids, 3}};
    assert_int_equal(ids_of(a, "deleteAssets", &list, &last), 3);
    assert_true(uuid_eq(last, ids[2]));

    struct createTag_in optional = {.body.parentId = NOTHING(uuid)};
    assert_int_equal(ids_of(a, "createTag", &optional, &last), 0);
    optional.body.parentId = SOME(uuid, ids[1]);
    assert_int_equal(ids_of(a, "createTag", &optional, &last), 1);

    struct AssetMetadataBulkUpsertItemDto items[] = {{.assetId = ids[0]}, {.assetId = ids[1]}};
    struct updateBulkAssetMetadata_in nested = {.body.items = {items, 2}};
    assert_int_equal(ids_of(a, "updateBulkAssetMetadata", &nested, &last), 2);
    assert_true(uuid_eq(last, ids[1]));
    arena_free(a);
}

static void what_is_streamed_names_its_type(void **state)
{
    size_t streams = 0;
    for (size_t i = 0; i < routes_n; i++) {
        if (routes[i].reply != ROUTE_REPLY_STREAM && routes[i].reply != ROUTE_REPLY_STEPS) continue;
        streams++;
        if (strcmp(routes[i].operation, "getSyncStream") == 0)
            assert_string_equal(routes[i].media, "application/jsonlines+json");
        else
            assert_non_null(strchr(routes[i].media, '/'));
    }
    assert_true(streams >= 2);
}

static void an_operation_without_a_function_says_so(void **state)
{
    for (size_t i = 0; i < routes_n; i++)
        assert_false(routes[i].implemented()); /* this program links none */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_matched_as_clients_expect),
        cmocka_unit_test(parameters_keep_their_case_and_order),
        cmocka_unit_test(every_route_finds_itself),
        cmocka_unit_test(ids_are_found_where_the_contract_says),
        cmocka_unit_test(what_is_streamed_names_its_type),
        cmocka_unit_test(an_operation_without_a_function_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
