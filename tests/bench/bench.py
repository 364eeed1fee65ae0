#!/usr/bin/env python3
"""What Tintype takes for each kind of work, beside a floor measured in the same run and the bar that the design sets.

usage: bench.py [--json FILE] [--compare FILE] TINTYPE FLOOR [WORD …]     only the rows that contain one of the words

TINTYPE is the program, FLOOR the one made of floor.c; --json writes the rows to FILE, --compare says what each was in
the FILE of an earlier run. Work is CPU milliseconds of server, worker, decoders and database
together, because wall time on a shared machine says little. Every figure is the median of five rounds.
"""
import argparse
import http.client
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import pg  # noqa: E402

ROUNDS = 5
REST_SECONDS = 20
CONNECTIONS = 16
LOAD_SECONDS = 2
WAIT_SECONDS = 120
TICKS = os.sysconf("SC_CLK_TCK")
EMAIL, PASSWORD = "bench@example.org", "bench-password"
PEAK_PHOTOS = 2
REST_MIB = 40
CALM_SECONDS = 90
PINGS = 200
SYNC_ASSETS = 100_000
SYNC_SLOW_SECONDS = 10      # of a reader that takes a little now and then
SYNC_SIP = 256 * 1024
PING_EVERY = 0.01
LIBRARY_ASSETS = 1_000_000
# 7,000 a month; triggers would note each row for clients that are not there.
LIBRARY = """
    SET session_replication_role = replica;
    INSERT INTO asset ("ownerId", type, "originalPath", "fileCreatedAt", "fileModifiedAt", checksum, "originalFileName",
        "localDateTime", "checksumAlgorithm", width, height, thumbhash)
    SELECT '{owner}', 'IMAGE', '/p/' || n, at, at, sha256(n::text::bytea), n || '.jpg', at, 'sha1', 4000, 3000,
        decode('1QcSHQRnh493V4dIh4eXh1h4kJUI', 'base64')
    FROM generate_series(1, {assets}) AS n, LATERAL (SELECT now() - n * interval '6.2 minutes' AS at) AS t;
    INSERT INTO asset_exif ("assetId", city, country) SELECT id, 'Vienna', 'Austria' FROM asset;
    SET session_replication_role = origin"""
# clients.md: what the app asks for.
SYNC_TYPES = """AuthUsersV1 UsersV1 AssetsV2 AssetExifsV1 AssetEditsV1 AssetMetadataV1 PartnersV1 PartnerAssetsV2
    PartnerAssetExifsV1 AlbumsV2 AlbumUsersV1 AlbumAssetsV2 AlbumAssetExifsV1 AlbumToAssetsV1 MemoriesV1 MemoryToAssetsV1
    StacksV1 PartnerStacksV1 UserMetadataV1 PeopleV1 AssetFacesV2 AssetOcrV1""".split()
# As autovacuum does behind an import: without it the index cannot answer without the table.
SETTLED = ("VACUUM ANALYZE asset", "VACUUM ANALYZE asset_exif")
# Durable as in production, unlike the clusters of the tests.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}


# --- processes ---

def processes(root):
    """The process and all below it."""
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def cpu_ms(root):
    """Of all that ran below root so far: processes that have ended count in their parents."""
    ticks = 0
    for pid in processes(root):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks * 1000 / TICKS


def pss_mib(root, ours):
    """Proportional memory of Tintype's own processes (ours) or of the database's."""
    total = 0
    for pid in processes(root):
        try:
            is_ours = Path(os.readlink(f"/proc/{pid}/exe")).name.startswith("tintype")
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        if is_ours == ours:
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1024


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def per_request_ms(pid, port, path, token=None):
    """CPU of one request among many, over as many connections as a few phones keep open."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{LOAD_SECONDS}s", "--timeout", "30s"]
    if token:
        command += ["-H", f"Authorization: Bearer {token}"]
    before = cpu_ms(pid)
    said = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"{path}: {said}")
    return (cpu_ms(pid) - before) / int(re.search(r"(\d+) requests in", said)[1])


# --- the server ---

class Server:
    """A running Tintype. started_ms: from exec to the first pong."""

    def __init__(self, program, folder, **env):
        self.port = free_port()
        self.log = open(folder / "log", "ab")
        settings = os.environ | {
            "IMMICH_HOST": "127.0.0.1", "IMMICH_PORT": str(self.port),
            "IMMICH_MEDIA_LOCATION": str(folder / "media"), "TINTYPE_STATE_DIR": str(folder / "state")} | env
        start = time.monotonic()
        self.process = subprocess.Popen([program], env=settings, stdout=self.log, stderr=self.log)
        self.link, self.token = None, None
        try:
            self._wait_for_pong(start)
        except BaseException:
            self.__exit__()
            raise
        self.started_ms = (time.monotonic() - start) * 1000
        self.link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def _wait_for_pong(self, start):
        while True:
            if self.process.poll() is not None or time.monotonic() > start + WAIT_SECONDS:
                raise RuntimeError(f"the server did not start, see {self.log.name}")
            try:
                link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                link.request("GET", "/api/server/ping")
                if link.getresponse().read() == b'{"res":"pong"}':
                    return
            except OSError:
                time.sleep(0.002)
            finally:
                link.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    @property
    def pid(self):
        return self.process.pid

    def ask(self, method, path, body=None, kind="application/json", want=(200, 201)):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            headers["Content-Type"] = kind
        self.link.request(method, path, body, headers)
        reply = self.link.getresponse()
        data = reply.read()
        if reply.status not in want:
            raise RuntimeError(f"{method} {path}: {reply.status} {data[:200]!r}")
        return data

    def ask_json(self, method, path, value=None):
        body = None if value is None else json.dumps(value)
        return json.loads(self.ask(method, path, body))

    def log_in(self):
        who = {"email": EMAIL, "password": PASSWORD}
        if not self.ask_json("GET", "/api/server/config")["isInitialized"]:
            self.ask_json("POST", "/api/auth/admin-sign-up", who | {"name": "Bench"})
        self.token = self.ask_json("POST", "/api/auth/login", who)["accessToken"]

    def upload(self, photo):
        """A new asset of the photo; bytes after the end of the picture make each a file of its own."""
        mark = uuid.uuid4().hex
        name = f"{mark}.jpg"
        fields = {"fileCreatedAt": "2024-05-01T10:00:00.000Z", "fileModifiedAt": "2024-05-01T10:00:00.000Z"}
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
                 for key, value in fields.items()]
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="assetData"; filename="{name}"\r\n'
                     "Content-Type: image/jpeg\r\n\r\n")
        body = "".join(parts).encode() + photo + mark.encode() + f"\r\n--{mark}--\r\n".encode()
        return json.loads(self.ask("POST", "/api/assets", body, f"multipart/form-data; boundary={mark}", (201,)))["id"]

    def wait_for_thumbnail(self, asset):
        deadline = time.monotonic() + WAIT_SECONDS
        while not self.ask_json("GET", f"/api/assets/{asset}")["thumbhash"]:
            if time.monotonic() > deadline:
                raise RuntimeError("no thumbnail")
            time.sleep(0.1)

    def per_request_ms(self, path):
        self.ask("GET", path)
        return per_request_ms(self.pid, self.port, path, self.token)


# --- floors ---

class Floors:
    def __init__(self, program):
        self.program = program

    def run(self, *args):
        return float(subprocess.run([self.program, *map(str, args)], check=True, capture_output=True, text=True).stdout)

    def http_ms(self, size):
        port = free_port()
        process = subprocess.Popen([self.program, "http", str(port), str(size)])
        try:
            time.sleep(0.3)
            return per_request_ms(process.pid, port, "/")
        finally:
            process.kill()
            process.wait()

    def select_ms(self, cluster, n, kind="select", database="postgres"):
        """Client and database together."""
        before = cpu_ms(cluster.pid)
        client = self.run(kind, cluster.url(database), n)
        return client + (cpu_ms(cluster.pid) - before) / n


class Cluster(pg.Cluster):
    @property
    def pid(self):
        return self._server.pid


class Phone:
    """A reader of the sync stream that keeps only the last line of each kind."""

    def __init__(self, server):
        self.server = server

    def begin(self, types):
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=WAIT_SECONDS)
        self.ask(link, "stream", {"types": types})
        return link, link.getresponse()

    def ask(self, link, what, value):
        headers = {"Authorization": f"Bearer {self.server.token}", "Content-Type": "application/json"}
        link.request("POST", f"/api/sync/{what}", json.dumps(value), headers)

    def sync(self, types):
        link, answer = self.begin(types)
        last = {line.split(b'"', 4)[3]: line for line in answer}
        link.close()
        if b"SyncCompleteV1" not in last:
            raise RuntimeError("the sync stream broke off")
        return last

    def acknowledge(self, last):
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=WAIT_SECONDS)
        self.ask(link, "ack", {"acks": [json.loads(line)["ack"] for line in last.values()]})
        if link.getresponse().status != 204:
            raise RuntimeError("the acks were refused")
        link.close()

    def growth_mib(self):
        """Of the server's memory while this phone takes its library in sips."""
        self.sync(["UsersV1"])
        before = most = pss_mib(self.server.pid, True)
        link, answer = self.begin(["AssetsV2", "AssetExifsV1"])
        end = time.monotonic() + SYNC_SLOW_SECONDS
        while time.monotonic() < end and answer.read(SYNC_SIP):
            most = max(most, pss_mib(self.server.pid, True))
            time.sleep(0.05)
        link.close()
        return most - before


# --- rows ---

class Bench:
    def __init__(self, program, floor, words):
        self.program, self.floors, self.words = program, Floors(floor), words
        self.rows = []
        self.folder = Path(tempfile.mkdtemp(prefix="tintype-bench-"))
        self.folder.chmod(0o755)
        self.big = self.photo("big", "4000x3000", 12)
        self.small = self.photo("small", "400x300", 20)
        self.huge = self.photo("huge", "6000x4000", 12)

    def photo(self, name, size, noise):
        path = self.folder / f"{name}.jpg"
        subprocess.run(["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i",
                        f"testsrc2=s={size},noise=alls={noise}:all_seed=7", "-frames:v", "1", "-pix_fmt", "yuvj420p",
                        "-q:v", "2", str(path)], check=True, stdin=subprocess.DEVNULL)
        return path

    def wanted(self, *rows):
        return not self.words or any(word in row for word in self.words for row in rows)

    def row(self, what, values, unit, bar, floor=None):
        """One line: the figure, its floor, its bar, and how much of the bar it takes."""
        if not self.wanted(what):
            return
        ours = statistics.median(values)
        self.rows.append({"work": what, "ours": ours, "floor": floor, "bar": bar, "unit": unit, "all": values})
        shown = f"{floor:10.3f}" if floor is not None else f"{'':10}"
        print(f"{what:52} {ours:10.3f} {shown} {bar:10.3f} {unit:6} {ours / bar * 100:5.0f} %{'  MISSED' if ours > bar else ''}",
              flush=True)

    def run(self):
        print(f"{'work':52} {'ours':>10} {'floor':>10} {'bar':>10} {'unit':6} {'of bar':>7}")
        self.starts()
        self.ingest()
        self.requests()
        self.sync()
        self.timeline()

    def starts(self):
        alone, beside = "start to first pong, with private PostgreSQL", "start to first pong, database there"
        rest, rest_all = "memory at rest, server + worker", "memory at rest, with private PostgreSQL"
        if self.wanted(alone, rest, rest_all):
            self.server().__exit__()  # makes the cluster
            times = []
            for _ in range(ROUNDS):
                with self.server() as server:
                    times.append(server.started_ms)
            self.row(alone, times, "ms", 1500)
        if self.wanted(rest, rest_all):
            with self.server() as server:
                time.sleep(REST_SECONDS)
                readings = [self.at_rest(server) for _ in range(ROUNDS)]
            self.row(rest, [own for own, _ in readings], "MiB", REST_MIB)
            self.row(rest_all, [own + database for own, database in readings], "MiB", 80)
        if self.wanted(beside):
            with Cluster(settings=DURABLE) as cluster:
                url = cluster.url(cluster.create("tintype"))
                times = []
                for _ in range(ROUNDS + 1):
                    with self.server("beside", DB_URL=url) as server:
                        times.append(server.started_ms)
            self.row(beside, times[1:], "ms", 150)  # the first one made the tables

    def server(self, name="own", **env):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return Server(self.program, folder, **env)

    def ingest(self):
        """Upload to thumbnail; both need the worker."""
        big, small = "ingest of a 12 MP JPEG, with its upload", "ingest of a small JPEG, with its upload"
        peak, calm = "memory at most, two JPEGs of 24 MP", "memory back at rest after them"
        pings = "ping p99 while both cores decode"
        if self.wanted(peak, calm):
            with self.server() as server:
                server.log_in()
                self.peak(server, peak, calm)
        if self.wanted(pings):
            with self.server() as server:
                server.log_in()
                self.row(pings, self.pings_beside_decoding(server), "ms", 5)
        if not self.wanted(big, small):
            return
        with self.server() as server:
            server.log_in()
            floor = self.floors.run("ingest", self.big, ROUNDS)
            self.row(big, self.ingest_ms(server, self.big), "ms", floor, floor)
            self.row(small, self.ingest_ms(server, self.small), "ms", 45, self.floors.run("ingest", self.small, 20))

    @staticmethod
    def at_rest(server):
        time.sleep(1)
        return pss_mib(server.pid, True), pss_mib(server.pid, False)

    def peak(self, server, name, calm):
        """The most that our own processes hold while photos are derived at once, and how long until it is given back."""
        photo, peak = self.huge.read_bytes(), 0
        pending = [server.upload(photo) for _ in range(PEAK_PHOTOS)]
        for asset in pending:
            while not server.ask_json("GET", f"/api/assets/{asset}")["thumbhash"]:
                peak = max(peak, pss_mib(server.pid, True))
                time.sleep(0.05)
        self.row(name, [peak], "MiB", 256)
        start = time.monotonic()
        while pss_mib(server.pid, True) > REST_MIB and time.monotonic() < start + 2 * CALM_SECONDS:
            time.sleep(1)
        self.row(calm, [time.monotonic() - start], "s", CALM_SECONDS)

    def pings_beside_decoding(self, server):
        """The slowest of a hundred pings, while there is always more to decode than cores."""
        photo, done = self.huge.read_bytes(), threading.Event()

        def feed():
            pending = []
            while not done.is_set():
                pending = [asset for asset in pending if not server.ask_json("GET", f"/api/assets/{asset}")["thumbhash"]]
                if len(pending) < 2 * (os.cpu_count() or 2):
                    pending.append(server.upload(photo))
                time.sleep(PING_EVERY)

        feeder = threading.Thread(target=feed)
        feeder.start()
        try:
            time.sleep(LOAD_SECONDS)
            return [self.ping_p99(server) for _ in range(ROUNDS)]
        finally:
            done.set()
            feeder.join()

    @staticmethod
    def ping_p99(server):
        link, times = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30), []
        for _ in range(PINGS):
            start = time.monotonic()
            link.request("GET", "/api/server/ping")
            link.getresponse().read()
            times.append((time.monotonic() - start) * 1000)
            time.sleep(PING_EVERY)
        link.close()
        return statistics.quantiles(times, n=100)[98]

    @staticmethod
    def ingest_ms(server, path):
        photo, times = path.read_bytes(), []
        server.wait_for_thumbnail(server.upload(photo))  # the first one starts ExifTool
        for _ in range(ROUNDS):
            before = cpu_ms(server.pid)
            server.wait_for_thumbnail(server.upload(photo))
            times.append(cpu_ms(server.pid) - before)
        return times

    def requests(self):
        """What the server does by itself, the worker stopped."""
        rows = ["GET server/ping", "GET users/me with session", "thumbnail", "original, a MB",
                "upload to 201, 12 MP JPEG", "upload to 201, small JPEG"]
        if not self.wanted(*rows):
            return
        with self.server() as server:
            server.log_in()
            asset = server.upload(self.big.read_bytes())
            server.wait_for_thumbnail(asset)
        with Cluster(settings=DURABLE) as cluster:
            select = statistics.median(self.floors.select_ms(cluster, 2000) for _ in range(ROUNDS))
        with self.server(IMMICH_WORKERS_INCLUDE="api") as server:
            server.log_in()
            self.small_requests(server, asset, select)
            self.large_requests(server, asset)

    def small_requests(self, server, asset, select):
        thumbnail = f"/api/assets/{asset}/thumbnail?size=thumbnail"
        size = len(server.ask("GET", thumbnail))

        def requests(path):
            return [server.per_request_ms(path) for _ in range(ROUNDS)]

        def floor(size):
            return statistics.median(self.floors.http_ms(size) for _ in range(ROUNDS))

        self.row("GET server/ping", requests("/api/server/ping"), "ms", 0.015, floor(14))
        self.row("GET users/me with session", requests("/api/users/me"), "ms", 0.15, floor(700) + select)
        self.row("thumbnail", requests(thumbnail), "ms", 0.2, floor(size) + select)

    def large_requests(self, server, asset):
        megabytes = self.big.stat().st_size / 1e6
        times = [server.per_request_ms(f"/api/assets/{asset}/original") / megabytes for _ in range(ROUNDS)]
        floor = statistics.median(self.floors.http_ms(self.big.stat().st_size) for _ in range(ROUNDS)) / megabytes
        self.row("original, a MB", times, "ms", 0.4, floor)
        for what, path, bar, n in (("upload to 201, 12 MP JPEG", self.big, 25, 10), ("upload to 201, small JPEG", self.small, 3, 50)):
            photo, times = path.read_bytes(), []
            for _ in range(ROUNDS):
                before = cpu_ms(server.pid)
                for _ in range(n):
                    server.upload(photo)
                times.append((cpu_ms(server.pid) - before) / n)
            self.row(what, times, "ms", bar, self.floors.run("read", path, 20))


    def sync(self):
        """What a phone gets of a library that it sees for the first time, and when nothing is new."""
        streamed, nothing = "sync stream, 1,000 assets of 100 k", "sync stream, nothing new, 22 kinds"
        memory = "sync stream, memory for a slow phone, 100 k assets"
        if not self.wanted(streamed, nothing, memory):
            return
        with Cluster(settings=DURABLE) as cluster:
            url = cluster.url(cluster.create("tintype"))
            with self.server("sync", DB_URL=url, IMMICH_WORKERS_INCLUDE="api") as server:
                server.log_in()
                owner = server.ask_json("GET", "/api/users/me")["id"]
                with cluster.connect("tintype") as db:
                    db.run(LIBRARY.format(owner=owner, assets=SYNC_ASSETS))
                    for command in SETTLED:
                        db.run(command)
                server.link.close()
                phone = Phone(server)
                self.sync_rounds(cluster, phone, streamed, nothing)
                if self.wanted(memory):
                    self.row(memory, [phone.growth_mib()], "MiB", 8)

    def sync_rounds(self, cluster, phone, streamed, nothing):
        def cpu(types):
            before = cpu_ms(phone.server.pid) + cpu_ms(cluster.pid)
            last = phone.sync(types)
            return cpu_ms(phone.server.pid) + cpu_ms(cluster.pid) - before, last

        if self.wanted(streamed):
            floor = self.floors.select_ms(cluster, SYNC_ASSETS, "rows", "tintype") * 1000
            self.row(streamed, [cpu(["AssetsV2"])[0] / SYNC_ASSETS * 1000 for _ in range(ROUNDS)], "ms", 4, floor)
        if self.wanted(nothing):
            phone.acknowledge(phone.sync(SYNC_TYPES))
            rounds = [sum(cpu(SYNC_TYPES)[0] for _ in range(20)) / 20 for _ in range(ROUNDS)]
            self.row(nothing, rounds, "ms", 20)

    def timeline(self):
        """Buckets of a library of a million; the rows are made by SQL, as no server is needed for them."""
        cold, warm = "timeline buckets, 1 M assets, cold", "timeline buckets, 1 M assets, warm"
        month = "one month of 7,000 assets"
        counted, kept = "asset statistics, 1 M assets, after a change", "asset statistics, 1 M assets"
        if not self.wanted(cold, warm, month, counted, kept):
            return
        with Cluster(settings=DURABLE | {"shared_buffers": "128MB"}) as cluster:
            url = cluster.url(cluster.create("tintype"))
            with self.server("timeline", DB_URL=url, IMMICH_WORKERS_INCLUDE="api") as server:
                server.log_in()
                owner = server.ask_json("GET", "/api/users/me")["id"]
                with cluster.connect("tintype") as db:
                    db.run(LIBRARY.format(owner=owner, assets=LIBRARY_ASSETS))
                    for command in SETTLED:
                        db.run(command)
                    server.link.close()     # the server has closed it meanwhile
                    if self.wanted(cold, warm):
                        self.cold_and_warm(server, db, owner, "/api/timeline/buckets?visibility=timeline",
                            ((cold, 150), (warm, 5)))
                    if self.wanted(counted, kept):
                        self.cold_and_warm(server, db, owner, "/api/assets/statistics", ((counted, 10), (kept, 10)))
                    self.one_month(server, cluster, month)

    def cold_and_warm(self, server, db, owner, path, names):
        cold, warm = [], []
        for _ in range(ROUNDS):
            db.run(f"UPDATE asset SET \"isFavorite\" = NOT \"isFavorite\" WHERE id = (SELECT id FROM asset "
                   f"WHERE \"ownerId\" = '{owner}' LIMIT 1)")        # a change that every replica sees
            cold.append(wall_ms(server, path))
            warm.append(wall_ms(server, path))
        for (name, bar), times in zip(names, (cold, warm)):
            self.row(name, times, "ms", bar)

    def one_month(self, server, cluster, name):
        bucket = server.ask_json("GET", "/api/timeline/buckets?visibility=timeline")[0]["timeBucket"]
        path, times = f"/api/timeline/bucket?visibility=timeline&timeBucket={bucket}", []
        for _ in range(ROUNDS):
            before = cpu_ms(server.pid) + cpu_ms(cluster.pid)
            for _ in range(10):
                server.ask("GET", path)
            times.append((cpu_ms(server.pid) + cpu_ms(cluster.pid) - before) / 10)
        self.row(name, times, "ms", 40)


def wall_ms(server, path):
    start = time.monotonic()
    server.ask("GET", path)
    return (time.monotonic() - start) * 1000


def compare(rows, earlier):
    """Old, new and their ratio; floors tell how much of it is the machine."""
    old = {row["work"]: row for row in earlier}
    print(f"\n{'work':52} {'old':>10} {'new':>10} {'ratio':>7} {'of floors':>10}")
    for row in rows:
        before = old.get(row["work"])
        if not before or not before["ours"]:
            print(f"{row['work']:52} {'':>10} {row['ours']:10.3f}")
            continue
        floors = f"{row['floor'] / before['floor']:10.2f}" if row["floor"] and before["floor"] else ""
        print(f"{row['work']:52} {before['ours']:10.3f} {row['ours']:10.3f} {row['ours'] / before['ours']:7.2f} {floors}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--compare", type=lambda path: json.loads(Path(path).read_text(encoding="utf-8")))
    parser.add_argument("programs", nargs=2)
    parser.add_argument("words", nargs="*")
    args = parser.parse_intermixed_args()
    bench = Bench(*args.programs, args.words)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    try:
        bench.run()
    finally:
        shutil.rmtree(bench.folder, ignore_errors=True)
    if args.json:
        args.json.write_text(json.dumps(bench.rows, indent=1) + "\n", encoding="utf-8")
    if args.compare:
        compare(bench.rows, args.compare)


if __name__ == "__main__":
    main()
