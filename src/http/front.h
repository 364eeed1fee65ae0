/* What happens on the event threads: the callbacks that libmicrohttpd is started with.
 * Nothing here may block. */
#pragma once

#include "http/exchange.h"

/* `cls` of all is the struct http_server. */
void *front_on_target(void *cls, const char *target, struct MHD_Connection *connection);
size_t front_unescape(void *cls, struct MHD_Connection *connection, char *text);
enum MHD_Result front_on_request(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *data_n, void **context);
void front_on_completed(void *cls, struct MHD_Connection *connection, void **context,
    enum MHD_RequestTerminationCode why);
void front_on_connection(void *cls, struct MHD_Connection *connection, void **context,
    enum MHD_ConnectionNotificationCode code);
