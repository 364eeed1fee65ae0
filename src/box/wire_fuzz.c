#include "box/wire.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

/* The answer of a process that was taken over. What is accepted must be what encoding would write.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > BOX_ANSWER_MAX) return 0;
    struct arena *a = arena_new();
    struct box_answer answer;
    if (box_answer_decode(a, data, size, &answer)) {
        auto_buf again = {0};
        box_answer_encode(&again, &answer);
        assert(again.n == size && memcmp(again.p, data, size) == 0);
    }
    struct box_order order;
    if (box_order_decode(a, data, size, &order)) {
        auto_buf again = {0};
        box_order_encode(&again, &order);
        assert(again.n == size && memcmp(again.p, data, size) == 0);
    }
    arena_free(a);
    return 0;
}
