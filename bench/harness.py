"""What the rows are made with: the programs under test and the reference as processes that are stopped by their
process id, and the load generator."""

import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Failure(Exception):
    pass


class Bench:
    """Where the programs are, and a scratch directory for all state."""

    def __init__(self, programs, state):
        self.programs = pathlib.Path(programs)
        self.state = pathlib.Path(state)
        for name in ("csms", "station", "bench-codec", "bench-epoll", "bench-load"):
            if not self.program(name).exists():
                raise Failure(f"{self.program(name)} is missing; build it first:\n"
                              "  tools/install bench && cmake --preset bench && cmake --build --preset bench")
        shutil.rmtree(self.state, ignore_errors=True)
        self.state.mkdir(parents=True)
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.certificate, self.key = str(self.state / "certificate.pem"), str(self.state / "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", self.key, "-out", self.certificate, "-days", "30", "-subj", "/CN=localhost"],
                       check=True, capture_output=True)

    def program(self, name):
        return self.programs / f"ladestrom-{name}"

    def close(self):
        shutil.rmtree(self.state, ignore_errors=True)

    def load(self, kind, server, stations, tls=False, **options):
        """One run of the load generator: what it measured, as a dictionary."""
        command = [self.program("bench-load"), kind, "--port", str(server.tls_port if tls else server.port),
                   "--server", str(server.pid), "--stations", str(stations)]
        if tls:
            command.append("--tls")
        for name, value in options.items():
            command += ["--" + name.replace("_", "-"), str(value)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise Failure(f"{kind} against {server.name}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def codec(self):
        command = [self.program("bench-codec"), "--benchmark_format=json", "--benchmark_min_time=0.02",
                   "--benchmark_repetitions=3",
                   "--benchmark_report_aggregates_only=true"]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
        return json.loads(done.stdout)["benchmarks"]


class Process:
    """A program in a session of its own; ends with the with-statement."""

    def __init__(self, name, command, log):
        self.name = name
        self.log = log
        self.started = time.monotonic()
        self.process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=open(log, "w"),
                                        stdin=subprocess.DEVNULL, text=True)
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def line(self):
        text = self.process.stdout.readline()
        if not text:
            raise Failure(f"{self.name} ended: {self.log.read_text()[-500:]}")
        return text.strip()

    def resident(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def written(self):
        """Bytes handed to write(), files only."""
        return int(re.search(r"wchar: (\d+)", pathlib.Path(f"/proc/{self.pid}/io").read_text())[1])


class Reference(Process):
    """The raw epoll server."""

    def __init__(self, bench, tls=False):
        command = [bench.program("bench-epoll")] + ([bench.certificate, bench.key] if tls else [])
        super().__init__("epoll", command, bench.state / "epoll.log")
        self.port = self.tls_port = int(self.line())


class Csms(Process):
    """The central system as shipped, with a store of its own that knows the stations' tokens."""

    count = 0

    def __init__(self, bench, tokens=0):
        Csms.count += 1
        self.directory = bench.state / f"csms-{Csms.count}"
        at = ["--state-directory", self.directory]
        made = subprocess.run([bench.program("csms"), "api-key", "create", "bench", "operate", *at], check=True,
                              capture_output=True, text=True)
        super().__init__("ladestrom-csms", [
            bench.program("csms"), *at, "--accept-unknown", "--ocpp-port", "0", "--http-port", "0", "--ocpp-tls",
            "--ocpp-tls-port", "0", "--ocpp-tls-certificates", bench.certificate, "--ocpp-tls-keys", bench.key,
        ], bench.state / f"csms-{Csms.count}.log")
        told = {}
        while "http" not in told:
            scheme, port = re.search(r"(\w+)://[^:]+:(\d+)/", self.line()).groups()
            told[scheme] = int(port)
        self.port, self.tls_port = told["ws"], told["wss"]
        self.http_port, self.api_key = told["http"], made.stdout.strip()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(self.put_tokens, [range(first, tokens, 8) for first in range(8)]))

    def put_tokens(self, numbers):
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port)
        for number in numbers:
            connection.request("PUT", f"/api/v1/tokens/CARD{number:05}", "{}", {
                "Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise Failure(f"PUT token: {answer.status} {text}")
        connection.close()

    def store_bytes(self):
        return sum(file.stat().st_size for file in self.directory.glob("ladestrom.db*"))


class Station(Process):
    """One charging station as shipped, with one outlet that charges without a card."""

    def __init__(self, bench, server):
        super().__init__("ladestrom-station", [
            bench.program("station"), "--url", f"ws://127.0.0.1:{server.port}/BENCH", "--control-port", "0",
            "--free-charging", "--state-directory", bench.state / "station", "--log-level", "warning",
        ], bench.state / "station.log")
        self.directory = bench.state / "station"

    def control(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.control_port, timeout=20)
        connection.request(method, path, json.dumps(body or {}), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status != 200:
            raise Failure(f"{method} {path}: {answer.status} {text}")
        return json.loads(text)

    def journal_bytes(self):
        return sum(file.stat().st_size for file in self.directory.iterdir())


def sync_rate(directory, seconds=1.0):
    """Appends of 4 KiB with a sync each, per second: what the disk gives a store that does nothing else."""
    path = pathlib.Path(directory) / "sync"
    block, count = b"\0" * 4096, 0
    with open(path, "wb", buffering=0) as file:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            file.write(block)
            os.fdatasync(file.fileno())
            count += 1
    path.unlink()
    return count / seconds
