#!/usr/bin/env python3
"""Measures the host beside other servers, in turns, on this machine.

The server is pinned to core 0 and wrk to core 1. Absolute figures move with the machine's mood;
the ratios of pairs measured one after the other are what counts.
"""

import argparse
import shutil
import sys
from pathlib import Path
from typing import Callable

import check
import measure_batches
import measure_canary
import measure_ensemble
import measure_idle
import measure_instructions
import measure_nginx
import measure_peers
import measure_reload
import measure_sdk
import measure_start
import measure_stream
import measure_variants
import results
from accounting import load_average
from load import LoadError
from nginx import Nginx
from plan import Plan, raise_open_files, usable_cores
from report import Report
from servers import ServerError
from steady_load import SteadyLoadError

QUICK_RELOADS = 300
# Above this load average before the start, something else competes for the two cores.
BUSY_LOAD = 0.7

# Which rows each part of the run fills; M is what metrics cost, R what reloads do.
PARTS: tuple[tuple[tuple[str, ...], Callable[[Plan, Report], None]], ...] = (
    (("P5",), measure_instructions.measure),
    (("P12",), measure_start.measure),
    (("SDK",), measure_sdk.measure),
    (measure_nginx.NAMES, measure_nginx.measure),
    (("P4", "P14"), measure_variants.measure_inline),
    (("M",), measure_variants.measure_metrics),
    (("P6",), measure_variants.measure_split),
    (("P13",), measure_variants.measure_two_cores),
    (("P7",), measure_peers.measure_node),
    (("P8",), measure_peers.measure_flask),
    (("P9", "P10"), measure_batches.measure),
    (("P11",), measure_idle.measure),
    (measure_reload.NAMES, measure_reload.measure),
    (measure_reload.NAMES, measure_canary.measure),
    (measure_stream.NAMES, measure_stream.measure),
    (measure_ensemble.NAMES, measure_ensemble.measure),
)
ALL_ROWS = frozenset(name for names, _ in PARTS for name in names)


def wanted_rows(text: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    unknown = sorted(names - ALL_ROWS)
    if unknown or not names:
        raise argparse.ArgumentTypeError(
            f"no such row: {', '.join(unknown) or text!r}; there are {', '.join(sorted(ALL_ROWS))}")
    return names


def parse_arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three rounds of one second")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each run; wrk takes whole ones")
    parser.add_argument("--reloads", type=int, default=10_000, help="under load, for row R")
    parser.add_argument("--rows", type=wanted_rows, default=ALL_ROWS, metavar="P5,P9",
                        help="only these; M is what metrics cost, R what reloads do")
    parser.add_argument("--noise", action="store_true",
                        help="compare nginx with itself, to see the noise of this machine")
    parser.add_argument("--write", action="store_true", help="write tests/bench/RESULTS.md too")
    parser.add_argument("--instructions", action="store_true",
                        help="only P5, three times: what callgrind counts")
    parser.add_argument("--profile", type=Path, metavar="FILE",
                        help="with --instructions: the functions they go to")
    parser.add_argument("--check", action="store_true",
                        help="compare what repeats with tests/bench/baseline.json; exit 1 if worse")
    parser.add_argument("--write-baseline", action="store_true",
                        help="measure what repeats and write tests/bench/baseline.json")
    return parser.parse_args(words)


def plan_of(arguments: argparse.Namespace) -> Plan:
    server_core, wrk_core = usable_cores()
    return Plan(3 if arguments.quick else arguments.rounds,
                1 if arguments.quick else arguments.seconds, server_core, wrk_core,
                arguments.rows, QUICK_RELOADS if arguments.quick else arguments.reloads)


def run_rows(plan: Plan, report: Report) -> None:
    report.start()
    for names, measure in PARTS:
        if plan.wants(*names):
            measure(plan, report)


def run_noise(plan: Plan, report: Report) -> None:
    report.start()
    with Nginx(plan.cores) as subject, Nginx(plan.cores) as peer:
        measure_nginx.beside_nginx(plan, report, subject, peer)


def say_where(plan: Plan, before: list[float]) -> None:
    if plan.server_core == plan.wrk_core:
        print("one core only: server and wrk share it, and no figure means what it should")
    print(f"server on core {plan.server_core}, wrk -t1 on core {plan.wrk_core}; {plan.rounds} "
          f"rounds of {plan.seconds} s in turns; medians; load average before: {before}")
    if before[0] > BUSY_LOAD:
        print("the machine is busy with other work: only CPU per request means something now")


def run(plan: Plan, arguments: argparse.Namespace) -> int:
    if arguments.check:
        return check.check(plan)
    if arguments.write_baseline:
        return check.write_baseline(plan)
    report = Report()
    if arguments.instructions:
        measure_instructions.measure(plan, report, runs=3, profile_file=arguments.profile)
        report.print_rows()
        return 0
    if shutil.which("wrk") is None:
        raise ServerError("wrk is not installed; scripts/setup --bench installs it")
    before = load_average()
    say_where(plan, before)
    (run_noise if arguments.noise else run_rows)(plan, report)
    after = load_average()
    report.print_rows()
    print(f"\nload average after: {after}")
    if arguments.write:
        results.write(report, plan, before, after)
    if report.failed_requests:
        print(f"{report.failed_requests} requests failed: the figures are not to be trusted")
    return 1 if report.failed_requests else 0


def main() -> int:
    arguments = parse_arguments(sys.argv[1:])
    raise_open_files()
    try:
        return run(plan_of(arguments), arguments)
    except (ServerError, LoadError, SteadyLoadError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
