#include "core/codec.h"
#include "core/hash.h"
#include "core/rand.h"
#include "http/socketio.h"

#include "core/banned.h"

enum {
    KEY_BYTES = 16, /* RFC 6455 §4.1: what Sec-WebSocket-Key encodes */
};

/* Behind "40": nothing, an object, "/space", or "/space,object". */
static struct sio_packet parse_connect(str rest)
{
    if (!rest.n || rest.p[0] != '/') return (struct sio_packet){.kind = SIO_CONNECT};
    const ptrdiff_t comma = str_find_char(rest, ',');
    str space = str_slice(rest, 0, comma < 0 ? rest.n : (size_t)comma);
    const ptrdiff_t question = str_find_char(space, '?');
    if (question >= 0) space = str_slice(space, 0, (size_t)question);
    if (space.n > SIO_SPACE_MAX) return (struct sio_packet){.kind = SIO_INVALID};
    if (str_eq(space, STR("/"))) return (struct sio_packet){.kind = SIO_CONNECT};
    return (struct sio_packet){.kind = SIO_CONNECT_UNKNOWN, .space = space};
}

static struct sio_packet parse_message(str text)
{
    if (!text.n) return (struct sio_packet){.kind = SIO_INVALID};
    const str rest = str_slice(text, 1, text.n);
    switch (text.p[0]) {
    case '0':
        return parse_connect(rest);
    case '1':
        return (struct sio_packet){.kind = SIO_DISCONNECT};
    case '2':
    case '3':
        return (struct sio_packet){.kind = SIO_IGNORED};
    default:
        return (struct sio_packet){.kind = SIO_INVALID};
    }
}

struct sio_packet sio_parse(str text)
{
    if (!text.n) return (struct sio_packet){.kind = SIO_INVALID};
    switch (text.p[0]) {
    case '1':
        return (struct sio_packet){.kind = SIO_CLOSE};
    case '3':
        return (struct sio_packet){.kind = SIO_PONG};
    case '4':
        return parse_message(str_slice(text, 1, text.n));
    case '6':
        return (struct sio_packet){.kind = SIO_IGNORED};
    default:
        return (struct sio_packet){.kind = SIO_INVALID};
    }
}

void sio_sid(char out[static SIO_SID_TEXT])
{
    static const char ALPHABET[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t random[SIO_SID_TEXT - 1];
    rand_bytes(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        out[i] = ALPHABET[random[i] & 63];
    out[SIO_SID_TEXT - 1] = '\0';
}

static bool has_token(str list, str token)
{
    str one;
    while (str_cut(&list, ',', &one)) {
        if (str_eq_nocase(str_trim(one), token)) return true;
    }
    return false;
}

static bool is_key(str key)
{
    return key.n == base64_size(KEY_BYTES) && str_ends(key, STR("=="));
}

struct sio_refusal sio_check(const struct request *r)
{
    const str key = request_header(r, STR("sec-websocket-key"));
    if (!str_eq(request_query(r, STR("transport")), STR("websocket")))
        return (struct sio_refusal){0, "Transport unknown"};
    if (request_query(r, STR("sid")).n) return (struct sio_refusal){1, "Session ID unknown"};
    if (!str_eq(r->method, STR("GET")) || r->head)
        return (struct sio_refusal){2, "Bad handshake method"};
    if (!has_token(request_header(r, STR("upgrade")), STR("websocket")) ||
        !has_token(request_header(r, STR("connection")), STR("upgrade")) ||
        !str_eq(request_header(r, STR("sec-websocket-version")), STR("13")) || !is_key(key))
        return (struct sio_refusal){3, "Bad request"};
    if (!str_eq(request_query(r, STR("EIO")), STR("4")))
        return (struct sio_refusal){5, "Unsupported protocol version"};
    return (struct sio_refusal){0};
}

str sio_accept_key(struct arena *a, str key)
{
    const str text = str_fmt(a, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", FMT(key));
    uint8_t digest[SHA1_SIZE];
    hash_once(HASH_SHA1, text.p, text.n, digest);
    return base64_encode(a, (struct bytes){digest, sizeof digest});
}
