#!/usr/bin/env python3
"""Feeds damaged photos and videos to the box: every one must end as a picture or as a failure with its reason, and cost nothing
but its own job.

usage: mutations.py DERIVE BOX [COUNT [SEED]]      skipped without ../shared; 500 is the full drill

Mutations: flipped bytes, runs of noise, cuts, doubled pieces, and the header of another format. Crashes of a decoder are allowed
(that is what the box is for) but counted; jobs that end without a reason, a parent that grows, files or processes left behind
are not.
"""
import collections
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from shared import SKIPPED, shared  # noqa: E402

# Of the worker's side, whatever the files hold; the sanitizer's shadow comes on top of it.
MEMORY_KB = 16 * 1024 * (2 if "ASAN_OPTIONS" in os.environ else 1)
SIZE_MAX = 3_000_000
DAMAGED = "2"              # failure.def's BOX_CORRUPT
UNEXPLAINED = {"0": "not from the box", "14": "no usable answer"}
SAMPLES = ["formats/jpg/el_torcal_rocks.jpg", "formats/heic/IMG_2682.heic", "formats/avif/8bit-sRGB.avif",
           "formats/jxl/8bit-sRGB.jxl", "formats/png/density_plot.png", "formats/webp/denali.webp", "formats/mp4/testsrc.mp4",
           "albums/nature/cyclamen_persicum.jpg", "metadata/gps-position/thompson-springs.jpg"]


def flip(rnd, data):
    for _ in range(rnd.randint(1, 20)):
        data[rnd.randrange(len(data))] = rnd.randrange(256)


def flip_head(rnd, data):
    for _ in range(rnd.randint(1, 8)):
        data[rnd.randrange(min(512, len(data)))] = rnd.randrange(256)


def noise(rnd, data):
    at, n = rnd.randrange(len(data)), rnd.randint(1, 4096)
    data[at:at + n] = rnd.randbytes(len(data[at:at + n]))


def cut(rnd, data):
    del data[rnd.randrange(1, len(data)):]


def double(rnd, data):
    at = rnd.randrange(len(data))
    data[at:at] = data[at:at + rnd.randint(1, 4096)]


def numbers(rnd, data):
    """Sizes and offsets in the head become extreme."""
    at = rnd.randrange(min(2048, max(1, len(data) - 4)))
    data[at:at + 4] = rnd.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\xff\xff"])


MUTATIONS = [flip, flip_head, noise, cut, double, numbers]


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
    samples = [path for path in (folder / "testdata" / name for name in SAMPLES) if path.stat().st_size < SIZE_MAX]
    with tempfile.TemporaryDirectory() as work:
        outputs = pathlib.Path(work) / "out"
        files = [truncated(folder, work), *samples]
        for i in range(count):
            source = samples[i % len(samples)]
            data = bytearray(source.read_bytes())
            rnd.choice(MUTATIONS)(rnd, data)
            files.append(pathlib.Path(work) / f"{i}{source.suffix}")
            files[-1].write_bytes(data)
        done = subprocess.run([program, box, outputs, "", "", "0", *files], stdout=subprocess.PIPE, text=True, timeout=3600, check=False)
        left = sorted(path.name for path in outputs.iterdir())
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    reasons = collections.Counter(line[2].split(":")[0] if line[0] == "failed" else "a picture" for line in lines[:-1])
    bad = [f"{UNEXPLAINED[line[1]]}: {line[2]}" for line in lines if line[0] == "failed" and line[1] in UNEXPLAINED]
    if lines[0][:2] != ["failed", DAMAGED]:
        bad.append(f"a truncated HEIC: {lines[0]}")
    bad += [f"{name}: {line[-1]}" for name, line in zip(SAMPLES, lines[1:]) if line[0] != "ok"]
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
