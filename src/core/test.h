/* What every cmocka test includes: the headers cmocka.h forgets, and assertions on our own types.
 * Tests only. */
#pragma once

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* clang-format on */

#include "core/err.h"
#include "core/str.h"

#include <stdio.h>

#define assert_str(actual, expected)                                                               \
    do {                                                                                           \
        const str actual_ = (actual);                                                              \
        if (!str_eq(actual_, STR(expected))) {                                                     \
            print_error("\"%.*s\" is not \"%s\"\n", FMT(actual_), expected);                       \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

#define assert_ok(expression)                                                                      \
    do {                                                                                           \
        err e_ = (expression);                                                                     \
        if (e_) {                                                                                  \
            print_error(#expression ": %s (%s)\n", e_->message, e_->where);                        \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

#define assert_fails(expression, wanted)                                                           \
    do {                                                                                           \
        err e_ = (expression);                                                                     \
        if (!err_is(e_, wanted)) {                                                                 \
            print_error(                                                                           \
                #expression ": %s instead of " #wanted "\n", e_ ? e_->message : "success");        \
            fail();                                                                                \
        }                                                                                          \
    } while (0)
