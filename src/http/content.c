/* Replies from memory: entity tags, conditional requests, compression (http.md §5). */
#include "core/codec.h"
#include "core/hash.h"
#include "http/exchange.h"
#include "http/mime.h"
#include "http/range.h"

#include <assert.h>

#define ZLIB_CONST
#include <zlib.h>

#include "core/banned.h"

enum {
    COMPRESS_MIN = 1024,
    ETAG_DIGEST = 27, /* of the 28 characters the last is padding */
};

static str etag_of(struct arena *a, str body)
{
    uint8_t digest[SHA1_SIZE];
    char text[ETAG_DIGEST + 1];
    hash_once(HASH_SHA1, body.p, body.n, digest);
    static_assert((SHA1_SIZE + 2) / 3 * 4 == ETAG_DIGEST + 1, "a digest's base64 fits");
    base64_encode_to(text, digest, sizeof digest);
    return str_fmt(a, "\"%zx-%.*s\"", body.n, ETAG_DIGEST, text);
}

static bool gzip(struct arena *a, str body, str *out)
{
    z_stream z = {0};
    if (body.n > UINT32_MAX) return false;
    if (deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return false;
    char *room = arena_alloc_raw(a, body.n);
    z.next_in = (const Bytef *)body.p;
    z.avail_in = (uInt)body.n;
    z.next_out = (Bytef *)room;
    z.avail_out = (uInt)body.n; /* what does not get smaller is sent as it is */
    const bool whole = deflate(&z, Z_FINISH) == Z_STREAM_END;
    if (whole) *out = (str){room, z.total_out};
    deflateEnd(&z);
    return whole;
}

static bool has_header(const struct reply *r, str name)
{
    for (size_t i = 0; i < r->headers_n; i++) {
        if (str_eq_nocase(r->headers[i].name, name)) return true;
    }
    return false;
}

void content_prepare(struct exchange *x)
{
    struct reply *r = &x->reply;
    if (r->kind != REPLY_BYTES || !mime_compressible(r->type)) return;

    const str etag = etag_of(x->arena, r->body);
    if (!has_header(r, STR("ETag"))) reply_header(&x->reply, STR("ETag"), etag);
    reply_header(&x->reply, STR("Vary"), STR("Accept-Encoding"));

    const bool is_get = str_eq(x->request.method, STR("GET"));
    const str if_none_match = request_header(&x->request, STR("if-none-match"));
    if (is_get && r->status >= 200 && r->status < 300 && if_none_match.p) {
        const struct conditions c = {.if_none_match = if_none_match};
        const struct validators v = {.etag = etag, .modified = -1};
        if (conditions_check(&c, &v) == CONDITION_NOT_MODIFIED) {
            reply_empty(&x->reply, 304);
            return;
        }
    }
    if (r->body.n < COMPRESS_MIN || x->request.head) return;
    if (!request_accepts_encoding(&x->request, STR("gzip"))) return;
    str packed;
    if (!gzip(x->arena, r->body, &packed)) return;
    r->body = packed;
    reply_header(&x->reply, STR("Content-Encoding"), STR("gzip"));
}
