"""How long and where a run measures."""

import os
import resource
from dataclasses import dataclass

from load import Shape

# 9,000 idle connections and what a process needs beside them.
OPEN_FILES = 12000


@dataclass(frozen=True)
class Plan:
    rounds: int
    seconds: int
    server_core: int
    wrk_core: int
    wanted: frozenset[str]  # names of rows
    reloads: int = 10_000  # under load, for row R

    def wants(self, *names: str) -> bool:
        return any(name in self.wanted for name in names)

    @property
    def cores(self) -> str:
        """For taskset: where a server runs."""
        return str(self.server_core)

    @property
    def both_cores(self) -> str:
        return f"{self.server_core},{self.wrk_core}"

    def shape(self, connections: int) -> Shape:
        return Shape(connections, self.seconds, self.wrk_core)


def usable_cores() -> tuple[int, int]:
    """The server's core and wrk's; the same one where there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[min(1, len(usable) - 1)]


def raise_open_files() -> int:
    """For us and for the servers, which inherit it. Returns how many files may be open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft
