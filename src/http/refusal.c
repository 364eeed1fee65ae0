#include "core/log.h"
#include "core/size.h"
#include "http/janitor.h"
#include "http/refusal.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>

#include "core/banned.h"

enum {
    HEAD_MAX = 256,
};

typedef enum MHD_Result queue_function(
    struct MHD_Connection *connection, unsigned status, struct MHD_Response *response);

static queue_function *library_queue;

static void find_library(void)
{
    void *found = dlsym(RTLD_NEXT, "MHD_queue_response");
    if (!found) log_die("libmicrohttpd has no MHD_queue_response");
    memcpy(&library_queue, &found, sizeof found); /* ISO C has no cast for it */
}

enum MHD_Result refusal_pass(
    struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_library);
    return library_queue(connection, status, response);
}

void refusal_send(struct MHD_Connection *connection, struct link *link, unsigned status, str body)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    char head[HEAD_MAX];
    const int n = snprintf(head, sizeof head,
        "HTTP/1.1 %u Refused\r\nContent-Type: application/json; charset=utf-8\r\n"
        "Content-Length: %zu\r\nConnection: close\r\n\r\n",
        status, body.n);
    struct iovec parts[] = {{head, (size_t)n}, {(void *)(uintptr_t)body.p, body.n}};
    const struct msghdr message = {.msg_iov = parts, .msg_iovlen = LENGTH(parts)};
    link->linger = true;
    if (sendmsg(info->connect_fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        log_debug("refusal not sent", KV("errno", errno));
}

static str words_of(unsigned status)
{
    switch (status) {
    case 413:
        return STR("{\"message\":\"Request is too large\"}");
    case 414:
        return STR("{\"message\":\"Request target is too long\"}");
    case 431:
        return STR("{\"message\":\"Request header is too large\"}");
    }
    return STR("{\"message\":\"Malformed request\"}");
}

/* Only the library comes here. Its 500 and 505 are for faults of the client too: a line of a chunk
 * that never ends, a version that nobody speaks. */
enum MHD_Result MHD_queue_response(
    struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct link *link = info ? info->socket_context : NULL;
    if (!link) return refusal_pass(connection, status, response); /* not the server's port */
    refusal_send(connection, link, status < 500 ? status : 400, words_of(status));
    return MHD_NO;
}
