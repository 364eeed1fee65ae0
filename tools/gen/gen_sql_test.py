#!/usr/bin/env python3
"""Golden test of gen_sql.py (tests/golden/gen_sql; UPDATE=1 renews it), and what it refuses."""
import os
import pathlib
import tempfile
import unittest

import gen_sql
import model

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "gen_sql"
MODEL = model.load(GOLDEN / "contract")


class GoldenTest(unittest.TestCase):
    def test_output_is_what_it_was(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder)
            gen_sql.generate([GOLDEN / "pet.sql"], ROOT, MODEL, out)
            for name in ("pet_sql.h", "pet_sql.c", "sql_sets.c"):
                made, golden = (out / name).read_text(), GOLDEN / name
                if os.environ.get("UPDATE"):
                    golden.write_text(made)
                self.assertEqual(made, golden.read_text(), name)

    def test_what_did_not_change_is_not_written(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder)
            gen_sql.generate([GOLDEN / "pet.sql"], ROOT, MODEL, out)
            os.utime(out / "pet_sql.c", (1, 1))
            gen_sql.generate([GOLDEN / "pet.sql"], ROOT, MODEL, out)
            self.assertEqual((out / "pet_sql.c").stat().st_mtime, 1)


class RefusedTest(unittest.TestCase):
    def refused(self, text, why, more=None):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            paths = []
            for name, content in {"a.sql": text, **(more or {})}.items():
                (root / name).parent.mkdir(exist_ok=True)
                (root / name).write_text(content)
                paths.append(root / name)
            with self.assertRaises(gen_sql.SqlError) as caught:
                gen_sql.generate(paths, root, MODEL, root)
            self.assertIn(why, str(caught.exception))
            self.assertRegex(str(caught.exception), r"^\w+.*\.sql:")

    def test_statements(self):
        self.refused("SELECT 1;\n", "without a head")
        self.refused("-- sql: x() -> one int\nSELECT 1\n", "ends with ;")
        self.refused("-- sql: x() -> one int\nSELECT 1; SELECT 2;\n", "one statement")
        self.refused("-- sql: x() -> one int\n-- sql: y() -> one int\nSELECT 1;\n", "one statement")
        self.refused("-- sql: x() -> one int\nSELECT $$1$$;\n", "dollar quotes")
        self.refused("-- sql: x() -> void\nSELECT 1;\n-- sql: x() -> void\nSELECT 1;\n", "twice")
        self.refused("-- sql: x() -> void\nSELECT 1;\n", "a.sql:1 too", {"b.sql": "-- sql: x() -> void\nSELECT 1;\n"})
        self.refused("-- sql: x() -> void\nSELECT 1;\n", "another file", {"b/a.sql": "-- sql: y() -> void\nSELECT 1;\n"})

    def test_parameters(self):
        self.refused("-- sql: x(a int) -> one int\nSELECT 1;\n", "a is not used")
        self.refused("-- sql: x() -> one int\nSELECT $a;\n", "$a is no parameter")
        self.refused("-- sql: x(a money) -> one int\nSELECT $a;\n", "money is not known")
        self.refused("-- sql: x(out int) -> one int\nSELECT $out;\n", "no name for a parameter")
        self.refused("-- sql: x(a date[]) -> one int\nSELECT $a;\n", "cannot be date[]")

    def test_results(self):
        self.refused("-- sql: x() -> some int\nSELECT 1;\n", "is no result")
        self.refused("-- sql: x() -> one\nSELECT 1;\n", "is no result")
        self.refused("-- sql: x() -> count int\nSELECT 1;\n", "is no result")
        self.refused("-- sql: x() -> one PetsDto\nSELECT 1;\n", "PetsDto is no scalar type")
        self.refused("-- sql: x() -> many text?\nSELECT 1;\n", "may be NULL")
        self.refused("-- sql: x() -> columns uuid\nSELECT 1;\n", "struct of lists")
        self.refused("-- row: PetDto (id uuid)\n", "is taken")

    def test_parts(self):
        self.refused("-- sql: x() -> one int\nSELECT {a};\n", "{a} is no part above it")
        self.refused("-- part: a b\n1;\n", "no name for a part")
        self.refused("-- part: a\n1;\n-- part: a\n2;\n", "is taken")
        self.refused("-- part: a\n1; 2;\n", "one statement")
        self.refused("-- part: a\n$b;\n-- sql: x() -> one int\nSELECT {a};\n", "$b is no parameter")

    def test_filters(self):
        query = "-- sql: x() -> query int\nSELECT 1 WHERE true /*filters*/;\n"
        self.refused("-- sql: x() -> query int\nSELECT 1;\n", "one mark")
        self.refused("-- sql: x() -> one int\nSELECT 1 /*filters*/;\n", "one mark")
        self.refused("-- filter: x.a(int): a = $v\n", "no query of this file")
        self.refused(query + "-- filter: x.a(int): a = 1\n", "$v once")
        self.refused(query + "-- filter: x.a(int null): a = $v\n", "second clause")
        self.refused(query + "-- filter: x.a(int): a = $v | a IS NULL\n", "second clause")


if __name__ == "__main__":
    unittest.main()
