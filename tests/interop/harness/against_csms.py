"""ladestrom-csms with a station that a strict library speaks for."""
import base64
import datetime
import json
import socket
import threading

from actions import FROM_CSMS, FROM_STATION
from lane import speaks_raw
from peers import NO_ANSWER, Peer, Refusal
from programs import Csms, poll

PASSWORD = "0123456789abcdef"


def utc(moment):
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def now(seconds=0):
    return utc(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds))


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


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
        self.csms.put(f"/stations/{station}", {"admission": "accepted", "password": PASSWORD,
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
        self.peer.call(station, "MeterValues", {"connectorId": 1, "transactionId": transaction, "meterValue": [
            {"timestamp": at or now(), "sampledValue": [
                {"value": str(wh), "measurand": "Energy.Active.Import.Register", "unit": "Wh",
                 "context": "Sample.Periodic"},
                {"value": "7360.5", "measurand": "Power.Active.Import", "unit": "W", **more}]}]})

    def only_session(self, station):
        sessions = self.csms.sessions(station)
        assert len(sessions) == 1, f"{len(sessions)} sessions: {sessions}"
        return sessions[0]


# ---- scenarios -----------------------------------------------------------------------------------------------


def booting(bench):
    """A station boots, beats and reports its connectors; the API shows it"""
    station = bench.register("boot")
    bench.connect(station)
    assert bench.peer.connected[station]["protocol"] == "ocpp1.6"
    answer = bench.peer.call(station, "BootNotification", {
        "chargePointVendor": "Peer & Söhne", "chargePointModel": "Interop", "chargePointSerialNumber": "S-1",
        "firmwareVersion": "9.9", "iccid": "89", "imsi": "26", "meterType": "M", "meterSerialNumber": "MS"})
    assert answer["status"] == "Accepted" and answer["interval"] == 123, answer
    skew = abs((moment(answer["currentTime"]) - moment(now())).total_seconds())
    assert skew < 5, f"currentTime is {skew} s off"
    answer = bench.peer.call(station, "Heartbeat", {})
    assert abs((moment(answer["currentTime"]) - moment(now())).total_seconds()) < 5
    for connector, status, error in ((0, "Available", "NoError"), (1, "Preparing", "NoError"),
                                     (2, "Faulted", "GroundFailure")):
        bench.peer.call(station, "StatusNotification", {
            "connectorId": connector, "status": status, "errorCode": error, "timestamp": now(),
            "info": "info", "vendorId": "peer", "vendorErrorCode": "E1"})
    shown = bench.csms.get(f"/stations/{station}")
    assert shown["vendor"] == "Peer & Söhne" and shown["serial_number"] == "S-1", shown
    assert shown["firmware_version"] == "9.9" and shown["connected"] and shown["version"] == "1.6", shown
    connectors = {c["evse_id"]: (c["status"], c["error"]) for c in shown["connectors"]}
    assert connectors[1] == ("Preparing", "NoError") and connectors[2] == ("Faulted", "GroundFailure"), connectors


def whole_session(bench):
    """A session from card to end, with its energy and its curve"""
    station = bench.boot("session")
    peer = bench.peer
    answer = peer.call(station, "Authorize", {"idTag": "FAMILY"})
    assert answer["idTagInfo"]["status"] == "Accepted" and answer["idTagInfo"]["parentIdTag"] == "GROUP", answer
    started, _ = bench.start_transaction(station, idTag="FAMILY", meterStart=50000)
    assert started["idTagInfo"]["status"] == "Accepted", started
    transaction = started["transactionId"]
    assert transaction > 0
    for step in range(1, 4):
        bench.meter(station, transaction, 50000 + 400 * step, at=now(step / 100))
    running = bench.only_session(station)
    assert running["state"] == "running" and running["energy_wh"] == 1200, running
    assert running["power_w"] == 7360.5 and running["transaction_id"] == str(transaction), running
    stopped = peer.call(station, "StopTransaction", {
        "transactionId": transaction, "idTag": "FAMILY", "meterStop": 51300, "timestamp": now(1),
        "reason": "Local", "transactionData": [{"timestamp": now(0.5), "sampledValue": [
            {"value": "51.3", "unit": "kWh", "context": "Transaction.End"}]}]})
    assert stopped["idTagInfo"]["status"] == "Accepted", stopped
    ended = bench.only_session(station)
    assert ended["state"] == "ended" and ended["energy_wh"] == 1300, ended
    assert (ended["meter_start_wh"], ended["meter_stop_wh"]) == (50000, 51300), ended
    assert ended["stop_reason"] == "Local" and ended["flags"] == [] and ended["billable"], ended
    series = bench.csms.get(f"/sessions/{ended['id']}/meter-values")["series"]
    curves = {curve["measurand"]: [value for _, value in curve["points"]] for curve in series}
    assert curves["Power.Active.Import"] == [7360.5] * 3, curves
    assert curves["Energy.Active.Import.Register"] == [50400, 50800, 51200, 51300], curves


def remote_session(bench):
    """Remote start and stop through the API, as the station obeys them"""
    station = bench.boot("remote")
    bench.answers[station, "RemoteStartTransaction"] = {"status": "Accepted"}
    bench.answers[station, "RemoteStopTransaction"] = {"status": "Accepted"}
    since = bench.peer.mark()
    payload = {"idTag": "GOOD", "connectorId": 2}
    assert bench.csms.call(station, "RemoteStartTransaction", payload) == (200, {"result": {"status": "Accepted"}})
    assert bench.peer.expect("RemoteStartTransaction", since).payload == payload
    started, _ = bench.start_transaction(station, connectorId=2)
    transaction = started["transactionId"]
    answer = bench.csms.call(station, "RemoteStopTransaction", {"transactionId": transaction})
    assert answer == (200, {"result": {"status": "Accepted"}}), answer
    assert bench.peer.expect("RemoteStopTransaction", since).payload == {"transactionId": transaction}
    bench.peer.call(station, "StopTransaction", {"transactionId": transaction, "meterStop": 1777,
                                                 "timestamp": now(), "reason": "Remote"})
    session = bench.only_session(station)
    assert session["energy_wh"] == 777 and session["stop_reason"] == "Remote", session
    assert session["evse_id"] == 2, session


def refused_cards(bench):
    """Cards that may not charge"""
    station = bench.boot("cards")
    for tag, status in (("STRANGER", "Invalid"), ("BLOCKED", "Blocked"), ("EXPIRED", "Expired"),
                        ("good", "Accepted")):
        answer = bench.peer.call(station, "Authorize", {"idTag": tag})
        assert answer["idTagInfo"]["status"] == status, f"{tag}: {answer}"
    # Energy that flowed all the same is kept, but not billed.
    started, _ = bench.start_transaction(station, idTag="BLOCKED")
    assert started["idTagInfo"]["status"] == "Blocked", started
    bench.peer.call(station, "StopTransaction", {
        "transactionId": started["transactionId"], "meterStop": 1001, "timestamp": now(),
        "reason": "DeAuthorized"})
    session = bench.only_session(station)
    assert session["flags"] == ["unauthorized"] and not session["billable"], session


def replays(bench):
    """What a station says twice counts once"""
    station = bench.boot("replay")
    first, payload = bench.start_transaction(station)
    again = bench.peer.call(station, "StartTransaction", payload)
    assert again == first, f"{first} became {again}"
    bench.peer.close(station)
    bench.connect(station)
    again = bench.peer.call(station, "StartTransaction", payload)
    assert again == first, f"after reconnecting {first} became {again}"
    stop = {"transactionId": first["transactionId"], "meterStop": 1500, "timestamp": now(), "reason": "Local"}
    for _ in range(3):
        bench.peer.call(station, "StopTransaction", stop)
    assert bench.peer.call(station, "StartTransaction", payload) == first, "after its end"
    session = bench.only_session(station)
    assert session["energy_wh"] == 500 and session["state"] == "ended", session
    other, _ = bench.start_transaction(station, meterStart=1500, timestamp=now(1))
    assert other["transactionId"] != first["transactionId"], "another session needs another number"


def queued_session(bench):
    """A session of two hours ago, delivered now, keeps its times"""
    station = bench.boot("queued")
    hours_ago = [now(-7200), now(-5400), now(-3600)]
    started, _ = bench.start_transaction(station, timestamp=hours_ago[0])
    transaction = started["transactionId"]
    bench.meter(station, transaction, 4000, at=hours_ago[1])
    bench.peer.call(station, "StopTransaction", {"transactionId": transaction, "meterStop": 9000,
                                                 "timestamp": hours_ago[2], "reason": "EVDisconnected"})
    session = bench.only_session(station)
    assert moment(session["started"]) == moment(hours_ago[0]), session
    assert moment(session["ended"]) == moment(hours_ago[2]), session
    assert session["energy_wh"] == 8000 and session["billable"], session
    series = bench.csms.get(f"/sessions/{session['id']}/meter-values")["series"]
    told = {curve["measurand"]: curve["points"][0][0] for curve in series}
    assert told["Power.Active.Import"] == int(moment(hours_ago[1]).timestamp() * 1000), told


def notifications(bench):
    """Every other call of a station is answered and kept in its log"""
    station = bench.boot("notify")
    bench.answers[station, "GetConfiguration"] = {"configurationKey": []}
    answers = {action: bench.peer.call(station, action, FROM_STATION[action][0]) for action in (
        "DataTransfer", "DiagnosticsStatusNotification", "FirmwareStatusNotification", "LogStatusNotification",
        "SecurityEventNotification", "SignCertificate", "SignedFirmwareStatusNotification")}
    assert answers["DataTransfer"] == {"status": "UnknownVendorId"}, answers
    assert answers["SignCertificate"] == {"status": "Rejected"}, answers
    events = bench.csms.get(f"/stations/{station}/events")["items"]
    details = {event["kind"]: event["detail"] for event in events}
    assert "SettingSystemTime" in details["security"] and "by hand" in details["security"], details
    assert "Uploaded" in details["log_status"] and "7" in details["log_status"], details
    assert {"boot", "firmware_status", "diagnostics_status", "sign_certificate"} <= set(details), details


def every_call(bench):
    """Every call of the central system reaches the station, and the API returns the station's own answer"""
    station = bench.boot("calls")
    for action, (payload, answer) in FROM_CSMS.items():
        since = bench.peer.mark()
        outcome = bench.csms.call(station, action, payload)
        assert outcome == (200, {"result": answer}), f"{action}: {outcome}"
        received = bench.peer.expect(action, since).payload
        assert received == payload, f"{action}: sent {payload}, arrived {received}"


def failing_calls(bench):
    """Calls that a station refuses, does not answer, or cannot get"""
    station = bench.boot("failing")
    bench.answers[station, "Reset"] = Refusal("InternalError", "jammed")
    status, answer = bench.csms.call(station, "Reset", {"type": "Hard"})
    assert status == 200 and answer["error"]["code"] == "InternalError", answer
    assert answer["error"]["description"] == "jammed", answer
    bench.answers[station, "ClearCache"] = NO_ANSWER
    status, answer = bench.csms.call(station, "ClearCache", {}, timeout_s=1)
    assert status == 504 and answer["error"]["code"] == "no_answer", answer
    bench.peer.gave_up(station)
    del bench.answers[station, "ClearCache"]
    assert bench.csms.call(station, "ClearCache", {}) == (200, {"result": {"status": "Accepted"}})
    # The answer that comes too late is nobody's.
    bench.peer.answer_late({"status": "Rejected"})
    bench.peer.call(station, "Heartbeat", {})
    assert bench.csms.call(station, "ClearCache", {}) == (200, {"result": {"status": "Accepted"}})
    for action in ("Teleport", "Heartbeat"):
        status, answer = bench.csms.call(station, action, {})
        assert status == 400 and answer["error"]["code"] == "invalid", f"{action}: {status} {answer}"
    bench.peer.close(station)
    poll("the end of the connection", lambda: not bench.csms.get(f"/stations/{station}")["connected"])
    status, answer = bench.csms.call(station, "ClearCache", {})
    assert status == 409 and answer["error"]["code"] == "not_connected", (status, answer)
    status, answer = bench.csms.call("nobody", "ClearCache", {})
    assert status == 404 and answer["error"]["code"] == "not_found", (status, answer)


def both_directions(bench):
    """Calls in both directions at once do not wait for each other"""
    station = bench.boot("both")
    bench.answers[station, "GetConfiguration"] = NO_ANSWER
    since = bench.peer.mark()
    outcome = []
    thread = threading.Thread(target=lambda: outcome.append(
        bench.csms.call(station, "GetConfiguration", {}, timeout_s=5)))
    thread.start()
    bench.peer.expect("GetConfiguration", since)
    for _ in range(5):
        bench.peer.call(station, "Heartbeat", {})
    assert not outcome, "answered by nobody"
    thread.join(10)
    assert outcome and outcome[0][0] == 504, outcome


def handshake(bench, station, headers):
    """A WebSocket upgrade by hand: status, headers, and what came on the connection afterwards."""
    with socket.create_connection(("127.0.0.1", bench.csms.ocpp_port), 10) as wire:
        wire.settimeout(10)
        lines = [f"GET /ocpp/{station} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *headers]
        wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        data = head = rest = b""
        while not rest and (chunk := wire.recv(4096)):
            data += chunk
            head, _, rest = data.partition(b"\r\n\r\n")
        return int(head.split()[1]), head.decode().lower(), rest


def refused_connections(bench):
    """Wrong password, no password, unknown identity, wrong subprotocol: refused, counted, and no harm done"""
    station = bench.register("door")
    connect = bench.peer.connect
    before = bench.csms.get("/counters")
    url = bench.csms.url
    assert connect(station, url, "fedcba9876543210") == 401
    assert connect(station, url) == 401
    assert connect(f"{bench.kind}-stranger", url, PASSWORD) == 401
    inbox = [unknown["id"] for unknown in bench.csms.get("/unknown-stations")["items"]]
    assert f"{bench.kind}-stranger" in inbox and station not in inbox, inbox
    # OCPP-J 1.6 section 3.1.2: the handshake completes without a subprotocol, then the server closes.
    assert connect(station, url, PASSWORD, protocols=("ocpp2.0.1",)) == 0
    credentials = base64.b64encode(f"{station}:{PASSWORD}".encode()).decode()
    for offered in (["Sec-WebSocket-Protocol: ocpp9.9, soap"], []):
        status, head, rest = handshake(bench, station, [f"Authorization: Basic {credentials}", *offered])
        assert status == 101 and "sec-websocket-protocol" not in head, head
        assert rest[:1] == b"\x88", f"no close frame but {rest!r}"
    after = bench.csms.get("/counters")
    counted = {name: count - before.get(part, {}).get(name, 0)
               for part, counters in after.items() for name, count in counters.items()}
    assert counted.get("csms.upgrade.wrong_password", 0) >= 1, counted
    assert counted.get("csms.upgrade.no_credentials", 0) >= 1, counted
    assert counted.get("csms.upgrade.unknown_station", 0) >= 1, counted
    # An offer of several: the one both know.
    bench.connect(station, protocols=("ocpp2.0.1", "ocpp1.6"))
    assert bench.peer.connected[station]["protocol"] == "ocpp1.6"


def newest_socket(bench):
    """A second connection of the same station takes over"""
    station = bench.boot("twice")
    second = bench.new_peer().start_client()
    try:
        assert second.connect(station, bench.csms.url, PASSWORD) is None
        bench.peer.wait("end of the first connection", lambda: station not in bench.peer.connected)
        since = second.mark()
        assert bench.csms.call(station, "ClearCache", {})[0] == 200
        second.expect("ClearCache", since)
        second.call(station, "Heartbeat", {})
    finally:
        second.kill()


def admission(bench):
    """A station that waits to be admitted, then is, then is rejected"""
    boot = FROM_STATION["BootNotification"][0]
    station = bench.register("waits", admission="pending")
    bench.connect(station)
    answer = bench.peer.call(station, "BootNotification", boot)
    assert answer["status"] == "Pending" and answer["interval"] == 7, answer
    try:
        bench.peer.call(station, "Heartbeat", {})
        raise AssertionError("a Heartbeat was answered while the registration is pending")
    except Refusal as refusal:
        assert refusal.code == "SecurityError", refusal
    bench.csms.put(f"/stations/{station}", {"admission": "accepted"})
    assert bench.peer.call(station, "BootNotification", boot)["status"] == "Accepted"
    bench.peer.call(station, "Heartbeat", {})
    bench.csms.put(f"/stations/{station}", {"admission": "rejected"})
    if station not in bench.peer.connected:
        bench.connect(station)
    answer = bench.peer.call(station, "BootNotification", boot)
    assert answer["status"] == "Rejected" and answer["interval"] == 7, answer


# Frame and the code of its answer; None: no answer. "ID" becomes the id that the answer must carry.
MALFORMED = [
    ("hello", None), ('[2,"ID","Heart', None), ('[2,"ID","StopTransaction",{"transactionId":,"x":1}]', None),
    ('{"a":1}', None), ("2", None), ("[]", None), ('["2","ID","Heartbeat",{}]', None),
    ('[9,"ID","Heartbeat",{}]', None), ("[2]", None), ('[2,17,"Heartbeat",{}]', None), ("[" * 1000, None),
    ('[3,"ID",{}]', None), ('[4,"ID","GenericError","",{}]', None),
    ('[2,"ID","Heartbeat"]', "FormationViolation"), ('[2,"ID","Heartbeat",{},{}]', "FormationViolation"),
    ('[2,"ID",7,{}]', "FormationViolation"), ('[2,"ID","Heartbeat",[]]', "FormationViolation"),
    ('[2,"ID","Heartbeat",null]', "FormationViolation"),
    ('[2,"ID","Teleport",{}]', "NotImplemented"),
]
MALFORMED_TO_CSMS = MALFORMED + [
    ('[2,"ID","Reset",{"type":"Hard"}]', "NotSupported"),
    ('[2,"ID","Authorize",{}]', "OccurenceConstraintViolation"),
    ('[2,"ID","Authorize",{"idTag":["a"]}]', "TypeConstraintViolation"),
    ('[2,"ID","Authorize",{"idTag":"a","idTag":"b"}]', "*"),
    ('[2,"ID","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Sleeping"}]',
     "PropertyConstraintViolation"),
    ('[2,"ID","StatusNotification",{"connectorId":-1,"errorCode":"NoError","status":"Available"}]',
     "PropertyConstraintViolation"),
]


def send_malformed(peer, station, rows, alive):
    """alive(): a call that shows that the connection goes on."""
    for number, (row, code) in enumerate(rows):
        unique_id = f"raw-{number}"
        seen = len(peer.frames)
        peer.raw(station, row.replace("ID", unique_id))
        alive()
        answers = [json.loads(text) for name, direction, text in peer.frames[seen:]
                   if name == station and direction == "in" and f'"{unique_id}"' in text]
        if code is None:
            assert not answers, f"{row} was answered by {answers}"
            continue
        assert len(answers) == 1, f"{row}: answers {answers}"
        assert answers[0][0] == 4 and code in ("*", answers[0][2]), f"{row}: {answers[0]}, expected {code}"


@speaks_raw
def malformed_frames(bench):
    """Malformed frames are answered as OCPP-J says, and the connection goes on"""
    station = bench.boot("malformed")
    send_malformed(bench.peer, station, MALFORMED_TO_CSMS, lambda: bench.peer.call(station, "Heartbeat", {}))
    bench.csms.check_running()


def central_system_killed(bench):
    """The central system dies in mid-session; nothing that it answered is lost"""
    station = bench.boot("killed")
    started, payload = bench.start_transaction(station, meterStart=2000)
    transaction = started["transactionId"]
    bench.meter(station, transaction, 2500)
    bench.csms.kill()
    bench.peer.wait("end of the connection", lambda: station not in bench.peer.connected)
    bench.csms.start()
    bench.connect(station)
    # No BootNotification: the station did not restart. Its start is repeated, as if the answer had been lost.
    assert bench.peer.call(station, "StartTransaction", payload) == started
    bench.meter(station, transaction, 2900)
    bench.peer.call(station, "StopTransaction", {"transactionId": transaction, "meterStop": 3000,
                                                 "timestamp": now(), "reason": "Local"})
    session = bench.only_session(station)
    assert session["energy_wh"] == 1000 and session["state"] == "ended" and session["billable"], session
    series = bench.csms.get(f"/sessions/{session['id']}/meter-values")["series"]
    power = next(curve for curve in series if curve["measurand"] == "Power.Active.Import")
    assert len(power["points"]) == 2, power


SCENARIOS = [booting, whole_session, remote_session, refused_cards, replays, queued_session, notifications,
             every_call, failing_calls, both_directions, refused_connections, newest_socket, admission,
             malformed_frames, central_system_killed]
