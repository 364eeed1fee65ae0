#include "core/codec.h"
#include "core/time.h"
#include "http/cookie.h"
#include "http/range.h"
#include "http/reply.h"
#include "http/request.h"

#include "core/banned.h"

enum {
    DAY_S = 24 * 3600,
    YEAR_LONG_S = 400 * DAY_S,
};

void cookie_set(struct ctx *cx, str name, str value, enum cookie_kind kind)
{
    const int64_t age_s = kind == COOKIE_DAY ? DAY_S : YEAR_LONG_S;
    char until[HTTP_DATE_TEXT];
    http_date_format(when_now().us / 1000000 + age_s, until);
    reply_header(cx->reply, STR("Set-Cookie"),
        str_fmt(cx->arena, "%.*s=%.*s; Max-Age=%lld; Path=/; Expires=%s; %s%sSameSite=Lax",
            FMT(name), FMT(percent_encode(cx->arena, value)), (long long)age_s, until,
            kind == COOKIE_FOR_SCRIPTS ? "" : "HttpOnly; ", cx->request->https ? "Secure; " : ""));
}

void cookie_clear(struct ctx *cx, str name)
{
    reply_header(cx->reply, STR("Set-Cookie"),
        str_fmt(cx->arena, "%.*s=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", FMT(name)));
}
