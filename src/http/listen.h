/* A listening TCP socket.
 *
 * Owns    nothing; the caller closes the descriptor.
 * Threads any.
 * Fails   BAD_REQUEST for a host that does not resolve, INTERNAL when it cannot be bound.
 */
#pragma once

#include "core/err.h"

#include <stdint.h>

/* host NULL = all interfaces, IPv6 and IPv4; port 0 = any free one, *bound says which. */
fallible http_listen(const char *host, uint16_t port, int *out, uint16_t *bound);
