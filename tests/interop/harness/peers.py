"""A peer: a process with a real OCPP library in it, driven by lines of JSON."""
import collections
import json
import pathlib
import subprocess
import sys
import threading
import time

FOLDER = pathlib.Path(__file__).resolve().parent.parent
NO_ANSWER = object()
START_S = 60  # a busy machine reads a library's many files slowly


class Refusal(Exception):
    """A CALLERROR; code is "" when there was no answer at all."""

    def __init__(self, code, description=""):
        super().__init__(f"{code or 'no answer'}: {description}")
        self.code = code
        self.description = description


Received = collections.namedtuple("Received", "index station action payload")


class Peer:
    """brain(station, action, payload) answers calls: a payload, NO_ANSWER, or it raises Refusal. It runs on
    the thread that reads events and must not wait. wire(): a Wire for each new connection."""

    def __init__(self, kind, node_folder, brain, wire, violation):
        self.kind = kind
        self._program = (["node", str(node_folder / "peer.js")] if kind == "node"
                         else [sys.executable, str(FOLDER / "python" / "peer.py")])
        self._brain = brain
        self._new_wire = wire
        self._violation = violation
        self._changed = threading.Condition()
        self._wires = {}
        self._process = None
        self._reader = None
        self._answers = {}
        self._unanswered = []
        self._calls = 0
        self.port = 0
        self.calls = []            # every call of ours that arrived
        self.frames = []           # (station, "in" or "out", text)
        self.connected = {}        # station -> its connect event
        self.disconnects = []
        self.refusals = []

    # ---- the process ------------------------------------------------------------------------------------

    def start_client(self):
        self._start("client")
        return self

    def start_server(self, protocol="ocpp1.6", password=None):
        """On the port it had before, if it had one."""
        self._start("server", str(self.port), protocol, *([password] if password is not None else []))
        return self

    def _start(self, *arguments):
        listening = threading.Event()
        self._process = subprocess.Popen([*self._program, *arguments], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._read, args=(self._process, listening), daemon=True)
        self._reader.start()
        deadline = time.monotonic() + START_S
        while not listening.wait(0.2):
            if self._process.poll() is not None:
                raise AssertionError(f"the {self.kind} peer ended with {self._process.returncode}")
            if time.monotonic() > deadline:
                raise AssertionError(f"the {self.kind} peer does not start within {START_S} s")

    def kill(self):
        if self._process:
            self._process.kill()
            self._process.wait()
            self._reader.join()  # what it had told before is told
            with self._changed:
                self.connected.clear()
                self._wires.clear()
                self._unanswered.clear()
                self._changed.notify_all()

    def _send(self, **command):
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def _read(self, process, listening):
        for line in process.stdout:
            event = json.loads(line)
            with self._changed:
                if event["ev"] == "listening":
                    self.port = event["port"]
                    listening.set()
                elif process is self._process:
                    getattr(self, "_on_" + event.pop("ev"))(**event)
                self._changed.notify_all()

    # ---- events -----------------------------------------------------------------------------------------

    def _on_frame(self, station, dir, text):
        self.frames.append((station, dir, text))
        wire = self._wires.get(station)
        if wire is None:
            wire = self._wires[station] = self._new_wire()
        wire.ours_sent(text) if dir == "in" else wire.peer_sent(text)

    def _on_connect(self, station, **details):
        self.connected[station] = details

    def _on_disconnect(self, station, **details):
        self.connected.pop(station, None)
        self._wires.pop(station, None)
        self.disconnects.append((station, details))

    def _on_refused(self, station, **details):
        self.refusals.append((station, details))

    def _on_violation(self, station, ours, text):
        # ours: of the library, by what we made it say.
        self._violation(f"{self.kind} peer, {'driven wrongly' if ours else 'strict'}: {station}: {text}")

    def _on_done(self, n, **outcome):
        self._answers[n] = outcome

    def _on_ask(self, n, station, action, payload):
        self.calls.append(Received(len(self.calls), station, action, payload))
        try:
            answer = self._brain(station, action, payload)
        except Refusal as refusal:
            self._send(do="answer", n=n, error={"code": refusal.code, "description": refusal.description})
            return
        if answer is NO_ANSWER:
            self._unanswered.append(n)
        else:
            self._send(do="answer", n=n, payload=answer)

    # ---- what scenarios do ------------------------------------------------------------------------------

    def wait(self, what, condition, timeout=60):
        """Waits for condition() to be true; returns what it returned."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while not (found := condition()):
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise AssertionError(f"{what}: not within {timeout} s")
                self._changed.wait(remaining)
            return found

    def mark(self):
        with self._changed:
            return len(self.calls)

    def find(self, action, since, **fields):
        """The first call since the mark with these fields."""
        for call in self.calls[since:]:
            if call.action == action and all(call.payload.get(k) == v for k, v in fields.items()):
                return call
        return None

    def count(self, action, since, **fields):
        with self._changed:
            return sum(call.action == action and all(call.payload.get(k) == v for k, v in fields.items())
                       for call in self.calls[since:])

    def expect(self, action, since, timeout=60, **fields):
        def seen():
            return ", ".join(call.action for call in self.calls[since:]) or "nothing"
        try:
            return self.wait(action, lambda: self.find(action, since, **fields), timeout)
        except AssertionError:
            raise AssertionError(f"{action} {fields or ''} not within {timeout} s; came: {seen()}") from None

    def connect(self, station, url, password=None, protocols=("ocpp1.6",)):
        """Returns the HTTP status of a refusal (0: none was given), None when the connection is open."""
        refusals = len(self.refusals)
        known = self.connected.get(station)
        self._send(do="connect", station=station, url=url, protocols=list(protocols),
                   **({"password": password} if password is not None else {}))

        def outcome():
            if self.connected.get(station) is not known:
                return "open"
            refused = [d for s, d in self.refusals[refusals:] if s == station]
            return refused[0] if refused else None
        answer = self.wait(f"connection of {station}", outcome)
        return None if answer == "open" else answer["status"]

    def close(self, station):
        self._send(do="close", station=station)
        self.wait("close", lambda: station not in self.connected)

    def begin_call(self, station, action, payload):
        with self._changed:
            self._calls += 1
            number = self._calls
        self._send(do="call", n=number, station=station, action=action, payload=payload)
        return number

    def end_call(self, number, what="call", timeout=90):
        self.wait(f"answer to {what}", lambda: number in self._answers, timeout)
        outcome = self._answers.pop(number)
        if "error" in outcome:
            raise Refusal(outcome["error"]["code"], outcome["error"]["description"])
        return outcome["result"]

    def call(self, station, action, payload):
        return self.end_call(self.begin_call(station, action, payload), action)

    def answer_late(self, payload):
        """All calls that got no answer."""
        while self._unanswered:
            self._send(do="answer", n=self._unanswered.pop(), payload=payload)

    def gave_up(self, station):
        """Our program's call was not answered, and it knows."""
        self._wires[station].gave_up()

    def raw(self, station, text):
        self._send(do="raw", station=station, text=text)
