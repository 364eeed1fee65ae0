/* The private PostgreSQL of an installation without a configured one.
 *
 * Owns    <state>/postgres (data) and <state>/run (socket); never touches another cluster.
 * Memory  paths live in the arena given to cluster_prepare.
 * Threads one (the supervisor's).
 * Fails   BAD_REQUEST with a text for the user (no PostgreSQL, another major version), INTERNAL for
 * the rest.
 */
#pragma once

#include "core/err.h"

#include <stdbool.h>
#include <sys/types.h>

struct arena;

struct cluster {
    const char *bin;    /* folder of PostgreSQL's programs */
    const char *data;   /* data folder */
    const char *socket; /* folder of the Unix socket */
    const char *url;    /* for DB_URL of the roles */
    uid_t uid;          /* who runs it; (uid_t)-1 = we ourselves */
    gid_t gid;
    pid_t pid;  /* of the postmaster, 0 when not running */
    bool fresh; /* made by this start */
};

/* Whether the state folder has a cluster already. */
bool cluster_exists(const char *state_dir);
/* "postgresql://…" of the cluster when it runs, otherwise NULL: for who did not start it. */
const char *cluster_running_url(struct arena *a, const char *state_dir);
/* Finds PostgreSQL, makes folders and, the first time, the cluster with an empty database `immich`.
 */
fallible cluster_prepare(struct arena *a, struct cluster *c, const char *state_dir);
/* Starts the postmaster; waits until it accepts connections (limit 60 s: it may have to recover).
 */
fallible cluster_start(struct cluster *c);
/* Fast shutdown: sessions are ended, data is written. */
void cluster_stop(struct cluster *c);
