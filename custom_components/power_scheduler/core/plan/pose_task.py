"""From a task of a request to one of a problem."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor
from typing import Self

from ..snapshot import DevicePower
from ..task import Task
from .grid import HOUR, RESOURCES, SLOT, slots_for, slots_until
from .problem import Amounts, Option, TaskProblem


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


def pose_task(
    task: Task,
    at: datetime,
    slots: int,
    hosts: Iterable[Host],
    position: Mapping[str, int],
    last: tuple[int, float] | None,
) -> TaskProblem:
    """Return how a task may run on the devices of a problem.

    Args:
        task: The task.
        at: When the problem's slots begin.
        slots: How many there are.
        hosts: The devices that are known.
        position: The positions of all tasks in the problem.
        last: Its device, and the slots until its start, in the last plan.
    """
    release, needed = slots_until(task.earliest, at), slots_for(task.duration)
    end = _end_by(task, at)
    end_by = slots if end is None else min(slots, end)
    in_time = task.deadline is None or task.first_end(at) <= task.deadline
    possible = range(release, end_by - needed + 1)
    return TaskProblem(
        id=task.id,
        weight=task.priority.weight,
        release=release,
        end_by=end_by,
        may_end_later=end is None or (end > slots and in_time),
        between_slots=end is not None and end < release + needed and in_time,
        deferrable=task.may_wait,
        after=tuple(position[other] for other in task.after),
        options=tuple(_options(task, hosts)),
        kept=None if last is None else _kept(last, possible),
    )


def _options(task: Task, hosts: Iterable[Host]) -> Iterator[Option]:
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


def _end_by(task: Task, at: datetime) -> int | None:
    """Return the boundary by which a task must have ended, if there is one.

    It follows from the last start that is in time, as the last slot of a run need
    not be used up.
    """
    if task.deadline is None:
        return None
    last_start = floor((task.deadline - task.duration - at) / SLOT)
    return last_start + slots_for(task.duration)


def _kept(last: tuple[int, float], possible: range) -> tuple[int, int]:
    """Return the device and the slot that stands for a start: the next possible one.

    What follows each other does so still if all starts are rounded up; only where a
    deadline forbids it, one is rounded down.
    """
    device, ahead = last
    later = ceil(ahead)
    return device, later if later in possible else floor(ahead)


def _demand(task: Task, told: tuple[str, ...]) -> Amounts:
    """Return a task's demand; nothing where the device does not limit it."""
    cpu, memory, network = (
        round(100 * getattr(task.demand, resource)) if resource in told else 0
        for resource in RESOURCES
    )
    return cpu, memory, network, 1
