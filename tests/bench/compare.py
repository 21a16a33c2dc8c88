"""Two servers under the same load, in turns, and what can be said of the difference."""

from dataclasses import dataclass
from statistics import median
from typing import Callable, Iterable

from load import Sample, Shape, measure
from servers import Server


@dataclass(frozen=True)
class Spread:
    """Of several measurements of one figure, or of ratios of pairs measured one after the other:
    in those the machine's mood cancels out."""

    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.low:.2f}-{self.high:.2f})"


def spread(values: Iterable[float]) -> Spread:
    kept = list(values)
    if not kept:
        return Spread(float("nan"), float("nan"), float("nan"))
    return Spread(median(kept), min(kept), max(kept))


@dataclass(frozen=True)
class Comparison:
    shape: Shape
    subject: list[Sample]
    peer: list[Sample]
    subject_name: str = "subject"
    peer_name: str = "peer"

    def ratio(self, value: Callable[[Sample], float]) -> Spread:
        return spread(value(a) / value(b) for a, b in zip(self.subject, self.peer) if value(b) > 0)

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
    return Comparison(shape, samples[0], samples[1], subject.name, peer.name)
