"""System calls per request, counted by strace during a short run of its own."""

import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from accounting import processes_of
from load import Shape, run_wrk
from servers import Server


def total_calls(report: str) -> int | None:
    """The number in the 'total' line of `strace -c`."""
    for line in report.splitlines():
        words = line.split()
        if words and words[-1] == "total":
            return int(words[3])
    return None


def syscalls_per_request(server: Server, shape: Shape) -> float | None:
    """None when strace is missing or may not attach."""
    if shutil.which("strace") is None:
        return None
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "calls"
        pids = [word for pid in processes_of(server.pid) for word in ("-p", str(pid))]
        tracer = subprocess.Popen(["strace", "-f", "-q", "-c", "-o", str(report), *pids],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Traced, the server is several times slower: only the count is used, no time.
        result, _ = run_wrk(server, shape)
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
        calls = total_calls(report.read_text(encoding="utf-8")) if report.exists() else None
    return None if calls is None else calls / max(1, result["requests"])
