"""The judge itself: each rule finds what breaks it, and nothing else."""
import json
import os
import unittest

from frames import Schemas, Wire

HEARTBEAT = [2, "1", "Heartbeat", {}]


class Judged(unittest.TestCase):
    def setUp(self):
        self.violations = []
        self.exercised = []
        self.wire = Wire("station", Schemas(), lambda *row: self.exercised.append(row),
                         self.violations.append)

    def ours(self, *frames):
        for frame in frames:
            self.wire.ours_sent(frame if isinstance(frame, str) else json.dumps(frame))
        return self.violations

    def peer(self, *frames):
        for frame in frames:
            self.wire.peer_sent(json.dumps(frame))

    def test_a_right_conversation(self):
        self.ours(HEARTBEAT)
        self.peer([3, "1", {"currentTime": "2026-01-01T00:00:00Z"}], [2, "x", "ClearCache", {}])
        self.ours([3, "x", {"status": "Rejected"}], [2, "2", "Heartbeat", {}])
        self.assertEqual(self.violations, [])
        self.assertEqual(self.exercised, [("station", "Heartbeat"), ("csms", "ClearCache")])

    def test_two_calls_at_once(self):
        self.assertEqual(len(self.ours(HEARTBEAT, [2, "2", "Heartbeat", {}])), 1)

    def test_an_id_twice(self):
        self.ours(HEARTBEAT)
        self.peer([3, "1", {}])
        self.assertEqual(len(self.ours(HEARTBEAT)), 1)

    def test_answers_to_nothing(self):
        self.assertEqual(len(self.ours([3, "9", {}], [4, "9", "GenericError", "", {}])), 2)

    def test_an_answer_twice(self):
        self.peer([2, "x", "ClearCache", {}])
        answer = [3, "x", {"status": "Rejected"}]
        self.assertEqual(len(self.ours(answer, answer)), 1)

    def test_broken_frames(self):
        for frame in ("x", "{}", "[]", [5, "1", {}], [2, 1, "Heartbeat", {}], [2, "i" * 37, "Heartbeat", {}],
                      [2, "a", "Heartbeat"], [2, "b", "Heartbeat", None], [2, "c", "Heartbeat", {}, {}]):
            with self.subTest(frame=frame):
                before = len(self.violations)
                self.assertEqual(len(self.ours(frame)), before + 1)

    def test_errors(self):
        for error in (["FormatViolation", "", {}], ["GenericError", "x" * 256, {}],
                      ["GenericError", "", None]):
            self.peer([2, "x", "ClearCache", {}])
            before = len(self.violations)
            self.assertEqual(len(self.ours([4, "x", *error])), before + 1, error)

    def test_times(self):
        status = {"connectorId": 1, "errorCode": "NoError",
            "status": "Available", "timestamp": "2026-01-01 00:00"}
        self.assertEqual(len(self.ours([2, "1", "StatusNotification", status])), 1)

    @unittest.skipUnless(os.environ.get("OCPP_SCHEMAS"), "needs the official schemas")
    def test_schemas(self):
        self.peer([2, "x", "ClearCache", {}])
        self.ours([3, "x", {"status": "Maybe"}], [2, "1", "Authorize", {}])
        self.peer([4, "1", "GenericError", "", {}])
        self.ours([2, "2", "Teleport", {}])
        self.assertEqual(len(self.violations), 3, self.violations)
        self.assertEqual(self.exercised, [])


if __name__ == "__main__":
    unittest.main()
