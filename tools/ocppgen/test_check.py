"""The proof against the schemas must notice every kind of difference."""

import contextlib
import io
import json
import os
import tempfile
import unittest
from unittest import mock

import check
from main import main
from model import family_of
from parser import parse_block

_NOTATION = """namespace x
versions 2.0.1 2.1
title X
enum Mood
  Good Bad
message Hello   station -> csms
  request
    name      string(..8)       2.0.1: ..5
    mood      Mood?             string(..20) in 2.1
    path      number[1..4]
    when      time?             since 2.1
  response
"""


def _schema(version):
    new = version == "2.1"
    properties = {
        "name": {"type": "string", "maxLength": 8 if new else 5, "description": "any"},
        "mood": {"type": "string", "maxLength": 20} if new else {"$ref": "#/definitions/M"},
        "path": {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": 4},
    }
    if new:
        properties["when"] = {"type": "string", "format": "date-time"}
    return {
        "definitions": {"M": {"type": "string", "enum": ["Bad", "Good"]}},
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": ["path", "name"],
    }


class Check(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        environment = mock.patch.dict(os.environ)
        environment.start()
        self.addCleanup(environment.stop)
        os.environ.pop("OCPP_SCHEMAS", None)
        os.makedirs(self._path("protocol", "x"))
        self._write(_NOTATION, "protocol", "x", "x.ocpp")
        for version in ("2.0.1", "2.1"):
            os.makedirs(self._path(version))
            self._write_schema(version, _schema(version))
            empty = {"type": "object", "additionalProperties": False, "properties": {}}
            self._write(json.dumps(empty), version, "HelloResponse.json")

    def _path(self, *parts):
        return os.path.join(self._folder.name, *parts)

    def _write(self, text, *parts):
        with open(self._path(*parts), "w", encoding="utf-8") as target:
            target.write(text)

    def _write_schema(self, version, schema):
        self._write(json.dumps(schema), version, "HelloRequest.json")

    def _differences(self):
        family = family_of([parse_block("x.ocpp", _NOTATION)])
        return check.compare_with_schemas([family], self._folder.name)

    def _run(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["check", "--protocol", self._path("protocol"), *arguments])
        return code, out.getvalue() + err.getvalue()

    def test_equal(self):
        self.assertEqual(self._differences(), [])

    def test_every_kind_of_difference_is_noticed(self):
        def change(action):
            schema = _schema("2.1")
            action(schema)
            self._write_schema("2.1", schema)
            return self._differences()

        properties = "properties"
        for action, text in (
            (lambda s: s[properties]["name"].update(maxLength=9), "/name: max is 8 in the notation, 9 in the schema"),
            (lambda s: s[properties]["path"].update(minItems=2), "/path: min is 1"),
            (lambda s: s[properties]["path"].update(items={"type": "integer"}), "/path/[]: kind is number"),
            (lambda s: s[properties]["when"].pop("format"), "/when: format is date-time"),
            (lambda s: s[properties].pop("when"), "/when: only in the notation"),
            (lambda s: s[properties].update(more={"type": "boolean"}), "/more: only in the schema"),
            (lambda s: s["required"].append("mood"), "required is ['name', 'path']"),
            (lambda s: s.pop("additionalProperties"), "open is False"),
            (lambda s: s[properties]["name"].update(pattern="x"), "keywords not understood: pattern"),
        ):
            with self.subTest(text):
                found = change(action)
                self.assertEqual(len(found), 1, found)
                self.assertIn(text, found[0])
                self.assertTrue(found[0].startswith("2.1 HelloRequest"), found[0])

    def test_enum_values_are_compared(self):
        schema = _schema("2.0.1")
        schema["definitions"]["M"]["enum"].append("Ugly")
        self._write_schema("2.0.1", schema)
        self.assertIn("/mood: values is ['Bad', 'Good']", self._differences()[0])

    def test_missing_and_unknown_schemas(self):
        os.rename(self._path("2.1", "HelloRequest.json"), self._path("2.1", "HalloRequest.json"))
        found = self._differences()
        self.assertIn("HelloRequest: no schema in", found[0])
        self.assertIn("HalloRequest.json: no message in the notation", found[1])

    def test_fingerprints(self):
        code, text = self._run()
        self.assertEqual(code, 1)
        self.assertIn("fingerprints is missing", text)
        self.assertEqual(self._run("--schemas", self._folder.name)[0], 0)
        self.assertEqual(self._run()[0], 0)
        self._write(_NOTATION.replace("..8", "..9"), "protocol", "x", "x.ocpp")
        code, text = self._run()
        self.assertEqual(code, 1)
        self.assertIn("2.1 HelloRequest: changed since the notation was last proved equal", text)
        self.assertNotIn("HelloResponse", text)

    def test_environment_names_the_schemas_and_writes_nothing(self):
        os.environ["OCPP_SCHEMAS"] = self._folder.name
        self.assertEqual(self._run()[0], 1)
        self.assertFalse(os.path.exists(self._path("protocol", "fingerprints")))
        os.environ.pop("OCPP_SCHEMAS")
        self.assertEqual(self._run("--schemas", self._folder.name)[0], 0)
        os.environ["OCPP_SCHEMAS"] = self._folder.name
        self._write(_NOTATION.replace("..8", "..9"), "protocol", "x", "x.ocpp")
        code, text = self._run()
        self.assertEqual(code, 1)
        self.assertIn("/name: max is 9 in the notation, 8 in the schema", text)

    def test_order_and_descriptions_do_not_count(self):
        self.assertEqual(self._run("--schemas", self._folder.name)[0], 0)
        swapped = _NOTATION.replace("Good Bad", "Bad Good").replace("    path", "    # why\n    path")
        self._write(swapped, "protocol", "x", "x.ocpp")
        self.assertEqual(self._run()[0], 0)


if __name__ == "__main__":
    unittest.main()
