/* A multipart body as it becomes temporary files and text fields.
 *
 * begin() (a pool thread, headers only) either answers or fills `rules`; then the body is parsed
 * while it arrives, and handle() finds the files whole, hashed and not yet synced, under temporary
 * names in rules.folder. Whoever wants to keep one renames it; http/ unlinks what is left under a
 * temporary name after the reply was made, also when the client went away.
 *
 * Owns    texts in the exchange's arena; the descriptors are closed with the exchange.
 * Threads the pool thread that runs the hook. Between begin and handle: accept_file on an upload
 *         thread, never two at a time.
 * Fails   http/ answers itself: missing boundary, unexpected or repeated file fields, empty files,
 *         limits, truncated bodies (400), a full disk (507), one that is away (503), other I/O
 * errors (500).
 */
#pragma once

#include "core/err.h"
#include "core/hash.h"
#include "http/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app;
struct exchange;

enum {
    UPLOAD_FILES_MAX = 4,
    UPLOAD_FIELD_MAX = 1024 * 1024, /* bytes of one text field */
    UPLOAD_FIELDS_MAX = 128,
    UPLOAD_FIELDS_TOTAL_MAX = 4 * 1024 * 1024,
};

/* Temporary names are UPLOAD_PREFIX and a UUID. The file is locked (flock) while it is ours:
 * whoever owns the folder sweeps at start what nobody holds. */
#define UPLOAD_PREFIX ".tintype-upload-"

struct upload_file {
    str field;    /* part name: "assetData" */
    str filename; /* the part's own, UTF-8, without folders; may be empty */
    str type;     /* the part's Content-Type, "" when not sent */
    const char *path;
    int fd;    /* open for reading and writing */
    bool left; /* see upload_leave */
    uint64_t size;
    uint8_t sha1[SHA1_SIZE];
};

struct upload_rules {
    const char *folder;             /* exists; on the filesystem of the final place */
    const char *const *file_fields; /* NULL-terminated; each may come once */
    /* Asked before the first byte of a file part is stored, with the fields that came before it in
     * x->upload->fields; an error is the answer. NULL accepts all. */
    fallible (*accept_file)(struct app *app, struct exchange *x, const struct upload_file *file);
    bool keep_empty; /* otherwise a file of zero bytes is 400 "File is empty" */
};

struct upload {
    struct upload_rules rules; /* set by begin */
    struct params fields;      /* text fields in the order they came */
    struct upload_file files[UPLOAD_FILES_MAX];
    size_t files_n;
};

/* Nobody knows whether the file is needed: when the exchange ends its temporary name stays, for
 * whoever sweeps the folder to decide. It comes back where it was renamed. */
void upload_leave(const struct upload_file *file);

/* The file of that field, NULL when it did not come. */
const struct upload_file *upload_file_find(const struct upload *u, str field);
