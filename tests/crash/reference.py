"""What forty changes come to when nothing happens to the host, and what may be there when something
did."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from running_host import READY_SECONDS, Answer, RunningHost, Workplace
from script import CHANGES
from traced import Step, read_log, recorded

ATTEMPTS = 100


class Difference(Exception):
    """Something is not as it must be."""


def must(condition: bool, words: str) -> None:
    if not condition:
        raise Difference(words)


def without_time(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "time"}


class Reference:
    """One run of the script that nothing disturbed, of which every step was recorded."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._log = place.path / "steps"
        self.documents: list[Any] = []  # by revision
        self.history: list[Any] = []  # newest last, of revision 1 on
        marks: list[int] = []  # by revision: how long the log was when it was answered
        place.fresh_state()
        with RunningHost(place, recorded(place.state, self._log)) as host:
            must(host.is_ready, host.errors())
            self.token = (place.state / "admin.token").read_text(encoding="ascii")
            self._take(host, host.ask("GET", "/v1/status"), marks)
            for change in CHANGES:
                self._take(host, host.make(change), marks)
            entries = host.ask("GET", "/v1/history?limit=1000").body["revisions"]
            self.history = [without_time(entry) for entry in reversed(entries)]
        recorded_steps = read_log(self._log, place.state)
        self.steps = [step for _, step in recorded_steps]
        # By revision: how many steps came before its answer.
        self.steps_until = [sum(end <= mark for end, _ in recorded_steps) for mark in marks]
        must(len(self.history) == len(CHANGES), "a change of the script made no revision")

    def _take(self, host: RunningHost, answer: Answer, marks: list[int]) -> None:
        revision = len(self.documents)
        # strace has written a call's line before the host goes on.
        marks.append(self._log.stat().st_size)
        must(answer.status in (200, 201), f"change {revision} was answered {answer}")
        app = host.ask("GET", "/v1/app")
        must(app.revision == revision, f"change {revision} led to revision {app.revision}")
        self.documents.append(app.body)
        self._copy_state(self.state_at(revision))

    def _copy_state(self, to: Path) -> None:
        """Again and again, for a host may remove a plugin's copy that it keeps no longer."""
        for _ in range(ATTEMPTS):
            try:
                shutil.copytree(self._place.state, to,
                                ignore=shutil.ignore_patterns("staging", "lock"))
                return
            except shutil.Error:
                shutil.rmtree(to)
        raise Difference("the state directory changes without end")

    def state_at(self, revision: int) -> Path:
        """A state directory as it was when the change had been answered."""
        return self._place.path / f"state-{revision}"

    def first_start(self) -> list[Step]:
        """The steps that a host makes before it is ready for the first time."""
        return self.steps[:self.steps_until[0]]

    def steps_of(self, revision: int) -> list[Step]:
        """The steps of a change, each with the number that it has when the host was started with
        the state before the change that came before."""
        begin = self.steps_until[max(revision - 2, 0)]
        passed: dict[tuple[int, str], int] = {}
        for step in self.steps[:begin]:
            passed[step.thread, step.call] = step.number
        return [Step(step.thread, step.call, step.number - passed.get((step.thread, step.call), 0),
                     step.files)
                for step in self.steps[self.steps_until[revision - 1]:self.steps_until[revision]]
                if step.call != "openat"]

    def check_revision(self, host: RunningHost, revision: int) -> None:
        """Everything that the host tells is as it was at `revision`; and it serves."""
        app = host.ask("GET", "/v1/app")
        must(app.revision == revision, f"the revision is {app.revision}, wanted {revision}")
        must(app.body == self.documents[revision],
             f"the document of revision {revision} is {json.dumps(app.body)[:2000]}")
        entries = host.ask("GET", "/v1/history?limit=1000").body["revisions"]
        must([without_time(entry) for entry in reversed(entries)] == self.history[:revision],
             f"the history of revision {revision} is {json.dumps(entries)[:2000]}")
        if revision > 0:
            whole = host.ask("GET", f"/v1/history/{revision}").body["app"]
            must(whole == app.body, "the history's document is not the present one")
        self._check_traffic(host, app.body)

    @staticmethod
    def _check_traffic(host: RunningHost, document: dict[str, Any]) -> None:
        for name, endpoint in document["endpoints"].items():
            possible = set()
            for tag, weight in endpoint["traffic"].items():
                config = document["backends"][tag]["config"]
                if weight > 0:
                    possible.add(json.dumps(config["user_config"]) if "user_config" in config
                                 else "hello2")
            status, body = host.get(endpoint["route"])
            must(status == 200 and body in possible, f"'{name}' answers {status} {body[:100]}")

    def check_start(self, acknowledged: int) -> "Recovered":
        """Starts a host with the state that is there. Every acknowledged change must be there, the
        one after it whole or absent, and the next one must be taken."""
        recovered = self._check_start(acknowledged)
        if recovered.ready_seconds > READY_SECONDS:
            # Others may want the machine too: then it has not worked for longer than one with
            # nothing to recover.
            self._place.fresh_state(self.state_at(acknowledged))
            recovered.revision = acknowledged
            with RunningHost(self._place) as host:
                must(host.is_ready, host.errors())
                # Both are multiples of 10 ms.
                must(recovered.start_cpu_seconds <= 3 * host.start_cpu_seconds + 0.1,
                     f"ready after {recovered.start_cpu_seconds:.2f} s of work, "
                     f"{host.start_cpu_seconds:.2f} s with nothing to recover")
        return recovered

    def _check_start(self, acknowledged: int) -> "Recovered":
        with RunningHost(self._place) as host:
            must(host.is_ready, f"the host did not start: {host.errors()}")
            revision = host.ask("GET", "/v1/status").revision
            must(revision in (acknowledged, acknowledged + 1),
                 f"revision {revision} after {acknowledged} was acknowledged")
            assert revision is not None
            self.check_revision(host, revision)
            has_unacknowledged = revision > acknowledged
            if revision < len(CHANGES):
                answer = host.make(CHANGES[revision])
                must(answer.is_done, f"the next change was answered {answer}")
                revision += 1
                self.check_revision(host, revision)
            return Recovered(has_unacknowledged, host.ready_seconds, host.start_cpu_seconds,
                             revision)


@dataclass
class Recovered:
    """How a host came back."""

    has_unacknowledged: bool
    ready_seconds: float
    start_cpu_seconds: float
    revision: int  # of the state that it left behind
