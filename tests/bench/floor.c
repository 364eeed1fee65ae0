/* What the bare building blocks take on this machine, in the same run as what is compared with
 * them.
 *
 * usage: bench-floor http PORT BYTES    answers every request with so many bytes, until it is
 * killed bench-floor select URL N       N prepared selects of one row over one connection
 *        bench-floor rows URL N         reads N rows of assets
 *        bench-floor read FILE N        reads FILE and computes its SHA-1
 *        bench-floor ingest FILE N      SHA-1, preview (shorter side 1440), thumbnail (250), pixels
 * of a thumbhash The last four print the CPU milliseconds of one round.
 */
#include <libpq-fe.h>
#include <microhttpd.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <vips/vips.h>

#define PREVIEW_PX 1440
#define THUMBNAIL_PX 250
#define HASH_PX 100

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void die(const char *what)
{
    fprintf(stderr, "bench-floor: %s\n", what);
    exit(EXIT_FAILURE);
}

/* --- a reply from memory --- */

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *size, void **request)
{
    static int seen;
    (void)url, (void)method, (void)version, (void)data, (void)size;
    if (!*request) { /* a reply to the head alone would end the connection */
        *request = &seen;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, context);
}

static void serve(uint16_t port, size_t bytes)
{
    char *body = calloc(1, bytes);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(bytes, body, MHD_RESPMEM_PERSISTENT);
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, port, NULL, NULL,
        answer, response, MHD_OPTION_THREAD_POOL_SIZE, 4u, MHD_OPTION_END);
    if (!daemon) die("cannot listen");
    pause();
}

/* --- a row from the database --- */

static void selects(const char *url, int n)
{
    PGconn *db = PQconnectdb(url);
    if (PQstatus(db) != CONNECTION_OK) die(PQerrorMessage(db));
    PQclear(PQprepare(db, "one", "SELECT oid, typname FROM pg_type WHERE oid = $1", 1, NULL));
    const char *id = "25"; /* the type text: a lookup by primary key */
    for (int i = 0; i < n; i++) {
        PGresult *row = PQexecPrepared(db, "one", 1, &id, NULL, NULL, 1);
        if (PQntuples(row) != 1) die(PQerrorMessage(db));
        PQclear(row);
    }
    PQfinish(db);
}

/* --- rows of assets, binary and one by one, made into nothing --- */

static void rows(const char *url, int n)
{
    char query[512];
    snprintf(query, sizeof query,
        "SELECT \"updateId\", id, \"ownerId\", \"originalFileName\", \"fileCreatedAt\","
        " \"fileModifiedAt\", \"createdAt\", \"localDateTime\", type, \"deletedAt\","
        " \"isFavorite\", visibility, duration, \"livePhotoVideoId\", \"stackId\","
        " \"libraryId\", width, height, \"isEdited\", checksum, thumbhash"
        " FROM asset ORDER BY \"updateId\" LIMIT %d",
        n);
    PGconn *db = PQconnectdb(url);
    if (PQstatus(db) != CONNECTION_OK) die(PQerrorMessage(db));
    if (!PQsendQueryParams(db, query, 0, NULL, NULL, NULL, NULL, 1) || !PQsetSingleRowMode(db))
        die(PQerrorMessage(db));
    int seen = 0;
    for (PGresult *row; (row = PQgetResult(db)); PQclear(row))
        seen += PQntuples(row);
    if (seen != n) die("too few assets");
    PQfinish(db);
}

/* --- a photo --- */

struct file {
    char *bytes;
    size_t size;
};

static struct file read_file(const char *path)
{
    struct file file;
    if (!g_file_get_contents(path, &file.bytes, &file.size, NULL)) die("cannot read the file");
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_Digest(file.bytes, file.size, digest, NULL, EVP_sha1(), NULL);
    return file;
}

static VipsImage *checked(VipsImage *image)
{
    if (!image) vips_error_exit("libvips");
    return image;
}

/* The shorter side becomes px; decoded into memory, so that the next steps do not decode again. */
static VipsImage *decode(struct file file, int px)
{
    VipsImage *head = checked(vips_image_new_from_buffer(file.bytes, file.size, "", NULL));
    const bool wide = head->Xsize > head->Ysize;
    g_object_unref(head);
    VipsImage *scaled = NULL;
    vips_thumbnail_buffer(file.bytes, file.size, &scaled, wide ? VIPS_MAX_COORD : px, "height",
        wide ? px : VIPS_MAX_COORD, "size", VIPS_SIZE_DOWN, NULL);
    VipsImage *pixels = vips_image_copy_memory(checked(scaled));
    g_object_unref(scaled);
    return checked(pixels);
}

static VipsImage *scale(VipsImage *image, int px)
{
    const bool wide = image->Xsize > image->Ysize;
    VipsImage *scaled = NULL;
    vips_thumbnail_image(
        image, &scaled, wide ? VIPS_MAX_COORD : px, "height", wide ? px : VIPS_MAX_COORD, NULL);
    return checked(scaled);
}

static void ingest(const char *path)
{
    const struct file file = read_file(path);
    void *jpeg = NULL, *webp = NULL;
    size_t size;
    VipsImage *preview = decode(file, PREVIEW_PX);
    vips_jpegsave_buffer(preview, &jpeg, &size, "Q", 80, "strip", TRUE, NULL);
    VipsImage *thumbnail = scale(preview, THUMBNAIL_PX);
    vips_webpsave_buffer(thumbnail, &webp, &size, "Q", 80, "strip", TRUE, NULL);
    if (!jpeg || !webp) vips_error_exit("libvips");
    VipsImage *small = NULL;
    vips_thumbnail_image(preview, &small, HASH_PX, "height", HASH_PX, NULL);
    VipsImage *hash = checked(vips_image_copy_memory(checked(small)));
    g_object_unref(hash);
    g_object_unref(small);
    g_object_unref(thumbnail);
    g_object_unref(preview);
    g_free(jpeg);
    g_free(webp);
    g_free(file.bytes);
}

int main(int argc, char **argv)
{
    if (argc != 4) die("see the head of floor.c for the arguments");
    const char *what = argv[1];
    const int n = (int)strtol(argv[3], NULL, 10);
    if (n < 1 || VIPS_INIT(argv[0])) die("cannot start");
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    if (strcmp(what, "http") == 0) serve((uint16_t)strtol(argv[2], NULL, 10), (size_t)n);

    const double start = cpu_ms();
    if (strcmp(what, "select") == 0) selects(argv[2], n);
    if (strcmp(what, "rows") == 0) rows(argv[2], n);
    for (int i = 0; i < n && strcmp(what, "read") == 0; i++)
        g_free(read_file(argv[2]).bytes);
    for (int i = 0; i < n && strcmp(what, "ingest") == 0; i++)
        ingest(argv[2]);
    printf("%.4f\n", (cpu_ms() - start) / n);
    return 0;
}
