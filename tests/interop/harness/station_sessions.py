"""Sessions at the station, from card to end."""
from programs import poll
from station_bench import energy_values, moment


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
    # 32 A, three phases, 230 V for a minute and what the scenario took besides; times are told in seconds.
    energy = stop["meterStop"] - start.payload["meterStart"]
    lasted = (moment(stop["timestamp"]) - moment(start.payload["timestamp"])).total_seconds()
    assert 350 <= energy <= 32 * 3 * 230 / 3600 * (lasted + 2), f"{energy} Wh in {lasted} s of 22 kW"
    readings = [wh for call in peer.calls[since:] if call.action ==
        "MeterValues" for wh in energy_values(call)]
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


def authorized_remote_start(bench):
    """AuthorizeRemoteTxRequests: a remote start is authorized as a card is"""
    peer = bench.peer
    assert bench.call("ChangeConfiguration", {"key": "AuthorizeRemoteTxRequests", "value": "true"}) == {
        "status": "Accepted"}
    since = peer.mark()
    bench.plug(2, phases=1)
    bench.call("RemoteStartTransaction", {"idTag": "STRANGER", "connectorId": 2})
    peer.expect("Authorize", since, idTag="STRANGER")
    bench.advance(5)
    assert peer.count("StartTransaction", since) == 0 and not bench.station.evse(2)["contactor_closed"]
    assert bench.call("RemoteStartTransaction", {"idTag": "GOOD", "connectorId": 2}) == {"status": "Accepted"}
    authorized = peer.expect("Authorize", since, idTag="GOOD")
    start = peer.expect("StartTransaction", since, idTag="GOOD")
    assert authorized.index < start.index
    bench.unplug(2)
    peer.expect("StopTransaction", since, transactionId=bench.number_of(start))
    bench.status(2, "Available", since)
    bench.call("ChangeConfiguration", {"key": "AuthorizeRemoteTxRequests", "value": "false"})


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


def readings(bench):
    """Meter values: every measurand; at times of the clock; with the end of a session"""
    peer = bench.peer

    def change(key, value):
        answer = bench.call("ChangeConfiguration", {"key": key, "value": value})
        assert answer == {"status": "Accepted"}, f"{key}: {answer}"

    sampled = ["Energy.Active.Import.Register", "Power.Active.Import", "Power.Offered", "Current.Import",
               "Current.Offered", "Voltage", "Frequency", "SoC", "Temperature"]
    before = {entry["key"]: entry["value"] for entry in bench.call("GetConfiguration", {
        "key": ["MeterValuesSampledData"]})["configurationKey"]}
    change("MeterValuesSampledData", ",".join(sampled))
    change("StopTxnSampledData", "Energy.Active.Import.Register,SoC")
    for evse in (1, 2):
        start, number = bench.begin_session(evse)
        since = peer.mark()
        bench.advance(3)
        values = peer.expect("MeterValues", since, transactionId=number)
        samples = [sample for value in values.payload["meterValue"] for sample in value["sampledValue"]]
        told = {sample.get("measurand", sampled[0]) for sample in samples}
        expected = set(sampled) - (set() if evse == 2 else {"SoC"})
        assert expected - {"Temperature", "Frequency"} <= told <= set(sampled), (evse, told)
        assert all(sample.get("context", "Sample.Periodic") == "Sample.Periodic" for sample in samples)
        assert bench.call("RemoteStopTransaction", {"transactionId": number}) == {"status": "Accepted"}
        stop = peer.expect("StopTransaction", since, transactionId=number).payload
        contexts = [sample["context"] for value in stop["transactionData"]
            for sample in value["sampledValue"]]
        assert contexts[0] == "Transaction.Begin" and contexts[-1] == "Transaction.End", stop
        registers = [float(sample["value"]) for value in stop["transactionData"]
                     for sample in value["sampledValue"] if sample.get("measurand", sampled[0]) == sampled[0]]
        assert registers[0] == start.payload["meterStart"] and registers[-1] == stop["meterStop"], stop
        bench.vacate(evse)
    change("StopTxnSampledData", "")
    change("MeterValuesSampledData", before["MeterValuesSampledData"])
    since = peer.mark()
    change("ClockAlignedDataInterval", "10")
    bench.advance(11)
    for connector in (1, 2):
        payload = peer.expect("MeterValues", since, connectorId=connector).payload
        assert "transactionId" not in payload, payload
        value = payload["meterValue"][0]
        assert moment(value["timestamp"]).timestamp() % 10 == 0, value["timestamp"]
        assert {sample["context"] for sample in value["sampledValue"]} == {"Sample.Clock"}, value
    change("ClockAlignedDataInterval", "0")
