/* A name that a client or an archive gives becomes one that stays in its folder. */
#include "core/arena.h"
#include "storage/paths.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const str given = {(const char *)data, size};
    if (!str_is_utf8(given)) return 0; /* the contract's texts are */
    struct arena *a = arena_new();
    const str name = storage_file_name(a, given);
    assert(name.n <= STORAGE_NAME_MAX && str_is_utf8(name));
    assert(str_find_char(name, '/') < 0 && str_find_char(name, '\0') < 0);
    assert(!str_eq(name, STR(".")) && !str_eq(name, STR("..")));
    assert(str_eq(storage_file_name(a, name), name));

    const str extension = storage_extension(given);
    assert(str_find_char(extension, '/') < 0 && str_ends(given, extension));
    assert(str_find_char(storage_basename(given), '/') < 0);
    arena_free(a);
    return 0;
}
