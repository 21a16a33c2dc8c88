"""P9 and P10: a handler that takes 1 ms and 0.05 ms for each request of its batch."""

import http.client
import time
from statistics import median

import batch_model as model
import rows
from backplane import Backplane, Documents
from compare import spread
from load import run_wrk
from open_loop import Arriving, Latencies, run, undisturbed
from plan import Plan
from report import Report
from servers import BUILD, Call

SHARES = (0.05, 0.2, 0.4, 0.8)  # of the capacity with full batches
ALONE_SHARE = 0.05  # of the capacity one at a time
HELD_UP_US = 1000.0  # the generator, at worst: less than half the time of a full batch
BATCHES = (Documents()
           .with_backend("batch_cost", {"max_batch_size": model.LARGEST}, plugin="batch_cost")
           .with_traffic("batch_cost", {"batch_cost": 1.0}))


class BatchCall(Call):
    """Answers say the size of the batch and how long it took."""

    def is_answered_by(self, body: str) -> bool:
        words = body.split()
        return len(words) == 2 and all(word.isdigit() for word in words)


class BatchHost(Backplane):
    """With the bench's plugin only; the handlers of the quickstart are not in its folder."""

    def __init__(self, plan: Plan) -> None:
        app = {"backends": {"batch_cost": BATCHES.app["backends"]["batch_cost"]},
               "endpoints": {"batch_cost": BATCHES.app["endpoints"]["batch_cost"]}}
        super().__init__(plan.cores, BatchCall("/batch_cost"), Documents(BATCHES.host, app))
        self.plugins = BUILD / "bench_plugins"


def handler_times_us(server: Backplane, requests: int) -> float:
    """The median of what the handler itself says a batch of one took, asked now and then."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    took = []
    for _ in range(requests):
        connection.request("GET", server.call.path)
        took.append(int(connection.getresponse().read().split()[1]) / 1e3)
        time.sleep(0.005)
    connection.close()
    return median(took)


def at_load(host: Backplane, arriving: Arriving, report: Report) -> tuple[Latencies, float]:
    before = host.counters("batch_cost")
    found = run(host, arriving)
    batch = (host.counters("batch_cost") - before).mean_batch()
    report.failed_requests += found.errors
    report.say(f"P9   {arriving.rate:.0f}/s offered, {found.rps:.0f} answered, "
               f"p50 {found.p50_us:.0f} us, p99 {found.p99_us:.0f} us, mean batch {batch:.2f}, "
               f"{found.errors} errors; the generator was at most {found.latest_send_us:.0f} us "
               "late")
    return found, batch


def measure_low_load(plan: Plan, report: Report, host: Backplane) -> None:
    rate = ALONE_SHARE * model.capacity(1)
    cost = model.cost_us(1)
    arriving = Arriving(rate, max(4.0, plan.seconds * 2.0), 1, plan.wrk_core)
    found, _ = at_load(host, arriving, report)
    handler = handler_times_us(host, 200)
    with Backplane(plan.cores) as plain:
        hello = run(plain, arriving)
    report.figure("P9", f"p50 at {rate:.0f}/s", found.p50_us, "us")
    report.figure("P9", "of it the handler, which was to take 1050", handler, "us")
    report.figure("P9", f"p50 of hello at {rate:.0f}/s", hello.p50_us, "us")
    report.add(rows.at_most("P9", f"p50 over the cost of one, {rate:.0f}/s (5 % of one by one)",
                            found.p50_us / cost, 1.05))
    # Said beside it, for the wait is not the host's: the kernel wakes an idle core late.
    report.add(rows.at_most("P9", "the same over what the handler took",
                            found.p50_us / handler, 1.05))


def measure_loads(plan: Plan, report: Report, host: Backplane) -> list[float]:
    """Returns the mean batches, from the lowest load to the highest."""
    full = model.capacity(model.LARGEST)
    means = []
    for share in SHARES[:-1]:
        rate = share * full
        found, batch = at_load(host, Arriving(rate, plan.seconds, 1, plan.wrk_core), report)
        report.figure("P9", f"p50 at {share:.0%} of {full:.0f}/s over a perfect host's",
                      found.p50_us / model.ideal_us(rate)[0], "")
        report.figure("P9", f"mean batch at {share:.0%}", batch, "")
        means.append(batch)
    high = [at_load(host, Arriving(SHARES[-1] * full, plan.seconds, seed, plan.wrk_core), report)
            for seed in range(1, plan.rounds + 1)]
    judge_high_load(report, [found for found, _ in high])
    batch_at_high = spread(batch for _, batch in high)
    report.figure("P9", f"mean batch at {SHARES[-1]:.0%}", batch_at_high, "")
    return [*means, batch_at_high.middle]


def judge_high_load(report: Report, rounds: list[Latencies]) -> None:
    whole = model.cost_us(model.LARGEST)
    rate = SHARES[-1] * model.capacity(model.LARGEST)
    report.figure("P9", f"p99 at {rate:.0f}/s over a full batch's time, all rounds",
                  spread(one.p99_us / whole for one in rounds), "")
    report.figure("P9", "the same of a perfect host", model.ideal_us(rate)[1] / whole, "")
    measure = f"p99 in times of a full batch, open loop, {SHARES[-1]:.0%} load"
    clean = undisturbed(rounds, HELD_UP_US)
    if clean:
        measure += f", {len(clean)} of {len(rounds)} rounds"
        report.add(rows.at_most("P9", measure, spread(one.p99_us / whole for one in clean), 3))
    else:
        report.add(rows.skipped("P9", measure, "<= 3",
                                "in every round something else held the generator up"))


def measure_saturated(plan: Plan, report: Report, host: Backplane) -> float:
    before = host.counters("batch_cost")
    result, _ = run_wrk(host, plan.shape(64))
    batch = (host.counters("batch_cost") - before).mean_batch()
    report.failed_requests += result["errors"]
    report.figure("P10", "mean batch, saturated, c=64", batch, "")
    report.figure("P10", "requests per second, saturated, c=64",
                  result["requests"] / (result["duration_us"] / 1e6), "")
    return batch


def measure(plan: Plan, report: Report) -> None:
    with BatchHost(plan) as host:
        assert isinstance(host, Backplane)
        if plan.wants("P9"):
            measure_low_load(plan, report, host)
            means = measure_loads(plan, report, host)
            report.add(rows.Row("P9", "mean batch at 5, 20, 40 and 80 % load",
                                " ".join(f"{mean:.1f}" for mean in means), "grows",
                                "reached" if model.grows(means) else "not reached"))
        if plan.wants("P10"):
            report.add(rows.at_least("P10", "mean batch over the largest, saturated, c=64",
                                     measure_saturated(plan, report, host) / model.LARGEST, 0.9))
