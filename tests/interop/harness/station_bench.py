"""ladestrom-station with a central system that a strict library speaks for: what the scenarios share."""
from central_system import CentralSystem
from programs import Station, poll
from words_v16 import WordsV16
from words_v2 import WordsV2

VERSIONS = ("1.6", "2.0.1", "2.1")
PASSWORD = "station-password-1"

CAR = {"soc": 20, "max_current": 32, "phases": 3, "onset_ms": 0}


def words_of(version):
    return WordsV16() if version == "1.6" else WordsV2(version)


class Site:
    """A station, the people around it, and the central system that it belongs to."""

    def __init__(self, station, central):
        self.station = station
        self.central = central

    def plug(self, evse, **car):
        self.station.control("POST", f"/evse/{evse}/plug", {**CAR, **car})

    def unplug(self, evse):
        poll("the release of the cable", lambda: not self.station.evse(evse)["locked"])
        self.station.control("POST", f"/evse/{evse}/unplug")

    def swipe(self, evse, token="GOOD"):
        self.station.control("POST", f"/evse/{evse}/swipe", {"token": token})

    def pass_time(self, seconds):
        self.station.control("POST", "/clock/advance", {"seconds": seconds})
        self.central.backend.ahead += seconds

    def advance(self, seconds):
        """In steps, so that answers of the real network are not late on the station's clock."""
        while seconds > 0:
            step = min(seconds, 5)
            self.pass_time(step)
            seconds -= step
            self.drained()

    def drained(self):
        if self.station.engine().get("connection") == "accepted":
            poll("delivery of the station's facts", lambda: self.station.engine()["queued_facts"] == 0)

    def connecting(self, what, condition):
        """Waits for condition(); the station's own wait for its next attempt to connect is cut short."""
        def met():
            if self.station.engine().get("connection") == "disconnected":
                self.pass_time(1)
            return condition()
        poll(what, met, 90)

    def accepted(self):
        self.connecting("registration", lambda: self.station.engine().get("connection") == "accepted")

    def lose_central(self):
        self.central.peer.kill()
        poll("the loss of the connection", lambda: self.station.engine()["connection"] == "disconnected")

    def begin_session(self, evse, tag="GOOD"):
        """Plugged in, card presented, energy flows. Returns the start as it was told."""
        since = self.central.mark()
        self.plug(evse)
        self.swipe(evse, tag)
        start = self.central.started(since, evse=evse, tag=tag)
        self.central.charging(evse, since)
        return start

    def vacate(self, evse):
        since = self.central.mark()
        self.unplug(evse)
        self.central.status(evse, "Available", since)


class StationBench(Site):
    def __init__(self, kind, version, binaries, folder, node_folder, make_wire, lane, refused):
        """make_wire(version); refused(action, code) is told of every call that the station does not serve."""
        self.kind = kind
        self.version = version
        self.refused = refused
        self._binaries, self._folder, self._node_folder = binaries, folder, node_folder
        self._make_wire, self._lane = make_wire, lane
        super().__init__(None, self.new_central(f"{kind} station"))

    def start(self):
        self.central.start(PASSWORD)
        # A blank in the identity: it is percent-encoded on the wire.
        self.station = self.new_station("station", self.central, self.central.identity.replace(" ", "%20"))

    def other_versions(self):
        return [version for version in VERSIONS if version != self.version]

    def new_central(self, identity, version=None):
        version = version or self.version
        return CentralSystem(self.kind, self._node_folder, words_of(version), identity,
                             lambda: self._make_wire(version), self._lane.peer_violation)

    def new_station(self, folder, central, identity=None, password=PASSWORD):
        return Station(self._binaries, self._folder / folder, identity or central.identity, central.peer.port,
                       password, self.version)

    def stop(self):
        self.station.stop()
        self.central.peer.kill()

    def kill(self):
        if self.station:
            self.station.kill()
        self.central.peer.kill()
