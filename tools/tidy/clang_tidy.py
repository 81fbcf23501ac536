#!/usr/bin/env python3
"""Runs the checks of .clang-tidy over the cores, two files at a time, and fails if one finds something.

  tools/tidy/clang_tidy.py                    the cores (rules.CORES)
  tools/tidy/clang_tidy.py src/store apps     other folders or files

It reads how files are compiled from build/asan: cmake --preset asan && cmake --build --preset asan"""

import concurrent.futures
import pathlib
import re
import subprocess
import sys

import rules

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "asan"


def sources(places: list[str]) -> list[pathlib.Path]:
    found: list[pathlib.Path] = []
    for place in map(ROOT.joinpath, places):
        found += [place] if place.is_file() else place.rglob("*.cpp")
    return sorted(path for path in found if not path.name.endswith("_test.cpp"))


def check(path: pathlib.Path) -> str:
    """What is wrong with the file; empty: nothing."""
    done = subprocess.run(["clang-tidy-16", "--quiet", "-p", str(BUILD), str(path)],
                          cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + re.sub(r"^\d+ warnings? .*\n", "", done.stderr, flags=re.M)


def main() -> int:
    if not (BUILD / "compile_commands.json").exists():
        print(f"{BUILD.relative_to(ROOT)} is not configured: cmake --preset asan && cmake --build --preset asan",
              file=sys.stderr)
        return 2
    files = sources(sys.argv[1:] or [f"src/{core}" for core in rules.CORES])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        breaches = [text for text in pool.map(check, files) if text]
    print("\n".join(breaches) if breaches else f"clang-tidy finds nothing in {len(files)} files")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
