#!/usr/bin/env python3
"""render_schema.py: prints SQL that makes a database as Immich 3.1.0 leaves it after migrating.

A test instrument, never part of the product. It knows the schema from the facts of
`shared/contract/schema.json` alone and shares nothing with contract/schema.sql, so that the
two can be held against each other (tests/db/schema_compare.py) and Tintype can be started on
a database it did not make. Vectors are pgvector's.

The override rows of nine functions are missing, because their text is not known here; the
functions themselves exist, written after their description.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from shared import SKIPPED, schema_facts  # noqa: E402

FIRST_MIGRATED = "2026-11-22T18:16:03"

# Bodies of the functions that schema.json describes in words only.
BODIES = {
    "album_user_after_insert": """
BEGIN
  IF NOT EXISTS (SELECT FROM inserted_rows WHERE role = 'owner') THEN
    UPDATE album SET "updatedAt" = clock_timestamp(),
                     "updateId" = immich_uuid_v7(clock_timestamp())
     WHERE id IN (SELECT "albumId" FROM inserted_rows);
  END IF;
  RETURN NULL;
END""",
    "album_user_delete_audit": """
BEGIN
  INSERT INTO album_audit ("albumId", "userId") SELECT "albumId", "userId" FROM OLD;
  IF pg_trigger_depth() = 1 THEN
    INSERT INTO album_user_audit ("albumId", "userId") SELECT "albumId", "userId" FROM OLD;
  END IF;
  RETURN NULL;
END""",
    "asset_edit_delete": """
BEGIN
  UPDATE asset SET "isEdited" = false
    FROM deleted_edit d
   WHERE asset.id = d."assetId" AND asset."isEdited"
     AND NOT EXISTS (SELECT FROM asset_edit e WHERE e."assetId" = asset.id);
  RETURN NULL;
END""",
    "asset_edit_insert": """
BEGIN
  UPDATE asset SET "isEdited" = true
    FROM inserted_edit i
   WHERE asset.id = i."assetId" AND NOT asset."isEdited";
  RETURN NULL;
END""",
    "f_concat_ws": "SELECT array_to_string($2, $1)",
    "f_unaccent": "unaccent('unaccent', $1)",
    "immich_uuid_v7": """
SELECT encode(set_bit(set_bit(
         overlay(uuid_send(gen_random_uuid())
                 PLACING substring(int8send(floor(extract(epoch FROM p_timestamp) * 1000)::bigint)
                                   FROM 3)
                 FROM 1 FOR 6),
         52, 1), 53, 1), 'hex')::uuid""",
    "ll_to_earth_public": """
SELECT public.cube(ARRAY[
         public.earth() * cos(radians(latitude)) * cos(radians(longitude)),
         public.earth() * cos(radians(latitude)) * sin(radians(longitude)),
         public.earth() * sin(radians(latitude))])::public.earth""",
    "updated_at": """
DECLARE
  stamp timestamp := clock_timestamp();
BEGIN
  NEW."updatedAt" := stamp;
  NEW."updateId" := immich_uuid_v7(stamp);
  RETURN NEW;
END""",
}


def ident(name):
    return '"' + name + '"'


def names(columns):
    return ", ".join(map(ident, columns))


def literal(text):
    return "'" + text.replace("'", "''") + "'"


# --- texts that Immich stores in migration_overrides (schema.md, 5.2) ---

def audit_body(function):
    insert = [f'INSERT INTO {function["target"]} ({names(function["target_columns"])})']
    source = function["source_columns"]
    if function["layout"] == "A":
        select = [f"SELECT {names(source)}", "FROM OLD;"]
    else:
        first = ident(source[0])
        select = [f"SELECT {names(source)} FROM OLD",
                  f'WHERE {first} IN (SELECT "id" FROM {function["parent_table"]} '
                  f'WHERE "id" IN (SELECT {first} FROM OLD));']
    lines = ["    BEGIN"]
    lines += ["      " + line for line in insert + select + ["RETURN NULL;"]]
    return "\n".join(lines + ["    END"])


def function_override(function):
    """The text, or None for the nine that are known by description only."""
    if function.get("layout") not in ("A", "B"):
        return None
    return "\n  ".join([f'CREATE OR REPLACE FUNCTION {function["name"]}()',
                        "RETURNS TRIGGER", "LANGUAGE PLPGSQL", "AS $$"]) \
        + "\n" + audit_body(function) + "\n  $$;"


def trigger_override(trigger, table):
    lines = [f'CREATE OR REPLACE TRIGGER {ident(trigger["name"])}',
             f'{trigger["timing"]} {" OR ".join(trigger["events"])} ON {ident(table)}']
    tables = [f'{age} TABLE AS {ident(trigger[key])}'
              for age, key in (("OLD", "old_table"), ("NEW", "new_table")) if trigger[key]]
    if tables:
        lines.append("REFERENCING " + " ".join(tables))
    lines.append(f'FOR EACH {trigger["level"]}')
    if trigger["when"]:
        lines.append(f'WHEN ({trigger["when"]})')
    lines.append(f'EXECUTE FUNCTION {trigger["function"]}();')
    return "\n  ".join(lines)


def index_override(index, table):
    over = index["override"]
    unique = " UNIQUE" if index["unique"] else ""
    text = f'CREATE{unique} INDEX {ident(index["name"])} ON {ident(table)}'
    if over.get("columns"):
        text += f' ({names(over["columns"])})'
    if over.get("using"):
        text += f' USING {over["using"]}'
    if over.get("expression"):
        text += f' ({over["expression"]})'
    if over.get("with"):
        text += f' WITH ({over["with"]})'
    if over.get("where"):
        text += f' WHERE ({over["where"]})'
    return text + ";"


def overrides(facts):
    """(row name, type, object, text or None) of all 81 rows."""
    for function in facts["functions"]:
        yield function["override"]["name"], "function", function["name"], function_override(function)
    for table, spec in facts["tables"].items():
        for index in spec["indexes"]:
            if "override" in index:
                yield (index["override"]["name"], "index", index["name"],
                       index_override(index, table))
        for trigger in spec["triggers"]:
            yield (trigger["override"]["name"], "trigger", trigger["name"],
                   trigger_override(trigger, table))


# --- the objects themselves ---

def extensions(facts):
    for extension in facts["extensions"]:
        if extension["name"] != "plpgsql":
            yield f'CREATE EXTENSION {ident(extension["name"])} SCHEMA public;'
    path = facts["database_settings"]["search_path"]
    yield ("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = "
           + path.replace("'", "''") + "', current_database()); END $$;")


def enums(facts):
    for name, labels in facts["enums"].items():
        yield f'CREATE TYPE {ident(name)} AS ENUM ({", ".join(map(literal, labels))});'


def functions(facts):
    # In the order of use: an SQL function is checked when it is made.
    for function in sorted(facts["functions"], key=lambda f: f["language"], reverse=True):
        if function["name"] not in BODIES:
            yield function_override(function)
            continue
        body = BODIES[function["name"]]
        if function["sql_standard_body"]:
            body = f"RETURN {body}"
        else:
            body = f"AS $body${body}$body$"
        strict = "STRICT " if function["strict"] else ""
        yield (f'CREATE FUNCTION {ident(function["name"])}({function["arguments"]}) '
               f'RETURNS {function["returns"]} LANGUAGE {function["language"]} '
               f'{function["volatility"].upper()} {strict}'
               f'PARALLEL {function["parallel"].upper()} {body};')


def table(name, spec):
    parts = []
    for column in spec["columns"]:
        text = f'{ident(column["name"])} {column["type"]}'
        if column["default"] is not None:
            text += f' DEFAULT {column["default"]}'
        if not column["nullable"]:
            text += " NOT NULL"
        if column.get("identity"):
            text += " " + column["identity"]
        parts.append(text)
    key = spec["primary_key"]
    parts.append(f'CONSTRAINT {ident(key["name"])} PRIMARY KEY ({names(key["columns"])})')
    for unique in spec["unique"]:
        parts.append(f'CONSTRAINT {ident(unique["name"])} UNIQUE ({names(unique["columns"])})')
    for check in spec["checks"]:
        parts.append(f'CONSTRAINT {ident(check["name"])} {check["definition"]}')
    yield f"CREATE TABLE {ident(name)} (\n  " + ",\n  ".join(parts) + "\n);"
    for column in spec["columns"]:
        where = f'{ident(name)}.{ident(column["name"])}'
        if column.get("comment"):
            yield f'COMMENT ON COLUMN {where} IS {literal(column["comment"])};'
        if column.get("storage"):
            yield (f'ALTER TABLE {ident(name)} ALTER {ident(column["name"])} '
                   f'SET STORAGE {column["storage"]};')


def index(name, spec):
    classes = spec.get("opclass") or [""] * len(spec["keys"])
    keys = ", ".join(f"{key} {opclass}".strip() for key, opclass in zip(spec["keys"], classes))
    text = f'CREATE {"UNIQUE " if spec["unique"] else ""}INDEX {ident(spec["name"])} ' \
           f'ON {ident(name)} USING {spec["method"]} ({keys})'
    if spec["with"]:
        text += f' WITH ({", ".join(spec["with"])})'
    if spec["where"]:
        text += f' WHERE {spec["where"]}'
    return text + ";"


def foreign_key(name, spec):
    return (f'ALTER TABLE {ident(name)} ADD CONSTRAINT {ident(spec["name"])} '
            f'FOREIGN KEY ({names(spec["columns"])}) '
            f'REFERENCES {ident(spec["references"])} ({names(spec["ref_columns"])}) '
            f'ON UPDATE {spec["on_update"]} ON DELETE {spec["on_delete"]};')


def rows(facts):
    for name, kind, thing, text in overrides(facts):
        if text is not None:
            yield (f"INSERT INTO migration_overrides VALUES ({literal(name)}, jsonb_build_object("
                   f"'type', {literal(kind)}, 'name', {literal(thing)}, 'sql', {literal(text)}));")
    for n, name in enumerate(facts["kysely_migrations"]):
        yield (f"INSERT INTO kysely_migrations VALUES ({literal(name)}, "
               f"'{FIRST_MIGRATED}.{n:03}Z');")
    for lock in facts["kysely_migrations_lock"]:
        yield (f'INSERT INTO kysely_migrations_lock VALUES ({literal(lock["id"])}, '
               f'{lock["is_locked"]});')


def render(facts):
    tables = facts["tables"].items()
    lines = ["SET check_function_bodies = off;", *extensions(facts), *enums(facts),
             *functions(facts)]
    for name, spec in tables:
        lines += table(name, spec)
    for name, spec_of in tables:
        lines += [index(name, spec) for spec in spec_of["indexes"]]
        lines += [foreign_key(name, spec) for spec in spec_of["foreign_keys"]]
        lines += [trigger_override(spec, name) for spec in spec_of["triggers"]]
    return "\n".join([*lines, *rows(facts), "RESET check_function_bodies;"]) + "\n"


def main():
    facts = schema_facts()
    if not facts:
        print("skipped: shared/contract is not beside the checkout", file=sys.stderr)
        return SKIPPED
    sys.stdout.write(render(facts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
