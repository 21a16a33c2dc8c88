"""Backplane from Python, in the words of RayServe 0.8. One module, the standard library only.

    import backplane as serve

    serve.init(token_file="state/admin.token")
    serve.create_backend("hello_v1", "hello/hello", config={"num_replicas": 2})
    serve.create_endpoint("hello", backend="hello_v1", route="/hello")
    serve.create_backend("hello_v2", "hello/hello")
    serve.set_traffic("hello", {"hello_v1": 0.9, "hello_v2": 0.1})
    print(serve.get_handle("hello").remote(name="ray").result().text)

What the host refuses is raised as BackplaneError; nothing has changed then. What a change answers
is the object as it is now, with the host's "revision". Functions may be called from any thread.
"""

import http.client
import json
import ssl
import urllib.parse
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence, Union

__all__ = [
    "Answer", "BackplaneError", "Handle", "apply", "create_backend", "create_endpoint",
    "delete_backend", "delete_endpoint", "get_backend_config", "get_handle", "history", "init",
    "list_backends", "list_endpoints", "set_policy", "set_traffic", "shadow_traffic", "stat",
    "status", "undo", "update_backend_config",
]

Json = dict[str, Any]

# Handlers may take as long as their backend's request_timeout_ms says; this is for hosts that are
# gone without a word.
DEFAULT_TIMEOUT_S = 600.0
CONCURRENT_REQUESTS = 32


class BackplaneError(Exception):
    """What the host, or a handler, refused.

    `code` is for programs and stable, `detail` says what was found and what was wanted, `pointer`
    is the place in the request's body (RFC 6901), empty when there is none.
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code: str = problem.get("code", "")
        self.detail: str = problem.get("detail", "")
        self.pointer: str = problem.get("pointer", "")
        self.request_id: str = problem.get("request_id", "")
        place = f" at {self.pointer}" if self.pointer else ""
        super().__init__(f"{status} {self.code}{place}: {self.detail}")


@dataclass(frozen=True)
class Answer:
    """One answer of a handler, or of the admin API."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def backend(self) -> str:
        """Which backend answered: "tag@generation"."""
        return self.headers.get("Backplane-Backend", "")


@dataclass(frozen=True)
class _Listener:
    """One of a host's two addresses. Each call has a connection of its own."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: float = DEFAULT_TIMEOUT_S
    trust: Optional[ssl.SSLContext] = None  # for https; None: the system's authorities

    def ask(self, method: str, target: str, body: Optional[bytes] = None,
            headers: Optional[Mapping[str, str]] = None) -> Answer:
        parts = urllib.parse.urlsplit(self.url)
        host = parts.hostname or ""
        connection = (
            http.client.HTTPSConnection(host, parts.port, timeout=self.timeout, context=self.trust)
            if parts.scheme == "https" else
            http.client.HTTPConnection(host, parts.port, timeout=self.timeout))
        try:
            connection.request(method, target, body, {**self.headers, **(headers or {})})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        if answer.status >= 400:
            raise BackplaneError(answer.status, _problem(answer))
        return answer


@dataclass(frozen=True)
class _Host:
    admin: _Listener
    data: _Listener


_host: Optional[_Host] = None
_requests = ThreadPoolExecutor(CONCURRENT_REQUESTS, thread_name_prefix="backplane")


def _problem(answer: Answer) -> Mapping[str, Any]:
    """The members of an error body, or what there is when a handler wrote another one."""
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    if isinstance(problem, dict) and "code" in problem:
        return problem
    return {"detail": answer.text}


def _connected() -> _Host:
    if _host is None:
        raise RuntimeError("call init() first")
    return _host


def _call(method: str, path: str, body: Any = None) -> Json:
    """One call of the admin API and the object that it answers."""
    answered: Json = _ask(method, path, body).json()
    return answered


def _ask(method: str, path: str, body: Any = None,
         headers: Optional[Mapping[str, str]] = None) -> Answer:
    if body is None:
        return _connected().admin.ask(method, path, None, headers)
    content = json.dumps(body, allow_nan=False).encode()
    return _connected().admin.ask(method, path, content,
                                  {"Content-Type": "application/json", **(headers or {})})


def _path(*steps: str) -> str:
    return "/v1/" + "/".join(urllib.parse.quote(step, safe="") for step in steps)


def _query(**parameters: Union[bool, int, None]) -> str:
    """"?a=1&b=true" of what says something: neither None nor False."""
    said = {name: "true" if value is True else value
            for name, value in parameters.items() if value is not None and value is not False}
    return "?" + urllib.parse.urlencode(said) if said else ""


def init(admin: str = "http://127.0.0.1:8001", token_file: Union[str, Path, None] = None,
         data: Optional[str] = None, timeout: float = DEFAULT_TIMEOUT_S,
         cafile: Union[str, Path, None] = None) -> None:
    """Says which host all other functions speak to, and asks whether it is there.

    `token_file` is the file admin.token of the host's state directory, or one with another of its
    tokens; without it no token is shown. `data` is where handles send requests, when that is not
    where the host says that it listens. `timeout` is in seconds, for each answer. `cafile` has the
    certificates (PEM) that vouch for those of https:// addresses; without it the system's do.
    Called again, it changes the host.
    """
    global _host
    headers = {}
    if token_file is not None:
        headers["Authorization"] = "Bearer " + Path(token_file).read_text("ascii").strip()
    trust = None if cafile is None else ssl.create_default_context(cafile=cafile)
    listener = _Listener(admin, headers, timeout, trust)
    here = listener.ask("GET", "/v1/status").json()["data_url"]
    _host = _Host(listener, _Listener(data or here, {}, timeout, trust))


def status() -> Json:
    """Version, uptime, revision, readiness of each backend, what is draining, counters."""
    return _call("GET", "/v1/status")


def create_endpoint(endpoint_name: str, backend: Optional[str] = None,
                    route: Optional[str] = None, methods: Optional[Sequence[str]] = None) -> Json:
    """Creates an endpoint; the same again changes nothing.

    `backend` gets all of its traffic; without one requests are answered 503 until set_traffic().
    Without `route` it is reachable only from other handlers. `methods` is ["GET"] when absent.
    """
    body: Json = {"route": route}
    if methods is not None:
        body["methods"] = list(methods)
    if backend is not None:
        body["traffic"] = {backend: 1.0}
    return _call("PUT", _path("endpoints", endpoint_name), body)


def delete_endpoint(endpoint_name: str) -> Json:
    """Removes an endpoint: the next request finds no route. Its backends stay."""
    return _call("DELETE", _path("endpoints", endpoint_name))


def list_endpoints() -> Json:
    """Every endpoint by name: route, methods, traffic, policy, shadows, counts."""
    endpoints: Json = _call("GET", "/v1/endpoints")["endpoints"]
    return endpoints


def set_traffic(endpoint_name: str, traffic_policy_dictionary: Mapping[str, float]) -> Json:
    """Replaces the weights, by backend tag, of an endpoint. They sum to 1."""
    return _call("PUT", _path("endpoints", endpoint_name, "traffic"),
                 dict(traffic_policy_dictionary))


def shadow_traffic(endpoint_name: str, backend_tag: str, proportion: float) -> Json:
    """Copies this proportion of an endpoint's requests, from 0 to 1, to a backend whose answers
    are dropped; 0 ends it. The endpoint's other shadows stay."""
    path = _path("endpoints", endpoint_name)
    while True:
        now = _ask("GET", path)
        shadows = {**now.json()["shadows"], backend_tag: proportion}
        try:
            answered: Json = _ask("PUT", path + "/shadows", shadows,
                                  {"If-Match": now.headers["ETag"]}).json()
            return answered
        except BackplaneError as error:
            if error.status != 412:  # else somebody changed the state in between: look again
                raise


def set_policy(endpoint_name: str, policy: str, packing_num: Optional[int] = None) -> Json:
    """How requests are spread by weight: "random", "round_robin", "power_of_two", or
    "fixed_packing" with `packing_num` requests in a row to each backend."""
    body: Json = {"policy": policy}
    if packing_num is not None:
        body["packing_num"] = packing_num
    return _call("PUT", _path("endpoints", endpoint_name, "policy"), body)


def create_backend(backend_tag: str, handler: str, init: Any = None,
                   config: Optional[Mapping[str, Any]] = None) -> Json:
    """Creates a backend and returns when every replica of it is ready; the same again changes
    nothing.

    `handler` is "plugin/handler", or "hello" for "hello/hello". `init` is what its constructor is
    given, `config` such as {"num_replicas": 2, "max_batch_size": 8}.
    """
    plugin, _, name = handler.partition("/")
    body: Json = {"plugin": plugin, "handler": name or plugin}
    if init is not None:
        body["init"] = init
    if config is not None:
        body["config"] = dict(config)
    return _call("PUT", _path("backends", backend_tag), body)


def delete_backend(backend_tag: str) -> Json:
    """Removes a backend that no endpoint uses; its replicas finish what is queued."""
    return _call("DELETE", _path("backends", backend_tag))


def list_backends() -> Json:
    """Every backend by tag: plugin, handler, init, config, state, counts."""
    backends: Json = _call("GET", "/v1/backends")["backends"]
    return backends


def get_backend_config(backend_tag: str) -> Json:
    """The whole configuration of a backend, defaults included."""
    config: Json = _call("GET", _path("backends", backend_tag))["config"]
    return config


def update_backend_config(backend_tag: str, config_options: Mapping[str, Any]) -> Json:
    """Changes some keys of a backend's configuration, None to their default; what is not named
    stays. Running replicas take it without losing a request."""
    return _call("PATCH", _path("backends", backend_tag), {"config": dict(config_options)})


def apply(document: Mapping[str, Any], dry_run: bool = False) -> Json:
    """Makes {"backends": {…}, "endpoints": {…}} the whole desired state, all or nothing, and
    returns when it is: {"revision", "changed", "diff"}. `dry_run` changes nothing and answers what
    would change."""
    return _call("PUT", "/v1/app" + _query(dry_run=dry_run), dict(document))


def history(limit: int = 50, before: Optional[int] = None) -> list[Json]:
    """Revisions of the desired state, the newest first: "revision", "time", "author", "action",
    "diff". `before` leaves out that revision and newer ones."""
    revisions: list[Json] = _call("GET", "/v1/history" + _query(limit=limit, before=before))["revisions"]
    return revisions


def undo(to: Optional[int] = None, dry_run: bool = False) -> Json:
    """Makes a new revision that is equal to revision `to`, or to the one before the latest. One
    undo after another goes further back."""
    return _call("POST", "/v1/undo" + _query(dry_run=dry_run), {} if to is None else {"to": to})


def stat() -> Json:
    """What was counted: {"endpoints": {name: {…}}, "backends": {tag: {…}}}; latencies are in
    microseconds, from the first byte of a request to its answer."""
    return {"endpoints": {name: it["stats"] for name, it in list_endpoints().items()},
            "backends": {tag: it["stats"] for tag, it in list_backends().items() if "stats" in it}}


@dataclass(frozen=True)
class Handle:
    """Sends requests to one endpoint by its route. Made by get_handle()."""

    path: str
    http_method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)

    def options(self, http_method: Optional[str] = None, shard_key: Optional[str] = None,
                timeout_ms: Optional[int] = None, path: Optional[str] = None,
                headers: Optional[Mapping[str, str]] = None) -> "Handle":
        """The same with another method or path, a key that chooses the backend, a deadline in
        milliseconds, or header fields of your own."""
        more = dict(headers or {})
        if shard_key is not None:
            more["X-Serve-Shard-Key"] = shard_key
        if timeout_ms is not None:
            more["X-Request-Timeout"] = str(timeout_ms)
        return replace(self, path=path or self.path, http_method=http_method or self.http_method,
                       headers={**self.headers, **more})

    def remote(self, request_data: Any = None, **arguments: Any) -> "Future[Answer]":
        """Sends one request; result() of what is returned waits for its answer.

        `arguments` go into the query. `request_data` is the body: bytes and str as they are, all
        else as JSON; a handle whose method is GET sends POST then. An answer of 400 or above is
        raised by result() as BackplaneError.
        """
        target = self.path + ("?" + urllib.parse.urlencode(arguments) if arguments else "")
        headers = dict(self.headers)
        method = self.http_method
        body: Optional[bytes] = None
        if request_data is not None:
            method = "POST" if method == "GET" else method
            body, media_type = _encoded(request_data)
            headers.setdefault("Content-Type", media_type)
        return _requests.submit(_connected().data.ask, method, target, body, headers)


def _encoded(data: Any) -> tuple[bytes, str]:
    if isinstance(data, (bytes, bytearray)):
        return bytes(data), "application/octet-stream"
    if isinstance(data, str):
        return data.encode(), "text/plain; charset=utf-8"
    return json.dumps(data, allow_nan=False).encode(), "application/json"


def get_handle(endpoint_name: str) -> Handle:
    """A handle for an endpoint that has a route.

    Of a route with parameters or "/*", options(path=…) says what stands there.
    """
    endpoint = _call("GET", _path("endpoints", endpoint_name))
    route, methods = endpoint["route"], endpoint["methods"]
    if route is None:
        raise ValueError(f"endpoint '{endpoint_name}' has no route: only handlers can reach it")
    return Handle(route, "GET" if "GET" in methods else methods[0])
