"""What the central system asks of the station."""


def configuration(bench):
    """Settings: read, written, refused"""
    central = bench.central

    def change(setting, value):
        return central.ask("change", setting, value)

    assert change("ClockAlignedDataInterval", "900") == "Accepted"
    assert central.read("ClockAlignedDataInterval") == "900"
    assert change("ClockAlignedDataInterval", "0") == "Accepted"
    assert change("ClockAlignedDataInterval", "often") == "Rejected"
    assert change("HeartbeatInterval", "-1") == "Rejected"
    assert change("SecurityProfile", "2") == "Rejected", "nobody sets it"
    assert change("Nonsense", "1") == central.words.unknown_setting
    assert central.read("SecurityProfile") == "1" and central.read("ClockAlignedDataInterval") == "0"


def availability(bench):
    """Connector and station out of service and back; in use: scheduled"""
    central = bench.central

    def change(evse, operative):
        return central.ask("availability", evse, operative)

    for evse, lines in ((1, (1,)), (0, central.words.lines_of_status)):
        since = central.mark()
        assert change(evse, False) == "Accepted"
        for line in lines:
            central.status(line, "Unavailable", since)
        since = central.mark()
        bench.swipe(1)
        assert change(evse, True) == "Accepted"
        for line in lines:
            central.status(line, "Available", since)
        assert central.count("start", since) == 0
    assert change(9, False) == "Rejected"
    start = bench.begin_session(2)
    since = central.mark()
    assert change(2, False) == "Scheduled"
    assert central.ask("remote_stop", start.transaction) == "Accepted"
    central.ended(since, start)
    bench.unplug(2)
    central.status(2, "Unavailable", since)
    assert change(2, True) == "Accepted"
    central.status(2, "Available", since)


def triggers(bench):
    """TriggerMessage, for what the station has and what it has not"""
    central = bench.central

    def trigger(message, evse=None):
        return central.ask("trigger", message, evse)

    assert trigger("BootNotification") == "Rejected", "it was accepted already (errata 3.35; 2.1 part 2, F06.FR.17)"
    since = central.mark()
    assert trigger("Heartbeat", 9) == "Accepted", "a connector says nothing here"
    central.expect("heartbeat", since)
    since = central.mark()
    assert trigger("StatusNotification", 2) == "Accepted"
    central.status(2, "Available", since)
    assert central.count("status", since, evse=1) == 0
    since = central.mark()
    assert trigger("StatusNotification") == "Accepted"
    for line in central.words.lines_of_status:
        central.status(line, "Available", since)
    since = central.mark()
    assert trigger("MeterValues", 1) == "Accepted"
    values = central.expect("values", since, evse=1)
    assert values.registers() == [bench.station.meter_wh(1)], values
    assert {sample.get("context") for sample in values.samples} == {"Trigger"}, values
    assert values.transaction is None, values
    assert trigger("FirmwareStatusNotification") == "NotImplemented"
    assert trigger("StatusNotification", 9) == "Rejected"


def small_calls(bench):
    """Vendor messages and the cache that the station does not have"""
    answer = bench.central.call("DataTransfer", {"vendorId": "org.example", "messageId": "x", "data": "größer"})
    assert answer == {"status": "UnknownVendorId"}, answer
    assert bench.central.call("ClearCache") == {"status": "Rejected"}


def unsupported_calls(bench):
    """What the station does not serve it refuses with NotSupported"""
    for action, payload in bench.central.words.calls_not_served().items():
        code = bench.central.refused(action, payload)
        assert code == "NotSupported", f"{action}: {code}"
        bench.refused(action, code)


def resets(bench):
    """Reset: gently when idle, at once in a session, which is closed first"""
    central = bench.central
    since = central.mark()
    assert central.ask("reset", at_once=False) == "Accepted"
    central.expect("boot", since)
    bench.accepted()
    for line in central.words.lines_of_status:
        central.status(line, "Available", since)
    start = bench.begin_session(1)
    since = central.mark()
    assert central.ask("reset", at_once=True) == "Accepted"
    stop = central.ended(since, start)
    assert stop.reason == central.words.reason_of_reset, stop
    assert stop.wh >= start.wh
    central.expect("boot", since)
    bench.accepted()
    bench.drained()
    assert central.count("end", since) == 1
    assert central.count("start", since) == 0, "the car charges without anybody asking"
    bench.vacate(1)
    assert bench.station.meter_wh(1) == stop.wh, "energy outside of a session"
