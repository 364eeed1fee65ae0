/* Optional values of the contract: absent, null, or present (PATCH needs all three), and lists.
 *
 * On output ABSENT is left out and IS_NULL prints null. Lists of generated types are struct list_T
 * { T *v; size_t n; }.
 */
#pragma once

#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"

#include <stdbool.h>
#include <stdint.h>

enum presence { ABSENT = 0, IS_NULL, PRESENT };

#define OPT(name, T)                                                                               \
    struct opt_##name {                                                                            \
        enum presence is;                                                                          \
        T v;                                                                                       \
    }
#define LIST(name, T)                                                                              \
    struct list_##name {                                                                           \
        T *v;                                                                                      \
        size_t n;                                                                                  \
    }

OPT(str, str);
OPT(uuid, uuid);
OPT(when, struct when);
OPT(date, struct date);
OPT(bytes, struct bytes);
OPT(int, int64_t);
OPT(double, double);
OPT(bool, bool);

LIST(str, str);
LIST(uuid, uuid);
LIST(when, struct when);
LIST(date, struct date);
LIST(bytes, struct bytes);
LIST(int, int64_t);
LIST(double, double);
LIST(bool, bool);

/* struct opt_str x = SOME(str, STR("a")); struct opt_str y = NOTHING(str); (null) */
#define SOME(name, value) ((struct opt_##name){.is = PRESENT, .v = (value)})
#define NOTHING(name) ((struct opt_##name){.is = IS_NULL})
