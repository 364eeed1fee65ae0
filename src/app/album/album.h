/* Albums, for other domains and for the operations of this one.
 *
 * Memory  results live in cx->arena.
 * Threads the thread of cx.
 * Fails   as the database does. Access is the caller's business: ids are taken as allowed.
 */
#pragma once

#include "core/ctx.h"
#include "gen/api.h"

/* As clients see them, in the order of ids; those that are gone are left out. Members come with the
 * caller first. Covers that are not to be seen any more are replaced before. */
fallible album_list(struct ctx *cx, struct list_uuid ids, struct list_AlbumResponseDto *out);
/* The answer of operations that change an album: exact dates instead of days, and no time of the
 * last change of an asset. */
fallible album_changed(struct ctx *cx, uuid id, struct AlbumResponseDto *out);

/* How many assets are in album->id, and the exact dates. */
fallible album_measure(struct ctx *cx, struct AlbumResponseDto *album);

/* Puts all assets into all albums; those that are in already stay. *added: how many were not. The
 * members' clients are told, and members other than the caller get a letter later. Call it inside a
 * transaction. */
fallible album_add_assets(
    struct ctx *cx, struct list_uuid albums, struct list_uuid assets, size_t *added);
/* Tells the members' clients that what is in the album has changed. */
fallible album_send_update(struct ctx *cx, uuid album);

/* BAD_REQUEST "Invalid user" unless all of them are users. */
fallible album_require_users(struct ctx *cx, struct list_uuid users);
/* Tells new members later that they are. */
fallible album_invite(struct ctx *cx, uuid album, struct list_uuid users);
