"""Who may connect to the central system, and who does not behave."""
import base64
import json
import socket

from actions import FROM_STATION
from csms_bench import PASSWORD
from lane import speaks_raw
from malformed import MALFORMED_TO_CSMS, send_malformed
from peers import Refusal


def handshake(bench, station, headers):
    """A WebSocket upgrade by hand: status, headers, and what came on the connection afterwards."""
    with socket.create_connection(("127.0.0.1", bench.csms.ocpp_port), 60) as wire:
        wire.settimeout(60)
        lines = [f"GET /ocpp/{station} HTTP/1.1", "Host: localhost", "Upgrade: websocket",
                 "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *headers]
        wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        data = head = rest = b""
        while not rest and (chunk := wire.recv(4096)):
            data += chunk
            head, _, rest = data.partition(b"\r\n\r\n")
        return int(head.split()[1]), head.decode().lower(), rest


def refused_connections(bench):
    """Wrong password, no password, unknown identity, wrong subprotocol: refused, counted, and no harm done"""
    station = bench.register("door")
    connect = bench.peer.connect
    before = bench.csms.get("/counters")
    url = bench.csms.url
    assert connect(station, url, "fedcba9876543210") == 401
    assert connect(station, url) == 401
    assert connect(f"{bench.kind}-stranger", url, PASSWORD) == 401
    inbox = [unknown["id"] for unknown in bench.csms.get("/unknown-stations")["items"]]
    assert f"{bench.kind}-stranger" in inbox and station not in inbox, inbox
    # OCPP-J 1.6 section 3.1.2: the handshake completes without a subprotocol, then the server closes.
    assert connect(station, url, PASSWORD, protocols=("ocpp3.0",)) == 0
    credentials = base64.b64encode(f"{station}:{PASSWORD}".encode()).decode()
    for offered in (["Sec-WebSocket-Protocol: ocpp9.9, soap"], []):
        status, head, rest = handshake(bench, station, [f"Authorization: Basic {credentials}", *offered])
        assert status == 101 and "sec-websocket-protocol" not in head, head
        assert rest[:1] == b"\x88", f"no close frame but {rest!r}"
    after = bench.csms.get("/counters")
    counted = {name: count - before.get(part, {}).get(name, 0)
               for part, counters in after.items() for name, count in counters.items()}
    assert counted.get("csms.upgrade.wrong_password", 0) >= 1, counted
    assert counted.get("csms.upgrade.no_credentials", 0) >= 1, counted
    assert counted.get("csms.upgrade.unknown_station", 0) >= 1, counted
    # An offer of several: the one both know.
    bench.connect(station, protocols=("ocpp3.0", "ocpp1.6"))
    assert bench.peer.connected[station]["protocol"] == "ocpp1.6"


def newest_socket(bench):
    """A second connection of the same station takes over"""
    station = bench.boot("twice")
    second = bench.new_peer().start_client()
    try:
        assert second.connect(station, bench.csms.url, PASSWORD) is None
        bench.peer.wait("end of the first connection", lambda: station not in bench.peer.connected)
        since = second.mark()
        assert bench.csms.call(station, "ClearCache", {})[0] == 200
        second.expect("ClearCache", since)
        second.call(station, "Heartbeat", {})
    finally:
        second.kill()


def admission(bench):
    """A station that waits to be admitted, then is, then is rejected"""
    boot = FROM_STATION["BootNotification"][0]
    station = bench.register("waits", admission="pending")
    bench.connect(station)
    answer = bench.peer.call(station, "BootNotification", boot)
    assert answer["status"] == "Pending" and answer["interval"] == 7, answer
    try:
        bench.peer.call(station, "Heartbeat", {})
        raise AssertionError("a Heartbeat was answered while the registration is pending")
    except Refusal as refusal:
        assert refusal.code == "SecurityError", refusal
    bench.csms.put(f"/stations/{station}", {"admission": "accepted"})
    assert bench.peer.call(station, "BootNotification", boot)["status"] == "Accepted"
    bench.peer.call(station, "Heartbeat", {})
    bench.csms.put(f"/stations/{station}", {"admission": "rejected"})
    if station not in bench.peer.connected:
        bench.connect(station)
    answer = bench.peer.call(station, "BootNotification", boot)
    assert answer["status"] == "Rejected" and answer["interval"] == 7, answer


@speaks_raw
def impatient_station(bench):
    """Calls that do not wait for answers are answered in their order"""
    station = bench.boot("impatient")
    seen = len(bench.peer.frames)
    ids = [f"burst-{number}" for number in range(8)]
    for unique_id in ids:
        bench.peer.raw(station, json.dumps([2, unique_id, "Authorize", {"idTag": "GOOD"}]))
    bench.peer.call(station, "Heartbeat", {})
    answers = [json.loads(text) for name, direction, text in bench.peer.frames[seen:]
               if name == station and direction == "in"]
    burst = [answer for answer in answers if answer[1] in ids]
    assert [answer[1] for answer in burst] == ids, answers
    assert all(answer[2]["idTagInfo"]["status"] == "Accepted" for answer in burst), answers


@speaks_raw
def malformed_frames(bench):
    """Malformed frames are answered as OCPP-J says, and the connection goes on"""
    station = bench.boot("malformed")
    send_malformed(bench.peer, station, MALFORMED_TO_CSMS, lambda: bench.peer.call(station, "Heartbeat", {}))
    bench.csms.check_running()
