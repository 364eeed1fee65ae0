#!/usr/bin/env python3
"""CPU and memory of pictures beside the floor of the same run (../shared/bench/limit.c: plain libvips, in process).

usage: bench.py DERIVE BOX PHOTO… [-n TIMES]      needs ../shared and a C compiler

Prints, for each photo: CPU a photo, the floor's, their ratio, the most resident memory of one process of the box so far; and what a job
costs that only finds out that the file is no picture (start, lock, answer).
"""
import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from shared import SKIPPED, shared  # noqa: E402


def run(command):
    """(CPU in ms, wall in ms, output) of a command and everything it waited for."""
    before, from_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    output = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=False).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu * 1e3, (time.monotonic() - from_s) * 1e3, output


class Bench:
    def __init__(self, program, box, times, work):
        self.program, self.box, self.times, self.work = program, box, times, work

    def each(self, photo):
        """What one more photo costs: the box's start is in neither."""
        command = [self.program, self.box, self.work, "sRGB", "", "8"]
        one, many = run(command + [photo]), run(command + [photo] * (self.times + 1))
        return (many[0] - one[0]) / self.times, (many[1] - one[1]) / self.times, one[0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("derive")
    parser.add_argument("box")
    parser.add_argument("photos", nargs="+")
    parser.add_argument("-n", type=int, default=10)
    arguments = parser.parse_args()
    folder = shared()
    if not folder:
        print("skipped: no ../shared beside the checkout")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as work:
        limit = pathlib.Path(work) / "limit"
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "vips"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
        subprocess.run(["cc", "-w", "-O2", folder / "bench/limit.c", "-o", limit, *flags, "-lcrypto"], check=True)
        bench = Bench(arguments.derive, arguments.box, arguments.n, work)
        print(f"{'photo':40} {'CPU ms':>8} {'floor':>8} {'ratio':>6}  most memory, MB")
        ours = []
        for photo in arguments.photos:  # all before the floor, whose memory would count as well
            ours.append((bench.each(photo)[0], resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024))
        for photo, (cpu, memory) in zip(arguments.photos, ours):
            floor = json.loads(run([limit, photo, arguments.n])[2] or '{"cpu_ms": {"total": 0}}')["cpu_ms"]["total"]
            ratio = f"{cpu / floor:6.2f}" if floor else "     -"
            print(f"{pathlib.Path(photo).name:40} {cpu:8.1f} {floor:8.1f} {ratio}  {memory:.0f}")
        nothing = pathlib.Path(work) / "nothing.jpg"
        nothing.write_text("no picture")
        cpu, wall, start = bench.each(nothing)
        print(f"a job without a picture: {cpu:.1f} ms CPU, {wall:.1f} ms; the box's start: {start:.0f} ms CPU")


main()
