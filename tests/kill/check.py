"""What was billed against what flowed: the sessions of the central system, the meters of the hardware."""
import collections
import pathlib
import sqlite3

from programs_under_fire import EVSES

MICROJOULES_PER_WH = 3_600_000_000


def outlet(name, sessions, true_wh):
    """What is wrong with the sessions of one outlet, whose meter counted true_wh from 0."""
    wrong = []
    for session in sessions:
        what = f"{name}: session {session['transaction_id']}"
        if session["state"] != "ended":
            wrong.append(f"{what} never ended")
        if session["flags"] or not session["billable"]:
            wrong.append(f"{what} is flagged: {', '.join(session['flags']) or 'not billable'}")
        if session["meter_stop_wh"] is None:
            wrong.append(f"{what} has no end of its meter")
        elif session["energy_wh"] != session["meter_stop_wh"] - session["meter_start_wh"]:
            wrong.append(f"{what} bills {session['energy_wh']} Wh")
    counts = collections.Counter((s["started"], s["meter_start_wh"]) for s in sessions)
    wrong += [f"{name}: the session started at {key[0]} is there {count} times"
              for key, count in counts.items() if count > 1]
    counts = collections.Counter(s["transaction_id"] for s in sessions)
    wrong += [f"{name}: transaction {key} is there {count} times" for key, count in counts.items() if count > 1]
    if wrong:
        return wrong
    at = 0
    for session in sorted(sessions, key=lambda s: (s["meter_start_wh"], s["meter_stop_wh"])):
        if session["meter_start_wh"] != at:
            wrong.append(f"{name}: {at} Wh to {session['meter_start_wh']} Wh are "
                         f"{'in no session' if session['meter_start_wh'] > at else 'billed twice'} "
                         f"(transaction {session['transaction_id']})")
        at = session["meter_stop_wh"]
    if at != true_wh:
        wrong.append(f"{name}: billed up to {at} Wh, the meter says {true_wh} Wh")
    return wrong


def books(sessions, meters):
    """meters: microjoules by station and outlet. Returns what is wrong, and the energy billed."""
    wrong, billed = [], 0
    for (identity, number), microjoules in meters.items():
        own = [s for s in sessions if s["station"] == identity and s["evse_id"] == number]
        wrong += outlet(f"{identity} outlet {number}", own, microjoules // MICROJOULES_PER_WH)
        billed += sum(s["energy_wh"] or 0 for s in own)
    places = {(identity, number) for identity, number in meters}
    wrong += [f"session {s['transaction_id']} is of nobody's outlet: {s['station']} {s['evse_id']}"
              for s in sessions if (s["station"], s["evse_id"]) not in places]
    assert all(number <= EVSES for _, number in places)
    return wrong, billed


def shown(sessions, identity, transactions):
    """Whatever a display has shown as a transaction of the central system is in its books."""
    there = {s["transaction_id"] for s in sessions if s["station"] == identity}
    return [f"{identity}: transaction {transaction} was shown and is lost" for transaction in sorted(transactions - there)]


def databases(folder):
    """Every database of a stopped program is sound."""
    wrong = []
    for path in sorted(pathlib.Path(folder).rglob("*.db")):
        connection = sqlite3.connect(path)
        answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if answer != "ok":
            wrong.append(f"{path}: {answer}")
        damaged = connection.execute("SELECT count(*) FROM sqlite_master WHERE name='damaged'").fetchone()[0]
        if damaged and connection.execute("SELECT count(*) FROM damaged").fetchone()[0]:
            wrong.append(f"{path}: has damaged records")
        connection.close()
    return wrong
