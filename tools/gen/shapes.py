"""Shapes of an answer: which members of one schema which operation fills (x-shapes of the schema).

    x-shapes:
      members: [owner, tags]
      getThing createThing: [always, own]     an operation for each shape; those that are alike may share a line
      getThing_link: [never, never]           getThing in another case
      events: [never, asked]                  no operation: what is sent by websocket

Every operation that answers with the schema, however deep, has a shape: a new one cannot be forgotten.
"""
import dataclasses

from document import fail

RULES = ("never", "always", "asked", "own")     # enum shape_rule of json/fields.h
NO_OPERATION = "events"


@dataclasses.dataclass
class Shapes:
    struct: object
    members: list   # of Field
    rows: dict      # name -> a rule for each member


def holds(field, struct, seen=None):
    """Whether an answer has the struct in it, at any depth."""
    seen = seen if seen is not None else set()
    inner = field.type.struct
    if field.type.item:
        return holds(field.type.item, struct, seen)
    if inner is None or inner.name in seen:
        return False
    seen.add(inner.name)
    return inner is struct or any(holds(f, struct, seen) for f in inner.fields)


def members_of(struct, table):
    members = [struct.field(name) for name in table.get("members", [])]
    if not members or None in members:
        fail(table, f"the members of x-shapes are properties of {struct.name}")
    return members


def rows_of(table, members):
    rows = {}
    for names, rules in table.items():
        if names == "members":
            continue
        if len(rules) != len(members) or any(rule not in RULES for rule in rules):
            fail(table, f"the shape of {names} is one of {', '.join(RULES)} for each of the {len(members)} members")
        for name in names.split():
            if name in rows:
                fail(table, f"{name} has two shapes")
            rows[name] = rules
    return rows


def shapes_of(struct, schema, operations):
    table = schema["x-shapes"]
    members = members_of(struct, table)
    rows = rows_of(table, members)
    answering = {op.id for op in operations if op.out and holds(op.out, struct)}
    for name in sorted(answering - set(rows)):
        fail(table, f"{name} answers with {struct.name} and has no shape")
    for name in rows:
        if name != NO_OPERATION and name.partition("_")[0] not in answering:
            fail(table, f"{name} has a shape and does not answer with {struct.name}")
    return Shapes(struct, members, rows)
