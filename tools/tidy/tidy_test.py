"""The house rules bite: each is broken once."""

import unittest
import unittest.mock

import tidy


class Rules(unittest.TestCase):
    def breaches(self, check, relative, text):
        return [what for _, what in check(relative, text.splitlines())]

    def test_a_core_includes_no_thread(self):
        self.assertTrue(self.breaches(tidy.check_includes, "station/link/link.cpp", "#include <thread>"))
        self.assertTrue(self.breaches(tidy.check_includes, "rpc/peer.cpp", "#include <boost/asio/io_context.hpp>"))
        self.assertFalse(self.breaches(tidy.check_includes, "station/link/link.cpp", "#include <vector>"))

    def test_station_and_csms_do_not_know_each_other(self):
        self.assertTrue(self.breaches(tidy.check_includes, "station/a.cpp", '#include "csms/csms.hpp"'))
        self.assertTrue(self.breaches(tidy.check_includes, "csms/a.cpp", '#include "station/station.hpp"'))
        self.assertTrue(self.breaches(tidy.check_includes, "csms/a.cpp", '#include "transport/tls.hpp"'))
        self.assertFalse(self.breaches(tidy.check_includes, "csms/a.cpp", '#include "store/ledger.hpp"'))
        self.assertTrue(self.breaches(tidy.check_includes, "csms/a.cpp", '#include "store/sqlite/database.hpp"'))

    def test_the_domain_does_not_know_the_wire(self):
        self.assertTrue(self.breaches(tidy.check_includes, "domain/token.cpp", '#include "messages/v16.hpp"'))
        self.assertTrue(self.breaches(tidy.check_includes, "domain/token.cpp", '#include "domain/dialect/v16.hpp"'))
        self.assertFalse(self.breaches(tidy.check_includes, "domain/dialect/v16.cpp", '#include "messages/v16.hpp"'))

    def test_drivers_are_confined(self):
        self.assertTrue(self.breaches(tidy.check_includes, "api/server.cpp", "#include <sqlite3.h>"))
        self.assertTrue(self.breaches(tidy.check_includes, "rpc/peer.cpp", "#include <simdjson.h>"))

    def test_a_core_reads_no_clock(self):
        self.assertTrue(self.breaches(tidy.check_core, "csms/a.cpp", "auto t = std::chrono::steady_clock::now();"))
        self.assertTrue(self.breaches(tidy.check_core, "station/a.cpp", "srand(time(nullptr));"))
        self.assertFalse(self.breaches(tidy.check_core, "transport/a.cpp", "auto t = std::chrono::steady_clock::now();"))

    def test_a_dialect_keeps_nothing(self):
        self.assertTrue(self.breaches(tidy.check_dialect, "csms/dialect/v16.cpp", "static int calls = 0;"))
        self.assertTrue(self.breaches(tidy.check_dialect, "station/dialect/v16.cpp", '#include "store/journal.hpp"'))
        self.assertFalse(self.breaches(tidy.check_dialect, "csms/dialect/v16.cpp", "static constexpr int a = 0;"))

    def test_a_file_includes_what_it_uses(self):
        self.assertTrue(self.breaches(tidy.check_own_includes, "base/a.cpp", "std::string a;"))
        self.assertFalse(self.breaches(tidy.check_own_includes, "base/a.cpp", "#include <string>\nstd::string a;"))
        with unittest.mock.patch.dict(tidy.HEADERS, {"base/b.hpp": ["#include <string>"]}):
            self.assertFalse(self.breaches(tidy.check_own_includes, "csms/a.cpp", '#include "base/b.hpp"\nstd::string a;'))

    def test_files_have_a_shape(self):
        self.assertTrue(self.breaches(tidy.check_shape, "base/a.hpp", "// a\n"))
        self.assertTrue(self.breaches(tidy.check_shape, "base/a.cpp", "int a;\n"))
        self.assertTrue(self.breaches(tidy.check_shape, "base/a.cpp", "// a\n" + "int a;\n" * 500))


if __name__ == "__main__":
    unittest.main()
