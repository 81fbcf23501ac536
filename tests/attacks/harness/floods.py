"""Passwords tried as fast as a process can."""
import multiprocessing
import socket
import ssl
import time

from bench import Target, Wire, basic, http_request, upgrade


def _guess(port, sources, seconds, counts):
    """Bad logins, one connection each, as fast as it goes."""
    data = upgrade("/ocpp/victim", credentials=basic("victim", "guessed password"))
    refused = unheard = number = 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        number += 1
        try:
            with socket.create_connection(("127.0.0.1", port), 5, (sources[number % len(sources)], 0)) as wire:
                wire.sendall(data)
                if wire.recv(64):
                    refused += 1
                else:
                    unheard += 1
        except OSError:
            unheard += 1
    counts.put((refused, unheard))


def _shake(port, sources, seconds, counts):
    """TLS handshakes that lead nowhere, as fast as it goes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    done = unheard = number = 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        number += 1
        try:
            with socket.create_connection(("127.0.0.1", port), 5, (sources[number % len(sources)], 0)) as plain:
                context.wrap_socket(plain).close()
            done += 1
        except OSError:
            unheard += 1
    counts.put((done, unheard))


def _flood(attacker, port, sources, seconds, meanwhile):
    counts = multiprocessing.Queue()
    flood = multiprocessing.Process(target=attacker, args=(port, sources, seconds, counts))
    flood.start()
    try:
        meanwhile()
        return counts.get(timeout=seconds + 30)
    finally:
        flood.join(30)


def brute_force_of_a_stations_password(target, witness):
    """Bad logins without pause: the station itself still gets in at once, and others notice nothing"""
    target.register("victim")
    before, logged = target.system.rss_mib(), target.log_bytes()
    waits = []

    def meanwhile():
        ends = time.monotonic() + 4
        while time.monotonic() < ends:
            began = time.monotonic()
            Wire(target.ocpp_port, "victim").close()
            waits.append(1000 * (time.monotonic() - began))
            time.sleep(0.05)
    refused, unheard = _flood(_guess, target.ocpp_port, ["127.8.0.1", "127.8.0.2", "127.8.0.3"], 4,
                              meanwhile)
    assert max(waits) < 2000, f"the victim waited {max(waits):.0f} ms to get in"
    assert unheard > refused, f"{refused} guesses were heard, {unheard} were not"
    assert refused <= 3 * (100 + 10 * 6), refused
    assert target.counter("websocket.refused.address") > 0
    assert target.counter("csms.upgrade.wrong_password") > 0
    written = (target.log_bytes() - logged) / 1024
    assert written < 400, f"{written:.0f} KiB of log"
    assert target.system.rss_mib() - before < 20
    return f"{(refused + unheard) / 4:.0f} guesses/s, {refused} heard; the station got in {len(waits)} times, " \
           f"worst {max(waits):.0f} ms"


def flood_from_many_addresses(target, _witness):
    """Bad logins from 250 addresses, all of which are heard: the station itself still gets in"""
    target.register("victim")
    waits = []

    def meanwhile():
        ends = time.monotonic() + 3
        while time.monotonic() < ends:
            began = time.monotonic()
            Wire(target.ocpp_port, "victim").close()
            waits.append(1000 * (time.monotonic() - began))
            time.sleep(0.05)
    refused, unheard = _flood(_guess, target.ocpp_port, [f"127.8.1.{number}" for number in range(1, 251)], 3,
                              meanwhile)
    assert max(waits) < 2000, f"the victim waited {max(waits):.0f} ms to get in"
    return f"{refused / 3:.0f} guesses/s heard; the station got in {len(waits)} times, worst {max(waits):.0f} ms"


def tls_handshakes_that_lead_nowhere(target, _witness):
    """TLS handshakes without a request, from one address, then from 250: others notice nothing"""
    told = []
    for sources in (["127.8.2.1"], [f"127.8.3.{number}" for number in range(1, 251)]):
        done, unheard = _flood(_shake, target.tls_port, sources, 2, lambda: None)
        told.append(f"{done / 2:.0f}/s")
        if len(sources) == 1:
            assert done < 100 + 10 * 5, done
            assert unheard > 0
    assert target.counter("websocket.refused.nothing_after_tls") > 100
    return f"{told[0]} done from one address, {told[1]} from 250"


def brute_force_of_a_persons_password(target, _witness):
    """Bad logins of people: held off by address, and everything else of REST goes on"""
    statuses = []
    began = time.monotonic()
    for number in range(40):
        status = http_request(target.http_port, "POST", "/api/v1/login",
                              {"user": "admin", "password": f"guess number {number}"},
                              {"X-Requested-With": "x"})[0]
        statuses.append(status)
    assert set(statuses) == {401, 429}, statuses
    assert statuses.count(429) >= 20, statuses
    answered = []
    for _ in range(20):
        began = time.monotonic()
        target.get("/summary")
        answered.append(1000 * (time.monotonic() - began))
    assert max(answered) < 1000, answered
    assert target.counter("login.too_many") >= 20
    return f"{statuses.count(401)} heard, {statuses.count(429)} held off"


def descriptors_used_up(target, _witness):
    """Where the system allows 1,500 files, 3,000 sockets leave room for people, stations and the store"""
    small = Target(target.path.parent, target.folder.parent / "csms-small")
    small.prefix = ("prlimit", "--nofile=256:1500")
    small.begin()
    small.register("modest")
    stalled = []
    for number in range(3000):
        try:
            stalled.append(small.raw(b"", ("127.10.0.1", f"127.10.1.{number % 50 + 1}")[number % 2]))
        except OSError:
            pass
    files = small.system.files()
    assert files < 1400, f"{files} files are open"
    wire = Wire(small.ocpp_port, "modest")
    assert wire.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError",
                                            "status": "Available"})[0] == 3
    assert http_request(small.http_port, "GET", "/api/v1/health")[0] == 200
    assert b"too many open files" not in (small.folder / "log.txt").read_bytes().lower()
    wire.close()
    for wire in stalled:
        wire.close()
    small.stop()
    return f"{len(stalled)} sockets, {files} files"


ATTACKS = [brute_force_of_a_stations_password, flood_from_many_addresses, tls_handshakes_that_lead_nowhere,
           brute_force_of_a_persons_password,
           descriptors_used_up]
