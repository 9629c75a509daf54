"""From a task to how, and until when, it may run on the devices of a problem."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import Self

from ..snapshot import DevicePower
from ..task import Task
from .grid import HOUR, RESOURCES, SLOT, slots_for
from .problem import Amounts, Option


@dataclass(frozen=True, slots=True)
class Host:
    """A device that is known, as far as tasks are concerned."""

    number: int
    """Its position in the problem."""

    id: str
    capacity: float | None
    """The energy (Wh) of its full battery."""

    told: tuple[str, ...]
    """The resources that it tells of, and so limits."""

    @classmethod
    def of(cls, number: int, device: str, power: DevicePower) -> Self:
        """Return a device of a snapshot."""
        told = (r for r in RESOURCES if getattr(power.usage, r) is not None)
        return cls(number, device, power.settings.capacity, tuple(told))


def pose_options(task: Task, hosts: Iterable[Host]) -> Iterator[Option]:
    """Yield how a task would run on each device that may run it."""
    slots = slots_for(task.duration)
    hours = task.duration / HOUR
    least = round(100 * task.min_battery)
    demands: dict[tuple[str, ...], Amounts] = {}
    for host in hosts:
        if task.devices is not None and host.id not in task.devices:
            continue
        if (drain := task.drain_on(host.capacity)) is not None:
            if host.told not in demands:
                demands[host.told] = _demand(task, host.told)
            yield Option(
                device=host.number,
                slots=slots,
                drain=round(100 * drain * hours / slots),
                demand=demands[host.told],
                min_battery=least,
                requires_power=task.requires_power,
            )


def end_by(task: Task, at: datetime, slots: int) -> int:
    """Return the boundary by which a task must have ended.

    It follows from the last start that is in time, as the last slot of a run need
    not be used up.
    """
    if task.deadline is None:
        return slots
    last_start = floor((task.deadline - task.duration - at) / SLOT)
    return min(slots, last_start + slots_for(task.duration))


def _demand(task: Task, told: tuple[str, ...]) -> Amounts:
    """Return a task's demand; nothing where the device does not limit it."""
    cpu, memory, network = (
        round(100 * getattr(task.demand, resource)) if resource in told else 0
        for resource in RESOURCES
    )
    return cpu, memory, network, 1
