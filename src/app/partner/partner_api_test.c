#include "app/test.h"
#include "gen/api.h"

static struct PartnerResponseDto share(struct ctx *cx, uuid by, uuid with)
{
    struct PartnerResponseDto partner;
    test_sign_in(cx, by);
    assert_ok(
        op_createPartner(cx, &(struct createPartner_in){.body.sharedWithId = with}, &partner));
    return partner;
}

static size_t count(struct ctx *cx, uuid user, enum PartnerDirection direction)
{
    struct list_PartnerResponseDto partners;
    test_sign_in(cx, user);
    assert_ok(op_getPartners(cx, &(struct getPartners_in){direction}, &partners));
    return partners.n;
}

static void a_pair_shows_each_the_other(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    const struct PartnerResponseDto made = share(cx, alice, bob);
    assert_true(uuid_eq(made.id, bob));
    assert_true(str_eq(made.name, STR("bob")));
    assert_true(str_eq(made.email, STR("bob@example.com")));
    assert_true(made.profileChangedAt.us > 0);
    assert_int_equal(made.inTimeline.is, PRESENT);
    assert_false(made.inTimeline.v);

    struct list_PartnerResponseDto partners;
    test_sign_in(cx, bob);
    const struct getPartners_in with = {PARTNER_DIRECTION_SHARED_WITH};
    assert_ok(op_getPartners(cx, &with, &partners));
    assert_int_equal(partners.n, 1);
    assert_true(uuid_eq(partners.v[0].id, alice));
    assert_int_equal(count(cx, bob, PARTNER_DIRECTION_SHARED_BY), 0);
    assert_int_equal(count(cx, alice, PARTNER_DIRECTION_SHARED_BY), 1);
    assert_int_equal(count(cx, alice, PARTNER_DIRECTION_SHARED_WITH), 0);
}

static void who_has_left_is_hidden(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    share(cx, alice, bob);
    share(cx, bob, alice);
    test_sql(cx, "UPDATE \"user\" SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, bob));
    assert_int_equal(count(cx, alice, PARTNER_DIRECTION_SHARED_BY), 0);
    assert_int_equal(count(cx, alice, PARTNER_DIRECTION_SHARED_WITH), 0);
}

static void a_pair_is_made_once_and_with_users_only(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    struct createPartner_in in = {.body.sharedWithId = bob};
    struct PartnerResponseDto partner;
    share(cx, alice, bob);
    assert_string_equal(op_createPartner(cx, &in, &partner)->message, "Partner already exists");
    in.body.sharedWithId = uuid_v4();
    assert_fails(op_createPartner(cx, &in, &partner), BAD_REQUEST);
    test_sql(cx, "UPDATE \"user\" SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, alice));
    test_sign_in(cx, bob);
    const struct createPartnerDeprecated_in deprecated = {.id = alice};
    assert_fails(op_createPartnerDeprecated(cx, &deprecated, &partner), BAD_REQUEST);
}

static void who_is_shared_with_chooses_the_timeline(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    struct PartnerResponseDto partner;
    share(cx, alice, bob);
    test_sign_in(cx, bob);
    const struct updatePartner_in in = {.id = alice, .body.inTimeline = true};
    assert_ok(op_updatePartner(cx, &in, &partner));
    assert_true(uuid_eq(partner.id, alice));
    assert_true(partner.inTimeline.v);
    assert_sql(cx, "true", "SELECT \"inTimeline\" FROM partner");
}

static void who_shares_ends_it_and_clients_learn_of_it(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    share(cx, alice, bob);
    test_sign_in(cx, bob); /* the pair is not his to end */
    assert_fails(op_removePartner(cx, &(struct removePartner_in){.id = alice}), BAD_REQUEST);
    test_sign_in(cx, alice);
    assert_ok(op_removePartner(cx, &(struct removePartner_in){.id = bob}));
    assert_fails(op_removePartner(cx, &(struct removePartner_in){.id = bob}), BAD_REQUEST);
    assert_sql(cx, test_id(cx, bob), "SELECT \"sharedWithId\" FROM partner_audit");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(a_pair_shows_each_the_other),
        TEST(who_has_left_is_hidden),
        TEST(a_pair_is_made_once_and_with_users_only),
        TEST(who_is_shared_with_chooses_the_timeline),
        TEST(who_shares_ends_it_and_clients_learn_of_it),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
