"""Runs every lane, prints the table and the tally. Arguments: folder of our programs, work folder, folder of
the Node peer with its modules."""
import pathlib
import shutil
import signal
import sys
import threading
import traceback

import actions
import actions_v2
import against_csms
import against_station
import csms_v2
from csms_bench import CsmsBench
from csms_v2 import CsmsBenchV2
from frames import Schemas, Wire
from lane import Lane, say
from programs import Program
from station_bench import VERSIONS, StationBench

KINDS = ("node", "python")
BUDGET_S = 600  # of a lane; a minute on a machine that has nothing else to do


def run_lane(lane, bench, scenarios):
    try:
        bench.start()
    except Exception:
        lane.failed += 1
        say(f"FAIL  {lane.name:20} start: {traceback.format_exc()}")
        bench.kill()
        return
    lane.run(scenarios, bench)

    def shutdown(_):
        """Both end in order"""
        bench.stop()
    try:
        lane.scenario(shutdown, bench)
    finally:
        bench.kill()


class Round:
    """Everything that the lanes share."""

    def __init__(self, binaries, work, node_folder):
        self.binaries, self.work, self.node_folder = binaries, work, node_folder
        self.schemas = {version: Schemas(version) for version in VERSIONS}
        self.tables = {version: actions.table() if version == "1.6" else actions_v2.table(version)
                       for version in VERSIONS}
        self.wires = []
        self.lanes = []
        self.threads = []

    def start_lane(self, kind, role, version):
        lane = Lane(f"{kind}-{role} {version}", BUDGET_S)
        column = f"{kind}-{role}"
        ours = "csms" if role == "client" else "station"
        folder = self.work / f"{column}-{version}"
        shutil.rmtree(folder, ignore_errors=True)

        def make_wire(of_version=version):
            table = self.tables[of_version]
            self.wires.append(Wire(ours, self.schemas[of_version],
                                   lambda sender, action: table.exercised(sender, action, column), lane.violation))
            return self.wires[-1]

        def refused(action, code):
            self.tables[version].refused(action, column, code)

        shared = (self.binaries, folder, self.node_folder, make_wire, lane)
        if role == "server":
            self.begin(lane, StationBench(kind, version, *shared, refused), against_station.scenarios(version))
        elif version == "1.6":
            self.begin(lane, CsmsBench(kind, *shared), against_csms.SCENARIOS)
        else:
            self.begin(lane, CsmsBenchV2(version, kind, *shared), csms_v2.SCENARIOS)

    def begin(self, lane, bench, scenarios):
        thread = threading.Thread(target=run_lane, args=(lane, bench, scenarios), daemon=True)
        thread.start()
        self.lanes.append(lane)
        self.threads.append(thread)

    def finish(self):
        """Returns how many failed."""
        for thread in self.threads:
            thread.join()
        empty = []
        for table in self.tables.values():
            say(table.text())
            empty += table.empty()
        for cell in empty:
            say(f"FAIL  table: {cell}: neither exercised nor excused")
        failed = sum(lane.failed for lane in self.lanes) + len(empty)
        frames = sum(wire.frames for wire in self.wires)
        if not frames:
            failed += 1
            say("FAIL  no frame was judged")
        passed = sum(lane.passed for lane in self.lanes)
        say(f"\n{frames} frames of ours judged")
        say(f"{passed} passed, {failed} failed")
        return failed


def main(binaries, work, node_folder):
    began = Round(*(pathlib.Path(path).resolve() for path in (binaries, work, node_folder)))
    say("Frames are validated against the official schemas." if began.schemas["1.6"] else
        "OCPP_SCHEMAS is not set: frames are validated by the peers' own schemas only.")
    for kind in KINDS:
        for version in VERSIONS:
            for role in ("client", "server"):
                began.start_lane(kind, role, version)
    return 1 if began.finish() else 0


if __name__ == "__main__":
    # Whoever ends this early leaves nothing behind; peers end with their standard input.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main(*sys.argv[1:]))
    finally:
        for program in Program.all:
            program.kill()
