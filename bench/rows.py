"""The rows of the table: how each is measured, its reference of the same run, and its goal. One round measures the
reference and ours one after the other; a row is the median of its rounds."""

import dataclasses
import statistics
import time

from harness import Csms, Failure, Reference, Station, sync_rate

ROUNDS = 3


@dataclasses.dataclass
class Row:
    name: str
    unit: str
    ours: float
    reference: float | None = None
    of: str = ""                # what the reference is
    goal: float | None = None
    at_least: bool = False      # else the goal is the most
    compare_ratio: bool = False  # the goal is about the ratio
    limit: str = ""             # what the machine of docs/performance.md can do at best
    detail: str = ""

    @property
    def ratio(self):
        if not self.reference:
            return None
        return self.reference / self.ours if self.at_least else self.ours / self.reference

    @property
    def met(self):
        if self.goal is None:
            return None
        value = self.ratio if self.compare_ratio else self.ours
        return value >= self.goal if self.at_least else value <= self.goal


def codec(bench):
    times, sizes = {}, {}
    for one in bench.codec():
        if one["aggregate_name"] == "median":
            kind, action = one["run_name"].split("/")
            times[kind, action] = one["cpu_time"]
            sizes[action] = int(one.get("bytes", sizes.get(action, 0)))
    limits = {"BootNotification": ("100", "113"), "StartTransaction": ("72", "47"), "MeterValues": ("1,254", "772")}
    for index, kind in enumerate(("parse", "serialise")):
        for (one, action), ns in times.items():
            if one != kind:
                continue
            limit = limits.get(action)
            yield Row(f"{kind} {action}", "ns", ns, times["tape", action], "tape", goal=3, compare_ratio=True,
                      limit=f"{limit[index]} ns" if limit else "", detail=f"{sizes[action]} bytes")


def rounds(bench, kind, stations, tls, server, **options):
    """Medians of ours and of the reference, and the results of ours."""
    ours, reference = [], []
    for _ in range(ROUNDS):
        with Reference(bench, tls) as epoll:
            reference.append(bench.load(kind, epoll, stations, tls, **options))
        ours.append(bench.load(kind, server, stations, tls, **options))
    return (statistics.median(one["server_us"] for one in ours),
            statistics.median(one["server_us"] for one in reference), ours)


def heartbeat(bench):
    with Csms(bench) as csms:
        for tls, goal, limit in ((False, 100_000, "215,000 epoll, 196,000 uWS"), (True, 60_000, "110,000, 117,000")):
            ours, reference, all_ours = rounds(bench, "heartbeat", 1000, tls, csms, warm_up=1, seconds=2.5)
            rate = statistics.median(one["per_second"] for one in all_ours)
            yield Row(f"heartbeats, {'TLS' if tls else 'plain'}", "/s per core", 1e6 / ours, 1e6 / reference, "epoll",
                      goal=goal, at_least=True, limit=limit,
                      detail=f"{ours:.1f} us CPU a message; 1,000 connections, {rate:,.0f}/s seen")


def handshake(bench):
    with Csms(bench) as csms:
        for tls, goal, limit in ((False, 30_000, "44,000"), (True, 3_600, "4,300")):
            ours, reference, _ = rounds(bench, "handshake", 1000, tls, csms, warm_up=0.5, seconds=2.5)
            yield Row(f"connect, upgrade, reset, {'TLS' if tls else 'plain'}", "/s per core", 1e6 / ours,
                      1e6 / reference, "epoll", goal=goal, at_least=True, limit=limit,
                      detail=f"{ours:.0f} us CPU each, 128 at once")


def session(bench):
    syncs = sync_rate(bench.state)
    for stations in (100, 1000):
        with Reference(bench) as epoll:
            reference = bench.load("session", epoll, stations, warm_up=0.5, seconds=1.5)
        with Csms(bench, tokens=stations) as csms:
            before = csms.store_bytes()
            ours = bench.load("session", csms, stations, warm_up=2, seconds=8)
            each = (csms.store_bytes() - before) / max(1, ours["per_second"] * 10)
        name = f"sessions, {stations:,} stations"
        yield Row(name, "/s", ours["per_second"], reference["per_second"], "epoll, nothing stored", goal=2000,
                  at_least=True, limit="CitrineOS 28, ocpp-rpc 3,640 (nothing stored)",
                  detail=f"server used {ours['server_load']:.2f} cores; {each / 1024:.1f} KiB of store each; "
                         f"disk {syncs:,.0f} syncs/s")
        yield Row(f"{name}: CPU", "us/message", ours["server_us"], reference["server_us"], "epoll", goal=25,
                  limit="ocpp-rpc 29, CitrineOS 5,200")
        yield Row(f"{name}: answer p99", "ms", ours["p99_ms"], reference["p99_ms"], "epoll",
                  goal=100 if stations == 100 else None, detail=f"p50 {ours['p50_ms']:.1f} ms")


def memory(bench):
    for tls, goal, limit in ((False, 6, "0.2; lean Beast 4.9"), (True, 20, "14.3; lean Beast 19")):
        with Reference(bench, tls) as epoll:
            reference = bench.load("idle", epoll, 10_000, tls)
        with Csms(bench) as csms:
            # What is kept once, whatever the number of stations (the ring of recent messages), is filled first.
            bench.load("heartbeat", csms, 20, tls, seconds=1.5)
            time.sleep(1)
            ours = bench.load("idle", csms, 10_000, tls)
        yield Row(f"memory of an idle connection, {'TLS' if tls else 'plain'}", "KiB", ours["bytes_each"] / 1024,
                  reference["bytes_each"] / 1024, "epoll", goal=goal, limit=limit,
                  detail=f"10,000 connections, after boot and a heartbeat; connected in {ours['connect_seconds']:.1f} s")


def station(bench):
    with Reference(bench) as epoll, Station(bench, epoll) as one:
        one.control_port = int(one.line().rsplit(":", 1)[1])
        if epoll.line() != "boot":
            raise Failure("the station sent no BootNotification")
        start_ms = (time.monotonic() - one.started) * 1000
        time.sleep(1.5)
        used, resident = one.cpu_seconds(), one.resident()
        yield Row("station: start to BootNotification", "ms", start_ms, limit="MicroOcpp 4-12, open-ocpp 56-77")
        yield Row("station: memory", "MiB", resident / 2**20, limit="MicroOcpp 4.9, ocpp-go 9.1, open-ocpp 15.3")
        time.sleep(5)
        idle = (one.cpu_seconds() - used) / 5
        yield Row("station: CPU, start", "ms", used * 1000, detail=f"then {idle * 1000:.1f} ms a second when idle")
        yield from journal(one)


def charge(one):
    """A session of an hour, seven meter values."""
    one.control("POST", "/evse/1/plug", {"soc": 20})
    one.control("POST", "/clock/advance", {"seconds": 360})
    one.control("POST", "/evse/1/unplug", {"pull": True})
    one.control("POST", "/clock/advance", {"seconds": 10})


def journal(one):
    sessions = 10
    charge(one)
    before = one.written()
    for _ in range(sessions):
        charge(one)
    yield Row("station: journal, written", "KiB/session", (one.written() - before) / sessions / 1024,
              detail="online")
    one.control("POST", "/link", {"up": False})
    before = one.journal_bytes()
    for _ in range(10 * sessions):
        charge(one)
    yield Row("station: journal, kept", "KiB/session", (one.journal_bytes() - before) / sessions / 10 / 1024,
              detail="offline, until the backend has it")


GROUPS = {"codec": codec, "heartbeat": heartbeat, "handshake": handshake, "session": session, "memory": memory,
          "station": station}
