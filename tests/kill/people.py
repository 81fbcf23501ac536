"""People at the outlets: whatever one of them would do next, chosen by a random stream."""

from programs_under_fire import CARDS, EVSES

# A battery that never fills, so that a charging car always counts.
CAR = {"soc": 10, "capacity_wh": 1_000_000, "max_current": 32, "phases": 3, "onset_ms": 50}


def next_deed(rng, station):
    """Path and body of a request to the control port; none when the station cannot be asked."""
    state = station.look()
    if state is None:
        return None
    number = rng.randrange(EVSES)
    outlet = f"/evse/{number + 1}"
    session = state["engine"]["evses"][number]["session"]
    if state["hardware"]["evses"][number]["car"] is None:
        return f"{outlet}/plug", CAR
    if session is None:
        return (f"{outlet}/unplug", {}) if rng.random() < 0.2 else (f"{outlet}/swipe", {"token": rng.choice(CARDS)})
    what = rng.random()
    if what < 0.5:
        return "/clock/advance", {"seconds": rng.choice([7, 30, 90])}
    if what < 0.75:
        return f"{outlet}/swipe", {"token": session["token"]}
    return f"{outlet}/unplug", {"pull": True}


def go_home(station):
    """Everybody stops and drives away. True when all outlets are empty and everything has been told."""
    state = station.look()
    if state is None:
        return False
    engine = state["engine"]
    done = engine["connection"] == "accepted" and engine["queued_facts"] == 0
    for number in range(EVSES):
        outlet = f"/evse/{number + 1}"
        if (session := engine["evses"][number]["session"]) is not None:
            done = False
            station.ask("POST", f"{outlet}/swipe", {"token": session["token"]})
        elif state["hardware"]["evses"][number]["car"] is not None:
            done = False
            station.ask("POST", f"{outlet}/unplug", {"pull": True})
    return done
