#include "gen/job_sql.h"
#include "job/queue.h"

#include <assert.h>
#include <string.h>

#include "core/banned.h"

fallible queue_states(struct ctx *cx, struct queue_state out[static QUEUES_N])
{
    struct list_queue_row rows;
    TRY(sql_queue_rows(cx, &rows));
    memset(out, 0, QUEUES_N * sizeof *out);
    for (size_t i = 0; i < rows.n; i++) {
        const struct queue_row *row = &rows.v[i];
        const enum queue_name queue = queue_name_find(row->name);
        if (queue == QUEUES_N) continue; /* of a newer version */
        out[queue] = (struct queue_state){
            .paused = row->paused,
            .active_n = row->active,
            .delayed_n = row->delayed,
            .waiting_n = row->paused ? 0 : row->waiting,
            .paused_n = row->paused ? row->waiting : 0,
        };
    }
    return NULL;
}

fallible queue_state_get(struct ctx *cx, enum queue_name queue, struct queue_state *out)
{
    assert(queue < QUEUES_N);
    struct queue_state all[QUEUES_N];
    TRY(queue_states(cx, all));
    *out = all[queue];
    return NULL;
}

fallible queue_pause(struct ctx *cx, enum queue_name queue)
{
    return sql_queue_set_paused(cx, str_from(queue_names[queue]), true);
}

fallible queue_resume(struct ctx *cx, enum queue_name queue)
{
    str name = str_from(queue_names[queue]);
    TRY(sql_queue_set_paused(cx, name, false));
    return sql_job_notify(cx, (struct list_str){&name, 1});
}

fallible queue_empty(struct ctx *cx, enum queue_name queue)
{
    int64_t n;
    return sql_queue_remove_waiting(cx, &n, str_from(queue_names[queue]));
}

fallible queue_clear_failed(struct ctx *cx, enum queue_name queue)
{
    int64_t n;
    return sql_queue_remove_dead(cx, &n, str_from(queue_names[queue]), QUEUE_CLEAR_FAILED_MAX);
}
