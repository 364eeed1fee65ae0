#!/usr/bin/env python3
"""with_pg.py COMMAND…: runs COMMAND beside a private PostgreSQL with pgvector.

TINTYPE_TEST_DB_URL tells the command a libpq URL of an empty database on it, as superuser.
TINTYPE_TEST_IMMICH_SQL names a file that makes a database as Immich 3.1.0 does; it is not set when
the contract's facts are not beside the checkout.
The exit status is the command's; 77 (meson: skipped) when PostgreSQL is not installed.
"""
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pg                                   # noqa: E402
import render_schema                        # noqa: E402
from shared import schema_facts             # noqa: E402

DATABASE = "tintype"
SKIPPED = 77


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    # Meson and shells end us with SIGTERM: turn it into an exception, so that the cluster goes too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        cluster = pg.Cluster()
    except pg.Missing as missing:
        print(f"skipped: {missing}", file=sys.stderr)
        return SKIPPED
    with cluster:
        cluster.create(DATABASE)
        with cluster.connect(DATABASE) as db:
            if not db.rows("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"):
                print("pgvector is not installed: run script/setup", file=sys.stderr)
                return 1
        env = os.environ | {"TINTYPE_TEST_DB_URL": cluster.url(DATABASE)}
        facts = schema_facts()
        if facts:
            immich = cluster.root / "immich.sql"
            immich.write_text(render_schema.render(facts))
            env["TINTYPE_TEST_IMMICH_SQL"] = str(immich)
        child = subprocess.Popen(sys.argv[1:], env=env)
        try:
            return code(child.wait())
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()


def code(returncode):
    return returncode if returncode >= 0 else 128 - returncode


if __name__ == "__main__":
    sys.exit(main())
