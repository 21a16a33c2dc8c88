"""check_abi.py finds every type of the header, and goes red for whatever differs from the baseline."""

import shutil
import tempfile
import unittest
from pathlib import Path

from fixture_tree import ROOT, TreeTest, load_script

check_abi = load_script("check_abi")

HEADER = """
#include <stdint.h>
#define BP_ABI_MAJOR 1u
#define BP_ABI_MINOR 1u
typedef struct bp_call bp_call;
typedef struct bp_pair {
  uint32_t first;
  uint32_t second;
} bp_pair;
typedef uint32_t (*bp_ask_fn)(bp_call* call, const bp_pair* pair);
"""


class Reading(TreeTest):
    def test_the_anchor_names_every_struct_and_function_type_of_the_real_header(self) -> None:
        header = (ROOT / check_abi.HEADER).read_text(encoding="utf-8")
        anchor = check_abi.anchor_of(header)
        self.assertEqual(anchor.count("(const bp_"), 2 * header.count("\n} bp_"))
        for name in ("bp_host", "bp_handler", "bp_note_record", "bp_state", "bp_warmup"):
            self.assertIn(f"(const {name}* value)", anchor)
        for name in ("bp_write_fn", "bp_plugin_entry_fn"):
            self.assertIn(f"({name} value)", anchor)

    def test_the_newest_baseline_is_so_by_number(self) -> None:
        for name in ("abi-1.9.abi", "abi-1.10.abi", "abi-0.11.abi", "abi-x.abi"):
            self.write(name, "")
        self.assertEqual(check_abi.newest_baseline(self.root), ((1, 10), self.root / "abi-1.10.abi"))
        self.assertIsNone(check_abi.newest_baseline(self.root / "nowhere"))

    def test_a_header_without_a_version_or_a_struct_is_an_error(self) -> None:
        with self.assertRaises(check_abi.CheckError):
            check_abi.version_of("#define BP_ABI_MAJOR 1u\n")
        with self.assertRaises(check_abi.CheckError):
            check_abi.anchor_of("#define BP_ABI_MAJOR 1u\n")


@unittest.skipUnless(shutil.which("abidiff"), "abigail-tools is not installed")
class Comparing(TreeTest):
    def setUp(self) -> None:
        super().setUp()
        (self.root / check_abi.BASELINES).mkdir(parents=True)
        self.header(HEADER)
        self.write_baseline()

    def header(self, text: str) -> None:
        self.write(str(check_abi.HEADER), text)

    def write_baseline(self) -> str:
        with tempfile.TemporaryDirectory() as scratch:
            return check_abi.write(self.root, Path(scratch))

    def refusal(self) -> str:
        with tempfile.TemporaryDirectory() as scratch:
            try:
                check_abi.check(self.root, Path(scratch))
            except check_abi.CheckError as error:
                return str(error)
        return ""

    def test_the_same_is_accepted(self) -> None:
        self.assertEqual(self.refusal(), "")

    def test_whatever_differs_is_refused_and_named(self) -> None:
        swapped = HEADER.replace("first", "x").replace("second", "first").replace("x;", "second;")
        appended = HEADER.replace("second;\n", "second;\n  uint32_t third;\n")
        for text in (swapped, appended, HEADER.replace("uint32_t second", "int32_t second"),
                     HEADER.replace("typedef uint32_t (", "typedef uint64_t (")):
            self.header(text)
            self.assertIn("bp_", self.refusal(), text)

    def test_an_added_table_is_refused_until_its_baseline_is_written(self) -> None:
        self.header(HEADER + "typedef struct bp_more {\n  uint32_t struct_size;\n} bp_more;\n")
        self.assertIn("1 Added function", self.refusal())
        self.assertIn("anchor_bp_more", self.write_baseline())
        self.assertEqual(self.refusal(), "")

    def test_a_new_version_needs_a_baseline_of_its_own(self) -> None:
        self.header(HEADER.replace("MINOR 1u", "MINOR 2u"))
        self.assertIn("abi-1.2.abi", self.refusal())
        self.write_baseline()
        self.assertEqual(self.refusal(), "")


if __name__ == "__main__":
    unittest.main()
