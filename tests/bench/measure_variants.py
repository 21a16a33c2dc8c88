"""Rows that compare the host with itself: P4 over inline execution, P6, P13, the cost of metrics;
and P14, the host with inline execution beside nginx."""

import rows
from backplane import Backplane, Documents, refusal
from compare import compare
from nginx import Nginx
from plan import Plan
from report import Report

INLINE = Documents().with_backend("hello", {"execution": "inline"})
NO_INLINE = "this host has no inline execution"
WITHOUT_METRICS = Documents().with_host(metrics=False)
SPLIT = (Documents().with_backend("hello_b", {})
         .with_traffic("hello", {"hello": 0.7, "hello_b": 0.3}))


def of_size(count: int) -> Documents:
    """As many io threads and replicas of hello."""
    return (Documents().with_host(data={"io_threads": count})
            .with_backend("hello", {"num_replicas": count}))


def measure_inline(plan: Plan, report: Report) -> None:
    over_inline = "CPU per request over the same with the handler inline"
    if refusal(INLINE, "execution") is not None:
        if plan.wants("P4"):
            report.add(rows.skipped("P4", f"{over_inline}, c=64", "<= 1.15", NO_INLINE))
        if plan.wants("P14"):
            report.add(rows.skipped("P14", "inline, req/s over nginx, c=64", ">= 1.1", NO_INLINE))
        return
    with Backplane(plan.cores, documents=INLINE, name="backplane inline") as inline:
        if plan.wants("P4"):
            with Backplane(plan.cores) as replica:
                found = compare(replica, inline, plan.shape(64), plan.rounds)
            report.compared("P4", "hello, replica or inline", found)
            report.add(rows.processor("P4", over_inline, found, 1.15))
        if plan.wants("P14") and Nginx.program() is None:
            report.add(rows.skipped("P14", "inline, req/s over nginx, c=64", ">= 1.1",
                                    "nginx is not installed"))
        elif plan.wants("P14"):
            with Nginx(plan.cores) as peer:
                found = compare(inline, peer, plan.shape(64), plan.rounds)
            report.compared("P14", "hello", found)
            report.add(rows.throughput("P14", "inline", found, 1.1))


def measure_metrics(plan: Plan, report: Report) -> None:
    measure = "CPU per request with metrics on over off"
    if refusal(WITHOUT_METRICS, "metrics") is not None:
        report.add(rows.skipped("M", f"{measure}, c=64", "<= 1.03",
                                "this host has no switch for metrics"))
        return
    with Backplane(plan.cores) as on, \
            Backplane(plan.cores, documents=WITHOUT_METRICS, name="backplane, off") as off:
        found = compare(on, off, plan.shape(64), plan.rounds)
    report.compared("M", "hello, metrics on or off", found)
    report.add(rows.processor("M", measure, found, 1.03))


def measure_split(plan: Plan, report: Report) -> None:
    with Backplane(plan.cores, documents=SPLIT, name="backplane 70/30") as split, \
            Backplane(plan.cores) as whole:
        found = compare(split, whole, plan.shape(64), plan.rounds)
    report.compared("P6", "hello, two backends or one", found)
    report.add(rows.throughput("P6", "70/30 split", found, 0.95))


def measure_two_cores(plan: Plan, report: Report) -> None:
    with Backplane(plan.both_cores, documents=of_size(2), name="backplane 2+2") as two, \
            Backplane(plan.cores, documents=of_size(1), name="backplane 1+1") as one:
        found = compare(two, one, plan.shape(64), plan.rounds)
    report.compared("P13", "hello, two cores or one", found)
    report.add(rows.processor("P13", "CPU per request, two io threads and replicas over one",
                              found, 1.15))
