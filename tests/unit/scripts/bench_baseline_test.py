"""When scripts/bench --check says that the host has become slower."""

import sys
import tempfile
import unittest
from pathlib import Path

from fixture_tree import ROOT

sys.path.insert(0, str(ROOT / "tests" / "bench"))

import baseline  # noqa: E402


class Baseline(unittest.TestCase):
    def test_a_tenth_more_instructions_are_accepted_and_more_are_not(self) -> None:
        self.assertTrue(baseline.judge(baseline.INSTRUCTIONS, 4000, 4400).good)
        worse = baseline.judge(baseline.INSTRUCTIONS, 4000, 4401)
        self.assertFalse(worse.good)
        for word in ("found 4401.000", "committed 4000.000", "+10.0%", "at most 4400.000"):
            self.assertIn(word, worse.text)

    def test_a_figure_of_nothing_has_room_for_its_own_spread_only(self) -> None:
        self.assertTrue(baseline.judge(baseline.ALLOCATIONS, 0.0, 0.019).good)
        self.assertFalse(baseline.judge(baseline.ALLOCATIONS, 0.0, 0.021).good)
        worse = baseline.judge(baseline.ALLOCATIONS, 0.0, 1.0)
        self.assertFalse(worse.good)
        self.assertIn("+1.000", worse.text)

    def test_a_wake_for_every_second_request_is_found(self) -> None:
        self.assertTrue(baseline.judge(baseline.SWITCHES, 0.0317, 0.038).good)
        self.assertFalse(baseline.judge(baseline.SWITCHES, 0.0317, 0.04).good)

    def test_a_great_improvement_asks_for_a_new_baseline(self) -> None:
        better = baseline.judge(baseline.INSTRUCTIONS, 4000, 3000)
        self.assertTrue(better.good)
        self.assertIn("written anew", better.text)
        self.assertNotIn("anew", baseline.judge(baseline.INSTRUCTIONS, 4000, 3700).text)

    def test_a_figure_that_was_never_committed_fails(self) -> None:
        found = {guard.key: 1.0 for guard in baseline.GUARDS}
        judgements = baseline.judge_all({baseline.SWITCHES.key: 1.0}, found)
        self.assertEqual([judgement.good for judgement in judgements], [False, False, True])
        self.assertIn("--write-baseline", judgements[0].text)

    def test_what_is_written_can_be_read(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "baseline.json"
            self.assertEqual(baseline.read(file), {"figures": {}})
            baseline.write({"a": 1.23456}, {"compiler": "g++"}, file)
            self.assertEqual(baseline.read(file),
                             {"figures": {"a": 1.235}, "measured_with": {"compiler": "g++"}})

    def test_the_committed_file_has_every_figure(self) -> None:
        self.assertEqual(set(baseline.read()["figures"]), {guard.key for guard in baseline.GUARDS})


if __name__ == "__main__":
    unittest.main()
