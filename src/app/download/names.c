#include "app/download/names.h"
#include "core/arena.h"
#include "core/rand.h"
#include "storage/paths.h"

#include "core/banned.h"

enum { CAPACITY_MIN = 64 }; /* a power of two, as every capacity */

struct names names_new(struct arena *a)
{
    struct names names = {.arena = a,
        .capacity = CAPACITY_MIN,
        .places = ARENA_ARRAY(a, struct names_place, CAPACITY_MIN)};
    rand_bytes(&names.seed, sizeof names.seed);
    return names;
}

/* FNV-1a from a secret start. */
static uint64_t hash_of(const struct names *names, str text)
{
    uint64_t hash = names->seed;
    for (size_t i = 0; i < text.n; i++)
        hash = (hash ^ (unsigned char)text.p[i]) * 0x100000001b3;
    return hash;
}

/* The name's place, or the free one where it would be put. */
static struct names_place *place_of(const struct names *names, str text, uint64_t hash)
{
    for (size_t i = hash;; i++) {
        struct names_place *place = &names->places[i & (names->capacity - 1)];
        if (!place->text.p || (place->hash == hash && str_eq(place->text, text))) return place;
    }
}

static void grow(struct names *names)
{
    const struct names old = *names;
    names->capacity *= 2;
    names->places = ARENA_ARRAY(names->arena, struct names_place, names->capacity);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.places[i].text.p)
            *place_of(names, old.places[i].text, old.places[i].hash) = old.places[i];
}

/* False when it is taken; *place is the name's either way. */
static bool take(struct names *names, str text, struct names_place **place)
{
    const uint64_t hash = hash_of(names, text);
    *place = place_of(names, text, hash);
    if ((*place)->text.p) return false;
    **place = (struct names_place){.text = text, .hash = hash};
    names->n++;
    return true;
}

static str numbered(struct arena *a, str text, unsigned number)
{
    const str extension = storage_extension(text);
    const str stem = str_slice(text, 0, text.n - extension.n);
    const str tail = str_fmt(a, "+%u%.*s", number, FMT(extension));
    if (tail.n >= STORAGE_NAME_MAX)
        return str_fmt(a, "%.*s+%u", FMT(storage_cut(text, 240)), number);
    return str_fmt(a, "%.*s%.*s", FMT(storage_cut(stem, STORAGE_NAME_MAX - tail.n)), FMT(tail));
}

str names_add(struct names *names, str file_name)
{
    str text = storage_file_name(names->arena, file_name);
    if (text.n == 0) text = STR("unnamed");
    if (names->n * 2 >= names->capacity) grow(names);

    struct names_place *first, *place;
    if (take(names, text, &first)) return text;
    /* Compat: a number that another file has in its own name is passed over. */
    for (;;) {
        const str candidate = numbered(names->arena, text, ++first->repeats);
        if (take(names, candidate, &place)) return candidate;
    }
}
