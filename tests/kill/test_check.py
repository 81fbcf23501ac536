"""The check finds what it is there to find."""
import unittest

import check


def session(transaction, start, stop, **more):
    return {"station": "A", "evse_id": 1, "transaction_id": transaction, "state": "ended", "flags": [], "billable": True,
            "started": f"t{transaction}", "meter_start_wh": start, "meter_stop_wh": stop, "energy_wh": stop - start,
            **more}


class Books(unittest.TestCase):
    def wrong(self, sessions, true_wh):
        return " ".join(check.books(sessions, {("A", 1): true_wh * check.MICROJOULES_PER_WH + 5})[0])

    def test_books_that_balance(self):
        self.assertEqual(self.wrong([session("2", 40, 90), session("1", 0, 40), session("3", 90, 90)], 90), "")
        self.assertEqual(self.wrong([], 0), "")

    def test_a_lost_session(self):
        self.assertIn("40 Wh to 60 Wh are in no session", self.wrong([session("1", 0, 40), session("2", 60, 90)], 90))
        self.assertIn("billed up to 40 Wh, the meter says 90 Wh", self.wrong([session("1", 0, 40)], 90))
        self.assertIn("the meter says 3 Wh", self.wrong([], 3))

    def test_a_session_there_twice(self):
        twice = [session("1", 0, 40), session("2", 0, 40, started="t1")]
        self.assertIn("is there 2 times", self.wrong(twice, 40))
        self.assertIn("transaction 1 is there 2 times", self.wrong([session("1", 0, 0), session("1", 0, 40)], 40))
        self.assertIn("billed twice", self.wrong([session("1", 0, 40), session("2", 30, 90)], 90))

    def test_a_session_that_is_not_as_it_should_be(self):
        self.assertIn("never ended", self.wrong([session("1", 0, 40, state="running")], 40))
        self.assertIn("flagged: orphan_stop", self.wrong([session("1", 0, 40, flags=["orphan_stop"])], 40))
        self.assertIn("nobody's outlet", self.wrong([session("1", 0, 40, evse_id=0)], 0))

    def test_a_transaction_that_was_shown(self):
        self.assertEqual(check.shown([session("1", 0, 0)], "A", {"1"}), [])
        self.assertIn("2 was shown and is lost", check.shown([session("1", 0, 0)], "A", {"1", "2"})[0])


if __name__ == "__main__":
    unittest.main()
