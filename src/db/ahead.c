#include "db/ahead.h"

#include <assert.h>
#include <string.h>

#include "core/banned.h"

static bool only_reads(const struct sql *sql)
{
    return sql->name && sql->row && strncmp(sql->text, "SELECT", strlen("SELECT")) == 0;
}

fallible ahead_note(
    struct ahead *ahead, struct arena *arena, const struct sql *sql, const struct db_param *params)
{
    assert(only_reads(sql));
    if (ahead->n == AHEAD_MAX) return NULL;
    struct note *note = ARENA_NEW(arena, struct note);
    note->sql = sql;
    TRY(wire_encode(arena, params, sql->n_params, &note->params));
    ahead->v[ahead->n++] = note;
    return NULL;
}

static bool equal(const struct wire_params *a, const struct wire_params *b)
{
    for (size_t i = 0; i < a->n; i++) {
        if (!a->values[i] != !b->values[i]) return false;
        if (!a->values[i]) continue;
        if (a->lengths[i] != b->lengths[i]) return false;
        if (memcmp(a->values[i], b->values[i], (size_t)a->lengths[i]) != 0) return false;
    }
    return a->n == b->n;
}

bool ahead_take(struct ahead *ahead, struct arena *arena, const struct sql *sql,
    const struct db_param *params, struct list_any *rows)
{
    for (size_t i = 0; i < ahead->n; i++) {
        struct note *note = ahead->v[i];
        struct wire_params asked;
        if (!note->answered || note->sql != sql) continue;
        if (wire_encode(arena, params, sql->n_params, &asked)) return false;
        if (!equal(&note->params, &asked)) continue;
        note->answered = false;
        *rows = note->rows;
        return true;
    }
    return false;
}

bool ahead_waits(const struct ahead *ahead)
{
    return ahead->n && !ahead->sent;
}

void ahead_drop(struct ahead *ahead)
{
    *ahead = (struct ahead){.noting = ahead->noting};
}
