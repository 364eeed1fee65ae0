#include "gen/api.h"
#include "json/issues.h"

#include "core/banned.h"

void check_activity_comment(const struct ActivityCreateDto *dto, struct issues *issues)
{
    const bool said = dto->comment.is == PRESENT && str_trim(dto->comment.v).n > 0;
    if (dto->type == REACTION_TYPE_COMMENT && !said)
        issue_add(issues, "comment", "Comment is required when type is COMMENT");
    if (dto->type != REACTION_TYPE_COMMENT && dto->comment.is == PRESENT && dto->comment.v.n > 0)
        issue_add(issues, "comment", "Comment must not be provided when type is not COMMENT");
}
