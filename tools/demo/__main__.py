"""The demo behind ./run: starts the central system and six simulated stations, lets people and their cars come and
go, and stops everything it started. Standard library only."""

import argparse
import pathlib
import shutil
import signal
import sys
import time

import central
import people
import stations
from processes import Failed, Processes


def arguments():
    parser = argparse.ArgumentParser(prog="./run", add_help=False)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--state", type=pathlib.Path, default=pathlib.Path("build/run"))
    parser.add_argument("--listen", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--http-port", type=int, default=8080)
    parser.add_argument("--pace", type=float, default=1.0)
    parser.add_argument("--no-demo", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    if options.pace <= 0:
        print("./run: --pace: must be more than 0", file=sys.stderr)
        return 2
    if options.fresh and options.state.exists():
        shutil.rmtree(options.state)
    options.state.mkdir(parents=True, exist_ok=True)
    # Also when the terminal is closed: the programs have sessions of their own and would go on.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: sys.exit(0))
    with Processes(options.state) as processes:
        try:
            csms = central.Central(processes, options)
            park = [] if options.no_demo else stations.start_all(processes, options, csms)
            print(f"\nDashboard  {csms.login_link()}\n           (opens once; ./run prints a new one)")
            print(f"Stations   ws://{csms.station_host}:{options.port}/<identity>")
            print(f"Logs       {options.state}/*.log\nStop       Ctrl-C\n", flush=True)
            town = people.Town(park, options.pace)
            while True:
                processes.check()
                town.live()
                time.sleep(0.5)
        except Failed as failure:
            print(f"./run: {failure}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("\nstopping")
            return 0


if __name__ == "__main__":
    sys.exit(main())
