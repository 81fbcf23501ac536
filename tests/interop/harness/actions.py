"""Every action of OCPP 1.6 and its security extension: an example of each call and of its answer, and the
table of what was exercised with whom."""
import threading

NOW = "2026-03-01T12:00:00.000Z"
HASH = "0123456789abcdef" * 4
REQUEST = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"

# action -> (payload, answer). Where a scenario makes payloads of its own, these are complete all the same.
FROM_STATION = {
    "Authorize": ({"idTag": "GOOD"}, {"idTagInfo": {"status": "Accepted"}}),
    "BootNotification": ({"chargePointVendor": "Peer", "chargePointModel": "Interop"},
                         {"status": "Accepted", "currentTime": NOW, "interval": 300}),
    "DataTransfer": ({"vendorId": "org.example", "messageId": "Tariff", "data": "größer"},
                     {"status": "Accepted", "data": "ok"}),
    "DiagnosticsStatusNotification": ({"status": "Idle"}, {}),
    "FirmwareStatusNotification": ({"status": "Installed"}, {}),
    "Heartbeat": ({}, {"currentTime": NOW}),
    "MeterValues": ({"connectorId": 1, "meterValue": [
        {"timestamp": NOW, "sampledValue": [{"value": "1000", "measurand": "Energy.Active.Import.Register",
                                             "unit": "Wh"}]}]}, {}),
    "StartTransaction": ({"connectorId": 1, "idTag": "GOOD", "meterStart": 0, "timestamp": NOW},
                         {"idTagInfo": {"status": "Accepted"}, "transactionId": 1}),
    "StatusNotification": ({"connectorId": 0, "errorCode": "NoError", "status": "Available",
                            "timestamp": NOW}, {}),
    "StopTransaction": ({"transactionId": 1, "meterStop": 1, "timestamp": NOW}, {}),
    "LogStatusNotification": ({"status": "Uploaded", "requestId": 7}, {}),
    "SecurityEventNotification": ({"type": "SettingSystemTime", "timestamp": NOW, "techInfo": "by hand"}, {}),
    "SignCertificate": ({"csr": REQUEST}, {"status": "Rejected"}),
    "SignedFirmwareStatusNotification": ({"status": "Downloading", "requestId": 8}, {}),
}

FROM_CSMS = {
    "ChangeAvailability": ({"connectorId": 1, "type": "Inoperative"}, {"status": "Scheduled"}),
    "ChangeConfiguration": ({"key": "HeartbeatInterval", "value": "60"}, {"status": "RebootRequired"}),
    "ClearCache": ({}, {"status": "Accepted"}),
    "DataTransfer": ({"vendorId": "org.example", "data": "größer"}, {"status": "UnknownMessageId"}),
    "GetConfiguration": ({"key": ["HeartbeatInterval", "Nonsense"]},
                         {"configurationKey": [
                             {"key": "HeartbeatInterval", "readonly": False, "value": "60"}],
                          "unknownKey": ["Nonsense"]}),
    "RemoteStartTransaction": ({"idTag": "GOOD", "connectorId": 1}, {"status": "Rejected"}),
    "RemoteStopTransaction": ({"transactionId": 4711}, {"status": "Rejected"}),
    "Reset": ({"type": "Soft"}, {"status": "Accepted"}),
    "TriggerMessage": ({"requestedMessage": "Heartbeat"}, {"status": "NotImplemented"}),
    "UnlockConnector": ({"connectorId": 1}, {"status": "UnlockFailed"}),
    "CancelReservation": ({"reservationId": 5}, {"status": "Rejected"}),
    "ClearChargingProfile": ({"id": 3}, {"status": "Unknown"}),
    "GetCompositeSchedule": ({"connectorId": 1, "duration": 600}, {"status": "Rejected"}),
    "GetDiagnostics": ({"location": "ftp://127.0.0.1/logs"}, {"fileName": "log.txt"}),
    "GetLocalListVersion": ({}, {"listVersion": 12}),
    "ReserveNow": ({"connectorId": 1, "expiryDate": NOW, "idTag": "GOOD", "reservationId": 5},
                   {"status": "Occupied"}),
    "SendLocalList": ({"listVersion": 13, "updateType": "Full", "localAuthorizationList": [
        {"idTag": "GOOD", "idTagInfo": {"status": "Accepted"}}]}, {"status": "Accepted"}),
    "SetChargingProfile": ({"connectorId": 1, "csChargingProfiles": {
        "chargingProfileId": 3, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute", "chargingSchedule": {
            "chargingRateUnit": "A", "startSchedule": NOW,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.1}]}}}, {"status": "Accepted"}),
    "UpdateFirmware": ({"location": "ftp://127.0.0.1/firmware", "retrieveDate": NOW}, {}),
    "CertificateSigned": ({"certificateChain": CERTIFICATE}, {"status": "Rejected"}),
    "DeleteCertificate": ({"certificateHashData": {
        "hashAlgorithm": "SHA256", "issuerNameHash": HASH, "issuerKeyHash": HASH, "serialNumber": "1f"}},
        {"status": "NotFound"}),
    "ExtendedTriggerMessage": ({"requestedMessage": "Heartbeat"}, {"status": "Accepted"}),
    "GetInstalledCertificateIds": ({"certificateType": "CentralSystemRootCertificate"},
                                   {"status": "NotFound"}),
    "GetLog": ({"logType": "SecurityLog", "requestId": 9, "log": {"remoteLocation": "ftp://127.0.0.1/logs"}},
               {"status": "Accepted", "filename": "security.log"}),
    "InstallCertificate": ({"certificateType": "ManufacturerRootCertificate", "certificate": CERTIFICATE},
                           {"status": "Failed"}),
    "SignedUpdateFirmware": ({"requestId": 10, "firmware": {
        "location": "ftp://127.0.0.1/firmware", "retrieveDateTime": NOW, "signingCertificate": CERTIFICATE,
        "signature": "c2lnbmF0dXJl"}}, {"status": "InvalidCertificate"}),
}

# What the station does; everything else it refuses with NotSupported.
STATION_SERVES = ("ChangeAvailability", "ChangeConfiguration", "ClearCache", "DataTransfer",
                  "GetConfiguration", "RemoteStartTransaction", "RemoteStopTransaction", "Reset",
                  "TriggerMessage", "UnlockConnector")
_NO_FILES = "station transfers no files"
STATION_DOES_NOT_SEND = {
    "DataTransfer": "station has no vendor messages",
    "DiagnosticsStatusNotification": _NO_FILES,
    "FirmwareStatusNotification": _NO_FILES,
    "LogStatusNotification": _NO_FILES,
    "SignedFirmwareStatusNotification": _NO_FILES,
    "SecurityEventNotification": "station keeps no security log",
    "SignCertificate": "station has no certificates",
}

COLUMNS = ("node-client", "node-server", "python-client", "python-server")


class Table:
    """Actions by peer. Cells are filled by answered calls seen on the wire; a cell that stays empty needs a reason.
    rows: (sender, action); excuse(sender, action, column): the reason, or None."""

    def __init__(self, heading, rows, columns, excuse):
        self._heading, self._rows, self._columns, self._excuse = heading, rows, columns, excuse
        self._lock = threading.Lock()
        self._cells = {}

    def exercised(self, sender, action, column):
        with self._lock:
            self._cells[sender, action, column] = "yes"

    def refused(self, action, column, code):
        """The station refused this call of the central system, as it should."""
        with self._lock:
            self._cells.setdefault(("csms", action, column), code)

    def cell(self, sender, action, column):
        return self._cells.get((sender, action, column)) or self._excuse(sender, action, column)

    def empty(self):
        return [f"{action} ({sender}) with {column}: {self._heading}" for sender, action in self._rows
                for column in self._columns if self.cell(sender, action, column) is None]

    def text(self):
        lines = ["", self._heading,
                 f"{'action':38}{'sent by':9}" + "".join(f"{column:32}" for column in self._columns).rstrip()]
        for sender, action in self._rows:
            cells = "".join(f"{self.cell(sender, action, column) or 'MISSING':32}" for column in self._columns)
            lines.append(f"{action:38}{sender:9}{cells}".rstrip())
        return "\n".join(lines)


def rows_of(from_station, from_csms):
    return [("station", action) for action in from_station] + [("csms", action) for action in from_csms]


def heading(version):
    return f"OCPP {version}: clients talk to ladestrom-csms, servers to ladestrom-station."


def table():
    def excuse(sender, action, column):
        return STATION_DOES_NOT_SEND.get(action) if sender == "station" and column.endswith("server") else None
    return Table(heading("1.6"), rows_of(FROM_STATION, FROM_CSMS), COLUMNS, excuse)


def not_served():
    """Calls that the station refuses."""
    return {action: payload for action, (payload, _) in FROM_CSMS.items() if action not in STATION_SERVES}
