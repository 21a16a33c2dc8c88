#!/usr/bin/env python3
"""faults 85: a disk that has no room for a plugin, or fails as it is copied, refuses the reload:
the old version serves and nothing stays of the new one. A start empties what copies there are."""

import hashlib
import random
import shutil
import sys
from collections import Counter
from pathlib import Path

from counted import evenly, main
from reference import Difference, must
from running_host import PLUGINS, HostEnded, RunningHost, Workplace
from script import Change
from traced import Step, read_log, recorded_at, refused_at

ERRORS = ("ENOSPC", "EIO")
# Those that need room, and those that see to it that what was written lasts.
COPYING = ("openat", "write", "renameat2", "fsync", "link")
BACKEND = Change("PUT", "/v1/backends/v", {"plugin": "version", "handler": "version"})
ENDPOINT = Change("PUT", "/v1/endpoints/v", {"route": "/v", "traffic": {"v": 1}})
RELOAD = Change("POST", "/v1/plugins/version/reload", {})
# More than a host comes to here.
GENERATIONS = range(1, 10)


class ReloadTester:
    """Runs hosts that have no room for version 2 of a plugin."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._served = place.path / "served"
        self._digest = hashlib.sha256((PLUGINS / "version2.so").read_bytes()).hexdigest()
        self.counts: Counter[str] = Counter()
        place.fresh_state()
        place.drop("version1", "version")
        with RunningHost(place) as host:
            must(host.is_ready, host.errors())
            for change in (BACKEND, ENDPOINT):
                answer = host.make(change)
                must(answer.is_done, f"answered {answer}")
        shutil.copytree(place.state, self._served)

    def steps(self) -> list[Step]:
        """What a reload does with the files of version 2, numbered by kind of call and file."""
        log = self._place.path / "reload"
        names = [f"staging/version.{generation}.{rest}" for generation in GENERATIONS
                 for rest in ("incoming", f"{self._digest[:12]}.so")]
        self._start_afresh()
        with RunningHost(self._place,
                         recorded_at(self._place.state, [*names, *self._kept()], log)) as host:
            before = log.stat().st_size
            must(host.make(RELOAD).is_done, "nothing stands in the way of a reload")
        seen: Counter[tuple[str, tuple[str, ...]]] = Counter()
        steps: list[Step] = []
        for end, step in read_log(log, self._place.state):
            makes = step.call != "openat" or "O_CREAT" in step.arguments[2]
            seen[step.call, step.files] += 1
            if end > before and makes and step.call in COPYING:
                steps.append(Step(step.thread, step.call, seen[step.call, step.files], step.files))
        return steps

    def test(self, step: Step, error: str) -> None:
        self._start_afresh()
        wanted = (507, "store_full")
        if error != "ENOSPC":
            copies = step.files[0].endswith(".incoming")
            wanted = (503, "staging_failed" if copies else "artifact_failed")
        with RunningHost(self._place, refused_at(self._place.state, step, error)) as host:
            answer = host.make(RELOAD)
            must((answer.status, answer.code) == wanted, f"answered {answer}, wanted {wanted}")
            self.counts[f"{answer.status} {answer.code}"] += 1
            must(host.ask("GET", "/v1/status").revision == 2, "it made a revision")
            must(host.get("/v") == (200, "v1"), "the old version does not serve")
            must(self._rest() == [], f"it left {self._rest()}")
            must(host.make(RELOAD).is_done, "nor with room again")
            must(host.get("/v") == (200, "v2"), "with room again the old version serves")
        left = self._place.state / "staging" / "version.1.incoming"
        left.write_bytes(b"half of a plugin")
        with RunningHost(self._place) as host:
            must(host.get("/v") == (200, "v2"), "the restarted host serves the old version")
            must(not left.exists(), "what the last host left in its staging directory is there")

    def _start_afresh(self) -> None:
        self._place.fresh_state(self._served)
        self._place.drop("version2", "version")

    def _kept(self) -> list[str]:
        return [f"artifacts/{self._digest}", "artifacts"]

    def _rest(self) -> list[Path]:
        """What is there of version 2."""
        return [path for path in self._place.state.glob("*/*")
                if path.suffix == ".incoming" or self._digest[:12] in path.name]


def run(count: int | None, seed: int) -> int:
    differences: list[str] = []
    with Workplace() as place:
        tester = ReloadTester(place)
        faults = [(step, error) for step in tester.steps() for error in ERRORS]
        tried = evenly(faults, count, random.Random(seed))
        for step, error in tried:
            try:
                tester.test(step, error)
            except (Difference, HostEnded) as difference:
                differences.append(f"{error} at {step.call} {step.number} of "
                                   f"{', '.join(step.files)}: {difference}")
    print(f"faults: {len(tried)} of {len(faults)} (seed {seed})")
    for outcome, times in sorted(tester.counts.items()):
        print(f"{outcome}: {times}")
    print(f"differences: {len(differences)}")
    for text in differences[:20]:
        print(f"  {text[:600]}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(run, __doc__, "stagings", 4))
