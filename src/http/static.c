#include "core/fd.h"
#include "http/mime.h"
#include "http/static.h"

#include <sys/stat.h>

#include "core/banned.h"

enum {
    PATH_LENGTH_MAX = 1024,
};

static const str MARKER = STR_INIT("<!-- metadata:tags -->");
static const str IMMUTABLE = STR_INIT("/_app/immutable/");

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* No component is empty, "..", or hidden: what follows the folder stays below it. */
static bool is_servable(str path)
{
    if (path.n > PATH_LENGTH_MAX || str_find_char(path, '\\') >= 0) return false;
    str rest = str_slice(path, 1, path.n), component;
    if (!rest.n) return false;
    while (str_cut(&rest, '/', &component)) {
        if (!component.n || component.p[0] == '.') return false;
    }
    return path.p[path.n - 1] != '/';
}

/* The path of the sibling the client can take, or of the file itself. */
static const char *choose_encoding(struct exchange *x, const char *path, struct reply_file *file)
{
    static const struct {
        str name;
        const char *suffix;
    } ENCODINGS[] = {{STR_INIT("br"), ".br"}, {STR_INIT("gzip"), ".gz"}};
    const char *chosen = path;
    for (size_t i = 0; i < sizeof ENCODINGS / sizeof ENCODINGS[0]; i++) {
        const char *sibling = cstr(x->arena, str_fmt(x->arena, "%s%s", path, ENCODINGS[i].suffix));
        if (!is_file(sibling)) continue;
        file->vary_encoding = true;
        if (chosen != path || !request_accepts_encoding(&x->request, ENCODINGS[i].name)) continue;
        chosen = sibling;
        file->encoding = ENCODINGS[i].name;
    }
    return chosen;
}

static void answer_file(struct exchange *x, const char *path)
{
    struct reply_file file = {.type = mime_web_type(x->request.path)};
    if (str_starts(x->request.path, IMMUTABLE)) file.cache = CACHE_IMMUTABLE;
    file.path = choose_encoding(x, path, &file);
    reply_file(&x->reply, &file);
}

static str with_tags(struct arena *a, str page, str tags)
{
    const ptrdiff_t at = tags.n ? str_find(page, MARKER) : -1;
    if (at < 0) return page;
    return str_fmt(a, "%.*s%.*s%.*s", (int)at, page.p, FMT(tags),
        FMT(str_slice(page, (size_t)at + MARKER.n, page.n)));
}

void static_answer_index(struct exchange *x, const char *folder, int status, str tags)
{
    str page;
    x->reply.outside_api = true;
    const char *path = cstr(x->arena, str_fmt(x->arena, "%s/index.html", folder));
    err e = file_read(x->arena, path, STATIC_INDEX_MAX, &page);
    if (e) {
        reply_message(&x->reply, 404, STR("Not Found"));
        return;
    }
    reply_bytes(
        &x->reply, status, STR("text/html; charset=utf-8"), with_tags(x->arena, page, tags));
    x->reply.cache = CACHE_NO_STORE;
}

void static_answer(struct exchange *x, const char *folder)
{
    const struct request *r = &x->request;
    x->reply.outside_api = true;
    if (!str_eq(r->method, STR("GET"))) {
        reply_message(
            &x->reply, 404, str_fmt(x->arena, "Cannot %.*s %.*s", FMT(r->method), FMT(r->target)));
        return;
    }
    if (is_servable(r->path)) {
        const char *path = cstr(x->arena, str_fmt(x->arena, "%s%.*s", folder, FMT(r->path)));
        if (is_file(path)) {
            answer_file(x, path);
            return;
        }
    }
    if (!request_accepts_type(r, STR("text/html"))) {
        reply_message(&x->reply, 406,
            str_fmt(x->arena, "The route %.*s was requested as %.*s, but only returns text/html",
                FMT(r->path), FMT(request_header(r, STR("accept")))));
        return;
    }
    static_answer_index(x, folder, 200, STR(""));
}
