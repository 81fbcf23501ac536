#!/usr/bin/env python3
"""Counts the lines of sources and headers, tests left out, in domain, station and csms: what serves every version, and
what each dialect adds.

  tools/dialect_lines.py"""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[1] / "src"
LIBRARIES = ("domain", "station", "csms")
NOT_COUNTED = ("/testing/", "/test_world/")


def lines_of(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def part_of(path):
    """The dialect a file belongs to, or "" for what every version shares."""
    if path.parent.name != "dialect":
        return ""
    return next((version for version in ("v16", "v2") if path.stem.startswith(version)), "shared by dialects")


def main():
    counted = {}
    for library in LIBRARIES:
        for path in sorted((ROOT / library).rglob("*.[ch]pp")):
            if path.stem.endswith("_test") or any(part in str(path) for part in NOT_COUNTED):
                continue
            key = library, part_of(path)
            counted[key] = counted.get(key, 0) + lines_of(path)
    columns = ("", "shared by dialects", "v16", "v2")
    print("| | every version | " + " | ".join(name if "dialects" in name else f"dialect {name}" for name in columns[1:]) + " |")
    print("| --- " * (len(columns) + 1) + "|")
    for library in LIBRARIES:
        print(f"| {library} | " + " | ".join(f"{counted.get((library, name), 0):,}" for name in columns) + " |")


if __name__ == "__main__":
    main()
