/* Errors as values: NULL is success, anything else is a pointer to a struct error.
 *
 * Memory  errors live in a small per-thread ring (ERR_RING slots): they stay valid while they are
 * passed up the stack and until ERR_RING further errors were made on the same thread. Nobody frees
 * them; they never cross threads. Threads any. Fails   never: making an error cannot fail, a
 * message longer than ERR_MESSAGE_MAX is cut.
 */
#pragma once

#include <stdbool.h>

enum err_code {
    ERR_OK = 0,
#define X(code, status) code,
#include "core/errors.def"
#undef X
};

enum {
    ERR_RING = 16,
    ERR_MESSAGE_MAX = 1024,
};

struct error {
    enum err_code code;
    int status;          /* HTTP status; of the code, unless FAIL_STATUS named another */
    const char *where;   /* "file.c:123" */
    const char *message; /* for 4xx the client's text, otherwise for the log only */
    const void *detail;  /* optional, e.g. a validation report that lives in the request's arena */
};

typedef const struct error *err;

/* A function whose err must be looked at. */
#define fallible __attribute__((warn_unused_result)) err

#define ERR_STRINGIFY_(x) #x
#define ERR_STRINGIFY(x) ERR_STRINGIFY_(x)
#define ERR_HERE __FILE__ ":" ERR_STRINGIFY(__LINE__)

/* Clang's analyzer does not believe returns_nonnull across files: it would see paths on which a
 * function has failed and yet returned NULL, and call its outputs uninitialised. */
#ifdef __clang_analyzer__
#define ERR_MADE(expression)                                                                       \
    ({                                                                                             \
        err made_ = (expression);                                                                  \
        if (!made_) __builtin_unreachable();                                                       \
        made_;                                                                                     \
    })
#else
#define ERR_MADE(expression) (expression)
#endif

/* Makes an error. `status` 0 takes the code's own. */
__attribute__((returns_nonnull, cold, format(printf, 4, 5))) err err_new(
    enum err_code code, int status, const char *where, const char *format, ...);

/* Makes an error of the current errno: ENOSPC/EDQUOT become NO_SPACE, ENOENT NOT_FOUND, what a
 * mount says that is read-only or whose server is away UNAVAILABLE, the rest INTERNAL. */
__attribute__((returns_nonnull, cold)) err err_errno_at(
    const char *where, const char *what, const char *path);
#define err_errno(what, path) ERR_MADE(err_errno_at(ERR_HERE, what, path))

/* The same error with a detail attached. */
__attribute__((returns_nonnull, cold)) err err_with_detail(err e, const void *detail);

bool err_is(err e, enum err_code code);
const char *err_code_name(enum err_code code);
int err_code_status(enum err_code code);

#define FAIL(code, ...) return ERR_MADE(err_new(code, 0, ERR_HERE, __VA_ARGS__))
#define FAIL_STATUS(status, ...)                                                                   \
    return ERR_MADE(err_new(err_code_of_status(status), status, ERR_HERE, __VA_ARGS__))
#define FAIL_ERRNO(what, path) return err_errno(what, path)

/* Passes an error on to the caller. */
#define TRY(expression)                                                                            \
    do {                                                                                           \
        err try_error_ = (expression);                                                             \
        if (__builtin_expect(try_error_ != 0, 0)) return try_error_;                               \
    } while (0)

/* The code that stands for an HTTP status (the first row of errors.def with it), INTERNAL when
 * there is none. */
enum err_code err_code_of_status(int status);
