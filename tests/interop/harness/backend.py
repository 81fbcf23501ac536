"""What a central system decides, apart from how it speaks: the server peers ask it for every answer."""
import datetime
import threading

from peers import NO_ANSWER


class Backend:
    def __init__(self, words):
        self._words = words
        self._lock = threading.Lock()
        self.ahead = 0.0                # seconds that the stations' clocks were advanced
        self.boot_answers = []          # statuses and intervals of the next boots; then Accepted
        self.tokens = {"GOOD": "Accepted", "OTHER": "Accepted"}
        self.starts_as = {}             # token -> status in the answer to the start of a transaction
        self.silent = set()             # actions without an answer
        self.transactions = {}          # number or name -> payload of its start

    def now(self):
        moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.ahead)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def __call__(self, _station, action, payload):
        with self._lock:
            if action in self.silent:
                return NO_ANSWER
            told = self._words.told(action, payload)
            handler = getattr(self, "_" + told.kind, None)
            return handler(told) if handler else {}

    def _boot(self, _told):
        status, interval = self.boot_answers.pop(0) if self.boot_answers else ("Accepted", 300)
        return {"status": status, "currentTime": self.now(), "interval": interval}

    def _heartbeat(self, _told):
        return {"currentTime": self.now()}

    def _authorize(self, told):
        return self._words.authorization(self.tokens.get(told.tag, "Invalid"))

    def _start(self, told):
        transaction = self.known(told) or told.transaction or 7000 + len(self.transactions)
        self.transactions[transaction] = told.payload
        return self._words.begun(transaction, self.starts_as.get(told.tag, "Accepted"))

    def _end(self, told):
        return self._words.ended(told)

    def known(self, start):
        """Number or name of the transaction that this start has begun."""
        return next((key for key, payload in self.transactions.items() if payload == start.payload), None)
