#!/usr/bin/env python3
"""contract/schema.sql makes the database that Immich 3.1.0 makes.

Two databases in one private cluster: one by our file, one by the facts of
shared/contract/schema.json. Every catalogue question below must get the same rows from both.
The texts Immich compares are held against their SHA-256 as well.
"""
import hashlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
import pg                                                   # noqa: E402
import render_schema                                        # noqa: E402
from shared import ROOT, SKIPPED, schema_facts              # noqa: E402

# Written by us after their description: their bodies differ, nothing else about them does.
OWN_WORDS = set(render_schema.BODIES)

PUBLIC = "'public'::regnamespace"

QUESTIONS = {
    "tables": f"""
        SELECT relname, relpersistence, array_to_string(reloptions, ',') FROM pg_class
        WHERE relnamespace = {PUBLIC} AND relkind IN ('r', 'p', 'v', 'm', 'f')""",
    "sequences": f"""
        SELECT relname FROM pg_class WHERE relnamespace = {PUBLIC} AND relkind = 'S'""",
    "columns": f"""
        SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity, a.attgenerated, a.attstorage, a.attcollation::regcollation,
               pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = {PUBLIC} AND c.relkind = 'r' AND a.attnum > 0
          AND NOT a.attisdropped""",
    # Not-null constraints are catalogued from PostgreSQL 18 on; `columns` compares them.
    "constraints": f"""
        SELECT conrelid::regclass, conname, contype, condeferrable, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = {PUBLIC} AND contype <> 'n' AND conrelid <> 0""",
    "indexes": f"""
        SELECT c.relname, pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisclustered
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE c.relnamespace = {PUBLIC}""",
    "triggers": f"""
        SELECT t.tgname, pg_get_triggerdef(t.oid), t.tgenabled
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = {PUBLIC} AND NOT t.tgisinternal""",
    "functions": f"""
        SELECT p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
               l.lanname, p.provolatile, p.proparallel, p.proisstrict, p.prosecdef,
               p.proleakproof, p.prosqlbody IS NOT NULL,
               CASE WHEN p.proname NOT IN ({", ".join(map(repr, sorted(OWN_WORDS)))})
                    THEN p.prosrc END
        FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.pronamespace = {PUBLIC}
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""",
    "types": f"""
        SELECT t.typname, t.typtype,
               array(SELECT enumlabel FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder)
        FROM pg_type t
        WHERE t.typnamespace = {PUBLIC} AND t.typtype IN ('e', 'd', 'r')""",
    "extensions": """
        SELECT extname, extnamespace::regnamespace, extversion FROM pg_extension""",
    "settings": """
        SELECT unnest(setconfig) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
        WHERE d.datname = current_database() AND s.setrole = 0""",
    "migrations, in time's order": """
        SELECT row_number() OVER (ORDER BY timestamp, name), name,
               timestamp ~ '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$'
        FROM kysely_migrations""",
    "migration lock": "SELECT id, is_locked FROM kysely_migrations_lock",
    "overrides": "SELECT name, value FROM migration_overrides",
    "rows": f"""
        SELECT relname, (xpath('//n/text()', query_to_xml(format(
            'SELECT count(*) AS n FROM public.%I', relname), false, true, '')))[1]
        FROM pg_class WHERE relnamespace = {PUBLIC} AND relkind = 'r'""",
}


def differences(ours, theirs):
    for name, question in QUESTIONS.items():
        mine, immich = set(ours.rows(question)), set(theirs.rows(question))
        assert immich, f"no {name} at all: the question is wrong"
        print(f"{name}: {len(immich)} compared")
        for row in sorted(immich - mine, key=str):
            yield f"{name}: missing or different in ours: {row}"
        for row in sorted(mine - immich, key=str):
            yield f"{name}: only in ours: {row}"


def wrong_texts(ours, facts):
    """Every text we store is the one Immich would; those we do not have are the nine."""
    promised = {row["name"]: row for row in facts["migration_overrides"]}
    stored = dict(ours.rows("SELECT name, value->>'sql' FROM migration_overrides"))
    for name, text in stored.items():
        if hashlib.sha256(text.encode()).hexdigest() != promised[name]["sha256"]:
            yield f"override {name}: another text ({len(text)} of {promised[name]['length']})"
    missing = promised.keys() - stored.keys()
    if missing != {f"function_{name}" for name in OWN_WORDS}:
        yield f"override rows missing: {sorted(missing)}"
    for row in ours.rows("SELECT name, value->>'type', value->>'name' FROM migration_overrides"):
        if row[0] != f"{row[1]}_{row[2]}":
            yield f"override {row[0]}: names {row[1]} {row[2]}"
    print(f"override texts: {len(stored)} hashed")


def main():
    facts = schema_facts()
    if not facts:
        print("skipped: shared/contract is not beside the checkout")
        return SKIPPED
    with pg.Cluster() as cluster:
        with cluster.connect(cluster.create("ours")) as ours, \
                cluster.connect(cluster.create("immich")) as theirs:
            ours.run((ROOT / "contract" / "schema.sql").read_text())
            theirs.run(render_schema.render(facts))
            found = [*differences(ours, theirs), *wrong_texts(ours, facts)]
    for line in found:
        print("DIFFERENT", line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
