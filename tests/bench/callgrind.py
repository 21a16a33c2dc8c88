"""The host under callgrind: how many instructions and allocations one request takes.

What it counts does not depend on the speed of the machine, so it can be compared over months."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from backplane import Backplane, Documents
from callgrind_profile import Profile, parse
from servers import ServerError
from steady_load import SteadyLoad

CONNECTIONS = 16
WARM_UP = 2000
REQUESTS = 12000


class BackplaneUnderCallgrind(Backplane):
    start_seconds = 60.0

    def __init__(self, cores: str) -> None:
        # The child that tries a plugin is watched by a pidfd, which valgrind 3.19 does not have.
        # The watcher reads every file of its directory once, some time after the start: work of
        # no request, and now and then in the middle of what is counted.
        super().__init__(cores, documents=Documents().with_host(
            plugins={"probe": False, "watch": False}))

    def launch(self) -> None:
        # Threads take turns under valgrind; --fair-sched gives them in the order of asking, as a
        # kernel does, instead of to the one that has it.
        self.prefix = ("valgrind", "--tool=callgrind", "--fair-sched=yes",
                       f"--callgrind-out-file={self.directory / 'callgrind.out'}")
        super().launch()

    def command(self, word: str) -> None:
        """`zero` forgets what was counted so far, `dump` writes it down."""
        try:
            ended = subprocess.run(["vgdb", f"--pid={self.pid}", "--wait=10", word],
                                   capture_output=True, text=True, check=False, timeout=60)
        except subprocess.TimeoutExpired as expired:
            # It wakes a process that sleeps by ptrace.
            raise ServerError(f"vgdb {word}: no answer; may it trace processes here?") from expired
        if ended.returncode != 0:
            raise ServerError(f"vgdb {word}: {ended.stdout}{ended.stderr}")

    def dump(self) -> str:
        self.command("dump")
        return (self.directory / "callgrind.out.1").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Counts:
    """Of one request."""

    instructions: float
    allocations: float
    by_host: float
    by_plugin: float


def counts_of(profile: Profile, requests: int, plugin: str) -> Counts:
    return Counts(instructions=profile.instructions() / requests,
                  allocations=profile.allocations() / requests,
                  by_host=profile.allocations_from("backplane") / requests,
                  by_plugin=profile.allocations_from(plugin) / requests)


def missing_program() -> str | None:
    return next((name for name in ("valgrind", "vgdb") if shutil.which(name) is None), None)


def count(core: int) -> tuple[Counts, Profile]:
    with BackplaneUnderCallgrind(str(core)) as server:
        with SteadyLoad(server.port, server.call.path, CONNECTIONS) as load:
            # The first requests fill pools and grow buffers; what follows is the steady state.
            load.run(WARM_UP)
            assert isinstance(server, BackplaneUnderCallgrind)
            server.command("zero")
            load.run(REQUESTS)
            profile = parse(server.dump())
    return counts_of(profile, REQUESTS, "hello"), profile


def write_profile(profile: Profile, file: Path, functions: int = 200) -> None:
    lines = [f"instructions per request of each function itself; {REQUESTS} requests"]
    lines += [f"{instructions / REQUESTS:10.1f}  {Path(name).name}  {function}"
              for name, function, instructions in profile.top(functions)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
