"""What the kernel says a server has used: processor time and context switches of its threads."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    cpu_ns: int
    switches: int

    def __sub__(self, earlier: "Usage") -> "Usage":
        return Usage(self.cpu_ns - earlier.cpu_ns, self.switches - earlier.switches)


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
    switches = 0
    for process in processes_of(pid):
        for task in Path(f"/proc/{process}/task").iterdir():
            cpu_ns += int((task / "schedstat").read_text(encoding="ascii").split()[0])
            for line in (task / "status").read_text(encoding="ascii").splitlines():
                if line.endswith(tuple("0123456789")) and "ctxt_switches" in line:
                    switches += int(line.split()[-1])
    return Usage(cpu_ns, switches)


def load_average() -> list[float]:
    """Over 1, 5 and 15 minutes."""
    return [float(word) for word in Path("/proc/loadavg").read_text(encoding="ascii").split()[:3]]
