#include "gen/api.h"
#include "json/issues.h"

#include "core/banned.h"

void check_update_memory(const struct MemoryUpdateDto *dto, struct issues *issues)
{
    if (dto->isSaved.is == ABSENT && dto->seenAt.is == ABSENT && dto->memoryAt.is == ABSENT)
        issue_add(issues, NULL,
            "At least one of the following fields is required: isSaved, seenAt, memoryAt");
}
