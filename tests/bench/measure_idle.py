"""P11: what 9,000 idle connections take, and what they cost the active ones."""

import rows
from accounting import memory_of
from backplane import Backplane
from compare import compare
from nginx import Nginx
from plan import Plan, raise_open_files
from report import Report
from servers import Server
from steady_load import SteadyLoad

IDLE = 9000
SPARE_FILES = 500  # for the active connections and what a process has open anyway


def bytes_each(server: Server, idle: SteadyLoad) -> float:
    """Private memory that each of the connections added; each has had one answer."""
    with SteadyLoad(server.port, server.call.path, 64) as first:
        first.run(2000)
    before = memory_of(server.pid, "RssAnon")
    idle.open(IDLE)
    idle.ask_each_once()
    return (memory_of(server.pid, "RssAnon") - before) / IDLE


def measure(plan: Plan, report: Report) -> None:
    if raise_open_files() < IDLE + SPARE_FILES:
        report.add(rows.skipped("P11", f"{IDLE} idle connections", "<= 1500 B; <= 1.5",
                                "so many files may not be open here"))
        return
    if Nginx.program() is not None:
        with Nginx(plan.cores) as peer, SteadyLoad(peer.port, peer.call.path) as idle:
            report.figure("P11", "private memory of an idle connection, nginx",
                          bytes_each(peer, idle), "B")
    with Backplane(plan.cores, name=f"backplane, {IDLE} idle") as crowded, \
            Backplane(plan.cores) as empty, \
            SteadyLoad(crowded.port, crowded.call.path) as idle:
        each = bytes_each(crowded, idle)
        report.figure("P11", "private memory of an idle connection, backplane", each, "B")
        report.add(rows.at_most("P11", "private memory of an idle connection", each, 1500, "B"))
        found = compare(crowded, empty, plan.shape(64), plan.rounds)
        alive = idle.alive()
    report.compared("P11", "hello, beside idle or not", found)
    ratio = found.ratio(lambda sample: sample.p99_us)
    report.add(rows.at_most("P11", f"p99 beside {alive} idle connections over without, c=64",
                            ratio, 1.5))
    if alive < IDLE:
        report.say(f"P11  only {alive} of {IDLE} idle connections were still open at the end")
        report.failed_requests += IDLE - alive
