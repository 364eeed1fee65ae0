#!/usr/bin/env python3
"""The description in contract/ keeps the promise of ../shared/contract, also where contract-diff cannot look.

contract-diff compares shapes. Here: the order of properties, which is the order of validation issues and of the keys
of answers; that every recorded answer fits its schema; and what the description cannot tell at all: who may call a
route, with which permission, with which status it answers, which routes send files and which answer PATCH as well.
"""
import json
import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tools" / "gen")]
import model                                                # noqa: E402
from shared import SKIPPED, shared                          # noqa: E402

SHARED = shared()
ELLIPSIS = "…"  # ends a list that the recording cut

# Recorded answers that differ on purpose or for upstream's reasons.
OTHER_KEY_ORDER = {
    "getConfigDefaults",  # printed as the defaults are written down
    "uploadAsset",  # a duplicate's status comes before its id
}
OTHER_STATUS = {("createActivity", 200)}  # a like that exists; the promise does not list it


class Contract:
    """The merged document, with references followed."""

    def __init__(self):
        self.document = model.load_document(ROOT / "contract")
        self.schemas = self.document["components"]["schemas"]

    def operations(self):
        for path, item in self.document["paths"].items():
            for method, op in item.items():
                if not op.get("x-unlisted") and not path.startswith("/tintype/"):
                    yield method.upper(), path, op

    def operation(self, operation_id):
        return next(op for _, _, op in self.operations() if op["operationId"] == operation_id)

    def resolve(self, schema):
        while "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[-1]
            schema = {**self.schemas[name], **{k: v for k, v in schema.items() if k != "$ref"}}
        return schema

    def input_schema(self, op, of_query):
        body = op.get("requestBody", {}).get("content", {})
        if body and not of_query:
            return next(iter(body.values()))["schema"]
        return {"properties": {p["name"]: p["schema"] for p in op["parameters"] if p["in"] == "query"}}

    def rank(self, path, schema):
        """Where a path stands in the order of declaration; a whole list comes after its items."""
        ranks = []
        for key in path:
            schema = self.resolve(schema)
            if isinstance(key, int):
                ranks.append(key)
                schema = schema["items"]
            else:
                ranks.append(list(schema["properties"]).index(key))
                schema = schema["properties"][key]
        return ranks + [float("inf")] if self.resolve(schema).get("type") == "array" else ranks

    def misfits(self, value, schema, at):
        """What of a recorded answer its schema does not allow for."""
        schema = self.resolve(schema)
        if schema.get("x-raw") or "anyOf" in schema:
            return
        if value is None:
            if not (schema.get("nullable") or schema.get("x-nullable")):
                yield f"{at} is null"
        elif isinstance(value, dict):
            yield from self.object_misfits(value, schema, at)
        elif isinstance(value, list):
            if schema.get("type") != "array":
                yield f"{at} is a list"
                return
            for item in value:
                if item != ELLIPSIS:
                    yield from self.misfits(item, schema["items"], f"{at}[]")

    def object_misfits(self, value, schema, at):
        properties = schema.get("properties")
        if properties is None:
            yield f"{at} is an object"
            return
        for key in schema.get("required", []):
            if key not in value and not properties[key].get("x-optional"):
                yield f"{at} lacks {key}"
        for key, inner in value.items():
            if key not in properties:
                yield f"{at} has {key}"
            elif inner is None and properties[key].get("x-omit-null"):
                yield f"{at} has {key}: null"
            else:
                yield from self.misfits(inner, properties[key], f"{at}.{key}")

    def key_orders(self, value, schema, at):
        schema = self.resolve(schema)
        if isinstance(value, dict) and "properties" in schema and not schema.get("x-raw"):
            known = [key for key in value if key in schema["properties"]]
            if known != sorted(known, key=list(schema["properties"]).index):
                yield f"{at}: {' '.join(value)}"
            for key in known:
                yield from self.key_orders(value[key], schema["properties"][key], f"{at}.{key}")
        elif isinstance(value, list):
            for item in value:
                yield from self.key_orders(item, schema.get("items", {}), f"{at}[]")


def facts(name):
    return json.loads((SHARED / "contract" / name).read_text(encoding="utf-8"))


def permission_rows():
    """(method, path) -> operationId, status, who, permission, notes."""
    rows = {}
    for line in (SHARED / "contract" / "permissions.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("| ").split(" | ")] if line.startswith("| ") else []
        if cells and cells[0] in ("GET", "POST", "PUT", "PATCH", "DELETE") and len(cells) >= 5:
            cells = [cell.strip("|").strip() for cell in cells] + [""] * 2
            rows[cells[0], re.sub(r":(\w+)", r"{\1}", cells[1])] = cells[2:7]
    return rows


# How objects.md names the operations that answer with assets.
ASSET_ENDPOINTS = {
    "GET /assets/:id (owner, partner, album member)": "getAssetInfo",
    "GET /assets/:id via shared link with metadata": "getAssetInfo_link",
    "PUT/PATCH /assets/:id": "updateAsset",
    "search metadata / smart / random": "searchAssets searchSmart searchRandom",
    "search large-assets, cities": "searchLargeAssets getAssetsByCity",
    "search explore": "getExploreData",
    "view/folder": "getAssetsByOriginalPath",
    "stacks GET one, PUT": "getStack updateStack",
    "stacks GET list, POST": "searchStacks createStack",
    "memories (all)": "searchMemories createMemory getMemory updateMemory",
    "shared link by id, me, login": "getSharedLinkById getMySharedLink sharedLinkLogin",
    "shared link list, create, patch": "getAllSharedLinks createSharedLink updateSharedLink",
    "duplicates": "getAssetDuplicates",
    "`on_upload_success`, `on_asset_update`": "events",
}
ASSET_RULES = {
    "y": "always", "as stored for the link owner": "always",
    "-": "never", "always false": "never", "false (no caller)": "never",
    "withExif": "asked", "withPeople": "asked",
    "own": "own", "owner only": "own",
}


def asset_shapes():
    """operation -> rule for each column of the table of objects.md, but the dates."""
    text = (SHARED / "contract" / "objects.md").read_text(encoding="utf-8")
    table = text[text.index("| Endpoint | owner |"):].split("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {operation: [ASSET_RULES[cell] for cell in cells[:-1]]
            for endpoint, *cells in rows for operation in ASSET_ENDPOINTS[endpoint].split()}


class Promise(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.contract = Contract()

    def test_contract_diff_finds_no_difference(self):
        ours = json.dumps(model.public(self.contract.document))
        run = subprocess.run([SHARED / "tools" / "contract-diff", "/dev/stdin"], input=ours, text=True, capture_output=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_properties_stand_in_the_order_of_validation_issues(self):
        seen = 0
        for operation_id, cases in facts("validation-golden.json").items():
            op = self.contract.operation(operation_id)
            for case, recorded in cases.items():
                if "issues" not in recorded:
                    continue
                schema = self.contract.input_schema(op, case.startswith("query"))
                paths = [path for path, _ in recorded["issues"]]
                ranks = [self.contract.rank(path, schema) for path in paths]
                with self.subTest(operation_id, case=case):
                    self.assertEqual(paths, [path for _, path in sorted(zip(ranks, paths), key=lambda both: both[0])])
                seen += 1
        self.assertGreater(seen, 400)

    def answers(self):
        for operation_id, recorded in facts("examples.json").items():
            op = self.contract.operation(operation_id)
            for example in recorded:
                answer, status = example.get("response"), example["status"]
                if status >= 300 or answer in (None, "") or (operation_id, status) in OTHER_STATUS:
                    continue
                self.assertIn(str(status), op["responses"], operation_id)
                content = op["responses"][str(status)].get("content", {})
                if "application/json" in content:
                    yield operation_id, answer, content["application/json"]["schema"]

    def test_recorded_answers_fit_their_schemas(self):
        misfits = {text for name, answer, schema in self.answers() for text in self.contract.misfits(answer, schema, name)}
        self.assertEqual(misfits, set())

    def test_keys_of_answers_stand_in_the_order_of_properties(self):
        orders = {text for name, answer, schema in self.answers() if name not in OTHER_KEY_ORDER
                  for text in self.contract.key_orders(answer, schema, name)}
        self.assertEqual(orders, set())

    def test_routes_are_those_of_the_permission_table(self):
        rows, mirrors = permission_rows(), set()
        self.assertGreater(len(rows), 250)
        for method, path, op in self.contract.operations():
            operation_id, status, who, permission, notes = rows[method, path]
            with self.subTest(operation_id):
                auth = op.get("x-auth", "user")
                admin = auth == "user" and op.get("x-immich-admin-only")
                first = next(code for code in op["responses"] if code.startswith("2"))
                self.assertEqual(op["operationId"], operation_id)
                self.assertEqual(first, status)
                self.assertEqual("admin" if admin else {"link": "user+link"}.get(auth, auth), who)
                self.assertEqual(op.get("x-immich-permission", op.get("x-permission", "")), permission)
                self.assertEqual("file" in notes, op.get("x-reply") == "file" and operation_id != "redirectOAuthToMobile")
                self.assertEqual("deprecated" in notes, bool(op.get("deprecated")))
            if op.get("x-mirror"):
                mirrors.add((op["x-mirror"].upper(), path))
        self.assertEqual(mirrors, {key for key, row in rows.items() if "mirror" in row[4]})

    def test_members_of_assets_are_filled_where_the_table_of_objects_says(self):
        shapes = next(s for s in model.Model(self.contract.document).shapes if s.struct.name == "AssetResponseDto")
        self.assertEqual([f.name for f in shapes.members], ["owner", "exifInfo", "tags", "people", "stack", "isFavorite"])
        self.assertEqual(shapes.rows, asset_shapes())


if __name__ == "__main__":
    if SHARED is None:
        print("skipped: no ../shared beside the checkout (or TINTYPE_SHARED)")
        sys.exit(SKIPPED)
    unittest.main()
