/* One job, in the process that was forked for it: descriptors into place, lock, work, answer.
 *
 * Owns    the process; it does not return.
 * Fails   a decoding job answers with its failure; a command that cannot be started says why on
 *         stderr and exits with BOX_EXIT_NO_SANDBOX or BOX_EXIT_NO_PROGRAM.
 */
#pragma once

#include "box/wire.h"
#include "core/err.h"

#include <stddef.h>

/* fds are in the order of BOX_PASSED_*. */
_Noreturn void job_run(const struct box_order *order, const int *fds, size_t n_fds);

/* Defined in test builds only (tests/box/hook.c): runs after the lock, before the decoder. NULL
 * lets the job go on. */
__attribute__((weak)) fallible job_hook(const uint8_t *bytes, size_t n);
