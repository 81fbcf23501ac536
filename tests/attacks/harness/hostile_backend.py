"""A backend that wants ladestrom-station down, or something from it."""
import json
import socket
import threading
import time

from bench import Process, Station, frame, poll
from actions import FROM_CSMS, STATION_SERVES
from garbage import deviations
from websockets.sync.server import serve

PASSWORD = "station password"


class Backend:
    """Answers a station by the book, until it is told to misbehave."""

    def __init__(self):
        self.connections = []
        self.heard = []
        self.answers = {}
        self.server = serve(self._serve, "127.0.0.1", 0, subprotocols=["ocpp1.6"], compression=None,
                            max_size=None, ping_interval=None)
        self.port = self.server.socket.getsockname()[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _serve(self, wire):
        self.connections.append(wire)
        try:
            for text in wire:
                message = json.loads(text)
                self.heard.append(message)
                if message[0] == 2:
                    answer = self.answers.get(message[2], self._proper)
                    answer(wire, message)
        except Exception:
            pass

    def _proper(self, wire, message):
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        payload = {"BootNotification": {"status": "Accepted", "currentTime": now, "interval": 300},
                   "Heartbeat": {"currentTime": now},
                   "Authorize": {"idTagInfo": {"status": "Accepted"}},
                   "StartTransaction": {"transactionId": 1, "idTagInfo": {"status": "Accepted"}},
                   "StopTransaction": {}, "DataTransfer": {"status": "Accepted"}}.get(message[2], {})
        wire.send(json.dumps([3, message[1], payload]))

    def stop(self):
        self.server.shutdown()


class Victim:
    def __init__(self, binaries, folder):
        self.backend = Backend()
        self.station = Station(binaries, folder, "VICTIM", self.backend.port, PASSWORD).start()
        self.system = Process(self.station.process.pid)
        poll("the station's boot", lambda: any(message[0] == 2 and message[2] == "BootNotification"
                                               for message in self.backend.heard))

    def wait_connected(self, so_many):
        """More connections than these."""
        def there():
            self.station.check_running()
            if len(self.backend.connections) > so_many:
                return True
            # Past its pause between attempts.
            self.station.control("POST", "/clock/advance", {"seconds": 30})
            return False
        poll("the station's return", there, 30)

    def asks(self, action):
        """The station still makes a call when it is asked to."""
        since = len(self.backend.heard)
        self.backend.connections[-1].send(json.dumps(
            [2, f"trigger-{since}", "TriggerMessage", {"requestedMessage": action}]))
        poll(f"a {action}", lambda: any(message[0] == 2 and message[2] == action
                                        for message in self.backend.heard[since:]))

    def stop(self):
        self.station.check_running()
        self.station.stop()
        self.backend.stop()


def _right(action, payload):
    return action == "Reset" and isinstance(payload, dict) and payload.get("type") in ("Hard", "Soft")


def one_bad_message_from_a_backend(binaries, folder):
    """Each call with garbage in each place is answered by the station, which goes on"""
    victim = Victim(binaries, folder)
    wire, backend = victim.backend.connections[-1], victim.backend
    sent = 0
    for action, (payload, _) in FROM_CSMS.items():
        every = 1 if action in STATION_SERVES else 7
        some = [garbage for garbage in list(deviations(payload))[::every] if not _right(action, garbage)]
        for first in range(0, len(some), 12):       # calls that wait for their turn are bounded
            batch = {f"{action}-{first + n}": garbage for n, garbage in enumerate(some[first:first + 12])}
            since = len(backend.heard)
            for unique_id, garbage in batch.items():
                wire.send(json.dumps([2, unique_id, action, garbage]))

            def answers():
                return [message for message in backend.heard[since:]
                        if message[0] in (3, 4) and message[1] in batch]
            poll(f"answers to {action}", lambda: len(answers()) == len(batch))
            for message in answers():
                assert message[2] != "InternalError", f"{action} {str(batch[message[1]])[:80]}: {message}"
            sent += len(batch)
    assert len(backend.connections) == 1, "the station left"
    victim.asks("Heartbeat")
    assert victim.system.rss_mib() < 100, victim.system.rss_mib()
    victim.stop()
    return f"{sent} messages"


def bad_answers_of_a_backend(binaries, folder):
    """Answers that are wrong, late, twice, for nobody or endless harm no station"""
    victim = Victim(binaries, folder)
    backend = victim.backend
    wrong = [lambda m: [3, m[1], None], lambda m: [3, m[1], []], lambda m: [3, m[1], {"currentTime": "never"}],
             lambda m: [3, m[1], {"currentTime": "9999-99-99T99:99:99Z"}], lambda m: [3, "nobody", {}],
             lambda m: [3, m[1], {"currentTime": "0001-01-01T00:00:00Z"}], lambda m: [4, m[1], "x" * 1000, "", {}],
             lambda m: [4, m[1]], lambda m: [3], lambda m: {"a": 1}, lambda m: [3, m[1], {"a": "x" * 500_000}],
             lambda m: [3, m[1], {"currentTime": 10 ** 400}], lambda m: [9, m[1], {}],
             lambda m: [2, m[1], "Heartbeat", {}]]
    for answer in wrong:
        def misbehave(wire, message, answer=answer):
            text = json.dumps(answer(message))
            wire.send(text)
            wire.send(text)
            backend._proper(wire, message)
        backend.answers["Heartbeat"] = misbehave
        victim.asks("Heartbeat")
    backend.answers.clear()
    for text in ("[" * 200_000, '{"a":' * 50_000, "", "\u0000", "[]", '[2,"x","Reset",{"type":"Hard"', "\U0001f600",
                 '[2,"1","ClearCache",{},' + '"x",' * 10_000 + "1]"):
        backend.connections[-1].send(text)
    victim.asks("Heartbeat")
    assert len(backend.connections) == 1, "the station left"
    victim.stop()
    return f"{len(wrong) + 8} answers"


def bad_frames_of_a_backend(binaries, folder):
    """Binary, oversized, unmasked nonsense and broken closes end the connection only; the station returns"""
    victim = Victim(binaries, folder)
    before = victim.system.rss_mib()

    def unmasked(payload, opcode=1, last=True):
        data = frame(payload, opcode, last)
        head = data[:len(data) - len(payload) - 4]
        return head[:1] + bytes([head[1] & 0x7f]) + head[2:] + payload
    bombs = [unmasked(b"\x00\x01", 2), unmasked(b"x" * (1024 * 1024 + 1)), frame(b"masked by a server"),
             b"\x81\x7f" + (1 << 62).to_bytes(8, "big"), b"\xf1\x00", b"\x83\x00", unmasked(b"\xff\xfe"),
             unmasked(b"x", 0), unmasked(b"x" * 126, 9), unmasked(b"\x03", 8), unmasked(b"\x00\x00bad", 8),
             unmasked(b"[", 1, False) + unmasked(b" ", 0, False) * (1024 * 1024 + 10)]
    for bomb in bombs:
        count = len(victim.backend.connections)
        try:
            victim.backend.connections[-1].socket.sendall(bomb)
        except OSError:
            pass
        victim.wait_connected(count)
        victim.asks("Heartbeat")
    grown = victim.system.rss_mib() - before
    assert grown < 30, f"{grown:.0f} MiB"
    victim.stop()
    return f"{len(bombs)} bombs, {grown:.0f} MiB"


def bad_handshakes_of_a_backend(binaries, folder):
    """Answers to the upgrade that are endless, silent, redirects or lies are given up; the station goes on"""
    endless = b"HTTP/1.1 101 Switching Protocols\r\n" + b"X-Pad: " + b"x" * 5_000_000
    answers = [b"", b"\0" * 1000, b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nhello", endless,
               b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/steal\r\n\r\n",
               b"HTTP/1.1 401 \x1b[2J\r\nWWW-Authenticate: Basic\r\n\r\n",
               b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               b"Sec-WebSocket-Accept: bGllcw==\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n",
               b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: ocpp9\r\n\r\n",
               b"HTTP/9.9 \xff\xfe\r\n\r\n", b"SSH-2.0-OpenSSH\r\n"]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        given = []

        def answer_all():
            for answer in answers:
                wire = listener.accept()[0]
                wire.settimeout(5)
                try:
                    wire.recv(65536)
                    wire.sendall(answer)
                except OSError:
                    pass
                wire.close()
                given.append(answer)
        threading.Thread(target=answer_all, daemon=True).start()
        station = Station(binaries, folder, "VICTIM", listener.getsockname()[1], PASSWORD).start()

        def all_given():
            if len(given) == len(answers):
                return True
            station.check_running()
            station.control("POST", "/clock/advance", {"seconds": 60})
            return False
        poll("an attempt of the station for each answer", all_given, 120)
        assert Process(station.process.pid).rss_mib() < 80
        log = (station.folder / "log.txt").read_bytes()
        assert b"\x1b" not in log
        assert b"answered 302" in log and b"answered 500" not in log, log[-2000:]
        assert station.state()["engine"]["evses"], "its own work goes on"
        station.stop()
    return f"{len(answers)} answers"


ATTACKS = [one_bad_message_from_a_backend, bad_answers_of_a_backend, bad_frames_of_a_backend,
           bad_handshakes_of_a_backend]
