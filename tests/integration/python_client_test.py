#!/usr/bin/env python3
"""The Python client against a real host with the example plugins."""

import json
import os
import re
import select
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable, ClassVar

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts" / "python"))

import backplane as serve  # noqa: E402: the path above leads to it

PROGRAM = os.environ["BACKPLANE_PROGRAM"]
PLUGINS = os.environ["BACKPLANE_PLUGINS"]
START_SECONDS = 20.0


def make_certificate(folder: Path) -> None:
    """As the README says."""
    readme = (ROOT / "README.md").read_text("utf-8")
    found = re.search(r"^openssl req (?:.*\\\n)*.*$", readme, re.MULTILINE)
    assert found is not None
    subprocess.run(["sh", "-c", found[0]], cwd=folder, check=True, capture_output=True)


class RunningHost:
    """`backplane serve` on ports that the kernel chooses, with a state directory of its own."""

    def __init__(self, tls: bool = False) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="backplane-python-")
        folder = Path(self._directory.name)
        self.token_file = folder / "state" / "admin.token"
        self.certificate = folder / "host.pem"
        listener: dict[str, Any] = {"port": 0}
        if tls:
            make_certificate(folder)
            listener["tls"] = {"certificate": "host.pem", "key": "host.key"}
        # Whoever built them may be somebody whose directories the host does not trust.
        shutil.copytree(PLUGINS, folder / "plugins")
        config = folder / "config.json"
        config.write_text(json.dumps({"data": listener, "admin": listener,
                                      "plugins": {"directory": "plugins"}}))
        self._process = subprocess.Popen(
            [PROGRAM, "serve", "--config", str(config)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        readable, _, _ = select.select([self._process.stdout], [], [], START_SECONDS)
        ready = self._process.stdout.readline() if readable else ""
        if not ready.startswith("ready "):
            self.stop()
            raise RuntimeError(f"the host said {ready!r} instead of being ready")
        addresses = dict(word.split("=", 1) for word in ready.split()[1:])
        self.admin = f"{'https' if tls else 'http'}://{addresses['admin']}"

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate()
        self._directory.cleanup()


class PythonClientTest(unittest.TestCase):
    host: ClassVar[RunningHost]

    @classmethod
    def setUpClass(cls) -> None:
        cls.host = RunningHost()
        cls.addClassCleanup(cls.host.stop)

    def setUp(self) -> None:
        serve.init(self.host.admin, self.host.token_file)
        for name in serve.list_endpoints():
            serve.delete_endpoint(name)
        for tag in serve.list_backends():
            serve.delete_backend(tag)

    def refused(self, call: Callable[..., Any], *arguments: Any,
                **named: Any) -> serve.BackplaneError:
        with self.assertRaises(serve.BackplaneError) as caught:
            call(*arguments, **named)
        return caught.exception

    def test_what_is_created_answers_and_what_is_deleted_does_not(self) -> None:
        serve.create_backend("hello_v1", "hello/hello", config={"num_replicas": 2})
        made = serve.create_endpoint("hello", backend="hello_v1", route="/hello")
        self.assertEqual(made["traffic"], {"hello_v1": 1})
        handle = serve.get_handle("hello")
        answer = handle.remote(name="ray").result()
        self.assertEqual(answer.text, "hello ray")
        self.assertTrue(answer.backend.startswith("hello_v1@"))
        serve.delete_endpoint("hello")
        gone = self.refused(handle.remote().result)
        self.assertEqual((gone.status, gone.code), (404, "no_route"))
        serve.delete_backend("hello_v1")
        self.assertEqual(serve.list_backends(), {})
        self.assertEqual(serve.list_endpoints(), {})

    def test_creating_the_same_again_changes_nothing(self) -> None:
        serve.create_backend("hello", "hello")
        made = serve.create_endpoint("hello", backend="hello", route="/hello", methods=["get"])
        again = serve.create_endpoint("hello", backend="hello", route="/hello", methods=["get"])
        self.assertEqual(made["revision"], again["revision"])
        self.assertEqual(again["methods"], ["GET"])

    def test_traffic_moves_from_one_backend_to_another(self) -> None:
        serve.create_backend("old", "hello/hello")
        serve.create_backend("new", "hello/hello")
        serve.create_endpoint("e", backend="old", route="/e")
        serve.set_traffic("e", {"old": 0.5, "new": 0.5})
        handle = serve.get_handle("e")
        answers = [handle.remote() for _ in range(40)]
        tags = {answer.result().backend.split("@")[0] for answer in answers}
        self.assertEqual(tags, {"old", "new"})
        serve.set_traffic("e", {"new": 1.0})
        self.assertTrue(handle.remote().result().backend.startswith("new@"))
        keyed = handle.options(shard_key="user-1")
        self.assertEqual(keyed.remote().result().status, 200)

    def test_shadows_are_added_one_by_one_and_see_what_the_endpoint_sees(self) -> None:
        for tag in ("main", "copy", "other"):
            serve.create_backend(tag, "hello")
        serve.create_endpoint("e", backend="main", route="/e")
        serve.shadow_traffic("e", "copy", 1.0)
        self.assertEqual(serve.shadow_traffic("e", "other", 0.25)["shadows"],
                         {"copy": 1, "other": 0.25})
        self.assertEqual(serve.shadow_traffic("e", "other", 0)["shadows"], {"copy": 1})
        refused = self.refused(serve.shadow_traffic, "e", "copy", 1.5)
        self.assertEqual((refused.code, refused.pointer), ("invalid_shadows", "/copy"))
        self.assertTrue(serve.get_handle("e").remote().result().backend.startswith("main@"))

    def test_shadows_set_at_once_by_many_are_all_kept(self) -> None:
        tags = [f"shadow{i}" for i in range(6)]
        for tag in ["main", *tags]:
            serve.create_backend(tag, "hello")
        serve.create_endpoint("e", backend="main", route="/e")
        with ThreadPoolExecutor(len(tags)) as pool:
            list(pool.map(lambda tag: serve.shadow_traffic("e", tag, 0.5), tags))
        self.assertEqual(sorted(serve.list_endpoints()["e"]["shadows"]), tags)

    def test_a_policy_is_set_and_shown(self) -> None:
        serve.create_backend("a", "hello")
        serve.create_endpoint("e", backend="a", route="/e")
        packed = serve.set_policy("e", "fixed_packing", packing_num=3)
        self.assertEqual((packed["policy"], packed["packing_num"]), ("fixed_packing", 3))
        self.assertEqual(serve.set_policy("e", "round_robin")["policy"], "round_robin")
        self.assertEqual(self.refused(serve.set_policy, "e", "luck").code, "invalid_policy")

    def test_a_running_backend_takes_another_configuration(self) -> None:
        serve.create_backend("b", "hello", config={"max_queue": 7})
        changed = serve.update_backend_config("b", {"num_replicas": 3, "max_queue": None})
        self.assertEqual(changed["config"]["num_replicas"], 3)
        self.assertEqual(serve.get_backend_config("b")["max_queue"], 0)
        refused = self.refused(serve.update_backend_config, "b", {"num_replicas": "many"})
        self.assertEqual((refused.code, refused.pointer),
                         ("invalid_argument", "/config/num_replicas"))

    def test_a_document_is_applied_whole_and_undone(self) -> None:
        document = {"backends": {"blue": {"plugin": "hello", "handler": "hello"}},
                    "endpoints": {"e": {"route": "/e", "traffic": {"blue": 1.0}}}}
        serve.create_endpoint("early")
        dry = serve.apply(document, dry_run=True)
        self.assertEqual((dry["dry_run"], dry["changed"]), (True, True))
        self.assertEqual([change["path"] for change in dry["diff"]], ["/backends/blue", "/endpoints/e", "/endpoints/early"])
        self.assertEqual(list(serve.list_endpoints()), ["early"])
        applied = serve.apply(document)
        self.assertEqual(serve.get_handle("e").remote(name="ray").result().text, "hello ray")
        self.assertFalse(serve.apply(document)["changed"])
        latest, before = serve.history(limit=2)
        self.assertEqual((latest["revision"], latest["diff"]), (applied["revision"], applied["diff"]))
        self.assertEqual(serve.history(limit=1, before=latest["revision"]), [before])
        undone = serve.undo()
        self.assertEqual(undone["restores"], before["revision"])
        self.assertEqual(list(serve.list_endpoints()), ["early"])
        serve.undo(to=applied["revision"])
        self.assertEqual(list(serve.list_endpoints()), ["e"])
        unknown = self.refused(serve.undo, to=10**9)
        self.assertEqual((unknown.status, unknown.code, unknown.pointer),
                         (422, "unknown_revision", "/to"))

    def test_requests_carry_queries_bodies_and_headers(self) -> None:
        serve.create_backend("echo", "echo/echo")
        serve.create_endpoint("echo", backend="echo", route="/echo", methods=["GET", "POST"])
        handle = serve.get_handle("echo")
        seen = handle.remote(a=1, b="x y").result().json()
        self.assertEqual(seen["method"], "GET")
        self.assertEqual(seen["query"], [{"name": "a", "value": "1"}, {"name": "b", "value": "x y"}])
        seen = handle.options(headers={"X-Custom": "mine"}).remote({"n": [1, 2]}).result().json()
        headers = {each["name"].lower(): each["value"] for each in seen["headers"]}
        self.assertEqual((seen["method"], seen["body"]), ("POST", '{"n": [1, 2]}'))
        self.assertEqual((headers["content-type"], headers["x-custom"]), ("application/json", "mine"))

    def test_a_refusal_says_what_where_and_why(self) -> None:
        bounds = self.refused(serve.create_backend, "x", "hello", config={"num_replicas": 0})
        self.assertEqual((bounds.status, bounds.code), (422, "invalid_argument"))
        self.assertEqual(bounds.pointer, "/config/num_replicas")
        self.assertIn("found 0", bounds.detail)
        self.assertNotEqual(bounds.request_id, "")
        typo = self.refused(serve.create_backend, "x", "hello", config={"num_replica": 2})
        self.assertEqual((typo.code, typo.pointer), ("unknown_field", "/config/num_replica"))
        self.assertIn("is 'num_replicas' meant?", str(typo))
        nobody = self.refused(serve.set_traffic, "nobody", {"x": 1.0})
        self.assertEqual((nobody.status, nobody.code), (404, "unknown_endpoint"))
        serve.create_backend("used", "hello")
        serve.create_endpoint("e", backend="used", route="/e")
        in_use = self.refused(serve.delete_backend, "used")
        self.assertEqual((in_use.status, in_use.code), (409, "backend_in_use"))
        self.assertIn("'e'", in_use.detail)

    def test_names_cannot_lead_to_another_call(self) -> None:
        serve.create_backend("kept", "hello")
        for name in ("../backends/kept", "../backends/kept?", "kept#", "", "Kept"):
            with self.subTest(name=name):
                self.assertEqual(self.refused(serve.delete_endpoint, name).status, 400)
        self.assertIn("kept", serve.list_backends())

    def test_configuration_and_counts_can_be_read(self) -> None:
        serve.create_backend("b", "hello", config={"max_queue": 7})
        serve.create_endpoint("e", backend="b", route="/e")
        self.assertEqual(serve.get_backend_config("b")["max_queue"], 7)
        for _ in range(3):
            serve.get_handle("e").remote().result()
        self.assertEqual(serve.stat()["endpoints"]["e"]["requests"], 3)
        self.assertEqual(serve.stat()["backends"]["b"]["requests"], 3)
        self.assertTrue(serve.status()["ready"])

    def test_an_endpoint_without_a_route_has_no_handle(self) -> None:
        serve.create_backend("b", "hello")
        serve.create_endpoint("inside", backend="b")
        with self.assertRaisesRegex(ValueError, "no route"):
            serve.get_handle("inside")

    def test_a_token_is_asked_for(self) -> None:
        refused = self.refused(serve.init, self.host.admin)
        self.assertEqual((refused.status, refused.code), (401, "unauthenticated"))
        # What was refused has not taken the place of the host that is spoken to.
        self.assertEqual(serve.list_endpoints(), {})


class PythonClientOverTlsTest(unittest.TestCase):
    def test_a_host_with_tls_is_believed_by_its_certificate_only(self) -> None:
        host = RunningHost(tls=True)
        self.addCleanup(host.stop)
        with self.assertRaises(ssl.SSLCertVerificationError):
            serve.init(host.admin, host.token_file)
        serve.init(host.admin, host.token_file, cafile=host.certificate)
        serve.create_backend("hello", "hello")
        serve.create_endpoint("hello", backend="hello", route="/hello")
        self.assertTrue(serve.status()["data_url"].startswith("https://"))
        answer = serve.get_handle("hello").remote(name="ray").result()
        self.assertEqual(answer.text, "hello ray")


if __name__ == "__main__":
    unittest.main(verbosity=2)
