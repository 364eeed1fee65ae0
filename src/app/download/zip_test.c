#include "app/download/zip.h"
#include "core/size.h"
#include "core/test.h"

#include "core/banned.h"

/* 2024-05-01T10:11:12Z */
#define MODIFIED ((struct when){1714558272 * INT64_C(1000000)})
#define BIG ((uint64_t)5 << 30)

static bool collect(void *p, str bytes)
{
    buf_add(p, bytes);
    return true;
}

static void add(struct zip *z, const char *name, const char *content)
{
    const str bytes = str_from(content);
    const struct zip_entry entry = {str_from(name), bytes.n, MODIFIED};
    assert_true(zip_begin(z, &entry));
    assert_true(zip_data(z, str_slice(bytes, 0, 1)));
    assert_true(zip_data(z, str_slice(bytes, 1, bytes.n)));
    assert_true(zip_end(z));
}

/* ---- a reader ---- */

static uint64_t number(str archive, size_t at, int size)
{
    uint64_t n = 0;
    assert_true(at + (size_t)size <= archive.n);
    for (int i = size; i-- > 0;)
        n = n << 8 | (unsigned char)archive.p[at + (size_t)i];
    return n;
}

/* Where the record of this signature is, the last one. */
static size_t find(str archive, uint32_t signature)
{
    for (size_t at = archive.n - 4;; at--) {
        if (number(archive, at, 4) == signature) return at;
        assert_true(at > 0);
    }
}

/* The content behind a local header, of a size that the directory tells. */
static str content_at(str archive, size_t at, size_t size)
{
    assert_int_equal(number(archive, at, 4), 0x04034b50);
    const size_t start =
        at + 30 + (size_t)number(archive, at + 26, 2) + (size_t)number(archive, at + 28, 2);
    return str_slice(archive, start, start + size);
}

/* ---- tests ---- */

static void the_directory_tells_where_everything_is(void **state)
{
    auto_buf out = {0};
    struct zip z = {.send = collect, .p = &out};
    add(&z, "a.txt", "hello");
    add(&z, "\xc3\xbc/b.txt", "x");
    assert_true(zip_finish(&z));
    zip_done(&z);
    const str archive = buf_str(&out);

    const size_t end = find(archive, 0x06054b50);
    assert_int_equal(end + 22, archive.n);
    assert_int_equal(number(archive, end + 10, 2), 2);
    size_t at = (size_t)number(archive, end + 16, 4);
    assert_int_equal(at + number(archive, end + 12, 4), end);

    static const struct {
        const char *name, *content;
        uint32_t checksum;
    } entries[] = {{"a.txt", "hello", 0x3610a686}, {"\xc3\xbc/b.txt", "x", 0x8cdc1683}};
    for (size_t i = 0; i < LENGTH(entries); i++) {
        const size_t name_n = (size_t)number(archive, at + 28, 2),
                     size = strlen(entries[i].content);
        assert_int_equal(number(archive, at, 4), 0x02014b50);
        assert_int_equal(number(archive, at + 8, 2), 1 << 11 | 1 << 3); /* UTF-8, sizes follow */
        assert_int_equal(number(archive, at + 10, 2), 0);               /* stored */
        assert_int_equal(number(archive, at + 12, 2), 10 << 11 | 11 << 5 | 6);
        assert_int_equal(number(archive, at + 14, 2), (2024 - 1980) << 9 | 5 << 5 | 1);
        assert_int_equal(number(archive, at + 16, 4), entries[i].checksum);
        assert_int_equal(number(archive, at + 20, 4), size);
        assert_int_equal(number(archive, at + 24, 4), size);
        assert_int_equal(number(archive, at + 38, 4) >> 16, 0100644);
        assert_true(
            str_eq(str_slice(archive, at + 46, at + 46 + name_n), str_from(entries[i].name)));
        assert_int_equal(number(archive, at + 46 + name_n + 5, 4), 1714558272);

        const str content = content_at(archive, (size_t)number(archive, at + 42, 4), size);
        assert_true(str_eq(content, str_from(entries[i].content)));
        const size_t descriptor = (size_t)(content.p + size - archive.p);
        assert_int_equal(number(archive, descriptor, 4), 0x08074b50);
        assert_int_equal(number(archive, descriptor + 4, 4), entries[i].checksum);
        assert_int_equal(number(archive, descriptor + 12, 4), size);
        at += 46 + name_n + (size_t)number(archive, at + 30, 2);
    }
    assert_int_equal(at, end);
}

/* Only the places where a number has 64 bits; the five gigabytes themselves are not sent. */
static void a_large_file_behind_a_large_file(void **state)
{
    auto_buf out = {0};
    struct zip z = {.send = collect, .p = &out, .offset = BIG};
    const struct zip_entry entry = {STR("v.mp4"), BIG, MODIFIED};
    assert_true(zip_begin(&z, &entry));
    assert_int_equal(number(buf_str(&out), 22, 4), UINT32_MAX);
    z.current.size = BIG;
    z.offset += BIG;
    buf_clear(&out);
    assert_true(zip_end(&z));
    assert_int_equal(out.n, 24);
    assert_int_equal(number(buf_str(&out), 16, 8), BIG);

    const uint64_t directory_at = z.offset;
    buf_clear(&out);
    assert_true(zip_finish(&z));
    const str tail = buf_str(&out);
    assert_int_equal(number(tail, 6, 2), 45); /* the version that is needed */
    assert_int_equal(number(tail, 20, 4), UINT32_MAX);
    assert_int_equal(number(tail, 42, 4), UINT32_MAX);
    const size_t extra = 46 + 5;
    assert_int_equal(number(tail, extra, 2), 1);
    assert_int_equal(number(tail, extra + 2, 2), 24);
    assert_int_equal(number(tail, extra + 4, 8), BIG);
    assert_int_equal(number(tail, extra + 12, 8), BIG);
    assert_int_equal(number(tail, extra + 20, 8), BIG);

    const size_t end_64 = find(tail, 0x06064b50), locator = find(tail, 0x07064b50);
    assert_int_equal(number(tail, end_64 + 32, 8), 1);
    assert_int_equal(number(tail, end_64 + 40, 8), end_64);
    assert_int_equal(number(tail, end_64 + 48, 8), directory_at);
    assert_int_equal(number(tail, locator + 8, 8), directory_at + end_64);
    assert_int_equal(number(tail, find(tail, 0x06054b50) + 16, 4), UINT32_MAX);
    zip_done(&z);
}

static void more_files_than_16_bits_count(void **state)
{
    auto_buf out = {0};
    struct zip z = {.send = collect, .p = &out};
    for (int i = 0; i < UINT16_MAX + 1; i++)
        add(&z, "x", "");
    assert_true(zip_finish(&z));
    zip_done(&z);
    const str archive = buf_str(&out);
    assert_int_equal(number(archive, find(archive, 0x06064b50) + 32, 8), UINT16_MAX + 1);
    assert_int_equal(number(archive, find(archive, 0x06054b50) + 10, 2), UINT16_MAX);
}

static bool refuse(void *p, str bytes)
{
    return false;
}

static void a_reader_that_is_gone_is_noticed_at_each_step(void **state)
{
    struct zip z = {.send = refuse};
    const struct zip_entry entry = {STR("a"), 1, MODIFIED};
    assert_false(zip_begin(&z, &entry));
    assert_false(zip_data(&z, STR("x")));
    assert_false(zip_end(&z));
    assert_false(zip_finish(&z));
    zip_done(&z);
}

static void times_that_the_format_cannot_hold_are_its_first_and_last(void **state)
{
    static const struct {
        int64_t seconds;
        uint32_t date;
    } rows[] = {{0, 1 << 5 | 1}, {INT64_C(5000000000), (2107 - 1980) << 9 | 12 << 5 | 31}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        auto_buf out = {0};
        struct zip z = {.send = collect, .p = &out};
        const struct zip_entry entry = {STR("a"), 0, {rows[i].seconds * 1000000}};
        assert_true(zip_begin(&z, &entry));
        assert_int_equal(number(buf_str(&out), 12, 2), rows[i].date);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_directory_tells_where_everything_is),
        cmocka_unit_test(a_large_file_behind_a_large_file),
        cmocka_unit_test(more_files_than_16_bits_count),
        cmocka_unit_test(a_reader_that_is_gone_is_noticed_at_each_step),
        cmocka_unit_test(times_that_the_format_cannot_hold_are_its_first_and_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
