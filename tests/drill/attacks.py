"""What attackers send, as bytes: requests whose framing lies, targets that climb, bodies that are no JSON and no form, frames that
are no websocket's. Each is an Attack; hostile.py sends them and looks at what comes back.
"""
import dataclasses
import gzip
import json
import os
import struct

LARGE_HEADER = 40_000
DEPTH = 100_000
REFUSED = frozenset((400, 413, 414, 431))
HOST = b"Host: localhost"
# What must never be answered: it lies in a body, or behind something that ends the connection.
SMUGGLED = b"GET /api/server/version HTTP/1.1\r\nHost: localhost\r\nX-Correlation-ID: smuggled\r\n\r\n"
# What must be answered when the connection goes on.
NEXT = b"GET /api/server/ping HTTP/1.1\r\nHost: localhost\r\nX-Correlation-ID: next\r\nConnection: close\r\n\r\n"


@dataclasses.dataclass(frozen=True)
class Attack:
    name: str
    sent: bytes
    statuses: frozenset = REFUSED
    closes: bool = True             # the connection ends with the answer; otherwise NEXT lies behind it, and is answered
    silent: bool = False            # it may end without an answer: nothing in it was HTTP
    text: str = "message"           # the member that says what is wrong; "" where the answer is no refusal


@dataclasses.dataclass(frozen=True)
class Operation:
    name: str
    method: bytes
    target: bytes
    headers: tuple = ()             # besides Host
    body: bytes = b""
    text: str = "message"

    def head(self, *headers, method=None, target=None, version=b"HTTP/1.1", host=HOST):
        line = b" ".join((method or self.method, target or self.target, version))
        lines = [line, *([host] if host else []), *self.headers, *headers]
        return b"\r\n".join(lines) + b"\r\n\r\n"


def operations(token):
    """One of each kind: a GET, JSON bodies, the upload, the websocket, web files."""
    auth, a_json = b"Authorization: Bearer " + token.encode(), b"Content-Type: application/json"
    return (
        Operation("GET", b"GET", b"/api/users/me", (auth,)),
        Operation("POST JSON", b"POST", b"/api/auth/login", (a_json,), b"{}"),
        Operation("PUT JSON", b"PUT", b"/api/users/me", (auth, a_json), b'{"name": 1}'),
        Operation("upload", b"POST", b"/api/assets", (auth, b"Content-Type: multipart/form-data; boundary=x"), form(field("a", "b"))),
        Operation("websocket", b"GET", b"/api/socket.io/?EIO=4&transport=websocket",
                  (auth, b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13",
                   b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")),
        Operation("web file", b"GET", b"/app.js"),
    )


# --- framing ---

def lengths(op):
    """A length that is none or two. The rest of the body is a request that must not be seen."""
    n, chunk = len(SMUGGLED), b"0\r\n\r\n" + SMUGGLED
    rows = {
        "both lengths": ((b"Content-Length: %d" % len(chunk), b"Transfer-Encoding: chunked"), chunk),
        "both lengths, the other first": ((b"Transfer-Encoding: chunked", b"Content-Length: 4"), chunk),
        "the same length twice": ((b"Content-Length: 0", b"Content-Length: 0"), SMUGGLED),
        "two lengths": ((b"Content-Length: %d" % n, b"Content-Length: 0"), SMUGGLED),
        "lengths in a list": ((b"Content-Length: 0, 0",), SMUGGLED),
        "negative length": ((b"Content-Length: -1",), SMUGGLED),
        "signed length": ((b"Content-Length: +0",), SMUGGLED),
        "hexadecimal length": ((b"Content-Length: 0x0",), SMUGGLED),
        "length in words": ((b"Content-Length: zero",), SMUGGLED),
        "length that overflows": ((b"Content-Length: 18446744073709551616",), SMUGGLED),
        "length with a blank in it": ((b"Content-Length: 0 0",), SMUGGLED),
        "chunked twice": ((b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"), chunk),
        "chunked, chunked": ((b"Transfer-Encoding: chunked, chunked",), chunk),
        "gzip, chunked": ((b"Transfer-Encoding: gzip, chunked",), chunk),
        "chunked, identity": ((b"Transfer-Encoding: chunked, identity",), chunk),
        "identity": ((b"Transfer-Encoding: identity",), SMUGGLED),
        "xchunked": ((b"Transfer-Encoding: xchunked",), chunk),
        "chunked behind a vertical tab": ((b"Transfer-Encoding:\x0bchunked",), chunk),
        "chunked before a form feed": ((b"Transfer-Encoding: chunked\x0c",), chunk),
        "quoted chunked": ((b'Transfer-Encoding: "chunked"',), chunk),
        "blank before the colon": ((b"Transfer-Encoding : chunked",), chunk),
        "coding in a folded line": ((b"X: y", b" Transfer-Encoding: chunked"), chunk),
        "coding behind a bare line feed": ((b"X: y\nTransfer-Encoding: chunked",), chunk),
        "coding behind a bare carriage return": ((b"X: y\rTransfer-Encoding: chunked",), chunk),
        "coding behind a NUL": ((b"X: y\x00\r\nTransfer-Encoding: chunked",), chunk),
    }
    for name, (headers, body) in rows.items():
        yield Attack(name, op.head(*headers) + body)
    yield Attack("chunked in HTTP/1.0", op.head(b"Transfer-Encoding: chunked", version=b"HTTP/1.0") + chunk)


def lines(op):
    """A header that is none."""
    head = op.head
    rows = {
        "NUL in the path": head(target=op.target.replace(b"/", b"/\x00", 1)),
        "%00 in the path": head(target=op.target.replace(b"/", b"/%00", 1)),
        "blank in the target": head(target=op.target + b" x"),
        "two blanks": head(method=op.method + b" "),
        "fragment of a scheme": head(target=b"localhost" + op.target),
        "asterisk": head(target=b"*"),
        "authority": head(method=b"CONNECT", target=b"localhost:80"),
        "folded header": head(b"X: y", b" z"),
        "folded with a tab": head(b"X: y", b"\tz"),
        "folded first line": op.head(host=b" X: y"),
        "bare line feeds": head().replace(b"\r\n", b"\n"),
        "one bare line feed": head(b"X: y\nZ: z"),
        "bare carriage return": head(b"X: y\rZ: z"),
        "NUL in a header": head(b"X: y\x00z"),
        "control character in a header": head(b"X: y\x01z"),
        "header without colon": head(b"no colon"),
        "header without name": head(b": y"),
        "header with an odd name": head(b"X(: y"),
        "header with a name in UTF-8": head("Ü: y".encode()),
        "no host": head(host=None),
        "two hosts": head(b"Host: evil"),
        "odd method": head(method=b"G(T"),
        "method in UTF-8": head(method="GÉT".encode()),
        "another version": head(version=b"HTTP/2.0"),
        "version of one digit": head(version=b"HTTP/1"),
        "version of three digits": head(version=b"HTTP/1.10"),
        "small version": head(version=b"http/1.1"),
        "HTTP/0.9": op.method + b" " + op.target + b"\r\n\r\n",
        "header of 40 KB": head(b"X: " + b"y" * LARGE_HEADER),
        "40 KB of headers": head(*[b"X-%d: y" % i for i in range(LARGE_HEADER // 9)]),
        "200 headers": head(*[b"X-%d: y" % i for i in range(200)]),
        "cookies of 40 KB": head(b"Cookie: " + b"a=b;" * (LARGE_HEADER // 4)),
        "name of 40 KB": head(b"X" * LARGE_HEADER + b": y"),
        "header of 5 MB": head(b"X: " + b"y" * 5_000_000),
        "target of 40 KB": head(target=op.target + b"?" + b"x" * LARGE_HEADER),
        "method of 40 KB": head(method=b"X" * LARGE_HEADER),
        "query of 300 pairs": head(target=op.target + b"?" + b"a=b&" * 300),
        "query with %00": head(target=op.target + b"?a=%00"),
        "query that is no UTF-8": head(target=op.target + b"?a=%ff"),
        "path with a cut escape": head(target=op.target.split(b"?")[0] + b"%"),
        "path with no escape": head(target=op.target.split(b"?")[0] + b"%zz"),
        "path with an overlong slash": head(target=op.target.split(b"?")[0] + b"%c0%af"),
        "path with a surrogate": head(target=op.target.split(b"?")[0] + b"%ed%a0%80"),
        "path with raw bytes": head(target=op.target.split(b"?")[0] + b"\xff\xfe"),
    }
    for name, sent in rows.items():
        yield Attack(name, sent + SMUGGLED)


def chunks(op):
    """Chunks that are none, of a body that would be taken."""
    head = op.head(b"Transfer-Encoding: chunked")
    body = b"%x\r\n" % len(op.body) + op.body
    rows = {
        "size in words": b"zz\r\n",
        "size of nothing": b"\r\n",
        "negative size": b"-1\r\n",
        "signed size": b"+2\r\n{}\r\n",
        "size with 0x": b"0x2\r\n{}\r\n",
        "size behind a blank": b" 2\r\n{}\r\n",
        "size that overflows": b"ffffffffffffffff1\r\n{}\r\n",
        "data longer than its size": body + b"XX\r\n",
        "line feed in an extension": b"2;a\nb\r\n{}\r\n",
        "extension of 60 KB": b"2;" + b"a" * 60_000 + b"\r\n{}\r\n",
        "trailer of 60 KB": body + b"\r\n0\r\nX: " + b"y" * 60_000 + b"\r\n\r\n",
    }
    for name, rest in rows.items():
        yield Attack(f"chunk: {name}", head + rest + b"0\r\n\r\n" + SMUGGLED)


# --- targets ---

def climbing():
    """Paths that leave the folder of web files, or would."""
    ups = (b"/../secret.txt", b"/x/../../secret.txt", b"/%2e%2e/secret.txt", b"/..%2fsecret.txt", b"/%2e%2e%2fsecret.txt",
           b"/..%5csecret.txt", b"/..\\secret.txt", b"//secret.txt", b"/./../secret.txt", b"/app.js/../../secret.txt", b"/..;/secret.txt",
           b"/....//secret.txt", b"/.../secret.txt", b"/%252e%252e/secret.txt", b"/.%2e/secret.txt", b"/_app/../../secret.txt",
           b"/%2fetc/passwd", b"//etc/passwd", b"/../../../../../../../../etc/passwd", b"http://localhost/../secret.txt", b"/.hidden",
           b"/api/../secret.txt", b"/API/../../secret.txt")
    for target in ups:
        op = Operation("climb", b"GET", target, (b"Accept: */*",))
        yield Attack(f"climb {target.decode()}", op.head() + NEXT, frozenset((200, *REFUSED, 404)), closes=False, text="")


def methods():
    for method in (b"TRACE", b"OPTIONS", b"PROPFIND", b"FOO", b"PATCH", b"get"):
        op = Operation("method", method, b"/api/nothing")
        yield Attack(f"method {method.decode()}", op.head() + NEXT, frozenset((404,)), closes=False)


def ranges(op):
    """What is asked for, and what the contract answers."""
    many = b",".join(b"%d-%d" % (i, i) for i in range(1500))
    rows = ((b"bytes=0-0", 206), (b"bytes=-0", 404), (b"bytes=99999999999999999999999-", 404), (b"bytes=5-1", 200), (b"bytes=--1", 200),
            (b"bytes=" + many, 200), (b"bytes=0-0," * 1000 + b"1-1", 200), (b"lines=0-1", 200), (b"bytes=-18446744073709551616", 206),
            (b"bytes=\xff-", 200), (b"bytes=1-1\x0b", 400), (b"bytes=0x1-2", 200), (b"bytes=+1-2", 200))
    for value, status in rows:
        closes = status == 400
        yield Attack(f"range {value[:30]!r}", op.head(b"Range: " + value) + NEXT, frozenset((status,)), closes,
                     text="message" if status >= 400 else "")


# --- bodies ---

def nested(opening, closing):
    return opening * DEPTH + closing * DEPTH


def bodies(op):
    """JSON that is none, or that nobody means."""
    rows = {
        "arrays 10^5 deep": nested(b"[", b"]"),
        "objects 10^5 deep": nested(b'{"a":', b"}")[:-DEPTH] + b"1" + b"}" * DEPTH,
        "10^5 arrays that are not closed": b"[" * DEPTH,
        "deep within a field": b'{"name": ' + nested(b"[", b"]") + b"}",
        "lone surrogate": rb'{"name": "\ud800", "email": "\ud800@x", "password": "\udfff"}',
        "surrogates the wrong way round": rb'{"name": "\udc00\ud800", "email": "\udc00\ud800@x", "password": 1}',
        "surrogate in UTF-8": b'{"name": "\xed\xa0\x80", "email": "a@b.cd", "password": 1}',
        "no UTF-8": b'{"name": "\xff", "email": "\xfe@x", "password": 1}',
        "overlong NUL": b'{"name": "\xc0\x80", "email": "\xc0\x80"}',
        "cut character": b'{"name": "\xe2\x82',
        "escaped NUL": rb'{"name": "a\u0000b", "email": "a\u0000@b.cd", "password": "\u0000"}',
        "raw NUL": b'{"name": "a\x00b"}',
        "control character": b'{"name": "a\x01b"}',
        "number for text": b'{"name": 9007199254740993, "email": 9007199254740993, "password": 9007199254740993}',
        "number beyond doubles": b'{"name": 1e999, "email": 1e999}',
        "10^6 digits": b'{"name": ' + b"1" * 1_000_000 + b', "email": 1}',
        "text behind the end": b'{"name": "a"} {"name": "b"}',
        "nothing but a text": b'"name"',
        "nothing": b"",
        "blanks": b" " * 10_000,
        "byte order mark": b"\xef\xbb\xbf[1]",
        "UTF-16": '{"name": "a"}'.encode("utf-16"),
        "NaN": b'{"name": NaN, "email": NaN}',
        "comment": b'{"name": /* x */ 1, "email": 2}',
        "10^5 names": b"{" + b",".join(b'"a%d": 1' % i for i in range(100_000)) + b', "name": 1}',
        "prototype": b'{"__proto__": {"isAdmin": true}, "constructor": 1, "name": 1}',
        "compressed": gzip.compress(b'{"name": "a"}'),
        "gigabyte, compressed": gzip.compress(b'{"name": "' + b"a" * 50_000_000 + b'"}', 9),
    }
    for name, body in rows.items():
        head = op.head(b"Content-Length: %d" % len(body), *([b"Content-Encoding: gzip"] if "compressed" in name else []))
        yield Attack(f"JSON: {name}", head + body + NEXT, closes=False)
    large = b'{"name": "' + b"a" * (11 * 1024 * 1024) + b'"}'
    # Compat: upstream's parser fails with 500, not with 413.
    yield Attack("JSON: 11 MB", op.head(b"Content-Length: %d" % len(large)) + large + NEXT, frozenset((500,)), closes=False)
    forms = {"form with %00": b"name=%00&email=%00", "form that is no UTF-8": b"name=%ff", "form of 300 pairs": b"name[]=1&" * 300}
    for name, body in forms.items():
        form_op = dataclasses.replace(op, headers=tuple(h for h in op.headers if not h.startswith(b"Content-Type")))
        head = form_op.head(b"Content-Type: application/x-www-form-urlencoded", b"Content-Length: %d" % len(body))
        yield Attack(name, head + body + NEXT, closes=False)


def numbers(token):
    """2^53 + 1 is no integer of JSON's, wherever one is asked for."""
    auth = b"Authorization: Bearer " + token.encode()
    a_json = b"Content-Type: application/json"
    for number in (2**53, 2**53 + 1, -(2**53) - 1, 2**63, 2**64, 10**400):
        rows = ((b"PUT", b"/api/users/me/preferences", {"download": {"archiveSize": number}}),
                (b"POST", b"/api/download/info", {"archiveSize": number}),
                (b"POST", b"/api/admin/users", {"email": "a@b.cd", "name": "a", "password": "secret12", "quotaSizeInBytes": number}))
        for method, target, value in rows:
            op = Operation("number", method, target, (auth, a_json))
            body = json.dumps(value).encode()
            yield Attack(f"{number:.3e} to {target.decode()}" if number < 10**300 else f"10^400 to {target.decode()}",
                         op.head(b"Content-Length: %d" % len(body)) + body + NEXT, closes=False)


# --- forms ---

def field(name, value, more=""):
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value.encode() + b"\r\n"


def form(*parts):
    return b"".join(parts) + b"--x--\r\n"


def forms(op, parts):
    """Forms that are none. What comes behind a refused one may be read or not, so the connection may end."""
    photo = field("assetData", "JPEG", '; filename="a.jpg"')
    rows = {
        f"{parts} parts": form(field("a", "") * parts),
        f"{parts} parts without a name": form(b"--x\r\n\r\n\r\n" * parts),
        f"{parts} empty boundaries": b"--x\r\n" * parts,
        "field of 2 MB": form(field("a", "b" * 2_000_000)),
        "part header of 40 KB": form(b"--x\r\nX: " + b"y" * LARGE_HEADER + b"\r\n\r\n\r\n"),
        "part header without an end": b"--x\r\n" + b"X" * LARGE_HEADER,
        "no end": photo,
        "no parts": b"",
        "nothing but line ends": b"\r\n" * 100_000,
        "another boundary": form(photo).replace(b"--x", b"--y"),
        "name that is no UTF-8": form(b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n1\r\n'),
        "name with NUL": form(b'--x\r\nContent-Disposition: form-data; name="a\x00b"\r\n\r\n1\r\n'),
        "value that is no UTF-8": form(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n'),
        "value with NUL": form(field("a", "\x00")),
        "two files": form(photo, photo),
        "unknown file": form(field("evil", "x", '; filename="a.jpg"')),
        "file without bytes": form(field("assetData", "", '; filename="a.jpg"')),
        "file of a program": form(field("assetData", "MZ", '; filename="a.exe"')),
        "file name that climbs": form(field("assetData", "x", '; filename="../../../../tmp/evil.sh"')),
        "file name of 10 KB": form(field("assetData", "x", f'; filename="{"a" * 10_000}.jpg"')),
        "file name with NUL": form(field("assetData", "x", '; filename="a.jpg\x00.exe"')),
        "file without fields": form(photo),
        "metadata 10^5 deep": form(field("metadata", "[" * DEPTH), photo),
        "metadata that is no JSON": form(field("metadata", r'[{"key": "\ud800'), photo),
        "times of year 10^9": form(field("fileCreatedAt", "999999999-01-01T00:00:00Z"), field("fileModifiedAt", "-1"), photo),
    }
    for name, body in rows.items():
        yield Attack(f"form: {name}", op.head(b"Content-Length: %d" % len(body)) + body + NEXT, closes=None)
    for name, boundary in (("without boundary", b""), ("empty boundary", b"; boundary="), ("boundary of 10 KB", b"; boundary=" + b"x" * 10_000),
                           ("boundary with a line end in it", b'; boundary="x\\\ry"')):
        kind = b"Content-Type: multipart/form-data" + boundary
        bare = dataclasses.replace(op, headers=(op.headers[0], kind))
        yield Attack(f"form: {name}", bare.head(b"Content-Length: %d" % len(op.body)) + op.body + NEXT, closes=None)


# --- the websocket ---

def handshakes(op):
    """Refused in the shape of engine.io."""
    def without(name):
        return dataclasses.replace(op, headers=tuple(h for h in op.headers if not h.startswith(name)))
    rows = {
        "no key": without(b"Sec-WebSocket-Key").head(),
        "short key": without(b"Sec-WebSocket-Key").head(b"Sec-WebSocket-Key: YQ=="),
        "no version": without(b"Sec-WebSocket-Version").head(),
        "no upgrade": without(b"Upgrade").head(),
        "polling": op.head(target=b"/api/socket.io/?EIO=4&transport=polling"),
        "old engine": op.head(target=b"/api/socket.io/?EIO=3&transport=websocket"),
        "unknown session": op.head(target=b"/api/socket.io/?EIO=4&transport=websocket&sid=x"),
        "POST": op.head(b"Content-Length: 0", method=b"POST"),
    }
    for name, sent in rows.items():
        yield Attack(f"handshake: {name}", sent + NEXT, closes=None)


def frame(kind, data, first=0x80, mask=b"\1\2\3\4", size=None):
    n = len(data) if size is None else size
    length = bytes([n]) if n < 126 else b"\x7e" + struct.pack(">H", n) if n < 65536 else b"\x7f" + struct.pack(">Q", n)
    length = bytes([length[0] | (0x80 if mask else 0)]) + length[1:]
    if mask:
        data = bytes(c ^ mask[i % 4] for i, c in enumerate(data))
    return bytes([first | kind]) + length + mask + data


def frames():
    """(name, frames) after each of which the server ends the connection."""
    text, binary, close, ping = 1, 2, 8, 9
    return (
        ("2 MB declared", frame(text, b"42", size=2_000_000)),
        ("2^63 bytes declared", frame(text, b"42", size=2**63 - 1)),
        ("2^64 - 1 bytes declared", frame(text, b"42", size=2**64 - 1)),
        ("1.5 MB sent", frame(text, b"4" * 1_500_000)),
        ("1.5 MB in fragments", frame(text, b"4" * 60_000, first=0) + frame(0, b"4" * 60_000, first=0) * 25),
        ("no mask", frame(text, b"42", mask=b"")),
        ("reserved bits", frame(text, b"42", first=0xf0)),
        ("unknown kind", frame(3, b"x")),
        ("unknown control", frame(11, b"x")),
        ("ping in fragments", frame(ping, b"x", first=0)),
        ("ping of 200 bytes", frame(ping, b"x" * 200)),
        ("continuation of nothing", frame(0, b"x")),
        ("text within text", frame(text, b"4", first=0) + frame(text, b"2")),
        ("no UTF-8", frame(text, b"42\xff")),
        ("no UTF-8 over two fragments", frame(text, b"42\xe2", first=0) + frame(0, b"\x28\xa1")),
        ("binary", frame(binary, b"x")),
        ("close of one byte", frame(close, b"\x03")),
        ("close with a code that is none", frame(close, b"\x00\x01")),
        ("close with a reason that is no UTF-8", frame(close, b"\x03\xe8\xff")),
        ("no engine.io", frame(text, b"9")),
        ("nothing but noise", os.urandom(4096).replace(b"\x81", b"\x83")),
    )


# --- no HTTP at all ---

def noise(rounds):
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(506)
    rows = [("TLS", hello), ("preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), ("method alone", b"GET\r\n\r\n"), ("tabs", b"GET\t/\tHTTP/1.1\r\n\r\n"),
            ("SSH", b"SSH-2.0-OpenSSH_9\r\n"), ("SMTP", b"HELO x\r\nMAIL FROM:<a@b>\r\n"), ("memcached", b"stats\r\n"), ("redis", b"*1\r\n$4\r\nPING\r\n")]
    rows += [(f"noise {i}", os.urandom(1 + i * 37 % 3000) + b"\r\n\r\n") for i in range(rounds)]
    for name, sent in rows:
        yield Attack(name, sent, closes=None, silent=True)
