#!/usr/bin/env python3
"""SIGTERM while uploads and thumbnails are under way: both roles end in time and well, and nothing that was promised is lost.

usage: terminate.py BIN [--times N]

Half of the uploads would be over in a few seconds, which a polite end waits for; the others in a minute, which it does not.
"""
import argparse
import signal
import threading
import time

import roles
from photos import OK, Gallery, Photos

UPLOADS = 20
QUICK_SECONDS, SLOW_SECONDS = 4, 60
END_SECONDS = 30
THUMBNAILS = 40                     # some are being decoded when the signal comes, most wait
UNDER_WAY_SECONDS = 2


class Upload(threading.Thread):
    """In pieces over so many seconds."""

    def __init__(self, gallery, number, seconds):
        super().__init__()
        self.gallery, self.number = gallery, number
        pieces = len(gallery.photos[number]) // (64 * 1024) + 1
        self.pause, self.status = seconds / pieces, None

    def run(self):
        self.status, _ = self.gallery.upload(self.number, pause=self.pause)


def end(role, out):
    start = time.monotonic()
    role.process.send_signal(signal.SIGTERM)
    role.process.wait(END_SECONDS * 2)
    out[role] = time.monotonic() - start


def end_all(site):
    """Faults, and how long each role took."""
    took = {}
    threads = [threading.Thread(target=end, args=(role, took)) for role in (site.server, site.worker)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    faults = []
    for name, role in (("server", site.server), ("worker", site.worker)):
        if role not in took or took[role] > END_SECONDS or role.process.returncode != 0:
            faults.append(f"the {name} ended with {role.process.returncode} after {took.get(role)} s")
    return faults, took


def once(site, gallery, first):
    jobs = "SELECT count(*) FROM tintype.job WHERE state = 'active' AND name = 'AssetGenerateThumbnails'"
    for number in range(first, first + THUMBNAILS):
        assert gallery.upload(number, pause=0)[0] == 201
    numbers = range(first + THUMBNAILS, first + THUMBNAILS + UPLOADS)
    uploads = [Upload(gallery, number, SLOW_SECONDS if number % 2 else QUICK_SECONDS) for number in numbers]
    for upload in uploads:
        upload.start()
    with site.connect() as db:
        roles.wait_until(lambda: db.value(jobs) != "0", UNDER_WAY_SECONDS, "a thumbnail under way")
        time.sleep(0.5)
        active = int(db.value(jobs))
        faults, took = end_all(site)
        left = db.value("SELECT count(*) FROM tintype.job WHERE state = 'active'")
    for upload in uploads:
        upload.join()
    done = sum(upload.status in OK for upload in uploads)
    print(f"{len(uploads)} uploads and {active} thumbnails under way: server ended after {took[site.server]:.1f} s, worker after "
          f"{took[site.worker]:.1f} s; {done} uploads were promised, {left} jobs are still held", flush=True)
    if done < UPLOADS // 2:
        faults.append("it did not wait for uploads that were nearly there")
    for role in (site.server, site.worker):
        role.start()
    site.server.wait_for_pong()
    with site.connect() as db:
        faults += gallery.rows_and_files(db)        # before anything is tried again
    with gallery.clients((upload.number for upload in uploads if upload.status not in OK), ()) as clients:
        pass
    faults += clients.faults()
    site.drain()
    return faults + gallery.faults()


def drill(arguments):
    faults = []
    with roles.Site(arguments.bin, "terminate") as site:
        site.start()
        gallery = Gallery(site, Photos(site.folder, ("3000x2000",)))
        for n in range(arguments.times):
            faults += once(site, gallery, n * (THUMBNAILS + UPLOADS))
        roles.check(faults)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    parser.add_argument("--times", type=int, default=3)
    roles.run(drill, parser.parse_args())


main()
