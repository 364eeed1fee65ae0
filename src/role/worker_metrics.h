/* What a worker counts (contract/config §5): jobs by how they ended, and those that run.
 *
 * Memory  names live in the arena it was made in. Threads any.
 */
#pragma once

#include "job/runner.h"

struct arena;
struct metrics;
struct worker_metrics;

struct worker_metrics *worker_metrics_new(struct arena *a, struct metrics *metrics);
/* Adds the gauges of what runs. The runner must outlive the metrics server. */
void worker_metrics_watch(struct worker_metrics *m, struct job_runner *runner);
/* Counts a run that has ended; nothing for NULL. */
void worker_metrics_count(struct worker_metrics *m, const struct job_report *report);
