/* From files on disk to rows: extraction, sidecars in both directions, live and motion photos. With
 * the real ExifTool in the box. */
#include "app/app.h"
#include "app/test.h"
#include "box/box.h"
#include "config/config.h"
#include "config/env.h"
#include "core/buf.h"
#include "core/fd.h"
#include "core/size.h"
#include "job/handlers.h"
#include "job/job.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/banned.h"

/* A folder for each test. */
static char folder[64];
static struct env env;
static struct config_store *store;

static int begin(void **state)
{
    assert_ok(env_load(&env));
    assert_ok(config_store_new(&store, &env));
    return test_migrate(state);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int open_folder(void **state)
{
    snprintf(folder, sizeof folder, "/tmp/tintype-metadata-XXXXXX");
    assert_non_null(mkdtemp(folder));
    test_open(state);
    struct ctx *cx = *state;
    cx->app->media = folder;
    cx->config = config_acquire(store);
    return 0;
}

static int close_folder(void **state)
{
    struct ctx *cx = *state;
    config_release(store, cx->config);
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return test_close(state);
}

static int end(void **state)
{
    box_shutdown();
    config_store_free(store);
    return test_end(state);
}

static const char *write_file(struct ctx *cx, const char *name, str content)
{
    const str path = str_fmt(cx->arena, "%s/%s", folder, name);
    assert_ok(file_replace(cstr(cx->arena, path), content, 0644));
    return cstr(cx->arena, path);
}

/* Start and end of a JPEG: what ExifTool needs to call it one. */
#define JPEG STR("\xff\xd8\xff\xd9")

/* A document with these attributes. */
static str xmp(struct ctx *cx, const char *attributes)
{
    return str_fmt(cx->arena,
        "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>\n<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
        "rdf:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/' "
        "xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:tiff='http://ns.adobe.com/tiff/1.0/' "
        "xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/' xmlns:my='http://example.com/my/' "
        "%s/></rdf:RDF></x:xmpmeta>\n<?xpacket end='w'?>\n",
        attributes);
}

static void record_sidecar(struct ctx *cx, uuid asset, const char *path)
{
    test_run(
        cx, str_fmt(cx->arena,
                "INSERT INTO asset_file (\"assetId\", type, path) VALUES ('%s', 'sidecar', '%s')",
                test_id(cx, asset), path));
}

static void extract(struct ctx *cx, uuid id, const char *source, enum job_result expected)
{
    enum job_result result;
    const struct asset_job in = {.id = id, .source = SOME(str, str_from(source))};
    assert_ok(job_AssetExtractMetadata(cx, &in, &result));
    assert_int_equal(result, expected);
}

static void assert_queued(struct ctx *cx, const char *expected)
{
    assert_sql(cx, expected,
        "SELECT string_agg(name || coalesce(' ' || (payload->>'source'), ''), ', ' ORDER BY id) "
        "FROM "
        "tintype.job");
    test_run(cx, STR("DELETE FROM tintype.job"));
}

static void a_file_and_its_sidecar_become_rows(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "IMAGE", write_file(cx, "a.jpg", JPEG));
    record_sidecar(cx, id,
        write_file(cx, "a.jpg.xmp",
            xmp(cx, "tiff:Make='Canon' xmp:Rating='4' "
                    "photoshop:DateCreated='2023-01-02T03:04:05+02:00' "
                    "exif:GPSLatitude='48,12.0N' exif:GPSLongitude='16,22.0E'")));
    extract(cx, id, "upload", JOB_SUCCESS);
    assert_sql(cx, "Canon 4 Europe/Vienna 48.2 4",
        "SELECT concat_ws(' ', make, rating, \"timeZone\", latitude, \"fileSizeInByte\") FROM "
        "asset_exif WHERE \"assetId\" = '%s'",
        test_id(cx, id));
    assert_sql(cx, "2023-01-02 01:04:05 2023-01-02 02:04:05",
        "SELECT concat_ws(' ', \"fileCreatedAt\" AT TIME ZONE 'UTC', \"localDateTime\" AT TIME "
        "ZONE "
        "'UTC') FROM asset WHERE id = '%s'",
        test_id(cx, id));
    assert_queued(cx, "StorageTemplateMigrationSingle upload");
    assert_null(cx->outbox); /* the upload tells clients when there is a thumbnail to show */
}

static void an_asset_that_is_gone_is_skipped(void **state)
{
    struct ctx *cx = *state;
    extract(cx, uuid_v4(), "upload", JOB_SKIPPED);
    assert_queued(cx, "null");
}

static void a_missing_file_fails_and_changes_nothing(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "IMAGE", "/nowhere/a.jpg");
    enum job_result result;
    assert_fails(job_AssetExtractMetadata(cx, &(struct asset_job){.id = id}, &result), NOT_FOUND);
    assert_sql(
        cx, "0", "SELECT count(*) FROM asset_exif WHERE \"assetId\" = '%s'", test_id(cx, id));
    assert_queued(cx, "null");
}

static void a_file_that_is_no_photo_keeps_its_dates(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(
        cx, test_user(cx, "alice"), "IMAGE", write_file(cx, "a.jpg", STR("<html>hello</html>")));
    extract(cx, id, "upload", JOB_SUCCESS);
    assert_sql(cx, "18 t",
        "SELECT concat_ws(' ', e.\"fileSizeInByte\", a.\"localDateTime\" = a.\"fileCreatedAt\") "
        "FROM "
        "asset a JOIN asset_exif e ON e.\"assetId\" = a.id WHERE id = '%s'",
        test_id(cx, id));
}

/* A second of test pictures; the rest of ffmpeg's arguments name the file and what is in it. */
static const char *record(struct ctx *cx, const char *name, const char *arguments)
{
    const str command = str_fmt(cx->arena,
        "ffmpeg -y -loglevel error -f lavfi -i testsrc=size=64x48:rate=10:duration=1 %s %s/%s",
        arguments, folder, name);
    FILE *ffmpeg = popen(cstr(cx->arena, command), "r");
    assert_non_null(ffmpeg);
    assert_int_equal(pclose(ffmpeg), 0);
    return cstr(cx->arena, str_fmt(cx->arena, "%s/%s", folder, name));
}

static void a_video_has_its_streams_and_the_time_of_its_place(void **state)
{
    struct ctx *cx = *state;
    /* as a phone would have written it in Vienna */
    const char *path = record(cx, "a.mov",
        "-f lavfi -i sine=duration=1 -c:v libx264 -pix_fmt yuv420p -g 5 -c:a aac -metadata "
        "creation_time=2023-07-01T10:00:00Z -metadata "
        "com.apple.quicktime.location.ISO6709=+48.2082+016.3738+151.000/ -metadata "
        "com.apple.quicktime.content.identifier=ABC-1 -movflags use_metadata_tags");
    const uuid id = test_asset(cx, test_user(cx, "alice"), "VIDEO", path);
    extract(cx, id, "upload", JOB_SUCCESS);
    assert_sql(cx, "Europe/Vienna 2023-07-01 10:00:00 2023-07-01 12:00:00 64x48 10 ABC-1",
        "SELECT concat_ws(' ', \"timeZone\", \"fileCreatedAt\" AT TIME ZONE 'UTC', "
        "\"localDateTime\" AT TIME ZONE 'UTC', width || 'x' || height, fps, \"livePhotoCID\") FROM "
        "asset JOIN asset_exif ON id = \"assetId\" WHERE id = '%s'",
        test_id(cx, id));
    assert_sql(cx, "t h264 aac 10 2 10",
        "SELECT concat_ws(' ', duration BETWEEN 900 AND 1200, v.\"codecName\", u.\"codecName\", "
        "v.\"frameCount\", cardinality(k.pts), k.\"packetCount\") FROM asset a JOIN asset_video v "
        "ON "
        "v.\"assetId\" = a.id JOIN asset_audio u ON u.\"assetId\" = a.id JOIN asset_keyframe k ON "
        "k.\"assetId\" = a.id WHERE a.id = '%s'",
        test_id(cx, id));
}

static void a_gif_that_moves_is_probed_too(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "IMAGE", record(cx, "a.GIF", "-f gif"));
    extract(cx, id, "upload", JOB_SUCCESS);
    assert_sql(cx, "1000 64x48 gif 10",
        "SELECT concat_ws(' ', duration, width || 'x' || height, \"codecName\", fps) FROM asset "
        "JOIN "
        "asset_exif e ON id = e.\"assetId\" JOIN asset_video v ON id = v.\"assetId\" WHERE id = "
        "'%s'",
        test_id(cx, id));
}

static void halves_of_a_live_photo_find_each_other(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid photo = test_asset(cx, alice, "IMAGE", write_file(cx, "a.jpg", JPEG));
    const uuid video = test_asset(cx, alice, "VIDEO", write_file(cx, "b.mov", JPEG));
    const uuid others = test_asset(cx, test_user(cx, "bob"), "VIDEO", "/p/c.mov");
    const char *sidecar = write_file(cx, "a.xmp", xmp(cx, "my:ContentIdentifier='A-1'"));
    record_sidecar(cx, photo, sidecar);
    record_sidecar(cx, video, sidecar);
    test_run(cx, str_fmt(cx->arena,
                     "INSERT INTO asset_exif (\"assetId\", \"livePhotoCID\") VALUES "
                     "('%s', 'A-1')",
                     test_id(cx, others)));
    extract(cx, photo, "upload", JOB_SUCCESS);
    static const char link[] = "SELECT \"livePhotoVideoId\" FROM asset WHERE id = '%s'";
    assert_sql(cx, "null", link, test_id(cx, photo));
    assert_null(cx->outbox);
    extract(cx, video, "upload", JOB_SUCCESS);
    assert_non_null(cx->outbox); /* on_asset_hidden */
    assert_sql(cx, test_id(cx, video), link, test_id(cx, photo));
    assert_sql(cx, "hidden", "SELECT visibility FROM asset WHERE id = '%s'", test_id(cx, video));
    assert_sql(cx, "timeline", "SELECT visibility FROM asset WHERE id = '%s'", test_id(cx, others));
}

/* --- sidecars --------------------------------------------------------------------------------- */

static void check(struct ctx *cx, uuid id, enum job_result expected)
{
    enum job_result result;
    const struct asset_job in = {.id = id, .source = SOME(str, STR("upload"))};
    assert_ok(job_SidecarCheck(cx, &in, &result));
    assert_int_equal(result, expected);
    assert_queued(cx, "AssetExtractMetadata upload");
}

static void a_sidecar_is_found_changed_and_lost(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "IMAGE", write_file(cx, "a.jpg", JPEG));
    static const char sidecar[] =
        "SELECT regexp_replace(path, '.*/', '') FROM asset_file WHERE type = 'sidecar' AND "
        "\"assetId\" = '%s'";
    check(cx, id, JOB_SKIPPED);
    const char *by_stem = write_file(cx, "a.xmp", xmp(cx, ""));
    check(cx, id, JOB_SUCCESS);
    assert_sql(cx, "a.xmp", sidecar, test_id(cx, id));
    check(cx, id, JOB_SKIPPED);
    const char *by_name = write_file(cx, "a.jpg.xmp", xmp(cx, ""));
    check(cx, id, JOB_SKIPPED); /* the recorded one comes first */
    assert_int_equal(unlink(by_stem), 0);
    check(cx, id, JOB_SUCCESS);
    assert_sql(cx, "a.jpg.xmp", sidecar, test_id(cx, id));
    assert_int_equal(unlink(by_name), 0);
    check(cx, id, JOB_SUCCESS);
    assert_sql(cx, "null", sidecar, test_id(cx, id));
}

static void edit(struct ctx *cx, uuid id, const char *assignments)
{
    test_run(cx, str_fmt(cx->arena,
                     "INSERT INTO asset_exif (\"assetId\") VALUES ('%s') ON CONFLICT "
                     "DO NOTHING; UPDATE asset_exif SET %s WHERE \"assetId\" = '%s'",
                     test_id(cx, id), assignments, test_id(cx, id)));
}

static void write_sidecar(struct ctx *cx, uuid id, enum job_result expected, const char *queued)
{
    enum job_result result;
    assert_ok(job_SidecarWrite(cx, &(struct asset_job){.id = id}, &result));
    assert_int_equal(result, expected);
    assert_queued(cx, queued);
}

static void edits_go_to_the_sidecar_and_come_back(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "IMAGE", write_file(cx, "a.jpg", JPEG));
    write_sidecar(cx, id, JOB_SKIPPED, "null");
    edit(cx, id,
        "description = 'Spring ä', rating = 5, tags = '{a/b,c}', latitude = 10.5, longitude = "
        "-20.25, "
        "\"dateTimeOriginal\" = '2023-01-02 01:04:05Z', \"timeZone\" = 'UTC+2', "
        "\"lockedProperties\" "
        "= '{description,rating,tags,latitude,longitude,dateTimeOriginal,timeZone}'");
    write_sidecar(cx, id, JOB_SUCCESS, "AssetExtractMetadata sidecar-write");
    assert_sql(cx, "a.jpg.xmp null",
        "SELECT concat_ws(' ', regexp_replace(path, '.*/', ''), "
        "coalesce(\"lockedProperties\"::text, "
        "'null')) FROM asset_file f JOIN asset_exif e USING (\"assetId\") WHERE \"assetId\" = '%s'",
        test_id(cx, id));

    extract(cx, id, "sidecar-write", JOB_SUCCESS);
    assert_non_null(cx->outbox); /* on_asset_update */
    assert_sql(cx, "Spring ä 5 {a/b,c} 10.5 -20.25 2023-01-02 01:04:05",
        "SELECT concat_ws(' ', description, rating, tags, latitude, longitude, "
        "\"dateTimeOriginal\" "
        "AT TIME ZONE 'UTC') FROM asset_exif WHERE \"assetId\" = '%s'",
        test_id(cx, id));
}

static void a_sidecar_that_cannot_be_written_leaves_the_edit_locked(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "IMAGE", write_file(cx, "a.jpg", JPEG));
    /* root may write anywhere, so the way is barred: a folder has the sidecar's name */
    assert_int_equal(mkdir(cstr(cx->arena, str_fmt(cx->arena, "%s/a.jpg.xmp", folder)), 0700), 0);
    edit(cx, id, "description = 'mine', \"lockedProperties\" = '{description}'");
    write_sidecar(cx, id, JOB_SUCCESS, "AssetExtractMetadata sidecar-write");
    extract(cx, id, "sidecar-write", JOB_SUCCESS);
    assert_sql(cx, "mine {description} 0",
        "SELECT concat_ws(' ', description, \"lockedProperties\", (SELECT count(*) FROM "
        "asset_file)) "
        "FROM asset_exif WHERE \"assetId\" = '%s'",
        test_id(cx, id));
}

static void a_zone_with_a_name_stays_locked(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "IMAGE", write_file(cx, "a.jpg", JPEG));
    edit(cx, id,
        "\"dateTimeOriginal\" = '2023-07-01 10:00Z', \"timeZone\" = 'Europe/Vienna', "
        "\"lockedProperties\" = '{dateTimeOriginal,timeZone}'");
    write_sidecar(cx, id, JOB_SUCCESS, "AssetExtractMetadata sidecar-write");
    extract(cx, id, "sidecar-write", JOB_SUCCESS);
    assert_sql(cx, "{timeZone} Europe/Vienna 2023-07-01 12:00:00",
        "SELECT concat_ws(' ', \"lockedProperties\", \"timeZone\", \"localDateTime\" AT TIME ZONE "
        "'UTC') FROM asset_exif JOIN asset ON id = \"assetId\" WHERE id = '%s'",
        test_id(cx, id));
}

/* --- motion photos ---------------------------------------------------------------------------- */

#define VIDEO_BYTES "the bytes of a video"
#define VIDEO_SHA1 "8292caf738b28408376980a39d21a85ac00cc605"

/* A JPEG with this XMP in it and bytes behind its end. */
static str jpeg_with(struct ctx *cx, const char *attributes, str behind)
{
    static const str head = STR_INIT("http://ns.adobe.com/xap/1.0/\0");
    static const str scan = STR_INIT("\xff\xda\0\x08\x01\x01\0\0\x3f\0\0\xff\xd9");
    const str document = xmp(cx, attributes);
    const size_t size = 2 + head.n + document.n;
    const char start[] = {'\xff', '\xd8', '\xff', '\xe1', (char)(size >> 8), (char)(size & 0xff)};
    auto_buf b = {0};
    buf_add_bytes(&b, start, sizeof start);
    buf_add(&b, head);
    buf_add(&b, document);
    buf_add(&b, scan);
    buf_add(&b, behind);
    return buf_take(&b, cx->arena);
}

static void a_motion_photos_video_becomes_a_hidden_asset(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const str video = STR(VIDEO_BYTES);
    const uuid photo = test_asset(cx, alice, "IMAGE",
        write_file(
            cx, "PXL.MP.jpg", jpeg_with(cx, "my:MicroVideo='1' my:MicroVideoOffset='20'", video)));
    extract(cx, photo, "upload", JOB_SUCCESS);
    assert_queued(cx, "StorageTemplateMigrationSingle upload, AssetEncodeVideo, "
                      "StorageTemplateMigrationSingle");
    static const char linked[] =
        "SELECT concat_ws(' ', v.\"originalFileName\", v.visibility, v.type, "
        "encode(v.checksum, 'hex'), s.\"metadataExtractedAt\" IS NOT NULL) FROM asset p JOIN asset "
        "v ON v.id = p.\"livePhotoVideoId\" JOIN asset_job_status s ON s.\"assetId\" = v.id WHERE "
        "p.id = '%s'";
    assert_sql(cx, "PXL.MP.mp4 hidden VIDEO " VIDEO_SHA1 " t", linked, test_id(cx, photo));
    assert_sql(
        cx, "20", "SELECT \"quotaUsageInBytes\" FROM \"user\" WHERE id = '%s'", test_id(cx, alice));
    const str path = test_text(cx, str_fmt(cx->arena,
                                       "SELECT v.\"originalPath\" FROM asset p JOIN asset "
                                       "v ON v.id = p.\"livePhotoVideoId\" WHERE p.id = '%s'",
                                       test_id(cx, photo)));
    str content;
    assert_ok(file_read(cx->arena, cstr(cx->arena, path), 100, &content));
    assert_str(content, VIDEO_BYTES);
    assert_true(str_ends(path, STR("-MP.mp4")));

    /* Again, with the file gone: the same asset, the file is back. */
    assert_int_equal(unlink(cstr(cx->arena, path)), 0);
    extract(cx, photo, "upload", JOB_SUCCESS);
    assert_queued(cx, "StorageTemplateMigrationSingle upload");
    assert_ok(file_read(cx->arena, cstr(cx->arena, path), 100, &content));
    assert_sql(
        cx, "20", "SELECT \"quotaUsageInBytes\" FROM \"user\" WHERE id = '%s'", test_id(cx, alice));
}

/* What Samsung's phones put behind the end: one named block, a directory of one entry. */
#define SAMSUNG_BLOCK "\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" VIDEO_BYTES
#define SAMSUNG_TRAILER                                                                            \
    SAMSUNG_BLOCK "SEFH\x6a\0\0\0\x01\0\0\0\0\0\x30\x0a\x2c\0\0\0\x2c\0\0\0\x18\0\0\0SEFT"

static void a_video_that_only_exiftool_finds_is_taken_too(void **state)
{
    struct ctx *cx = *state;
    const uuid photo = test_asset(cx, test_user(cx, "alice"), "IMAGE",
        write_file(cx, "a.jpg", jpeg_with(cx, "my:MotionPhoto='1'", STR(SAMSUNG_TRAILER))));
    extract(cx, photo, "upload", JOB_SUCCESS);
    assert_sql(cx, VIDEO_SHA1,
        "SELECT encode(v.checksum, 'hex') FROM asset p JOIN asset v ON v.id = "
        "p.\"livePhotoVideoId\" WHERE p.id = '%s'",
        test_id(cx, photo));
}

/* --- faces ------------------------------------------------------------------------------------ */

#define FACE(name, x)                                                                              \
    "<rdf:li><rdf:Description mwg-rs:Name='" name "' mwg-rs:Type='Face'><mwg-rs:Area stArea:x='" x \
    "' stArea:y='0.25' stArea:w='0.25' stArea:h='0.5' "                                            \
    "stArea:unit='normalized'/></rdf:Description>"                                                 \
    "</rdf:li>"
#define FACES(list)                                                                                \
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "                                                \
    "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "       \
    "xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/' "                         \
    "xmlns:stDim='http://ns.adobe.com/xap/1.0/sType/Dimensions#' "                                 \
    "xmlns:stArea='http://ns.adobe.com/xmp/sType/Area#'><mwg-rs:Regions "                          \
    "rdf:parseType='Resource'><mwg-rs:AppliedToDimensions stDim:w='400' stDim:h='200' "            \
    "stDim:unit='pixel'/><mwg-rs:RegionList><rdf:Bag>" list "</rdf:Bag></mwg-rs:RegionList>"       \
    "</mwg-rs:Regions></rdf:Description></rdf:RDF></x:xmpmeta>"

static void configure(struct ctx *cx, const char *script)
{
    test_run(cx, str_from(script));
    config_release(store, cx->config);
    assert_ok(config_refresh(cx, store));
    cx->config = config_acquire(store);
}

static void named_faces_become_people_when_that_is_wanted(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid id = test_asset(cx, alice, "IMAGE", write_file(cx, "a.jpg", JPEG));
    static const char faces[] =
        "SELECT string_agg(concat_ws(' ', p.name, \"boundingBoxX1\", \"boundingBoxY1\", "
        "\"boundingBoxX2\", \"boundingBoxY2\", p.\"faceAssetId\" = f.id), ', ' ORDER BY p.name) "
        "FROM asset_face f JOIN person p ON p.id = f.\"personId\" WHERE f.\"assetId\" = '%s'";
    record_sidecar(
        cx, id, write_file(cx, "a.xmp", STR(FACES(FACE("Marie", "0.25") FACE("PIERRE", "0.75")))));
    test_run(
        cx, str_fmt(cx->arena, "INSERT INTO person (\"ownerId\", name) VALUES ('%s', 'Pierre')",
                test_id(cx, alice)));
    extract(cx, id, "upload", JOB_SUCCESS);
    assert_sql(cx, "null", faces, test_id(cx, id));

    configure(cx, "INSERT INTO system_metadata (key, value) VALUES ('system-config', "
                  "'{\"metadata\":{\"faces\":{\"import\":true}}}')");
    test_run(cx, STR("DELETE FROM tintype.job"));
    extract(cx, id, "upload", JOB_SUCCESS);
    assert_sql(cx, "Marie 50 0 150 100 t, Pierre 250 0 350 100", faces, test_id(cx, id));
    assert_queued(cx, "PersonGenerateThumbnail, StorageTemplateMigrationSingle upload");

    /* Again, with one of them gone: the other one's row is the same. */
    const str marie = test_text(cx, STR("SELECT \"faceAssetId\" FROM person WHERE name = 'Marie'"));
    write_file(cx, "a.xmp", STR(FACES(FACE("marie", "0.25"))));
    extract(cx, id, "upload", JOB_SUCCESS);
    assert_sql(cx, "Marie 50 0 150 100 t", faces, test_id(cx, id));
    assert_sql(cx, cstr(cx->arena, marie), "SELECT id FROM asset_face");
    configure(cx, "DELETE FROM system_metadata WHERE key = 'system-config'");
}

/* --- all of them ------------------------------------------------------------------------------ */

static void queue_all_takes_what_is_missing_or_everything(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid done = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    test_asset(cx, alice, "IMAGE", "/p/b.jpg");
    const uuid trashed = test_asset(cx, alice, "IMAGE", "/p/c.jpg");
    test_run(cx, str_fmt(cx->arena,
                     "INSERT INTO asset_job_status (\"assetId\", \"metadataExtractedAt\") VALUES "
                     "('%s', now()); UPDATE asset SET \"deletedAt\" = now() WHERE id = '%s'",
                     test_id(cx, done), test_id(cx, trashed)));
    record_sidecar(cx, done, "/p/a.xmp");
    enum job_result result;
    assert_ok(job_AssetExtractMetadataQueueAll(cx, &(struct force_job){0}, &result));
    assert_queued(cx, "AssetExtractMetadata");
    assert_ok(job_AssetExtractMetadataQueueAll(
        cx, &(struct force_job){.force = SOME(bool, true)}, &result));
    assert_queued(cx, "AssetExtractMetadata, AssetExtractMetadata");
    assert_ok(job_SidecarQueueAll(cx, &(struct force_job){0}, &result));
    assert_queued(cx, "SidecarCheck, SidecarCheck");
    assert_ok(job_SidecarQueueAll(cx, &(struct force_job){.force = SOME(bool, true)}, &result));
    assert_queued(cx, "SidecarCheck, SidecarCheck, SidecarCheck");
}

static void thumbnails_follow_new_assets_only(void **state)
{
    struct ctx *cx = *state;
    static const struct {
        const char *source, *queued;
    } cases[] = {{"upload", "AssetGenerateThumbnails upload"},
        {"copy", "AssetGenerateThumbnails copy"}, {"sidecar-write", "null"}, {NULL, "null"}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        enum job_result result;
        struct asset_job in = {.id = uuid_v4()};
        if (cases[i].source) in.source = SOME(str, str_from(cases[i].source));
        assert_ok(job_StorageTemplateMigrationSingle(cx, &in, &result));
        assert_int_equal(result, JOB_SKIPPED);
        assert_queued(cx, cases[i].queued);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_folder, close_folder)
    const struct CMUnitTest tests[] = {
        TEST(a_file_and_its_sidecar_become_rows),
        TEST(an_asset_that_is_gone_is_skipped),
        TEST(a_missing_file_fails_and_changes_nothing),
        TEST(a_file_that_is_no_photo_keeps_its_dates),
        TEST(a_video_has_its_streams_and_the_time_of_its_place),
        TEST(a_gif_that_moves_is_probed_too),
        TEST(halves_of_a_live_photo_find_each_other),
        TEST(a_sidecar_is_found_changed_and_lost),
        TEST(edits_go_to_the_sidecar_and_come_back),
        TEST(a_sidecar_that_cannot_be_written_leaves_the_edit_locked),
        TEST(a_zone_with_a_name_stays_locked),
        TEST(a_motion_photos_video_becomes_a_hidden_asset),
        TEST(a_video_that_only_exiftool_finds_is_taken_too),
        TEST(named_faces_become_people_when_that_is_wanted),
        TEST(queue_all_takes_what_is_missing_or_everything),
        TEST(thumbnails_follow_new_assets_only),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
