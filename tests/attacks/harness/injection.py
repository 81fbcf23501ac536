"""Texts that are programs elsewhere, through every string a station can send and every place they come out."""
import csv
import http.client
import io
import json
import re
import sqlite3
import threading
from urllib.parse import quote

from bench import Wire, basic, poll, upgrade

SCRIPT = "<script>alert(1)</script>"
POLYGLOT = "\"'><img src=x onerror=alert(1)>{{7*7}}${7*7}'; DROP TABLE station; --"
# At most as long as the field that carries them: 20 characters for tokens and models.
SHORT = ["<svg onload=alert(1)>", "'; DROP TABLE token;", "=1+cmd|' /C calc'!A0", "@SUM(1+9)*cmd", "+1+1", "-2+3",
         "\x1b[2J\x1b[31mX", "\u009b31mX", "a\r\nX: y", "\u202e1PC", "\u0000nul", "${jndi:ldap:x}", "\u2028x"]
# What a terminal or a line reader obeys.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info|warning|error) ")


class Events:
    """A browser's event stream."""

    def __init__(self, target):
        self.connection = http.client.HTTPConnection("127.0.0.1", target.http_port, timeout=30)
        self.connection.request("GET", "/api/v1/events", headers={"Authorization": f"Bearer {target._key}"})
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.status
        self.lines = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        try:
            while line := self.response.readline():
                self.lines.append(line)
        except (OSError, ValueError, AttributeError):
            pass


def strings_of_a_station(target, _witness):
    """Script, SQL, formulas and control characters stay text in store, REST, events, CSV and log"""
    events = Events(target)
    sent_idents = ["<svg onload=alert(1)>", "=cmd|'!A1", "'; DROP TABLE station; --"]
    for ident in sent_idents:
        target.register(ident)
    station = "inject-\u00fc"
    target.register(station)
    wire = Wire(target.ocpp_port, station, boot=False)
    taken = []
    for number, text in enumerate(SHORT):
        text = text[:20]
        boot = {"chargePointVendor": text, "chargePointModel": text, "chargeBoxSerialNumber": text,
                "chargePointSerialNumber": text, "firmwareVersion": text, "iccid": text, "imsi": text,
                "meterType": text, "meterSerialNumber": text}
        answer = wire.call("BootNotification", boot)
        assert answer[0] == 3, answer
        shown = target.get(f"/stations/{quote(station)}")
        assert text in json.dumps(shown, ensure_ascii=False) or json.dumps(text)[1:-1] in json.dumps(shown), \
            f"{text!r} did not come back: {shown}"
        at = "2026-01-01T00:00:%02dZ" % number
        wire.call("Authorize", {"idTag": text})
        started = wire.call("StartTransaction", {"connectorId": 1, "idTag": text, "meterStart": 0,
                                                 "timestamp": at})
        assert started[0] == 3, started
        taken.append(text)
        wire.call("StopTransaction", {"transactionId": started[2]["transactionId"], "meterStop": 5,
                                      "timestamp": at, "idTag": text})
        wire.call("StatusNotification", {"connectorId": 1, "errorCode": "OtherError", "status": "Faulted",
                                         "info": (text + POLYGLOT)[:50], "vendorId": text + SCRIPT,
                                         "vendorErrorCode": text, "timestamp": at})
        wire.call("DataTransfer", {"vendorId": text + SCRIPT, "messageId": text, "data": POLYGLOT * 20})
        wire.call("MeterValues", {"connectorId": 1, "meterValue": [{"timestamp": at, "sampledValue": [
            {"value": "1", "measurand": "Energy.Active.Import.Register", "unit": text}]}]})
        wire.call("SecurityEventNotification", {"type": text, "timestamp": at, "techInfo": POLYGLOT})
        wire.socket.send(json.dumps([2, text, text, {text: text}]))
        wire.socket.send(json.dumps([4, text, text, text, {text: text}]))
    # Those that are not let in leave their texts in the inbox and in the log.
    for number, text in enumerate(SHORT):
        target.status(upgrade(f"/ocpp/{quote(text, safe='')}", f"User-Agent: {SCRIPT}",
                              protocols="ocpp1.6, " + SCRIPT, credentials=basic("x")), f"127.7.0.{number + 1}")
        target.status(upgrade("/ocpp/%9b31m%ff%c0%8a"), f"127.7.1.{number + 1}")
    assert wire.call("Heartbeat", {})[0] == 3

    # REST: the same texts, as JSON, that no browser takes for a page.
    connection = http.client.HTTPConnection("127.0.0.1", target.http_port, timeout=20)
    for path in ("/stations", f"/stations/{quote(station)}", f"/stations/{quote(station)}/messages?limit=500",
                 f"/stations/{quote(station)}/events", "/sessions", "/unknown-stations", "/tokens", "/audit",
                 f"/stations/{quote(SCRIPT, safe='')}", f"/tokens/{quote(POLYGLOT, safe='')}"):
        connection.request("GET", "/api/v1" + path, headers={"Authorization": f"Bearer {target._key}"})
        response = connection.getresponse()
        body = response.read()
        json.loads(body.decode("utf-8", "strict"))
        assert response.headers["Content-Type"].startswith("application/"), (path, response.headers)
        assert response.headers["X-Content-Type-Options"] == "nosniff", (path, response.headers)
        assert response.status in (200, 404), (path, response.status)
    sessions = target.get(f"/sessions?station={quote(station)}&limit=500")["items"]
    assert sorted(session["token"] for session in sessions) == sorted(taken), sessions[:2]
    # Audit and headers: a person's text in an address.
    target.request("DELETE", "/tokens/" + quote("a\r\nSet-Cookie: x=y", safe=""))

    # CSV: as many rows as sessions, and no cell that a spreadsheet would calculate.
    connection.request("GET", "/api/v1/sessions.csv", headers={"Authorization": f"Bearer {target._key}"})
    rows = list(csv.reader(io.StringIO(connection.getresponse().read().decode("utf-8"), newline="")))
    assert len({len(row) for row in rows}) == 1, {len(row) for row in rows}
    assert sum(row[1] == station for row in rows) == len(taken)
    for row in rows:
        for cell in row:
            assert not re.match(r"[=+\-@\t\r\n|%]", cell) or re.fullmatch(r"-?\d+(\.\d+)?", cell), repr(cell)

    # Events: each line is one field of one event, its data JSON.
    poll("an event", lambda: any(b"onload" in line for line in events.lines), 10)
    for line in events.lines:
        assert re.match(rb"(event|data|id|retry)?:|\r?\n$", line), line
        if line.startswith(b"data:"):
            json.loads(line[5:].decode("utf-8", "strict"))

    # The log: whole lines, nothing that a terminal obeys.
    text = (target.folder / "log.txt").read_bytes().decode("utf-8", "strict")
    began = text.rindex("Stations connect to")
    for line in text[began:].splitlines()[5:]:
        assert not CONTROLS.search(line), repr(line)
        if line:
            assert LINE.match(line), repr(line)

    # The store stands.
    wire.close()
    with sqlite3.connect(f"file:{target.folder}/state/ladestrom.db?mode=ro", uri=True) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert len(tables) > 5, tables
    return f"{len(SHORT)} texts through 30 fields"


ATTACKS = [strings_of_a_station]
