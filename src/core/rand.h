/* Random bytes of the kernel, fit for keys. Threads any; never fails (a kernel without getrandom
 * ends the process). */
#pragma once

#include <stddef.h>
#include <stdint.h>

void rand_bytes(void *p, size_t n);
/* Even over [0, bound); bound > 0. */
uint32_t rand_below(uint32_t bound);
