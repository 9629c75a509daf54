"""A plan in the making: the timelines of all devices, and what is placed on them."""

from collections.abc import Iterable
from typing import Self

from .alone import Alone
from .grid import FULL_LEVEL
from .problem import Placement, Placements, Problem
from .score import MARGIN_VALUE, score, worth
from .timeline import Timeline


class Draft:
    """A plan that keeps every rule at every moment.

    Copies are cheap: they share the timelines until one of them changes one.
    """

    __slots__ = (
        "_followers",
        "_own",
        "_timelines",
        "alone",
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
        self.alone = Alone(problem, self._timelines.copy())
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
        twin.alone = self.alone
        self._own.clear()
        return twin

    def only(self, tasks: Iterable[int]) -> Self:
        """Return a copy without all other tasks; each comes with what it waits for."""
        twin = self.copy()
        for task in self.placements.keys() - set(tasks):
            twin.drop(task)
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

    @property
    def score(self) -> float:
        """What the plan earns, from 0 to 1."""
        return score(self.problem, self.placements, self.margin)

    def timeline(self, device: int) -> Timeline:
        """Return the plan of one device, for reading."""
        return self._timelines[device]

    def missing(self, task: int) -> list[int]:
        """Return the tasks that must come before a task and are not placed."""
        after = self.problem.tasks[task].after
        return [e for e in after if e not in self.placements]

    def before(self, task: int) -> Placements:
        """Return the placements of all that a task waits for, however indirectly."""
        found: Placements = {}
        waiting = list(self.problem.tasks[task].after)
        while waiting:
            earlier = waiting.pop()
            if earlier not in found:
                found[earlier] = self.placements[earlier]
                waiting += self.problem.tasks[earlier].after
        return found

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
        return worth(self.problem, wanted, placement.option, placement.start)
