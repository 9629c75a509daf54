"""A plan in the making: the timelines of all devices, and what is placed on them."""

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
        "_empty",
        "_followers",
        "_own",
        "_preferences",
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
        self._preferences: dict[tuple[int, int], list[int]] = {}
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
        twin._preferences = self._preferences
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
        """Return the placement that is worth most, or None if it fits nowhere.

        Of equal ones it is the one that drains its battery least.
        """
        window = self.window(task)
        if window is None:
            return None
        problem = self.problem
        wanted = problem.tasks[task]
        best: tuple[float, int] | None = None
        placement = None
        for option in wanted.options:
            start = self.best_start(task, option, *window)
            if start is not None:
                worth = problem.worth(wanted, option, start)
                rank = (worth, -option.drain * option.slots)
                if best is None or rank > best:
                    best, placement = rank, Placement(option, start)
        return placement

    def best_start(self, task: int, option: Option, first: int, end: int) -> int | None:
        """Return the best start of a task with an option, or None if it does not fit.

        Args:
            task: A task that is not placed.
            option: How it would run.
            first: The first start of interest.
            end: The boundary by which it must have ended, besides its own.
        """
        timeline = self._timelines[option.device]
        key = (task, first, end)
        if key not in timeline.answers:
            last = end - option.slots
            starts = self.alone(task, option)
            if (
                first > self.problem.tasks[task].release
                or end < self.problem.tasks[task].end_by
            ):
                starts = [s for s in starts if first <= s <= last]
            timeline.answers[key] = next(timeline.fitting(option, starts), None)
        return timeline.answers[key]

    def first_start(self, task: int, option: Option, first: int) -> int | None:
        """Return the earliest start of a task, from a first one on, or None."""
        last = self.problem.last_start(self.problem.tasks[task], option)
        starts = range(first, last + 1)
        return next(self._timelines[option.device].fitting(option, starts), None)

    def alone(self, task: int, option: Option) -> list[int]:
        """Return the starts of a task with nothing else placed, the best first."""
        key = (task, option.device)
        starts = self._preferences.get(key)
        if starts is None:
            problem, wanted = self.problem, self.problem.tasks[task]
            last = problem.last_start(wanted, option)
            timeline = self._empty[option.device]
            starts = list(timeline.fitting(option, range(wanted.release, last + 1)))
            if problem.signal is not None or wanted.kept is not None:
                starts.sort(key=lambda start: -problem.worth(wanted, option, start))
            self._preferences[key] = starts
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
