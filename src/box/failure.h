/* Failures of box jobs as errors: an err whose detail names the kind.
 *
 * Memory  as any err; the kinds are constant rows.
 * Threads any.
 */
#pragma once

#include "box/wire.h"
#include "core/err.h"

/* "<text of the kind>: <reason>"; an empty reason leaves the text alone. */
__attribute__((returns_nonnull, cold)) err box_failure_new(
    const char *where, enum box_failure kind, str reason);
#define BOX_FAIL(kind, reason) return ERR_MADE(box_failure_new(ERR_HERE, kind, reason))
/* The reason alone, without the text of the kind. */
str box_failure_reason(err e);
