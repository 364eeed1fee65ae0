/* Posting to the bus. Inside event/ only; everybody else sends through event/event.h. */
#pragma once

#include "event/event.h"

/* Copies; never waits. A full queue drops the event and says so in the log. */
void bus_post(
    struct event_bus *bus, struct room room, const char *name, str arguments, int delay_ms);
