#include "core/codec.h"
#include "http/request.h"

#include "core/banned.h"

static str find(const struct params *p, str name, bool (*same)(str, str))
{
    for (size_t i = 0; i < p->n; i++) {
        if (same(p->v[i].name, name)) return p->v[i].value;
    }
    return (str){0};
}

str params_find(const struct params *p, str name)
{
    return find(p, name, str_eq);
}

str request_header(const struct request *r, str name)
{
    return find(&r->headers, name, str_eq_nocase);
}

bool request_has_header(const struct request *r, str name)
{
    return request_header(r, name).p != NULL;
}

str request_query(const struct request *r, str name)
{
    return params_find(&r->query, name);
}

str request_cookie(const struct request *r, struct arena *a, str name)
{
    for (size_t i = 0; i < r->headers.n; i++) {
        if (!str_eq_nocase(r->headers.v[i].name, STR("cookie"))) continue;
        str rest = r->headers.v[i].value, pair;
        while (str_cut(&rest, ';', &pair)) {
            const ptrdiff_t equals = str_find_char(pair, '=');
            if (equals < 0) continue;
            if (!str_eq(str_trim(str_slice(pair, 0, (size_t)equals)), name)) continue;
            str value = str_trim(str_slice(pair, (size_t)equals + 1, pair.n));
            if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
                value = str_slice(value, 1, value.n - 1);
            str decoded;
            return percent_decode(a, value, false, &decoded) ? decoded : value;
        }
    }
    return (str){0};
}

/* The weight behind ";q=" of one element, 1 without. Anything but a number counts as 0. */
static double weight(str parameters)
{
    str one;
    while (str_cut(&parameters, ';', &one)) {
        one = str_trim(one);
        if (one.n < 2 || (one.p[0] != 'q' && one.p[0] != 'Q') || one.p[1] != '=') continue;
        double q = 0;
        return str_parse_double(str_slice(one, 2, one.n), &q) ? q : 0;
    }
    return 1;
}

/* Splits "name;q=0.5" off a comma-separated list. */
static bool next_element(str *rest, str *name, double *q)
{
    str element;
    if (!str_cut(rest, ',', &element)) return false;
    str parameters = element, first = {0};
    (void)str_cut(&parameters, ';', &first);
    *name = str_trim(first);
    *q = weight(parameters);
    return true;
}

bool request_accepts_encoding(const struct request *r, str encoding)
{
    str rest = request_header(r, STR("accept-encoding")), name;
    double q;
    bool any = false;
    while (next_element(&rest, &name, &q)) {
        if (str_eq_nocase(name, encoding)) return q > 0;
        if (str_eq(name, STR("*"))) any = q > 0;
    }
    return any;
}

bool request_accepts_type(const struct request *r, str type)
{
    str rest = request_header(r, STR("accept")), name;
    if (!rest.p || str_trim(rest).n == 0) return true;
    const str family = str_slice(type, 0, (size_t)str_find_char(type, '/') + 1);
    double q, exact = -1, range = -1, all = -1;
    while (next_element(&rest, &name, &q)) {
        if (str_eq_nocase(name, type)) exact = q;
        if (name.n == family.n + 1 && name.p[name.n - 1] == '*' &&
            str_eq_nocase(str_slice(name, 0, family.n), family))
            range = q;
        if (str_eq(name, STR("*/*"))) all = q;
    }
    /* The most specific one decides. */
    return (exact >= 0 ? exact : range >= 0 ? range : all) > 0;
}

static size_t count_pairs(str text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '&';
    return n;
}

/* Unlike in paths, a '%' that starts no sequence stands for itself, as browsers and Node have it.
 * False for NUL and text that is not UTF-8: no field of the contract can hold them. */
static bool decode_component(struct arena *a, str s, str *out)
{
    char *p = arena_alloc_raw(a, s.n);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i] == '+' ? ' ' : s.p[i];
        if (c == '%' && s.n - i >= 3) {
            const int high = hex_digit(s.p[i + 1]), low = hex_digit(s.p[i + 2]);
            if (high >= 0 && low >= 0) {
                c = (char)(high << 4 | low);
                i += 2;
            }
        }
        if (c == '\0') return false;
        p[n++] = c;
    }
    *out = (str){p, n};
    return str_is_utf8(*out);
}

bool params_parse(struct arena *a, str text, struct params *out)
{
    const size_t most = count_pairs(text);
    if (most > REQUEST_QUERY_MAX) return false;
    struct param *v = ARENA_ARRAY(a, struct param, most);
    size_t n = 0;
    str pair;
    while (str_cut(&text, '&', &pair)) {
        if (!pair.n) continue;
        const ptrdiff_t equals = str_find_char(pair, '=');
        const size_t name_n = equals < 0 ? pair.n : (size_t)equals;
        if (!decode_component(a, str_slice(pair, 0, name_n), &v[n].name)) return false;
        if (!decode_component(a, str_slice(pair, name_n + 1, pair.n), &v[n].value)) return false;
        n++;
    }
    *out = (struct params){v, n};
    return true;
}

/* "http://host/path" is how proxies are asked; what counts is the path. */
static str strip_origin(str target)
{
    const ptrdiff_t scheme = str_find(target, STR("://"));
    if (scheme <= 0) return target;
    const str rest = str_slice(target, (size_t)scheme + 3, target.n);
    const ptrdiff_t slash = str_find_char(rest, '/');
    return slash < 0 ? STR("/") : str_slice(rest, (size_t)slash, rest.n);
}

bool request_parse_target(struct arena *a, str target, struct request *out)
{
    for (size_t i = 0; i < target.n; i++) {
        const unsigned char c = (unsigned char)target.p[i];
        if (c <= ' ' || c == 0x7f) return false;
    }
    str rest = target.n && target.p[0] != '/' ? strip_origin(target) : target;
    if (!rest.n || rest.p[0] != '/') return false;

    const ptrdiff_t fragment = str_find_char(rest, '#');
    if (fragment >= 0) rest = str_slice(rest, 0, (size_t)fragment);
    const ptrdiff_t question = str_find_char(rest, '?');
    const str path = question < 0 ? rest : str_slice(rest, 0, (size_t)question);
    const str query = question < 0 ? STR("") : str_slice(rest, (size_t)question + 1, rest.n);

    str decoded;
    struct params parsed;
    if (!percent_decode(a, path, false, &decoded) || !str_is_utf8(decoded)) return false;
    if (!params_parse(a, query, &parsed)) return false;
    out->target = target;
    out->path = decoded;
    out->query_text = query;
    out->query = parsed;
    return true;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

static size_t count_header(const struct request *r, str name)
{
    size_t n = 0;
    for (size_t i = 0; i < r->headers.n; i++)
        n += str_eq_nocase(r->headers.v[i].name, name);
    return n;
}

static bool is_digits(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    }
    return s.n > 0;
}

static bool is_token(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is_name_char(s.p[i])) return false;
    }
    return s.n > 0;
}

const char *request_header_fault(const struct request *r, const char *version)
{
    if (!is_token(r->method)) return "Malformed method";
    for (size_t i = 0; i < r->headers.n; i++) {
        const struct param *h = &r->headers.v[i];
        if (!h->name.n) return "Malformed header";
        if (!is_token(h->name)) return "Malformed header name";
        for (size_t k = 0; k < h->value.n; k++) {
            const unsigned char c = (unsigned char)h->value.p[k];
            if ((c < ' ' && c != '\t') || c == 0x7f) return "Malformed header value";
        }
    }
    const size_t lengths = count_header(r, STR("content-length"));
    const size_t codings = count_header(r, STR("transfer-encoding"));
    if (lengths > 1) return "Duplicate Content-Length";
    if (lengths && codings) return "Content-Length with Transfer-Encoding";
    if (codings > 1) return "Duplicate Transfer-Encoding";
    if (codings && !str_eq_nocase(request_header(r, STR("transfer-encoding")), STR("chunked")))
        return "Transfer-Encoding is not supported";
    if (codings && strcmp(version, "HTTP/1.1") != 0) return "Transfer-Encoding before HTTP/1.1";
    if (lengths && !is_digits(request_header(r, STR("content-length"))))
        return "Malformed Content-Length";
    const size_t hosts = count_header(r, STR("host"));
    if (hosts > 1) return "Duplicate Host";
    if (!hosts && strcmp(version, "HTTP/1.1") == 0) return "Host is missing";
    return NULL;
}
