"""P5: user instructions per request, and what it asks of the allocator."""

from pathlib import Path

import callgrind
import rows
from compare import spread
from plan import Plan
from report import Report


def measure(plan: Plan, report: Report, runs: int = 1, profile_file: Path | None = None) -> None:
    measure_text = f"user instructions per request, c={callgrind.CONNECTIONS}"
    missing = callgrind.missing_program()
    if missing is not None:
        report.add(rows.skipped("P5", measure_text, "<= 4500", f"{missing} is not installed"))
        return
    counted = [callgrind.count(plan.server_core) for _ in range(runs)]
    counts = [count for count, _ in counted]
    instructions = spread(count.instructions for count in counts)
    report.figure("P5", "user instructions per request", instructions, "")
    report.figure("P5", "allocations per request", spread(c.allocations for c in counts), "")
    report.figure("P5", "of them by the host's code", spread(c.by_host for c in counts), "")
    report.figure("P5", "of them by the plugin's code", spread(c.by_plugin for c in counts), "")
    report.add(rows.at_most("P5", measure_text, instructions.middle, 4500))
    if profile_file is not None:
        callgrind.write_profile(counted[-1][1], profile_file)
        report.say(f"     instructions by function: {profile_file}")
