"""Measures the figures that scripts/bench --check compares, and says what it found."""

import shutil
from statistics import median

import baseline
import callgrind
import machine
from backplane import Backplane
from load import Shape, measure
from plan import Plan
from servers import ServerError

# Short and many: one that something else disturbed does not move the median.
COUNTS = 3
ROUNDS = 7
SECONDS = 1
CONNECTIONS = 64


def switches_per_request(plan: Plan) -> float:
    """Those that the server wished for: others are the machine's doing."""
    shape = Shape(CONNECTIONS, SECONDS, plan.wrk_core)
    with Backplane(plan.cores) as server:
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
