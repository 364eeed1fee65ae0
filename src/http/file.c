/* Replies from files: opened, checked and, on a cache miss, read in the file pool, so that a
 * hanging mount never holds an event thread or a handler. */
#define BANNED_ALLOW_MALLOC /* a body outlives the handler, its buffer is only for cache misses */

#include "core/codec.h"
#include "core/fd.h"
#include "core/log.h"
#include "core/size.h"
#include "http/exchange.h"
#include "http/mime.h"
#include "http/range.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "core/banned.h"

enum {
    FILE_SMALL = 64 * 1024,  /* read whole by the thread that opened it: one hand-over less */
    FILE_BLOCK = 128 * 1024, /* read at a time while sending */
};

struct file_body {
    int fd;
    uint64_t offset, size; /* of the part that is sent */
    struct inner *in;
    /* A block the page cache did not have: read by the file pool, sent by the event thread. */
    struct work work;
    char *block;
    size_t block_n;
    uint64_t block_at; /* position in the part */
    bool failed;
};

void file_body_free(struct file_body *f)
{
    if (!f) return;
    fd_close(&f->fd);
    free(f->block);
    free(f);
}

static const char *const CACHE_TEXTS[] = {
    [CACHE_MEDIA] = ("private, max-age=86400, no-transform, stale-while-revalidate=2592000, "
                     "stale-if-error=2592000"),
    [CACHE_PRIVATE] = "private, no-cache, no-transform",
    [CACHE_STATIC] = "public, max-age=0",
    [CACHE_IMMUTABLE] = "public,max-age=31536000,immutable",
    [CACHE_NO_STORE] = "no-store",
};

str cache_rule_text(enum cache_rule rule)
{
    return rule == CACHE_NONE ? (str){0} : str_from(CACHE_TEXTS[rule]);
}

static void answer_missing(struct exchange *x)
{
    const str message = x->reply.file.missing;
    reply_message(&x->reply, 404, message.n ? message : STR("Not Found"));
}

/* A quoted-string cannot hold quotes and controls. */
static str quotable(struct arena *a, str name)
{
    char *p = arena_alloc_raw(a, name.n);
    for (size_t i = 0; i < name.n; i++) {
        const unsigned char c = (unsigned char)name.p[i];
        p[i] = c < ' ' || c == 0x7f || c == '"' || c == '\\' ? '_' : name.p[i];
    }
    return (str){p, name.n};
}

static void add_file_headers(struct exchange *x, const struct validators *v)
{
    const struct reply_file *file = &x->reply.file;
    char date[HTTP_DATE_TEXT];
    http_date_format(v->modified, date);
    reply_header(&x->reply, STR("ETag"), v->etag);
    reply_header(&x->reply, STR("Last-Modified"), str_dup(x->arena, str_from(date)));
    reply_header(&x->reply, STR("Accept-Ranges"), STR("bytes"));
    if (file->cache != CACHE_NONE)
        reply_header(&x->reply, STR("Cache-Control"), cache_rule_text(file->cache));
    if (file->inline_name.n)
        reply_header(&x->reply, STR("Content-Disposition"),
            str_fmt(x->arena, "inline; filename*=UTF-8''%.*s",
                FMT(percent_encode(x->arena, file->inline_name))));
    if (file->attachment_name.n)
        reply_header(&x->reply, STR("Content-Disposition"),
            str_fmt(x->arena, "attachment; filename=\"%.*s\"",
                FMT(quotable(x->arena, file->attachment_name))));
    if (file->encoding.n) reply_header(&x->reply, STR("Content-Encoding"), file->encoding);
    if (file->vary_encoding || mime_compressible(file->type))
        reply_header(&x->reply, STR("Vary"), STR("Accept-Encoding"));
}

static struct conditions conditions_of(const struct request *r)
{
    return (struct conditions){
        .if_match = request_header(r, STR("if-match")),
        .if_none_match = request_header(r, STR("if-none-match")),
        .if_modified_since = request_header(r, STR("if-modified-since")),
        .if_unmodified_since = request_header(r, STR("if-unmodified-since")),
        .if_range = request_header(r, STR("if-range")),
    };
}

static struct validators validators_of(struct arena *a, const struct stat *st)
{
    const int64_t modified_ms = (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;
    return (struct validators){
        .etag = str_fmt(
            a, "W/\"%llx-%llx\"", (unsigned long long)st->st_size, (unsigned long long)modified_ms),
        .modified = st->st_mtim.tv_sec,
    };
}

/* Decides what part is sent. False when it was answered without the file. */
static bool choose_part(struct exchange *x, const struct stat *st, struct range *part)
{
    const struct validators v = validators_of(x->arena, st);
    const struct conditions c = conditions_of(&x->request);
    const uint64_t size = (uint64_t)st->st_size;
    switch (conditions_check(&c, &v)) {
    case CONDITION_SEND:
        break;
    case CONDITION_NOT_MODIFIED:
        add_file_headers(x, &v);
        reply_empty(&x->reply, 304);
        return false;
    case CONDITION_FAILED:
        answer_missing(x);
        return false;
    }

    *part = (struct range){0, size ? size - 1 : 0};
    const str wanted = request_header(&x->request, STR("range"));
    const bool is_get = str_eq(x->request.method, STR("GET"));
    if (wanted.p && is_get && conditions_range_applies(&c, &v)) {
        switch (range_parse(wanted, size, part)) {
        case RANGE_WHOLE:
            break;
        case RANGE_PART:
            x->reply.status = 206;
            reply_header(&x->reply, STR("Content-Range"),
                str_fmt(x->arena, "bytes %llu-%llu/%llu", (unsigned long long)part->first,
                    (unsigned long long)part->last, (unsigned long long)size));
            break;
        case RANGE_UNSATISFIABLE:
            /* Compat: the routes that send files turn every failure into 404. */
            reply_header(&x->reply, STR("Content-Range"),
                str_fmt(x->arena, "bytes */%llu", (unsigned long long)size));
            answer_missing(x);
            return false;
        }
    }
    add_file_headers(x, &v);
    return true;
}

static void read_block(struct work *w)
{
    struct file_body *f = (struct file_body *)((char *)w - offsetof(struct file_body, work));
    if (!f->block) f->block = malloc(FILE_BLOCK);
    if (!f->block) log_die("out of memory");
    const size_t n = (size_t)MIN((uint64_t)FILE_BLOCK, f->size - f->block_at);
    const ssize_t got = pread(f->fd, f->block, n, (off_t)(f->offset + f->block_at));
    f->block_n = got > 0 ? (size_t)got : 0;
    f->failed = got <= 0; /* an error, or a file that became shorter: the promised size is a lie */
    inner_resume(f->in);
}

static ssize_t take_block(struct file_body *f, uint64_t at, char *out, size_t most)
{
    const size_t skip = (size_t)(at - f->block_at);
    const size_t n = MIN(most, f->block_n - skip);
    memcpy(out, f->block + skip, n);
    return (ssize_t)n;
}

/* On the event thread: only what the page cache has. */
static ssize_t send_part(void *cls, uint64_t at, char *out, size_t most)
{
    struct file_body *f = cls;
    if (f->failed) return MHD_CONTENT_READER_END_WITH_ERROR;
    if (at >= f->block_at && at < f->block_at + f->block_n) return take_block(f, at, out, most);

    const struct iovec room = {out, most};
    const ssize_t got = preadv2(f->fd, &room, 1, (off_t)(f->offset + at), RWF_NOWAIT);
    if (got > 0) return got;
    if (got == 0) return MHD_CONTENT_READER_END_WITH_ERROR;
    /* EAGAIN: not in the cache; EOPNOTSUPP: this file system cannot tell. Others show in pread. */
    f->block_at = at;
    f->block_n = 0;
    MHD_suspend_connection(f->in->connection);
    pool_push_always(f->in->server->files, &f->work);
    return 0;
}

static void free_body(void *cls)
{
    file_body_free(cls);
}

struct MHD_Response *file_body_response(struct inner *in)
{
    struct file_body *f = in->file;
    in->file = NULL;
    return MHD_create_response_from_callback(f->size, FILE_BLOCK, send_part, f, free_body);
}

/* Small parts become plain bytes. False when the file is not as long as it said. */
static bool read_small(struct exchange *x, int fd, const struct range *part, size_t n)
{
    char *p = arena_alloc_raw(x->arena, n);
    size_t done = 0;
    while (done < n) {
        const ssize_t got = pread(fd, p + done, n - done, (off_t)(part->first + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        done += (size_t)got;
    }
    x->reply.kind = REPLY_BYTES;
    x->reply.body = (str){p, n};
    return true;
}

bool file_body_open(struct inner *in)
{
    struct exchange *x = &in->x;
    struct reply_file *file = &x->reply.file;
    const size_t headers_n = x->reply.headers_n;
    struct stat st;
    struct range part;
    auto_fd fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        answer_missing(x);
        return false;
    }
    if (!file->type.n) file->type = mime_type(str_from(file->path));
    if (!choose_part(x, &st, &part)) return false;

    x->reply.type = file->type;
    const uint64_t size = st.st_size ? part.last - part.first + 1 : 0;
    if (size <= FILE_SMALL && !x->request.head) {
        if (read_small(x, fd, &part, (size_t)size)) return true;
        x->reply.headers_n = headers_n; /* they promise a file, even to caches */
        answer_missing(x);
        return false;
    }
    in->file = calloc(1, sizeof *in->file);
    if (!in->file) log_die("out of memory");
    *in->file = (struct file_body){
        .fd = TAKE(fd), .offset = part.first, .size = size, .in = in, .work.run = read_block};
    return true;
}
