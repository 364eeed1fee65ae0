/* Members of albums. */
#include "app/access/access.h"
#include "app/album/album.h"
#include "auth/auth.h"
#include "db/db.h"
#include "gen/album_sql.h"

#include "core/banned.h"

/* check_uuid_or_me has found one of both. */
static uuid user_of(const struct ctx *cx, str text)
{
    uuid id = cx->auth->user;
    if (!str_eq(text, STR("me"))) uuid_parse(text, &id);
    return id;
}

fallible op_addUsersToAlbum(
    struct ctx *cx, const struct addUsersToAlbum_in *in, struct AlbumResponseDto *out)
{
    const struct list_AlbumUserAddDto *asked = &in->body.albumUsers;
    struct list_uuid users = {.v = ARENA_ARRAY(cx->arena, uuid, asked->n), .n = asked->n}, added;
    struct list_AlbumUserRole roles = {
        .v = ARENA_ARRAY(cx->arena, enum AlbumUserRole, asked->n), .n = asked->n};
    for (size_t i = 0; i < asked->n; i++) {
        if (asked->v[i].role == ALBUM_USER_ROLE_OWNER)
            FAIL(BAD_REQUEST, "Cannot add another owner");
        users.v[i] = asked->v[i].userId;
        roles.v[i] = asked->v[i].role;
    }
    TRY(album_require_users(cx, users));
    TRY(db_begin(cx));
    TRY(sql_album_add_users(cx, &added, in->id, users, roles));
    TRY(album_invite(cx, in->id, added));
    TRY(db_commit(cx));
    return album_changed(cx, in->id, out);
}

fallible op_updateAlbumUser(struct ctx *cx, const struct updateAlbumUser_in *in)
{
    const uuid user = user_of(cx, in->userId);
    struct album_role now;
    bool member;
    TRY(sql_album_role_get(cx, &now, &member, in->id, user));
    if (!member) return NULL;
    if (now.role == ALBUM_USER_ROLE_OWNER) FAIL(BAD_REQUEST, "User is owner");
    if (in->body.role == ALBUM_USER_ROLE_OWNER) FAIL(BAD_REQUEST, "Cannot add another owner");
    return sql_album_user_update(cx, in->id, user, in->body.role);
}

fallible op_removeUserFromAlbum(struct ctx *cx, const struct removeUserFromAlbum_in *in)
{
    const uuid user = user_of(cx, in->userId);
    struct album_role now;
    bool exists, member;
    TRY(sql_album_exists(cx, &exists, in->id));
    if (!exists) FAIL(BAD_REQUEST, "Album not found");
    TRY(sql_album_role_get(cx, &now, &member, in->id, user));
    if (!member) FAIL(BAD_REQUEST, "Album not shared with user");
    /* The schema allows an album one owner (album_user_unique_owner), so it is the last one. */
    if (now.role == ALBUM_USER_ROLE_OWNER) FAIL(BAD_REQUEST, "Cannot remove the last album owner");
    if (!uuid_eq(user, cx->auth->user)) TRY(access_require_one(cx, STR("album.share"), in->id));
    return sql_album_user_remove(cx, in->id, user);
}
