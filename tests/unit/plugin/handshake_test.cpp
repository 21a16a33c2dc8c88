#include "host/plugin/handshake.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

bp_status create(const bp_handler*, const bp_host*, const bp_replica_info*, bp_replica**,
                 bp_error*) {
  return BP_OK;
}
void destroy(bp_replica*) {}
bp_status execute(bp_replica*, bp_call* const*, std::uint32_t) {
  return BP_OK;
}
bp_status reconfigure(bp_replica*, bp_str, bp_error*) {
  return BP_OK;
}

// The tables of a good plugin, to be spoilt. In the program's own data, as a plugin's would be: the
// handshake refuses what lies on the stack or the heap.
struct Tables {
  bp_handler handlers[2];
  const bp_handler* list[2];
  bp_plugin plugin;
};
Tables tables;

Tables& good() {
  tables = {};
  for (bp_handler& handler : tables.handlers) {
    handler.struct_size = sizeof handler;
    handler.max_batch = 1;
    handler.name = "one";
    handler.version = "1.2";
    handler.create = create;
    handler.destroy = destroy;
    handler.execute = execute;
  }
  tables.handlers[1].name = "two";
  tables.handlers[1].flags = BP_HF_BATCH | BP_HF_STATELESS;
  tables.handlers[1].max_batch = 8;
  tables.handlers[1].reconfigure = reconfigure;
  tables.list[0] = &tables.handlers[0];
  tables.list[1] = &tables.handlers[1];
  tables.plugin.struct_size = sizeof(bp_plugin);
  tables.plugin.magic = BP_MAGIC;
  tables.plugin.abi_major = BP_ABI_MAJOR;
  tables.plugin.abi_minor = BP_ABI_MINOR;
  tables.plugin.name = "test";
  tables.plugin.version = "3.4";
  tables.plugin.handler_count = 2;
  tables.plugin.handlers = tables.list;
  return tables;
}

Result<Handshake> shake(const bp_plugin* plugin) {
  const PluginNote note{BP_ABI_MAJOR, BP_ABI_MINOR, 0, "test", "3.4"};
  return shake_hands(plugin, note, MappedObject::containing(&tables));
}

// "ok", or the words of the refusal.
std::string words(const bp_plugin* plugin) {
  const auto shaken = shake(plugin);
  if (shaken.ok()) return "ok";
  CHECK(shaken.error().reason() == "handshake_failed");
  return shaken.error().message();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("handshake: a good table gives its handlers") {
    const auto shaken = shake(&good().plugin);
    REQUIRE(shaken.ok());
    const auto& handlers = shaken.value().handlers;
    REQUIRE(handlers.size() == 2);
    CHECK(handlers[0].description.name == "one");
    CHECK(handlers[0].description.version == "1.2");
    CHECK(handlers[0].description.max_batch == 1);
    CHECK_FALSE(handlers[0].description.reconfigurable);
    CHECK(handlers[1].description.max_batch == 8);
    CHECK(handlers[1].description.stateless);
    CHECK(handlers[1].description.reconfigurable);
    CHECK(handlers[1].table == &tables.handlers[1]);
    const bool has_init = shaken.value().init != nullptr;
    CHECK_FALSE(has_init);
  }

  TEST_CASE("handshake: an older plugin's shorter tables are enough") {
    Tables& t = good();
    t.plugin.struct_size = offsetof(bp_plugin, init);
    t.handlers[1].struct_size = offsetof(bp_handler, reconfigure);
    const auto shaken = shake(&t.plugin);
    REQUIRE(shaken.ok());
    CHECK_FALSE(shaken.value().handlers[1].description.reconfigurable);
  }

  TEST_CASE("handshake: a plugin's table must be whole and be the one of its note") {
    CHECK(contains(words(nullptr), "refuses this host"));
    good().plugin.struct_size = offsetof(bp_plugin, init) - 1;
    CHECK(contains(words(&tables.plugin), "too short"));
    good().plugin.magic = 1;
    CHECK(contains(words(&tables.plugin), "magic"));
    good().plugin.abi_major = 2;
    CHECK(contains(words(&tables.plugin), "ABI"));
    good().plugin.name = "other";
    CHECK(contains(words(&tables.plugin), "name it differently"));
    good().plugin.name = nullptr;
    CHECK(contains(words(&tables.plugin), "name it differently"));
    good().plugin.version = "9";
    CHECK(contains(words(&tables.plugin), "versions"));
    good().plugin.handler_count = 0;
    CHECK(contains(words(&tables.plugin), "0 handlers"));
    good().plugin.handler_count = 257;
    CHECK(contains(words(&tables.plugin), "257 handlers"));
    good().plugin.handlers = nullptr;
    CHECK(contains(words(&tables.plugin), "list of handlers"));
  }

  TEST_CASE("handshake: tables and functions must lie in the plugin itself") {
    const Tables on_the_stack = good();
    CHECK(contains(words(&on_the_stack.plugin), "not in the plugin"));
    bp_handler handler = good().handlers[0];
    tables.list[0] = &handler;
    CHECK(contains(words(&tables.plugin), "not in the plugin"));
    good().list[1] = nullptr;
    CHECK(contains(words(&tables.plugin), "not in the plugin"));
    good().handlers[0].execute = nullptr;
    CHECK(contains(words(&tables.plugin), "'one' lacks a function"));
  }

  TEST_CASE("handshake: handlers have names, each its own") {
    good().handlers[1].name = "one";
    CHECK(contains(words(&tables.plugin), "two handlers 'one'"));
    for (const char* name : {"", "One", "a b", "\n"}) {
      CAPTURE(name);
      good().handlers[0].name = name;
      CHECK(contains(words(&tables.plugin), "is not of the form"));
    }
    good().handlers[0].name = nullptr;
    CHECK(contains(words(&tables.plugin), "is not of the form"));
    good().handlers[1].max_batch = 0;
    CHECK(contains(words(&tables.plugin), "batches of none"));
  }
}

}  // namespace backplane::host
