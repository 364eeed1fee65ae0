#!/usr/bin/env python3
"""Feeds damaged photos and videos to the box: every one must end as a picture or as a failure with its reason, and cost nothing
but its own job.

usage: mutations.py DERIVE BOX [COUNT [SEED]]      skipped without ../shared; 500 is the full drill

Crashes of a decoder are allowed (that is what the box is for) but counted; jobs that end without a reason, a parent that
grows, files or processes left behind are not. The whole way, with uploads, metadata and rows, is poison.py's.
"""
import collections
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from mutants import mutants, samples  # noqa: E402
from shared import SKIPPED, shared  # noqa: E402

# Of the worker's side, whatever the files hold; the sanitizer's shadow comes on top of it.
MEMORY_KB = 16 * 1024 * (2 if "ASAN_OPTIONS" in os.environ else 1)
DAMAGED = "2"              # failure.def's BOX_CORRUPT
UNEXPLAINED = {"0": "not from the box", "14": "no usable answer"}


def truncated(folder, work):
    """A HEIC that lost its second half, as after an upload that broke off: a failure that says so."""
    path = pathlib.Path(work) / "truncated.heic"
    whole = (folder / "testdata/formats/heic/IMG_2682.heic").read_bytes()
    path.write_bytes(whole[:len(whole) // 2])
    return path


def main():
    program, box = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 500
    rnd = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    folder = shared()
    if not folder:
        print("skipped: no ../shared beside the checkout")
        sys.exit(SKIPPED)
    whole = samples(folder)
    with tempfile.TemporaryDirectory() as work:
        outputs = pathlib.Path(work) / "out"
        files = [truncated(folder, work), *whole]
        for i, (suffix, content) in enumerate(mutants(folder, rnd, count)):
            files.append(pathlib.Path(work) / f"{i}{suffix}")
            files[-1].write_bytes(content)
        done = subprocess.run([program, box, outputs, "", "", "0", *files], stdout=subprocess.PIPE, text=True, timeout=3600, check=False)
        left = sorted(path.name for path in outputs.iterdir())
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    reasons = collections.Counter(line[2].split(":")[0] if line[0] == "failed" else "a picture" for line in lines[:-1])
    bad = [f"{UNEXPLAINED[line[1]]}: {line[2]}" for line in lines if line[0] == "failed" and line[1] in UNEXPLAINED]
    if lines[0][:2] != ["failed", DAMAGED]:
        bad.append(f"a truncated HEIC: {lines[0]}")
    bad += [f"{name}: {line[-1]}" for name, line in zip(whole, lines[1:]) if line[0] != "ok"]
    if len(lines) != len(files) + 1 or lines[-1][0] != "memory":
        bad.append(f"{len(lines)} answers for {len(files)} files, status {done.returncode}")
    elif int(lines[-1][1]) > MEMORY_KB:
        bad.append(f"the worker's side took {lines[-1][1]} KB")
    bad += [f"left behind: {name}" for name in left if name not in ("preview.jpeg", "thumbnail.webp")]
    for reason, n in reasons.most_common():
        print(f"{n:5}  {reason}")
    print("\n".join(bad) or f"{len(files)} files, each with its answer; the worker's side had {lines[-1][1]} KB")
    sys.exit(1 if bad else 0)


main()
