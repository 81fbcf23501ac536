"""ladestrom-station with a central system that a strict library speaks for: what the scenarios share."""
import datetime

from backend import Backend
from peers import Peer
from programs import Station, poll


PASSWORD = "station-password-1"

CAR = {"soc": 20, "max_current": 32, "phases": 3, "onset_ms": 0}


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def energy_values(call):
    return [float(sample["value"]) for value in call.payload["meterValue"] for sample in value["sampledValue"]
            if sample.get("measurand", "Energy.Active.Import.Register") == "Energy.Active.Import.Register"]


class StationBench:
    def __init__(self, kind, binaries, folder, node_folder, make_wire, lane, table):
        self.kind = kind
        self.binaries = binaries
        self.folder = folder
        self.table = table
        self.backend = Backend()
        self.new_peer = lambda brain: Peer(kind, node_folder, brain, make_wire, lane.peer_violation)
        self.peer = self.new_peer(self.backend)
        self.identity = f"{kind} station"
        self.station = None

    def start(self):
        self.peer.start_server(password=PASSWORD)
        # A blank in the identity: it is percent-encoded on the wire.
        self.station = self.new_station("station", self.identity.replace(" ", "%20"), self.peer.port)

    def new_station(self, folder, identity, port, password=PASSWORD):
        return Station(self.binaries, self.folder / folder, identity, port, password)

    def stop(self):
        self.station.stop()
        self.peer.kill()

    def kill(self):
        if self.station:
            self.station.kill()
        self.peer.kill()

    # ---- what people and the backend do -------------------------------------------------------------------

    def call(self, action, payload=None):
        return self.peer.call(self.identity, action, payload or {})

    def plug(self, evse, **car):
        self.station.control("POST", f"/evse/{evse}/plug", {**CAR, **car})

    def unplug(self, evse):
        poll("the release of the cable", lambda: not self.station.evse(evse)["locked"])
        self.station.control("POST", f"/evse/{evse}/unplug")

    def swipe(self, evse, token="GOOD"):
        self.station.control("POST", f"/evse/{evse}/swipe", {"token": token})

    def advance(self, seconds):
        """In steps, so that answers of the real network are not late on the station's clock."""
        while seconds > 0:
            step = min(seconds, 5)
            self.station.control("POST", "/clock/advance", {"seconds": step})
            self.backend.ahead += step
            seconds -= step
            self.drained()

    def drained(self):
        if self.station.engine().get("connection") == "accepted":
            poll("delivery of the station's facts", lambda: self.station.engine()["queued_facts"] == 0)

    def accepted(self, timeout=90):
        """Until the station is registered; its wait for the next attempt is cut short."""
        def registered():
            engine = self.station.engine()
            if engine.get("connection") == "disconnected":
                self.station.control("POST", "/clock/advance", {"seconds": 1})
                self.backend.ahead += 1
            return engine.get("connection") == "accepted"
        poll("registration", registered, timeout)

    def status(self, evse, status, since, **fields):
        return self.peer.expect("StatusNotification", since, connectorId=evse, status=status, **fields)

    def begin_session(self, evse, tag="GOOD"):
        """Plugged in, card presented, energy flows. Returns StartTransaction's call and its number."""
        since = self.peer.mark()
        self.plug(evse)
        self.swipe(evse, tag)
        start = self.peer.expect("StartTransaction", since, connectorId=evse, idTag=tag)
        number = self.number_of(start)
        self.status(evse, "Charging", since)
        return start, number

    def number_of(self, start):
        return poll("the number of the transaction", lambda: next(
            (n for n, payload in self.backend.transactions.items() if payload == start.payload), None))

    def vacate(self, evse):
        since = self.peer.mark()
        self.unplug(evse)
        self.status(evse, "Available", since)
