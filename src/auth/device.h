/* What kind of device a request came from, as the list of sessions shows it (contract/http §2.4).
 * Memory: texts point into the request. Threads any. Never fails; unknown is the empty text. */
#pragma once

#include "core/opt.h"

struct request;

struct device {
    str type;                   /* browser, or the header devicemodel */
    str os;                     /* operating system, or the header devicetype */
    struct opt_str app_version; /* of the official apps; IS_NULL for everything else */
};

struct device device_of_request(const struct request *request);
