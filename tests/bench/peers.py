"""Servers in other languages that do what the host's handlers do."""

import shutil
import subprocess

from servers import PEERS, Server, free_port


def has_flask() -> bool:
    """gunicorn of Debian runs with Debian's Python, which need not be the one that runs this."""
    program = shutil.which("gunicorn")
    if program is None:
        return False
    # `--check-config` imports the application.
    command = [program, "--check-config", "--chdir", str(PEERS), "flask_app:app"]
    return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0


class Node(Server):
    """One process, as Node runs: its http module and a handler in JavaScript."""

    name = "node"

    @staticmethod
    def program() -> str | None:
        return shutil.which("node")

    def launch(self) -> None:
        self.port = free_port()
        program = self.program()
        assert program is not None
        self.spawn([program, str(PEERS / "node_server.js"), str(self.port)])

    def is_ours(self, headers: dict[str, str]) -> bool:
        return headers.get("x-bench-peer") == "node"


class Gunicorn(Server):
    """Flask behind one synchronous worker, which closes each connection after its answer."""

    name = "gunicorn"

    @staticmethod
    def program() -> str | None:
        return shutil.which("gunicorn") if has_flask() else None

    def launch(self) -> None:
        self.port = free_port()
        program = shutil.which("gunicorn")
        assert program is not None
        self.spawn([program, "--workers", "1", "--worker-class", "sync", "--backlog", "4096",
                    "--worker-tmp-dir", str(self.directory), "--chdir", str(PEERS),
                    "--log-level", "warning", "--bind", f"127.0.0.1:{self.port}",
                    "flask_app:app"])

    def is_ours(self, headers: dict[str, str]) -> bool:
        return headers.get("x-bench-peer") == "gunicorn"
