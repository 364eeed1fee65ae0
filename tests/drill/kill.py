#!/usr/bin/env python3
"""Kills server, worker, decoders and PostgreSQL at random moments of many uploads, and then counts what is there.

usage: kill.py BIN LATER [--rounds N] [--uploads N] [--seed N]

BIN is the folder of the executables, LATER the library made of later.c.

What must hold whatever dies (DESIGN §2, §6): every 201 has exactly one row and a byte-identical file; nothing else has a
row; after the sweep no file is left that no row names; every asset has its metadata and thumbnails, so no job was lost.
"""
import argparse
import collections
import contextlib
import http.client
import os
import random
import signal
import time
import uuid

import roles
from photos import Gallery

PAUSE_SECONDS = (0.05, 0.7)         # between two kills
BACK_SECONDS = 120
AFTER_SECONDS = 8                   # jobs run on after the uploads: that is when worker and decoders have something to lose
ANSWERS = (None, 500, 503)          # None: the connection broke
# Decoders are there only while they have work. A killed database takes a second to recover.
VICTIMS = ("server", "server", "worker", "box", "box", "box", "backend", "postgres")


class Drill:
    def __init__(self, site, later, seed):
        self.site, self.later, self.random = site, later, random.Random(seed)
        self.gallery = Gallery(site)
        self.kills = collections.Counter()
        self.crashes, self.restarts = [], 0

    # --- killing; by the thread that started the database ---

    def find_victim(self, name):
        if name in ("server", "worker"):
            return getattr(self.site, name).pid
        found = (self.site.cluster.backends() if name == "backend" else
                 [pid for pid, program in roles.descendants(self.site.worker.pid) if program == "tintype-box"])
        return self.random.choice(found) if found else None

    def kill_one(self):
        victim = self.random.choice(VICTIMS)
        if victim == "postgres":
            self.site.cluster.kill()
            self.kills[victim] += 1
            self.site.cluster.restart()
            return
        pid = self.find_victim(victim)
        if pid is None:
            return
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.kills[victim] += 1
        if victim in ("server", "worker"):
            getattr(self.site, victim).restart()

    def supervise(self):
        """What ended by itself, as after a minute without a database, is started again; a crash is a fault. PostgreSQL gives up
        when the process that recovers it is killed."""
        if not self.site.cluster.alive:
            self.restarts += 1
            self.site.cluster.restart()
        for role in (self.site.server, self.site.worker):
            if role.alive:
                continue
            if role.process.returncode < 0:
                self.crashes.append(f"{role.log.name} was ended by signal {-role.process.returncode}")
            self.restarts += 1
            role.start()

    def is_up(self):
        self.supervise()
        with contextlib.suppress(OSError, http.client.HTTPException):
            return roles.ask(self.site.server.port, "GET", "/api/server/ping") == {"res": "pong"}
        return False

    def kill_while(self, condition):
        while condition():
            time.sleep(self.random.uniform(*PAUSE_SECONDS))
            self.supervise()
            self.kill_one()

    # --- a round ---

    def round(self, numbers):
        faults = []
        with self.gallery.clients(numbers, ANSWERS) as clients:
            self.kill_while(lambda: clients.running)
        faults += clients.faults()
        until = time.monotonic() + AFTER_SECONDS
        self.kill_while(lambda: time.monotonic() < until)
        roles.wait_until(self.is_up, BACK_SECONDS, "server and worker")
        self.site.drain()
        self.sweep()
        return faults + self.crashes + self.gallery.faults()

    def sweep(self):
        """What uploads left is taken for unfinished after an hour, so the next server starts two hours later."""
        server = self.site.server
        server.stop()
        server.env["LD_PRELOAD"] = self.later
        server.start()
        server.wait_for_pong()
        server.stop()
        del server.env["LD_PRELOAD"]
        server.start()
        server.wait_for_pong()


def drill(arguments):
    print("seed", arguments.seed, flush=True)
    faults = []
    with roles.Site(arguments.bin, "kill") as site:
        site.start()
        it = Drill(site, os.path.abspath(arguments.later), arguments.seed)
        for n in range(arguments.rounds):
            found = it.round(range(n * arguments.uploads, (n + 1) * arguments.uploads))
            faults += [f"round {n + 1}: {fault}" for fault in found]
            print(f"round {n + 1}: {len(it.gallery.promised)} photos promised, answers {dict(it.gallery.answers)}, "
                  f"kills {dict(it.kills)}, ended by themselves {it.restarts}, {len(found)} faults", flush=True)
        roles.check(faults)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    parser.add_argument("later")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--uploads", type=int, default=100)
    parser.add_argument("--seed", type=int, default=uuid.uuid4().int % 1_000_000)
    roles.run(drill, parser.parse_args())


main()
