#!/usr/bin/env python3
"""Join contract/*.yaml into one OpenAPI document.

usage: merge_openapi.py [CONTRACT_DIR] > openapi.json

`load()` is for the generators: everything, with our x- keys. The program prints what the world sees: without the
operations and properties marked x-unlisted, and without our x- keys (x-immich-* belong to the promise and stay).
What the files leave out and this fills in is said at the head of contract/openapi.yaml.
"""
import argparse
import json
import pathlib
import sys

import yaml

METHODS = ("get", "put", "post", "patch", "delete")
SCHEMA_REF = "#/components/schemas/"
PARAMETER_REF = "#/components/parameters/"


class ContractError(Exception):
    """The files do not make one document."""


class UniqueKeys(yaml.SafeLoader):
    """YAML forgets the first of two equal keys; a contract must not."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise ContractError(f"{node.start_mark.name}:{key_node.start_mark.line + 1}: {key} twice")
            seen.add(key)
        return super().construct_mapping(node, deep)


def read(path):
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader=UniqueKeys) or {}


def add(into, more, where):
    for name, value in more.items():
        if name in into:
            raise ContractError(f"{where}: {name} is in another file too")
        into[name] = value


def join(directory):
    """The head document with the paths and components of all others."""
    directory = pathlib.Path(directory)
    doc = read(directory / "openapi.yaml")
    doc.setdefault("paths", {})
    for path in sorted(directory.glob("*.yaml")):
        if path.name == "openapi.yaml":
            continue
        part = read(path)
        for route, item in part.get("paths", {}).items():
            add(doc["paths"].setdefault(route, {}), item, f"{path.name}: {route}")
        for kind, entries in part.get("components", {}).items():
            add(doc["components"].setdefault(kind, {}), entries, path.name)
    return doc


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
        if ref.startswith(PARAMETER_REF):
            return inline(parameters[name], schemas, parameters)
        if not ref.startswith(SCHEMA_REF) or name not in schemas:
            raise ContractError(f"{ref} names nothing")
        if is_scalar(schemas[name]):
            return {**schemas[name], **{k: v for k, v in value.items() if k != "$ref"}}
    return {k: inline(v, schemas, parameters) for k, v in value.items()}


def complete(op):
    """Fill in what every operation would have to repeat."""
    if op.get("x-auth") != "public":
        op.setdefault("security", [{"bearer": []}, {"cookie": []}, {"api_key": []}])
    op.setdefault("parameters", [])
    for response in op["responses"].values():
        response.setdefault("description", "")


def load(directory):
    doc = join(directory)
    schemas = doc["components"]["schemas"]
    parameters = doc["components"].pop("parameters", {})
    doc["paths"] = inline(doc["paths"], schemas, parameters)
    doc["components"]["schemas"] = {
        name: inline(schema, schemas, parameters) for name, schema in schemas.items() if not is_scalar(schema)
    }
    for item in doc["paths"].values():
        for method, op in item.items():
            if method in METHODS:
                complete(op)
    return doc


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


def public(doc):
    """The printed description."""
    out = visible(doc)
    out["paths"] = {route: item for route, item in out["paths"].items() if item}
    return out


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = pathlib.Path(__file__).resolve().parent
    ap.add_argument("contract", nargs="?", default=here.parent.parent / "contract")
    try:
        json.dump(public(load(ap.parse_args().contract)), sys.stdout, indent=1, ensure_ascii=False)
    except ContractError as error:
        sys.exit(f"merge_openapi: {error}")
    print()


if __name__ == "__main__":
    main()
