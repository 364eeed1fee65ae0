#!/usr/bin/env python3
"""Disks that fill up, become read-only, or cannot be read in one place, while photos are uploaded and derived.

usage: disk.py BIN      needs root, for mounts

Whatever the disk does: who needs it gets a clear answer and no partial file stays, others go on reading, and when the disk is
well again uploads are stored and the photos that came meanwhile get their thumbnails, all by itself.
"""
import argparse
import contextlib
import http.client
import json
import os
import subprocess
import time
from pathlib import Path

import roles
from faulty import Faulty
from photos import Gallery, Photos

MEDIA_MIB, TABLES_MIB = 384, 64
SICK_SECONDS = 3                    # how long a disk is left as it is
BACK_SECONDS = 75                   # a waiting job looks again after half a minute
FOUND_SECONDS = 20
REMOUNT_SECONDS = 20
FULL, AWAY = "The disk of the server is full", "The disk of the server is not available, try again later"


@contextlib.contextmanager
def small_disk(folder, mib):
    if os.geteuid() != 0:
        raise roles.Skip("needs root, for mounts")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=0755", "drill", folder], check=False).returncode:
        raise roles.Skip("cannot mount a tmpfs")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextlib.contextmanager
def filled(folder):
    """What others free meanwhile is taken again, so that it stays full."""
    with open(Path(folder) / "filler", "wb") as file:
        def fill():
            disk = os.statvfs(folder)
            room = disk.f_bavail * disk.f_frsize
            with contextlib.suppress(OSError):      # others were quicker
                if room:
                    os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, room)
        try:
            fill()
            with roles.Repeated(fill, pause=0.005):
                yield
        finally:
            os.unlink(file.name)


@contextlib.contextmanager
def read_only(folder):
    """The kernel refuses while a file is open for writing, as one is during most of an upload."""
    def remount(how):
        return subprocess.run(["mount", "-o", f"remount,{how}", folder], stderr=subprocess.DEVNULL, check=False).returncode == 0
    roles.wait_until(lambda: remount("ro"), REMOUNT_SECONDS, "a moment without a file open for writing")
    try:
        yield
    finally:
        assert remount("rw")


class Drill:
    def __init__(self, site):
        self.site = site
        self.gallery = Gallery(site, Photos(site.folder, ("320x240", "1024x768")))
        self.next = 0
        self.faults = []

    def take(self, n):
        self.next += n
        return range(self.next - n, self.next)

    # --- reading meanwhile ---

    def get(self, path):
        return roles.request(self.site.server.port, "GET", path, headers={"Authorization": f"Bearer {self.site.token}"})

    def read_one(self):
        """What others do: a photo that was there before, its thumbnail, and a list."""
        status, data = self.get(f"/api/assets/{self.gallery.promised[0]}/original")
        if status != 200 or data != self.gallery.photos[0]:
            raise RuntimeError(f"original: {status}")
        for path in (f"/api/assets/{self.gallery.promised[0]}/thumbnail", "/api/users/me", "/api/timeline/buckets"):
            status, _ = self.get(path)
            if status != 200:
                raise RuntimeError(f"{path}: {status}")

    def errors_of(self, what, reader):
        self.faults += [f"{what}: others could not read: {error!r}" for _, error in reader.errors[:3]]
        if not reader.took_ms:
            self.faults.append(f"{what}: nobody read")

    # --- uploads ---

    def sick_uploads(self, what, sick, status, message):
        """Clients upload before, while and after the disk is sick."""
        before = self.gallery.answers[status]
        with roles.Repeated(self.read_one) as reader, \
                self.gallery.clients(self.take(60), (status,), threads=2, seconds=60, rest=0.1) as clients:
            time.sleep(0.5)
            with sick:
                time.sleep(SICK_SECONDS)
                answer = self.gallery.upload(self.take(1)[0])
                with self.site.connect() as db:
                    partial = [path for path in self.gallery.files("upload") if ".tintype-upload-" in path.name]
                    sent = db.value("SELECT count(*) FROM asset")
        self.faults += [f"{what}: {fault}" for fault in clients.faults()]
        if answer != (status, message):
            self.faults.append(f"{what}: answered {answer}")
        if partial and status == 507:
            self.faults.append(f"{what}: partial files {partial}")
        self.errors_of(what, reader)
        refused = self.gallery.answers[status] - before
        print(f"{what:34} {refused} uploads refused with {answer}, {sent} stored before, {len(reader.took_ms)} reads, "
              f"{len(reader.errors)} failed", flush=True)
        self.site.drain()
        self.faults += [f"{what}: {fault}" for fault in self.gallery.faults()]

    # --- thumbnails ---

    def command(self, word):
        self.site.ask("PUT", "/api/jobs/thumbnailGeneration", {"command": word, "force": False})

    def sick_thumbnails(self, what, sick, reason):
        self.command("pause")
        for number in self.take(10):
            status, message = self.gallery.upload(number)
            assert status == 201, (status, message)
        with self.site.connect() as db, roles.Repeated(self.read_one) as reader:
            waiting = "SELECT count(*) FROM tintype.job WHERE name = 'AssetGenerateThumbnails'"
            roles.wait_until(lambda: db.value(waiting) == "10", FOUND_SECONDS, "metadata")
            with sick:
                self.command("resume")
                delayed = waiting + " AND state = 'delayed' AND error IS NOT NULL"
                roles.wait_until(lambda: db.value(delayed) == "10", FOUND_SECONDS, f"{what}: all thumbnails that fail")
                said = {row[0].split(": ")[-1] for row in db.rows("SELECT error FROM tintype.job")}
            took = roles.wait_until(lambda: db.value(waiting) == "0", BACK_SECONDS, f"{what}: thumbnails after it")
        if said != {reason}:
            self.faults.append(f"{what}: {said}")
        self.errors_of(what, reader)
        print(f"{what:34} 10 thumbnails waited, made {took:.0f} s after it; {said}", flush=True)
        self.site.drain()
        self.faults += [f"{what}: {fault}" for fault in self.gallery.faults()]

    # --- one bad file ---

    def bad_sector(self):
        bad = self.gallery.promised[1]
        with self.site.connect() as db:
            path = db.value(f"""SELECT "originalPath" FROM asset WHERE id = '{bad}'""")
        answers, slowest = set(), 0
        with Faulty(path) as faulty, roles.Repeated(self.read_one) as reader:
            for _ in range(20):
                start = time.monotonic()
                try:
                    answers.add(self.get(f"/api/assets/{bad}/original")[0])
                except (OSError, http.client.HTTPException) as error:
                    answers.add(type(error).__name__)       # the status was sent before the sector was read
                slowest = max(slowest, time.monotonic() - start)
            self.site.ask("POST", "/api/assets/jobs", {"assetIds": [bad, self.gallery.promised[0]],
                                                       "name": "regenerate-thumbnail"})
            failed = "SELECT count(*) FROM tintype.job WHERE error IS NOT NULL"
            with self.site.connect() as db:
                roles.wait_until(lambda: db.value(failed) == "1", FOUND_SECONDS, "a thumbnail that fails")
                left = [json.loads(row[0])["id"] for row in db.rows("SELECT payload FROM tintype.job")]
                said = db.value("SELECT error FROM tintype.job")
            reads = faulty.reads
        if answers & {200, 206}:
            self.faults.append(f"EIO: answered {answers}")
        if left != [bad]:
            self.faults.append(f"EIO: jobs of {left} are left")
        self.errors_of("EIO", reader)
        print(f"EIO on one original                {reads} reads refused, answers {answers}, slowest {slowest * 1000:.0f} ms; the job: "
              f"{said}; {len(reader.took_ms)} other reads, {len(reader.errors)} failed", flush=True)
        self.site.drain()
        if self.get(f"/api/assets/{bad}/original") != (200, self.gallery.photos[1]):
            self.faults.append("EIO: the original does not come back")
        self.faults += [f"EIO: {fault}" for fault in self.gallery.faults()]


def move_tables(site, folder):
    owner = site.cluster.root.stat()
    os.chown(folder, owner.st_uid, owner.st_gid)
    with site.cluster.connect() as db:
        db.run(f"CREATE TABLESPACE small LOCATION '{folder}'")
        db.run(f"ALTER DATABASE {site.database} SET TABLESPACE small")


def drill(arguments):
    with roles.Site(arguments.bin, "disk") as site:
        tables = site.folder / "tables"
        tables.mkdir()
        site.enter(small_disk(site.media, MEDIA_MIB))
        site.enter(small_disk(tables, TABLES_MIB))
        move_tables(site, tables)
        site.start()
        it = Drill(site)
        for number in it.take(2):
            assert it.gallery.upload(number)[0] == 201
        site.drain()
        it.sick_uploads("full disk, uploads", filled(site.media), 507, FULL)
        it.sick_uploads("read-only disk, uploads", read_only(site.media), 503, AWAY)
        it.sick_uploads("full disk of the database, uploads", filled(tables), 507, FULL)
        it.sick_thumbnails("full disk, thumbnails", filled(site.media), "The disk is full")
        it.sick_thumbnails("read-only disk, thumbnails", read_only(site.media), "Read-only file system")
        it.bad_sector()
        roles.check(it.faults)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    roles.run(drill, parser.parse_args())


main()
