"""What the kernel says a server has used: processor time, context switches, memory."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    cpu_ns: int
    waits: int  # switches because a thread had nothing to do
    preemptions: int  # switches because another thread wanted the core

    def __sub__(self, earlier: "Usage") -> "Usage":
        return Usage(self.cpu_ns - earlier.cpu_ns, self.waits - earlier.waits,
                     self.preemptions - earlier.preemptions)


def field_of(status: str, name: str) -> int:
    """A number of a /proc status file, such as 'RssAnon:     1234 kB'; 0 when it is not there."""
    for line in status.splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    return 0


def processes_of(pid: int) -> list[int]:
    """The process and all its descendants: nginx works in a child of the one that was started."""
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text(encoding="ascii").split():
            found += processes_of(int(child))
    return found


def usage_of(pid: int) -> Usage:
    """Of all threads that live now; a server under load neither starts nor ends any."""
    cpu_ns = 0
    waits = 0
    preemptions = 0
    for process in processes_of(pid):
        for task in Path(f"/proc/{process}/task").iterdir():
            cpu_ns += int((task / "schedstat").read_text(encoding="ascii").split()[0])
            status = (task / "status").read_text(encoding="ascii")
            waits += field_of(status, "voluntary_ctxt_switches")
            preemptions += field_of(status, "nonvoluntary_ctxt_switches")
    return Usage(cpu_ns, waits, preemptions)


def memory_of(pid: int, name: str) -> int:
    """In bytes, of the process and its descendants. RssAnon: memory of its own that it has touched;
    VmRSS: that and the files it has mapped."""
    statuses = (Path(f"/proc/{process}/status").read_text(encoding="ascii")
                for process in processes_of(pid))
    return 1024 * sum(field_of(status, name) for status in statuses)


def load_average() -> list[float]:
    """Over 1, 5 and 15 minutes."""
    return [float(word) for word in Path("/proc/loadavg").read_text(encoding="ascii").split()[:3]]
