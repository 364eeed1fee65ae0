/* The first byte picks the size of the pieces, the rest is a form with the boundary "xx": however
 * it is cut, the parser tells the same story. */
#include "core/buf.h"
#include "http/multipart.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

struct story {
    struct buf text;
    bool in_part;
};

static fallible tell_begin(void *p, const struct multipart_part *part)
{
    struct story *s = p;
    assert(!s->in_part && part->name.n);
    assert(str_is_utf8(part->name) && str_is_utf8(part->filename));
    assert(str_find_char(part->filename, '/') < 0 && str_find_char(part->filename, '\0') < 0);
    s->in_part = true;
    buf_add_fmt(&s->text, "(%zu,%zu,%d)", part->name.n, part->filename.n, part->is_file);
    return NULL;
}

static fallible tell_data(void *p, str data)
{
    struct story *s = p;
    assert(s->in_part);
    buf_add(&s->text, data);
    return NULL;
}

static fallible tell_end(void *p)
{
    struct story *s = p;
    assert(s->in_part);
    s->in_part = false;
    buf_add_char(&s->text, ';');
    return NULL;
}

static bool parse(str form, size_t step, struct story *story)
{
    struct arena *a = arena_new();
    const struct multipart_callbacks callbacks = {tell_begin, tell_data, tell_end, story};
    struct multipart *m = multipart_new(a, STR("xx"), &callbacks);
    err e = NULL;
    for (size_t at = 0; !e && at < form.n; at += step)
        e = multipart_feed(m, str_slice(form, at, at + step));
    if (!e) e = multipart_finish(m);
    arena_free(a);
    return !e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    const str form = {(const char *)data + 1, size - 1};
    struct story whole = {0}, cut = {0};
    const bool fine = parse(form, form.n + 1, &whole);
    const bool fine_cut = parse(form, data[0] % 64 + 1, &cut);
    assert(fine == fine_cut);
    if (fine) assert(str_eq(buf_str(&whole.text), buf_str(&cut.text)));
    buf_done(&whole.text);
    buf_done(&cut.text);

    struct arena *a = arena_new();
    str boundary;
    (void)multipart_boundary(a, form, &boundary);
    arena_free(a);
    return 0;
}
