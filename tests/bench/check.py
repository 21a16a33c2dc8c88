"""Measures the figures that scripts/bench --check compares, and says what it found."""

import os
import shutil
from pathlib import Path
from statistics import median

import baseline
import callgrind
import machine
from backplane import Backplane, Documents
from load import Shape, measure
from plan import Plan
from servers import ServerError

# Short and many: one that something else disturbed does not move the median.
COUNTS = 3
ROUNDS = 7
SECONDS = 1
CONNECTIONS = 64


def run_last(pid: int) -> None:
    """Lets the server run only when nobody else wants its core."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setscheduler(int(task.name), os.SCHED_IDLE, os.sched_param(0))


def switches_per_request(plan: Plan) -> float:
    """Those that the server wished for, in bursts that do not depend on how fast the machine is:
    wrk has the same core and goes first, so it sends all its requests before any is answered.
    From another core it may be slower than the server, or not, and bursts are of any size."""
    shape = Shape(CONNECTIONS, SECONDS, plan.server_core)
    # Without the watcher of its plugins, whose timers have nothing to do with requests.
    documents = Documents().with_host(plugins={"watch": False})
    with Backplane(str(plan.server_core), documents=documents) as server:
        run_last(server.pid)
        measure(server, shape)
        return median(measure(server, shape).waits for _ in range(ROUNDS))


def figures(plan: Plan) -> dict[str, float]:
    missing = callgrind.missing_program() or (None if shutil.which("wrk") else "wrk")
    if missing is not None:
        raise ServerError(f"{missing} is not installed; scripts/setup --bench-check installs it")
    counts = [callgrind.count(plan.server_core)[0] for _ in range(COUNTS)]
    return {baseline.INSTRUCTIONS.key: median(one.instructions for one in counts),
            baseline.ALLOCATIONS.key: median(one.allocations for one in counts),
            baseline.SWITCHES.key: switches_per_request(plan)}


def write_baseline(plan: Plan) -> int:
    found = figures(plan)
    baseline.write(found, {"commit": machine.commit(), "compiler": machine.compiler()})
    for guard in baseline.GUARDS:
        print(f"{guard.words}: {found[guard.key]:.3f}")
    print(f"written to {baseline.FILE.relative_to(machine.ROOT)}")
    return 0


def check(plan: Plan) -> int:
    committed = baseline.read()
    judgements = baseline.judge_all(committed["figures"], figures(plan))
    for judgement in judgements:
        print(("ok      " if judgement.good else "WORSE   ") + judgement.text)
    bad = sum(not judgement.good for judgement in judgements)
    print(f"bench: {len(judgements)} figures compared with tests/bench/baseline.json, "
          f"{bad} worse than it allows")
    compiler = committed.get("measured_with", {}).get("compiler", "unknown")
    if bad and compiler != machine.compiler():
        print(f"bench: the baseline was measured with {compiler}, this build with "
              f"{machine.compiler()}: that alone may change instructions")
    return 1 if bad else 0
