#include "gen/api.h"
#include "json/issues.h"

#include "core/banned.h"

void check_set_maintenance_mode(const struct SetMaintenanceModeDto *dto, struct issues *issues)
{
    const bool named =
        dto->restoreBackupFilename.is == PRESENT && dto->restoreBackupFilename.v.n > 0;
    if (dto->action == MAINTENANCE_ACTION_RESTORE_DATABASE && !named)
        issue_add(issues, "restoreBackupFilename",
            "Backup filename is required when action is restore_database");
}
