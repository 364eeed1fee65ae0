#include "core/codec.h"
#include "core/size.h"
#include "http/multipart.h"

#include <string.h>

#include "core/banned.h"

enum state {
    PREAMBLE, /* before the first boundary; dropped */
    BOUNDARY, /* just behind one: "--" ends the form, a line end begins a part */
    HEADER,
    DATA,
    EPILOGUE, /* behind the last; dropped */
};

struct multipart {
    struct arena *arena;
    struct multipart_callbacks callbacks;
    enum state state;
    char delimiter[MULTIPART_BOUNDARY_MAX + 4]; /* CR LF "--" and the boundary */
    size_t delimiter_n, matched;
    size_t given; /* of what matched: taken for granted, not part of the data */
    char tail[2]; /* what follows a boundary */
    size_t tail_n;
    bool in_part, is_dropped; /* a part without a name is of no use */
    size_t parts_n;
    size_t header_n;
    char header[MULTIPART_HEADER_MAX];
};

bool multipart_is(str content_type)
{
    const str prefix = STR("multipart/");
    return content_type.n >= prefix.n &&
           str_eq_nocase(str_slice(content_type, 0, prefix.n), prefix);
}

/* One parameter of a header value: name=token or name="quoted", behind a ';'. */
struct parameter {
    str name, value;
    bool quoted;
};

/* Takes backslashes only before a quote or backslash: old browsers send Windows paths as they are.
 */
static size_t quoted_length(str s)
{
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n && (s.p[i + 1] == '"' || s.p[i + 1] == '\\'))
            i++;
        else if (s.p[i] == '"')
            return i + 1;
    }
    return s.n;
}

static str unquote(struct arena *a, str quoted)
{
    char *p = arena_alloc_raw(a, quoted.n);
    size_t n = 0;
    for (size_t i = 0; i < quoted.n; i++) {
        const bool escapes = quoted.p[i] == '\\' && i + 1 < quoted.n &&
                             (quoted.p[i + 1] == '"' || quoted.p[i + 1] == '\\');
        if (escapes) i++;
        p[n++] = quoted.p[i];
    }
    return (str){p, n};
}

static bool next_parameter(struct arena *a, str *rest, struct parameter *out)
{
    const ptrdiff_t semicolon = str_find_char(*rest, ';');
    if (semicolon < 0) return false;
    *rest = str_trim(str_slice(*rest, (size_t)semicolon + 1, rest->n));
    const ptrdiff_t equals = str_find_char(*rest, '=');
    const ptrdiff_t next = str_find_char(*rest, ';');
    *out = (struct parameter){0};
    if (equals < 0 || (next >= 0 && next < equals)) return true; /* a parameter without a value */

    out->name = str_trim(str_slice(*rest, 0, (size_t)equals));
    *rest = str_trim(str_slice(*rest, (size_t)equals + 1, rest->n));
    if (rest->n && rest->p[0] == '"') {
        const size_t n = quoted_length(*rest);
        const bool closed = n > 1 && rest->p[n - 1] == '"';
        out->value = unquote(a, str_slice(*rest, 1, closed ? n - 1 : n));
        out->quoted = true;
        *rest = str_slice(*rest, n, rest->n);
        return true;
    }
    const ptrdiff_t end = str_find_char(*rest, ';');
    out->value = str_trim(str_slice(*rest, 0, end < 0 ? rest->n : (size_t)end));
    *rest = str_slice(*rest, end < 0 ? rest->n : (size_t)end, rest->n);
    return true;
}

bool multipart_boundary(struct arena *a, str content_type, str *out)
{
    struct parameter p;
    while (next_parameter(a, &content_type, &p)) {
        if (!str_eq_nocase(p.name, STR("boundary"))) continue;
        if (!p.value.n || p.value.n > MULTIPART_BOUNDARY_MAX) return false;
        /* The search below relies on a line end beginning a delimiter and nothing inside it. */
        if (str_find_char(p.value, '\r') >= 0 || str_find_char(p.value, '\n') >= 0) return false;
        *out = p.value;
        return true;
    }
    return false;
}

struct multipart *multipart_new(
    struct arena *a, str boundary, const struct multipart_callbacks *callbacks)
{
    struct multipart *m = ARENA_NEW(a, struct multipart);
    m->arena = a;
    m->callbacks = *callbacks;
    m->state = PREAMBLE;
    memcpy(m->delimiter, "\r\n--", 4);
    memcpy(m->delimiter + 4, boundary.p, boundary.n);
    m->delimiter_n = boundary.n + 4;
    m->matched = m->given = 2; /* the first boundary needs no line end before it */
    return m;
}

/* ---- part headers ---- */

/* Names come as UTF-8 from everybody we know; other bytes are read as Latin-1. */
static str to_utf8(struct arena *a, str s)
{
    if (str_is_utf8(s)) return s;
    char *p = arena_alloc_raw(a, s.n * 2);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        const unsigned char c = (unsigned char)s.p[i];
        if (c < 0x80) {
            p[n++] = s.p[i];
        } else {
            p[n++] = (char)(0xc0 | c >> 6);
            p[n++] = (char)(0x80 | (c & 0x3f));
        }
    }
    return (str){p, n};
}

static str last_component(str path)
{
    const ptrdiff_t slash = str_rfind_char(path, '/'), back = str_rfind_char(path, '\\');
    const ptrdiff_t at = MAX(slash, back);
    const str name = str_slice(path, (size_t)(at + 1), path.n);
    return str_eq(name, STR(".")) || str_eq(name, STR("..")) ? STR("") : name;
}

/* RFC 8187: charset'language'percent-encoded. */
static bool extended_value(struct arena *a, str value, str *out)
{
    str charset, language;
    if (!str_cut(&value, '\'', &charset) || !str_cut(&value, '\'', &language)) return false;
    str decoded;
    if (!percent_decode(a, value, false, &decoded)) return false;
    const bool is_utf8 = str_eq_nocase(charset, STR("utf-8")) && str_is_utf8(decoded);
    if (!is_utf8 && !str_eq_nocase(charset, STR("iso-8859-1"))) return false;
    *out = is_utf8 ? decoded : to_utf8(a, decoded);
    return true;
}

static str without_nul(str s)
{
    const ptrdiff_t nul = str_find_char(s, '\0');
    return nul < 0 ? s : str_slice(s, 0, (size_t)nul);
}

static void read_disposition(struct arena *a, str value, struct multipart_part *part)
{
    struct parameter p;
    bool has_extended = false;
    while (next_parameter(a, &value, &p)) {
        str decoded;
        if (str_eq_nocase(p.name, STR("name"))) {
            part->name = to_utf8(a, p.value);
        } else if (str_eq_nocase(p.name, STR("filename*"))) {
            if (!extended_value(a, p.value, &decoded)) continue;
            part->filename = last_component(without_nul(decoded));
            has_extended = part->is_file = true;
        } else if (str_eq_nocase(p.name, STR("filename"))) {
            part->is_file = true;
            if (!has_extended) part->filename = last_component(without_nul(to_utf8(a, p.value)));
        }
    }
}

static fallible read_header(struct multipart *m, struct multipart_part *part)
{
    str rest = {m->header, m->header_n}, line;
    bool has_disposition = false;
    while (rest.n) {
        const ptrdiff_t end = str_find(rest, STR("\r\n"));
        line = str_slice(rest, 0, end < 0 ? rest.n : (size_t)end);
        rest = str_slice(rest, line.n + 2, rest.n);
        if (!line.n) continue;
        const ptrdiff_t colon = str_find_char(line, ':');
        if (colon <= 0) FAIL(BAD_REQUEST, "Malformed part header");
        const str name = str_trim(str_slice(line, 0, (size_t)colon));
        const str value = str_trim(str_slice(line, (size_t)colon + 1, line.n));
        if (str_eq_nocase(name, STR("content-disposition"))) {
            read_disposition(m->arena, str_dup(m->arena, value), part);
            has_disposition = true;
        } else if (str_eq_nocase(name, STR("content-type"))) {
            const ptrdiff_t end_of_type = str_find_char(value, ';');
            part->type = str_dup(m->arena,
                str_trim(str_slice(value, 0, end_of_type < 0 ? value.n : (size_t)end_of_type)));
        }
    }
    if (str_eq_nocase(part->type, STR("application/octet-stream"))) part->is_file = true;
    m->is_dropped = !has_disposition || !part->name.n;
    return NULL;
}

static fallible begin_part(struct multipart *m)
{
    struct multipart_part part = {.name = STR(""), .filename = STR(""), .type = STR("")};
    if (++m->parts_n > MULTIPART_PARTS_MAX) FAIL(BAD_REQUEST, "Too many parts");
    TRY(read_header(m, &part));
    m->in_part = true;
    m->state = DATA;
    /* The line end of the header's last line may belong to the boundary of an empty part. */
    m->matched = m->given = 2;
    return m->is_dropped ? NULL : m->callbacks.begin(m->callbacks.p, &part);
}

static bool header_is_whole(const struct multipart *m)
{
    if (m->header_n == 2) return memcmp(m->header, "\r\n", 2) == 0; /* a part without headers */
    return m->header_n >= 4 && memcmp(m->header + m->header_n - 4, "\r\n\r\n", 4) == 0;
}

/* Takes bytes up to the empty line. */
static fallible feed_header(struct multipart *m, str *data)
{
    while (data->n) {
        if (m->header_n == MULTIPART_HEADER_MAX) FAIL(BAD_REQUEST, "Part header is too large");
        m->header[m->header_n++] = data->p[0];
        *data = str_slice(*data, 1, data->n);
        if (!header_is_whole(m)) continue;
        return begin_part(m);
    }
    return NULL;
}

/* ---- data and boundaries ---- */

static fallible emit(struct multipart *m, const char *p, size_t n)
{
    if (!n || !m->in_part || m->is_dropped) return NULL;
    return m->callbacks.data(m->callbacks.p, (str){p, n});
}

static fallible end_part(struct multipart *m)
{
    const bool told = m->in_part && !m->is_dropped;
    m->in_part = false;
    return told ? m->callbacks.end(m->callbacks.p) : NULL;
}

/* Continues a delimiter that began in an earlier piece. Its first byte occurs nowhere else in it,
 * so after a mismatch what matched is data, and the search starts anew at the odd byte. */
static fallible feed_match(struct multipart *m, str *data)
{
    size_t i = 0;
    while (i < data->n && m->matched < m->delimiter_n && data->p[i] == m->delimiter[m->matched]) {
        m->matched++;
        i++;
    }
    *data = str_slice(*data, i, data->n);
    if (m->matched == m->delimiter_n) {
        m->matched = m->given = 0;
        m->state = BOUNDARY;
        m->tail_n = 0;
        return end_part(m);
    }
    if (!data->n) return NULL;
    const size_t from = m->given, n = m->matched;
    m->matched = m->given = 0;
    return n > from ? emit(m, m->delimiter + from, n - from) : NULL;
}

static fallible feed_data(struct multipart *m, str *data)
{
    const char *begin = data->p, *end = data->p + data->n;
    for (const char *at = begin; at < end; at++) {
        at = memchr(at, '\r', (size_t)(end - at));
        if (!at) break;
        const size_t n = MIN((size_t)(end - at), m->delimiter_n);
        if (memcmp(at, m->delimiter, n) != 0) continue;
        *data = (str){at, (size_t)(end - at)};
        return emit(m, begin, (size_t)(at - begin));
    }
    *data = (str){end, 0};
    return emit(m, begin, (size_t)(end - begin));
}

/* Behind a boundary: "--", or spaces and a line end. */
static fallible feed_boundary(struct multipart *m, str *data)
{
    while (data->n) {
        const char c = data->p[0];
        *data = str_slice(*data, 1, data->n);
        if (m->tail_n == 0 && (c == ' ' || c == '\t')) continue;
        m->tail[m->tail_n++] = c;
        if (m->tail_n < 2) continue;
        if (memcmp(m->tail, "--", 2) == 0) {
            m->state = EPILOGUE;
        } else if (memcmp(m->tail, "\r\n", 2) == 0) {
            m->state = HEADER;
            m->header_n = 0;
        } else {
            FAIL(BAD_REQUEST, "Malformed boundary");
        }
        return NULL;
    }
    return NULL;
}

/* Data, or the preamble, which is data of no part. */
static fallible feed_content(struct multipart *m, str *data)
{
    if (m->matched) return feed_match(m, data);
    TRY(feed_data(m, data));
    return data->n ? feed_match(m, data) : NULL;
}

fallible multipart_feed(struct multipart *m, str data)
{
    while (data.n) {
        switch (m->state) {
        case PREAMBLE:
        case DATA:
            TRY(feed_content(m, &data));
            break;
        case BOUNDARY:
            TRY(feed_boundary(m, &data));
            break;
        case HEADER:
            TRY(feed_header(m, &data));
            break;
        case EPILOGUE:
            return NULL;
        }
    }
    return NULL;
}

fallible multipart_finish(struct multipart *m)
{
    if (m->state != EPILOGUE) FAIL(BAD_REQUEST, "Unexpected end of form");
    return NULL;
}
