#!/usr/bin/env python3
"""`tintype admin` against a database: the words and effects of contract/consistency.

usage: admin_test.py PROGRAM     PROGRAM is tintype-admin
"""
import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
import pg                                                                   # noqa: E402

CONTRACT = Path(__file__).resolve().parents[2] / "contract"
PROGRAM = sys.argv[1]
ALICE = "11111111-1111-4111-8111-111111111111"
FOUND = f"Found Admin:\n- ID={ALICE}\n- OAuth ID=\n- Email=alice@example.com\n- Name=O'Neil\n"
ASKED = "Please choose a new password (optional)\nInvalidate existing sessions?\n"


class Admin:
    def __init__(self, cluster, db):
        self.db = db
        self.env = {"PATH": os.environ["PATH"], "DB_URL": cluster.url("admin"), "IMMICH_MEDIA_LOCATION": "/nonexistent"}

    def run(self, command, answers="", status=0):
        done = subprocess.run([PROGRAM, command], input=answers, env=self.env, text=True, capture_output=True, timeout=30)
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        assert done.stderr == "", done.stderr
        return done.stdout

    def config(self):
        return self.db.value("SELECT value::text FROM system_metadata WHERE key = 'system-config'")


def make_users(db):
    db.run(f"""
        INSERT INTO "user" (id, email, name, "isAdmin", "createdAt", "updatedAt", "profileChangedAt", "deletedAt")
        VALUES ('{ALICE}', 'alice@example.com', 'O''Neil', true, '2024-05-03 10:11:12.345678Z', '2024-05-03Z', '2024-05-03Z', NULL),
               ('22222222-2222-4222-8222-222222222222', 'bob@example.com', 'Bob', false, '2023-01-01Z', '2023-01-01Z',
                '2023-01-01Z', '2023-02-01Z')""")


def test_without_an_admin(admin):
    assert admin.run("list-users") == "[]\n"
    assert admin.run("reset-admin-password") == "Admin account does not exist\nUnable to reset admin password\n"


def test_users_are_listed_as_node_prints_them(admin):
    make_users(admin.db)
    listed = admin.run("list-users")
    assert listed.startswith(f"[\n  {{\n    id: '{ALICE}',\n    email: 'alice@example.com',\n    name: \"O'Neil\",\n"), listed
    assert "\n    createdAt: 2024-05-03T10:11:12.345Z,\n    deletedAt: null,\n" in listed
    assert "\n    deletedAt: 2023-02-01T00:00:00.000Z,\n" in listed       # deleted ones too
    assert listed.endswith("\n    license: null\n  }\n]\n")


def test_the_password_is_reset(admin):
    admin.db.run(f"""INSERT INTO session (token, "userId") VALUES ('\\x00', '{ALICE}')""")
    count = "SELECT count(*) FROM session"
    assert admin.run("reset-admin-password", "fresh-one\nn\n") == FOUND + ASKED + "The admin password has been updated.\n"
    assert admin.db.value(count) == "1"
    given = admin.db.value(f"SELECT password FROM \"user\" WHERE id = '{ALICE}'")
    assert given.startswith("$2b$10$")

    made = admin.run("reset-admin-password")                                  # nobody answers
    prefix = FOUND + ASKED + "The admin password has been updated to:\n"
    assert made.startswith(prefix) and re.fullmatch(r"[A-Za-z0-9]{20,32}\n", made[len(prefix):]), made
    assert admin.db.value(count) == "0"
    assert admin.db.value(f"SELECT password FROM \"user\" WHERE id = '{ALICE}'") != given


def test_admin_rights_are_given_and_taken(admin):
    is_admin = "SELECT \"isAdmin\" FROM \"user\" WHERE email = 'carol@example.com'"
    admin.db.run("INSERT INTO \"user\" (email, name) VALUES ('carol@example.com', 'Carol')")
    asked = "Please enter the user email:\n"
    assert admin.run("grant-admin", "Carol@example.com\n") == asked + "Admin access has been granted to carol@example.com\n"
    assert admin.db.value(is_admin) == "t"
    assert admin.run("revoke-admin", "carol@example.com\n") == asked + "Admin access has been revoked from carol@example.com\n"
    assert admin.db.value(is_admin) == "f"
    for command, last in (("grant-admin", "grant admin access to"), ("revoke-admin", "revoke admin access from")):
        assert admin.run(command, "bob@example.com\n").endswith(f"User does not exist\nUnable to {last} user\n")   # deleted


def test_logins_are_switched_and_only_differences_stored(admin):
    admin.db.run("""INSERT INTO system_metadata VALUES ('system-config', '{"trash": {"days": 29}, "oauth": {"clientId": "x"}}')""")
    assert admin.run("disable-password-login") == "Password login has been disabled.\n"
    assert admin.run("enable-oauth-login") == "OAuth login has been enabled.\n"
    assert admin.config() == ('{"oauth": {"enabled": true, "clientId": "x"}, "trash": {"days": 29}, '
                              '"passwordLogin": {"enabled": false}}'), admin.config()
    assert admin.run("enable-password-login") == "Password login has been enabled.\n"
    assert admin.run("disable-oauth-login") == "OAuth login has been disabled.\n"
    assert admin.config() == '{"oauth": {"clientId": "x"}, "trash": {"days": 29}}', admin.config()


def test_paths_follow_files_that_were_moved(admin):
    admin.db.run(f"""INSERT INTO asset ("ownerId", type, "originalPath", "fileCreatedAt", "fileModifiedAt", checksum,
                         "originalFileName", "localDateTime", "checksumAlgorithm")
                     SELECT '{ALICE}', 'IMAGE', path, now(), now(), sha256(path::bytea), 'a', now(), 'sha1'
                     FROM unnest(ARRAY['/old/upload/a.jpg', '/older/upload/b.jpg']) AS path""")
    paths = "SELECT string_agg(\"originalPath\", ' ' ORDER BY \"originalPath\") FROM asset"
    refused = admin.run("change-media-location", "/old\nnew\n")
    assert refused.endswith("must be an absolute path.\nUnable to update database file paths.\n"), refused
    assert admin.run("change-media-location", "/old\n/new\nn\n").endswith("Do you want to proceed? [Y/n]\n")
    assert "\nNo rows were updated\n" in admin.run("change-media-location", "/ol\n/new\n\n")
    assert admin.db.value(paths) == "/old/upload/a.jpg /older/upload/b.jpg"
    done = admin.run("change-media-location", "/old/\n/new\n\n")
    assert "\n  /old/upload/a.jpg\n" in done and "\nMatching database file paths were updated successfully!\n" in done, done
    assert "Enter the previous value of IMMICH_MEDIA_LOCATION: [/nonexistent]\n" in done
    assert admin.db.value(paths) == "/new/upload/a.jpg /older/upload/b.jpg"


def test_the_doctor_finds_what_is_wrong(admin):
    admin.db.run("INSERT INTO tintype.job (queue, name, state, error) VALUES ('sidecar', 'SidecarCheck', 'dead', 'no disk')")
    said = admin.run("doctor", status=1)
    for expected in (r"^ok     database           PostgreSQL \d", r"^WRONG  workers            0 running, 0 jobs wait$",
                     r"^WRONG  failed jobs ", r"^         1 x SidecarCheck: no disk$", r"^WRONG  media folders ",
                     r"^ok     configuration ", r"^\d of \d checks found something$"):
        assert re.search(expected, said, re.M), (expected, said)


def test_what_needs_no_database(admin):
    admin.env.pop("DB_URL")
    assert admin.run("version") == "v3.1.0\n"
    assert re.search(r"^\d+ of 254 operations are linked, and \d of 3 that", admin.run("operations"), re.M)
    assert admin.run("openapi").startswith("{")
    assert "is not running. Start tintype first" in admin.run("list-users")
    assert admin.run("what", status=2) == admin.run("help")


def main():
    tests = [test for name, test in globals().items() if name.startswith("test_")]
    with pg.Cluster() as cluster:
        cluster.create("admin")
        with cluster.connect("admin") as db:
            for name in ("schema.sql", "tintype.sql"):
                db.run((CONTRACT / name).read_text(encoding="utf-8"))
            admin = Admin(cluster, db)
            for test in tests:      # in this order, on one database
                test(admin)
                print("ok", test.__name__)


main()
