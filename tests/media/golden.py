#!/usr/bin/env python3
"""Holds our previews, thumbnails and thumbhashes of the real test photos against upstream's, and prints how they differ.

usage: golden.py DERIVE BOX      DERIVE is tests/media/derive; skipped without ../shared

Sizes must be equal. Thumbhashes are compared by what they show: the resampler and the decoder differ, which moves single steps
of the hash's numbers. Every photo of the folder must either match or fail with a stated reason.
"""
import base64
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from shared import SKIPPED, shared  # noqa: E402

CONSTANT_STEPS = 1.0   # of 63 or 31, on average over the hash's constants and scales
VARYING_MAX = 0.01     # of the full range, on average over the varying terms


def terms(nx, ny):
    """How many varying terms a channel has: the triangle of low frequencies without the constant one."""
    return sum(1 for y in range(ny) for x in range(nx) if x * ny < nx * (ny - y)) - 1


def unpack(data):
    """(shape, [constants and scales], [varying terms, in the range they have in the picture])"""
    first, second = int.from_bytes(data[:3], "little"), int.from_bytes(data[3:5], "little")
    alpha, shorter, landscape = first >> 23 & 1, second & 7, second >> 15
    longer = 5 if alpha else 7
    nx, ny = (longer, shorter) if landscape else (shorter, longer)
    constants = [first & 63, first >> 6 & 63, first >> 12 & 63, first >> 18 & 31, second >> 3 & 63, second >> 9 & 63]
    counts = [terms(max(3, nx), max(3, ny)), terms(3, 3), terms(3, 3)] + ([terms(5, 5)] if alpha else [])
    scales = [constants[3] / 31, constants[4] / 63, constants[5] / 63] + ([(data[5] >> 4) / 15] if alpha else [])
    nibbles = [nibble for byte in data[6 if alpha else 5:] for nibble in (byte & 15, byte >> 4)]
    varying = [(nibble / 7.5 - 1) * scale for count, scale in zip(counts, scales)
               for nibble in (nibbles.pop(0) for _ in range(count))]
    return (alpha, shorter, landscape), constants, varying


def average(a, b):
    return sum(abs(x - y) for x, y in zip(a, b)) / len(a)


def compare(want, got):
    """(problem or None, note)"""
    if want["cs"] != got["cs"]:
        return f"colour space {got['cs']} is not {want['cs']}", ""
    for name in ("preview", "thumb"):
        if want[name][:2] != got[name][:2]:
            return f"{name} {got[name][:2]} is not {want[name][:2]}", ""
    a, b = unpack(base64.b64decode(want["thumbhash"])), unpack(got["thumbhash"])
    if a[0] != b[0]:
        return f"thumbhash has the shape {b[0]}, not {a[0]}", ""
    constants, varying = average(a[1], b[1]), average(a[2], b[2])
    note = (f"{constants:9.2f} {varying:7.4f}   {got['preview'][2] / want['preview'][2]:5.2f} "
            f"{got['thumb'][2] / want['thumb'][2]:5.2f}")
    if constants > CONSTANT_STEPS or varying > VARYING_MAX:
        return "thumbhash shows something else", note
    return None, note


def derive(program, box, path, facts, folder):
    done = subprocess.run([program, box, folder, facts.get("colorspace") or "", facts.get("profileDescription") or "",
                           str(facts.get("bitsPerSample") or 0), path], stdout=subprocess.PIPE, text=True, timeout=120, check=False)
    line = done.stdout.partition("\n")[0]
    fields = line.split("\t")
    if fields[0] != "ok":
        return {"failed": line}
    numbers = [int(n) for n in fields[2:8]]
    return {"cs": fields[1], "preview": numbers[:3], "thumb": numbers[3:], "thumbhash": bytes.fromhex(fields[8])}


def main():
    program, box = sys.argv[1:]
    folder = shared()
    if not folder:
        print("skipped: no ../shared beside the checkout")
        sys.exit(SKIPPED)
    golden = json.loads((folder / "contract/golden/thumbnails.json").read_text())
    facts = json.loads((folder / "contract/golden/metadata.json").read_text())
    bad = compared = 0
    print(f"{'file':52} constants varying  bytes of preview, thumbnail (ours / upstream's)")
    for name, want in sorted(golden.items()):
        path = folder / "testdata" / name
        if not path.exists():
            continue
        with tempfile.TemporaryDirectory() as work:
            got = derive(program, box, path, facts.get(name, {}), work)
        if "thumbhash" not in want:
            print(f"{name:52} upstream: {want.get('error', 'no values')}; ours: {got.get('failed', 'decoded')}")
            continue
        compared += 1
        problem, note = (got["failed"], "") if "failed" in got else compare(want, got)
        print(f"{name:52} {note}{'  ' + problem if problem else ''}")
        bad += problem is not None
    print(f"{compared} compared, {bad} differ")
    sys.exit(1 if bad or not compared else 0)


main()
