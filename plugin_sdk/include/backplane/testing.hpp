#pragma once

// Runs the handlers of a plugin without a host, in any test framework:
//
//   backplane::TestReplica replica("hello");
//   CHECK(replica.send({.query = "name=ray"}).body == "hello ray");
//
// The test program links the plugin's sources; nothing is loaded and no port is opened.

#include <backplane/testing/test_answer.hpp>
#include <backplane/testing/test_call.hpp>
#include <backplane/testing/test_host.hpp>
#include <backplane/testing/test_metrics.hpp>
#include <backplane/testing/test_replica.hpp>
#include <backplane/testing/test_request.hpp>
