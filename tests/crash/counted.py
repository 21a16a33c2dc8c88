"""How much of everything a run tries."""

import argparse
import os
import random
import time
from typing import Callable, Sequence, TypeVar

from running_host import SANITIZED
from traced import why_not_traced

SKIPPED = 77

Item = TypeVar("Item")


def arguments(description: str | None, what: str, usual: int) -> tuple[int | None, int]:
    """How many (None: all there are), and the seed; the environment says what no option says."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(f"--{what}", dest="count",
                        default=os.environ.get(f"BACKPLANE_CRASH_{what.upper()}",
                                               str(usual // 4 if SANITIZED else usual)),
                        help="about how many, or 'all' (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6),
                        help="of what is drawn (default: another one each time)")
    parsed = parser.parse_args()
    return None if parsed.count == "all" else int(parsed.count), parsed.seed


def main(run: Callable[[int | None, int], int], description: str | None, what: str,
         usual: int) -> int:
    """The exit code of `run`, or the one that CTest takes for a test that was skipped."""
    count, seed = arguments(description, what, usual)
    reason = why_not_traced()
    if reason is not None:
        print(f"skipped: {reason}")
        return SKIPPED
    started = time.monotonic()
    code = run(count, seed)
    print(f"took {time.monotonic() - started:.0f} s")
    return code


def evenly(items: Sequence[Item], count: int | None, draw: random.Random,
           share: float = 1.0) -> list[Item]:
    """`share` of `count` of the items, spread over all of them from one that is drawn."""
    if count is None:
        return list(items)
    wanted = min(len(items), max(1, round(count * share)))
    phase = draw.random()
    return [items[int((i + phase) * len(items) / wanted)] for i in range(wanted)]
