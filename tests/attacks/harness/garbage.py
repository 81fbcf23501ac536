"""Every action with everything but what it may carry."""
import json
import threading

from bench import Wire, frame
from actions import FROM_CSMS, FROM_STATION

# Numbers that no 64 bits hold are in the JSON bombs: they make the whole frame unreadable.
VALUES = [None, True, False, 0, -1, 1, 2 ** 31, 2 ** 63, -2 ** 63, 1.5, 1e308, -1e-308, "", " ", "x" * 10_000,
          "\u0000", "'; DROP TABLE session; --", "%s%n%x", "${jndi:ldap://x}", "../../../etc/passwd", "2026-13-45",
          "0000-00-00T00:00:00Z", "9999-12-31T23:59:59.999999999999Z", "1970-01-01T00:00:00Z", [], [[]], {},
          {"a": {}}, [None] * 1000, "\U0001f600" * 300]


def deviations(payload):
    """Payloads that differ from a right one in one place, and some that are none."""
    yield from ([], None, 7, "text", {"unknown": 1}, {key: None for key in payload})
    for key, right in payload.items():
        yield {other: value for other, value in payload.items() if other != key}
        for value in VALUES:
            yield {**payload, key: value}
        if isinstance(right, dict):
            for inner in deviations(right):
                yield {**payload, key: inner}
        if isinstance(right, list):
            yield {**payload, key: right * 50}
            if right and isinstance(right[0], dict):
                for inner in deviations(right[0]):
                    yield {**payload, key: [inner]}


def one_bad_message_from_a_station(target, _witness):
    """Each action with garbage in each place gets an answer, closes nothing and harms nobody"""
    station = target.register("garbler")
    other = Wire(target.ocpp_port, target.register("neighbour"))
    wire = target.opened(station)
    wire.settimeout(30)
    refused = answered = sent = 0
    actions = {name: payload for name, (payload, _) in FROM_STATION.items()}
    actions.update({name: payload for name, (payload, _) in FROM_CSMS.items()})   # the wrong way around
    for action, payload in actions.items():
        messages = [json.dumps([2, f"{action}{n}", action, garbage])
                    for n, garbage in enumerate(deviations(payload))]
        messages.append(json.dumps([2, f"{action}-end", "Heartbeat", {}]))
        awaited = f'"{action}-end"'.encode()
        data = b""
        for first in range(0, len(messages), 12):      # calls that wait for their turn are bounded
            some = messages[first:first + 12]
            wire.sendall(b"".join(frame(text.encode()) for text in some))
            count = 0
            while count < len(some):
                chunk = wire.recv(1 << 20)
                assert chunk, f"{action} closed the connection: {data[-200:]}"
                data += chunk
                count = sum(data.count(f'"{json.loads(text)[1]}"'.encode()) > 0 for text in some)
        assert awaited in data
        assert b"InternalError" not in data, f"{action}: {data[data.index(b'InternalError') - 80:][:200]}"
        sent += len(messages)
        refused += data.count(b"[4,")
        answered += data.count(b"[3,")
        assert other.call("Heartbeat", {})[0] == 3, action
        target.check_running()
    for status, answer in (target.request("GET", "/stations/garbler"), target.request("GET", "/sessions")):
        assert status == 200, answer
    other.close()
    wire.close()
    return f"{sent} messages, {refused} refused, {answered} taken"


def one_bad_call_from_a_person(target, _witness):
    """Each call to a station with garbage is refused or sent as it is, and harms nobody"""
    wire = Wire(target.ocpp_port, target.register("called"))
    stop = threading.Event()

    def answer_all():
        while not stop.is_set():
            try:
                message = json.loads(wire.socket.recv(0.2))
            except TimeoutError:
                continue
            if message[0] == 2:
                wire.socket.send(json.dumps([3, message[1], {"status": "Nonsense", "x": [1]}]))
    thread = threading.Thread(target=answer_all)
    thread.start()
    tried = 0
    try:
        for action, (payload, _) in FROM_CSMS.items():
            for garbage in list(deviations(payload))[::9]:
                status, answer = target.call("called", action, garbage, timeout_s=5)
                assert status in (200, 400, 422), f"{action} {str(garbage)[:80]}: {status} {answer}"
                tried += 1
        for action in ("", "Teleport", "x" * 1000, "Reset\r\nX: y", None, 7, "Heartbeat"):
            status, answer = target.request("POST", "/stations/called/calls", {"action": action, "payload": {}})
            assert status in (200, 400, 413, 422), f"{action}: {status} {answer}"
    finally:
        stop.set()
        thread.join()
    assert wire.call("Heartbeat", {})[0] == 3
    wire.close()
    return f"{tried} calls"


ATTACKS = [one_bad_message_from_a_station, one_bad_call_from_a_person]
