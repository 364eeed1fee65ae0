#!/usr/bin/env python3
"""Lists the source files of a group, by the layout rules of docs/ARCHITECTURE.md (folder and suffix pick the executable).

usage: sources.py GROUP [--root DIR]     one path a line, sorted, relative to the root
       sources.py --all                  every group's list, to notice that a file came or went
"""
import argparse
import pathlib

GROUPS = {
    "core": ["src/core/*.c"],
    "lib": [f"src/{layer}/*.c" for layer in ("json", "db", "redis", "config", "auth", "event", "job", "storage")],
    "http": ["src/http/*.c"],
    "metadata": ["src/metadata/*.c"],
    "media": ["src/media/*.c"],
    "ml": ["src/ml/*.c"],
    "box": ["src/box/*.c"],
    "inside": ["src/box/inside/*.c"],
    "app": ["src/app/**/*.c"],
    "check": ["src/app/**/*_check.c"],  # rules of the contract (x-check), nothing but json/ below them
    "api": ["src/app/**/*_api.c"],
    "job": ["src/app/**/*_job.c"],
    "tests": ["src/**/*_test.c"],
    "fuzz": ["src/**/*_fuzz.c"],
    "sql": ["src/**/*.sql"],
    "contract": ["contract/*.yaml"],
}
SUFFIXES = ("_test.c", "_api.c", "_job.c", "_fuzz.c")


def files(root, group):
    found = {path.relative_to(root).as_posix() for pattern in GROUPS[group] for path in root.glob(pattern)}
    if group in ("api", "job", "tests", "fuzz", "sql", "contract"):
        found = {path for path in found if group == "tests" or not path.endswith("_test.c")}
    elif group == "app":
        found = {path for path in found if not path.endswith(SUFFIXES)}
    else:
        found = {path for path in found if not path.endswith(("_test.c", "_fuzz.c"))}
    return sorted(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("group", nargs="?", choices=sorted(GROUPS))
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    arguments = parser.parse_args()
    for group in sorted(GROUPS) if arguments.all else [arguments.group]:
        for path in files(arguments.root, group):
            print(path)


main()
