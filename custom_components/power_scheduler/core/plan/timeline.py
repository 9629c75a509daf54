"""The plan of one device: its levels and loads, and whether one more task fits.

The battery loses what tasks drain, except where it would have been full anyway. So a
task that leaves the level D lower at its end lowers every later boundary j by
max(0, D - (spilt[j] - spilt[end])), where `spilt` counts what the ceiling has thrown
away so far. With `need[j]` the lowest level that the plan so far can stand there, one
comparison answers for the whole future:

    D + spilt[end] <= slack[end],  slack[k] = min(level[j] - need[j] + spilt[j], j >= k)

Less battery and more load never help any rule. That is why testing one task at one
start needs to look at nothing but its run, its guard and this comparison.
"""

from array import array
from collections.abc import Iterator
from itertools import accumulate
from typing import Final, Self

from .problem import Amounts, DeviceProblem, Option, Placement
from .room import GUARDS, Room, packed

EMPTIED: Final = 10**9
"""Spilt where the battery is empty: whatever tasks took before makes no difference."""


class Timeline:
    """What runs on one device when, and where that leaves its battery."""

    __slots__ = (
        "_demands",
        "_drains",
        "_fixed",
        "_free",
        "_slack",
        "device",
        "levels",
        "loads",
        "need",
        "placed",
        "room",
        "spilt",
    )

    def __init__(self, device: DeviceProblem) -> None:
        """Start with nothing placed."""
        slots = len(device.base)
        self.device = device
        self.placed: dict[int, Placement] = {}
        self.levels = [device.level] * (slots + 1)
        self.room = Room(device)
        self._demands: dict[Amounts, int] = {}
        self._drains = [0] * slots
        self.loads = [0] * slots
        self.spilt = [0] * (slots + 1)
        self._fixed = [0] * (slots + 1)
        self._simulate(0)
        for boundary, level in device.targets:
            wanted = min(level, self.levels[boundary])
            self._fixed[boundary] = max(self._fixed[boundary], wanted)
        self.need = self._fixed.copy()
        self._slack: list[int] = []
        self._free = array("Q")
        self._look_ahead()

    def copy(self) -> Self:
        """Return an independent plan with the same placements."""
        twin = object.__new__(type(self))
        twin.device = self.device
        twin.placed = self.placed.copy()
        twin.levels = self.levels.copy()
        twin.room = self.room
        twin._demands = self._demands
        twin._drains = self._drains.copy()
        twin.loads = self.loads.copy()
        twin.spilt = self.spilt.copy()
        twin._fixed = self._fixed
        twin.need = self.need.copy()
        twin._slack = self._slack
        twin._free = self._free
        return twin

    def starts_with_room(self, option: Option, first: int, last: int) -> Iterator[int]:
        """Yield each start from first to last with room in every slot of its run."""
        demand = self._demand(option)
        return self.room.starts(self._free, option, demand, first, last)

    def add(self, task: int, placement: Placement) -> None:
        """Place a task where it fits."""
        self.placed[task] = placement
        self._change(placement, 1)
        self._require(placement)
        self._look_ahead()

    def remove(self, task: int) -> None:
        """Take a task away."""
        self._change(self.placed.pop(task), -1)
        self.need = self._fixed.copy()
        for placement in self.placed.values():
            self._require(placement)
        self._look_ahead()

    def _demand(self, option: Option) -> int:
        """Return an option's demand, packed."""
        demand = self._demands.get(option.demand)
        if demand is None:
            demand = self._demands[option.demand] = packed(option.demand)
        return demand

    def withstands(self, option: Option, start: int) -> bool:
        """Say whether a task fits at a start that has room."""
        demand = self._demand(option)
        levels, need, spilt = self.levels, self.need, self.spilt
        device = self.device
        if levels[start] < option.min_battery and not device.plugged[start]:
            return False
        end = start + option.slots
        allowed, loads, reserve = self.room.at, self.loads, device.reserve
        lost = 0
        for k in range(start, end):
            level = levels[k] - lost
            if level < need[k] or (k > start and level < reserve):
                return False
            if (allowed[k][level] - loads[k] - demand) & GUARDS != GUARDS:
                return False
            lost += option.drain
            lost -= min(lost, spilt[k + 1] - spilt[k])
        for k in range(end, min(end + device.guard + 1, len(levels))):
            if levels[k] - max(0, lost - spilt[k] + spilt[end]) < reserve:
                return False
        if lost + spilt[end] <= self._slack[end]:
            return True
        return lost > min(levels[end:]) and self._survives(lost, end)

    def _survives(self, lost: int, end: int) -> bool:
        """Say the same as the one comparison where the battery runs empty.

        An empty battery loses nothing more, so that less is missing afterwards.
        """
        levels, need, spilt = self.levels, self.need, self.spilt
        for k in range(end, len(levels)):
            lost -= min(lost, spilt[k] - spilt[max(end, k - 1)])
            lost = min(lost, levels[k])
            if levels[k] - lost < need[k]:
                return False
        return True

    def _change(self, placement: Placement, sign: int) -> None:
        """Add or take the drain and the load of a placement."""
        option, start = placement.option, placement.start
        demand = sign * self._demand(option)
        drain = sign * option.drain
        for k in range(start, placement.end):
            self.loads[k] += demand
            self._drains[k] += drain
        self._simulate(start)

    def _simulate(self, first: int) -> None:
        """Follow the level from a boundary on."""
        levels, spilt, drains = self.levels, self.spilt, self._drains
        base, ceiling = self.device.base, self.device.ceiling
        level, wasted = levels[first], spilt[first]
        for k in range(first, len(base)):
            level += base[k] - drains[k]
            if level > ceiling:
                wasted += level - ceiling
                level = ceiling
            elif level < 0:
                wasted += EMPTIED
                level = 0
            levels[k + 1] = level
            spilt[k + 1] = wasted

    def _require(self, placement: Placement) -> None:
        """Raise what must stand, as one placement asks it."""
        need, device = self.need, self.device
        option, start, end = placement.option, placement.start, placement.end
        if need[start] < option.min_battery and not device.plugged[start]:
            need[start] = option.min_battery
        for k in range(start, end):
            if not device.carried[k]:
                need[k] = max(need[k], self.room.lowest(self.loads[k]))
        for k in range(start + 1, min(end + device.guard + 1, len(need))):
            need[k] = max(need[k], device.reserve)

    def _look_ahead(self) -> None:
        """Sum up what the levels leave for more tasks."""
        levels = self.levels
        standing = [
            level + spilt - need
            for level, spilt, need in zip(levels, self.spilt, self.need, strict=True)
        ]
        self._slack = list(accumulate(reversed(standing), min))
        self._slack.reverse()
        self._free = array(
            "Q",
            [
                allowed[level] - load
                for allowed, level, load in zip(
                    self.room.at, levels, self.loads, strict=False
                )
            ],
        )
