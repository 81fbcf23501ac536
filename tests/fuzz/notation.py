#!/usr/bin/env python3
"""Feeds the reader of the message notation and everything behind it with mutated notation. Holds: a folder of
notation is either taken by every emitter, or refused by one message that names file and line; never a traceback.
The same number always makes the same folder, so a failure is seen again with --first NUMBER --mutations 1."""

import argparse
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "ocppgen"))

import check  # noqa: E402
import emit_cpp  # noqa: E402
import emit_docs  # noqa: E402
import emit_seeds  # noqa: E402
import emit_typescript  # noqa: E402
from model import NotationError  # noqa: E402
from parser import read_family  # noqa: E402

FOLDERS = ["protocol/v16", "protocol/journal", "tools/ocppgen/golden/sample", "tools/ocppgen/golden/records"]
REGRESSIONS = ROOT / "tests" / "fuzz" / "regressions" / "notation"
WORDS = """namespace versions title extension custom_data enum type open message request response since only unknown
    ignored drops item optional number string in wire int decimal bool time uri json 1.6 2.0.1 2.1 none -> <- <-> ?
    [] [0..] [..0] [1..4] (..5) (5..) (-1..1) (1.5..) (9999999999999999999999..) # ## : , | é \u2028 \x0b \x1c \0""".split(" ")
CLEAN = re.compile(r"\A[^\n]+:\d+: [^\n]+\Z")


def families_of(folder):
    """What every command of the generator does with a folder."""
    family = read_family(folder)
    emit_cpp.outputs(family)
    emit_typescript.module(family)
    emit_docs.document(family)
    emit_seeds.files(family)
    check.fingerprints([family])


def problem_with(folder):
    """None when the folder is taken, or refused as it should be."""
    try:
        families_of(str(folder))
    except NotationError as error:
        return None if CLEAN.match(str(error)) else f"not 'file:line: what': {str(error)!r}"
    except Exception:  # anything else is what is looked for
        return traceback.format_exc()
    return None


class Mutator:
    def __init__(self, number, texts):
        self._random = random.Random(number)
        self._texts = texts

    def folder(self):
        """File name -> bytes."""
        files = dict(self._random.choice(self._texts))
        for name in self._random.sample(sorted(files), min(len(files), self._random.randint(1, 2))):
            content = files[name]
            for _ in range(self._random.choice((1, 1, 1, 2, 3, 8))):
                content = self._mutated(content)
            files[name] = content
        if self._random.random() < 0.05:
            del files[self._random.choice(sorted(files))]
        return files

    def _mutated(self, content):
        lines = content.split(b"\n")
        at = self._random.randrange(len(lines))
        change = self._random.choice(
            (self._line_gone, self._line_twice, self._line_from_elsewhere, self._word, self._word, self._word,
             self._indent, self._byte, self._cut)
        )
        return b"\n".join(change(lines, at))

    def _line_gone(self, lines, at):
        return lines[:at] + lines[at + 1 :]

    def _line_twice(self, lines, at):
        return lines[: at + 1] + lines[at:]

    def _line_from_elsewhere(self, lines, at):
        other = self._random.choice(list(self._random.choice(self._texts).values())).split(b"\n")
        return lines[:at] + [self._random.choice(other)] + lines[at:]

    def _word(self, lines, at):
        words = re.split(rb"(\s+|[().\[\]?,:])", lines[at])
        place = self._random.randrange(len(words))
        own = [word for line in lines for word in line.split()]
        new = self._random.choice(WORDS).encode() if self._random.random() < 0.6 else self._random.choice(own or [b""])
        if self._random.random() < 0.3:
            words.insert(place, new)
        else:
            words[place] = self._random.choice((new, b""))
        return lines[:at] + [b"".join(words)] + lines[at + 1 :]

    def _indent(self, lines, at):
        return lines[:at] + [b" " * self._random.randrange(7) + lines[at].lstrip()] + lines[at + 1 :]

    def _byte(self, lines, at):
        line = bytearray(lines[at])
        place = self._random.randint(0, len(line))
        line[place : place + self._random.randint(0, 1)] = bytes([self._random.randrange(256 if self._random.random() < 0.1 else 128)])
        return lines[:at] + [bytes(line)] + lines[at + 1 :]

    def _cut(self, lines, at):
        return lines[: at + 1]


def written(folder, files):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def notation_of(folder):
    return {path.name: path.read_bytes() for path in sorted((ROOT / folder).glob("*.ocpp"))}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutations", type=int, help="how many")
    parser.add_argument("--seconds", type=float, help="for so long")
    parser.add_argument("--first", type=int, help="number of the first one; otherwise by chance")
    parser.add_argument("--keep", type=pathlib.Path, default=ROOT / "build" / "notation-failure",
                        help="where a failing folder is left")
    options = parser.parse_args()
    for folder in sorted(REGRESSIONS.iterdir()) if REGRESSIONS.is_dir() else []:
        problem = problem_with(folder)
        if problem:
            print(f"{folder}: {problem}", file=sys.stderr)
            return 1
    texts = [notation_of(folder) for folder in FOLDERS]
    first = options.first if options.first is not None else random.SystemRandom().randrange(10**12)
    began = time.monotonic()
    done = 0
    with tempfile.TemporaryDirectory() as scratch:
        while not (options.mutations and done >= options.mutations):
            if options.seconds and time.monotonic() - began >= options.seconds:
                break
            files = Mutator(first + done, texts).folder()
            problem = problem_with(written(pathlib.Path(scratch) / "notation", files))
            if problem:
                options.keep.parent.mkdir(parents=True, exist_ok=True)
                written(options.keep, files)
                print(f"mutation {first + done}: {problem}", file=sys.stderr)
                print(f"The folder: {options.keep}\nAgain: tests/fuzz/notation.py --first {first + done} --mutations 1",
                      file=sys.stderr)
                return 1
            done += 1
    print(f"{done} mutations in {time.monotonic() - began:.1f} s, from number {first}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
