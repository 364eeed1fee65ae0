"""What the drills share: a database that can be killed, servers and workers on it, and a look at what they hold.

    with roles.Site(bin_dir, "kill") as site:
        site.start()                    # one server, one worker, an administrator
        site.ask("GET", "/api/users/me")

Everything of a site lies in one folder of its own, which stays for a look when the drill fails.
"""
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import pg                                                                   # noqa: E402
from shared import SKIPPED                                                  # noqa: E402

EMAIL, PASSWORD = "drill@example.org", "drill-password"
WHO = {"email": EMAIL, "password": PASSWORD}
START_SECONDS = 60
STOP_SECONDS = 40
SLOW_SECONDS = 10
RECOVERY_SECONDS = 240              # it syncs every file before it starts, which a busy disk makes long
DRAIN_SECONDS = 240                 # a lease runs for 30 s, and a job may lose its worker more than once
# A drill is about what survives, so the database writes as in production.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}


class Skip(Exception):
    """What the drill needs is not on this machine."""


class Failed(Exception):
    """Sentences about what does not hold."""


def check(faults):
    if faults:
        raise Failed(*faults)


class Cluster(pg.Cluster):
    def __init__(self):
        super().__init__(settings=DURABLE)

    @property
    def pid(self):
        return self._server.pid

    @property
    def alive(self):
        return self._server.poll() is None

    def backends(self):
        """All its processes but the first."""
        return [pid for pid, _ in descendants(self.pid)]

    def kill(self):
        """The whole of it. A child that recovers does not notice that its parent has gone, and the next one waits for it."""
        for pid in [self.pid, *self.backends()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def restart(self):
        """After a kill. To be called by a thread that lives longer than the cluster: it dies with the thread that started it."""
        self._server.wait()
        start, first = time.monotonic(), len(self.log)
        while True:
            before = len(self.log)
            try:
                self._start()
                break
            except RuntimeError:
                said = self.log[before:]
                if "is still in use" not in said and "is running in data directory" not in said:
                    raise
                assert time.monotonic() < start + RECOVERY_SECONDS, said
                time.sleep(0.1)
        if time.monotonic() > start + SLOW_SECONDS:
            said = [line for line in self.log[first:].splitlines() if " LOG: " in line]
            print(f"PostgreSQL needed {time.monotonic() - start:.0f} s to come back:", *said[:20], sep="\n    ", flush=True)


class Role:
    """A server or worker without its supervisor, whose back-off would make killing slow."""

    def __init__(self, program, folder, env, wrapper=(), name=None):
        self.command = [*wrapper, str(program)]
        self.env = os.environ | env
        self.log = open(folder / f"{name or Path(program).name}.log", "ab")
        self.process = None

    @property
    def pid(self):
        return self.process.pid

    @property
    def port(self):
        return int(self.env["IMMICH_PORT"])

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    def start(self):
        self.process = subprocess.Popen(self.command, env=self.env, stdout=self.log, stderr=self.log)

    def restart(self):
        self.process.wait()
        self.start()

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """The exit status, or None when it was not running."""
        if not self.alive:
            return None
        name = Path(self.command[-1]).name
        wrapped = [pid for pid, program in descendants(self.pid) if program == name]
        os.kill(wrapped[0] if wrapped else self.pid, signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return self.process.returncode

    def wait_for_pong(self, port=None):
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                ask(port or self.port, "GET", "/api/server/ping")
                return
            except (OSError, http.client.HTTPException):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"no pong, see {self.log.name}") from None
                time.sleep(0.02)


class Site:
    """A database, a media tree, and any number of servers and workers on them."""

    def __init__(self, bin_dir, name, env=None):
        self.bin, self.name, self.extra = Path(bin_dir).resolve(), name, env or {}
        self.token, self.servers, self.workers = None, [], []
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix=f"tintype-{self.name}-"))
        self.folder.chmod(0o755)
        self.media = self.folder / "media"
        self.media.mkdir()
        self.cluster = self._stack.enter_context(Cluster())
        self.database = self.cluster.create("drill")
        return self

    def __exit__(self, kind, *_):
        for role in [*self.servers, *self.workers]:
            role.stop()
        self._stack.close()
        if kind is None or issubclass(kind, Skip):
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print("left for a look:", self.folder)

    def enter(self, context):
        """A context that ends after the roles have."""
        return self._stack.enter_context(context)

    def _role(self, kind, n, env, wrapper):
        env = {"DB_URL": self.cluster.url(self.database), "IMMICH_MEDIA_LOCATION": str(self.media), "IMMICH_HOST": "127.0.0.1",
               "IMMICH_PORT": str(free_port())} | self.extra | (env or {})
        return Role(self.bin / f"tintype-{kind}", self.folder, env, wrapper, f"{kind}-{n}")

    def add_server(self, env=None, wrapper=()):
        """Starts it and waits for its pong."""
        self.servers.append(self._role("server", len(self.servers), env, wrapper))
        self.servers[-1].start()
        self.servers[-1].wait_for_pong()
        return self.servers[-1]

    def add_worker(self, env=None):
        self.workers.append(self._role("worker", len(self.workers), env, ()))
        self.workers[-1].start()
        return self.workers[-1]

    def start(self, **server):
        self.add_server(**server)
        self.add_worker()
        self.sign_up()

    def sign_up(self):
        self.ask("POST", "/api/auth/admin-sign-up", WHO | {"name": "Drill"})
        self.token = self.ask("POST", "/api/auth/login", WHO)["accessToken"]

    @property
    def server(self):
        return self.servers[0]

    @property
    def worker(self):
        return self.workers[0]

    def ask(self, method, path, value=None, **options):
        return ask(self.server.port, method, path, value, self.token, **options)

    def connect(self):
        """Waits for a database that recovers from a crash."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self.cluster.connect(self.database)
            except pg.SqlError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def drain(self, seconds=DRAIN_SECONDS):
        """Waits until no job is left but those that failed for good."""
        deadline = time.monotonic() + seconds
        with self.connect() as db:
            while db.value("SELECT count(*) FROM tintype.job WHERE state <> 'dead'") != "0":
                left = "SELECT name, state, error, count(*) FROM tintype.job GROUP BY 1, 2, 3"
                assert time.monotonic() < deadline, f"jobs left: {db.rows(left)}"
                time.sleep(0.2)


# --- talking ---

class Refused(RuntimeError):
    def __init__(self, method, path, status, data):
        super().__init__(f"{method} {path}: {status} {data[:200]!r}")
        self.status, self.data = status, data


def request(port, method, path, body=None, headers=None, timeout=30):
    """(status, body) of one request on a connection of its own."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        link.request(method, path, body, headers or {})
        reply = link.getresponse()
        return reply.status, reply.read()
    finally:
        link.close()


def ask(port, method, path, value=None, token=None, timeout=30):
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    status, data = request(port, method, path, json.dumps(value) if value is not None else None, headers, timeout)
    if status not in (200, 201, 204):
        raise Refused(method, path, status, data)
    return json.loads(data) if data else None


def multipart(name, photo):
    """Content type and body of an upload."""
    mark = uuid.uuid4().hex
    fields = {"fileCreatedAt": "2024-05-01T10:00:00.000Z", "fileModifiedAt": "2024-05-01T10:00:00.000Z"}
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="assetData"; filename="{name}"\r\n'
                 "Content-Type: image/jpeg\r\n\r\n")
    return f"multipart/form-data; boundary={mark}", "".join(parts).encode() + photo + f"\r\n--{mark}--\r\n".encode()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Repeated:
    """Does something again and again in a thread of its own, and keeps how long each time took.

    `errors` are the times that it failed, (seconds since the start, error)."""

    def __init__(self, function, pause=0.02):
        self.function, self.pause = function, pause
        self.took_ms, self.errors = [], []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self.began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _run(self):
        while not self._over.is_set():
            start = time.monotonic()
            try:
                self.function()
                self.took_ms.append((time.monotonic() - start) * 1000)
            except (OSError, http.client.HTTPException, RuntimeError) as error:
                self.errors.append((start - self.began, error))
            self._over.wait(self.pause)

    def percentile(self, share):
        assert self.took_ms, self.errors[:1]
        return sorted(self.took_ms)[min(len(self.took_ms) - 1, int(len(self.took_ms) * share))]


def pings(port):
    """Pings all the time; on one connection, as a probe's is its own process's."""
    def ping():
        status, data = request(port, "GET", "/api/server/ping", timeout=10)
        assert (status, data) == (200, b'{"res":"pong"}'), (status, data)
    return Repeated(ping)


def wait_until(condition, seconds, what):
    """How long it took, in seconds."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() < start + seconds, f"{what}: not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - start


# --- looking at processes ---

def descendants(root):
    """(pid, program) of every process below root."""
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = stat.read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        children.setdefault(int(rest.split()[1]), []).append((int(stat.parent.name), name))
    found, todo = [], [root]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += [pid for pid, _ in below]
    return found


def descriptors(pid):
    """How many are open; connections to the database, of which a pool keeps some, not counted."""
    local = {line.split()[6] for line in Path("/proc/net/unix").read_text().splitlines()[1:]}
    n = 0
    for descriptor in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            n += os.readlink(f"/proc/{pid}/fd/{descriptor}").removeprefix("socket:[").rstrip("]") not in local
    return n


def pss_mib(pid):
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no Pss of {pid}")


# --- the program of a drill ---

def run(drill, *arguments):
    """Ends this program as meson wants it; prints how long it took."""
    start = time.monotonic()
    status, word = 0, "passed"
    try:
        drill(*arguments)
    except Skip as reason:
        status, word = SKIPPED, f"skipped: {reason};"
    except Failed as failed:
        status, word = 1, f"failed with {len(failed.args)} faults"
        for fault in failed.args[:20]:
            print("FAULT", fault)
    print(f"{word} after {time.monotonic() - start:.0f} s")
    sys.exit(status)
