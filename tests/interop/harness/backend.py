"""What a central system decides, apart from how it speaks: the server peers ask it for every answer."""
import datetime
import threading

from peers import NO_ANSWER


class Backend:
    def __init__(self):
        self._lock = threading.Lock()
        self.ahead = 0.0                # seconds that the stations' clocks were advanced
        self.boot_answers = []          # statuses and intervals of the next boots; then Accepted
        self.tokens = {"GOOD": "Accepted", "OTHER": "Accepted"}
        self.starts_as = {}             # idTag -> status in the answer to StartTransaction
        self.silent = set()             # actions without an answer
        self.transactions = {}          # number -> payload of its start
        self.stops = []

    def now(self):
        moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.ahead)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def __call__(self, _station, action, payload):
        with self._lock:
            if action in self.silent:
                return NO_ANSWER
            handler = getattr(self, "_" + action, None)
            return handler(payload) if handler else {}

    def _BootNotification(self, _payload):
        status, interval = self.boot_answers.pop(0) if self.boot_answers else ("Accepted", 300)
        return {"status": status, "currentTime": self.now(), "interval": interval}

    def _Heartbeat(self, _payload):
        return {"currentTime": self.now()}

    def _Authorize(self, payload):
        return {"idTagInfo": {"status": self.tokens.get(payload["idTag"], "Invalid")}}

    def _StartTransaction(self, payload):
        number = next((n for n, known in self.transactions.items() if known == payload), None)
        if number is None:
            number = 7000 + len(self.transactions)
            self.transactions[number] = payload
        status = self.starts_as.get(payload["idTag"], "Accepted")
        return {"transactionId": number, "idTagInfo": {"status": status}}

    def _StopTransaction(self, payload):
        self.stops.append(payload)
        return {"idTagInfo": {"status": "Accepted"}} if "idTag" in payload else {}

    def _DataTransfer(self, _payload):
        return {"status": "UnknownVendorId"}

    def _SignCertificate(self, _payload):
        return {"status": "Rejected"}
