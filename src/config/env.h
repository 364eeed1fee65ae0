/* The environment: every variable of contract/config, parsed and checked once at start.
 *
 * Owns    its strings live as long as the process (the environment itself, or secrets read from
 * files). Threads env_load runs before any thread starts; afterwards the struct is only read. Fails
 * env_load: BAD_REQUEST with "Invalid environment variables: " and one line per problem.
 */
#pragma once

#include "core/err.h"
#include "core/log.h"
#include "core/str.h"

#include <stdbool.h>

enum env_kind { ENV_PRODUCTION, ENV_DEVELOPMENT, ENV_TESTING };
enum vector_extension { VECTOR_AUTO, VECTOR_PGVECTOR, VECTOR_VECTORCHORD };

/* Groups of metrics (IMMICH_TELEMETRY_INCLUDE). */
enum telemetry {
    TELEMETRY_HOST = 1 << 0,
    TELEMETRY_API = 1 << 1,
    TELEMETRY_IO = 1 << 2,
    TELEMETRY_REPO = 1 << 3,
    TELEMETRY_JOB = 1 << 4,
    TELEMETRY_ALL = (1 << 5) - 1,
};

/* The C types of the kinds of env.def. */
#define ENV_TYPE_TEXT const char *
#define ENV_TYPE_ABSOLUTE const char *
#define ENV_TYPE_FLAG bool
#define ENV_TYPE_NUMBER int

struct env {
#define X(kind, name, member, value) ENV_TYPE_##kind member;
#include "config/env.def"
#undef X
    enum env_kind kind;
    bool log_level_is_set; /* then the system config may not change it */
    enum log_level log_level;
    bool log_json;
    bool run_api, run_microservices;
    unsigned telemetry; /* set of enum telemetry */
    bool machine_learning_enabled;
    bool process_invalid_images;
    const char *db_ssl_mode; /* "" = libpq's default */
    enum vector_extension vector_extension;
    bool has_database; /* any DB_ variable that names a database is set */
    bool has_redis;    /* any REDIS_ variable is set */
};

fallible env_load(struct env *out);

/* A libpq connection string for the configured database. */
str env_db_conninfo(struct arena *a, const struct env *env);
