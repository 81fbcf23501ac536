"""What only a station of OCPP 1.6 does."""


def listing(bench):
    """GetConfiguration tells every key, and no password"""
    everything = bench.central.call("GetConfiguration")
    keys = {entry["key"]: entry for entry in everything["configurationKey"]}
    assert len(keys) >= 30 and keys["NumberOfConnectors"] == {
        "key": "NumberOfConnectors", "readonly": True, "value": "2"}, everything
    assert "value" not in keys.get("AuthorizationKey", {}), "a password is shown"
    answer = bench.central.call("GetConfiguration", {"key": ["ClockAlignedDataInterval", "Nonsense"]})
    assert answer == {"configurationKey": [{"key": "ClockAlignedDataInterval", "readonly": False, "value": "0"}],
                      "unknownKey": ["Nonsense"]}, answer


def unlock(bench):
    """UnlockConnector ends the session and frees the cable; without a lock: NotSupported"""
    central = bench.central
    start = bench.begin_session(1)
    assert bench.station.evse(1)["locked"]
    since = central.mark()
    assert central.ask("unlock", 1) == "Unlocked"
    stop = central.ended(since, start)
    assert stop.reason == "UnlockCommand", stop
    assert not bench.station.evse(1)["locked"]
    bench.vacate(1)
    assert central.ask("unlock", 2) == "NotSupported"
    assert central.ask("unlock", 9) == "NotSupported"


def diagnostics(bench):
    """Messages about files are not triggered by a station that has none"""
    assert bench.central.ask("trigger", "DiagnosticsStatusNotification") == "NotImplemented"
