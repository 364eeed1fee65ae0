/* Exit statuses by which a role tells the supervisor what to do. */
#pragma once

enum {
    EXIT_RESTART = 7,  /* upstream's number: start me again at once */
    EXIT_REFUSED = 78, /* EX_CONFIG: this installation cannot start; do not try again */
};
