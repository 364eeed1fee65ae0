/* Made by tools/gen/gen_sql.py; do not edit. */
#include "db/db.h"

extern const struct sql_set sql_set_pet;

const struct sql_set *const sql_sets[] = {
    &sql_set_pet,
    NULL,
};
