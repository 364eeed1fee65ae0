#!/usr/bin/env python3
"""Makes C of the contract.

usage: gen_api.py --contract DIR --out DIR
       gen_api.py --contract DIR --openapi     prints openapi.json

    api.h          structs, lists, optional values, enums, one typed prototype per operation (op_<id>, op_<id>_begin),
                   prototypes of the checks the contract asks for (check_<name>)
    api.c          field tables (<Name>_fields), texts of enums (<Name>_names), shapes of answers (<Name>_shapes)
    routes.c       the table of app/api/route.h; operations are weak references in it
    openapi.json   what the world sees of the contract; openapi.c holds it as text

How an operation's function looks (left out: what it does not have):

    fallible op_<id>(struct ctx *cx, const struct <id>_in *in, struct upload *upload, T *out);
    fallible op_<id>_begin(struct ctx *cx, const struct <id>_head *head, struct upload *upload, T *out, bool *answered);
    void op_<id>_ahead(struct ctx *cx, const struct <id>_in *in);

`in` has the path, query and header parameters as members, then `body`. T is the answer's struct (struct list_X for an
array), str for text and raw JSON, struct reply for files, struct stream for streams. An operation whose contract lists
several 2xx answers says which in the reply (cx->reply), unless it is the first.
"""
import argparse
import dataclasses
import json
import pathlib
import sys

import model as contract

BANNER = "/* Made by tools/gen/gen_api.py from contract/; do not edit. */\n"

# struct opt_T and struct list_T that core/opt.h has.
CORE_TAGS = {"str", "uuid", "when", "date", "bytes", "int", "double", "bool"}

# How the text of C is broken into lines: one string literal at most this long.
LITERAL_MAX = 2000


def c_string(text):
    """A C string literal, without trigraphs and with escapes that do not run on into what follows."""
    out = []
    for byte in text.encode("utf-8"):
        char = chr(byte)
        if char in '"\\':
            out.append("\\" + char)
        elif char == "\n":
            out.append("\\n")
        elif 32 <= byte < 127 and char != "?":
            out.append(char)
        else:
            out.append(f"\\{byte:03o}")
    return '"' + "".join(out) + '"'


def number(value):
    """A C double."""
    text = repr(float(value))
    return text if any(c in text for c in ".en") else text + ".0"


# ---- api.h ----


class Header:
    """Types in an order that C accepts: what is stored by value comes first."""

    def __init__(self, model):
        self.model = model
        self.lines = []
        self.done = set()

    def text(self):
        for enum in sorted(self.model.enums.values(), key=lambda e: e.name):
            self.enum(enum)
        for struct in self.model.structs.values():
            self.struct(struct)
            self.wrap("list_" + struct.name, struct.c)
        for op in self.model.operations:
            self.operation_types(op)
        self.tables()
        self.prototypes()
        return BANNER + """#pragma once

#include "core/err.h"
#include "core/opt.h"
#include "json/fields.h"

#include <stdbool.h>
#include <stdint.h>

struct ctx;
struct issues;
struct reply;
struct stream;
struct upload;

""" + "\n".join(self.lines) + "\n"

    def enum(self, enum):
        rows = "".join(f"    {constant},\n" for constant in enum.constants)
        self.lines.append(f"enum {enum.name} {{\n{rows}}};")
        self.wrap("opt_" + enum.name, enum.c)
        self.wrap("list_" + enum.name, enum.c)

    def wrap(self, tag, c):
        """struct opt_… or list_… around a type that C knows by now."""
        kind, _, of = tag.partition("_")
        if tag in self.done or of in CORE_TAGS:
            return
        self.done.add(tag)
        self.lines.append(f"{'OPT' if kind == 'opt' else 'LIST'}({of}, {c});")

    def need(self, field):
        """Everything a member of that field's type needs to be declared."""
        kind = field.type
        if kind.struct:
            self.struct(kind.struct)
        if kind.item:
            self.need(kind.item)
            self.wrap(kind.tag, kind.item.c_type)
        if field.is_opt:
            self.wrap("opt_" + kind.tag, kind.c)

    def struct(self, struct):
        if struct.name in self.done:
            return
        self.done.add(struct.name)
        self.members(struct.name, struct.fields)

    def members(self, name, fields):
        for field in fields:
            self.need(field)
        rows = "".join(f"    {f.c_type} {f.c_name};\n" for f in fields)
        self.lines.append(f"\nstruct {name} {{\n{rows}}};")

    def operation_types(self, op):
        if op.out:
            self.need(op.out)
        if op.has_in:
            self.members(f"{op.id}_in", op.members())
        if op.body_kind == "stream" and op.has_head:
            self.members(f"{op.id}_head", [f for fields in op.params.values() for f in fields])

    def shapes(self, shapes):
        name = shapes.struct.name
        constants = "".join(f"    SHAPE_{row},\n" for row in shapes.rows)
        members = "".join(f"    enum shape_rule {f.c_name};\n" for f in shapes.members)
        self.lines.append(f"\n/* Which members of {name} an answer has (x-shapes). */\n"
            f"enum {name}_shape {{\n{constants}    {name}_SHAPES,\n}};\n"
            f"struct {name}_rules {{\n{members}}};\n"
            f"extern const struct {name}_rules {name}_shapes[{name}_SHAPES];")

    def tables(self):
        for shapes in self.model.shapes:
            self.shapes(shapes)
        self.lines.append("")
        for enum in self.model.enums.values():
            self.lines.append(f"extern const struct enum_names {enum.name}_names;")
        for struct in self.model.structs.values():
            self.lines.append(f"extern const struct fields {struct.name}_fields;")

    def prototypes(self):
        self.lines.append("\n/* Rules over whole values (x-check), written by hand; run when all fields passed. */")
        for name, c in self.model.checks.items():
            self.lines.append(f"void check_{name}(const {c} *value, struct issues *issues);")
        self.lines.append("\n/* The operations. */")
        for op in self.model.operations:
            if op.body_kind == "stream":
                self.lines.append(f"fallible op_{op.id}_begin({', '.join(parameters(op, begin=True))});")
            if op.ahead:
                self.lines.append(f"void op_{op.id}_ahead({', '.join(parameters(op, ahead=True))});")
            self.lines.append(f"fallible op_{op.id}({', '.join(parameters(op))});")


def out_type(op):
    if op.out:
        return op.out.c_type
    return {"file": "struct reply", "stream": "struct stream", "steps": "struct stream"}.get(op.reply)


def parameters(op, begin=False, ahead=False):
    out = ["struct ctx *cx"]
    if begin and op.has_head:
        out.append(f"const struct {op.id}_head *head")
    if not begin and op.has_in:
        out.append(f"const struct {op.id}_in *in")
    if op.body_kind == "stream":
        out.append("struct upload *upload" if begin else "const struct upload *upload")
    if out_type(op) and not ahead:
        out.append(f"{out_type(op)} *out")
    if begin:
        out.append("bool *answered")
    return out


# ---- field tables ----


def flags_of(field):
    flags = set(field.flags)
    if field.optional:
        flags.add("OPTIONAL")
    if field.nullable:
        flags.add("NULLABLE")
    return " | ".join(f"FIELD_{f}" for f in sorted(flags))


def limits_of(kind):
    """The initialiser of a struct field_limits, or None."""
    parts = []
    for name, value in kind.limits.items():
        if name == "format":
            parts.append(f".format = FORMAT_{value}")
        elif name == "exclusive_min":
            parts.append(".exclusive_min = true")
        elif name == "message":
            parts.append(f".message = {c_string(value)}")
        else:
            text = number(value) if name in ("min", "max") else str(value)
            parts.append(f".has_{name} = true, .{name} = {text}")
    return "{" + ", ".join(parts) + "}" if parts else None


def preset_of(field):
    """The address of a T that a missing key stands for."""
    value, kind = field.default, field.type
    if value is None or field.nullable:
        return None
    if kind.kind == "BOOL":
        return f"&(const bool){{{'true' if value else 'false'}}}"
    if kind.kind == "INT":
        return f"&(const int64_t){{{int(value)}}}"
    if kind.kind == "DOUBLE":
        return f"&(const double){{{number(value)}}}"
    if kind.kind == "ENUM":
        if value not in kind.enum.values:
            raise contract.ContractError(f"{field.where}: {value} is no {kind.enum.name}")
        return f"&(const {kind.c}){{{kind.enum.constants[kind.enum.values.index(value)]}}}"
    if kind.kind == "STR":
        return f"&(const str){{{c_string(value)}, {len(value.encode())}}}"
    raise contract.ContractError(f"{field.where}: a default of kind {kind.kind} is not understood")


def field_of(field, struct=None):
    """The initialiser of a struct field; struct is the C struct it is a member of."""
    parts = []
    if field.name and struct:
        name = c_string(field.name)
        parts += [f".name = STR_INIT({name})", f".key = STR_INIT({c_string(json.dumps(field.name) + ':')})"]
    parts.append(f".kind = FIELD_{field.kind}")
    if flags_of(field):
        parts.append(f".flags = {flags_of(field)}")
    if struct:
        parts.append(f".offset = offsetof({struct}, {field.c_name})")
    if field.is_opt:
        parts.append(f".value = offsetof({field.c_type}, v)")
    parts.append(f".size = sizeof({field.c_type})")
    kind = field.type
    if kind.struct:
        parts.append(f".sub = &{kind.struct.name}_fields")
    if kind.enum:
        parts.append(f".names = &{kind.enum.name}_names")
    if kind.item:
        parts.append(f".item = &(const struct field){field_of(kind.item)}")
    if limits_of(kind):
        parts.append(f".limits = &(const struct field_limits){limits_of(kind)}")
    if preset_of(field):
        parts.append(f".preset = {preset_of(field)}")
    if field.check:
        parts.append(f".check = run_{field.check}")
    return "{" + ", ".join(parts) + "}"


def table_of(name, struct_c, fields, linkage, dates_pg=False, check=""):
    """A struct fields with its rows."""
    rows = "".join(f"    {field_of(f, struct_c)},\n" for f in fields)
    head = f'.type = {c_string(struct_c.removeprefix("struct "))}, .size = sizeof({struct_c})'
    if fields:
        head += f", .v = {name}_rows, .n = {len(fields)}"
    if dates_pg:
        head += ", .dates_pg = true"
    if check:
        head += f", .check = run_{check}"
    array = f"static const struct field {name}_rows[] = {{\n{rows}}};\n" if fields else ""
    return f"{array}{linkage}const struct fields {name} = {{{head}}};\n"


def checks_of(model, names):
    """Thunks: the tables call checks through one type. Not every program that has the tables has the checks."""
    out = []
    for name in names:
        c = model.checks[name]
        out.append(f"""#pragma weak check_{name}
static void run_{name}(const void *value, struct issues *issues)
{{
    const {c} *typed = value;
    if (check_{name}) check_{name}(typed, issues);
}}
""")
    return "\n".join(out)


def table_checks(model):
    """Names of the checks that the tables of structs need."""
    out = []
    for struct in model.structs.values():
        out += [f.check for f in struct.fields if f.check] + ([struct.check] if struct.check else [])
    return sorted(set(out))


def shapes_c(shapes):
    rows = ""
    for row, rules in shapes.rows.items():
        members = ", ".join(f".{f.c_name} = SHAPE_{rule.upper()}" for f, rule in zip(shapes.members, rules))
        rows += f"    [SHAPE_{row}] = {{{members}}},\n"
    name = shapes.struct.name
    return f"const struct {name}_rules {name}_shapes[{name}_SHAPES] = {{\n{rows}}};\n"


def api_c(model):
    out = [BANNER, '#include "gen/api.h"\n\n#include <assert.h>\n']
    out.append(checks_of(model, table_checks(model)))
    for enum in model.enums.values():
        values = "".join(f"    STR_INIT({c_string(v)}),\n" for v in enum.values)
        out.append(f"static const str {enum.name}_texts[] = {{\n{values}}};\n"
            f"const struct enum_names {enum.name}_names = {{{c_string(enum.name)}, {enum.name}_texts, {len(enum.values)}, {str(enum.numbers).lower()}}};\n"
            f"static_assert(sizeof(enum {enum.name}) == sizeof(int), \"enums are stored as int\");\n")
    for struct in model.structs.values():
        out.append(table_of(f"{struct.name}_fields", struct.c, struct.fields, "", struct.dates_pg, struct.check))
    out += [shapes_c(shapes) for shapes in model.shapes]
    return "\n".join(out)


# ---- routes.c ----


def segments(path):
    return path.strip("/").split("/")


def match_order(op):
    """Static segments before parameters, place by place."""
    return [(part.startswith("{"), part.lower()) for part in segments(op.path)]


def operation_checks(op):
    """Every check that decoding the operation's input calls."""
    found, todo, seen = set(), [f for f in op.members()], set()
    if op.check:
        found.add(op.check)
    while todo:
        field = todo.pop()
        if field.check:
            found.add(field.check)
        if field.type.item:
            todo.append(field.type.item)
        struct = field.type.struct
        if struct and struct.name not in seen:
            seen.add(struct.name)
            if struct.check:
                found.add(struct.check)
            todo.extend(struct.fields)
    return sorted(found)


def thunks_of(op):
    """The operation behind the types of struct route."""
    parts = [f"#pragma weak op_{op.id}"]
    names = [f"op_{op.id}"]
    out = out_type(op)
    if op.body_kind == "stream":
        parts.append(f"#pragma weak op_{op.id}_begin")
        names.append(f"op_{op.id}_begin")
        arguments = ["cx"] + (["head"] if op.has_head else []) + ["upload"] + (["out"] if out else []) + ["answered"]
        parts.append(f"""static err begin_{op.id}(struct ctx *cx, const void *head, struct upload *upload, void *out, bool *answered)
{{
    return op_{op.id}_begin({', '.join(arguments)});
}}""")
    if op.ahead:
        parts.append(f"#pragma weak op_{op.id}_ahead")
        names.append(f"op_{op.id}_ahead")
        parts.append(f"""static void ahead_{op.id}(struct ctx *cx, const void *in)
{{
    op_{op.id}_ahead(cx{', in' if op.has_in else ''});
}}""")
    names += [f"check_{name}" for name in operation_checks(op)]
    arguments = ["cx"] + (["in"] if op.has_in else []) + (["upload"] if op.body_kind == "stream" else [])
    arguments += ["out"] if out else []
    parts.append(f"""static err call_{op.id}(struct ctx *cx, const void *in, struct upload *upload, void *out)
{{
    return op_{op.id}({', '.join(arguments)});
}}
static bool implemented_{op.id}(void)
{{
    return {' && '.join(names)};
}}""")
    return "\n".join(parts)


def in_tables(op):
    """Tables of parameters, the body field, and the access rows of an operation."""
    parts, in_c = [], f"struct {op.id}_in"
    for place, fields in op.params.items():
        if fields:
            parts.append(table_of(f"{op.id}_{place}", in_c, fields, "static "))
    if op.body:
        parts.append(f"static const struct field {op.id}_body = {body_of(op, in_c)};\n")
    if op.out and op.reply == "json":
        parts.append(answer_of(op))
    if op.access:
        parts.append(access_of(op, in_c))
    for place in ("path", "query", "header"):
        for field in op.params[place] if op.body_kind == "stream" else []:
            parts.append(f'static_assert(offsetof(struct {op.id}_head, {field.c_name}) == offsetof({in_c}, {field.c_name}), '
                '"the head begins the in struct");\n')
    return "\n".join(parts)


def access_of(op, in_c):
    """Where the ids are whose access is checked."""
    parts, rows = [], []
    for row in op.access:
        if row.place != "body":
            index = op.params[row.place].index(row.field)
            rows.append(f"    {{STR_INIT({c_string(row.permission)}), &{op.id}_{row.place}_rows[{index}], NULL, 0}},\n")
            continue
        offset = f"offsetof({in_c}, body)" + (f" + offsetof({op.body.c_type}, v)" if op.body.is_opt else "")
        table, through = op.body.type.struct, "NULL"
        if row.list:
            through = f"&{op.id}_access_in_{row.list.c_name}"
            parts.append(f"static const struct field {through[1:]} = {bare_field(row.list, table.c)};\n")
            table = row.list.type.item.type.struct
        name = f"{op.id}_access_{row.field.c_name}"
        parts.append(f"static const struct field {name} = {bare_field(row.field, table.c)};\n")
        rows.append(f"    {{STR_INIT({c_string(row.permission)}), &{name}, {through}, {offset}}},\n")
    return "".join(parts) + f"static const struct route_access {op.id}_access[] = {{\n{''.join(rows)}}};\n"


def bare_field(field, struct_c):
    """A field to read ids through; rules are not its business."""
    return field_of(dataclasses.replace(field, check=""), struct_c)


def answer_of(op):
    """The answer; with a table of its own when some of its times differ from the struct's."""
    out, table = op.out, ""
    if op.dates_pg_fields:
        struct = out.type.struct or out.type.item.type.struct
        fields = [dataclasses.replace(f, flags=f.flags | {"DATES_PG"}) if f.name in op.dates_pg_fields else f
            for f in struct.fields]
        table = table_of(f"{op.id}_answer_fields", struct.c, fields, "static ", struct.dates_pg)
        own = dataclasses.replace(struct, name=f"{op.id}_answer")
        if out.type.struct:
            out = dataclasses.replace(out, type=dataclasses.replace(out.type, struct=own))
        else:
            item = dataclasses.replace(out.type.item, type=dataclasses.replace(out.type.item.type, struct=own))
            out = dataclasses.replace(out, type=dataclasses.replace(out.type, item=item))
    return table + f"static const struct field {op.id}_answer = {field_of(out)};\n"


def body_of(op, in_c):
    """The body has no name: issues of its fields have paths without one."""
    text = field_of(op.body)
    return text[:-1] + f", .offset = offsetof({in_c}, body)}}"


def route_of(op, method, failed):
    parts = [f".operation = {c_string(op.id)}", f".method = STR_INIT({c_string(method)})",
        f".segments = {op.id}_segments, .segments_n = {len(segments(op.path))}", f".auth = ROUTE_{op.auth.upper()}"]
    if op.permission:
        parts.append(f".permission = STR_INIT({c_string(op.permission)})")
    if op.access:
        parts.append(f".access = {op.id}_access, .access_n = {len(op.access)}")
    if op.access_why:
        parts.append(f".access_why = {c_string(op.access_why)}")
    for place, fields in op.params.items():
        if fields:
            parts.append(f".{place} = &{op.id}_{place}")
    if op.path_issues_first:
        parts.append(".path_issues_first = true")
    if op.body_kind != "none":
        parts.append(f".body_kind = ROUTE_BODY_{'STREAM' if op.body_kind == 'stream' else 'JSON'}")
    if op.body:
        parts.append(f".body = &{op.id}_body")
    if op.check:
        parts.append(f".check = run_{op.check}")
    if op.has_in:
        parts.append(f".in_size = sizeof(struct {op.id}_in)")
    if op.body_kind == "stream" and op.has_head:
        parts.append(f".head_size = sizeof(struct {op.id}_head)")
    if op.out:
        parts.append(f".out_size = sizeof({op.out.c_type})")
    parts += [f".status = {op.status}", f".reply = ROUTE_REPLY_{op.reply.upper()}"]
    if op.reply == "json":
        parts.append(f".answer = &{op.id}_answer")
    if media_of(op):
        parts.append(f".media = {c_string(media_of(op))}")
    if op.dates_pg:
        parts.append(".dates = DATES_PG")
    if op.file_errors:
        parts.append(".file_errors = true")
    if op.watch:
        parts.append(".watch = true")
    if op.unlisted:
        parts.append(".unlisted = true")
    parts.append(f".failed = {c_string(failed)}")
    if op.body_kind == "stream":
        parts.append(f".begin = begin_{op.id}")
    if op.ahead:
        parts.append(f".ahead = ahead_{op.id}")
    parts += [f".call = call_{op.id}", f".implemented = implemented_{op.id}"]
    return "    {" + ", ".join(parts) + "},\n"


def media_of(op):
    """The Content-Type of an answer that has no other way to tell it: as described, or x-media where the promise is silent."""
    described = next((media for r in op.node["responses"].values() for media in r.get("content", {})), "")
    named = op.node.get("x-media", "")
    if op.reply not in ("text", "stream", "steps"):
        if named:
            contract.fail(op.node, f"x-media is for x-reply text, stream and steps, not {op.reply}")
        return ""
    if bool(described) == bool(named):
        contract.fail(op.node, f"{op.id} needs a media type: the described one, or x-media where none is")
    return described or named


def routes_c(model):
    out = [BANNER, '#include "app/api/route.h"\n#include "gen/api.h"\n\n#include <assert.h>\n']
    checks = sorted({name for op in model.operations for name in operation_checks(op)})
    out.append("".join(f"#pragma weak check_{name}\n" for name in checks))
    own = {op.check for op in model.operations} | {f.check for op in model.operations for f in op.members()}
    out.append(checks_of(model, sorted(own - {""})))
    for op in model.operations:
        out.append(thunks_of(op))
        out.append(in_tables(op))
        rows = "".join("    {STR_INIT(%s), %s},\n" % (c_string(part.strip("{}")), "true" if part.startswith("{") else "false")
            for part in segments(op.path))
        out.append(f"static const struct route_segment {op.id}_segments[] = {{\n{rows}}};\n")
    table = []
    for op in sorted(model.operations, key=match_order):
        table.append(route_of(op, op.method, op.errors))
        if op.mirror:
            table.append(route_of(op, "PATCH", op.errors + " v3"))
    out.append(f"const struct route routes[] = {{\n{''.join(table)}}};\nconst size_t routes_n = {len(table)};\n")
    return "\n".join(out)


# ---- openapi ----


def openapi_c(text):
    pieces = [text[i:i + LITERAL_MAX] for i in range(0, len(text), LITERAL_MAX)]
    lines = "\n".join("    " + c_string(piece) for piece in pieces)
    return f'{BANNER}#include "app/api/openapi.h"\n\nconst str openapi_json = {{\n{lines},\n    {len(text.encode())}}};\n'


def write(path, text):
    """Only when it changed: what depends on it is not built again."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contract", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--openapi", action="store_true")
    arguments = parser.parse_args()
    try:
        model = contract.load(arguments.contract)
        openapi = json.dumps(contract.public(model.document), indent=1, ensure_ascii=False) + "\n"
        if arguments.openapi:
            return sys.stdout.write(openapi)
        made = {"api.h": Header(model).text(), "api.c": api_c(model), "routes.c": routes_c(model), "openapi.json": openapi,
            "openapi.c": openapi_c(openapi)}
    except contract.ContractError as error:
        sys.exit(f"gen_api: {error}")
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        write(arguments.out / name, text)


if __name__ == "__main__":
    main()
