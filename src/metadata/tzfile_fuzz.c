/* The file of a time zone, behind eight bytes with a time: malformed, or there is an offset within
 * a day and a bit at that time, at every end, and around. */
#include "core/arena.h"
#include "metadata/tzfile.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t time;
    if (size < sizeof time) return 0;
    memcpy(&time, data, sizeof time);
    struct arena *a = arena_new();
    const struct tz_rules *rules;
    if (tzfile_parse(a, (str){(const char *)data + sizeof time, size - sizeof time}, &rules)) {
        const int64_t times[] = {time, 0, 1700000000, -62135596800, 253402300799,
            time % 300000000000}; /* what civil dates reach */
        for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
            const int32_t offset = tz_offset_at(rules, times[i]);
            assert(offset > -27 * 3600 && offset < 27 * 3600);
        }
    }
    arena_free(a);
    return 0;
}
