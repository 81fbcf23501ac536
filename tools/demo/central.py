"""The central system of the demo, and what the demo asks of it over its REST API."""

import json
import re
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import people
from processes import Failed, reachable


class Central:
    def __init__(self, processes, options):
        self.processes = processes
        self.log = processes.log("csms")
        self.program = options.bin / "ladestrom-csms"
        self.settings = ["--state-directory", options.state / "csms"]
        self.host = reachable(options.listen)
        self.station_host = "<this machine>" if options.listen in ("0.0.0.0", "::") else self.host
        self.api = f"http://{self.host}:{options.http_port}/api/v1"
        self.key = self.api_key(options.state / "api-key")
        self.since = self.log.stat().st_size if self.log.exists() else 0
        processes.start("csms", [self.program, *self.settings, "--admin-link", "--ocpp-address", options.listen,
                                 "--ocpp-port", options.port, "--http-address", options.listen, "--http-port",
                                 options.http_port])
        self.wait()
        for card, note in people.CARDS.items():
            self.ask("PUT", f"/tokens/{card}", {"type": "ISO14443", "note": note, "concurrent_allowed": True})

    def api_key(self, path) -> str:
        """Made at the first run, kept beside the database it opens."""
        if not path.exists():
            made = subprocess.run([str(word) for word in [self.program, *self.settings, "api-key", "create", "demo",
                                                          "admin"]], capture_output=True, text=True, check=False)
            if made.returncode != 0:
                raise Failed(made.stderr.strip())
            path.touch(mode=0o600)
            path.write_text(made.stdout.split()[-1])
        return path.read_text()

    def wait(self):
        for _ in range(200):
            self.processes.check()
            try:
                with urllib.request.urlopen(f"{self.api}/health", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise Failed(f"the central system does not answer; see {self.log}")

    def ask(self, method: str, path: str, body: dict):
        request = urllib.request.Request(self.api + path, data=json.dumps(body).encode(), method=method, headers={
            "Authorization": f"Bearer {self.key}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            raise Failed(f"{method} {path}: {refused.read().decode(errors='replace')}") from refused
        except OSError as error:
            time.sleep(0.5)
            self.processes.check()  # its last words say more
            raise Failed(f"the central system does not answer ({error}); see {self.log}") from error

    def register_station(self, identity: str, name: str, password: str):
        self.ask("PUT", f"/stations/{urllib.parse.quote(identity, safe='')}",
                 {"admission": "accepted", "name": name, "password": password, "security_profile": 1})

    def login_link(self) -> str:
        found = re.findall(r"http\S+/login\?code=\S+", self.log.read_bytes()[self.since:].decode(errors="replace"))
        if not found:
            raise Failed(f"the central system printed no link; see {self.log}")
        return found[-1]
