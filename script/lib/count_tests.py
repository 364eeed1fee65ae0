#!/usr/bin/env python3
"""count_tests.py KIND FILE…: prints "PASSED FAILED SKIPPED" of test reports; names of failed tests go to stderr.

KIND  meson   meson-logs/testlog.json: one JSON object a line, one for each test program
      vitest  the report of vitest's json reporter
A program that prints cmocka's summary counts as its tests, any other as one. No report, or an unreadable one, is one failure.
"""
import json
import re
import sys

CMOCKA = re.compile(r"\[  (PASSED|FAILED|SKIPPED) +\] (\d+) test\(s\)")


def meson(text):
    total = [0, 0, 0]
    for line in text.splitlines():
        program = json.loads(line)
        passed, failed, skipped = of_program(program)
        if failed:
            print(f"failed: {program['name']}", file=sys.stderr)
        total = [total[0] + passed, total[1] + failed, total[2] + skipped]
    return total


def of_program(program):
    """What one program's tests did; its exit status is believed before its words."""
    result = program["result"]
    if result == "SKIP":
        return 0, 0, 1
    words = {"PASSED": 0, "FAILED": 0, "SKIPPED": 0}
    for word, number in CMOCKA.findall(program.get("stdout", "") + program.get("stderr", "")):
        words[word] += int(number)
    passed, failed, skipped = words["PASSED"], words["FAILED"], words["SKIPPED"]
    if result in ("OK", "EXPECTEDFAIL"):
        return max(passed, 1 if not passed + skipped else 0), failed, skipped
    return passed, max(failed, 1), skipped


def vitest(text):
    report = json.loads(text)
    broken = 0
    for file in report["testResults"]:
        bad = [test["fullName"] for test in file["assertionResults"] if test["status"] == "failed"]
        for name in bad:
            print(f"failed: {name}", file=sys.stderr)
        if file["status"] == "failed" and not bad:
            print(f"failed: {file['name']}: {file.get('message', '')}", file=sys.stderr)
            broken += 1
    skipped = report["numPendingTests"] + report.get("numTodoTests", 0)
    return report["numPassedTests"], report["numFailedTests"] + broken, skipped


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("meson", "vitest"):
        sys.exit(__doc__)
    count = meson if sys.argv[1] == "meson" else vitest
    total = [0, 0, 0]
    for path in sys.argv[2:]:
        try:
            with open(path, encoding="utf-8") as file:
                numbers = count(file.read())
        except (OSError, ValueError, KeyError) as error:
            print(f"failed: no report {path}: {error}", file=sys.stderr)
            numbers = (0, 1, 0)
        total = [a + b for a, b in zip(total, numbers)]
    print(*total)


if __name__ == "__main__":
    main()
