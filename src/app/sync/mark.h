/* Checkpoints: what a session has acknowledged, one text a kind of line.
 *
 *   AssetV2|<id>                        all up to this id
 *   AlbumUserBackfillV1|<share>|<id>    of this share up to the id; all of those before it
 *   AlbumUserBackfillV1|<share>|complete
 *   SyncCompleteV1|<id>|<hex>           a whole stream up to this id, of these kinds of request
 * (ours; upstream's has two parts, and neither it nor the app looks at the third)
 *
 * Threads any. Fails   never: what cannot be read is no checkpoint, so that its rows are sent
 * again.
 */
#pragma once

#include "gen/api.h"

#include <stdbool.h>

enum {
    SYNC_ENTITIES = SYNC_ENTITY_TYPE_SYNC_COMPLETE_V1 + 1,
};

struct mark {
    bool is;
    uuid id;
    uuid sent;     /* of a share: up to here; nil when nothing was */
    bool complete; /* the share is whole */
    uint32_t requests;
};

/* The smallest and the largest id. */
extern const uuid ID_MIN, ID_MAX;

int id_compare(uuid a, uuid b);
/* The time in it, in milliseconds since 1970. */
int64_t id_ms(uuid id);
/* The smallest id of that time. */
uuid id_at(int64_t ms);
/* The one that follows. */
uuid id_next(uuid id);

/* Which kind of line the text is about. False when there is no such kind. */
bool mark_type(str ack, enum SyncEntityType *out);
struct mark mark_parse(str ack);
