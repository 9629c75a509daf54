"""Baseline schedulers for power-sched/1: a naive greedy, FIFO, priority and EDF dispatching.

Standard library only.

FIFO, priority and EDF are list dispatchers: they walk the slots in time order; in each slot they
walk the ready tasks in their rule's order and start each one that may run now, on the allowed
device that finishes it first (ties: the one it drains least).  They look ahead only over what they
have already started, never at tasks still waiting.

The naive greedy sorts by (priority, mean weight), defers a deferrable task when the predicted level
after its duration is below 70 %, and otherwise takes it if what it reckons to be left of the battery
is at least its min_battery.  It has no clock, so what it takes starts
at once (at its release here), on its first allowed device; it checks neither limits nor reserve,
so its plan is usually infeasible: score it with scorer.credited().
"""

# Kept as it was given, so that scores are the same everywhere.
# ruff: noqa: ANN001, ANN201, ANN202, ANN204, C901, D103, E501, E741, N812, RUF005

from . import scorer as S

ORDER = {64: 0, 16: 1, 4: 2, 1: 3}
WEIGHT = {
    "backup": (0.5, 0.3, 0.7),
    "sync": (0.3, 0.2, 0.8),
    "streaming": (0.6, 0.4, 0.9),
    "indexing": (0.8, 0.6, 0.2),
}


def _rows(inst, placed):
    out = []
    for i, t in inst.tasks.items():
        if i in placed:
            d, s = placed[i]
            out.append(
                {
                    "id": i,
                    "decision": "run_now" if s == 0 else "scheduled",
                    "device": d,
                    "start": s,
                    "end": s + t["options"][d][0],
                }
            )
        else:
            out.append({"id": i, "decision": "rejected", "device": None, "start": None})
    return {"instance": inst.name, "tasks": out}


def naive(inst):
    raw = {t["id"]: t for t in inst.raw["tasks"]}
    placed = {}
    avail = {d: v["level"] / 100 for d, v in inst.devices.items()}
    hour = max(1, round(60 / inst.slot_minutes))
    trend = {d: sum(v["base"][:hour]) / 100 for d, v in inst.devices.items()}
    order = sorted(
        inst.tasks,
        key=lambda i: (ORDER[inst.tasks[i]["weight"]], sum(WEIGHT[raw[i]["type"]]) / 3),
    )
    for i in order:
        t = inst.tasks[i]
        d = next(iter(t["options"]))
        dur = t["options"][d][0]
        hours = dur * inst.slot_minutes / 60
        if t["deferrable"]:
            level = inst.devices[d]["level"] / 100 + trend[d] * hours
            p = (
                1.0
                if inst.devices[d]["plugged"][0]
                else max(0.0, min(1.0, level / 100))
            )
            if p < 0.7:
                continue
        if avail[d] >= t["min_battery"] / 100:
            placed[i] = (d, t["release"])
            c, m, n = WEIGHT[raw[i]["type"]]
            avail[d] -= (c * 0.1 + m * 0.05 + n * 0.15) * hours
    return _rows(inst, placed)


class _Dev:
    """What a dispatcher knows of one device: tasks started so far and the levels they lead to."""

    def __init__(self, inst, dev):
        self.inst, self.dev, self.n = inst, dev, inst.slots
        self.use = [0] * self.n
        self.load = [list(dev["usage"]) + [0] for _ in range(self.n)]
        self.floor = [0] * (self.n + 1)
        self.free = S.simulate(dev, self.n, self.use)
        for k, lv in dev["targets"]:
            self.floor[k] = max(self.floor[k], min(lv, self.free[k]))
        self.b = self.free[:]
        self.last = 0  # last boundary any started task asks something of
        self.last_target = max([k for k, _ in dev["targets"]], default=0)

    def fits(self, t, s):
        inst, dev = self.inst, self.dev
        dur, e = t["options"][dev["id"]]
        end = s + dur
        if end > t["end_by"]:
            return False
        if not dev["plugged"][s] and self.b[s] < t["min_battery"]:
            return False
        stop = max(end + dev["guard"], self.last, self.last_target)
        b = self.b[s]
        for k in range(s, min(self.n, stop)):
            row = self.load[k]
            run = k < end
            if run or row[3]:
                lim = inst.state_lim[inst.state_index(b, dev["plugged"][k])]
                dm = t["demand"] if run else (0, 0, 0)
                if (
                    row[0] + dm[0] > lim[0]
                    or row[1] + dm[1] > lim[1]
                    or row[2] + dm[2] > lim[2]
                    or row[3] + run > lim[3]
                ):
                    return False
            b = max(
                0, min(dev["max"], b + dev["base"][k] - self.use[k] - (e if run else 0))
            )
            if b < self.floor[k + 1] or (k < end + dev["guard"] and b < dev["reserve"]):
                return False
        return True

    def start(self, t, s):
        dev = self.dev
        dur, e = t["options"][dev["id"]]
        for k in range(s, s + dur):
            self.use[k] += e
            for r in range(3):
                self.load[k][r] += t["demand"][r]
            self.load[k][3] += 1
        stop = min(self.n, s + dur + dev["guard"])
        for k in range(s + 1, stop + 1):
            self.floor[k] = max(self.floor[k], dev["reserve"])
        self.last = max(self.last, stop)
        for k in range(s, self.n):
            self.b[k + 1] = max(
                0, min(dev["max"], self.b[k] + dev["base"][k] - self.use[k])
            )


def dispatch(inst, key):
    devs = {d: _Dev(inst, v) for d, v in inst.devices.items()}
    waiting = sorted(inst.tasks, key=key)
    placed, end = {}, {}
    top = max(l[3] for l in inst.state_lim)
    for s in range(inst.slots):
        left = []
        for i in waiting:
            t = inst.tasks[i]
            if t["release"] > s:
                left.append(i)
                continue
            if not t["deferrable"] and s > t["release"]:
                continue
            if any(p not in end or end[p] > s for p in t["after"]):
                if t["deferrable"]:
                    left.append(i)
                continue
            best = None
            for d, (dur, e) in t["options"].items():
                if devs[d].load[s][3] >= top:
                    continue
                k = (s + dur, e * dur)
                if (best is None or k < best[0]) and devs[d].fits(t, s):
                    best = (k, d)
            if best:
                d = best[1]
                devs[d].start(t, s)
                placed[i] = (d, s)
                end[i] = s + t["options"][d][0]
            elif (
                t["deferrable"]
                and s + 1 + min(o[0] for o in t["options"].values()) <= t["end_by"]
            ):
                left.append(i)
        waiting = left
    return _rows(inst, placed)


def fifo(inst):
    pos = {i: k for k, i in enumerate(inst.tasks)}
    return dispatch(inst, lambda i: (inst.tasks[i]["release"], pos[i]))


def priority(inst):
    pos = {i: k for k, i in enumerate(inst.tasks)}
    return dispatch(
        inst, lambda i: (-inst.tasks[i]["weight"], inst.tasks[i]["release"], pos[i])
    )


def edf(inst):
    pos = {i: k for k, i in enumerate(inst.tasks)}
    return dispatch(
        inst, lambda i: (inst.tasks[i]["end_by"], -inst.tasks[i]["weight"], pos[i])
    )
