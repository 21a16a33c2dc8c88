"""What is read from the log that strace writes of a host's work on its state directory."""

import sys
import tempfile
import unittest
from pathlib import Path

from fixture_tree import ROOT

sys.path.insert(0, str(ROOT / "tests" / "crash"))

from traced import TraceError, read_log  # noqa: E402

STATE = Path("/s")


def hexadecimal(text: str) -> str:
    return "".join(f"\\x{ord(character):02x}" for character in text)


def opening(thread: int, name: str, flags: str) -> str:
    return f'{thread:<5} openat(AT_FDCWD<{hexadecimal("/w")}>, "{hexadecimal(name)}", {flags}'


def writing(thread: int, name: str, data: str) -> str:
    return f'{thread:<5} write(7<{hexadecimal(name)}>, "{hexadecimal(data)}", {len(data)}'


def calls_in(*lines: str) -> list[tuple[int, str, int, tuple[str, ...]]]:
    with tempfile.TemporaryDirectory() as directory:
        log = Path(directory) / "log"
        log.write_text("".join(line + "\n" for line in lines), encoding="ascii")
        return [(step.thread, step.call, step.number, step.files)
                for _, step in read_log(log, STATE)]


class CrashTraceTest(unittest.TestCase):
    def test_calls_are_numbered_by_thread_and_those_that_failed_are_left_out(self) -> None:
        self.assertEqual(
            calls_in(writing(8, "/s/a", "one") + ") = 3", writing(9, "/s/a", "two") + ") = 3",
                     writing(8, "/s/a", "six") + ") = -1 EIO (Input/output error)",
                     writing(8, "/s/b", "six") + ") = 3"),
            [(8, "write", 1, ("a",)), (9, "write", 1, ("a",)), (8, "write", 3, ("b",))])

    def test_a_call_that_is_told_in_two_is_one(self) -> None:
        self.assertEqual(
            calls_in(opening(857, "/s/p.so", "O_RDONLY|O_CLOEXEC") + " <unfinished ...>",
                     writing(9, "/s/a", "one") + ") = 3",
                     "857   <... openat resumed>) = 5<" + hexadecimal("/s/p.so") + ">"),
            [(9, "write", 1, ("a",)), (857, "openat", 1, ("p.so",))])

    def test_a_change_may_be_told_in_two_while_a_file_is_only_opened(self) -> None:
        self.assertEqual(
            calls_in(writing(9, "/s/a", "one") + " <unfinished ...>",
                     opening(8, "/s/p.so", "O_RDONLY|O_CLOEXEC") + ") = 5<" + hexadecimal("/s/p.so")
                     + ">", "9     <... write resumed>) = 3"),
            [(8, "openat", 1, ("p.so",)), (9, "write", 1, ("a",))])

    def test_two_changes_at_once_have_no_order(self) -> None:
        creates = opening(8, "/s/b", "O_WRONLY|O_CREAT|O_EXCL, 0600")
        for other in (writing(8, "/s/b", "two"), creates):
            with self.assertRaisesRegex(TraceError, "two changes at once"):
                calls_in(writing(9, "/s/a", "one") + " <unfinished ...>", other + ") = 3")


if __name__ == "__main__":
    unittest.main()
