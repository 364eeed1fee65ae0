#include "box/box.h"
#include "box/failure.h"
#include "core/size.h"

#include "core/banned.h"

struct row {
    enum err_code code;
    bool files_fault;
    const char *text;
};

static const struct row ROWS[] = {
    [BOX_FINE] = {ERR_OK, false, ""},
#define X(kind, code, files_fault, text) [kind] = {code, files_fault, text},
#include "box/failure.def"
#undef X
};

err box_failure_new(const char *where, enum box_failure kind, str reason)
{
    const struct row *row = &ROWS[kind];
    err e = err_new(row->code, 0, where, "%s%s%.*s", row->text, reason.n ? ": " : "", FMT(reason));
    return err_with_detail(e, row);
}

str box_failure_reason(err e)
{
    const str message = str_from(e->message);
    const size_t n = strlen(ROWS[box_failure_of(e)].text);
    return n && message.n > n + 2 ? str_slice(message, n + 2, message.n) : n ? STR("") : message;
}

enum box_failure box_failure_of(err e)
{
    if (!e) return BOX_FINE;
    for (size_t i = 1; i < LENGTH(ROWS); i++)
        if (e->detail == &ROWS[i]) return (enum box_failure)i;
    return BOX_FINE;
}

bool box_failure_is_files_fault(enum box_failure failure)
{
    return ROWS[failure].files_fault;
}
