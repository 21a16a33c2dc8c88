"""The figures that repeat, compared with the committed ones: scripts/bench --check.

Instructions and allocations are counted by callgrind and depend on the code and the compiler only;
context switches depend on who runs when, so theirs has room for that."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent / "baseline.json"
SHARE = 0.10


@dataclass(frozen=True)
class Guard:
    """A figure, and how much more than committed is still no regression: a tenth, and `slack`
    where a tenth would be less than the spread of the figure itself."""

    key: str
    words: str
    slack: float

    def limit(self, committed: float) -> float:
        return committed * (1 + SHARE) + self.slack


INSTRUCTIONS = Guard("instructions_per_request", "user instructions per request", 0.0)
# Seen over runs: 0.000. What the first use of a connection costs may fall into the counted part.
ALLOCATIONS = Guard("allocations_per_request", "allocations per request", 0.02)
# Seen over runs: 0.0317 to 0.0318, two for each burst of 64; what else runs may cut one in two.
SWITCHES = Guard("context_switches_per_request", "context switches per request, c=64", 0.004)
GUARDS = (INSTRUCTIONS, ALLOCATIONS, SWITCHES)


@dataclass(frozen=True)
class Judgement:
    good: bool
    text: str


def change(found: float, committed: float) -> str:
    if committed == 0:
        return f"{found - committed:+.3f}"
    return f"{(found - committed) / committed:+.1%}"


def judge(guard: Guard, committed: float | None, found: float) -> Judgement:
    if committed is None:
        return Judgement(False, f"{guard.words}: found {found:.3f}, but nothing is committed; "
                                "scripts/bench --write-baseline writes it")
    limit = guard.limit(committed)
    text = (f"{guard.words}: found {found:.3f}, committed {committed:.3f} "
            f"({change(found, committed)}), at most {limit:.3f} wanted")
    if found <= limit and found < committed * (1 - SHARE) - guard.slack:
        text += "; so much better that the baseline should be written anew"
    return Judgement(found <= limit, text)


def judge_all(committed: dict[str, float], found: dict[str, float]) -> list[Judgement]:
    return [judge(guard, committed.get(guard.key), found[guard.key]) for guard in GUARDS]


def read(file: Path = FILE) -> dict[str, Any]:
    if not file.exists():
        return {"figures": {}}
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def write(figures: dict[str, float], measured_with: dict[str, str], file: Path = FILE) -> None:
    rounded = {key: round(value, 3) for key, value in figures.items()}
    document = {"figures": rounded, "measured_with": measured_with}
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
