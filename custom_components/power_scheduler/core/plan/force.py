"""The move that puts a task where it wants to be, and others out of its way."""

from bisect import bisect_left
from collections.abc import Iterable
from random import Random
from typing import Final

from .draft import Draft
from .obstacle import obstacle
from .orders import passed_on
from .problem import Option, Placement

UNPLACED: Final = 0.85
"""How often the task that is forced in is one without a place."""

ROUNDS: Final = 8
"""How many tasks may be ejected for one."""


class Force:
    """Forces tasks of one problem into places that they could have alone."""

    def __init__(self, start: Draft, tasks: Iterable[int], random: Random) -> None:
        """Look at drafts that come from a first one and hold some tasks alone."""
        self._random = random
        self._problem = start.problem
        self._weights = passed_on(start.problem)
        self._possible = list(tasks)
        """The tasks of which it is not known that they could have no place alone."""

    def move(self, draft: Draft, drawn: int, gone: list[int]) -> bool:
        """Force a random task in, ejecting what is in its way.

        Args:
            draft: The plan to change.
            drawn: Of how many tasks without a place the heaviest is forced in.
            gone: The tasks that have lost their place, to which others are added.
        """
        task = self._wanted(draft, drawn)
        if task is None:
            return False
        option = self._random.choice(self._problem.tasks[task].options)
        start = self._start(draft, task, option)
        if start is None or draft.placements.get(task) == Placement(option, start):
            return False
        if task in draft.placements:
            draft.drop(task)
        end = start + option.slots
        for follower in draft.following(task):
            if follower in draft.placements and draft.placements[follower].start < end:
                drop(draft, follower, gone)
        return self._eject(draft, task, Placement(option, start), gone)

    def unplaced(self, draft: Draft) -> list[int]:
        """Return the tasks without a place that could have one alone."""
        return [task for task in self._possible if task not in draft.placements]

    def _eject(
        self, draft: Draft, task: int, place: Placement, gone: list[int]
    ) -> bool:
        """Place a task that fits alone; drop what is in its way, the lightest first."""
        for _ in range(ROUNDS):
            timeline = draft.timeline(place.option.device)
            blockers = obstacle(timeline, place.option, place.start)
            if blockers is None:
                draft.place(task, place)
                return True
            drop(draft, min(blockers, key=self.rated), gone)
            if draft.missing(task):
                return False
        return False

    def rated(self, task: int) -> float:
        """Return a task's weight, times a random number around 1."""
        return self._weights[task] * (0.5 + self._random.random())

    def _wanted(self, draft: Draft, drawn: int) -> int | None:
        """Return a random task to force in, rather a heavy one without a place.

        If a task that must come first has no place, it is wanted instead.
        """
        random, placed = self._random, draft.placements
        unplaced = self.unplaced(draft)
        if not unplaced or random.random() > UNPLACED:
            return random.choice(list(placed)) if placed else None
        task = max(random.choices(unplaced, k=drawn), key=self._weights.__getitem__)
        while missing := draft.missing(task):
            task = random.choice(missing)
        return task

    def _start(self, draft: Draft, task: int, option: Option) -> int | None:
        """Return a random start: the first, one after another task, or rather early."""
        random = self._random
        first = max(
            (draft.placements[e].end for e in self._problem.tasks[task].after),
            default=0,
        )
        starts = sorted(draft.alone.starts(task, option))
        if not starts:
            self._give_up(draft, task)
        skipped = bisect_left(starts, first)
        if skipped == len(starts):
            return None
        kind = random.random()
        if kind < 0.2:
            return starts[skipped]
        if kind < 0.4:
            placed = draft.timeline(option.device).placed.values()
            ends = [p.end for p in placed if starts[skipped] <= p.end <= starts[-1]]
            if ends:
                return starts[bisect_left(starts, random.choice(ends))]
        return starts[skipped + int((len(starts) - skipped) * random.random() ** 2)]

    def _give_up(self, draft: Draft, task: int) -> None:
        """Forget a task that could have no place alone, and what waits for it directly.

        What waits for that in turn is never placed either, and is only tried in vain.
        """
        starts, options = draft.alone.starts, self._problem.tasks[task].options
        if task in self._possible and not any(starts(task, o) for o in options):
            self._possible.remove(task)
            for follower in draft.following(task):
                if follower in self._possible:
                    self._possible.remove(follower)


def drop(draft: Draft, task: int, gone: list[int]) -> None:
    """Drop a task, if it is placed, with all that waits for it."""
    if task in draft.placements:
        for follower in draft.following(task):
            drop(draft, follower, gone)
        draft.drop(task)
        gone.append(task)
