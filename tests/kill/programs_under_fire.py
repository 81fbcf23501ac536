"""The central system and the stations as they are killed and started again."""
import pathlib
import sys
import threading
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop" / "harness"))
import programs  # noqa: E402  (the interop tests' programs: processes, and HTTP to them)

CARDS = [f"04A1B2C3D4E5{number:02}" for number in range(8)]
EVSES = 2


class Central(programs.Csms):
    def admit(self, stations):
        for card in CARDS:
            self.put(f"/tokens/{card}", {"type": "ISO14443", "note": "kill test", "concurrent_allowed": True})
        for station in stations:
            self.put(f"/stations/{station.identity}",
                     {"admission": "accepted", "name": station.identity, "password": station.password,
                      "security_profile": 1})

    def all_sessions(self):
        items, cursor = [], ""
        while True:
            page = self.get("/sessions?limit=200" + (f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""))
            items += page["items"]
            cursor = page.get("next") or ""
            if not cursor:
                return items


class Station(programs.Station):
    """Reads what the hardware knows, and does what people do."""

    def __init__(self, binaries, folder, identity, server_port, interrupted, seed):
        self.shown = set()  # transactions that its display has told of
        self.password = f"{identity}-password-16"
        super().__init__(binaries, folder, identity, server_port, self.password)
        text = (self.folder / "station.toml").read_text()
        (self.folder / "station.toml").write_text(
            f'interrupted_session = "{interrupted}"\nseed = {seed}\n'
            + text.replace("meter_start = 120500\n", "").replace("WebSocketPingInterval = 10", "WebSocketPingInterval = 2")
            + "TransactionMessageAttempts = 50\nTransactionMessageRetryInterval = 1\nHeartbeatInterval = 5\n")

    def ask(self, method, path, body=None):
        """Status, and the answer: none when the program dies meanwhile."""
        try:
            status, answer, _ = programs.http_request(self.control_port, method, path, body, timeout=20)
        except (OSError, ValueError, programs.http.client.HTTPException):
            return 0, None
        if status not in (200, 409):  # 409: the hardware refuses, as to a person
            raise AssertionError(f"{self.identity}: {method} {path}: {status} {answer}")
        return status, answer

    def look(self):
        """Its state; none when it cannot tell."""
        status, state = self.ask("GET", "/state")
        if status != 200 or not state["engine"]:
            return None
        sessions = [evse["session"] for evse in state["engine"]["evses"]]
        self.shown |= {str(session["transaction_id"]) for session in sessions if session and session["transaction_id"] is not None}
        return state

    def in_flight(self, path, body):
        """Sends it and does not wait: whoever comes now comes in the midst of it."""
        thread = threading.Thread(target=self.ask, args=("POST", path, body), daemon=True)
        thread.start()
        return thread

    def true_meter_microjoules(self, number):
        return sum(self.state()["hardware"]["evses"][number - 1]["energy_microjoules"])
