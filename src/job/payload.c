#include "job/payload.h"

#include "core/banned.h"

static const struct field text_item = {.kind = FIELD_STR, .size = sizeof(str)};
static const struct field id_item = {.kind = FIELD_UUID, .size = sizeof(uuid)};

#define TABLE(name, ...)                                                                           \
    static const struct field name##_rows[] = {__VA_ARGS__};                                       \
    const struct fields name##_fields = FIELDS(struct name, name##_rows);
#define ID(type, member) FIELD(struct type, member, FIELD_UUID)
#define TEXT(type, member) FIELD(struct type, member, FIELD_STR)
#define NUMBER(type, member) FIELD(struct type, member, FIELD_INT)
#define OPTIONAL(type, member, kind)                                                               \
    OPT_FIELD(struct type, member, kind, .flags = FIELD_OPTIONAL | FIELD_NULLABLE)
#define OPT_NUMBER(type, member) OPTIONAL(type, member, FIELD_INT)
#define OPT_TEXT(type, member) OPTIONAL(type, member, FIELD_STR)
#define OPT_FLAG(type, member) OPTIONAL(type, member, FIELD_BOOL)
#define TEXTS(type, member) FIELD(struct type, member, FIELD_LIST, .item = &text_item)
#define IDS(type, member) FIELD(struct type, member, FIELD_LIST, .item = &id_item)

const struct fields empty_job_fields = {.type = "empty_job", .size = sizeof(struct empty_job)};

TABLE(force_job, OPT_FLAG(force_job, force), OPT_FLAG(force_job, nightly))
TABLE(id_job, ID(id_job, id))
TABLE(asset_job, ID(asset_job, id), OPT_TEXT(asset_job, source), OPT_FLAG(asset_job, notify))
TABLE(recognition_job, ID(recognition_job, id), OPT_FLAG(recognition_job, deferred))
TABLE(library_files_job, ID(library_files_job, libraryId), TEXTS(library_files_job, paths),
    OPT_NUMBER(library_files_job, progressCounter), OPT_NUMBER(library_files_job, totalAssets))
TABLE(library_assets_job, ID(library_assets_job, libraryId), TEXTS(library_assets_job, importPaths),
    TEXTS(library_assets_job, exclusionPatterns), IDS(library_assets_job, assetIds),
    NUMBER(library_assets_job, progressCounter), NUMBER(library_assets_job, totalAssets))
TABLE(asset_delete_job, ID(asset_delete_job, id),
    FIELD(struct asset_delete_job, deleteOnDisk, FIELD_BOOL))
TABLE(file_delete_job, TEXTS(file_delete_job, files))
TABLE(user_delete_job, ID(user_delete_job, id), OPT_FLAG(user_delete_job, force),
    OPT_TEXT(user_delete_job, storageLabel))
TABLE(user_signup_job, ID(user_signup_job, id), OPT_TEXT(user_signup_job, password))
TABLE(album_invite_job, ID(album_invite_job, id), ID(album_invite_job, recipientId),
    TEXT(album_invite_job, senderName))
TABLE(album_update_job, ID(album_update_job, id), ID(album_update_job, recipientId))
TABLE(mail_job, TEXT(mail_job, to), TEXT(mail_job, subject), TEXT(mail_job, html),
    TEXT(mail_job, text), OPTIONAL(mail_job, imageAttachments, FIELD_RAW))
TABLE(integrity_job, OPT_FLAG(integrity_job, refreshOnly))
TABLE(integrity_paths_job, TEXT(integrity_paths_job, type), TEXTS(integrity_paths_job, paths))
TABLE(integrity_items_job, IDS(integrity_items_job, ids))
TABLE(integrity_type_job, OPT_TEXT(integrity_type_job, type))
TABLE(workflow_job, ID(workflow_job, workflowId), ID(workflow_job, assetId),
    TEXT(workflow_job, trigger))
