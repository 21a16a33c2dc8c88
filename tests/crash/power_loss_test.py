#!/usr/bin/env python3
"""faults 83: writes that were not synchronised may be lost, torn or reordered when the power fails.
Rebuilds the state directory as a disk may hold it at any instant of forty changes: with all that
was synchronised and a random part of what was not. A host must start with each of them."""

import bisect
import random
import sys

from counted import main
from lost_power import UnsyncedDirectory
from reference import Difference, Reference, must
from running_host import HostEnded, Workplace

ALL_DRAWS = 2  # for each instant


def check_loss(place: Workplace, reference: Reference, instant: int, seed: str) -> bool:
    """Whether the change that was not acknowledged is there."""
    disk = UnsyncedDirectory()
    for step in reference.steps[:instant]:
        disk.follow(step)
    disk.leave(place.fresh_state(), random.Random(seed))
    acknowledged = bisect.bisect_right(reference.steps_until, instant) - 1
    if acknowledged >= 0:  # it has been ready
        must((place.state / "admin.token").read_text(encoding="ascii") == reference.token,
             "another token")
    return reference.check_start(max(acknowledged, 0)).has_unacknowledged


def run(count: int | None, seed: int) -> int:
    differences: list[str] = []
    whole = 0
    with Workplace() as place:
        reference = Reference(place)
        instants = list(range(len(reference.steps) + 1)) * ALL_DRAWS
        if count is not None:
            instants = random.Random(seed).sample(instants, count)
        for number, instant in enumerate(instants):
            step = reference.steps[instant - 1] if instant > 0 else None
            try:
                whole += check_loss(place, reference, instant, f"{seed}/{number}")
            except (Difference, HostEnded, OSError) as difference:
                differences.append(f"behind step {instant}, {step and (step.call, step.files)}: "
                                   f"{difference}")
    print(f"losses of power: {len(instants)} (seed {seed})")
    print(f"the unacknowledged change was whole {whole} times, "
          f"absent {len(instants) - whole - len(differences)} times")
    print(f"differences: {len(differences)}")
    for difference in differences[:20]:
        print(f"  {difference[:600]}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(run, __doc__, "losses", 12))
