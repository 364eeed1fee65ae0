/* The lock: after it, a process can do its one job and nothing else.
 *
 * What for  sandbox_lock_decode leaves memory, threads and the descriptors at hand.
 *           sandbox_lock_command leaves, besides, what a program needs to start and to read its
 *           input, see struct box_command.
 * Layers    rlimits, no_new_privs, Landlock, then a seccomp allow-list. Each is enough to stop what
 *           it stops; decode keeps its promise on kernels without Landlock.
 * Threads   call it while the process has one. Needs no privileges.
 * Fails     UNAVAILABLE when a layer that matters cannot be had: then do not run the job.
 */
#pragma once

#include "box/wire.h"
#include "core/err.h"

fallible sandbox_lock_decode(const struct box_limits *limits);
/* input_fd may be opened again by its path in /proc; -1: no input. */
fallible sandbox_lock_command(
    const struct box_command *command, const struct box_limits *limits, int input_fd);
