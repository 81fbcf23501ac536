"""Every message to and from the central system."""
import threading
from urllib.parse import quote

from ocpp.v16 import enums

from actions import FROM_CSMS, FROM_STATION
from csms_bench import now
from peers import NO_ANSWER, Refusal
from programs import poll
from words import moment


def booting(bench):
    """A station boots, beats and reports its connectors; the API shows it"""
    station = bench.register("boot")
    bench.connect(station)
    assert bench.peer.connected[station]["protocol"] == "ocpp1.6"
    answer = bench.peer.call(station, "BootNotification", {
        "chargePointVendor": "Peer & Söhne", "chargePointModel": "Interop", "chargePointSerialNumber": "S-1",
        "firmwareVersion": "9.9", "iccid": "89", "imsi": "26", "meterType": "M", "meterSerialNumber": "MS"})
    assert answer["status"] == "Accepted" and answer["interval"] == 123, answer
    skew = abs((moment(answer["currentTime"]) - moment(now())).total_seconds())
    assert skew < 5, f"currentTime is {skew} s off"
    answer = bench.peer.call(station, "Heartbeat", {})
    assert abs((moment(answer["currentTime"]) - moment(now())).total_seconds()) < 5
    for connector, status, error in ((0, "Available", "NoError"), (1, "Preparing", "NoError"),
                                     (2, "Faulted", "GroundFailure")):
        bench.peer.call(station, "StatusNotification", {
            "connectorId": connector, "status": status, "errorCode": error, "timestamp": now(),
            "info": "info", "vendorId": "peer", "vendorErrorCode": "E1"})
    shown = bench.csms.get(f"/stations/{station}")
    assert shown["vendor"] == "Peer & Söhne" and shown["serial_number"] == "S-1", shown
    assert shown["firmware_version"] == "9.9" and shown["connected"] and shown["version"] == "1.6", shown
    connectors = {c["evse_id"]: (c["status"], c["error"]) for c in shown["connectors"]}
    assert connectors[1] == ("Preparing", "NoError") and connectors[2] == (
        "Faulted", "GroundFailure"), connectors


def odd_identity(bench):
    """An identity with blanks, slashes and umlauts"""
    station = bench.boot("Säule 1/Süd %41")
    shown = bench.csms.get(f"/stations/{quote(station, safe='')}")
    assert shown["id"] == station and shown["connected"], shown
    assert bench.csms.call(station, "ClearCache", {}) == (200, {"result": {"status": "Accepted"}})


def every_value(bench):
    """Every value that OCPP 1.6 names for status, error, reason and meter value is understood"""
    station = bench.boot("values")
    call = bench.peer.call
    for status in enums.ChargePointStatus:
        for error in (enums.ChargePointErrorCode if status == "Faulted" else ["NoError"]):
            call(station, "StatusNotification", {"connectorId": 1, "status": status, "errorCode": error})
            shown = bench.csms.get(f"/stations/{station}")["connectors"][0]
            assert (shown["status"], shown["error"]) == (status, error), shown
    for number, reason in enumerate(enums.Reason):
        started, _ = bench.start_transaction(station, connectorId=2, meterStart=number)
        call(station, "StopTransaction", {"transactionId": started["transactionId"], "meterStop": number + 1,
                                          "timestamp": now(), "reason": reason})
        newest = bench.csms.sessions(station)[0]
        assert newest["stop_reason"] == reason and newest["energy_wh"] == 1, (reason, newest)
    started, _ = bench.start_transaction(station, connectorId=3)
    samples = [{"value": "1", "measurand": measurand} for measurand in enums.Measurand]
    samples += [{"value": "2", "measurand": "Voltage", "phase": phase} for phase in enums.Phase]
    samples += [{"value": "3", "measurand": "Temperature", "location": place} for place in enums.Location]
    samples += [{"value": "4", "measurand": "Frequency", "context": context}
        for context in enums.ReadingContext]
    # "Celcius" is how the standard's own schema spells it (errata 3.1).
    samples += [{"value": "5", "measurand": "SoC", "unit": unit} for unit in
                ("Wh", "kWh", "varh", "kvarh", "W", "kW", "VA", "kVA", "var", "kvar", "A", "V", "K",
                 "Celcius", "Celsius", "Fahrenheit", "Percent")]
    samples += [{"value": "c2lnbmVk", "format": "SignedData", "measurand": "Energy.Active.Import.Register"}]
    call(station, "MeterValues", {
        "connectorId": 3, "transactionId": started["transactionId"],
        "meterValue": [{"timestamp": now(), "sampledValue": [sample]} for sample in samples]})
    curves = bench.csms.get(f"/sessions/{bench.csms.sessions(station)[0]['id']}/meter-values")
    assert {curve["measurand"] for curve in curves["series"]} == set(enums.Measurand), curves
    assert {c["phase"] for c in curves["series"] if c["measurand"] == "Voltage"} == {"", *enums.Phase}, curves
    assert [signed["data"] for signed in curves["signed"]] == ["c2lnbmVk"], curves["signed"]


def notifications(bench):
    """Every other call of a station is answered and kept in its log"""
    station = bench.boot("notify")
    bench.answers[station, "GetConfiguration"] = {"configurationKey": []}
    answers = {action: bench.peer.call(station, action, FROM_STATION[action][0]) for action in (
        "DataTransfer", "DiagnosticsStatusNotification", "FirmwareStatusNotification",
        "LogStatusNotification", "SecurityEventNotification", "SignCertificate",
        "SignedFirmwareStatusNotification")}
    assert answers["DataTransfer"] == {"status": "UnknownVendorId"}, answers
    assert answers["SignCertificate"] == {"status": "Rejected"}, answers
    events = bench.csms.get(f"/stations/{station}/events")["items"]
    details = {event["kind"]: event["detail"] for event in events}
    assert "SettingSystemTime" in details["security"] and "by hand" in details["security"], details
    assert "Uploaded" in details["log_status"] and "7" in details["log_status"], details
    assert {"boot", "firmware_status", "diagnostics_status", "sign_certificate"} <= set(details), details


def every_call(bench):
    """Every call of the central system reaches the station, and the API returns the station's own answer"""
    station = bench.boot("calls")
    for action, (payload, answer) in FROM_CSMS.items():
        since = bench.peer.mark()
        outcome = bench.csms.call(station, action, payload)
        assert outcome == (200, {"result": answer}), f"{action}: {outcome}"
        received = bench.peer.expect(action, since).payload
        assert received == payload, f"{action}: sent {payload}, arrived {received}"


def failing_calls(bench):
    """Calls that a station refuses, does not answer, or cannot get"""
    station = bench.boot("failing")
    bench.answers[station, "Reset"] = Refusal("InternalError", "jammed")
    status, answer = bench.csms.call(station, "Reset", {"type": "Hard"})
    assert status == 200 and answer["error"]["code"] == "InternalError", answer
    assert answer["error"]["description"] == "jammed", answer
    bench.answers[station, "ClearCache"] = NO_ANSWER
    status, answer = bench.csms.call(station, "ClearCache", {}, timeout_s=1)
    assert status == 504 and answer["error"]["code"] == "no_answer", answer
    bench.peer.gave_up(station)
    del bench.answers[station, "ClearCache"]
    assert bench.csms.call(station, "ClearCache", {}) == (200, {"result": {"status": "Accepted"}})
    # The answer that comes too late is nobody's.
    bench.peer.answer_late({"status": "Rejected"})
    bench.peer.call(station, "Heartbeat", {})
    assert bench.csms.call(station, "ClearCache", {}) == (200, {"result": {"status": "Accepted"}})
    for action in ("Teleport", "Heartbeat"):
        status, answer = bench.csms.call(station, action, {})
        assert status == 400 and answer["error"]["code"] == "invalid", f"{action}: {status} {answer}"
    bench.peer.close(station)
    poll("the end of the connection", lambda: not bench.csms.get(f"/stations/{station}")["connected"])
    status, answer = bench.csms.call(station, "ClearCache", {})
    assert status == 409 and answer["error"]["code"] == "not_connected", (status, answer)
    status, answer = bench.csms.call("nobody", "ClearCache", {})
    assert status == 404 and answer["error"]["code"] == "not_found", (status, answer)


def both_directions(bench):
    """Calls in both directions at once do not wait for each other"""
    station = bench.boot("both")
    bench.answers[station, "GetConfiguration"] = NO_ANSWER
    since = bench.peer.mark()
    outcome = []
    thread = threading.Thread(target=lambda: outcome.append(
        bench.csms.call(station, "GetConfiguration", {}, timeout_s=120)))
    thread.start()
    bench.peer.expect("GetConfiguration", since)
    for _ in range(5):
        bench.peer.call(station, "Heartbeat", {})
    assert not outcome, "answered by nobody"
    answer = FROM_CSMS["GetConfiguration"][1]
    bench.peer.answer_late(answer)
    thread.join(60)
    assert outcome == [(200, {"result": answer})], outcome
