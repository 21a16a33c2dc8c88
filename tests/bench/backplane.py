"""The host as a server that is measured, and the documents that it is given."""

import copy
import json
import select
import subprocess
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from servers import BUILD, HELLO, ROOT, START_SECONDS, Call, Server, ServerError

PROGRAM = BUILD / "bin" / "backplane"
OPEN_LOOP = BUILD / "bin" / "open_loop"
Json = dict[str, Any]


def read_json(path: str) -> Json:
    loaded: Json = json.loads((ROOT / path).read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True)
class Documents:
    """Of one host. What is not changed is what the quickstart uses."""

    host: Json = field(default_factory=lambda: read_json("config/backplane.json"))
    app: Json = field(default_factory=lambda: read_json("config/apps/quickstart.json"))

    def with_host(self, **keys: Any) -> "Documents":
        host = copy.deepcopy(self.host)
        for name, value in keys.items():
            host[name] = {**host.get(name, {}), **value} if isinstance(value, dict) else value
        return Documents(host, self.app)

    def with_backend(self, tag: str, config: Json, plugin: str = "hello") -> "Documents":
        """Adds settings to a backend, and the backend itself when there is none of this tag."""
        app = copy.deepcopy(self.app)
        backend = app["backends"].setdefault(tag, {"plugin": plugin, "handler": plugin})
        backend["config"] = {**backend.get("config", {}), **config}
        return Documents(self.host, app)

    def with_traffic(self, endpoint: str, traffic: dict[str, float]) -> "Documents":
        app = copy.deepcopy(self.app)
        app["endpoints"].setdefault(endpoint, {"route": f"/{endpoint}", "methods": ["GET"]})
        app["endpoints"][endpoint]["traffic"] = traffic
        return Documents(self.host, app)


@dataclass(frozen=True)
class Counters:
    executions: int
    requests: int

    def __sub__(self, earlier: "Counters") -> "Counters":
        return Counters(self.executions - earlier.executions, self.requests - earlier.requests)

    def mean_batch(self) -> float:
        return self.requests / self.executions if self.executions else 0.0


class Backplane(Server):
    """Without `documents` the host as the quickstart runs it: its configuration, its application,
    a hello replica."""

    name = "backplane"
    prefix: tuple[str, ...] = ()  # a program that runs it, such as valgrind
    start_seconds = START_SECONDS

    def __init__(self, cores: str, call: Call = HELLO, documents: Documents | None = None,
                 name: str = "backplane") -> None:
        super().__init__(cores, call)
        self.name = name
        self.documents = documents or Documents()
        self.plugins = BUILD / "plugins"
        self.admin = ""

    def write_documents(self) -> tuple[str, str]:
        files = []
        for name, document in (("host", self.documents.host), ("app", self.documents.app)):
            file = self.directory / f"{name}.json"
            file.write_text(json.dumps(document), encoding="utf-8")
            files.append(str(file))
        return files[0], files[1]

    def launch(self) -> None:
        host, app = self.write_documents()
        self.spawn([*self.prefix, str(PROGRAM), "serve", "--config", host, "--app", app,
                    "--plugins", str(self.plugins), "--state", str(self.directory / "state"),
                    "--data", "127.0.0.1:0", "--admin", "127.0.0.1:0"],
                   stdout=subprocess.PIPE)
        words = dict(word.split("=", 1) for word in self.first_line().split() if "=" in word)
        if "data" not in words or "admin" not in words:
            raise ServerError(f"{self.name} did not become ready:\n{self.what_it_said()}")
        self.port = int(words["data"].rsplit(":", 1)[1])
        self.admin = f"http://{words['admin']}"

    def first_line(self) -> str:
        """Empty when there is none in time, or the process has ended without it."""
        assert self.process is not None and self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], self.start_seconds)
        return self.process.stdout.readline() if ready else ""

    def is_ours(self, headers: dict[str, str]) -> bool:
        tag = self.call.path.lstrip("/").split("?")[0]
        return headers.get("backplane-backend", "").startswith(tag)

    def counters(self, tag: str) -> Counters:
        with urllib.request.urlopen(f"{self.admin}/v1/backends/{tag}", timeout=5) as answer:
            stats = json.load(answer)["stats"]
        return Counters(stats["executions"], stats["requests"])


def reason(said: str, key: str) -> str:
    """Of a refusal that is because of `key`; any other is a fault of the bench and raised."""
    line = next((line.strip() for line in said.splitlines() if key in line), None)
    if line is None:
        raise ServerError(f"a document of the bench is refused:\n{said}")
    return line


def refusal(documents: Documents, key: str) -> str | None:
    """Why this host, which may be older than `key`, does not take the documents."""
    probe = Backplane("0", documents=documents)
    try:
        for file in probe.write_documents():
            ended = subprocess.run([str(PROGRAM), "check", file], capture_output=True, text=True,
                                   check=False, timeout=START_SECONDS)
            if ended.returncode != 0:
                return reason(ended.stdout + ended.stderr, key)
    finally:
        probe.__exit__()
    return None
