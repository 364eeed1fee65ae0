#define BANNED_ALLOW_MALLOC /* sockets and messages live between threads, beyond any request */

#include "core/log.h"
#include "core/size.h"
#include "core/thread.h"
#include "core/time.h"
#include "http/metrics.h"
#include "http/refusal.h"
#include "http/socketio.h"
#include "http/ws.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

#include "core/banned.h"

enum {
    PING_INTERVAL_MS = 25 * 1000,
    PING_TIMEOUT_MS = 20 * 1000,
    CONNECT_TIMEOUT_MS = 45 * 1000,
    CLOSE_TIMEOUT_MS = 5 * 1000, /* for the client's half of the closing handshake */
    TICK_MS = 250,
    EVENTS_MAX = 64,
    MAIL_BYTES_MAX = 64 * 1024 * 1024,
    STACK = 256 * 1024,
    WAKE = WS_SOCKETS_MAX, /* epoll data of the mailbox */
};

enum socket_state {
    WAITING,        /* for the client's "40" */
    AUTHENTICATING, /* a handler thread looks */
    JOINED,
    OUTSIDE, /* refused or left the namespace; the websocket stays open */
};

struct socket {
    struct ws *ws;
    int fd;
    unsigned slot;
    uint64_t id; /* never used again, unlike the slot */
    enum socket_state state;
    wslay_event_context_ptr wslay;
    struct inner *in; /* the upgrade request, until it was authenticated */
    struct ws_rooms rooms;
    char *early; /* bytes that came with the handshake */
    size_t early_n, early_at;
    int64_t connect_deadline_ms, ping_at_ms, pong_deadline_ms, close_deadline_ms;
    uint32_t interest;
    bool ending;
};

enum mail_kind { MAIL_SOCKET, MAIL_EVENT, MAIL_AUTHENTICATED };

struct mail {
    struct mail *next;
    enum mail_kind kind;
    struct inner *in;      /* MAIL_SOCKET */
    int fd;                /* MAIL_SOCKET */
    uint64_t socket_id;    /* MAIL_AUTHENTICATED */
    struct ws_rooms rooms; /* MAIL_AUTHENTICATED; none: refused. MAIL_EVENT: where to */
    struct work work;      /* MAIL_AUTHENTICATED: the way there and back */
    struct ws *ws;
    size_t n;
    char text[]; /* MAIL_EVENT: the frame; MAIL_SOCKET: early bytes */
};

struct ws {
    struct http_server *server;
    const struct ws_hooks *hooks;
    pthread_t thread;
    int epoll, wake;
    pthread_mutex_t mutex; /* of the mailbox */
    struct mail *mail, **mail_tail;
    size_t mail_bytes;
    bool stopping;
    struct socket *sockets[WS_SOCKETS_MAX];
    uint64_t last_id;
    atomic_size_t sockets_n, joined_n;
    int64_t ping_interval_ms, ping_timeout_ms, connect_timeout_ms;
};

/* ---- the mailbox ---- */

/* With room for n bytes of text. */
static struct mail *mail_new(struct ws *w, enum mail_kind kind, size_t n)
{
    struct mail *m = calloc(1, sizeof *m + n);
    if (!m) log_die("out of memory");
    m->ws = w;
    m->kind = kind;
    m->n = n;
    return m;
}

/* False when the thread is gone or too far behind; events may be lost then, nothing else is. */
static bool post(struct ws *w, struct mail *m)
{
    bool posted = false;
    MUTEX_SCOPE(&w->mutex)
    {
        posted = !w->stopping && (m->kind != MAIL_EVENT || w->mail_bytes + m->n < MAIL_BYTES_MAX);
        if (posted) {
            *w->mail_tail = m;
            w->mail_tail = &m->next;
            w->mail_bytes += m->n;
        }
    }
    const uint64_t one = 1;
    if (posted && write(w->wake, &one, sizeof one) < 0) log_debug("the websocket thread is awake");
    return posted;
}

static struct mail *collect(struct ws *w, bool *stopping)
{
    uint64_t count;
    struct mail *all = NULL;
    if (read(w->wake, &count, sizeof count) < 0 && errno != EAGAIN) log_warn("eventfd failed");
    MUTEX_SCOPE(&w->mutex)
    {
        all = w->mail;
        w->mail = NULL;
        w->mail_tail = &w->mail;
        w->mail_bytes = 0;
        *stopping = w->stopping;
    }
    return all;
}

/* ---- frames ---- */

static ssize_t receive(wslay_event_context_ptr wslay, uint8_t *out, size_t n, int flags, void *user)
{
    struct socket *s = user;
    if (s->early_at < s->early_n) {
        const size_t some = MIN(n, s->early_n - s->early_at);
        memcpy(out, s->early + s->early_at, some);
        s->early_at += some;
        return (ssize_t)some;
    }
    const ssize_t got = recv(s->fd, out, n, MSG_DONTWAIT);
    if (got > 0) return got;
    const bool again = got < 0 && (errno == EAGAIN || errno == EINTR);
    wslay_event_set_error(wslay, again ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static ssize_t transmit(
    wslay_event_context_ptr wslay, const uint8_t *p, size_t n, int flags, void *user)
{
    const struct socket *s = user;
    const ssize_t sent =
        send(s->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL | (flags & WSLAY_MSG_MORE ? MSG_MORE : 0));
    if (sent >= 0) return sent;
    const bool again = errno == EAGAIN || errno == EINTR;
    wslay_event_set_error(wslay, again ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static void say(struct socket *s, str text)
{
    const struct wslay_event_msg message = {WSLAY_TEXT_FRAME, (const uint8_t *)text.p, text.n};
    if (s->ending) return;
    if (wslay_event_get_queued_msg_length(s->wslay) + text.n > WS_PENDING_MAX) {
        log_info("websocket client does not read, dropping it");
        s->ending = true;
    } else if (wslay_event_queue_msg(s->wslay, &message) != 0) {
        s->ending = true;
    }
}

static void say_goodbye(struct socket *s, uint16_t code)
{
    s->close_deadline_ms = monotonic_ms() + CLOSE_TIMEOUT_MS;
    wslay_event_queue_close(s->wslay, code, NULL, 0);
}

/* ---- authentication, on a handler thread ---- */

static void run_connected(struct work *w)
{
    struct mail *m = (struct mail *)((char *)w - offsetof(struct mail, work));
    struct http_server *s = m->ws->server;
    m->ws->hooks->connected(s->app, &m->rooms);
    free(m);
}

static void run_authenticate(struct work *w)
{
    struct mail *m = (struct mail *)((char *)w - offsetof(struct mail, work));
    struct inner *in = m->in;
    struct ws_rooms rooms = {0};
    log_context(cstr(in->x.arena, in->x.request.correlation_id));
    if (m->ws->hooks->authenticate(in->server->app, &in->x, &rooms)) m->rooms = rooms;
    log_context(NULL);
    inner_unref(in);
    if (!post(m->ws, m)) free(m);
}

static void begin_authentication(struct socket *s)
{
    struct mail *m = mail_new(s->ws, MAIL_AUTHENTICATED, 0);
    m->socket_id = s->id;
    m->in = s->in; /* with its reference */
    s->in = NULL;
    s->state = AUTHENTICATING;
    m->work.run = run_authenticate;
    pool_push_always(s->ws->server->handlers, &m->work); /* at most one a socket */
}

static void join_or_refuse(struct socket *s, struct mail *m)
{
    if (!m->rooms.n) {
        s->state = OUTSIDE;
        say(s, STR("42[\"error\",\"unauthorized\"]"));
        say(s, STR("41"));
        free(m);
        return;
    }
    s->rooms = m->rooms;
    s->state = JOINED;
    s->ws->joined_n++;
    if (!s->ws->hooks->connected) {
        free(m);
        return;
    }
    m->work.run = run_connected;
    pool_push_always(s->ws->server->handlers, &m->work);
}

/* ---- packets ---- */

static void leave(struct socket *s)
{
    if (s->state == JOINED) s->ws->joined_n--;
    s->rooms.n = 0;
    s->state = OUTSIDE;
}

static void on_packet(struct socket *s, str received)
{
    char sid[SIO_SID_TEXT], text[SIO_SPACE_MAX + 64];
    int n;
    const struct sio_packet packet = sio_parse(received);
    switch (packet.kind) {
    case SIO_INVALID:
        say_goodbye(s, WSLAY_CODE_POLICY_VIOLATION);
        break;
    case SIO_CLOSE:
        say_goodbye(s, WSLAY_CODE_NORMAL_CLOSURE);
        break;
    case SIO_PONG:
        s->pong_deadline_ms = 0;
        break;
    case SIO_CONNECT:
        if (s->state != WAITING) break;
        sio_sid(sid);
        n = snprintf(text, sizeof text, "40{\"sid\":\"%s\"}", sid);
        say(s, (str){text, (size_t)n});
        begin_authentication(s);
        break;
    case SIO_CONNECT_UNKNOWN:
        n = snprintf(
            text, sizeof text, "44%.*s,{\"message\":\"Invalid namespace\"}", FMT(packet.space));
        say(s, (str){text, (size_t)n});
        break;
    case SIO_DISCONNECT:
        if (s->state == JOINED) leave(s);
        break;
    case SIO_IGNORED:
        break;
    }
}

static void on_message(
    wslay_event_context_ptr wslay, const struct wslay_event_on_msg_recv_arg *message, void *user)
{
    struct socket *s = user;
    if (message->opcode == WSLAY_TEXT_FRAME)
        on_packet(s, (str){(const char *)message->msg, message->msg_length});
    else if (message->opcode == WSLAY_BINARY_FRAME)
        say_goodbye(s, WSLAY_CODE_UNSUPPORTED_DATA);
}

/* ---- sockets ---- */

static void socket_free(struct socket *s)
{
    struct ws *w = s->ws;
    leave(s);
    w->sockets[s->slot] = NULL;
    metric_add(w->server->websockets, STR(""), -1);
    w->sockets_n--;
    close(s->fd); /* leaves the epoll set */
    if (s->in) inner_unref(s->in);
    wslay_event_context_free(s->wslay);
    free(s->early);
    free(s);
}

/* Sends what can be sent and asks epoll for the rest; frees the socket when it is over. */
static void settle(struct socket *s)
{
    if (!s->ending && wslay_event_want_write(s->wslay) && wslay_event_send(s->wslay) != 0)
        s->ending = true;
    const bool reads = wslay_event_want_read(s->wslay), writes = wslay_event_want_write(s->wslay);
    if (s->ending || (!reads && !writes)) {
        socket_free(s);
        return;
    }
    const uint32_t interest = (reads ? (uint32_t)EPOLLIN : 0) | (writes ? (uint32_t)EPOLLOUT : 0);
    if (interest == s->interest) return;
    struct epoll_event event = {.events = interest, .data.u64 = s->slot};
    epoll_ctl(s->ws->epoll, EPOLL_CTL_MOD, s->fd, &event);
    s->interest = interest;
}

static void greet(struct socket *s)
{
    char sid[SIO_SID_TEXT], text[256];
    sio_sid(sid);
    const int n = snprintf(text, sizeof text,
        "0{\"sid\":\"%s\",\"upgrades\":[],\"pingInterval\":%lld,\"pingTimeout\":%lld,"
        "\"maxPayload\":%d}",
        sid, (long long)s->ws->ping_interval_ms, (long long)s->ws->ping_timeout_ms, WS_PAYLOAD_MAX);
    say(s, (str){text, (size_t)n});
}

static struct socket *socket_new(struct ws *w, struct mail *m, unsigned slot)
{
    static const struct wslay_event_callbacks CALLBACKS = {
        .recv_callback = receive, .send_callback = transmit, .on_msg_recv_callback = on_message};
    struct socket *s = calloc(1, sizeof *s);
    if (!s || wslay_event_context_server_init(&s->wslay, &CALLBACKS, s) != 0)
        log_die("out of memory");
    wslay_event_config_set_max_recv_msg_length(s->wslay, WS_PAYLOAD_MAX);
    const int64_t now = monotonic_ms();
    s->ws = w;
    s->fd = m->fd;
    s->slot = slot;
    s->id = ++w->last_id;
    s->in = m->in;
    s->connect_deadline_ms = now + w->connect_timeout_ms;
    s->ping_at_ms = now + w->ping_interval_ms;
    s->interest = EPOLLIN;
    if (m->n) {
        s->early = malloc(m->n);
        if (!s->early) log_die("out of memory");
        memcpy(s->early, m->text, m->n);
        s->early_n = m->n;
    }
    return s;
}

static void add_socket(struct ws *w, struct mail *m)
{
    unsigned slot = 0;
    while (slot < WS_SOCKETS_MAX && w->sockets[slot])
        slot++;
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = slot};
    if (slot == WS_SOCKETS_MAX || epoll_ctl(w->epoll, EPOLL_CTL_ADD, m->fd, &event) != 0) {
        close(m->fd);
        inner_unref(m->in);
        w->sockets_n--;
        return;
    }
    struct socket *s = w->sockets[slot] = socket_new(w, m, slot);
    metric_add(w->server->websockets, STR(""), 1);
    greet(s);
    if (s->early_n && wslay_event_recv(s->wslay) != 0) s->ending = true;
    settle(s);
}

static void tick(struct socket *s, int64_t now)
{
    const struct ws *w = s->ws;
    if (s->state == WAITING && now > s->connect_deadline_ms) {
        s->ending = true;
    } else if (s->pong_deadline_ms && now > s->pong_deadline_ms) {
        s->ending = true;
    } else if (s->close_deadline_ms && now > s->close_deadline_ms) {
        s->ending = true;
    } else if (now >= s->ping_at_ms) {
        say(s, STR("2"));
        s->ping_at_ms = now + w->ping_interval_ms;
        if (!s->pong_deadline_ms) s->pong_deadline_ms = now + w->ping_timeout_ms;
    } else {
        return;
    }
    settle(s);
}

/* ---- events ---- */

static bool is_in(const struct socket *s, const struct ws_room *room)
{
    if (s->state != JOINED) return false;
    if (room->kind == WS_ALL) return true;
    for (size_t i = 0; i < s->rooms.n; i++) {
        const struct ws_room *own = &s->rooms.v[i];
        if (own->kind != room->kind) continue;
        if (room->kind == WS_PRIVATE || room->kind == WS_PUBLIC || uuid_eq(own->id, room->id))
            return true;
    }
    return false;
}

/* A look at every socket is cheaper than an index at our WS_SOCKETS_MAX: 10 µs. */
static void deliver(struct ws *w, const struct mail *m)
{
    for (unsigned i = 0; i < WS_SOCKETS_MAX; i++) {
        struct socket *s = w->sockets[i];
        if (!s || !is_in(s, &m->rooms.v[0])) continue;
        say(s, (str){m->text, m->n});
        settle(s);
    }
}

static void on_authenticated(struct ws *w, struct mail *m)
{
    for (unsigned i = 0; i < WS_SOCKETS_MAX; i++) {
        struct socket *s = w->sockets[i];
        if (!s || s->id != m->socket_id) continue;
        join_or_refuse(s, m);
        settle(s);
        return;
    }
    free(m); /* it left meanwhile */
}

static void read_mail(struct ws *w, struct mail *m)
{
    while (m) {
        struct mail *next = m->next;
        switch (m->kind) {
        case MAIL_SOCKET:
            add_socket(w, m);
            free(m);
            break;
        case MAIL_EVENT:
            deliver(w, m);
            free(m);
            break;
        case MAIL_AUTHENTICATED:
            on_authenticated(w, m);
            break;
        }
        m = next;
    }
}

static void close_all(struct ws *w)
{
    for (unsigned i = 0; i < WS_SOCKETS_MAX; i++) {
        struct socket *s = w->sockets[i];
        if (!s) continue;
        say_goodbye(s, WSLAY_CODE_GOING_AWAY);
        (void)wslay_event_send(s->wslay);
        socket_free(s);
    }
}

static void *run(void *p)
{
    struct ws *w = p;
    int64_t ticked = monotonic_ms();
    for (bool stopping = false; !stopping;) {
        struct epoll_event events[EVENTS_MAX];
        const int n = epoll_wait(w->epoll, events, EVENTS_MAX, w->sockets_n ? TICK_MS : -1);
        for (int i = 0; i < n; i++) {
            struct socket *s =
                events[i].data.u64 < WS_SOCKETS_MAX ? w->sockets[events[i].data.u64] : NULL;
            if (!s) continue;
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) &&
                wslay_event_recv(s->wslay) != 0)
                s->ending = true;
            settle(s);
        }
        read_mail(w, collect(w, &stopping));
        const int64_t now = monotonic_ms();
        if (now - ticked < TICK_MS) continue;
        ticked = now;
        for (unsigned i = 0; i < WS_SOCKETS_MAX; i++) {
            if (w->sockets[i]) tick(w->sockets[i], now);
        }
    }
    close_all(w);
    return NULL;
}

/* ---- other threads ---- */

static int64_t or_default(int64_t value, int64_t otherwise)
{
    return value ? value : otherwise;
}

fallible ws_start(struct ws **out, struct http_server *s)
{
    struct ws *w = calloc(1, sizeof *w);
    if (!w) log_die("out of memory");
    w->server = s;
    w->hooks = s->hooks->websocket;
    w->ping_interval_ms = or_default(w->hooks->ping_interval_ms, PING_INTERVAL_MS);
    w->ping_timeout_ms = or_default(w->hooks->ping_timeout_ms, PING_TIMEOUT_MS);
    w->connect_timeout_ms = or_default(w->hooks->connect_timeout_ms, CONNECT_TIMEOUT_MS);
    w->mail_tail = &w->mail;
    pthread_mutex_init(&w->mutex, NULL);
    w->epoll = epoll_create1(EPOLL_CLOEXEC);
    w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = WAKE};
    err e = NULL;
    if (w->epoll < 0 || w->wake < 0 || epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->wake, &event) != 0)
        e = err_errno("epoll", "websocket");
    if (!e) e = thread_start(&w->thread, "http-websocket", STACK, run, w);
    if (e) {
        w->stopping = true;
        ws_free(w);
        return e;
    }
    *out = w;
    return NULL;
}

void ws_stop(struct ws *w)
{
    bool first = false;
    if (!w) return;
    MUTEX_SCOPE(&w->mutex)
    {
        first = !w->stopping;
        w->stopping = true;
    }
    const uint64_t one = 1;
    if (!first) return;
    if (write(w->wake, &one, sizeof one) < 0) log_warn("cannot wake the websocket thread");
    pthread_join(w->thread, NULL);
}

void ws_free(struct ws *w)
{
    if (!w) return;
    if (w->wake >= 0) close(w->wake);
    if (w->epoll >= 0) close(w->epoll);
    pthread_mutex_destroy(&w->mutex);
    free(w);
}

bool ws_wants(const struct ws *w, const struct request *r)
{
    return str_eq(r->path, str_from(w->hooks->path));
}

void ws_check(struct ws *w, struct inner *in)
{
    struct exchange *x = &in->x;
    const struct sio_refusal refusal = sio_check(&x->request);
    if (refusal.message) {
        reply_header(&x->reply, STR("Access-Control-Allow-Origin"), STR("*"));
        reply_bytes(&x->reply, 400, STR("application/json"),
            str_fmt(x->arena, "{\"code\":%d,\"message\":\"%s\"}", refusal.code, refusal.message));
        x->reply.outside_api = true;
    } else if (w->sockets_n >= WS_SOCKETS_MAX || in->server->stopping) {
        answer_busy(x);
    } else {
        w->sockets_n++;
        in->upgraded = true;
    }
}

void ws_cancel(struct ws *w)
{
    w->sockets_n--;
}

/* The socket is ours from here on; libmicrohttpd closes its own descriptor of it. */
static void take_socket(void *cls, struct MHD_Connection *connection, void *context,
    const char *early, size_t early_n, MHD_socket fd, struct MHD_UpgradeResponseHandle *handle)
{
    struct inner *in = cls;
    struct ws *w = in->server->ws;
    struct mail *m = mail_new(w, MAIL_SOCKET, early_n);
    if (early_n) memcpy(m->text, early, early_n);
    m->fd = dup(fd);
    m->in = in;
    in->socket_taken = true;
    inner_ref(in);
    if (m->fd < 0 || !post(w, m)) {
        if (m->fd >= 0) close(m->fd);
        free(m);
        w->sockets_n--;
        inner_unref(in);
    }
    MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
}

enum MHD_Result ws_switch(struct ws *w, struct inner *in)
{
    struct MHD_Response *response = MHD_create_response_for_upgrade(take_socket, in);
    const str key = request_header(&in->x.request, STR("sec-websocket-key"));
    enum MHD_Result queued = MHD_NO;
    if (response) {
        MHD_add_response_header(response, "Upgrade", "websocket");
        MHD_add_response_header(
            response, "Sec-WebSocket-Accept", cstr(in->x.arena, sio_accept_key(in->x.arena, key)));
        queued = refusal_pass(in->connection, 101, response);
        MHD_destroy_response(response);
    }
    in->phase = PHASE_SENDING;
    in->status = 101;
    return queued;
}

void ws_emit(struct http_server *s, struct ws_room room, str event)
{
    struct ws *w = s->ws;
    if (!w || !w->joined_n) return;
    struct mail *m = mail_new(w, MAIL_EVENT, event.n + 2);
    memcpy(m->text, "42", 2);
    if (event.n) memcpy(m->text + 2, event.p, event.n);
    m->rooms = (struct ws_rooms){.v = {room}, .n = 1};
    if (post(w, m)) return;
    log_warn("event lost: the websocket thread is too far behind");
    free(m);
}

size_t ws_socket_count(struct http_server *s)
{
    return s->ws ? s->ws->joined_n : 0;
}
