#!/usr/bin/env python3
"""What the functions and triggers of contract/schema.sql do, seen through SQL alone.

The audit counts are those measured on a database of Immich 3.1.0. Each test runs in a
transaction that is rolled back.
"""
import datetime
import re
import sys
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
import pg                                                                               # noqa: E402
from sql_test import (album, asset, contract, count, counts, millis, refused, run_tests,  # noqa: E402
                      stamp, user)


def test_uuid_v7_carries_its_milliseconds_and_version(db):
    made = db.value("SELECT immich_uuid_v7('2026-01-02 03:04:05.6789+00')")
    assert millis(made) == 1767323045678, made
    assert uuid.UUID(made).version == 7 and uuid.UUID(made).variant == uuid.RFC_4122, made
    assert db.value("SELECT immich_uuid_v7('1970-01-01 00:00:00+00')").startswith("00000000-0000-7")
    assert int(db.value("SELECT count(DISTINCT immich_uuid_v7()) FROM generate_series(1, 500)")) == 500


def test_uuid_v7_follows_the_wall_clock_inside_a_transaction(db):
    first = db.value("SELECT immich_uuid_v7()")
    db.run("SELECT pg_sleep(0.01)")
    second = db.value("SELECT immich_uuid_v7()")
    assert millis(second) - millis(first) >= 10
    assert abs(millis(second) - time.time() * 1000) < 5000


def test_f_unaccent_strips_accents_and_keeps_null(db):
    assert db.rows("SELECT f_unaccent('Crème brûlée Łódź'), f_unaccent(NULL)") == \
        [("Creme brulee Lodz", None)]


def test_f_concat_ws_joins(db):
    assert db.value("SELECT f_concat_ws(' ', ARRAY['a', NULL, 'b'])") == "a b"


def test_ll_to_earth_public_equals_the_extension_without_a_search_path(db):
    far = db.value("""
        SELECT max(earth_distance(ll_to_earth_public(lat, lon), ll_to_earth(lat, lon)))
        FROM generate_series(-90, 90, 15) lat, generate_series(-180, 180, 15) lon""")
    assert float(far) < 0.001, far
    db.run("SET LOCAL search_path = ''")
    db.value("SELECT public.ll_to_earth_public(52.5, 13.4)")
    assert db.value("SELECT public.ll_to_earth_public(NULL, 13.4)") is None


def test_an_update_stamps_one_instant_even_without_a_change(db):
    owner = user(db, "a")
    before = stamp(db, "user", owner)
    db.run("SELECT pg_sleep(0.005)")
    db.run(f"""UPDATE "user" SET name = name, "updatedAt" = '2000-01-01', "updateId" = id
               WHERE id = '{owner}'""")
    after = stamp(db, "user", owner)
    assert after[0] > before[0] and after[1] > before[1]
    at = datetime.datetime.fromisoformat(re.sub(r"\+00$", "+00:00", after[0]))
    assert int(at.timestamp() * 1000) == millis(after[1]), (after, millis(after[1]))


def test_deleting_an_asset_audits_it_and_its_album_links_but_not_its_faces(db):
    owner = user(db, "a")
    photo = asset(db, owner)
    for album_id in (album(db, owner), album(db, owner)):
        db.run(f"INSERT INTO album_asset VALUES ('{album_id}', '{photo}')")
    db.run(f"""INSERT INTO asset_face ("assetId") VALUES ('{photo}')""")
    db.run(f"DELETE FROM asset WHERE id = '{photo}'")
    assert counts(db, "asset_audit", "album_asset_audit", "asset_face_audit") == (1, 2, 0)
    assert db.rows('SELECT "assetId", "ownerId" FROM asset_audit') == [(photo, owner)]


def test_leaving_an_album_audits_both_sides(db):
    owner, member = user(db, "a"), user(db, "b")
    shared = album(db, owner, member)
    db.run(f"""DELETE FROM album_user WHERE "userId" = '{member}'""")
    assert db.rows('SELECT "albumId", "userId" FROM album_audit') == [(shared, member)]
    assert db.rows('SELECT "albumId", "userId" FROM album_user_audit') == [(shared, member)]


def test_deleting_an_album_audits_members_and_no_asset(db):
    owner = user(db, "a")
    photo = asset(db, owner)
    kept = album(db, owner)
    db.run(f"INSERT INTO album_asset VALUES ('{kept}', '{photo}')")
    db.run(f"""DELETE FROM album_asset WHERE "albumId" = '{kept}'""")
    assert count(db, "album_asset_audit") == 1
    db.run(f"INSERT INTO album_asset VALUES ('{kept}', '{photo}')")
    db.run(f"DELETE FROM album WHERE id = '{kept}'")
    assert counts(db, "album_audit", "album_user_audit", "album_asset_audit") == (1, 1, 0)


def test_deleting_a_user_audits_only_the_user_and_memberships(db):
    owner, member = user(db, "a"), user(db, "b")
    album(db, owner, member)
    photo = asset(db, member)
    db.run(f"""INSERT INTO stack ("primaryAssetId", "ownerId") VALUES ('{photo}', '{member}')""")
    db.run(f"""INSERT INTO person ("ownerId") VALUES ('{member}')""")
    db.run(f"""DELETE FROM "user" WHERE id = '{member}'""")
    assert counts(db, "user_audit", "album_audit", "album_user_audit") == (1, 1, 1)
    assert counts(db, "asset_audit", "stack_audit", "person_audit") == (0, 0, 0)


def test_deleting_a_person_keeps_the_faces_and_stamps_them(db):
    owner = user(db, "a")
    person = db.value(f"""INSERT INTO person ("ownerId") VALUES ('{owner}') RETURNING id""")
    face = db.value(f"""INSERT INTO asset_face ("assetId", "personId")
                        VALUES ('{asset(db, owner)}', '{person}') RETURNING id""")
    before = stamp(db, "asset_face", face)
    db.run(f"DELETE FROM person WHERE id = '{person}'")
    assert db.value(f"""SELECT "personId" FROM asset_face WHERE id = '{face}'""") is None
    assert stamp(db, "asset_face", face)[1] != before[1]  # two of one millisecond have no order
    assert counts(db, "person_audit", "asset_face_audit") == (1, 0)


def test_the_first_of_a_stack_cannot_be_deleted(db):
    owner = user(db, "a")
    photo = asset(db, owner)
    db.run(f"""INSERT INTO stack ("primaryAssetId", "ownerId") VALUES ('{photo}', '{owner}')""")
    refused(db, f"DELETE FROM asset WHERE id = '{photo}'", "stack_primaryAssetId_fkey")


def test_a_checksum_is_unique_per_owner_under_the_name_the_upload_looks_for(db):
    owner = user(db, "a")
    asset(db, owner, "same")
    asset(db, user(db, "b"), "same")
    try:
        asset(db, owner, "same")
    except pg.SqlError as error:
        assert error.sqlstate == "23505" and "UQ_assets_owner_checksum" in str(error), error
    else:
        raise AssertionError("a second asset with that checksum was taken")


def test_an_album_has_one_owner(db):
    owner = user(db, "a")
    made = album(db, owner)
    refused(db, f"""INSERT INTO album_user ("albumId", "userId", role)
                    VALUES ('{made}', '{user(db, "b")}', 'owner')""", "album_user_unique_owner")


def test_a_new_member_stamps_the_album_but_its_owner_does_not(db):
    owner = user(db, "a")
    made = db.value("INSERT INTO album DEFAULT VALUES RETURNING id")
    other = album(db, owner)
    fresh = stamp(db, "album", made)
    db.run(f"""INSERT INTO album_user ("albumId", "userId", role) VALUES
               ('{made}', '{owner}', 'owner'), ('{made}', '{user(db, "b")}', 'viewer'),
               ('{other}', '{user(db, "c")}', 'viewer')""")
    assert stamp(db, "album", made) == fresh, "one owner among the rows spares them all"
    untouched = stamp(db, "album", other)
    db.run(f"""INSERT INTO album_user ("albumId", "userId") VALUES ('{made}', '{user(db, "d")}')""")
    assert stamp(db, "album", made)[1] != fresh[1]
    assert stamp(db, "album", other) == untouched


def test_an_asset_is_edited_as_long_as_one_edit_is_left(db):
    photo = asset(db, user(db, "a"))

    def edited():
        return db.value(f"""SELECT "isEdited" FROM asset WHERE id = '{photo}'""")

    assert edited() == "f"
    db.run(f"""INSERT INTO asset_edit ("assetId", action, parameters, sequence) VALUES
               ('{photo}', 'rotate', '{{}}', 0), ('{photo}', 'mirror', '{{}}', 1)""")
    assert edited() == "t"
    stamped = stamp(db, "asset", photo)
    db.run(f"""INSERT INTO asset_edit ("assetId", action, parameters, sequence)
               VALUES ('{photo}', 'crop', '{{}}', 2)""")
    assert stamp(db, "asset", photo) == stamped, "the flag was already set"
    db.run("DELETE FROM asset_edit WHERE sequence < 2")
    assert edited() == "t"
    db.run("DELETE FROM asset_edit")
    assert edited() == "f"
    assert count(db, "asset_edit_audit") == 3


def test_audits_carry_the_right_columns(db):
    owner, other = user(db, "a"), user(db, "b")
    photo = asset(db, owner)
    memory = db.value(f"""INSERT INTO memory ("ownerId", type, data, "memoryAt")
                          VALUES ('{owner}', 'on_this_day', '{{}}', now()) RETURNING id""")
    db.run(f"""
        INSERT INTO memory_asset ("memoriesId", "assetId") VALUES ('{memory}', '{photo}');
        INSERT INTO partner ("sharedById", "sharedWithId") VALUES ('{owner}', '{other}');
        INSERT INTO user_metadata ("userId", key, value) VALUES ('{owner}', 'license', '{{}}');
        INSERT INTO asset_metadata ("assetId", key, value) VALUES ('{photo}', 'mobile-app', '{{}}');
        DELETE FROM memory_asset; DELETE FROM partner; DELETE FROM user_metadata;
        DELETE FROM asset_metadata""")
    assert db.rows('SELECT "memoryId", "assetId" FROM memory_asset_audit') == [(memory, photo)]
    assert db.rows('SELECT "sharedById", "sharedWithId" FROM partner_audit') == [(owner, other)]
    assert db.rows('SELECT "userId", key FROM user_metadata_audit') == [(owner, "license")]
    assert db.rows('SELECT "assetId", key FROM asset_metadata_audit') == [(photo, "mobile-app")]
    db.run(f"INSERT INTO memory_asset VALUES ('{memory}', '{photo}')")
    db.run("DELETE FROM memory")
    assert db.rows('SELECT "memoryId", "userId" FROM memory_audit') == [(memory, owner)]
    assert count(db, "memory_asset_audit") == 0, "gone with the memory, and none added"


def test_a_role_without_superuser_can_apply_it_to_its_own_database(db):
    """What a managed database hands out: extensions installed, an owner without superuser."""
    extensions = [row[0] for row in db.rows("SELECT extname FROM pg_extension")]
    db.run("COMMIT")
    db.run("DROP DATABASE IF EXISTS owned")
    db.run("DROP ROLE IF EXISTS app")
    db.run("CREATE ROLE app LOGIN")
    db.run("CREATE DATABASE owned OWNER app TEMPLATE template0")
    url = db.url.replace("/schema?", "/owned?")
    with pg.Connection(url) as admin:
        for extension in extensions:
            admin.run(f'CREATE EXTENSION IF NOT EXISTS "{extension}"')
    with pg.Connection(url.replace("//postgres@", "//app@")) as app:
        app.run(contract("schema.sql"))
        assert count(app, "kysely_migrations") == 88
    db.run("DROP DATABASE owned")
    db.run("DROP ROLE app")
    db.run("BEGIN")


if __name__ == "__main__":
    sys.exit(run_tests(globals(), "schema.sql"))
