#include "box/box.h"
#include "box/failure.h"
#include "box/landlock.h"
#include "box/run.h"
#include "core/size.h"
#include "core/time.h"

#include <unistd.h>

#include "core/banned.h"

enum {
    /* A program may use that many at once before its CPU time runs out ahead of its clock. */
    CORES_MAX = 64,
    TRIES = 3, /* of a job that was killed from outside: nobody knows yet what its file does */
};

static int64_t deadline_of(int64_t timeout_ms)
{
    return monotonic_ms() + (timeout_ms > 0 ? timeout_ms : BOX_TIMEOUT_MS);
}

static struct box_limits limits_of(
    int64_t timeout_ms, uint64_t memory, uint64_t file, uint32_t cores)
{
    const int64_t ms = timeout_ms > 0 ? timeout_ms : BOX_TIMEOUT_MS;
    return (struct box_limits){.memory_bytes = memory ? memory : BOX_MEMORY,
        .file_bytes = file ? file : BOX_FILE_MAX,
        .cpu_s = (uint32_t)MIN(ms / 1000 + 1, 86400) * cores};
}

/* ---- in process ---- */

static fallible take_answer(
    struct ctx *cx, enum box_task task, const struct buf *bytes, struct box_answer *out)
{
    struct box_answer answer;
    if (!box_answer_decode(cx->arena, bytes->p, bytes->n, &answer) || answer.task != task)
        BOX_FAIL(BOX_BROKEN, STR(""));
    if (answer.failure != BOX_FINE) BOX_FAIL(answer.failure, answer.reason);
    *out = answer;
    return NULL;
}

static fallible run_once(
    struct ctx *cx, const struct box_request *request, int n_outputs, struct box_answer *out)
{
    struct box_order order = {.task = request->task,
        .limits = limits_of(request->timeout_ms, request->memory_bytes, 0, 1)};
    if (request->task == BOX_IMAGE)
        order.image = request->image;
    else
        order.probe = request->probe;

    struct box_job job;
    TRY(box_job_start(&job, &(struct box_job_start){.order = &order,
                                .input_fd = request->input_fd,
                                .output_fd = -1,
                                .n_more = n_outputs,
                                .more = request->output_fds}));
    auto_job_end end = {.output = {.limit = BOX_ANSWER_MAX}};
    err e = box_job_wait(&job, deadline_of(request->timeout_ms), &end);
    if (!e) e = box_job_failure(&job, &end);
    if (!e) e = take_answer(cx, request->task, &end.output, out);
    box_job_done(&job);
    return e;
}

/* The descriptors' places in their files are shared with the process that was killed. */
static fallible empty_outputs(const struct box_request *request, int n_outputs)
{
    for (int i = 0; i < n_outputs; i++)
        if (ftruncate(request->output_fds[i], 0) || lseek(request->output_fds[i], 0, SEEK_SET) < 0)
            FAIL_ERRNO("ftruncate", NULL);
    return NULL;
}

fallible box_run(struct ctx *cx, const struct box_request *request, struct box_answer *out)
{
    const int n_outputs = request->task == BOX_IMAGE ? (int)request->image.n_outputs : 0;
    err e = run_once(cx, request, n_outputs, out);
    for (int tries = 1; tries < TRIES && box_failure_of(e) == BOX_KILLED; tries++) {
        TRY(empty_outputs(request, n_outputs));
        e = run_once(cx, request, n_outputs, out);
    }
    return e;
}

/* ---- programs ---- */

static fallible arguments_of(struct ctx *cx, const char *const *argv, struct box_command *out)
{
    size_t n = 0;
    while (argv[n])
        n++;
    if (n == 0 || n > BOX_ARGUMENTS_MAX) FAIL(INTERNAL, "%zu arguments for a program", n);
    out->n_arguments = (uint32_t)n;
    out->arguments = ARENA_ARRAY(cx->arena, str, n);
    for (size_t i = 0; i < n; i++)
        out->arguments[i] = str_from(argv[i]);
    return NULL;
}

fallible box_child_run(struct ctx *cx, const struct box_child *child, struct box_child_result *out)
{
    struct box_order order = {.task = BOX_COMMAND,
        .limits = limits_of(child->timeout_ms,
            child->memory_bytes ? child->memory_bytes : BOX_CHILD_MEMORY, child->output_limit,
            CORES_MAX),
        .command = {
            .any_access = box_settings_get().allow_weak_child, .folder = str_from(child->folder)}};
    TRY(arguments_of(cx, child->argv, &order.command));

    struct box_job job;
    TRY(box_job_start(
        &job, &(struct box_job_start){
                  .order = &order, .input_fd = child->input_fd, .output_fd = child->output_fd}));
    auto_job_end end = {.output = {.limit = child->output_limit}};
    err e = box_job_wait(&job, deadline_of(child->timeout_ms), &end);
    if (!e) e = box_job_failure(&job, &end);
    box_job_done(&job);
    if (e) return e;
    *out = (struct box_child_result){
        buf_take(&end.output, cx->arena), buf_take(&end.errors, cx->arena)};
    return NULL;
}

/* ---- status ---- */

fallible box_status_get(struct ctx *cx, struct box_status *out)
{
    const int abi = landlock_abi();
    const bool weak = box_settings_get().allow_weak_child;
    str summary = STR("Landlock is missing in this kernel: ffmpeg and ExifTool are not run (see "
                      "TINTYPE_ALLOW_WEAK_BOX)");
    if (abi)
        summary = str_fmt(cx->arena, "Landlock (version %d) and seccomp guard all decoding", abi);
    else if (weak)
        summary = STR("Landlock is missing in this kernel: ffmpeg and ExifTool can read what the "
                      "worker can, as its settings allow");
    *out = (struct box_status){
        .landlock_abi = abi, .child_allowed = abi > 0 || weak, .summary = cstr(cx->arena, summary)};
    return NULL;
}
