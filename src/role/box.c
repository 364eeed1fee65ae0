/* tintype-box: decodes untrusted files for the worker, one process each. Started by box/box.c. */
#include "box/inside/image.h"
#include "box/inside/nursery.h"
#include "box/inside/probe.h"
#include "box/nursery.h"
#include "core/log.h"

#include <string.h>

#include "core/banned.h"

/* Read by jemalloc at start: jobs are short and nearly single-threaded. */
extern const char *malloc_conf;
const char *malloc_conf = "narenas:1,tcache_max:4096,background_thread:false,thp:always";

/* Read by AddressSanitizer, where it is built in: what libraries keep until the end is no leak, and
 * the environment of the box is empty. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0:abort_on_error=1:handle_segv=0";
}

int main(int argc, char **argv)
{
    log_set_role("box");
    if (argc != 2 || strcmp(argv[1], "nursery") != 0) {
        log_error("tintype-box is started by the worker");
        return 2;
    }
    err e = image_start(argv[0]);
    if (e) {
        log_error("the box cannot start", KV_ERROR(e));
        return 1;
    }
    probe_start();
    return nursery_run(BOX_FD_CONTROL);
}
