/* The supervisor: starts the roles (and a private PostgreSQL when none is configured), restarts
 * what dies, forwards signals.
 *
 * Touches no network data and no file of the media tree. Threads one.
 * Fails   with a text for the user when the environment or the installation forbids a start.
 */
#pragma once

#include "core/err.h"

struct env;

/* Runs until SIGTERM or SIGINT; *status is the exit status of the program. `bin` is the folder of
 * our executables. */
fallible supervisor_run(const struct env *env, const char *bin, int *status);
