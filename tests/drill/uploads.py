#!/usr/bin/env python3
"""Kills server, worker and box at random moments while uploads run, and looks at what is left.

usage: uploads.py TINTYPE [--uploads N] [--seed N]

TINTYPE is the program (build/tintype). Holds when every 201 or 200 has one row and a file that is the same byte by byte, no
other file is left after the next start, and every row has had its metadata read or still has the job for it.
"""
import argparse
import concurrent.futures
import hashlib
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import zlib

ACCOUNT = {"email": "admin@example.com", "password": "a long password", "name": "Admin"}
TRIES_MAX = 600


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Installation:
    """Tintype with a database of its own, all in one folder."""

    def __init__(self, program, folder):
        self.program, self.folder, self.port = program, folder, free_port()
        self.process = None
        self.token = ""

    def start(self):
        env = os.environ | {
            "IMMICH_HOST": "127.0.0.1", "IMMICH_PORT": str(self.port),
            "IMMICH_MEDIA_LOCATION": str(self.folder / "media"), "TINTYPE_STATE_DIR": str(self.folder / "state")}
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([self.program], env=env, stdout=log, stderr=log)
        self.wait()

    def wait(self, limit=60):
        end = time.monotonic() + limit
        while time.monotonic() < end:
            try:
                if self.call("GET", "/server/ping")[1] == {"res": "pong"}:
                    return
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.05)
        raise SystemExit(f"no server answers; see {self.folder}/log")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(60)
        if status:
            raise SystemExit(f"ended with {status}; see {self.folder}/log")

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            head = {"authorization": f"Bearer {self.token}"} | (headers or {})
            connection.request(method, "/api" + path, body, head)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def call(self, method, path, value=None):
        body = json.dumps(value) if value is not None else None
        status, text = self.request(method, path, body, {"content-type": "application/json"})
        return status, json.loads(text) if text else None

    def sign_in(self):
        self.call("POST", "/auth/admin-sign-up", ACCOUNT)
        self.token = self.call("POST", "/auth/login", ACCOUNT)[1]["accessToken"]

    def upload(self, content):
        mark = uuid.uuid4().hex
        fields = {"fileCreatedAt": "2023-05-05T07:08:09Z", "fileModifiedAt": "2023-05-05T07:08:09Z"}
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="assetData"; filename="a.png"\r\n\r\n')
        body = "".join(parts).encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self.request("POST", "/assets", body, {"content-type": f"multipart/form-data; boundary={mark}"})

    def sql(self, query):
        psql = os.environ.get("TINTYPE_POSTGRESQL_BIN", "/usr/lib/postgresql/15/bin") + "/psql"
        url = f"postgresql:///immich?user=postgres&host={self.folder}/state/run"
        return subprocess.run([psql, "-XqAt", "-d", url, "-c", query], check=True, capture_output=True, text=True).stdout

    def victims(self):
        """The pids of server, worker and box by name; never of anything that is not ours."""
        found = {"tintype-server": [], "tintype-worker": [], "tintype-box": []}
        parents = [self.process.pid]
        while parents:
            for child in children(parents.pop()):
                parents.append(child)
                name = pathlib.Path(f"/proc/{child}/comm")
                try:
                    found.setdefault(name.read_text().strip(), []).append(child)
                except OSError:
                    pass
        return [pid for name, pids in found.items() if name.startswith("tintype-") for pid in pids]


def children(pid):
    try:
        text = "".join(p.read_text() for p in pathlib.Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        return []
    return [int(word) for word in text.split()]


def picture(rng):
    """A PNG of random pixels, 64 wide, 30 to 300 KB."""
    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
    height = rng.randrange(160, 1600)
    rows = b"".join(b"\0" + rng.randbytes(64 * 3) for _ in range(height))
    header = (64).to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 0))
            + chunk(b"IEND", b""))


def kill_at_random(place, rng, over):
    killed = 0
    while not over.wait(rng.uniform(0.02, 1.0)):
        pids = place.victims()
        if pids:
            try:
                os.kill(rng.choice(pids), signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                pass
    return killed


def upload_all(place, contents):
    """What was promised: sha1 -> (id, content). Like a phone, try again until there is an answer."""
    promised, cut = {}, 0

    def one(content):
        tries = 0
        while tries < TRIES_MAX:
            try:
                status, text = place.upload(content)
                if status in (200, 201):
                    return json.loads(text)["id"], content, tries
            except (OSError, http.client.HTTPException):
                pass
            tries += 1
            time.sleep(0.2)
        raise SystemExit(f"no upload came through in {TRIES_MAX} tries")

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for asset, content, tries in pool.map(one, contents):
            promised[hashlib.sha1(content).hexdigest()] = asset, content
            cut += tries > 0
    return promised, cut


def check(place, promised):
    """The sentences that do not hold."""
    wrong = []
    rows = [line.split("|") for line in place.sql(
        """SELECT encode(checksum, 'hex'), id, "originalPath" FROM asset""").splitlines()]
    by_sum = {row[0]: row for row in rows}
    for checksum, (asset, content) in promised.items():
        if by_sum.get(checksum, [None, None])[1] != asset:
            wrong.append(f"{asset} was promised and has no row")
        elif pathlib.Path(by_sum[checksum][2]).read_bytes() != content:
            wrong.append(f"{asset} has another file")
    known = {row[2] for row in rows}
    for path in (place.folder / "media/upload").rglob("*"):
        if path.is_file() and path.name != ".immich" and str(path) not in known:
            wrong.append(f"stray file {path}")
    for path in known:
        if not os.path.exists(path):
            wrong.append(f"a row without its file {path}")
    lost = place.sql("""SELECT count(*) FROM asset a
        LEFT JOIN asset_job_status s ON s."assetId" = a.id
        WHERE s."metadataExtractedAt" IS NULL AND NOT EXISTS (
            SELECT FROM tintype.job j WHERE j.name = 'AssetExtractMetadata' AND j.payload->>'id' = a.id::text)""")
    if int(lost):
        wrong.append(f"{int(lost)} assets have lost their first job")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tintype")
    parser.add_argument("--uploads", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tintype-drill."))
    folder.chmod(0o755)                     # the database's user passes through
    place = Installation(os.path.abspath(arguments.tintype), folder)
    place.start()
    try:
        place.sign_in()
        over = threading.Event()
        with concurrent.futures.ThreadPoolExecutor(1) as killer:
            killed = killer.submit(kill_at_random, place, rng, over)
            promised, cut = upload_all(place, [picture(rng) for _ in range(arguments.uploads)])
            over.set()
        place.stop()
        place.start()                       # the sweep
        wrong = check(place, promised)
    finally:
        place.stop()
    print(f"seed {arguments.seed}: {killed.result()} killed, {len(promised)} uploads promised, {cut} at a second try")
    for sentence in wrong:
        print(f"wrong: {sentence}")
    if not wrong:
        shutil.rmtree(folder)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
