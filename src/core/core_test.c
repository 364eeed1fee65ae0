#include "core/arena.h"
#include "core/buf.h"
#include "core/codec.h"
#include "core/err.h"
#include "core/hash.h"
#include "core/str.h"
#include "core/test.h"
#include "core/thread.h"
#include "core/time.h"
#include "core/uuid.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

static void an_arena_zeroes_grows_and_runs_what_was_deferred(void **state)
{
    struct arena *a = arena_new();
    int *numbers = ARENA_ARRAY(a, int, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], 0);
    for (int i = 0; i < 1000; i++)
        numbers[i] = i;
    numbers = arena_grow(a, numbers, 1000 * sizeof(int), 9000 * sizeof(int));
    assert_int_equal(numbers[999], 999);
    assert_int_equal(numbers[8999], 0);
    struct buf *b = ARENA_NEW(a, struct buf);
    arena_defer(a, (void (*)(void *))buf_done, b);
    buf_add(b, STR("leaks unless deferred"));
    arena_reset(a);
    assert_int_equal(arena_used(a), 0);
    arena_free(a);
}

static void a_scope_ends_its_arena(void **state)
{
    int rounds = 0;
    ARENA_SCOPE (tmp) {
        assert_non_null(arena_alloc(tmp, 100000));
        rounds++;
    }
    assert_int_equal(rounds, 1);
}

static void text_is_cut_found_and_replaced(void **state)
{
    struct arena *a = arena_new();
    str rest = STR("a,b,,c"), part;
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "a");
    assert_true(str_cut(&rest, ',', &part));
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "");
    assert_true(str_cut(&rest, ',', &part));
    assert_false(str_cut(&rest, ',', &part));
    assert_str(str_replace(a, STR("aXbXc"), STR("X"), STR("--")), "a--b--c");
    assert_str(str_replace(a, STR("none"), STR("X"), STR("--")), "none");
    assert_str(str_trim(STR(" \t x y \n")), "x y");
    assert_int_equal(str_find(STR("haystack"), STR("stack")), 3);
    assert_int_equal(str_find(STR("haystack"), STR("needle")), -1);
    arena_free(a);
}

static void numbers_are_parsed_whole_or_not_at_all(void **state)
{
    int64_t n = 7;
    assert_true(str_parse_i64(STR("-9223372036854775808"), &n));
    assert_true(n == INT64_MIN);
    assert_false(str_parse_i64(STR("9223372036854775808"), &n));
    assert_false(str_parse_i64(STR("12x"), &n));
    assert_false(str_parse_i64(STR(""), &n));
    assert_false(str_parse_i64(STR("-"), &n));
    double d = 0;
    assert_true(str_parse_double(STR("-1.5e3"), &d));
    assert_true(d == -1500);
    assert_false(str_parse_double(STR("0x10"), &d));
    assert_false(str_parse_double(STR("nan"), &d));
    assert_false(str_parse_double(STR("1e999"), &d));
}

static void utf8_is_checked_by_the_standard(void **state)
{
    assert_true(str_is_utf8(STR("gr\xc3\xbc\xc3\x9f \xf0\x9f\x93\xb7")));
    assert_false(str_is_utf8(STR("\xc0\x80")));         /* over-long */
    assert_false(str_is_utf8(STR("\xed\xa0\x80")));     /* surrogate */
    assert_false(str_is_utf8(STR("\xf4\x90\x80\x80"))); /* beyond U+10FFFF */
    assert_false(str_is_utf8(STR("\xc3")));
}

static void a_buffer_stops_at_its_limit(void **state)
{
    auto_buf b = {.limit = 10};
    buf_add(&b, STR("12345678"));
    assert_false(b.full);
    buf_add(&b, STR("901"));
    assert_true(b.full);
    assert_str(buf_str(&b), "12345678");
}

static void encodings_round_trip(void **state)
{
    struct arena *a = arena_new();
    uint8_t data[70];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 37);
    for (size_t n = 0; n < sizeof data; n++) {
        struct bytes back;
        assert_true(base64_decode(a, base64_encode(a, (struct bytes){data, n}), &back));
        assert_int_equal(back.n, n);
        assert_memory_equal(back.p, data, n);
        assert_true(base64_decode(a, base64url_encode(a, (struct bytes){data, n}), &back));
        assert_memory_equal(back.p, data, n);
        assert_true(hex_decode(a, hex_encode(a, (struct bytes){data, n}), &back));
        assert_memory_equal(back.p, data, n);
    }
    struct bytes none;
    assert_false(base64_decode(a, STR("A"), &none));
    assert_false(base64_decode(a, STR("AA A"), &none));
    assert_false(hex_decode(a, STR("abc"), &none));
    assert_str(percent_encode(a, STR("a b/\xc3\xa4(1)")), "a%20b%2F%C3%A4(1)");
    str plain;
    assert_true(percent_decode(a, STR("a+b%20c"), true, &plain));
    assert_str(plain, "a b c");
    assert_false(percent_decode(a, STR("a%00b"), false, &plain));
    assert_false(percent_decode(a, STR("a%2"), false, &plain));
    arena_free(a);
}

static void uuids_keep_their_version(void **state)
{
    struct arena *a = arena_new();
    uuid id;
    for (int i = 0; i < 100; i++) {
        const uuid made = uuid_v4();
        assert_true(uuid_parse_version(uuid_str(a, made), 4, &id));
        assert_true(uuid_eq(made, id));
    }
    assert_false(uuid_parse_version(STR("00000000-0000-0000-0000-000000000000"), 4, &id));
    assert_false(uuid_parse_version(STR("019cfe1e-fb9a-7b9a-8b9a-0123456789ab"), 4, &id));
    assert_true(uuid_parse_version(STR("019CFE1E-fb9a-7b9a-8b9a-0123456789ab"), 7, &id));
    assert_false(uuid_parse(STR("019cfe1efb9a-7b9a-8b9a-0123456789abcd"), &id));
    arena_free(a);
}

static void times_have_the_three_forms_of_the_contract(void **state)
{
    struct when w;
    char text[WHEN_TEXT];
    assert_true(when_parse(STR("2024-05-03T12:11:12.3459+02:00"), &w));
    when_format_z(w, text);
    assert_string_equal(text, "2024-05-03T10:11:12.345Z");
    when_format_pg(w, text);
    assert_string_equal(text, "2024-05-03T10:11:12.345+00:00");
    assert_true(when_parse(STR("0001-01-01T00:00Z"), &w));
    when_format_local(w, text);
    assert_string_equal(text, "0001-01-01T00:00:00");
    assert_false(when_parse(STR("2024-05-03T10:11:12"), &w));
    assert_false(when_parse(STR("2024-05-03"), &w));
    assert_false(when_parse(STR("2023-02-29T00:00:00Z"), &w));
    assert_false(when_parse(STR("2024-05-03T10:11:12.Z"), &w));
    assert_false(when_parse(STR("2024-05-03T10:11:12Z "), &w));
}

static void calendar_days_survive_a_round_trip(void **state)
{
    for (int64_t day = -800000; day < 800000; day += 997) {
        const struct when w = {day * 86400 * 1000000 + 1};
        const struct civil c = civil_from_when(w);
        assert_true(civil_is_valid(c));
        assert_true(when_from_civil(c).us == w.us);
    }
    struct date d;
    assert_true(date_parse(STR("1970-01-02"), &d));
    assert_int_equal(d.days, 1);
}

static void digests_match_the_published_vectors(void **state)
{
    struct arena *a = arena_new();
    uint8_t digest[HASH_SIZE_MAX];
    hash_once(HASH_SHA1, "abc", 3, digest);
    assert_str(hex_encode(a, (struct bytes){digest, SHA1_SIZE}),
        "a9993e364706816aba3e25717850c26c9cd0d89d");
    struct hash *h = hash_begin(HASH_SHA256);
    hash_add(h, "a", 1);
    hash_add(h, "bc", 2);
    hash_end(h, digest);
    assert_str(hex_encode(a, (struct bytes){digest, SHA256_SIZE}),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(secret_eq("abc", 3, "abc", 3));
    assert_false(secret_eq("abc", 3, "abd", 3));
    assert_false(secret_eq("abc", 3, "abcd", 4));
    arena_free(a);
}

static err fails(int status)
{
    FAIL_STATUS(status, "no %s", "luck");
}

static fallible passes_on(int status)
{
    TRY(fails(status));
    return NULL;
}

static void errors_carry_code_status_and_text(void **state)
{
    err e = passes_on(401);
    assert_true(err_is(e, UNAUTHORIZED));
    assert_int_equal(e->status, 401);
    assert_string_equal(e->message, "no luck");
    e = err_with_detail(e, "detail");
    assert_string_equal(e->message, "no luck");
    assert_string_equal((const char *)e->detail, "detail");
}

static void a_queue_is_bounded_and_closes(void **state)
{
    struct queue *q = queue_new(2);
    int items[3];
    assert_true(queue_try_push(q, &items[0]));
    assert_true(queue_push(q, &items[1], 0));
    assert_false(queue_try_push(q, &items[2]));
    assert_false(queue_push(q, &items[2], 5));
    assert_ptr_equal(queue_pop(q, 0), &items[0]);
    queue_close(q);
    assert_false(queue_try_push(q, &items[2]));
    assert_ptr_equal(queue_pop(q, -1), &items[1]);
    assert_null(queue_pop(q, -1));
    queue_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_zeroes_grows_and_runs_what_was_deferred),
        cmocka_unit_test(a_scope_ends_its_arena),
        cmocka_unit_test(text_is_cut_found_and_replaced),
        cmocka_unit_test(numbers_are_parsed_whole_or_not_at_all),
        cmocka_unit_test(utf8_is_checked_by_the_standard),
        cmocka_unit_test(a_buffer_stops_at_its_limit),
        cmocka_unit_test(encodings_round_trip),
        cmocka_unit_test(uuids_keep_their_version),
        cmocka_unit_test(times_have_the_three_forms_of_the_contract),
        cmocka_unit_test(calendar_days_survive_a_round_trip),
        cmocka_unit_test(digests_match_the_published_vectors),
        cmocka_unit_test(errors_carry_code_status_and_text),
        cmocka_unit_test(a_queue_is_bounded_and_closes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
