"""P1 to P4 and P8b: hello through a replica thread beside nginx's `return 200`."""

import rows
from backplane import Backplane
from compare import Comparison, compare
from load import Shape
from nginx import Nginx
from plan import Plan
from report import Report
from servers import Server
from syscalls import syscalls_per_request

NAMES = ("P1", "P2", "P3", "P4", "P8b")
SKIPPED = "nginx is not installed"


def measure(plan: Plan, report: Report) -> None:
    if Nginx.program() is None:
        for name in NAMES:
            if plan.wants(name):
                report.add(rows.skipped(name, "beside nginx", "-", SKIPPED))
        return
    with Backplane(plan.cores) as subject, Nginx(plan.cores) as peer:
        beside_nginx(plan, report, subject, peer)


def beside_nginx(plan: Plan, report: Report, subject: Server, peer: Server) -> None:
    """The subject may be nginx itself: then what is seen is the noise of the machine."""
    def with_connections(row: str, connections: int) -> Comparison:
        found = compare(subject, peer, plan.shape(connections), plan.rounds)
        report.compared(row, "hello", found)
        return found

    if plan.wants("P1"):
        report.add(rows.throughput("P1", "hello", with_connections("P1", 16), 0.95))
    if plan.wants("P1", "P4", "P8b"):
        at_64 = with_connections("P1", 64)
        if plan.wants("P1"):
            report.add(rows.throughput("P1", "hello", at_64, 0.95))
    if plan.wants("P2"):
        report.add(rows.throughput("P2", "hello", with_connections("P2", 256), 0.90))
    if plan.wants("P3"):
        report.add(rows.latency("P3", "the other core", with_connections("P3", 1), 1.25))
        same = compare(subject, peer, Shape(1, plan.seconds, plan.server_core), plan.rounds)
        report.compared("P3", "hello, client on the same core", same)
        report.add(rows.latency("P3", "the same core", same, 1.6))
    if plan.wants("P4"):
        report.add(rows.processor("P4", "CPU per request over nginx", at_64, 1.05))
        report.add(rows.switches(at_64))
        calls = syscalls_per_request(subject, plan.shape(64))
        if calls is not None:
            report.figure("P4", "system calls per request, c=64", calls, "")
        report.add(rows.system_calls(calls, 64))
    if plan.wants("P8b"):
        report.add(rows.model_server(at_64))
