/* `tintype admin`: what an administrator does at the machine itself, without the web app.
 *
 * Prompts and answers go to stdout with the words of contract/consistency; answers are lines of
 * stdin. A command that fails says why and what it was unable to do; the exit status of upstream's
 * commands stays 0, whose callers compare the text.
 *
 * Memory  cx->arena. Threads one.
 */
#pragma once

#include "core/ctx.h"
#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>

struct buf;
struct fields;

struct admin_command {
    const char *name;
    const char *help;
    fallible (*run)(struct ctx *cx); /* cx has an arena alone when `offline` */
    bool offline;                    /* needs no database */
    const char *unable;              /* last line after a failure, or NULL */
    bool ours;                       /* not upstream's: a failure is seen in the exit status */
};

/* Asks; the answer is a line of stdin, empty when that has ended. */
str admin_ask(struct ctx *cx, const char *question);
/* As the command line of Node prints a list of objects: keys bare, texts in single quotes. */
void admin_inspect_list(struct buf *out, const struct fields *fields, const void *items, size_t n);

fallible admin_list_users(struct ctx *cx);
fallible admin_reset_password(struct ctx *cx);
fallible admin_grant(struct ctx *cx);
fallible admin_revoke(struct ctx *cx);

fallible admin_enable_password_login(struct ctx *cx);
fallible admin_disable_password_login(struct ctx *cx);
fallible admin_enable_oauth_login(struct ctx *cx);
fallible admin_disable_oauth_login(struct ctx *cx);

fallible admin_change_media_location(struct ctx *cx);
fallible admin_doctor(struct ctx *cx);

fallible admin_operations(struct ctx *cx);
fallible admin_openapi(struct ctx *cx);
fallible admin_version(struct ctx *cx);
