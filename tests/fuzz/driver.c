/* Runs a fuzz target once with each file below the folders and files of its arguments, and with no
 * bytes at all. It is an error when there is no file: a lost corpus must not pass.
 */
#include "tests/fuzz/fuzz.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_MAX (16u << 20)

static int run_file(const char *path, uint8_t *bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return -1;
    }
    const size_t size = fread(bytes, 1, INPUT_MAX, file);
    fclose(file);
    /* A copy of the exact size, so that the sanitizer sees a read past its end. */
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact) return -1;
    for (size_t i = 0; i < size; i++)
        exact[i] = bytes[i];
    printf("%s\n", path);
    fflush(stdout); /* the last line names the input of a crash */
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) return 2;
    uint8_t *bytes = malloc(INPUT_MAX);
    FTS *tree = fts_open(argv + 1, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (!bytes || !tree) return 2;

    int files = 0;
    int status = EXIT_SUCCESS;
    LLVMFuzzerTestOneInput(bytes, 0);
    for (FTSENT *entry; (entry = fts_read(tree));) {
        if (entry->fts_info != FTS_F) continue;
        files++;
        if (run_file(entry->fts_path, bytes) < 0) status = EXIT_FAILURE;
    }
    fts_close(tree);
    free(bytes);
    printf("%d inputs\n", files);
    return files ? status : EXIT_FAILURE;
}
