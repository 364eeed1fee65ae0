#!/usr/bin/env python3
"""contract/tintype.sql: repeatable, invisible to Immich, and right about what changed."""
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
import pg                                                                   # noqa: E402
from schema_compare import QUESTIONS                                        # noqa: E402
from shared import shared                                                   # noqa: E402
from sql_test import album, asset, contract, refused, run_tests, user       # noqa: E402

OURS = {"tintype_asset_timeline_idx", "tintype_asset_trash_idx", "tintype_asset_file_sidecar_idx"}


def version(db, owner):
    return int(db.value(f"""SELECT coalesce(sum(version), 0) FROM tintype.timeline_version
                            WHERE owner = '{owner}'"""))


def enqueue(db, name, dedupe=None, queue="backgroundTask"):
    key = f"'{dedupe}'" if dedupe else "NULL"
    db.run(f"INSERT INTO tintype.job (queue, name, dedupe) VALUES ('{queue}', '{name}', {key})")


def public_catalogue(db):
    """Everything Immich compares, and more; only how many rows there are is ours to change."""
    return {name: set(db.rows(question)) for name, question in QUESTIONS.items() if name != "rows"}


# --- the schema beside Immich's ---

def test_a_second_start_changes_nothing_and_locks_no_public_table(db):
    db.run("COMMIT")
    db.run("BEGIN")
    before = db.rows("SELECT oid FROM pg_class WHERE relnamespace = 'tintype'::regnamespace ORDER BY 1")
    db.run(contract("tintype.sql"))
    after = db.rows("SELECT oid FROM pg_class WHERE relnamespace = 'tintype'::regnamespace ORDER BY 1")
    assert before == after and before
    strong = db.rows("""SELECT relation::regclass, mode FROM pg_locks JOIN pg_class ON oid = relation
                        WHERE pid = pg_backend_pid() AND relnamespace = 'public'::regnamespace
                          AND mode <> 'AccessShareLock'""")
    assert not strong, strong


def test_public_gains_two_indexes_and_triggers_and_loses_the_triggers_with_the_schema(db):
    extra = public_catalogue(db)
    db.run("DROP SCHEMA tintype CASCADE")
    bare = public_catalogue(db)
    for name in bare:
        added = extra[name] - bare[name]
        assert not bare[name] - extra[name], name
        if name == "triggers":
            assert len(added) == 13 and all(row[0].startswith("tintype_") for row in added), added
        else:
            assert not added, (name, added)
    assert OURS <= {row[0] for row in bare["indexes"]}
    asset(db, user(db, "a"))            # Immich's writes work without us
    db.run(contract("tintype.sql"))
    assert public_catalogue(db) == extra


def test_nothing_of_ours_can_be_taken_for_immichs(db):
    assert not db.rows("""SELECT relname FROM pg_class WHERE relnamespace = 'tintype'::regnamespace
                          INTERSECT SELECT relname FROM pg_class
                          WHERE relnamespace = 'public'::regnamespace""")
    crossing = db.rows("""
        SELECT conname FROM pg_constraint WHERE contype = 'f'
        AND 'tintype'::regnamespace IN (
            (SELECT relnamespace FROM pg_class WHERE oid = conrelid),
            (SELECT relnamespace FROM pg_class WHERE oid = confrelid))""")
    assert not crossing, crossing
    assert not db.rows("""SELECT objoid::regclass FROM pg_description JOIN pg_class ON oid = objoid
                          WHERE relnamespace = 'tintype'::regnamespace""")


def test_an_older_edition_does_not_lower_the_number(db):
    db.run("UPDATE tintype.edition SET number = 1000")
    db.run(contract("tintype.sql"))
    assert db.value("SELECT number FROM tintype.edition") == "1000"


def test_a_dump_without_our_schema_restores_once_our_triggers_are_left_out(db):
    """pg_dump writes a table's triggers even if their functions are excluded: whoever makes a
    dump has to drop those lines, or the restore stops at the first."""
    db.run("COMMIT")
    dump = subprocess.run(
        [pg.bin_dir() / "pg_dump", "--clean", "--if-exists", "--exclude-schema=tintype", db.url],
        check=True, capture_output=True, text=True).stdout
    kept = [line for line in dump.split("\n")
            if not line.startswith(("CREATE TRIGGER tintype_", "DROP TRIGGER IF EXISTS tintype_"))]
    assert len(dump.split("\n")) - len(kept) == 26
    db.run("CREATE DATABASE restored TEMPLATE template0")
    for text, works in ((dump, False), ("\n".join(kept), True)):
        done = subprocess.run(
            [pg.bin_dir() / "psql", "-X", "-1", "-q", "-v", "ON_ERROR_STOP=1",
             db.url.replace("/schema?", "/restored?")], input=text, capture_output=True, text=True)
        assert (done.returncode == 0) == works, done.stderr
    db.run("DROP DATABASE restored")
    db.run("BEGIN")


# --- jobs ---

def test_the_queues_are_those_of_the_contract(db):
    folder = shared()
    if not folder:
        print("      not compared: shared/contract is not beside the checkout")
        return
    names = json.loads((folder / "contract" / "openapi.json").read_text())
    names = names["components"]["schemas"]["QueueName"]["enum"]
    assert {row[0] for row in db.rows("SELECT name FROM tintype.queue")} == set(names)


def test_a_pause_survives_a_start(db):
    db.run("UPDATE tintype.queue SET paused = true WHERE name = 'ocr'")
    db.run(contract("tintype.sql"))
    assert db.rows("SELECT name FROM tintype.queue WHERE paused") == [("ocr",)]


def test_unfinished_jobs_of_a_name_share_no_key_and_dead_ones_are_in_nobodys_way(db):
    enqueue(db, "VersionCheck", "one")
    enqueue(db, "DatabaseBackup", "one")
    enqueue(db, "FileDelete")
    enqueue(db, "FileDelete")
    db.run("SAVEPOINT before")
    for state in ("waiting", "delayed", "active"):
        db.run(f"UPDATE tintype.job SET state = '{state}' WHERE name = 'VersionCheck'")
        refused(db, "INSERT INTO tintype.job (queue, name, dedupe) VALUES ('x', 'VersionCheck', 'one')",
                "job_dedupe_idx")
        db.run("ROLLBACK TO before")
    db.run("UPDATE tintype.job SET state = 'dead'")
    enqueue(db, "VersionCheck", "one")


def test_an_enqueued_job_wakes_its_queue_at_commit(db):
    with pg.Connection(db.url) as worker:
        worker.run("LISTEN tintype_job")
        enqueue(db, "FileDelete", queue="backgroundTask")
        enqueue(db, "Ocr", queue="ocr")
        db.run("INSERT INTO tintype.job (queue, name, state) VALUES ('editor', 'X', 'delayed')")
        assert worker.notifications() == []
        db.run("COMMIT")
        assert sorted(worker.notifications()) == [("tintype_job", "backgroundTask"),
                                                  ("tintype_job", "ocr")]
    db.run("TRUNCATE tintype.job")
    db.run("BEGIN")


def test_claim_and_counters_read_their_index(db):
    db.run("""INSERT INTO tintype.job (queue, name)
              SELECT (ARRAY['ocr', 'sidecar', 'library'])[n % 3 + 1], 'X' FROM generate_series(1, 3000) n;
              ANALYZE tintype.job""")
    plan = "\n".join(row[0] for row in db.rows("""
        EXPLAIN SELECT id FROM tintype.job WHERE queue = 'ocr' AND state = 'waiting'
        ORDER BY priority, id LIMIT 5 FOR UPDATE SKIP LOCKED"""))
    assert "job_claim_idx" in plan and "Sort" not in plan, plan


# --- events ---

def test_an_event_is_announced_by_its_id_however_long_it_is(db):
    with pg.Connection(db.url) as replica:
        replica.run("LISTEN tintype_event")
        made = [db.value(f"""INSERT INTO tintype.event (name, payload)
                             VALUES ('on_asset_update', repeat('x', {size})) RETURNING id""")
                for size in (1, 20000)]
        db.run("COMMIT")
        assert replica.notifications() == [("tintype_event", id) for id in made]
    db.run("TRUNCATE tintype.event")
    db.run("BEGIN")


# --- handover ---

def test_only_writers_who_do_not_say_they_are_ours_hand_work_over(db):
    owner = user(db, "a")
    for says, happened in (("on", "f"), ("off", "t")):
        db.run(f"UPDATE tintype.handover SET happened = false; SET LOCAL tintype.session = '{says}'")
        asset(db, owner, says)
        assert db.value("SELECT happened FROM tintype.handover") == happened
    db.run("UPDATE tintype.handover SET happened = false")
    db.run("UPDATE asset SET width = 1")
    assert db.value("SELECT happened FROM tintype.handover") == "f"


# --- timeline versions ---

def test_every_change_a_bucket_shows_moves_its_owners_version_and_nobody_elses(db):
    owner, other = user(db, "a"), user(db, "b")
    asset(db, other)
    calm, last = version(db, other), version(db, owner)
    photo = asset(db, owner)
    for change in (
            f"""UPDATE asset SET "isFavorite" = true WHERE id = '{photo}'""",
            f"""INSERT INTO asset_exif ("assetId") VALUES ('{photo}')""",
            "UPDATE asset_exif SET city = 'Ulm'",
            f"""INSERT INTO stack ("primaryAssetId", "ownerId") VALUES ('{photo}', '{owner}')""",
            "UPDATE stack SET id = id",
            "DELETE FROM stack",
            "DELETE FROM asset_exif",
            f"DELETE FROM asset WHERE id = '{photo}'"):
        assert version(db, owner) > last, change
        last = version(db, owner)
        db.run(change)
    assert version(db, owner) > last
    assert version(db, other) == calm


def test_a_statement_without_rows_moves_nothing(db):
    owner = user(db, "a")
    asset(db, owner)
    before = version(db, owner)
    db.run("UPDATE asset SET width = 1 WHERE false")
    assert version(db, owner) == before


def test_truncate_and_cascades_are_seen(db):
    owner = user(db, "a")
    asset(db, owner)
    before = version(db, owner)
    db.run("TRUNCATE asset CASCADE")
    assert version(db, owner) > before
    asset(db, owner)
    before = version(db, owner)
    db.run("""DELETE FROM "user" """)
    assert version(db, owner) > before


def test_a_version_is_never_used_twice_even_if_the_schema_is_made_anew(db):
    owner = user(db, "a")
    asset(db, owner)
    before = version(db, owner)
    db.run("DROP SCHEMA tintype CASCADE")
    db.run("SELECT pg_sleep(0.005)")
    db.run(contract("tintype.sql"))
    assert version(db, owner) > before


def test_parallel_writers_of_one_owner_do_not_wait_for_each_other(db):
    owner = user(db, "a")
    first, second = asset(db, owner, "1"), asset(db, owner, "2")
    db.run("COMMIT")
    db.run("BEGIN")
    db.run(f"UPDATE asset SET width = 1 WHERE id = '{first}'")
    mine = db.value("SELECT pg_backend_pid() % 16")
    others = [pg.Connection(db.url) for _ in range(2)]      # process ids follow each other
    other = next(o for o in others if o.value("SELECT pg_backend_pid() % 16") != mine)
    other.run("SET lock_timeout = '2s'")
    other.run(f"UPDATE asset SET width = 1 WHERE id = '{second}'")
    for connection in others:
        connection.close()
    db.run("ROLLBACK")
    db.run("""DELETE FROM "user" """)
    db.run("BEGIN")


def test_a_role_that_knows_only_immichs_tables_can_write_them(db):
    owner = user(db, "a")
    photo = asset(db, owner)
    before = version(db, owner)
    db.run("""CREATE ROLE guest; GRANT USAGE ON SCHEMA public TO guest;
              GRANT ALL ON ALL TABLES IN SCHEMA public TO guest; SET LOCAL ROLE guest""")
    refused_schema = db.rows("SELECT has_schema_privilege('tintype', 'USAGE')")
    db.run(f"UPDATE asset SET width = 1 WHERE id = '{photo}'")
    db.run("RESET ROLE")
    assert refused_schema == [("f",)]
    assert version(db, owner) > before


def test_buckets_are_counted_from_the_index_alone(db):
    owner = user(db, "a")
    db.run(f"""
        INSERT INTO asset ("ownerId", type, "originalPath", "fileCreatedAt", "fileModifiedAt",
                           checksum, "originalFileName", "localDateTime", "checksumAlgorithm")
        SELECT '{owner}', 'IMAGE', '/p', now(), now(), sha256(n::text::bytea), 'n',
               now() - n * interval '1 hour', 'sha1' FROM generate_series(1, 5000) n;
        ANALYZE asset""")
    db.run("SET LOCAL enable_seqscan = off")
    plan = "\n".join(row[0] for row in db.rows(f"""
        EXPLAIN SELECT count(*) FROM asset WHERE "ownerId" = '{owner}' AND visibility = 'timeline'
        AND "deletedAt" IS NULL AND "localDateTime" >= '2026-01-01' AND "localDateTime" < '2026-02-01'
        """))
    assert "Index Only Scan using tintype_asset_timeline_idx" in plan, plan


if __name__ == "__main__":
    sys.exit(run_tests(globals(), "schema.sql", "tintype.sql"))
