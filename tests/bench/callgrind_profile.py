"""Reads what callgrind dumps: instructions by function, and calls by who calls whom."""

import re
from collections import Counter
from dataclasses import dataclass, field

# Every way into the allocator but operator new, which ends in one of these.
ALLOCATORS = frozenset(("malloc", "calloc", "realloc", "memalign", "aligned_alloc",
                        "posix_memalign", "valloc", "pvalloc", "reallocarray"))
NAME = re.compile(r"\((\d+)\)(?: (.*))?$")


@dataclass
class Profile:
    # Of each function itself, without those that it calls: (object file, function) -> instructions.
    itself: Counter[tuple[str, str]] = field(default_factory=Counter)
    # (object file of the caller, caller, callee) -> calls.
    calls: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def instructions(self) -> int:
        return self.itself.total()

    def allocations(self) -> int:
        """Calls of the allocator from outside of it: `calloc` inside `realloc` is not one more."""
        return sum(count for (_, caller, callee), count in self.calls.items()
                   if callee in ALLOCATORS and caller not in ALLOCATORS)

    def allocations_from(self, stem: str) -> int:
        """Those that the code of one file asks for, itself or through operator new. The host stages
        a plugin under its name and more, so the beginning of the file's name counts."""
        return sum(count for (file, _, callee), count in self.calls.items()
                   if file.rsplit("/", 1)[-1].split(".")[0] == stem
                   and (callee in ALLOCATORS or callee.startswith("operator new")))

    def top(self, count: int) -> list[tuple[str, str, int]]:
        return [(file, function, instructions)
                for (file, function), instructions in self.itself.most_common(count)]


class Names:
    """callgrind writes `(7) name` once and `(7)` from then on."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def of(self, text: str) -> str:
        match = NAME.match(text)
        if match is None:
            return text
        if match[2] is not None:
            self.known[match[1]] = match[2]
        return self.known.get(match[1], text)


def plain(function: str) -> str:
    """Without callgrind's mark of the depth of a recursion: `read'2` is `read`."""
    return re.sub(r"'\d+$", "", function)


def parse(text: str) -> Profile:
    profile = Profile()
    objects, functions = Names(), Names()
    file = function = callee = ""
    cost_of_call = False
    for line in text.splitlines():
        key, separator, value = line.partition("=")
        if separator and key == "ob":
            file = objects.of(value)
        elif separator and key == "cob":
            objects.of(value)
        elif separator and key == "fn":
            function = plain(functions.of(value))
        elif separator and key == "cfn":
            callee = plain(functions.of(value))
        elif separator and key == "calls":
            profile.calls[file, function, callee] += int(value.split()[0])
            cost_of_call = True
        elif line[:1].isdigit() or line[:1] in ("+", "-", "*"):
            # "position cost"; the one after `calls=` is what the callee took.
            if not cost_of_call and len(words := line.split()) > 1:
                profile.itself[file, function] += int(words[1])
            cost_of_call = False
    return profile
