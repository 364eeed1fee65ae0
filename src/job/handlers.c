#include "job/handlers.h"

#include <assert.h>

#include "core/banned.h"

/* Here only, so that two definitions of one job are an error of the linker. */
#define X(name, queue, type, ...)                                                                  \
    __attribute__((weak))                                                                          \
    fallible job_##name(struct ctx *cx, const struct type *in, enum job_result *result);
#include "job/jobs.def"
#undef X

/* The functions behind one type; the compiler checks each call with its own. */
#define X(name, queue, type, ...)                                                                  \
    static err call_##name(struct ctx *cx, const void *in, enum job_result *result)                \
    {                                                                                              \
        return job_##name(cx, in, result);                                                         \
    }
#include "job/jobs.def"
#undef X

static err (*const calls[JOBS_N])(struct ctx *, const void *, enum job_result *) = {
#define X(name, ...) [JOB_##name] = call_##name,
#include "job/jobs.def"
#undef X
};

bool job_is_implemented(enum job_name name)
{
    switch (name) {
#define X(name_, ...)                                                                              \
    case JOB_##name_:                                                                              \
        return job_##name_ != NULL;
#include "job/jobs.def"
#undef X
    case JOBS_N:
        break;
    }
    return false;
}

fallible job_call(struct ctx *cx, enum job_name name, const void *payload, enum job_result *result)
{
    assert(name < JOBS_N);
    *result = JOB_SUCCESS;
    if (!job_is_implemented(name)) {
        *result = JOB_SKIPPED;
        return NULL;
    }
    return calls[name](cx, payload, result);
}
