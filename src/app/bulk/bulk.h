/* Operations that take a list of ids and answer each for itself: "duplicate", "no_permission",
 * "not_found", or done.
 *
 * The ids are walked in the order of the request, so the answers stand in it; an id that comes
 * twice is done once.
 *
 * Memory  results live in the arena.
 * Threads any.
 * Fails   never. A request of n ids costs n·log n, however many are there already.
 */
#pragma once

#include "core/arena.h"
#include "gen/api.h"

enum bulk_outcome { BULK_DONE, BULK_DUPLICATE, BULK_NO_PERMISSION, BULK_NOT_FOUND };

struct bulk {
    struct list_uuid ids;        /* as they came */
    enum bulk_outcome *outcomes; /* one an id */
    struct list_uuid done;       /* those to be put in or taken out, each once, in their order */
};

/* Ids that are to be put among `present`; `allowed` are those the caller may use. */
struct bulk bulk_add(
    struct arena *a, struct list_uuid ids, struct list_uuid present, struct list_uuid allowed);
/* Ids that are to be taken out of `present`. */
struct bulk bulk_remove(
    struct arena *a, struct list_uuid ids, struct list_uuid present, struct list_uuid allowed);

struct list_BulkIdResponseDto bulk_answer(struct arena *a, const struct bulk *bulk);
