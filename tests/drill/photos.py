"""Photos that no two of are the same, clients that upload them, and the comparison of what they were promised with what is there."""
import collections
import hashlib
import http.client
import json
import subprocess
import threading
import time
from pathlib import Path

import roles

PIECE = 64 * 1024
SIZES = ("320x240", "1600x1200", "3000x2000")
OK = (200, 201)
RETRY_SECONDS = 0.2
SENT_SECONDS = 20


class Photos:
    """A few pictures; bytes after the end of one make each number a file of its own."""

    def __init__(self, folder, sizes=SIZES):
        self.bases = [self.make(folder, size) for size in sizes]

    @staticmethod
    def make(folder, size):
        path = Path(folder) / f"{size}.jpg"
        subprocess.run(["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", f"testsrc2=s={size},noise=alls=20:all_seed=7",
                        "-frames:v", "1", "-pix_fmt", "yuvj420p", "-q:v", "2", str(path)], check=True, stdin=subprocess.DEVNULL)
        return path.read_bytes()

    def __getitem__(self, number):
        return self.bases[number % len(self.bases)] + f"photo {number}".encode()


class Gallery:
    """What was uploaded: the number of each photo and the id that it was promised."""

    def __init__(self, site, photos=None):
        self.site, self.photos = site, photos or Photos(site.folder)
        self.promised = {}
        self.answers = collections.Counter()
        self.twice = []                 # photos that were promised two ids
        self.lock = threading.Lock()

    def upload(self, number, port=None, pause=0.002):
        """One attempt; (status, message), the status None when the connection broke. Sent in pieces, so that it takes time."""
        kind, body = roles.multipart(f"photo-{number}.jpg", self.photos[number])
        link = http.client.HTTPConnection("127.0.0.1", port or self.site.server.port, timeout=SENT_SECONDS)
        try:
            link.putrequest("POST", "/api/assets")
            for name, value in (("Authorization", f"Bearer {self.site.token}"), ("Content-Type", kind),
                                ("Content-Length", str(len(body)))):
                link.putheader(name, value)
            link.endheaders()
            for start in range(0, len(body), PIECE):
                link.send(body[start:start + PIECE])
                time.sleep(pause)
            reply = link.getresponse()
            status, answer = reply.status, json.loads(reply.read())
        except (OSError, http.client.HTTPException, ValueError):
            status, answer = None, {}
        finally:
            link.close()
        with self.lock:
            self.answers[status] += 1
            if status in OK and self.promised.setdefault(number, answer["id"]) != answer["id"]:
                self.twice.append(f"photo {number} has two ids: {self.promised[number]}, {answer['id']}")
        return status, answer.get("message")

    def clients(self, numbers, allowed, threads=4, seconds=600, ports=None, rest=0.0):
        """Uploads all, like phones that try again until there is an answer; those still undone, if any, end in `todo`.

        Any status that is not allowed ends a client: what nobody answers is a fault, and so is what is never answered."""
        return Clients(self, numbers, allowed, threads, seconds, ports, rest)

    # --- judging ---

    def faults(self):
        """Sentences about what does not hold once every job has ended."""
        with self.site.connect() as db:
            return [*self.twice, *self.rows_and_files(db), *self.strays(db), *self.unfinished(db)]

    def rows_and_files(self, db):
        rows = {row[0]: row[1:] for row in db.rows("""SELECT id, "originalPath", encode(checksum, 'hex') FROM asset""")}
        for number, asset in sorted(self.promised.items()):
            row = rows.pop(asset, None)
            if row is None:
                yield f"photo {number} was acknowledged and has no row"
                continue
            path, checksum = Path(row[0]), row[1]
            if checksum != hashlib.sha1(self.photos[number]).hexdigest():
                yield f"photo {number}: wrong checksum"
            elif not path.is_file() or path.read_bytes() != self.photos[number]:
                yield f"photo {number}: {path} is not the photo"
        for row in rows.values():
            yield f"a row that nobody was told of: {row}"

    def files(self, folder):
        return [path for path in (self.site.media / folder).rglob("*") if path.is_file() and path.name != ".immich"]

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


class Clients:
    """`with gallery.clients(…) as c:` uploads in threads of its own; c.running says whether any is at it."""

    def __init__(self, gallery, numbers, allowed, threads, seconds, ports, rest):
        self.gallery, self.allowed, self.seconds, self.ports, self.rest = gallery, (*OK, *allowed), seconds, ports, rest
        self.todo = collections.deque(numbers)
        self.over = threading.Event()
        self.unexpected = []
        self.threads = [threading.Thread(target=self.run, args=(n,)) for n in range(threads)]

    def __enter__(self):
        self.deadline = time.monotonic() + self.seconds
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind, *_):
        if kind:
            self.over.set()
        for thread in self.threads:
            thread.join()

    @property
    def running(self):
        return any(thread.is_alive() for thread in self.threads)

    def take(self):
        with self.gallery.lock:
            return self.todo.popleft() if self.todo else None

    def run(self, n):
        attempt = n
        while not self.over.is_set() and time.monotonic() < self.deadline and (number := self.take()) is not None:
            status, message = self.gallery.upload(number, self.ports and self.ports[attempt % len(self.ports)])
            attempt += 1
            if status in OK:
                time.sleep(self.rest)
                continue
            self.todo.append(number)
            if status not in self.allowed:
                self.unexpected.append(f"photo {number}: {status} {message}")
                return
            time.sleep(RETRY_SECONDS)

    def faults(self):
        return self.unexpected + ([f"{len(self.todo)} photos are not uploaded"] if self.todo else [])
