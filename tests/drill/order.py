#!/usr/bin/env python3
"""One upload under strace: the file is safe on the disk before its row is committed, and the row before the answer.

usage: order.py BIN      BIN is the folder of the executables
"""
import re
import sys
from pathlib import Path

import roles
from photos import Gallery

CALLS = "fsync,fdatasync,link,linkat,rename,renameat,renameat2,sendto,sendmsg,write,writev"
TRACE_SECONDS = 10
# The steps in the order they must come; the name is the asset's id in the final path.
STEPS = (
    ("fsync(file)", r"(fsync|fdatasync)\(\d+<{folder}/\.tintype-upload-[^>]*>\)\s+= 0"),
    ("rename", r'(link|linkat|rename|renameat|renameat2)\(.*"{path}".*\)\s+= 0'),
    ("fsync(dir)", r"fsync\(\d+<{parent}>\)\s+= 0"),
    ("COMMIT", r'(sendto|write)\(\d+<[^>]*>, "[^"]*COMMIT'),
    ("201", r'(sendto|sendmsg|write|writev)\(\d+<.*HTTP/1\.1 201 '),
)


def check(trace, path):
    """The lines of the steps, each after the one before; raises for a step that is missing or too early."""
    names = {"path": re.escape(str(path)), "parent": re.escape(str(path.parent)),
             "folder": re.escape(str(path.parents[2]))}
    at = 0
    for step, pattern in STEPS:
        pattern = re.compile(pattern.format(**names))
        found = next((n for n in range(at, len(trace)) if pattern.search(trace[n])), None)
        assert found is not None, f"no {step} after line {at}:\n" + "".join(trace)
        print(f"{step:12} {trace[found].strip()[:150]}")
        at = found + 1


def drill(bin_dir):
    with roles.Site(bin_dir, "order") as site:
        log = site.folder / "trace"
        site.add_server(wrapper=("strace", "-f", "-y", "-qq", "-s", "400", "-e", f"trace={CALLS}", "-e", "signal=none", "-o",
                                 str(log)))
        site.sign_up()
        gallery = Gallery(site)
        before = log.stat().st_size
        assert gallery.upload(0)[0] == 201, gallery.answers
        with site.connect() as db:
            path = Path(db.value("""SELECT "originalPath" FROM asset"""))
        roles.wait_until(lambda: "201 " in log.read_text(errors="replace")[before:], TRACE_SECONDS, "strace writes of the answer")
        with open(log, encoding="utf-8", errors="replace") as lines:
            lines.seek(before)
            check(lines.readlines(), path)


if len(sys.argv) != 2:
    sys.exit(__doc__)
roles.run(drill, sys.argv[1])
