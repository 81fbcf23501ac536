"""What a station of OCPP 2.0.1 and 2.1 does, and of 1.6 does not."""
from programs import poll
from words_v2 import variable


def reports(bench):
    """GetBaseReport and GetReport: parts in order, the last without more; no password in them"""
    full = report(bench, 11, "GetBaseReport", reportBase="FullInventory")
    assert len(full) >= 60, len(full)
    names = [(data["component"]["name"], data["variable"]["name"], str(data["component"].get("evse")),
              data["variable"].get("instance")) for data in full]
    assert len(names) == len(set(names)), "a variable is told twice"
    password = next(data for data in full if data["variable"]["name"] == "BasicAuthPassword")
    assert password["variableAttribute"][0]["mutability"] == "WriteOnly", password
    assert "value" not in password["variableAttribute"][0], "a password is shown"
    settings = report(bench, 12, "GetBaseReport", reportBase="ConfigurationInventory")
    assert 15 <= len(settings) < len(full) and all(data in full for data in settings), settings
    assert all(data["variableAttribute"][0]["mutability"] != "ReadOnly" for data in settings), settings
    states = report(bench, 13, "GetBaseReport", reportBase="SummaryInventory")
    assert {data["variable"]["name"] for data in states} == {"AvailabilityState"} and len(states) == 5, states
    second = report(bench, 14, "GetReport", componentVariable=[{"component": {"name": "EVSE", "evse": {"id": 2}}}])
    assert second and all(data["component"] == {"name": "EVSE", "evse": {"id": 2}} for data in second), second
    answer = bench.central.call("GetReport", {"requestId": 15, "componentCriteria": ["Problem"]})
    assert answer["status"] == "EmptyResultSet", answer


def report(bench, number, action, **what):
    """What all parts together tell."""
    central = bench.central
    since = central.mark()
    assert central.call(action, {"requestId": number, **what})["status"] == "Accepted", what
    central.peer.wait("the last part", lambda: any(
        not told.payload.get("tbc", False) for told in central.all("report", since)))
    parts = [told.payload for told in central.all("report", since)]
    assert [part["seqNo"] for part in parts] == list(range(len(parts))), parts
    assert {part["requestId"] for part in parts} == {number}, parts
    assert [part.get("tbc", False) for part in parts] == [True] * (len(parts) - 1) + [False], parts
    return [data for part in parts for data in part["reportData"]]


def variables(bench):
    """GetVariables and SetVariables: each item has an answer of its own"""
    heartbeat = variable("OCPPCommCtrlr", "HeartbeatInterval")
    asked = [heartbeat, variable("OCPPCommCtrlr", "Nonsense"), variable("Nonsense", "HeartbeatInterval"),
             variable("SecurityCtrlr", "BasicAuthPassword"), {**heartbeat, "attributeType": "Target"}]
    results = bench.central.call("GetVariables", {"getVariableData": asked})["getVariableResult"]
    assert [result["attributeStatus"] for result in results] == [
        "Accepted", "UnknownVariable", "UnknownComponent", "Rejected", "NotSupportedAttributeType"], results
    assert results[0]["attributeValue"] == "300" and "attributeValue" not in results[3], results
    for item, result in zip(asked, results):
        assert all(result[key] == value for key, value in item.items()), (item, result)
    values = ("299", "1", "1", "short", "1")
    results = bench.central.call("SetVariables", {"setVariableData": [
        {**item, "attributeValue": value} for item, value in zip(asked, values)]})["setVariableResult"]
    assert [result["attributeStatus"] for result in results] == [
        "Accepted", "UnknownVariable", "UnknownComponent", "Rejected", "NotSupportedAttributeType"], results
    assert bench.central.read("HeartbeatInterval") == "299"
    assert bench.central.ask("change", "HeartbeatInterval", "300") == "Accepted"


def unlock(bench):
    """UnlockConnector frees a cable, but not under a transaction"""
    central = bench.central
    assert central.ask("unlock", 1) == "Unlocked"
    start = bench.begin_session(1)
    since = central.mark()
    assert central.ask("unlock", 1) == "OngoingAuthorizedTransaction"
    assert bench.station.evse(1)["locked"] and bench.station.evse(1)["contactor_closed"]
    assert central.ask("remote_stop", start.transaction) == "Accepted"
    central.ended(since, start)
    bench.vacate(1)
    assert central.ask("unlock", 2) == "UnlockFailed"
    assert central.ask("unlock", 9) == "UnknownConnector"


def transaction_status(bench):
    """GetTransactionStatus: running, over, unknown, and of the queue; its event when it is triggered"""
    central = bench.central

    def status(transaction=None):
        return central.call("GetTransactionStatus", {"transactionId": transaction} if transaction else {})

    assert central.ask("trigger", "TransactionEvent") == "Rejected", "there is no transaction"
    start = bench.begin_session(2)
    assert status(start.transaction)["ongoingIndicator"] is True
    since = central.mark()
    assert central.ask("trigger", "TransactionEvent", 2) == "Accepted"
    event = central.peer.wait("the triggered event", lambda: next(
        (told for told in central.told(since) if told.payload.get("triggerReason") == "Trigger"), None))
    assert event.transaction == start.transaction and event.registers("Trigger"), event
    assert central.ask("remote_stop", start.transaction) == "Accepted"
    central.ended(since, start)
    bench.vacate(2)
    bench.drained()
    for answer in (status(start.transaction), status(central.words.other(start.transaction))):
        assert answer == {"messagesInQueue": False, "ongoingIndicator": False}, answer
    assert status() == {"messagesInQueue": False}, status()


def events_of_a_session(bench):
    """What a session tells and why: from the card to the end of the cable"""
    central = bench.central
    since = central.mark()
    assert central.ask("remote_start", "OTHER", evse=2) == "Accepted"
    bench.plug(2, phases=1)
    start = central.started(since, tag="OTHER")
    central.charging(2, since)
    bench.station.control("POST", "/evse/2/ev", {"wants_energy": False})
    central.expect(None, since, state="SuspendedEV", evse=2)
    bench.station.control("POST", "/evse/2/ev", {"wants_energy": True})
    bench.swipe(2, "OTHER")
    end = central.ended(since, start)
    bench.vacate(2)
    events = [told.payload for told in central.told(since) if told.transaction == start.transaction]
    reasons = [event["triggerReason"] for event in events if event["triggerReason"] != "MeterValuePeriodic"]
    assert reasons[0] == "RemoteStart" and reasons[-1] == "StopAuthorized", reasons
    assert set(reasons[1:-1]) == {"ChargingStateChanged"}, reasons
    started = [event["transactionInfo"].get("remoteStartId") for event in events]
    assert started[0] and not any(started[1:]), started
    assert not any(event.get("offline") for event in events), events
    assert end.payload["evse"] == {"id": 2, "connectorId": 1}, end


def points_of_a_transaction(bench):
    """TxStartPoint and TxStopPoint: from plug to unplug, the card only charges; or only while energy flows"""
    central = bench.central
    usual = {name: central.read(name) for name in ("TxStartPoint", "TxStopPoint")}
    assert central.ask("change", "TxStartPoint", "ParkingBayOccupancy") == "Rejected"
    for name in usual:
        assert central.ask("change", name, "EVConnected") == "Accepted"
    since = central.mark()
    bench.plug(2)
    start = central.started(since, tag=None)
    bench.swipe(2, "OTHER")
    central.charging(2, since)
    bench.swipe(2, "OTHER")
    poll("the charging to end", lambda: not bench.station.evse(2)["contactor_closed"])
    assert central.count("end", since) == 0
    bench.vacate(2)
    assert central.ended(since, start).reason == "Local"
    reasons = [told.payload["triggerReason"] for told in central.told(since) if told.transaction == start.transaction]
    assert [reason for reason in reasons if not reason.startswith(("MeterValue", "ChargingState"))] == [
        "CablePluggedIn", "Authorized", "StopAuthorized", "EVCommunicationLost"], reasons

    for name in usual:
        assert central.ask("change", name, "EnergyTransfer") == "Accepted"
    since = central.mark()
    bench.plug(2, wants_energy=False)
    bench.swipe(2, "OTHER")
    poll("the session", lambda: bench.station.evse(2)["session"])
    assert central.count("start", since) == 0
    bench.station.control("POST", "/evse/2/ev", {"wants_energy": True})
    start = central.started(since, tag="OTHER", state="Charging")
    bench.station.control("POST", "/evse/2/ev", {"wants_energy": False})
    assert central.ended(since, start).reason == "StoppedByEV"
    bench.vacate(2)
    for name, value in usual.items():
        assert central.ask("change", name, value) == "Accepted"


def reset_on_idle(bench):
    """Reset OnIdle waits for the end of the session, which nobody cuts short, and takes no new one"""
    central = bench.central
    start = bench.begin_session(1)
    since = central.mark()
    assert central.ask("reset", at_once=False) == "Scheduled"
    bench.advance(10)
    assert bench.station.evse(1)["contactor_closed"] and central.count("boot", since) == 0
    assert central.ask("remote_start", "OTHER", evse=2) == "Rejected"
    bench.swipe(1)
    stop = central.ended(since, start)
    assert stop.reason == "Local", stop
    boot = central.expect("boot", since).payload
    assert boot["reason"] == "RemoteReset", boot
    bench.accepted()
    bench.vacate(1)


def reset_of_one_evse(bench):
    """Reset of one EVSE ends its session and leaves the other and the station alone"""
    central = bench.central
    first, second = bench.begin_session(1), bench.begin_session(2)
    since = central.mark()
    assert reset_evse(bench, "OnIdle", 2) == "Scheduled"
    assert reset_evse(bench, "Immediate", 1) == "Accepted"
    assert reset_evse(bench, "Immediate", 9) == "Rejected"
    stop = central.ended(since, first)
    assert stop.reason == "ImmediateReset" and stop.payload["triggerReason"] == "ResetCommand", stop
    assert bench.station.evse(2)["contactor_closed"] and central.count("end", since) == 1
    bench.vacate(1)
    bench.swipe(2)
    assert central.ended(since, second).reason == "Local"
    bench.vacate(2)
    again = bench.begin_session(1)
    assert central.ask("remote_stop", again.transaction) == "Accepted"
    bench.vacate(1)
    assert central.count("boot", since) == 0, "the station was started again"


def reset_evse(bench, kind, evse):
    return bench.central.call("Reset", {"type": kind, "evseId": evse})["status"]


def reset_and_resume(bench):
    """Reset ImmediateAndResume (2.1): the transaction goes on after it"""
    central = bench.central
    start = bench.begin_session(1)
    since = central.mark()
    answer = central.call("Reset", {"type": "ImmediateAndResume"})
    assert answer["status"] == "Accepted", answer
    boot = central.expect("boot", since).payload
    assert boot["reason"] == "RemoteReset", boot
    bench.accepted()
    poll("the session to go on", lambda: bench.station.evse(1)["contactor_closed"])
    bench.swipe(1)
    assert central.ended(since, start).reason == "Local"
    bench.vacate(1)
    resumed = [told.payload["triggerReason"] for told in central.told(since) if told.transaction == start.transaction]
    assert "TxResumed" in resumed and central.count("start", since) == 0, resumed


def numbering(bench):
    """Every transaction was told in events numbered from 0 without gaps, in the order of their times"""
    central = bench.central
    told = central.told(0)
    assert len(central.backend.transactions) >= 15, central.backend.transactions
    for name in central.backend.transactions:
        events = {}
        for event in told:
            if event.transaction == name:
                known = events.setdefault(event.payload["seqNo"], event)
                assert known.payload == event.payload, f"{known.payload} became {event.payload}"
        assert sorted(events) == list(range(len(events))), f"{name}: {sorted(events)}"
        story = [events[number] for number in range(len(events))]
        kinds = [event.payload["eventType"] for event in story]
        assert kinds == ["Started"] + ["Updated"] * (len(kinds) - 2) + ["Ended"], f"{name}: {kinds}"
        times = [event.at for event in story]
        assert times == sorted(times), f"{name}: {times}"
        # The end tells all that was kept for it.
        registers = [wh for event in story[:-1] for wh in event.registers()] + [story[-1].wh]
        assert registers == sorted(registers), f"{name}: {registers}"
        evses = {event.evse for event in story}
        assert len(evses) == 1, f"{name}: {evses}"
        end = story[-1].payload
        left = "Idle" if end["triggerReason"] == "EVCommunicationLost" else "EVConnected"
        assert end["transactionInfo"]["chargingState"] == left, f"{name}: {end}"
