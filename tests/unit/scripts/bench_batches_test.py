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
        self.assertAlmostEqual(model.ideal_p50_us(1, requests=200), 1050, delta=0.001)

    def test_under_load_a_perfect_host_waits_too_but_less_than_two_full_batches(self) -> None:
        low, high = model.ideal_p50_us(615), model.ideal_p50_us(9846)
        self.assertGreater(low, 1.05 * 1050)
        self.assertGreater(high, low)
        self.assertLess(high, 2 * 2600)

    def test_growing_means_growing_at_every_step(self) -> None:
        self.assertTrue(model.grows([1.0, 1.5, 32.0]))
        self.assertFalse(model.grows([1.0, 1.0, 32.0]))

    def test_the_generators_line_is_read_and_anything_else_refused(self) -> None:
        line = ('{"answered": 10, "errors": 1, "rps": 5.0, "p50_us": 1.5, "p99_us": 2.5, '
                '"latest_send_us": 0.5}\n')
        found = open_loop.parse(line)
        self.assertEqual((found.answered, found.errors, found.p99_us), (10, 1, 2.5))
        for bad in ("", "{}", "open_loop: cannot connect"):
            with self.assertRaises(LoadError):
                open_loop.parse(bad)


if __name__ == "__main__":
    unittest.main()
