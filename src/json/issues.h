/* What is wrong with an input, all at once: the `errors` of a 400 "Validation failed".
 *
 * The reader collects issues while it goes down into a value; rules written by hand (check_<name>,
 * x-check in the contract) add theirs at the value they look at:
 *
 *   void check_update_asset(const struct UpdateAssetDto *dto, struct issues *issues)
 *   {
 *       if (dto->latitude.is != dto->longitude.is)
 *           issue_add(issues, NULL, "Latitude and longitude must be provided together");
 *   }
 *
 * Memory  texts live in the arena of the request. Threads one.
 * Fails   never; beyond ISSUES_MAX issues are counted but not kept.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum {
    ISSUES_MAX = 1000,
};

/* Where the reader is: a member's name or an item's index, and the step above. */
struct issue_step {
    const struct issue_step *above;
    str name;
    size_t index;
    bool is_index;
};

struct issue {
    str path; /* JSON: ["albumUsers",0,"role"] */
    str message;
    str members; /* JSON members of the code, ending with a comma */
};

struct issues {
    struct arena *arena;
    const struct issue_step *at;
    struct issue *v;
    size_t n; /* kept */
    size_t capacity;
    size_t found; /* also those beyond ISSUES_MAX */
    bool stored;  /* the input was written by us: limits, formats and rules are not asked again */
};

static inline struct issues issues_new(struct arena *arena)
{
    return (struct issues){.arena = arena};
}

/* An issue of code "custom" at the value that is being looked at, or (field not NULL) at a member
 * of it. */
__attribute__((format(printf, 3, 4))) void issue_add(
    struct issues *issues, const char *field, const char *format, ...);
/* The same with another code: `members` is JSON such as "\"code\":\"too_small\",". */
__attribute__((format(printf, 3, 4))) void issue_add_coded(
    struct issues *issues, str members, const char *format, ...);

/* Goes down to a member and up again: issue_enter(issues, &step, STR("bbox")); … issue_leave(…).
 * An empty name stays where it is. */
void issue_enter(struct issues *issues, struct issue_step *step, str name);
void issue_enter_item(struct issues *issues, struct issue_step *step, size_t index);
void issue_leave(struct issues *issues, const struct issue_step *step);

/* The array of issues as JSON. */
void issues_write(struct buf *out, const struct issues *issues);
/* NULL without issues, otherwise BAD_REQUEST "Validation failed" whose detail is a struct issues in
 * the arena. */
fallible issues_err(const struct issues *issues);
