"""EN: what an ensemble of two backends costs beside one of them, in processor time of the host."""

import rows
from backplane import Backplane, Documents, Json
from compare import compare, middle
from plan import Plan
from report import Report
from servers import Call

NAMES = ("EN",)
MEMBERS = ("member", "other")
CONNECTIONS = 64
APP: Json = {
    "backends": {
        **{tag: {"plugin": "batching", "handler": "batching"} for tag in MEMBERS},
        "ensemble": {"plugin": "ensemble", "handler": "ensemble",
                     "init": {"members": {f"backend:{tag}": 1 for tag in MEMBERS}}},
    },
    "endpoints": {tag: {"route": f"/{tag}", "methods": ["GET"], "traffic": {tag: 1.0}}
                  for tag in (*MEMBERS, "ensemble")},
}


class NumberCall(Call):
    """Members count what they are asked, and the ensemble says their mean."""

    def is_answered_by(self, body: str) -> bool:
        try:
            return float(body) > 0
        except ValueError:
            return False


def measure(plan: Plan, report: Report) -> None:
    documents = Documents(app=APP)
    with Backplane(plan.cores, NumberCall("/ensemble"), documents, "ensemble of 2") as whole, \
            Backplane(plan.cores, NumberCall("/member"), documents, "one of them") as member:
        found = compare(whole, member, plan.shape(CONNECTIONS), plan.rounds)
    report.compared("EN", "two backends or one", found)
    cost = [middle(samples, lambda sample: sample.cpu_us)
            for samples in (found.subject, found.peer)]
    report.say(f"EN   CPU of the host per request: {cost[0]:.2f} us for the ensemble, "
               f"{cost[1]:.2f} us for one of its backends, {cost[0] / cost[1]:.2f} times that")
    report.add(rows.processor("EN", "CPU per request, ensemble of two over one of them", found, 3))
