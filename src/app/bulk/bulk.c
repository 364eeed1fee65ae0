#include "app/bulk/bulk.h"

#include <stdlib.h>
#include <string.h>

#include "core/banned.h"

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(uuid));
}

static struct list_uuid sorted(struct arena *a, struct list_uuid ids)
{
    struct list_uuid out = {.v = ARENA_ARRAY(a, uuid, ids.n), .n = ids.n};
    if (!ids.n) return out;
    memcpy(out.v, ids.v, ids.n * sizeof *ids.v);
    qsort(out.v, out.n, sizeof *out.v, compare);
    return out;
}

static bool has(const struct list_uuid *set, uuid id)
{
    return set->n && bsearch(&id, set->v, set->n, sizeof id, compare);
}

/* Whether the id at `i` is the first of its kind: sorted places of equal ids begin with the least.
 */
struct place {
    uuid id;
    size_t at;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *one = a, *other = b;
    const int by_id = compare(&one->id, &other->id);
    if (by_id) return by_id;
    return one->at < other->at ? -1 : one->at > other->at;
}

static bool *find_repeated(struct arena *a, struct list_uuid ids)
{
    bool *repeated = ARENA_ARRAY(a, bool, ids.n);
    struct place *places = ARENA_ARRAY(a, struct place, ids.n);
    for (size_t i = 0; i < ids.n; i++)
        places[i] = (struct place){ids.v[i], i};
    if (ids.n) qsort(places, ids.n, sizeof *places, compare_places);
    for (size_t i = 1; i < ids.n; i++)
        repeated[places[i].at] = uuid_eq(places[i].id, places[i - 1].id);
    return repeated;
}

/* `wanted_present`: taking out wants the id there, putting in wants it away; `otherwise` is what
 * happens when it is not so. */
static struct bulk walk(struct arena *a, struct list_uuid ids, struct list_uuid present,
    struct list_uuid allowed, bool wanted_present, enum bulk_outcome otherwise)
{
    const struct list_uuid there = sorted(a, present), usable = sorted(a, allowed);
    const bool *repeated = find_repeated(a, ids);
    struct bulk bulk = {
        .ids = ids,
        .outcomes = ARENA_ARRAY(a, enum bulk_outcome, ids.n),
        .done.v = ARENA_ARRAY(a, uuid, ids.n),
    };
    for (size_t i = 0; i < ids.n; i++) {
        const uuid id = ids.v[i];
        const bool may = has(&usable, id);
        if (has(&there, id) != wanted_present || (repeated[i] && may)) {
            bulk.outcomes[i] = otherwise;
        } else if (!may) {
            bulk.outcomes[i] = BULK_NO_PERMISSION;
        } else {
            bulk.done.v[bulk.done.n++] = id;
        }
    }
    return bulk;
}

struct bulk bulk_add(
    struct arena *a, struct list_uuid ids, struct list_uuid present, struct list_uuid allowed)
{
    return walk(a, ids, present, allowed, false, BULK_DUPLICATE);
}

struct bulk bulk_remove(
    struct arena *a, struct list_uuid ids, struct list_uuid present, struct list_uuid allowed)
{
    return walk(a, ids, present, allowed, true, BULK_NOT_FOUND);
}

struct list_BulkIdResponseDto bulk_answer(struct arena *a, const struct bulk *bulk)
{
    static const enum BulkIdErrorReason reasons[] = {
        [BULK_DUPLICATE] = BULK_ID_ERROR_REASON_DUPLICATE,
        [BULK_NO_PERMISSION] = BULK_ID_ERROR_REASON_NO_PERMISSION,
        [BULK_NOT_FOUND] = BULK_ID_ERROR_REASON_NOT_FOUND,
    };
    const size_t n = bulk->ids.n;
    struct list_BulkIdResponseDto out = {
        .v = ARENA_ARRAY(a, struct BulkIdResponseDto, n),
        .n = n,
    };
    for (size_t i = 0; i < n; i++) {
        const enum bulk_outcome outcome = bulk->outcomes[i];
        out.v[i] = (struct BulkIdResponseDto){.id = bulk->ids.v[i], .success = !outcome};
        if (outcome) out.v[i].error = (struct opt_BulkIdErrorReason){PRESENT, reasons[outcome]};
    }
    return out;
}
