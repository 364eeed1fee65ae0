#include "core/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/banned.h"

struct slot {
    struct error error;
    char message[ERR_MESSAGE_MAX];
};

static _Thread_local struct slot ring[ERR_RING];
static _Thread_local unsigned next_slot;

static struct slot *take_slot(void)
{
    return &ring[next_slot++ % ERR_RING];
}

err err_new(enum err_code code, int status, const char *where, const char *format, ...)
{
    struct slot *slot = take_slot();
    va_list args;
    va_start(args, format);
    vsnprintf(slot->message, sizeof slot->message, format, args);
    va_end(args);
    slot->error = (struct error){
        .code = code,
        .status = status ? status : err_code_status(code),
        .where = where,
        .message = slot->message,
    };
    return &slot->error;
}

err err_errno_at(const char *where, const char *what, const char *path)
{
    const int number = errno;
    enum err_code code = INTERNAL;
    if (number == ENOSPC || number == EDQUOT) code = NO_SPACE;
    if (number == ENOENT || number == ENOTDIR) code = NOT_FOUND;
    if (number == EROFS || number == ESTALE || number == ENOTCONN || number == ETIMEDOUT ||
        number == EHOSTDOWN)
        code = UNAVAILABLE;
    char text[128];
    const char *reason = strerror_r(number, text, sizeof text);
    return err_new(
        code, 0, where, "%s%s%s: %s", what, path && *path ? " " : "", path ? path : "", reason);
}

err err_with_detail(err e, const void *detail)
{
    struct slot *slot = take_slot();
    /* The source may be the very slot that is taken only if ERR_RING errors were made since: not
     * while it is passed up. */
    slot->error = *e;
    slot->error.detail = detail;
    snprintf(slot->message, sizeof slot->message, "%s", e->message);
    slot->error.message = slot->message;
    return &slot->error;
}

bool err_is(err e, enum err_code code)
{
    return e && e->code == code;
}

const char *err_code_name(enum err_code code)
{
    switch (code) {
    case ERR_OK:
        return "OK";
#define X(name, status)                                                                            \
    case name:                                                                                     \
        return #name;
#include "core/errors.def"
#undef X
    }
    return "UNKNOWN";
}

int err_code_status(enum err_code code)
{
    switch (code) {
    case ERR_OK:
        return 200;
#define X(name, status)                                                                            \
    case name:                                                                                     \
        return status;
#include "core/errors.def"
#undef X
    }
    return 500;
}

enum err_code err_code_of_status(int status)
{
#define X(name, code_status)                                                                       \
    if (status == (code_status)) return name;
#include "core/errors.def"
#undef X
    return INTERNAL;
}
