"""The servers that are compared. Each runs in the foreground as our child, on a port of its own,
pinned to its cores, and proves by a header of its answer that it is the one meant."""

import json
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release"
PEERS = Path(__file__).resolve().parent / "peers"
START_SECONDS = 15.0


class ServerError(Exception):
    pass


@dataclass(frozen=True)
class Call:
    """What is asked of a server, and the answer that shows that it was understood."""

    path: str
    method: str = "GET"
    body: bytes = b""
    content_type: str = ""
    answer: str = ""

    def is_answered_by(self, body: str) -> bool:
        return body == self.answer


class EchoCall(Call):
    """Answers hold the request as JSON; which of the headers they show is the server's choice."""

    def is_answered_by(self, body: str) -> bool:
        try:
            shown = json.loads(body)
        except ValueError:
            return False
        return shown.get("method") == self.method and shown.get("body") == self.body.decode()


HELLO = Call("/hello?name=ray", answer="hello ray")
ECHO_BODY = json.dumps({"text": "x" * 980, "numbers": [1, 2]}).encode()
ECHO_BODY += b" " * (1024 - len(ECHO_BODY))
ECHO = EchoCall("/echo", "POST", ECHO_BODY, "application/json")


def free_port() -> int:
    """For servers that cannot tell which port the kernel gave them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Owns one child process; use it in a `with` statement."""

    name = ""

    def __init__(self, cores: str, call: Call = HELLO) -> None:
        self.cores = cores
        self.call = call
        self.port = 0
        self.process: subprocess.Popen[str] | None = None
        self.log = tempfile.TemporaryFile(mode="w+", encoding="utf-8")
        # Below build/: plugins are staged and loaded here, and /tmp may refuse that.
        (ROOT / "build").mkdir(exist_ok=True)
        self.scratch = tempfile.TemporaryDirectory(prefix="bench.", dir=ROOT / "build")
        self.directory = Path(self.scratch.name)
        self.lua_arguments: list[str] = []
        if call.body:
            (self.directory / "request").write_bytes(call.body)
            self.lua_arguments = ["--", call.method, call.content_type,
                                  str(self.directory / "request")]

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.call.path}"

    def launch(self) -> None:
        raise NotImplementedError

    def is_ours(self, headers: dict[str, str]) -> bool:
        raise NotImplementedError

    def spawn(self, command: list[str], **options: object) -> None:
        # taskset replaces itself by the server, so the child's id is the server's.
        self.process = subprocess.Popen(["taskset", "-c", self.cores, *command], text=True,
                                        stderr=self.log, **options)  # type: ignore[call-overload]

    def verify(self) -> None:
        """Refuses to measure when something else answers on the port, or answers wrongly."""
        request = urllib.request.Request(self.url, method=self.call.method,
                                         data=self.call.body or None)
        if self.call.content_type:
            request.add_header("Content-Type", self.call.content_type)
        with urllib.request.urlopen(request, timeout=5) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            body = answer.read().decode()
        if not self.call.is_answered_by(body) or not self.is_ours(headers):
            raise ServerError(f"{self.url} is not {self.name}: answered {body!r}, {headers}")

    def what_it_said(self) -> str:
        self.log.seek(0)
        return self.log.read()

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.verify()
                return
            except OSError as error:
                ended = self.process is None or self.process.poll() is not None
                if ended or time.monotonic() > deadline:
                    raise ServerError(
                        f"{self.name} does not answer: {error}\n{self.what_it_said()}") from error
            time.sleep(0.01)

    def __enter__(self) -> "Server":
        try:
            self.launch()
            self.wait_until_it_answers()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()
        self.log.close()
        self.scratch.cleanup()
