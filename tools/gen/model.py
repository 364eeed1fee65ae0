"""The contract as the generators see it: one OpenAPI document, and the C types it stands for.

    model = load("contract")            everything below; raises ContractError with file:line
    model.structs["TagResponseDto"]     Struct: name, fields (Field), in dependency order
    model.enums["AssetType"]            Enum: name, values, constants
    model.operations                    [Operation], by path and method
    model.shapes                        [Shapes], see shapes.py
    model.document                      the merged document with our x- keys; public(document) without

How a property becomes C (Type.c is the C type, Type.tag the name used in struct opt_<tag> and struct list_<tag>):

    string -> str, uuid -> uuid, date-time -> struct when, date -> struct date, x-type: bytes -> struct bytes,
    integer -> int64_t, number -> double, boolean -> bool, named enum -> enum <Name>,
    inline enum -> enum <Schema>_<property>, object -> struct <Name>, inline object -> struct <Schema>_<property>,
    array -> struct list_<tag>, free object, anyOf or x-raw -> str (JSON text).

A field that is optional (without a default) or nullable is stored as struct opt_<tag>. gen_sql.py uses the same model:
`model.structs[name].fields` gives the columns of `-> one Name`, with Field.c_name, Field.c_type and Field.kind.

The conventions of the YAML files are in docs/guide/contract-files.md; keys it does not name are refused.
"""
import dataclasses
import re

from document import METHODS, SCHEMA_REF, ContractError, Node, fail, load_document, public    # noqa: F401
from shapes import shapes_of

OPERATION_KEYS = {"x-access", "x-auth", "x-permission", "x-body", "x-reply", "x-status", "x-dates", "x-mirror", "x-unlisted",
    "x-root", "x-file-errors", "x-errors", "x-check", "x-issues-order", "x-watch", "x-media", "x-ahead"}
SCHEMA_KEYS = {"x-type", "x-raw", "x-omit-null", "x-optional", "x-input-trim", "x-lower", "x-dates", "x-coerce", "x-check",
    "x-unlisted", "x-nullable", "x-minimum", "x-maximum", "x-issues", "x-shapes"}
PARAMETER_KEYS = {"x-coerce", "x-unlisted"}

# JSON Schema words that describe a value; anything else in a schema is refused, so that nothing is silently ignored.
SCHEMA_WORDS = {"type", "format", "pattern", "enum", "minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength",
    "minItems", "maxItems", "items", "properties", "required", "nullable", "default", "additionalProperties", "allOf",
    "anyOf", "oneOf", "$ref", "description", "example", "deprecated", "title"}
OPERATION_WORDS = {"operationId", "tags", "summary", "description", "deprecated", "parameters", "requestBody", "responses",
    "security"}

C_KEYWORDS = set("""auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool
str uuid err""".split())

# The patterns of the contract by their text; each is checked by code of that name in json/formats.c.
FORMATS = {
    r"^\d{6}$": "PIN",
    r"^#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$": "COLOR",
    r"^IM(SV|CL)(-[\dA-Za-z]{4}){8}$": "LICENSE_KEY",
    r"^[a-zA-Z0-9_\-.]+$": "BACKUP_NAME",
    r"^(init\.mp4|seg_\d+\.m4s)$": "HLS_NAME",
    r"^(?:[01]\d|2[0-3]):[0-5]\d$": "TIME_OF_DAY",
}


# ---- C types ----


@dataclasses.dataclass
class Enum:
    name: str
    values: list
    constants: list
    where: str
    numbers: bool = False   # in JSON the values are numbers

    @property
    def c(self):
        return f"enum {self.name}"


@dataclasses.dataclass
class Type:
    """What a schema is in C. kind is a FIELD_ kind without the prefix."""

    kind: str
    c: str
    tag: str
    limits: dict
    flags: set
    struct: "Struct" = None
    enum: Enum = None
    item: "Field" = None


@dataclasses.dataclass
class Field:
    """A member of a struct, or (without a name) an item of a list or a whole body."""

    name: str
    type: Type
    optional: bool
    nullable: bool
    flags: set
    default: object
    where: str
    binary: bool = False
    check: str = ""

    @property
    def kind(self):
        return self.type.kind

    @property
    def is_opt(self):
        """Stored as struct opt_<tag>: it can be absent or null."""
        return self.nullable or (self.optional and self.default is None)

    @property
    def c_name(self):
        return c_identifier(self.name)

    @property
    def c_type(self):
        return f"struct opt_{self.type.tag}" if self.is_opt else self.type.c


@dataclasses.dataclass
class Struct:
    name: str
    fields: list
    dates_pg: bool
    check: str
    where: str

    @property
    def c(self):
        return f"struct {self.name}"

    def field(self, name):
        return next((f for f in self.fields if f.name == name), None)


@dataclasses.dataclass
class Access:
    permission: str
    place: str  # path, query or body
    field: Field
    list: Field = None  # of the body, when the field is one of its items'


@dataclasses.dataclass
class Operation:
    id: str
    method: str
    path: str  # as matched, with /api unless x-root
    auth: str  # public, optional, user, link, admin
    permission: str  # "" = none, "any", "all" or a named one
    access: list
    access_why: str  # of "handler: why" (it checks itself) and "open: why" (any id will do)
    status: int
    reply: str  # empty, json, text, raw, file, stream
    out: Field  # of JSON answers
    dates_pg: bool
    dates_pg_fields: set  # of the answer's struct
    mirror: bool
    unlisted: bool
    file_errors: bool
    watch: bool
    ahead: bool
    body_kind: str  # none, json, form, stream
    body: Field
    params: dict  # place -> [Field]
    check: str
    errors: str  # words of the 500 answer
    path_issues_first: bool
    node: dict
    where: str

    @property
    def has_in(self):
        return self.body is not None or any(self.params.values())

    @property
    def has_head(self):
        return any(self.params.values())

    def members(self):
        out = [f for place in ("path", "query", "header") for f in self.params[place]]
        return out + ([self.body] if self.body else [])


def c_identifier(name):
    out = re.sub(r"[^A-Za-z0-9_]", "_", name)
    if out in C_KEYWORDS or out[:1].isdigit():
        out += "_" if out in C_KEYWORDS else ""
        out = "_" + out if out[:1].isdigit() else out
    return out


def upper_snake(text):
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", text)
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").upper()


def words_of(operation_id):
    """createTag -> "create tag", finishOAuth -> "finish oauth" (http.md §3)."""
    return re.sub(r"[A-Z]+", lambda run: " " + run.group(0).lower(), operation_id).strip()


class Model:
    def __init__(self, document):
        self.document = document
        self.enums = {}
        self.structs = {}
        self.operations = []
        self.checks = {}  # name of an x-check -> C type it looks at
        self.lists = {}  # tag -> C type of an item
        self.opts = {}  # tag -> C type of the value
        self.form_structs = set()  # schemas whose values arrive as texts (multipart)
        self._schemas = document["components"]["schemas"]
        self._building = []
        self._find_forms()
        for name in self._schemas:
            self._named(name, self._schemas[name])
        for path, item in document["paths"].items():
            for method, op in item.items():
                if method not in METHODS:
                    fail(item, f"{method} is no method")
                self.operations.append(self._operation(path, method, op, item))
        self._check_unique()
        self.shapes = [shapes_of(self.structs[name], schema, self.operations)
            for name, schema in self._schemas.items() if "x-shapes" in schema]

    # -- schemas

    def _find_forms(self):
        for item in self.document["paths"].values():
            for op in item.values():
                content = op.get("requestBody", {}).get("content", {})
                schema = content.get("multipart/form-data", {}).get("schema", {})
                if "$ref" in schema:
                    self.form_structs.add(schema["$ref"].removeprefix(SCHEMA_REF))

    def _check_words(self, schema, ours, words):
        for key in schema:
            if key.startswith("x-immich-"):
                continue
            if key not in words and key not in ours:
                fail(schema, f"{key} is not understood here")

    def _named(self, name, schema):
        """The Enum, Struct or Type that a named schema stands for."""
        if name in self.enums:
            return self.enums[name]
        if name in self.structs:
            return self.structs[name]
        if name in self._building:
            fail(schema, f"{name} contains itself")
        self._building.append(name)
        try:
            if "$ref" in schema:
                return self._named(self._ref_name(schema), self._schemas[self._ref_name(schema)])
            if "enum" in schema:
                return self._enum(name, schema)
            if schema.get("type") == "object" and "properties" in schema:
                return self._struct(name, schema)
            return self._type(schema, name)
        finally:
            self._building.pop()

    def _ref_name(self, schema):
        return schema["$ref"].removeprefix(SCHEMA_REF)

    def _enum(self, name, schema):
        self._check_words(schema, SCHEMA_KEYS, SCHEMA_WORDS)
        prefix = upper_snake(name).removesuffix("_ENUM")
        constants = [f"{prefix}_{upper_snake(str(v)) or 'NONE'}" for v in schema["enum"]]
        if len(set(constants)) != len(constants):
            fail(schema, f"two values of {name} have the same name in C")
        out = Enum(name, [str(v) for v in schema["enum"]], constants, schema.where,
            numbers=schema.get("type") == "integer")
        self.enums[name] = out
        return out

    def _struct(self, name, schema):
        self._check_words(schema, SCHEMA_KEYS, SCHEMA_WORDS)
        if "x-shapes" in schema and name not in self._schemas:
            fail(schema, f"{name} has shapes and no name of its own")
        required = set(schema.get("required", []))
        properties = schema["properties"]
        for missing in required - set(properties):
            fail(schema, f"{name} requires {missing}, which it does not have")
        fields = []
        for key, value in properties.items():
            field = self._field(key, value, f"{name}_{key}", key not in required)
            if name in self.form_structs:
                self._as_text(field)
            if not field.binary:
                fields.append(field)
        out = Struct(name, fields, schema.get("x-dates") == "pg", schema.get("x-check", ""), schema.where)
        if out.check:
            self._check(schema, out.check, out.c)
        self.structs[name] = out
        return out

    def _check(self, node, name, c_type):
        """check_<name>(const <c_type> *, struct issues *) is written by hand; one type a name."""
        known = self.checks.setdefault(name, c_type)
        if known != c_type:
            fail(node, f"x-check {name} is asked of {known} already, here of {c_type}")
        return name

    def _as_text(self, field):
        """A part of a multipart body is text, whatever the contract makes of it."""
        if field.kind == "BOOL" and "COERCE" not in field.flags:
            field.flags.add("TEXT_BOOL")
        if field.kind in ("LIST", "OBJECT"):
            field.flags.add("JSON_TEXT")

    def _field(self, name, schema, inline_name, optional):
        if not isinstance(schema, Node):
            fail(schema, f"{inline_name} is not described")
        if schema.get("type") == "string" and schema.get("format") == "binary":
            binary = Type("STR", "str", "str", {}, set())
            return Field(name, binary, optional, False, set(), None, schema.where, binary=True)
        kind = self._type(schema, inline_name)
        flags = set(kind.flags)
        nullable = bool(schema.get("nullable") or schema.get("x-nullable"))
        if schema.get("x-dates") == "pg":
            flags.add("DATES_PG")
        if schema.get("x-omit-null"):
            flags.add("OMIT_NULL")
        if schema.get("x-input-trim"):
            flags.add("TRIM")
        if schema.get("x-lower"):
            flags.add("LOWER")
        if schema.get("x-coerce"):
            flags.add("JSON_TEXT" if schema["x-coerce"] == "json" else "COERCE")
        field = Field(name, kind, optional or bool(schema.get("x-optional")), nullable, flags, schema.get("default"),
            schema.where)
        if "x-check" in schema and not kind.struct:
            field.check = self._check(schema, schema["x-check"], kind.c)
        if field.is_opt:
            self.opts.setdefault(kind.tag, kind.c)
        return field

    def _type(self, schema, inline_name):
        self._check_words(schema, SCHEMA_KEYS, SCHEMA_WORDS)
        if len(schema.get("allOf", [])) == 1:
            return self._type(schema["allOf"][0], inline_name)
        if "$ref" in schema:
            name = self._ref_name(schema)
            return self._of(self._named(name, self._schemas[name]))
        if schema.get("x-raw") or "anyOf" in schema or "oneOf" in schema or "type" not in schema:
            return Type("RAW", "str", "str", {}, {"RECORD"} if schema.get("type") == "object" else set())
        if "enum" in schema:
            return self._of(self._enum(inline_name, schema))
        kind = schema["type"]
        if kind == "object":
            if "properties" in schema:
                return self._of(self._struct(inline_name, schema))
            return Type("RAW", "str", "str", {}, {"RECORD"})
        if kind == "array":
            return self._list(schema, inline_name)
        return self._scalar(schema)

    def _of(self, thing):
        if isinstance(thing, Enum):
            return Type("ENUM", thing.c, thing.name, {}, set(), enum=thing)
        if isinstance(thing, Struct):
            return Type("OBJECT", thing.c, thing.name, {}, set(), struct=thing)
        return thing

    def _list(self, schema, inline_name):
        item = self._field("", schema["items"], inline_name, False)
        tag = f"opt_{item.type.tag}" if item.is_opt else item.type.tag
        self.lists.setdefault(tag, item.c_type)
        limits = {}
        if "minItems" in schema:
            limits["min_length"] = schema["minItems"]
        if "maxItems" in schema:
            limits["max_length"] = schema["maxItems"]
        return Type("LIST", f"struct list_{tag}", f"list_{tag}", limits, set(), item=item)

    def _scalar(self, schema):
        kind, form = schema["type"], schema.get("format")
        limits = {}
        for word, name in (("minimum", "min"), ("maximum", "max"), ("x-minimum", "min"), ("x-maximum", "max"),
                ("minLength", "min_length"), ("maxLength", "max_length")):
            if word in schema:
                limits[name] = schema[word]
        if schema.get("exclusiveMinimum"):
            limits["exclusive_min"] = True
        if kind == "integer":
            # What JavaScript counts exactly bounds every integer anyway.
            limits = {name: bound for name, bound in limits.items() if abs(bound) != 2**53 - 1}
            return Type("INT", "int64_t", "int", limits, set())
        if kind == "number":
            return Type("DOUBLE", "double", "double", limits, set())
        if kind == "boolean":
            return Type("BOOL", "bool", "bool", limits, set())
        if kind != "string":
            fail(schema, f"type {kind} is not understood")
        return self._text(schema, form, limits)

    def _text(self, schema, form, limits):
        kinds = {"bytes": ("BYTES", "struct bytes"), "when": ("WHEN", "struct when"), "uuid": ("UUID", "uuid"),
            "str": ("STR", "str")}
        if "x-type" in schema:
            if schema["x-type"] not in kinds:
                fail(schema, f"x-type {schema['x-type']} is not understood")
            kind, c = kinds[schema["x-type"]]
            return Type(kind, c, schema["x-type"], limits, set())
        pattern = schema.get("pattern", "")
        if form == "uuid":
            if pattern:
                limits["format"] = "UUID7" if "-7[" in pattern else "UUID4"
            return Type("UUID", "uuid", "uuid", limits, set())
        if form == "date-time":
            return Type("WHEN", "struct when", "when", limits, set())
        if form == "date":
            return Type("DATE", "struct date", "date", limits, set())
        if form == "email":
            limits["format"] = "EMAIL"
        elif form == "uri":
            limits["format"] = "URL"
        elif pattern:
            if pattern not in FORMATS:
                fail(schema, f"pattern {pattern} has no validator in json/formats.c")
            limits["format"] = FORMATS[pattern]
            if "x-issues" in schema:
                limits["message"] = schema["x-issues"]["pattern"]
        elif form not in (None, "password"):
            fail(schema, f"format {form} is not understood")
        return Type("STR", "str", "str", limits, set())

    # -- operations

    def _operation(self, path, method, op, item):
        if "operationId" not in op:
            fail(op, "an operation needs an operationId")
        self._check_words(op, OPERATION_KEYS, OPERATION_WORDS)
        params = self._params(op)
        body_kind, body = self._body(op)
        status, reply, out = self._reply(op, method)
        auth = op.get("x-auth", "user")
        if auth not in ("public", "optional", "user", "link"):
            fail(op, f"x-auth {auth} is not understood")
        if op.get("x-immich-admin-only"):
            auth = "admin"
        permission = self._permission(op, op.get("x-immich-permission")) or op.get("x-permission", "")
        if auth != "public" and not permission:
            permission = "any" if auth == "optional" else "all"
        if auth == "public" and permission:
            fail(op, f"{op['operationId']} is public and has a permission")
        dates_pg, dates_pg_fields = self._dates(op, out)
        operation = Operation(
            id=op["operationId"], method=method.upper(), path=path if op.get("x-root") else "/api" + path, auth=auth,
            permission=permission, access=[], access_why="", status=status, reply=reply, out=out,
            dates_pg=dates_pg, dates_pg_fields=dates_pg_fields, mirror=self._mirror(op, item), unlisted=bool(op.get("x-unlisted")),
            file_errors=bool(op.get("x-file-errors")), watch=bool(op.get("x-watch")), ahead=self._ahead(op, method, auth),
            body_kind=body_kind, body=body, params=params,
            check=op.get("x-check", ""), errors=self._errors(op),
            path_issues_first=self._path_first(op), node=op, where=op.where)
        self._access(operation, op)
        self._path_params(operation)
        if operation.check:
            self._check(op, operation.check, f"struct {operation.id}_in")
        return operation

    def _ahead(self, op, method, auth):
        ahead = bool(op.get("x-ahead"))
        if ahead and (method != "get" or auth == "public"):
            fail(op, "x-ahead is for GET with a caller: what changes rows must not run on a guess")
        return ahead

    def _errors(self, op):
        for status, text in op.get("x-errors", {}).items():
            if int(status) != 500:
                fail(op, "x-errors is for status 500 only")
            return text
        return "Failed to " + words_of(op["operationId"])

    def _path_first(self, op):
        if op.get("x-issues-order", "path") != "path":
            fail(op, f"x-issues-order {op['x-issues-order']} is not understood")
        return "x-issues-order" in op

    def _dates(self, op, out):
        """x-dates: pg for the whole answer, or {property: pg} for some of its times (in every item of a list)."""
        dates = op.get("x-dates", "z")
        if dates in ("z", "pg"):
            return dates == "pg", set()
        struct = out and (out.type.struct or out.type.item and out.type.item.type.struct)
        for name, form in dates.items():
            if form != "pg" or not struct or not struct.field(name):
                fail(op, f"x-dates {name}: {form} is not understood")
        return False, set(dates)

    def _mirror(self, op, item):
        mirror = op.get("x-mirror")
        if mirror is None:
            return False
        if mirror != "patch" or "patch" in item:
            fail(op, "x-mirror: patch needs a PUT without a PATCH beside it")
        return True

    def _params(self, op):
        out = {"path": [], "query": [], "header": []}
        for param in op["parameters"]:
            for key in param:
                if key not in PARAMETER_KEYS and key not in ("name", "in", "required", "schema", "description", "deprecated",
                        "example"):
                    fail(param, f"{key} is not understood here")
            place = param.get("in")
            if place not in out:
                fail(param, f"parameters in {place} are not understood")
            field = self._field(param["name"], param["schema"], f"{op['operationId']}_{param['name']}",
                not param.get("required", False))
            coerce = param.get("x-coerce", param["schema"].get("x-coerce"))
            if coerce:
                field.flags.add("COERCE")
            elif field.kind == "BOOL" and coerce is None:
                field.flags.add("TEXT_BOOL")
            out[place].append(field)
        return out

    def _body(self, op):
        request = op.get("requestBody")
        kind = op.get("x-body", "")
        if not request:
            if kind:
                fail(op, "x-body without a requestBody")
            return "none", None
        content = request["content"]
        if len(content) != 1:
            fail(request, "one media type a body")
        media, value = next(iter(content.items()))
        names = {"application/json": "json", "multipart/form-data": "stream", "application/x-www-form-urlencoded": "form"}
        if media not in names:
            fail(request, f"bodies of {media} are not understood")
        if kind and kind != names[media]:
            fail(op, f"x-body {kind} does not go with {media}")
        body = self._field("body", value["schema"], f"{op['operationId']}_body", not request.get("required", False))
        if names[media] == "stream" and not (body.type.struct and body.type.struct.fields):
            return "stream", None  # files only
        return names[media], body

    def _reply(self, op, method):
        first = next((int(s) for s in op["responses"] if str(s).startswith("2")), None)
        if first is None:
            fail(op, "an operation needs a 2xx response")
        status = op.get("x-status", first)
        content = op["responses"].get(str(first), op["responses"].get(first)).get("content", {})
        reply = op.get("x-reply", "json" if "application/json" in content else "empty")
        if reply not in ("json", "file", "stream", "steps", "text", "raw", "empty"):
            fail(op, f"x-reply {reply} is not understood")
        if reply == "empty" and content:
            fail(op, f"an answer of {', '.join(content)} needs x-reply")
        out = None
        if reply == "json":
            if "application/json" not in content:
                fail(op, "x-reply: json needs a schema")
            out = self._field("", content["application/json"]["schema"], f"{op['operationId']}_out", False)
        elif reply in ("text", "raw"):
            out = Field("", Type("RAW" if reply == "raw" else "STR", "str", "str", {}, set()), False, False, set(), None, op.where)
        return status, reply, out

    def _access(self, operation, op):
        rows = op.get("x-access")
        if rows is None:
            named = [f.name for place in ("path", "query") for f in operation.params[place] if self._is_id(f)]
            if operation.body is not None and operation.body.type.struct:
                named += ["body." + f.name for f in operation.body.type.struct.fields if self._is_id(f)]
            if named and operation.auth not in ("public", "admin"):
                fail(op, f"{operation.id} has {', '.join(named)} and no x-access")
            return
        if isinstance(rows, str):
            kind, _, why = rows.partition(": ")
            if kind not in ("handler", "open") or not why:
                fail(op, 'x-access is a list of {place: permission}, or the text "handler: why" or "open: why"')
            operation.access_why = why
            return
        for row in [rows] if isinstance(rows, dict) else rows:
            for name, permission in row.items():
                operation.access.append(Access(self._permission(op, permission), *self._access_field(operation, op, name)))

    def _permission(self, op, name):
        known = self._schemas.get("Permission", {}).get("enum")  # a small contract may have none
        if name and known and name not in known:
            fail(op, f"{op['operationId']} asks for {name}, which is no Permission")
        return name

    def _is_id(self, field):
        kind = field.type.item.kind if field.kind == "LIST" else field.kind
        return kind == "UUID"

    def _access_field(self, operation, op, name):
        place, _, rest = name.rpartition(".")
        place = place or "path"
        if name.startswith("body."):
            return self._access_body(operation, op, name)
        if place in ("path", "query"):
            field = next((f for f in operation.params[place] if f.name == rest), None)
        else:
            field = None
        if field is None or not self._is_id(field):
            fail(op, f"x-access names {name}, which is no id of {operation.id}")
        return place, field

    def _access_body(self, operation, op, name):
        """body.<field>, or body.<list>[].<field> for the ids in the items of a list."""
        struct = operation.body.type.struct if operation.body else None
        way, _, last = name.removeprefix("body.").rpartition("[].")
        through = struct.field(way) if struct and way else None
        if through:
            struct = through.type.item.type.struct if through.type.item else None
        field = struct.field(last) if struct and bool(way) == bool(through) else None
        if field is None or not self._is_id(field):
            fail(op, f"x-access names {name}, which is no id of {operation.id}")
        return "body", field, through

    def _path_params(self, operation):
        named = re.findall(r"\{(\w+)\}", operation.path)
        if sorted(named) != sorted(f.name for f in operation.params["path"]):
            fail(operation.node, f"the parameters of {operation.path} and of {operation.id} differ")

    def _check_unique(self):
        ids, routes = {}, {}
        for op in self.operations:
            if op.id in ids:
                fail(op.node, f"{op.id} is described twice, also at {ids[op.id].where}")
            ids[op.id] = op
            route = (op.method, re.sub(r"\{\w+\}", "{}", op.path.lower()))
            if route in routes:
                fail(op.node, f"{op.method} {op.path} is the route of {routes[route]} too")
            routes[route] = op.id
            names = [f.c_name for f in op.members()]
            for name in names:
                if names.count(name) > 1:
                    fail(op.node, f"two parameters of {op.id} are called {name}")
        constants = {}
        for enum in self.enums.values():
            for constant in enum.constants:
                if constant in constants:
                    fail(self._schemas.get(enum.name), f"{constant} belongs to {enum.name} and {constants[constant]}")
                constants[constant] = enum.name


def load(directory):
    """Reads contract/*.yaml of a directory."""
    return Model(load_document(directory))
