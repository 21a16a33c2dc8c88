"""What the bench computes from its samples, without any server."""

import sys
import unittest

from fixture_tree import ROOT

sys.path.insert(0, str(ROOT / "tests" / "bench"))

from compare import Comparison  # noqa: E402
from load import Sample, Shape  # noqa: E402
from rows import processor, throughput  # noqa: E402
from syscalls import total_calls  # noqa: E402


def sample(rps: float, cpu_us: float = 5.0, busy: float = 1.0) -> Sample:
    return Sample(rps=rps, p50_us=100, p99_us=200, cpu_us=cpu_us, switches=0.1, server_busy=busy,
                  wrk_busy=0.9, errors=0)


def comparison(subject: list[Sample], peer: list[Sample]) -> Comparison:
    return Comparison(Shape(64, 1, 1), subject, peer)


class Bench(unittest.TestCase):
    def test_ratios_are_of_pairs_and_their_median_counts(self) -> None:
        found = comparison([sample(100), sample(150), sample(90)],
                           [sample(100), sample(100), sample(100)])
        ratio = found.ratio(lambda one: one.rps)
        self.assertEqual((ratio.middle, ratio.low, ratio.high), (1.0, 0.9, 1.5))

    def test_a_ratio_below_the_limit_is_not_reached(self) -> None:
        row = throughput("P1", comparison([sample(94)], [sample(100)]), 0.95)
        self.assertEqual(row.verdict, "not reached")

    def test_a_server_that_waited_for_wrk_is_judged_by_its_processor_time(self) -> None:
        row = throughput("P1", comparison([sample(100, busy=0.8)], [sample(100)]), 0.95)
        self.assertIn("judge by CPU", row.verdict)

    def test_processor_time_per_request_is_limited_from_above(self) -> None:
        verdicts = [row.verdict for row in
                    processor(comparison([sample(100, cpu_us=6.0)], [sample(100, cpu_us=5.0)]))]
        self.assertEqual(verdicts, ["not reached", "reached"])

    def test_the_total_of_strace_is_found(self) -> None:
        report = ("% time     seconds  usecs/call     calls    errors syscall\n"
                  " 60.00    0.1        1           100         2 read\n"
                  "100.00    0.2        1           250         2 total\n")
        self.assertEqual(total_calls(report), 250)
        self.assertIsNone(total_calls("strace: attach: not permitted\n"))


if __name__ == "__main__":
    unittest.main()
