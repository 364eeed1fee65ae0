#include "gen/api.h"
#include "json/issues.h"

#include "core/banned.h"

void check_uuid_or_me(const str *text, struct issues *issues)
{
    uuid id;
    if (!str_eq(*text, STR("me")) && !uuid_parse_version(*text, 4, &id))
        issue_add(issues, NULL, "Must be a UUID v4 or \"me\"");
}
