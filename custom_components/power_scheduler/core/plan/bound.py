"""Whether a plan could be any better, so that a search need not go on for nothing.

What tasks are worth at most is known. A better plan than one close to that leaves more
battery; but for this it may give up no more than battery is worth, so that every task
starts at one of its very best times. That in turn tells what it surely takes from the
battery. The two narrow each other down, often until nothing is left to gain.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

from .draft import Draft
from .grid import FULL_LEVEL
from .problem import Option
from .score import DONE_SHARE, MARGIN_VALUE, worth

ENOUGH: Final = 1e-9
"""What counts as a gain."""


class Bound:
    """What plans for one problem can be worth at most."""

    def __init__(self, empty: Draft, tasks: Iterable[int]) -> None:
        """Take each task that plans may hold for as good as it could be alone."""
        self._empty = empty
        self._best = {task: empty.alone.most(task) for task in tasks}
        self._most = sum(self._best.values())
        wanted = empty.problem.tasks
        weights = (wanted[task].weight for task, best in self._best.items() if best)
        self._left_out = DONE_SHARE * min(weights, default=0)
        """What it costs at least to leave out a task that could have a place."""

        self._known: dict[tuple[int, int], tuple[list[int], list[float]]] = {}
        """Starts and what they fall short of the best, by task and device."""

    def reached(self, draft: Draft) -> bool:
        """Say whether surely no plan is worth more than this one."""
        short = self._most - draft.worth
        more = short + MARGIN_VALUE * (self._empty.margin - draft.margin)
        if more >= self._left_out:
            return more <= ENOUGH
        timelines = map(draft.timeline, range(len(draft.problem.devices)))
        lowest = [timeline.levels.index(timeline.lowest) for timeline in timelines]
        while more > ENOUGH:
            margin = self._margin(lowest, more)
            less = short + MARGIN_VALUE * (margin - draft.margin)
            if less >= more:
                return False
            more = less
        return True

    def _margin(self, lowest: Sequence[int], more: float) -> float:
        """Return the largest margin of any plan that is worth more, by so much.

        Args:
            lowest: A boundary for each device: its lowest level is no higher.
            more: By how much such a plan is worth more at most.
        """
        levels = [self._empty.timeline(d).levels[k] for d, k in enumerate(lowest)]
        spare = levels.copy()
        shared = []
        for task in self._best:
            lost = self._lost(task, lowest, more)
            for device, loss in lost.items():
                spare[device] -= loss
                if len(lost) == 1:
                    levels[device] -= loss
            if len(lost) > 1:
                shared.append(lost)
        left = sum(max(0, level) for level in levels)
        # What an empty battery does not lose can't be counted on.
        left -= sum(
            min(lost.values())
            for lost in shared
            if all(spare[device] >= 0 for device in lost)
        )
        return left / (FULL_LEVEL * max(1, len(levels)))

    def _lost(self, task: int, lowest: Sequence[int], more: float) -> dict[int, int]:
        """Return by how much a task lowers the level at a boundary, at least.

        By device, of those on which it may start in such a plan.
        """
        lost = {}
        for option in self._empty.problem.tasks[task].options:
            device = option.device
            starts, short = self._starts(task, option)
            starts = starts[: bisect_right(short, more)]
            if starts:
                spilt, boundary = self._empty.timeline(device).spilt, lowest[device]
                ran = min(option.slots, boundary - max(starts))
                refilled = spilt[boundary] - spilt[min(*starts, boundary)]
                lost[device] = max(0, option.drain * ran - refilled)
        return lost

    def _starts(self, task: int, option: Option) -> tuple[list[int], list[float]]:
        """Return the starts of a task alone, the best first, and what each costs."""
        key = (task, option.device)
        if key not in self._known:
            problem, best = self._empty.problem, self._best[task]
            wanted = problem.tasks[task]
            starts = self._empty.alone.starts(task, option)
            short = [best - worth(problem, wanted, option, s) for s in starts]
            self._known[key] = starts, short
        return self._known[key]
