"""The words of OCPP 1.6."""
import actions
from words import Told, moment, read_values

_OCCUPIED = ("Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing")
_FLOWING = ("Charging", "SuspendedEV", "SuspendedEVSE")


class WordsV16:
    version = "1.6"
    protocol = "ocpp1.6"
    begin_action = "StartTransaction"
    lines_of_status = (0, 1, 2)     # of a station with two EVSEs
    status_field = "status"
    statuses_of_a_session = ["Preparing", "Charging", "Finishing", "Available"]
    reason_of_reset = "HardReset"
    unknown_setting = "NotSupported"
    unreadable_id = None            # what cannot be read is not answered

    # ---- what the station tells ---------------------------------------------------------------------------

    def told(self, action, payload, index=-1):
        read = getattr(self, "_" + action, None)
        return read(payload, index) if read else Told(action, payload, index)

    def _BootNotification(self, payload, index):
        return Told("boot", payload, index, boot=tuple(payload.get(key) for key in (
            "chargePointVendor", "chargePointModel", "chargePointSerialNumber", "firmwareVersion")))

    def _Heartbeat(self, payload, index):
        return Told("heartbeat", payload, index)

    def _Authorize(self, payload, index):
        return Told("authorize", payload, index, tag=payload["idTag"])

    def _StatusNotification(self, payload, index):
        status = payload["status"]
        return Told("status", payload, index, payload["connectorId"],
                    status="Occupied" if status in _OCCUPIED else status,
                    state=status if status in _FLOWING else None,
                    fault=self.fault(payload["errorCode"], payload.get("info"), payload.get("vendorErrorCode")))

    def _StartTransaction(self, payload, index):
        return Told("start", payload, index, payload["connectorId"], tag=payload["idTag"],
                    wh=payload["meterStart"], times=(moment(payload["timestamp"]),))

    def _MeterValues(self, payload, index):
        return Told("values", payload, index, payload["connectorId"], payload.get("transactionId"),
                    **read_values(payload["meterValue"]))

    def _StopTransaction(self, payload, index):
        kept = read_values(payload.get("transactionData", []))["samples"]
        return Told("end", payload, index, transaction=payload["transactionId"], tag=payload.get("idTag"),
                    wh=payload["meterStop"], reason=payload.get("reason", "Local"), samples=kept,
                    times=(moment(payload["timestamp"]),))

    @staticmethod
    def fault(code="NoError", info=None, vendor_code=None):
        return code, info, vendor_code

    @staticmethod
    def shown_number(transaction):
        """Of a transaction, at the station's own port."""
        return transaction

    # ---- what the central system answers --------------------------------------------------------------------

    @staticmethod
    def authorization(status):
        return {"idTagInfo": {"status": status}}

    def begun(self, transaction, status):
        return {"transactionId": transaction, **self.authorization(status)}

    def ended(self, told):
        return self.authorization("Accepted") if told.tag else {}

    # ---- what the central system wants ----------------------------------------------------------------------

    @staticmethod
    def status_of(answer):
        return answer["status"]

    @staticmethod
    def remote_start(tag, evse):
        return "RemoteStartTransaction", {"idTag": tag, "connectorId": evse}

    @staticmethod
    def remote_stop(transaction):
        return "RemoteStopTransaction", {"transactionId": transaction}

    @staticmethod
    def other(transaction):
        """A transaction that there is not."""
        return transaction + 5

    @staticmethod
    def availability(evse, operative):
        """evse: 0 for the station."""
        return "ChangeAvailability", {"connectorId": evse, "type": "Operative" if operative else "Inoperative"}

    @staticmethod
    def unlock(evse):
        return "UnlockConnector", {"connectorId": evse}

    @staticmethod
    def trigger(message, evse=None):
        return "TriggerMessage", {"requestedMessage": message, **({"connectorId": evse} if evse else {})}

    @staticmethod
    def reset(at_once):
        return "Reset", {"type": "Hard" if at_once else "Soft"}

    @staticmethod
    def change(name, value):
        return "ChangeConfiguration", {"key": name, "value": value}

    @staticmethod
    def calls_not_served():
        return actions.not_served()

    @staticmethod
    def read(name):
        return "GetConfiguration", {"key": [name]}

    @staticmethod
    def value_of(answer):
        return answer["configurationKey"][0]["value"]
