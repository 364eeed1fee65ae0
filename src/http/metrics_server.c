#define BANNED_ALLOW_MALLOC /* the server outlives every arena */

#include "core/fd.h"
#include "core/log.h"
#include "http/listen.h"
#include "http/metrics.h"
#include "http/refusal.h"

#include <microhttpd.h>
#include <stdlib.h>

#include "core/banned.h"

enum {
    CONNECTIONS_MAX = 32,
    TIMEOUT_S = 30,
};

struct metrics_server {
    struct metrics *metrics;
    struct MHD_Daemon *daemon;
    uint16_t port;
};

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, str body)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p, MHD_RESPMEM_MUST_COPY);
    if (!response) return MHD_NO;
    MHD_add_response_header(response, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    const enum MHD_Result queued = refusal_pass(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *data_n, void **context)
{
    struct metrics_server *s = cls;
    if (!*context) {
        *context = s; /* the header is there; the answer comes behind the body */
        return MHD_YES;
    }
    if (*data_n) {
        *data_n = 0;
        return MHD_YES;
    }
    const bool reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    if (!reads || strcmp(url, "/metrics") != 0) return answer(connection, 404, STR("Not Found\n"));
    auto_buf text = {0};
    metrics_print(s->metrics, &text);
    return answer(connection, 200, buf_str(&text));
}

fallible metrics_server_start(
    struct metrics_server **out, struct metrics *m, const char *host, uint16_t port)
{
    auto_fd listener = -1;
    uint16_t bound;
    TRY(http_listen(host, port, &listener, &bound));
    struct metrics_server *s = calloc(1, sizeof *s);
    if (!s) log_die("out of memory");
    *s = (struct metrics_server){.metrics = m, .port = bound};
    s->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, s,
        MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S, MHD_OPTION_END);
    if (!s->daemon) {
        free(s);
        FAIL(INTERNAL, "libmicrohttpd does not start");
    }
    (void)TAKE(listener); /* closed by MHD_stop_daemon */
    *out = s;
    return NULL;
}

uint16_t metrics_server_port(const struct metrics_server *s)
{
    return s->port;
}

void metrics_server_stop(struct metrics_server *s)
{
    if (!s) return;
    MHD_stop_daemon(s->daemon);
    free(s);
}
