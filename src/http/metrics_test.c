#include "core/size.h"
#include "http/metrics.h"
#include "http/testing.h"

#include "core/banned.h"

static str print(struct arena *a, struct metrics *m)
{
    auto_buf b = {0};
    metrics_print(m, &b);
    return buf_take(&b, a);
}

static void counters_and_gauges_are_printed(void **state)
{
    struct arena *a = *state;
    struct metrics *m = metrics_new();
    struct metric *requests = metrics_counter(m, "requests_total", "Requests", "status");
    metric_add(requests, STR("2xx"), 2);
    metric_add(requests, STR("2xx"), 1);
    metric_add(requests, STR("4\"x\n"), 1);
    metric_set(metrics_gauge(m, "users", "Users", NULL), STR(""), 7.5);
    assert_str(print(a, m), "# HELP requests_total Requests\n# TYPE requests_total counter\n"
                            "requests_total{status=\"2xx\"} 3\n"
                            "requests_total{status=\"4\\\"x\\n\"} 1\n"
                            "# HELP users Users\n# TYPE users gauge\nusers 7.5\n");
    assert_ptr_equal(metrics_counter(m, "requests_total", "Requests", "status"), requests);
    metrics_free(m);
}

static void histograms_are_cumulative(void **state)
{
    struct arena *a = *state;
    struct metrics *m = metrics_new();
    static const double BOUNDS[] = {1, 2.5};
    struct metric *took = metrics_histogram(m, "took", "Took", NULL, BOUNDS, LENGTH(BOUNDS));
    metric_observe(took, STR(""), 0.5);
    metric_observe(took, STR(""), 1);
    metric_observe(took, STR(""), 2);
    metric_observe(took, STR(""), 99);
    assert_str(print(a, m), "# HELP took Took\n# TYPE took histogram\n"
                            "took_bucket{le=\"1\"} 2\ntook_bucket{le=\"2.5\"} 3\n"
                            "took_bucket{le=\"+Inf\"} 4\ntook_sum 102.5\ntook_count 4\n");
    metrics_free(m);
}

static double seven(void *p)
{
    return *(const int *)p;
}

static void functions_are_asked_when_read(void **state)
{
    struct arena *a = *state;
    struct metrics *m = metrics_new();
    static int value = 7;
    metrics_gauge_fn(m, "depth", "Depth", seven, &value);
    assert_true(str_ends(print(a, m), STR("\ndepth 7\n")));
    value = 8;
    assert_true(str_ends(print(a, m), STR("\ndepth 8\n")));
    metrics_free(m);
}

/* The value behind a line's name and labels; -1 when there is no such line. */
static double value_of(str text, const char *name)
{
    str line;
    double value = -1;
    while (str_cut(&text, '\n', &line)) {
        if (!str_starts(line, str_from(name))) continue;
        if (str_parse_double(str_trim(str_slice(line, strlen(name), line.n)), &value)) break;
    }
    return value;
}

static void the_host_is_described(void **state)
{
    struct arena *a = *state;
    struct metrics *m = metrics_new();
    metrics_add_target(m, "3.1.0");
    metrics_add_host(m);
    const str text = print(a, m);
    assert_true(
        value_of(text, "target_info{service_name=\"immich\",service_version=\"3.1.0\"}") == 1);
    assert_true(value_of(text, "process_cpu_time_total{process_cpu_state=\"user\"}") >= 0);
    assert_true(value_of(text, "process_memory_usage ") > 100 * 1024);
    const double used = value_of(text, "system_memory_usage{system_memory_state=\"used\"}");
    const double share = value_of(text, "system_memory_utilization{system_memory_state=\"used\"}");
    assert_true(used > 1024 * 1024 && share > 0 && share < 1);
    assert_true(value_of(text, "system_cpu_time_total{system_cpu_state=\"idle\"}") > 0);
    assert_true(value_of(text, "system_network_io_total{system_device=\"lo\","
                               "system_network_direction=\"receive\"}") >= 0);
    metrics_free(m);
}

static void too_many_labels_become_one(void **state)
{
    struct arena *a = *state;
    struct metrics *m = metrics_new();
    struct metric *jobs = metrics_counter(m, "jobs_total", "Jobs", "name");
    for (int i = 0; i < METRIC_LABELS_MAX + 10; i++)
        metric_add(jobs, str_fmt(a, "j%d", i), 1);
    assert_true(str_ends(print(a, m), STR("\njobs_total{name=\"other\"} 10\n")));
    metrics_free(m);
}

static void nothing_is_counted_without_a_registry(void **state)
{
    metric_add(NULL, STR(""), 1);
    metric_observe(NULL, STR(""), 1);
    metric_set(NULL, STR(""), 1);
}

static void the_text_is_served(void **state)
{
    struct arena *a = *state;
    struct metrics *m = metrics_new();
    struct metrics_server *s;
    metric_add(metrics_counter(m, "x_total", "X", NULL), STR(""), 1);
    assert_ok(metrics_server_start(&s, m, "127.0.0.1", 0));
    const uint16_t port = metrics_server_port(s);
    const struct answer text =
        ask(a, port, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_int_equal(text.status, 200);
    assert_str(text.body, "# HELP x_total X\n# TYPE x_total counter\nx_total 1\n");
    assert_true(str_starts(header_of(text.head, "content-type"), STR("text/plain; version=0.0.4")));
    assert_int_equal(ask(a, port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").status, 404);
    metrics_server_stop(s);
    metrics_free(m);
}

static int make_arena(void **state)
{
    *state = arena_new();
    return 0;
}

static int free_arena(void **state)
{
    arena_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counters_and_gauges_are_printed),
        cmocka_unit_test(histograms_are_cumulative),
        cmocka_unit_test(functions_are_asked_when_read),
        cmocka_unit_test(the_host_is_described),
        cmocka_unit_test(too_many_labels_become_one),
        cmocka_unit_test(nothing_is_counted_without_a_registry),
        cmocka_unit_test(the_text_is_served),
    };
    return cmocka_run_group_tests_name("metrics", tests, make_arena, free_arena);
}
