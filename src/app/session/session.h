/* Sessions of users: what sign-in creates and sign-out ends.
 *
 * Memory  the arena. Threads the request's. Fails with what the statements say.
 */
#pragma once

#include "core/ctx.h"
#include "core/opt.h"
#include "gen/api.h"

/* A new session of the caller's device; *token is what the client keeps, only its digest is stored.
 */
fallible session_create(struct ctx *cx, uuid user, struct SessionResponseDto *out, str *token);
