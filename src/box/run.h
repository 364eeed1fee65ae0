/* A job of the box from the worker's side: ordered, waited for, ended. Private to box/.
 *
 * Owns    the job owns its sockets and pipes; descriptors passed in stay the caller's.
 * Threads any, one thread a job.
 * Fails   UNAVAILABLE when the nursery cannot be started, else as box failures.
 */
#pragma once

#include "box/box.h"
#include "box/nursery.h"
#include "core/buf.h"

struct box_job {
    int socket;          /* to the nursery: closing it kills the job */
    int output, errors;  /* read ends; output is -1 when the caller takes it */
    uint64_t generation; /* of the nursery that runs it */
};

struct box_job_start {
    const struct box_order *order;
    int input_fd;  /* -1: none */
    int output_fd; /* takes stdout; -1: a pipe is made */
    int n_more;
    const int *more;
};
fallible box_job_start(struct box_job *out, const struct box_job_start *in);
void box_job_done(struct box_job *job);

struct box_job_end {
    struct box_report report;
    bool timed_out, over_limit;
    struct buf output, errors; /* output.limit bounds what is collected */
};
#define auto_job_end __attribute__((cleanup(box_job_end_done))) struct box_job_end
void box_job_end_done(struct box_job_end *end);

/* One message with descriptors to a nursery or driver; false when it takes none. */
bool box_send(int socket, const struct buf *bytes, const int *fds, size_t n_fds);

/* Collects until the job has ended; it is killed at the deadline (monotonic_ms). */
fallible box_job_wait(struct box_job *job, int64_t deadline_ms, struct box_job_end *end);
/* Takes what a pipe has, at most up to the limit (beyond it `full` is set); closes it at its end.
 */
void box_collect(int *fd, struct buf *into);
/* The failure that an ending means, NULL for exit status 0. `job` because a crash ends its nursery.
 */
fallible box_job_failure(const struct box_job *job, const struct box_job_end *end);
/* The last line of stderr. */
str box_last_line(const struct buf *errors);

/* The settings of box_configure with defaults filled in. */
struct box_settings box_settings_get(void);
void box_exiftool_shutdown(void);
