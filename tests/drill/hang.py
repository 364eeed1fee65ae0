#!/usr/bin/env python3
"""The media tree hangs, as NFS does when its server is gone: what needs no file goes on, what needs one ends by its limit.

usage: hang.py BIN [--seconds N]      needs root, /dev/fuse and bindfs

The tree is seen through bindfs, which is stopped (SIGSTOP) and continued. Everything recovers by itself.
"""
import argparse
import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import threading
import time

import roles
from photos import Gallery, Photos

PING_MS = 50
MOUNT_SECONDS = 10
BACK_SECONDS = 20
HEALTH_SECONDS = 5
HUNG_READERS, HUNG_UPLOADS = 24, 24
CLIENT_SECONDS = 20                 # a hung request is ended by its client; the server must outlive that


class Hanging:
    def __init__(self, under, at):
        self.under, self.at = under, at

    def __enter__(self):
        program = shutil.which("bindfs")
        if os.geteuid() != 0 or not program or not os.path.exists("/dev/fuse"):
            raise roles.Skip("needs root, /dev/fuse and bindfs")
        self.under.mkdir()
        self.process = subprocess.Popen([program, "-f", str(self.under), str(self.at)])
        roles.wait_until(lambda: os.path.ismount(self.at), MOUNT_SECONDS, "bindfs")
        return self

    def __exit__(self, *_):
        self.go_on()
        subprocess.run(["umount", "-l", self.at], check=True)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)


def hung_read(site, asset, out):
    with contextlib.suppress(OSError, http.client.HTTPException):
        out.append(roles.request(site.server.port, "GET", f"/api/assets/{asset}/original",
                                 headers={"Authorization": f"Bearer {site.token}"}, timeout=CLIENT_SECONDS))


def health(site, seen):
    seen.append(roles.ask(site.server.port, "GET", "/api/tintype/health", token=site.token, timeout=HEALTH_SECONDS))


def hang(site, mount, gallery, seconds):
    faults, answers, seen = [], [], []
    asset = gallery.promised[0]
    number = max(gallery.promised) + 1
    threads = [threading.Thread(target=hung_read, args=(site, asset, answers)) for _ in range(HUNG_READERS)]
    threads += [threading.Thread(target=gallery.upload, args=(number + n,)) for n in range(HUNG_UPLOADS)]
    before = roles.descriptors(site.server.pid)

    def list_things():
        for path in ("/api/users/me", "/api/timeline/buckets", f"/api/assets/{asset}"):
            site.ask("GET", path, timeout=HEALTH_SECONDS)

    with roles.pings(site.server.port) as pings, roles.Repeated(list_things) as lists, \
            roles.Repeated(lambda: health(site, seen), pause=1) as healths:
        mount.stop()
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        sick = [part for parts in seen[-1:] for part in parts.get("parts", []) if not part["ok"]]
        for thread in threads:
            thread.join()
        mount.go_on()
        back = roles.wait_until(lambda: is_back(site, gallery), BACK_SECONDS, "reading after it")
    if pings.errors or pings.percentile(0.99) > PING_MS:
        faults.append(f"pings: p99 {pings.percentile(0.99):.0f} ms, {len(pings.errors)} failed")
    if lists.errors:
        faults.append(f"requests that need no file: {len(lists.errors)} failed, {lists.errors[0]}")
    if healths.errors or "media" not in {part["name"] for part in sick}:
        faults.append(f"health: {healths.errors[:1]} {sick}")
    print(f"hung for {seconds} s: ping p99 {pings.percentile(0.99):.1f} ms, slowest {max(pings.took_ms):.0f} of {len(pings.took_ms)}; "
          f"{len(lists.took_ms)} rounds of lists, slowest {max(lists.took_ms):.0f} ms, {len(lists.errors)} failed; "
          f"hung requests {len(threads)}, of which {len(answers)} answered; reads again after {back:.2f} s; "
          f"health said {[part['detail'] for part in sick]}", flush=True)
    retry = range(number, number + HUNG_UPLOADS)
    with gallery.clients(retry, (None, 503)) as clients:
        pass
    faults += clients.faults()
    site.drain()
    after = roles.wait_until(lambda: roles.descriptors(site.server.pid) <= before, BACK_SECONDS + 40, "descriptors as before")
    print(f"descriptors as before ({before}) after {after:.0f} s", flush=True)
    return faults


def is_back(site, gallery):
    out = []
    hung_read(site, gallery.promised[0], out)
    return out == [(200, gallery.photos[0])]


def drill(arguments):
    with roles.Site(arguments.bin, "hang") as site:
        mount = site.enter(Hanging(site.folder / "disk", site.media))
        site.start()
        first = [site.server.pid, site.worker.pid]
        gallery = Gallery(site, Photos(site.folder, ("1600x1200",)))
        with gallery.clients(range(8), ()):
            pass
        site.drain()
        faults = hang(site, mount, gallery, arguments.seconds)
        if [site.server.pid, site.worker.pid] != first or not site.server.alive or not site.worker.alive:
            faults.append("server or worker did not live through it")
        roles.check(faults + gallery.faults())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    parser.add_argument("--seconds", type=int, default=30)
    roles.run(drill, parser.parse_args())


main()
