"""A central system that stations connect to: a strict library, what it decides, and what it was told."""
import dataclasses

from backend import Backend
from peers import Peer, Refusal
from programs import poll


class CentralSystem:
    def __init__(self, kind, node_folder, words, identity, make_wire, violation):
        """identity: of the one station that is spoken to."""
        self.words = words
        self.identity = identity
        self.backend = Backend(words)
        self.peer = Peer(kind, node_folder, self.backend, make_wire, violation)
        self._told = []

    def start(self, password=None):
        self.peer.start_server(self.words.protocol, password)
        return self

    # ---- what it was told -----------------------------------------------------------------------------------

    def mark(self):
        return self.peer.mark()

    def told(self, since):
        """What the station told since the mark."""
        for call in self.peer.calls[len(self._told):]:
            self._told.append(self.words.told(call.action, call.payload, call.index))
        return self._told[since:]

    def all(self, kind, since, **fields):
        return [told for told in self.told(since) if told.is_like(kind, fields)]

    def count(self, kind, since, **fields):
        return len(self.all(kind, since, **fields))

    def expect(self, kind, since, timeout=60, **fields):
        def seen():
            return ", ".join(f"{told.kind} {told.status or told.state or ''}".strip()
                             for told in self.told(since)) or "nothing"
        try:
            return self.peer.wait(kind, lambda: next(iter(self.all(kind, since, **fields)), None), timeout)
        except AssertionError:
            raise AssertionError(f"{kind} {fields or ''} not within {timeout} s; came: {seen()}") from None

    def status(self, evse, status, since, **fields):
        return self.expect("status", since, evse=evse, status=status, **fields)

    def charging(self, evse, since):
        return self.expect(None, since, evse=evse, state="Charging")

    def started(self, since, **fields):
        """The start of a transaction, with the number that it was given where it brings no name."""
        start = self.expect("start", since, **fields)
        return dataclasses.replace(start, transaction=poll(
            "the number of the transaction", lambda: self.backend.known(start)))

    def ended(self, since, start):
        return self.expect("end", since, transaction=start.transaction)

    # ---- what it wants --------------------------------------------------------------------------------------

    def call(self, action, payload=None):
        return self.peer.call(self.identity, action, payload or {})

    def ask(self, wish, *details, **more):
        """A wish of the words; returns the status of the answer."""
        return self.words.status_of(self.call(*getattr(self.words, wish)(*details, **more)))

    def read(self, setting):
        return self.words.value_of(self.call(*self.words.read(setting)))

    def refused(self, action, payload):
        """The code by which the station refuses this call."""
        try:
            answer = self.call(action, payload)
        except Refusal as refusal:
            return refusal.code
        raise AssertionError(f"{action} was answered: {answer}")
