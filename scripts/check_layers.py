#!/usr/bin/env python3
"""Checks who includes and who links whom, against the table below.

Reads every #include of host/, plugin_sdk/, plugins/ and tests/plugins/, and what the CMakeLists.txt
of each part links. Prints one line for each offence: file:line: what, and why it is refused.
"""

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

# The floors of the house, lowest first. A part may include the parts of lower floors; two siblings
# on one floor never include each other.
FLOORS = (
    ("base", "json", "message", "metrics", "config"),
    ("http", "plugin", "batching"),
    ("backend", "routing", "isolation", "cluster"),
    ("control",),
    ("admin", "dashboard"),
    ("app", "cli"),
)

# The only steps aside on one floor. On floor 0: base <- json <- {message, config, metrics}. On the
# top floor: app holds main(), which calls the subcommands of cli; cli never sees app.
SIBLINGS = {
    "json": {"base"},
    "message": {"base", "json"},
    "metrics": {"base", "json"},
    "config": {"base", "json"},
    "app": {"cli"},
}

# One home per library: the beginning of the header's name, and where it may be included.
HOMES = (
    ("boost/dll", ("host/plugin/dynamic_library.cpp",)),
    ("boost/intrusive", ("host/plugin/call_deadlines.hpp",)),
    ("boost/", ("host/http/", "host/cli/", "host/cluster/")),
    ("rapidjson/", ("host/json/", "plugin_sdk/include/backplane/json.hpp")),
    ("Poco/", ("host/base/log_channel.cpp", "host/control/", "host/plugin/", "host/app/", "host/cli/")),
    ("prometheus/", ("host/metrics/",)),
    ("openssl/", ("host/admin/token_digest.cpp", "host/http/tls_", "host/plugin/plugin_trust.cpp",
                  "host/plugin/sha256.cpp")),
    ("sqlite3.h", ("host/control/sqlite_fence.cpp", "host/control/sqlite_file.cpp")),
    ("emmintrin.h", ("host/message/byte_classes.hpp",)),
    ("dlfcn.h", ("host/plugin/",)),
    ("link.h", ("host/plugin/",)),
    ("elf.h", ("host/plugin/",)),
)

# The same for what a part may link.
LINK_HOMES = (
    ("Boost::", ("http", "plugin", "cli", "cluster")),
    ("backplane_rapidjson", ("json",)),
    ("Poco::", ("base", "control", "plugin", "app", "cli")),
    ("prometheus-cpp::", ("metrics",)),
    ("OpenSSL::", ("admin", "cli", "http", "plugin")),
    ("SQLite::", ("control",)),
    ("${CMAKE_DL_LIBS}", ("plugin",)),
)
LINKED_BY_ALL = {"Threads::Threads", "backplane_sanitize", "backplane_warnings", "backplane::abi"}

C_HEADERS = set(
    "assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign "
    "stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar "
    "wchar wctype".split())
SYSTEM_HEADER = re.compile(
    r"(sys|linux|netinet|arpa|net|asm)/\w+\.h|(unistd|fcntl|poll|pthread|sched|spawn|netdb|dirent|"
    r"endian|byteswap|semaphore|syslog|termios|pwd|grp|cxxabi|execinfo|ucontext|malloc|getopt)\.h")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SUFFIXES = {".cpp", ".hpp", ".c", ".h"}
PARTS = {part: floor for floor, parts in enumerate(FLOORS) for part in parts}


@dataclass(frozen=True)
class Include:
    path: str  # of the including file, from the root
    line: int
    quoted: bool
    header: str


def is_standard(header: str) -> bool:
    if header.endswith(".h"):
        return header[:-2] in C_HEADERS
    return re.fullmatch(r"[a-z_0-9]+", header) is not None


def may_include(part: str, other: str) -> bool:
    if part == other or PARTS[other] < PARTS[part]:
        return True
    return other in SIBLINGS.get(part, set())


def why_refused(part: str, other: str) -> str:
    if PARTS[part] == PARTS[other]:
        return f"'{part}' and '{other}' are siblings on floor {PARTS[part]}"
    return f"'{part}' is on floor {PARTS[part]}, '{other}' above it on floor {PARTS[other]}"


def library_offence(path: str, header: str) -> str | None:
    """For a header that is neither ours nor the standard's: has it a home, and is this it?"""
    for prefix, places in HOMES:
        if header.startswith(prefix):
            if path.startswith(places):
                return None
            return f"its only home is {', '.join(places)}"
    return "no library of this name has a home in the table of scripts/check_layers.py"


def host_offence(include: Include) -> str | None:
    part = include.path.split("/")[1]
    header = include.header
    if part not in PARTS:
        return f"host/{part} is not in the table of scripts/check_layers.py"
    if header.startswith("host/"):
        other = header.split("/")[1]
        if other not in PARTS:
            return f"host/{other} is not in the table of scripts/check_layers.py"
        return None if may_include(part, other) else why_refused(part, other)
    if include.quoted:
        return 'quoted includes carry the full path from the root: "host/…"'
    if header.startswith("backplane/"):
        if header == "backplane/abi.h":
            return None
        return "of the SDK the host includes <backplane/abi.h> only, never its C++ headers"
    if is_standard(header) or SYSTEM_HEADER.fullmatch(header):
        return None
    return library_offence(include.path, header)


def sdk_offence(include: Include) -> str | None:
    if include.path.endswith("/abi.h"):
        known = include.header in ("stddef.h", "stdint.h")
        return None if known else "abi.h includes <stddef.h> and <stdint.h> only"
    if include.header.startswith("backplane/") or is_standard(include.header):
        return None
    if include.path.startswith("plugin_sdk/include/backplane/json.hpp"):
        return library_offence(include.path, include.header)
    return "the SDK includes only itself and the C and C++ standard libraries"


def plugin_offence(include: Include) -> str | None:
    """Plugins, and the misbehaving ones among the tests, which may also call the system."""
    header = include.header
    if header.startswith("backplane/") or is_standard(header):
        return None
    if include.quoted and header.startswith(include.path.rsplit("/", 1)[0] + "/"):
        return None
    if header.startswith("doctest/") and include.path.endswith("_test.cpp"):
        return None
    if include.path.startswith("tests/"):
        if SYSTEM_HEADER.fullmatch(header) or header == "dlfcn.h":
            return None
    return "plugins include only the SDK and the C and C++ standard libraries"


def offence(include: Include) -> str | None:
    if include.path.startswith("host/"):
        return host_offence(include)
    if include.path.startswith("plugin_sdk/include/"):
        return sdk_offence(include)
    return plugin_offence(include)


def includes_of(root: Path) -> list[Include]:
    found = []
    for folder in ("host", "plugin_sdk/include", "plugins", "tests/plugins"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in SUFFIXES or not path.is_file():
                continue
            relative = path.relative_to(root).as_posix()
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            for number, line in enumerate(lines, start=1):
                match = INCLUDE.match(line)
                if match:
                    found.append(Include(relative, number, match[1] == '"', match[2]))
    return found


@dataclass(frozen=True)
class Link:
    path: str
    line: int
    part: str
    item: str
    public: bool


def links_of(root: Path) -> list[Link]:
    found = []
    call = re.compile(r"\b(?:backplane_part|target_link_libraries)\s*\(([^)]*)\)")
    for path in sorted((root / "host").glob("*/CMakeLists.txt")):
        part = path.parent.name
        text = re.sub(r"#[^\n]*", "", path.read_text(encoding="utf-8"))
        for match in call.finditer(text):
            keyword = ""
            for word in re.finditer(r"\S+", match[1]):
                if word[0] in ("SOURCES", "PUBLIC", "PRIVATE", "INTERFACE"):
                    keyword = word[0]
                elif keyword in ("PUBLIC", "PRIVATE", "INTERFACE"):
                    line = text.count("\n", 0, match.start(1) + word.start()) + 1
                    relative = path.relative_to(root).as_posix()
                    found.append(Link(relative, line, part, word[0], keyword != "PRIVATE"))
    return found


def linked_part(item: str) -> str | None:
    name = re.sub(r"^backplane(::|_)", "", item)
    return name if name != item and name in PARTS else None


def link_offence(link: Link) -> str | None:
    if link.part not in PARTS:
        return f"host/{link.part} is not in the table of scripts/check_layers.py"
    other = linked_part(link.item)
    if other is not None:
        return None if may_include(link.part, other) else why_refused(link.part, other)
    if link.item in LINKED_BY_ALL:
        return None
    for prefix, parts in LINK_HOMES:
        if link.item.startswith(prefix):
            return None if link.part in parts else f"its only home is {', '.join(parts)}"
    return "no library of this name has a home in the table of scripts/check_layers.py"


def reachable(part: str, links: list[Link]) -> set[str]:
    """What a part may include headers of: what it links, and what those pass on."""
    seen = {part}
    waiting = [linked_part(link.item) for link in links if link.part == part]
    while waiting:
        other = waiting.pop()
        if other is not None and other not in seen:
            seen.add(other)
            waiting += [linked_part(l.item) for l in links if l.part == other and l.public]
    return seen


def unlinked(includes: list[Include], links: list[Link]) -> list[str]:
    known = {link.part for link in links}
    reach = {part: reachable(part, links) for part in known}
    found = []
    for include in includes:
        if not include.path.startswith("host/") or not include.header.startswith("host/"):
            continue
        part, other = include.path.split("/")[1], include.header.split("/")[1]
        if part in known and other in known and other not in reach[part]:
            found.append(f"{include.path}:{include.line}: includes \"{include.header}\": "
                         f"host/{part}/CMakeLists.txt does not link backplane::{other}")
    return found


def check(root: Path) -> list[str]:
    includes, links = includes_of(root), links_of(root)
    found = []
    for include in includes:
        why = offence(include)
        if why is not None:
            opening, closing = ('"', '"') if include.quoted else ("<", ">")
            found.append(f"{include.path}:{include.line}: includes "
                         f"{opening}{include.header}{closing}: {why}")
    for link in links:
        why = link_offence(link)
        if why is not None:
            found.append(f"{link.path}:{link.line}: links {link.item}: {why}")
    return found + unlinked(includes, links)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    found = check(parser.parse_args().root)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
