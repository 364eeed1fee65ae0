#include "app/app.h"
#include "app/system/system.h"
#include "db/db.h"
#include "gen/admin_sql.h"
#include "role/admin.h"

#include <stdio.h>

#include "core/banned.h"

/* An empty answer keeps what stands in brackets. */
static str ask_location(struct ctx *cx, const char *which)
{
    const str current = str_from(cx->app->media);
    const str question = str_fmt(
        cx->arena, "Enter the %s value of IMMICH_MEDIA_LOCATION: [%.*s]", which, FMT(current));
    str answer = admin_ask(cx, cstr(cx->arena, question));
    if (!answer.n) return current;
    while (answer.n > 1 && str_ends(answer, STR("/")))
        answer.n--;
    return answer;
}

static fallible show_samples(struct ctx *cx)
{
    struct list_str paths;
    TRY(sql_admin_sample_paths(cx, &paths));
    if (paths.n) puts("Paths in the database look like these:");
    for (size_t i = 0; i < paths.n; i++)
        printf("  %.*s\n", FMT(paths.v[i]));
    return NULL;
}

static bool is_no(str answer)
{
    return str_starts(answer, STR("n")) || str_starts(answer, STR("N"));
}

fallible admin_change_media_location(struct ctx *cx)
{
    int64_t changed;
    TRY(show_samples(cx));
    const str from = ask_location(cx, "previous");
    const str to = ask_location(cx, "new");
    if (!str_starts(to, STR("/"))) FAIL(BAD_REQUEST, "The new location must be an absolute path.");
    printf("%.*s becomes %.*s\n", FMT(from), FMT(to));
    if (is_no(admin_ask(cx, "Do you want to proceed? [Y/n]"))) return NULL;

    TRY(db_begin(cx));
    TRY(system_move_paths(cx, from, to, &changed));
    TRY(db_commit(cx));
    if (!changed) {
        puts("No rows were updated");
        return NULL;
    }
    printf("Matching database file paths were updated successfully!\n\n"
           "Set IMMICH_MEDIA_LOCATION=%.*s and start again.\n",
        FMT(to));
    return NULL;
}
