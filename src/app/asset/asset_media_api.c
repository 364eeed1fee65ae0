/* The files of an asset: thumbnails, originals, videos. */
#include "app/access/access.h"
#include "auth/auth.h"
#include "gen/asset_sql.h"
#include "http/mime.h"
#include "http/reply.h"
#include "http/request.h"
#include "storage/paths.h"

#include "core/banned.h"

static bool is_link(const struct ctx *cx)
{
    return cx->auth->kind == AUTH_SHARED_LINK;
}

/* The query as it was sent, without one of its parameters. */
static str query_without(struct arena *a, str query, str name)
{
    struct buf out = {0};
    str part;
    while (str_cut(&query, '&', &part)) {
        const ptrdiff_t equals = str_find_char(part, '=');
        if (str_eq(str_slice(part, 0, equals < 0 ? part.n : (size_t)equals), name)) continue;
        if (out.n) buf_add_char(&out, '&');
        buf_add(&out, part);
    }
    return buf_take(&out, a);
}

/* Relative, so that it works behind any prefix of a proxy. */
static fallible redirect_to_original(struct ctx *cx, struct reply *out)
{
    const str rest = query_without(cx->arena, cx->request->query_text, STR("size"));
    reply_redirect(out, 302, str_fmt(cx->arena, "original?%.*s", FMT(rest)));
    return NULL;
}

/* The same request for the next smaller file; only the value of `size` changes. */
static fallible redirect_to_preview(struct ctx *cx, uuid id, struct reply *out)
{
    struct buf location = {0};
    str query = cx->request->query_text, part;
    char text[UUID_TEXT];
    uuid_format(id, text);
    buf_add_fmt(&location, "/api/assets/%s/thumbnail", text);
    for (char separator = '?'; str_cut(&query, '&', &part); separator = '&') {
        buf_add_char(&location, separator);
        buf_add(&location, str_starts(part, STR("size=")) ? STR("size=preview") : part);
    }
    reply_redirect(out, 302, buf_take(&location, cx->arena));
    return NULL;
}

static str stem_of(str name)
{
    return str_slice(name, 0, name.n - storage_extension(name).n);
}

static void send_file(struct ctx *cx, struct reply *out, str path, str inline_name)
{
    reply_file(out, &(struct reply_file){
                        .path = cstr(cx->arena, path),
                        .cache = CACHE_MEDIA,
                        .inline_name = inline_name,
                    });
}

/* A browser can show the original itself, and it is not asked for the edited picture. */
static bool is_shown_as_it_is(const struct viewAsset_in *in, const struct asset_media *media)
{
    const struct mime *mime = mime_find(media->originalPath);
    return !in->edited && mime && mime->kind == MIME_IMAGE && mime->flags & MIME_BROWSER;
}

static enum AssetMediaSize size_of(const struct viewAsset_in *in)
{
    return in->size.is == PRESENT ? in->size.v : ASSET_MEDIA_SIZE_THUMBNAIL;
}

static fallible find_media(
    struct ctx *cx, const struct viewAsset_in *in, struct asset_media *out, bool *found)
{
    return sql_asset_media_get(
        cx, out, found, in->id, AssetMediaSize_names.v[size_of(in)], in->edited || is_link(cx));
}

void op_viewAsset_ahead(struct ctx *cx, const struct viewAsset_in *in)
{
    uuid id = in->id;
    struct asset_media media;
    bool found;
    if (size_of(in) == ASSET_MEDIA_SIZE_ORIGINAL) return;
    access_ahead(cx, STR("asset.view"), (struct list_uuid){.v = &id, .n = 1});
    err ignored = find_media(cx, in, &media, &found);
    (void)ignored;
}

fallible op_viewAsset(struct ctx *cx, const struct viewAsset_in *in, struct reply *out)
{
    const enum AssetMediaSize size = size_of(in);
    const str size_name = AssetMediaSize_names.v[size];
    struct asset_media media;
    bool found;
    if (size == ASSET_MEDIA_SIZE_ORIGINAL) return redirect_to_original(cx, out);
    TRY(access_require_one(cx, STR("asset.view"), in->id));
    TRY(find_media(cx, in, &media, &found));
    if (!found) FAIL(NOT_FOUND, "Asset media not found");

    if (size == ASSET_MEDIA_SIZE_FULLSIZE) {
        if (is_shown_as_it_is(in, &media)) return redirect_to_original(cx, out);
        if (media.path.is != PRESENT) return redirect_to_preview(cx, in->id, out);
    }
    if (media.path.is != PRESENT) FAIL(NOT_FOUND, "Asset media not found");

    const bool named = !is_link(cx) || cx->auth->link_shows_metadata;
    const str stem = named ? stem_of(media.originalFileName) : uuid_str(cx->arena, in->id);
    const str extension = storage_extension(media.path.v);
    send_file(cx, out, media.path.v,
        str_fmt(cx->arena, "%.*s_%.*s%.*s", FMT(stem), FMT(size_name), FMT(extension)));
    return NULL;
}

void op_downloadAsset_ahead(struct ctx *cx, const struct downloadAsset_in *in)
{
    struct asset_media media;
    bool found;
    err ignored = sql_asset_original_get(cx, &media, &found, in->id, in->edited || is_link(cx));
    (void)ignored;
}

/* A link shows the picture as it was edited, never what was cut away. */
fallible op_downloadAsset(struct ctx *cx, const struct downloadAsset_in *in, struct reply *out)
{
    struct asset_media media;
    bool found;
    TRY(sql_asset_original_get(cx, &media, &found, in->id, in->edited || is_link(cx)));
    if (!found) FAIL(NOT_FOUND, "Not Found");
    const str path = media.path.is == PRESENT ? media.path.v : media.originalPath;
    const str stem = stem_of(media.originalFileName), extension = storage_extension(path);
    send_file(cx, out, path, str_fmt(cx->arena, "%.*s%.*s", FMT(stem), FMT(extension)));
    return NULL;
}

fallible op_playAssetVideo(struct ctx *cx, const struct playAssetVideo_in *in, struct reply *out)
{
    struct asset_media media;
    bool found;
    TRY(sql_asset_media_get(cx, &media, &found, in->id, STR("encoded_video"), false));
    if (!found || media.type != ASSET_TYPE_VIDEO) FAIL(NOT_FOUND, "Not Found");
    send_file(cx, out, media.path.is == PRESENT ? media.path.v : media.originalPath, STR(""));
    return NULL;
}
