"""The demo without its programs: addresses, a machine that stalls, a terminal that is closed."""

import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import people
import stations
from processes import NotNow, reachable

DEMO = pathlib.Path(__file__).parent


class Addresses(unittest.TestCase):
    def test_a_listening_address_as_a_host(self):
        self.assertEqual(reachable("127.0.0.1"), "127.0.0.1")
        self.assertEqual(reachable("192.168.1.5"), "192.168.1.5")
        self.assertEqual(reachable("::1"), "[::1]")
        self.assertEqual(reachable("0.0.0.0"), "127.0.0.1")
        self.assertEqual(reachable("::"), "127.0.0.1")

    def test_stations_go_where_the_central_system_listens(self):
        text = stations.configuration(stations.MODELS[0], "[::1]:9000", pathlib.Path("/tmp/x"), 1)
        self.assertIn('url = "ws://[::1]:9000/fronius-wattpilot"', text)


class AStationThatStalls(unittest.TestCase):
    def test_is_asked_again(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            station = stations.Station(stations.MODELS[0], f"http://127.0.0.1:{closed.getsockname()[1]}")
            with self.assertRaises(NotNow):
                station.state()
            visit = people.Visit(station, 1, random.Random(1), 1000.0, True)
            visit.next = 0
            visit.live()
            self.assertGreater(visit.next, time.monotonic())
            self.assertEqual(visit.step, visit.arrive)


class AClosedTerminal(unittest.TestCase):
    def test_ends_the_programs(self):
        with tempfile.TemporaryDirectory() as folder:
            fake = pathlib.Path(folder) / "ladestrom-csms"
            pid_file = pathlib.Path(folder) / "pid"
            fake.write_text("#!/bin/sh\n[ \"$3\" = api-key ] && { echo key; exit; }\n"
                            f"echo $$ > {pid_file}\nexec sleep 600\n")
            fake.chmod(0o700)
            demo = subprocess.Popen([sys.executable, "-B", str(DEMO), "--bin", folder, "--state", f"{folder}/state",
                                     "--http-port", "1", "--no-demo"], stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
            try:
                deadline = time.monotonic() + 60
                while not (pid_file.exists() and pid_file.read_text().strip()) and time.monotonic() < deadline:
                    time.sleep(0.05)
                pid = int(pid_file.read_text())
                log = pathlib.Path(folder) / "state" / "csms.log"
                self.assertEqual(log.stat().st_mode & 0o077, 0, "it holds the link of the administrator")
                demo.send_signal(signal.SIGHUP)
                demo.wait(60)
                self.assertFalse(pathlib.Path(f"/proc/{pid}").exists(), "the central system goes on")
            finally:
                demo.kill()
                demo.wait()


if __name__ == "__main__":
    unittest.main()
