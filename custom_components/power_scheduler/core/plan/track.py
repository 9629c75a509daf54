"""What runs on one device when, and where that leaves its battery."""

from array import array
from itertools import accumulate
from operator import add, getitem, sub
from typing import Final, Self

from .problem import DeviceProblem, Placement
from .room import Room

EMPTIED: Final = 10**9
"""Spilt where the battery is empty: whatever tasks took before makes no difference."""

ANY: Final = -(10**9)
"""What a boundary needs of which nothing is asked."""


class Track:
    """The levels and loads of one device with all that is placed on it."""

    def __init__(self, device: DeviceProblem) -> None:
        """Start with nothing placed."""
        slots = len(device.base)
        self.device = device
        self.room = Room(device)
        self.placed: dict[int, Placement] = {}
        self.levels = [device.level] * (slots + 1)
        self.spilt = [0] * (slots + 1)
        """By boundary: what the ceiling has thrown away so far (0.01 %)."""

        self.loads = [0] * slots
        """By slot: what our tasks use, packed."""

        self._drains = [0] * slots
        self._simulate(0)
        self._fixed = [ANY] * (slots + 1)
        for boundary, level in device.targets:
            wanted = min(level, self.levels[boundary])
            self._fixed[boundary] = max(self._fixed[boundary], wanted)
        self.need = self._fixed.copy()
        """By boundary: the lowest level (0.01 %) that the plan so far can stand."""

        self._asked = 0
        """The last boundary of which anything is asked."""

        self._find_last_asked()

    def copy(self) -> Self:
        """Return an independent plan with the same placements."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.placed = self.placed.copy()
        twin.levels = self.levels.copy()
        twin.spilt = self.spilt.copy()
        twin.loads = self.loads.copy()
        twin.need = self.need.copy()
        twin._drains = self._drains.copy()
        return twin

    def add(self, task: int, placement: Placement) -> None:
        """Place a task where it fits."""
        self.placed[task] = placement
        self._change(placement, 1)
        self._require(placement)
        self._carry(placement.start, placement.end)
        last = min(placement.end + self.device.guard, len(self.levels) - 1)
        self._asked = max(self._asked, last)

    def remove(self, task: int) -> None:
        """Take a task away."""
        placement = self.placed.pop(task)
        self._change(placement, -1)
        guard = self.device.guard
        start, end = placement.start, placement.end + guard
        self.need[start : end + 1] = self._fixed[start : end + 1]
        for other in self.placed.values():
            if other.start <= end and start <= other.end + guard:
                self._require(other)
        self._carry(start, min(end + 1, len(self.loads)))
        self._find_last_asked()

    def _change(self, placement: Placement, sign: int) -> None:
        """Add or take the drain and the load of a placement."""
        option, start = placement.option, placement.start
        demand = sign * self.room.demand(option.demand)
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
        self.lowest = min(levels)
        self.answers: dict[tuple[int, int], int | None] = {}
        """Best starts that were looked up since the last change."""

        self._changed = True

    def _require(self, placement: Placement) -> None:
        """Raise what must stand to what one placement asks for itself."""
        need, device = self.need, self.device
        option, start = placement.option, placement.start
        if need[start] < option.min_battery and not device.plugged[start]:
            need[start] = option.min_battery
        reserve = device.reserve
        end = start + option.slots + device.guard
        for k in range(start + 1, min(end + 1, len(need))):
            need[k] = max(need[k], reserve)

    def _carry(self, first: int, end: int) -> None:
        """Raise what must stand to what the loads of some slots ask."""
        need, loads, carried = self.need, self.loads, self.device.carried
        for k in range(first, end):
            load = loads[k]
            if load and not carried[k]:
                level = self.room.lowest(load)
                if level and need[k] < level:
                    need[k] = level

    def _find_last_asked(self) -> None:
        """Find the last boundary of which anything is asked."""
        asked = len(self.need) - 1
        while asked and self.need[asked] == ANY:
            asked -= 1
        self._asked = asked

    def _look_ahead(self) -> None:
        """Sum up what the plan leaves for more tasks, if it has changed."""
        if not self._changed:
            return
        self._changed = False
        levels, spilt, need = self.levels, self.spilt, self.need
        self._lowest_asked = min(levels[: self._asked + 1])
        standing = list(
            map(sub, map(add, levels, spilt, strict=True), need, strict=True)
        )
        self._slack = list(accumulate(reversed(standing), min))
        self._slack.reverse()
        slots = self.device.slots
        allowed = map(getitem, self.room.at, levels[:slots], strict=False)
        self._free = array("I", map(sub, allowed, self.loads, strict=False))
