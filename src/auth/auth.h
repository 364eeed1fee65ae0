/* Who calls: credentials of a request turned into a user and what the credential may do
 * (contract/http §2).
 *
 * Owns    nothing; struct auth and its texts live in cx->arena.
 * Threads the request's handler thread. Nothing about users or sessions is relied on between
 *         requests: other programs write to these tables too.
 * Fails   UNAUTHORIZED and FORBIDDEN with the contract's texts.
 */
#pragma once

#include "core/ctx.h"
#include "core/opt.h"

#include <stdbool.h>

struct guesses;
struct request;

enum auth_kind { AUTH_SESSION, AUTH_API_KEY, AUTH_SHARED_LINK };

struct auth {
    enum auth_kind kind;
    uuid user; /* of a shared link: its owner */
    str email, name;
    bool is_admin;
    struct opt_int quota_size_bytes; /* IS_NULL = no limit */
    int64_t quota_usage_bytes;

    uuid session;  /* AUTH_SESSION */
    bool elevated; /* the locked folder is open */

    uuid api_key; /* AUTH_API_KEY */
    struct list_str permissions;

    uuid link; /* AUTH_SHARED_LINK */
    struct opt_uuid link_album;
    bool link_allows_upload, link_allows_download, link_shows_metadata;
};

/* Lets what probably follows be asked together with the caller (auth/guess.h): note() runs in
 * between db_ahead_begin and db_ahead_end, with cx->auth as the caller of last time. */
struct auth_ahead {
    struct guesses *guesses;
    void (*note)(struct ctx *cx, const void *what);
    const void *what;
};

/* Which credentials an operation takes, and what they need. */
enum auth_accepts {
    AUTH_PUBLIC,   /* no look at credentials at all */
    AUTH_OPTIONAL, /* none is fine, a bad one is not */
    AUTH_USER,
    AUTH_USER_OR_LINK,
};

struct auth_rule {
    enum auth_accepts accepts;
    bool admin_only;
    bool any_key;                   /* every API key may call */
    str permission;                 /* that an API key needs; "" = all */
    const struct auth_ahead *ahead; /* or NULL */
};

/* Finds and checks the caller; *out is NULL when the rule allows that nobody is known. Touches the
 * session row when due. */
fallible auth_request(struct ctx *cx, const struct request *request, const struct auth_rule *rule,
    const struct auth **out);
/* The same for a websocket's upgrade request: headers only, no query parameters. */
fallible auth_websocket(struct ctx *cx, const struct request *request, const struct auth **out);

/* What opens a link that has a password: a token in the list (by commas) of this cookie. SHA-256 of
 * "<link id>-<password>" as base64. */
#define AUTH_LINK_COOKIE STR("immich_shared_link_token")
str auth_link_token(struct arena *a, uuid link, str password);

/* A guess of this request's client at a secret of `account` (an address, a link): refused while the
 * client has to wait, and the answer then says how long. What came of it is told afterwards. */
fallible auth_may_try(struct ctx *cx, str account);
void auth_tried(const struct ctx *cx, str account, bool right);

bool auth_has_permission(const struct auth *auth, str permission);
/* The session that makes this request; IS_NULL with any other credential. */
struct opt_uuid auth_session(const struct ctx *cx);
/* A session, or BAD_REQUEST "This endpoint can only be used with a session token". */
fallible auth_require_session(const struct ctx *cx);
/* UNAUTHORIZED "Elevated permission is required" unless the locked folder is open. */
fallible auth_require_elevated(const struct ctx *cx);
