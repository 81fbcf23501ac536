"""Who gets in: no credentials, somebody else's, guessed ones, and two at once."""
import json
import random
import ssl
import threading
import time
from urllib.parse import quote

from bench import (PASSWORD, basic, frame, http_request, median_ms, poll, read_text, read_until_end, reset,
                   upgrade)

RECONNECTS = 150


def no_authentication_at_a_station_listener(target, _witness):
    """No listener opens without the credentials that the station requires"""
    target.register("door")
    target.register("door-tls", security_profile=2)
    target.put("/stations/door-open", {"admission": "accepted", "security_profile": 1})  # no password set
    targets = ["/door", "/ocpp/door", "/ocpp/door/", "/ocpp/do%6fr", "/ocpp/DOOR", "/ocpp/stranger",
               "/ocpp/door?x=1", "/ocpp/door-open", "/ocpp/door-tls", "/", "//", "/ocpp/%00", "/ocpp/..",
               "/ocpp/door%2f", "/ocpp/%64oor%20", "/ocpp/witness"]
    headers = [[], ["Authorization: Basic"], ["Authorization: Basic !!!"], ["Authorization: Basic Og=="],
               [f"Authorization: Bearer {PASSWORD}"], [f"Authorization: Basic {basic('door', '')}"],
               [f"Authorization: Digest {basic('door')}"], [f"X-Authorization: Basic {basic('door')}"],
               [f"Cookie: Authorization=Basic {basic('door')}"]]
    context = ssl.create_default_context(cafile=str(target.certificates.chain))
    tried = 0
    for number, path in enumerate(targets):
        for more in headers:
            # From ever another address, so that each attempt is heard.
            source = f"127.1.{number}.{tried % 250 + 1}"
            status = target.status(upgrade(path, *more), source)
            assert 400 <= status < 500, f"{path} with {more}: {status}"
            tried += 1
    for path in targets:
        with target.raw(b"", f"127.1.99.{tried % 250 + 1}", port=target.tls_port) as plain, \
                context.wrap_socket(plain, server_hostname="localhost") as wire:
            wire.sendall(upgrade(path))
            answer = read_until_end(wire)
            assert answer.startswith(b"HTTP/1.1 4"), answer
        tried += 1
    # Right, but in the clear where the station must come by TLS (profile 2); then as it must.
    assert target.status(upgrade("/ocpp/door-tls", credentials=basic("door-tls")), "127.1.100.1") == 401
    with target.raw(b"", "127.1.100.2", port=target.tls_port) as plain, \
            context.wrap_socket(plain, server_hostname="localhost") as wire:
        wire.sendall(upgrade("/ocpp/door-tls", credentials=basic("door-tls")))
        assert wire.recv(12) == b"HTTP/1.1 101"
    assert target.status(upgrade("/ocpp/door", credentials=basic("door")), "127.1.100.3") == 101
    return f"{tried} ways in tried"


def no_authentication_at_the_rest_api(target, _witness):
    """Without a login nothing of REST answers but health, and login itself"""
    described = target.get("/openapi.json")["paths"]
    tried = 0
    for path, methods in described.items():
        for method in methods:
            if method.upper() not in ("GET", "PUT", "POST", "DELETE", "PATCH"):
                continue
            for headers in ({}, {"Authorization": "Bearer ldk_0000000000000000_guess"},
                            {"Cookie": "ladestrom_session=guess"}, {"X-Requested-With": "x"}):
                body = {} if method.upper() in ("PUT", "POST", "PATCH") else None
                filled = path.replace("{id}", "witness").replace("{name}", "admin")
                if not filled.startswith("/api/v1"):
                    filled = "/api/v1" + filled
                status, answer, _ = http_request(target.http_port, method.upper(), filled, body, headers)
                expected = {"/api/v1/health": (200,), "/api/v1/login": (400, 401, 403, 422, 429)}
                assert status in expected.get(filled, (401,)), f"{method} {filled} {headers}: {status} {answer}"
                tried += 1
    for path in ("/api/v1/", "/api/v1/nothing", "/api/v2/stations", "/api/v1/stations/../stations",
                 "/api//v1/stations", "/api/v1/%73tations", "/metrics", "/.git/config", "/state/ladestrom.db"):
        status, answer, _ = http_request(target.http_port, "GET", path)
        page = isinstance(answer, str) and answer.startswith("<!doctype html")
        assert status in (401, 404) or page, f"{path}: {status} {answer}"
        tried += 1
    return f"{tried} requests"


def credential_not_bound_to_the_identity(target, _witness):
    """Only a station's own name with its own password opens its address"""
    names = ["bound-a", "bound-b", "bound:c", "Bound-A"]
    for name in names:
        target.put(f"/stations/{quote(name, safe='')}",
                   {"admission": "accepted", "password": PASSWORD + name[-1], "security_profile": 1})
    opened = []
    number = 0
    for address in names:
        for user in [*names, "", "admin", quote("bound-a", safe="") + "/"]:
            for owner in names:
                number += 1
                status = target.status(upgrade(f"/ocpp/{quote(address, safe='')}",
                                               credentials=basic(user, PASSWORD + owner[-1])),
                                       f"127.2.{number // 200}.{number % 200 + 1}")
                assert status in (101, 401), status
                if status == 101:
                    opened.append((address, user, owner))
    assert opened == [(name, name, name) for name in names], opened
    return f"{number} combinations, {len(opened)} open"


def enumeration_of_identities(target, _witness):
    """An identity that exists and one that does not are refused with the same bytes after the same work"""
    target.register("known")
    target.put("/stations/known-bare", {"admission": "accepted", "security_profile": 1})
    cases = {"wrong password": ("/ocpp/known", basic("known", "x" * 16)),
             "no such station": ("/ocpp/unknown", basic("unknown", "x" * 16)),
             "no password set": ("/ocpp/known-bare", basic("known-bare", "x" * 16)),
             "somebody else's name": ("/ocpp/known", basic("other", "x" * 16)),
             "no credentials": ("/ocpp/known", None), "none for nobody": ("/ocpp/unknown", None)}
    answers = {case: target.answer(upgrade(path, credentials=credentials), f"127.3.0.{number + 1}")
               for number, (case, (path, credentials)) in enumerate(cases.items())}
    assert len(set(answers.values())) == 1, answers
    assert answers["wrong password"].startswith(b"HTTP/1.1 401"), answers
    times = {case: [] for case in cases}
    order = list(cases) * 60
    random.Random(1).shuffle(order)
    for number, case in enumerate(order):
        path, credentials = cases[case]
        with target.raw(b"", f"127.3.{1 + number // 200}.{number % 200 + 1}") as wire:
            began = time.perf_counter()
            wire.sendall(upgrade(path, credentials=credentials))
            wire.recv(64)
            times[case].append(time.perf_counter() - began)
    medians = {case: median_ms(each) for case, each in times.items()}
    spread = max(medians.values()) - min(medians.values())
    # A lookup or a comparison left out would show in every one of them; noise of the machine is larger.
    assert spread < max(1.0, 0.5 * min(medians.values())), medians
    login = {user: http_request(target.http_port, "POST", "/api/v1/login", {"user": user, "password": "x" * 12},
                                {"X-Requested-With": "x"})[:2] for user in ("admin", "nobody")}
    assert login["admin"] == login["nobody"] and login["admin"][0] == 401, login
    return f"medians {min(medians.values()):.2f} to {max(medians.values()):.2f} ms"


def second_connection_of_the_same_identity(target, _witness):
    """Racing reconnects: each command reaches the live socket; who has no password evicts nobody"""
    station = target.register("racing")
    stop = threading.Event()
    intrusions = []

    def intrude():
        number = 0
        while not stop.is_set():
            number += 1
            intrusions.append(target.status(upgrade("/ocpp/racing", credentials=basic("racing", "guess")),
                                            f"127.4.{number // 200 % 200}.{number % 200 + 1}"))
    intruder = threading.Thread(target=intrude)
    intruder.start()
    try:
        half_open = []      # they know nothing of their end, and do not answer the close
        for number in range(RECONNECTS):
            live = target.opened(station, boot=number == 0)
            outcome = []
            caller = threading.Thread(target=lambda: outcome.append(target.call(station, "ClearCache", {})))
            caller.start()
            call = json.loads(read_text(live))
            assert call[2] == "ClearCache", call
            if half_open and number % 3 == 0:
                reset(half_open.pop(0))     # the end of an old one comes late, and hard
            live.sendall(frame(json.dumps([3, call[1], {"status": "Accepted"}]).encode()))
            caller.join()
            assert outcome == [(200, {"result": {"status": "Accepted"}})], outcome
            half_open.append(live)
        for wire in half_open[:-1]:
            wire.close()
        live.sendall(frame(b'[2,"last","Heartbeat",{}]'))
        assert read_text(live).startswith('[3,"last"')
        assert target.get("/stations/racing")["connection"] is not None
        live.close()
    finally:
        stop.set()
        intruder.join()
    assert intrusions and set(intrusions) == {401}, set(intrusions)
    assert target.counter("csms.socket.replaced") >= RECONNECTS - 1
    poll("the end of the last", lambda: not target.get("/stations/racing").get("connection"))
    return f"{RECONNECTS} reconnects among {len(intrusions)} intrusions"


ATTACKS = [no_authentication_at_a_station_listener, no_authentication_at_the_rest_api,
           credential_not_bound_to_the_identity, enumeration_of_identities,
           second_connection_of_the_same_identity]
