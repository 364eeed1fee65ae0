#!/usr/bin/env python3
"""A database that ends every session under load, and one that accepts and never answers.

usage: database.py BIN [--ends N] [--silence SECONDS] [--seed N]

Ended sessions: requests work again within 5 s, jobs are taken at once, and no upload is lost or doubled.
Silence: pings stay quick, everybody else's wait ends in an answer, health says so, and all works again by itself.
"""
import argparse
import contextlib
import json
import os
import random
import signal
import threading
import time

import roles
from photos import Gallery, Photos

BACK_SECONDS = 5
PING_MS = 50
TAKEN_SECONDS = 10                  # a job of an idle queue, told by NOTIFY
HEALTH_SECONDS = 5
WAIT_SECONDS = 75                   # a statement's 60 s, and what the client's side adds
READERS = 4
ENDED = (None, 500, 503)


def is_healthy(site):
    try:
        return roles.ask(site.server.port, "GET", "/api/tintype/health", timeout=HEALTH_SECONDS) == {"ok": True}
    except (OSError, roles.Refused):
        return False


def works(site):
    with contextlib.suppress(OSError, roles.Refused):
        return site.ask("GET", "/api/users/me")["email"] == roles.EMAIL
    return False


def is_taken(site, gallery, number):
    """Uploads one photo and waits for its thumbnail."""
    status, message = gallery.upload(number)
    assert status == 201, (status, message)
    with site.connect() as db:
        done = f"SELECT count(*) FROM asset WHERE id = '{gallery.promised[number]}' AND thumbhash IS NOT NULL"
        return roles.wait_until(lambda: db.value(done) == "1", TAKEN_SECONDS, "a thumbnail")


class Numbers:
    """Of photos, never the same twice."""

    def __init__(self):
        self.next = 0

    def take(self, n=1):
        self.next += n
        return range(self.next - n, self.next)


def end_sessions(site, gallery, numbers, times, rng):
    """Faults. Uploads and readers run all the time."""
    faults, back, killed = [], [], 0
    with contextlib.ExitStack() as stack:
        clients = stack.enter_context(gallery.clients(numbers.take(60 * times), ENDED))
        readers = [stack.enter_context(roles.Repeated(lambda: site.ask("GET", "/api/users/me"))) for _ in range(READERS)]
        for _ in range(times):
            time.sleep(rng.uniform(0.5, 1.5))
            with site.connect() as db:
                killed += int(db.value("""SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                                          WHERE datname = current_database() AND pid <> pg_backend_pid()"""))
            back.append(roles.wait_until(lambda: works(site), BACK_SECONDS, "requests after their sessions were ended"))
        clients.over.set()
    faults += clients.unexpected
    errors = sum(len(reader.errors) for reader in readers)
    reads = sum(len(reader.took_ms) for reader in readers)
    print(f"{times} times all {killed} sessions ended: works again after {max(back):.2f} s at most; {reads} reads, {errors} failed, "
          f"slowest {max(max(r.took_ms) for r in readers):.0f} ms; uploads {dict(gallery.answers)}", flush=True)
    healthy = roles.wait_until(lambda: is_healthy(site), BACK_SECONDS, "health")
    site.drain()
    print(f"healthy after {healthy:.2f} s, a new photo has its thumbnail after {is_taken(site, gallery, numbers.take()[0]):.2f} s")
    site.drain()
    return faults + gallery.faults()


class Silence:
    """The database stands still, as on a host that hangs: it is connected to, and never answers."""

    def __init__(self, cluster):
        self.cluster, self.pids = cluster, []

    def __enter__(self):
        # The first of them last: it would start new ones.
        self.pids = [self.cluster.pid, *self.cluster.backends()]
        for pid in self.pids:
            os.kill(pid, signal.SIGSTOP)
        return self

    def __exit__(self, *_):
        for pid in self.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


class Asker(threading.Thread):
    """One request in the silence: what it was answered, and when."""

    def __init__(self, site):
        super().__init__()
        self.site, self.status, self.message, self.took = site, None, None, None

    def run(self):
        start = time.monotonic()
        with contextlib.suppress(OSError):
            self.status, body = roles.request(self.site.server.port, "GET", "/api/users/me",
                                              headers={"Authorization": f"Bearer {self.site.token}"}, timeout=WAIT_SECONDS + 30)
            self.message = json.loads(body).get("message")
        self.took = time.monotonic() - start


def be_silent(site, gallery, numbers, seconds):
    faults, sick = [], []
    askers = [Asker(site) for _ in range(20)]
    with gallery.clients(numbers.take(40), ENDED), roles.pings(site.server.port) as pings:
        time.sleep(1)
        with Silence(site.cluster):
            for asker in askers:
                asker.start()
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                start = time.monotonic()
                try:
                    answer = roles.ask(site.server.port, "GET", "/api/tintype/health", timeout=HEALTH_SECONDS)
                    sick.append(answer == {"ok": False})
                except (OSError, roles.Refused) as error:
                    faults.append(f"health in the silence: {error!r} after {time.monotonic() - start:.1f} s")
                time.sleep(1)
            if not sick or not all(sick):
                faults.append(f"health did not say that the database is silent: {sick}")
        back = roles.wait_until(lambda: works(site), BACK_SECONDS, "requests after the silence")
    for asker in askers:
        asker.join()
    slowest = max(asker.took for asker in askers)
    statuses = sorted({(asker.status, asker.message) for asker in askers}, key=str)
    if slowest > WAIT_SECONDS:
        faults.append(f"a request waited for {slowest:.0f} s")
    if not {status for status, _ in statuses} <= {200, 503}:
        faults.append(f"answers in the silence: {statuses}")
    if pings.errors or pings.percentile(0.99) > PING_MS:
        faults.append(f"pings: p99 {pings.percentile(0.99):.0f} ms, {len(pings.errors)} failed {pings.errors[:1]}")
    print(f"silent for {seconds} s: ping p99 {pings.percentile(0.99):.1f} ms, slowest {max(pings.took_ms):.0f} ms of "
          f"{len(pings.took_ms)}; answers {statuses}, the last after {slowest:.1f} s; works again after {back:.2f} s", flush=True)
    healthy = roles.wait_until(lambda: is_healthy(site), BACK_SECONDS + 5, "health")
    site.drain()
    print(f"healthy after {healthy:.2f} s, a new photo has its thumbnail after {is_taken(site, gallery, numbers.take()[0]):.2f} s")
    site.drain()
    return faults + gallery.faults()


def drill(arguments):
    rng, numbers = random.Random(arguments.seed), Numbers()
    with roles.Site(arguments.bin, "database") as site:
        site.start()
        gallery = Gallery(site, Photos(site.folder, ("320x240",)))
        first = [site.server.pid, site.worker.pid]
        faults = end_sessions(site, gallery, numbers, arguments.ends, rng)
        if arguments.silence:
            faults += be_silent(site, gallery, numbers, arguments.silence)
        if [site.server.pid, site.worker.pid] != first or not site.server.alive or not site.worker.alive:
            faults.append("server or worker did not live through it")
        roles.check(faults)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    parser.add_argument("--ends", type=int, default=5)
    parser.add_argument("--silence", type=int, default=90)
    parser.add_argument("--seed", type=int, default=1)
    roles.run(drill, parser.parse_args())


main()
