/* Removing files of the media tree.
 *
 * Threads any. Fails as the database does; a file that cannot be removed is logged and left.
 */
#pragma once

#include "core/ctx.h"
#include "core/opt.h"

/* Removes those that no row needs (DESIGN §6: a file goes only when no row points to it). */
fallible files_remove_unneeded(struct ctx *cx, struct list_str paths);
