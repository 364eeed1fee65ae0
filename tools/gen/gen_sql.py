#!/usr/bin/env python3
"""Makes typed C functions of SQL statements.

usage: gen_sql.py --contract DIR --out DIR [--root DIR] FILE.sql …

Each src/…/<name>.sql becomes <name>_sql.h and <name>_sql.c; sql_sets.c lists the statements of all for the test that
prepares them. A file consists of comments, heads and statements:

    -- sql: tag_insert(owner uuid, value text, parent uuid?, color text?) -> one TagResponseDto
    INSERT …  VALUES ($owner, $value, $parent, $color) RETURNING id, …;

A head may run on over lines that begin with `--   ` (three spaces or more). Comments right above it go into the header.
Results:

    one T       fallible sql_<name>(struct ctx *cx, T *out, …);                exactly one row
    maybe T     fallible sql_<name>(struct ctx *cx, T *out, bool *found, …);   without a row *found is false
    many T      fallible sql_<name>(struct ctx *cx, struct list_T *out, …);
    columns T   fallible sql_<name>(struct ctx *cx, struct T *out, …);         T's fields are lists, one item a row
    stream T    fallible sql_<name>(struct ctx *cx, struct db_cursor *out, …); batches with db_cursor_next into list_T
    count       fallible sql_<name>(struct ctx *cx, int64_t *out, …);          rows inserted, changed, deleted
    void        fallible sql_<name>(struct ctx *cx, …);
    query T     struct sqlb sql_<name>(struct ctx *cx, …);                     to be completed with db/sqlb.h
    query columns T   the same for sqlb_columns
    data T      extern const struct sql sql_<name>;                            for tables of statements that are run by db_many;
                                                                               it need not use all its parameters

T is a struct of the contract (columns are named as its fields, those of a struct inside "field.inner"), a scalar type
(text, uuid, int …; `text?` may be NULL), or a row of this file:

    -- row: asset_row (id uuid, ownerId uuid, name text?, tags text[], visibility AssetVisibility)

Parameters are SQL types, `?` for values that may be NULL and `[]` for lists; an enumeration is named as in the contract
(AssetVisibility) or, when the value is text that is known to be right, as `enum`.

The text of a query has the mark /*filters*/ after its first condition. Its filters make struct <query>_filter and
sql_<query>_filter(struct sqlb *, const struct <query>_filter *), which adds the clause of every value that is PRESENT
(of a list: not empty; of a flag: true), and the second one for IS_NULL:

    -- filter: asset_search.city(text null): e.city = $v | e.city IS NULL
    -- filter: asset_search.personIds(uuid[]): f."personId" = ANY($v)
    -- filter: asset_search.withFaces(flag): EXISTS (…)

What several statements of the file have in common is written once, above them, and used as {name}:

    -- part: asset_line
    a.id, a."ownerId", a.visibility;
    -- sql: asset_lines(owner uuid) -> many asset_row
    SELECT {asset_line} FROM asset a WHERE a."ownerId" = $owner;
"""
import argparse
import dataclasses
import pathlib
import re
import sys

import model as contract
from gen_api import c_string, table_of

RESULTS = {"one", "maybe", "many", "columns", "stream", "query", "data", "count", "void"}
RESERVED = {"cx", "out", "found", "params", "sql"}

# SQL type -> enum db_type, FIELD_ kind, C type, tag of opt_ and list_, table of a scalar result.
SCALARS = {
    "bool": ("BOOL", "BOOL", "bool", "bool", "bool"),
    "int2": ("INT2", "INT", "int64_t", "int", "int"),
    "int4": ("INT4", "INT", "int64_t", "int", "int"),
    "int8": ("INT8", "INT", "int64_t", "int", "int"),
    "float4": ("FLOAT4", "DOUBLE", "double", "double", "double"),
    "float8": ("FLOAT8", "DOUBLE", "double", "double", "double"),
    "text": ("TEXT", "STR", "str", "str", "str"),
    "varchar": ("VARCHAR", "STR", "str", "str", "str"),
    "enum": ("ENUM", "STR", "str", "str", "str"),
    "uuid": ("UUID", "UUID", "uuid", "uuid", "uuid"),
    "timestamptz": ("TIMESTAMPTZ", "WHEN", "struct when", "when", "when"),
    "timestamp": ("TIMESTAMP", "WHEN", "struct when", "when", "when"),
    "date": ("DATE", "DATE", "struct date", "date", "date"),
    "bytea": ("BYTEA", "BYTES", "struct bytes", "bytes", "bytes"),
    "json": ("JSON", "RAW", "str", "str", "raw"),
    "jsonb": ("JSONB", "RAW", "str", "str", "raw"),
}
ALIASES = {"boolean": "bool", "smallint": "int2", "int": "int4", "integer": "int4", "bigint": "int8", "real": "float4",
    "double": "float8", "numeric": "float8", "character varying": "varchar"}
# Lists that db/db.h has a P_…_ARRAY for.
ARRAYS = {"bool", "int2", "int4", "int8", "float4", "float8", "text", "varchar", "enum", "uuid", "timestamptz", "bytea",
    "jsonb"}


class SqlError(Exception):
    """A .sql file says something that is not understood; the text begins with file:line."""


@dataclasses.dataclass
class Param:
    name: str
    type: str  # of SCALARS, "vector", or the name of a contract enum
    optional: bool
    list: bool
    enum: contract.Enum = None

    @property
    def c_name(self):
        return contract.c_identifier(self.name)

    @property
    def db_type(self):
        base = "ENUM" if self.enum else "VECTOR" if self.type == "vector" else SCALARS[self.type][0]
        return f"DB_{base}{'_ARRAY' if self.list else ''}"

    @property
    def c_type(self):
        if self.type == "vector":
            return "struct list_float"
        plain, tag = (self.enum.c, self.enum.name) if self.enum else SCALARS[self.type][2:4]
        if self.list:
            return f"struct list_{tag}"
        return f"struct opt_{tag}" if self.optional else plain

    def value(self, expression):
        """The expression as a struct db_param."""
        if self.enum:
            kind = "_ARRAY" if self.list else ""
            opt = "OPT_" if self.optional else ""
            names = f"&{self.enum.name}_names"
            if self.optional:
                return f"P_OPT_NAMED({names}, {expression}.is, (int){expression}.v)"
            if self.list:
                return f"db_param_names(cx->arena, {names}, (const int *){expression}.v, {expression}.n)"
            return f"P_{opt}NAMED{kind}({names}, (int){expression})"
        return f"P_{'OPT_' if self.optional else ''}{self.db_type.removeprefix('DB_')}({expression})"


@dataclasses.dataclass
class Result:
    how: str
    c: str = ""  # C type of one T
    tag: str = ""  # of struct list_<tag>
    table: str = ""  # C name of its struct fields
    columnar: bool = False


@dataclasses.dataclass
class Filter:
    name: str
    param: Param  # None: a flag
    clause: str
    null_clause: str
    where: str


@dataclasses.dataclass
class Statement:
    name: str
    params: list
    result: Result
    text: str
    comment: list
    where: str
    filters: list = dataclasses.field(default_factory=list)


# ---- reading ----


def tokens(text):
    """Pieces of SQL: quoted ones, comments, $names, {parts}, and single characters in between."""
    pattern = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|\$[A-Za-z_]\w*|\$\$|\{\w+\}|.", re.S)
    return [m.group(0) for m in pattern.finditer(text)]


def numbered(where, text, params, all_used=True):
    """The text with $1 for the first parameter, without comments, one line a clause."""
    index = {name: i + 1 for i, name in enumerate(params)}
    out, used = [], set()
    for token in tokens(text):
        if token == "$$":
            raise SqlError(f"{where}: dollar quotes are for functions, which belong into the schema")
        if token.startswith("--"):
            continue
        if token.startswith("/*"):
            out.append(token if token == "/*filters*/" else " ")
        elif token.startswith("$"):
            name = token[1:]
            if name not in index:
                raise SqlError(f"{where}: ${name} is no parameter")
            used.add(name)
            out.append(f"${index[name]}")
        else:
            out.append(token)
    for name in params if all_used else []:
        if name not in used:
            raise SqlError(f"{where}: parameter {name} is not used")
    lines = [line.rstrip() for line in "".join(out).strip().split("\n")]
    return "\n".join(line for line in lines if line)


def split_statements(where, text):
    """Exactly one statement, without its semicolon."""
    parts, current = [], ""
    for token in tokens(text):
        if token == ";":
            parts.append(current)
            current = ""
        else:
            current += token
    if len(parts) != 1 or re.sub(r"--[^\n]*|\s", "", current):
        raise SqlError(f"{where}: one statement that ends with ; is expected")
    return parts[0]


class File:
    """One .sql file."""

    def __init__(self, path, label, model):
        self.label = label
        self.model = model
        self.rows = {}  # name -> contract.Struct
        self.parts = {}  # name -> text
        self.statements = []
        self.filters = []  # (query, Filter)
        self.stem = path.stem
        self._read(path.read_text(encoding="utf-8"))
        self._attach_filters()

    def _read(self, text):
        lines = text.split("\n")
        i, comment = 0, []
        while i < len(lines):
            line, where = lines[i], f"{self.label}:{i + 1}"
            match = re.match(r"-- (sql|row|filter|part): *(.*)", line)
            if match:
                head, i = self._head(lines, i, match.group(2))
                if match.group(1) == "sql":
                    body, i = self._body(lines, i)
                    self._statement(where, head, self._with_parts(where, body), comment)
                elif match.group(1) == "part":
                    body, i = self._body(lines, i)
                    self._part(where, head, body)
                elif match.group(1) == "row":
                    self._row(where, head)
                else:
                    self._filter(where, head)
                comment = []
                continue
            if line.startswith("--"):
                comment.append(line[2:].strip())
            elif line.strip():
                raise SqlError(f"{where}: a statement without a head: -- sql: name(param type, …) -> result is expected above it")
            else:
                comment = []
            i += 1

    @staticmethod
    def _head(lines, i, text):
        i += 1
        while i < len(lines) and re.match(r"--   +\S", lines[i]):
            text += " " + lines[i][2:].strip()
            i += 1
        return text, i

    @staticmethod
    def _body(lines, i):
        """Up to the line that ends the statement."""
        start = i
        while i < len(lines) and not re.match(r"-- (sql|row|filter|part):", lines[i]):
            i += 1
            if re.sub(r"--.*|/\*.*?\*/", "", lines[i - 1]).rstrip().endswith(";"):
                break
        return "\n".join(lines[start:i]), i

    def _part(self, where, name, body):
        if not re.fullmatch(r"\w+", name) or name in self.parts:
            raise SqlError(f"{where}: \"{name}\" is no name for a part, or is taken")
        self.parts[name] = split_statements(where, self._with_parts(where, body)).strip()

    def _with_parts(self, where, body):
        out = []
        for token in tokens(body):
            if re.fullmatch(r"\{\w+\}", token):
                if token[1:-1] not in self.parts:
                    raise SqlError(f"{where}: {token} is no part above it")
                token = self.parts[token[1:-1]]
            out.append(token)
        return "".join(out)

    def _type(self, where, text):
        """(base, optional, list) of "text?", "uuid[]"."""
        match = re.fullmatch(r"([A-Za-z_][\w ]*?)(\[\])?(\?)?", text.strip())
        if not match:
            raise SqlError(f"{where}: \"{text}\" is no type")
        return ALIASES.get(match.group(1), match.group(1)), bool(match.group(3)), bool(match.group(2))

    def _param(self, where, text):
        name, _, kind = text.strip().partition(" ")
        base, optional, is_list = self._type(where, kind)
        enum = self.model.enums.get(base)
        if not re.fullmatch(r"[A-Za-z_]\w*", name) or name in RESERVED:
            raise SqlError(f"{where}: \"{name}\" is no name for a parameter")
        if not enum and base not in SCALARS and base != "vector":
            raise SqlError(f"{where}: type {base} is not known")
        if is_list and (optional or base == "vector" or (not enum and base not in ARRAYS)):
            raise SqlError(f"{where}: a parameter cannot be {kind}")
        return Param(name, base, optional, is_list, enum)

    @staticmethod
    def _list(text):
        return [part for part in (p.strip() for p in text.split(",")) if part]

    def _field(self, where, text):
        """A member of a row, as the contract's model has it."""
        name, _, kind = text.strip().partition(" ")
        base, optional, is_list = self._type(where, kind)
        if base in self.model.enums:
            enum = self.model.enums[base]
            made = contract.Type("ENUM", enum.c, enum.name, {}, set(), enum=enum)
        elif base in self.model.structs:
            struct = self.model.structs[base]
            made = contract.Type("OBJECT", struct.c, struct.name, {}, set(), struct=struct)
        elif base in SCALARS:
            _, field_kind, c, tag, _ = SCALARS[base]
            made = contract.Type(field_kind, c, tag, {}, set())
        else:
            raise SqlError(f"{where}: type {base} is not known")
        if is_list:
            item = contract.Field("", made, False, False, set(), None, where)
            made = contract.Type("LIST", f"struct list_{made.tag}", f"list_{made.tag}", {}, set(), item=item)
        return contract.Field(name, made, optional, optional, set(), None, where)

    def _row(self, where, head):
        match = re.fullmatch(r"(\w+) *\((.*)\)", head)
        if not match:
            raise SqlError(f"{where}: -- row: name (field type, …) is expected")
        name, fields = match.groups()
        if name in self.rows or name in self.model.structs or not name.islower():
            raise SqlError(f"{where}: {name} is taken, or has capitals")
        self.rows[name] = contract.Struct(name, [self._field(where, f) for f in self._list(fields)], False, "", where)

    def _result(self, where, text):
        how, _, kind = text.strip().partition(" ")
        columnar = how == "columns" or (how == "query" and kind.startswith("columns "))
        if how == "query":
            kind = kind.removeprefix("columns ")
        if how not in RESULTS or (how in ("count", "void")) == bool(kind):
            raise SqlError(f"{where}: \"{text}\" is no result")
        if not kind:
            return Result(how)
        base, optional, is_list = self._type(where, kind)
        struct = self.rows.get(base) or self.model.structs.get(base)
        if struct and not optional and not is_list:
            return Result(how, struct.c, struct.name, f"{struct.name}_fields", columnar)
        if base not in SCALARS or is_list:
            raise SqlError(f"{where}: {kind} is no scalar type, no struct of the contract and no row of this file")
        if columnar:
            raise SqlError(f"{where}: columns need a struct of lists")
        _, _, c, tag, table = SCALARS[base]
        if optional and how in ("many", "stream", "data"):
            raise SqlError(f"{where}: a list of values that may be NULL is not supported")
        return Result(how, f"struct opt_{tag}" if optional else c, tag, f"db_{'opt_' if optional else ''}{table}_fields")

    def _statement(self, where, head, body, comment):
        match = re.fullmatch(r"(\w+) *\((.*?)\) *-> *(.*)", head)
        if not match:
            raise SqlError(f"{where}: -- sql: name(param type, …) -> result is expected")
        name, params, result = match.groups()
        if any(s.name == name for s in self.statements):
            raise SqlError(f"{where}: {name} is in this file twice")
        params = [self._param(where, p) for p in self._list(params)]
        result = self._result(where, result)
        text = numbered(where, split_statements(where, body), [p.name for p in params], result.how != "data")
        statement = Statement(name, params, result, text, comment, where)
        if (statement.result.how == "query") != (text.count("/*filters*/") == 1):
            raise SqlError(f"{where}: a query, and nothing else, has one mark /*filters*/")
        self.statements.append(statement)

    def _filter(self, where, head):
        match = re.fullmatch(r"(\w+)\.(\w+) *\(([^)]*)\) *:(.*)", head)
        if not match:
            raise SqlError(f"{where}: -- filter: query.name(type): clause is expected")
        query, name, kind, clauses = match.groups()
        nullable = kind.endswith(" null")
        clause, bar, null_clause = clauses.partition(" | ")
        if nullable != bool(bar):
            raise SqlError(f"{where}: a second clause belongs to a type that ends with null, and the other way round")
        param = None if kind == "flag" else self._param(where, f"{name} {kind.removesuffix(' null')}")
        if param and param.optional:
            raise SqlError(f"{where}: a filter is optional anyway")
        # A clause is cut at $v when it runs.
        cut = clause.strip().split("$v")
        if len(cut) != (2 if param else 1) or "$" in null_clause:
            raise SqlError(f"{where}: a clause has $v once, those of flags and null have none")
        self.filters.append((query, Filter(name, param, clause.strip(), null_clause.strip(), where)))

    def _attach_filters(self):
        for query, one in self.filters:
            statement = next((s for s in self.statements if s.name == query and s.result.how == "query"), None)
            if not statement:
                raise SqlError(f"{one.where}: {query} is no query of this file")
            statement.filters.append(one)


# ---- writing ----


def text_literal(text):
    return "\n".join(f"        {c_string(line + (chr(10) if more else ''))}" for line, more in
        ((line, i < text.count("\n")) for i, line in enumerate(text.split("\n"))))


def prototype(statement):
    result, out = statement.result, ["struct ctx *cx"]
    if result.how == "data":
        return f"extern const struct sql sql_{statement.name}"
    if result.how in ("one", "maybe", "columns"):
        out.append(f"{result.c} *out")
    elif result.how == "many":
        out.append(f"struct list_{result.tag} *out")
    elif result.how == "stream":
        out.append("struct db_cursor *out")
    elif result.how == "count":
        out.append("int64_t *out")
    if result.how == "maybe":
        out.append("bool *found")
    out += [f"{p.c_type} {p.c_name}" for p in statement.params]
    kind = "struct sqlb" if result.how == "query" else "fallible"
    return f"{kind} sql_{statement.name}({', '.join(out)})"


def filter_member(one):
    if one.param is None:
        return f"    bool {contract.c_identifier(one.name)};\n"
    param = one.param if one.param.list else dataclasses.replace(one.param, optional=True)
    return f"    {param.c_type} {param.c_name};\n"


def filter_prototype(statement):
    return f"void sql_{statement.name}_filter(struct sqlb *q, const struct {statement.name}_filter *filter)"


def header(file):
    out = [f"/* Made by tools/gen/gen_sql.py of {file.label}; do not edit. */\n#pragma once\n\n"
        '#include "db/db.h"\n#include "db/sqlb.h"\n#include "gen/api.h"\n']
    for row in file.rows.values():
        members = "".join(f"    {f.c_type} {f.c_name};\n" for f in row.fields)
        out.append(f"{row.c} {{\n{members}}};\nLIST({row.name}, {row.c});\nextern const struct fields {row.name}_fields;\n")
    for s in file.statements:
        if s.comment:
            text = "\n * ".join(line.replace("*/", "* /") for line in s.comment)
            out.append(f"/* {text} */")
        out.append(prototype(s) + ";")
        if s.filters:
            members = "".join(filter_member(f) for f in s.filters)
            out.append(f"struct {s.name}_filter {{\n{members}}};\n{filter_prototype(s)};")
    return "\n".join(out) + "\n"


def call(statement):
    """The body of a function."""
    out = []
    params = "NULL"
    if statement.params:
        values = "".join(f"        {p.value(p.c_name)},\n" for p in statement.params)
        out.append(f"    const struct db_param params[] = {{\n{values}    }};\n")
        params = "params"
    how, name = statement.result.how, f"&{statement.name}_sql"
    tail = {"one": ", out", "maybe": ", out, found", "many": ", out", "columns": ", out", "count": ", out",
        "void": "", "stream": ", out", "query": ""}[how]
    function = {"void": "db_exec", "stream": "db_cursor_open", "query": "sqlb_start"}.get(how, f"db_{how}")
    out.append(f"    return {function}(cx, {name}, {params}{tail});\n")
    return "".join(out)


def filter_call(one):
    member = f"filter->{contract.c_identifier(one.name)}"
    if one.param is None:
        return f"    if ({member}) sqlb_where(q, {c_string(one.clause)});\n"
    before, after = one.clause.split("$v")
    present = f"{member}.n" if one.param.list else f"{member}.is == PRESENT"
    value = one.param.value(member if one.param.list else f"{member}.v").replace("cx->arena", "q->cx->arena")
    out = f"    if ({present}) sqlb_and_around(q, {c_string(before)}, {value}, {c_string(after)});\n"
    if one.null_clause:
        out += f"    if ({member}.is == IS_NULL) sqlb_where(q, {c_string(one.null_clause)});\n"
    return out


def all_filters(statement):
    """The query with every clause in it, for the test that prepares it."""
    params, clauses = list(statement.params), []
    for one in statement.filters:
        clause = one.clause
        if one.param:
            params.append(one.param)
            clause = clause.replace("$v", f"${len(params)}")
        clauses += [f" AND ({c})" for c in (clause, one.null_clause) if c]
    text = statement.text.replace("/*filters*/", "".join(clauses))
    return dataclasses.replace(statement, name=statement.name + "_filters", params=params, text=text)


def descriptor(statement, named=True):
    parts = [f"    .name = {c_string(statement.name)},\n"] if named else []
    parts.append(f"    .text =\n{text_literal(statement.text)},\n")
    if statement.result.table:
        parts.append(f"    .row = &{statement.result.table},\n")
    if statement.result.columnar:
        parts.append("    .columnar = true,\n")
    types = ""
    if statement.params:
        types = f"static const uint8_t {statement.name}_types[] = {{{', '.join(p.db_type for p in statement.params)}}};\n"
        parts.append(f"    .types = {statement.name}_types,\n    .n_params = {len(statement.params)},\n")
    object = f"sql_{statement.name}" if statement.result.how == "data" else f"{statement.name}_sql"
    linkage = "" if statement.result.how == "data" else "static "
    return f"{types}{linkage}const struct sql {object} = {{\n{''.join(parts)}}};\n"


def source(file):
    out = [f'/* Made by tools/gen/gen_sql.py of {file.label}; do not edit. */\n#include "gen/{file.stem}_sql.h"\n']
    for row in file.rows.values():
        out.append(table_of(f"{row.name}_fields", row.c, row.fields, ""))
    names = []
    for s in file.statements:
        out.append(descriptor(s, s.result.how != "query"))
        if s.result.how == "data":
            names.append(f"sql_{s.name}")
            continue
        names.append(f"{s.name}_sql")
        out.append(f"{prototype(s)}\n{{\n{call(s)}}}\n")
        if s.filters:
            whole = all_filters(s)
            out.append(descriptor(whole))
            names.append(f"{whole.name}_sql")
            body = "".join(filter_call(f) for f in s.filters)
            out.append(f"{filter_prototype(s)}\n{{\n{body}}}\n")
    rows = "".join(f"    &{name},\n" for name in names)
    out.append(f"extern const struct sql_set sql_set_{file.stem};\n"
        f"static const struct sql *const statements[] = {{\n{rows}}};\n"
        f"const struct sql_set sql_set_{file.stem} = {{{c_string(file.label)}, statements, {len(names)}}};\n")
    return "\n".join(out)


def sets_source(files):
    stems = [f.stem for f in files]
    externs = "".join(f"extern const struct sql_set sql_set_{stem};\n" for stem in stems)
    rows = "".join(f"    &sql_set_{stem},\n" for stem in stems)
    return ("/* Made by tools/gen/gen_sql.py; do not edit. */\n#include \"db/db.h\"\n\n"
        f"{externs}\nconst struct sql_set *const sql_sets[] = {{\n{rows}    NULL,\n}};\n")


def write(path, text):
    """Leaves a file alone that has this text already, so that what depends on it is not built anew."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def generate(paths, root, model, out):
    files, names, rows = [], {}, {}
    for path in paths:
        file = File(path, path.relative_to(root).as_posix(), model)
        for s in file.statements:
            if s.name in names:
                raise SqlError(f"{s.where}: {s.name} is at {names[s.name]} too")
            names[s.name] = s.where
        for row in file.rows:
            if row in rows:
                raise SqlError(f"{file.label}: row {row} is in {rows[row]} too")
            rows[row] = file.label
        if any(f.stem == file.stem for f in files):
            raise SqlError(f"{file.label}: another file has this name")
        files.append(file)
    for file in files:
        write(out / f"{file.stem}_sql.h", header(file))
        write(out / f"{file.stem}_sql.c", source(file))
    write(out / "sql_sets.c", sets_source(files))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contract", required=True)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    try:
        generate([p.resolve() for p in arguments.files], arguments.root.resolve(), contract.load(arguments.contract),
            arguments.out)
    except (SqlError, contract.ContractError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
