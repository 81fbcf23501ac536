"""Faults, power cuts and a central system that is away: nothing is lost, nothing told twice."""
import datetime

from programs import poll
from station_bench import PASSWORD
from words import moment


def faults(bench):
    """A fault is told, and its end; in a session it ends the session"""
    central, station = bench.central, bench.station
    since = central.mark()
    station.control("POST", "/evse/1/fault", {"code": "GroundFailure", "info": "wet", "vendor_error_code": "E42"})
    central.status(1, "Faulted", since, fault=central.words.fault("GroundFailure", "wet", "E42"))
    station.control("DELETE", "/evse/1/fault")
    central.status(1, "Available", since, fault=central.words.fault())
    start = bench.begin_session(2)
    since = central.mark()
    station.control("POST", "/evse/2/fault", {"code": "OtherError", "emergency_stop": True})
    stop = central.ended(since, start)
    assert stop.reason == "EmergencyStop", stop
    assert not station.evse(2)["contactor_closed"]
    station.control("DELETE", "/evse/2/fault")
    bench.vacate(2)


def offline_session(bench):
    """A session while the central system is away arrives in order and with its own times"""
    central, station = bench.central, bench.station
    bench.lose_central()
    since = central.mark()
    plugged_at = moment(station.state()["wall"])
    bench.plug(2, phases=1, max_current=16)
    bench.swipe(2, "OFFLINE")
    poll("charging", lambda: station.evse(2)["contactor_closed"])
    charging_at = moment(station.state()["wall"])
    meter_start = station.evse(2)["session"]["meter_start_wh"]
    for _ in range(6):
        bench.pass_time(10)
    unplugged_at = moment(station.state()["wall"])
    bench.unplug(2)
    poll("the end of the session", lambda: station.evse(2)["session"] is None)
    ended_at = moment(station.state()["wall"])
    meter_stop = station.meter_wh(2)
    assert station.engine()["queued_facts"] >= 3, station.engine()
    assert central.mark() == since, "something arrived without a connection"
    bench.pass_time(3)
    central.start(PASSWORD)
    bench.accepted()
    bench.drained()
    start = central.started(since, tag="OFFLINE")
    stop = central.ended(since, start)
    story = [told for told in central.told(since) if told.kind == "start" or told.transaction is not None]
    kinds = [told.kind for told in story if told.kind != "state"]
    assert kinds == ["start"] + ["values"] * (len(kinds) - 2) + ["end"], kinds
    assert len(kinds) >= 20, f"{len(kinds)} messages of a minute with a reading each second"
    assert all(told.transaction in (None, start.transaction) for told in story), story
    times = [told.at for told in story]
    assert times == sorted(times), times
    second = datetime.timedelta(seconds=1)  # to which times are told
    assert plugged_at - second <= times[0] <= charging_at + second, f"{times[0]}, plugged in at {plugged_at}"
    assert unplugged_at - second <= times[-1] <= ended_at + second, f"{times[-1]}, ended at {ended_at}"
    assert start.wh == meter_start and stop.wh == meter_stop, (start, stop)
    assert meter_stop - meter_start >= 50, "a minute of 3.7 kW"
    assert stop.reason == "EVDisconnected", stop


def unanswered_start(bench):
    """A start whose answer was lost is repeated word for word, and makes one transaction"""
    central = bench.central
    since = central.mark()
    central.backend.silent.add(central.words.begin_action)
    bench.plug(2, phases=1)
    bench.swipe(2)
    first = central.expect("start", since)
    known = len(central.backend.transactions)
    central.peer.kill()
    central.backend.silent.clear()
    # The central system had booked it before it died.
    central.backend("", central.words.begin_action, first.payload)
    bench.lose_central()
    central.start(PASSWORD)
    bench.accepted()
    start = central.started(first.index + 1)
    assert start.payload == first.payload, f"{first.payload} became {start.payload}"
    central.expect("values", start.index, transaction=start.transaction)
    bench.unplug(2)
    central.ended(start.index, start)
    bench.drained()
    assert len(central.backend.transactions) == known + 1
    assert central.count("end", since) == 1


def station_killed_resumes(bench):
    """The station dies in mid-session: the session goes on after the restart and closes once"""
    central, station = bench.central, bench.station
    start = bench.begin_session(1)
    bench.advance(20)
    since = central.mark()
    station.kill()
    station.start()
    central.expect("boot", since)
    bench.accepted()
    poll("the session to go on", lambda: station.evse(1)["contactor_closed"])
    session = station.evse(1)["session"]
    assert session["transaction_id"] == central.words.shown_number(start.transaction), session
    assert session["meter_start_wh"] == start.wh, session
    central.expect("values", since, transaction=start.transaction)
    assert central.ask("remote_stop", start.transaction) == "Accepted"
    stop = central.ended(since, start)
    assert stop.reason == "Remote" and stop.wh == station.meter_wh(1), stop
    assert stop.wh - start.wh >= 100, (start, stop)
    bench.vacate(1)
    bench.drained()
    assert central.count("start", since) == 0 and central.count("end", since) == 1


def station_killed_closes(bench):
    """The same where the session is to be closed: PowerLoss, once, with the meter's register"""
    central, station = bench.central, bench.station
    start = bench.begin_session(1)
    bench.advance(10)
    since = central.mark()
    station.kill()
    station.start("--interrupted-session", "close")
    stop = central.ended(since, start)
    assert stop.reason == "PowerLoss", stop
    assert stop.wh == station.meter_wh(1) > start.wh, (start, stop)
    assert stop.at >= start.at
    bench.accepted()
    bench.drained()
    station.kill()
    station.start()
    bench.accepted()
    bench.drained()
    # That it was answered may be lost with the power: then it is told again, word for word.
    ends = central.all("end", since)
    assert all(end.payload == stop.payload for end in ends) and central.count("start", since) == 0, ends
    bench.vacate(1)
