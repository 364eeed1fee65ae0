#include "core/time.h"
#include "http/range.h"

#include <stdio.h>

#include "core/banned.h"

static const char DAYS[7][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"}; /* 1970-01-01 */
static const char MONTHS[12][4] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

enum {
    DAY_SECONDS = 24 * 60 * 60,
};
#define HTTP_DATE_MAX ((int64_t)253402300799) /* the end of year 9999 */

void http_date_format(int64_t seconds, char out[static HTTP_DATE_TEXT])
{
    if (seconds < 0) seconds = 0;
    if (seconds > HTTP_DATE_MAX) seconds = HTTP_DATE_MAX;
    const struct civil c = civil_from_when((struct when){seconds * 1000000});
    /* The moduli change nothing; they show the compiler that the text fits. */
    snprintf(out, HTTP_DATE_TEXT, "%s, %02u %s %04u %02u:%02u:%02u GMT",
        DAYS[seconds / DAY_SECONDS % 7], (unsigned)c.day % 100, MONTHS[(c.month - 1) % 12],
        (unsigned)c.year % 10000, (unsigned)c.hour % 100, (unsigned)c.minute % 100,
        (unsigned)c.second % 100);
}

static bool number(str text, size_t from, size_t n, int *out)
{
    int value = 0;
    for (size_t i = from; i < from + n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9') return false;
        value = value * 10 + (text.p[i] - '0');
    }
    *out = value;
    return true;
}

bool http_date_parse(str text, int64_t *seconds)
{
    struct civil c = {0};
    text = str_trim(text);
    if (text.n != HTTP_DATE_TEXT - 1) return false;
    if (text.p[3] != ',' || text.p[4] != ' ' || text.p[7] != ' ' || text.p[11] != ' ' ||
        text.p[16] != ' ' || text.p[19] != ':' || text.p[22] != ':')
        return false;
    if (!str_ends(text, STR(" GMT"))) return false;
    if (!number(text, 5, 2, &c.day) || !number(text, 12, 4, &c.year) ||
        !number(text, 17, 2, &c.hour) || !number(text, 20, 2, &c.minute) ||
        !number(text, 23, 2, &c.second))
        return false;
    for (int i = 0; i < 12; i++) {
        if (str_eq(str_slice(text, 8, 11), str_from(MONTHS[i]))) c.month = i + 1;
    }
    if (!c.month || !civil_is_valid(c)) return false;
    *seconds = when_from_civil(c).us / 1000000;
    return true;
}

static bool parse_offset(str text, uint64_t *out)
{
    int64_t value;
    if (!text.n || text.p[0] == '+' || text.p[0] == '-') return false;
    if (!str_parse_i64(text, &value)) {
        /* More digits than fit stand for "to the end". */
        for (size_t i = 0; i < text.n; i++) {
            if (text.p[i] < '0' || text.p[i] > '9') return false;
        }
        value = INT64_MAX;
    }
    *out = (uint64_t)value;
    return true;
}

enum range_result range_parse(str header, uint64_t size, struct range *out)
{
    header = str_trim(header);
    if (!str_starts(header, STR("bytes=")) || str_find_char(header, ',') >= 0) return RANGE_WHOLE;
    const str spec = str_trim(str_slice(header, 6, header.n));
    const ptrdiff_t dash = str_find_char(spec, '-');
    if (dash < 0) return RANGE_WHOLE;
    const str from = str_trim(str_slice(spec, 0, (size_t)dash));
    const str to = str_trim(str_slice(spec, (size_t)dash + 1, spec.n));

    uint64_t first, last;
    if (!from.n) { /* the last n bytes */
        uint64_t n;
        if (!parse_offset(to, &n)) return RANGE_WHOLE;
        if (!n || !size) return RANGE_UNSATISFIABLE;
        first = n < size ? size - n : 0;
        last = size - 1;
    } else {
        if (!parse_offset(from, &first)) return RANGE_WHOLE;
        last = UINT64_MAX;
        if (to.n && !parse_offset(to, &last)) return RANGE_WHOLE;
        if (last < first) return RANGE_WHOLE;
        if (first >= size) return RANGE_UNSATISFIABLE;
        if (last >= size) last = size - 1;
    }
    *out = (struct range){first, last};
    return RANGE_PART;
}

static str without_weak(str etag)
{
    return str_starts(etag, STR("W/")) ? str_slice(etag, 2, etag.n) : etag;
}

/* Entity tags may hold commas, so the list is walked quote by quote. */
static bool list_has(str list, str etag, bool weak)
{
    list = str_trim(list);
    if (str_eq(list, STR("*"))) return true;
    while (list.n) {
        const ptrdiff_t open = str_find_char(list, '"');
        if (open < 0) return false;
        const str rest = str_slice(list, (size_t)open + 1, list.n);
        const ptrdiff_t close = str_find_char(rest, '"');
        if (close < 0) return false;
        const bool is_weak =
            open >= 2 && str_eq(str_slice(list, (size_t)open - 2, (size_t)open), STR("W/"));
        const str opaque = str_slice(list, (size_t)open, (size_t)open + (size_t)close + 2);
        const bool comparable = weak || (!is_weak && !str_starts(etag, STR("W/")));
        if (comparable && str_eq(opaque, without_weak(etag))) return true;
        list = str_slice(rest, (size_t)close + 1, rest.n);
    }
    return false;
}

enum condition_result conditions_check(const struct conditions *c, const struct validators *v)
{
    int64_t date;
    if (c->if_match.p) {
        /* Compat: files have weak tags only; upstream compares them as if they were strong. */
        if (!list_has(c->if_match, v->etag, true)) return CONDITION_FAILED;
    } else if (c->if_unmodified_since.p && v->modified >= 0) {
        if (http_date_parse(c->if_unmodified_since, &date) && v->modified > date)
            return CONDITION_FAILED;
    }
    if (c->if_none_match.p)
        return list_has(c->if_none_match, v->etag, true) ? CONDITION_NOT_MODIFIED : CONDITION_SEND;
    if (c->if_modified_since.p && v->modified >= 0) {
        if (http_date_parse(c->if_modified_since, &date) && v->modified <= date)
            return CONDITION_NOT_MODIFIED;
    }
    return CONDITION_SEND;
}

bool conditions_range_applies(const struct conditions *c, const struct validators *v)
{
    if (!c->if_range.p) return true;
    int64_t date;
    if (http_date_parse(c->if_range, &date)) return v->modified >= 0 && v->modified <= date;
    /* Compat: weak comparison, or no file of ours could ever be resumed. */
    return v->etag.n && str_find(c->if_range, without_weak(v->etag)) >= 0;
}
