"""The files of contract/ as one OpenAPI document: joined, references to scalars replaced, what is always the same filled in.

    document = load_document("contract")    with our x- keys; raises ContractError with file:line
    public(document)                        what the world sees of it
"""
import pathlib

import yaml

METHODS = ("get", "put", "post", "patch", "delete")
SCHEMA_REF = "#/components/schemas/"
PARAMETER_REF = "#/components/parameters/"


class ContractError(Exception):
    """The files do not make one document, or say something the generators do not understand."""


class Node(dict):
    """A YAML mapping that knows where it stands."""

    where = ""

    def copy_with(self, changes):
        out = Node(self)
        out.update(changes)
        out.where = self.where
        return out


class Loader(yaml.SafeLoader):
    """YAML forgets the first of two equal keys; a contract must not."""


def construct_mapping(loader, node):
    out = Node()
    out.where = f"{node.start_mark.name}:{node.start_mark.line + 1}"
    yield out
    seen = set()
    for key_node, _ in node.value:
        if key_node.value in seen:
            raise ContractError(f"{node.start_mark.name}:{key_node.start_mark.line + 1}: {key_node.value} twice")
        seen.add(key_node.value)
    loader.flatten_mapping(node)  # "<<: *base" first, so that what is written beside it wins
    for key_node, value_node in node.value:
        out[loader.construct_object(key_node, deep=True)] = loader.construct_object(value_node, deep=True)


Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, construct_mapping)
# Dates in examples stay text.
Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def fail(node, text):
    where = getattr(node, "where", "") or "contract"
    raise ContractError(f"{where}: {text}")


def read(path):
    with open(path, encoding="utf-8") as file:
        try:
            return yaml.load(file, Loader=Loader) or Node()
        except yaml.YAMLError as error:
            raise ContractError(str(error)) from error


def add(into, more, path):
    for name, value in more.items():
        if name in into:
            fail(value if isinstance(value, Node) else more, f"{name} is in another file too ({path})")
        into[name] = value


def join(directory):
    """The head document with the paths and components of all others."""
    directory = pathlib.Path(directory)
    document = read(directory / "openapi.yaml")
    document.setdefault("paths", Node())
    components = document.setdefault("components", Node())
    for path in sorted(directory.glob("*.yaml")):
        if path.name == "openapi.yaml":
            continue
        part = read(path)
        for word in part:
            if word not in ("paths", "components") and not word.startswith("x-"):  # x-…: a place for anchors
                fail(part, f"{word} belongs into openapi.yaml")
        for route, item in (part.get("paths") or {}).items():
            add(document["paths"].setdefault(route, Node()), item, path.name)
        for kind, entries in (part.get("components") or {}).items():
            add(components.setdefault(kind, Node()), entries, path.name)
    components.setdefault("schemas", Node())
    return document


def is_scalar(schema):
    """A named piece of text or number that is no enum: its name means nothing to a reader of the API."""
    return schema.get("type") in ("string", "integer", "number", "boolean") and "enum" not in schema


def inline(value, schemas, parameters):
    """Replace references to scalars and parameters by what they name; what stands beside a reference wins."""
    if isinstance(value, list):
        return [inline(v, schemas, parameters) for v in value]
    if not isinstance(value, dict):
        return value
    ref = value.get("$ref")
    if isinstance(ref, str):
        name = ref.rsplit("/", 1)[-1]
        if ref.startswith(PARAMETER_REF) and name in parameters:
            return inline(parameters[name], schemas, parameters)
        if not ref.startswith(SCHEMA_REF) or name not in schemas:
            fail(value, f"{ref} names nothing")
        if is_scalar(schemas[name]):
            merged = Node({**schemas[name], **{k: v for k, v in value.items() if k != "$ref"}})
            merged.where = value.where
            return merged
    return value.copy_with({k: inline(v, schemas, parameters) for k, v in value.items()})


def complete(op):
    """Fill in what every operation would have to repeat."""
    if op.get("x-auth") != "public":
        op.setdefault("security", [{"bearer": []}, {"cookie": []}, {"api_key": []}])
    op.setdefault("parameters", [])
    for response in op["responses"].values():
        response.setdefault("description", "")


def load_document(directory):
    document = join(directory)
    schemas = document["components"]["schemas"]
    parameters = document["components"].pop("parameters", Node())
    document["paths"] = inline(document["paths"], schemas, parameters)
    document["components"]["schemas"] = Node(
        {name: inline(schema, schemas, parameters) for name, schema in schemas.items() if not is_scalar(schema)})
    for item in document["paths"].values():
        for method, op in item.items():
            if method in METHODS:
                complete(op)
    return document


def visible(value):
    """What the world sees of a piece of the document."""
    if isinstance(value, list):
        return [visible(v) for v in value if not (isinstance(v, dict) and v.get("x-unlisted"))]
    if not isinstance(value, dict):
        return value
    return {
        k: visible(v)
        for k, v in value.items()
        if not (k.startswith("x-") and not k.startswith("x-immich-")) and not (isinstance(v, dict) and v.get("x-unlisted"))
    }


def public(document):
    """The printed description: schemas that only unlisted operations use go too."""
    out = visible(document)
    out["paths"] = {route: item for route, item in out["paths"].items() if item}
    schemas, todo, used = out["components"]["schemas"], [out["paths"]], set()
    while todo:
        value = todo.pop()
        if isinstance(value, list):
            todo.extend(value)
        elif isinstance(value, dict):
            todo.extend(value.values())
            name = str(value.get("$ref", "")).removeprefix(SCHEMA_REF)
            if name in schemas and name not in used:
                used.add(name)
                todo.append(schemas[name])
    out["components"]["schemas"] = {name: schemas[name] for name in sorted(used)}
    return out
