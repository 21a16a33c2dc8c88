"""The rows P1 to P14: what each asks, what it is to reach, and what was found."""

from dataclasses import dataclass

from compare import Comparison, middle


@dataclass(frozen=True)
class Row:
    name: str
    measure: str
    found: str
    reach: str
    verdict: str


def verdict(value: float, limit: float, at_least: bool) -> str:
    good = value >= limit if at_least else value <= limit
    return "reached" if good else "not reached"


def throughput(name: str, comparison: Comparison, limit: float) -> Row:
    ratio = comparison.ratio(lambda sample: sample.rps)
    judged = verdict(ratio.middle, limit, at_least=True)
    # wrk's core fills up before a fast server's, and other programs take their share: then requests
    # per second say nothing of the server.
    if middle(comparison.subject, lambda sample: sample.server_busy) < 0.95:
        cpu = comparison.ratio(lambda sample: sample.cpu_us)
        judged += f", but its core was not full: judge by CPU, {cpu} of the peer's"
    return Row(name, f"requests/s over the peer, c={comparison.shape.connections}", str(ratio),
               f">= {limit:.2f}", judged)


def latency(name: str, where: str, comparison: Comparison, limit: float) -> Row:
    ratio = comparison.ratio(lambda sample: sample.p50_us)
    return Row(name, f"p50 over the peer's, c=1, client on {where}", str(ratio), f"<= {limit:.2f}",
               verdict(ratio.middle, limit, at_least=False))


def processor(comparison: Comparison) -> list[Row]:
    cpu = comparison.ratio(lambda sample: sample.cpu_us)
    switches = middle(comparison.subject, lambda sample: sample.switches)
    shape = f"c={comparison.shape.connections}"
    return [Row("P4", f"server CPU per request over the peer's, {shape}", str(cpu), "<= 1.05",
                verdict(cpu.middle, 1.05, at_least=False)),
            Row("P4", f"context switches per request, {shape}", f"{switches:.3f}", "<= 0.35",
                verdict(switches, 0.35, at_least=False))]


def system_calls(calls: float | None, connections: int) -> Row:
    measure = f"system calls per request, c={connections}"
    if calls is None:
        return Row("P4", measure, "-", "<= 2.40", "skipped: strace is missing or may not attach")
    return Row("P4", measure, f"{calls:.2f}", "<= 2.40", verdict(calls, 2.4, at_least=False))


PENDING = (
    Row("P4", "CPU per request over the same with the handler inline", "-", "<= 1.15", "pending"),
    Row("P5", "user instructions per request, c=16", "-", "<= 4500", "pending"),
    Row("P6", "70/30 split over one backend, c=64", "-", ">= 0.95", "pending"),
    Row("P7", "hello and 1 KiB JSON to echo over Node's http", "-", ">= 2.3", "pending"),
    Row("P8", "hello over Flask and gunicorn", "-", ">= 25", "pending"),
    Row("P9", "batch handler, open loop, p99 in batch times", "-", "<= 3", "pending"),
    Row("P10", "mean batch over the largest, saturated", "-", ">= 0.9", "pending"),
    Row("P11", "memory of an idle connection; p99 beside 9,000", "-", "<= 1500 B; <= 1.5", "pending"),
    Row("P12", "start to ready; resident memory then", "-", "<= 150 ms; <= 25 MiB", "pending"),
    Row("P13", "CPU per request, two of everything over one", "-", "<= 1.15", "pending"),
    Row("P14", "inline execution over the peer, c=64", "-", ">= 1.1", "pending"),
)
