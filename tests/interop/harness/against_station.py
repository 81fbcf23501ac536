"""ladestrom-station with a central system that a strict library speaks for."""
import datetime

from actions import FROM_CSMS, STATION_SERVES
from against_csms import MALFORMED, send_malformed
from backend import Backend
from lane import speaks_raw
from peers import Peer, Refusal
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

    def accepted(self, timeout=30):
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


# ---- scenarios -----------------------------------------------------------------------------------------------


def booting(bench):
    """Boot: pending, rejected, accepted; then statuses and heartbeats"""
    bench.backend.boot_answers = [("Pending", 1), ("Rejected", 1), ("Accepted", 2)]
    bench.station.start()
    peer = bench.peer
    peer.wait("connection", lambda: bench.identity in peer.connected)
    connection = peer.connected[bench.identity]
    assert connection["protocol"] == "ocpp1.6" and connection["password"] == PASSWORD, connection
    boot = peer.expect("BootNotification", 0).payload
    assert boot["chargePointVendor"] == "Ladestrom" and boot["chargePointModel"] == "Interop", boot
    assert boot["chargePointSerialNumber"] == "2026-0001" and boot["firmwareVersion"] == "1.2.3", boot
    for connector in (0, 1, 2):
        bench.status(connector, "Available", 0)
    before = [call.action for call in peer.calls[:3]]
    assert before == ["BootNotification"] * 3, f"before it was accepted the station sent {before}"
    peer.expect("Heartbeat", 0, timeout=6)
    engine = bench.station.engine()
    assert engine["registration"] == "Accepted" and engine["version"] == "ocpp1.6", engine
    bench.call("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "300"})


def plug_first(bench):
    """Plug first, then card; a second presentation ends it"""
    peer, station = bench.peer, bench.station
    since = peer.mark()
    meter_before = station.meter_wh(1)
    bench.plug(1)
    bench.status(1, "Preparing", since, errorCode="NoError")
    bench.swipe(1)
    peer.expect("Authorize", since, idTag="GOOD")
    start = peer.expect("StartTransaction", since, connectorId=1, idTag="GOOD")
    assert start.payload["meterStart"] == meter_before, f"{start.payload}, the meter shows {meter_before}"
    number = bench.number_of(start)
    bench.status(1, "Charging", since)
    peer.wait("two meter values", lambda: peer.count("MeterValues", since, transactionId=number) >= 2)
    bench.advance(60)
    state = station.evse(1)
    assert state["session"]["transaction_id"] == number and state["contactor_closed"], state
    bench.swipe(1)
    stop = peer.expect("StopTransaction", since, transactionId=number).payload
    assert stop.get("reason", "Local") == "Local" and stop["idTag"] == "GOOD", stop
    assert stop["meterStop"] == station.meter_wh(1), f"{stop}, the meter shows {station.meter_wh(1)}"
    # 32 A, three phases, 230 V for a minute and what the scenario took besides.
    energy = stop["meterStop"] - start.payload["meterStart"]
    assert 350 <= energy <= 500, f"{energy} Wh in about a minute of 22 kW"
    readings = [wh for call in peer.calls[since:] if call.action == "MeterValues" for wh in energy_values(call)]
    assert len(readings) >= 50 and readings == sorted(readings), f"{len(readings)} readings: {readings}"
    assert meter_before <= readings[0] and readings[-1] <= stop["meterStop"], readings
    bench.status(1, "Finishing", since)
    bench.vacate(1)
    statuses = [c.payload["status"] for c in peer.calls[since:]
                if c.action == "StatusNotification" and c.payload["connectorId"] == 1]
    assert statuses == ["Preparing", "Charging", "Finishing", "Available"], statuses


def card_first(bench):
    """Card first, then plug; unplugging ends it"""
    peer = bench.peer
    since = peer.mark()
    bench.swipe(2)
    bench.status(2, "Preparing", since)
    assert peer.count("StartTransaction", since) == 0, "a transaction without a car"
    bench.plug(2, phases=1, max_current=16)
    start = peer.expect("StartTransaction", since, connectorId=2, idTag="GOOD")
    number = bench.number_of(start)
    peer.expect("MeterValues", since, transactionId=number)
    bench.unplug(2)
    stop = peer.expect("StopTransaction", since, transactionId=number).payload
    assert stop["reason"] == "EVDisconnected" and stop["meterStop"] == bench.station.meter_wh(2), stop
    bench.status(2, "Available", since)


def remote_session(bench):
    """Remote start, then remote stop"""
    peer = bench.peer
    since = peer.mark()
    payload = {"idTag": "OTHER", "connectorId": 1}
    assert bench.call("RemoteStartTransaction", payload) == {"status": "Accepted"}
    bench.plug(1)
    start = peer.expect("StartTransaction", since, connectorId=1, idTag="OTHER")
    number = bench.number_of(start)
    bench.status(1, "Charging", since)
    assert bench.call("RemoteStartTransaction", payload) == {"status": "Rejected"}, "it is in use"
    assert bench.call("RemoteStopTransaction", {"transactionId": number + 5}) == {"status": "Rejected"}
    bench.advance(20)
    assert bench.call("RemoteStopTransaction", {"transactionId": number}) == {"status": "Accepted"}
    stop = peer.expect("StopTransaction", since, transactionId=number).payload
    assert stop["reason"] == "Remote" and stop["meterStop"] == bench.station.meter_wh(1), stop
    assert stop["meterStop"] - start.payload["meterStart"] >= 100, (start, stop)
    bench.vacate(1)
    assert peer.count("StartTransaction", since) == 1 and peer.count("StopTransaction", since) == 1


def refused_cards(bench):
    """A card that is refused gives no energy, nor one that is refused when the session has begun"""
    peer, station = bench.peer, bench.station
    since = peer.mark()
    bench.plug(2, phases=1)
    bench.swipe(2, "STRANGER")
    peer.expect("Authorize", since, idTag="STRANGER")
    poll("the refusal shown to the driver",
         lambda: station.evse(2)["indication"] == "authorization_refused")
    bench.advance(10)
    assert not station.evse(2)["contactor_closed"] and station.evse(2)["session"] is None
    assert peer.count("StartTransaction", since) == 0
    bench.vacate(2)
    # OCPP 1.6 section 4.8 and StopTransactionOnInvalidId.
    bench.backend.tokens["LATE"] = "Accepted"
    bench.backend.starts_as["LATE"] = "Blocked"
    since = peer.mark()
    bench.plug(2, phases=1)
    bench.swipe(2, "LATE")
    start = peer.expect("StartTransaction", since, idTag="LATE")
    stop = peer.expect("StopTransaction", since, transactionId=bench.number_of(start)).payload
    assert stop["reason"] == "DeAuthorized", stop
    assert not station.evse(2)["contactor_closed"]
    bench.vacate(2)


def connection_timeout(bench):
    """A card without a car: after ConnectionTimeOut the connector is free again"""
    since = bench.peer.mark()
    answer = bench.call("ChangeConfiguration", {"key": "ConnectionTimeOut", "value": "7"})
    assert answer == {"status": "Accepted"}, answer
    bench.swipe(1)
    bench.status(1, "Preparing", since)
    bench.advance(8)
    bench.status(1, "Available", since)
    assert bench.peer.count("StartTransaction", since) == 0
    bench.call("ChangeConfiguration", {"key": "ConnectionTimeOut", "value": "60"})


def configuration(bench):
    """Configuration keys: read, written, refused"""
    def change(key, value):
        return bench.call("ChangeConfiguration", {"key": key, "value": value})["status"]

    everything = bench.call("GetConfiguration", {})
    keys = {entry["key"]: entry for entry in everything["configurationKey"]}
    assert len(keys) >= 30 and keys["NumberOfConnectors"] == {
        "key": "NumberOfConnectors", "readonly": True, "value": "2"}, everything
    assert "AuthorizationKey" not in keys or "value" not in keys["AuthorizationKey"], "a password is shown"
    assert change("ClockAlignedDataInterval", "900") == "Accepted"
    answer = bench.call("GetConfiguration", {"key": ["ClockAlignedDataInterval", "Nonsense"]})
    assert answer == {"configurationKey": [{"key": "ClockAlignedDataInterval", "readonly": False,
                                            "value": "900"}], "unknownKey": ["Nonsense"]}, answer
    assert change("ClockAlignedDataInterval", "0") == "Accepted"
    assert change("ClockAlignedDataInterval", "often") == "Rejected"
    assert change("HeartbeatInterval", "-1") == "Rejected"
    assert change("NumberOfConnectors", "3") == "Rejected"
    assert change("Nonsense", "1") == "NotSupported"


def availability(bench):
    """Connector and station out of service and back; in use: scheduled"""
    def change(connector, kind):
        return bench.call("ChangeAvailability", {"connectorId": connector, "type": kind})["status"]

    for connector in (1, 0):
        since = bench.peer.mark()
        assert change(connector, "Inoperative") == "Accepted"
        bench.status(connector, "Unavailable", since)
        since = bench.peer.mark()
        bench.swipe(1)
        assert change(connector, "Operative") == "Accepted"
        bench.status(connector, "Available", since)
    assert change(9, "Inoperative") == "Rejected"
    _, number = bench.begin_session(2)
    since = bench.peer.mark()
    assert change(2, "Inoperative") == "Scheduled"
    assert bench.call("RemoteStopTransaction", {"transactionId": number}) == {"status": "Accepted"}
    bench.peer.expect("StopTransaction", since, transactionId=number)
    bench.unplug(2)
    bench.status(2, "Unavailable", since)
    assert change(2, "Operative") == "Accepted"
    bench.status(2, "Available", since)


def unlock(bench):
    """UnlockConnector ends the session and frees the cable; without a lock: NotSupported"""
    _, number = bench.begin_session(1)
    assert bench.station.evse(1)["locked"]
    since = bench.peer.mark()
    assert bench.call("UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}
    stop = bench.peer.expect("StopTransaction", since, transactionId=number).payload
    assert stop["reason"] == "UnlockCommand", stop
    assert not bench.station.evse(1)["locked"]
    bench.vacate(1)
    assert bench.call("UnlockConnector", {"connectorId": 2}) == {"status": "NotSupported"}
    assert bench.call("UnlockConnector", {"connectorId": 9}) == {"status": "NotSupported"}


def triggers(bench):
    """TriggerMessage, for what the station has and what it has not"""
    peer = bench.peer

    def trigger(message, **fields):
        return bench.call("TriggerMessage", {"requestedMessage": message, **fields})["status"]

    for message in ("BootNotification", "Heartbeat"):
        since = peer.mark()
        assert trigger(message) == "Accepted"
        peer.expect(message, since)
    since = peer.mark()
    assert trigger("StatusNotification", connectorId=2) == "Accepted"
    bench.status(2, "Available", since)
    assert peer.count("StatusNotification", since, connectorId=1) == 0
    since = peer.mark()
    assert trigger("StatusNotification") == "Accepted"
    for connector in (0, 1, 2):
        bench.status(connector, "Available", since)
    since = peer.mark()
    assert trigger("MeterValues", connectorId=1) == "Accepted"
    values = peer.expect("MeterValues", since, connectorId=1)
    assert energy_values(values) == [bench.station.meter_wh(1)], values
    contexts = {sample.get("context") for value in values.payload["meterValue"]
                for sample in value["sampledValue"]}
    assert contexts == {"Trigger"} and "transactionId" not in values.payload, values
    assert trigger("FirmwareStatusNotification") == "NotImplemented"
    assert trigger("DiagnosticsStatusNotification") == "NotImplemented"
    assert trigger("StatusNotification", connectorId=9) == "Rejected"


def small_calls(bench):
    """Vendor messages and the cache that the station does not have"""
    answer = bench.call("DataTransfer", {"vendorId": "org.example", "messageId": "x", "data": "größer"})
    assert answer == {"status": "UnknownVendorId"}, answer
    assert bench.call("ClearCache") == {"status": "Rejected"}


def unsupported_calls(bench):
    """What the station does not serve it refuses with NotSupported, what is no action with NotImplemented"""
    for action, (payload, _) in FROM_CSMS.items():
        if action in STATION_SERVES:
            continue
        try:
            answer = bench.call(action, payload)
            raise AssertionError(f"{action} was answered: {answer}")
        except Refusal as refusal:
            assert refusal.code == "NotSupported", f"{action}: {refusal}"
            bench.table.refused(action, f"{bench.kind}-server", refusal.code)


def faults(bench):
    """A fault is told with its code, and its end; in a session it ends the session"""
    since = bench.peer.mark()
    bench.station.control("POST", "/evse/1/fault", {"code": "GroundFailure", "info": "wet",
                                                    "vendor_error_code": "E42"})
    told = bench.status(1, "Faulted", since, errorCode="GroundFailure").payload
    assert told["info"] == "wet" and told["vendorErrorCode"] == "E42", told
    bench.station.control("DELETE", "/evse/1/fault")
    bench.status(1, "Available", since, errorCode="NoError")
    _, number = bench.begin_session(2)
    since = bench.peer.mark()
    bench.station.control("POST", "/evse/2/fault", {"code": "OtherError", "emergency_stop": True})
    stop = bench.peer.expect("StopTransaction", since, transactionId=number).payload
    assert stop["reason"] == "EmergencyStop", stop
    assert not bench.station.evse(2)["contactor_closed"]
    bench.station.control("DELETE", "/evse/2/fault")
    bench.vacate(2)


@speaks_raw
def malformed_frames(bench):
    """Malformed frames are answered as OCPP-J says, and the connection goes on"""
    rows = MALFORMED + [
        ('[2,"ID","Heartbeat",{}]', "NotSupported"),
        ('[2,"ID","RemoteStopTransaction",{}]', "OccurenceConstraintViolation"),
        ('[2,"ID","RemoteStopTransaction",{"transactionId":"seven"}]', "TypeConstraintViolation"),
        ('[2,"ID","Reset",{"type":"Sideways"}]', "PropertyConstraintViolation"),
        ('[2,"ID","GetConfiguration",{"key":"HeartbeatInterval"}]', "TypeConstraintViolation"),
    ]
    send_malformed(bench.peer, bench.identity, rows,
                   lambda: bench.call("GetConfiguration", {"key": ["HeartbeatInterval"]}))
    bench.station.check_running()


def resets(bench):
    """Reset: soft when idle, hard in a session, which is closed first"""
    since = bench.peer.mark()
    assert bench.call("Reset", {"type": "Soft"}) == {"status": "Accepted"}
    bench.peer.expect("BootNotification", since, timeout=20)
    bench.accepted()
    for connector in (0, 1, 2):
        bench.status(connector, "Available", since)
    start, number = bench.begin_session(1)
    since = bench.peer.mark()
    assert bench.call("Reset", {"type": "Hard"}) == {"status": "Accepted"}
    stop = bench.peer.expect("StopTransaction", since, transactionId=number, timeout=20).payload
    assert stop["reason"] == "HardReset", stop
    assert stop["meterStop"] >= start.payload["meterStart"]
    bench.peer.expect("BootNotification", since, timeout=20)
    bench.accepted()
    bench.drained()
    assert bench.peer.count("StopTransaction", since) == 1
    assert bench.peer.count("StartTransaction", since) == 0, "the car charges without anybody asking"
    bench.vacate(1)
    assert bench.station.meter_wh(1) == stop["meterStop"], "energy outside of a session"


def offline_session(bench):
    """A session while the central system is away arrives in order and with its own times"""
    peer, station = bench.peer, bench.station
    since = peer.mark()
    peer.kill()
    poll("the loss of the connection", lambda: station.engine()["connection"] == "disconnected")
    plugged_at = moment(station.state()["wall"])
    bench.plug(2, phases=1, max_current=16)
    bench.swipe(2, "OFFLINE")
    poll("charging", lambda: station.evse(2)["contactor_closed"])
    meter_start = station.evse(2)["session"]["meter_start_wh"]
    for _ in range(6):
        station.control("POST", "/clock/advance", {"seconds": 10})
        bench.backend.ahead += 10
    bench.unplug(2)
    poll("the end of the session", lambda: station.evse(2)["session"] is None)
    ended_at = moment(station.state()["wall"])
    meter_stop = station.meter_wh(2)
    assert station.engine()["queued_facts"] >= 3, station.engine()
    assert len(peer.calls) == since, "something arrived without a connection"
    station.control("POST", "/clock/advance", {"seconds": 3})
    bench.backend.ahead += 3
    peer.start_server(password=PASSWORD)
    bench.accepted()
    bench.drained()
    start = peer.expect("StartTransaction", since, idTag="OFFLINE").payload
    number = bench.number_of(peer.find("StartTransaction", since))
    stop = peer.expect("StopTransaction", since, transactionId=number).payload
    story = [call for call in peer.calls[since:]
             if call.action in ("StartTransaction", "StopTransaction")
             or (call.action == "MeterValues" and "transactionId" in call.payload)]
    actions = [call.action for call in story]
    assert actions == ["StartTransaction"] + ["MeterValues"] * (len(story) - 2) + ["StopTransaction"], actions
    assert len(story) >= 20, f"{len(story)} messages of a minute with a reading each second"
    assert all(call.payload.get("transactionId", number) == number for call in story), story
    times = [moment(call.payload["timestamp"] if "timestamp" in call.payload
                    else call.payload["meterValue"][0]["timestamp"]) for call in story]
    assert times == sorted(times), times
    assert abs((times[0] - plugged_at).total_seconds()) < 3, f"{times[0]}, plugged in at {plugged_at}"
    assert abs((times[-1] - ended_at).total_seconds()) < 3, f"{times[-1]}, ended at {ended_at}"
    assert start["meterStart"] == meter_start and stop["meterStop"] == meter_stop, (start, stop)
    assert meter_stop - meter_start >= 50, "a minute of 3.7 kW"
    assert stop["reason"] == "EVDisconnected", stop


def unanswered_start(bench):
    """A start whose answer was lost is repeated word for word, and makes one transaction"""
    peer, station = bench.peer, bench.station
    since = peer.mark()
    bench.backend.silent.add("StartTransaction")
    bench.plug(2, phases=1)
    bench.swipe(2)
    first = peer.expect("StartTransaction", since)
    known = len(bench.backend.transactions)
    peer.kill()
    bench.backend.silent.clear()
    # The central system had booked it before it died.
    bench.backend("", "StartTransaction", first.payload)
    number = bench.number_of(first)
    poll("the loss of the connection", lambda: station.engine()["connection"] == "disconnected")
    peer.start_server(password=PASSWORD)
    bench.accepted()
    again = peer.expect("StartTransaction", first.index + 1)
    assert again.payload == first.payload, f"{first.payload} became {again.payload}"
    peer.expect("MeterValues", again.index, transactionId=number)
    bench.unplug(2)
    peer.expect("StopTransaction", again.index, transactionId=number)
    bench.drained()
    assert len(bench.backend.transactions) == known + 1
    assert peer.count("StopTransaction", since) == 1


def station_killed_resumes(bench):
    """The station dies in mid-session: the session goes on after the restart and closes once"""
    peer, station = bench.peer, bench.station
    start, number = bench.begin_session(1)
    bench.advance(20)
    since = peer.mark()
    station.kill()
    station.start()
    peer.expect("BootNotification", since, timeout=20)
    bench.accepted()
    poll("the session to go on", lambda: station.evse(1)["contactor_closed"], 20)
    session = station.evse(1)["session"]
    assert session["transaction_id"] == number, session
    assert session["meter_start_wh"] == start.payload["meterStart"], session
    peer.expect("MeterValues", since, transactionId=number)
    assert bench.call("RemoteStopTransaction", {"transactionId": number}) == {"status": "Accepted"}
    stop = peer.expect("StopTransaction", since, transactionId=number).payload
    assert stop["reason"] == "Remote" and stop["meterStop"] == station.meter_wh(1), stop
    assert stop["meterStop"] - start.payload["meterStart"] >= 100, (start, stop)
    bench.vacate(1)
    bench.drained()
    assert peer.count("StartTransaction", since) == 0 and peer.count("StopTransaction", since) == 1


def station_killed_closes(bench):
    """The same where the session is to be closed: PowerLoss, once, with the meter's register"""
    peer, station = bench.peer, bench.station
    start, number = bench.begin_session(1)
    bench.advance(10)
    since = peer.mark()
    station.kill()
    station.start("--interrupted-session", "close")
    stop = peer.expect("StopTransaction", since, transactionId=number, timeout=25).payload
    assert stop["reason"] == "PowerLoss", stop
    assert stop["meterStop"] == station.meter_wh(1) > start.payload["meterStart"], (start, stop)
    assert moment(stop["timestamp"]) >= moment(start.payload["timestamp"])
    bench.accepted()
    bench.drained()
    station.kill()
    station.start()
    bench.accepted()
    bench.drained()
    assert peer.count("StopTransaction", since) == 1 and peer.count("StartTransaction", since) == 0
    bench.vacate(1)


def closed_doors(bench):
    """A wrong password and a server of another version: the station says why and tries again"""
    strict = bench.new_peer(bench.backend).start_server(password="another-password-2")
    station = bench.new_station("wrong-password", "wrong-password", strict.port)
    try:
        station.start()
        strict.wait("two attempts", lambda: len(strict.refusals) >= 2, 20)
        engine = station.engine()
        assert "401" in engine["last_link_error"] and engine["connection"] != "accepted", engine
        assert not strict.connected and not strict.frames, strict.frames
    finally:
        station.stop()
        strict.kill()
    newer = bench.new_peer(bench.backend).start_server(protocol="ocpp2.0.1")
    station = bench.new_station("wrong-version", "wrong-version", newer.port)
    try:
        station.start()
        poll("the refusal of the subprotocol",
             lambda: "subprotocol" in station.engine().get("last_link_error", ""), 20)
        assert not newer.frames, f"frames without a common version: {newer.frames}"
    finally:
        station.stop()
        newer.kill()


SCENARIOS = [booting, plug_first, card_first, remote_session, refused_cards, connection_timeout, configuration,
             availability, unlock, triggers, small_calls, unsupported_calls, faults, malformed_frames, resets,
             offline_session, unanswered_start, station_killed_resumes, station_killed_closes, closed_doors]
