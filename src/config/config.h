/* The system configuration: stored differences over the defaults, decoded once, seen as a snapshot.
 *
 * Owns    the store owns snapshots; each stays alive until the last request or job that took it has
 * given it back. Threads config_acquire, config_release and config_refresh: any. A snapshot is only
 * read. Fails   config_store_new: BAD_REQUEST with "Invalid system config: …" for a file; a stored
 * setting that does not fit is logged and left out, the others hold.
 */
#pragma once

#include "core/ctx.h"
#include "gen/api.h"

struct config;
struct config_store;
struct env;

/* Without a database: the defaults, or the file of IMMICH_CONFIG_FILE. */
fallible config_store_new(struct config_store **out, const struct env *env);
void config_store_free(struct config_store *store);
/* Reads what is stored and makes it the current snapshot. Does nothing when a file is in use. */
fallible config_refresh(struct ctx *cx, struct config_store *store);

const struct config *config_acquire(struct config_store *store);
void config_release(struct config_store *store, const struct config *config);

/* The snapshot of this request or job. */
const struct SystemConfigDto *config_get(const struct ctx *cx);

/* Fresh from the database (or the file), not the snapshot: what GET /system-config answers. */
fallible config_read(struct ctx *cx, struct config_store *store, struct SystemConfigDto *out);
/* What holds when nothing is stored, environment included. */
fallible config_defaults(struct ctx *cx, struct config_store *store, struct SystemConfigDto *out);
