/* Uploads: the event thread fills a bounded ring, an upload thread parses, writes and hashes.
 *
 * A slow sender does not hold an upload thread: the work item is queued when there is something to
 * do, and takes what is there. At most one is queued or running per upload, so the parser needs no
 * lock; the ring and the flags have one. */
#define BANNED_ALLOW_MALLOC /* the ring is shared between threads and larger than a request */

#include "core/fd.h"
#include "core/hash.h"
#include "core/log.h"
#include "core/size.h"
#include "core/thread.h"
#include "core/uuid.h"
#include "http/exchange.h"
#include "http/multipart.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "core/banned.h"

enum {
    RING = 256 * 1024,
    RING_WAKE = 64 * 1024,  /* so many bytes are worth waking an upload thread for */
    TURN_MAX = 1024 * 1024, /* then others have their turn */
    FILE_MODE = 0644,
    OPEN_TRIES = 5,
};

struct upload_run {
    struct inner *in;
    struct work work;
    pthread_mutex_t mutex;
    char *ring;
    size_t head, n;
    bool started;   /* the first bytes have been seen: refusals come early */
    bool suspended; /* the connection waits for room */
    bool scheduled; /* the work item is queued or runs */
    bool body_done; /* and the connection is suspended until the answer */
    bool failed;    /* the answer is known */
    bool gone;      /* the client left */
    bool discarded;

    struct multipart *parser; /* NULL: the body is no form and dropped */
    struct upload_file *file; /* the part that comes, or NULL */
    struct hash *hash;
    str field_name;
    struct buf field;
    struct param *fields;
    size_t fields_n, fields_bytes;
};

const struct upload_file *upload_file_find(const struct upload *u, str field)
{
    for (size_t i = 0; i < u->files_n; i++) {
        if (str_eq(u->files[i].field, field)) return &u->files[i];
    }
    return NULL;
}

/* ---- parts ---- */

static bool is_file_field(const struct upload_rules *rules, str name)
{
    for (const char *const *field = rules->file_fields; field && *field; field++) {
        if (str_eq(str_from(*field), name)) return true;
    }
    return false;
}

/* Locked for as long as it is open, so that a sweep can tell it from what a crash has left. Where
 * there are no locks, sweeps go by age. */
static fallible open_file(struct upload_file *file)
{
    for (int i = 0; i < OPEN_TRIES; i++) {
        struct stat st;
        file->fd = open(file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, FILE_MODE);
        if (file->fd < 0) FAIL_ERRNO("open", file->path);
        (void)flock(file->fd, LOCK_EX | LOCK_NB);
        if (fstat(file->fd, &st) == 0 && st.st_nlink > 0) return NULL;
        fd_close(&file->fd); /* a sweep came between the two calls */
    }
    FAIL(INTERNAL, "a new file vanishes: %s", file->path);
}

static fallible begin_file(struct upload_run *run, const struct multipart_part *part)
{
    struct exchange *x = &run->in->x;
    struct upload *u = x->upload;
    if (!is_file_field(&u->rules, part->name) || upload_file_find(u, part->name) ||
        u->files_n == UPLOAD_FILES_MAX)
        FAIL(BAD_REQUEST, "Unexpected field - %.*s", FMT(part->name));

    struct upload_file *file = &u->files[u->files_n];
    *file = (struct upload_file){
        .field = part->name, .filename = part->filename, .type = part->type, .fd = -1};
    if (u->rules.accept_file) TRY(u->rules.accept_file(run->in->server->app, x, file));

    file->path = cstr(x->arena, str_fmt(x->arena, "%s/" UPLOAD_PREFIX "%.*s", u->rules.folder,
                                    FMT(uuid_str(x->arena, uuid_v4()))));
    err e = open_file(file);
    /* The folder's absence is our fault, not something the client asked for. */
    if (err_is(e, NOT_FOUND)) FAIL(INTERNAL, "no upload folder %s", u->rules.folder);
    if (e) return e;
    u->files_n++;
    run->file = file;
    run->hash = hash_begin(HASH_SHA1);
    return NULL;
}

static fallible begin_part(void *p, const struct multipart_part *part)
{
    struct upload_run *run = p;
    run->file = NULL;
    if (part->is_file) return begin_file(run, part);
    if (run->fields_n == UPLOAD_FIELDS_MAX) FAIL(BAD_REQUEST, "Too many fields");
    run->field_name = part->name;
    buf_clear(&run->field);
    return NULL;
}

static fallible part_data(void *p, str data)
{
    struct upload_run *run = p;
    if (!run->file) {
        if (run->field.n + data.n > UPLOAD_FIELD_MAX ||
            run->fields_bytes + run->field.n + data.n > UPLOAD_FIELDS_TOTAL_MAX)
            FAIL(BAD_REQUEST, "Field value too long");
        buf_add(&run->field, data);
        return NULL;
    }
    TRY(fd_write_all(run->file->fd, data.p, data.n));
    hash_add(run->hash, data.p, data.n);
    run->file->size += data.n;
    return NULL;
}

static fallible end_part(void *p)
{
    struct upload_run *run = p;
    struct upload *u = run->in->x.upload;
    if (run->file) {
        hash_end(run->hash, run->file->sha1);
        run->hash = NULL;
        const bool is_empty = run->file->size == 0;
        run->file = NULL;
        if (is_empty && !u->rules.keep_empty) FAIL(BAD_REQUEST, "File is empty");
        return NULL;
    }
    const str value = str_dup(run->in->x.arena, buf_str(&run->field));
    if (!str_is_utf8(value) || str_find_char(value, '\0') >= 0)
        FAIL(BAD_REQUEST, "Malformed field - %.*s", FMT(run->field_name));
    run->fields[run->fields_n++] = (struct param){run->field_name, value};
    run->fields_bytes += value.n;
    u->fields = (struct params){run->fields, run->fields_n};
    return NULL;
}

void upload_leave(const struct upload_file *file)
{
    ((struct upload_file *)(uintptr_t)file)->left = true; /* const for handlers only */
    auto_fd mark = open(file->path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, FILE_MODE);
    if (mark < 0)
        log_warn("no sweep will look for a file", KV_ERROR(err_errno("open", file->path)));
}

/* ---- life ---- */

static struct upload_run *run_new(struct inner *in, str boundary)
{
    struct upload_run *run = calloc(1, sizeof *run);
    if (!run) log_die("out of memory");
    run->in = in;
    run->ring = malloc(RING);
    if (!run->ring) log_die("out of memory");
    pthread_mutex_init(&run->mutex, NULL);
    run->fields = ARENA_ARRAY(in->x.arena, struct param, UPLOAD_FIELDS_MAX);
    if (boundary.p) {
        const struct multipart_callbacks callbacks = {begin_part, part_data, end_part, run};
        run->parser = multipart_new(in->x.arena, boundary, &callbacks);
    }
    in->server->upload_runs++;
    return run;
}

void upload_free(struct upload_run *run)
{
    run->in->server->upload_runs--;
    buf_done(&run->field);
    pthread_mutex_destroy(&run->mutex);
    free(run->ring);
    free(run);
}

void upload_discard(struct upload_run *run)
{
    struct upload *u = run->in->x.upload;
    for (size_t i = 0; i < u->files_n; i++) {
        if (!u->files[i].left && unlink(u->files[i].path) != 0 && errno != ENOENT)
            log_warn("temporary file stays behind", KV("path", u->files[i].path));
        fd_close(&u->files[i].fd);
    }
    if (run->hash) hash_free(run->hash);
    run->hash = NULL;
    run->discarded = true;
}

/* The work item of a new upload: only the header is there. */
void upload_begin(struct work *w)
{
    struct inner *in = (struct inner *)((char *)w - offsetof(struct inner, work));
    struct exchange *x = &in->x;
    const struct http_server *s = in->server;
    log_context(cstr(x->arena, x->request.correlation_id));
    const bool answered = s->hooks->begin(s->app, x);
    log_context(NULL);
    if (answered) {
        inner_finish(in);
        return;
    }
    const str type = request_header(&x->request, STR("content-type"));
    str boundary = {0};
    if (multipart_is(type) && !multipart_boundary(x->arena, type, &boundary)) {
        reply_message(&x->reply, 400, STR("Multipart: Boundary not found"));
        inner_finish(in);
        return;
    }
    in->run = run_new(in, boundary);
    inner_resume(in);
}

/* ---- upload threads ---- */

static void fail(struct upload_run *run, err e)
{
    struct exchange *x = &run->in->x;
    if (e->status >= 500) {
        log_error("upload failed", KV_ERROR(e));
        answer_not_stored(x, e);
    } else {
        reply_message(&x->reply, e->status, str_from(e->message));
    }
    MUTEX_SCOPE(&run->mutex)
    run->failed = true;
}

static void finish(struct upload_run *run)
{
    struct inner *in = run->in;
    err e = run->failed || !run->parser ? NULL : multipart_finish(run->parser);
    if (e) fail(run, e);
    if (run->failed) {
        upload_discard(run);
        inner_finish(in);
        return;
    }
    /* The client has sent it all: it is not turned away for a full queue any more. */
    in->work.run = inner_handle;
    pool_push_always(inner_pool(in), &in->work);
}

enum turn { TURN_AGAIN, TURN_EMPTY, TURN_BODY_DONE, TURN_GONE };

/* What there is to do; with TURN_AGAIN a piece of the ring that stays put until it is consumed. */
static enum turn look(struct upload_run *run, str *piece)
{
    enum turn turn = TURN_AGAIN;
    MUTEX_SCOPE(&run->mutex)
    {
        *piece = (str){run->ring + run->head, MIN(run->n, RING - run->head)};
        if (run->gone)
            turn = TURN_GONE;
        else if (!run->n)
            turn = run->body_done ? TURN_BODY_DONE : TURN_EMPTY;
        if (turn != TURN_AGAIN) run->scheduled = false;
    }
    return turn;
}

static void consumed(struct upload_run *run, size_t n)
{
    MUTEX_SCOPE(&run->mutex)
    {
        run->head = (run->head + n) % RING;
        run->n -= n;
        if (run->suspended && run->n <= RING / 2) {
            run->suspended = false;
            MHD_resume_connection(run->in->connection);
        }
    }
}

static void work_on(struct work *w)
{
    struct upload_run *run = (struct upload_run *)((char *)w - offsetof(struct upload_run, work));
    struct inner *in = run->in;
    size_t done = 0;
    str piece;
    enum turn turn;
    while ((turn = look(run, &piece)) == TURN_AGAIN) {
        if (done >= TURN_MAX) {
            pool_push_always(in->server->uploads, &run->work);
            return;
        }
        if (run->parser && !run->failed) {
            err e = multipart_feed(run->parser, piece);
            if (e) fail(run, e);
        }
        consumed(run, piece.n);
        done += piece.n;
    }
    if (turn == TURN_GONE && !run->discarded) upload_discard(run);
    if (turn == TURN_BODY_DONE) finish(run);
    inner_unref(in);
}

/* With the mutex held. */
static void schedule(struct upload_run *run)
{
    if (run->scheduled) return;
    run->scheduled = true;
    run->work.run = work_on;
    inner_ref(run->in);
    pool_push_always(run->in->server->uploads, &run->work);
}

/* ---- event thread ---- */

static size_t put(struct upload_run *run, const char *p, size_t n)
{
    size_t done = 0;
    while (done < n && run->n < RING) {
        const size_t tail = (run->head + run->n) % RING;
        const size_t fits = MIN(n - done, MIN(RING - run->n, RING - tail));
        memcpy(run->ring + tail, p + done, fits);
        run->n += fits;
        done += fits;
    }
    return done;
}

size_t upload_take(struct upload_run *run, const char *p, size_t n)
{
    size_t taken = n;
    MUTEX_SCOPE(&run->mutex)
    {
        if (!run->failed) {
            taken = put(run, p, n);
            if (taken < n) {
                run->suspended = true;
                MHD_suspend_connection(run->in->connection);
            }
            if (!run->started || run->suspended || run->n >= RING_WAKE) schedule(run);
            run->started = true;
        }
    }
    return taken;
}

bool upload_failed(struct upload_run *run)
{
    bool failed = false;
    MUTEX_SCOPE(&run->mutex)
    failed = run->failed;
    return failed;
}

void upload_body_end(struct upload_run *run)
{
    MUTEX_SCOPE(&run->mutex)
    {
        run->body_done = true;
        schedule(run);
    }
}

void upload_gone(struct upload_run *run)
{
    MUTEX_SCOPE(&run->mutex)
    {
        run->gone = true;
        if (!run->discarded) schedule(run);
    }
}
