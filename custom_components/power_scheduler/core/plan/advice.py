"""The cheapest single change that would let a task run now."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Final

from ..decision import Change, ChangeKind
from ..reason import ReasonCode
from ..request import Override
from .explain import alone
from .grid import SLOT
from .pose import pose
from .problem import Amounts, DeviceProblem, Option, Placement
from .rules import Failure
from .verdict import Case

PRICES: Final = {
    ChangeKind.PLUG_IN: 10.0,
    ChangeKind.LOWER_MINIMUM: 1.0,
    ChangeKind.LOWER_RESERVE: 1.0,
    ChangeKind.WAIT: 1 / 6,
    ChangeKind.FEWER_TASKS: 10.0,
    ChangeKind.LESS_CPU: 1.0,
    ChangeKind.LESS_MEMORY: 1.0,
    ChangeKind.LESS_NETWORK: 1.0,
}
"""What a change costs, once or per point, minute or task, in points of a percent.

An hour's wait, a walk to the charger and one task less are each worth ten points.
"""

_LESS: Final = {
    ReasonCode.CPU_OVER_LIMIT: (0, ChangeKind.LESS_CPU, "%"),
    ReasonCode.MEMORY_OVER_LIMIT: (1, ChangeKind.LESS_MEMORY, "%"),
    ReasonCode.NETWORK_OVER_LIMIT: (2, ChangeKind.LESS_NETWORK, "%"),
    ReasonCode.CONCURRENCY_FULL: (3, ChangeKind.FEWER_TASKS, "tasks"),
}
"""Of which of a device's amounts in use less would help, and in which unit."""


@dataclass(frozen=True, slots=True)
class Adviser:
    """Finds changes and tries each of them before it is named."""

    case: Case
    _plugged: dict[int, DeviceProblem] = field(default_factory=dict)

    def cheapest(
        self, task: int, option: Option, place: Placement | None = None
    ) -> Change | None:
        """Return the cheapest change that would let a task run, or None.

        Args:
            task: The task, which does not run now.
            option: How it would run.
            place: Its earliest place with nothing else placed, if it has one.
        """
        changes = [
            change
            for change, changed, device in self._candidates(task, option)
            if not self._failing(task, changed, device)
        ]
        if place is not None and place.start:
            minutes = place.start * SLOT.total_seconds() / 60
            changes.append(Change(ChangeKind.WAIT, minutes, "min"))
        return min(
            changes, key=lambda c: PRICES[c.kind] * (c.amount or 1), default=None
        )

    def _failing(
        self, task: int, option: Option, device: DeviceProblem
    ) -> list[Failure]:
        """Return what keeps a changed task from running now on a changed device."""
        problem = self.case.posed.problem
        devices = list(problem.devices)
        devices[option.device] = device
        return alone(replace(problem, devices=tuple(devices)), task, option, 0)

    def _candidates(
        self, task: int, option: Option
    ) -> Iterator[tuple[Change, Option, DeviceProblem]]:
        """Yield changes that may help, each with the option and device it makes."""
        device = self.case.posed.problem.devices[option.device]
        for failure in alone(self.case.posed.problem, task, option, 0):
            code = failure.code
            gap = abs((failure.required or 0) - (failure.actual or 0))
            points = ceil(gap / 100)
            if code is ReasonCode.BATTERY_BELOW_MINIMUM:
                lower = replace(option, min_battery=option.min_battery - 100 * points)
                yield Change(ChangeKind.LOWER_MINIMUM, points, "%"), lower, device
            elif code is ReasonCode.RESERVE_AT_RISK and points < device.reserve / 100:
                poorer = replace(device, reserve=device.reserve - 100 * points)
                yield Change(ChangeKind.LOWER_RESERVE, points, "%"), option, poorer
            elif code in _LESS:
                which, kind, unit = _LESS[code]
                if gap <= device.usage[which]:
                    freer = replace(device, usage=_less(device.usage, which, gap))
                    yield Change(kind, gap, unit), option, freer
        if not (device.plugged and device.plugged[0]):
            yield Change(ChangeKind.PLUG_IN), option, self._plugged_in(option.device)

    def _plugged_in(self, device: int) -> DeviceProblem:
        """Return a device as it would be with external power."""
        if device not in self._plugged:
            request, name = self.case.request, self.case.posed.devices[device]
            override = request.overrides.get(name, Override())
            override = replace(override, plugged=True)
            request = replace(request, devices=(name,), overrides={name: override})
            posed = pose(request, self.case.snapshot, {})
            self._plugged[device] = posed.problem.devices[0]
        return self._plugged[device]


def _less(amounts: Amounts, which: int, by: int) -> Amounts:
    """Return amounts of which one is lower."""
    cpu, memory, network, tasks = (
        amount - by * (i == which) for i, amount in enumerate(amounts)
    )
    return cpu, memory, network, tasks
