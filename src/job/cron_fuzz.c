/* An expression, behind four bytes with a time: refused in words, or the next time it names lies
 * after that time and is one that it names. */
#include "core/arena.h"
#include "job/cron.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t clock;
    if (size < sizeof clock) return 0;
    memcpy(&clock, data, sizeof clock);
    struct arena *a = arena_new();
    const struct civil now = civil_from_when((struct when){(int64_t)clock * 1000000});
    const str text = {(const char *)data + sizeof clock, size - sizeof clock};
    struct cron cron;
    struct civil next;
    str why = {0};
    if (!cron_parse(a, text, &cron, &why)) {
        assert(why.n > 0);
    } else if (cron_next(&cron, now, &next)) {
        assert(civil_is_valid(next));
        assert(when_from_civil(next).us > when_from_civil(now).us);
        assert(cron.seconds >> next.second & 1 && cron.minutes >> next.minute & 1);
        assert(cron.hours >> next.hour & 1 && cron.months >> next.month & 1);
    }
    arena_free(a);
    return 0;
}
