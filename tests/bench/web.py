#!/usr/bin/env python3
"""What the web app's timeline takes in a browser with libraries of several sizes, beside a floor of the same run.

usage: web.py [--json FILE] TINTYPE WWW PHOTOS [ASSETS …]     1000, 100000 and 1000000 assets when none are named

TINTYPE is the program, WWW the built app, PHOTOS a folder of photos; they are uploaded once, and rows made by SQL share
their pictures. The floor is a static page of 1,000 lazy images of the same thumbnails. Run where node_modules has
playwright-core; RUNS and SCROLL_SECONDS as timeline.mjs takes them.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import DURABLE, EMAIL, PASSWORD, Cluster, Server

PICTURES = 40
# Smaller ones have no preview that timeline.mjs would take for a picture shown large.
LEAST_PIXELS = 800
FLOOR_IMAGES = 1000
MEASURE_LIMIT_SECONDS = 1200
# Twenty years in sessions of twelve, later years busier; ratios, thumbhashes and files are those of the uploads.
# Triggers would note each row for clients that are not there.
LIBRARY = """
    SET session_replication_role = replica;
    SELECT setseed(0.42);
    CREATE TEMP TABLE picture AS
        SELECT row_number() OVER (ORDER BY a.id) - 1 AS k, a.*
        FROM asset AS a WHERE a."ownerId" = '{source}' AND a.thumbhash IS NOT NULL AND least(a.width, a.height) >= {least};
    CREATE TEMP TABLE session AS
        SELECT s, timestamptz '2006-01-01 09:00+00' + interval '1 day' * floor(7304 * power((s + random()) / {sessions}, 0.75))
            + interval '1 second' * (random() * 36000)::int AS at
        FROM generate_series(0, {sessions} - 1) AS s;
    CREATE TEMP TABLE made AS
        SELECT i, gen_random_uuid() AS id, at + interval '1 second' * ((i % 12) * 47 + (random() * 40)::int) AS at,
            random() AS place, floor(random() * (SELECT count(*) FROM picture))::int AS k
        FROM generate_series(0, {assets} - 1) AS i JOIN session ON s = i / 12;
    ANALYZE made;
    INSERT INTO asset (id, "ownerId", type, "originalPath", "fileCreatedAt", "fileModifiedAt", "localDateTime", checksum,
        "checksumAlgorithm", "originalFileName", thumbhash, status, visibility, width, height)
    SELECT made.id, '{owner}', 'IMAGE', '/p/' || i, at, at, at, sha256(('{owner}' || i)::bytea), 'sha1', 'IMG_' || i || '.jpg',
        thumbhash, 'active', 'timeline', width, height
    FROM made JOIN picture USING (k);
    INSERT INTO asset_exif ("assetId", city, country, "dateTimeOriginal")
    SELECT id, CASE WHEN place < 0.6 THEN 'Vienna' END, CASE WHEN place < 0.6 THEN 'Austria' END, at FROM made;
    INSERT INTO asset_file ("assetId", type, path)
    SELECT made.id, f.type, f.path
    FROM made JOIN picture USING (k) JOIN asset_file AS f ON f."assetId" = picture.id AND f.type IN ('thumbnail', 'preview');
    DROP TABLE made, session, picture;
    SET session_replication_role = origin;
    ANALYZE asset; ANALYZE asset_exif; ANALYZE asset_file"""

# Metric, unit, bar of the design, and whether more is better.
ROWS = [
    ("cold.first_photo_ms", "ms", 1000, False), ("cold.view_loaded_ms", "ms", 1200, False),
    ("cold.requests_besides_images", "", 40, False), ("cold.bytes_script", "B", 150 * 1024, False),
    ("cold.bytes_worker", "B", None, False), ("warm.first_photo_ms", "ms", 600, False),
    ("fast.frames", "", 400, True), ("fast.long_tasks", "", 15, False), ("fast.no_photo_pct", "%", 25, False),
    ("slow.frames_over_50ms_pct", "%", 8, False), ("jump.view_loaded_ms", "ms", 350, False),
    ("open.first_ms", "ms", 200, False), ("open.next_p50_ms", "ms", 60, False),
    ("fast.heap_before_mb", "MB", None, False), ("fast.heap_after_mb", "MB", None, False),
    ("fast.nodes_peak", "", None, False), ("fast.cancelled", "", None, True), ("fast.stale_running", "", None, False),
]


def derived(figures):
    """The design's rows that are made of several measured ones."""
    def value(name):
        return figures.get(name, {}).get("median")
    if value("cold.requests") is not None:
        figures["cold.requests_besides_images"] = {"median": value("cold.requests") - value("cold.image_requests")}
    jumps = [value(f"jump{share}.view_loaded_ms") for share in (25, 50, 75, 90)]
    if all(ms is not None for ms in jumps):
        figures["jump.view_loaded_ms"] = {"median": max(jumps)}
    return figures


def measure(server, who, **env):
    script = Path(__file__).parent / "web" / "timeline.mjs"
    command = [os.environ["TINTYPE_NODE"], script, f"http://127.0.0.1:{server.port}", who["email"], who["password"]]
    said = subprocess.run(command, env=os.environ | env, stdout=subprocess.PIPE, text=True, check=True, timeout=MEASURE_LIMIT_SECONDS)
    return derived(json.loads(said.stdout))


class WebBench:
    def __init__(self, program, www, photos):
        self.program, self.photos, self.figures = program, Path(photos), {}
        self.folder = Path(tempfile.mkdtemp(prefix="tintype-web-bench."))
        self.folder.chmod(0o755)
        shutil.copytree(www, self.folder / "data" / "www")

    def run(self, sizes):
        with Cluster(settings=DURABLE | {"shared_buffers": "128MB"}) as cluster:
            url = cluster.url(cluster.create("tintype"))
            with Server(self.program, self.folder, DB_URL=url, IMMICH_BUILD_DATA=str(self.folder / "data")) as server:
                server.log_in()
                self.upload(server)
                self.floor(server, cluster)
                for assets in sizes:
                    self.library(server, cluster, assets)
        self.table(sizes)

    def upload(self, server):
        photos = sorted(p for p in self.photos.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".webp"))
        assets = [server.upload(p.read_bytes()) for p in photos[:PICTURES] if p.stat().st_size > 20_000]
        for asset in assets:
            server.wait_for_thumbnail(asset)
        self.source = server.ask_json("GET", "/api/users/me")["id"]
        self.assets = assets

    def floor(self, server, cluster):
        images = "".join(f'<img loading="lazy" width="280" height="210" src="/api/assets/{self.assets[k % len(self.assets)]}'
                         f'/thumbnail?size=thumbnail&amp;k={k}">' for k in range(FLOOR_IMAGES))
        page = f"<!doctype html><title>floor</title><body>{images}</body>"
        (self.folder / "data" / "www" / "floor.html").write_text(page, encoding="utf-8")
        self.figures["floor"] = measure(server, {"email": EMAIL, "password": PASSWORD}, PAGE="/floor.html", PHASES="fast,slow,jump")

    def library(self, server, cluster, assets):
        who = {"email": f"web-{assets}@example.org", "password": "bench-password", "name": f"{assets}"}
        server.link.close()     # idle since the last one
        owner = server.ask_json("POST", "/api/admin/users", who)["id"]
        with cluster.connect("tintype") as db:
            db.run(LIBRARY.format(source=self.source, owner=owner, assets=assets, sessions=assets // 12 + 1,
                                  least=LEAST_PIXELS))
        self.figures[assets] = measure(server, who)

    def table(self, sizes):
        columns = ["floor", *sizes]
        print(f"\n{'':32}{'bar':>10}" + "".join(f"{column:>12}" for column in columns))
        for name, unit, bar, more in ROWS:
            cells = "".join(self.cell(column, name, bar, more) for column in columns)
            limit = "" if bar is None else f"{'≥' if more else '≤'} {bar}"
            print(f"{name + (f' ({unit})' if unit else ''):32}{limit:>10}{cells}")
        print("\n! misses the bar")

    def cell(self, column, name, bar, more):
        value = self.figures[column].get(name, {}).get("median")
        if value is None:
            return f"{'–':>12}"
        missed = bar is not None and column != "floor" and (value < bar if more else value > bar)
        return f"{f'{value:.0f}' + ('!' if missed else ''):>12}"


def main():
    words, report = sys.argv[1:], None
    if words[:1] == ["--json"]:
        report, words = words[1], words[2:]
    if len(words) < 3:
        sys.exit(__doc__)
    sizes = [int(word) for word in words[3:]] or [1000, 100_000, 1_000_000]
    bench = WebBench(*words[:3])
    try:
        bench.run(sizes)
    finally:
        shutil.rmtree(bench.folder, ignore_errors=True)
    if report:
        Path(report).write_text(json.dumps(bench.figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
