"""check_layers.py goes red for every kind of forbidden include and link."""

import unittest

from fixture_tree import TreeTest, load_script

check_layers = load_script("check_layers")


class Includes(TreeTest):
    def include(self, path: str, header: str) -> list[str]:
        self.write(path, f"#pragma once\n#include {header}\n")
        return check_layers.check(self.root)

    def refused(self, path: str, header: str, why: str) -> None:
        found = [line for line in self.include(path, header) if line.startswith(f"{path}:2: ")]
        self.assertEqual(len(found), 1, found)
        self.assertIn(why, found[0])

    def allowed(self, path: str, header: str) -> None:
        found = [line for line in self.include(path, header) if line.startswith(path)]
        self.assertEqual(found, [])

    def test_a_lower_floor_may_be_included(self) -> None:
        self.allowed("host/http/a.hpp", '"host/message/headers.hpp"')
        self.allowed("host/control/a.hpp", '"host/base/error.hpp"')

    def test_a_higher_floor_is_refused(self) -> None:
        self.refused("host/base/a.hpp", '"host/http/session.hpp"', "above it on floor 1")
        self.refused("host/backend/a.hpp", '"host/control/plan.hpp"', "above it on floor 3")

    def test_siblings_never_include_each_other(self) -> None:
        for part, other in (("http", "plugin"), ("plugin", "batching"), ("backend", "routing"),
                            ("metrics", "config"), ("cli", "app"), ("admin", "dashboard")):
            path = f"host/{part}/to_{other}.hpp"
            self.refused(path, f'"host/{other}/x.hpp"', "siblings")

    def test_json_and_base_serve_the_rest_of_floor_0_and_not_the_reverse(self) -> None:
        self.allowed("host/message/a.cpp", '"host/json/json_writer.hpp"')
        self.allowed("host/json/a.cpp", '"host/base/error.hpp"')
        self.refused("host/base/a.cpp", '"host/json/json_writer.hpp"', "siblings")

    def test_app_may_call_the_subcommands_of_cli(self) -> None:
        self.allowed("host/app/main.cpp", '"host/cli/check_command.hpp"')

    def test_every_library_has_one_home(self) -> None:
        self.allowed("host/json/a.cpp", "<rapidjson/document.h>")
        self.allowed("host/http/a.cpp", "<boost/asio/io_context.hpp>")
        self.allowed("host/plugin/dynamic_library.cpp", "<boost/dll/shared_library.hpp>")
        self.allowed("host/base/log_channel.cpp", "<Poco/Logger.h>")
        self.allowed("host/plugin/plugin_trust.cpp", "<openssl/evp.h>")
        self.allowed("plugin_sdk/include/backplane/json.hpp", "<rapidjson/reader.h>")
        for path, header in (("host/config/a.cpp", "<rapidjson/document.h>"),
                             ("host/routing/a.cpp", "<boost/beast/core.hpp>"),
                             ("host/plugin/staging.cpp", "<boost/dll/shared_library.hpp>"),
                             ("host/base/random.cpp", "<Poco/Random.h>"),
                             ("host/plugin/staged_file.cpp", "<openssl/evp.h>"),
                             ("host/http/b.cpp", "<prometheus/counter.h>"),
                             ("host/http/c.cpp", "<zmq/zmq.hpp>")):
            self.refused(path, header, "home")

    def test_the_host_sees_of_the_sdk_only_the_contract(self) -> None:
        self.allowed("host/plugin/a.hpp", "<backplane/abi.h>")
        self.refused("host/plugin/a.hpp", "<backplane/plugin.hpp>", "abi.h")

    def test_the_sdk_needs_nothing_but_the_standard_library(self) -> None:
        self.allowed("plugin_sdk/include/backplane/a.hpp", "<string_view>")
        self.allowed("plugin_sdk/include/backplane/abi.h", "<stdint.h>")
        self.refused("plugin_sdk/include/backplane/b.hpp", "<unistd.h>", "SDK")
        self.refused("plugin_sdk/include/backplane/c.hpp", "<rapidjson/reader.h>", "SDK")
        self.refused("plugin_sdk/include/backplane/d.hpp", '"host/base/error.hpp"', "SDK")

    def test_plugins_include_only_the_sdk(self) -> None:
        self.allowed("plugins/hello/hello.cpp", "<backplane/plugin.hpp>")
        self.allowed("plugins/hello/hello_test.cpp", "<doctest/doctest.h>")
        self.refused("plugins/echo/echo.cpp", "<rapidjson/document.h>", "SDK")
        self.refused("plugins/sum/sum.cpp", '"host/base/error.hpp"', "SDK")

    def test_a_quoted_include_carries_the_full_path(self) -> None:
        self.refused("host/base/a.cpp", '"error.hpp"', "full path")

    def test_a_part_that_is_not_in_the_table_is_refused(self) -> None:
        self.refused("host/extras/a.cpp", "<vector>", "not in the table")


class Links(TreeTest):
    def link(self, part: str, arguments: str) -> list[str]:
        self.write(f"host/{part}/CMakeLists.txt",
                   f"backplane_part({part}\n  SOURCES a.cpp\n  PUBLIC {arguments})\n")
        return check_layers.check(self.root)

    def test_the_allowed_parts_may_be_linked(self) -> None:
        self.assertEqual(self.link("http", "backplane::message backplane::base"), [])

    def test_a_sibling_is_refused_where_it_is_linked(self) -> None:
        found = self.link("routing", "backplane::base\n  PRIVATE backplane::backend")
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith("host/routing/CMakeLists.txt:4: "), found)
        self.assertIn("siblings", found[0])

    def test_a_library_is_linked_only_at_home(self) -> None:
        self.assertEqual(self.link("json", "backplane_rapidjson"), [])
        self.assertEqual(len(self.link("config", "backplane_rapidjson")), 1)

    def test_the_sdk_is_not_linked_by_the_host(self) -> None:
        self.assertEqual(len(self.link("plugin", "backplane::plugin_sdk")), 1)

    def test_what_is_included_is_linked_or_passed_on(self) -> None:
        self.write("host/base/CMakeLists.txt",
                   "backplane_part(base SOURCES b.cpp PUBLIC Threads::Threads)\n")
        self.write("host/http/a.cpp", '#include "host/base/error.hpp"\n')
        self.assertIn("does not link backplane::base", self.link("http", "backplane::message")[0])
        self.write("host/message/CMakeLists.txt",
                   "backplane_part(message SOURCES m.cpp PUBLIC backplane::base)\n")
        self.assertEqual(check_layers.check(self.root), [])


if __name__ == "__main__":
    unittest.main()
