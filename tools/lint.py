#!/usr/bin/env python3
"""The project's own rules, those that no compiler and no clang-tidy knows. Prints a line a finding; status 1 when there is one.

usage: lint.py [ROOT]

  ladder    an include points down the layers, never up or sideways; a domain of app/ uses another only through its X.h
  header    a header begins with #pragma once or a comment, and the comment says what it is for
  fallible  a function that returns an err is declared fallible, but one that always returns one (returns_nonnull)
  banned    every .c file ends its includes with core/banned.h
  comment   comments are /* */
  length    a file has at most 800 lines, a function at most 60
  access    an operation whose access rule is "handler: why" looks at who asks: it, or a function of its file that it calls,
            calls access_require or access_check, or uses cx->auth (not where only an administrator gets in anyway)
  rule      every permission that the contract's x-access asks for has a rule in src/app/access/access.def
  check     every check_<name> that the contract asks for (x-check) is written in a src/app/**/*_check.c
  todo      a TODO names its issue: TODO(#12)
"""
import pathlib
import re
import sys

import yaml

# From below to above. Folders of one row do not know each other.
LADDER = [
    ["core"],
    ["json"],  # its field tables describe rows of db as well
    ["db", "http", "redis", "storage", "ml", "box"],
    ["media", "metadata"],  # drive the box
    ["config", "auth", "event", "job"],
    ["app"],
    ["role"],
]
RANK = {folder: rank for rank, row in enumerate(LADDER) for folder in row}
FILE_LINES = 800
FUNCTION_LINES = 60
TODO_FOLDERS = ["src", "contract", "tools", "tests", "script"]

INCLUDE = re.compile(r'^#include "([a-z_]+)/(?:([a-z_]+)/)?([\w.]+)"', re.M)
ALWAYS_ERR = re.compile(r"returns_nonnull[^;]*?\berr (\w+)\(")
FUNCTION = re.compile(r"^(?:static )?[\w ]+?[ *](\w+)\([^;{]*\)\n\{.*?^}", re.M | re.S)
ERR_FUNCTION = re.compile(r"^(?:static )?err (\w+)\(", re.M)


class Lint:
    def __init__(self, root):
        self.root = root
        self.found = []

    def say(self, path, line, rule, text):
        self.found.append(f"{path.relative_to(self.root)}:{line}: {rule}: {text}")

    def run(self):
        sources = {path: path.read_text(encoding="utf-8") for path in sorted(self.root.glob("src/**/*.[ch]"))}
        always = {name for text in sources.values() for name in ALWAYS_ERR.findall(text)}
        for path, text in sources.items():
            self.comment(path, text)
            self.length(path, text)
            if path.suffix == ".h":
                self.header(path, text)
            if not path.name.endswith(("_test.c", "_fuzz.c")):  # tests may build on anything
                self.ladder(path, text)
                self.fallible(path, text, always)
                self.banned(path, text)
        self.access()
        self.rules()
        self.checks()
        self.todo()
        return self.found

    def ladder(self, path, text):
        parts = path.relative_to(self.root / "src").parts
        own = parts[0]
        if own not in RANK:
            self.say(path, 1, "ladder", f"folder {own} has no place on the ladder")
            return
        for match in INCLUDE.finditer(text):
            other, domain, name = match.groups()
            line = text.count("\n", 0, match.start()) + 1
            if other in RANK and other != own and RANK[other] >= RANK[own]:
                self.say(path, line, "ladder", f"{own} may not use {other}")
            if own == other == "app" and domain and len(parts) > 2 and domain != parts[1] and name != f"{domain}.h":
                self.say(path, line, "ladder", f"{parts[1]} may use {domain} only through {domain}.h")

    def fallible(self, path, text, always):
        for match in ERR_FUNCTION.finditer(text):
            if match[1] in always:
                continue
            line = text.count("\n", 0, match.start()) + 1
            self.say(path, line, "fallible", f"{match[1]} returns an err: declare it fallible")

    def comment(self, path, text):
        for number, line in enumerate(text.splitlines(), 1):
            if re.match(r"\s*//", line):
                self.say(path, number, "comment", "comments are /* */")

    def header(self, path, text):
        if "#pragma once" not in text and "X(" not in text and path.name != "banned.h":
            self.say(path, 1, "header", "lacks #pragma once")
        if not re.match(r"(#pragma once\s+)?/\* ?\S", text):
            self.say(path, 1, "header", "must begin with a comment that says what it is for")

    def banned(self, path, text):
        """Tables (.def) and generated parts are included in the middle of a file; they do not count."""
        if path.suffix == ".h":
            return
        includes = re.findall(r'^#include ["<](\S+\.h)[">]', text, re.M)
        if includes[-1:] != ["core/banned.h"]:
            self.say(path, 1, "banned", 'the last include must be "core/banned.h"')

    def length(self, path, text):
        lines = text.splitlines()
        if len(lines) > FILE_LINES:
            self.say(path, len(lines), "length", f"the file has {len(lines)} lines, more than {FILE_LINES}")
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{":
                start = number
            elif line.startswith("}") and start:
                if number - start - 1 > FUNCTION_LINES:
                    self.say(path, start, "length", f"the function has {number - start - 1} lines, not {FUNCTION_LINES}")
                start = None

    def access(self):
        by_hand = set()
        for path in sorted(self.root.glob("contract/*.yaml")):
            document = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}
            for item in (document.get("paths") or {}).values():
                by_hand |= {operation["operationId"] for operation in item.values() if self.checks_itself(operation)}
        for path in sorted(self.root.glob("src/app/**/*_api.c")):
            text = path.read_text(encoding="utf-8")
            functions = {match[1]: match for match in FUNCTION.finditer(text)}
            asks = {name for name, match in functions.items() if re.search(r"access_require|access_check|cx->auth", match[0])}
            while more := {name for name, match in functions.items() if name not in asks
                    and asks & set(re.findall(r"(\w+)\(", match[0][match[0].index("{"):]))}:
                asks |= more
            for name, match in functions.items():
                if name.removeprefix("op_") in by_hand and name.startswith("op_") and name not in asks:
                    line = text.count("\n", 0, match.start()) + 1
                    self.say(path, line, "access", f"{name[3:]} must check access itself, and does not look at who asks")

    def rules(self):
        written = set(re.findall(r'^X\("([\w.]+)"', (self.root / "src/app/access/access.def").read_text(encoding="utf-8"), re.M))
        for path in sorted(self.root.glob("contract/*.yaml")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                for rows in re.findall(r"\bx-access: \[(.*)\]", line.partition(" #")[0]):
                    for name in re.findall(r": ([\w.]+)\}", rows):
                        if name not in written:
                            self.say(path, number, "rule", f"access.def has no rule for {name}")

    def checks(self):
        written = "\n".join(path.read_text(encoding="utf-8") for path in self.root.glob("src/app/**/*_check.c"))
        for path in sorted(self.root.glob("contract/*.yaml")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                for name in re.findall(r"\bx-check: (\w+)", line.partition("#")[0]):
                    if f"void check_{name}(" not in written:
                        self.say(path, number, "check", f"check_{name} is not written")

    @staticmethod
    def checks_itself(operation):
        return (isinstance(operation, dict) and str(operation.get("x-access", "")).startswith("handler")
                and not operation.get("x-immich-admin-only"))

    def todo(self):
        for folder in TODO_FOLDERS:
            for path in sorted((self.root / folder).rglob("*")):
                if not path.is_file() or {"node_modules", "__pycache__"} & set(path.parts) or path.name.startswith("lint"):
                    continue
                try:
                    text = path.read_text(encoding="utf-8")
                except UnicodeDecodeError:
                    continue
                for number, line in enumerate(text.splitlines(), 1):
                    if re.search(r"\bTODO\b(?!\(#\d+\))", line):
                        self.say(path, number, "todo", "say which issue: TODO(#12)")


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    found = Lint(root.resolve()).run()
    for line in found:
        print(line)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
