"""R: how soon a build that is bad is sent away by itself, and a good one takes over."""

import json
import threading
import time
import urllib.request
from typing import Any

import open_loop
import rows
from open_loop import Arriving
from plan import Plan
from reload_host import ReloadHost
from report import Report

RATE = 500.0
LIMITS: dict[str, Any] = {"strategy": "canary", "weight": 0.2, "min_requests": 100,
                          "max_error_rate": 0.01}
LOAD_SECONDS = 14.0
PATIENCE_SECONDS = 12.0


class Events(threading.Thread):
    """What the host tells of operations, as it tells it."""

    def __init__(self, host: ReloadHost) -> None:
        super().__init__(daemon=True)
        self.stream = urllib.request.urlopen(f"{host.admin}/v1/events", timeout=PATIENCE_SECONDS)
        self.told: list[str] = []

    def run(self) -> None:
        try:
            for line in self.stream:
                self.told.append(line.decode())
        except OSError:  # the host has ended, or is silent
            pass


def ended(host: ReloadHost, operation: str) -> tuple[dict[str, Any], float]:
    """The operation once it is over, and how many seconds that took."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_SECONDS:
        loaded: dict[str, Any] = json.loads(host.ask_admin("GET", operation)[1])
        if loaded["state"] != "running":
            return loaded, time.monotonic() - began
        time.sleep(0.02)
    return {"state": "running"}, time.monotonic() - began


def try_version(host: ReloadHost, version: str, duration_ms: int) -> tuple[dict[str, Any], float]:
    host.drop(version)
    status, body = host.ask_admin("POST", "/v1/plugins/alternate/reload?wait_ms=0",
                                  LIMITS | {"duration_ms": duration_ms})
    if status != 202:
        return {"state": body}, 0
    return ended(host, f"/v1/operations/{json.loads(body)['id']}")


def places_of_reason(host: ReloadHost, events: Events, operation: dict[str, Any]) -> int:
    """Of the three where a reason is to be: the operation, the events, the metrics."""
    count = 'backplane_reloads_total{outcome="canary_failed"} 1'
    return sum((operation.get("error", {}).get("code") == "canary_failed",
                any("canary_failed" in line for line in list(events.told)),
                count in host.ask_admin("GET", "/metrics")[1]))


def measure(plan: Plan, report: Report) -> None:
    with ReloadHost(plan.both_cores, probe=True) as host:
        events = Events(host)
        events.start()
        load = threading.Thread(target=open_loop.run, args=(
            host, Arriving(RATE, LOAD_SECONDS, 1, plan.wrk_core)))
        load.start()
        bad, bad_took = try_version(host, "flaky", duration_ms=60_000)
        reasons = places_of_reason(host, events, bad)
        good, good_took = try_version(host, "odd", duration_ms=2_000)
        load.join()
    report.say(f"R    a canary that fails 5 %: {bad.get('error', {}).get('detail', bad['state'])}")
    states = (bad["state"], good["state"])
    if states != ("failed", "succeeded"):
        report.say(f"R    canaries ended as {states}")
        report.failed_requests += 1
    report.add(rows.at_most("R", "until a canary that fails 5 % at 500/s is rolled back",
                            bad_took, 10, "s"))
    report.add(rows.at_least("R", "operation, events and metrics that say why", reasons, 3))
    report.add(rows.at_most("R", "until a good canary with a trial of 2 s takes over",
                            good_took, 10, "s"))
