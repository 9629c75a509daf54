"""A plan in the making: the timelines of all devices, and what is placed on them."""

from collections.abc import Sequence
from typing import Self

from .problem import (
    FULL_LEVEL,
    MARGIN_VALUE,
    Option,
    Placement,
    Placements,
    Problem,
)
from .timeline import Timeline


class Draft:
    """A plan that keeps every rule at every moment.

    Copies are cheap: they share the timelines until one of them changes one.
    """

    __slots__ = (
        "_alone",
        "_empty",
        "_followers",
        "_own",
        "_timelines",
        "placements",
        "problem",
        "worth",
    )

    def __init__(self, problem: Problem) -> None:
        """Start with nothing placed."""
        self.problem = problem
        self.placements: Placements = {}
        self.worth = 0.0
        """What all placements are worth together."""

        self._timelines = [Timeline(device) for device in problem.devices]
        self._alone: dict[tuple[int, int], list[int]] = {}
        self._empty = self._timelines.copy()
        self._own: set[int] = set()
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

    def copy(self) -> Self:
        """Return an independent draft with the same placements."""
        twin = object.__new__(type(self))
        twin.problem = self.problem
        twin.placements = self.placements.copy()
        twin.worth = self.worth
        twin._timelines = self._timelines.copy()
        twin._own = set()
        twin._followers = self._followers
        twin._alone = self._alone
        twin._empty = self._empty
        self._own.clear()
        return twin

    @property
    def value(self) -> float:
        """What the plan is worth, battery margin included."""
        return self.worth + MARGIN_VALUE * self.margin

    @property
    def margin(self) -> float:
        """The mean over all devices of the lowest planned level (0 to 1)."""
        lowest = sum(timeline.lowest for timeline in self._timelines)
        return lowest / (FULL_LEVEL * max(1, len(self._timelines)))

    def timeline(self, device: int) -> Timeline:
        """Return the plan of one device, for reading."""
        return self._timelines[device]

    def missing(self, task: int) -> list[int]:
        """Return the tasks that must come before a task and are not placed."""
        after = self.problem.tasks[task].after
        return [e for e in after if e not in self.placements]

    def following(self, task: int) -> list[int]:
        """Return the tasks that wait for a task."""
        return self._followers[task]

    def ready(self, task: int) -> int | None:
        """Return the boundary from which a task may run, as dependencies say.

        None while a task that must come first is not placed.
        """
        wanted = self.problem.tasks[task]
        start = wanted.release
        for earlier in wanted.after:
            if earlier not in self.placements:
                return None
            start = max(start, self.placements[earlier].end)
        return start

    def best(self, task: int) -> Placement | None:
        """Return the placement that is worth most, or None if it fits nowhere.

        Of equal ones it is the one that drains its battery least, external power
        being free, and then the one whose battery is fuller.
        """
        first = self.ready(task)
        if first is None:
            return None
        problem = self.problem
        wanted = problem.tasks[task]
        best: tuple[float, ...] | None = None
        placement = None
        for option in wanted.options:
            start = self._best_start(task, option, first)
            if start is not None:
                worth = problem.worth(wanted, option, start)
                plugged = problem.devices[option.device].plugged
                unplugged = option.slots - sum(plugged[start : start + option.slots])
                level = self._timelines[option.device].levels[start]
                rank = (worth, -option.drain * unplugged, level)
                if best is None or rank > best:
                    best, placement = rank, Placement(option, start)
        return placement

    def _best_start(self, task: int, option: Option, first: int) -> int | None:
        """Return the best start from a first one on, or None if a task does not fit."""
        timeline = self._timelines[option.device]
        key = (task, first)
        if key not in timeline.answers:
            starts = self._worthwhile(task, option, first)
            timeline.answers[key] = next(timeline.fitting(option, starts), None)
        return timeline.answers[key]

    def _worthwhile(self, task: int, option: Option, first: int) -> Sequence[int]:
        """Return the starts from a first one on that may fit, the best first.

        Where sooner is better it does not take those found alone, if they are not
        known yet: one look at each start is quicker than two.
        """
        problem, wanted = self.problem, self.problem.tasks[task]
        starts = self._alone.get((task, option.device))
        if starts is None:
            if problem.signal is None and wanted.kept is None:
                return range(first, problem.last_start(wanted, option) + 1)
            starts = self.alone(task, option)
        if first == wanted.release:
            return starts
        return [start for start in starts if first <= start]

    def first_start(self, task: int, option: Option, first: int) -> int | None:
        """Return the earliest start of a task, from a first one on, or None."""
        last = self.problem.last_start(self.problem.tasks[task], option)
        starts = range(first, last + 1)
        return next(self._timelines[option.device].fitting(option, starts), None)

    def alone(self, task: int, option: Option) -> list[int]:
        """Return the starts of a task with nothing else placed, the best first."""
        key = (task, option.device)
        starts = self._alone.get(key)
        if starts is None:
            problem, wanted = self.problem, self.problem.tasks[task]
            last = problem.last_start(wanted, option)
            timeline = self._empty[option.device]
            starts = list(timeline.fitting(option, range(wanted.release, last + 1)))
            if problem.signal is not None or wanted.kept is not None:
                starts.sort(key=lambda start: -problem.worth(wanted, option, start))
            self._alone[key] = starts
        return starts

    def place(self, task: int, placement: Placement) -> None:
        """Place a task where it fits."""
        self.placements[task] = placement
        self._own_timeline(placement.option.device).add(task, placement)
        self.worth += self._worth(task, placement)

    def drop(self, task: int) -> None:
        """Take a task away."""
        placement = self.placements.pop(task)
        self._own_timeline(placement.option.device).remove(task)
        self.worth -= self._worth(task, placement)

    def _own_timeline(self, device: int) -> Timeline:
        """Return the plan of one device, for changing."""
        if device not in self._own:
            self._own.add(device)
            self._timelines[device] = self._timelines[device].copy()
        return self._timelines[device]

    def _worth(self, task: int, placement: Placement) -> float:
        """Return what a placement is worth."""
        wanted = self.problem.tasks[task]
        return self.problem.worth(wanted, placement.option, placement.start)
