"""The rows P1 to P14: what each asks, what it is to reach, and what was found."""

from dataclasses import dataclass

from compare import Comparison, Spread, middle

# Below it the server waited for wrk, whose core fills up before a fast server's.
FULL_CORE = 0.95


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


def at_most(name: str, measure: str, found: Spread | float, limit: float, unit: str = "") -> Row:
    value = found.middle if isinstance(found, Spread) else found
    text = str(found) if isinstance(found, Spread) else f"{found:.4g}"
    tail = f" {unit}" if unit else ""
    return Row(name, measure, text + tail, f"<= {limit:g}{tail}",
               verdict(value, limit, at_least=False))


def at_least(name: str, measure: str, found: float, limit: float) -> Row:
    return Row(name, measure, f"{found:.4g}", f">= {limit:g}",
               verdict(found, limit, at_least=True))


def skipped(name: str, measure: str, reach: str, why: str) -> Row:
    return Row(name, measure, "-", reach, f"skipped: {why}")


def throughput(name: str, what: str, comparison: Comparison, limit: float) -> Row:
    """Requests per second where the server's core was full, else the processor time of a request:
    then requests per second say nothing of the server."""
    ratio = comparison.ratio(lambda sample: sample.rps)
    busy = middle(comparison.subject, lambda sample: sample.server_busy)
    judged = verdict(ratio.middle, limit, at_least=True)
    if busy < FULL_CORE:
        per_cpu = comparison.ratio(lambda sample: 1 / sample.cpu_us)
        judged = (f"{verdict(per_cpu.middle, limit, at_least=True)} by requests per CPU second, "
                  f"{per_cpu}; its core was {busy:.2f} busy")
    return Row(name, f"{what}, req/s over {comparison.peer_name}, c={comparison.shape.connections}",
               str(ratio), f">= {limit:g}", judged)


def latency(name: str, where: str, comparison: Comparison, limit: float) -> Row:
    ratio = comparison.ratio(lambda sample: sample.p50_us)
    return at_most(name, f"p50 over {comparison.peer_name}, c=1, client on {where}", ratio, limit)


def processor(name: str, what: str, comparison: Comparison, limit: float) -> Row:
    ratio = comparison.ratio(lambda sample: sample.cpu_us)
    return at_most(name, f"{what}, c={comparison.shape.connections}", ratio, limit)


def switches(comparison: Comparison) -> Row:
    found = middle(comparison.subject, lambda sample: sample.switches)
    return at_most("P4", f"context switches per request, c={comparison.shape.connections}",
                   found, 0.35)


def model_server(comparison: Comparison) -> Row:
    """A model server's C++ hello uses 4.7 times nginx's processor time (measured elsewhere); a
    quarter of that is what P8b asks for."""
    return processor("P8b", "CPU over nginx, a quarter of a model server's 4.7", comparison,
                     4.7 / 4)


def system_calls(calls: float | None, connections: int) -> Row:
    measure = f"system calls per request, c={connections}"
    if calls is None:
        return skipped("P4", measure, "<= 2.4", "strace is missing or may not attach")
    return at_most("P4", measure, calls, 2.4)
