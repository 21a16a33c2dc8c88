"""Two servers under the same load, in turns, and what can be said of the difference."""

from dataclasses import dataclass
from statistics import median
from typing import Callable

from load import Sample, Shape, measure
from servers import Server


@dataclass(frozen=True)
class Ratio:
    """Of pairs measured one after the other: the machine's mood cancels out."""

    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.low:.2f}-{self.high:.2f})"


@dataclass(frozen=True)
class Comparison:
    shape: Shape
    subject: list[Sample]
    peer: list[Sample]

    def ratio(self, value: Callable[[Sample], float]) -> Ratio:
        ratios = [value(a) / value(b) for a, b in zip(self.subject, self.peer) if value(b) > 0]
        if not ratios:
            return Ratio(float("nan"), float("nan"), float("nan"))
        return Ratio(median(ratios), min(ratios), max(ratios))

    def errors(self) -> int:
        return sum(sample.errors for sample in self.subject + self.peer)


def middle(samples: list[Sample], value: Callable[[Sample], float]) -> float:
    return median(value(sample) for sample in samples)


def compare(subject: Server, peer: Server, shape: Shape, rounds: int) -> Comparison:
    """A B A B …: each server runs `rounds` times, after one warm-up each."""
    warm_up = Shape(shape.connections, 1, shape.core)
    for server in (subject, peer):
        measure(server, warm_up)
    samples: tuple[list[Sample], list[Sample]] = ([], [])
    for _ in range(rounds):
        for server, kept in zip((subject, peer), samples):
            kept.append(measure(server, shape))
    return Comparison(shape, samples[0], samples[1])
