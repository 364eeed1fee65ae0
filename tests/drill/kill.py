#!/usr/bin/env python3
"""Kills server, worker and decoders at random moments of many uploads, and then counts what is there.

usage: kill.py BIN LATER [UPLOADS [SEED]]

BIN is the folder of the executables, LATER the library made of later.c; 100 uploads.

What must hold whatever dies (DESIGN §2, §6): every 201 has exactly one row and a byte-identical file; nothing else has a
row; after the sweep no file is left that no row names; every asset has its metadata and thumbnails, so no job was lost.
"""
import collections
import hashlib
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from roles import EMAIL, PASSWORD, Cluster, Role, ask, descendants, free_port, multipart    # noqa: E402

CLIENTS = 4
PIECE = 64 * 1024
PAUSE_SECONDS = (0.05, 0.7)         # between two kills
ATTACK_SECONDS = 300
DRAIN_SECONDS = 240                 # a lease runs for 30 s, and a job may lose its worker more than once
ANSWERS = (200, 201, None, 500, 503)     # None: the connection broke
VICTIMS = ("server", "server", "worker", "box", "box", "box")      # decoders are there only while they have work


class Drill:
    def __init__(self, bin_dir, later, uploads, seed):
        self.bin, self.later = Path(bin_dir).resolve(), Path(later).resolve()
        self.uploads, self.random = uploads, random.Random(seed)
        self.folder = Path(tempfile.mkdtemp(prefix="tintype-drill-"))
        self.folder.chmod(0o755)
        self.media = self.folder / "media"
        self.media.mkdir()
        self.kills = collections.Counter()
        self.answers = collections.Counter()
        self.acknowledged = {}          # number of the photo -> id
        self.todo = collections.deque(range(uploads))
        self.lock = threading.Lock()
        self.done = threading.Event()
        self.photos = [self.make_photo(size) for size in ("320x240", "1600x1200", "3000x2000")]

    # --- photos ---

    def make_photo(self, size):
        path = self.folder / f"{size}.jpg"
        subprocess.run(["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", f"testsrc2=s={size},noise=alls=20:all_seed=7",
                        "-frames:v", "1", "-pix_fmt", "yuvj420p", "-q:v", "2", str(path)], check=True, stdin=subprocess.DEVNULL)
        return path.read_bytes()

    def photo(self, number):
        """Bytes after the end of the picture make each a file of its own."""
        return self.photos[number % len(self.photos)] + f"photo {number}".encode()

    # --- uploading ---

    def upload(self, number):
        """One attempt; the status, or None when the connection broke."""
        kind, body = multipart(f"photo-{number}.jpg", self.photo(number))
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            link.putrequest("POST", "/api/assets")
            for name, value in (("Authorization", f"Bearer {self.token}"), ("Content-Type", kind),
                                ("Content-Length", str(len(body)))):
                link.putheader(name, value)
            link.endheaders()
            for start in range(0, len(body), PIECE):
                link.send(body[start:start + PIECE])
                time.sleep(0.002)
            reply = link.getresponse()
            answer = json.loads(reply.read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            link.close()
        if reply.status in (200, 201):
            with self.lock:
                known = self.acknowledged.setdefault(number, answer["id"])
            assert known == answer["id"], f"photo {number} has two ids: {known}, {answer['id']}"
        return reply.status

    def client(self):
        deadline = time.monotonic() + ATTACK_SECONDS
        while time.monotonic() < deadline:
            with self.lock:
                if not self.todo:
                    return
                number = self.todo.popleft()
            status = self.upload(number)
            with self.lock:
                self.answers[status] += 1
                if status not in (200, 201):
                    self.todo.append(number)
            if status not in ANSWERS:
                return              # what nobody answers is a fault, and so is what is never answered
            if status not in (200, 201):
                time.sleep(0.2)

    # --- killing ---

    def find_victim(self, name):
        role = self.roles["worker" if name == "box" else name]
        if name != "box":
            return role.pid
        boxes = [pid for pid, program in descendants(role.pid) if program == "tintype-box"]
        return self.random.choice(boxes) if boxes else None

    def killer(self):
        while not self.done.wait(self.random.uniform(*PAUSE_SECONDS)):
            victim = self.random.choice(VICTIMS)
            pid = self.find_victim(victim)
            if pid is None:
                continue
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            self.kills[victim] += 1
            if victim != "box":
                self.roles[victim].restart()

    # --- the run ---

    def run(self):
        with Cluster() as cluster:
            url = cluster.url(cluster.create("drill"))
            self.port = free_port()
            env = {"DB_URL": url, "IMMICH_MEDIA_LOCATION": str(self.media), "IMMICH_HOST": "127.0.0.1",
                   "IMMICH_PORT": str(self.port)}
            self.roles = {name: Role(self.bin / f"tintype-{name}", self.folder, env) for name in ("server", "worker")}
            try:
                with cluster.connect("drill") as db:
                    self.attack()
                    self.drain(db)
                    self.sweep()
                    return self.judge(db)
            finally:
                for role in self.roles.values():
                    role.stop()

    def attack(self):
        self.roles["server"].start()
        self.roles["server"].wait_for_pong(self.port)
        self.roles["worker"].start()
        who = {"email": EMAIL, "password": PASSWORD}
        ask(self.port, "POST", "/api/auth/admin-sign-up", who | {"name": "Drill"})
        self.token = ask(self.port, "POST", "/api/auth/login", who)["accessToken"]

        clients = [threading.Thread(target=self.client) for _ in range(CLIENTS)]
        killer = threading.Thread(target=self.killer)
        for thread in [*clients, killer]:
            thread.start()
        for thread in clients:
            thread.join()
        # Jobs are still running: that is when worker and decoders have something to lose.
        time.sleep(min(10, self.uploads / 5))
        self.done.set()
        killer.join()
        self.roles["server"].wait_for_pong(self.port)
        assert not self.todo, f"{len(self.todo)} photos are not uploaded, answers {dict(self.answers)}"

    def drain(self, db):
        deadline = time.monotonic() + DRAIN_SECONDS
        left = "SELECT count(*) FROM tintype.job WHERE state <> 'dead'"
        while db.value(left) != "0":
            assert time.monotonic() < deadline, f"jobs left: {db.rows('SELECT name, state, error FROM tintype.job')}"
            time.sleep(0.5)

    def sweep(self):
        """What uploads left is taken for unfinished after an hour, so the next server starts two hours later."""
        server = self.roles["server"]
        server.stop()
        server.env["LD_PRELOAD"] = str(self.later)
        server.start()
        server.wait_for_pong(self.port)

    def files(self, folder):
        return [path for path in (self.media / folder).rglob("*") if path.is_file() and path.name != ".immich"]

    # --- judging ---

    def judge(self, db):
        faults = [*self.rows_and_files(db), *self.strays(db), *self.unfinished(db)]
        print(f"{self.uploads} photos, answers {dict(self.answers)}, kills {dict(self.kills)}, {len(faults)} faults")
        for fault in faults[:20]:
            print("FAULT", fault)
        return not faults

    def rows_and_files(self, db):
        rows = {row[0]: row[1:] for row in db.rows("""SELECT id, "originalPath", encode(checksum, 'hex') FROM asset""")}
        for number in range(self.uploads):
            if number not in self.acknowledged:
                yield f"photo {number} was never acknowledged"
                continue
            row = rows.pop(self.acknowledged[number], None)
            if row is None:
                yield f"photo {number} was acknowledged and has no row"
                continue
            path, checksum = Path(row[0]), row[1]
            if checksum != hashlib.sha1(self.photo(number)).hexdigest():
                yield f"photo {number}: wrong checksum"
            elif not path.is_file() or path.read_bytes() != self.photo(number):
                yield f"photo {number}: {path} is not the photo"
        for row in rows.values():
            yield f"a row that nobody was told of: {row}"

    def strays(self, db):
        known = {row[0] for row in db.rows("""SELECT "originalPath" FROM asset UNION SELECT path FROM asset_file""")}
        for folder in ("upload", "thumbs"):
            for path in self.files(folder):
                if str(path) not in known:
                    yield f"no row names {path}"

    @staticmethod
    def unfinished(db):
        for row in db.rows("SELECT name, error FROM tintype.job"):
            yield f"a job died: {row}"
        for row in db.rows("""
                SELECT a.id, a.thumbhash IS NOT NULL, s."metadataExtractedAt" IS NOT NULL,
                    (SELECT count(*) FROM asset_file f WHERE f."assetId" = a.id)
                FROM asset a LEFT JOIN asset_job_status s ON s."assetId" = a.id"""):
            if row[1:] != ("t", "t", "2"):
                yield f"asset (id, thumbhash, metadata, files) {row}"


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    uploads = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else uuid.uuid4().int % 1_000_000
    print("seed", seed, flush=True)
    drill = Drill(sys.argv[1], sys.argv[2], uploads, seed)
    start = time.monotonic()
    passed = False
    try:
        passed = drill.run()
    finally:
        if passed:
            shutil.rmtree(drill.folder, ignore_errors=True)
        else:
            print("left for a look:", drill.folder)
    print(f"{time.monotonic() - start:.0f} s")
    return 0 if passed else 1


sys.exit(main())
