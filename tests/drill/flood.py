#!/usr/bin/env python3
"""Thousands of connections that want little or nothing: idle ones, slow readers, headers a byte a second, websockets.

usage: flood.py BIN [--idle N] [--readers N] [--headers N] [--sockets N]

Others are served as before, memory stays within what each connection may take, those over a limit of time are closed by the
server, and in the end every descriptor is given back.
"""
import argparse
import contextlib
import itertools
import resource
import socket
import threading
import time

import roles
from live import Live
from photos import Gallery, Photos

OTHERS_P99_MS = 100
HEADER_SECONDS, IDLE_SECONDS = 20, 30   # the server's limits
SWEEP_SECONDS = 8                       # how late it may be
HOLD_SECONDS = 45                       # all are there; longer than both limits
CONNECTION_KIB = 33                     # DESIGN §4: 2,000 idle ones are 67 MB
READER_KIB = 192                        # and the block it is sent, and its request
SOCKET_KIB = 40
REST_MIB = 24                           # above what it was before, for what allocators keep
READ_BYTES = 2048                       # of a slow reader, a second
PING = b"\x81\x012"                     # a websocket frame, engine.io's


class Herd:
    """Connections that one thread looks after, once a second each."""

    def __init__(self):
        self.members = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        for member in self.members:
            member.close()

    def add(self, member):
        member.socket.setblocking(False)
        self.members.append(member)

    def alive(self, kind):
        return sum(isinstance(member, kind) and member.ended is None for member in self.members)

    def run(self):
        while not self.over.wait(0.5):
            for member in list(self.members):
                if member.ended is None:
                    try:
                        member.look()
                    except BlockingIOError:
                        pass
                    except OSError:
                        member.end()


class Member:
    def __init__(self, port, token):
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        self.token, self.began, self.ended = token, time.monotonic(), None

    def head(self, path):
        return (f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.token}\r\n\r\n").encode()

    def end(self):
        self.ended = time.monotonic() - self.began

    def close(self):
        self.socket.close()


class Idle(Member):
    """Asked once, and keeps its connection."""

    def __init__(self, port, token):
        super().__init__(port, token)
        self.socket.sendall(self.head("/api/server/ping"))
        assert b"pong" in self.socket.recv(4096)
        self.began = time.monotonic()

    def look(self):
        if not self.socket.recv(1):
            self.end()


class Reader(Member):
    """Downloads an original, slowly."""

    def __init__(self, port, token, path):
        super().__init__(port, token)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.sendall(self.head(path))

    def look(self):
        if not self.socket.recv(READ_BYTES):
            self.end()


class Header(Member):
    """Sends a request's header and never ends it."""

    def __init__(self, port, token):
        super().__init__(port, token)
        self.rest = iter(self.head("/api/users/me")[:-2] + b"X-Slow: " + b"x" * 10_000)
        self.sent = 0

    def look(self):
        with contextlib.suppress(BlockingIOError):
            if not self.socket.recv(1):
                self.end()
                return
        if time.monotonic() - self.began > self.sent:
            self.sent += self.socket.send(bytes([next(self.rest)]))


class Socket:
    """A websocket that answers pings."""

    def __init__(self, port, token):
        self.live, self.ended, self.began = Live(port, token), None, time.monotonic()
        self.socket = self.live._socket

    def look(self):
        data = self.socket.recv(65536)
        if not data:
            self.end()
        elif data.endswith(PING):
            self.live._send("3")

    def end(self):
        self.ended = time.monotonic() - self.began

    def close(self):
        with contextlib.suppress(OSError):
            self.live.close()


def fill(herd, kind, n, *arguments):
    for _ in range(n):
        herd.add(kind(*arguments))


def closed_in_time(herd, kind, limit):
    """A fault when any was closed too early, too late or not at all."""
    ended = [member.ended for member in herd.members if isinstance(member, kind)]
    early = sum(end is not None and end < limit - 2 for end in ended)
    late = sum(end is None or end > limit + SWEEP_SECONDS for end in ended)
    if early or late:
        yield f"{kind.__name__}: of {len(ended)} closed too early {early}, too late or never {late}"


def flood(site, gallery, arguments):
    port, token = site.server.port, site.token
    original = f"/api/assets/{gallery.promised[0]}/original"
    paths = itertools.cycle(("/api/users/me", f"/api/assets/{gallery.promised[0]}/thumbnail", "/api/timeline/buckets"))
    before, rest = roles.descriptors(site.server.pid), roles.pss_mib(site.server.pid)
    faults = []

    def others():
        path = next(paths)
        status, _ = roles.request(port, "GET", path, headers={"Authorization": f"Bearer {token}"})
        if status != 200:
            raise RuntimeError(f"{path}: {status}")

    with Herd() as herd:
        fill(herd, Socket, arguments.sockets, port, token)
        fill(herd, Reader, arguments.readers, port, token, original)
        fill(herd, Header, arguments.headers, port, token)
        fill(herd, Idle, arguments.idle, port, token)
        open_now = {kind.__name__: herd.alive(kind) for kind in (Socket, Reader, Header, Idle)}
        with roles.Repeated(others) as reader, roles.pings(port) as pings:
            time.sleep(2)
            peak = roles.pss_mib(site.server.pid)
            time.sleep(HOLD_SECONDS)
        left = {kind.__name__: herd.alive(kind) for kind in (Socket, Reader, Header, Idle)}
        faults += closed_in_time(herd, Header, HEADER_SECONDS)
        faults += closed_in_time(herd, Idle, IDLE_SECONDS)
    p99 = reader.percentile(0.99)
    allowed = rest + REST_MIB + (arguments.idle + arguments.headers) * CONNECTION_KIB / 1024 \
        + arguments.readers * READER_KIB / 1024 + arguments.sockets * SOCKET_KIB / 1024
    if peak > allowed:
        faults.append(f"memory: {peak:.0f} MiB, {allowed:.0f} are allowed")
    if reader.errors or p99 > OTHERS_P99_MS or pings.errors or pings.percentile(0.99) > OTHERS_P99_MS:
        faults.append(f"others: p99 {p99:.0f} ms, ping {pings.percentile(0.99):.0f} ms, errors {reader.errors[:1]} {pings.errors[:1]}")
    for kind, wanted in (("Socket", arguments.sockets), ("Reader", arguments.readers)):
        if left[kind] != wanted:
            faults.append(f"{kind}: {left[kind]} of {wanted} are left")
    print(f"open {open_now}, after {HOLD_SECONDS} s {left}; server {rest:.1f} MiB before, {peak:.1f} with all, {allowed:.0f} allowed; "
          f"others p99 {p99:.1f} ms of {len(reader.took_ms)}, ping p99 {pings.percentile(0.99):.1f} ms",
          flush=True)
    took = roles.wait_until(lambda: roles.descriptors(site.server.pid) <= before, IDLE_SECONDS + SWEEP_SECONDS, "descriptors as before")
    print(f"descriptors {before} before, the same {took:.1f} s after all left; server {roles.pss_mib(site.server.pid):.1f} MiB", flush=True)
    return faults


def drill(arguments):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = arguments.idle + arguments.readers + arguments.headers + arguments.sockets + 256
    if most != resource.RLIM_INFINITY and most < wanted:
        raise roles.Skip(f"needs {wanted} open files, {most} are allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    with roles.Site(arguments.bin, "flood") as site:
        site.start()
        gallery = Gallery(site, Photos(site.folder, ("3000x2000",)))
        assert gallery.upload(0)[0] == 201
        site.drain()
        roles.check(flood(site, gallery, arguments))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    parser.add_argument("--idle", type=int, default=2000)
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--headers", type=int, default=100)
    parser.add_argument("--sockets", type=int, default=500)
    roles.run(drill, parser.parse_args())


main()
