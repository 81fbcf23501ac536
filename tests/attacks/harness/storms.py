"""What brings central systems down in practice: everybody at once, nobody reading, both sides talking."""
import asyncio
import json
import socket
import threading
import time

from websockets.asyncio.client import connect

from bench import Wire, basic, frame, poll, reset, upgrade

STATIONS = 2000


def _source(number):
    """Stations have addresses of their own."""
    return f"127.{20 + number // 60000}.{number // 250 % 240}.{number % 250 + 1}"


def _options(target, station, number):
    return {"uri": f"ws://127.0.0.1:{target.ocpp_port}/ocpp/{station}", "subprotocols": ["ocpp1.6"],
            "additional_headers": {"Authorization": f"Basic {basic(station)}"}, "compression": None,
            "open_timeout": 60, "ping_interval": None, "close_timeout": 1, "proxy": None,
            "local_addr": (_source(number), 0)}


async def _all_connect(target, stations):
    return await asyncio.gather(*[connect(**_options(target, station, number))
                                  for number, station in enumerate(stations)])


async def _heartbeat(wire):
    await wire.send('[2,"alive","Heartbeat",{}]')
    while True:
        message = json.loads(await asyncio.wait_for(wire.recv(), 60))
        if message[1] == "alive":
            return message


async def _boot(wire):
    await wire.send(json.dumps([2, "boot", "BootNotification",
                                {"chargePointVendor": "V", "chargePointModel": "M"}]))
    message = json.loads(await asyncio.wait_for(wire.recv(), 60))
    assert message[0] == 3 and message[2]["status"] == "Accepted", message


def _vanish(wires):
    """Without a word, all at once: RST."""
    for wire in wires:
        if wire.transport.is_closing():
            continue        # replaced, and has said goodbye
        plain = wire.transport.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        wire.transport.abort()


def storm_of_two_thousand_stations(target, _witness):
    """2,000 connect at once, return before their old sockets are gone, vanish at once, and return"""
    stations = [f"storm-{number}" for number in range(STATIONS)]
    target.register_many(stations)
    before, files = target.system.rss_mib(), target.system.files()
    replaced = target.counter("csms.socket.replaced")
    vanished = target.counter("websocket.closed.vanished")
    told = []

    async def story():
        began = time.monotonic()
        first = await _all_connect(target, stations)
        await asyncio.gather(*[_boot(wire) for wire in first])
        told.append(f"in within {time.monotonic() - began:.1f} s")
        # The network has lost them, they do not know the old sockets any more.
        began = time.monotonic()
        second = await _all_connect(target, stations)
        answers = await asyncio.gather(*[_heartbeat(wire) for wire in second])
        assert all(answer[0] in (3, 4) for answer in answers)
        told.append(f"back within {time.monotonic() - began:.1f} s")
        assert target.counter("csms.socket.replaced") - replaced == STATIONS
        peak = target.system.rss_mib() - before
        _vanish(first)
        _vanish(second)
        began = time.monotonic()
        while target.system.files() > files + 5:
            assert time.monotonic() - began < 20, f"{target.system.files() - files} sockets are left"
            await asyncio.sleep(0.05)
        third = await _all_connect(target, stations[:200])
        answers = await asyncio.gather(*[_heartbeat(wire) for wire in third])
        assert len(answers) == 200
        _vanish(third)
        return peak
    peak = asyncio.run(story())
    poll("all gone", lambda: target.system.files() <= files + 5)
    assert target.counter("websocket.closed.vanished") - vanished >= STATIONS
    left = target.system.rss_mib() - before
    assert peak < 120, f"{peak:.0f} MiB for 4,000 sockets"
    assert left < 60, f"{left:.0f} MiB are left of {peak:.0f}"
    return f"{', '.join(told)}, {peak:.0f} MiB at most, {left:.0f} MiB kept"


def connections_that_vanish_in_every_step(target, _witness):
    """1,000 sockets reset right after TCP, half a header, the request, or the upgrade leave nothing behind"""
    station = target.register("flaky")
    files, before = target.system.files(), target.system.rss_mib()
    request = upgrade("/ocpp/flaky", credentials=basic(station))
    boot = frame(json.dumps([2, "b", "BootNotification",
                             {"chargePointVendor": "V", "chargePointModel": "M"}]).encode())
    for number in range(1000):
        wire = target.raw((b"", request[:60], request, request + boot)[number % 4],
                          f"127.9.{number // 250}.{number % 250 + 1}")
        if number % 8 == 3:
            wire.recv(16)
        reset(wire)
    poll("their end", lambda: target.system.files() <= files + 2)
    wire = Wire(target.ocpp_port, station)
    assert wire.call("Heartbeat", {})[0] == 3
    wire.close()
    assert target.system.rss_mib() - before < 20


def calls_crossing_calls(target, _witness):
    """Both sides call at the same time, many times, and each call is answered"""
    stations = target.register("cross-0"), target.register("cross-1"), target.register("cross-2")
    outcomes = []

    def cross(station):
        wire = Wire(target.ocpp_port, station)
        calls = [threading.Thread(target=lambda: outcomes.append(target.call(station, "ClearCache", {})))
                 for _ in range(30)]
        for number, call in enumerate(calls):
            call.start()
            # Our call first, then the answer to theirs, then ours again: neither side waits for the other.
            assert wire.call("Authorize", {"idTag": "GOOD"})[0] == 3
            if number % 5 == 4:
                assert wire.call("Heartbeat", {})[0] == 3
        ends = time.monotonic() + 20
        while any(call.is_alive() for call in calls) and time.monotonic() < ends:
            wire.call("Heartbeat", {})
        for call in calls:
            call.join(20)
        wire.close()
    threads = [threading.Thread(target=cross, args=(station,)) for station in stations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    done = [status for status, _ in outcomes]
    assert len(done) == 90, len(done)
    # More than 16 that wait for one station are told so (503); nothing else may happen.
    assert set(done) <= {200, 429, 503}, outcomes
    assert done.count(200) >= 80, done
    return f"{done.count(200)} of 90 calls answered"


def slow_readers(target, _witness):
    """Stations that ask without pause and never read cost bounded memory, which comes back, and nobody else"""
    before, files = target.system.rss_mib(), target.system.files()
    overflows = target.counter("websocket.outbound_overflow")
    names = [f"deaf-{number}" for number in range(3)]
    target.register_many(names)
    wires = [target.opened(name, buffer=64 * 1024) for name in names]
    ask = frame(b'[2,"1","x",{}]') * 1000       # the shortest question with the longest answer
    waiting = {wire: b"" for wire in wires}
    for wire in wires:
        wire.setblocking(False)
    peak = rounds = 0

    def closed():
        return target.counter("websocket.outbound_overflow") - overflows
    ends = time.monotonic() + 10        # how far they get depends on TCP, which throttles them as well
    while waiting and time.monotonic() < ends:
        for wire in list(waiting):
            try:
                data = waiting[wire] or ask
                waiting[wire] = data[wire.send(data):]
            except BlockingIOError:
                pass
            except OSError:
                del waiting[wire]
        peak = max(peak, target.system.rss_mib() - before)
        rounds += 1
        if rounds % 200 == 0 and closed() == len(names):
            break
    for wire in wires:
        reset(wire)
    assert peak < 3 * 3 + 40, f"{peak:.0f} MiB for 3 stations that do not read"
    poll("their end", lambda: target.system.files() <= files + 2, 20)
    poll("memory comes back", lambda: target.system.rss_mib() - before < 30, 20)
    return f"{closed()} of {len(names)} closed for it, {peak:.0f} MiB at most"


ATTACKS = [connections_that_vanish_in_every_step, calls_crossing_calls, slow_readers,
           storm_of_two_thousand_stations]
