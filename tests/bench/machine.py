"""What the figures were measured on, and of what build."""

import os
import platform
import re
import subprocess
from pathlib import Path

from servers import BUILD, ROOT


def commit() -> str:
    """Of the tree; says when files differ from it."""
    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True,
                              check=False).stdout.strip()
    name = git("rev-parse", "--short=12", "HEAD") or "unknown"
    # The results themselves are written before they are committed.
    changed = git("status", "--porcelain", "--", ".", ":!tests/bench/RESULTS.md",
                  ":!tests/bench/baseline.json")
    return f"{name} with local changes" if changed else name


def cache_value(cache: str, name: str) -> str:
    """Of a variable in CMakeCache.txt."""
    match = re.search(rf"^{re.escape(name)}:\w+=(.*)$", cache, re.MULTILINE)
    return match[1] if match else ""


def build_flags(cache: str) -> str:
    kind = cache_value(cache, "CMAKE_BUILD_TYPE")
    flags = [cache_value(cache, "CMAKE_CXX_FLAGS"),
             cache_value(cache, f"CMAKE_CXX_FLAGS_{kind.upper()}")]
    return f"{kind}: " + " ".join(flag for flag in flags if flag)


def flags_of_build() -> str:
    file = BUILD / "CMakeCache.txt"
    return build_flags(file.read_text(encoding="utf-8")) if file.exists() else "unknown"


def compiler() -> str:
    said = subprocess.run(["g++", "--version"], capture_output=True, text=True, check=False).stdout
    return said.splitlines()[0] if said else "unknown"


def processor_name(cpuinfo: str) -> str:
    match = re.search(r"^model name\s*:\s*(.*)$", cpuinfo, re.MULTILINE)
    return match[1] if match else platform.machine()


def description() -> str:
    cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    cores = len(os.sched_getaffinity(0))
    return f"{processor_name(cpuinfo)}, {cores} cores, Linux {platform.release()}"
