#!/usr/bin/env python3
"""One upload under strace: the file is safe on the disk before its row is committed, and the row before the answer.

usage: order.py BIN      BIN is the folder of the executables
"""
import http.client
import json
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from roles import EMAIL, PASSWORD, Cluster, Role, ask, free_port, multipart    # noqa: E402

CALLS = "fsync,fdatasync,link,linkat,rename,renameat,renameat2,sendto,sendmsg,write,writev"
TRACE_SECONDS = 10
# The steps in the order they must come; the name is the asset's id in the final path.
STEPS = (
    ("fsync(file)", r"(fsync|fdatasync)\(\d+<{folder}/\.tintype-upload-[^>]*>\)\s+= 0"),
    ("rename", r'(link|linkat|rename|renameat|renameat2)\(.*"{path}".*\)\s+= 0'),
    ("fsync(dir)", r"fsync\(\d+<{parent}>\)\s+= 0"),
    ("COMMIT", r'(sendto|write)\(\d+<[^>]*>, "[^"]*COMMIT'),
    ("201", r'(sendto|sendmsg|write|writev)\(\d+<.*HTTP/1\.1 201 '),
)


def upload(port, token):
    kind, body = multipart("photo.jpg", b"\xff\xd8\xff" + b"x" * 100_000)
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request("POST", "/api/assets", body, {"Authorization": f"Bearer {token}", "Content-Type": kind})
    reply = link.getresponse()
    answer = json.loads(reply.read())
    assert reply.status == 201, (reply.status, answer)
    return answer["id"]


def check(trace, path):
    """The lines of the steps, each after the one before; raises for a step that is missing or too early."""
    names = {"path": re.escape(str(path)), "parent": re.escape(str(path.parent)),
             "folder": re.escape(str(path.parents[2]))}
    at = 0
    for step, pattern in STEPS:
        pattern = re.compile(pattern.format(**names))
        found = next((n for n in range(at, len(trace)) if pattern.search(trace[n])), None)
        assert found is not None, f"no {step} after line {at}:\n" + "".join(trace)
        print(f"{step:12} {trace[found].strip()[:150]}")
        at = found + 1


def drill(bin_dir, folder):
    media, log = folder / "media", folder / "trace"
    media.mkdir()
    port = free_port()
    with Cluster() as cluster:
        env = {"DB_URL": cluster.url(cluster.create("drill")), "IMMICH_MEDIA_LOCATION": str(media),
               "IMMICH_HOST": "127.0.0.1", "IMMICH_PORT": str(port)}
        strace = ("strace", "-f", "-y", "-qq", "-s", "400", "-e", f"trace={CALLS}", "-e", "signal=none", "-o", str(log))
        server = Role(bin_dir / "tintype-server", folder, env, strace)
        server.start()
        try:
            server.wait_for_pong(port)
            who = {"email": EMAIL, "password": PASSWORD}
            ask(port, "POST", "/api/auth/admin-sign-up", who | {"name": "Drill"})
            token = ask(port, "POST", "/api/auth/login", who)["accessToken"]
            before = log.stat().st_size
            asset = upload(port, token)
            with cluster.connect("drill") as db:
                path = Path(db.value(f"""SELECT "originalPath" FROM asset WHERE id = '{asset}'"""))
            wait_for(log, before, "201 ")
            with open(log, encoding="utf-8", errors="replace") as lines:
                lines.seek(before)
                check(lines.readlines(), path)
        finally:
            server.stop()


def wait_for(log, start, text):
    deadline = time.monotonic() + TRACE_SECONDS
    while text not in log.read_text(errors="replace")[start:]:
        assert time.monotonic() < deadline, "strace wrote nothing of the answer"
        time.sleep(0.05)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(tempfile.mkdtemp(prefix="tintype-order-"))
    try:
        drill(Path(sys.argv[1]).resolve(), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
