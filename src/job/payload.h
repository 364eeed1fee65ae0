/* What jobs are given: one struct a kind of payload, stored as JSON by its field table.
 *
 * Member names are the contract's (clients see payloads in the list of a queue's jobs).
 * Memory  decoded payloads live in the arena of the job. Threads any.
 */
#pragma once

#include "core/opt.h"
#include "json/fields.h"

struct empty_job {
    char unused; /* C wants a member; the payload is {} */
};

/* force: all, not only what is missing; absent means "refresh" to some. */
struct force_job {
    struct opt_bool force;
    struct opt_bool nightly;
};

struct id_job {
    uuid id;
};

/* source: upload, copy or sidecar-write; what follows depends on it. */
struct asset_job {
    uuid id;
    struct opt_str source;
    struct opt_bool notify;
};

struct recognition_job {
    uuid id; /* of the face */
    struct opt_bool deferred;
};

struct library_files_job {
    uuid libraryId;
    struct list_str paths;
    struct opt_int progressCounter, totalAssets;
};

struct library_assets_job {
    uuid libraryId;
    struct list_str importPaths, exclusionPatterns;
    struct list_uuid assetIds;
    int64_t progressCounter, totalAssets;
};

struct asset_delete_job {
    uuid id;
    bool deleteOnDisk;
};

struct file_delete_job {
    struct list_str files;
};

struct user_delete_job {
    uuid id;
    struct opt_bool force;
    struct opt_str storageLabel; /* of an account whose rows are gone; ours alone */
};

struct user_signup_job {
    uuid id;
    struct opt_str password;
};

struct album_invite_job {
    uuid id; /* of the album */
    uuid recipientId;
    str senderName;
};

struct album_update_job {
    uuid id; /* of the album */
    uuid recipientId;
};

struct mail_job {
    str to, subject, html, text;
    struct opt_str imageAttachments; /* JSON: [{filename, path, cid}] */
};

struct integrity_job {
    struct opt_bool refreshOnly;
};

/* Files that were found on disk: type asset or asset_file. */
struct integrity_paths_job {
    str type;
    struct list_str paths;
};

/* Rows that are looked at again: their ids. */
struct integrity_items_job {
    struct list_uuid ids;
};

struct integrity_type_job {
    struct opt_str type; /* absent: reports of every type */
};

struct workflow_job {
    uuid workflowId, assetId;
    str trigger;
};

extern const struct fields empty_job_fields, force_job_fields, id_job_fields, asset_job_fields,
    recognition_job_fields, library_files_job_fields, library_assets_job_fields,
    asset_delete_job_fields, file_delete_job_fields, user_delete_job_fields, user_signup_job_fields,
    album_invite_job_fields, album_update_job_fields, mail_job_fields, integrity_job_fields,
    integrity_paths_job_fields, integrity_items_job_fields, integrity_type_job_fields,
    workflow_job_fields;
