#include "core/arena.h"
#include "core/buf.h"
#include "core/size.h"
#include "core/test.h"
#include "http/multipart.h"

#include "core/banned.h"

/* Writes down what the parser tells: (name|filename|type|F or T)data; */
static fallible note_begin(void *p, const struct multipart_part *part)
{
    buf_add_fmt(p, "(%.*s|%.*s|%.*s|%c)", FMT(part->name), FMT(part->filename), FMT(part->type),
        part->is_file ? 'F' : 'T');
    return NULL;
}

static fallible note_data(void *p, str data)
{
    buf_add(p, data);
    return NULL;
}

static fallible note_end(void *p)
{
    buf_add_char(p, ';');
    return NULL;
}

/* Parses the form in pieces of `step` bytes. */
static err parse(struct arena *a, str form, const char *boundary, size_t step, str *notes)
{
    auto_buf b = {0};
    const struct multipart_callbacks callbacks = {note_begin, note_data, note_end, &b};
    struct multipart *m = multipart_new(a, str_from(boundary), &callbacks);
    for (size_t at = 0; at < form.n; at += step)
        TRY(multipart_feed(m, str_slice(form, at, at + step)));
    TRY(multipart_finish(m));
    *notes = buf_take(&b, a);
    return NULL;
}

static void expect(const char *form, size_t n, const char *boundary, const char *expected)
{
    static const size_t STEPS[] = {1, 2, 3, 5, 7, 16, 64, 1 << 20};
    for (size_t i = 0; i < LENGTH(STEPS); i++) {
        ARENA_SCOPE (a) {
            str notes = {0};
            assert_ok(parse(a, (str){form, n}, boundary, STEPS[i], &notes));
            if (!str_eq(notes, str_from(expected)))
                print_error("in pieces of %zu: %.*s\n", STEPS[i], FMT(notes));
            assert_true(str_eq(notes, str_from(expected)));
        }
    }
}

#define EXPECT(form, expected) expect(form, sizeof(form) - 1, "xx", expected)
#define PART(disposition, data)                                                                    \
    "--xx\r\nContent-Disposition: form-data; " disposition "\r\n\r\n" data "\r\n"
#define END "--xx--\r\n"

static void fields_and_files_are_told(void **state)
{
    EXPECT(PART("name=\"a\"", "1") PART("name=\"f\"; filename=\"b.jpg\"", "data") END,
        "(a|||T)1;(f|b.jpg||F)data;");
    EXPECT("--xx\r\nContent-Type: image/jpeg; q=1\r\ncontent-disposition: form-data; name=f; "
           "filename=b.jpg\r\n\r\nd\r\n" END,
        "(f|b.jpg|image/jpeg|F)d;");
}

static void names_come_in_many_forms(void **state)
{
    EXPECT(PART("name=a", "1") END, "(a|||T)1;");
    EXPECT(PART("name = \"a\" ; filename = b.jpg", "1") END, "(a|b.jpg||F)1;");
    EXPECT(PART("filename=\"b.jpg\"; name=\"a\"", "1") END, "(a|b.jpg||F)1;");
    EXPECT(PART("name=\"a;b=c\"; filename=\"x;y=z.jpg\"", "1") END, "(a;b=c|x;y=z.jpg||F)1;");
    EXPECT(PART("name=\"a\"; filename=\"q\\\"q.jpg\"", "1") END, "(a|q\"q.jpg||F)1;");
    EXPECT(PART("name=\"a\"; filename=\"\xc3\xa9.jpg\"", "1") END, "(a|\xc3\xa9.jpg||F)1;");
    EXPECT(PART("name=\"a\"; filename=\"\xe9.jpg\"", "1") END, "(a|\xc3\xa9.jpg||F)1;");
    EXPECT(PART("name=\"a\"; filename=\"\"", "1") END, "(a|||F)1;");
    EXPECT(PART("name=\"a\"; filename=\"b%22c.jpg\"", "1") END, "(a|b%22c.jpg||F)1;");
}

static void extended_file_names_win(void **state)
{
    EXPECT(PART("name=\"a\"; filename=\"x.jpg\"; filename*=UTF-8''%e2%82%ac%20rates.jpg", "1") END,
        "(a|\xe2\x82\xac rates.jpg||F)1;");
    EXPECT(PART("name=\"a\"; filename*=utf-8'en'b.jpg; filename=\"x.jpg\"", "1") END,
        "(a|b.jpg||F)1;");
    EXPECT(PART("name=\"a\"; filename*=iso-8859-1''%e9.jpg", "1") END, "(a|\xc3\xa9.jpg||F)1;");
    /* One that is not what it says is ignored. */
    EXPECT(PART("name=\"a\"; filename=\"x.jpg\"; filename*=UTF-8''%ff.jpg", "1") END,
        "(a|x.jpg||F)1;");
}

static void only_the_last_component_of_a_path_counts(void **state)
{
    EXPECT(PART("name=\"a\"; filename=\"../../etc/passwd\"", "1") END, "(a|passwd||F)1;");
    EXPECT(PART("name=\"a\"; filename=\"C:\\dir\\b.jpg\"", "1") END, "(a|b.jpg||F)1;");
    EXPECT(PART("name=\"a\"; filename*=UTF-8''..%2F..%2Fx", "1") END, "(a|x||F)1;");
    EXPECT(PART("name=\"a\"; filename=\"..\"", "1") END, "(a|||F)1;");
}

static void data_that_looks_like_a_boundary_is_data(void **state)
{
    EXPECT(PART("name=a", "--x") END, "(a|||T)--x;");
    EXPECT(PART("name=a", "a--xx") END, "(a|||T)a--xx;");
    EXPECT(PART("name=a", "1\r\n--x\r\n--x\r\r\n-") END, "(a|||T)1\r\n--x\r\n--x\r\r\n-;");
    EXPECT(PART("name=a", "\r\n") END, "(a|||T)\r\n;");
    EXPECT(PART("name=a", "\r") END, "(a|||T)\r;");
    EXPECT(PART("name=a", "\r\n\r\n\r\n--") END, "(a|||T)\r\n\r\n\r\n--;");
    EXPECT(PART("name=a", "") END, "(a|||T);");
    EXPECT(PART("name=a", "-") PART("name=b", "--") END, "(a|||T)-;(b|||T)--;");
}

static void binary_data_passes_unchanged(void **state)
{
    static const char FORM[] = PART("name=a; filename=b", "\0\1\xff\r\n\0") END;
    ARENA_SCOPE (a) {
        str notes = {0};
        assert_ok(parse(a, (str){FORM, sizeof FORM - 1}, "xx", 4, &notes));
        assert_int_equal(notes.n, 8 + 6 + 1);
        assert_memory_equal(notes.p, "(a|b||F)\0\1\xff\r\n\0;", 15);
    }
}

static void the_frame_may_be_untidy(void **state)
{
    EXPECT("preamble\r\n" PART("name=a", "1") END "epilogue", "(a|||T)1;");
    EXPECT(PART("name=a", "1") "--xx--", "(a|||T)1;"); /* no line end behind the last boundary */
    EXPECT("\r\n" PART("name=a", "1") END, "(a|||T)1;");
    EXPECT("--xx \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--xx--", "(a|||T)1;");
    EXPECT("--xx--\r\n", "");
    /* RFC 2046: the header's empty line may be the boundary's line end. */
    EXPECT("--xx\r\nContent-Disposition: form-data; name=a\r\n\r\n" END, "(a|||T);");
    EXPECT("--xx\r\nX-Other: 1\r\n\r\nlost\r\n" PART("name=a", "1") END, "(a|||T)1;");
    EXPECT("--xx\r\n\r\nlost\r\n" PART("name=a", "1") END, "(a|||T)1;");
}

static void an_octet_stream_without_a_name_is_a_file(void **state)
{
    EXPECT("--xx\r\nContent-Disposition: form-data; name=a\r\nContent-Type: "
           "application/octet-stream\r\n\r\n1\r\n" END,
        "(a||application/octet-stream|F)1;");
}

static void fails_with(const char *form, const char *message)
{
    ARENA_SCOPE (a) {
        str notes;
        err e = parse(a, str_from(form), "xx", 3, &notes);
        assert_true(err_is(e, BAD_REQUEST));
        assert_string_equal(e->message, message);
    }
}

static void incomplete_and_malformed_forms_fail(void **state)
{
    fails_with("", "Unexpected end of form");
    fails_with("--xx", "Unexpected end of form");
    fails_with(PART("name=a", "1"), "Unexpected end of form");
    fails_with(PART("name=a", "1") "--xx-", "Unexpected end of form");
    fails_with("--xx\r\nContent-Disposition: form-data; name=a\r\n\r\n1", "Unexpected end of form");
    fails_with("--xx\r\nno colon\r\n\r\n1" END, "Malformed part header");
    fails_with("--xxy\r\n", "Malformed boundary");
}

static void limits_hold(void **state)
{
    ARENA_SCOPE (a) {
        str notes;
        auto_buf many = {0};
        for (int i = 0; i <= MULTIPART_PARTS_MAX; i++)
            buf_add(&many, STR(PART("name=a", "")));
        buf_add(&many, STR(END));
        err e = parse(a, buf_str(&many), "xx", 100, &notes);
        assert_true(err_is(e, BAD_REQUEST));

        auto_buf wide = {0};
        buf_add(&wide, STR("--xx\r\nX: "));
        for (int i = 0; i <= MULTIPART_HEADER_MAX; i++)
            buf_add_char(&wide, 'a');
        e = parse(a, buf_str(&wide), "xx", 100, &notes);
        assert_true(err_is(e, BAD_REQUEST));
    }
}

static void boundaries_are_found(void **state)
{
    static const struct {
        const char *type, *boundary;
    } TABLE[] = {
        {"multipart/form-data; boundary=xx", "xx"},
        {"multipart/form-data;boundary=\"x y\"", "x y"},
        {"Multipart/Form-Data; charset=utf-8; BOUNDARY = xx ; a=b", "xx"},
        {"multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxk",
            "----WebKitFormBoundary7MA4YWxk"},
        {"multipart/form-data", NULL},
        {"multipart/form-data; boundary=", NULL},
        {"multipart/form-data; boundary=\"\"", NULL},
        {"multipart/form-data; xboundary=a", NULL},
    };
    for (size_t i = 0; i < LENGTH(TABLE); i++) {
        ARENA_SCOPE (a) {
            str boundary = {0};
            const bool found = multipart_boundary(a, str_from(TABLE[i].type), &boundary);
            assert_int_equal(found, TABLE[i].boundary != NULL);
            assert_true(multipart_is(str_from(TABLE[i].type)));
            if (found) assert_true(str_eq(boundary, str_from(TABLE[i].boundary)));
        }
    }
    assert_false(multipart_is(STR("application/json")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_files_are_told),
        cmocka_unit_test(names_come_in_many_forms),
        cmocka_unit_test(extended_file_names_win),
        cmocka_unit_test(only_the_last_component_of_a_path_counts),
        cmocka_unit_test(data_that_looks_like_a_boundary_is_data),
        cmocka_unit_test(binary_data_passes_unchanged),
        cmocka_unit_test(the_frame_may_be_untidy),
        cmocka_unit_test(an_octet_stream_without_a_name_is_a_file),
        cmocka_unit_test(incomplete_and_malformed_forms_fail),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(boundaries_are_found),
    };
    return cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}
