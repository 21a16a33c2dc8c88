"""What strace shows of a host's work on its state directory, and what it may do to it."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

# Every call that changes a file, or sees to it that a change lasts.
CHANGING = ("openat", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", "rename", "renameat2",
            "link", "unlink", "mkdir")

DATABASE_FILES = ("state.db", "state.db-wal", "state.db-journal", "state.db.new",
                  "state.db.new-journal")
OTHER_FILES = ("lock", "admin.token", "admin.token.new")
AUDIT_LOG = "audit.jsonl"

_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)")
_WORD = re.compile(r'"([^"]*)"|<([^>]*)>')


class TraceError(Exception):
    pass


def why_not_traced() -> str | None:
    """Why no process can be traced here; containers and kernels forbid it now and then."""
    if shutil.which("strace") is None:
        return "strace is not installed; scripts/setup does that"
    tried = subprocess.run([*strace([], CHANGING, "--seccomp-bpf", "-o", "/dev/null"), "true"],
                           capture_output=True, text=True, check=False)
    if tried.returncode == 0 and not tried.stderr:
        return None
    return f"strace may trace nothing here: {tried.stderr.strip()}"


@dataclass(frozen=True)
class Step:
    """One call, the n-th of its kind that its thread makes."""

    thread: int
    call: str
    number: int
    files: tuple[str, ...]  # what it is about: names in the state directory, "." for itself
    data: bytes = b""
    arguments: tuple[str, ...] = ()

    @property
    def is_of_audit_log(self) -> bool:
        return AUDIT_LOG in self.files


def files_of_state(state: Path) -> list[Path]:
    """Without the audit log."""
    return [state, *(state / name for name in (*DATABASE_FILES, *OTHER_FILES))]


def strace(paths: list[Path], calls: tuple[str, ...], *options: str) -> list[str]:
    """The command before a command: it stays its caller's child, and its threads are followed."""
    command = ["strace", "-D", "-f", "-qq", "-e", "trace=" + ",".join(calls), *options]
    for path in paths:
        command += ["-P", str(path)]
    return command


def recorded(state: Path, log: Path) -> list[str]:
    """strace that writes what it sees of all of `state` to `log`, every byte in hexadecimal."""
    return strace([*files_of_state(state), state / AUDIT_LOG], CHANGING, "--seccomp-bpf", "-y",
                  "-xx", "-s", "1000000", "-o", str(log))


def recorded_at(state: Path, names: list[str], log: Path) -> list[str]:
    """The same of the files of these names alone."""
    return strace([state / name for name in names], CHANGING, "--seccomp-bpf", "-y", "-xx",
                  "-o", str(log))


def refused_at(state: Path, step: Step, error: str) -> list[str]:
    """strace that answers `step` with `error`, its number being that of its kind with its files."""
    return strace([state / name for name in step.files], (step.call,), "-o", "/dev/null", "-e",
                  f"inject={step.call}:error={error}:when={step.number}", "--seccomp-bpf")


def _injected(state: Path, step: Step, what: str, *options: str) -> list[str]:
    paths = [state / AUDIT_LOG] if step.is_of_audit_log else files_of_state(state)
    return strace(paths, (step.call,), "-o", "/dev/null", "-e",
                  f"inject={step.call}:{what}:when={step.number}", *options)


def killed(state: Path, step: Step) -> list[str]:
    """strace that kills a host before it makes `step`. Slow: with --seccomp-bpf, which stops it at
    no other call, a signal to be injected gets lost."""
    return _injected(state, step, "signal=KILL")


def refused(state: Path, step: Step, error: str) -> list[str]:
    """strace that answers `step` with `error` ("EIO") and does nothing else about it."""
    return _injected(state, step, f"error={error}", "--seccomp-bpf")


def full_disk(state: Path, first: int) -> list[str]:
    """strace under which, from its `first` write on, no thread of a host finds room in `state`,
    until strace is told to end. What --seccomp-bpf does to a host would stay."""
    return strace([*files_of_state(state), state / AUDIT_LOG], ("write", "pwrite64"), "-I", "2",
                  "-o", "/dev/null", "-e", f"inject=write,pwrite64:error=ENOSPC:when={first}+")


def _unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def read_log(log: Path, state: Path) -> list[tuple[int, Step]]:
    """The calls that succeeded, in their order, each with the place where its line ends."""
    steps: list[tuple[int, Step]] = []
    seen: dict[tuple[int, str], int] = {}
    end = 0
    for line in log.read_text(encoding="ascii").splitlines(keepends=True):
        end += len(line)
        if "unfinished" in line or "resumed" in line:
            # Two threads never work on the state at once while one change is made after the other.
            raise TraceError(f"two calls at once in {log}: {line[:200]}")
        found = _LINE.match(line)
        if found is None:
            continue
        thread, call, arguments, result = int(found[1]), found[2], found[3], int(found[4])
        seen[thread, call] = seen.get((thread, call), 0) + 1
        if result < 0:
            continue
        words = [_unhex(quoted or path) for quoted, path in _WORD.findall(arguments)]
        takes_bytes = call in ("write", "pwrite64")
        names = [word.decode() for word in (words[:1] if takes_bytes else words)]
        inside = tuple(str(Path(name).relative_to(state)) for name in names
                       if Path(name).is_relative_to(state))
        rest = tuple(part.strip() for part in _WORD.sub("", arguments).split(","))
        steps.append((end, Step(thread, call, seen[thread, call], inside,
                                words[1][:result] if takes_bytes else b"", rest)))
    return steps
