"""What is read from callgrind's dumps."""

import sys
import unittest

from fixture_tree import ROOT

sys.path.insert(0, str(ROOT / "tests" / "bench"))

from callgrind import counts_of  # noqa: E402
from callgrind_profile import parse  # noqa: E402

# In the host `serve` calls operator new and itself; in the plugin `hello` calls operator new; in
# the C library realloc calls malloc.
DUMP = """\
positions: line
events: Ir
summary: 999

ob=(1) /some/bin/backplane
fl=(1) serve.cpp
fn=(1) serve(int)
10 100
+2 50
cob=(2) /lib/libstdc++.so.6.0.30
cfi=(2) new.cpp
cfn=(2) operator new(unsigned long)
calls=4 0
10 4000
* 7

fn=(5) serve(int)'2
20 3
cfn=(1)
calls=1 0
20 9000

ob=(3) /staged/hello.1.9962.so
fn=(3) hello
5 30
cob=(2)
cfn=(2)
calls=2 0
5 2000

ob=(2)
fn=(2)
0 12
cob=(4) /lib/libc.so.6
cfn=(4) malloc
calls=6 0
0 600

ob=(4)
fn=(6) realloc
1 1
cfn=(4)
calls=3 0
1 90
fn=(4)
1 60
totals: 263
"""


class Callgrind(unittest.TestCase):
    def setUp(self) -> None:
        self.profile = parse(DUMP)

    def test_what_a_callee_took_is_not_counted_twice(self) -> None:
        self.assertEqual(self.profile.instructions(), 100 + 50 + 7 + 3 + 30 + 12 + 1 + 60)

    def test_a_recursion_is_one_function(self) -> None:
        self.assertEqual(self.profile.top(1), [("/some/bin/backplane", "serve(int)", 160)])

    def test_allocations_are_calls_into_the_allocator_from_outside(self) -> None:
        self.assertEqual(self.profile.allocations(), 6)

    def test_allocations_belong_to_the_file_whose_code_asks(self) -> None:
        self.assertEqual(self.profile.allocations_from("backplane"), 4)
        self.assertEqual(self.profile.allocations_from("hello"), 2)
        self.assertEqual(self.profile.allocations_from("hell"), 0)

    def test_counts_are_of_one_request(self) -> None:
        counts = counts_of(self.profile, 2, "hello")
        self.assertEqual((counts.instructions, counts.allocations, counts.by_host,
                          counts.by_plugin), (131.5, 3, 2, 1))


if __name__ == "__main__":
    unittest.main()
