#include "app/album/album.h"
#include "auth/auth.h"
#include "event/event.h"
#include "gen/album_sql.h"
#include "job/job.h"

#include "core/banned.h"

fallible album_list(struct ctx *cx, struct list_uuid ids, struct list_AlbumResponseDto *out)
{
    *out = (struct list_AlbumResponseDto){0};
    if (!ids.n) return NULL;
    TRY(sql_album_repair_thumbnails(cx, ids));
    return sql_album_rows(cx, out, cx->auth->user, ids);
}

fallible album_measure(struct ctx *cx, struct AlbumResponseDto *album)
{
    struct album_span span;
    TRY(sql_album_span(cx, &span, album->id));
    album->startDate = span.first;
    album->endDate = span.last;
    album->assetCount = span.n;
    return NULL;
}

fallible album_changed(struct ctx *cx, uuid id, struct AlbumResponseDto *out)
{
    struct list_AlbumResponseDto rows;
    TRY(sql_album_rows(cx, &rows, cx->auth->user, (struct list_uuid){&id, 1}));
    if (!rows.n) FAIL(BAD_REQUEST, "Album not found");
    *out = rows.v[0];
    out->lastModifiedAssetTimestamp.is = ABSENT;
    return album_measure(cx, out);
}

/* Members other than the caller also get a letter, when it is about something new. */
static fallible tell_members(struct ctx *cx, struct list_uuid albums, bool letters)
{
    struct list_album_member members;
    TRY(sql_album_members(cx, &members, albums));
    for (size_t i = 0; i < members.n; i++) {
        const struct album_member *m = &members.v[i];
        event_send_id(cx, ROOM_USER(m->user), "on_album_update", m->album);
        if (!letters || uuid_eq(m->user, cx->auth->user)) continue;
        const struct album_update_job letter = {.id = m->album, .recipientId = m->user};
        TRY(job_add_NotifyAlbumUpdate(cx, &letter));
    }
    return NULL;
}

fallible album_send_update(struct ctx *cx, uuid album)
{
    return tell_members(cx, (struct list_uuid){&album, 1}, false);
}

/* The albums of the entries, which come album by album, each once. */
static struct list_uuid albums_of(struct arena *a, const struct list_album_entry *entries)
{
    struct list_uuid albums = {.v = ARENA_ARRAY(a, uuid, entries->n)};
    for (size_t i = 0; i < entries->n; i++) {
        const uuid album = entries->v[i].album;
        if (!albums.n || !uuid_eq(albums.v[albums.n - 1], album)) albums.v[albums.n++] = album;
    }
    return albums;
}

fallible album_add_assets(
    struct ctx *cx, struct list_uuid albums, struct list_uuid assets, size_t *added)
{
    struct list_album_entry entries;
    *added = 0;
    if (!albums.n || !assets.n) return NULL;
    TRY(sql_album_add_assets(cx, &entries, albums, assets));
    *added = entries.n;
    if (!entries.n) return NULL;
    return tell_members(cx, albums_of(cx->arena, &entries), true);
}

fallible album_require_users(struct ctx *cx, struct list_uuid users)
{
    bool exist;
    TRY(sql_album_users_exist(cx, &exist, users));
    if (!exist) FAIL(BAD_REQUEST, "Invalid user");
    return NULL;
}

fallible album_invite(struct ctx *cx, uuid album, struct list_uuid users)
{
    struct album_invite_job *letters = ARENA_ARRAY(cx->arena, struct album_invite_job, users.n);
    for (size_t i = 0; i < users.n; i++) {
        letters[i] = (struct album_invite_job){
            .id = album, .recipientId = users.v[i], .senderName = cx->auth->name};
    }
    return job_add_many(cx, JOB_NotifyAlbumInvite, letters, users.n);
}
