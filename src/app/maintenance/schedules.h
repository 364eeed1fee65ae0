/* What the installation does at set times (contract/jobs §4): for job/schedule.h.
 *
 * Memory  constant data; expressions live in cx->arena. Threads the schedule's.
 */
#pragma once

#include "job/schedule.h"

extern const struct schedule_task schedules[];
extern const size_t schedules_n;
