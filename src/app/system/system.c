#include "app/app.h"
#include "app/system/system.h"
#include "config/env.h"
#include "core/buf.h"
#include "core/log.h"
#include "db/db.h"
#include "db/locks.h"
#include "gen/system_sql.h"
#include "json/value.h"
#include "json/writer.h"
#include "storage/mount.h"

#include "core/banned.h"

fallible system_document(struct ctx *cx, str key, bool *found, str *out)
{
    return sql_system_get(cx, out, found, key);
}

fallible system_document_set(struct ctx *cx, str key, str json)
{
    return sql_system_set(cx, key, json);
}

fallible system_document_delete(struct ctx *cx, str key)
{
    return sql_system_delete(cx, key);
}

fallible system_is_onboarded(struct ctx *cx, bool *out)
{
    bool found;
    str text;
    const struct json_value *document = NULL;
    *out = *cx->app->env->config_file;
    if (*out) return NULL;
    TRY(system_document(cx, STR("admin-onboarding"), &found, &text));
    if (found) TRY(json_parse(cx->arena, text, &document));
    json_bool(json_get(document, STR("isOnboarded")), out);
    return NULL;
}

/* Which folders had a marker before: {"mountChecks": {"upload": true, …}} */
static fallible read_flags(struct ctx *cx, bool done[static STORAGE_FOLDER_COUNT])
{
    bool found;
    str text;
    const struct json_value *flags = NULL;
    TRY(system_document(cx, STR("system-flags"), &found, &text));
    if (found) TRY(json_parse(cx->arena, text, &flags));
    const struct json_value *checks = json_get(flags, STR("mountChecks"));
    for (size_t i = 0; i < STORAGE_FOLDER_COUNT; i++) {
        done[i] = false;
        json_bool(json_get(checks, str_from(storage_folder_names[i])), &done[i]);
    }
    return NULL;
}

static fallible write_flags(struct ctx *cx)
{
    auto_buf text = {0};
    buf_add(&text, STR("{\"mountChecks\":{"));
    for (size_t i = 0; i < STORAGE_FOLDER_COUNT; i++)
        buf_add_fmt(&text, "%s\"%s\":true", i ? "," : "", storage_folder_names[i]);
    buf_add(&text, STR("}}"));
    return system_document_set(cx, STR("system-flags"), buf_str(&text));
}

static fallible check_mounts(struct ctx *cx)
{
    bool done[STORAGE_FOLDER_COUNT], any_new = false;
    TRY(sql_system_lock(cx, lock_number(LOCK_SYSTEM_FILE_MOUNTS)));
    TRY(read_flags(cx, done));
    for (size_t i = 0; i < STORAGE_FOLDER_COUNT; i++) {
        err e = storage_mount_check(cx->app->media, storage_folder_names[i], !done[i]);
        if (e && !cx->app->env->ignore_mount_check_errors) return e;
        if (e) log_warn("a mount check failed and is ignored, as configured", KV_ERROR(e));
        any_new = any_new || !done[i];
    }
    if (any_new) TRY(write_flags(cx));
    return NULL;
}

/* Paths below the location: every character escaped that means something in a regular expression.
 * Compat: upstream asks for no slash behind it and so would take /data2 for a part of /data. */
static str prefix_pattern(struct arena *a, str location)
{
    struct buf b = {0};
    buf_add_char(&b, '^');
    for (size_t i = 0; i < location.n; i++) {
        if (strchr(".[]{}()*+?^$|\\-", location.p[i])) buf_add_char(&b, '\\');
        buf_add_char(&b, location.p[i]);
    }
    buf_add(&b, STR("(?=/)"));
    return buf_take(&b, a);
}

fallible system_move_paths(struct ctx *cx, str from, str to, int64_t *changed)
{
    int64_t originals, files, persons, profiles;
    const str pattern = prefix_pattern(cx->arena, from);
    /* In a replacement a backslash is special; everything else stands for itself. */
    const str location = str_replace(cx->arena, to, STR("\\"), STR("\\\\"));
    TRY(sql_system_move_originals(cx, &originals, pattern, location));
    TRY(sql_system_move_files(cx, &files, pattern, location));
    TRY(sql_system_move_persons(cx, &persons, pattern, location));
    TRY(sql_system_move_profiles(cx, &profiles, pattern, location));
    *changed = originals + files + persons + profiles;
    return NULL;
}

static fallible rewrite_paths(struct ctx *cx, str from, str to)
{
    int64_t changed;
    TRY(system_move_paths(cx, from, to, &changed));
    log_info("the media location changed; paths in the database follow", KV("from", from),
        KV("to", to), KV("paths", changed));
    return NULL;
}

/* Where the tree was when `sample` was written: as saved, else as upstream's defaults give away. */
static str previous_location(bool saved, str location, str current, bool configured, str sample)
{
    if (saved) return location;
    if (configured) return current;
    return str_starts(sample, STR("upload/")) ? STR("upload") : STR("/usr/src/app/upload");
}

static fallible check_location(struct ctx *cx)
{
    bool saved, any;
    str text, sample, location = STR("");
    const str current = str_from(cx->app->media);
    TRY(sql_system_lock(cx, lock_number(LOCK_MEDIA_LOCATION)));
    TRY(system_document(cx, STR("MediaLocation"), &saved, &text));
    if (saved) {
        const struct json_value *document;
        TRY(json_parse(cx->arena, text, &document));
        saved = json_string(json_get(document, STR("location")), &location);
    }
    TRY(sql_system_any_file_path(cx, &sample, &any));
    if (any) {
        const bool configured = *cx->app->env->media_location;
        const str previous = previous_location(saved, location, current, configured, sample);
        if (!str_eq(previous, current)) {
            if (!str_starts(sample, previous)) {
                FAIL(BAD_REQUEST,
                    "Detected an inconsistent media location: the database has files below "
                    "\"%.*s\", which does not start "
                    "with \"%.*s\". Set IMMICH_MEDIA_LOCATION to where the files are.",
                    FMT(sample), FMT(previous));
            }
            TRY(rewrite_paths(cx, previous, current));
        }
    }
    if (saved && str_eq(location, current)) return NULL;
    auto_buf json = {0};
    buf_add(&json, STR("{\"location\":"));
    json_write_str(&json, current);
    buf_add_char(&json, '}');
    return system_document_set(cx, STR("MediaLocation"), buf_str(&json));
}

static fallible in_transaction(struct ctx *cx, fallible (*step)(struct ctx *cx))
{
    TRY(db_begin(cx));
    err e = step(cx);
    if (e) db_rollback(cx);
    return e ? e : db_commit(cx);
}

fallible system_boot(struct ctx *cx)
{
    TRY(in_transaction(cx, check_mounts));
    return in_transaction(cx, check_location);
}
