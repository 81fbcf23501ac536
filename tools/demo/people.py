"""People with electric cars: they arrive, plug in, show a card, wait, stop and leave; some are in a hurry, one has a
card that nobody knows."""

import random
import time

from processes import NotNow

# Cards that the demo registers, with a note for the list.
CARDS = {
    "04A1B2C3D4E5F6": "Ada, car pool",
    "04B7C8D9E0F1A2": "Bruno, car pool",
    "04C3D4E5F60718": "Clara, visitor",
    "04D9E8F7A6B5C4": "Deniz, night shift",
    "04E5F6A7B8C9D0": "Elif, workshop",
    "04F1E2D3C4B5A6": "Farid, management",
}
UNKNOWN_CARD = "04DEADBEEF0001"

CARS = [
    {"capacity_wh": 58_000, "max_current": 16, "phases": 3},
    {"capacity_wh": 77_000, "max_current": 16, "phases": 3},
    {"capacity_wh": 42_000, "max_current": 32, "phases": 1},
    {"capacity_wh": 90_000, "max_current": 32, "phases": 3},
]


class Visit:
    """One outlet: empty, then somebody's car, then empty again."""

    def __init__(self, station, evse: int, rng: random.Random, pace: float, first: bool):
        self.station, self.evse, self.rng, self.pace = station, evse, rng, pace
        self.card = ""
        self.next = time.monotonic() + (rng.uniform(0, 3) if first else self.some(20, 120))
        self.step = self.arrive

    def some(self, least: float, most: float) -> float:
        return self.rng.uniform(least, most) / self.pace

    def then(self, step, least: float, most: float):
        self.step, self.next = step, time.monotonic() + self.some(least, most)

    def live(self):
        if time.monotonic() < self.next:
            return
        try:
            self.step()
        except NotNow:  # a busy machine: they try again
            self.next = time.monotonic() + 2

    def session(self):
        for evse in self.station.state()["engine"]["evses"]:
            if evse["evse"] == self.evse:
                return evse["session"]
        return None

    def arrive(self):
        car = {**self.rng.choice(CARS), "soc": round(self.rng.uniform(10, 70))}
        if not self.station.act(f"/evse/{self.evse}/plug", car):
            return self.then(self.leave, 1, 2)  # a car of an earlier run still stands there
        self.card = UNKNOWN_CARD if self.rng.random() < 0.05 else self.rng.choice(sorted(CARDS))
        self.then(self.show_card, 2, 6)

    def show_card(self):
        self.station.act(f"/evse/{self.evse}/swipe", {"token": self.card})
        self.then(self.look, 5, 8)

    def look(self):
        if self.session() is None:
            return self.then(self.leave, 5, 20)  # refused: drive on
        self.then(self.stop, 90, 600)

    def stop(self):
        if self.session() is not None:
            self.station.act(f"/evse/{self.evse}/swipe", {"token": self.card})
        self.then(self.leave, 4, 15)

    def leave(self):
        if self.session() is not None and self.card:
            self.station.act(f"/evse/{self.evse}/swipe", {"token": self.card})
        gone = self.station.act(f"/evse/{self.evse}/unplug")
        self.then(self.arrive if gone else self.leave, 10, 60)


class Town:
    def __init__(self, park, pace: float):
        rng = random.Random()
        self.visits = [Visit(station, evse + 1, rng, pace, first=number % 2 == 0)
                       for number, station in enumerate(park) for evse in range(len(station.model.evses))]

    def live(self):
        for visit in self.visits:
            visit.live()
