#!/usr/bin/env python3
"""Kills what `tintype` started, and `tintype` itself: all comes back by itself, nothing stays behind.

usage: supervisor.py TINTYPE
"""
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from roles import EMAIL, PASSWORD, ask, descendants, free_port    # noqa: E402

START_SECONDS = 60
BACK_SECONDS = 30
GONE_SECONDS = 20


class Installation:
    def __init__(self, program, folder):
        self.program, self.folder, self.port = program, folder, free_port()
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("DB_", "REDIS_"))} | {
            "IMMICH_HOST": "127.0.0.1", "IMMICH_PORT": str(self.port), "IMMICH_MEDIA_LOCATION": str(folder / "media"),
            "TINTYPE_STATE_DIR": str(folder / "state")}
        self.log = open(folder / "log", "ab")

    def start(self):
        self.process = subprocess.Popen([self.program], env=self.env, stdout=self.log, stderr=self.log)

    def below(self, program=None):
        return [pid for pid, name in descendants(self.process.pid) if program in (None, name)]

    def is_healthy(self):
        try:
            return ask(self.port, "GET", "/api/tintype/health") == {"ok": True}
        except (OSError, http.client.HTTPException, RuntimeError, json.JSONDecodeError):
            return False

    def wait_until_healthy(self, what, limit):
        start = time.monotonic()
        while not self.is_healthy():
            assert self.process.poll() is None, f"{what}: tintype ended with {self.process.returncode}"
            assert time.monotonic() < start + limit, f"{what}: not healthy after {limit} s"
            time.sleep(0.05)
        print(f"{what:40} healthy after {time.monotonic() - start:5.1f} s", flush=True)

    def kill(self, program):
        victim = self.below(program)[0]
        os.kill(victim, signal.SIGKILL)
        deadline = time.monotonic() + BACK_SECONDS
        while victim in self.below(program) or not self.below(program):
            assert time.monotonic() < deadline, f"{program} does not come back"
            time.sleep(0.02)
        self.wait_until_healthy(f"{program} killed", BACK_SECONDS)

    def end(self, number):
        """All below must be gone soon after tintype itself, even when that was killed."""
        pids = self.below()
        self.process.send_signal(number)
        self.process.wait(GONE_SECONDS)
        deadline = time.monotonic() + GONE_SECONDS
        while left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]:
            assert time.monotonic() < deadline, f"still there: {left}"
            time.sleep(0.05)


def drill(it):
    who = {"email": EMAIL, "password": PASSWORD}
    it.start()
    it.wait_until_healthy("first start", START_SECONDS)
    ask(it.port, "POST", "/api/auth/admin-sign-up", who | {"name": "Drill"})
    for program in ("tintype-server", "tintype-worker", "postgres", "tintype-worker"):
        it.kill(program)
    it.end(signal.SIGKILL)
    it.start()
    it.wait_until_healthy("tintype killed and started again", START_SECONDS)
    ask(it.port, "POST", "/api/auth/login", who)
    it.end(signal.SIGTERM)
    assert it.process.returncode == 0, it.process.returncode


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(tempfile.mkdtemp(prefix="tintype-supervisor-"))
    folder.chmod(0o755)         # the database's user must get to its own folder
    (folder / "media").mkdir()
    it = Installation(str(Path(sys.argv[1]).resolve()), folder)
    try:
        drill(it)
    except BaseException:
        print((folder / "log").read_text(errors="replace")[-4000:])
        raise
    finally:
        if it.process.poll() is None:
            it.end(signal.SIGTERM)
        shutil.rmtree(folder, ignore_errors=True)


main()
