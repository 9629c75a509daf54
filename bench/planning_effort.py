"""What a whole answer costs, beside the effort that it was granted.

A request of a home is made up: devices with a month of real history each, and far more
tasks than they can do. All of the answer counts: forecasts, plan, and every reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from time import process_time
from typing import Final
from zoneinfo import ZoneInfo

from custom_components.power_scheduler.core.battery import Battery
from custom_components.power_scheduler.core.plan.optimize import optimize
from custom_components.power_scheduler.core.request import Request
from custom_components.power_scheduler.core.sample import Reading, Sample, Usage
from custom_components.power_scheduler.core.snapshot import (
    DeviceSettings,
    Snapshot,
    foresee,
)
from custom_components.power_scheduler.core.task import Demand, Priority, Task

from .prediction.traces import load, samples

TRACES: Final = Path(__file__).parent / "traces"
SIZES: Final = (
    (10, 1),
    (50, 4),
    (200, 4),
    (500, 5),
    (1000, 10),
    (2000, 10),
    (5000, 20),
)
EFFORTS: Final = (0.1, 0.3, 1.0, 3.0)
AT_ONCE: Final = 0.001
"""Too short for anything but one plan and its answer."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What the answers to one list cost, in CPU seconds."""

    tasks: int
    devices: int
    least: float
    """One plan and its answer."""

    by_effort: dict[float, float]

    @property
    def worst(self) -> float:
        """The most that was spent of an effort which suffices, as a share of it."""
        return max(
            (s / effort for effort, s in self.by_effort.items() if effort > self.least),
            default=0.0,
        )


def spend() -> Iterator[Spent]:
    """Yield what lists of growing length cost."""
    for tasks, devices in SIZES:
        seconds = {effort: _seconds(tasks, devices, effort) for effort in EFFORTS}
        least = _seconds(tasks, devices, AT_ONCE)
        yield Spent(tasks, devices, least, seconds)


def _seconds(tasks: int, devices: int, effort: float) -> float:
    """Return the CPU seconds of an answer, with nothing known from the one before."""
    request, snapshot = household(tasks, devices)
    request = replace(request, effort=effort)
    before = process_time()
    optimize(request, snapshot, process_time)
    return process_time() - before


def household(tasks: int, devices: int) -> tuple[Request, Snapshot]:
    """Return a request for many tasks, and the batteries that it is about."""
    random = Random(tasks)  # noqa: S311 - no secret
    month = max((list(samples(t)) for t in load(TRACES).values()), key=len)
    now = month[-1].at
    powers = {}
    for number in range(devices):
        battery = Battery(DeviceSettings(), ZoneInfo("UTC"))
        for sample in month[:-1]:
            battery.tracker.record(sample)
        newest = Sample(now, random.uniform(30, 95), plugged=number % 3 == 0)
        usage = Usage(cpu=0.1, memory=0.2, network=0.05)
        battery.record(Reading(sample=newest, usage=usage))
        powers[f"d{number}"] = foresee(battery.glance(now), timedelta(hours=1))
    wanted = []
    for number in range(tasks):
        earliest, deadline = random.randrange(600), random.randrange(700, 1500)
        wanted.append(
            Task(
                id=f"t{number}",
                type="sync",
                duration=timedelta(minutes=random.choice((10, 15, 20, 30, 45, 60))),
                demand=Demand(
                    cpu=random.uniform(0.05, 0.4), network=random.uniform(0.05, 0.4)
                ),
                min_battery=random.choice((15, 20, 30, 40)),
                drain=random.uniform(1, 8),
                priority=random.choice(list(Priority)),
                earliest=now + timedelta(minutes=earliest) if number % 2 else None,
                deadline=now + timedelta(minutes=deadline) if number % 3 else None,
                after=(f"t{random.randrange(number)}",) if number % 9 == 8 else (),
            )
        )
    return Request(tasks=wanted, devices=tuple(powers)), Snapshot(now, powers)
