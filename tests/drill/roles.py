"""What the drills share: the roles as processes of their own on a durable database, and a small client."""
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import pg                                                                   # noqa: E402

EMAIL, PASSWORD = "drill@example.org", "drill-password"
START_SECONDS = 60
STOP_SECONDS = 40
# A drill is about what survives, so the database writes as in production.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}


class Cluster(pg.Cluster):
    def __init__(self):
        super().__init__(settings=DURABLE)

    def create(self, database):
        super().create(database)
        return database


class Role:
    """A server or worker without its supervisor, whose back-off would make killing slow."""

    def __init__(self, program, folder, env, wrapper=()):
        self.command = [*wrapper, str(program)]
        self.env = os.environ | env
        self.log = open(folder / f"{Path(program).name}.log", "ab")
        self.process = None

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        self.process = subprocess.Popen(self.command, env=self.env, stdout=self.log, stderr=self.log)

    def restart(self):
        self.process.wait()
        self.start()

    def stop(self):
        if self.process and self.process.poll() is None:
            name = Path(self.command[-1]).name
            wrapped = [pid for pid, program in descendants(self.pid) if program == name]
            os.kill(wrapped[0] if wrapped else self.pid, signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def wait_for_pong(self, port):
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                ask(port, "GET", "/api/server/ping")
                return
            except (OSError, http.client.HTTPException):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"no pong, see {self.log.name}") from None
                time.sleep(0.02)


def ask(port, method, path, value=None, token=None):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        link.request(method, path, json.dumps(value) if value is not None else None, headers)
        reply = link.getresponse()
        data = reply.read()
    finally:
        link.close()
    if reply.status not in (200, 201):
        raise RuntimeError(f"{method} {path}: {reply.status} {data[:200]!r}")
    return json.loads(data)


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
