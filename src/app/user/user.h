/* Users as the API shows them, and their documents (preferences, onboarding, licence).
 *
 * Memory  the arena. Threads the request's. Fails   BAD_REQUEST "User not found" where a user must
 * exist.
 */
#pragma once

#include "core/ctx.h"
#include "gen/api.h"

#include <stdbool.h>

/* Also soft-deleted ones. */
fallible user_admin_get(struct ctx *cx, uuid id, struct UserAdminResponseDto *out);
/* BAD_REQUEST "Email is not available" when another living user has it. */
fallible user_require_email_free(struct ctx *cx, str email, struct opt_uuid but_not_by);
