"""Sessions at the station, from card to end."""
from programs import poll
from words import measurand


def plug_first(bench):
    """Plug first, then card; a second presentation ends it"""
    central, station = bench.central, bench.station
    since = central.mark()
    meter_before = station.meter_wh(1)
    bench.plug(1)
    central.status(1, "Occupied", since, fault=central.words.fault())
    bench.swipe(1)
    central.expect("authorize", since, tag="GOOD")
    start = central.started(since, evse=1, tag="GOOD")
    assert start.wh == meter_before, f"{start.payload}, the meter shows {meter_before}"
    central.charging(1, since)
    central.peer.wait("two meter values",
                      lambda: central.count("values", since, transaction=start.transaction) >= 2)
    bench.advance(60)
    state = station.evse(1)
    assert state["contactor_closed"], state
    assert state["session"]["transaction_id"] == central.words.shown_number(start.transaction), state
    bench.swipe(1)
    stop = central.ended(since, start)
    assert stop.reason == "Local" and stop.tag == "GOOD", stop
    assert stop.wh == station.meter_wh(1), f"{stop}, the meter shows {station.meter_wh(1)}"
    # 32 A, three phases, 230 V for a minute and what the scenario took besides; times are told in seconds.
    energy = stop.wh - start.wh
    lasted = (stop.at - start.at).total_seconds()
    assert 350 <= energy <= 32 * 3 * 230 / 3600 * (lasted + 2), f"{energy} Wh in {lasted} s of 22 kW"
    readings = [wh for values in central.all("values", since) for wh in values.registers()]
    assert len(readings) >= 50 and readings == sorted(readings), f"{len(readings)} readings: {readings}"
    assert meter_before <= readings[0] and readings[-1] <= stop.wh, readings
    bench.vacate(1)
    statuses = [told.payload[central.words.status_field] for told in central.all("status", since, evse=1)]
    assert statuses == central.words.statuses_of_a_session, statuses


def card_first(bench):
    """Card first, then plug; unplugging ends it"""
    central = bench.central
    since = central.mark()
    bench.swipe(2)
    central.status(2, "Occupied", since)
    assert central.count("start", since) == 0, "a transaction without a car"
    bench.plug(2, phases=1, max_current=16)
    start = central.started(since, evse=2, tag="GOOD")
    central.expect("values", since, transaction=start.transaction)
    bench.unplug(2)
    stop = central.ended(since, start)
    assert stop.reason == "EVDisconnected" and stop.wh == bench.station.meter_wh(2), stop
    central.status(2, "Available", since)


def remote_session(bench):
    """Remote start, then remote stop"""
    central = bench.central
    since = central.mark()
    assert central.ask("remote_start", "OTHER", evse=1) == "Accepted"
    bench.plug(1)
    start = central.started(since, evse=1, tag="OTHER")
    central.charging(1, since)
    assert central.ask("remote_start", "OTHER", evse=1) == "Rejected", "it is in use"
    assert central.ask("remote_stop", central.words.other(start.transaction)) == "Rejected"
    bench.advance(20)
    assert central.ask("remote_stop", start.transaction) == "Accepted"
    stop = central.ended(since, start)
    assert stop.reason == "Remote" and stop.wh == bench.station.meter_wh(1), stop
    assert stop.wh - start.wh >= 100, (start, stop)
    bench.vacate(1)
    assert central.count("start", since) == 1 and central.count("end", since) == 1


def authorized_remote_start(bench):
    """A remote start is authorized as a card is, where that is wished for"""
    central = bench.central
    assert central.ask("change", "AuthorizeRemoteTxRequests", "true") == "Accepted"
    since = central.mark()
    bench.plug(2, phases=1)
    central.ask("remote_start", "STRANGER", evse=2)
    central.expect("authorize", since, tag="STRANGER")
    bench.advance(5)
    assert central.count("start", since) == 0 and not bench.station.evse(2)["contactor_closed"]
    assert central.ask("remote_start", "GOOD", evse=2) == "Accepted"
    authorized = central.expect("authorize", since, tag="GOOD")
    start = central.started(since, tag="GOOD")
    assert authorized.index < start.index
    bench.unplug(2)
    central.ended(since, start)
    central.status(2, "Available", since)
    central.ask("change", "AuthorizeRemoteTxRequests", "false")


def refused_cards(bench):
    """A card that is refused gives no energy, nor one that is refused when the session has begun"""
    central, station = bench.central, bench.station
    since = central.mark()
    bench.plug(2, phases=1)
    bench.swipe(2, "STRANGER")
    central.expect("authorize", since, tag="STRANGER")
    poll("the refusal shown to the driver",
         lambda: station.evse(2)["indication"] == "authorization_refused")
    bench.advance(10)
    assert not station.evse(2)["contactor_closed"] and station.evse(2)["session"] is None
    assert central.count("start", since) == 0
    bench.vacate(2)
    # StopTransactionOnInvalidId: OCPP 1.6 section 4.8; StopTxOnInvalidId: 2.1 part 2, C10.
    central.backend.tokens["LATE"] = "Accepted"
    central.backend.starts_as["LATE"] = "Blocked"
    since = central.mark()
    bench.plug(2, phases=1)
    bench.swipe(2, "LATE")
    stop = central.ended(since, central.started(since, tag="LATE"))
    assert stop.reason == "DeAuthorized", stop
    assert not station.evse(2)["contactor_closed"]
    bench.vacate(2)


def connection_timeout(bench):
    """A card without a car: after the time for it the connector is free again"""
    central = bench.central
    since = central.mark()
    assert central.ask("change", "ConnectionTimeOut", "7") == "Accepted"
    bench.swipe(1)
    central.status(1, "Occupied", since)
    bench.advance(8)
    central.status(1, "Available", since)
    assert central.count("start", since) == 0
    central.ask("change", "ConnectionTimeOut", "60")


def readings(bench):
    """Meter values: every measurand; at times of the clock; with the end of a session"""
    central = bench.central

    def change(setting, value):
        assert central.ask("change", setting, value) == "Accepted", setting

    sampled = ["Energy.Active.Import.Register", "Power.Active.Import", "Power.Offered", "Current.Import",
               "Current.Offered", "Voltage", "Frequency", "SoC", "Temperature"]
    before = central.read("MeterValuesSampledData")
    change("MeterValuesSampledData", ",".join(sampled))
    change("StopTxnSampledData", "Energy.Active.Import.Register,SoC")
    for evse in (1, 2):
        start = bench.begin_session(evse)
        since = central.mark()
        bench.advance(3)
        values = central.expect("values", since, transaction=start.transaction)
        told = {measurand(sample) for sample in values.samples}
        expected = set(sampled) - (set() if evse == 2 else {"SoC"})
        assert expected - {"Temperature", "Frequency"} <= told <= set(sampled), (evse, told)
        contexts = {sample.get("context", "Sample.Periodic") for sample in values.samples}
        assert contexts == {"Sample.Periodic"}, contexts
        assert central.ask("remote_stop", start.transaction) == "Accepted"
        stop = central.ended(since, start)
        contexts = [sample["context"] for sample in stop.samples]
        assert contexts[0] == "Transaction.Begin" and contexts[-1] == "Transaction.End", stop
        registers = stop.registers()
        assert registers[0] == start.wh and registers[-1] == stop.wh, stop
        bench.vacate(evse)
    change("StopTxnSampledData", "")
    change("MeterValuesSampledData", before)
    since = central.mark()
    change("ClockAlignedDataInterval", "10")
    bench.advance(11)
    for evse in (1, 2):
        values = central.expect("values", since, evse=evse)
        assert values.transaction is None, values
        assert values.at.timestamp() % 10 == 0, values.at
        assert {sample["context"] for sample in values.samples} == {"Sample.Clock"}, values
    change("ClockAlignedDataInterval", "0")
