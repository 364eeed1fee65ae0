/* A whole connection to a running server: libmicrohttpd, the checks behind it, uploads, wslay.
 *
 * The first byte of an input says what comes before the rest: nothing, a websocket's handshake, or
 * the header of a form or a JSON body in chunks. Whatever is sent: what comes back is a row of
 * well-formed answers, failures are JSON, no more requests are handled than were sent, and in the
 * end no exchange is left.
 */
#include "core/arena.h"
#include "core/buf.h"
#include "core/log.h"
#include "http/server.h"
#include "http/websocket.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    SILENCE_MS = 2, /* nothing more comes */
    NAP_NS = 20 * 1000,
    NAPS_MAX = 1000 * 1000, /* naps, not a clock: the whole process may be stopped meanwhile */
    READ_BLOCK = 64 * 1024,
};

struct app {
    struct http_server *server;
    char folder[32];
    atomic_int handled, began, finished;
};

static struct app app = {.folder = "/tmp/tintype-fuzz-XXXXXX"};

static const str BEFORE[] = {
    STR_INIT(""),
    STR_INIT("GET /ws?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
             "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
    STR_INIT("POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
             "Content-Type: multipart/form-data; boundary=x\r\n\r\n"),
    STR_INIT("POST /json HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"),
};

/* ---- the server ---- */

static void plan(struct app *a, struct exchange *x, struct plan *plan)
{
    a->began++;
    x->app_data = a;
    plan->body = str_starts(x->request.path, STR("/upload")) ? BODY_UPLOAD : BODY_MEMORY;
}

static bool begin(struct app *a, struct exchange *x)
{
    static const char *const FIELDS[] = {"file", "sidecar", NULL};
    x->upload->rules = (struct upload_rules){.folder = a->folder, .file_fields = FIELDS};
    return false;
}

static void handle(struct app *a, struct exchange *x)
{
    a->handled++;
    reply_message(&x->reply, 200, x->request.path);
}

static void finished(struct app *a, const struct exchange *x, int status, int64_t took_us)
{
    if (x->app_data) a->finished++;
}

static bool authenticate(struct app *a, struct exchange *x, struct ws_rooms *rooms)
{
    rooms->v[rooms->n++] = (struct ws_room){WS_USER, {{1}}};
    return true;
}

static const struct ws_hooks WS_HOOKS = {.path = "/ws", .authenticate = authenticate};
static const struct http_hooks HOOKS = {
    .plan = plan, .begin = begin, .handle = handle, .finished = finished, .websocket = &WS_HOOKS};

static void remove_folder(void)
{
    rmdir(app.folder); /* fails when an upload was left in it */
}

static void start_once(void)
{
    const struct http_options options = {.host = "127.0.0.1",
        .event_threads = 1,
        .handler_threads = 1,
        .store_threads = 1,
        .stream_threads = 1,
        .file_threads = 1,
        .upload_threads = 1,
        .watch_threads = 1};
    if (app.server) return;
    log_set_level(LOG_FATAL);
    if (!mkdtemp(app.folder)) abort();
    atexit(remove_folder);
    if (http_start(&app.server, &options, &HOOKS, &app)) abort();
}

/* ---- the client ---- */

static int dial(void)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
        .sin_port = htons(http_port(app.server)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) abort();
    return fd;
}

/* Sends it all and keeps what comes until nothing more does. */
static void talk(str text, struct buf *heard)
{
    const int fd = dial();
    ssize_t n = 1;
    while (n > 0 && text.n) {
        n = send(fd, text.p, text.n, MSG_NOSIGNAL);
        if (n > 0) text = str_slice(text, (size_t)n, text.n);
    }
    struct pollfd p = {.fd = fd, .events = POLLIN};
    for (n = 1; n > 0 && poll(&p, 1, SILENCE_MS) == 1;) {
        n = recv(fd, buf_reserve(heard, READ_BLOCK), READ_BLOCK, 0);
        if (n > 0) buf_added(heard, (size_t)n);
    }
    /* A reset leaves no port behind that waits. */
    const struct linger at_once = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

static void wait_until_finished(void)
{
    for (int naps = 0; app.began != app.finished; naps++) {
        assert(naps < NAPS_MAX);
        nanosleep(&(struct timespec){.tv_nsec = NAP_NS}, NULL);
    }
}

static int64_t length_of(str head)
{
    str line;
    int64_t length = 0;
    while (str_cut(&head, '\n', &line)) {
        str value = line, name = STR("");
        (void)str_cut(&value, ':', &name);
        if (str_eq_nocase(name, STR("content-length"))) str_parse_i64(str_trim(value), &length);
    }
    return length;
}

/* The last one may be cut off, because we did not wait. */
static void check_answers(str heard, bool heads)
{
    while (heard.n) {
        const ptrdiff_t end = str_find(heard, STR("\r\n\r\n"));
        assert(str_starts(heard, STR("HTTP/1.1 ")) && heard.p[9] >= '1' && heard.p[9] <= '5');
        if (end < 0 || str_starts(heard, STR("HTTP/1.1 101"))) return;
        const int64_t length = length_of(str_slice(heard, 0, (size_t)end));
        const str body = str_slice(heard, (size_t)end + 4, (size_t)(end + 4 + length));
        if (heard.p[9] >= '4' && body.n && !heads) assert(body.p[0] == '{');
        if (heads) return; /* an answer to HEAD tells a length and has none */
        heard = str_slice(heard, (size_t)(end + 4 + length), heard.n);
    }
}

static int count(str text, str what)
{
    int n = 0;
    for (ptrdiff_t at; (at = str_find(text, what)) >= 0; n++)
        text = str_slice(text, (size_t)at + what.n, text.n);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    start_once();
    static int left; /* requests of the input before this one, which may still lie in a socket */
    const int before = app.handled;
    auto_buf sent = {0}, heard = {0};
    buf_add(&sent, BEFORE[data[0] % (sizeof BEFORE / sizeof BEFORE[0])]);
    buf_add_bytes(&sent, data + 1, size - 1);
    talk(buf_str(&sent), &heard);
    wait_until_finished();
    check_answers(buf_str(&heard), count(buf_str(&sent), STR("HEAD ")) > 0);
    const int requests = count(buf_str(&sent), STR(" HTTP/1."));
    assert(app.handled - before <= left + requests);
    left = requests;
    return 0;
}
