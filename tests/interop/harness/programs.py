"""Our programs as processes, and HTTP to them."""
import http.client
import json
import pathlib
import re
import signal
import socket
import subprocess
import time
from urllib.parse import quote


def free_port():
    """Free a moment ago: only for those who must know a port before a program has chosen it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def poll(what, condition, timeout=60):
    deadline = time.monotonic() + timeout
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {timeout} s")
        time.sleep(0.02)
    return found


def http_request(port, method, path, body=None, headers=None, timeout=120):
    """Returns status, parsed body, headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        text = None if body is None else json.dumps(body)
        sent = dict(headers or {})
        if text is not None:
            sent["Content-Type"] = "application/json"
        connection.request(method, path, text, sent)
        response = connection.getresponse()
        answer = response.read().decode()
        try:
            parsed = json.loads(answer) if answer else None
        except ValueError:
            parsed = answer
        return response.status, parsed, response.headers
    finally:
        connection.close()


class Program:
    all = []
    prefix = ()     # a command that runs the program

    def __init__(self, path, folder):
        Program.all.append(self)
        self.path = path
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = None
        self._log_began = 0  # of what the process that runs has written

    def _start(self, *arguments):
        with open(self.folder / "log.txt", "a", encoding="utf-8") as log:
            log.write(f"---- {self.path} {' '.join(arguments)}\n")
            log.flush()
            self._log_began = log.tell()
            self.process = subprocess.Popen([*self.prefix, str(self.path), *arguments], stdout=log, stderr=log,
                                            cwd=self.folder, stdin=subprocess.DEVNULL)

    def announced_port(self, pattern):
        """A program chooses its ports itself, anew at every start, so that nobody takes them before it does."""
        def told():
            self.check_running()
            with open(self.folder / "log.txt", encoding="utf-8", errors="replace") as log:
                log.seek(self._log_began)
                return re.search(pattern, log.read())
        return int(poll(f"start of {self.path.name}", told)[1])

    def kill(self):
        """As a power cut."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def stop(self):
        """In order; a program that does not end is killed, and that is a failure."""
        if not self.process or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.path.name} does not end on SIGTERM") from None
        if code != 0:
            raise AssertionError(f"{self.path.name} ended with {code} on SIGTERM")

    def check_running(self):
        if self.process.poll() is not None:
            tail = (self.folder / "log.txt").read_text(encoding="utf-8")[-1500:]
            raise AssertionError(f"{self.path.name} ended with {self.process.returncode}:\n{tail}")


class Csms(Program):
    PASSWORD = "interop password"

    def __init__(self, binaries, folder, ports=(0, 0)):
        """ports: 0 for a new one at every start, chosen by the program."""
        super().__init__(binaries / "ladestrom-csms", folder)
        self._asked_ports = ports
        self.ocpp_port, self.http_port = ports
        self._key = None
        (self.folder / "admin.txt").write_text(self.PASSWORD + "\n")

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.ocpp_port}/ocpp"

    def start(self, *arguments):
        self._start("--ocpp-port", str(self._asked_ports[0]), "--http-port", str(self._asked_ports[1]),
                    "--state-directory", str(self.folder / "state"), "--heartbeat-interval", "123",
                    "--boot-retry-interval", "7", "--admin-password-file", str(self.folder / "admin.txt"),
                    *arguments)

        self.ocpp_port = self.announced_port(r" ws://127\.0\.0\.1:(\d+)/")
        self.http_port = self.announced_port(r" http://127\.0\.0\.1:(\d+)/")
        status, answer, _ = http_request(self.http_port, "GET", "/api/v1/health")
        assert status == 200, f"health: {status} {answer}"
        if self._key is None:
            self._key = self._make_key()
        return self

    def _make_key(self):
        asked = {"X-Requested-With": "ladestrom"}
        status, answer, headers = http_request(self.http_port, "POST", "/api/v1/login",
                                               {"user": "admin", "password": self.PASSWORD}, asked)
        assert status == 200, f"login: {status} {answer}"
        cookie = headers["Set-Cookie"].split(";")[0]
        status, answer, _ = http_request(self.http_port, "POST", "/api/v1/api-keys",
                                         {"name": "interop", "scope": "admin"}, {**asked, "Cookie": cookie})
        assert status == 201, f"making a key: {status} {answer}"
        return answer["key"]

    def request(self, method, path, body=None):
        status, answer, _ = http_request(self.http_port, method, "/api/v1" + path, body,
                                         {"Authorization": f"Bearer {self._key}"})
        return status, answer

    def get(self, path):
        status, answer = self.request("GET", path)
        assert status == 200, f"GET {path}: {status} {answer}"
        return answer

    def put(self, path, body):
        status, answer = self.request("PUT", path, body)
        assert status == 200, f"PUT {path}: {status} {answer}"
        return answer

    def call(self, station, action, payload, timeout_s=60):
        """The station's own answer, or what the API says: status and body."""
        return self.request("POST", f"/stations/{quote(station, safe='')}/calls",
                            {"action": action, "payload": payload, "timeout_s": timeout_s})

    def sessions(self, station):
        return self.get(f"/sessions?station={quote(station, safe='')}")["items"]


class Station(Program):
    def __init__(self, binaries, folder, identity, server_port, password, version="1.6"):
        super().__init__(binaries / "ladestrom-station", folder)
        self.identity = identity
        self.control_port = None
        (self.folder / "password.txt").write_text(password + "\n")
        (self.folder / "station.toml").write_text(f"""
url = "ws://127.0.0.1:{server_port}/ocpp/{identity}"
basic_password_file = "password.txt"
versions = ["{version}"]
vendor = "Ladestrom"
model = "Interop"
serial_number = "2026-0001"
firmware_version = "1.2.3"
state_directory = "state"
[control]
port = 0
backend_grace = 30
[[evse]]
max_current = 32
phases = 3
has_lock = true
meter_start = 120500
[[evse]]
max_current = 16
phases = 1
has_lock = false
reports_soc = true
[keys]
MeterValueSampleInterval = 1
ConnectionTimeOut = 60
WebSocketPingInterval = 10
AllowOfflineTxForUnknownId = true
""")

    def start(self, *arguments):
        self._start("--config", "station.toml", *arguments)

        self.control_port = self.announced_port(r"control port http://127\.0\.0\.1:(\d+)\n")
        return self

    def control(self, method, path, body=None):
        status, answer, _ = http_request(self.control_port, method, path, body)
        assert status == 200, f"{method} {path}: {status} {answer}"
        return answer

    def state(self):
        return self.control("GET", "/state")

    def engine(self):
        return self.state()["engine"] or {}

    def evse(self, number):
        return (self.engine().get("evses") or [{}] * number)[number - 1]

    def meter_wh(self, number):
        """Of the hardware itself."""
        return self.state()["hardware"]["evses"][number - 1]["meter"]["import_wh"]
