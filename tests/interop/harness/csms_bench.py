"""ladestrom-csms with a station that a strict library speaks for: what the scenarios share."""
import datetime
from urllib.parse import quote

from actions import FROM_CSMS, FROM_STATION
from peers import Peer, Refusal
from programs import Csms


PASSWORD = "0123456789abcdef"


def utc(moment):
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def now(seconds=0):
    return utc(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds))


class CsmsBench:
    def __init__(self, kind, binaries, folder, node_folder, make_wire, lane):
        self.kind = kind
        self.csms = Csms(binaries, folder)
        self.answers = {}
        self.new_peer = lambda: Peer(kind, node_folder, self._brain, make_wire, lane.peer_violation)
        self.peer = self.new_peer()

    def start(self):
        self.csms.start()
        self.peer.start_client()
        for token, change in {"GOOD": {}, "BLOCKED": {"status": "Blocked"},
                              "EXPIRED": {"valid_until": "2024-01-01T00:00:00Z"},
                              "FAMILY": {"group": "GROUP", "concurrent_allowed": True}}.items():
            self.csms.put(f"/tokens/{token}", {"status": "Accepted", "concurrent_allowed": True, **change})

    def stop(self):
        self.peer.kill()
        self.csms.stop()

    def kill(self):
        self.peer.kill()
        self.csms.kill()

    def _brain(self, station, action, _payload):
        answer = self.answers.get((station, action), FROM_CSMS[action][1])
        if isinstance(answer, Refusal):
            raise answer
        return answer

    def register(self, name, **change):
        station = f"{self.kind}-{name}"
        self.csms.put(f"/stations/{quote(station, safe='')}", {"admission": "accepted", "password": PASSWORD,
                                               "security_profile": 1, **change})
        return station

    def connect(self, station, **options):
        refused = self.peer.connect(station, self.csms.url, **{"password": PASSWORD, **options})
        assert refused is None, f"{station} was refused: {refused}"

    def boot(self, name, **change):
        """A registered station, connected and accepted."""
        station = self.register(name, **change)
        self.connect(station)
        answer = self.peer.call(station, "BootNotification", FROM_STATION["BootNotification"][0])
        assert answer["status"] == "Accepted", answer
        return station

    def start_transaction(self, station, **fields):
        payload = {"connectorId": 1, "idTag": "GOOD", "meterStart": 1000, "timestamp": now(), **fields}
        return self.peer.call(station, "StartTransaction", payload), payload

    def meter(self, station, transaction, wh, at=None, **more):
        value = {"timestamp": at or now(), "sampledValue": [
            {"value": str(wh), "measurand": "Energy.Active.Import.Register", "unit": "Wh",
             "context": "Sample.Periodic"},
            {"value": "7360.5", "measurand": "Power.Active.Import", "unit": "W", **more}]}
        self.peer.call(station, "MeterValues", {"connectorId": 1, "transactionId": transaction,
                                                "meterValue": [value]})

    def only_session(self, station):
        sessions = self.csms.sessions(station)
        assert len(sessions) == 1, f"{len(sessions)} sessions: {sessions}"
        return sessions[0]
