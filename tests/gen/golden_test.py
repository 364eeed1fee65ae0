#!/usr/bin/env python3
"""The generator against golden files: a small contract with one of every mechanism, and contracts it must refuse.

usage: golden_test.py         UPDATE=1 renews tests/golden/gen_api/; look at the diff before you commit it
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "tests/gen/contract"
GOLDEN = ROOT / "tests/golden/gen_api"
MADE = ["api.h", "api.c", "routes.c", "openapi.json"]

# Text in things.yaml, what it becomes, what is said about it (and at which line when it says one).
REFUSED = [
    ("x-issues-order: path", "x-isues: path", "things.yaml:{line}: x-isues is not understood here", "operationId: updateThing"),
    ("minLength: 1, ", "minLenght: 1, ", "things.yaml:{line}: minLenght is not understood here", "minLength: 1, "),
    ("      x-access: [{id: thing.update}, {body.ids: asset.read}]\n", "", "updateThing has id, body.ids and no x-access", None),
    ("{id: thing.update}", "{it: thing.update}", "x-access names it, which is no id of updateThing", None),
    ("{body.ids: asset.read}", "{body.day: asset.read}", "x-access names body.day, which is no id of updateThing", None),
    ("'body.parts[].id'", "'body.parts[].pin'", "x-access names body.parts[].pin, which is no id of createThing", None),
    ("'handler: administrators", "'because administrators", 'x-access is a list of {place: permission}, or the text "handler: why"',
        None),
    ("    ThingStreamDto:", "    Permission: {type: string, enum: [thing.create, thing.update]}\n    ThingStreamDto:",
        "listThings asks for thing.read, which is no Permission", None),
    ("    ThingStreamDto:", "    Permission: {type: string, enum: [thing.create, thing.read, thing.update]}\n    ThingStreamDto:",
        "createThing asks for part.read, which is no Permission", None),
    ("operationId: deleteThing", "operationId: updateThing", "updateThing is described twice", None),
    ("  /things/raw:", "  /things/{name}:\n    put: {operationId: a, tags: [], responses: {'204': {}}}\n  /things/raw:",
        "the parameters of /api/things/{name} and of a differ", None),
    ("  /things/raw:", "  /THINGS:\n    get: {operationId: a, tags: [], x-auth: public, responses: {'204': {}}}\n  /things/raw:",
        "GET /api/THINGS is the route of listThings too", None),
    ("#/components/schemas/ThingStreamDto", "#/components/schemas/Nothing", "#/components/schemas/Nothing names nothing", None),
    ("pattern: '^\\d{6}$'", "pattern: '^\\d{7}$'", r"pattern ^\d{7}$ has no validator in json/formats.c", None),
    ("x-check: thing_parts", "x-check: create_thing", "x-check create_thing is asked of", None),
    ("x-body: stream", "x-body: form", "x-body form does not go with multipart/form-data", None),
    ("x-reply: text", "x-reply: page", "x-reply page is not understood", None),
    ("      x-reply: text\n", "", "an answer of text/css; charset=utf-8 needs x-reply", None),
    ("      x-media: application/jsonlines+json\n", "", "streamThings needs a media type", None),
    ("      x-reply: raw\n", "      x-reply: raw\n      x-media: text/plain\n", "x-media is for x-reply text, stream and steps, not raw", None),
    ("      operationId: archiveThings\n", "      operationId: archiveThings\n      x-media: application/zip\n",
        "archiveThings needs a media type", None),
    ("x-type: bytes", "x-type: octets", "x-type octets is not understood", None),
    ("x-mirror: patch", "x-mirror: post", "x-mirror: patch needs a PUT without a PATCH beside it", None),
    ("[secret, names]", "[secret, nomes]", "the members of x-shapes are properties of ThingResponseDto", None),
    ("[always, asked]", "[always, yes]", "the shape of listThings createThing is one of never, always, asked, own", None),
    ("[always, asked]", "[always]", "for each of the 2 members", None),
    ("listThings createThing: ", "listThings: ", "things.yaml:{line}: createThing answers with ThingResponseDto and has no shape",
        "  members: [secret"),
    ("        listThings_link:", "        listThings:", "listThings has two shapes", None),
    ("        listThings_link:", "        updateThing:", "updateThing has a shape and does not answer with ThingResponseDto", None),
    ("schema: {type: object, required: [total],", "schema: {type: object, x-shapes: {}, required: [total],",
        "getThingStatistics_out has shapes and no name of its own", None),
    ("required: [reset]", "required: [resets]", "ThingStreamDto requires resets, which it does not have", None),
    ("        reset: {type: boolean}", "        reset: {type: boolean}\n        reset: {type: string}", "reset twice", None),
    ("default: dark-green", "default: grey", "grey is no Colour", None),
    ("enum: [fast, '', '4k']", "enum: [fast, FAST]", "two values of ThingCreateDto_mode have the same name in C", None),
    ("        data: {type: object, additionalProperties: {}}", "        me: {$ref: '#/components/schemas/ThingCreateDto'}",
        "ThingCreateDto contains itself", None),
    ("x-dates: {seenAt: pg}", "x-dates: {seen: pg}", "x-dates seen: pg is not understood", None),
    ("    ThingStreamDto:", "    OwnerDto: {type: object, properties: {}}\n    ThingStreamDto:", "OwnerDto is in another file too", None),
]


def generate(contract, out):
    command = [sys.executable, ROOT / "tools/gen/gen_api.py", "--contract", contract, "--out", out]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class Golden(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.out = pathlib.Path(self.folder.name) / "gen"

    def tearDown(self):
        self.folder.cleanup()

    def test_the_example_becomes_the_golden_files(self):
        result = generate(CONTRACT, self.out)
        self.assertEqual(result.returncode, 0, result.stderr)
        for name in MADE:
            made = (self.out / name).read_text(encoding="utf-8")
            if os.environ.get("UPDATE"):
                GOLDEN.mkdir(parents=True, exist_ok=True)
                (GOLDEN / name).write_text(made, encoding="utf-8")
            self.assertEqual((GOLDEN / name).read_text(encoding="utf-8"), made, name)

    def test_what_is_made_compiles_without_a_warning(self):
        self.assertEqual(generate(CONTRACT, self.out).returncode, 0)
        for name in ("api.c", "routes.c", "openapi.c"):
            command = [os.environ.get("CC", "cc"), "-std=gnu17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-Wshadow",
                "-Wmissing-prototypes", "-Wcast-qual", "-Wno-unused-parameter", "-Wno-missing-field-initializers",
                f"-I{ROOT / 'src'}", f"-I{self.folder.name}", "-c", self.out / name, "-o", "/dev/null"]
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_what_did_not_change_is_not_written_again(self):
        generate(CONTRACT, self.out)
        before = (self.out / "api.h").stat().st_mtime_ns
        generate(CONTRACT, self.out)
        self.assertEqual((self.out / "api.h").stat().st_mtime_ns, before)


class Refused(unittest.TestCase):
    def test_what_cannot_be_meant_is_refused_with_its_place(self):
        original = (CONTRACT / "things.yaml").read_text(encoding="utf-8")
        for old, new, said, marker in REFUSED:
            with self.subTest(new), tempfile.TemporaryDirectory() as folder:
                self.assertIn(old, original)
                folder = pathlib.Path(folder)
                for name in ("openapi.yaml", "common.yaml"):
                    (folder / name).write_text((CONTRACT / name).read_text(encoding="utf-8"), encoding="utf-8")
                (folder / "things.yaml").write_text(original.replace(old, new, 1), encoding="utf-8")
                result = generate(folder, folder / "out")
                self.assertEqual(result.returncode, 1)
                if marker:
                    said = said.format(line=original[:original.index(marker)].count("\n") + 1)
                self.assertIn(said, result.stderr)
                self.assertRegex(result.stderr, r"\w+\.yaml(:\d+|: line|\"?, line)?")
                self.assertFalse((folder / "out").exists())


if __name__ == "__main__":
    unittest.main()
