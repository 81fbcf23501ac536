"""The words of OCPP 2.0.1 and 2.1."""
import itertools

import actions_v2
from words import ENERGY, Told, measurand, moment, read_values

# Settings are called as 1.6 calls them.
_SETTINGS = {
    "AuthorizationKey": ("SecurityCtrlr", "BasicAuthPassword"),
    "AuthorizeRemoteTxRequests": ("AuthCtrlr", "AuthorizeRemoteStart"),
    "ClockAlignedDataInterval": ("AlignedDataCtrlr", "Interval"),
    "ConnectionTimeOut": ("TxCtrlr", "EVConnectionTimeOut"),
    "HeartbeatInterval": ("OCPPCommCtrlr", "HeartbeatInterval"),
    "MeterValuesSampledData": ("SampledDataCtrlr", "TxUpdatedMeasurands"),
    "SecurityProfile": ("SecurityCtrlr", "SecurityProfile"),
    "StopTxnSampledData": ("SampledDataCtrlr", "TxEndedMeasurands"),
    "TxStartPoint": ("TxCtrlr", "TxStartPoint"),
    "TxStopPoint": ("TxCtrlr", "TxStopPoint"),
    "Nonsense": ("OCPPCommCtrlr", "Nonsense"),
}
_FLOWING = ("Charging", "SuspendedEV", "SuspendedEVSE")


def variable(component, name):
    return {"component": {"name": component}, "variable": {"name": name}}


def connector(evse):
    return {"id": evse, "connectorId": 1}


class WordsV2:
    begin_action = "TransactionEvent"
    lines_of_status = (1, 2)
    status_field = "connectorStatus"
    statuses_of_a_session = ["Occupied", "Available"]
    reason_of_reset = "ImmediateReset"
    unknown_setting = "UnknownVariable"
    unreadable_id = "-1"

    def __init__(self, version):
        self.version = version
        self.protocol = f"ocpp{version}"
        self._remote_starts = itertools.count(1)

    # ---- what the station tells ---------------------------------------------------------------------------

    def told(self, action, payload, index=-1):
        read = getattr(self, "_" + action, None)
        return read(payload, index) if read else Told(action, payload, index)

    def _BootNotification(self, payload, index):
        station = payload["chargingStation"]
        return Told("boot", payload, index, boot=tuple(station.get(key) for key in (
            "vendorName", "model", "serialNumber", "firmwareVersion")))

    def _Heartbeat(self, payload, index):
        return Told("heartbeat", payload, index)

    def _Authorize(self, payload, index):
        return Told("authorize", payload, index, tag=payload["idToken"]["idToken"])

    def _StatusNotification(self, payload, index):
        return Told("status", payload, index, payload["evseId"], status=payload["connectorStatus"])

    def _MeterValues(self, payload, index):
        return Told("values", payload, index, payload["evseId"], **read_values(payload["meterValue"]))

    def _NotifyReport(self, payload, index):
        return Told("report", payload, index)

    def _TransactionEvent(self, payload, index):
        values = read_values(payload.get("meterValue", []))["samples"]
        info = payload["transactionInfo"]
        kind = {"Started": "start", "Ended": "end"}.get(payload["eventType"], "values" if values else "state")
        state, reason = info.get("chargingState"), info.get("stoppedReason", "Local")
        edges = [sample["value"] for sample in values if measurand(sample) == ENERGY
                 and sample.get("context") == {"start": "Transaction.Begin", "end": "Transaction.End"}.get(kind)]
        return Told(kind, payload, index, payload["evse"]["id"], info["transactionId"],
                    tag=payload.get("idToken", {}).get("idToken"), state=state if state in _FLOWING else None,
                    wh=edges[0] if edges else None, reason=reason if kind == "end" else None, samples=values,
                    times=(moment(payload["timestamp"]),))

    @staticmethod
    def fault(*_code_info_vendor_code):
        """A status tells none."""
        return None

    @staticmethod
    def shown_number(_transaction):
        return None

    # ---- what the central system answers --------------------------------------------------------------------

    @staticmethod
    def authorization(status):
        return {"idTokenInfo": {"status": status}}

    def begun(self, _transaction, status):
        return self.authorization(status)

    def ended(self, told):
        return self.authorization("Accepted") if told.tag else {}

    # ---- what the central system wants ----------------------------------------------------------------------

    @staticmethod
    def status_of(answer):
        changed = answer.get("setVariableResult")
        return changed[0]["attributeStatus"] if changed else answer["status"]

    def remote_start(self, tag, evse):
        return "RequestStartTransaction", {"idToken": {"idToken": tag, "type": "ISO14443"}, "evseId": evse,
                                           "remoteStartId": next(self._remote_starts)}

    @staticmethod
    def remote_stop(transaction):
        return "RequestStopTransaction", {"transactionId": transaction}

    @staticmethod
    def other(transaction):
        return "x" + transaction[1:]

    @staticmethod
    def availability(evse, operative):
        return "ChangeAvailability", {"operationalStatus": "Operative" if operative else "Inoperative",
                                      **({"evse": connector(evse)} if evse else {})}

    @staticmethod
    def unlock(evse):
        return "UnlockConnector", {"evseId": evse, "connectorId": 1}

    @staticmethod
    def trigger(message, evse=None):
        return "TriggerMessage", {"requestedMessage": message, **({"evse": connector(evse)} if evse else {})}

    @staticmethod
    def reset(at_once):
        return "Reset", {"type": "Immediate" if at_once else "OnIdle"}

    @staticmethod
    def change(name, value):
        return "SetVariables", {"setVariableData": [{**variable(*_SETTINGS[name]), "attributeValue": value}]}

    def calls_not_served(self):
        return actions_v2.not_served(self.version)

    @staticmethod
    def read(name):
        return "GetVariables", {"getVariableData": [variable(*_SETTINGS[name])]}

    @staticmethod
    def value_of(answer):
        return answer["getVariableResult"][0]["attributeValue"]
