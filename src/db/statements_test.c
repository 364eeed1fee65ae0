/* Every statement of every .sql file, prepared against a database that our migrations made. */
#include "core/arena.h"
#include "core/test.h"
#include "db/migrate.h"
#include "db/wire.h"

#include <stdlib.h>

#include "core/banned.h"

static bool failed(const char *what, const struct sql_set *set, const struct sql *sql)
{
    print_error("%s: %s: %s\n", set->file, sql->name ? sql->name : sql->text, what);
    return false;
}

/* The type as SQL calls it, instead of its number. */
static void print_type(PGconn *pg, const char *what, Oid type)
{
    char query[64];
    snprintf(query, sizeof query, "SELECT format_type(%u, NULL)", type);
    PGresult *result = PQexec(pg, query);
    print_error("    %s is %s\n", what, PQntuples(result) == 1 ? PQgetvalue(result, 0, 0) : "?");
    PQclear(result);
}

/* An enumeration or vector has no number that the program knows: the server says what it took. */
static bool parameter_fits(PGconn *pg, enum db_type declared, Oid inferred)
{
    if (wire_oid(declared)) return wire_oid(declared) == inferred;
    const char *wanted =
        declared == DB_VECTOR ? "SELECT typname = 'vector' FROM pg_type WHERE oid = "
        : declared == DB_ENUM
            ? "SELECT typtype = 'e' OR typname IN ('text', 'varchar') FROM pg_type WHERE oid = "
            : "SELECT typcategory = 'A' FROM pg_type WHERE oid = ";
    char query[160];
    snprintf(query, sizeof query, "%s%u", wanted, inferred);
    PGresult *result = PQexec(pg, query);
    const bool fits = PQntuples(result) == 1 && PQgetvalue(result, 0, 0)[0] == 't';
    PQclear(result);
    return fits;
}

static bool described(
    PGconn *pg, const struct sql_set *set, const struct sql *sql, const PGresult *result)
{
    if (PQnparams(result) != (int)sql->n_params) return failed("number of parameters", set, sql);
    for (size_t i = 0; i < sql->n_params; i++)
        if (!parameter_fits(pg, sql->types[i], PQparamtype(result, (int)i))) {
            failed("type of a parameter", set, sql);
            char parameter[24];
            snprintf(parameter, sizeof parameter, "$%zu", i + 1);
            print_type(pg, parameter, PQparamtype(result, (int)i));
            return false;
        }
    if (!sql->row) return true;
    if (!PQnfields(result)) return failed("no columns", set, sql);
    struct column columns[256];
    if (PQnfields(result) > 256) return failed("too many columns", set, sql);
    err e = wire_map(result, sql->row, sql->columnar, columns);
    if (!e) return true;
    failed(e->message, set, sql);
    for (int i = 0; i < PQnfields(result); i++)
        print_type(pg, PQfname(result, i), PQftype(result, i));
    return false;
}

static bool prepares(PGconn *pg, const struct sql_set *set, const struct sql *sql)
{
    Oid types[DB_PARAMS_MAX] = {0};
    for (size_t i = 0; i < sql->n_params; i++)
        types[i] = wire_oid(sql->types[i]);
    PGresult *result = PQprepare(pg, "", sql->text, (int)sql->n_params, types);
    bool fits = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!fits) {
        failed(PQresultErrorMessage(result), set, sql);
    } else {
        PQclear(result);
        result = PQdescribePrepared(pg, "");
        fits = described(pg, set, sql, result);
    }
    PQclear(result);
    return fits;
}

static void every_statement_fits_the_schema(void **state)
{
    const char *url = getenv("TINTYPE_TEST_DB_URL");
    assert_ok(migrate(&(struct migrate_opts){.conninfo = url}));
    PGconn *pg = PQconnectdb(url);
    assert_int_equal(PQstatus(pg), CONNECTION_OK);
    int wrong = 0, n = 0;
    for (const struct sql_set *const *set = sql_sets; *set; set++)
        for (size_t i = 0; i < (*set)->n; i++, n++)
            wrong += !prepares(pg, *set, (*set)->v[i]);
    print_message("%d statements\n", n);
    PQfinish(pg);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_statement_fits_the_schema)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
