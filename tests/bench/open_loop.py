"""The project's generator for loads that do not wait for answers; see open_loop.cpp."""

import json
import subprocess
from dataclasses import dataclass

from backplane import OPEN_LOOP
from load import LoadError
from servers import Server


@dataclass(frozen=True)
class Arriving:
    """Requests of independent clients: so many a second, in the order that `seed` draws."""

    rate: float
    seconds: float
    seed: int
    core: int


@dataclass(frozen=True)
class Latencies:
    answered: int
    errors: int
    rps: float
    p50_us: float
    p99_us: float
    max_us: float
    latest_send_us: float  # how late the generator itself was, at worst


def undisturbed(found: list[Latencies], limit_us: float) -> list[Latencies]:
    """Latencies count from the intended time, so what held the generator up is in them: something
    else that ran on its core, and nothing that the server did."""
    return [one for one in found if one.latest_send_us <= limit_us]


def parse(output: str) -> Latencies:
    try:
        return Latencies(**json.loads(output))
    except (ValueError, TypeError) as error:
        raise LoadError(f"open_loop wrote no result: {output!r}") from error


def run(server: Server, arriving: Arriving) -> Latencies:
    command = ["taskset", "-c", str(arriving.core), str(OPEN_LOOP), "--port", str(server.port),
               "--path", server.call.path, "--rate", str(arriving.rate),
               "--seconds", str(arriving.seconds), "--seed", str(arriving.seed)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False,
                           timeout=arriving.seconds + 30)
    if ended.returncode != 0:
        raise LoadError(f"open_loop ended with {ended.returncode}: {ended.stderr}")
    return parse(ended.stdout)
