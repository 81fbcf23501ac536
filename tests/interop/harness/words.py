"""What scenarios say and read, in words of no version of OCPP."""
import dataclasses
import datetime

ENERGY = "Energy.Active.Import.Register"


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


@dataclasses.dataclass(frozen=True)
class Told:
    """A call of the station. kind: "boot", "heartbeat", "authorize", "status", "start", "values", "state" (a
    transaction's, without values), "end", "report"; else the action."""
    kind: str
    payload: dict
    index: int = -1                 # among the calls that arrived
    evse: int | None = None
    transaction: object = None      # its number or name
    tag: str | None = None
    status: str | None = None       # of a connector, as 2.x names it
    state: str | None = None        # charging state, where energy may flow
    wh: float | None = None         # register at the start or the end
    reason: str | None = None       # of the end
    fault: tuple | None = None      # code, info, code of the vendor
    times: tuple = ()
    samples: tuple = ()
    boot: tuple = ()                # vendor, model, serial number, firmware

    @property
    def at(self):
        return self.times[0]

    def is_like(self, kind, fields):
        return kind in (None, self.kind) and all(getattr(self, name) == value for name, value in fields.items())

    def registers(self, context=None):
        return [float(sample["value"]) for sample in self.samples
                if measurand(sample) == ENERGY and context in (None, sample.get("context"))]


def measurand(sample):
    return sample.get("measurand", ENERGY)


def read_values(meter_values):
    """Times and samples of a list of meter values."""
    return {"times": tuple(moment(value["timestamp"]) for value in meter_values),
            "samples": tuple(sample for value in meter_values for sample in value["sampledValue"])}
