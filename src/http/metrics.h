/* Counters, gauges and histograms in Prometheus' text format.
 *
 *   static struct metric *requests;
 *   requests = metrics_counter(m, "http_server_requests_total", "Requests answered", "status");
 *   metric_add(requests, STR("2xx"), 1);
 *
 * Owns    the registry owns its metrics until metrics_free; names and help are literals.
 * Threads any. Updates of a known label are lock-free.
 * Fails   never; more than METRIC_LABELS_MAX values of one label are counted under "other".
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"
#include "core/str.h"

#include <stdint.h>

struct metrics;
struct metric;
struct metrics_server;

enum {
    METRIC_LABELS_MAX = 256,
    METRIC_BUCKETS_MAX = 24,
};

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);

/* `label` is the name of the one label, NULL for a metric without. Asking for a name again gives
 * the same metric. */
struct metric *metrics_counter(
    struct metrics *m, const char *name, const char *help, const char *label);
struct metric *metrics_gauge(
    struct metrics *m, const char *name, const char *help, const char *label);
/* Upper bounds ascending; +Inf is added. NULL takes upstream's bounds of milliseconds. */
struct metric *metrics_histogram(struct metrics *m, const char *name, const char *help,
    const char *label, const double *bounds, size_t bounds_n);
/* A gauge that is asked when it is read. fn must not block. */
void metrics_gauge_fn(
    struct metrics *m, const char *name, const char *help, double (*fn)(void *), void *p);

/* Text that is made when it is read: fn appends whole families. It must not block. */
void metrics_text_fn(
    struct metrics *m, const char *name, void (*fn)(void *, struct buf *), void *p);
/* target_info: which service this is. The version must outlive the registry. */
void metrics_add_target(struct metrics *m, const char *service_version);
/* Upstream's group "host": this process and machine. */
void metrics_add_host(struct metrics *m);

/* `value` is the label's, "" for a metric without one. NULL metrics are ignored. */
void metric_add(struct metric *metric, str value, double amount);
void metric_set(struct metric *metric, str value, double to);
void metric_observe(struct metric *metric, str value, double amount);

/* Appends the text format. */
void metrics_print(struct metrics *m, struct buf *out);

/* GET /metrics on its own port and thread; everything else is 404. */
fallible metrics_server_start(
    struct metrics_server **out, struct metrics *m, const char *host, uint16_t port);
uint16_t metrics_server_port(const struct metrics_server *s);
void metrics_server_stop(struct metrics_server *s);
