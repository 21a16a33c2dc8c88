#!/usr/bin/env python3
"""Checks the length of every source file: over 250 lines is a warning, over 400 an error.

Functions longer than 50 lines are clang-tidy's business (readability-function-size).
"""

import argparse
import sys
from pathlib import Path

SOFT_LIMIT = 250
HARD_LIMIT = 400
SUFFIXES = {".cpp", ".hpp", ".c", ".h", ".py", ".sh", ".cmake", ".inc", ".lua"}
NAMES = {"CMakeLists.txt"}
# Scripts without a suffix live here; every file in these folders is one.
SCRIPT_FOLDERS = ("scripts", ".ci")
SKIPPED_FOLDERS = {".git", ".cache", "build", "install", "__pycache__"}


def is_source(path: Path, root: Path) -> bool:
    relative = path.relative_to(root)
    if any(part in SKIPPED_FOLDERS for part in relative.parts[:-1]):
        return False
    if path.suffix in SUFFIXES or path.name in NAMES:
        return True
    return relative.parts[0] in SCRIPT_FOLDERS and path.suffix == ""


def sources(root: Path) -> list[Path]:
    return sorted(p for p in root.rglob("*") if p.is_file() and is_source(p, root))


def count_lines(path: Path) -> int:
    return len(path.read_bytes().splitlines())


def check(root: Path) -> tuple[list[str], list[str]]:
    """Returns errors and warnings, one line of text each."""
    errors: list[str] = []
    warnings: list[str] = []
    for path in sources(root):
        lines = count_lines(path)
        place = f"{path.relative_to(root)}:{lines}"
        if lines > HARD_LIMIT:
            errors.append(f"{place}: {lines} lines; the hard limit is {HARD_LIMIT}: split the file")
        elif lines > SOFT_LIMIT:
            warnings.append(f"{place}: {lines} lines; the soft limit is {SOFT_LIMIT}")
    return errors, warnings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--quiet", action="store_true", help="print errors only")
    arguments = parser.parse_args()
    errors, warnings = check(arguments.root)
    for line in errors:
        print(f"error: {line}")
    for line in [] if arguments.quiet else warnings:
        print(f"warning: {line}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
