#!/usr/bin/env python3
"""faults 84: a disk that is full or fails refuses a change and does nothing else. Answers each call
with which a host changes its state directory with ENOSPC, EIO and EROFS."""

import random
import sys
from collections import Counter
from dataclasses import dataclass

from counted import evenly, main
from reference import Difference, Reference, must
from running_host import Answer, HostEnded, RunningHost, Workplace
from script import CHANGES
from traced import Attached, Step, full_disk, refused

ERRORS = ("ENOSPC", "EIO", "EROFS")
SHARE_OF_STARTS = 0.25
SYNCS = ("fsync", "fdatasync")
WRITES = ("write", "pwrite64")
BAD_CONFIG = 78


@dataclass(frozen=True)
class Fault:
    step: Step
    error: str

    def __str__(self) -> str:
        return f"{self.error} at {self.step.call} {self.step.number} of {self.step.files}"

    @property
    def passes(self) -> bool:
        """There may be room again, and a line of the audit log that went wrong was taken back; but
        what another error of the disk has lost nobody knows."""
        return self.step.call in WRITES and (self.error == "ENOSPC" or self.step.is_of_audit_log)

    def may_refuse_with(self, answer: Answer) -> bool:
        if self.error == "ENOSPC" and self.step.call in WRITES:
            return (answer.status, answer.code) == (507, "store_full")
        code = "audit_failed" if self.step.is_of_audit_log else "store_failed"
        return (answer.status, answer.code) == (503, code)


class FaultTester:
    """Runs hosts on disks that fail. Keeps the counts."""

    def __init__(self, place: Workplace, reference: Reference) -> None:
        self._place = place
        self._reference = reference
        self.counts: Counter[str] = Counter()
        self.differences: list[str] = []

    def test(self, what: str, *steps: object) -> None:
        """Calls the method `what`, and counts."""
        self.counts["faults"] += 1
        try:
            getattr(self, what)(*steps)
        except (Difference, HostEnded) as difference:
            self.differences.append(f"{what} {', '.join(map(str, steps))}: {difference}")

    def change(self, revision: int, fault: Fault) -> None:
        begin = max(revision - 2, 0)
        self._place.fresh_state(self._reference.state_at(begin))
        with RunningHost(self._place, refused(self._place.state, fault.step, fault.error)) as host:
            must(host.is_ready, host.errors())
            for change in CHANGES[begin:revision - 1]:
                must(host.make(change).is_done, "the change before was refused")
            answer = host.make(CHANGES[revision - 1])
            present = self._check_answer(host, revision, fault, answer)
            present = self._check_next(host, present, fault, answer)
        self._reference.check_start(present)

    def _check_answer(self, host: RunningHost, revision: int, fault: Fault, answer: Answer) -> int:
        """The revision that the host must be at now, and is."""
        if answer.is_done:
            # It was durable, and the call one behind that: of moving it into the database.
            self.counts["done all the same"] += 1
            present = revision
        elif answer.code == "audit_failed" and str(revision) in answer.body["detail"]:
            # What it came to could not be recorded.
            self.counts["done, and not recorded"] += 1
            present = revision
        else:
            must(fault.may_refuse_with(answer), f"answered {answer.status} {answer.body}")
            self.counts[f"{answer.status} {answer.code}"] += 1
            present = revision - 1
        self._reference.check_revision(host, present)
        return present

    def _check_next(self, host: RunningHost, present: int, fault: Fault, answer: Answer) -> int:
        """The revision behind the change that comes after the fault."""
        if present == len(CHANGES):
            return present
        following = host.make(CHANGES[present])
        if fault.passes:
            must(following.is_done, f"with room again, the next was answered {following}")
            present += 1
        elif following.is_done:
            # Nothing was lost: the log is cut anew with every change.
            must(answer.is_done and fault.step.call == "ftruncate", "an error was forgotten")
            present += 1
        else:
            must(fault.may_refuse_with(following), f"the next was answered {following}")
            self.counts["no change until a restart"] += 1
        self._reference.check_revision(host, present)
        return present

    def start(self, revision: int, fault: Fault) -> None:
        """`revision` 0: the first one."""
        source = self._reference.state_at(revision) if revision > 0 else None
        self._place.fresh_state(source)
        with RunningHost(self._place, refused(self._place.state, fault.step, fault.error)) as host:
            if host.is_ready:
                self.counts["started all the same"] += 1
                self._reference.check_revision(host, revision)
            else:
                code = host.wait()
                # 78 would ask for the state to be thrown away.
                must(code > 0 and code != BAD_CONFIG, f"it ended with {code}: {host.errors()}")
                must(host.errors().count("\n") == 1, f"it said: {host.errors()}")
                self.counts[f"did not start: exit {code}"] += 1
        self._reference.check_start(revision)

    def full_for_a_while(self, first: int) -> None:
        """From some write of the third change on there is no room, until there is again."""
        self._place.fresh_state(self._reference.state_at(2))
        revision = 2
        with RunningHost(self._place) as host:
            must(host.is_ready, host.errors())
            with Attached(full_disk(self._place.state, first), host.process.pid):
                answer = host.make(CHANGES[revision])
                while answer.is_done:
                    revision += 1
                    answer = host.make(CHANGES[revision])
                must((answer.status, answer.code) == (507, "store_full"), f"answered {answer}")
                again = host.make(CHANGES[revision])
                must((again.status, again.code) == (507, "store_full"), f"then answered {again}")
                self._reference.check_revision(host, revision)
            answer = host.make(CHANGES[revision])
            must(answer.is_done, f"with room again it was answered {answer}")
            self._reference.check_revision(host, revision + 1)
        self._reference.check_start(revision + 1)


def run(count: int | None, seed: int) -> int:
    draw = random.Random(seed)
    with Workplace() as place:
        reference = Reference(place)
        tester = FaultTester(place, reference)
        starts = [(0, Fault(step, error)) for step in reference.first_start() for error in ERRORS]
        # What a start does with a state that is there, it has done in these numbers.
        starts += [(20, Fault(Step(0, call, number, (".",)), error)) for error in ERRORS
                   for call, number in (("openat", 1), ("openat", 2), ("ftruncate", 1),
                                        ("fsync", 1), ("pwrite64", 1))]
        changes = [(revision, Fault(step, error)) for revision in range(1, len(CHANGES) + 1)
                   for step in reference.steps_of(revision) for error in ERRORS]
        for revision, fault in evenly(starts, count, draw, SHARE_OF_STARTS):
            tester.test("start", revision, fault)
        for revision, fault in evenly(changes, count, draw, 1 - SHARE_OF_STARTS):
            tester.test("change", revision, fault)
        for first in evenly(range(1, 30), count, draw, 0.1):
            tester.test("full_for_a_while", first)
    print(f"seed: {seed}")
    for outcome, times in sorted(tester.counts.items()):
        print(f"{outcome}: {times}")
    print(f"differences: {len(tester.differences)}")
    for difference in tester.differences[:20]:
        print(f"  {difference[:600]}")
    return 1 if tester.differences else 0


if __name__ == "__main__":
    sys.exit(main(run, __doc__, "faults", 9))
