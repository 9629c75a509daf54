"""What runs on one device when, and where that leaves its battery."""

from typing import Final, Self

from .course import lowest
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

        self.answers: dict[tuple[int, int], int | None] = {}
        """Best starts that were looked up since the last change."""

        self._drains = [0] * slots
        self._stale = 0
        """The first slot whose end is not known since the last change."""

        self._changed = True
        self.refresh()
        self._fixed = [ANY] * (slots + 1)
        for boundary, level in device.targets:
            last = min(boundary, slots)
            free = self.levels[last]
            wanted = free if boundary > slots else min(level, free)
            self._fixed[last] = max(self._fixed[last], wanted)
        self.need = self._fixed.copy()
        """By boundary: the lowest level (0.01 %) that the plan so far can stand."""

        self._asked = slots
        """A boundary after which nothing is asked."""

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
        last = min(placement.end + self.device.guard, len(self.loads))
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

    def _change(self, placement: Placement, sign: int) -> None:
        """Add or take the drain and the load of a placement."""
        option, start = placement.option, placement.start
        demand = sign * self.room.demand(option.demand)
        drain = sign * option.drain
        for k in range(start, placement.end):
            self.loads[k] += demand
            self._drains[k] += drain
        self._stale = min(self._stale, start)
        self.answers = {}
        self._changed = True

    def refresh(self) -> None:
        """Follow the level on from the first slot that has changed, if any has."""
        if self._stale == len(self.levels):
            return
        levels, spilt, drains = self.levels, self.spilt, self._drains
        base, ceiling = self.device.base, self.device.ceiling
        level, wasted = levels[self._stale], spilt[self._stale]
        for k in range(self._stale, len(base)):
            level += base[k] - drains[k]
            if level > ceiling:
                wasted += level - ceiling
                level = ceiling
            elif level < 0:
                wasted += EMPTIED
                level = 0
            levels[k + 1] = level
            spilt[k + 1] = wasted
        self._stale = len(levels)
        self._lowest = lowest(self.device, levels)

    @property
    def lowest(self) -> int:
        """The lowest planned level (0.01 %)."""
        self.refresh()
        return self._lowest

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
