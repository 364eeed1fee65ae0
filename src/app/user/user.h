/* Users as the API shows them, and their documents (preferences, onboarding, licence).
 *
 * Memory  the arena. Threads the request's. Fails   BAD_REQUEST "User not found" where a user must
 * exist.
 */
#pragma once

#include "core/ctx.h"
#include "gen/api.h"

#include <stdbool.h>

struct json_value;

#define USER_PREFERENCES STR("preferences") /* key of their document */

/* Also soft-deleted ones. */
fallible user_admin_get(struct ctx *cx, uuid id, struct UserAdminResponseDto *out);
/* The stored ones over the defaults. */
fallible user_preferences_get(struct ctx *cx, uuid user, struct UserPreferencesResponseDto *out);
/* The same as JSON, and the defaults alone. */
fallible user_preferences_read(
    struct ctx *cx, uuid user, const struct json_value **defaults, const struct json_value **all);
/* Changes some of them and gives them all. */
fallible user_preferences_update(struct ctx *cx, uuid user,
    const struct UserPreferencesUpdateDto *change, struct UserPreferencesResponseDto *out);
/* BAD_REQUEST "Email is not available" when another living user has it. */
fallible user_require_email_free(struct ctx *cx, str email, struct opt_uuid but_not_by);
