"""What the central system asks of the station."""
from actions import FROM_CSMS, STATION_SERVES
from peers import Refusal
from station_bench import energy_values


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

    assert trigger("BootNotification") == "Rejected", "it was accepted already (errata 3.35)"
    since = peer.mark()
    assert trigger("Heartbeat", connectorId=9) == "Accepted", "a connector says nothing here"
    peer.expect("Heartbeat", since)
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


def resets(bench):
    """Reset: soft when idle, hard in a session, which is closed first"""
    since = bench.peer.mark()
    assert bench.call("Reset", {"type": "Soft"}) == {"status": "Accepted"}
    bench.peer.expect("BootNotification", since)
    bench.accepted()
    for connector in (0, 1, 2):
        bench.status(connector, "Available", since)
    start, number = bench.begin_session(1)
    since = bench.peer.mark()
    assert bench.call("Reset", {"type": "Hard"}) == {"status": "Accepted"}
    stop = bench.peer.expect("StopTransaction", since, transactionId=number).payload
    assert stop["reason"] == "HardReset", stop
    assert stop["meterStop"] >= start.payload["meterStart"]
    bench.peer.expect("BootNotification", since)
    bench.accepted()
    bench.drained()
    assert bench.peer.count("StopTransaction", since) == 1
    assert bench.peer.count("StartTransaction", since) == 0, "the car charges without anybody asking"
    bench.vacate(1)
    assert bench.station.meter_wh(1) == stop["meterStop"], "energy outside of a session"
