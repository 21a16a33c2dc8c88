"""What a run has found: printed as it comes, and kept for RESULTS.md."""

import sys
from dataclasses import dataclass, field
from typing import TextIO

from compare import Comparison, Spread, spread
from load import Sample
from rows import Row

HEADINGS = ("req/s", "p50 us", "p99 us", "CPU us", "switches", "busy", "wrk")
FIELDS = ("rps", "p50_us", "p99_us", "cpu_us", "switches", "server_busy", "wrk_busy")
DIGITS = (0, 0, 0, 2, 3, 2, 2)


@dataclass(frozen=True)
class Load:
    """What one server did under one load."""

    row: str
    what: str
    server: str
    connections: int
    samples: tuple[Sample, ...]

    def spreads(self) -> list[Spread]:
        return [spread(float(getattr(sample, name)) for sample in self.samples)
                for name in FIELDS]

    def errors(self) -> int:
        return sum(sample.errors for sample in self.samples)


@dataclass(frozen=True)
class Figure:
    """Anything else that was measured."""

    row: str
    what: str
    found: Spread
    unit: str


@dataclass
class Report:
    rows: list[Row] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    failed_requests: int = 0
    out: TextIO = sys.stdout

    def say(self, text: str) -> None:
        print(text, file=self.out, flush=True)

    def start(self) -> None:
        self.say(f"{'':<4} {'load':<30} {'c':>4} {'server':<20} "
                 + " ".join(f"{heading:>8}" for heading in HEADINGS) + " errors")

    def add(self, row: Row) -> None:
        self.rows.append(row)

    def compared(self, row: str, what: str, found: Comparison) -> None:
        for server, samples in ((found.subject_name, found.subject),
                                (found.peer_name, found.peer)):
            load = Load(row, what, server, found.shape.connections, tuple(samples))
            self.loads.append(load)
            self.failed_requests += load.errors()
            middles = " ".join(f"{one.middle:>8.{digits}f}"
                               for one, digits in zip(load.spreads(), DIGITS))
            self.say(f"{row:<4} {what:<30} {load.connections:>4} {server:<20} {middles} "
                     f"{load.errors():>6}")

    def figure(self, row: str, what: str, found: Spread | float, unit: str) -> None:
        kept = found if isinstance(found, Spread) else Spread(found, found, found)
        self.figures.append(Figure(row, what, kept, unit))
        self.say(f"{row:<4} {what}: {kept} {unit}")

    def print_rows(self) -> None:
        self.say("")
        for row in self.rows:
            self.say(f"{row.name:<4} {row.measure:<62} {row.found:<24} {row.reach:<12} "
                     f"{row.verdict}")
