"""A lane: one kind of peer against one of our programs, scenario by scenario. Lanes run side by side."""
import sys
import threading
import time
import traceback

_print_lock = threading.Lock()


def say(text):
    with _print_lock:
        print(text, flush=True)


class Lane:
    def __init__(self, name, budget_s):
        self.name = name
        self.passed = 0
        self.failed = 0
        self.frames = 0
        self._violations = []
        self._forgiven = False
        self._deadline = time.monotonic() + budget_s

    def violation(self, text):
        """What a strict peer or the wire's own rules object to; fails the scenario that runs."""
        self._violations.append(text)

    def peer_violation(self, text):
        """As above, of the peer's library; it cannot know that a scenario speaks without it."""
        if not self._forgiven:
            self._violations.append(text)

    def run(self, scenarios, *arguments):
        for scenario in scenarios:
            self.scenario(scenario, *arguments)

    def scenario(self, scenario, *arguments):
        title = (scenario.__doc__ or scenario.__name__).strip().split("\n")[0].rstrip(".")
        began = time.monotonic()
        self._forgiven = getattr(scenario, "speaks_raw", False)
        problem = None
        if began > self._deadline:
            problem = "not begun: the lane's time is used up"
        else:
            try:
                scenario(*arguments)
            except AssertionError as error:
                line = traceback.extract_tb(sys.exc_info()[2])
                own = [f for f in line if f.filename == scenario.__code__.co_filename] or line
                problem = f"{error or own[-1].line} ({own[-1].filename.rsplit('/', 1)[-1]}:{own[-1].lineno})"
            except Exception:
                problem = traceback.format_exc()
        violations, self._violations = self._violations, []
        if violations and not problem:
            problem = f"{len(violations)} violations"
        seconds = time.monotonic() - began
        if problem:
            self.failed += 1
            say(f"FAIL  {self.name:20} {title} ({seconds:.1f} s): {problem}")
            for text in violations[:5]:
                say(f"      violation: {text}")
        else:
            self.passed += 1
            say(f"pass  {self.name:20} {title} ({seconds:.1f} s)")


def speaks_raw(scenario):
    """The scenario sends text past the peer's library, whose opinion on the answers then means nothing."""
    scenario.speaks_raw = True
    return scenario
