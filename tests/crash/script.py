"""Forty changes of every kind, as an admin makes them. Each makes one revision: the n-th, n."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Change:
    method: str
    path: str
    body: Any = None


def backend(answer: str, **config: Any) -> dict[str, Any]:
    """One that answers `answer` as JSON text."""
    return {"plugin": "user_config_echo", "handler": "user_config_echo",
            "config": {"user_config": answer, **config}}


def put_backend(tag: str, answer: str, **config: Any) -> Change:
    return Change("PUT", f"/v1/backends/{tag}", backend(answer, **config))


def patch_backend(tag: str, **config: Any) -> Change:
    return Change("PATCH", f"/v1/backends/{tag}", {"config": config})


def put_endpoint(name: str, **weights: float) -> Change:
    return Change("PUT", f"/v1/endpoints/{name}", {"route": f"/{name}", "traffic": weights})


def put_traffic(**weights: float) -> Change:
    return Change("PUT", "/v1/endpoints/split/traffic", weights)


def undo(**to: int) -> Change:
    return Change("POST", "/v1/undo", to)


# Beside and instead of what the changes before it made.
WHOLE_APP = {
    "backends": {"a": backend("a", num_replicas=2), "d": backend("d"), "e": backend("e" * 5000)},
    "endpoints": {"split": {"route": "/split", "traffic": {"a": 0.5, "d": 0.5}},
                  "large": {"route": "/large", "traffic": {"e": 1}, "shadows": {"d": 0.5}}}}

CHANGES = (
    put_backend("a", "a"),
    put_backend("b", "b"),
    put_endpoint("split", a=0.7, b=0.3),
    put_traffic(a=0.5, b=0.5),
    patch_backend("a", num_replicas=2),
    Change("PUT", "/v1/endpoints/split/policy", {"policy": "round_robin"}),
    Change("PUT", "/v1/backends/c", {"plugin": "hello2", "handler": "hello2"}),
    Change("PUT", "/v1/endpoints/split/shadows", {"c": 0.25}),
    put_endpoint("plain", c=1),
    patch_backend("b", user_config="b2"),
    undo(),
    undo(),
    put_traffic(b=1),
    undo(to=10),
    Change("PUT", "/v1/app", WHOLE_APP),
    patch_backend("e", user_config="f" * 9000),
    undo(to=9),
    put_backend("large", "x" * 20000),  # more than one page of the database
    patch_backend("large", user_config="small", max_queue=100),
    Change("DELETE", "/v1/backends/large"),
    undo(),
    put_traffic(a=1),
    put_traffic(a=0.9, b=0.1),
    put_traffic(a=0.5, large=0.5),
    Change("PUT", "/v1/endpoints/split/policy", {"policy": "fixed_packing", "packing_num": 3}),
    Change("PUT", "/v1/endpoints/split/shadows", {}),
    put_endpoint("second", b=0.25, c=0.75),
    Change("DELETE", "/v1/endpoints/plain"),
    undo(),
    patch_backend("a", num_replicas=1, request_timeout_ms=2000),
    put_traffic(b=1),
    Change("DELETE", "/v1/endpoints/second"),
    Change("PUT", "/v1/app", {"backends": {}, "endpoints": {}}),
    undo(),
    put_backend("late", "late"),
    put_traffic(late=1),
    put_traffic(a=0.2, b=0.3, late=0.5),
    undo(to=33),
    undo(to=18),
    put_traffic(a=0.6, b=0.4),
)
