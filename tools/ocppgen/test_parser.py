"""Mistakes in the notation: each names file and line and says what is expected."""

import pathlib
import tempfile
import unittest

from model import NotationError, family_of
from parser import parse_block, read_family

_HEADER = "namespace x\nversions 2.0.1 2.1\ntitle X\n"


def parsed(body, header=_HEADER):
    return family_of([parse_block("x.ocpp", header + body)])


class Mistakes(unittest.TestCase):
    def expect(self, line, text, body, header=_HEADER):
        with self.assertRaises(NotationError) as caught:
            parsed(body, header)
        self.assertTrue(str(caught.exception).startswith(f"x.ocpp:{line}: "), str(caught.exception))
        self.assertIn(text, str(caught.exception))

    def test_header(self):
        self.expect(2, "expected a 'versions' line", "enum A\n  B\n", "namespace x\n")
        self.expect(1, "expected 'none' or some of", "", "versions 3.0\n")
        self.expect(5, "before the first definition", "enum A\ntitle Y\n")

    def test_definitions(self):
        self.expect(4, "expected enum, type, open type or message, found 'struct'", "struct A\n")
        self.expect(4, "PascalCase", "type a\n")
        self.expect(5, "indent of 2 spaces, found 3", "type A\n   b int\n")
        self.expect(5, "found a tab", "type A\n\tb int\n")
        self.expect(4, "enum A has no values", "enum A\ntype B\n")
        self.expect(6, "A is already defined at x.ocpp:4", "enum A\n  B\ntype A\n")
        self.expect(4, "'unknown C' is not a value of A", "enum A   unknown C\n  B\n")
        self.expect(5, "B is already a value of A", "enum A\n  B B\n")

    def test_messages(self):
        self.expect(4, "station -> csms", "message A   station to csms\n")
        self.expect(4, "needs 'request' and 'response'", "message A   station -> csms\n  request\n")
        self.expect(5, "'response' or 'send', found 'answer'", "message A   station -> csms\n  answer\n")
        self.expect(6, "or one 'send'", "message A   station -> csms\n  send\n  response\n")
        self.expect(6, "or one 'send'", "message A   station -> csms\n  request\n  send\n")
        self.expect(4, "no messages", "message A   station -> csms\n  request\n  response\n",
                    "namespace x\nversions none\ntitle X\n")

    def test_fields(self):
        self.expect(5, "expected 'name type'", "type A\n  b\n")
        self.expect(5, "snake_case", "type A\n  bC int\n")
        self.expect(5, "an enum or a type, found Foo", "type A\n  b Foo\n")
        self.expect(5, "expected bounds as", "type A\n  b string(20)\n")
        self.expect(5, "lower bound first", "type A\n  b int(5..1)\n")
        self.expect(5, "time takes no bounds", "type A\n  b time(..3)\n")
        self.expect(6, "b is already a field of A", "type A\n  b int\n  b int\n")
        self.expect(4, "A contains itself", "type A\n  b A\n")

    def test_notes(self):
        self.expect(5, "found 'sometimes'", "type A\n  b int   sometimes\n")
        self.expect(5, "1.6 is not a version of this folder", "type A\n  b int   since 1.6\n")
        self.expect(5, "'optional since' needs an optional field (?)", "type A\n  b int   optional since 2.1\n")
        self.expect(5, "'number since' needs an int", "type A\n  b string   number since 2.1\n")
        self.expect(5, "'string in' needs an enum", "type A\n  b int   string in 2.1\n")
        self.expect(5, "counts are whole numbers", "type A\n  b int[1.5..2]\n")
        self.expect(5, "counts are whole numbers", "type A\n  b int[]   2.1: [..2.5]\n")
        self.expect(5, "lengths are whole numbers", "type A\n  b string(..2.5)\n")
        self.expect(5, "lengths are whole numbers", "type A\n  b string(..2)   2.1: ..2.5\n")
        self.expect(5, "item counts need a list", "type A\n  b int   2.1: [1..2]\n")
        self.expect(5, "expected bounds as", "type A\n  b int(..)\n")
        self.expect(7, "needs an optional field (?)", "enum E\n  V\ntype A\n  b E   unknown ignored\n")

    def test_dropped_items_need_a_list(self):
        body = "enum E\n  V\ntype A\n  b E?   unknown drops item\ntype B\n  a A\n"
        self.expect(9, "must be in a list", body)


class Reading(unittest.TestCase):
    def test_comments_and_documentation(self):
        family = parsed("# nothing\n## What A is.\ntype A   # here\n  ## What b is.\n  b int  # there\n")
        self.assertEqual(family.types["A"].doc, ["What A is."])
        self.assertEqual(family.types["A"].fields[0].doc, ["What b is."])

    def test_parts_come_before_wholes(self):
        family = parsed("type A\n  b B\ntype B\n  c int\n")
        self.assertEqual(list(family.types), ["B", "A"])

    def test_bytes_that_are_no_text_are_told_with_their_line(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "x.ocpp").write_bytes(b"namespace x\nversions none\ntitle \xff\n")
            with self.assertRaisesRegex(NotationError, r"x\.ocpp:3: expected UTF-8"):
                read_family(folder)

    def test_a_folder_without_notation_is_told(self):
        with self.assertRaisesRegex(NotationError, "no .ocpp file here"):
            read_family("no-such-folder")

    def test_files_of_a_folder_agree(self):
        other = parse_block("y.ocpp", "namespace y\nversions 2.1\ntitle Y\n")
        with self.assertRaisesRegex(NotationError, "expected namespace x"):
            family_of([parse_block("x.ocpp", _HEADER), other])


if __name__ == "__main__":
    unittest.main()
