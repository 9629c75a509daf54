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
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import add, getitem, sub

from .problem import Option
from .room import GUARDS
from .track import ANY, Track


class Timeline(Track):
    """The plan of one device, which tells where one more task fits."""

    def fitting(self, option: Option, starts: Sequence[int]) -> Iterator[int]:
        """Yield those of some starts at which a task fits.

        Where no loss of this size empties the battery, the one comparison comes first.
        """
        self._look_ahead()
        levels, spilt, slack = self.levels, self.spilt, self._slack
        slots, least, plugged = option.slots, option.min_battery, self.device.plugged
        drained = option.drain * slots
        lasts = drained <= self._lowest_asked
        if lasts and isinstance(starts, range) and starts:
            least_slack = drained + spilt[starts.start]
            earliest = bisect_left(slack, least_slack) - slots
            starts = starts[max(0, earliest - starts.start) :]
        if not starts:
            return
        demand = self.room.demand(option.demand)
        openings = self.room.openings(self._free, option, demand)
        for start in filter(openings.__getitem__, starts):
            if lasts and drained + spilt[start] > slack[start + slots]:
                continue
            if levels[start] < least and not plugged[start]:
                continue
            if self._withstands(option, demand, start):
                yield start

    def _withstands(self, option: Option, demand: int, start: int) -> bool:
        """Say whether levels allow a task all through its run, and ever after."""
        levels, need, spilt = self.levels, self.need, self.spilt
        device = self.device
        end, drain = start + option.slots, option.drain
        lost = drain * option.slots
        if lost + spilt[start] > self._slack[end] and self._stays_up(lost, end):
            return False
        allowed, loads, reserve = self.room.at, self.loads, device.reserve
        lost = 0
        for k in range(start, end):
            level = levels[k] - lost
            if level < need[k] or (level < reserve and k > start):
                return False
            if (allowed[k][level] - loads[k] - demand) & GUARDS != GUARDS:
                return False
            lost += drain
            if spilt[k + 1] != spilt[k]:
                lost -= spilt[k + 1] - spilt[k]
                lost = max(lost, 0)
        least = reserve + lost + spilt[end]
        for k in range(end, min(end + device.guard + 1, len(levels))):
            if levels[k] < reserve or levels[k] + spilt[k] < least:
                return False
        return lost + spilt[end] <= self._slack[end] or self._survives(lost, end)

    def _stays_up(self, lost: int, end: int) -> bool:
        """Say whether a loss at an end surely empties the battery at no time."""
        return lost <= self._lowest_asked or lost <= min(
            self.levels[end : self._asked + 1], default=lost
        )

    def _survives(self, lost: int, end: int) -> bool:
        """Say the same as the one comparison where the battery runs empty.

        An empty battery loses nothing more, so that less is missing afterwards.
        """
        levels, need, spilt = self.levels, self.need, self.spilt
        wasted = spilt[end]
        for k in range(end, self._asked + 1):
            if spilt[k] != wasted:
                lost = max(0, lost - spilt[k] + wasted)
                wasted = spilt[k]
            lost = min(lost, levels[k])
            if levels[k] - lost < need[k]:
                return False
        return True

    def _look_ahead(self) -> None:
        """Sum up what the plan leaves for more tasks, if it has changed."""
        if not self._changed:
            return
        self._changed = False
        self.refresh()
        levels, spilt, need = self.levels, self.spilt, self.need
        while self._asked and need[self._asked] == ANY:
            self._asked -= 1
        self._lowest_asked = min(levels[: self._asked + 1])
        standing = list(
            map(sub, map(add, levels, spilt, strict=True), need, strict=True)
        )
        self._slack = list(accumulate(reversed(standing), min))
        self._slack.reverse()
        slots = self.device.slots
        allowed = map(getitem, self.room.at, levels[:slots], strict=False)
        self._free = array("I", map(sub, allowed, self.loads, strict=False))
