"""What scripts/bench --write writes down."""

import io
import sys
import unittest

from fixture_tree import ROOT

sys.path.insert(0, str(ROOT / "tests" / "bench"))

import machine  # noqa: E402
import results  # noqa: E402
from compare import Comparison, Spread  # noqa: E402
from load import Sample, Shape  # noqa: E402
from report import Report  # noqa: E402
from rows import Row  # noqa: E402


def sample(rps: float, errors: int = 0) -> Sample:
    return Sample(rps=rps, p50_us=100, p99_us=200, cpu_us=5.0, switches=0.1, waits=0.05,
                  server_busy=1.0, wrk_busy=0.9, errors=errors)


class Results(unittest.TestCase):
    def setUp(self) -> None:
        self.report = Report(out=io.StringIO())

    def test_every_load_is_shown_with_its_median_and_range(self) -> None:
        self.report.compared("P1", "hello", Comparison(
            Shape(64, 1, 1), [sample(100), sample(300), sample(200, errors=2)], [sample(50)],
            "backplane", "nginx"))
        text = results.text_of(self.report, [])
        self.assertIn("| P1 | hello | 64 | backplane | 200 (100-300) |", text)
        self.assertIn("| P1 | hello | 64 | nginx | 50 |", text)
        self.assertEqual(self.report.failed_requests, 2)

    def test_rows_figures_and_facts_are_shown(self) -> None:
        self.report.add(Row("P5", "a|b", "9000", "<= 4500", "not reached"))
        self.report.figure("P12", "start", Spread(2, 1, 3), "ms")
        text = results.text_of(self.report, [["commit", "abc"]])
        for line in ("| commit | abc |", "| P5 | a\\|b | 9000 | <= 4500 | not reached |",
                     "| P12 | start | 2.000 (1.000-3.000) | ms |"):
            self.assertIn(line, text)

    def test_the_flags_are_those_of_the_type_that_was_built(self) -> None:
        cache = ("CMAKE_BUILD_TYPE:STRING=RelWithDebInfo\nCMAKE_CXX_FLAGS:STRING=\n"
                 "CMAKE_CXX_FLAGS_DEBUG:STRING=-g\nCMAKE_CXX_FLAGS_RELWITHDEBINFO:STRING=-O2 -g\n")
        self.assertEqual(machine.build_flags(cache), "RelWithDebInfo: -O2 -g")

    def test_the_processors_name_is_found(self) -> None:
        self.assertEqual(machine.processor_name("x: 1\nmodel name\t: Fast 3000\n"), "Fast 3000")


if __name__ == "__main__":
    unittest.main()
