"""ST: an answer of a million events, the second of two: what it holds, and how soon it stops when
its client leaves."""

import http.client
import json
import time
from statistics import median

import rows
from accounting import memory_of
from backplane import Backplane, Documents, Json
from plan import Plan
from report import Report
from servers import Call, ServerError

NAMES = ("ST",)
EVENTS = 1_000_000
WORDS = b"x " * EVENTS
SECONDS = 120.0
LEAVINGS = 9
APP: Json = {
    "backends": {"say": {"plugin": "streaming_tokens", "handler": "streaming_tokens",
                         "config": {"request_timeout_ms": int(SECONDS * 1e3)}}},
    "endpoints": {"say": {"route": "/say", "methods": ["GET", "POST"], "traffic": {"say": 1.0}}},
}


ONE = Call("/say", "POST", b"x",
           answer="event: token\nid: 1\ndata: x\n\nevent: done\ndata: 1\n\n")


class StreamHost(Backplane):
    def __init__(self, cores: str) -> None:
        super().__init__(cores, ONE, Documents(app=APP))

    def ask(self, fields: dict[str, str]) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        connection.request("POST", "/say", WORDS, fields)
        answer = connection.getresponse()
        if answer.status != 200:
            raise ServerError(f"/say answered {answer.status}: {answer.read()!r}")
        return answer

    def in_flight(self) -> int:
        address = self.admin.removeprefix("http://")
        connection = http.client.HTTPConnection(address, timeout=SECONDS)
        connection.request("GET", "/v1/backends/say")
        stats: Json = json.loads(connection.getresponse().read())["stats"]
        connection.close()
        return int(stats["in_flight"])


def read_all(host: StreamHost) -> tuple[int, float, float]:
    """Events, and the memory after a tenth of the bytes and at the end."""
    answer = host.ask({})
    events = 0
    early = 0.0
    rest = b""
    while piece := answer.read1(1 << 20):
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()
        events += lines.count(b"event: token")
        if early == 0.0 and events > EVENTS // 10:
            early = memory_of(host.pid, "VmRSS")
    return events, early, memory_of(host.pid, "VmRSS")


def leave_once(host: StreamHost) -> float:
    """Milliseconds from the end of the connection until no request is with the handler."""
    answer = host.ask({"Connection": "close"})
    answer.read(100_000)
    if host.in_flight() != 1:
        raise ServerError("the answer was over before its client could leave")
    left = time.perf_counter()
    answer.close()
    while host.in_flight() != 0:
        if time.perf_counter() - left > 10:
            break
    return 1e3 * (time.perf_counter() - left)


def measure(plan: Plan, report: Report) -> None:
    with StreamHost(plan.both_cores) as host:
        read_all(host)  # until its buffers are as large as they get
        events, early, late = read_all(host)
        took = [leave_once(host) for _ in range(LEAVINGS)]
    report.say(f"ST   {events} events; {early / 2**20:.2f} MiB after a tenth of them, "
               f"{late / 2**20:.2f} MiB after the last")
    report.add(rows.at_least("ST", "events of 1,000,000 that arrived", float(events), EVENTS))
    report.add(rows.at_most("ST", "memory at the end of the second over that after a tenth", late / early, 1.02))
    report.add(rows.at_most("ST", "until it stops when its client leaves", median(took), 100,
                            "ms"))
