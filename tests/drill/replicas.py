#!/usr/bin/env python3
"""Two servers and two workers on one database, with Redis and without, and one of each killed meanwhile.

usage: replicas.py BIN [--redis yes|no|both] [--seed N]

Every upload is stored once, whichever server takes it; its events reach the websockets of both, once; the limits of a queue
and its pause hold for all workers, whichever server was told; what a killed worker held is done by the other.
"""
import argparse
import collections
import contextlib
import random
import shutil
import subprocess
import time

import roles
from live import Live
from photos import Gallery, Photos

EVENTS = ("on_upload_success", "AssetUploadReadyV2")
EVENT_SECONDS = 5
PAUSE_SECONDS = 3
THUMBNAILS, SINGLE = "thumbnailGeneration", "duplicateDetection"
ANSWERS = (None, 500, 503)

# Who ran what, and when, exactly: the jobs themselves are gone when they are done.
JOURNAL = """
CREATE SCHEMA drill;
CREATE TABLE drill.journal (job bigint, queue text, worker text, begins boolean, at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION drill.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'active' THEN
        INSERT INTO drill.journal (job, queue, worker, begins) VALUES (OLD.id, OLD.queue, OLD.worker, false);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state = 'active' THEN
        INSERT INTO drill.journal (job, queue, worker, begins) VALUES (NEW.id, NEW.queue, NEW.worker, true);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER drill_note AFTER UPDATE OF state OR DELETE ON tintype.job FOR EACH ROW EXECUTE FUNCTION drill.note();
"""


@contextlib.contextmanager
def redis(folder, port):
    program = shutil.which("redis-server")
    if not program:
        raise roles.Skip("no redis-server")
    with open(folder / "redis.log", "ab") as log:
        process = subprocess.Popen([program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
                                   stdout=log, stderr=log, cwd=folder)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


class Drill:
    def __init__(self, site, rng):
        self.site, self.random = site, rng
        self.gallery = Gallery(site, Photos(site.folder, ("640x480",)))
        self.next, self.faults = 0, []

    def take(self, n):
        self.next += n
        return range(self.next - n, self.next)

    @property
    def ports(self):
        return [server.port for server in self.site.servers]

    def ask(self, server, *request):
        return roles.ask(self.site.servers[server].port, *request, token=self.site.token)

    def upload(self, numbers, allowed=()):
        with self.gallery.clients(numbers, allowed, ports=self.ports) as clients:
            pass
        self.faults += clients.faults()

    # --- events ---

    def events(self, what):
        """Each new photo is told of once, on both servers."""
        numbers = self.take(30)
        lives = [Live(port, self.site.token).listen() for port in self.ports]
        try:
            self.upload(numbers)
            self.site.drain()
            wanted = {self.gallery.promised[number] for number in numbers}
            for name in EVENTS:
                with contextlib.suppress(AssertionError):
                    roles.wait_until(lambda: all(len(live.named(name)) >= len(wanted) for live in lives), EVENT_SECONDS, name)
                for n, live in enumerate(lives):
                    told = collections.Counter(value["id"] if name == EVENTS[0] else value["asset"]["id"]
                                               for value in live.named(name))
                    if told != collections.Counter(wanted):
                        self.faults.append(f"{what}: server {n} told {name} of {sum(told.values())} photos, {len(told)} different, "
                                           f"{len(wanted & set(told))} of {len(wanted)}")
        finally:
            for live in lives:
                live.close()
        print(f"{what}: {len(wanted)} photos, each event on both servers", flush=True)

    # --- queues ---

    def most(self, db, queue, by_worker):
        """How many jobs of the queue ran at once, of one worker or of all."""
        running, most = collections.Counter(), 0
        for worker, begins in db.rows(f"SELECT worker, begins FROM drill.journal WHERE queue = '{queue}' ORDER BY at, begins"):
            key = worker if by_worker else None
            running[key] += 1 if begins == "t" else -1
            most = max(most, running[key])
        return most

    def set_concurrency(self, db, n):
        """As another program would: in the database. Workers read it when they start."""
        db.run(f"""INSERT INTO system_metadata (key, value) VALUES ('system-config', '{{"job": {{"{THUMBNAILS}": {{"concurrency": {n}}}}}}}')
            ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value""")
        for worker in self.site.workers:
            worker.stop()
            worker.start()

    def limits(self):
        with self.site.connect() as db:
            db.run("TRUNCATE drill.journal")
            self.upload(self.take(60))
            db.run(f"""INSERT INTO tintype.job (queue, name, payload, max_attempts)
                SELECT '{SINGLE}', 'AssetDetectDuplicates', jsonb_build_object('id', id), 3 FROM asset""")
            self.site.drain()
            usual, both = self.most(db, THUMBNAILS, True), self.most(db, THUMBNAILS, False)
            single = self.most(db, SINGLE, False)
            workers = db.value(f"SELECT count(DISTINCT worker) FROM drill.journal WHERE queue = '{THUMBNAILS}'")

            allowed = self.ask(0, "GET", "/api/system-config")["job"][THUMBNAILS]["concurrency"]
            self.set_concurrency(db, 1)
            db.run("TRUNCATE drill.journal")
            self.upload(self.take(40))
            self.site.drain()
            lowered = self.most(db, THUMBNAILS, True)
            self.set_concurrency(db, allowed)
        if usual > allowed or lowered > 1 or single != 1 or workers != "2":
            self.faults.append(f"limits: {usual} thumbnails at once of a worker that may do {allowed}, {lowered} of 1; {single} of a "
                               f"single queue; {workers} workers")
        print(f"limits: thumbnails at once {usual} of {allowed} in a worker, {both} in both, {lowered} of 1 when lowered; "
              f"{SINGLE} {single} in all", flush=True)

    def pause(self):
        thumbnails = "/api/jobs/" + THUMBNAILS
        with self.site.connect() as db:
            self.ask(0, "PUT", thumbnails, {"command": "pause", "force": False})
            db.run("TRUNCATE drill.journal")
            if not self.ask(1, "GET", "/api/jobs")[THUMBNAILS]["queueStatus"]["isPaused"]:
                self.faults.append("pause: the other server does not know")
            self.upload(self.take(20))
            waiting = "SELECT count(*) FROM tintype.job WHERE name = 'AssetGenerateThumbnails' AND state = 'waiting'"
            roles.wait_until(lambda: db.value(waiting) == "20", EVENT_SECONDS, "jobs of a paused queue")
            time.sleep(PAUSE_SECONDS)
            begun = db.value(f"SELECT count(*) FROM drill.journal WHERE queue = '{THUMBNAILS}' AND begins")
            if begun != "0" or db.value(waiting) != "20":
                self.faults.append(f"pause: {begun} jobs were begun")
            self.ask(1, "PUT", thumbnails, {"command": "resume", "force": False})
            took = roles.wait_until(lambda: db.value(waiting) == "0", EVENT_SECONDS, "resuming by the other server")
        self.site.drain()
        print(f"pause: {begun} of 20 jobs begun in {PAUSE_SECONDS} s, all taken {took:.1f} s after the other server resumed", flush=True)

    # --- killing one of each ---

    def kill(self):
        victims = [self.random.choice(self.site.servers), self.random.choice(self.site.workers)]
        with self.gallery.clients(self.take(120), ANSWERS, ports=self.ports) as clients:
            time.sleep(1)
            for victim in victims:
                victim.kill()
        self.faults += clients.faults()
        self.site.drain()
        for victim in victims:
            victim.start()
        victims[0].wait_for_pong()
        print(f"one of each killed: 120 uploads, answers {dict(self.gallery.answers)}", flush=True)

    def run(self, bus):
        with self.site.connect() as db:
            db.run(JOURNAL)
        self.events("events")
        self.limits()
        self.pause()
        self.kill()
        self.events("events after the kill")
        if bus:
            bus.kill()
            bus.wait()
            self.events("events without the Redis that was there")
        self.faults += self.gallery.faults()
        return self.faults


def once(bin_dir, with_redis, rng):
    print("with Redis" if with_redis else "without Redis", flush=True)
    port = roles.free_port()
    env = {"REDIS_HOSTNAME": "127.0.0.1", "REDIS_PORT": str(port)} if with_redis else {}
    with roles.Site(bin_dir, "replicas", env) as site:
        bus = site.enter(redis(site.folder, port)) if with_redis else None
        site.start()
        site.add_server()
        site.add_worker()
        roles.check(Drill(site, rng).run(bus))


def drill(arguments):
    rng = random.Random(arguments.seed)
    for with_redis in {"yes": [True], "no": [False], "both": [False, True]}[arguments.redis]:
        once(arguments.bin, with_redis, rng)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    parser.add_argument("--redis", choices=("yes", "no", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    roles.run(drill, parser.parse_args())


main()
