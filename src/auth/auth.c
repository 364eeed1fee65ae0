#include "auth/auth.h"
#include "auth/device.h"
#include "auth/guess.h"
#include "auth/secret.h"
#include "auth/throttle.h"
#include "core/codec.h"
#include "core/hash.h"
#include "core/size.h"
#include "db/db.h"
#include "gen/auth_sql.h"
#include "http/reply.h"
#include "http/request.h"

#include "core/banned.h"

#define MINUTE_US ((int64_t)60 * 1000000)
enum {
    TOUCH_AFTER_MINUTES = 60,
    PIN_EXTEND_MINUTES = 5, /* a request in the last five minutes of the window pushes its end */
};

/* The credentials a request carries; the first that is set decides (contract/http §2.1). */
struct credentials {
    str link_key, link_slug, session, api_key;
    bool from_cookie; /* the browser added it by itself */
};

static str first_of(str a, str b)
{
    return a.n ? a : b;
}

static str bearer_token(const struct request *request)
{
    const str value = request_header(request, STR("authorization"));
    const str scheme = STR("bearer ");
    if (value.n <= scheme.n || !str_eq_nocase(str_slice(value, 0, scheme.n), scheme))
        return STR("");
    return str_trim(str_slice(value, scheme.n, value.n));
}

static struct credentials find_credentials(
    struct arena *a, const struct request *request, bool with_query)
{
    const struct request *query = with_query ? request : &(const struct request){0};
    struct credentials c = {
        .link_key = first_of(
            request_header(request, STR("x-immich-share-key")), request_query(query, STR("key"))),
        .link_slug = first_of(
            request_header(request, STR("x-immich-share-slug")), request_query(query, STR("slug"))),
        .session = first_of(request_header(request, STR("x-immich-user-token")),
            request_header(request, STR("x-immich-session-token"))),
        .api_key = first_of(
            request_header(request, STR("x-api-key")), request_query(query, STR("apiKey"))),
    };
    c.session = first_of(c.session, request_query(query, STR("sessionKey")));
    c.session = first_of(c.session, bearer_token(request));
    if (c.session.n) return c;
    c.session = request_cookie(request, a, STR("immich_access_token"));
    c.from_cookie = c.session.n;
    return c;
}

static fallible touch_session(
    struct ctx *cx, const struct auth_session_row *row, const struct request *request)
{
    const int64_t now = when_now().us;
    const struct device device = device_of_request(request);
    const bool same_version =
        row->appVersion.is == device.app_version.is &&
        (row->appVersion.is != PRESENT || str_eq(row->appVersion.v, device.app_version.v));
    if (now - row->updatedAt.us > TOUCH_AFTER_MINUTES * MINUTE_US || !same_version)
        TRY(sql_auth_session_touch(cx, row->session, device.app_version, device.os, device.type));

    if (row->pinExpiresAt.is != PRESENT) return NULL;
    const int64_t left = row->pinExpiresAt.v.us - now;
    if (left > 0 && left < PIN_EXTEND_MINUTES * MINUTE_US)
        TRY(sql_auth_session_extend_pin(
            cx, row->session, (struct when){now + PIN_EXTEND_MINUTES * MINUTE_US}));
    return NULL;
}

/* The columns that every kind of credential brings along. */
#define USER_OF(row)                                                                               \
    .user = (row).user, .email = (row).email, .name = (row).name, .is_admin = (row).isAdmin,       \
    .quota_size_bytes = (row).quotaSizeInBytes, .quota_usage_bytes = (row).quotaUsageInBytes

static void look_ahead(struct ctx *cx, const struct auth_ahead *ahead, struct bytes digest)
{
    struct auth likely;
    if (!ahead || !guess_find(ahead->guesses, digest, &likely)) return;
    const struct auth *before = cx->auth;
    cx->auth = &likely;
    db_ahead_begin(cx);
    ahead->note(cx, ahead->what);
    db_ahead_end(cx);
    cx->auth = before;
}

static fallible by_session(struct ctx *cx, const struct request *request, str token,
    const struct auth_ahead *ahead, struct auth *out)
{
    bool found;
    struct auth_session_row row;
    const struct bytes digest = secret_digest(cx->arena, token);
    look_ahead(cx, ahead, digest);
    TRY(sql_auth_session_find(cx, &row, &found, digest));
    if (!found) FAIL(UNAUTHORIZED, "Invalid user token");
    TRY(touch_session(cx, &row, request));
    *out = (struct auth){
        .kind = AUTH_SESSION,
        USER_OF(row),
        .session = row.session,
        .elevated = row.pinExpiresAt.is == PRESENT && row.pinExpiresAt.v.us > when_now().us,
    };
    if (ahead) guess_keep(ahead->guesses, digest, out);
    return NULL;
}

static fallible by_api_key(
    struct ctx *cx, str key, const struct auth_ahead *ahead, struct auth *out)
{
    bool found;
    struct auth_key_row row;
    const struct bytes digest = secret_digest(cx->arena, key);
    look_ahead(cx, ahead, digest);
    TRY(sql_auth_key_find(cx, &row, &found, digest));
    if (!found) FAIL(UNAUTHORIZED, "Invalid API key");
    *out = (struct auth){
        .kind = AUTH_API_KEY,
        USER_OF(row),
        .api_key = row.key,
        .permissions = row.permissions,
    };
    if (ahead) guess_keep(ahead->guesses, digest, out);
    return NULL;
}

str auth_link_token(struct arena *a, uuid link, str password)
{
    const str secret = str_fmt(a, "%.*s-%.*s", FMT(uuid_str(a, link)), FMT(password));
    return base64_encode(a, secret_digest(a, secret));
}

static bool has_link_token(
    struct ctx *cx, const struct request *request, const struct auth_link_row *row)
{
    const str wanted = auth_link_token(cx->arena, row->link, row->password.v);
    str rest = request_cookie(request, cx->arena, AUTH_LINK_COOKIE), token;
    while (str_cut(&rest, ',', &token)) {
        if (secret_eq(token.p, token.n, wanted.p, wanted.n)) return true;
    }
    return false;
}

/* A key of 100 characters is hex, any other base64url (contract/http §2.3). */
static struct opt_bytes link_key_bytes(struct arena *a, str key)
{
    struct bytes bytes;
    if (key.n == 2 * SECRET_LINK_KEY_BYTES ? hex_decode(a, key, &bytes)
                                           : base64_decode(a, key, &bytes))
        return SOME(bytes, bytes);
    return NOTHING(bytes);
}

static fallible by_link(
    struct ctx *cx, const struct request *request, const struct credentials *c, struct auth *out)
{
    bool found = false;
    struct auth_link_row row;
    struct opt_bytes key = NOTHING(bytes);
    struct opt_str slug = NOTHING(str);
    if (c->link_key.n)
        key = link_key_bytes(cx->arena, c->link_key);
    else
        slug = SOME(str, c->link_slug);
    TRY(sql_auth_link_find(cx, &row, &found, key, slug));
    if (!found && c->link_key.n) FAIL(UNAUTHORIZED, "Invalid share key");
    if (!found) FAIL(UNAUTHORIZED, "Invalid share slug");

    /* Stricter than upstream, which asks for the password on one route only (DESIGN §7). The log-in
     * itself must pass. */
    const bool protected_ = row.password.is == PRESENT && row.password.v.n;
    const bool logs_in = str_eq_nocase(request->path, STR("/api/shared-links/login"));
    if (protected_ && !logs_in && !has_link_token(cx, request, &row))
        FAIL(UNAUTHORIZED, "Password required");
    *out = (struct auth){
        .kind = AUTH_SHARED_LINK,
        USER_OF(row),
        .link = row.link,
        .link_album = row.albumId,
        .link_allows_upload = row.allowUpload,
        .link_allows_download = row.allowDownload,
        .link_shows_metadata = row.showExif,
    };
    return NULL;
}

/* Another site's page made the browser send this (DESIGN §7). SameSite=Lax keeps the cookie away
 * from most of it; browsers say so themselves where the connection is safe enough for them to.
 * Links to us may be followed. */
static bool is_forged(const struct request *request, const struct credentials *c, bool reads)
{
    return c->from_cookie && !reads &&
           str_eq(request_header(request, STR("sec-fetch-site")), STR("cross-site"));
}

/* *out stays NULL when the request carries no credential. */
static fallible identify(struct ctx *cx, const struct request *request, const struct credentials *c,
    const struct auth_ahead *ahead, const struct auth **out)
{
    struct auth *auth = ARENA_NEW(cx->arena, struct auth);
    if (c->link_key.n || c->link_slug.n)
        TRY(by_link(cx, request, c, auth));
    else if (c->session.n)
        TRY(by_session(cx, request, c->session, ahead, auth));
    else if (c->api_key.n)
        TRY(by_api_key(cx, c->api_key, ahead, auth));
    else
        return NULL;
    *out = auth;
    return NULL;
}

static fallible check_rule(const struct auth *auth, const struct auth_rule *rule)
{
    if (rule->admin_only && !auth->is_admin) FAIL(FORBIDDEN, "Forbidden");
    if (auth->kind == AUTH_SHARED_LINK && (rule->accepts != AUTH_USER_OR_LINK || rule->admin_only))
        FAIL(FORBIDDEN, "Forbidden");
    if (auth->kind != AUTH_API_KEY || rule->any_key) return NULL;
    const str permission = rule->permission.n ? rule->permission : STR("all");
    if (!auth_has_permission(auth, permission))
        FAIL(FORBIDDEN, "Missing required permission: %.*s", FMT(permission));
    return NULL;
}

fallible auth_request(struct ctx *cx, const struct request *request, const struct auth_rule *rule,
    const struct auth **out)
{
    *out = NULL;
    if (rule->accepts == AUTH_PUBLIC) return NULL;
    const struct auth *auth = NULL;
    const struct credentials c = find_credentials(cx->arena, request, true);
    TRY(identify(cx, request, &c, rule->ahead, &auth));
    if (is_forged(request, &c, str_eq(request->method, STR("GET")))) FAIL(FORBIDDEN, "Forbidden");
    if (!auth && rule->accepts == AUTH_OPTIONAL) return NULL;
    if (!auth) FAIL(UNAUTHORIZED, "Authentication required");
    TRY(check_rule(auth, rule));
    *out = auth;
    return NULL;
}

fallible auth_websocket(struct ctx *cx, const struct request *request, const struct auth **out)
{
    static const struct auth_rule rule = {.accepts = AUTH_USER};
    const struct auth *auth = NULL;
    const struct credentials c = find_credentials(cx->arena, request, false);
    TRY(identify(cx, request, &c, NULL, &auth));
    if (is_forged(request, &c, false)) FAIL(FORBIDDEN, "Forbidden");
    if (!auth) FAIL(UNAUTHORIZED, "Authentication required");
    TRY(check_rule(auth, &rule));
    *out = auth;
    return NULL;
}

bool auth_has_permission(const struct auth *auth, str permission)
{
    if (auth->kind != AUTH_API_KEY) return true;
    for (size_t i = 0; i < auth->permissions.n; i++) {
        const str held = auth->permissions.v[i];
        if (str_eq(held, STR("all")) || str_eq(held, permission)) return true;
    }
    return false;
}

struct opt_uuid auth_session(const struct ctx *cx)
{
    return cx->auth->kind == AUTH_SESSION ? SOME(uuid, cx->auth->session) : NOTHING(uuid);
}

fallible auth_may_try(struct ctx *cx, str account)
{
    int64_t wait_s;
    err e = throttle_check(account, cx->request->client_ip, &wait_s);
    if (e)
        reply_header(cx->reply, STR("Retry-After"), str_fmt(cx->arena, "%lld", (long long)wait_s));
    return e;
}

void auth_tried(const struct ctx *cx, str account, bool right)
{
    if (right)
        throttle_succeeded(account, cx->request->client_ip);
    else
        throttle_failed(account, cx->request->client_ip);
}

fallible auth_require_session(const struct ctx *cx)
{
    if (cx->auth->kind == AUTH_SESSION) return NULL;
    FAIL(BAD_REQUEST, "This endpoint can only be used with a session token");
}

fallible auth_require_elevated(const struct ctx *cx)
{
    if (cx->auth->kind == AUTH_SESSION && cx->auth->elevated) return NULL;
    FAIL(UNAUTHORIZED, "Elevated permission is required");
}
