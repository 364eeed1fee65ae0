/* The metrics of upstream's group "host" (config.md §5), read from /proc when they are asked for.
 */
#include "core/arena.h"
#include "core/fd.h"
#include "core/size.h"
#include "http/metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include "core/banned.h"

enum {
    PROC_FILE_MAX = 256 * 1024,
};

static void family(struct buf *out, const char *name, const char *kind, const char *help)
{
    buf_add_fmt(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

static void print_target(void *version, struct buf *out)
{
    family(out, "target_info", "gauge", "Target metadata");
    buf_add_fmt(out, "target_info{service_name=\"immich\",service_version=\"%s\"} 1\n",
        (const char *)version);
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void print_process(void *unused, struct buf *out)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    family(out, "process_cpu_time_total", "counter", "Seconds of processor time");
    buf_add_fmt(
        out, "process_cpu_time_total{process_cpu_state=\"user\"} %g\n", seconds(usage.ru_utime));
    buf_add_fmt(
        out, "process_cpu_time_total{process_cpu_state=\"system\"} %g\n", seconds(usage.ru_stime));
    family(out, "process_memory_usage", "gauge", "Bytes of resident memory");
    ARENA_SCOPE (a) {
        str text, pages = STR("");
        int64_t resident = 0;
        /* "size resident shared …" in pages */
        if (file_read(a, "/proc/self/statm", PROC_FILE_MAX, &text)) break;
        for (int i = 0; i < 2; i++)
            (void)str_cut(&text, ' ', &pages);
        (void)str_parse_i64(pages, &resident);
        buf_add_fmt(out, "process_memory_usage %lld\n",
            (long long)resident * (long long)sysconf(_SC_PAGESIZE));
    }
}

/* "MemTotal:       16323564 kB" */
static int64_t meminfo_bytes(str text, str name)
{
    str line, word;
    while (str_cut(&text, '\n', &line)) {
        if (!str_starts(line, name)) continue;
        line = str_trim(str_slice(line, name.n, line.n));
        int64_t kib = 0;
        if (str_cut(&line, ' ', &word) && str_parse_i64(word, &kib)) return kib * 1024;
    }
    return 0;
}

static void print_memory(void *unused, struct buf *out)
{
    ARENA_SCOPE (a) {
        str text;
        if (file_read(a, "/proc/meminfo", PROC_FILE_MAX, &text)) break;
        const int64_t total = meminfo_bytes(text, STR("MemTotal:"));
        const int64_t available = meminfo_bytes(text, STR("MemAvailable:"));
        if (!total) break;
        family(out, "system_memory_usage", "gauge", "Bytes of memory");
        buf_add_fmt(out, "system_memory_usage{system_memory_state=\"used\"} %lld\n",
            (long long)(total - available));
        buf_add_fmt(
            out, "system_memory_usage{system_memory_state=\"free\"} %lld\n", (long long)available);
        family(out, "system_memory_utilization", "gauge", "Share of memory");
        buf_add_fmt(out, "system_memory_utilization{system_memory_state=\"used\"} %g\n",
            (double)(total - available) / (double)total);
        buf_add_fmt(out, "system_memory_utilization{system_memory_state=\"free\"} %g\n",
            (double)available / (double)total);
    }
}

/* The first columns of /proc/stat's "cpu" line, in ticks. */
static void print_cpu(void *unused, struct buf *out)
{
    static const char *const STATES[] = {"user", "nice", "system", "idle", "wait", "interrupt"};
    ARENA_SCOPE (a) {
        str text, line, word;
        if (file_read(a, "/proc/stat", PROC_FILE_MAX, &text)) break;
        if (!str_cut(&text, '\n', &line) || !str_starts(line, STR("cpu "))) break;
        line = str_trim(str_slice(line, 4, line.n));
        family(out, "system_cpu_time_total", "counter", "Seconds of processor time");
        for (size_t i = 0; i < LENGTH(STATES) && str_cut(&line, ' ', &word); i++) {
            int64_t ticks = 0;
            (void)str_parse_i64(word, &ticks);
            buf_add_fmt(out, "system_cpu_time_total{system_cpu_state=\"%s\"} %g\n", STATES[i],
                (double)ticks / (double)sysconf(_SC_CLK_TCK));
        }
    }
}

/* The columns of a line of /proc/net/dev that are told: bytes, errors, drops of both directions. */
struct traffic {
    int64_t received[3], sent[3];
};

static bool read_traffic(str line, str *device, struct traffic *out)
{
    static const struct {
        int column, kind;
        bool sent;
    } COLUMNS[] = {
        {0, 0, false}, {2, 1, false}, {3, 2, false}, {8, 0, true}, {10, 1, true}, {11, 2, true}};
    str word;
    if (!str_cut(&line, ':', device) || !line.n) return false;
    *device = str_trim(*device);
    for (int column = 0; str_cut(&line, ' ', &word);) {
        if (!word.n) continue;
        for (size_t i = 0; i < LENGTH(COLUMNS); i++) {
            if (COLUMNS[i].column != column) continue;
            int64_t *to = COLUMNS[i].sent ? out->sent : out->received;
            (void)str_parse_i64(word, &to[COLUMNS[i].kind]);
        }
        column++;
    }
    return true;
}

static void print_network(void *unused, struct buf *out)
{
    static const char *const NAMES[] = {
        "system_network_io_total", "system_network_errors_total", "system_network_dropped_total"};
    static const char *const HELP[] = {"Bytes", "Errors", "Packets dropped"};
    ARENA_SCOPE (a) {
        str all;
        if (file_read(a, "/proc/net/dev", PROC_FILE_MAX, &all)) break;
        for (int kind = 0; kind < 3; kind++) {
            str text = all, line, device;
            family(out, NAMES[kind], "counter", HELP[kind]);
            while (str_cut(&text, '\n', &line)) {
                struct traffic t = {0};
                if (str_find_char(line, '|') >= 0 || !read_traffic(line, &device, &t)) continue;
                buf_add_fmt(out,
                    "%s{system_device=\"%.*s\",system_network_direction=\"receive\"} %lld\n",
                    NAMES[kind], FMT(device), (long long)t.received[kind]);
                buf_add_fmt(out,
                    "%s{system_device=\"%.*s\",system_network_direction=\"transmit\"} %lld\n",
                    NAMES[kind], FMT(device), (long long)t.sent[kind]);
            }
        }
    }
}

void metrics_add_target(struct metrics *m, const char *service_version)
{
    metrics_text_fn(m, "target_info", print_target, (void *)(uintptr_t)service_version);
}

void metrics_add_host(struct metrics *m)
{
    metrics_text_fn(m, "process", print_process, NULL);
    metrics_text_fn(m, "system_memory", print_memory, NULL);
    metrics_text_fn(m, "system_cpu", print_cpu, NULL);
    metrics_text_fn(m, "system_network", print_network, NULL);
}
