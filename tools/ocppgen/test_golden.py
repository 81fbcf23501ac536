"""C++, TypeScript and documentation of sample notation, compared with the files in golden/expected.

UPDATE_GOLDEN=1 writes them anew; read the difference before committing it.
"""

import os
import unittest

import emit_cpp
import emit_docs
import emit_typescript
from output import write_all
from parser import read_family

_GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")


class Golden(unittest.TestCase):
    maxDiff = None

    def test_outputs_are_as_expected(self):
        family = read_family(os.path.join(_GOLDEN, "sample"))
        files = dict(emit_cpp.outputs(family))
        files["sample.ts"] = emit_typescript.module(family)
        files["sample.md"] = emit_docs.document(family)
        files.update(emit_cpp.outputs(read_family(os.path.join(_GOLDEN, "records"))))
        expected = os.path.join(_GOLDEN, "expected")
        if os.environ.get("UPDATE_GOLDEN"):
            write_all(expected, files)
        for path, text in files.items():
            with self.subTest(path):
                with open(os.path.join(expected, path), encoding="utf-8") as current:
                    self.assertEqual(current.read(), text)


if __name__ == "__main__":
    unittest.main()
