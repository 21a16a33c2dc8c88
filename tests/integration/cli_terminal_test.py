#!/usr/bin/env python3
"""The command line as somebody at a terminal meets it: completion in a real bash."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ["BACKPLANE_PROGRAM"]
PLUGINS = Path(os.environ["BACKPLANE_PLUGINS"])
PATIENCE = 30.0

APP = {"backends": {"blue": {"plugin": "hello", "handler": "hello"}},
       "endpoints": {"split": {"route": "/split", "traffic": {"blue": 1}}}}


class ServedHost:
    """A host without a token, that serves hello."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="backplane-terminal-")
        self.path = Path(self._directory.name)
        (self.path / "plugins").mkdir()
        (self.path / "plugins" / "hello.so").write_bytes((PLUGINS / "hello.so").read_bytes())
        (self.path / "app.json").write_text(json.dumps(APP), encoding="utf-8")
        (self.path / "config.json").write_text(json.dumps({
            "data": {"port": 0}, "admin": {"port": 0, "auth": "none"},
            "plugins": {"directory": "plugins"}, "state": {"directory": "state"},
            "app": "app.json"}), encoding="utf-8")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--config", str(self.path / "config.json")],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        ready = self.process.stdout.readline().split()
        if not ready or ready[0] != "ready":
            raise RuntimeError("the host is not ready")
        self.admin = ready[2].split("=", 1)[1]

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()
        self._directory.cleanup()


class TerminalTest(unittest.TestCase):
    def setUp(self) -> None:
        self.host = ServedHost()
        self.addCleanup(self.host.stop)

    def complete(self, line: str, admin: str | None = None) -> list[str]:
        """What bash has in COMPREPLY when TAB is pressed at the end of `line`."""
        script = (f"source <('{PROGRAM}' completion bash)\n"
                  f"COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}\n"
                  f"_backplane '{PROGRAM}'\n"
                  "printf '%s\\n' \"${COMPREPLY[@]}\"\n"
                  "complete -p backplane >&2\n")
        environment = dict(os.environ, BACKPLANE_ADMIN=admin or self.host.admin)
        ran = subprocess.run(["bash", "--norc", "-c", script], env=environment, check=True,
                             capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(ran.stderr, "complete -F _backplane backplane\n")
        return ran.stdout.split()

    def test_bash_completes_commands_options_and_the_names_that_the_host_has(self) -> None:
        self.assertEqual(self.complete("backplane tra"), ["traffic"])
        self.assertEqual(self.complete("backplane traffic --if"), ["--if-revision="])
        self.assertEqual(self.complete("backplane endpoints s"), ["split"])
        self.assertEqual(self.complete("backplane traffic split "), ["blue="])
        self.assertEqual(self.complete("backplane plugins "), ["hello"])
        self.assertEqual(self.complete("backplane delete backend "), ["blue"])

    def test_bash_completes_without_a_host_what_needs_none(self) -> None:
        nobody = "127.0.0.1:1"
        self.assertEqual(self.complete("backplane endpoints ", nobody), [])
        self.assertEqual(self.complete("backplane polic", nobody), ["policy"])
        self.assertEqual(self.complete(f"backplane backends --admin {self.host.admin} ", nobody),
                         ["blue"])


if __name__ == "__main__":
    unittest.main()
