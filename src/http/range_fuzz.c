/* An input is the size of a file in eight bytes, then lines: Range, a date, an entity tag, and the
 * conditions. What is served lies within the file; a date that is understood is written the same.
 */
#include "http/range.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

enum {
    LINES = 8,
};

static str line_of(str *rest)
{
    str line = {"", 0};
    (void)str_cut(rest, '\n', &line);
    return line;
}

static void check_range(str header, uint64_t size)
{
    struct range range = {UINT64_MAX, UINT64_MAX};
    switch (range_parse(header, size, &range)) {
    case RANGE_PART:
        assert(range.first <= range.last && range.last < size);
        break;
    case RANGE_WHOLE:
    case RANGE_UNSATISFIABLE:
        assert(range.first == UINT64_MAX && range.last == UINT64_MAX);
        break;
    }
}

static void check_date(str text)
{
    int64_t seconds;
    char again[HTTP_DATE_TEXT];
    if (!http_date_parse(text, &seconds) || seconds < 0) return;
    http_date_format(seconds, again);
    /* The day of the week is not looked at. */
    const str trimmed = str_trim(text);
    assert(str_eq(str_slice(trimmed, 4, trimmed.n), str_from(again + 4)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t file_size;
    if (size < sizeof file_size) return 0;
    memcpy(&file_size, data, sizeof file_size);
    str rest = {(const char *)data + sizeof file_size, size - sizeof file_size}, lines[LINES];
    for (size_t i = 0; i < LINES; i++)
        lines[i] = line_of(&rest);

    check_range(lines[0], file_size);
    check_date(lines[1]);
    const struct validators v = {.etag = lines[2], .modified = (int64_t)(file_size % 4000000000)};
    const struct conditions c = {lines[3], lines[4], lines[5], lines[6], lines[7]};
    (void)conditions_check(&c, &v);
    (void)conditions_range_applies(&c, &v);
    return 0;
}
