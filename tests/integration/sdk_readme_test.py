#!/usr/bin/env python3
"""The calls that plugin_sdk/README.md walks through, each with its answer, against a host as the
quickstart runs it. A line that begins with "$ curl" is a call, what follows up to the next one its
whole answer; where nothing follows, it only has to succeed."""

import json
import os
import re
import select
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
README = ROOT / "plugin_sdk" / "README.md"
SECTION = "## The examples, walked through"
PROGRAM = os.environ["BACKPLANE_PROGRAM"]
PLUGINS = os.environ["BACKPLANE_PLUGINS"]
START_SECONDS = 20.0
CALL_SECONDS = 20.0


def calls_of(text: str) -> list[tuple[str, str]]:
    """Each call of the section, and its answer."""
    section = text.split(SECTION + "\n", 1)[1].split("\n## ", 1)[0]
    calls: list[tuple[str, str]] = []
    for block in re.findall(r"^```console\n(.*?)^```", section, re.MULTILINE | re.DOTALL):
        for call in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            # A command goes on behind a backslash.
            found = re.match(r"((?:[^\n]*\\\n)*[^\n]*)\n(.*)", call, re.DOTALL)
            assert found is not None, call
            calls.append((found[1], found[2]))
    return calls


class SdkReadmeTest(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory(prefix="backplane-readme-")
        self.addCleanup(directory.cleanup)
        folder = Path(directory.name)
        # Whoever built them may be somebody whose directories the host does not trust.
        shutil.copytree(PLUGINS, folder / "plugins")
        listener = {"port": 0}
        config = folder / "config.json"
        config.write_text(json.dumps({"data": listener, "admin": {**listener, "auth": "none"},
                                      "plugins": {"directory": "plugins"}}))
        process = subprocess.Popen(
            [PROGRAM, "serve", "--config", str(config),
             "--app", str(ROOT / "config" / "apps" / "quickstart.json")],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.terminate)
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
        ready = process.stdout.readline() if readable else ""
        self.assertTrue(ready.startswith("ready "), ready)
        addresses = dict(word.split("=", 1) for word in ready.split()[1:])
        self.ports = {"localhost:8000": addresses["data"], "localhost:8001": addresses["admin"]}

    def test_each_call_has_the_answer_that_the_document_shows(self) -> None:
        calls = calls_of(README.read_text("utf-8"))
        self.assertGreaterEqual(len(calls), 3)
        for command, wanted in calls:
            self.assertTrue(command.startswith("curl "), command)
            for written, real in self.ports.items():
                command = command.replace(written, real)
            with self.subTest(command=command):
                done = subprocess.run(["sh", "-c", command.replace("curl ", "curl -sS -f ", 1)],
                                      capture_output=True, text=True, timeout=CALL_SECONDS,
                                      check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                if wanted:
                    self.assertEqual(done.stdout.strip(), wanted.strip())


if __name__ == "__main__":
    unittest.main()
