"""R: what it costs to change code under load: how long a reload takes, what requests notice of it,
and what is left behind."""

import os
import threading
from statistics import median

import open_loop
import rows
from open_loop import Arriving, Latencies
from plan import Plan
from reload_host import Held, ReloadHost, Reloads
from report import Report

NAMES = ("R",)
RATE = 2500.0  # a second: above the 2,000 that are asked for, whatever the draw of arrivals
QUIET_RELOADS = 300
QUIET_ROUNDS = 3


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def say_times(report: Report, what: str, found: Reloads) -> None:
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        report.figure("R", f"{what}, {name}", quantile(found.milliseconds, share), "ms")
    for stage, took in found.stages.items():
        report.figure("R", f"{what}, {stage}, p50", quantile(took, 0.5), "ms")


def measure_idle(plan: Plan, report: Report, probe: bool, limit: float) -> None:
    found = Reloads()
    with ReloadHost(plan.both_cores, probe) as host:
        for _ in range(QUIET_RELOADS):
            host.reload(found)
    what = "a reload with probe" if probe else "a reload without probe"
    report.failed_requests += found.bad()
    say_times(report, what, found)
    report.add(rows.at_most("R", f"{what}, idle, p50", quantile(found.milliseconds, 0.5), limit,
                            "ms"))


class Reloading(threading.Thread):
    """Reloads `count` times, one after the other; notes what the host holds after a tenth."""

    def __init__(self, host: ReloadHost, count: int, core: int) -> None:
        super().__init__()
        self.host = host
        self.core = core
        self.count = count
        self.found = Reloads()
        self.early: Held | None = None
        self.late: Held | None = None

    def run(self) -> None:
        # It stands for somebody elsewhere. The generator's core it must leave alone, and on the
        # host's it goes behind everything that the host does.
        os.sched_setaffinity(0, {self.core})
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        for done in range(1, self.count + 1):
            self.host.reload(self.found)
            if done == max(1, self.count // 10):
                self.early = self.host.settled()
        self.late = self.host.settled()


def say_latencies(report: Report, when: str, found: list[Latencies]) -> float:
    """Of a middle round; the longest of all. Returns the p99."""
    p99 = median(one.p99_us for one in found)
    report.figure("R", f"p50 of requests, {when}", median(one.p50_us for one in found), "us")
    report.figure("R", f"p99 of requests, {when}", p99, "us")
    report.figure("R", f"longest request, {when}", max(one.max_us for one in found), "us")
    return p99


class OtherProgram(threading.Thread):
    """Starts a program that does nothing, again and again, with what the host leaves of its core:
    what requests notice of that is the kernel's doing, and no probe can be cheaper."""

    def __init__(self, core: int) -> None:
        super().__init__()
        self.core = core
        self.stopping = threading.Event()

    def run(self) -> None:
        os.sched_setaffinity(0, {self.core})
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        while not self.stopping.is_set():
            os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)


def measure_other_program(host: ReloadHost, arriving: Arriving, core: int) -> list[Latencies]:
    other = OtherProgram(core)
    other.start()
    found = [open_loop.run(host, arriving) for _ in range(QUIET_ROUNDS)]
    other.stopping.set()
    other.join()
    return found


def measure_load(plan: Plan, report: Report, probe: bool, count: int) -> None:
    kind = "with probe" if probe else "without probe"
    arriving = Arriving(RATE, float(max(3, plan.seconds)), 1, plan.wrk_core)
    noisy: list[Latencies] = []
    with ReloadHost(plan.cores, probe) as host:
        quiet = [open_loop.run(host, arriving) for _ in range(QUIET_ROUNDS)]
        if probe:
            say_latencies(report, "while /bin/true is started again and again",
                          measure_other_program(host, arriving, plan.server_core))
        reloading = Reloading(host, count, plan.server_core)
        reloading.start()
        while reloading.is_alive():
            noisy.append(open_loop.run(host, arriving))
        reloading.join()
    found = reloading.found
    errors = sum(one.errors for one in quiet + noisy)
    report.failed_requests += errors + found.bad()
    report.say(f"R    {count} reloads {kind} under {RATE:.0f} requests/s: "
               f"{sum(one.answered for one in noisy)} requests answered, {errors} failed; "
               f"{found.failed} reloads failed, {found.old_answers} answers by former code")
    say_times(report, f"a reload {kind}, under load", found)
    before = say_latencies(report, f"quiet, {kind}", quiet)
    during = say_latencies(report, f"while reloading {kind}", noisy)
    report.add(rows.at_most("R", f"p99 of requests, reloading {kind} over quiet",
                            during / before, 3))
    if reloading.early is None or reloading.late is None:
        report.failed_requests += 1
        return
    say_left(report, f"{count} reloads {kind}", reloading.early, reloading.late)


def say_left(report: Report, what: str, early: Held, late: Held) -> None:
    report.say(f"R    {what}: held after a tenth: {early}; at the end: {late}")
    report.add(rows.at_most("R", f"{what}: memory at the end over that after a tenth",
                            late.memory / early.memory, 1.02))
    report.add(rows.at_most("R", f"{what}: mappings, files and threads added",
                            float(late.more_than(early)), 0))


def measure(plan: Plan, report: Report) -> None:
    measure_idle(plan, report, probe=False, limit=5)
    measure_idle(plan, report, probe=True, limit=15)
    measure_load(plan, report, probe=True, count=plan.reloads)
    measure_load(plan, report, probe=False, count=plan.reloads)
