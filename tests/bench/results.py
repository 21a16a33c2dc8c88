"""Writes tests/bench/RESULTS.md: the last full run, as it was measured."""

from pathlib import Path

import machine
from compare import Spread
from plan import Plan
from report import DIGITS, HEADINGS, Load, Report

FILE = Path(__file__).resolve().parent / "RESULTS.md"


def table(headings: list[str], lines: list[list[str]]) -> list[str]:
    def row(cells: list[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    return [row(headings), "|" + "---|" * len(headings), *(row(line) for line in lines)]


def shown(found: Spread, digits: int) -> str:
    if found.low == found.high:
        return f"{found.middle:.{digits}f}"
    return f"{found.middle:.{digits}f} ({found.low:.{digits}f}-{found.high:.{digits}f})"


def load_cells(load: Load) -> list[str]:
    return [load.row, load.what, str(load.connections), load.server,
            *(shown(one, digits) for one, digits in zip(load.spreads(), DIGITS)),
            str(load.errors())]


def text_of(report: Report, facts: list[list[str]]) -> str:
    lines = ["# Results", "",
             "Written by `scripts/bench --write`, not by hand; what the rows ask is in the files",
             "`measure_*.py` here. Figures are medians with their lowest and highest round; ratios",
             "are of pairs measured one after the other.", ""]
    lines += table(["", ""], facts)
    lines += ["", "## Rows", ""]
    lines += table(["row", "measure", "found", "to reach", "verdict"],
                   [[row.name, row.measure, row.found, row.reach, row.verdict]
                    for row in report.rows])
    lines += ["", "## Under load", "",
              "CPU and switches are the server's, per request; busy is the share of one core that",
              "the server used, wrk the share that the load generator used of its own.", ""]
    lines += table(["row", "load", "c", "server", *HEADINGS, "errors"],
                   [load_cells(load) for load in report.loads])
    lines += ["", "## Other figures", ""]
    lines += table(["row", "figure", "found", "unit"],
                   [[one.row, one.what, shown(one.found, 3), one.unit] for one in report.figures])
    return "\n".join(lines) + "\n"


def write(report: Report, plan: Plan, before: list[float], after: list[float],
          file: Path = FILE) -> None:
    facts = [["machine", machine.description()],
             ["commit", machine.commit()],
             ["compiler", machine.compiler()],
             ["build", machine.flags_of_build()],
             ["load average before, after", f"{before}, {after}"],
             ["rounds", f"{plan.rounds} of {plan.seconds} s, server on core {plan.server_core}, "
                        f"wrk -t1 on core {plan.wrk_core}"],
             ["failed requests", str(report.failed_requests)]]
    file.write_text(text_of(report, facts), encoding="utf-8")
    print(f"written to {file.relative_to(machine.ROOT)}")
