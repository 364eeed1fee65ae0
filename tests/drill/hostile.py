#!/usr/bin/env python3
"""Requests that are meant to break the server or those before and behind them, on each kind of operation.

usage: hostile.py BIN [--rounds N] [--parts N] [--noise N]

Each is refused in the contract's shape, and a request that lies hidden in it is never answered: the connection ends, or goes on with
the next one. No file is left, memory stays where it was, every descriptor is given back, and others are served meanwhile.
"""
import argparse
import contextlib
import json
import socket
from pathlib import Path

import attacks
import roles
from photos import Gallery, Photos

TIMEOUT_SECONDS = 30                # more than the server gives a header that does not end
SOCKET_SECONDS = 10
REST_MIB = 8                        # above what it had before all: what allocators keep
REST_SECONDS = 30                   # until it is back there
PEAK_MIB = 96                       # above that, for bodies of 10 MB, their trees, 1.5 MB of frames
SECRET = b"nobody may read this"
INDEX = "<!doctype html><title>web</title>"
PONG = b'{"res":"pong"}'


class Answer:
    """One reply of those that a connection brought."""

    def __init__(self, data):
        head, separator, rest = data.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        parts = first.split(b" ", 2)
        if not separator or len(parts) < 2 or parts[0] != b"HTTP/1.1" or not parts[1].isdigit():
            raise ValueError(f"no answer: {data[:200]!r}")
        self.status = int(parts[1])
        self.headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        if self.headers.get(b"transfer-encoding") == b"chunked":
            raise ValueError("an answer in chunks, which none of these is")
        n = 0 if self.status < 200 else int(self.headers.get(b"content-length", b"0"))
        if len(rest) < n:
            raise ValueError(f"{self.status} cut off after {len(rest)} of {n} bytes")
        self.body, self.rest = rest[:n], rest[n:]

    @property
    def closes(self):
        return self.headers.get(b"connection") == b"close"


def answers(data):
    while data:
        answer = Answer(data)
        data = answer.rest
        if answer.status >= 200:
            yield answer


def talk(port, sent):
    """All that comes back until the connection ends."""
    got = bytearray()
    with socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS) as link:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):    # it may stop reading
            link.sendall(sent)
        with contextlib.suppress(OSError):
            link.shutdown(socket.SHUT_WR)
        while data := link.recv(65536):
            got += data
    return bytes(got)


# --- judging ---

def shape(attack, answer):
    """A fault unless it is a refusal that a client of the contract can read."""
    try:
        value = json.loads(answer.body)
        fine = isinstance(value, dict) and isinstance(value["message"], str) and value["message"]
    except (ValueError, KeyError):
        fine = False
    if not fine or not answer.headers.get(b"content-type", b"").startswith(b"application/json"):
        yield f"not in the contract's shape: {answer.status} {answer.body[:120]!r}"


def judge(attack, data):
    """Sentences about what is wrong with what came back."""
    if b"smuggled" in data:
        yield "the hidden request was answered"
    if SECRET in data or b"root:" in data:
        yield "a file was read that is none of the web's"
    try:
        got = list(answers(data))
    except ValueError as error:
        yield str(error)
        return
    if not got:
        if not attack.silent:
            yield "no answer"
        return
    first, *rest = got
    if first.status not in attack.statuses:
        yield f"{first.status} {first.body[:120]!r}, not {sorted(attack.statuses)}"
    if first.status >= 400:
        yield from shape(attack, first)
    if attack.closes and (rest or not first.closes):
        yield f"the connection went on: {len(got)} answers"
    if not attack.closes and not first.closes and not attack.silent:
        if len(rest) != 1 or rest[0].body != PONG or rest[0].headers.get(b"x-correlation-id") != b"next":
            yield f"the next request was not answered as it was sent: {[(a.status, a.body[:60]) for a in rest]}"
    if attack.closes is False and first.closes:
        yield "the connection ended, though nothing was wrong with the framing"


class Count:
    def __init__(self):
        self.sent, self.faults = 0, []

    def send(self, port, where, attack):
        self.sent += 1
        try:
            faults = list(judge(attack, talk(port, attack.sent)))
        except OSError as error:
            faults = [f"{type(error).__name__}: {error}"]
        self.faults += [f"{where}, {attack.name}: {fault}" for fault in faults]


# --- what is sent ---

def requests(site, asset, arguments):
    """(operation, attack)"""
    kinds = attacks.operations(site.token)
    get, post, put, upload, live, web = kinds
    for op in kinds:
        for attack in (*attacks.lengths(op), *attacks.lines(op)):
            yield op.name, attack
    for op in (post, put, upload):
        for attack in attacks.chunks(op):
            yield op.name, attack
    for op in (post, put):
        for attack in attacks.bodies(op):
            yield op.name, attack
    original = attacks.Operation("original", b"GET", f"/api/assets/{asset}/original".encode(), get.headers)
    rows = (("original", attacks.ranges(original)), ("numbers", attacks.numbers(site.token)), ("upload", attacks.forms(upload, arguments.parts)),
            ("websocket", attacks.handshakes(live)), ("web", attacks.climbing()), ("methods", attacks.methods()),
            ("no HTTP", attacks.noise(arguments.noise)))
    for name, group in rows:
        for attack in group:
            yield name, attack


def send_frames(site, count):
    """Each on a websocket of its own, which must end."""
    handshake = attacks.operations(site.token)[4].head()
    for name, sent in attacks.frames():
        count.sent += 1
        with socket.create_connection(("127.0.0.1", site.server.port), SOCKET_SECONDS) as link:
            link.sendall(handshake)
            head = link.recv(4096)
            if not head.startswith(b"HTTP/1.1 101 "):
                count.faults.append(f"websocket, {name}: no handshake: {head[:80]!r}")
                continue
            try:
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    link.sendall(sent)
                with contextlib.suppress(ConnectionResetError):
                    while link.recv(65536):
                        pass
            except TimeoutError:
                count.faults.append(f"websocket, {name}: still open after {SOCKET_SECONDS} s")


def run_round(site, asset, arguments):
    count = Count()
    for where, attack in requests(site, asset, arguments):
        count.send(site.server.port, where, attack)
    send_frames(site, count)
    return count


# --- what must not have changed ---

def peak_mib(pid):
    """The most that it had in memory since it was asked to begin anew."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no VmHWM of {pid}")


def begin_peak(pid):
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def web_files(folder):
    (folder / "www" / "_app").mkdir(parents=True)
    (folder / "secret.txt").write_bytes(SECRET)
    (folder / "www" / ".hidden").write_bytes(SECRET)
    (folder / "www" / "index.html").write_text(INDEX)
    (folder / "www" / "app.js").write_text("let x = 1;")
    return folder


def left_behind(site, before):
    for path in site.media.rglob("*"):
        if path.is_file() and path not in before:
            yield f"a file is left: {path}"


def rounds(site, asset, arguments):
    server, files = site.server, {path for path in site.media.rglob("*") if path.is_file()}
    rest, descriptors, faults = roles.pss_mib(server.pid), roles.descriptors(server.pid), []
    with roles.pings(server.port) as pings:
        for number in range(1, arguments.rounds + 1):
            begin_peak(server.pid)
            count = run_round(site, asset, arguments)
            peak = peak_mib(server.pid)
            print(f"round {number}: {count.sent} attacks, {len(count.faults)} faults; server {peak:.1f} MiB at most (resident), "
                  f"{roles.pss_mib(server.pid):.1f} after", flush=True)
            faults += count.faults
            if peak > rest + PEAK_MIB:
                faults.append(f"memory: {peak:.0f} MiB at most, {rest:.0f} before")
    if pings.errors:
        faults.append(f"others were not served: {pings.errors[:2]}")
    if not server.alive:
        return [*faults, f"the server ended with status {server.process.returncode}"]
    for what, was, more, look in (("MiB", rest, REST_MIB, roles.pss_mib), ("descriptors", descriptors, 0, roles.descriptors)):
        try:
            took = roles.wait_until(lambda look=look, most=was + more: look(server.pid) <= most, REST_SECONDS, what)
            print(f"{what}: {was:.1f} before, {look(server.pid):.1f} {took:.1f} s after", flush=True)
        except AssertionError:
            faults.append(f"{look(server.pid):.1f} {what} {REST_SECONDS} s after, {was:.1f} before")
    print(f"ping p99 {pings.percentile(0.99):.1f} ms of {len(pings.took_ms)}", flush=True)
    assert site.ask("GET", "/api/users/me")["email"] == roles.EMAIL
    return [*faults, *left_behind(site, files)]


def drill(arguments):
    with roles.Site(arguments.bin, "hostile") as site:
        site.add_server({"IMMICH_BUILD_DATA": str(web_files(site.folder / "web"))})
        site.sign_up()
        gallery = Gallery(site, Photos(site.folder, ("320x240",)))
        assert gallery.upload(0)[0] == 201
        roles.check(rounds(site, gallery.promised[0], arguments))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parts", type=int, default=1_000_000)
    parser.add_argument("--noise", type=int, default=200)
    roles.run(drill, parser.parse_args())


main()
