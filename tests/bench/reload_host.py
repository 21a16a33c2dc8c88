"""A host that is made to change the code of its plugin, and what that does to it."""

import http.client
import json
import os
import shutil
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accounting import memory_of
from backplane import Backplane, Documents, Json
from servers import BUILD, Call, ServerError

REQUEST_SECONDS = 30.0
SETTLE_SECONDS = 30.0
VERSIONS = ("even", "odd")
APP: Json = {
    "backends": {"alternate": {"plugin": "alternate", "handler": "alternate",
                               "config": {"num_replicas": 2}}},
    "endpoints": {"alternate": {"route": "/alternate", "methods": ["GET"],
                                "traffic": {"alternate": 1.0}}},
}


class VersionCall(Call):
    """Either version is a good answer."""

    def is_answered_by(self, body: str) -> bool:
        return body in VERSIONS


@dataclass(frozen=True)
class Held:
    """What a process holds."""

    memory: int  # bytes that are resident
    mappings: int
    files: int
    threads: int

    def __str__(self) -> str:
        return (f"{self.memory / 2**20:.2f} MiB, {self.mappings} mappings of plugins, "
                f"{self.files} files, {self.threads} threads")

    def more_than(self, earlier: "Held") -> int:
        """Mappings, files and threads that were not there before."""
        return (max(0, self.mappings - earlier.mappings) + max(0, self.files - earlier.files)
                + max(0, self.threads - earlier.threads))


@dataclass
class Reloads:
    milliseconds: list[float] = field(default_factory=list)
    stages: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: int = 0
    old_answers: int = 0  # to requests that were sent after the acknowledgement

    def bad(self) -> int:
        return self.failed + self.old_answers


class ReloadHost(Backplane):
    """Its plugin directory holds one of two builds of one plugin, in turns."""

    def __init__(self, cores: str, probe: bool) -> None:
        host = Documents().with_host(plugins={"probe": probe, "watch": False}).host
        super().__init__(cores, VersionCall("/alternate"), Documents(host, APP))
        self.plugins = self.directory / "plugins"
        self.plugins.mkdir(mode=0o755)
        self.stock = self.directory / "stock"
        self.stock.mkdir()
        for version in (*VERSIONS, "flaky"):
            shutil.copy(BUILD / "bench_plugins" / f"alternate_{version}.so", self.stock / version)
            (self.stock / version).chmod(0o644)
        self.turn = 0
        self.dropped: str | None = None
        self.drop()
        self.connections: dict[str, http.client.HTTPConnection] = {}

    def drop(self, version: str | None = None) -> None:
        """Renames a version, or that of this turn, into place, as a user does. Nothing is copied:
        that would be work of nobody's, on a core that requests need."""
        version = version or VERSIONS[self.turn % 2]
        file = self.plugins / "alternate.so"
        if self.dropped is not None:
            file.rename(self.stock / self.dropped)
        (self.stock / version).rename(file)
        self.dropped = version

    def ask(self, address: str, method: str, path: str, body: Json | None = None,
            ) -> tuple[int, str]:
        """On a connection that stays open: a new one costs what is not the host's."""
        connection = self.connections.get(address)
        if connection is None:
            connection = http.client.HTTPConnection(address, timeout=REQUEST_SECONDS)
            self.connections[address] = connection
        fields = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, None if body is None else json.dumps(body), fields)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def ask_admin(self, method: str, path: str, body: Json | None = None) -> tuple[int, str]:
        return self.ask(self.admin.removeprefix("http://"), method, path, body)

    def reload(self, found: Reloads) -> None:
        self.turn += 1
        self.drop()
        began = time.perf_counter()
        status, body = self.ask_admin("POST", "/v1/plugins/alternate/reload")
        took = 1e3 * (time.perf_counter() - began)
        answer: dict[str, Any] = json.loads(body)
        if status != 200 or answer["state"] != "done":
            found.failed += 1
            return
        found.milliseconds.append(took)
        for stage, milliseconds in answer["operation"]["stages_ms"].items():
            found.stages[stage].append(milliseconds)
        _, version = self.ask(f"127.0.0.1:{self.port}", "GET", self.call.path)
        if version != VERSIONS[self.turn % 2]:
            found.old_answers += 1

    def generations(self) -> int:
        _, body = self.ask_admin("GET", "/v1/plugins/alternate")
        return len(json.loads(body)["generations"])

    def settled(self) -> Held:
        """What it holds once the versions that have left are unloaded."""
        until = time.monotonic() + SETTLE_SECONDS
        while self.generations() > 1:
            if time.monotonic() > until:
                raise ServerError("a version that has left is still loaded")
            time.sleep(0.01)
        process = Path(f"/proc/{self.pid}")
        maps = (process / "maps").read_text(encoding="utf-8").splitlines()
        return Held(memory_of(self.pid, "VmRSS"),
                    sum(1 for line in maps if str(self.directory) in line),
                    len(os.listdir(process / "fd")), len(os.listdir(process / "task")))
