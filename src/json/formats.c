#include "json/formats.h"

#include "core/banned.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool all(str s, bool (*is)(char c))
{
    for (size_t i = 0; i < s.n; i++)
        if (!is(s.p[i])) return false;
    return true;
}

/* HTML's rule for e-mail fields: the part before the @ … */
static bool is_atom(char c)
{
    return is_alnum(c) || (c != '\0' && strchr(".!#$%&'*+/=?^_`{|}~-", c));
}

/* … and one label of the domain: 1 to 63 characters, no hyphen at its ends. */
static bool is_label(str s)
{
    if (s.n < 1 || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-') return false;
    for (size_t i = 0; i < s.n; i++)
        if (!is_alnum(s.p[i]) && s.p[i] != '-') return false;
    return true;
}

static bool is_email(str s)
{
    const ptrdiff_t at = str_find_char(s, '@');
    if (at < 1 || !all(str_slice(s, 0, (size_t)at), is_atom)) return false;
    str domain = str_slice(s, (size_t)at + 1, s.n);
    if (domain.n == 0 || domain.p[domain.n - 1] == '.') return false;
    for (str label; str_cut(&domain, '.', &label);)
        if (!is_label(label)) return false;
    return true;
}

static bool is_color(str s)
{
    if (s.n > 0 && s.p[0] == '#') s = str_slice(s, 1, s.n);
    return (s.n == 3 || s.n == 4 || s.n == 6 || s.n == 8) && all(s, is_hex);
}

/* IMSV or IMCL, then eight groups of four. */
static bool is_license_key(str s)
{
    if (s.n != 4 + 8 * 5) return false;
    if (!str_starts(s, STR("IMSV")) && !str_starts(s, STR("IMCL"))) return false;
    for (size_t i = 4; i < s.n; i++)
        if ((i - 4) % 5 == 0 ? s.p[i] != '-' : !is_alnum(s.p[i])) return false;
    return true;
}

static bool is_backup_character(char c)
{
    return is_alnum(c) || c == '_' || c == '-' || c == '.';
}

static bool is_hls_name(str s)
{
    if (str_eq(s, STR("init.mp4"))) return true;
    const str prefix = STR("seg_"), suffix = STR(".m4s");
    if (!str_starts(s, prefix) || !str_ends(s, suffix)) return false;
    return s.n > prefix.n + suffix.n && all(str_slice(s, prefix.n, s.n - suffix.n), is_digit);
}

static bool is_time_of_day(str s)
{
    if (s.n != 5 || s.p[2] != ':' || !is_digit(s.p[0]) || !is_digit(s.p[1])) return false;
    if (s.p[0] > '2' || (s.p[0] == '2' && s.p[1] > '3')) return false;
    return s.p[3] >= '0' && s.p[3] <= '5' && is_digit(s.p[4]);
}

static bool is_scheme_character(char c)
{
    return is_alnum(c) || c == '+' || c == '-' || c == '.';
}

/* Close to what the URL class of JavaScript accepts: a scheme, and a host where the scheme of the
 * web needs one. */
static bool is_url(str s)
{
    s = str_trim(s);
    const ptrdiff_t colon = str_find_char(s, ':');
    if (colon < 1 || is_digit(s.p[0]) || !is_alnum(s.p[0])) return false;
    const str scheme = str_slice(s, 0, (size_t)colon);
    if (!all(scheme, is_scheme_character)) return false;
    if (!str_eq_nocase(scheme, STR("http")) && !str_eq_nocase(scheme, STR("https"))) return true;

    str rest = str_slice(s, (size_t)colon + 1, s.n);
    while (rest.n > 0 && (rest.p[0] == '/' || rest.p[0] == '\\'))
        rest = str_slice(rest, 1, rest.n);
    return rest.n > 0 && !strchr("/?#:@ ", rest.p[0]) && str_find_char(rest, ' ') < 0;
}

bool format_check(enum field_format format, str text)
{
    uuid id;
    switch (format) {
    case FORMAT_ANY:
        return true;
    case FORMAT_EMAIL:
        return is_email(text);
    case FORMAT_PIN:
        return text.n == 6 && all(text, is_digit);
    case FORMAT_COLOR:
        return is_color(text);
    case FORMAT_LICENSE_KEY:
        return is_license_key(text);
    case FORMAT_BACKUP_NAME:
        return text.n > 0 && all(text, is_backup_character);
    case FORMAT_HLS_NAME:
        return is_hls_name(text);
    case FORMAT_TIME_OF_DAY:
        return is_time_of_day(text);
    case FORMAT_URL:
        return is_url(text);
    case FORMAT_UUID4:
        return uuid_parse_version(text, 4, &id);
    case FORMAT_UUID7:
        return uuid_parse_version(text, 7, &id);
    }
    return false;
}

const char *format_pattern(enum field_format format)
{
    switch (format) {
    case FORMAT_PIN:
        return "/^\\d{6}$/";
    case FORMAT_COLOR:
        return "/^#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$/";
    case FORMAT_LICENSE_KEY:
        return "/^IM(SV|CL)(-[\\dA-Za-z]{4}){8}$/";
    case FORMAT_BACKUP_NAME:
        return "/^[a-zA-Z0-9_\\-.]+$/";
    case FORMAT_HLS_NAME:
        return "/^(init\\.mp4|seg_\\d+\\.m4s)$/";
    case FORMAT_ANY:
    case FORMAT_EMAIL:
    case FORMAT_TIME_OF_DAY:
    case FORMAT_URL:
    case FORMAT_UUID4:
    case FORMAT_UUID7:
        break;
    }
    return "";
}
