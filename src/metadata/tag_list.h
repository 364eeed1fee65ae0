/* The tags (keywords) of a photo: each is a path of levels, "People/Marie Curie".
 *
 * Threads any. Memory  the arena. Fails   never.
 */
#pragma once

#include "core/opt.h"
#include "json/value.h"

struct arena;

enum {
    TAGS_MAX = 1000,      /* of one photo; further ones are dropped */
    TAG_BYTES_MAX = 1024, /* a longer one is none: the index of tags could not hold it */
};

/* Of TagsList, HierarchicalSubject and Keywords, the first that is not NULL. Compat: an empty
 * TagsList hides the others: it is how a user's removal of all tags is written down. */
struct list_str tag_list_read(struct arena *a, const struct json_value *tags_list,
    const struct json_value *hierarchical_subject, const struct json_value *keywords);
