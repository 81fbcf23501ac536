"""Kills, starts again, and in the end asks whether the books balance."""
import argparse
import pathlib
import random
import shutil
import sys
import time
import unittest

import check
import people
from programs_under_fire import EVSES, Central, Station, programs


def arguments():
    parser = argparse.ArgumentParser(prog="tests/kill/run")
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path, nargs="?", default=pathlib.Path("build/kill"))
    parser.add_argument("--times", type=int, default=20, help="kills of the central system, and as many of stations")
    parser.add_argument("--stations", type=int, default=4)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    return parser.parse_args()


class Fire:
    def __init__(self, options):
        self.rng = random.Random(options.seed)
        self.folder = options.work.resolve() / "state"
        shutil.rmtree(self.folder, ignore_errors=True)
        binaries = options.binaries.resolve()
        self.central = Central(binaries, self.folder / "csms", (programs.free_port(), programs.free_port()))
        self.stations = [
            Station(binaries, self.folder / f"S{number}", f"S{number}", self.central.ocpp_port,
                    "resume" if number % 2 else "close", options.seed % 1000 + number)
            for number in range(options.stations)]
        self.deeds = 0

    def start(self):
        self.central.start()
        self.central.admit(self.stations)
        for station in self.stations:
            station.start()

    def check_running(self):
        """A program that ends by itself has failed."""
        for program in (self.central, *self.stations):
            program.check_running()

    def live(self, deeds):
        """Some people do something, each after another."""
        for _ in range(deeds):
            station = self.rng.choice(self.stations)
            if deed := people.next_deed(self.rng, station):
                station.ask("POST", *deed)
                self.deeds += 1
            time.sleep(self.rng.uniform(0, 0.05))

    def kill(self, victim):
        """In the midst of a deed, a moment after it, or out of the blue."""
        station = victim if victim is not self.central else self.rng.choice(self.stations)
        deed = people.next_deed(self.rng, station)
        pause = self.rng.choice([0, 0.002, 0.01, 0.03, 0.1, 0.3]) * self.rng.random()
        if deed and self.rng.random() < 0.7:
            station.in_flight(*deed)
            self.deeds += 1
        elif deed:
            station.ask("POST", *deed)
            self.deeds += 1
        time.sleep(pause)
        self.check_running()
        victim.kill()
        # Life goes on meanwhile at the others.
        if self.rng.random() < 0.3:
            others = [other for other in self.stations if other is not victim]
            if deed := people.next_deed(self.rng, self.rng.choice(others)):
                self.rng.choice(others).ask("POST", *deed)
        time.sleep(self.rng.choice([0, 0, 0.2]))
        victim.start()

    def settle(self):
        for station in self.stations:
            programs.poll(f"{station.identity} tells everything", lambda s=station: people.go_home(s), 120)

    def meters(self):
        return {(station.identity, number): station.true_meter_microjoules(number)
                for station in self.stations for number in range(1, EVSES + 1)}

    def stop(self):
        for program in (*self.stations, self.central):
            program.stop()


def run(options):
    fire = Fire(options)
    began = time.monotonic()
    try:
        fire.start()
        victims = ["central"] * options.times + ["station"] * options.times
        fire.rng.shuffle(victims)
        for number, victim in enumerate(victims, 1):
            fire.live(fire.rng.randrange(3, 15))
            fire.kill(fire.central if victim == "central" else fire.rng.choice(fire.stations))
            if number % 10 == 0:
                print(f"  {number} of {len(victims)} kills, {fire.deeds} deeds, "
                      f"{time.monotonic() - began:.0f} s", flush=True)
        fire.settle()
        sessions, meters = fire.central.all_sessions(), fire.meters()
        fire.stop()
    finally:
        for program in (fire.central, *fire.stations):
            program.kill()
    wrong, billed = check.books(sessions, meters)
    for station in fire.stations:
        wrong += check.shown(sessions, station.identity, station.shown)
    wrong += check.databases(fire.folder)
    counted = sum(meters.values()) / check.MICROJOULES_PER_WH
    print(f"{options.times} kills of the central system, {options.times} of stations; {fire.deeds} deeds; "
          f"{len(sessions)} sessions; {billed} Wh billed, {counted:.1f} Wh counted; seed {options.seed}")
    if options.times >= 10 and (not sessions or not billed):
        wrong.append("nothing was charged: the test says nothing")
    return wrong


def main():
    options = arguments()
    tests = unittest.defaultTestLoader.loadTestsFromName("test_check")
    if not unittest.TextTestRunner(verbosity=0, stream=sys.stdout).run(tests).wasSuccessful():
        return 1
    print(f"kill -9, seed {options.seed}", flush=True)
    wrong = run(options)
    for sentence in wrong:
        print(f"FAILED: {sentence}")
    if wrong:
        print(f"State and logs: {options.work.resolve() / 'state'}; the same choices again: --seed {options.seed}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
