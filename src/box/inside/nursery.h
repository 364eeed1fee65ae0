/* The nursery: the process that has everything loaded and forks one process per job.
 *
 * Owns    the jobs it forked: kills their process groups when asked, and reports their ends.
 * Threads one, so that fork is safe. Never looks into what a descriptor holds.
 * Fails   it ends when no orders can come and no job is left, or after BOX_IDLE_MS without work.
 */
#pragma once

/* Serves orders from the control socket; returns the process's exit status. */
int nursery_run(int control);
