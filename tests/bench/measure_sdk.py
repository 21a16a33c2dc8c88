"""The SDK's own cost: one call of hello against a host whose services do nothing."""

import json
import subprocess

import rows
from compare import Spread
from plan import Plan
from report import Report
from servers import ROOT

PROGRAM = ROOT / "build" / "release" / "bin" / "sdk_cost"


def measure(plan: Plan, report: Report) -> None:
    output = subprocess.run(["taskset", "-c", str(plan.server_core), str(PROGRAM)], check=True,
                            capture_output=True, text=True, timeout=60).stdout
    found = json.loads(output)
    cost = Spread(found["ns_per_call"], found["lowest"], found["highest"])
    report.figure("SDK", "one call of hello, plugin's side", cost, "ns")
    report.add(rows.at_most("SDK", "one call of hello on the plugin's side", cost, 300, "ns"))
