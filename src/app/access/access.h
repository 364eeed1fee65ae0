/* Row access: which of these rows may the caller use for this permission (contract/access).
 *
 * The dispatcher calls access_require for what an operation's x-access declares; operations marked
 * "handler: why" call it themselves. Admins have no hidden access to the rows of others.
 *
 * Memory  results live in cx->arena.
 * Threads the request's handler thread.
 * Fails   access_require: BAD_REQUEST "Not found or no <permission> access", the same for both
 * reasons.
 */
#pragma once

#include "core/ctx.h"
#include "core/opt.h"

/* The ids that are allowed, each once, in no order. An unknown permission is a bug and allows
 * nothing. */
fallible access_check(
    struct ctx *cx, str permission, struct list_uuid ids, struct list_uuid *allowed);
/* All of the ids must be allowed; an empty list always passes. */
fallible access_require(struct ctx *cx, str permission, struct list_uuid ids);
/* For op_<id>_ahead: notes what access_require will ask (db_ahead_begin). */
void access_ahead(struct ctx *cx, str permission, struct list_uuid ids);
fallible access_require_one(struct ctx *cx, str permission, uuid id);
