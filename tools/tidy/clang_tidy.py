#!/usr/bin/env python3
"""Runs the checks of .clang-tidy over the libraries, two sources at a time, and fails if one finds something.

  tools/tidy/clang_tidy.py                 the cores (rules.CORES)
  tools/tidy/clang_tidy.py store api       other folders of src/

It reads from build/asan how they are compiled: cmake --preset asan && cmake --build --preset asan"""

import concurrent.futures
import json
import pathlib
import subprocess
import sys

import rules

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "asan"
NOT_OURS_TO_JUDGE = ("/alone.cpp", "/ladestrom_messages_generated.dir/", "/testing/", "/test_world/")


def sources(libraries: list[str]) -> list[str]:
    """What the compiler is given for them: sources, or several as one; no tests, nothing generated."""
    entries = json.loads((BUILD / "compile_commands.json").read_text(encoding="utf-8"))
    objects = {entry["file"]: entry["command"].split(" -o ")[1].split()[0] for entry in entries}
    return sorted(source for source, made in objects.items()
                  if any(made.startswith(f"src/{library}/") for library in libraries) and "/ladestrom_" in made
                  and not any(part in source for part in NOT_OURS_TO_JUDGE))


def check(source: str) -> str:
    """What is wrong with it; empty: nothing."""
    done = subprocess.run(["clang-tidy-16", "--quiet", "-p", str(BUILD), source],
                          cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    return f"{source}: clang-tidy ended with {done.returncode}\n{done.stdout}{done.stderr}"


def main() -> int:
    if not (BUILD / "compile_commands.json").exists():
        print(f"{BUILD.relative_to(ROOT)} is not configured: cmake --preset asan && cmake --build --preset asan",
              file=sys.stderr)
        return 2
    libraries = sys.argv[1:] or rules.CORES
    found = sources(libraries)
    if not found:
        print(f"no sources of {', '.join(libraries)}: name folders of src/", file=sys.stderr)
        return 2
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        breaches = [text for text in pool.map(check, found) if text]
    print("\n".join(breaches) if breaches else f"clang-tidy finds nothing in {len(found)} sources of {', '.join(libraries)}")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
