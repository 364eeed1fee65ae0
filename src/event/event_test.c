#include "core/fd.h"
#include "core/test.h"
#include "core/thread.h"
#include "core/time.h"
#include "db/db.h"
#include "db/migrate.h"
#include "event/event.h"
#include "redis/redis.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/banned.h"

enum {
    WAIT_MS = 5000,
    HEARD_MAX = 256,
};

/* A process of the installation: a bus, and what it heard. */
struct process {
    struct event_bus *bus;
    struct ctx cx;
    pthread_mutex_t mutex;
    char *heard[HEARD_MAX];
    size_t n;
};

static struct db_pool *pool;

static void hear(void *p, const struct event *e)
{
    struct process *process = p;
    char id[UUID_TEXT] = "";
    if (!uuid_is_nil(e->room.id)) uuid_format(e->room.id, id);
    pthread_mutex_lock(&process->mutex);
    char *line;
    assert_true(
        asprintf(&line, "%d %s %.*s(%.*s)", e->room.kind, id, FMT(e->name), FMT(e->arguments)) > 0);
    if (process->n < HEARD_MAX) process->heard[process->n++] = line;
    pthread_mutex_unlock(&process->mutex);
}

static size_t heard(struct process *p)
{
    pthread_mutex_lock(&p->mutex);
    const size_t n = p->n;
    pthread_mutex_unlock(&p->mutex);
    return n;
}

static bool wait_for(struct process *p, size_t n)
{
    const int64_t until = monotonic_ms() + WAIT_MS;
    while (heard(p) < n && monotonic_ms() < until)
        usleep(2000);
    return heard(p) == n;
}

static void process_start(struct process *p, const struct redis_opts *redis)
{
    *p = (struct process){.mutex = PTHREAD_MUTEX_INITIALIZER};
    assert_ok(event_bus_start(
        &p->bus, &(struct event_bus_opts){.pool = pool, .redis = redis, .deliver = hear, .p = p}));
    const int64_t until = monotonic_ms() + WAIT_MS;
    while (!event_bus_is_connected(p->bus) && monotonic_ms() < until)
        usleep(1000);
    assert_true(event_bus_is_connected(p->bus));
    struct arena *arena = arena_new();
    p->cx = (struct ctx){.arena = arena, .db = db_open(pool, arena)};
}

static void process_stop(struct process *p)
{
    event_bus_stop(p->bus);
    db_close(p->cx.db);
    arena_free(p->cx.arena);
    for (size_t i = 0; i < p->n; i++)
        free(p->heard[i]);
}

static uuid user_of(const char *text)
{
    uuid id;
    assert_true(uuid_parse(str_from(text), &id));
    return id;
}
#define ALICE "0190a1b2-0000-7000-8000-00000000000a"

static void an_event_reaches_every_process_in_order(void **state)
{
    struct process one, two;
    process_start(&one, NULL);
    process_start(&two, NULL);
    const uuid alice = user_of(ALICE);
    event_send_id(&one.cx, ROOM_USER(alice), "on_asset_delete", alice);
    for (int i = 0; i < 50; i++)
        event_send(&one.cx, ROOM_ALL, "count", str_fmt(one.cx.arena, "%d", i));
    event_send(&one.cx, ROOM_SESSION(alice), "on_asset_stack_update", STR(""));
    assert_int_equal(heard(&two), 0);
    event_flush(one.bus, &one.cx);
    event_flush(one.bus, &one.cx); /* nothing is left */
    assert_true(wait_for(&two, 52));
    assert_true(wait_for(&one, 52));
    assert_string_equal(two.heard[0], "1 " ALICE " on_asset_delete(\"" ALICE "\")");
    assert_string_equal(two.heard[1], "0  count(0)");
    assert_string_equal(two.heard[50], "0  count(49)");
    assert_string_equal(two.heard[51], "2 " ALICE " on_asset_stack_update()");
    process_stop(&one);
    process_stop(&two);
}

static void a_struct_is_rendered_when_it_is_sent(void **state)
{
    struct pair {
        str name;
        int64_t n;
    } pair = {STR("a\"b"), 1};
    static const struct field rows[] = {
        FIELD(struct pair, name, FIELD_STR), FIELD(struct pair, n, FIELD_INT)};
    static const struct fields fields = FIELDS(struct pair, rows);
    struct process p;
    process_start(&p, NULL);
    event_send_struct(&p.cx, ROOM_PUBLIC, "pair", &fields, &pair, DATES_Z);
    pair.n = 2;
    event_send_struct(&p.cx, ROOM_PRIVATE, "pair", &fields, &pair, DATES_Z);
    event_flush(p.bus, &p.cx);
    assert_true(wait_for(&p, 2));
    assert_string_equal(p.heard[0], "4  pair({\"name\":\"a\\\"b\",\"n\":1})");
    assert_string_equal(p.heard[1], "3  pair({\"name\":\"a\\\"b\",\"n\":2})");
    process_stop(&p);
}

static void a_foreign_message_is_ignored(void **state)
{
    struct process p;
    process_start(&p, NULL);
    assert_ok(
        db_script(&p.cx, "SELECT pg_notify('tintype_event', m) FROM unnest(ARRAY['nonsense', "
                         "'99999999', 'o 1 cellar name' || chr(10), 'o 1 user:x name' || chr(10),"
                         "'o 1 all good' || chr(10) || '7']) m"));
    assert_true(wait_for(&p, 1));
    assert_string_equal(p.heard[0], "0  good(7)");
    process_stop(&p);
}

static void only_what_was_committed_is_seen(void **state)
{
    struct process p;
    process_start(&p, NULL);
    assert_ok(db_begin(&p.cx));
    event_send(&p.cx, ROOM_ALL, "first", STR(""));
    assert_ok(db_begin(&p.cx));
    event_send(&p.cx, ROOM_ALL, "undone", STR(""));
    db_rollback(&p.cx);
    assert_ok(db_commit(&p.cx));
    assert_ok(db_begin(&p.cx));
    event_send(&p.cx, ROOM_ALL, "undone", STR(""));
    db_rollback_all(&p.cx);
    event_send(&p.cx, ROOM_ALL, "last", STR(""));
    event_flush(p.bus, &p.cx);
    assert_true(wait_for(&p, 2));
    assert_string_equal(p.heard[0], "0  first()");
    assert_string_equal(p.heard[1], "0  last()");
    process_stop(&p);
}

static void a_message_to_processes_is_not_heard_by_its_sender(void **state)
{
    struct process one, two;
    process_start(&one, NULL);
    process_start(&two, NULL);
    event_send(&one.cx, ROOM_PROCESSES, "ConfigUpdate", STR("{}"));
    event_send(&one.cx, ROOM_ALL, "on_config_update", STR(""));
    event_flush(one.bus, &one.cx);
    assert_true(wait_for(&two, 2));
    assert_string_equal(two.heard[0], "5  ConfigUpdate({})");
    assert_true(wait_for(&one, 1));
    assert_string_equal(one.heard[0], "0  on_config_update()");
    process_stop(&one);
    process_stop(&two);
}

static void a_payload_of_any_size_arrives(void **state)
{
    struct process p;
    process_start(&p, NULL);
    const size_t sizes[] = {10, EVENT_NOTIFY_MAX - 100, EVENT_NOTIFY_MAX + 1, 300000};
    for (size_t i = 0; i < 4; i++) {
        char *text = arena_alloc(p.cx.arena, sizes[i]);
        memset(text, 'x', sizes[i]);
        event_send(&p.cx, ROOM_ALL, "big", (str){text, sizes[i]});
    }
    event_flush(p.bus, &p.cx);
    assert_true(wait_for(&p, 4));
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(strlen(p.heard[i]), sizes[i] + strlen("0  big()"));
    process_stop(&p);
}

static void a_delayed_event_waits_and_is_not_lost_at_the_end(void **state)
{
    struct process one, two;
    process_start(&one, NULL);
    process_start(&two, NULL);
    const int64_t start = monotonic_ms();
    event_send_later(&one.cx, ROOM_ALL, "late", STR(""), 300);
    event_send(&one.cx, ROOM_ALL, "now", STR(""));
    event_flush(one.bus, &one.cx);
    assert_true(wait_for(&two, 2));
    assert_true(monotonic_ms() - start >= 290);
    assert_string_equal(two.heard[0], "0  now()");
    assert_string_equal(two.heard[1], "0  late()");
    event_send_later(&one.cx, ROOM_ALL, "later", STR(""), 60 * 1000);
    event_flush(one.bus, &one.cx);
    process_stop(&one);
    assert_true(wait_for(&two, 3));
    process_stop(&two);
}

static void a_lost_connection_is_made_anew(void **state)
{
    struct process p;
    process_start(&p, NULL);
    assert_ok(db_script(&p.cx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid "
                               "<> pg_backend_pid() AND datname = current_database()"));
    const int64_t until = monotonic_ms() + WAIT_MS;
    while (event_bus_is_connected(p.bus) && monotonic_ms() < until)
        usleep(1000);
    while (!event_bus_is_connected(p.bus) && monotonic_ms() < until)
        usleep(1000);
    event_send(&p.cx, ROOM_ALL, "again", STR(""));
    event_flush(p.bus, &p.cx);
    assert_true(wait_for(&p, 1));
    process_stop(&p);
}

/* --- With Valkey --- */

struct valkey {
    char folder[32];
    char socket[64];
    pid_t pid;
    struct redis_opts opts;
};

static bool accepts(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    auto_fd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

static void valkey_start(struct valkey *v)
{
    v->pid = fork();
    if (v->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (!freopen("/dev/null", "w", stdout)) _exit(127);
        execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", v->socket, "--save",
            "", "--appendonly", "no", "--loglevel", "warning", "--requirepass", "secret",
            (char *)NULL);
        _exit(127);
    }
    const int64_t until = monotonic_ms() + WAIT_MS;
    while (!accepts(v->socket) && monotonic_ms() < until)
        usleep(5000);
    assert_true(accepts(v->socket));
}

static void valkey_stop(struct valkey *v)
{
    kill(v->pid, SIGKILL);
    waitpid(v->pid, NULL, 0);
    unlink(v->socket);
}

static struct valkey valkey_new(void)
{
    struct valkey v = {.folder = "/tmp/tintype-valkey-XXXXXX"};
    assert_non_null(mkdtemp(v.folder));
    snprintf(v.socket, sizeof v.socket, "%s/s", v.folder);
    return v;
}

static void valkey_commands_answer_or_say_that_it_is_away(void **state)
{
    struct valkey v = valkey_new();
    v.opts = (struct redis_opts){.socket = v.socket, .password = "secret", .database = 1};
    struct redis *r = redis_new(&v.opts);
    struct arena *a = arena_new();
    struct redis_answer answer;
    assert_fails(REDIS(r, a, &answer, STR("PING")), UNAVAILABLE);
    assert_fails(REDIS(r, a, &answer, STR("PING")), UNAVAILABLE); /* not even tried */
    assert_false(redis_is_up(r));
    valkey_start(&v);
    usleep(150 * 1000);
    assert_ok(REDIS(r, a, &answer, STR("SET"), STR("k"), ((str){"a\0b", 3})));
    assert_ok(REDIS(r, a, &answer, STR("GET"), STR("k")));
    assert_true(answer.kind == REDIS_TEXT && str_eq(answer.text, (str){"a\0b", 3}));
    assert_ok(REDIS(r, a, &answer, STR("INCR"), STR("n")));
    assert_true(answer.kind == REDIS_NUMBER && answer.number == 1);
    assert_ok(REDIS(r, a, &answer, STR("GET"), STR("nothing")));
    assert_int_equal(answer.kind, REDIS_NIL);
    assert_fails(REDIS(r, a, &answer, STR("INCR"), STR("k")), INTERNAL);
    assert_true(redis_is_up(r));
    valkey_stop(&v);
    valkey_start(&v); /* the idle connection is gone; the next command makes another */
    assert_ok(REDIS(r, a, &answer, STR("GET"), STR("k")));
    assert_int_equal(answer.kind, REDIS_NIL);
    valkey_stop(&v);
    redis_free(r);
    arena_free(a);
    rmdir(v.folder);
}

static void a_url_names_a_server(void **state)
{
    struct arena *a = arena_new();
    struct redis_opts o;
    /* {"host":"h","port":1234,"db":2,"username":"u","password":"p"} */
    assert_ok(redis_opts_from_url(a,
        STR("ioredis://eyJob3N0IjoiaCIsInBvcnQiOjEyMzQsImRiIjoyLCJ1c2VybmFtZSI6InUiLCJwYXNzd29yZCI6"
            "InAifQ=="),
        &o));
    assert_string_equal(o.host, "h");
    assert_true(o.port == 1234 && o.database == 2);
    assert_string_equal(o.username, "u");
    assert_string_equal(o.password, "p");
    assert_ok(redis_opts_from_url(a, STR("ioredis://e30="), &o)); /* {} */
    assert_string_equal(o.host, "localhost");
    assert_int_equal(o.port, 6379);
    assert_fails(redis_opts_from_url(a, STR("ioredis://eyJ0bHMiOnt9fQ=="), &o), BAD_REQUEST);
    assert_fails(redis_opts_from_url(a, STR("redis://localhost"), &o), BAD_REQUEST);
    assert_fails(redis_opts_from_url(a, STR("ioredis://bm8="), &o), BAD_REQUEST);
    arena_free(a);
}

static void wait_for_valkey(struct process *p)
{
    const size_t before = heard(p);
    for (int i = 0; i < 100 && heard(p) == before; i++) {
        event_send(&p->cx, ROOM_ALL, "probe", STR(""));
        event_flush(p->bus, &p->cx);
        usleep(50 * 1000);
    }
    assert_true(heard(p) > before);
}

static void without_valkey_the_database_carries_on(void **state)
{
    struct valkey v = valkey_new();
    v.opts = (struct redis_opts){.socket = v.socket, .password = "secret"};
    valkey_start(&v);
    struct process one, two;
    process_start(&one, &v.opts);
    process_start(&two, &v.opts);
    wait_for_valkey(&one);
    usleep(200 * 1000);
    const size_t before = heard(&two);
    for (int i = 0; i < 20; i++)
        event_send(&one.cx, ROOM_ALL, "count", str_fmt(one.cx.arena, "%d", i));
    event_flush(one.bus, &one.cx);
    assert_true(wait_for(&two, before + 20));
    assert_string_equal(two.heard[before + 19], "0  count(19)");

    valkey_stop(&v);
    event_send(&one.cx, ROOM_ALL, "by database", STR(""));
    event_flush(one.bus, &one.cx);
    assert_true(wait_for(&two, before + 21));

    valkey_start(&v);
    wait_for_valkey(&one);
    process_stop(&one);
    process_stop(&two);
    valkey_stop(&v);
    rmdir(v.folder);
}

static void a_frame_is_what_socket_io_sends(void **state)
{
    struct arena *a = arena_new();
    assert_str(event_frame(a, &(struct event){.name = STR("e"), .arguments = STR("")}), "[\"e\"]");
    assert_str(
        event_frame(a, &(struct event){.name = STR("e"), .arguments = STR("1,2")}), "[\"e\",1,2]");
    arena_free(a);
}

static int set_up(void **state)
{
    const char *url = getenv("TINTYPE_TEST_DB_URL");
    signal(SIGPIPE, SIG_IGN); /* as every role does */
    assert_ok(migrate(&(struct migrate_opts){.conninfo = url}));
    assert_ok(db_pool_new(&pool, &(struct db_pool_opts){.conninfo = url, .size = 4}));
    return 0;
}

static int tear_down(void **state)
{
    db_pool_free(pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_reaches_every_process_in_order),
        cmocka_unit_test(a_struct_is_rendered_when_it_is_sent),
        cmocka_unit_test(a_foreign_message_is_ignored),
        cmocka_unit_test(only_what_was_committed_is_seen),
        cmocka_unit_test(a_message_to_processes_is_not_heard_by_its_sender),
        cmocka_unit_test(a_payload_of_any_size_arrives),
        cmocka_unit_test(a_delayed_event_waits_and_is_not_lost_at_the_end),
        cmocka_unit_test(a_lost_connection_is_made_anew),
        cmocka_unit_test(valkey_commands_answer_or_say_that_it_is_away),
        cmocka_unit_test(a_url_names_a_server),
        cmocka_unit_test(without_valkey_the_database_carries_on),
        cmocka_unit_test(a_frame_is_what_socket_io_sends),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
