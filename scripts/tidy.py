#!/usr/bin/env python3
"""Runs clang-tidy-14 over every source file of ours, and remembers which were clean.

Needs a finished clang build (build/clang): it has the commands, and ninja knows what each file
includes. A file is looked at again only when it, a header it includes, its command or .clang-tidy
has changed.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIDY = "clang-tidy-14"


def dependencies(build: Path) -> dict[str, list[Path]]:
    """What each object file was made of, as ninja saw it."""
    text = subprocess.run(["ninja", "-C", str(build), "-t", "deps"],
                          check=True, capture_output=True, text=True).stdout
    found: dict[str, list[Path]] = {}
    target = ""
    for line in text.splitlines():
        if line.startswith("    "):
            found[target].append((build / line.strip()).resolve())
        elif line and not line.startswith("ninja:"):
            target = line.split(":", 1)[0]
            found[target] = []
    return found


class Fingerprints:
    """Of files: ours by content, the system's by size and time, for those only packages change."""

    def __init__(self) -> None:
        self.known: dict[Path, str] = {}

    def of(self, path: Path) -> str:
        if path not in self.known:
            self.known[path] = self.compute(path)
        return self.known[path]

    @staticmethod
    def compute(path: Path) -> str:
        if path.is_relative_to(ROOT):
            return hashlib.sha256(path.read_bytes()).hexdigest()
        status = path.stat()
        return f"{status.st_size} {status.st_mtime_ns}"


def sources(build: Path) -> list[dict[str, str]]:
    """One command a file of ours, in the order of the files' names."""
    commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    chosen: dict[str, dict[str, str]] = {}
    for command in commands:
        path = Path(command["file"])
        if path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "build"):
            chosen.setdefault(command["file"], command)
    return [chosen[name] for name in sorted(chosen)]


def fingerprint(command: dict[str, str], made_of: list[Path], files: Fingerprints,
                common: str) -> str:
    parts = [common, command["command"]]
    parts += [f"{path} {files.of(path)}" for path in sorted(made_of)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def look_at(command: dict[str, str], build: Path, remembered: Path) -> tuple[str, str]:
    """Returns the file's name and what clang-tidy has against it, empty when nothing."""
    name = str(Path(command["file"]).relative_to(ROOT))
    run = subprocess.run([TIDY, "-p", str(build), "--quiet", command["file"]], cwd=ROOT,
                         capture_output=True, text=True, check=False)
    if run.returncode == 0:
        remembered.touch()
        return name, ""
    return name, run.stdout.strip() or run.stderr.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "clang")
    parser.add_argument("filter", nargs="*", help="only files whose path begins with one of these")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    if not (build / "compile_commands.json").is_file():
        print(f"tidy: {build} has no build; make one: cmake --preset clang && "
              "cmake --build build/clang", file=sys.stderr)
        return 1

    cache = ROOT / "build" / "tidy"
    cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([TIDY, "--version"], check=True, capture_output=True, text=True).stdout
    common = version + (ROOT / ".clang-tidy").read_text(encoding="utf-8")
    made_of, files = dependencies(build), Fingerprints()

    waiting = []
    clean = 0
    for command in sources(build):
        name = str(Path(command["file"]).relative_to(ROOT))
        if arguments.filter and not name.startswith(tuple(arguments.filter)):
            continue
        objects = made_of.get(command.get("output", ""), [])
        remembered = cache / fingerprint(command, objects, files, common)
        # Without a list of what it includes, a file cannot be known to be unchanged.
        if objects and remembered.exists():
            clean += 1
        else:
            waiting.append((command, remembered))

    bad = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for name, complaint in pool.map(lambda pair: look_at(pair[0], build, pair[1]), waiting):
            if complaint:
                bad += 1
                print(f"{name}:\n{complaint}\n", flush=True)
    print(f"clang-tidy: {len(waiting)} files looked at, {clean} unchanged since they were clean, "
          f"{bad} with complaints")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
