"""Registration, passwords and versions of the station, and a central system that does not behave."""
import json

from lane import speaks_raw
from malformed import MALFORMED, send_malformed
from programs import poll
from station_bench import PASSWORD


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
    peer.expect("Heartbeat", 0)
    engine = bench.station.engine()
    assert engine["registration"] == "Accepted" and engine["version"] == "ocpp1.6", engine
    bench.call("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "300"})


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


@speaks_raw
def impatient_backend(bench):
    """Calls that do not wait for answers are answered in their order"""
    seen = len(bench.peer.frames)
    ids = [f"burst-{number}" for number in range(8)]
    for unique_id in ids:
        bench.peer.raw(bench.identity, json.dumps([2, unique_id, "GetConfiguration",
                                                   {"key": ["HeartbeatInterval"]}]))
    bench.call("GetConfiguration", {"key": ["HeartbeatInterval"]})
    answers = [json.loads(text) for _, direction, text in bench.peer.frames[seen:] if direction == "in"]
    assert [answer[1] for answer in answers if answer[1] in ids] == ids, answers
    assert all(answer[0] == 3 for answer in answers if answer[1] in ids), answers


def new_password(bench):
    """AuthorizationKey: the station comes back with the new password, also after a restart"""
    passwords = ["first-password-01", "second-password-2"]
    server = bench.new_peer(bench.backend).start_server()
    identity = "new-password"
    station = bench.new_station(identity, identity, server.port, passwords[0])
    try:
        station.start()
        for password, act in zip([*passwords, passwords[1]], (
                lambda: server.call(identity, "ChangeConfiguration",
                                    {"key": "AuthorizationKey", "value": passwords[1]}),
                lambda: (station.stop(), station.start()), lambda: None)):
            server.wait(f"connection with {password}", lambda word=password: (
                server.connected.get(identity) or {}).get("password") == word, 20)
            poll("registration", lambda: station.engine().get("connection") == "accepted")
            answer = act()
            assert not isinstance(answer, dict) or answer == {"status": "Accepted"}, answer
        shown = server.call(identity, "GetConfiguration", {})
        assert passwords[1] not in str(shown), "a password is shown"
    finally:
        station.stop()
        server.kill()


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
