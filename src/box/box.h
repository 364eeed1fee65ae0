/* The box: untrusted files are decoded in a process of their own that can do nothing else.
 *
 * What for  Workers hand over one open file and get back typed facts and files; a hostile file can
 *           crash, hang or bloat only the process that was made for it. Three kinds of job:
 *           box_run (images and video probes, in process, not even able to open a file),
 *           box_child_run (ffmpeg, one run) and box_exiftool_run (ExifTool, loaded once and forked
 *           for each file). docs/decisions/0002-box-nursery.md says how they are started.
 * Owns      one helper process ("nursery") and ExifTool, both started on need and gone after
 *           BOX_IDLE_MS without work. Descriptors passed in stay the caller's.
 * Memory    results live in cx->arena.
 * Threads   any; every call blocks until its job is done or its limit is reached.
 * Fails     with a reason that box_failure_of() classifies; outputs are untouched then (output
 *           files may hold part of the data: write to a temporary name). What was killed
 *           from outside is tried a few times. Nothing here retries a file that crashed its
 *           decoder (ExifTool's forks excepted: who killed one is not known); counting crashes is
 *           the caller's.
 */
#pragma once

#include "box/wire.h"
#include "core/ctx.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BOX_IDLE_MS = 30 * 1000,     /* ExifTool first, then the nursery: a minute in all */
    BOX_TIMEOUT_MS = 120 * 1000, /* of a job that names none */
    BOX_ERRORS_MAX = 4 * 1024,   /* what is kept of a job's stderr: the end */
};
#define BOX_MEMORY ((uint64_t)1536 * 1024 * 1024)       /* of a job that names none */
#define BOX_CHILD_MEMORY ((uint64_t)4096 * 1024 * 1024) /* of address space: a transcode of 4K */
#define BOX_FILE_MAX ((uint64_t)1024 * 1024 * 1024)

/* What kind of failure an error of the box is; BOX_FINE for NULL and errors of other modules. */
enum box_failure box_failure_of(err e);
/* Another try with the same file would fail the same way. */
bool box_failure_is_files_fault(enum box_failure failure);

/* Where things are; once, before the first job. Members that are NULL take the default: tintype-box
 * beside the running executable, ExifTool as $TINTYPE_EXIFTOOL says. */
struct box_settings {
    const char *program;
    const char *exiftool; /* the program; its folder also holds lib/ */
    /* Runs ffmpeg and ExifTool without Landlock too, kept from writing and from the network by
     * seccomp, but able to read what the worker's user can read. */
    bool allow_weak_child;
};
void box_configure(const struct box_settings *settings);
/* Ends the helpers; jobs that still run fail. */
void box_shutdown(void);

/* What guards the jobs on this machine, for logs and the health endpoint. */
struct box_status {
    int landlock_abi; /* 0: the kernel has none */
    bool child_allowed;
    const char *summary; /* a sentence for an admin */
};
fallible box_status_get(struct ctx *cx, struct box_status *out);

/* Decodes one file in process: an image into files, or a video's facts. */
struct box_request {
    enum box_task task; /* BOX_IMAGE or BOX_PROBE */
    int input_fd;
    int output_fds[BOX_OUTPUTS_MAX]; /* one for each of image.outputs, opened for writing */
    int64_t timeout_ms;              /* 0: BOX_TIMEOUT_MS */
    uint64_t memory_bytes;           /* 0: BOX_MEMORY */
    union {
        struct box_image image;
        struct box_probe probe;
    };
};
fallible box_run(struct ctx *cx, const struct box_request *request, struct box_answer *out);

/* One run of a program in the child profile: it reads below /usr, /lib and /etc, the input, and
 * nothing else; it writes to its stdout and below `folder`; it has no sockets. */
struct box_child {
    const char *const *argv; /* ends with NULL; argv[0] is a path, e.g. BOX_FFMPEG */
    int input_fd;            /* the program opens it as BOX_CHILD_INPUT; -1: none */
    int output_fd;           /* takes stdout; -1: stdout is collected */
    size_t output_limit;     /* of the collected stdout or of one file written */
    const char *folder;      /* the one folder it may write to; NULL: none */
    uint64_t memory_bytes;   /* 0: BOX_CHILD_MEMORY */
    int64_t timeout_ms;      /* 0: BOX_TIMEOUT_MS */
};
#define BOX_CHILD_INPUT "/proc/self/fd/5"
#define BOX_FFMPEG "/usr/bin/ffmpeg"

struct box_child_result {
    str output;
    str errors; /* the end of its stderr */
};
fallible box_child_run(struct ctx *cx, const struct box_child *child, struct box_child_result *out);

/* Files through ExifTool (its command's arguments: -j, -struct, -b, -o - …). The arguments name a
 * file as `name` does, e.g. "input.nef" and "sidecar.xmp"; ExifTool reads it from the descriptor,
 * the extension only helps it to tell kinds of TIFF apart. Nothing can be written but stdout. A
 * non-zero exit without output is BOX_TOOL_FAILED with the end of stderr as reason. */
enum { BOX_EXIFTOOL_FILES_MAX = 4 };
struct box_exiftool_file {
    const char *name; /* no slash */
    int fd;
};
struct box_exiftool {
    const char *const *arguments; /* ends with NULL */
    size_t n_files;
    struct box_exiftool_file files[BOX_EXIFTOOL_FILES_MAX];
    size_t output_limit;
    int64_t timeout_ms; /* 0: BOX_TIMEOUT_MS */
};
fallible box_exiftool_run(
    struct ctx *cx, const struct box_exiftool *in, struct box_child_result *out);
