#define BANNED_ALLOW_MALLOC /* a registry outlives every arena */

#include "core/log.h"
#include "core/size.h"
#include "core/thread.h"
#include "http/metrics.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/banned.h"

enum {
    METRICS_MAX = 512,
    LABEL_MAX = 64,
};

enum kind { COUNTER, GAUGE, HISTOGRAM, GAUGE_FN, TEXT_FN };

/* One line, or one histogram, of a metric. Values are doubles in atomic integers: C has no atomic
 * addition of doubles. */
struct series {
    char label[LABEL_MAX];
    atomic_uint_fast64_t value; /* of a histogram: the sum */
    atomic_uint_fast64_t buckets[METRIC_BUCKETS_MAX + 1];
};

struct metric {
    struct metrics *owner;
    enum kind kind;
    const char *name, *help, *label;
    double bounds[METRIC_BUCKETS_MAX];
    size_t bounds_n;
    double (*fn)(void *);
    void (*text_fn)(void *, struct buf *);
    void *p;
    atomic_size_t series_n; /* grows only; what is below it may be read without the lock */
    _Atomic(struct series *) series[METRIC_LABELS_MAX + 1];
};

struct metrics {
    pthread_mutex_t mutex;
    size_t n;
    struct metric *v[METRICS_MAX];
};

/* Upstream's bounds of durations in milliseconds (config.md §5). */
static const double BOUNDS_MS[] = {0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 25, 50, 75, 100, 250,
    500, 750, 1000, 2500, 5000, 7500, 10000};

static uint64_t to_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void add_to(atomic_uint_fast64_t *bits, double amount)
{
    uint_fast64_t old = atomic_load_explicit(bits, memory_order_relaxed);
    while (!atomic_compare_exchange_weak(bits, &old, to_bits(from_bits(old) + amount)))
        ;
}

struct metrics *metrics_new(void)
{
    struct metrics *m = calloc(1, sizeof *m);
    if (!m) log_die("out of memory");
    pthread_mutex_init(&m->mutex, NULL);
    return m;
}

void metrics_free(struct metrics *m)
{
    if (!m) return;
    for (size_t i = 0; i < m->n; i++) {
        for (size_t k = 0; k < m->v[i]->series_n; k++)
            free(m->v[i]->series[k]);
        free(m->v[i]);
    }
    pthread_mutex_destroy(&m->mutex);
    free(m);
}

/* With the lock held. */
static struct metric *find_or_add(struct metrics *m, const struct metric *wanted)
{
    for (size_t i = 0; i < m->n; i++) {
        if (strcmp(m->v[i]->name, wanted->name) == 0) return m->v[i];
    }
    assert(m->n < METRICS_MAX);
    struct metric *made = calloc(1, sizeof *made);
    if (!made) log_die("out of memory");
    made->owner = m;
    made->kind = wanted->kind;
    made->name = wanted->name;
    made->help = wanted->help;
    made->label = wanted->label;
    memcpy(made->bounds, wanted->bounds, sizeof made->bounds);
    made->bounds_n = wanted->bounds_n;
    made->fn = wanted->fn;
    made->text_fn = wanted->text_fn;
    made->p = wanted->p;
    m->v[m->n++] = made;
    return made;
}

static struct metric *add_metric(struct metrics *m, const struct metric *wanted)
{
    struct metric *metric = NULL;
    MUTEX_SCOPE(&m->mutex)
    metric = find_or_add(m, wanted);
    return metric;
}

struct metric *metrics_counter(
    struct metrics *m, const char *name, const char *help, const char *label)
{
    return add_metric(
        m, &(struct metric){.kind = COUNTER, .name = name, .help = help, .label = label});
}

struct metric *metrics_gauge(
    struct metrics *m, const char *name, const char *help, const char *label)
{
    return add_metric(
        m, &(struct metric){.kind = GAUGE, .name = name, .help = help, .label = label});
}

struct metric *metrics_histogram(struct metrics *m, const char *name, const char *help,
    const char *label, const double *bounds, size_t bounds_n)
{
    struct metric wanted = {.kind = HISTOGRAM, .name = name, .help = help, .label = label};
    if (!bounds) {
        bounds = BOUNDS_MS;
        bounds_n = LENGTH(BOUNDS_MS);
    }
    assert(bounds_n <= METRIC_BUCKETS_MAX);
    memcpy(wanted.bounds, bounds, bounds_n * sizeof *bounds);
    wanted.bounds_n = bounds_n;
    return add_metric(m, &wanted);
}

void metrics_gauge_fn(
    struct metrics *m, const char *name, const char *help, double (*fn)(void *), void *p)
{
    (void)add_metric(
        m, &(struct metric){.kind = GAUGE_FN, .name = name, .help = help, .fn = fn, .p = p});
}

void metrics_text_fn(struct metrics *m, const char *name, void (*fn)(void *, struct buf *), void *p)
{
    (void)add_metric(m, &(struct metric){.kind = TEXT_FN, .name = name, .text_fn = fn, .p = p});
}

static struct series *find_series(struct metric *metric, str label)
{
    const size_t n = atomic_load(&metric->series_n);
    for (size_t i = 0; i < n; i++) {
        struct series *s = metric->series[i];
        if (str_eq(str_from(s->label), label)) return s;
    }
    return NULL;
}

static struct series *add_series(struct metric *metric, str label)
{
    struct series *s = calloc(1, sizeof *s);
    if (!s) log_die("out of memory");
    if (label.n) memcpy(s->label, label.p, label.n);
    metric->series[metric->series_n] = s;
    metric->series_n++;
    return s;
}

static struct series *series_of(struct metric *metric, str label)
{
    label = str_slice(label, 0, LABEL_MAX - 1);
    struct series *s = find_series(metric, label);
    if (s) return s;
    MUTEX_SCOPE(&metric->owner->mutex)
    {
        s = find_series(metric, label);
        if (!s && metric->series_n >= METRIC_LABELS_MAX) {
            label = STR("other");
            s = find_series(metric, label);
        }
        if (!s) s = add_series(metric, label);
    }
    return s;
}

void metric_add(struct metric *metric, str value, double amount)
{
    if (metric) add_to(&series_of(metric, value)->value, amount);
}

void metric_set(struct metric *metric, str value, double to)
{
    if (metric) atomic_store(&series_of(metric, value)->value, to_bits(to));
}

void metric_observe(struct metric *metric, str value, double amount)
{
    if (!metric) return;
    assert(metric->kind == HISTOGRAM);
    struct series *s = series_of(metric, value);
    size_t i = 0;
    while (i < metric->bounds_n && amount > metric->bounds[i])
        i++;
    atomic_fetch_add(&s->buckets[i], 1);
    add_to(&s->value, amount);
}

/* ---- text ---- */

static void add_label_value(struct buf *out, const char *value)
{
    for (; *value; value++) {
        if (*value == '\\' || *value == '"') buf_add_char(out, '\\');
        if (*value == '\n')
            buf_add(out, STR("\\n"));
        else
            buf_add_char(out, *value);
    }
}

/* name{label="value",le="bound"} */
static void add_name(struct buf *out, const struct metric *metric, const struct series *s,
    const char *suffix, const char *bound)
{
    buf_add_fmt(out, "%s%s", metric->name, suffix);
    if (!metric->label && !bound) return;
    buf_add_char(out, '{');
    if (metric->label) {
        buf_add_fmt(out, "%s=\"", metric->label);
        add_label_value(out, s->label);
        buf_add_char(out, '"');
    }
    if (bound) buf_add_fmt(out, "%sle=\"%s\"", metric->label ? "," : "", bound);
    buf_add_char(out, '}');
}

static void print_histogram(struct buf *out, const struct metric *metric, struct series *s)
{
    uint64_t total = 0;
    for (size_t i = 0; i <= metric->bounds_n; i++) {
        char bound[32] = "+Inf";
        if (i < metric->bounds_n) snprintf(bound, sizeof bound, "%g", metric->bounds[i]);
        total += s->buckets[i];
        add_name(out, metric, s, "_bucket", bound);
        buf_add_fmt(out, " %llu\n", (unsigned long long)total);
    }
    add_name(out, metric, s, "_sum", NULL);
    buf_add_fmt(out, " %.17g\n", from_bits(s->value));
    add_name(out, metric, s, "_count", NULL);
    buf_add_fmt(out, " %llu\n", (unsigned long long)total);
}

static void print_metric(struct buf *out, struct metric *metric)
{
    static const char *const KINDS[] = {
        [COUNTER] = "counter", [GAUGE] = "gauge", [HISTOGRAM] = "histogram", [GAUGE_FN] = "gauge"};
    if (metric->kind == TEXT_FN) {
        metric->text_fn(metric->p, out);
        return;
    }
    buf_add_fmt(out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name,
        KINDS[metric->kind]);
    if (metric->kind == GAUGE_FN) {
        buf_add_fmt(out, "%s %.17g\n", metric->name, metric->fn(metric->p));
        return;
    }
    const size_t n = metric->series_n;
    for (size_t i = 0; i < n; i++) {
        struct series *s = metric->series[i];
        if (metric->kind == HISTOGRAM) {
            print_histogram(out, metric, s);
            continue;
        }
        add_name(out, metric, s, "", NULL);
        buf_add_fmt(out, " %.17g\n", from_bits(s->value));
    }
}

void metrics_print(struct metrics *m, struct buf *out)
{
    size_t n = 0;
    MUTEX_SCOPE(&m->mutex)
    n = m->n; /* metrics are only ever added */
    for (size_t i = 0; i < n; i++)
        print_metric(out, m->v[i]);
}
