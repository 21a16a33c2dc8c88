#!/usr/bin/env python3
"""Measures the host beside nginx's `return 200`, in turns, on this machine.

The server is pinned to core 0 and wrk to core 1. Absolute figures move with the machine's mood;
the ratios of pairs measured one after the other are what counts.
"""

import argparse
import os
import shutil
import sys
from dataclasses import dataclass

import rows
from accounting import load_average
from compare import Comparison, compare, middle
from load import LoadError, Sample, Shape
from servers import Backplane, Nginx, Server, ServerError
from syscalls import syscalls_per_request

CONNECTIONS = (1, 16, 64, 256)
SUBJECTS: dict[str, type[Server]] = {"backplane": Backplane, "nginx": Nginx}
# Peers of rows that are pending; named so that nobody takes their absence for a result.
LATER_PEERS = ("node", "gunicorn", "valgrind")

# Above this load average before the start, something else competes for the two cores.
BUSY_LOAD = 0.7


@dataclass(frozen=True)
class Plan:
    rounds: int
    seconds: int
    server_core: int
    wrk_core: int


def print_samples(name: str, samples: list[Sample], connections: int, where: str) -> None:
    def of(field: str) -> float:
        return middle(samples, lambda sample: float(getattr(sample, field)))
    print(f"{connections:>4} {where:<6} {name:<10} {of('rps'):>9.0f} {of('p50_us'):>8.0f} "
          f"{of('p99_us'):>8.0f} {of('cpu_us'):>8.2f} {of('switches'):>9.3f} "
          f"{of('server_busy'):>7.2f} {of('wrk_busy'):>6.2f} "
          f"{sum(sample.errors for sample in samples):>6}", flush=True)


def print_comparison(subject: Server, peer: Server, found: Comparison, where: str) -> None:
    print_samples(subject.name, found.subject, found.shape.connections, where)
    print_samples(peer.name, found.peer, found.shape.connections, where)


def run(subject: Server, peer: Server, plan: Plan) -> tuple[list[rows.Row], int]:
    print("   c client server         req/s   p50 us   p99 us   CPU us  switches    busy    wrk "
          "errors")
    found: dict[int, Comparison] = {}
    for connections in CONNECTIONS:
        shape = Shape(connections, plan.seconds, plan.wrk_core)
        found[connections] = compare(subject, peer, shape, plan.rounds)
        print_comparison(subject, peer, found[connections], "other")
    same = compare(subject, peer, Shape(1, plan.seconds, plan.server_core), plan.rounds)
    print_comparison(subject, peer, same, "same")

    table = [rows.throughput("P1", found[16], 0.95), rows.throughput("P1", found[64], 0.95),
             rows.throughput("P2", found[256], 0.90),
             rows.latency("P3", "the other core", found[1], 1.25),
             rows.latency("P3", "the same core", same, 1.6), *rows.processor(found[64])]
    shape = Shape(64, plan.seconds, plan.wrk_core)
    table.append(rows.system_calls(syscalls_per_request(subject, shape), shape.connections))
    errors = sum(comparison.errors() for comparison in [*found.values(), same])
    return table + list(rows.PENDING), errors


def print_rows(table: list[rows.Row]) -> None:
    print()
    for row in table:
        print(f"{row.name:<4} {row.measure:<58} {row.found:<22} {row.reach:<20} {row.verdict}")


def cores() -> tuple[int, int]:
    """The server's core and wrk's; the same one where there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[min(1, len(usable) - 1)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three rounds of one second")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each run; wrk takes whole ones")
    parser.add_argument("--subject", choices=sorted(SUBJECTS), default="backplane",
                        help="nginx: compare nginx with itself, to see the noise of this machine")
    arguments = parser.parse_args()
    server_core, wrk_core = cores()
    plan = Plan(3 if arguments.quick else arguments.rounds,
                1 if arguments.quick else arguments.seconds, server_core, wrk_core)

    if shutil.which("wrk") is None or Nginx.program() is None:
        print("skipped: wrk or nginx is not installed; scripts/setup --bench installs them")
        return 1
    absent = [name for name in LATER_PEERS if shutil.which(name) is None]
    if absent:
        print(f"skipped, not installed: {', '.join(absent)}")
    if server_core == wrk_core:
        print("one core only: server and wrk share it, and no figure means what it should")
    before = load_average()
    print(f"server on core {server_core}, wrk -t1 on core {wrk_core}; {plan.rounds} rounds of "
          f"{plan.seconds} s in turns; medians; load average before: {before}")
    if before[0] > BUSY_LOAD:
        print("the machine is busy with other work: only CPU per request means something now")
    try:
        with SUBJECTS[arguments.subject](server_core) as subject, Nginx(server_core) as peer:
            table, errors = run(subject, peer, plan)
    except (ServerError, LoadError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print_rows(table)
    print(f"\nload average after: {load_average()}")
    if errors:
        print(f"{errors} requests failed: the figures above are not to be trusted")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
