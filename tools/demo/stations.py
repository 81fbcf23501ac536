"""The stations of the demo: five named after the documented systems, and one of OCPP 2.1, which none of those speaks yet.
How each of those systems behaves in detail is not imitated yet: they differ here in name, size, equipment and version."""

import dataclasses
import json
import secrets
import time
import urllib.error
import urllib.request

from processes import Failed, NotNow


@dataclasses.dataclass
class Model:
    identity: str
    name: str
    vendor: str
    model: str
    evses: list[dict]
    version: str = "1.6"
    keys: dict = dataclasses.field(default_factory=dict)


SOCKET_22_KW = {"max_current": 32, "phases": 3, "has_lock": True}
CABLE_11_KW = {"max_current": 16, "phases": 3, "has_lock": False, "reports_soc": True}

MODELS = [
    Model("fronius-wattpilot", "Fronius Wattpilot", "Fronius", "Wattpilot", [CABLE_11_KW]),
    Model("wallbox-pulsar-plus", "Wallbox Pulsar Plus", "Wallbox", "Pulsar Plus", [{**CABLE_11_KW, "max_current": 32}]),
    Model("loxone-connector", "Loxone OCPP Server Connector", "Loxone", "OCPP Connector", [CABLE_11_KW], "2.0.1"),
    Model("bender-cc613", "Bender CC613", "Bender", "CC613", [SOCKET_22_KW, SOCKET_22_KW]),
    Model("weidmueller-ac-smart", "Weidmüller AC SMART", "Weidmueller", "AC SMART", [SOCKET_22_KW]),
    Model("ladestrom-duo", "Ladestrom Duo", "Ladestrom", "Duo", [CABLE_11_KW, SOCKET_22_KW], "2.1"),
]

KEYS = {
    "MeterValueSampleInterval": 5,
    "MeterValuesSampledData": ["Energy.Active.Import.Register", "Power.Active.Import", "Power.Active.Import.L1",
                               "Power.Active.Import.L2", "Power.Active.Import.L3", "Current.Import.L1",
                               "Current.Import.L2", "Current.Import.L3", "SoC"],
    "MinimumStatusDuration": 0,
}


class Station:
    """A running station, driven over its control port."""

    def __init__(self, model: Model, control: str):
        self.model = model
        self.control = control

    def ask(self, method: str, path: str, body: dict | None = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.control + path, data=data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return json.load(answer)
        except urllib.error.HTTPError:
            raise
        except OSError as error:
            raise NotNow(f"{self.model.identity} does not answer: {error}") from error

    def state(self) -> dict:
        return self.ask("GET", "/state")

    def act(self, path: str, body: dict | None = None) -> bool:
        """False when the hardware refuses (a locked cable, no car there)."""
        try:
            self.ask("POST", path, body or {})
            return True
        except urllib.error.HTTPError as refused:
            if refused.code == 409:
                return False
            raise Failed(f"{self.model.identity}: {path}: {refused.read().decode(errors='replace')}") from refused


def keys_of(model: Model) -> dict:
    """Without what the model's hardware cannot tell: the station refuses it."""
    keys = KEYS | model.keys
    if not any(evse.get("reports_soc") for evse in model.evses):
        keys["MeterValuesSampledData"] = [name for name in keys["MeterValuesSampledData"] if name != "SoC"]
    return keys


def toml_value(value) -> str:
    return json.dumps(value)


def configuration(model: Model, csms: str, folder, serial: int) -> str:
    lines = [
        f"url = {toml_value(f'ws://{csms}/{model.identity}')}",
        f"versions = {toml_value([model.version])}",
        f"basic_password_file = {toml_value(str(folder / 'password.txt'))}",
        f"state_directory = {toml_value(str(folder / 'state'))}",
        f"vendor = {toml_value(model.vendor)}",
        f"model = {toml_value(model.model)}",
        f"serial_number = {toml_value(f'DEMO-{serial:04}')}",
        'firmware_version = "1.0.0"',
        "[control]", 'address = "127.0.0.1"', "port = 0",
    ]
    for evse in model.evses:
        lines.append("[[evse]]")
        lines += [f"{key} = {toml_value(value)}" for key, value in evse.items()]
    lines.append("[keys]")
    lines += [f"{key} = {toml_value(value)}" for key, value in keys_of(model).items()]
    return "\n".join(lines) + "\n"


def control_port(processes, name: str, since: int) -> str:
    """The address that the station prints when it listens."""
    for _ in range(200):
        processes.check()
        for line in processes.log(name).read_bytes()[since:].decode(errors="replace").splitlines():
            if line.startswith("control port "):
                return line.split()[2]
        time.sleep(0.05)
    raise Failed(f"{name} does not say where its control port is; see {processes.log(name)}")


def start_all(processes, options, csms) -> list[Station]:
    started = []
    for serial, model in enumerate(MODELS, 1):
        folder = (options.state / model.identity).resolve()
        folder.mkdir(exist_ok=True)
        password = folder / "password.txt"
        if not password.exists():
            password.touch(mode=0o600)
            password.write_text(secrets.token_hex(8) + "\n")
        csms.register_station(model.identity, model.name, password.read_text().strip())
        (folder / "station.toml").write_text(configuration(model, f"{csms.host}:{options.port}", folder, serial))
        log = processes.log(model.identity)
        since = log.stat().st_size if log.exists() else 0
        processes.start(model.identity, [options.bin / "ladestrom-station", "--config", folder / "station.toml"])
        started.append(Station(model, control_port(processes, model.identity, since)))
    return started
