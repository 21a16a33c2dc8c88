#!/usr/bin/env python3
"""Starts a built host, asks it for a few things, one of which fails, and hands GET /metrics to
`promtool check metrics`, which must have nothing to say.

promtool is taken from the PATH or from build/tools, where scripts/setup --checks puts it. The host
listens on ports that the kernel chooses, and is ended by its process id.
"""

import argparse
import http.client
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 30

CONFIGURATION = {
    "data": {"port": 0},
    "admin": {"port": 0, "auth": "none"},
}
# `thr` throws; `count` answers.
APP = {
    "backends": {name: {"plugin": name, "handler": name} for name in ("count", "thr")},
    "endpoints": {name: {"route": f"/{name}", "traffic": {name: 1.0}} for name in ("count", "thr")},
}
REQUESTS = (("/count", 200), ("/thr", 500), ("/nowhere", 404))


class CheckError(Exception):
    """What is wrong, for people."""


def find_promtool() -> str:
    found = shutil.which("promtool") or shutil.which(str(ROOT / "build" / "tools" / "promtool"))
    if found is None:
        raise CheckError("promtool is missing; scripts/setup --checks fetches it")
    return found


def ask(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def wait_ready(host: subprocess.Popen) -> tuple[int, int]:
    """The ports of the line that a host prints when it serves."""
    assert host.stdout is not None
    readable, _, _ = select.select([host.stdout], [], [], LIMIT_S)
    line = host.stdout.readline().decode() if readable else ""
    ports = re.search(r"ready data=\S+:(\d+) admin=\S+:(\d+)", line)
    if ports is None:
        raise CheckError(f"the host did not become ready; it said {line!r}")
    return int(ports[1]), int(ports[2])


def scrape(build: Path, folder: Path) -> bytes:
    (folder / "host.json").write_text(json.dumps(CONFIGURATION))
    (folder / "app.json").write_text(json.dumps(APP))
    command = [build / "bin" / "backplane", "serve", "--config", folder / "host.json",
               "--app", folder / "app.json", "--plugins", build / "test_plugins",
               "--state", folder / "state"]
    with open(folder / "log", "wb") as log, subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.PIPE, stderr=log) as host:
        try:
            data, admin = wait_ready(host)
            for path, wanted in REQUESTS:
                status, _ = ask(data, path)
                if status != wanted:
                    raise CheckError(f"GET {path} was answered {status}, wanted {wanted}")
            status, page = ask(admin, "/metrics")
            if status != 200:
                raise CheckError(f"GET /metrics was answered {status}")
            return page
        finally:
            host.terminate()
            try:
                host.wait(LIMIT_S)
            except subprocess.TimeoutExpired:
                host.kill()


def check(build: Path) -> None:
    promtool = find_promtool()
    with tempfile.TemporaryDirectory(prefix="backplane-metrics-") as name:
        page = scrape(build, Path(name))
    judged = subprocess.run([promtool, "check", "metrics"], input=page, capture_output=True,
                            timeout=LIMIT_S, check=False)
    words = (judged.stdout + judged.stderr).decode(errors="replace").strip()
    if judged.returncode != 0 or words:
        raise CheckError(f"promtool check metrics:\n{words}")
    print(f"{page.count(os.linesep.encode())} lines, nothing to say")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", nargs="?", type=Path, default=ROOT / "build" / "debug",
                        help="a build folder (default: build/debug)")
    arguments = parser.parse_args()
    try:
        check(arguments.build.resolve())
    except (CheckError, OSError, http.client.HTTPException) as error:
        print(f"check_metrics: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
