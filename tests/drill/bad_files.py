#!/usr/bin/env python3
"""Uploads files that are made to hurt, and weighs server and worker before and after: none of them may leave anything behind.

The worker is given the box of the tests (tests/box/hook.c), whose decoder never ends when a file tells it so. That file takes
the two minutes of the box's clock; --hurry lowers the decoder's limit of CPU time instead, to see the same end in two seconds.
"""
import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
import time
import zlib
from pathlib import Path

import roles
from photos import Photos
from shared import shared

GROWTH_MIB = 2
WARM_ROUNDS = 3
SIDE_PX = 40_000
SPIN_SECONDS = 180          # the box gives a decoder 120
HURRIED_CPU_SECONDS = 2
FOUND_SECONDS = 60
LOOKS = 5                   # memory at rest is the least of so many looks, a second apart


def png_bomb():
    """A valid picture of one colour: 1.6 GB of rows in 1.6 MB. After a full flush deflate knows no past, so one piece repeats."""
    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
    size = SIDE_PX * (1 + SIDE_PX)
    rows = 1_000
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = deflate.compress(bytes(size // SIDE_PX * rows)) + deflate.flush(zlib.Z_FULL_FLUSH)
    adler = size % 65521 << 16 | 1          # of zeros
    packed = b"\x78\xda" + piece * (SIDE_PX // rows) + b"\x03\0" + adler.to_bytes(4, "big")
    header = SIDE_PX.to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def bad_files(folder, hurry):
    """(name, content, how the reason of its failure begins)"""
    heic = (folder / "testdata/formats/heic/IMG_2682.heic").read_bytes()
    limit = "CPU" if hurry else "time"
    return [
        ("bomb.png", png_bomb(), "The dimensions are over the limit"),
        ("half.heic", heic[:len(heic) // 2], "The file is damaged"),
        ("page.jpg", b"<!DOCTYPE html><title>Not found</title><script>alert(1)</script>\n" * 100, "The format is not supported"),
        ("spin.jpg", b"hook:spin", f"The decoder reached its {limit} limit"),
    ]


def install(bin_dir, folder):
    """The programs beside the tests' box: a worker looks for its box where it lies itself."""
    for name, source in (("tintype-server",) * 2, ("tintype-worker",) * 2, ("tintype-box", "tintype-box-hooks")):
        shutil.copy2(bin_dir / source, folder / name)


def has_open(pid, path):
    try:
        return any(os.readlink(fd) == path for fd in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False


class Drill:
    def __init__(self, site, hurry):
        self.site, self.hurry = site, hurry
        self.photos, self.n_photos = Photos(site.folder, ("3000x2000",)), 0

    def upload(self, name, content):
        kind, body = roles.multipart(name, content)
        status, answer = roles.request(self.site.server.port, "POST", "/api/assets", body,
                                       {"Authorization": f"Bearer {self.site.token}", "Content-Type": kind})
        assert status == 201, (name, status, answer)
        return json.loads(answer)["id"]

    def good_photo(self):
        """Ends with everything mapped that a rest has mapped: the box with its helpers, a few connections."""
        asset = self.upload(f"photo-{self.n_photos}.jpg", self.photos[self.n_photos])
        self.n_photos += 1
        self.site.drain()
        with self.site.connect() as db:
            pictures = db.value(f"""SELECT count(*) FROM asset_file WHERE "assetId" = '{asset}'""")
        assert pictures == "2", f"a good photo has {pictures} pictures"

    def rest(self):
        """MiB of server and worker."""
        looks = []
        for _ in range(LOOKS):
            time.sleep(1)
            looks.append((roles.pss_mib(self.site.server.pid), roles.pss_mib(self.site.worker.pid)))
        return {role: min(look[i] for look in looks) for i, role in enumerate(("server", "worker"))}

    def hurry_decoder(self, asset):
        """Lowers the limit of the one process that has the file open."""
        with self.site.connect() as db:
            path = db.value(f"""SELECT "originalPath" FROM asset WHERE id = '{asset}'""")

        def decoders():
            return [pid for pid, program in roles.descendants(self.site.worker.pid)
                    if program == "tintype-box" and has_open(pid, path)]
        roles.wait_until(decoders, FOUND_SECONDS, "a decoder that spins")
        for pid in decoders():
            resource.prlimit(pid, resource.RLIMIT_CPU, (HURRIED_CPU_SECONDS, HURRIED_CPU_SECONDS + 1))

    def attack(self, files):
        """id -> (name, how the reason begins), after every job has ended."""
        ids = {}
        for name, content, wanted in files:
            ids[asset := self.upload(name, content)] = (name, wanted)
            print(f"{name}: {len(content):,} bytes")
        if self.hurry:
            self.hurry_decoder(asset)       # the last one spins
        self.site.drain(SPIN_SECONDS)
        return ids

    def wrong_ends(self, ids):
        with self.site.connect() as db:
            ends = {asset: (error, attempts) for asset, error, attempts in db.rows(
                "SELECT payload->>'id', error, attempts FROM tintype.job WHERE name = 'AssetGenerateThumbnails'")}
            others = db.rows("SELECT name, error FROM tintype.job WHERE name <> 'AssetGenerateThumbnails'")
        for asset, (name, wanted) in ids.items():
            error, attempts = ends.pop(asset, (None, None))
            print(f"{name}: {error}")
            if not error or not error.startswith(wanted) or attempts != "1":
                yield f"{name}: “{error}” after {attempts} attempts, not “{wanted}” after one"
        for left in [*ends.items(), *others]:
            yield f"a job that should not have failed: {left}"

    def run(self, files):
        self.site.start()
        for _ in range(WARM_ROUNDS):
            self.good_photo()
        before = self.rest()
        ids = self.attack(files)
        self.good_photo()           # the worker goes on, and what it needs for that is there again
        after = self.rest()
        faults = list(self.wrong_ends(ids))
        for role, mib in before.items():
            growth = after[role] - mib
            print(f"{role}: PSS {mib:.2f} MiB before, {after[role]:.2f} MiB after: {growth:+.2f} MiB")
            if growth > GROWTH_MIB:
                faults.append(f"the {role} grew by more than {GROWTH_MIB} MiB")
        roles.check(faults)


def drill(bin_dir, hurry):
    folder = shared()
    if not folder:
        raise roles.Skip("no ../shared beside the checkout")
    with tempfile.TemporaryDirectory(prefix="tintype-bin-") as programs:
        install(bin_dir, Path(programs))
        with roles.Site(programs, "bad-files") as site:
            Drill(site, hurry).run(bad_files(folder, hurry))


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("bin", type=Path, help="folder of the executables")
parser.add_argument("--hurry", action="store_true")
arguments = parser.parse_args()
roles.run(drill, arguments.bin.resolve(), arguments.hurry)
