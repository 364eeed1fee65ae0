/* What the worker and the box's nursery agree on besides wire.h: descriptors and reports.
 *
 * An order is one message on the control socket (SOCK_SEQPACKET): its bytes, and as SCM_RIGHTS the
 * descriptors in the order of BOX_PASSED_*. The nursery forks a job for it and reports the job's
 * end on the job's own socket. Closing the job's socket kills the job, closing the control socket
 * means no more orders; the nursery ends with its last job.
 */
#pragma once

#include <stdint.h>

enum {
    BOX_PASSED_JOB,    /* the nursery's end of the job's socket */
    BOX_PASSED_OUTPUT, /* stdout of a command, where a decoder writes its answer */
    BOX_PASSED_ERRORS, /* stderr */
    BOX_PASSED_INPUT,
    BOX_PASSED_MORE, /* from here on: output files, a command's further descriptors */
    BOX_PASSED_MAX = BOX_PASSED_MORE + 4,
};

/* Where descriptors are in a job's process. */
enum {
    BOX_FD_CONTROL = 3, /* in the nursery */
    BOX_FD_ANSWER = 3,  /* in a decoding job */
    BOX_FD_INPUT = 5,
    BOX_FD_MORE = 6,
};

/* How a command's process exits when it could not become the command. */
enum {
    BOX_EXIT_NO_SANDBOX = 125,
    BOX_EXIT_NO_PROGRAM = 127,
};

struct box_report {
    int32_t status; /* as wait(2) says; -1: the job could not be made */
    uint32_t cpu_ms;
    uint32_t memory_kb; /* the most that was resident */
};
