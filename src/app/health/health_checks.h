/* The checks of the machine around us that may hang; each is run by a struct probe. */
#pragma once

#include "app/health/probe.h"

/* Whether the disk of the media location has room. */
void health_check_disk(const char *media, struct probe_answer *out);
/* Whether every folder of the media location has its marker: it is mounted. */
void health_check_media(const char *media, struct probe_answer *out);
/* Whether the machine-learning service of this URL answers its ping. */
void health_check_ml(const char *url, struct probe_answer *out);
