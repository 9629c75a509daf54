"""Instance generator (format power-sched/1), standard library only, deterministic per seed.

python3 generate.py FAMILY SEED TASKS [DEVICES] > instance.json
python3 generate.py --public DIR        # rewrites the public set
"""

# Kept as it was given, so that scores are the same everywhere.
# ruff: noqa: ANN001, ANN201, ANN202, B905, D103, D205, D209, E501, PTH103, PTH118, PTH123, RET504, S311

import json
import math
import os
import random
import sys

STATES = [
    {
        "name": "critical",
        "max_level": 15,
        "cpu": 0.3,
        "memory": 0.5,
        "network": 0.2,
        "concurrency": 1,
    },
    {
        "name": "low",
        "max_level": 30,
        "cpu": 0.5,
        "memory": 0.7,
        "network": 0.4,
        "concurrency": 2,
    },
    {
        "name": "normal",
        "max_level": 50,
        "cpu": 0.7,
        "memory": 0.8,
        "network": 0.6,
        "concurrency": 3,
    },
    {
        "name": "optimal",
        "max_level": 100,
        "cpu": 0.9,
        "memory": 0.9,
        "network": 0.8,
        "concurrency": 4,
    },
]
# the four profiles: least level (%), shares of cpu, memory and network, deferrable
TYPES = {
    "backup": (30, 0.25, 0.15, 0.35, True),
    "sync": (20, 0.15, 0.10, 0.40, True),
    "streaming": (15, 0.30, 0.20, 0.45, False),
    "indexing": (40, 0.40, 0.30, 0.10, True),
}
PRIORITY = ["critical", "high", "normal", "low"]


def _rate(e_centi: int, slot: int) -> float:
    """%/h that makes exactly e_centi centi-percent per slot."""
    return round(e_centi * 60 / slot / 100, 4)


def _pick_priority(r: random.Random) -> str:
    return r.choices(PRIORITY, (1, 3, 6, 4))[0]


def _task(
    r,
    i,
    slot,
    horizon,
    devs,
    *,
    mean_min=45,
    rate=(2.0, 12.0),
    tight=0.0,
    spread=0.6,
    kinds=("backup", "sync", "indexing", "streaming"),
    kw=(3, 4, 3, 1),
    n_opt=1,
):
    kind = r.choices(kinds, kw)[0]
    mb, c, m, n, deferrable = TYPES[kind]
    minutes = min(6 * 60, max(slot, r.lognormvariate(math.log(mean_min), 0.6)))
    dur = max(1, round(minutes / slot))
    dur = min(dur, max(1, horizon // 3))
    release = 0 if r.random() > spread else r.randrange(0, max(1, int(horizon * 0.7)))
    release = min(release, horizon - dur)
    deadline = None
    if r.random() < 0.45 + 0.5 * tight:
        room = max(
            1, int((horizon - release - dur) * r.uniform(0.15, 1.0) * (1 - 0.7 * tight))
        )
        deadline = min(horizon, release + dur + room)
    jitter = r.uniform(0.7, 1.3)
    opts = []
    base_rate = r.uniform(*rate) * (c + m + n) / 0.75
    for d in r.sample(devs, min(n_opt, len(devs))):
        f = r.uniform(0.6, 1.6) if n_opt > 1 else 1.0
        e = max(1, round(base_rate * f * slot / 60 * 100))
        dd = max(1, round(dur * (r.choice((1, 1, 1, 1.5)) if n_opt > 1 else 1)))
        if release + dd > (deadline or horizon):
            dd = dur
        opts.append({"device": d, "slots": dd, "rate": _rate(e, slot)})
    t = {
        "id": f"t{i}",
        "type": kind,
        "priority": _pick_priority(r),
        "release": release,
        "deadline": deadline,
        "deferrable": deferrable,
        "min_battery": mb,
        "cpu": round(min(0.85, c * jitter), 2),
        "memory": round(min(0.85, m * jitter), 2),
        "network": round(min(0.75, n * jitter), 2),
        "after": [],
        "options": opts,
    }
    return t


def _deps(r, tasks, share):
    for i in range(1, len(tasks)):
        if r.random() < share:
            j = r.randrange(max(0, i - 8), i)
            if tasks[j]["deferrable"]:
                tasks[i]["after"].append(tasks[j]["id"])
                tasks[i]["deferrable"] = True
                if tasks[i]["deadline"] is not None:
                    tasks[i]["deadline"] = None


def _device(
    i,
    level,
    base,
    plugged,
    slot,
    reserve=10,
    guard_min=60,
    usage=(0.05, 0.1, 0.02),
    targets=(),
    top=100,
):
    return {
        "id": i,
        "level": round(level, 2),
        "max_level": top,
        "reserve": reserve,
        "guard_slots": max(1, round(guard_min / slot)),
        "base": [round(v, 2) for v in base],
        "plugged": plugged,
        "targets": list(targets),
        "usage": dict(zip(("cpu", "memory", "network"), usage)),
    }


def _base(r, n, slot, drain, plugged, charge, noise=0.15):
    h = slot / 60
    on = [False] * n
    for a, b in plugged:
        for k in range(a, min(n, b)):
            on[k] = True
    return [
        (charge if on[k] else -drain * (1 + r.uniform(-noise, noise))) * h
        for k in range(n)
    ]


def _wrap(family, seed, slot, n, devices, tasks, signal=None, prefer=None):
    return {
        "format": "power-sched/1",
        "name": f"{family}-{len(tasks)}x{len(devices)}-{seed}",
        "family": family,
        "slot_minutes": slot,
        "slots": n,
        "prefer_early": (0.3 if signal else 1.0) if prefer is None else prefer,
        "signal": [round(v, 3) for v in signal] if signal else None,
        "states": STATES,
        "devices": devices,
        "tasks": tasks,
    }


def phone_overnight(seed, n_tasks, n_dev=1):
    """20:00 to 08:00; the charger is connected from about 23:00; 90 % wanted by 07:00."""
    r = random.Random(f"phone{seed}")
    slot, n = 10, 72
    devs = []
    for d in range(n_dev):
        a = r.randrange(12, 30)
        b = r.randrange(60, 69)
        devs.append(
            _device(
                f"phone{d}",
                r.uniform(18, 65),
                _base(r, n, slot, r.uniform(2, 5), [[a, b]], r.uniform(18, 40)),
                [[a, b]],
                slot,
                targets=[{"slot": 66, "level": 90}],
            )
        )
    ids = [d["id"] for d in devs]
    tasks = [
        _task(r, i, slot, n, ids, mean_min=25, rate=(6, 22), n_opt=1)
        for i in range(n_tasks)
    ]
    _deps(r, tasks, 0.1)
    return _wrap("phone_overnight", seed, slot, n, devs, tasks)


def laptop_workday(seed, n_tasks, n_dev=1):
    """08:00 to 20:00; unplugged for meetings; deadlines through the day; day price signal."""
    r = random.Random(f"laptop{seed}")
    slot, n = 15, 48
    devs = []
    for d in range(n_dev):
        a = r.randrange(10, 18)
        p = [[a, a + r.randrange(3, 7)], [r.randrange(30, 38), 48]]
        devs.append(
            _device(
                f"laptop{d}",
                r.uniform(45, 95),
                _base(r, n, slot, r.uniform(6, 12), p, r.uniform(25, 45)),
                p,
                slot,
            )
        )
    ids = [d["id"] for d in devs]
    tasks = [
        _task(
            r,
            i,
            slot,
            n,
            ids,
            mean_min=40,
            rate=(6, 20),
            tight=0.4,
            n_opt=min(2, n_dev),
        )
        for i in range(n_tasks)
    ]
    _deps(r, tasks, 0.15)
    return _wrap("laptop_workday", seed, slot, n, devs, tasks)


def nas_ups(seed, n_tasks, n_dev=1):
    """Power cut: a UPS draining fast, mains expected back late in a 4 h horizon; job chains."""
    r = random.Random(f"ups{seed}")
    slot, n = 5, 48
    devs = []
    for d in range(n_dev):
        back = r.randrange(24, 44)
        devs.append(
            _device(
                f"ups{d}",
                r.uniform(70, 100),
                _base(
                    r, n, slot, r.uniform(12, 24), [[back, n]], r.uniform(15, 30), 0.05
                ),
                [[back, n]],
                slot,
                reserve=20,
                guard_min=20,
            )
        )
    ids = [d["id"] for d in devs]
    tasks = [
        _task(
            r,
            i,
            slot,
            n,
            ids,
            mean_min=18,
            rate=(10, 40),
            tight=0.3,
            spread=0.3,
            n_opt=min(2, n_dev),
        )
        for i in range(n_tasks)
    ]
    _deps(r, tasks, 0.35)
    return _wrap("nas_ups", seed, slot, n, devs, tasks)


def home_solar(seed, n_tasks, n_dev=1):
    """24 h; home battery with solar; signal = price net of own sun; few, large loads; n_dev batteries."""
    r = random.Random(f"solar{seed}")
    slot, n = 15, 96
    start = r.choice((0, 24, 68))  # starts 00:00, 06:00 or 17:00
    sun = [
        max(0.0, math.sin(math.pi * (((k + start) % 96) / 4 - 6.5) / 12))
        if 26 <= (k + start) % 96 <= 74
        else 0.0
        for k in range(n)
    ]
    cloud = r.uniform(0.5, 1.0)
    price = [
        0.45
        + (0.35 if 68 <= (k + start) % 96 <= 84 else 0.0)
        - (0.2 if (k + start) % 96 < 20 else 0.0)
        for k in range(n)
    ]
    signal = [
        min(1.0, max(0.0, price[k] + r.uniform(-0.05, 0.05) - 0.6 * cloud * sun[k]))
        for k in range(n)
    ]
    devs = []
    for d in range(n_dev):
        c = r.uniform(10, 20) * cloud
        base = [(c * sun[k] - r.uniform(2.0, 3.5)) * slot / 60 for k in range(n)]
        devs.append(
            _device(
                f"home{d}",
                r.uniform(25, 70),
                base,
                [],
                slot,
                reserve=15,
                usage=(0.1, 0.0, 0.0),
            )
        )
    ids = [d["id"] for d in devs]
    tasks = []
    for i in range(n_tasks):
        t = _task(
            r,
            i,
            slot,
            n,
            ids,
            mean_min=80,
            rate=(4, 16),
            spread=0.5,
            n_opt=min(2, n_dev),
            kinds=("backup", "sync", "indexing"),
            kw=(1, 1, 1),
        )
        t["min_battery"] = r.choice((20, 25, 30))
        tasks.append(t)
    _deps(r, tasks, 0.15)
    return _wrap("home_solar", seed, slot, n, devs, tasks, signal)


def tablet_fleet(seed, n_tasks, n_dev=6):
    """24 h; wall tablets, staggered charging; most tasks may run on any of three."""
    r = random.Random(f"fleet{seed}")
    slot, n = 15, 96
    devs = []
    for d in range(n_dev):
        a = r.randrange(0, 80)
        p = [[a, min(n, a + r.randrange(4, 16))]] if r.random() < 0.8 else []
        devs.append(
            _device(
                f"tab{d}",
                r.uniform(15, 90),
                _base(r, n, slot, r.uniform(1, 4), p, r.uniform(15, 35)),
                p,
                slot,
            )
        )
    ids = [d["id"] for d in devs]
    tasks = [
        _task(
            r,
            i,
            slot,
            n,
            ids,
            mean_min=60,
            rate=(5, 18),
            tight=0.2,
            n_opt=r.choice((1, 2, 3, 3)),
        )
        for i in range(n_tasks)
    ]
    _deps(r, tasks, 0.12)
    return _wrap("tablet_fleet", seed, slot, n, devs, tasks)


def tight(seed, n_tasks, n_dev=2):
    """Adversarial: no charging until late, knapsack-like energies that punish pure priority order,
    state cliffs just below the start level, tight windows, a sharp cheap valley in the signal."""
    r = random.Random(f"tight{seed}")
    slot, n = 15, 48
    devs = []
    for d in range(n_dev):
        a = r.randrange(36, 44)
        devs.append(
            _device(
                f"dev{d}",
                r.choice((52, 56, 33, 62)) + r.uniform(0, 2),
                _base(r, n, slot, r.uniform(0.5, 1.5), [[a, n]], 12),
                [[a, n]],
                slot,
            )
        )
    ids = [d["id"] for d in devs]
    tasks = []
    for i in range(n_tasks):
        t = _task(
            r,
            i,
            slot,
            n,
            ids,
            mean_min=45,
            rate=(4, 30),
            tight=0.8,
            spread=0.7,
            n_opt=min(2, n_dev),
            kinds=("backup", "sync", "indexing", "streaming"),
            kw=(2, 2, 2, 2),
        )
        if r.random() < 0.2:  # heavy and only slightly more important
            t["priority"] = r.choice(("critical", "high"))
            for o in t["options"]:
                o["rate"] = _rate(
                    max(1, round(o["rate"] * 2.2 * slot / 60 * 100)), slot
                )
        t["min_battery"] = r.choice((15, 20, 30, 40, 50))
        tasks.append(t)
    _deps(r, tasks, 0.15)
    valley = r.randrange(6, 30)
    signal = [0.9 if not valley <= k < valley + 8 else 0.1 for k in range(n)]
    return _wrap("tight", seed, slot, n, devs, tasks, signal, prefer=0.5)


def scale(seed, n_tasks, n_dev=10):
    """Growth runs: 24 h in 15 min slots, short light tasks (about 100 fit on one device)."""
    r = random.Random(f"scale{seed}")
    slot, n = 15, 96
    devs = []
    for d in range(n_dev):
        a = r.randrange(0, 80)
        p = [[a, min(n, a + r.randrange(8, 20))]]
        devs.append(
            _device(
                f"dev{d}",
                r.uniform(30, 90),
                _base(r, n, slot, r.uniform(1, 3), p, r.uniform(15, 35)),
                p,
                slot,
            )
        )
    ids = [d["id"] for d in devs]
    tasks = [
        _task(
            r,
            i,
            slot,
            n,
            ids,
            mean_min=25,
            rate=(1, 5),
            tight=0.1,
            n_opt=r.choice((1, 2, 3)),
        )
        for i in range(n_tasks)
    ]
    _deps(r, tasks, 0.1)
    inst = _wrap("scale", seed, slot, n, devs, tasks)
    inst["name"] = f"scale-{n_tasks}x{n_dev}-{seed}"
    return inst


FAMILIES = {
    f.__name__: f
    for f in (
        phone_overnight,
        laptop_workday,
        nas_ups,
        home_solar,
        tablet_fleet,
        tight,
        scale,
    )
}
# (family, tasks, devices) of one set
PLAN = [
    ("phone_overnight", 10, 1),
    ("phone_overnight", 25, 1),
    ("phone_overnight", 50, 2),
    ("laptop_workday", 10, 1),
    ("laptop_workday", 25, 1),
    ("laptop_workday", 50, 3),
    ("nas_ups", 10, 1),
    ("nas_ups", 25, 1),
    ("nas_ups", 50, 3),
    ("home_solar", 10, 1),
    ("home_solar", 25, 1),
    ("home_solar", 50, 3),
    ("tablet_fleet", 10, 4),
    ("tablet_fleet", 25, 4),
    ("tablet_fleet", 50, 6),
    ("tight", 10, 1),
    ("tight", 25, 2),
    ("tight", 50, 4),
    ("tablet_fleet", 200, 10),
    ("tight", 200, 8),
]


def make_set(seeds):
    for k, (fam, n, d) in enumerate(PLAN):
        yield FAMILIES[fam](seeds[k], n, d)


def dump(inst, path):
    with open(path, "w") as f:
        json.dump(inst, f, separators=(",", ":"))
        f.write("\n")


def main(argv):
    if argv[1] == "--public":
        os.makedirs(argv[2], exist_ok=True)
        for inst in make_set([1000 + k for k in range(len(PLAN))]):
            dump(inst, os.path.join(argv[2], inst["name"] + ".json"))
        return
    print(
        json.dumps(
            FAMILIES[argv[1]](int(argv[2]), int(argv[3]), *(int(a) for a in argv[4:5]))
        )
    )


if __name__ == "__main__":
    main(sys.argv)
