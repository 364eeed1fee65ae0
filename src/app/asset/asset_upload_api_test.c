#include "app/asset/asset_upload.h"
#include "app/test.h"
#include "core/codec.h"
#include "core/fd.h"
#include "core/size.h"
#include "gen/api.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/banned.h"

static char media[] = "/tmp/tintype-upload-XXXXXX";

static int make_media(void **state)
{
    if (!mkdtemp(media)) return 1;
    return test_migrate(state);
}

static int remove_media(void **state)
{
    char command[] = "rm";
    char flag[] = "-rf";
    char *const arguments[] = {command, flag, media, NULL};
    if (fork() == 0) {
        execv("/bin/rm", arguments);
        _exit(1);
    }
    return test_end(state);
}

static int open_with_media(void **state)
{
    test_open(state);
    struct ctx *cx = *state;
    cx->app->media = media;
    return 0;
}

/* A file as http/ hands it over: whole, hashed, under a temporary name in the folder of begin(). */
static void arrive(
    struct ctx *cx, struct upload *upload, const char *field, const char *name, const char *content)
{
    struct upload_file *file = &upload->files[upload->files_n++];
    char id[UUID_TEXT];
    uuid_format(uuid_v4(), id);
    *file = (struct upload_file){
        .field = str_from(field),
        .filename = str_from(name),
        .path = str_fmt(cx->arena, "%s/" UPLOAD_PREFIX "%s", upload->rules.folder, id).p,
        .size = strlen(content),
    };
    file->fd = open(file->path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    assert_true(file->fd >= 0);
    assert_int_equal(flock(file->fd, LOCK_EX | LOCK_NB), 0);
    assert_ok(fd_write_all(file->fd, content, strlen(content)));
    hash_once(HASH_SHA1, content, strlen(content), file->sha1);
}

/* What http/ does after the reply. */
static void leave(const struct upload *upload)
{
    for (size_t i = 0; i < upload->files_n; i++) {
        close(upload->files[i].fd);
        unlink(upload->files[i].path);
    }
}

static struct upload begin(struct ctx *cx)
{
    struct upload upload = {0};
    const struct uploadAsset_head head = {0};
    struct AssetMediaResponseDto out;
    bool answered = false;
    assert_ok(op_uploadAsset_begin(cx, &head, &upload, &out, &answered));
    assert_false(answered);
    return upload;
}

/* 2023-05-06T07:08:09Z */
#define MODIFIED_S INT64_C(1683356889)

static struct uploadAsset_in form(void)
{
    return (struct uploadAsset_in){.body = {
                                       .fileCreatedAt = {INT64_C(1683270489) * 1000000},
                                       .fileModifiedAt = {MODIFIED_S * 1000000},
                                   }};
}

static err upload_one(struct ctx *cx, const struct uploadAsset_in *in, const char *name,
    const char *content, struct AssetMediaResponseDto *out)
{
    struct upload upload = begin(cx);
    arrive(cx, &upload, "assetData", name, content);
    err e = op_uploadAsset(cx, in, &upload, out);
    leave(&upload);
    return e;
}

static const char *path_of(struct ctx *cx, uuid id)
{
    return cstr(cx->arena,
        test_text(cx, str_fmt(cx->arena, "SELECT \"originalPath\" FROM asset WHERE id = '%s'",
                          test_id(cx, id))));
}

static int files_below_media(struct ctx *cx)
{
    FILE *list = popen(str_fmt(cx->arena, "find %s -type f | wc -l", media).p, "r");
    int n = -1;
    assert_int_equal(fscanf(list, "%d", &n), 1);
    pclose(list);
    return n;
}

static void an_upload_becomes_an_asset_with_its_file(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    struct uploadAsset_in in = form();
    struct AssetMediaResponseDto out;
    struct AssetMetadataUpsertItemDto items[] = {
        {STR("mobile-app"), STR("{\"a\":1}")}, {STR("mobile-app"), STR("{\"a\":2}")}};
    in.body.isFavorite = SOME(bool, true);
    in.body.duration = SOME(int, 0);
    in.body.metadata.is = PRESENT;
    in.body.metadata.v = (struct list_AssetMetadataUpsertItemDto){items, LENGTH(items)};
    test_sign_in(cx, alice);
    assert_ok(upload_one(cx, &in, "Two Words.JPG", "picture", &out));
    assert_int_equal(out.status, ASSET_MEDIA_STATUS_CREATED);
    assert_int_equal(cx->reply->status, 0);
    assert_sql(cx,
        "Two Words.JPG IMAGE timeline t 2023-05-05 07:08:09+00 2023-05-05 07:08:09+00 sha1",
        "SELECT concat_ws(' ', \"originalFileName\", type, visibility, \"isFavorite\", duration, "
        "\"localDateTime\", "
        "\"fileCreatedAt\", \"checksumAlgorithm\") FROM asset WHERE id = '%s'",
        test_id(cx, out.id));
    assert_sql(cx, "7", "SELECT \"fileSizeInByte\" FROM asset_exif WHERE \"assetId\" = '%s'",
        test_id(cx, out.id));
    assert_sql(
        cx, "7", "SELECT \"quotaUsageInBytes\" FROM \"user\" WHERE id = '%s'", test_id(cx, alice));
    assert_sql(cx, "{\"a\": 2}", "SELECT value FROM asset_metadata WHERE \"assetId\" = '%s'",
        test_id(cx, out.id));
    assert_sql(cx, "AssetExtractMetadata upload",
        "SELECT name || ' ' || (payload->>'source') FROM tintype.job WHERE payload->>'id' = '%s'",
        test_id(cx, out.id));

    struct stat st;
    str content;
    const char *path = path_of(cx, out.id);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mtime, MODIFIED_S);
    assert_int_equal(st.st_nlink, 1);
    assert_ok(file_read(cx->arena, path, 100, &content));
    assert_str(content, "picture");
    assert_true(str_ends(str_from(path), STR(".JPG")));
    unlink(path);
}

static void the_same_bytes_again_are_a_duplicate(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const struct uploadAsset_in in = form();
    struct AssetMediaResponseDto first, second;
    test_sign_in(cx, alice);
    assert_ok(upload_one(cx, &in, "a.jpg", "same", &first));
    const int files = files_below_media(cx);
    test_sql(cx, "UPDATE asset SET \"deletedAt\" = now(), status = 'trashed' WHERE id = '%s'",
        test_id(cx, first.id));
    assert_ok(upload_one(cx, &in, "b.jpg", "same", &second));
    assert_int_equal(second.status, ASSET_MEDIA_STATUS_DUPLICATE);
    assert_int_equal(cx->reply->status, 200);
    assert_true(uuid_eq(first.id, second.id));
    assert_int_equal(files_below_media(cx), files);
    assert_sql(
        cx, "4", "SELECT \"quotaUsageInBytes\" FROM \"user\" WHERE id = '%s'", test_id(cx, alice));

    /* Another user's file is another asset. */
    test_sign_in(cx, test_user(cx, "bob"));
    cx->reply->status = 0;
    assert_ok(upload_one(cx, &in, "a.jpg", "same", &second));
    assert_int_equal(second.status, ASSET_MEDIA_STATUS_CREATED);
    unlink(path_of(cx, first.id));
    unlink(path_of(cx, second.id));
}

static void a_known_checksum_is_answered_before_the_body(void **state)
{
    struct ctx *cx = *state;
    const struct uploadAsset_in in = form();
    struct AssetMediaResponseDto out;
    struct upload upload = {0};
    bool answered = false;
    uint8_t sha1[SHA1_SIZE];
    test_sign_in(cx, test_user(cx, "alice"));
    hash_once(HASH_SHA1, "known", 5, sha1);
    const str hex = hex_encode(cx->arena, (struct bytes){sha1, SHA1_SIZE});
    const struct uploadAsset_head head = {.x_immich_checksum = SOME(str, hex)};
    assert_ok(op_uploadAsset_begin(cx, &head, &upload, &out, &answered));
    assert_false(answered);
    assert_ok(upload_one(cx, &in, "a.jpg", "known", &out));
    const uuid id = out.id;
    assert_ok(op_uploadAsset_begin(cx, &head, &upload, &out, &answered));
    assert_true(answered && uuid_eq(out.id, id));
    assert_int_equal(out.status, ASSET_MEDIA_STATUS_DUPLICATE);
    assert_int_equal(cx->reply->status, 200);
    unlink(path_of(cx, id));
}

static void a_full_quota_refuses_and_leaves_no_file(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const struct uploadAsset_in in = form();
    struct AssetMediaResponseDto out;
    test_sign_in(cx, alice);
    test_sql(
        cx, "UPDATE \"user\" SET \"quotaSizeInBytes\" = 8 WHERE id = '%s'", test_id(cx, alice));
    assert_ok(upload_one(cx, &in, "a.jpg", "five5", &out));
    const int files = files_below_media(cx);
    err e = upload_one(cx, &in, "b.jpg", "four", &out);
    assert_true(err_is(e, BAD_REQUEST));
    assert_string_equal(e->message, "Quota has been exceeded!");
    assert_int_equal(files_below_media(cx), files);
    assert_ok(upload_one(cx, &in, "b.jpg", "3ok", &out));
    struct upload upload = {0};
    bool answered = false;
    const struct uploadAsset_head head = {0};
    assert_fails(op_uploadAsset_begin(cx, &head, &upload, &out, &answered), BAD_REQUEST);
}

static void a_sidecar_comes_along(void **state)
{
    struct ctx *cx = *state;
    const struct uploadAsset_in in = form();
    struct AssetMediaResponseDto out;
    str content;
    test_sign_in(cx, test_user(cx, "alice"));
    struct upload upload = begin(cx);
    arrive(cx, &upload, "assetData", "a.jpg", "with sidecar");
    arrive(cx, &upload, "sidecarData", "a.jpg.xmp", "<xmp/>");
    assert_ok(op_uploadAsset(cx, &in, &upload, &out));
    leave(&upload);
    const char *path = cstr(cx->arena,
        test_text(
            cx, str_fmt(cx->arena,
                    "SELECT path FROM asset_file WHERE type = 'sidecar' AND \"assetId\" = '%s'",
                    test_id(cx, out.id))));
    assert_true(str_ends(str_from(path), STR(".xmp")));
    assert_ok(file_read(cx->arena, path, 100, &content));
    assert_str(content, "<xmp/>");
}

static void files_must_be_there(void **state)
{
    struct ctx *cx = *state;
    const struct uploadAsset_in in = form();
    struct AssetMediaResponseDto out;
    test_sign_in(cx, test_user(cx, "alice"));
    struct upload upload = begin(cx);
    err e = op_uploadAsset(cx, &in, &upload, &out);
    assert_string_equal(e->message, "File is required");
    arrive(cx, &upload, "sidecarData", "a.xmp", "<xmp/>");
    e = op_uploadAsset(cx, &in, &upload, &out);
    assert_string_equal(e->message, "Field(s) assetData should not be empty");
    leave(&upload);
}

static void a_live_photo_hides_its_video(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    struct uploadAsset_in in = form();
    struct AssetMediaResponseDto video, still;
    test_sign_in(cx, alice);
    in.body.livePhotoVideoId = SOME(uuid, uuid_v4());
    err e = upload_one(cx, &in, "a.jpg", "still", &still);
    assert_string_equal(e->message, "Live photo video not found");
    in.body.livePhotoVideoId.v = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    e = upload_one(cx, &in, "a.jpg", "still", &still);
    assert_string_equal(e->message, "Live photo video must be a video");
    in.body.livePhotoVideoId.v = test_asset(cx, test_user(cx, "bob"), "VIDEO", "/p/a.mov");
    e = upload_one(cx, &in, "a.jpg", "still", &still);
    assert_string_equal(e->message, "Live photo video does not belong to the user");

    const struct uploadAsset_in plain = form();
    assert_ok(upload_one(cx, &plain, "a.MOV", "moves", &video));
    in.body.livePhotoVideoId.v = video.id;
    assert_ok(upload_one(cx, &in, "a.jpg", "still", &still));
    assert_sql(cx, "VIDEO hidden", "SELECT type || ' ' || visibility FROM asset WHERE id = '%s'",
        test_id(cx, video.id));
    assert_sql(cx, test_id(cx, video.id), "SELECT \"livePhotoVideoId\" FROM asset WHERE id = '%s'",
        test_id(cx, still.id));
}

static void a_link_receives_only_where_it_may(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), album = uuid_v4();
    const struct uploadAsset_in in = form();
    struct AssetMediaResponseDto out, again;
    struct upload upload = {0};
    bool answered = false;
    const struct uploadAsset_head head = {0};
    struct auth *auth = test_sign_in(cx, alice);
    test_sql(cx, "INSERT INTO album (id) VALUES ('%s')", test_id(cx, album));
    test_sql(cx,
        "INSERT INTO album_user (\"albumId\", \"userId\", role) VALUES ('%s', '%s', 'owner')",
        test_id(cx, album), test_id(cx, alice));
    auth->kind = AUTH_SHARED_LINK;
    auth->link_album = SOME(uuid, album);
    err e = op_uploadAsset_begin(cx, &head, &upload, &out, &answered);
    assert_true(err_is(e, UNAUTHORIZED));
    assert_string_equal(e->message, "Unauthorized");
    auth->link_allows_upload = true;
    assert_ok(upload_one(cx, &in, "a.jpg", "guest", &out));
    static const char members[] =
        "SELECT count(*) || ' ' || (max(\"albumThumbnailAssetId\"::text) IS NOT NULL) "
        "FROM album_asset JOIN album ON id = \"albumId\" WHERE \"albumId\" = '%s'";
    assert_sql(cx, "1 true", members, test_id(cx, album));
    /* A known file is shown as well. */
    test_sql(cx, "DELETE FROM album_asset WHERE \"albumId\" = '%s'", test_id(cx, album));
    assert_ok(upload_one(cx, &in, "a.jpg", "guest", &again));
    assert_int_equal(again.status, ASSET_MEDIA_STATUS_DUPLICATE);
    assert_sql(cx, "1 true", members, test_id(cx, album));
    assert_sql(cx, "1",
        "SELECT count(*) FROM tintype.job WHERE name = 'NotifyAlbumUpdate' AND payload->>'id' = "
        "'%s'",
        test_id(cx, album));
}

static void the_sweep_removes_what_no_row_needs(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const struct uploadAsset_in in = form();
    struct AssetMediaResponseDto out;
    struct stat st;
    test_sign_in(cx, alice);
    /* Killed between the file's place and the commit of its row. */
    struct upload cut = begin(cx);
    arrive(cx, &cut, "assetData", "a.jpg", "cut off");
    const char *placed = upload_path(cx, alice, &cut.files[0], STR(".jpg"));
    assert_ok(upload_place(cx, &cut.files[0], placed, (struct when){0}));
    /* Killed after the commit, before the temporary name was removed. */
    struct upload done = begin(cx);
    arrive(cx, &done, "assetData", "b.jpg", "done");
    assert_ok(op_uploadAsset(cx, &in, &done, &out));

    assert_ok(upload_sweep(cx));
    assert_int_equal(stat(placed, &st), 0); /* it is still on its way */
    close(cut.files[0].fd);
    close(done.files[0].fd);
    assert_ok(upload_sweep(cx));
    assert_int_equal(stat(placed, &st), -1);
    assert_int_equal(stat(cut.files[0].path, &st), -1);
    assert_int_equal(stat(done.files[0].path, &st), -1);
    assert_int_equal(stat(path_of(cx, out.id), &st), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_with_media, test_close)
    const struct CMUnitTest tests[] = {
        TEST(an_upload_becomes_an_asset_with_its_file),
        TEST(the_same_bytes_again_are_a_duplicate),
        TEST(a_known_checksum_is_answered_before_the_body),
        TEST(a_full_quota_refuses_and_leaves_no_file),
        TEST(a_sidecar_comes_along),
        TEST(files_must_be_there),
        TEST(a_live_photo_hides_its_video),
        TEST(a_link_receives_only_where_it_may),
        TEST(the_sweep_removes_what_no_row_needs),
    };
    return cmocka_run_group_tests(tests, make_media, remove_media);
}
