"""P12: from the start of the process to the line `ready`, with the example plugins."""

import time

import rows
from accounting import memory_of
from backplane import Backplane
from compare import spread
from plan import Plan
from report import Report

STARTS = 9


def start_once(cores: str) -> tuple[float, float]:
    """Milliseconds until it is ready, and the memory in MiB that is resident then."""
    server = Backplane(cores)
    try:
        started = time.monotonic()
        server.launch()
        elapsed = time.monotonic() - started
        return elapsed * 1e3, memory_of(server.pid, "VmRSS") / 2**20
    finally:
        server.__exit__()


def measure(plan: Plan, report: Report) -> None:
    found = [start_once(plan.both_cores) for _ in range(STARTS)]
    ready, resident = (spread(values) for values in zip(*found))
    report.figure("P12", "start to ready", ready, "ms")
    report.figure("P12", "resident memory then", resident, "MiB")
    report.add(rows.at_most("P12", "start to ready, example plugins", ready, 150, "ms"))
    report.add(rows.at_most("P12", "resident memory then", resident, 25, "MiB"))
