"""Too slow, too big, too deep."""
import http.client
import json
import time

from bench import (MESSAGE_BYTES_MAX, Wire, basic, close_code, deflated, frame, http_request, poll,
                   read_until_end, reset, upgrade)


def _stalled(target, data, source, port):
    wire = target.raw(b"", source, port=port)
    try:
        wire.sendall(data)
    except OSError:
        pass            # turned away
    return wire


def slow_loris(target, witness):
    """Thousands of stalled sockets at every step lock nobody out, cost little, and are cut in time"""
    before, files = target.system.rss_mib(), target.system.files()
    half = upgrade("/ocpp/witness", credentials=basic("witness"))[:100]
    began = time.monotonic()
    stalled = []
    for number in range(3000):
        step = number % 3
        source = "127.5.0.1" if number % 6 < 3 else f"127.5.1.{number % 20 + 1}"
        port = (target.ocpp_port, target.ocpp_port, target.tls_port)[step]
        stalled.append(_stalled(target, (b"", half, b"\x16\x03\x01")[step], source, port))
    for number in range(1100):
        stalled.append(_stalled(target, (b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ")[number % 2], "127.5.2.1",
                                target.http_port))
    opened_in = time.monotonic() - began
    # All places are taken, and still a station, and a person, gets in.
    began = time.monotonic()
    Wire(target.ocpp_port, target.register("patient")).close()
    assert http_request(target.http_port, "GET", "/api/v1/health")[0] == 200
    in_ms = 1000 * (time.monotonic() - began)
    assert target.counter("websocket.handshake.gave_way") > 0
    assert target.counter("http.connection.gave_way") > 0
    grown = target.system.rss_mib() - before
    assert grown < 100, f"{grown:.0f} MiB for stalled sockets"
    # The deadlines: 10 s for TLS, 10 s for the header; dribbling does not help.
    ends = time.monotonic() + 13
    dribbling = stalled[1:600:3]
    while time.monotonic() < ends and target.system.files() > files + 100:
        for wire in dribbling:
            try:
                wire.send(b"x")
            except OSError:
                pass
        time.sleep(0.5)
    poll("the end of the stalled", lambda: target.system.files() <= files + 20)
    for name in ("websocket.timeout.header", "websocket.timeout.tls_handshake", "http.timeout.idle",
                 "http.timeout.header"):
        assert target.counter(name) > 0, name
    for wire in stalled:
        wire.close()
    return f"{len(stalled)} sockets in {opened_in:.1f} s, others in within {in_ms:.0f} ms, {grown:.0f} MiB"


def size_bombs_in_messages(target, _witness):
    """Messages over the limit, whole, in fragments, or merely claimed, are closed with 1009"""
    station = target.register("bomber")
    before = target.system.rss_mib()
    too_big = b"x" * (MESSAGE_BYTES_MAX + 1)
    tiny = frame(b"[", last=False) + frame(b" ", 0, False) * (MESSAGE_BYTES_MAX + 10)
    bombs = {"one frame": frame(too_big), "two fragments": frame(too_big[:200_000], last=False) +
             frame(too_big[200_000:], 0), "claimed only": b"\x81\xff" + (1 << 62).to_bytes(8, "big") + b"\0" * 4,
             "a byte at a time": tiny}
    for name, bomb in bombs.items():
        wire = target.opened(station)
        try:
            wire.sendall(bomb)
        except OSError:
            pass
        assert close_code(read_until_end(wire)) == 1009, name
        wire.close()
    poll("all are counted", lambda: target.counter("websocket.violation.message_too_big") >= len(bombs), 5)
    # Just below the limit and never finished, on many connections: what it costs is bounded, and comes back.
    many = [f"bomber-{number}" for number in range(100)]
    target.register_many(many)
    wires = [target.opened(name, boot=False) for name in many]
    for wire in wires:
        wire.sendall(frame(b"[" + b" " * (MESSAGE_BYTES_MAX - 2), last=False))
    time.sleep(0.3)
    grown = target.system.rss_mib() - before
    assert grown < 100 * 0.6 + 30, f"{grown:.0f} MiB for 100 unfinished messages of 256 KiB"
    for wire in wires:
        reset(wire)
    poll("memory comes back", lambda: target.system.rss_mib() - before < 40)
    return f"{grown:.0f} MiB held by 100 unfinished messages"


COMPRESSED = 0x41      # a text frame with the bit that says so


def _answer_to(wire, data):
    """What comes until the other side closes, which it may do before it has read all."""
    try:
        wire.sendall(data)
    except OSError:
        pass
    answer = read_until_end(wire)
    wire.close()
    return answer


def _sent_to_the_end(target, station, data):
    return _answer_to(target.opened(station, compressed=True), data)


def compression_bombs(target, _witness):
    """Compressed messages that inflate past the limit are closed with 1009 and never held; broken ones end alone"""
    station = target.register("inflater")
    before, processor = target.system.rss_mib(), target.system.processor_s()
    counted = target.counter("websocket.violation.message_too_big")
    bomb = deflated(b" " * (256 << 20))
    bombs = {"256 MiB": frame(bomb, COMPRESSED), "a byte too many": frame(
        deflated(b" " * (MESSAGE_BYTES_MAX + 1)), COMPRESSED),
        "two fragments": frame(bomb[:10], COMPRESSED, last=False) + frame(bomb[10:], 0)}
    for name, data in bombs.items():
        assert close_code(_sent_to_the_end(target, station, data)) == 1009, name
    poll("all are counted", lambda: target.counter("websocket.violation.message_too_big") >= counted + len(bombs), 5)
    # Just below the limit and never finished, on many connections: a few hundred bytes hold 256 KiB each.
    many = [f"inflater-{number}" for number in range(100)]
    target.register_many(many)
    wires = [target.opened(name, boot=False, compressed=True) for name in many]
    for wire in wires:
        wire.sendall(frame(deflated(b"[" + b" " * (MESSAGE_BYTES_MAX - 2)), COMPRESSED, last=False))
    time.sleep(0.3)
    grown = target.system.rss_mib() - before
    assert grown < 100 * 0.35 + 10, f"{grown:.0f} MiB for 100 unfinished messages of 256 KiB"
    for wire in wires:
        reset(wire)
    poll("memory comes back", lambda: target.system.rss_mib() - before < 20)
    for number, broken in enumerate((b"\x07", b"\xff" * 100, b"\x02\x0f\x00", deflated(b"x" * 5000)[::-1])):
        _sent_to_the_end(target, station, frame(broken, COMPRESSED))
        poll(f"{broken} is counted", lambda: target.counter("websocket.violation.compression") == number + 1, 5)
    used = target.system.processor_s() - processor
    assert used < 5, f"{used:.1f} s of processor"
    wire = target.opened(station, compressed=True)
    wire.sendall(frame(deflated(b'[2,"alive","Heartbeat",{}]'), COMPRESSED))
    assert b'[3,"alive"' in wire.recv(4096)
    return f"{grown:.0f} MiB held by 100 unfinished messages, {used:.2f} s of processor"


def floods_of_control_frames_and_empty_fragments(target, _witness):
    """Pings, pongs and empty fragments without end cost no memory and end with their connection"""
    before = target.system.rss_mib()
    wires = []
    for number, (name, payload, opcode, last) in enumerate((
            ("pings", b"x" * 125, 9, True), ("pongs", b"", 10, True), ("empty fragments", b"", 0, False))):
        wire = target.opened(target.register(f"pinger-{number}"))
        wires.append(wire)
        if opcode == 0:
            wire.sendall(frame(b"", 1, False))
        wire.settimeout(0.2)
        burst = frame(payload, opcode, last) * 500
        ends = time.monotonic() + 1
        while time.monotonic() < ends:
            try:
                wire.send(burst)    # the answers are never read
            except TimeoutError:
                pass
        grown = target.system.rss_mib() - before
        assert grown < 30, f"{grown:.0f} MiB for {name}"
    for wire in wires:
        reset(wire)
    Wire(target.ocpp_port, "pinger-0").close()


def size_bombs_in_headers(target, _witness):
    """Headers and addresses over the limit are refused with 431, bodies with 413"""
    padding = "x" * (1 << 20)
    for number, (name, data) in enumerate({
            "one header": upgrade("/ocpp/witness", f"X-Pad: {padding}"),
            "the address": upgrade(f"/ocpp/{padding}"),
            "many headers": upgrade("/ocpp/witness", *[f"X-{n}: {n}" for n in range(20_000)]),
            "the password": upgrade("/ocpp/witness", credentials=basic("witness", padding)),
            "subprotocols": upgrade("/ocpp/witness", protocols=",".join(["ocpp1.6"] * 50_000)),
    }.items()):
        for port in (target.ocpp_port, target.http_port):
            answer = _answer_to(target.raw(b"", f"127.6.0.{number + 1}", port=port), data)
            assert answer.startswith(b"HTTP/1.1 431 ") or not answer, f"{name}: {answer[:80]}"
    assert target.counter("websocket.refused.header_size") >= 5
    assert target.counter("http.refused.header_size") >= 5
    for headers in ("Content-Length: 100000000", "Transfer-Encoding: chunked"):
        data = b"x" * 1_000_000 if "Length" in headers else b"f4240\r\n" + b"x" * 1_000_000 + b"\r\n"
        wire = target.raw(f"POST /api/v1/login HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n".encode(),
                          port=target.http_port)
        try:
            wire.sendall(data)
        except OSError:
            pass
        answer = read_until_end(wire)
        assert answer.startswith(b"HTTP/1.1 413 ") or not answer, answer[:80]
    assert target.counter("http.refused.body_size") >= 2


def json_bombs(target, _witness):
    """Deep, huge, repeated and ill-formed JSON is refused or dropped, and the connection goes on"""
    station = target.register("jsonist")
    deep = 60_000
    strings = {
        "250,000 [": "[" * 250_000, "deep arrays": "[" * deep + "]" * deep,
        "deep objects": '{"a":' * 40_000 + "1" + "}" * 40_000,
        "a deep payload": f'[2,"1","DataTransfer",{{"vendorId":"v","data":{"[" * deep}{"]" * deep}}}]',
        "a huge number": f'[2,"1","StopTransaction",{{"transactionId":{"9" * 100_000},"meterStop":1}}]',
        "1e99999": '[2,"1","StopTransaction",{"transactionId":1,"meterStop":1e99999}]',
        "-1e-99999": '[2,"1","StopTransaction",{"transactionId":-1e-99999,"meterStop":1}]',
        "past 64 bits": '[2,"1","StopTransaction",{"transactionId":18446744073709551616,"meterStop":1}]',
        "repeated keys": '[2,"1","Authorize",{' + ",".join(['"idTag":"a"'] * 10_000) + "}]",
        "10,000 unknown keys": '[2,"1","Authorize",{' + ",".join(f'"{n}":1' for n in range(10_000)) + "}]",
        "10,000 meter values": '[2,"1","MeterValues",{"connectorId":1,"meterValue":[' + ",".join(
            ['{"timestamp":"2026-01-01T00:00:00Z","sampledValue":[]}'] * 3_000) + "]}]",
        "lone surrogates": '[2,"1","Authorize",{"idTag":"\\ud800"}]',
        "NUL": '[2,"1","Authorize",{"idTag":"a\\u0000b"}]',
        "a long id": json.dumps([2, "i" * 100_000, "Heartbeat", {}]),
        "a long action": json.dumps([2, "1", "A" * 200_000, {}]),
        "a long string": json.dumps([2, "1", "DataTransfer", {"vendorId": "v" * 200_000}]),
    }
    wire = target.opened(station)
    before = target.system.rss_mib()
    for number, (name, text) in enumerate(strings.items()):
        began = time.monotonic()
        wire.sendall(frame(text.encode()))
        wire.sendall(frame(f'[2,"alive{number}","Heartbeat",{{}}]'.encode()))
        data = b""
        while f'[3,"alive{number}"'.encode() not in data:
            chunk = wire.recv(65536)
            assert chunk, f"{name} closed the connection: {data[-100:]}"
            data += chunk
        assert b"InternalError" not in data, f"{name}: {data[:200]}"
        assert time.monotonic() - began < 2, f"{name} took {time.monotonic() - began:.1f} s"
    wire.sendall(frame(b'[2,"1","Authorize",{"idTag":"\xff\xfe"}]'))   # WebSocket text that is no UTF-8
    assert close_code(read_until_end(wire)) in (1002, 1007)
    grown = target.system.rss_mib() - before
    assert grown < 40, f"{grown:.0f} MiB"
    for text in (strings["250,000 ["], strings["deep objects"][:250_000], '{"user":"a","user":"b","password":"x"}',
                 '{"user":1e99999}', "nul" + "l" * 10, '"\\ud800"'):
        connection = http.client.HTTPConnection("127.0.0.1", target.http_port, timeout=20)
        connection.request("POST", "/api/v1/login", text,
                           {"Content-Type": "application/json", "X-Requested-With": "x"})
        status = connection.getresponse().status
        assert 400 <= status < 500, f"{text[:40]}: {status}"
        connection.close()
    return f"{len(strings) + 7} bombs"


ATTACKS = [slow_loris, size_bombs_in_messages, compression_bombs, floods_of_control_frames_and_empty_fragments,
           size_bombs_in_headers, json_bombs]
