#!/usr/bin/env python3
"""Compares the ABI of today's abi.h with the newest baseline in tests/conformance/abi, by abidiff.

The baseline abi-MAJOR.MINOR.abi is what abidw says of an anchor: a shared object, never shipped,
with one function for each struct and each function type of the header, so that an added one is
reported as that and nothing else. Any difference at all is refused, without suppressions: those that
would let an appended field pass also let a moved one pass. A field or a table that is appended on
purpose comes with a new baseline:

    scripts/check_abi.py --write

which writes the one of the header's version and prints what has changed. The gate is the freeze test
(tests/conformance/abi/v1_0.inc); this is the report that people can read.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = Path("plugin_sdk/include")
HEADER = INCLUDE / "backplane" / "abi.h"
BASELINES = Path("tests/conformance/abi")

STRUCT = re.compile(r"^typedef struct (bp_\w+) \{", re.MULTILINE)
FUNCTION_TYPE = re.compile(r"^typedef [^;{]*\(\*(bp_\w+)\)\(", re.MULTILINE)
VERSION = re.compile(r"^#define BP_ABI_(MAJOR|MINOR) (\d+)u$", re.MULTILINE)
BASELINE = re.compile(r"abi-(\d+)\.(\d+)\.abi")

# Nothing of the machine that wrote it, and ids that stay when types are added.
WRITE_OPTIONS = ("--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--no-elf-needed",
                 "--type-id-style", "hash")


class CheckError(Exception):
    """What is wrong, for people."""


def version_of(header: str) -> tuple[int, int]:
    numbers = {name: int(value) for name, value in VERSION.findall(header)}
    if set(numbers) != {"MAJOR", "MINOR"}:
        raise CheckError(f"{HEADER} does not say BP_ABI_MAJOR and BP_ABI_MINOR")
    return numbers["MAJOR"], numbers["MINOR"]


def anchor_of(header: str) -> str:
    """The source of the anchor: generated, so that no struct can be forgotten."""
    parameters = {name: f"const {name}* value" for name in STRUCT.findall(header)}
    parameters |= {name: f"{name} value" for name in FUNCTION_TYPE.findall(header)}
    if not parameters:
        raise CheckError(f"{HEADER} has no struct")
    lines = ["#include <backplane/abi.h>"]
    for name, parameter in parameters.items():
        lines += [f"void anchor_{name}({parameter});",
                  f"void anchor_{name}({parameter}) {{ (void)value; }}"]
    return "\n".join(lines) + "\n"


def newest_baseline(directory: Path) -> tuple[tuple[int, int], Path] | None:
    found = []
    for path in directory.glob("abi-*.abi"):
        match = BASELINE.fullmatch(path.name)
        if match:
            found.append(((int(match[1]), int(match[2])), path))
    return max(found, default=None)


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess:
    if shutil.which(command[0]) is None:
        raise CheckError(f"{command[0]} is missing; scripts/setup --checks installs it")
    return subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)


def must(*command: str, cwd: Path) -> None:
    ended = run(*command, cwd=cwd)
    if ended.returncode != 0:
        raise CheckError(f"{command[0]} failed:\n{ended.stdout}")


def build_anchor(root: Path, scratch: Path) -> Path:
    """Compiles the anchor and gives the ABI that abidw reads out of it."""
    header = (root / HEADER).read_text(encoding="utf-8")
    (scratch / "anchor.c").write_text(anchor_of(header), encoding="utf-8")
    must("cc", "-std=c99", "-g", "-O0", "-fPIC", "-shared", f"-I{root / INCLUDE}", "anchor.c",
         "-o", "anchor.so", cwd=scratch)
    must("abidw", *WRITE_OPTIONS, "--out-file", "today.abi", "anchor.so", cwd=scratch)
    return scratch / "today.abi"


def compare(baseline: Path, today: Path) -> tuple[int, str]:
    """What abidiff answers, 0 for no difference at all, and its report."""
    both = (str(baseline), str(today))
    ended = run("abidiff", *both, cwd=today.parent)
    if ended.returncode == 0:
        return 0, ended.stdout
    # Shorter, since it names a struct where it changed and not where it is used; but not what judges.
    leaves = run("abidiff", "--leaf-changes-only", *both, cwd=today.parent)
    return ended.returncode, leaves.stdout if leaves.returncode != 0 else ended.stdout


def name_of(version: tuple[int, int]) -> str:
    return f"abi-{version[0]}.{version[1]}.abi"


def check(root: Path, scratch: Path) -> None:
    """Raises CheckError with the report when today's ABI is not the newest baseline's."""
    version = version_of((root / HEADER).read_text(encoding="utf-8"))
    newest = newest_baseline(root / BASELINES)
    if newest is None or newest[0] != version:
        raise CheckError(f"{BASELINES} has no {name_of(version)}, or a newer one; if the version was "
                         "raised on purpose, scripts/check_abi.py --write makes it")
    code, report = compare(newest[1], build_anchor(root, scratch))
    if code != 0:
        raise CheckError(f"{report}\nthe ABI is not that of {newest[1].name} (abidiff says {code}); "
                         "what was appended on purpose needs scripts/check_abi.py --write")


def write(root: Path, scratch: Path) -> str:
    """Makes the baseline of the header's version; what it differs in from the newest one before."""
    version = version_of((root / HEADER).read_text(encoding="utf-8"))
    newest = newest_baseline(root / BASELINES)
    today = build_anchor(root, scratch)
    report = compare(newest[1], today)[1] if newest else ""
    shutil.copyfile(today, root / BASELINES / name_of(version))
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--write", action="store_true", help="write the baseline of today's version")
    arguments = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            if arguments.write:
                print(write(arguments.root.resolve(), Path(scratch)), end="")
            else:
                check(arguments.root.resolve(), Path(scratch))
    except CheckError as error:
        print(f"check_abi: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
