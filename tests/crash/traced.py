"""What strace shows of a host's work on its state directory, and what it may do to it."""

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Iterator

# Every call that changes a file, or sees to it that a change lasts.
CHANGING = ("openat", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", "rename", "renameat2",
            "link", "unlink", "mkdir")

DATABASE_FILES = ("state.db", "state.db-wal", "state.db-journal", "state.db.new",
                  "state.db.new-journal")
OTHER_FILES = ("lock", "admin.token", "admin.token.new")
AUDIT_LOG = "audit.jsonl"
PATIENCE = 30.0
# strace steps aside: what comes behind it on the command line stays its caller's child.
ASIDE = "-D"

_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)")
_BEGIN = re.compile(r"\d+ +(\w+)\(")
_RESUMED = re.compile(r"\d+ +<\.\.\. \w+ resumed>(.*)", re.DOTALL)
_UNFINISHED = " <unfinished ...>"
_WORD = re.compile(r'"([^"]*)"|<([^>]*)>')


class TraceError(Exception):
    pass


def why_not_traced() -> str | None:
    """Why no process can be traced here; containers and kernels forbid it now and then."""
    if shutil.which("strace") is None:
        return "strace is not installed; scripts/setup does that"
    command = strace([], CHANGING, ASIDE, "--seccomp-bpf", "-o", "/dev/null")
    tried = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0 or tried.stderr:
        return f"strace may trace nothing here: {tried.stderr.strip()}"
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as waiting:
        try:
            with Attached(strace([], CHANGING), waiting.pid):
                return None
        except TraceError as error:
            return str(error)
        finally:
            waiting.kill()


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
    """The beginning of a command. Threads are followed, and only calls about `paths` are seen."""
    command = ["strace", "-f", "-qq", "-e", "trace=" + ",".join(calls), *options]
    for path in paths:
        command += ["-P", str(path)]
    return command


def recorded(state: Path, log: Path) -> list[str]:
    """strace that writes what it sees of all of `state` to `log`, every byte in hexadecimal."""
    return strace([*files_of_state(state), state / AUDIT_LOG], CHANGING, ASIDE, "--seccomp-bpf",
                  "-y", "-xx", "-s", "1000000", "-o", str(log))


def recorded_at(state: Path, names: list[str], log: Path) -> list[str]:
    """The same of the files of these names alone."""
    return strace([state / name for name in names], CHANGING, ASIDE, "--seccomp-bpf", "-y",
                  "-xx", "-o", str(log))


def refused_at(state: Path, step: Step, error: str) -> list[str]:
    """strace that answers `step` with `error`, its number being that of its kind with its files."""
    return strace([state / name for name in step.files], (step.call,), ASIDE, "--seccomp-bpf",
                  "-o", "/dev/null", "-e", f"inject={step.call}:error={error}:when={step.number}")


class Attached:
    """`command` is strace, which follows a process that runs for the length of a `with` statement.
    Until a host is ready it makes most of the calls that it ever makes, and a tracer that stops it
    at each of them (see `killed`) takes seconds."""

    def __init__(self, command: list[str], pid: int) -> None:
        self._tracer = subprocess.Popen([*command, f"--attach={pid}"], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while not all(is_traced(thread) for thread in threads_of(pid)):
            if self._tracer.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise TraceError("strace cannot be attached to a process")
            os.sched_yield()

    def __enter__(self) -> "Attached":
        return self

    def __exit__(self, *_: object) -> None:
        self._tracer.terminate()
        self._tracer.wait()


def threads_of(pid: int) -> list[int]:
    return [int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()]


def is_traced(thread: int) -> bool:
    """So is one that has ended: there is nothing more to see of it."""
    try:
        status = Path(f"/proc/{thread}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return True
    return re.findall(r"TracerPid:\s*(\d+)", status)[0] != "0"


def _injected(state: Path, step: Step, what: str, *options: str) -> list[str]:
    paths = [state / AUDIT_LOG] if step.is_of_audit_log else files_of_state(state)
    return strace(paths, (step.call,), "-o", "/dev/null", "-e",
                  f"inject={step.call}:{what}:when={step.number}", *options)


def killing(state: Path, step: Step) -> list[str]:
    """strace, to be attached to a host, that kills it before it makes `step`."""
    return _injected(state, step, "signal=KILL")


def killed(state: Path, step: Step) -> list[str]:
    """The same for a host as it starts. Slow: with --seccomp-bpf, which stops it at no other call,
    a signal to be injected gets lost."""
    return _injected(state, step, "signal=KILL", ASIDE)


def refused(state: Path, step: Step, error: str) -> list[str]:
    """strace that answers `step` with `error` ("EIO") and does nothing else about it."""
    return _injected(state, step, f"error={error}", ASIDE, "--seccomp-bpf")


def full_disk(state: Path, first: int) -> list[str]:
    """strace, to be attached to a host, under which from its `first` write on no thread of it finds
    room in `state`. What --seccomp-bpf does to a host would stay."""
    return strace([*files_of_state(state), state / AUDIT_LOG], ("write", "pwrite64"),
                  "-o", "/dev/null", "-e", f"inject=write,pwrite64:error=ENOSPC:when={first}+")


def _unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def changes(call: str) -> bool:
    """Whether the call that a line begins with is one that changes something; a plugin that is
    mapped is opened, too."""
    found = _BEGIN.match(call)
    return found is not None and (found[1] != "openat" or "O_CREAT" in call or "O_TRUNC" in call)


def whole_calls(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The calls, each with the place where its line ends: the last one's, of a call that strace
    tells in two because another thread made one meanwhile."""
    begun: dict[str, str] = {}  # by thread
    end = 0
    for line in lines:
        end += len(line)
        thread = line.split(maxsplit=1)[0]
        resumed = _RESUMED.match(line)
        if resumed is not None:
            yield end, begun.pop(thread) + resumed[1]
            continue
        if changes(line) and any(map(changes, begun.values())):
            # Whoever makes one change after the other never has two threads change the state at
            # once; which of both was first could not be said.
            raise TraceError(f"two changes at once: {line[:200]} and {list(begun.values())}")
        if _UNFINISHED in line:
            begun[thread] = line[:line.index(_UNFINISHED)]
        else:
            yield end, line


def read_log(log: Path, state: Path) -> list[tuple[int, Step]]:
    """The calls that succeeded, in their order, each with the place where its line ends."""
    steps: list[tuple[int, Step]] = []
    seen: dict[tuple[int, str], int] = {}
    for end, line in whole_calls(log.read_text(encoding="ascii").splitlines(keepends=True)):
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
