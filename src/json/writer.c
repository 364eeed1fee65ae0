#include "core/codec.h"
#include "json/writer.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/banned.h"

enum {
    DOUBLE_TEXT = 32,
    INT_TEXT = 24,
    DECIMALS_FAST = 7, /* coordinates and exposures; more digits take the slow way */
};

#define SAFE_INTEGER 9007199254740992.0 /* 2^53 */

/* ---- text ---- */

/* What a character must be written as: 0 as it is, 'u' as \u00XX, else a letter after '\'. */
static char escape_of(unsigned char c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return c < 0x20 ? 'u' : 0;
    }
}

static void write_escape(struct buf *out, unsigned char c, char escape)
{
    static const char digits[] = "0123456789abcdef";
    if (escape != 'u') {
        buf_add(out, (str){(const char[]){'\\', escape}, 2});
        return;
    }
    buf_add(out, (str){(const char[]){'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]}, 6});
}

void json_write_str(struct buf *out, str text)
{
    buf_add_char(out, '"');
    size_t from = 0;
    for (size_t i = 0; i < text.n; i++) {
        const unsigned char c = (unsigned char)text.p[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buf_add_bytes(out, text.p + from, i - from);
        write_escape(out, c, escape_of(c));
        from = i + 1;
    }
    if (from < text.n)
        buf_add_bytes(out, text.p + from, text.n - from); /* p of no text may be NULL */
    buf_add_char(out, '"');
}

/* ---- numbers ---- */

static size_t format_u64(uint64_t value, char out[static INT_TEXT])
{
    char reversed[INT_TEXT];
    size_t n = 0;
    do {
        reversed[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (size_t i = 0; i < n; i++)
        out[i] = reversed[n - 1 - i];
    return n;
}

void json_write_int(struct buf *out, int64_t value)
{
    char text[INT_TEXT + 1] = "-";
    const bool negative = value < 0;
    const uint64_t magnitude = negative ? 0 - (uint64_t)value : (uint64_t)value;
    const size_t n = format_u64(magnitude, text + 1);
    buf_add_bytes(out, text + (negative ? 0 : 1), n + negative);
}

/* A number with few decimals is whole * 10^-places exactly as JavaScript prints it: with at most 15
 * significant digits there is no shorter text. */
static bool format_decimal(double magnitude, char out[static DOUBLE_TEXT], size_t *n)
{
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
    if (magnitude > 0 && magnitude < 1e-6) return false; /* written with an exponent */
    for (int places = 0; places <= DECIMALS_FAST; places++) {
        const double scaled = magnitude * powers[places];
        const double whole = nearbyint(scaled);
        if (whole >= 1e15) return false;
        if (whole / powers[places] != magnitude) continue;

        const uint64_t unit = (uint64_t)powers[places];
        *n = format_u64((uint64_t)whole / unit, out);
        if (places == 0) return true;
        out[(*n)++] = '.';
        uint64_t fraction = (uint64_t)whole % unit;
        for (int i = places - 1; i >= 0; i--) {
            out[*n + (size_t)i] = (char)('0' + fraction % 10);
            fraction /= 10;
        }
        *n += (size_t)places;
        return true;
    }
    return false;
}

/* The fewest digits that read back as the same number, and the place of the point behind the first
 * of them. */
static size_t shortest_digits(double magnitude, char digits[static DOUBLE_TEXT], int *exponent)
{
    char text[DOUBLE_TEXT];
    const int first = magnitude < DBL_MIN ? 1 : 15; /* subnormal numbers hold fewer digits */
    for (int precision = first; precision <= 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision - 1, magnitude);
        if (precision == 17 || strtod(text, NULL) == magnitude) break;
    }
    char *e = strchr(text, 'e');
    *exponent = (int)strtol(e + 1, NULL, 10);
    size_t n = 0;
    for (const char *p = text; p < e; p++)
        if (*p >= '0' && *p <= '9') digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    return n;
}

/* Number::toString of ECMA-262: decimal between 1e-7 and 1e21, otherwise with an exponent. */
static void write_shortest(struct buf *out, double magnitude)
{
    char digits[DOUBLE_TEXT] = "";
    int exponent;
    const size_t n = shortest_digits(magnitude, digits, &exponent);
    const int point = exponent + 1; /* digits before the point */

    if (point > 21 || point < -5) {
        buf_add_char(out, digits[0]);
        if (n > 1) buf_add_char(out, '.');
        buf_add_bytes(out, digits + 1, n - 1);
        buf_add_fmt(out, "e%+d", exponent);
        return;
    }
    if (point <= 0) {
        buf_add(out, STR("0."));
        for (int i = point; i < 0; i++)
            buf_add_char(out, '0');
        buf_add_bytes(out, digits, n);
        return;
    }
    for (int i = 0; i < point; i++)
        buf_add_char(out, (size_t)i < n ? digits[i] : '0');
    if ((size_t)point >= n) return;
    buf_add_char(out, '.');
    buf_add_bytes(out, digits + point, n - (size_t)point);
}

void json_write_double(struct buf *out, double value)
{
    if (!isfinite(value)) {
        buf_add(out, STR("null"));
        return;
    }
    if (value < 0) buf_add_char(out, '-'); /* not for -0, which JavaScript prints as 0 */

    char text[DOUBLE_TEXT];
    size_t n;
    if (format_decimal(fabs(value), text, &n))
        buf_add_bytes(out, text, n);
    else
        write_shortest(out, fabs(value));
}

/* ---- other scalars ---- */

void json_write_when(struct buf *out, struct when value, enum date_form form)
{
    char text[WHEN_TEXT + 2];
    text[0] = '"';
    const int n =
        form == DATES_PG ? when_format_pg(value, text + 1) : when_format_z(value, text + 1);
    text[n + 1] = '"';
    buf_add_bytes(out, text, (size_t)n + 2);
}

static void write_date(struct buf *out, struct date value)
{
    char text[DATE_TEXT];
    const int n = date_format(value, text);
    json_write_str(out, (str){text, (size_t)n});
}

static void write_uuid(struct buf *out, uuid value)
{
    char text[UUID_TEXT + 1];
    text[0] = '"';
    uuid_format(value, text + 1);
    text[UUID_TEXT] = '"';
    buf_add_bytes(out, text, UUID_TEXT + 1);
}

static void write_bytes(struct buf *out, struct bytes value)
{
    buf_add_char(out, '"');
    const size_t n = base64_size(value.n);
    char *p = buf_reserve(out, n);
    if (p) {
        base64_encode_to(p, value.p, value.n);
        buf_added(out, n);
    }
    buf_add_char(out, '"');
}

/* ---- structs ---- */

static void write_list(
    struct buf *out, const struct field *item, const void *list, enum date_form form)
{
    const struct list_str *any = list; /* every list is a pointer and a count */
    const char *at = (const char *)any->v;
    buf_add_char(out, '[');
    for (size_t i = 0; i < any->n; i++, at += item->size) {
        if (i > 0) buf_add_char(out, ',');
        json_write_value(out, item, at, form);
    }
    buf_add_char(out, ']');
}

static void write_typed(
    struct buf *out, const struct field *f, const void *value, enum date_form form)
{
    switch (f->kind) {
    case FIELD_STR:
        return json_write_str(out, *(const str *)value);
    case FIELD_UUID:
        return write_uuid(out, *(const uuid *)value);
    case FIELD_WHEN:
        return json_write_when(out, *(const struct when *)value, form);
    case FIELD_DATE:
        return write_date(out, *(const struct date *)value);
    case FIELD_BYTES:
        return write_bytes(out, *(const struct bytes *)value);
    case FIELD_INT:
        return json_write_int(out, *(const int64_t *)value);
    case FIELD_DOUBLE:
        return json_write_double(out, *(const double *)value);
    case FIELD_BOOL:
        return buf_add(out, *(const bool *)value ? STR("true") : STR("false"));
    case FIELD_ENUM:
        assert((size_t) * (const int *)value < f->names->n);
        if (f->names->numbers) return buf_add(out, f->names->v[*(const int *)value]);
        return json_write_str(out, f->names->v[*(const int *)value]);
    case FIELD_OBJECT:
        return json_write(out, f->sub, value, form);
    case FIELD_RAW:
        return buf_add(out, ((const str *)value)->n ? *(const str *)value : STR("null"));
    case FIELD_LIST:
        return write_list(out, f->item, value, form);
    }
}

/* As field_presence, for the member itself. */
static enum presence presence_of(const struct field *f, const void *member)
{
    return f->value ? *(const enum presence *)member : PRESENT;
}

void json_write_value(
    struct buf *out, const struct field *field, const void *value, enum date_form form)
{
    if (field->flags & FIELD_DATES_PG) form = DATES_PG;
    if (presence_of(field, value) == PRESENT)
        write_typed(out, field, (const char *)value + field->value, form);
    else
        buf_add(out, STR("null"));
}

void json_write(
    struct buf *out, const struct fields *fields, const void *value, enum date_form form)
{
    if (fields->dates_pg) form = DATES_PG;
    bool first = true;
    buf_add_char(out, '{');
    for (size_t i = 0; i < fields->n; i++) {
        const struct field *f = &fields->v[i];
        const void *member = (const char *)value + f->offset;
        const enum presence is = presence_of(f, member);
        if (is == ABSENT || (is == IS_NULL && f->flags & FIELD_OMIT_NULL)) continue;
        if (!first) buf_add_char(out, ',');
        first = false;
        buf_add(out, f->key);
        json_write_value(out, f, member, form);
    }
    buf_add_char(out, '}');
}

void json_write_list(
    struct buf *out, const struct fields *fields, const void *items, size_t n, enum date_form form)
{
    const char *at = items;
    buf_add_char(out, '[');
    for (size_t i = 0; i < n; i++, at += fields->size) {
        if (i > 0) buf_add_char(out, ',');
        json_write(out, fields, at, form);
    }
    buf_add_char(out, ']');
}
