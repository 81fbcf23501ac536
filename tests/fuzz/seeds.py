#!/usr/bin/env python3
"""First inputs for the fuzz targets and a dictionary of OCPP's words, from the notation and the generator's example
payloads: a folder per target, and a dictionary per folder of notation."""

import argparse
import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "ocppgen"))

from parser import read_family  # noqa: E402

# What a payload does not say, but a mutation should be able to.
FURTHER_WORDS = [
    "null", "true", "false", "-1", "0", "1e308", "-0", "0.1", "18446744073709551616", "2147483648",
    "9223372036854775807", "-9223372036854775808", '"1970-01-01T00:59:59+01:00"', '"9999-12-31T23:59:60Z"',
    '"2026-06-01T12:00:00Z"', '"2026-12-31T23:59:59.987654+13:45"', '"1969-12-31T23:59:59Z"', '"0"',
    "\\u0000", "\\ud83d\\ude00", "\\ud800", '[2,"', '[3,"', '[4,"', "[[[[", "]]]]", ',{}]', '"TAG"', '"SHARED"',
]
SIZES = ("minimal", "maximal")


def words(family):
    found = set(FURTHER_WORDS)
    found |= {f'"{message}"' for message in family.messages}
    for struct in family.structs():
        found |= {f'"{field.wire}":' for field in struct.fields}
    for enum in family.enums.values():
        found |= {f'"{text}"' for text in enum.texts()}
    return "".join(f'"{_escaped(word)}"\n' for word in sorted(found))


def _escaped(word):
    return word.replace("\\", "\\\\").replace('"', '\\"')


class Seeds:
    def __init__(self, messages):
        self._messages = messages
        self.files = {}  # (target, name) -> text

    def payload(self, version, name, size):
        return (self._messages / version / f"{name}.{size}.json").read_text(encoding="utf-8").strip()

    def add_payloads(self, family):
        for version in family.versions:
            for message in family.messages.values():
                if message.known_in(version):
                    for payload in message.payloads():
                        for size in SIZES:
                            text = self.payload(version, payload.name, size)
                            self._add(f"codec_{family.namespace}", f"{version}.{payload.name}.{size}",
                                      f"{version} {payload.name}\n{text}")
                            self._add("json", f"{version}.{payload.name}.{size}", text)

    def add_scripts_of_2(self, family):
        """Calls and answers of 2.1 between the programs' cores."""
        for message in family.messages.values():
            if not message.known_in("2.1"):
                continue
            request, *rest = (self.payload("2.1", payload.name, SIZES[0]) for payload in message.payloads())
            response = rest[0] if rest else "{}"
            name = f"v2.{message.name}"
            call = f'[2,"1","{message.name}",{request}]'
            if message.sender in ("csms", "both"):
                self._add("station", f"{name}.idle", f"gv\nt3000\n<{call}\nt1000\n")
                self._add("station", f"{name}.charging",
                          f"go2\nt3000\np1b\ns1TAG\nt1000\np1c\nt9000\n<{call}\nt90000\n")
                self._add("csms", f"{name}.call", f"3\nb\nC{message.name} {request}\nr{response}\nt1000\n")
            if message.sender in ("station", "both"):
                self._add("csms", f"{name}.called", f"3\nb\n<{call}\n<{call}\nt1000\n")
                self._add("csms", f"{name}.late", f"h2\nK\nb\nK\n<{call}\nk\nk\nd\nv0\nu\nK\nb\nK\n")
                self._add("station", f"{name}.answered", f"v\nt1000\nu2\nr{response}\nt1000\nr{response}\nt5000\n")

    def add_scripts(self, family):
        """Calls and answers of 1.6 between the programs' cores."""
        for message in family.messages.values():
            for size in SIZES:
                request = self.payload("1.6", message.name + "Request", size)
                response = self.payload("1.6", message.name + "Response", size)
                name = f"{message.name}.{size}"
                call = f'[2,"1","{message.name}",{request}]'
                self._add("rpc", name, f"v{len(name) % 3}\n<{call}\na\n<{call}\nc{message.name}\nr{response}\nt31\n")
                if message.sender in ("csms", "both"):
                    self._from_backend(name, call)
                    self._add("csms", f"{name}.call", f"\nb\nC{message.name} {request}\nr{response}\nt1000\n")
                if message.sender in ("station", "both"):
                    self._add("csms", f"{name}.called", f"\nb\n<{call}\n<{call}\nt1000\n")
                    self._add("csms", f"{name}.late", f"h\nK\nb\nK\n<{call}\nk\nk\nd\nu\nK\n<{call}\nK\n")
                    self._add("station", f"{name}.answered", f"\nt1000\nu\nr{response}\nt1000\nr{response}\nt5000\n")

    def _from_backend(self, name, call):
        self._add("station", f"{name}.idle", f"g\nt3000\n<{call}\nt1000\n")
        self._add("station", f"{name}.charging", f"g2\nt3000\np1b\ns1TAG\nt1000\np1c\nt9000\n<{call}\nt90000\n")

    def _add(self, target, name, text):
        self.files[target, name] = text

    def add_guides(self):
        for path in sorted((ROOT / "docs" / "guide").glob("*.toml")):
            header = "# station\n" if path.stem == "station" else "# csms\n"
            self._add("configuration", path.stem, header + path.read_text(encoding="utf-8"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=pathlib.Path, required=True, help="example payloads, a folder per version")
    parser.add_argument("--notation", nargs="+", required=True, help="folders of notation")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="owned by this program")
    options = parser.parse_args()
    families = [read_family(folder) for folder in options.notation]
    seeds = Seeds(options.messages)
    for family in families:
        seeds.add_payloads(family)
        if "1.6" in family.versions:
            seeds.add_scripts(family)
        elif "2.1" in family.versions:
            seeds.add_scripts_of_2(family)
    seeds.add_guides()
    shutil.rmtree(options.out, ignore_errors=True)
    for (target, name), text in seeds.files.items():
        folder = options.out / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for family in families:
        (options.out / f"{family.namespace}.dict").write_text(words(family), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
