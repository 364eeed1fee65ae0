#include "core/codec.h"
#include "core/time.h"
#include "http/cookie.h"
#include "http/reply.h"
#include "http/request.h"

#include <time.h>

#include "core/banned.h"

enum {
    DAY_S = 24 * 3600,
    YEAR_LONG_S = 400 * DAY_S,
};

/* Sun, 06 Nov 1994 08:49:37 GMT */
static str http_date(struct arena *a, struct when when)
{
    const time_t seconds = (time_t)(when.us / 1000000);
    struct tm parts;
    char text[64];
    gmtime_r(&seconds, &parts);
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return str_dup(a, str_from(text));
}

void cookie_set(struct ctx *cx, str name, str value, enum cookie_kind kind)
{
    const int64_t age_s = kind == COOKIE_DAY ? DAY_S : YEAR_LONG_S;
    const struct when until = {when_now().us + age_s * 1000000};
    reply_header(cx->reply, STR("Set-Cookie"),
        str_fmt(cx->arena, "%.*s=%.*s; Max-Age=%lld; Path=/; Expires=%.*s; %s%sSameSite=Lax",
            FMT(name), FMT(percent_encode(cx->arena, value)), (long long)age_s,
            FMT(http_date(cx->arena, until)), kind == COOKIE_FOR_SCRIPTS ? "" : "HttpOnly; ",
            cx->request->https ? "Secure; " : ""));
}

void cookie_clear(struct ctx *cx, str name)
{
    reply_header(cx->reply, STR("Set-Cookie"),
        str_fmt(cx->arena, "%.*s=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", FMT(name)));
}
