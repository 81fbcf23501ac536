"""The central system under attack, a station that must not notice, and raw sockets."""
import base64
import json
import multiprocessing
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import threading
import time
import zlib
from urllib.parse import quote

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "interop" / "harness"))

from programs import Csms, Program, Station, free_port, http_request, poll  # noqa: E402,F401
from websockets.sync.client import connect as websocket_connect  # noqa: E402

PASSWORD = "0123456789abcdef"
BOOT = {"chargePointVendor": "Peer", "chargePointModel": "Attack"}
BOOT_2 = {"reason": "PowerUp", "chargingStation": {"vendorName": "Peer", "model": "Attack"}}
MESSAGE_BYTES_MAX = 256 * 1024


def basic(user, password=PASSWORD):
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def upgrade(target, *headers, credentials=None, protocols="ocpp1.6"):
    """The bytes of a WebSocket upgrade."""
    lines = [f"GET {target} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
             "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *headers]
    if protocols:
        lines.append(f"Sec-WebSocket-Protocol: {protocols}")
    if credentials:
        lines.append(f"Authorization: Basic {credentials}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def frame(payload, opcode=1, last=True):
    """A client's frame, masked with zeros."""
    head = bytes([(0x80 if last else 0) | opcode])
    if len(payload) < 126:
        head += bytes([0x80 | len(payload)])
    elif len(payload) < 65536:
        head += b"\xfe" + len(payload).to_bytes(2, "big")
    else:
        head += b"\xff" + len(payload).to_bytes(8, "big")
    return head + b"\0\0\0\0" + payload


def deflated(text):
    """A payload of permessage-deflate: without the end of its last, empty block."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -11)
    return (deflate.compress(text) + deflate.flush(zlib.Z_SYNC_FLUSH))[:-4]


def read_until_end(wire, bytes_max=1 << 20):
    data = b""
    try:
        while len(data) < bytes_max and (chunk := wire.recv(65536)):
            data += chunk
    except (ConnectionResetError, BrokenPipeError):
        pass
    return data


def close_code(data):
    """Of the close frame that ends what a server sent; 0: none."""
    at = data.rfind(b"\x88")
    return int.from_bytes(data[at + 2:at + 4], "big") if at >= 0 and len(data) >= at + 4 else 0


def read_exactly(wire, size):
    data = b""
    while len(data) < size:
        chunk = wire.recv(size - len(data))
        assert chunk, "the connection ended"
        data += chunk
    return data


def read_text(wire):
    """The server's next text frame; pings are passed over."""
    while True:
        first, size = read_exactly(wire, 2)
        if size == 126:
            size = int.from_bytes(read_exactly(wire, 2), "big")
        payload = read_exactly(wire, size)
        if first == 0x81:
            return payload.decode()
        assert first == 0x89, f"a frame of kind {first:#x}: {payload!r}"


def reset(wire):
    """Closes without goodbye: the peer gets an RST."""
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    wire.close()


class Process:
    """What the system says of a process."""

    def __init__(self, pid):
        self.pid = pid

    def rss_mib(self):
        for line in open(f"/proc/{self.pid}/status", encoding="ascii"):
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise AssertionError("the process is gone")

    def processor_s(self):
        """Of all its threads, from the start."""
        fields = open(f"/proc/{self.pid}/stat", encoding="ascii").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def files(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))


class Target(Csms):
    """A central system with the listeners, stations and tokens that the attacks need."""

    def __init__(self, binaries, folder, certificates=None):
        super().__init__(binaries, folder)
        self.tls_port = free_port()
        self.certificates = certificates

    def begin(self):
        more = []
        if self.certificates:
            more = ["--ocpp-tls", "--ocpp-tls-port", str(self.tls_port),
                    "--ocpp-tls-certificates", str(self.certificates.chain),
                    "--ocpp-tls-keys", str(self.certificates.key)]
        self.start(*more)
        self.system = Process(self.process.pid)
        for token in ("GOOD", "FAMILY"):
            self.put(f"/tokens/{token}", {"status": "Accepted", "concurrent_allowed": True})
        return self

    def register(self, station, **change):
        self.put(f"/stations/{quote(station, safe='')}",
                 {"admission": "accepted", "password": PASSWORD, "security_profile": 1, **change})
        return station

    def register_many(self, stations, threads=8):
        def work(some):
            for station in some:
                self.register(station)
        workers = [threading.Thread(target=work, args=(stations[n::threads],)) for n in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def counter(self, name):
        return sum(part.get(name, 0) for part in self.get("/counters").values())

    def raw(self, data, source="127.0.0.1", timeout=15, port=None, buffer=None):
        """buffer: so many bytes wait at most on this side."""
        wire = socket.socket()
        if buffer:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        wire.settimeout(timeout)
        wire.bind((source, 0))
        wire.connect(("127.0.0.1", port or self.ocpp_port))
        if data:
            wire.sendall(data)
        return wire

    def answer(self, data, source="127.0.0.1", port=None):
        """What the station's port answers, to the end of the connection."""
        with self.raw(data, source, port=port) as wire:
            return read_until_end(wire)

    def status(self, data, source="127.0.0.1", port=None):
        head = self.answer_head(data, source, port)
        return int(head.split()[1]) if head.startswith(b"HTTP/1.1 ") else 0

    def answer_head(self, data, source="127.0.0.1", port=None):
        with self.raw(data, source, port=port) as wire:
            head = b""
            try:
                while b"\r\n\r\n" not in head and (chunk := wire.recv(4096)):
                    head += chunk
            except ConnectionResetError:
                pass
            return head

    def opened(self, station, source="127.0.0.1", boot=True, buffer=None, compressed=False):
        """A raw socket, upgraded, for frames that no library would send. compressed: OCPP 2.0.1, which has
        permessage-deflate."""
        protocols = "ocpp2.0.1" if compressed else "ocpp1.6"
        offer = ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"] if compressed else []
        wire = self.raw(upgrade(f"/ocpp/{quote(station, safe='')}", *offer, credentials=basic(station),
                                protocols=protocols), source, buffer=buffer)
        head = b""
        while b"\r\n\r\n" not in head:
            chunk = wire.recv(1)
            assert chunk, f"{station} was refused: {head!r}"
            head += chunk
        assert head.startswith(b"HTTP/1.1 101"), head
        assert (b"permessage-deflate" in head) == compressed, head
        if boot:
            wire.sendall(frame(json.dumps([2, "boot", "BootNotification", BOOT_2 if compressed else BOOT]).encode()))
            assert "Accepted" in read_text(wire)
        return wire

    def log_bytes(self):
        return (self.folder / "log.txt").stat().st_size


class Wire:
    """A well-formed station, through a library."""

    def __init__(self, port, station, source="127.0.0.1", boot=True):
        self.station = station
        self._last = 0
        self.socket = websocket_connect(
            f"ws://127.0.0.1:{port}/ocpp/{quote(station, safe='')}", subprotocols=["ocpp1.6"],
            additional_headers={"Authorization": f"Basic {basic(station)}"}, open_timeout=20,
            source_address=(source, 0), compression=None, max_size=None, ping_interval=None, proxy=None)
        if boot:
            assert self.call("BootNotification", BOOT)[2]["status"] == "Accepted"

    def call(self, action, payload, timeout=20):
        """The answer: a CALLRESULT or a CALLERROR. Calls of the other side are accepted on the way."""
        self._last += 1
        unique_id = f"{self.station}-{self._last}"
        self.socket.send(json.dumps([2, unique_id, action, payload]))
        return self.answer(unique_id, timeout)

    def answer(self, unique_id, timeout=20):
        while True:
            message = json.loads(self.socket.recv(timeout))
            if message[0] == 2:
                self.socket.send(json.dumps([3, message[1], {"status": "Accepted"}]))
            elif message[1] == unique_id:
                return message

    def close(self):
        self.socket.close()


class Witness:
    """A station that goes on with its heartbeats while others attack, and times each of them. A process of its
    own, so that it does not wait for the attackers' interpreter."""

    def __init__(self, target, station):
        self._pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=_witness, args=(target.ocpp_port, station, theirs),
                                                daemon=True)
        self._process.start()

    def begin(self):
        self._pipe.send("begin")

    def worst(self):
        """p99 in milliseconds since begin()."""
        self._pipe.send("tell")
        assert self._pipe.poll(40), "the witness gets no answer any more"
        times = self._pipe.recv()
        assert isinstance(times, list), f"the witness lost its connection: {times}"
        assert times, "the witness got no answer at all"
        return 1000 * sorted(times)[min(len(times) - 1, int(len(times) * 0.99))]

    def stop(self):
        self._pipe.send("end")
        self._process.join(30)


def _witness(port, station, pipe):
    failure, times = None, []
    try:
        wire = Wire(port, station)
    except Exception as error:
        failure = repr(error)
    asked = ""
    while True:
        if failure is None:
            began = time.monotonic()
            try:
                assert wire.call("Heartbeat", {}, timeout=30)[0] == 3
            except Exception as error:
                failure = repr(error)
            times.append(time.monotonic() - began)
        # One heartbeat at least between two questions: an attack may be over at once.
        if asked == "tell":
            pipe.send(failure or times)
            times = []
        asked = pipe.recv() if pipe.poll(0.02) else ""
        if asked == "begin":
            times = []
        elif asked == "end":
            return


def median_ms(times):
    return 1000 * statistics.median(times)


class Certificates:
    """One self-signed pair for the TLS listener."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.chain, self.key = folder / "server.pem", folder / "server.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-keyout", self.key, "-out", self.chain, "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                       check=True, capture_output=True)
