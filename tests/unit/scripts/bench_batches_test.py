"""The perfect host that batches are read against, and what the load generator writes."""

import sys
import unittest

from fixture_tree import ROOT

sys.path.insert(0, str(ROOT / "tests" / "bench"))

import batch_model as model  # noqa: E402
import open_loop  # noqa: E402
from load import LoadError  # noqa: E402


class Batches(unittest.TestCase):
    def test_the_cost_of_a_batch_and_what_it_allows(self) -> None:
        self.assertEqual((model.cost_us(1), model.cost_us(model.LARGEST)), (1050, 2600))
        self.assertAlmostEqual(model.capacity(model.LARGEST), 12307.7, places=1)

    def test_a_request_that_finds_nobody_takes_the_cost_of_one(self) -> None:
        self.assertAlmostEqual(model.ideal_us(1, requests=200)[0], 1050, delta=0.001)

    def test_under_load_a_perfect_host_waits_too_but_less_than_two_full_batches(self) -> None:
        low, _ = model.ideal_us(615)
        high, high_p99 = model.ideal_us(9846)
        self.assertGreater(low, 1.05 * 1050)
        self.assertGreater(high, low)
        self.assertLess(high, 2 * 2600)
        self.assertGreater(high_p99, high)

    def test_growing_means_growing_at_every_step(self) -> None:
        self.assertTrue(model.grows([1.0, 1.5, 32.0]))
        self.assertFalse(model.grows([1.0, 1.0, 32.0]))

    def test_rounds_in_which_the_generator_was_held_up_do_not_count(self) -> None:
        def late(by_us: float) -> open_loop.Latencies:
            return open_loop.Latencies(10, 0, 5.0, 1.0, 2.0, 3.0, by_us)
        self.assertEqual(open_loop.undisturbed([late(10), late(9000), late(20)], 1000),
                         [late(10), late(20)])
        # With none left the row cannot be judged.
        self.assertEqual(open_loop.undisturbed([late(9000)], 1000), [])

    def test_the_generators_line_is_read_and_anything_else_refused(self) -> None:
        line = ('{"answered": 10, "errors": 1, "rps": 5.0, "p50_us": 1.5, "p99_us": 2.5, '
                '"max_us": 9.5, "latest_send_us": 0.5}\n')
        found = open_loop.parse(line)
        self.assertEqual((found.answered, found.errors, found.p99_us), (10, 1, 2.5))
        for bad in ("", "{}", "open_loop: cannot connect"):
            with self.assertRaises(LoadError):
                open_loop.parse(bad)


if __name__ == "__main__":
    unittest.main()
