"""Runs every lane, prints the table and the tally. Arguments: folder of our programs, work folder, folder of the
Node peer with its modules."""
import pathlib
import shutil
import sys
import threading
import time
import traceback

import against_csms
import against_station
from actions import Table
from frames import Schemas, Wire
from lane import Lane, say

KINDS = ("node", "python")
BUDGET_S = 200


def run_lane(lane, bench, scenarios):
    try:
        bench.start()
    except Exception:
        lane.failed += 1
        say(f"FAIL  {lane.name:14} start: {traceback.format_exc()}")
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


def main(binaries, work, node_folder):
    binaries, work, node_folder = (pathlib.Path(path).resolve() for path in (binaries, work, node_folder))
    schemas = Schemas()
    table = Table()
    lanes = []
    say("Frames are validated against the official schemas." if schemas else
        "OCPP_SCHEMAS is not set: frames are validated by the peers' own schemas only.")
    began = time.monotonic()
    for kind in KINDS:
        for role, module in (("client", against_csms), ("server", against_station)):
            lane = Lane(f"{kind}-{role}", BUDGET_S)
            wires = []

            def make_wire(lane=lane, role=role, wires=wires):
                ours = "csms" if role == "client" else "station"
                wires.append(Wire(ours, schemas, lambda sender, action: table.exercised(sender, action, lane.name),
                                  lane.violation))
                return wires[-1]

            folder = work / lane.name
            shutil.rmtree(folder, ignore_errors=True)
            bench = (module.CsmsBench(kind, binaries, folder, node_folder, make_wire, lane)
                     if role == "client" else
                     module.StationBench(kind, binaries, folder, node_folder, make_wire, lane, table))
            thread = threading.Thread(target=run_lane, args=(lane, bench, module.SCENARIOS), name=lane.name)
            thread.start()
            lanes.append((lane, thread, wires))
    for _, thread, _ in lanes:
        thread.join()
    say(table.text())
    empty = table.empty()
    for cell in empty:
        say(f"FAIL  table: {cell}: neither exercised nor excused")
    frames = sum(wire.frames for _, _, wires in lanes for wire in wires)
    say(f"\n{frames} frames of ours judged in {time.monotonic() - began:.0f} s")
    passed = sum(lane.passed for lane, _, _ in lanes)
    failed = sum(lane.failed for lane, _, _ in lanes) + bool(empty)
    if not frames:
        failed += 1
        say("FAIL  no frame was judged")
    say(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
