#!/usr/bin/env python3
"""faults 82: a host that is killed at any instant loses no acknowledged change and leaves none
half-made. Kills it before each call that changes its state directory, and at random instants.
T103: forty changes by hosts of which each is killed at a write come to what they come to."""

import random
import shutil
import sys
import threading
import time
from collections import Counter

from counted import evenly, main
from reference import Difference, Reference
from running_host import HostEnded, RunningHost, Workplace
from script import CHANGES
from traced import Attached, Step, killed, killing

# Of a run that does not try everything, how many kills go to the parts that are not changes.
SHARE_OF_STARTS = 0.05
SHARE_OF_RECOVERIES = 0.05
SHARE_OF_RANDOM = 0.2
SHARE_OF_SCRIPTS = 0.1
# Beyond which a random kill would come after the changes that a host is given.
RANDOM_SECONDS = 0.6
RANDOM_CHANGES = 8
WRITES = ("write", "pwrite64")


class Killer:
    """Kills hosts and looks at what comes back. Keeps the counts."""

    def __init__(self, place: Workplace, reference: Reference) -> None:
        self._place = place
        self._reference = reference
        self.counts: Counter[str] = Counter()
        self.slowest = 0.0
        self.differences: list[str] = []
        # What kills left behind in a log that is not in the database yet.
        self.unfinished: list[tuple[int, str]] = []

    def _look(self, kind: str, where: str, acknowledged: int) -> int:
        """The revision that the next host will find."""
        self.counts[kind] += 1
        try:
            recovered = self._reference.check_start(acknowledged)
        except (Difference, HostEnded) as difference:
            self.differences.append(f"{kind}, {where}: {difference}")
            return 0
        self.counts["whole" if recovered.has_unacknowledged else "absent"] += 1
        self.slowest = max(self.slowest, recovered.ready_seconds)
        return recovered.revision

    def _not_reached(self, where: str) -> None:
        self.differences.append(f"{where}: the host did not come to this call")

    def kill_in_first_start(self, step: Step) -> None:
        where = f"before {step.call} {step.number} of {', '.join(step.files)}"
        self._place.fresh_state()
        with RunningHost(self._place, killed(self._place.state, step)) as host:
            if host.is_ready:
                return self._not_reached(f"first start, {where}")
            host.wait()
        self._look("in the first start", where, 0)

    def kill_in_change(self, revision: int, step: Step) -> None:
        where = f"change {revision}, before {step.call} {step.number} of {', '.join(step.files)}"
        begin = max(revision - 2, 0)
        self._place.fresh_state(self._reference.state_at(begin))
        acknowledged = begin
        strace = killing(self._place.state, step)
        with RunningHost(self._place) as host, Attached(strace, host.process.pid):
            try:
                for change in CHANGES[begin:revision]:
                    acknowledged += host.make(change).is_done
                return self._not_reached(where)
            except HostEnded:
                host.wait()
        if (self._place.state / "state.db-wal").stat().st_size > 0:
            kept = f"unfinished-{len(self.unfinished)}"
            shutil.copytree(self._place.state, self._place.path / kept)
            self.unfinished.append((acknowledged, kept))
        self._look("in a change", where, acknowledged)

    def kill_in_recovery(self, acknowledged: int, kept: str, step: Step) -> None:
        """Also before calls that this recovery does not come to: those are not counted."""
        self._place.fresh_state(self._place.path / kept)
        with RunningHost(self._place, killed(self._place.state, step)) as host:
            if host.is_ready:
                return
            host.wait()
        self._look("in a recovery", f"{kept}, before {step.call} {step.number}", acknowledged)

    def kill_all_along(self, kills: int, draw: random.Random) -> None:
        """T103: each host goes on with what the one before left, until all changes are made; then
        once more from the first."""
        present = len(CHANGES)
        for _ in range(kills):
            if present + 2 > len(CHANGES):
                present = 0
                self._place.fresh_state(self._reference.state_at(present))
            # It makes a change, and is killed in the one behind that.
            step = draw.choice([step for step in self._reference.steps_of(present + 2)
                                if step.call in WRITES])
            where = f"on from {present}, before {step.call} {step.number}"
            acknowledged = present
            strace = killing(self._place.state, step)
            with RunningHost(self._place) as host, Attached(strace, host.process.pid):
                try:
                    for change in CHANGES[present:present + 2]:
                        acknowledged += host.make(change).is_done
                    return self._not_reached(where)
                except HostEnded:
                    host.wait()
            present = self._look("all along the script", where, acknowledged)

    def kill_at_random(self, draw: random.Random) -> None:
        begin = draw.randrange(len(CHANGES))
        delay = draw.uniform(0.0, RANDOM_SECONDS)
        self._place.fresh_state(self._reference.state_at(begin))
        acknowledged = begin
        started = time.monotonic()
        with RunningHost(self._place) as host:
            # Counted from when it was started, so that some are killed as they start.
            timer = threading.Timer(max(0.0, delay - (time.monotonic() - started)),
                                    host.process.kill)
            timer.start()
            try:
                for change in CHANGES[begin:begin + RANDOM_CHANGES]:
                    acknowledged += host.make(change).is_done
            except HostEnded:
                pass
            timer.join()
            host.wait()
        self._look("at a random instant", f"{delay:.3f} s behind revision {begin}", acknowledged)


def steps_of_recovery() -> list[Step]:
    return [Step(0, call, number, ())
            for call in ("pwrite64", "fdatasync", "ftruncate") for number in (1, 2, 3)]


def run(kills: int | None, seed: int) -> int:
    draw = random.Random(seed)
    with Workplace() as place:
        reference = Reference(place)
        killer = Killer(place, reference)
        start = [step for step in reference.first_start() if step.call != "openat"]
        changes = [(revision, step) for revision in range(1, len(CHANGES) + 1)
                   for step in reference.steps_of(revision)]
        for step in evenly(start, kills, draw, SHARE_OF_STARTS):
            killer.kill_in_first_start(step)
        rest = 1 - SHARE_OF_STARTS - SHARE_OF_RECOVERIES - SHARE_OF_RANDOM - SHARE_OF_SCRIPTS
        for revision, step in evenly(changes, kills, draw, rest):
            killer.kill_in_change(revision, step)
        recoveries = [(*left, step) for left in killer.unfinished for step in steps_of_recovery()]
        # Without a limit, too: of each that is left behind they would be the same few.
        for acknowledged, kept, step in evenly(recoveries, kills or 1000, draw,
                                               SHARE_OF_RECOVERIES):
            killer.kill_in_recovery(acknowledged, kept, step)
        killer.kill_all_along(round((kills or 1000) * SHARE_OF_SCRIPTS), draw)
        for _ in range(round((kills or 1000) * SHARE_OF_RANDOM)):
            killer.kill_at_random(draw)
    return report(killer, seed)


def report(killer: Killer, seed: int) -> int:
    kinds = [kind for kind in killer.counts if kind not in ("whole", "absent")]
    print(f"kills: {sum(killer.counts[kind] for kind in kinds)} (seed {seed})")
    for kind in kinds:
        print(f"  {kind}: {killer.counts[kind]}")
    print(f"the unacknowledged change was whole {killer.counts['whole']} times, "
          f"absent {killer.counts['absent']} times")
    print(f"slowest start afterwards: {killer.slowest:.2f} s")
    print(f"differences: {len(killer.differences)}")
    for difference in killer.differences[:20]:
        print(f"  {difference}")
    return 1 if killer.differences else 0


if __name__ == "__main__":
    sys.exit(main(run, __doc__, "kills", 15))
