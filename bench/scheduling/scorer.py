"""Independent checker and scorer for power-aware schedules (format power-sched/1).

Standard library only.  See README.md for the two JSON formats and the rules R1..R6.
All battery arithmetic is done in whole centi-percent (1 = 0.01 %), all resource
arithmetic in whole percent, so that any two implementations agree exactly.

    python3 scorer.py INSTANCE.json SCHEDULE.json
"""

# Kept as it was given, so that scores are the same everywhere.
# ruff: noqa: ANN001, ANN201, ANN204, C901, D102, D103, D107, D205, D209, D401, E501, FBT001, PERF401, PLR0912, PTH123, RUF005, RUF046

import json
import sys

WEIGHTS = {"critical": 64, "high": 16, "normal": 4, "low": 1}
DONE_SHARE = 0.8  # share of a task's value earned by being done in time
TIMING_SHARE = 0.2  # share earned by when it is done (sooner / at a better signal)
MARGIN_VALUE = 0.5  # whole plan's battery margin is worth half a low task
RES = ("cpu", "memory", "network")


def centi(x) -> int:
    """Percent -> whole centi-percent."""
    return int(round(float(x) * 100))


class Instance:
    """Parsed instance with integer units."""

    def __init__(self, raw: dict):
        self.raw = raw
        self.name = raw.get("name", "")
        self.slots = int(raw["slots"])
        self.slot_minutes = int(raw["slot_minutes"])
        self.prefer_early = float(raw.get("prefer_early", 1.0))
        sig = raw.get("signal")
        self.signal = [float(v) for v in sig] if sig else None
        if self.signal is None:
            self.prefer_early = 1.0
        # states sorted from the most to the least restricted one
        self.states = sorted(raw["states"], key=lambda s: s["max_level"])
        self.state_top = [centi(s["max_level"]) for s in self.states]
        self.state_lim = [
            tuple(centi(s[r]) for r in RES) + (int(s["concurrency"]),)
            for s in self.states
        ]
        self.devices = {}
        for d in raw["devices"]:
            plugged = [False] * self.slots
            for a, b in d.get("plugged", []):
                for k in range(max(0, a), min(self.slots, b)):
                    plugged[k] = True
            use = d.get("usage") or {}
            self.devices[d["id"]] = {
                "id": d["id"],
                "level": centi(d["level"]),
                "max": centi(d.get("max_level", 100)),
                "reserve": centi(d.get("reserve", 10)),
                "guard": int(d.get("guard_slots", 0)),
                "base": [centi(v) for v in d["base"]],
                "plugged": plugged,
                "targets": [
                    (int(t["slot"]), centi(t["level"])) for t in d.get("targets", [])
                ],
                "usage": tuple(centi(use.get(r, 0)) for r in RES),
            }
            if len(d["base"]) != self.slots:
                raise ValueError(f"device {d['id']}: base needs {self.slots} values")
        self.tasks = {}
        for t in raw["tasks"]:
            end_by = (
                self.slots
                if t.get("deadline") is None
                else min(self.slots, int(t["deadline"]))
            )
            opts = []
            emax = 0
            for o in t["options"]:
                e = centi(float(o["rate"]) * self.slot_minutes / 60)
                emax = max(emax, e * int(o["slots"]))
                opts.append([o["device"], int(o["slots"]), e])
            self.tasks[t["id"]] = {
                "id": t["id"],
                "weight": WEIGHTS[t.get("priority", "normal")],
                "release": int(t.get("release", 0)),
                "end_by": end_by,
                "deferrable": bool(t.get("deferrable", True)),
                "min_battery": centi(t.get("min_battery", 0)),
                "demand": tuple(centi(t.get(r, 0)) for r in RES),
                "after": list(t.get("after", [])),
                "options": {o[0]: (o[1], o[2]) for o in opts},
                "emax": emax,
            }
        self.total_weight = sum(t["weight"] for t in self.tasks.values())

    # -- value of one placed task (independent of every other task) -----------------
    def quality(self, t: dict, device: str, start: int) -> float:
        dur, e = t["options"][device]
        span = t["end_by"] - dur - t["release"]
        early = 1.0 if span <= 0 else 1.0 - (start - t["release"]) / span
        if self.signal is None:
            return early
        mean = sum(self.signal[start : start + dur]) / dur
        cost = mean * (e * dur / t["emax"] if t["emax"] else 0.0)
        return self.prefer_early * early + (1.0 - self.prefer_early) * (1.0 - cost)

    def gain(self, t: dict, device: str, start: int) -> float:
        return t["weight"] * (
            DONE_SHARE + TIMING_SHARE * self.quality(t, device, start)
        )

    def state_index(self, level: int, plugged: bool) -> int:
        if plugged:
            return len(self.states) - 1
        for j, top in enumerate(self.state_top):
            if level <= top:
                return j
        return len(self.states) - 1


def simulate(dev: dict, slots: int, use: list[int]) -> list[int]:
    """Level at the start of every slot (slots+1 values); use[k] = task drain in slot k."""
    b = [dev["level"]]
    base, top = dev["base"], dev["max"]
    for k in range(slots):
        b.append(max(0, min(top, b[k] + base[k] - use[k])))
    return b


def check_device(inst: Instance, dev: dict, placed: list[tuple[dict, int]]):
    """placed: [(task, start)] on this device -> (levels, [violation strings])."""
    n = inst.slots
    use = [0] * n
    load = [list(dev["usage"]) + [0] for _ in range(n)]
    for t, s in placed:
        dur, e = t["options"][dev["id"]]
        for k in range(max(0, s), min(n, s + dur)):
            use[k] += e
            row = load[k]
            for r in range(3):
                row[r] += t["demand"][r]
            row[3] += 1
    b = simulate(dev, n, use)
    bad = []
    for k in range(n):
        if load[k][3]:
            lim = inst.state_lim[inst.state_index(b[k], dev["plugged"][k])]
            for r in range(4):
                if load[k][r] > lim[r]:
                    bad.append(
                        f"R4 {dev['id']} slot {k}: {(RES + ('concurrency',))[r]} "
                        f"{load[k][r]} > {lim[r]}"
                    )
    for t, s in placed:
        dur, _ = t["options"][dev["id"]]
        if not dev["plugged"][s] and b[s] < t["min_battery"]:
            bad.append(
                f"R3 {t['id']}: level {b[s] / 100} below its min_battery at start"
            )
        for k in range(s + 1, min(n, s + dur + dev["guard"]) + 1):
            if b[k] < dev["reserve"]:
                bad.append(
                    f"R5 {t['id']}: level {b[k] / 100} below reserve at slot {k}"
                )
                break
    if dev["targets"] and placed:
        free = simulate(dev, n, [0] * n)
        for k, lv in dev["targets"]:
            if b[k] < min(lv, free[k]):
                bad.append(
                    f"R6 {dev['id']}: level {b[k] / 100} misses target {lv / 100} at slot {k}"
                )
    return b, bad


def check_task(
    inst: Instance, t: dict, device: str, start: int, placed: dict
) -> list[str]:
    """Rules R1 and R2. placed: id -> (device, start)."""
    if device not in t["options"] or device not in inst.devices:
        return [f"R1 {t['id']}: device {device} not allowed"]
    if not isinstance(start, int) or isinstance(start, bool):
        return [f"R1 {t['id']}: start must be a whole slot number"]
    bad = []
    dur, _ = t["options"][device]
    if start < t["release"]:
        bad.append(f"R1 {t['id']}: starts before release")
    if start + dur > t["end_by"]:
        bad.append(f"R1 {t['id']}: ends after deadline or horizon")
    if not t["deferrable"] and start != t["release"]:
        bad.append(f"R1 {t['id']}: not deferrable but moved")
    for p in t["after"]:
        if p not in placed:
            bad.append(f"R2 {t['id']}: {p} is not placed")
        else:
            pd, ps = placed[p]
            if ps + inst.tasks[p]["options"][pd][0] > start:
                bad.append(f"R2 {t['id']}: starts before {p} has ended")
    return bad


def placements(schedule) -> dict:
    """Schedule JSON -> {task id: (device, start)} of the placed tasks."""
    rows = schedule["tasks"] if isinstance(schedule, dict) else schedule
    out = {}
    for r in rows:
        if r.get("decision") in ("deferred", "rejected") or r.get("start") is None:
            continue
        if r["id"] in out:
            raise ValueError(f"task {r['id']} placed twice")
        out[r["id"]] = (r["device"], r["start"])
    return out


def objective(inst: Instance, placed: dict, levels: dict) -> dict:
    done = sum(inst.tasks[i]["weight"] for i in placed)
    value = sum(inst.gain(inst.tasks[i], d, s) for i, (d, s) in placed.items())
    margin = sum(min(b) for b in levels.values()) / (10000 * len(levels))
    raw = value + MARGIN_VALUE * margin
    return {
        "objective": raw,
        "score": raw / (inst.total_weight + MARGIN_VALUE),
        "done_weight": done,
        "done_share": done / max(1, inst.total_weight),
        "placed": len(placed),
        "margin": margin,
    }


def score(inst: Instance, schedule) -> dict:
    """Full check.  An infeasible schedule scores 0 and lists its violations."""
    try:
        placed = placements(schedule)
    except (KeyError, TypeError, ValueError) as err:
        return {
            "feasible": False,
            "violations": [f"format: {err}"],
            "score": 0.0,
            "objective": 0.0,
            "placed": 0,
            "done_share": 0.0,
            "done_weight": 0,
            "margin": 0.0,
        }
    bad = [f"unknown task {i}" for i in placed if i not in inst.tasks]
    placed = {i: p for i, p in placed.items() if i in inst.tasks}
    for i, (d, s) in placed.items():
        bad += check_task(inst, inst.tasks[i], d, s, placed)
    levels = {}
    if not bad:
        per = {d: [] for d in inst.devices}
        for i, (d, s) in placed.items():
            per[d].append((inst.tasks[i], s))
        for d, dev in inst.devices.items():
            levels[d], more = check_device(inst, dev, per[d])
            bad += more
        rows = schedule["tasks"] if isinstance(schedule, dict) else schedule
        for r in rows:  # optional fields are checked when given
            if r["id"] in placed:
                d, s = placed[r["id"]]
                end = s + inst.tasks[r["id"]]["options"][d][0]
                if r.get("end") is not None and r["end"] != end:
                    bad.append(f"end of {r['id']} is {r['end']}, must be {end}")
                for key, k in (("battery_before", s), ("battery_after", end)):
                    if (
                        r.get(key) is not None
                        and abs(r[key] - levels[d][k] / 100) > 0.5
                    ):
                        bad.append(
                            f"{key} of {r['id']} is {r[key]}, simulated {levels[d][k] / 100}"
                        )
    if bad:
        return {
            "feasible": False,
            "violations": bad,
            "score": 0.0,
            "objective": 0.0,
            "placed": len(placed),
            "done_share": 0.0,
            "done_weight": 0,
            "margin": 0.0,
        }
    out = objective(inst, placed, levels)
    out.update(feasible=True, violations=[])
    return out


def credited(inst: Instance, schedule) -> dict:
    """What an unsafe plan is worth behind a safety guard: walk its starts in time order
    (list order within a slot) and admit a task only if every rule still holds; drop it
    otherwise.  Equal to score() for a feasible schedule with no order effects."""
    want = list(placements(schedule).items())
    want.sort(key=lambda kv: kv[1][1])
    placed, per = {}, {d: [] for d in inst.devices}
    for i, (d, s) in want:
        t = inst.tasks.get(i)
        if t is None or check_task(inst, t, d, s, placed):
            continue
        _, bad = check_device(inst, inst.devices[d], per[d] + [(t, s)])
        if bad:
            continue
        placed[i] = (d, s)
        per[d].append((t, s))
    levels = {d: check_device(inst, dev, per[d])[0] for d, dev in inst.devices.items()}
    out = objective(inst, placed, levels)
    out.update(feasible=True, violations=[], dropped=len(want) - len(placed))
    return out


def load_instance(path) -> Instance:
    with open(path) as f:
        return Instance(json.load(f))


def main(argv):
    inst = load_instance(argv[1])
    with open(argv[2]) as f:
        sched = json.load(f)
    res = score(inst, sched)
    res["credited_score"] = credited(inst, sched)["score"]
    print(json.dumps(res, indent=1))
    return 0 if res["feasible"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
