/* Bodies that are written while they are sent. The writer (a thread of the stream pool) fills a
 * bounded ring, the event thread empties it; whoever finds it full or empty waits for the other.
 *
 * A stream in steps has no writer that waits: what a step writes beyond the ring is kept behind it,
 * and the next step is put into the pool when the reader has taken most of it. */
#define BANNED_ALLOW_MALLOC /* the ring is shared with the event thread and larger than a request  \
                             */

#include "core/log.h"
#include "core/size.h"
#include "core/thread.h"
#include "core/time.h"
#include "http/exchange.h"
#include "http/mime.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#define ZLIB_CONST
#include <zlib.h>

#include "core/banned.h"

enum {
    STREAM_WAKE = 16 * 1024,      /* so many bytes are worth waking the event thread for */
    STREAM_FLUSH_MS = 600,        /* and a tick of the janitor: within a second */
    STREAM_STALL_MS = 120 * 1000, /* a reader that takes nothing for so long is given up */
    STREAM_LOW = 64 * 1024,       /* so little is left to send when the next step is made */
    PACK_BLOCK = 64 * 1024,
};

struct stream {
    struct inner *in;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    char *ring;
    size_t head, n;
    int64_t oldest_ms; /* when the first byte of what waits was written */
    bool suspended;    /* the connection waits for bytes */
    bool ended, aborted, gone;

    stream_step *step; /* NULL: one writer writes all */
    void *step_data;
    z_stream *packer;    /* NULL: the client wants it as it is */
    struct buf kept;     /* what did not fit into the ring */
    size_t kept_sent;    /* of it */
    bool done;           /* no step follows */
    bool waits_for_step; /* the exchange is in nobody's hands, until the reader has caught up */
};

struct stream *stream_begin(struct exchange *x, int status, str type)
{
    struct inner *in = inner_of(x);
    assert(in->phase == PHASE_HANDLER && x->reply.kind != REPLY_STREAM);
    struct stream *s = calloc(1, sizeof *s);
    if (!s) log_die("out of memory");
    /* A head has no body: the first write tells the handler to stop. */
    *s = (struct stream){.in = in, .suspended = true, .gone = x->request.head};
    if (!s->gone && !(s->ring = malloc(STREAM_BUFFER))) log_die("out of memory");
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&s->mutex, NULL);
    pthread_cond_init(&s->changed, &attributes);
    pthread_condattr_destroy(&attributes);

    reply_bytes(&x->reply, status, type, STR(""));
    if (mime_compressible(type)) reply_header(&x->reply, STR("Vary"), STR("Accept-Encoding"));
    x->reply.kind = REPLY_STREAM;
    x->reply.stream = s;
    inner_ref(in); /* the connection may end before the handler does */
    in->has_stream = true;
    janitor_watch_stream(in->server->janitor, in);
    return s;
}

bool stream_withdraw(struct stream *s)
{
    struct inner *in = s->in;
    bool unsent = false;
    MUTEX_SCOPE(&s->mutex)
    {
        unsent = s->suspended && in->phase == PHASE_HANDLER;
        if (unsent) s->suspended = false; /* nobody wakes the connection for it any more */
    }
    if (!unsent) return false;
    in->has_stream = false;
    in->x.reply.stream = NULL;
    stream_free(s);
    inner_unref(in);
    return true;
}

void stream_free(struct stream *s)
{
    if (!s) return;
    janitor_forget_stream(s->in->server->janitor, s->in);
    if (s->step) s->in->server->stepped--;
    buf_done(&s->kept);
    if (s->packer) deflateEnd(s->packer);
    free(s->packer);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->mutex);
    free(s->ring);
    free(s);
}

/* With the mutex held. Before the first wake this queues the response. */
static void wake_reader(struct stream *s)
{
    if (!s->suspended) return;
    s->suspended = false;
    if (s->in->phase == PHASE_HANDLER) s->in->phase = PHASE_READY;
    MHD_resume_connection(s->in->connection);
}

/* Waits for room, with the mutex held. False when there will be none. */
static bool wait_for_room(struct stream *s)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += STREAM_STALL_MS / 1000;
    while (s->n == STREAM_BUFFER && !s->gone && !s->aborted) {
        wake_reader(s);
        if (pthread_cond_timedwait(&s->changed, &s->mutex, &end) == ETIMEDOUT) {
            s->aborted = true;
            break;
        }
    }
    return !s->gone && !s->aborted;
}

static size_t put(struct stream *s, str data)
{
    const size_t tail = (s->head + s->n) % STREAM_BUFFER;
    const size_t n = MIN(data.n, MIN(STREAM_BUFFER - s->n, STREAM_BUFFER - tail));
    memcpy(s->ring + tail, data.p, n);
    if (!s->n) s->oldest_ms = monotonic_ms();
    s->n += n;
    return n;
}

/* Moves from what is kept to the ring, with the mutex held. */
static void refill(struct stream *s)
{
    while (s->kept_sent < s->kept.n && s->n < STREAM_BUFFER)
        s->kept_sent += put(s, str_slice(buf_str(&s->kept), s->kept_sent, s->kept.n));
    if (s->kept_sent < s->kept.n) return;
    buf_done(&s->kept); /* a stream that waits holds no more than its ring */
    s->kept = (struct buf){0};
    s->kept_sent = 0;
}

/* Compresses; only the thread that writes, and without the mutex, so that nobody waits for it. */
static void pack(z_stream *z, str data, int flush, struct buf *out)
{
    z->next_in = (const Bytef *)data.p;
    z->avail_in = (uInt)data.n;
    do {
        z->next_out = (Bytef *)buf_reserve(out, PACK_BLOCK);
        z->avail_out = PACK_BLOCK;
        deflate(z, flush);
        buf_added(out, PACK_BLOCK - z->avail_out);
    } while (z->avail_out == 0);
}

/* What a step writes never waits. */
static bool keep(struct stream *s, str data, int flush)
{
    bool alive = false;
    auto_buf packed = {0};
    if (s->packer) {
        pack(s->packer, data, flush, &packed);
        data = buf_str(&packed);
    }
    MUTEX_SCOPE(&s->mutex)
    {
        alive = !s->gone && !s->aborted;
        if (alive) {
            buf_add(&s->kept, data);
            refill(s);
        }
        if (s->n >= STREAM_WAKE) wake_reader(s);
    }
    return alive;
}

bool stream_write(struct stream *s, str data)
{
    bool alive = true;
    if (s->step) return keep(s, data, Z_NO_FLUSH);
    MUTEX_SCOPE(&s->mutex)
    {
        while (data.n && (alive = wait_for_room(s))) {
            const size_t n = put(s, data);
            data = str_slice(data, n, data.n);
        }
        if (alive) alive = !s->gone && !s->aborted;
        if (s->n >= STREAM_WAKE) wake_reader(s);
    }
    return alive;
}

void stream_flush(struct stream *s)
{
    MUTEX_SCOPE(&s->mutex)
    {
        if (s->n) wake_reader(s);
    }
}

void stream_tick(struct stream *s, int64_t now_ms)
{
    MUTEX_SCOPE(&s->mutex)
    {
        if (s->n && now_ms - s->oldest_ms >= STREAM_FLUSH_MS) wake_reader(s);
    }
}

void stream_abort(struct stream *s)
{
    MUTEX_SCOPE(&s->mutex)
    s->aborted = true;
}

bool stream_alive(struct stream *s)
{
    bool alive = false;
    MUTEX_SCOPE(&s->mutex)
    alive = !s->gone && !s->aborted;
    return alive;
}

void stream_end(struct stream *s)
{
    struct inner *in = s->in;
    MUTEX_SCOPE(&s->mutex)
    {
        s->ended = true;
        wake_reader(s);
    }
    inner_unref(in);
}

/* ---- steps ---- */

static void run_step(struct work *w)
{
    struct inner *in = (struct inner *)((char *)w - offsetof(struct inner, work));
    const struct http_server *server = in->server;
    struct stream *s = in->x.reply.stream;
    /* Whoever reads it can go on elsewhere; a server that stops cannot wait for all of it. */
    if (server->stopping) stream_abort(s);
    if (stream_alive(s)) server->hooks->step(server->app, &in->x);
    inner_answered(in);
}

/* With the mutex held. When the exchange is waiting for its next step. */
static void hand_to_pool(struct stream *s)
{
    if (!s->waits_for_step) return;
    s->waits_for_step = false;
    s->in->work.run = run_step;
    pool_push_always(inner_pool(s->in), &s->in->work);
}

static z_stream *packer_new(void)
{
    z_stream *z = calloc(1, sizeof *z);
    if (!z || deflateInit2(
                  z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        log_die("out of memory");
    return z;
}

bool stream_in_steps(struct stream *s, stream_step *step, void *data)
{
    struct http_server *server = s->in->server;
    assert(!s->step && !s->n && server->hooks->step);
    if (++server->stepped > STREAM_STEPPED_MAX) {
        server->stepped--;
        return false;
    }
    s->step = step;
    s->step_data = data;
    if (!s->gone && mime_compressible(s->in->x.reply.type) &&
        request_accepts_encoding(&s->in->x.request, STR("gzip")))
        s->packer = packer_new();
    return true;
}

bool stream_is_packed(const struct stream *s)
{
    return s->packer != NULL;
}

fallible stream_next_step(struct stream *s, struct ctx *cx)
{
    TRY(s->step(cx, s, s->step_data, &s->done));
    /* The client can unpack all that was written so far. */
    if (s->packer) (void)keep(s, STR(""), s->done ? Z_FINISH : Z_SYNC_FLUSH);
    return NULL;
}

bool stream_wait(struct stream *s)
{
    bool waits = false;
    MUTEX_SCOPE(&s->mutex)
    {
        waits = s->step && !s->done && !s->gone && !s->aborted;
        if (waits) {
            s->waits_for_step = true;
            if (s->kept.n == 0 && s->n <= STREAM_LOW) hand_to_pool(s);
        }
    }
    return waits;
}

void stream_gone(struct stream *s)
{
    MUTEX_SCOPE(&s->mutex)
    {
        s->gone = true;
        pthread_cond_broadcast(&s->changed);
        hand_to_pool(s);
    }
}

static ssize_t take(struct stream *s, char *out, size_t most)
{
    if (s->aborted) return MHD_CONTENT_READER_END_WITH_ERROR;
    if (s->n == 0 && s->ended) return MHD_CONTENT_READER_END_OF_STREAM;
    if (s->n == 0) {
        s->suspended = true;
        MHD_suspend_connection(s->in->connection);
        return 0;
    }
    const size_t n = MIN(most, MIN(s->n, STREAM_BUFFER - s->head));
    memcpy(out, s->ring + s->head, n);
    s->head = (s->head + n) % STREAM_BUFFER;
    s->n -= n;
    pthread_cond_signal(&s->changed);
    if (s->step) refill(s);
    if (s->kept.n == 0 && s->n <= STREAM_LOW) hand_to_pool(s);
    return (ssize_t)n;
}

/* On the event thread. */
static ssize_t send_some(void *cls, uint64_t at, char *out, size_t most)
{
    struct stream *s = cls;
    ssize_t n = 0;
    MUTEX_SCOPE(&s->mutex)
    n = take(s, out, most);
    return n;
}

struct MHD_Response *stream_response(struct inner *in)
{
    return MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, STREAM_WAKE, send_some, in->x.reply.stream, NULL);
}
