"""A plan in the making: the timelines of all devices, and what is placed on them."""

from collections.abc import Iterable
from typing import Self

from .problem import (
    FULL_LEVEL,
    MARGIN_VALUE,
    Option,
    Placement,
    Placements,
    Problem,
    TaskProblem,
)
from .timeline import Timeline


class Draft:
    """A plan that keeps every rule at every moment."""

    __slots__ = ("_followers", "gained", "placements", "problem", "timelines")

    def __init__(self, problem: Problem) -> None:
        """Start with nothing placed."""
        self.problem = problem
        self.placements: Placements = {}
        self.timelines = [Timeline(device) for device in problem.devices]
        self.gained = 0.0
        self._followers: list[list[int]] = [[] for _ in problem.tasks]
        for task, wanted in enumerate(problem.tasks):
            for earlier in wanted.after:
                self._followers[earlier].append(task)

    @classmethod
    def holding(cls, problem: Problem, placements: Placements) -> Self:
        """Return a draft with placements that keep every rule together."""
        draft = cls(problem)
        for task, placement in placements.items():
            draft.place(task, placement)
        return draft

    @property
    def value(self) -> float:
        """What the plan earns (planning.md section 2, before it is scaled)."""
        return self.gained + MARGIN_VALUE * self.margin

    @property
    def margin(self) -> float:
        """The mean over all devices of the lowest planned level (0 to 1)."""
        if not self.timelines:
            return 0.0
        lowest = sum(min(timeline.levels) for timeline in self.timelines)
        return lowest / (FULL_LEVEL * len(self.timelines))

    def window(self, task: int) -> tuple[int, int] | None:
        """Return between which boundaries a task must run, as dependencies say.

        None while a task that must come first is not placed.
        """
        wanted = self.problem.tasks[task]
        start, end = wanted.release, wanted.end_by
        for earlier in wanted.after:
            if earlier not in self.placements:
                return None
            start = max(start, self.placements[earlier].end)
        for later in self._followers[task]:
            if later in self.placements:
                end = min(end, self.placements[later].start)
        return start, end

    def best(self, task: int) -> Placement | None:
        """Return the placement at which a task earns most, or None if it fits nowhere.

        Of equal ones it is the one that drains its battery least.
        """
        window = self.window(task)
        if window is None:
            return None
        wanted = self.problem.tasks[task]
        best: tuple[float, int] | None = None
        placement = None
        for option in wanted.options:
            start = self._best_start(wanted, option, *window)
            if start is not None:
                gain = self.problem.gain(wanted, option, start)
                rank = (gain, -option.drain * option.slots)
                if best is None or rank > best:
                    best, placement = rank, Placement(option, start)
        return placement

    def _best_start(
        self, task: TaskProblem, option: Option, first: int, end: int
    ) -> int | None:
        """Return the best start of a task with an option, or None if it does not fit.

        Without a signal, sooner is better.
        """
        problem, timeline = self.problem, self.timelines[option.device]
        last = min(problem.last_start(task, option), end - option.slots)
        starts: Iterable[int] = timeline.starts_with_room(option, first, last)
        if problem.signal is not None:
            starts = sorted(starts, key=lambda s: -problem.gain(task, option, s))
        return next((s for s in starts if timeline.withstands(option, s)), None)

    def place(self, task: int, placement: Placement) -> None:
        """Place a task where it fits."""
        self.placements[task] = placement
        self.timelines[placement.option.device].add(task, placement)
        self.gained += self._gain(task, placement)

    def _gain(self, task: int, placement: Placement) -> float:
        """Return what a placement earns."""
        wanted = self.problem.tasks[task]
        return self.problem.gain(wanted, placement.option, placement.start)
