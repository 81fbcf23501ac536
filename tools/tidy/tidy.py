#!/usr/bin/env python3
"""Checks the house rules over the source tree: who may include whom, cores without I/O and clocks, dialects without
state, file lengths. Prints one line per breach, `file:line: what is wrong and what to do`, and fails if there is any."""

import pathlib
import re
import subprocess
import sys

import rules

# Headers of the tree, and their lines. A source file with a header of its own name is described there.
HEADERS: dict[str, list[str]] = {}
# Their sources read precompiled headers as well.
PRECOMPILED_TESTS = ["tests/simulation", "tests/fuzz"]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def library_of(relative: str) -> str:
    """The longest row of the include table that holds this file."""
    rows = [row for row in rules.INCLUDES if relative.startswith(row + "/")]
    return max(rows, key=len) if rows else ""


def is_test(relative: str) -> bool:
    name = pathlib.PurePath(relative).name
    return "_test." in name or "/testing/" in f"/{relative}" or name.startswith(("test_", "testing."))


def check_includes(relative: str, lines: list[str]):
    library = library_of(relative)
    top = relative.split("/")[0]
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        quoted, header = found.group(1) == '"', found.group(2)
        if not quoted:
            if top in rules.CORES and not is_test(relative):
                for forbidden in rules.FORBIDDEN_IN_CORES:
                    if header == forbidden or (forbidden.endswith("/") or "/" in forbidden) and header.startswith(forbidden):
                        yield number, f"<{header}> does I/O, time or threads; a core returns an effect instead"
            for confined, owners in rules.CONFINED.items():
                if header.startswith(confined) and not any(relative.startswith(o + "/") for o in owners):
                    yield number, f"<{header}> belongs in {' and '.join(owners)} alone"
            continue
        if not library:
            yield number, f"{top}/ is not in the include table (tools/tidy/rules.py)"
            return
        if header.split("/")[0] == top and library != "domain" or is_test(relative):
            continue
        allowed = rules.INCLUDES[library] + [library]
        if not any(header == a or header.startswith(a + "/") for a in allowed):
            yield number, f'"{header}" may not be included by {library}: only {", ".join(allowed)}'
        if library == "domain" and header.startswith("domain/dialect/"):
            yield number, f'"{header}": the domain does not know the wire'


def reached(relative: str, lines: list[str]) -> set[str]:
    """The headers that a file includes, itself or through headers of the tree."""
    seen: set[str] = set()
    waiting = [(relative, lines)]
    while waiting:
        place, text = waiting.pop()
        for found in filter(None, map(INCLUDE.match, text)):
            header = found.group(2)
            if header in seen:
                continue
            seen.add(header)
            beside = str(pathlib.PurePosixPath(place).parent / header)
            for name in (header, beside):
                if name in HEADERS:
                    waiting.append((name, HEADERS[name]))
                    break
    return seen


def check_own_includes(relative: str, lines: list[str]):
    headers = reached(relative, lines)
    for header, names in rules.PRECOMPILED.items():
        if header in headers:
            continue
        number = next((n for n, line in enumerate(lines, 1) if re.search(names, line.split("//")[0])), None)
        if number:
            yield number, f"<{header}> is used and not included"


def check_core(relative: str, lines: list[str]):
    if relative.split("/")[0] not in rules.CORES or is_test(relative):
        return
    for number, line in enumerate(lines, 1):
        if re.search(rules.CLOCKS, line.split("//")[0]):
            yield number, "a core is told the time and its random seed, it does not ask"


def check_dialect(relative: str, lines: list[str]):
    if not any(relative.startswith(d + "/") for d in rules.DIALECTS) or is_test(relative):
        return
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        if found and any(found.group(2).startswith(f) for f in rules.FORBIDDEN_IN_DIALECTS):
            yield number, f'"{found.group(2)}": a dialect reaches no store and no queue'
        if re.match(r"^\s*(static|thread_local)\s+(?!constexpr|const\b|inline|std::string_view|.*\()", line):
            yield number, "a dialect holds no state"


def check_shape(relative: str, lines: list[str]):
    described = is_test(relative) or relative.endswith(".cpp") and relative[:-4] + ".hpp" in HEADERS
    if not described and not (lines and lines[0].startswith("//")):
        yield 1, "a file opens with a comment that says what it is for"
    if relative.endswith(".hpp") and "#pragma once" not in lines:
        yield 1, "a header has #pragma once"
    if len(lines) > rules.MAX_LINES and relative not in rules.LONG_FILES:
        yield len(lines), f"{len(lines)} lines: split where the story splits (at most {rules.MAX_LINES})"
    for number, line in enumerate(lines, 1):
        if re.search(rules.MARKS, line):
            yield number, "finish it or leave it out; what is missing is written in docs/STATUS.md"


def check_format(root: pathlib.Path, files: list[pathlib.Path]):
    done = subprocess.run(["clang-format-16", "--dry-run", "--Werror", *map(str, files)], cwd=root,
                          capture_output=True, text=True, check=False)
    for line in done.stderr.splitlines():
        if "error:" in line:
            yield line.replace("code should be clang-formatted [-Wclang-format-violations]",
                               "not formatted: clang-format-16 -i <file>")


def main() -> int:
    root = pathlib.Path(__file__).resolve().parents[2]
    files = sorted(p for folder in ("src", "apps") for p in (root / folder).rglob("*.?pp"))
    tests = sorted(p for folder in PRECOMPILED_TESTS for p in (root / folder).rglob("*.?pp"))
    HEADERS.update({"/".join(p.relative_to(root).parts[1:]): p.read_text(encoding="utf-8").splitlines()
                    for p in files + tests if p.suffix == ".hpp"})
    breaches = []
    for path in files:
        lines = path.read_text(encoding="utf-8").splitlines()
        place = path.relative_to(root)
        checks = [check_shape, check_own_includes]
        if place.parts[0] == "src":
            checks += [check_includes, check_core, check_dialect]
        relative = "/".join(place.parts[1:])
        for check in checks:
            breaches += [f"{place}:{number}: {what}" for number, what in check(relative, lines)]
    for path in tests:
        lines = path.read_text(encoding="utf-8").splitlines()
        place = path.relative_to(root)
        found = check_own_includes("/".join(place.parts[1:]), lines)
        breaches += [f"{place}:{number}: {what}" for number, what in found]
    breaches += check_format(root, files)
    print("\n".join(breaches) if breaches else f"{len(files)} files keep the house rules")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
