"""One run of wrk, and what it and the server's kernel accounts say of it."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from accounting import usage_of
from servers import Server

REPORT = Path(__file__).resolve().parent / "report.lua"


@dataclass(frozen=True)
class Shape:
    """How the load is made: connections, seconds, and the core that wrk is pinned to."""

    connections: int
    seconds: int
    core: int


@dataclass(frozen=True)
class Sample:
    rps: float
    p50_us: float
    p99_us: float
    cpu_us: float  # of the server, per request
    switches: float  # of the server, per request
    waits: float  # those of them that were its own wish
    server_busy: float  # share of one core
    wrk_busy: float
    errors: int


class LoadError(Exception):
    pass


def run_wrk(server: Server, shape: Shape) -> tuple[dict[str, int], float]:
    """Returns what report.lua wrote, and the share of one core that wrk used."""
    command = ["taskset", "-c", str(shape.core), "wrk", "-t1", f"-c{shape.connections}",
               f"-d{shape.seconds}s", "-s", str(REPORT), server.url, *server.lua_arguments]
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        # wait4 and not wait: it says what this one child has used.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    elapsed = time.monotonic() - started
    for line in output.splitlines():
        if line.startswith("BENCH "):
            return json.loads(line[len("BENCH "):]), (used.ru_utime + used.ru_stime) / elapsed
    raise LoadError(f"wrk wrote no result for {server.url}:\n{output}")


def measure(server: Server, shape: Shape) -> Sample:
    server.verify()
    before, started = usage_of(server.pid), time.monotonic()
    result, wrk_busy = run_wrk(server, shape)
    elapsed = time.monotonic() - started
    used = usage_of(server.pid) - before
    requests = max(1, result["requests"])
    return Sample(rps=requests / (result["duration_us"] / 1e6),
                  p50_us=result["p50_us"], p99_us=result["p99_us"],
                  cpu_us=used.cpu_ns / 1e3 / requests,
                  switches=(used.waits + used.preemptions) / requests,
                  waits=used.waits / requests,
                  server_busy=used.cpu_ns / 1e9 / elapsed, wrk_busy=wrk_busy,
                  errors=result["errors"])
