#!/usr/bin/env python3
"""Compiles every source file of ours with clang-14 and runs clang-tidy-14 over it, tests without the
analyzer.

Most of both is spent on the headers of libraries, so files with the same options are looked at a
dozen at a time, as one translation unit that has their text; plugins, which all define one function,
in a namespace each. Files that clang does not take together, such as two that name a helper of their
own alike, go into different units; what it does not take alone is a complaint. That each file
includes what it needs is what the other builds prove.

Needs a configured build/clang (cmake --preset clang) for the commands. Files that were clean are
looked at again only when one of their unit, a header they include, their command, .clang-tidy or
this program has changed.
"""

import argparse
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIDY = "clang-tidy-14"
AT_A_TIME = 12
# What defines the function that every plugin has: the SDK's macros, or those of our fixtures.
ENTRY = re.compile(r"^(BACKPLANE_PLUGIN|BP_RAW_(PLUGIN|ENTRY)\w*)\(", re.MULTILINE)


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
        if not path.is_file():
            return "absent"
        if path.is_relative_to(ROOT):
            return hashlib.sha256(path.read_bytes()).hexdigest()
        status = path.stat()
        return f"{status.st_size} {status.st_mtime_ns}"


@dataclass(frozen=True)
class Batch:
    """Files that are compiled with the same options."""

    files: tuple[Path, ...]
    options: tuple[str, ...]  # of the compiler, its name first, without files
    directory: Path
    key: str  # a digest of all the above and of what judges them

    @property
    def name(self) -> str:
        first = self.files[0].relative_to(ROOT)
        return f"{first} and {len(self.files) - 1} beside it" if len(self.files) > 1 else str(first)


def options_of(command: dict[str, str]) -> tuple[str, ...]:
    """Without ccache, without what names the file and its object, and without what CMake defines for
    each shared library and no source of ours asks for."""
    words = shlex.split(command["command"])
    first = next(at for at, word in enumerate(words) if "clang" in Path(word).name)
    kept, at = [words[first]], first + 1
    while at < len(words):
        if words[at] in ("-o", "-c"):
            at += 2
            continue
        if re.fullmatch(r"-D\w+_EXPORTS", words[at]) is None:
            kept.append(words[at])
        at += 1
    return tuple(kept)


def is_test(file: Path) -> bool:
    return file.stem.endswith("_test")


class Unit:
    """A translation unit of all these files. Their text is in it, not included: the analyzer looks
    into no function of a file that is included."""

    def __init__(self, files: list[Path]) -> None:
        before: list[str] = []  # what may stand in no namespace
        self.lines: list[str] = []
        # Of each file the lines of the unit that come before its own, and how many its own are.
        self.begins: list[tuple[int, int, Path]] = []
        for number, file in enumerate(files):
            source = file.read_text(encoding="utf-8")
            plugin = len(files) > 1 and file.suffix == ".cpp" and ENTRY.search(source)
            if plugin:
                before += re.findall(r"^#include +.+", source, re.MULTILINE)
                self.lines += [f"#define backplane_plugin_v1 backplane_plugin_v1_{number}",
                               f"namespace plugin_{number} {{"]
            self.lines.append(f'#line 1 "{file}"')
            own = source.splitlines()
            self.begins.append((len(self.lines), len(own), file))
            self.lines += own
            if plugin:
                self.lines += ["}", "#undef backplane_plugin_v1"]
        first = list(dict.fromkeys(before))
        self.lines = first + self.lines
        self.begins = [(before_it + len(first), own, file) for before_it, own, file in self.begins]

    def text(self) -> str:
        return "".join(line + "\n" for line in self.lines)

    def place_of(self, line: int) -> str:
        for before, own, file in self.begins:
            if before < line <= before + own:
                return f"{file}:{line - before}"
        return f"what surrounds {self.begins[0][2]}:{line}"


def batches(build: Path, prefixes: tuple[str, ...], common: str) -> list[Batch]:
    """Each file once, with others that have its options, in the order of their names; tests apart."""
    commands: dict[str, dict[str, str]] = {}
    for command in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        path = Path(command["file"])
        inside = path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "build")
        if inside and str(path.relative_to(ROOT)).startswith(prefixes):
            commands.setdefault(command["file"], command)
    found = []
    alike = {name: (options_of(one), one["directory"], is_test(Path(name)))
             for name, one in commands.items()}
    for (options, directory, _), names in groupby(sorted(alike, key=lambda n: (alike[n], n)),
                                                  alike.get):
        files = [Path(name) for name in names]
        for at in range(0, len(files), AT_A_TIME):
            some = tuple(files[at:at + AT_A_TIME])
            key = "\n".join([common, *options, directory, *map(str, some)])
            found.append(Batch(some, options, Path(directory),
                               hashlib.sha256(key.encode()).hexdigest()))
    return found


class Memory:
    """Of batches that were clean: what they were made of, a fingerprint and a path a line."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.fingerprints = Fingerprints()
        directory.mkdir(parents=True, exist_ok=True)

    def is_clean(self, batch: Batch) -> bool:
        record = self.directory / batch.key
        if not record.is_file():
            return False
        lines = (line.split("\t") for line in record.read_text(encoding="utf-8").splitlines())
        return all(self.fingerprints.of(Path(path)) == known for known, path in lines)

    def remember(self, batch: Batch, made_of: set[Path]) -> None:
        lines = [f"{Fingerprints.compute(path)}\t{path}" for path in sorted(made_of)]
        (self.directory / batch.key).write_text("\n".join(lines), encoding="utf-8")


class Look:
    """At one batch. Its units are written to `directory`."""

    def __init__(self, batch: Batch, directory: Path) -> None:
        self.batch = batch
        self.directory = directory
        self.made_of: set[Path] = set(batch.files)
        self.complaints: list[str] = []
        directory.mkdir(parents=True, exist_ok=True)

    def run(self) -> None:
        rest = list(self.batch.files)
        while rest:
            together = rest
            while (clashing := self.compile(together)) and len(together) > 1:
                together = [file for file in together if file not in clashing] or together[:1]
            if not clashing:
                self.tidy(together)
            rest = [file for file in rest if file not in together]

    def write(self, unit: Unit) -> str:
        path = self.directory / f"unit{self.batch.files[0].suffix}"
        path.write_text(unit.text(), encoding="utf-8")
        return str(path)

    def compile(self, files: list[Path]) -> list[Path]:
        """Returns those that do not compile beside the ones before them; when it is a single one
        its errors are a complaint."""
        listing = self.directory / "made_of.d"
        ended = subprocess.run([*self.batch.options, "-fsyntax-only", "-ferror-limit=0", "-MD", "-MF",
                                str(listing), self.write(Unit(files))], cwd=self.batch.directory,
                               capture_output=True, text=True, check=False)
        if ended.returncode == 0:
            words = listing.read_text(encoding="utf-8").replace("\\\n", " ").split()[1:]
            paths = {(self.batch.directory / word).resolve() for word in words}
            self.made_of |= {path for path in paths if not path.is_relative_to(self.directory)}
            return []
        if len(files) == 1:
            self.complaints.append(ended.stderr.strip())
            return files
        named = set(re.findall(r"^(\S+?):\d+:\d+: (?:fatal )?error:", ended.stderr, re.MULTILINE))
        # An error that is in none of them, but in a header, says only that they are too many.
        return [file for file in files if str(file) in named] or files[len(files) // 2:]

    def tidy(self, files: list[Path]) -> None:
        unit = Unit(files)
        path = self.write(unit)
        # Of a test every macro is a dozen branches, and the sanitizers see which it takes.
        checks = ["--checks=-clang-analyzer-*"] if is_test(files[0]) else []
        ended = subprocess.run([TIDY, "--quiet", f"--config-file={ROOT / '.clang-tidy'}", *checks,
                                path, "--", *self.batch.options[1:]],
                               cwd=self.batch.directory, capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            # It counts the unit's own lines, whatever #line says.
            said = ended.stdout.strip() or ended.stderr.strip()
            self.complaints.append(re.sub(re.escape(path) + r":(\d+)",
                                          lambda found: unit.place_of(int(found[1])), said))


def look_at(batch: Batch, memory: Memory, scratch: Path) -> str:
    look = Look(batch, scratch / batch.key)
    look.run()
    if not look.complaints:
        memory.remember(batch, look.made_of)
    return "\n".join(look.complaints)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "clang")
    parser.add_argument("filter", nargs="*", help="only files whose path begins with one of these")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    if not (build / "compile_commands.json").is_file():
        print(f"tidy: {build} is not configured: cmake --preset clang", file=sys.stderr)
        return 1

    version = subprocess.run([TIDY, "--version"], check=True, capture_output=True, text=True).stdout
    common = version + (ROOT / ".clang-tidy").read_text(encoding="utf-8")
    common += Path(__file__).read_text(encoding="utf-8")
    memory = Memory(ROOT / "build" / "tidy" / "clean")
    scratch = ROOT / "build" / "tidy" / "units"
    every = batches(build, tuple(arguments.filter) or ("",), common)
    waiting = [batch for batch in every if not memory.is_clean(batch)]

    bad = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        complaints = pool.map(lambda batch: look_at(batch, memory, scratch), waiting)
        for batch, complaint in zip(waiting, complaints):
            if complaint:
                bad += 1
                print(f"{batch.name}:\n{complaint}\n", flush=True)
    looked_at = sum(len(batch.files) for batch in waiting)
    unchanged = sum(len(batch.files) for batch in every) - looked_at
    print(f"clang-tidy: {looked_at} files looked at, {unchanged} unchanged since they were clean, "
          f"{bad} of {len(waiting)} batches with complaints")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
