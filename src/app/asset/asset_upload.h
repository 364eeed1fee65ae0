/* Files of uploads: how they get to their place in the media tree, and what a crash leaves behind.
 *
 * A file arrives under a temporary name (http/upload.h). Its final name has the same UUID and is a
 * second link to it, so that the temporary name marks an upload whose rows are not there yet: http/
 * removes it after the reply, and after a crash upload_sweep finds it and with it the final name.
 * Filesystems without hard links get a rename; there a crash in between leaves an untracked file.
 *
 * Owns    the temporary names and, until the rows are committed, the final ones.
 * Threads any; the sweep may run beside uploads of this and other replicas.
 * Fails   with errno's code; upload_place leaves no file under the final name then.
 */
#pragma once

#include "core/ctx.h"
#include "core/time.h"
#include "http/upload.h"

enum {
    /* On network filesystems, where another machine's lock may not be seen: time since the last
     * change. */
    UPLOAD_SWEEP_AGE_S = 24 * 60 * 60,
};

/* Where temporary files of this user go; made when it is missing. */
fallible upload_folder(struct ctx *cx, uuid owner, const char **out);
/* <media>/upload/<owner>/aa/bb/<uuid of the temporary name><extension> */
const char *upload_path(struct ctx *cx, uuid owner, const struct upload_file *file, str extension);
/* Gives the file its time and its final name; both survive a power cut from here on. */
fallible upload_place(
    struct ctx *cx, const struct upload_file *file, const char *path, struct when modified);
/* Removes what uploads left that no process works on any more: files that no row needs. */
fallible upload_sweep(struct ctx *cx);
