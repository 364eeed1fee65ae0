/* What every fuzz target (src/X/NAME_fuzz.c) includes.
 *
 * A target defines LLVMFuzzerTestOneInput and returns 0; what is wrong, it asserts. Its name is
 * X_NAME, its seeds are the files of tests/fuzz/corpus/X_NAME. In an ordinary build a driver runs
 * the seeds as a test; with -Dfuzz=true and Clang the same file is linked with libFuzzer.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
