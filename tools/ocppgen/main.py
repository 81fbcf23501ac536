"""Command line of the generator."""

import argparse
import os
import sys

import check
import emit_cpp
import emit_docs
import emit_seeds
import emit_typescript
from model import NotationError
from output import replace_folders, write_all, write_if_changed
from parser import read_family

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def main(arguments=None):
    options = _parsed(arguments)
    try:
        return options.run(options)
    except NotationError as error:
        print(error, file=sys.stderr)
        return 1


def _parsed(arguments):
    top = argparse.ArgumentParser(prog="ocppgen", description="Generates code from the message notation.")
    commands = top.add_subparsers(required=True, metavar="command")

    def command(name, run, text):
        parser = commands.add_parser(name, help=text, description=text)
        parser.set_defaults(run=run)
        return parser

    for name, run, text, out in (
        (
            "cpp",
            _cpp,
            "C++ structs, codecs and actions of one folder of notation",
            "include root of generated code",
        ),
        ("typescript", _typescript, "TypeScript types of one folder of notation", "file"),
        ("seeds", _seeds, "example payloads of one folder of notation", "folder, owned by the generator"),
        ("docs", _docs, "reference documentation of one folder of notation", "file"),
    ):
        parser = command(name, run, text)
        parser.add_argument("folder", help="as protocol/v16")
        parser.add_argument("--out", required=True, help=out)
        if name == "docs":
            parser.add_argument(
                "--check", action="store_true", help="write nothing, fail when the file is not current"
            )

    parser = command(
        "check", _check, "compares the notation with its fingerprints and with the official schemas"
    )
    parser.add_argument(
        "--protocol", default=os.path.join(_ROOT, "protocol"), help="folder of folders of notation"
    )
    parser.add_argument(
        "--schemas",
        metavar="DIR",
        help="holds 1.6/, 1.6-security/ …; writes the fingerprints when "
        "everything is equal. OCPP_SCHEMAS names it too, and then nothing is written",
    )
    return top.parse_args(arguments)


def _cpp(options):
    write_all(options.out, emit_cpp.outputs(read_family(options.folder)))
    return 0


def _typescript(options):
    write_if_changed(options.out, emit_typescript.module(read_family(options.folder)))
    return 0


def _seeds(options):
    replace_folders(options.out, emit_seeds.files(read_family(options.folder)))
    return 0


def _docs(options):
    text = emit_docs.document(read_family(options.folder))
    if not options.check:
        write_if_changed(options.out, text)
        return 0
    with open(options.out, encoding="utf-8") as current:
        if current.read() == text:
            return 0
    print(
        f"{options.out}: not current; write it with: "
        f"python3 tools/ocppgen docs {options.folder} --out {options.out}",
        file=sys.stderr,
    )
    return 1


def _check(options):
    folders = sorted(entry.path for entry in os.scandir(options.protocol) if entry.is_dir())
    families = [read_family(folder) for folder in folders]
    path = os.path.join(options.protocol, "fingerprints")
    schemas = options.schemas or os.environ.get("OCPP_SCHEMAS")
    problems = check.compare_with_schemas(families, schemas) if schemas else []
    if options.schemas and not problems:
        write_if_changed(path, check.fingerprints(families))
    problems += check.compare_with_fingerprints(families, path)
    for problem in problems:
        print(problem, file=sys.stderr)
    payloads = len(check.fingerprints(families).splitlines())
    if not problems:
        print(f"{payloads} payloads equal to {'the schemas and ' if schemas else ''}the fingerprints")
    return 1 if problems else 0
