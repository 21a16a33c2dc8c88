"""A real host over a state directory, to be asked, watched and killed."""

import http.client
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Sequence

from script import Change

PROGRAM = os.environ["BACKPLANE_PROGRAM"]
PLUGINS = Path(os.environ["BACKPLANE_TEST_PLUGINS"])
# A build with a sanitizer is slower, and its leak checker does not work under a tracer.
SANITIZED = bool(os.environ.get("BACKPLANE_SANITIZE"))
START_SECONDS = 60.0
READY_SECONDS = 2.0


class HostEnded(Exception):
    """It is gone, or answers no more."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    revision: int | None  # of the ETag

    @property
    def code(self) -> str:
        return str(self.body.get("code", ""))

    @property
    def is_done(self) -> bool:
        return self.status in (200, 201)


class Workplace:
    """A directory with the plugins of the script, below which hosts keep their states."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="backplane-crash-")
        self.path = Path(self._directory.name).resolve()
        self.plugins = self.path / "plugins"
        self.plugins.mkdir()
        for name in ("user_config_echo", "hello2"):
            self.drop(name, name)
        self.state = self.path / "state"

    def __enter__(self) -> "Workplace":
        return self

    def __exit__(self, *_: object) -> None:
        self._directory.cleanup()

    def drop(self, name: str, plugin: str) -> None:
        """Renames a copy of the build's `name` into the place of `plugin`, as one should."""
        incoming = self.path / "incoming"
        shutil.copyfile(PLUGINS / f"{name}.so", incoming)
        incoming.rename(self.plugins / f"{plugin}.so")

    def fresh_state(self, source: Path | None = None) -> Path:
        """The state directory, with what `source` holds; without one there is none."""
        shutil.rmtree(self.state, ignore_errors=True)
        if source is not None:
            shutil.copytree(source, self.state)
        return self.state


def cpu_seconds(pid: int) -> float:
    """What it has worked so far; 0 where it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class RunningHost:
    """`backplane serve`, perhaps under strace. Use it in a `with` statement: what still runs at its
    end is killed."""

    def __init__(self, place: Workplace, tracer: Sequence[str] = ()) -> None:
        self._state = place.state
        self._errors = tempfile.TemporaryFile(mode="w+", encoding="utf-8")
        environment = dict(os.environ)
        if tracer and SANITIZED:
            environment["ASAN_OPTIONS"] = environment.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        started = time.monotonic()
        self.process = subprocess.Popen(
            [*tracer, PROGRAM, "serve", "--data=127.0.0.1:0", "--admin=127.0.0.1:0",
             f"--plugins={place.plugins}", f"--state={place.state}"],
            stdout=subprocess.PIPE, stderr=self._errors, env=environment)
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        line = self.process.stdout.readline().decode() if readable else ""
        self.ready_seconds = time.monotonic() - started
        self.start_cpu_seconds = cpu_seconds(self.process.pid)
        self.is_ready = line.startswith("ready ")
        addresses = dict(word.split("=", 1) for word in line.split()[1:])
        self._admin = http.client.HTTPConnection(addresses.get("admin", ""), timeout=30)
        self._data = http.client.HTTPConnection(addresses.get("data", ""), timeout=30)
        self._headers = {"Content-Type": "application/json"}
        if self.is_ready:
            token = (place.state / "admin.token").read_text(encoding="ascii").strip()
            self._headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> "RunningHost":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.kill()

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """HostEnded: no whole answer came."""
        text = None if body is None else json.dumps(body)
        try:
            self._admin.request(method, path, text, self._headers)
            response = self._admin.getresponse()
            answer = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise HostEnded(f"{method} {path}: {error!r}") from error
        tag = response.headers.get("ETag")
        return Answer(response.status, answer, int(tag.strip('"')) if tag else None)

    def make(self, change: Change) -> Answer:
        return self.ask(change.method, change.path, change.body)

    def get(self, route: str) -> tuple[int, str]:
        """The same from the data listener: status and body."""
        try:
            self._data.request("GET", route)
            response = self._data.getresponse()
            return response.status, response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise HostEnded(f"GET {route}: {error!r}") from error

    def kill(self) -> None:
        self.process.kill()
        self.wait()

    def wait(self, seconds: float = 60.0) -> int:
        """Its exit code; -9 when it was killed."""
        code = self.process.wait(seconds)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._admin.close()
        self._data.close()
        return code

    def errors(self) -> str:
        self._errors.seek(0)
        return self._errors.read()
