"""check_sizes.py goes red for a long file and stays green for the rest."""

import unittest

from fixture_tree import TreeTest, load_script

check_sizes = load_script("check_sizes")


class CheckSizes(TreeTest):
    def expect(self, errors: int, warnings: int) -> None:
        found_errors, found_warnings = check_sizes.check(self.root)
        self.assertEqual((len(found_errors), len(found_warnings)), (errors, warnings),
                         found_errors + found_warnings)

    def test_a_file_at_the_soft_limit_is_fine(self) -> None:
        self.write("host/base/a.cpp", "x\n" * 250)
        self.expect(errors=0, warnings=0)

    def test_a_file_over_the_soft_limit_is_a_warning(self) -> None:
        self.write("host/base/a.hpp", "x\n" * 251)
        self.expect(errors=0, warnings=1)

    def test_a_file_at_the_hard_limit_is_a_warning(self) -> None:
        self.write("host/base/a.cpp", "x\n" * 400)
        self.expect(errors=0, warnings=1)

    def test_a_file_over_the_hard_limit_is_an_error_that_names_it(self) -> None:
        self.write("tests/unit/base/a_test.cpp", "x\n" * 401)
        self.expect(errors=1, warnings=0)
        self.assertIn("tests/unit/base/a_test.cpp:401", check_sizes.check(self.root)[0][0])

    def test_scripts_without_a_suffix_and_cmake_files_count(self) -> None:
        self.write("scripts/test", "x\n" * 401)
        self.write(".ci/run", "x\n" * 401)
        self.write("host/CMakeLists.txt", "x\n" * 401)
        self.expect(errors=3, warnings=0)

    def test_documents_and_what_was_built_do_not_count(self) -> None:
        self.write("README.md", "x\n" * 1000)
        self.write("LICENSE", "x\n" * 1000)
        self.write("build/debug/generated.cpp", "x\n" * 1000)
        self.expect(errors=0, warnings=0)


if __name__ == "__main__":
    unittest.main()
