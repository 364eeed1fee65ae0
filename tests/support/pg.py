"""A throw-away PostgreSQL cluster on a Unix socket, and a small libpq client.

For tests only: durability is off, every local connection is trusted, nothing listens on
TCP, and the cluster is gone when its `with` block ends or this process dies.

    with pg.Cluster() as cluster:
        cluster.create("scratch")
        with cluster.connect("scratch") as db:
            db.run("CREATE TABLE t (n int)")
            rows = db.rows("SELECT count(*) FROM t")

initdb and postgres refuse to run as root, so a root caller's cluster runs as `postgres`
(or `nobody`); its folder is closed to everyone else, and root can enter it anyway.
"""
import ctypes
import ctypes.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

PREFERRED_MAJOR = 15        # what Debian 12 ships; else the highest installed
START_SECONDS = 30
STOP_SECONDS = 15
SUPERUSER = "postgres"

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "jit": "off",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
}


class Missing(RuntimeError):
    """PostgreSQL itself is not installed."""


class SqlError(RuntimeError):
    def __init__(self, sqlstate, message):
        super().__init__(f"{sqlstate or '-----'}: {message.strip()}")
        self.sqlstate = sqlstate


def bin_dir(major=None):
    """Folder of the packaged server programs; TINTYPE_PG_MAJOR chooses another version."""
    major = major or os.environ.get("TINTYPE_PG_MAJOR")
    found = {}
    for postgres in Path("/usr/lib/postgresql").glob("*/bin/postgres"):
        number = re.fullmatch(r"\d+", postgres.parent.parent.name)
        if number:
            found[int(number[0])] = postgres.parent
    if major:
        if int(major) not in found:
            raise Missing(f"PostgreSQL {major} is not installed")
        return found[int(major)]
    if not found:
        raise Missing("no PostgreSQL under /usr/lib/postgresql")
    return found.get(PREFERRED_MAJOR, found[max(found)])


def _unprivileged():
    """The account that runs the cluster, or None to stay who we are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Missing("root needs an account `postgres` or `nobody` to run PostgreSQL")


def _become(account):
    """For preexec_fn: drop root, then ask to be stopped when our parent dies (in this order:
    a change of identity clears the request)."""
    libc = ctypes.CDLL(None, use_errno=True)
    pr_set_pdeathsig = 1

    def child():
        if account:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
        libc.prctl(pr_set_pdeathsig, int(signal.SIGINT), 0, 0, 0)
    return child


class Cluster:
    def __init__(self, major=None, settings=None):
        self.bin = bin_dir(major)
        self.settings = SETTINGS | (settings or {})
        self._account = _unprivileged()
        self._server = None

    def __enter__(self):
        self.root = Path(tempfile.mkdtemp(prefix="tintype-pg-"))
        try:
            if self._account:
                os.chown(self.root, self._account.pw_uid, self._account.pw_gid)
            self._initdb()
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self._server:
            self._server.send_signal(signal.SIGINT)     # fast shutdown
            try:
                self._server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._server.send_signal(signal.SIGQUIT)
                self._server.wait()
            self._server = None
        shutil.rmtree(self.root, ignore_errors=True)

    @property
    def log(self):
        return (self.root / "log").read_text(errors="replace")

    def url(self, database="postgres"):
        return f"postgresql://{SUPERUSER}@/{quote(database)}?host={quote(str(self.root), safe='')}"

    def connect(self, database="postgres"):
        return Connection(self.url(database))

    def create(self, database):
        """An empty database; an older one of that name is dropped first."""
        with self.connect() as db:
            db.run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            db.run(f'CREATE DATABASE "{database}" TEMPLATE template0')
        return database

    def _initdb(self):
        done = subprocess.run(
            [self.bin / "initdb", "-D", self.root / "data", "-U", SUPERUSER, "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            cwd="/", preexec_fn=_become(self._account), env=self._env(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise RuntimeError("initdb failed:\n" + done.stdout)

    def _start(self):
        args = [self.bin / "postgres", "-D", self.root / "data", "-k", self.root]
        for name, value in self.settings.items():
            args += ["-c", f"{name}={value}"]
        with open(self.root / "log", "ab") as log:
            self._server = subprocess.Popen(
                args, cwd="/", preexec_fn=_become(self._account), env=self._env(),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.connect().close()
                return
            except SqlError:
                if self._server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("PostgreSQL did not start:\n" + self.log) from None
                time.sleep(0.05)

    @staticmethod
    def _env():
        """Our environment without what would steer libpq or the server elsewhere."""
        return {k: v for k, v in os.environ.items() if not k.startswith("PG") and k != "LANG"}


class _Notify(ctypes.Structure):
    _fields_ = [("channel", ctypes.c_char_p), ("pid", ctypes.c_int), ("payload", ctypes.c_char_p)]


def _libpq():
    lib = ctypes.CDLL(ctypes.util.find_library("pq") or "libpq.so.5")
    text, ptr = ctypes.c_char_p, ctypes.c_void_p
    for name, result, args in (
            ("PQconnectdb", ptr, [text]), ("PQstatus", ctypes.c_int, [ptr]),
            ("PQerrorMessage", text, [ptr]), ("PQfinish", None, [ptr]),
            ("PQexec", ptr, [ptr, text]), ("PQresultStatus", ctypes.c_int, [ptr]),
            ("PQresultErrorMessage", text, [ptr]), ("PQresultErrorField", text, [ptr, ctypes.c_int]),
            ("PQntuples", ctypes.c_int, [ptr]), ("PQnfields", ctypes.c_int, [ptr]),
            ("PQgetisnull", ctypes.c_int, [ptr, ctypes.c_int, ctypes.c_int]),
            ("PQgetvalue", text, [ptr, ctypes.c_int, ctypes.c_int]), ("PQclear", None, [ptr]),
            ("PQfreemem", None, [ptr]), ("PQnotifies", ctypes.POINTER(_Notify), [ptr])):
        function = getattr(lib, name)
        function.restype, function.argtypes = result, args
    return lib


class Connection:
    """One libpq connection. Values come back as text, NULL as None."""
    _lib = None

    def __init__(self, url):
        self.url = url
        Connection._lib = Connection._lib or _libpq()
        self._db = self._lib.PQconnectdb(url.encode())
        if self._lib.PQstatus(self._db) != 0:
            message = self._lib.PQerrorMessage(self._db).decode(errors="replace")
            self.close()
            raise SqlError(None, message)
        self.run("SET client_min_messages = warning")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self._db:
            self._lib.PQfinish(self._db)
            self._db = None

    def rows(self, sql):
        """Runs one PQexec, as the product does; several statements are one transaction."""
        lib = self._lib
        result = lib.PQexec(self._db, sql.encode())
        try:
            if lib.PQresultStatus(result) not in (0, 1, 2):      # empty, command, tuples
                state = lib.PQresultErrorField(result, ord("C"))
                raise SqlError(state and state.decode(),
                               lib.PQresultErrorMessage(result).decode(errors="replace"))
            fields = range(lib.PQnfields(result))
            return [tuple(None if lib.PQgetisnull(result, row, field)
                          else lib.PQgetvalue(result, row, field).decode() for field in fields)
                    for row in range(lib.PQntuples(result))]
        finally:
            lib.PQclear(result)

    def run(self, sql):
        self.rows(sql)

    def value(self, sql):
        """The only column of the only row."""
        rows = self.rows(sql)
        assert len(rows) == 1 and len(rows[0]) == 1, f"{len(rows)} rows from: {sql}"
        return rows[0][0]

    def notifications(self):
        """(channel, payload) of every message that has arrived since the last call."""
        self.run("")                    # a round trip: what was committed before it has arrived
        found = []
        while message := self._lib.PQnotifies(self._db):
            found.append((message.contents.channel.decode(), message.contents.payload.decode()))
            self._lib.PQfreemem(message)
        return found
