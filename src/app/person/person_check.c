#include "gen/api.h"
#include "json/issues.h"

#include "core/banned.h"

/* Compat: upstream hands the empty text on to the database, which then refuses it. */
void check_birth_date(const str *text, struct issues *issues)
{
    struct date day;
    struct when at;
    bool past = text->n == 0;
    if (date_parse(*text, &day))
        past = when_from_date(day).us <= when_now().us;
    else if (when_parse(*text, &at))
        past = at.us <= when_now().us;
    if (!past) issue_add(issues, NULL, "Birth date cannot be in the future");
}
