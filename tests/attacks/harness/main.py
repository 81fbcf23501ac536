"""Runs the attacks, one after the other: main.py BINARIES WORK"""
import concurrent.futures
import pathlib
import shutil
import sys
import time
import traceback

from bench import Certificates, Program, Target, Witness
import door
import floods
import garbage
import hostile_backend
import injection
import sizes
import storms
import tls_holes

AGAINST_CSMS = [*door.ATTACKS, *sizes.ATTACKS, *garbage.ATTACKS, *injection.ATTACKS, *floods.ATTACKS,
                *storms.ATTACKS]
AGAINST_STATION = [*hostile_backend.ATTACKS, *tls_holes.ATTACKS]


class Tally:
    def __init__(self, wanted):
        self.passed = self.failed = 0
        self.wanted = wanted

    def run(self, attack, *arguments):
        """The function's name is the attack's, its documentation what must hold."""
        name = attack.__name__.replace("_", " ")
        if self.wanted and not any(part in attack.__name__ for part in self.wanted):
            return
        began = time.monotonic()
        try:
            told = attack(*arguments)
            self.passed += 1
            outcome, more = "pass", f"; {told}" if told else ""
        except Exception as error:
            self.failed += 1
            at = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__}: {error}" if str(error) else f"{type(error).__name__}: {at.line}"
            outcome, more = "FAIL", f": {what} ({pathlib.Path(at.filename).name}:{at.lineno})"
        print(f"{outcome}  {name} ({time.monotonic() - began:.1f} s){more}", flush=True)


def against_csms(binaries, folder, tally):
    target = Target(binaries, folder, Certificates(folder)).begin()
    target.register("witness")
    before = target.system.rss_mib()
    witness = Witness(target, "witness")

    def attack(one):
        def attacked(*arguments):
            witness.begin()
            told = one(*arguments)
            target.check_running()
            worst = witness.worst()
            # The bar is one second, on a machine that does nothing else.
            assert worst < 1000, f"another station's round trip went up to {worst:.0f} ms"
            return f"{told + ', ' if told else ''}another station's p99 {worst:.0f} ms"
        attacked.__name__, attacked.__doc__ = one.__name__, one.__doc__
        return attacked

    for one in AGAINST_CSMS:
        tally.run(attack(one), target, witness)
    witness.stop()

    def the_program_ends_in_order_after_all_that():
        grown = target.system.rss_mib() - before
        target.stop()
        assert grown < 120, f"{grown:.0f} MiB have not come back"
        return f"{grown:.0f} MiB more than at its start"
    tally.run(the_program_ends_in_order_after_all_that)


def main():
    binaries, work = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    tally = Tally(sys.argv[3:])
    for folder in ("csms", "station"):
        shutil.rmtree(work / folder, ignore_errors=True)
    began = time.monotonic()
    try:
        against_csms(binaries, work / "csms", tally)
        # Each has a station of its own, and waits for it most of the time.
        with concurrent.futures.ThreadPoolExecutor() as attackers:
            for attack in AGAINST_STATION:
                attackers.submit(tally.run, attack, binaries, work / "station" / attack.__name__)
    finally:
        for program in Program.all:
            program.kill()
    print(f"{tally.passed} passed, {tally.failed} failed in {time.monotonic() - began:.0f} s")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
