"""Faults, power cuts and a central system that is away: nothing is lost, nothing told twice."""
import datetime

from programs import poll
from station_bench import PASSWORD, moment


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
    charging_at = moment(station.state()["wall"])
    meter_start = station.evse(2)["session"]["meter_start_wh"]
    for _ in range(6):
        station.control("POST", "/clock/advance", {"seconds": 10})
        bench.backend.ahead += 10
    unplugged_at = moment(station.state()["wall"])
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
    second = datetime.timedelta(seconds=1)  # to which times are told
    assert plugged_at - second <= times[0] <= charging_at + second, f"{times[0]}, plugged in at {plugged_at}"
    assert unplugged_at - second <= times[-1] <= ended_at + second, f"{times[-1]}, ended at {ended_at}"
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
    peer.expect("BootNotification", since)
    bench.accepted()
    poll("the session to go on", lambda: station.evse(1)["contactor_closed"])
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
    stop = peer.expect("StopTransaction", since, transactionId=number).payload
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
