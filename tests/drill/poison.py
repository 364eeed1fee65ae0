#!/usr/bin/env python3
"""Damaged photos and videos on the whole way: uploaded, read, derived. Each ends with pictures or with a reason, and costs
nothing but its own jobs.

usage: poison.py BIN [--count N] [--seed N]      skipped without ../shared
"""
import argparse
import collections
import concurrent.futures
import random
import time

import roles
from mutants import mutants, samples
from shared import shared

UPLOADERS = 4
DRAIN_SECONDS = 1800
REST_SECONDS = 90                   # DESIGN §8: back at rest after the last job
GROWTH_MIB = 8
UNEXPLAINED = ("The box gave no usable answer",)


def upload(site, name, content):
    kind, body = roles.multipart(name, content)
    status, data = roles.request(site.server.port, "POST", "/api/assets", body,
                                 {"Authorization": f"Bearer {site.token}", "Content-Type": kind}, timeout=120)
    if status not in (200, 201):
        raise roles.Refused("POST", name, status, data)
    return status


def upload_all(site, files):
    with concurrent.futures.ThreadPoolExecutor(UPLOADERS) as pool:
        answers = collections.Counter(pool.map(lambda file: upload(site, *file), files))
    site.drain(DRAIN_SECONDS)
    return answers


def weigh(site):
    """Server, worker and all below it."""
    pids = [site.server.pid, site.worker.pid, *(pid for pid, _ in roles.descendants(site.worker.pid))]
    total = 0
    for pid in pids:
        try:
            total += roles.pss_mib(pid)
        except OSError:
            pass            # a decoder that has just ended
    return total


def at_rest(site, most):
    """The least of what it weighs until it is no more than that, or the time is over."""
    least, until = weigh(site), time.monotonic() + REST_SECONDS
    while least > most and time.monotonic() < until:
        time.sleep(1)
        least = min(least, weigh(site))
    return least


def judge(db):
    """Faults, and the reasons with their numbers."""
    faults, reasons = [], collections.Counter()
    rows = db.rows("""
        SELECT a.id, a."originalFileName", a.thumbhash IS NOT NULL,
            (SELECT string_agg(j.name || ': ' || coalesce(j.error, ''), ' | ') FROM tintype.job j WHERE j.payload->>'id' = a.id::text)
        FROM asset a""")
    for asset, name, derived, said in rows:
        if derived == "f" and not said:
            faults.append(f"{name} ({asset}) has neither a thumbnail nor a reason")
        for text in (said or "").split(" | ") if said else ():
            reason = text.split(": ", 2)[1]
            reasons[reason or "(none)"] += 1
            if not reason or reason in UNEXPLAINED:
                faults.append(f"{name}: {text}")
        reasons["a picture"] += derived == "t"
    return faults, reasons


def drill(arguments):
    folder = shared()
    if not folder:
        raise roles.Skip("no ../shared beside the checkout")
    rnd = random.Random(arguments.seed)
    with roles.Site(arguments.bin, "poison") as site:
        site.start()
        first = [site.server.pid, site.worker.pid]
        upload_all(site, [(path.name, path.read_bytes()) for path in samples(folder)])
        rest = at_rest(site, 0)
        answers = upload_all(site, [(f"{i}{suffix}", content) for i, (suffix, content) in
                                    enumerate(mutants(folder, rnd, arguments.count))])
        busy = weigh(site)
        with site.connect() as db:
            faults, reasons = judge(db)
        after = at_rest(site, rest + GROWTH_MIB)
        if after > rest + GROWTH_MIB:
            faults.append(f"memory: {rest:.1f} MiB before, {after:.1f} after {REST_SECONDS} s")
        if [site.server.pid, site.worker.pid] != first or not site.server.alive or not site.worker.alive:
            faults.append("server or worker did not live through it")
        for reason, n in reasons.most_common():
            print(f"{n:5}  {reason}")
        print(f"{arguments.count} files, answers {dict(answers)}; {rest:.1f} MiB at rest before, {busy:.1f} right after, {after:.1f} at rest",
              flush=True)
        roles.check(faults)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    roles.run(drill, parser.parse_args())


main()
