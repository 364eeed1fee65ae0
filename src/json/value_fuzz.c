/* Any bytes are read as a tree or refused, and every value can then be asked for everything. */
#include "core/arena.h"
#include "json/value.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#define DEPTH_MAX 200

static void ask(const struct json_value *v, int depth)
{
    bool truth;
    str text;
    double real;
    int64_t whole;
    json_bool(v, &truth);
    json_string(v, &text);
    if (json_int(v, &whole)) assert(json_type(v) == JSON_NUMBER);
    if (json_double(v, &real)) assert(json_type(v) == JSON_NUMBER);
    json_text(v, &text);
    if (depth == DEPTH_MAX) return;

    size_t items = 0;
    struct json_iter it = json_iter(v);
    for (const struct json_value *item; (item = json_next(&it)); items++) {
        if (json_type(v) == JSON_OBJECT) assert(json_get(v, it.name));
        ask(item, depth + 1);
    }
    assert(items == json_size(v));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const struct json_value *v;
    err e = json_parse(arena, (str){(const char *)data, size}, &v);
    if (!e) ask(v, 0);
    arena_free(arena);
    return 0;
}
