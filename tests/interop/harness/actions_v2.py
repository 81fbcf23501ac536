"""Every action of OCPP 2.0.1 or 2.1, with the smallest payloads of its notation as examples."""
import functools
import pathlib
import sys

from actions import COLUMNS, Table, heading, rows_of

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools" / "ocppgen"))

import emit_seeds  # noqa: E402
from parser import read_family  # noqa: E402

# What ladestrom-csms takes from a station; the rest of what a station may send it refuses with NotSupported.
SERVED = ("Authorize", "BootNotification", "DataTransfer", "FirmwareStatusNotification", "Heartbeat",
          "LogStatusNotification", "MeterValues", "NotifyEvent", "NotifyReport", "SecurityEventNotification",
          "SignCertificate", "StatusNotification", "TransactionEvent")

# What ladestrom-station serves and sends.
STATION_SERVES = ("ChangeAvailability", "ClearCache", "DataTransfer", "GetBaseReport", "GetReport",
                  "GetTransactionStatus", "GetVariables", "RequestStartTransaction", "RequestStopTransaction",
                  "Reset", "SetVariables", "TriggerMessage", "UnlockConnector")
STATION_SENDS = ("Authorize", "BootNotification", "Heartbeat", "MeterValues", "NotifyReport",
                 "StatusNotification", "TransactionEvent")

# What a peer's library cannot say, by its own mistake.
NOT_BY_LIBRARY = {
    ("python", "2.1", "BatterySwap"): "spells soC wrongly",
    ("python", "2.1", "Get15118EVCertificate"): "spells iso15118SchemaVersion otherwise",
}


@functools.cache
def _family():
    return read_family(str(ROOT / "protocol" / "v2"))


def messages(version, sender):
    """The names of those that `sender` ("station" or "csms") may send as a call."""
    return [message.name for message in _family().messages.values()
            if message.known_in(version) and message.sender in (sender, "both") and not message.sent]


def smallest(version, action, kind):
    message = _family().messages[action]
    return emit_seeds.example(_family(), message.request if kind == "Request" else message.response, version)


def table(version):
    def excuse(sender, action, column):
        if sender != "station":
            return None
        kind, role = column.split("-")
        if role == "server":
            return None if action in STATION_SENDS else "not sent by the station"
        return None if action in SERVED else NOT_BY_LIBRARY.get((kind, version, action), "NotSupported")
    return Table(heading(version), rows_of(messages(version, "station"), messages(version, "csms")), COLUMNS,
                 excuse)


def not_served(version):
    """Calls that the station refuses."""
    return {action: smallest(version, action, "Request") for action in messages(version, "csms")
            if action not in STATION_SERVES}
