"""For tests that speak SQL: rows to test with, and a runner that rolls each test back."""
import traceback

import pg
from shared import ROOT, SKIPPED


def contract(name):
    return (ROOT / "contract" / name).read_text()


def user(db, name):
    return db.value(f"""INSERT INTO "user" (email, name) VALUES ('{name}@example.com', '{name}')
                        RETURNING id""")


def asset(db, owner, name="a"):
    return db.value(f"""
        INSERT INTO asset ("ownerId", type, "originalPath", "fileCreatedAt", "fileModifiedAt",
                           checksum, "originalFileName", "localDateTime", "checksumAlgorithm")
        VALUES ('{owner}', 'IMAGE', '/p/{name}', now(), now(), sha256('{owner}{name}'), '{name}',
                now(), 'sha1') RETURNING id""")


def album(db, owner, *members):
    made = db.value("INSERT INTO album DEFAULT VALUES RETURNING id")
    db.run(f"""INSERT INTO album_user ("albumId", "userId", role) VALUES ('{made}', '{owner}', 'owner')""")
    for member in members:
        db.run(f"""INSERT INTO album_user ("albumId", "userId") VALUES ('{made}', '{member}')""")
    return made


def count(db, table):
    return int(db.value(f'SELECT count(*) FROM "{table}"'))


def counts(db, *tables):
    return tuple(count(db, table) for table in tables)


def stamp(db, table, row):
    return db.rows(f"""SELECT "updatedAt", "updateId" FROM "{table}" WHERE id = '{row}'""")[0]


def millis(update_id):
    return int(update_id.replace("-", "")[:12], 16)


def refused(db, sql, reason):
    try:
        db.run(sql)
    except pg.SqlError as error:
        assert reason in str(error), error
    else:
        raise AssertionError(f"not refused: {sql}")


def run_tests(module, *files):
    """Runs every test_… of a module's globals in a transaction on a database made by `files`."""
    tests = [(name, test) for name, test in module.items() if name.startswith("test_")]
    failed = 0
    try:
        cluster = pg.Cluster()
    except pg.Missing as missing:
        print(f"skipped: {missing}")
        return SKIPPED
    with cluster, cluster.connect(cluster.create("schema")) as db:
        for name in files:
            db.run(contract(name))
        for name, test in tests:
            db.run("BEGIN")
            try:
                test(db)
                print("ok  ", name)
            except Exception:                       # the next test must still run
                failed += 1
                print("FAIL", name)
                traceback.print_exc()
            db.run("ROLLBACK")
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0
