"""new_plugin refuses what it cannot make, says why, and leaves nothing behind."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from fixture_tree import ROOT


class NewPlugin(unittest.TestCase):
    def refused(self, arguments: list[str], why: str) -> None:
        run = subprocess.run([ROOT / "scripts" / "new_plugin", *arguments], capture_output=True,
                             text=True, check=False)
        self.assertEqual(run.returncode, 64, run.stdout + run.stderr)
        self.assertIn(why, run.stderr)

    def test_a_name_that_cannot_be_a_file_a_backend_and_a_target_is_refused(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            for name in ("Hello", "9lives", "a-b", "a b", "a_", "", ".", "../a", "x" * 49):
                self.refused(["--dir", directory, name], "cannot be a plugin's name")
            self.assertEqual(list(Path(directory).iterdir()), [])

    def test_a_name_that_the_build_uses_itself_is_refused(self) -> None:
        for name in ("all", "test", "backplane", "backplane_http"):
            self.refused([name], "something else in the build")

    def test_a_plugin_that_exists_is_not_overwritten(self) -> None:
        self.refused(["hello"], "plugins/hello exists already")

    def test_without_a_name_the_usage_is_shown(self) -> None:
        self.refused([], "usage: scripts/new_plugin NAME")


if __name__ == "__main__":
    unittest.main()
