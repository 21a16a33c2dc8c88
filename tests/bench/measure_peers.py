"""P7 and P8: the same handlers over Node's http and over Flask and gunicorn."""

import rows
from backplane import Backplane
from compare import compare
from peers import Gunicorn, Node
from plan import Plan
from report import Report
from servers import ECHO, HELLO


def measure_node(plan: Plan, report: Report) -> None:
    for what, call in (("hello", HELLO), ("POST 1 KiB to echo", ECHO)):
        if Node.program() is None:
            report.add(rows.skipped("P7", f"{what}, req/s over node, c=64", ">= 2.3",
                                    "node is not installed"))
            continue
        with Backplane(plan.cores, call) as subject, Node(plan.cores, call) as peer:
            found = compare(subject, peer, plan.shape(64), plan.rounds)
        report.compared("P7", what, found)
        report.add(rows.throughput("P7", what, found, 2.3))


def measure_flask(plan: Plan, report: Report) -> None:
    if Gunicorn.program() is None:
        report.add(rows.skipped("P8", "hello, req/s over gunicorn, c=64", ">= 25",
                                "gunicorn with Flask is not installed"))
        return
    with Backplane(plan.cores) as subject, Gunicorn(plan.cores) as peer:
        found = compare(subject, peer, plan.shape(64), plan.rounds)
    report.compared("P8", "hello", found)
    report.add(rows.throughput("P8", "hello", found, 25))
