"""ladestrom-csms with a station of OCPP 2.0.1 or 2.1 that a strict library speaks for."""
import itertools

import actions_v2
from csms_bench import PASSWORD, CsmsBench, now
from lane import speaks_raw
from malformed import MALFORMED, send_malformed
from peers import Refusal
from words import moment

BOOT = {"reason": "PowerUp", "chargingStation": {
    "model": "Interop 2", "vendorName": "Peer & Söhne", "serialNumber": "S-2", "firmwareVersion": "9.9",
    "modem": {"iccid": "89", "imsi": "26"}}}
TOKEN = {"idToken": "GOOD", "type": "ISO14443"}


class CsmsBenchV2(CsmsBench):
    def __init__(self, version, *shared):
        super().__init__(*shared)
        self.version = version

    def _brain(self, station, action, _payload):
        answer = self.answers.get((station, action))
        if isinstance(answer, Refusal):
            raise answer
        return actions_v2.smallest(self.version, action, "Response") if answer is None else answer

    def connect(self, station, **options):
        super().connect(station, **{"protocols": (f"ocpp{self.version}",), **options})

    def boot(self, name, **change):
        station = self.register(f"{name}-{self.version}", **change)
        self.connect(station)
        answer = self.peer.call(station, "BootNotification", BOOT)
        assert answer["status"] == "Accepted", answer
        return station


class Transaction:
    """The events of one, in the order in which they happen."""

    def __init__(self, identity, evse=1, begin_wh=1000):
        self.identity, self.evse, self.wh = identity, evse, begin_wh
        self._numbers = itertools.count()

    def event(self, kind, reason, wh=None, state="Charging", token=None, stopped=None, **more):
        self.wh = self.wh if wh is None else wh
        context = {"Started": "Transaction.Begin", "Ended": "Transaction.End"}.get(kind, "Sample.Periodic")
        info = {"transactionId": self.identity, "chargingState": state}
        if stopped:
            info["stoppedReason"] = stopped
        payload = {"eventType": kind, "timestamp": now(self.wh / 1e5), "triggerReason": reason,
                   "seqNo": next(self._numbers), "transactionInfo": info,
                   "evse": {"id": self.evse, "connectorId": 1},
                   "meterValue": [{"timestamp": now(self.wh / 1e5), "sampledValue": [
                       {"value": self.wh, "measurand": "Energy.Active.Import.Register", "context": context,
                        "unitOfMeasure": {"unit": "Wh"}},
                       {"value": 7.36, "measurand": "Power.Active.Import", "context": context,
                        "unitOfMeasure": {"unit": "W", "multiplier": 3}}]}], **more}
        if token:
            payload["idToken"] = token
        return payload

    def story(self, token=TOKEN):
        return [self.event("Started", "Authorized", token=token),
                self.event("Updated", "MeterValuePeriodic", self.wh + 400),
                self.event("Updated", "MeterValuePeriodic", self.wh + 400),
                self.event("Ended", "EVDeparted", self.wh + 500, state="Idle", stopped="EVDisconnected")]


def tell(bench, station, events):
    return [bench.peer.call(station, "TransactionEvent", event) for event in events]


def booting(bench):
    """A station boots, beats and reports its connectors; the API shows it and its version"""
    station = bench.register(f"boot-{bench.version}")
    bench.connect(station)
    assert bench.peer.connected[station]["protocol"] == f"ocpp{bench.version}"
    answer = bench.peer.call(station, "BootNotification", BOOT)
    assert answer["status"] == "Accepted" and answer["interval"] == 123, answer
    assert abs((moment(answer["currentTime"]) - moment(now())).total_seconds()) < 5
    answer = bench.peer.call(station, "Heartbeat", {})
    assert abs((moment(answer["currentTime"]) - moment(now())).total_seconds()) < 5
    for evse, status in ((1, "Occupied"), (2, "Faulted"), (3, "Reserved")):
        bench.peer.call(station, "StatusNotification", {
            "timestamp": now(), "connectorStatus": status, "evseId": evse, "connectorId": 1})
    shown = bench.csms.get(f"/stations/{station}")
    assert shown["vendor"] == "Peer & Söhne" and shown["serial_number"] == "S-2", shown
    assert shown["firmware_version"] == "9.9" and shown["version"] == bench.version, shown
    assert [c["status"] for c in shown["connectors"]] == ["Preparing", "Faulted", "Reserved"], shown


def whole_session(bench):
    """A session from card to end, with its energy and its curve"""
    station = bench.boot("session")
    answer = bench.peer.call(station, "Authorize", {"idToken": {"idToken": "FAMILY", "type": "ISO14443"}})
    assert answer["idTokenInfo"]["status"] == "Accepted", answer
    assert answer["idTokenInfo"]["groupIdToken"]["idToken"] == "GROUP", answer
    events = Transaction("6f1c-1").story({"idToken": "FAMILY", "type": "ISO14443"})
    started = tell(bench, station, events[:3])[0]
    assert started["idTokenInfo"]["status"] == "Accepted", started
    running = bench.only_session(station)
    assert running["state"] == "running" and running["energy_wh"] == 800, running
    assert running["power_w"] == 7360 and running["transaction_id"] == "6f1c-1", running
    tell(bench, station, events[3:])
    ended = bench.only_session(station)
    assert ended["state"] == "ended" and ended["energy_wh"] == 1300, ended
    assert ended["stop_reason"] == "EVDisconnected" and ended["flags"] == [] and ended["billable"], ended
    series = bench.csms.get(f"/sessions/{ended['id']}/meter-values")["series"]
    curves = {curve["measurand"]: [value for _, value in curve["points"]] for curve in series}
    assert curves["Power.Active.Import"] == [7360] * 4, curves
    assert curves["Energy.Active.Import.Register"] == [1000, 1400, 1800, 2300], curves


def any_order(bench):
    """Events out of order, told twice, and with one missing until it comes"""
    station = bench.boot("order")
    first, second, third, last = Transaction("order-1").story()
    tell(bench, station, [last, first, second, second])
    session = bench.only_session(station)
    assert session["flags"] == ["events_missing"] and not session["billable"], session
    tell(bench, station, [third, last, first])
    session = bench.only_session(station)
    assert session["flags"] == [] and session["billable"] and session["energy_wh"] == 1300, session


def refused_cards(bench):
    """Cards that may not charge"""
    station = bench.boot("cards")
    for tag, status in (("STRANGER", "Invalid"), ("BLOCKED", "Blocked"), ("EXPIRED", "Expired"),
                        ("good", "Accepted")):
        answer = bench.peer.call(station, "Authorize", {"idToken": {"idToken": tag, "type": "Central"}})
        assert answer["idTokenInfo"]["status"] == status, f"{tag}: {answer}"
    answers = tell(bench, station, Transaction("blocked-1").story({"idToken": "BLOCKED", "type": "ISO14443"}))
    assert answers[0]["idTokenInfo"]["status"] == "Blocked", answers
    session = bench.only_session(station)
    assert session["flags"] == ["unauthorized"] and not session["billable"], session


def killed(bench):
    """The central system is killed in the middle of a session; nothing is lost or booked twice"""
    station = bench.boot("killed")
    events = Transaction("killed-1").story()
    tell(bench, station, events[:2])
    bench.csms.kill()
    bench.csms.start()
    bench.connect(station)
    bench.peer.call(station, "BootNotification", BOOT)
    tell(bench, station, events[1:])
    session = bench.only_session(station)
    assert session["state"] == "ended" and session["energy_wh"] == 1300 and session["billable"], session


def notifications(bench):
    """Every call that a station may make is answered, or refused by the right name"""
    station = bench.boot("notify")
    for action in actions_v2.messages(bench.version, "station"):
        if (bench.kind, bench.version, action) in actions_v2.NOT_BY_LIBRARY:
            continue
        payload = actions_v2.smallest(bench.version, action, "Request")
        try:
            bench.peer.call(station, action, BOOT if action == "BootNotification" else payload)
            assert action in actions_v2.SERVED, f"{action} was answered"
        except Refusal as refusal:
            assert refusal.code == "NotSupported" and action not in actions_v2.SERVED, f"{action}: {refusal}"
    bench.peer.call(station, "SecurityEventNotification",
                    {"type": "SettingSystemTime", "timestamp": now(), "techInfo": "by hand"})
    events = [(event["kind"], event["detail"]) for event in bench.csms.get(f"/stations/{station}/events")["items"]]
    assert ("security", "SettingSystemTime: by hand") in events, events


def every_call(bench):
    """Every call of the central system reaches the station, and the API returns the station's own answer"""
    station = bench.boot("calls")
    for action in actions_v2.messages(bench.version, "csms"):
        payload = actions_v2.smallest(bench.version, action, "Request")
        answer = actions_v2.smallest(bench.version, action, "Response")
        since = bench.peer.mark()
        outcome = bench.csms.call(station, action, payload)
        assert outcome == (200, {"result": answer}), f"{action}: {outcome}"
        assert bench.peer.expect(action, since).payload == payload, action
    other = "NotifySettlement" if bench.version == "2.1" else "AFRRSignal"
    for action in ("RemoteStartTransaction", "Heartbeat", other):
        status, answer = bench.csms.call(station, action, {})
        assert status == 400 and answer["error"]["code"] == "invalid", f"{action}: {status} {answer}"


def new_password(bench):
    """A password told by SetVariables is the station's from then on"""
    station = bench.boot("password")
    component, variable = {"name": "SecurityCtrlr"}, {"name": "BasicAuthPassword"}
    bench.answers[station, "SetVariables"] = {"setVariableResult": [
        {"attributeStatus": "Accepted", "component": component, "variable": variable}]}
    status, _ = bench.csms.call(station, "SetVariables", {"setVariableData": [
        {"attributeValue": "fedcba9876543210", "component": component, "variable": variable}]})
    assert status == 200
    bench.peer.close(station)
    bench.connect(station, password="fedcba9876543210")
    assert bench.peer.call(station, "BootNotification", BOOT)["status"] == "Accepted"
    bench.peer.close(station)
    assert bench.peer.connect(station, bench.csms.url, password=PASSWORD,
                              protocols=(f"ocpp{bench.version}",)) == 401


@speaks_raw
def malformed(bench):
    """Frames that are none are answered by the words of the version, and the connection lives"""
    station = bench.boot("malformed")
    rows = MALFORMED + [('[2,"ID","TransactionEvent",{"eventType":"Started"}]', "OccurrenceConstraintViolation")]
    send_malformed(bench.peer, station, rows, lambda: bench.peer.call(station, "Heartbeat", {}), bench.version)


SCENARIOS = [booting, whole_session, any_order, refused_cards, notifications, every_call, new_password, malformed,
             killed]
