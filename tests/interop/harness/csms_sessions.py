"""Sessions as the central system books them."""
from csms_bench import now
from words import moment


def whole_session(bench):
    """A session from card to end, with its energy and its curve"""
    station = bench.boot("session")
    peer = bench.peer
    answer = peer.call(station, "Authorize", {"idTag": "FAMILY"})
    assert answer["idTagInfo"] == {"status": "Accepted", "parentIdTag": "GROUP"}, answer
    started, _ = bench.start_transaction(station, idTag="FAMILY", meterStart=50000)
    assert started["idTagInfo"]["status"] == "Accepted", started
    transaction = started["transactionId"]
    assert transaction > 0
    for step in range(1, 4):
        bench.meter(station, transaction, 50000 + 400 * step, at=now(step / 100))
    running = bench.only_session(station)
    assert running["state"] == "running" and running["energy_wh"] == 1200, running
    assert running["power_w"] == 7360.5 and running["transaction_id"] == str(transaction), running
    stopped = peer.call(station, "StopTransaction", {
        "transactionId": transaction, "idTag": "FAMILY", "meterStop": 51300, "timestamp": now(1),
        "reason": "Local", "transactionData": [{"timestamp": now(0.5), "sampledValue": [
            {"value": "51.3", "unit": "kWh", "context": "Transaction.End"}]}]})
    assert stopped["idTagInfo"]["status"] == "Accepted", stopped
    ended = bench.only_session(station)
    assert ended["state"] == "ended" and ended["energy_wh"] == 1300, ended
    assert (ended["meter_start_wh"], ended["meter_stop_wh"]) == (50000, 51300), ended
    assert ended["stop_reason"] == "Local" and ended["flags"] == [] and ended["billable"], ended
    series = bench.csms.get(f"/sessions/{ended['id']}/meter-values")["series"]
    curves = {curve["measurand"]: [value for _, value in curve["points"]] for curve in series}
    assert curves["Power.Active.Import"] == [7360.5] * 3, curves
    assert curves["Energy.Active.Import.Register"] == [50400, 50800, 51200, 51300], curves


def remote_session(bench):
    """Remote start and stop through the API, as the station obeys them"""
    station = bench.boot("remote")
    bench.answers[station, "RemoteStartTransaction"] = {"status": "Accepted"}
    bench.answers[station, "RemoteStopTransaction"] = {"status": "Accepted"}
    since = bench.peer.mark()
    payload = {"idTag": "GOOD", "connectorId": 2}
    assert bench.csms.call(station, "RemoteStartTransaction", payload) == (
        200, {"result": {"status": "Accepted"}})
    assert bench.peer.expect("RemoteStartTransaction", since).payload == payload
    started, _ = bench.start_transaction(station, connectorId=2)
    transaction = started["transactionId"]
    answer = bench.csms.call(station, "RemoteStopTransaction", {"transactionId": transaction})
    assert answer == (200, {"result": {"status": "Accepted"}}), answer
    assert bench.peer.expect("RemoteStopTransaction", since).payload == {"transactionId": transaction}
    bench.peer.call(station, "StopTransaction", {"transactionId": transaction, "meterStop": 1777,
                                                 "timestamp": now(), "reason": "Remote"})
    session = bench.only_session(station)
    assert session["energy_wh"] == 777 and session["stop_reason"] == "Remote", session
    assert session["evse_id"] == 2, session


def refused_cards(bench):
    """Cards that may not charge"""
    station = bench.boot("cards")
    for tag, status in (("STRANGER", "Invalid"), ("BLOCKED", "Blocked"), ("EXPIRED", "Expired"),
                        ("good", "Accepted")):
        answer = bench.peer.call(station, "Authorize", {"idTag": tag})
        assert answer["idTagInfo"]["status"] == status, f"{tag}: {answer}"
    # Energy that flowed all the same is kept, but not billed.
    started, _ = bench.start_transaction(station, idTag="BLOCKED")
    assert started["idTagInfo"]["status"] == "Blocked", started
    bench.peer.call(station, "StopTransaction", {
        "transactionId": started["transactionId"], "meterStop": 1001, "timestamp": now(),
        "reason": "DeAuthorized"})
    session = bench.only_session(station)
    assert session["flags"] == ["unauthorized"] and not session["billable"], session


def replays(bench):
    """What a station says twice counts once"""
    station = bench.boot("replay")
    first, payload = bench.start_transaction(station)
    again = bench.peer.call(station, "StartTransaction", payload)
    assert again == first, f"{first} became {again}"
    bench.peer.close(station)
    bench.connect(station)
    again = bench.peer.call(station, "StartTransaction", payload)
    assert again == first, f"after reconnecting {first} became {again}"
    stop = {"transactionId": first["transactionId"], "meterStop": 1500, "timestamp": now(), "reason": "Local"}
    for _ in range(3):
        bench.peer.call(station, "StopTransaction", stop)
    assert bench.peer.call(station, "StartTransaction", payload) == first, "after its end"
    session = bench.only_session(station)
    assert session["energy_wh"] == 500 and session["state"] == "ended", session
    other, _ = bench.start_transaction(station, meterStart=1500, timestamp=now(1))
    assert other["transactionId"] != first["transactionId"], "another session needs another number"


def queued_session(bench):
    """A session of two hours ago, delivered now, keeps its times"""
    station = bench.boot("queued")
    hours_ago = [now(-7200), now(-5400), now(-3600)]
    started, _ = bench.start_transaction(station, timestamp=hours_ago[0])
    transaction = started["transactionId"]
    bench.meter(station, transaction, 4000, at=hours_ago[1])
    bench.peer.call(station, "StopTransaction", {"transactionId": transaction, "meterStop": 9000,
                                                 "timestamp": hours_ago[2], "reason": "EVDisconnected"})
    session = bench.only_session(station)
    assert moment(session["started"]) == moment(hours_ago[0]), session
    assert moment(session["ended"]) == moment(hours_ago[2]), session
    assert session["energy_wh"] == 8000 and session["billable"], session
    series = bench.csms.get(f"/sessions/{session['id']}/meter-values")["series"]
    told = {curve["measurand"]: curve["points"][0][0] for curve in series}
    assert told["Power.Active.Import"] == int(moment(hours_ago[1]).timestamp() * 1000), told


def unknown_transaction(bench):
    """The end of a transaction that nobody knows is accepted and kept for a person"""
    station = bench.boot("orphan")
    for _ in range(2):
        bench.peer.call(station, "StopTransaction", {"transactionId": 2147483647, "idTag": "GOOD",
                                                     "meterStop": 77, "timestamp": "2026-01-01T00:00:00Z"})
    session = bench.only_session(station)
    assert session["flags"] == ["orphan_stop"] and not session["billable"], session


def central_system_killed(bench):
    """The central system dies in mid-session; nothing that it answered is lost"""
    station = bench.boot("killed")
    started, payload = bench.start_transaction(station, meterStart=2000)
    transaction = started["transactionId"]
    bench.meter(station, transaction, 2500)
    bench.csms.kill()
    bench.peer.wait("end of the connection", lambda: station not in bench.peer.connected)
    bench.csms.start()
    bench.connect(station)
    # No BootNotification: the station did not restart. Its start is repeated, as if the answer had been lost.
    assert bench.peer.call(station, "StartTransaction", payload) == started
    bench.meter(station, transaction, 2900)
    bench.peer.call(station, "StopTransaction", {"transactionId": transaction, "meterStop": 3000,
                                                 "timestamp": now(), "reason": "Local"})
    session = bench.only_session(station)
    assert session["energy_wh"] == 1000 and session["state"] == "ended" and session["billable"], session
    series = bench.csms.get(f"/sessions/{session['id']}/meter-values")["series"]
    power = next(curve for curve in series if curve["measurand"] == "Power.Active.Import")
    assert len(power["points"]) == 2, power
