"""The servers that are compared. Each runs in the foreground as our child, on a port of its own,
pinned to one core, and proves by a header of its answer that it is the one meant."""

import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ANSWER = "hello ray"
START_SECONDS = 15.0

NGINX_CONFIGURATION = """\
# One worker that answers from memory. keepalive_requests is raised because nginx otherwise closes
# each connection after 1000 requests, which would count against it.
worker_processes 1;
daemon off;
pid {directory}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 16384; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  default_type text/plain;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ return 200 "{answer}"; }}
  }}
}}
"""


class ServerError(Exception):
    pass


class Server:
    """Owns one child process; use it in a `with` statement."""

    name = ""
    path = "/hello?name=ray"

    def __init__(self, core: int) -> None:
        self.core = core
        self.port = 0
        self.process: subprocess.Popen[str] | None = None
        self.log = tempfile.TemporaryFile(mode="w+", encoding="utf-8")

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"

    def launch(self) -> None:
        raise NotImplementedError

    def is_ours(self, headers: dict[str, str]) -> bool:
        raise NotImplementedError

    def spawn(self, command: list[str], **options: object) -> None:
        # taskset replaces itself by the server, so the child's id is the server's.
        self.process = subprocess.Popen(["taskset", "-c", str(self.core), *command], text=True,
                                        stderr=self.log, **options)  # type: ignore[call-overload]

    def verify(self) -> None:
        """Refuses to measure when something else answers on the port, or answers wrongly."""
        with urllib.request.urlopen(self.url, timeout=5) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            body = answer.read().decode()
        if body != ANSWER or not self.is_ours(headers):
            raise ServerError(f"{self.url} is not {self.name}: answered {body!r}, {headers}")

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.verify()
                return
            except OSError as error:
                ended = self.process is None or self.process.poll() is not None
                if ended or time.monotonic() > deadline:
                    self.log.seek(0)
                    raise ServerError(
                        f"{self.name} does not answer: {error}\n{self.log.read()}") from error
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


class Nginx(Server):
    name = "nginx"

    @staticmethod
    def program() -> str | None:
        return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")

    def __init__(self, core: int) -> None:
        super().__init__(core)
        self.directory = tempfile.TemporaryDirectory(prefix="backplane-bench-")

    def launch(self) -> None:
        # nginx cannot tell which port the kernel gave it, so a free one is looked up before.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        configuration = Path(self.directory.name) / "nginx.conf"
        configuration.write_text(NGINX_CONFIGURATION.format(
            directory=self.directory.name, port=self.port, answer=ANSWER), encoding="utf-8")
        program = self.program()
        assert program is not None
        self.spawn([program, "-p", self.directory.name, "-c", str(configuration), "-e", "stderr"])

    def is_ours(self, headers: dict[str, str]) -> bool:
        return headers.get("server", "").startswith("nginx")

    def __exit__(self, *arguments: object) -> None:
        super().__exit__(*arguments)
        self.directory.cleanup()


class Backplane(Server):
    """The host as the quickstart runs it: its configuration, its application, a hello replica."""

    name = "backplane"

    def launch(self) -> None:
        build = ROOT / "build" / "release"
        self.spawn([str(build / "bin" / "backplane"), "serve",
                    "--config", str(ROOT / "config" / "backplane.json"),
                    "--app", str(ROOT / "config" / "apps" / "quickstart.json"),
                    "--plugins", str(build / "plugins"),
                    "--data", "127.0.0.1:0", "--admin", "127.0.0.1:0"],
                   stdout=subprocess.PIPE)
        assert self.process is not None and self.process.stdout is not None
        words = dict(word.split("=", 1) for word in self.process.stdout.readline().split()
                     if "=" in word)
        if "data" not in words:
            self.process.wait(timeout=START_SECONDS)
            self.log.seek(0)
            raise ServerError(f"backplane did not become ready:\n{self.log.read()}")
        self.port = int(words["data"].rsplit(":", 1)[1])

    def is_ours(self, headers: dict[str, str]) -> bool:
        return headers.get("backplane-backend", "").startswith("hello@")
