#include "core/arena.h"
#include "core/codec.h"
#include "core/fd.h"
#include "core/log.h"
#include "core/size.h"
#include "core/str.h"
#include "core/time.h"
#include "role/cluster.h"
#include "role/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "core/banned.h"

enum {
    INITDB_LIMIT_MS = 120 * 1000, /* 1-3 s measured; an SD card may take much longer */
    START_LIMIT_MS = 60 * 1000,
    SMART_STOP_LIMIT_MS = 2 * 1000,
    STOP_LIMIT_MS = 20 * 1000,
    POLL_MS = 3,
    VERSION_FILE_MAX = 16,
    PID_FILE_MAX = 4096,
};

#define PROGRAMS "/usr/lib/postgresql"

/* Tuned for a small machine: 19.5 MB at rest. Durability stays on. */
static const char *const settings[] = {
    "listen_addresses=",
    "shared_buffers=96MB",
    "max_connections=40",
    "jit=off",
    "timezone=UTC",
    "max_wal_size=512MB",
    "max_worker_processes=4",
    "max_parallel_workers=2",
    "max_parallel_workers_per_gather=1",
    "autovacuum_max_workers=2",
    "unix_socket_permissions=0700",
};

static bool is_regular(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

bool cluster_exists(const char *state_dir)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/postgres/PG_VERSION", state_dir);
    return is_regular(path);
}

/* The highest installed major version that has pgvector, or the one asked for (0 = any). */
static int installed_major(int wanted)
{
    int best = 0;
    DIR *dir = opendir(PROGRAMS);
    for (const struct dirent *entry; dir && (entry = readdir(dir));) {
        int64_t major;
        char path[PATH_MAX];
        if (!str_parse_i64(str_from(entry->d_name), &major) || major < 14 || major > 99) continue;
        snprintf(
            path, sizeof path, "/usr/share/postgresql/%d/extension/vector.control", (int)major);
        if (!is_regular(path)) continue;
        snprintf(path, sizeof path, PROGRAMS "/%d/bin/postgres", (int)major);
        if (!is_regular(path) || (wanted && major != wanted)) continue;
        best = MAX(best, (int)major);
    }
    if (dir) closedir(dir);
    return best;
}

static fallible find_programs(struct arena *a, struct cluster *c)
{
    int wanted = 0;
    const char *version_file = cstr(a, str_fmt(a, "%s/PG_VERSION", c->data));
    if (is_regular(version_file)) {
        str text;
        int64_t major;
        TRY(file_read(a, version_file, VERSION_FILE_MAX, &text));
        if (!str_parse_i64(str_trim(text), &major)) FAIL(INTERNAL, "%s is damaged", version_file);
        wanted = (int)major;
    }
    const int major = installed_major(wanted);
    if (!major && wanted) {
        FAIL(BAD_REQUEST,
            "The private database in %s was made by PostgreSQL %d, which is not installed here "
            "(with pgvector). Install it, "
            "or restore a backup.",
            c->data, wanted);
    }
    if (!major) {
        FAIL(BAD_REQUEST, "No database is configured and no PostgreSQL with pgvector is installed. "
                          "Run script/setup, or set DB_HOSTNAME.");
    }
    c->bin = cstr(a, str_fmt(a, PROGRAMS "/%d/bin", major));
    return NULL;
}

/* PostgreSQL refuses to run as root. */
static fallible choose_user(struct cluster *c)
{
    static const char *const names[] = {"postgres", "nobody"};
    c->uid = (uid_t)-1;
    c->gid = (gid_t)-1;
    if (geteuid() != 0) return NULL;
    for (size_t i = 0; i < LENGTH(names); i++) {
        const struct passwd *user = getpwnam(names[i]);
        if (!user) continue;
        c->uid = user->pw_uid;
        c->gid = user->pw_gid;
        return NULL;
    }
    FAIL(BAD_REQUEST,
        "Started as root, but there is no user postgres or nobody to run the private database");
}

/* Makes a folder that belongs to the cluster's user and is closed to all others. */
static fallible make_private(const struct cluster *c, const char *path)
{
    TRY(dir_make(path, 0700));
    if (c->uid != (uid_t)-1 && chown(path, c->uid, c->gid) < 0) FAIL_ERRNO("chown", path);
    return NULL;
}

static struct process program(const struct cluster *c, const char *const *argv)
{
    return (struct process){.argv = argv,
        .uid = c->uid,
        .gid = c->gid,
        .death_signal = SIGINT,
        .input_fd = -1,
        .output_fd = -1};
}

/* initdb asks for the name of its uid; charts run containers with one that /etc/passwd does not
 * know. */
static const char *const *nameless_user_env(struct arena *a, const char *state_dir)
{
    if (geteuid() == 0 || getpwuid(geteuid())) return NULL;
    const char *passwd = cstr(a, str_fmt(a, "%s/run/passwd", state_dir));
    const char *group = cstr(a, str_fmt(a, "%s/run/group", state_dir));
    const str user_line =
        str_fmt(a, "tintype:x:%d:%d::/:/bin/false\n", (int)geteuid(), (int)getegid());
    const str group_line = str_fmt(a, "tintype:x:%d:\n", (int)getegid());
    err e = file_replace(passwd, user_line, 0600);
    if (!e) e = file_replace(group, group_line, 0600);
    if (e) log_warn("initdb may fail: no name for our user", KV_ERROR(e));
    const char **env = ARENA_ARRAY(a, const char *, 4);
    env[0] = "LD_PRELOAD=libnss_wrapper.so";
    env[1] = cstr(a, str_fmt(a, "NSS_WRAPPER_PASSWD=%s", passwd));
    env[2] = cstr(a, str_fmt(a, "NSS_WRAPPER_GROUP=%s", group));
    return env;
}

/* A file whose content is the input of single-user mode. */
static fallible statement_fd(const char *text, int *out)
{
    auto_fd fd = memfd_create("statement", MFD_CLOEXEC);
    if (fd < 0) FAIL_ERRNO("memfd_create", NULL);
    TRY(fd_write_all(fd, text, strlen(text)));
    if (lseek(fd, 0, SEEK_SET) < 0) FAIL_ERRNO("lseek", NULL);
    *out = TAKE(fd);
    return NULL;
}

static fallible remove_tree(const struct cluster *c, const char *path)
{
    const char *const argv[] = {"/bin/rm", "-rf", "--one-file-system", path, NULL};
    const struct process p = program(c, argv);
    return process_run(&p, STOP_LIMIT_MS);
}

/* A state folder below a closed one (root's home, a private temporary folder) is out of the
 * database user's reach. */
static fallible require_reach(const struct cluster *c, const char *state_dir)
{
    const char *const argv[] = {"/usr/bin/test", "-x", c->socket, NULL};
    const struct process p = program(c, argv);
    if (c->uid == (uid_t)-1 || !process_run(&p, STOP_LIMIT_MS)) return NULL;
    FAIL(BAD_REQUEST,
        "Started as root, the private database runs as another user, who cannot enter %s. Open the "
        "folders above it, or "
        "choose another place with TINTYPE_STATE_DIR.",
        state_dir);
}

/* Everything is made in a folder beside, which becomes the data folder by one rename: a crash
 * leaves no half cluster. */
static fallible create(struct arena *a, struct cluster *c, const char *state_dir)
{
    const char *fresh = cstr(a, str_fmt(a, "%s/postgres.new", state_dir));
    const char *initdb = cstr(a, str_fmt(a, "%s/initdb", c->bin));
    const char *postgres = cstr(a, str_fmt(a, "%s/postgres", c->bin));
    const char *const *env = nameless_user_env(a, state_dir);
    log_info("creating the private database", KV("folder", c->data));
    TRY(remove_tree(c, fresh));
    TRY(make_private(c, fresh));

    const char *const initdb_argv[] = {initdb, "--pgdata", fresh, "--username=postgres",
        "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", NULL};
    auto_fd quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct process p = program(c, initdb_argv);
    p.env = env;
    p.output_fd = quiet;
    TRY(process_run(&p, INITDB_LIMIT_MS));

    const char *const single_argv[] = {postgres, "--single", "-D", fresh, "postgres", NULL};
    auto_fd input = -1;
    TRY(statement_fd("CREATE DATABASE immich\n", &input));
    p = program(c, single_argv);
    p.env = env;
    p.input_fd = input;
    p.output_fd = quiet;
    TRY(process_run(&p, INITDB_LIMIT_MS));

    if (rename(fresh, c->data) < 0) FAIL_ERRNO("rename", fresh);
    c->fresh = true;
    return dir_sync_parent(c->data);
}

static const char *url_of(struct arena *a, const struct cluster *c)
{
    return cstr(a, str_fmt(a, "postgresql:///immich?user=postgres&host=%.*s",
                       FMT(percent_encode(a, str_from(c->socket)))));
}

fallible cluster_prepare(struct arena *a, struct cluster *c, const char *state_dir)
{
    *c = (struct cluster){
        .data = cstr(a, str_fmt(a, "%s/postgres", state_dir)),
        .socket = cstr(a, str_fmt(a, "%s/run", state_dir)),
    };
    const str socket_file = str_fmt(a, "%s/.s.PGSQL.5432", c->socket);
    if (socket_file.n >= sizeof((struct sockaddr_un *)0)->sun_path) {
        FAIL(BAD_REQUEST, "The state folder's path is too long for a Unix socket; set "
                          "TINTYPE_STATE_DIR to a shorter one");
    }
    TRY(choose_user(c));
    TRY(find_programs(a, c));
    TRY(dir_make(state_dir, 0755));
    TRY(make_private(c, c->socket));
    c->url = cstr(a, str_fmt(a, "DB_URL=%s", url_of(a, c)));
    if (cluster_exists(state_dir)) return NULL;
    TRY(require_reach(c, state_dir));
    return create(a, c, state_dir);
}

static bool accepts(const struct cluster *c)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", c->socket);
    auto_fd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

/* The postmaster writes its state into the eighth line of its pid file (as pg_ctl reads it). */
static bool is_ready(const struct cluster *c)
{
    bool ready = false;
    ARENA_SCOPE (tmp) {
        str text, line = STR("");
        if (file_read(tmp, str_fmt(tmp, "%s/postmaster.pid", c->data).p, PID_FILE_MAX, &text))
            break;
        for (int i = 0; i < 8 && str_cut(&text, '\n', &line); i++) {
            int64_t pid;
            const bool ours = i > 0 || (str_parse_i64(line, &pid) && pid == c->pid);
            if (!ours) break; /* of a predecessor */
            ready = i == 7 && str_eq(str_trim(line), STR("ready"));
        }
    }
    return ready;
}

const char *cluster_running_url(struct arena *a, const char *state_dir)
{
    const struct cluster c = {.socket = cstr(a, str_fmt(a, "%s/run", state_dir))};
    return accepts(&c) ? url_of(a, &c) : NULL;
}

/* A postmaster whose supervisor was killed is still stopping; a second one must wait for it. */
static fallible wait_for_predecessor(const struct cluster *c)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/postmaster.pid", c->data);
    const int64_t end = monotonic_ms() + STOP_LIMIT_MS;
    while (is_regular(path) && accepts(c)) {
        if (monotonic_ms() > end) {
            FAIL(BAD_REQUEST, "Another Tintype is using the private database in %s. Stop it first.",
                c->data);
        }
        nanosleep(&(struct timespec){.tv_nsec = 100 * 1000000L}, NULL);
    }
    return NULL;
}

fallible cluster_start(struct cluster *c)
{
    char postgres[PATH_MAX], sockets[PATH_MAX + 32];
    const char *argv[2 * LENGTH(settings) + 8] = {postgres, "-D", c->data, "-c", sockets};
    snprintf(postgres, sizeof postgres, "%s/postgres", c->bin);
    snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", c->socket);
    size_t n = 5;
    for (size_t i = 0; i < LENGTH(settings); i++) {
        argv[n++] = "-c";
        argv[n++] = settings[i];
    }
    TRY(wait_for_predecessor(c));
    const struct process p = program(c, argv);
    TRY(process_start(&p, &c->pid));
    const int64_t end = monotonic_ms() + START_LIMIT_MS;
    while (!is_ready(c)) {
        int status;
        if (process_wait(c->pid, POLL_MS, &status)) {
            c->pid = 0;
            FAIL(UNAVAILABLE,
                "the private database did not start (status %d); its messages are above", status);
        }
        if (monotonic_ms() > end)
            FAIL(
                TIMED_OUT, "the private database did not start within %d s", START_LIMIT_MS / 1000);
    }
    return NULL;
}

void cluster_stop(struct cluster *c)
{
    int status;
    if (c->pid <= 0) return;
    /* First without force: the sessions of the roles that just ended are closing. */
    kill(c->pid, SIGTERM);
    if (!process_wait(c->pid, SMART_STOP_LIMIT_MS, &status))
        process_stop(c->pid, SIGINT, STOP_LIMIT_MS);
    c->pid = 0;
}
