#!/usr/bin/env python3
"""The command line as somebody at a terminal meets it: completion in a real bash, and the progress
line of a change that takes long, on a real pseudo-terminal."""

import json
import os
import pty
import select
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = os.environ["BACKPLANE_PROGRAM"]
PLUGINS = Path(os.environ["BACKPLANE_PLUGINS"])
TEST_PLUGINS = Path(os.environ["BACKPLANE_TEST_PLUGINS"])
PATIENCE = 30.0

APP = {"backends": {"blue": {"plugin": "hello", "handler": "hello"}},
       "endpoints": {"split": {"route": "/split", "traffic": {"blue": 1}}}}


class ServedHost:
    """A host without a token, with the plugins hello and ctorwait, whose constructor waits."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="backplane-terminal-")
        self.path = Path(self._directory.name)
        (self.path / "plugins").mkdir()
        for source in (PLUGINS / "hello.so", TEST_PLUGINS / "ctorwait.so"):
            (self.path / "plugins" / source.name).write_bytes(source.read_bytes())
        (self.path / "app.json").write_text(json.dumps(APP), encoding="utf-8")
        (self.path / "config.json").write_text(json.dumps({
            "data": {"port": 0}, "admin": {"port": 0, "auth": "none"},
            # Without a probe, so that the constructor waits once.
            "plugins": {"directory": "plugins", "probe": False}, "state": {"directory": "state"},
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


class Terminal:
    """A command whose standard error and keyboard are a terminal."""

    def __init__(self, *words: str) -> None:
        self._master, terminal = pty.openpty()
        self.process = subprocess.Popen([PROGRAM, *words], stdin=terminal, stderr=terminal,
                                        stdout=subprocess.PIPE, text=True, start_new_session=True)
        os.close(terminal)
        self.seen = ""

    def wait_for(self, text: str) -> bool:
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._master], [], [], left)[0]:
                return False
            try:
                self.seen += os.read(self._master, 4096).decode()
            except OSError:  # the command has ended
                return text in self.seen
        return True

    def end(self) -> tuple[int, str]:
        output, _ = self.process.communicate(timeout=PATIENCE)
        self.wait_for("\0")  # all that is left
        os.close(self._master)
        return self.process.returncode, output


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
        environment = dict(os.environ, BACKPLANE_ADMIN=admin or self.host.admin, LC_ALL="C")
        ran = subprocess.run(["bash", "--norc", "-c", script], env=environment, check=True,
                             capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(ran.stderr, "complete -F _backplane backplane\n")
        return ran.stdout.split()

    def check_completes(self, line: str, wanted: list[str], admin: str | None = None) -> None:
        """Who presses TAB waits half a second for the host, and presses it again where that was too
        short."""
        deadline = time.monotonic() + PATIENCE
        while (found := self.complete(line, admin)) == [] and time.monotonic() < deadline:
            pass
        self.assertEqual(found, wanted)

    def test_bash_completes_commands_options_and_the_names_that_the_host_has(self) -> None:
        self.assertEqual(self.complete("backplane tra"), ["traffic"])
        self.assertEqual(self.complete("backplane apply --dr"), ["--dry-run"])
        self.check_completes("backplane endpoints s", ["split"])
        self.check_completes("backplane traffic split ", ["blue="])
        self.check_completes("backplane plugins ", ["ctorwait", "hello"])
        self.check_completes("backplane delete backend ", ["blue"])

    def test_bash_completes_without_a_host_what_needs_none(self) -> None:
        nobody = "127.0.0.1:1"
        self.assertEqual(self.complete("backplane endpoints ", nobody), [])
        self.assertEqual(self.complete("backplane polic", nobody), ["policy"])
        self.check_completes(f"backplane backends --admin {self.host.admin} ", ["blue"], nobody)

    def slow_change(self, tag: str) -> tuple[Terminal, Path]:
        """Begins a change that lasts until somebody writes into the FIFO."""
        gate = self.host.path / f"{tag}.fifo"
        os.mkfifo(gate)
        wanted = {"backends": {**APP["backends"], tag: {"plugin": "ctorwait", "handler": "ctorwait",
                                                       "init": {"gate": str(gate)}}},
                  "endpoints": APP["endpoints"]}
        document = self.host.path / f"{tag}.json"
        document.write_text(json.dumps(wanted), encoding="utf-8")
        terminal = Terminal("apply", str(document), "--admin", self.host.admin)
        self.assertTrue(terminal.wait_for("put_app: building, 0 of 1 built, "), terminal.seen)
        return terminal, gate

    def test_a_terminal_shows_how_far_a_change_is(self) -> None:
        terminal, gate = self.slow_change("slow")
        gate.write_bytes(b"1")
        code, output = terminal.end()
        self.assertEqual(code, 0)
        self.assertIn("+ backend slow: ctorwait/ctorwait, 1 replica\n", output)
        self.assertRegex(output, r"applied: revision \d+\n$")
        self.assertTrue(terminal.seen.endswith("\r\x1b[K"), repr(terminal.seen))

    def test_whoever_does_not_want_to_wait_leaves_the_change_running(self) -> None:
        terminal, gate = self.slow_change("left")
        terminal.process.send_signal(2)
        code, output = terminal.end()
        self.assertEqual(code, 75)
        self.assertNotIn("applied", output)
        self.assertIn("still runs", terminal.seen)
        number = terminal.seen.split("'backplane operations ")[1].split("'")[0]
        aborted = subprocess.run(
            [PROGRAM, "operations", number, "--abort", "--admin", self.host.admin],
            capture_output=True, text=True, timeout=PATIENCE, check=True)
        self.assertIn("state       aborted", aborted.stdout)
        gate.write_bytes(b"1")

    def test_what_is_no_terminal_sees_no_progress(self) -> None:
        document = self.host.path / "app.json"
        ran = subprocess.run([PROGRAM, "apply", str(document), "--admin", self.host.admin],
                             capture_output=True, text=True, timeout=PATIENCE, check=True)
        self.assertEqual(ran.stderr, "")


if __name__ == "__main__":
    unittest.main()
