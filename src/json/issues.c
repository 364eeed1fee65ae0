#include "core/arena.h"
#include "json/issues.h"
#include "json/writer.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/banned.h"

void issue_enter(struct issues *issues, struct issue_step *step, str name)
{
    *step = (struct issue_step){.above = issues->at, .name = name};
    if (name.n > 0) issues->at = step;
}

void issue_enter_item(struct issues *issues, struct issue_step *step, size_t index)
{
    *step = (struct issue_step){.above = issues->at, .index = index, .is_index = true};
    issues->at = step;
}

void issue_leave(struct issues *issues, const struct issue_step *step)
{
    issues->at = step->above;
}

/* From the outermost step on; the depth of the contract's types bounds it. */
static void write_steps(struct buf *out, const struct issue_step *step)
{
    if (!step) return;
    write_steps(out, step->above);
    if (step->above) buf_add_char(out, ',');
    if (step->is_index)
        json_write_int(out, (int64_t)step->index);
    else
        json_write_str(out, step->name);
}

static str path_text(struct issues *issues)
{
    struct buf out = {0};
    buf_add_char(&out, '[');
    write_steps(&out, issues->at);
    buf_add_char(&out, ']');
    return buf_take(&out, issues->arena);
}

__attribute__((format(printf, 3, 0))) static void add(
    struct issues *issues, str members, const char *format, va_list args)
{
    issues->found++;
    if (issues->n == ISSUES_MAX) return;
    if (issues->n == issues->capacity) {
        const size_t capacity = issues->capacity ? issues->capacity * 2 : 8;
        issues->v = arena_grow(issues->arena, issues->v, issues->capacity * sizeof *issues->v,
            capacity * sizeof *issues->v);
        issues->capacity = capacity;
    }
    va_list again;
    va_copy(again, args);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is in the callers */
    const int n = vsnprintf(NULL, 0, format, args);
    char *text = arena_alloc_raw(issues->arena, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    issues->v[issues->n++] =
        (struct issue){.path = path_text(issues), .message = {text, (size_t)n}, .members = members};
}

void issue_add(struct issues *issues, const char *field, const char *format, ...)
{
    struct issue_step step;
    va_list args;
    issue_enter(issues, &step, str_from(field));
    va_start(args, format);
    add(issues, STR("\"code\":\"custom\","), format, args);
    va_end(args);
    issue_leave(issues, &step);
}

void issue_add_coded(struct issues *issues, str members, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(issues, members, format, args);
    va_end(args);
}

void issues_write(struct buf *out, const struct issues *issues)
{
    buf_add_char(out, '[');
    for (size_t i = 0; i < issues->n; i++) {
        const struct issue *issue = &issues->v[i];
        if (i > 0) buf_add_char(out, ',');
        buf_add_char(out, '{');
        buf_add(out, issue->members);
        buf_add(out, STR("\"path\":"));
        buf_add(out, issue->path);
        buf_add(out, STR(",\"message\":"));
        json_write_str(out, issue->message);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

fallible issues_err(const struct issues *issues)
{
    if (issues->found == 0) return NULL;
    struct issues *kept = ARENA_NEW(issues->arena, struct issues);
    *kept = *issues;
    kept->at = NULL; /* steps live on the stack of the reader */
    return err_with_detail(err_new(BAD_REQUEST, 0, ERR_HERE, "Validation failed"), kept);
}
