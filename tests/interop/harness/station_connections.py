"""Registration, passwords and versions of the station, and a central system that does not behave."""
import json

from lane import speaks_raw
from malformed import MALFORMED, calls_of_others, send_malformed
from programs import poll
from station_bench import PASSWORD, Site


def booting(bench):
    """Boot: pending, rejected, accepted; then statuses and heartbeats"""
    central = bench.central
    central.backend.boot_answers = [("Pending", 1), ("Rejected", 1), ("Accepted", 2)]
    bench.station.start()
    central.peer.wait("connection", lambda: central.identity in central.peer.connected)
    connection = central.peer.connected[central.identity]
    assert connection["protocol"] == central.words.protocol and connection["password"] == PASSWORD, connection
    boot = central.expect("boot", 0).boot
    assert boot == ("Ladestrom", "Interop", "2026-0001", "1.2.3"), boot
    for line in central.words.lines_of_status:
        central.status(line, "Available", 0)
    before = [told.kind for told in central.told(0)[:3]]
    assert before == ["boot"] * 3, f"before it was accepted the station sent {before}"
    central.expect("heartbeat", 0)
    engine = bench.station.engine()
    assert engine["registration"] == "Accepted" and engine["version"] == central.words.protocol, engine
    central.ask("change", "HeartbeatInterval", "300")


@speaks_raw
def malformed_frames(bench):
    """Malformed frames are answered as OCPP-J says, and the connection goes on"""
    central = bench.central
    stop, transaction = central.words.remote_stop("seven")
    read, names = central.words.read("HeartbeatInterval")
    rows = MALFORMED + [
        ('[2,"ID","Heartbeat",{}]', "NotSupported"),
        (f'[2,"ID","{stop}",{{}}]', "OccurrenceConstraintViolation"),
        (f'[2,"ID","{stop}",{{"{next(iter(transaction))}":["seven"]}}]', "TypeConstraintViolation"),
        (f'[2,"ID","{read}",{{"{next(iter(names))}":"HeartbeatInterval"}}]', "TypeConstraintViolation"),
        ('[2,"ID","Reset",{"type":"Sideways"}]', "PropertyConstraintViolation"),
        *((f'[2,"ID","{other}",{{}}]', "NotImplemented") for other in calls_of_others(bench.version)),
    ]
    send_malformed(central.peer, central.identity, rows, lambda: central.read("HeartbeatInterval"), bench.version)
    bench.station.check_running()


@speaks_raw
def impatient_backend(bench):
    """Calls that do not wait for answers are answered in their order"""
    central = bench.central
    seen = len(central.peer.frames)
    ids = [f"burst-{number}" for number in range(8)]
    for unique_id in ids:
        central.peer.raw(central.identity, json.dumps([2, unique_id, *central.words.read("HeartbeatInterval")]))
    central.read("HeartbeatInterval")
    answers = [json.loads(text) for _, direction, text in central.peer.frames[seen:] if direction == "in"]
    assert [answer[1] for answer in answers if answer[1] in ids] == ids, answers
    assert all(answer[0] == 3 for answer in answers if answer[1] in ids), answers


def new_password(bench):
    """A new password: the station comes back with it, also after a restart"""
    passwords = ["first-password-01", "second-password-2"]
    central = bench.new_central("new-password").start()
    station = bench.new_station("new-password", central, password=passwords[0])
    site = Site(station, central)
    try:
        station.start()
        for password, act in zip([*passwords, passwords[1]], (
                lambda: central.ask("change", "AuthorizationKey", passwords[1]),
                lambda: (station.stop(), station.start()), lambda: None)):
            site.connecting(f"connection with {password}", lambda word=password: (
                central.peer.connected.get(central.identity) or {}).get("password") == word)
            site.accepted()
            answer = act()
            assert not isinstance(answer, str) or answer == "Accepted", answer
        shown = central.call(*central.words.read("AuthorizationKey"))
        assert passwords[1] not in str(shown), "a password is shown"
    finally:
        station.stop()
        central.peer.kill()


def closed_doors(bench):
    """A wrong password and a server of another version: the station says why and tries again"""
    strict = bench.new_central("wrong-password").start("another-password-2")
    station = bench.new_station("wrong-password", strict)
    try:
        station.start()
        Site(station, strict).connecting("two attempts", lambda: len(strict.peer.refusals) >= 2)
        engine = station.engine()
        assert "401" in engine["last_link_error"] and engine["connection"] != "accepted", engine
        assert not strict.peer.connected and not strict.peer.frames, strict.peer.frames
    finally:
        station.stop()
        strict.peer.kill()
    other = bench.new_central("wrong-version", "2.0.1" if bench.version == "1.6" else "1.6").start()
    station = bench.new_station("wrong-version", other)
    try:
        station.start()
        poll("the refusal of the subprotocol",
             lambda: "subprotocol" in station.engine().get("last_link_error", ""))
        assert not other.peer.frames, f"frames without a common version: {other.peer.frames}"
    finally:
        station.stop()
        other.peer.kill()


def changed_version(bench):
    """The version changes in mid-session, without a connection: the session arrives whole, once, in the new one"""
    for version in bench.other_versions():
        folder = f"from-{bench.version}-to-{version}"
        old = bench.new_central(folder).start()
        site = Site(bench.new_station(folder, old), old)
        try:
            change_version(bench, site, version)
        finally:
            site.station.stop()
            site.central.peer.kill()
            old.peer.kill()


def change_version(bench, site, version):
    station, old = site.station, site.central
    station.start()
    site.accepted()
    site.lose_central()
    frames = len(old.peer.frames)
    site.plug(2, phases=1, max_current=16)
    site.swipe(2, "OFFLINE")
    poll("charging", lambda: station.evse(2)["contactor_closed"])
    meter_start = station.evse(2)["session"]["meter_start_wh"]
    for _ in range(3):
        site.pass_time(10)
    station.kill()
    central = site.central = bench.new_central(old.identity, version).start()
    central.backend.ahead = old.backend.ahead
    station.start("--versions", version, "--url", f"ws://127.0.0.1:{central.peer.port}/ocpp/{old.identity}")
    site.accepted()
    assert central.peer.connected[central.identity]["protocol"] == f"ocpp{version}"
    start = central.started(0, tag="OFFLINE", evse=2)
    assert start.wh == meter_start, (start, meter_start)
    site.advance(20)
    assert central.ask("remote_stop", start.transaction) == "Accepted"
    stop = central.ended(0, start)
    assert stop.reason == "Remote" and stop.wh == station.meter_wh(2), stop
    site.vacate(2)
    site.drained()
    story = [told for told in central.told(0) if told.kind in ("start", "end") or told.transaction is not None]
    assert [told.kind for told in story if told.kind in ("start", "end")] == ["start", "end"], story
    assert story[0].kind == "start" and story[-1].kind == "end", story
    assert all(told.transaction in (None, start.transaction) for told in story), story
    times = [told.at for told in story]
    assert times == sorted(times) and len(times) >= 30, times
    registers = [wh for told in story if told.kind == "values" for wh in told.registers()]
    assert registers == sorted(registers) and start.wh <= registers[0] and registers[-1] <= stop.wh, registers
    assert stop.wh - start.wh >= 40, "50 s of 3.7 kW"
    assert len(old.peer.frames) == frames, "something was told to the old central system"
