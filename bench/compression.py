"""What compression saves and costs: stations of OCPP 2.0.1 that ask for it, and the same ones that do not."""

import datetime
import json
import socket
import time
import uuid
import zlib

from harness import Csms, Failure
from rows import Row

STATIONS, MESSAGES, IDLE = 20, 20_000, 2000
COMPRESSED_MIN = 128        # as ladestrom-station does


class Wire:
    """One station. Bytes are counted as they travel in frames."""

    def __init__(self, port, identity, compressed):
        self.bytes = self.last = 0
        self.waiting = b""
        self.deflate = zlib.compressobj(6, zlib.DEFLATED, -11, 3) if compressed else None
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" if compressed else ""
        self.socket.sendall(
            f"GET /{identity} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Sec-WebSocket-Protocol: ocpp2.0.1\r\n{offer}\r\n".encode())
        while b"\r\n\r\n" not in self.waiting:
            self._more()
        head, self.waiting = self.waiting.split(b"\r\n\r\n", 1)
        if not head.startswith(b"HTTP/1.1 101") or compressed != (b"permessage-deflate" in head):
            raise Failure(f"{identity}: {head}")

    def _more(self):
        chunk = self.socket.recv(65536)
        if not chunk:
            raise Failure("the server closed a connection")
        self.waiting += chunk

    def send(self, text):
        payload, first = text.encode(), 0x81
        if self.deflate and len(payload) >= COMPRESSED_MIN:
            payload, first = (self.deflate.compress(payload) + self.deflate.flush(zlib.Z_SYNC_FLUSH))[:-4], 0xC1
        size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
        frame = bytes([first]) + size + b"\0\0\0\0" + payload
        self.bytes += len(frame)
        self.socket.sendall(frame)

    def _frame(self):
        while len(self.waiting) < 4:
            self._more()
        size, head = self.waiting[1], 2
        if size == 126:
            size, head = int.from_bytes(self.waiting[2:4], "big"), 4
        while len(self.waiting) < head + size:
            self._more()
        first, payload = self.waiting[0], self.waiting[head:head + size]
        self.waiting = self.waiting[head + size:]
        if first & 0x40:
            payload = zlib.decompressobj(-11).decompress(payload + b"\0\0\xff\xff")
        return head + size, payload

    def answered(self):
        """The next answer; calls of the server are turned down, and count for nothing."""
        while True:
            size, payload = self._frame()
            if payload.startswith(b"[3,"):
                self.bytes += size
                return
            if payload.startswith(b"[2,"):
                counted = self.bytes
                self.send(json.dumps([4, json.loads(payload)[1], "NotSupported", "", {}]))
                self.bytes = counted
            elif payload.startswith(b"[4,"):
                raise Failure(payload.decode())

    def call(self, action, payload):
        self.send(json.dumps([2, str(uuid.uuid4()), action, payload], separators=(",", ":")))


def heartbeat(_number):
    return {}


def transaction_event(number):
    """Of a transaction under way: energy, and power of three phases."""
    now = (datetime.datetime(2026, 1, 1) + datetime.timedelta(milliseconds=number)).isoformat() + "Z"
    samples = [{"value": 1000.5 + number, "context": "Sample.Periodic", "measurand": "Energy.Active.Import.Register",
                "location": "Outlet", "unitOfMeasure": {"unit": "Wh"}}]
    samples += [{"value": 3600.0 + number * 7 % 97, "context": "Sample.Periodic", "measurand": "Power.Active.Import",
                 "phase": phase, "location": "Outlet", "unitOfMeasure": {"unit": "W"}} for phase in ("L1", "L2", "L3")]
    return {"eventType": "Updated", "timestamp": now, "triggerReason": "MeterValuePeriodic", "seqNo": number + 1,
            "transactionInfo": {"transactionId": "0b7c1e0e-6a8c-4a7b-9b1e-2f7d8d0f4d11", "chargingState": "Charging"},
            "evse": {"id": 1, "connectorId": 1}, "meterValue": [{"timestamp": now, "sampledValue": samples}]}


def boot(wire):
    wire.call("BootNotification", {"reason": "PowerUp", "chargingStation": {
        "vendorName": "Ladestrom", "model": "Bench", "firmwareVersion": "1.0"}})
    wire.answered()
    wire.call("Heartbeat", {})
    wire.answered()


def measured(bench, action, payload, compressed):
    """Bytes on the wire, both ways, and processor time in microseconds: of one message with its answer."""
    with Csms(bench) as csms:
        wires = [Wire(csms.port, f"STATION{number}", compressed) for number in range(STATIONS)]
        for wire in wires:
            boot(wire)
            wire.bytes = 0
        used = csms.cpu_seconds()
        for number in range(MESSAGES // STATIONS):
            for wire in wires:
                wire.call(action, payload(number))
            for wire in wires:
                wire.answered()
        used = csms.cpu_seconds() - used
        return sum(wire.bytes for wire in wires) / MESSAGES, used / MESSAGES * 1e6


def idle_kib(bench, compressed):
    with Csms(bench) as csms:
        fill = Wire(csms.port, "FILL", False)
        boot(fill)
        for _ in range(20_000):     # the ring of recent messages
            fill.call("Heartbeat", {})
            fill.answered()
        before = csms.resident()
        wires = [Wire(csms.port, f"STATION{number}", compressed) for number in range(IDLE)]
        for wire in wires:
            boot(wire)
        time.sleep(1)
        return (csms.resident() - before) / len(wires) / 1024


def compression(bench):
    for action, payload in (("Heartbeat", heartbeat), ("TransactionEvent", transaction_event)):
        (plain, plain_us), (compressed, compressed_us) = (measured(bench, action, payload, ask) for ask in (False, True))
        yield Row(f"compressed {action}: on the wire", "bytes", compressed, plain, "not compressed",
                  detail="with its answer, frames of WebSocket")
        yield Row(f"compressed {action}: CPU", "us/message", compressed_us, plain_us, "not compressed")
    yield Row("memory of an idle connection, compressed", "KiB", idle_kib(bench, True), idle_kib(bench, False),
              "not compressed", detail=f"{IDLE:,} connections, after boot and a heartbeat")
