#!/usr/bin/env python3
"""Puts files into the program: one C source with a text for each, and its header.

usage: embed.py --c OUT.c --h OUT.h NAME=FILE …

`extern const str embed_NAME;` holds the file's bytes, followed by a NUL that does not count. A .yml file becomes JSON.
"""
import argparse
import json
import pathlib

import yaml

LINE = 96  # characters of source a line


def content(path):
    if path.suffix == ".yml":
        return json.dumps(yaml.safe_load(path.read_text()), separators=(",", ":"), ensure_ascii=False).encode()
    return path.read_bytes()


def c_string(data):
    """The bytes as C string literals; octal escapes cannot run into the digit that follows, hex ones could."""
    out, line = [], ""
    for byte in data:
        char = chr(byte)
        if char in '"\\?':
            piece = "\\" + char
        elif 32 <= byte < 127:
            piece = char
        elif char == "\n":
            piece = "\\n"
        else:
            piece = f"\\{byte:03o}"
        line += piece
        if char == "\n" or len(line) >= LINE:
            out.append(f'    "{line}"')
            line = ""
    out.append(f'    "{line}"')
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--c", required=True, type=pathlib.Path)
    parser.add_argument("--h", required=True, type=pathlib.Path)
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    files = [(name, pathlib.Path(path)) for name, path in (item.split("=", 1) for item in arguments.files)]

    header = ["/* Made by tools/gen/embed.py. */", "#pragma once", "", '#include "core/str.h"', ""]
    source = ["/* Made by tools/gen/embed.py. */", f'#include "gen/{arguments.h.name}"', ""]
    for name, path in files:
        data = content(path)
        header.append(f"extern const str embed_{name}; /* {path.name} */")
        source.append(f"static const char text_{name}[] =\n{c_string(data)};")
        source.append(f"const str embed_{name} = {{text_{name}, sizeof text_{name} - 1}};\n")
    arguments.h.write_text("\n".join(header) + "\n")
    arguments.c.write_text("\n".join(source) + "\n")


main()
