"""Command line of the generator."""

import argparse
import sys

import emit_cpp
from model import NotationError
from output import write_all
from parser import read_family


def main(arguments=None):
    options = _parsed(arguments)
    try:
        return options.run(options)
    except NotationError as error:
        print(f"{error}", file=sys.stderr)
        return 1


def _parsed(arguments):
    top = argparse.ArgumentParser(prog="ocppgen", description="Generates code from the message notation.")
    commands = top.add_subparsers(required=True, metavar="command")

    cpp = commands.add_parser("cpp", help="C++ structs and codecs of one folder of notation")
    cpp.add_argument("folder")
    cpp.add_argument("--out", required=True, help="include root of generated code")
    cpp.set_defaults(run=lambda o: _write(o.out, emit_cpp.outputs(read_family(o.folder))))
    return top.parse_args(arguments)


def _write(folder, files):
    write_all(folder, files)
    return 0
