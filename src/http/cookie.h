/* Set-Cookie headers of the contract (http.md §2.5): path /, HttpOnly, SameSite=Lax, Secure on
 * https. Memory: the arena. Threads: the request's. Never fails. */
#pragma once

#include "core/ctx.h"

enum cookie_kind {
    COOKIE_YEAR_LONG,   /* 400 days, out of reach for scripts */
    COOKIE_FOR_SCRIPTS, /* the same, readable by the web app */
    COOKIE_DAY,
};

/* The value is percent-encoded. */
void cookie_set(struct ctx *cx, str name, str value, enum cookie_kind kind);
void cookie_clear(struct ctx *cx, str name);
