"""What the bench computes from its samples, without any server."""

import json
import sys
import unittest
from argparse import ArgumentTypeError

from fixture_tree import ROOT

sys.path.insert(0, str(ROOT / "tests" / "bench"))

import bench  # noqa: E402
import rows  # noqa: E402
from accounting import field_of  # noqa: E402
from backplane import Counters, Documents, reason  # noqa: E402
from compare import Comparison, Spread, spread  # noqa: E402
from load import Sample, Shape  # noqa: E402
from servers import ECHO, HELLO, ServerError  # noqa: E402
from steady_load import SteadyLoadError, answer_size  # noqa: E402
from syscalls import total_calls  # noqa: E402


def sample(rps: float, cpu_us: float = 5.0, busy: float = 1.0, switches: float = 0.1) -> Sample:
    return Sample(rps=rps, p50_us=100, p99_us=200, cpu_us=cpu_us, switches=switches, waits=0.05,
                  server_busy=busy, wrk_busy=0.9, errors=0)


def comparison(subject: list[Sample], peer: list[Sample]) -> Comparison:
    return Comparison(Shape(64, 1, 1), subject, peer, "backplane", "nginx")


class Rows(unittest.TestCase):
    def test_ratios_are_of_pairs_and_their_median_counts(self) -> None:
        found = comparison([sample(100), sample(150), sample(90)],
                           [sample(100), sample(100), sample(100)])
        self.assertEqual(found.ratio(lambda one: one.rps), Spread(1.0, 0.9, 1.5))

    def test_nothing_measured_is_no_number(self) -> None:
        self.assertNotEqual(spread([]).middle, spread([]).middle)

    def test_a_ratio_below_the_limit_is_not_reached(self) -> None:
        row = rows.throughput("P1", "hello", comparison([sample(94)], [sample(100)]), 0.95)
        self.assertEqual((row.found, row.verdict), ("0.94 (0.94-0.94)", "not reached"))

    def test_a_server_that_waited_for_wrk_is_judged_by_its_processor_time(self) -> None:
        slower = comparison([sample(90, cpu_us=4.0, busy=0.8)], [sample(100, cpu_us=5.0)])
        row = rows.throughput("P1", "hello", slower, 0.95)
        self.assertTrue(row.verdict.startswith("reached by requests per CPU second, 1.25"),
                        row.verdict)
        faster = comparison([sample(110, cpu_us=6.0, busy=0.8)], [sample(100, cpu_us=5.0)])
        self.assertTrue(rows.throughput("P1", "hello", faster, 0.95)
                        .verdict.startswith("not reached"))

    def test_processor_time_per_request_is_limited_from_above(self) -> None:
        more = comparison([sample(100, cpu_us=6.0)], [sample(100, cpu_us=5.0)])
        self.assertEqual(rows.processor("P4", "CPU", more, 1.05).verdict, "not reached")
        self.assertEqual(rows.processor("P4", "CPU", more, 1.25).verdict, "reached")

    def test_switches_are_the_subjects_own(self) -> None:
        found = comparison([sample(1, switches=0.4)], [sample(1, switches=0.1)])
        self.assertEqual(rows.switches(found).verdict, "not reached")

    def test_a_quarter_of_a_model_server_is_the_limit_of_p8b(self) -> None:
        row = rows.model_server(comparison([sample(1, cpu_us=11.7)], [sample(1, cpu_us=10)]))
        self.assertEqual((row.reach, row.verdict), ("<= 1.175", "reached"))

    def test_a_row_that_could_not_be_measured_is_neither(self) -> None:
        self.assertEqual(rows.system_calls(None, 64).verdict,
                         "skipped: strace is missing or may not attach")

    def test_rows_are_chosen_by_name_and_unknown_names_refused(self) -> None:
        self.assertEqual(bench.wanted_rows("P5, P9"), {"P5", "P9"})
        with self.assertRaisesRegex(ArgumentTypeError, "P99"):
            bench.wanted_rows("P5,P99")
        with self.assertRaises(ArgumentTypeError):
            bench.wanted_rows(" ")

    def test_every_row_of_the_table_has_a_part_that_measures_it(self) -> None:
        named = {"P8b", "M", "R", "SDK", "ST", "EN"}
        self.assertEqual(bench.ALL_ROWS, {*(f"P{i}" for i in range(1, 15)), *named})


class Readers(unittest.TestCase):
    def test_the_total_of_strace_is_found(self) -> None:
        report = ("% time     seconds  usecs/call     calls    errors syscall\n"
                  " 60.00    0.1        1           100         2 read\n"
                  "100.00    0.2        1           250         2 total\n")
        self.assertEqual(total_calls(report), 250)
        self.assertIsNone(total_calls("strace: attach: not permitted\n"))

    def test_a_field_of_a_status_file_is_found_by_its_whole_name(self) -> None:
        status = "nonvoluntary_ctxt_switches:\t7\nvoluntary_ctxt_switches:\t42\nVmRSS:\t 9 kB\n"
        self.assertEqual(field_of(status, "voluntary_ctxt_switches"), 42)
        self.assertEqual(field_of(status, "VmRSS"), 9)
        self.assertEqual(field_of(status, "RssAnon"), 0)

    def test_the_size_of_an_answer_is_known_once_its_head_is_complete(self) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-LENGTH: 9\r\n"
        self.assertIsNone(answer_size(head))
        self.assertEqual(answer_size(head + b"\r\nhel"), len(head) + 2 + 9)
        with self.assertRaises(SteadyLoadError):
            answer_size(b"HTTP/1.1 200 OK\r\n\r\n")

    def test_only_the_right_answer_is_accepted(self) -> None:
        self.assertTrue(HELLO.is_answered_by("hello ray"))
        self.assertFalse(HELLO.is_answered_by("hello"))
        self.assertEqual(len(ECHO.body), 1024)
        shown = json.dumps({"method": "POST", "headers": [], "body": ECHO.body.decode()})
        self.assertTrue(ECHO.is_answered_by(shown))
        self.assertFalse(ECHO.is_answered_by('{"method": "POST", "body": ""}'))
        self.assertFalse(ECHO.is_answered_by("busy"))


class HostDocuments(unittest.TestCase):
    def test_a_change_leaves_the_rest_and_the_original_as_they_are(self) -> None:
        plain = Documents()
        changed = plain.with_host(data={"io_threads": 2}).with_backend("hello", {"num_replicas": 2})
        self.assertEqual(changed.host["data"], {**plain.host["data"], "io_threads": 2})
        self.assertEqual(changed.app["backends"]["hello"]["config"], {"num_replicas": 2})
        self.assertNotIn("config", plain.app["backends"]["hello"])
        self.assertEqual(changed.app["endpoints"], plain.app["endpoints"])

    def test_traffic_may_go_to_a_backend_that_was_added(self) -> None:
        split = Documents().with_backend("b", {}).with_traffic("hello", {"hello": 0.7, "b": 0.3})
        self.assertEqual(split.app["backends"]["b"]["handler"], "hello")
        self.assertEqual(split.app["endpoints"]["hello"]["traffic"], {"hello": 0.7, "b": 0.3})

    def test_a_refusal_for_another_reason_is_not_taken_for_a_missing_feature(self) -> None:
        said = "app.json: 1 error\n  /backends/hello/config/execution: unknown key\n"
        self.assertEqual(reason(said, "execution"),
                         "/backends/hello/config/execution: unknown key")
        with self.assertRaises(ServerError):
            reason(said, "metrics")

    def test_the_mean_batch_is_of_what_came_between(self) -> None:
        between = Counters(executions=30, requests=200) - Counters(executions=10, requests=100)
        self.assertEqual(between.mean_batch(), 5.0)
        self.assertEqual(Counters(0, 0).mean_batch(), 0.0)


if __name__ == "__main__":
    unittest.main()
