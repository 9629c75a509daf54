"""The moves of the search: take tasks away, force one in, put back what fits.

Most moves force a task that has no place yet into a place it could have alone, eject
whatever is in its way, later tasks included, and then put everything back that still
fits somewhere. The others clear part of a device, or a few tasks here and there.
"""

from collections.abc import Iterable
from random import Random
from typing import Final

from .draft import Draft
from .force import Force, drop
from .places import best

FORCED: Final = 0.75
CLEARED: Final = 0.9
"""Up to which random number a move forces a task in, or clears part of a device."""

CHANCES: Final = 6
"""How many other tasks without a place get another chance after each move."""


class Mover:
    """Makes random moves on drafts of one problem."""

    def __init__(self, start: Draft, tasks: Iterable[int], random: Random) -> None:
        """Make moves on drafts that come from a first one and hold some tasks alone."""
        self._random = random
        self._force = Force(start, tasks, random)

    def move(self, draft: Draft, drawn: int) -> bool:
        """Change a draft; False if the move came to nothing.

        Args:
            draft: The plan to change.
            drawn: Of how many tasks without a place the heaviest is forced in.
        """
        random, kind = self._random, self._random.random()
        gone: list[int] = []
        if kind < FORCED:
            if not self._force.move(draft, drawn, gone):
                return False
        elif draft.placements:
            placed = list(draft.placements)
            if kind < CLEARED:
                self._clear(draft, random.choice(placed), gone)
            else:
                few = min(len(placed), random.choice((1, 2, 3)))
                for task in random.sample(placed, few):
                    drop(draft, task, gone)
        self._put_back(draft, gone)
        return True

    def _clear(self, draft: Draft, task: int, gone: list[int]) -> None:
        """Drop some tasks that start near another one on its device."""
        place = draft.placements[task]
        placed = draft.timeline(place.option.device).placed
        near = sorted(placed, key=lambda other: abs(placed[other].start - place.start))
        for other in near[: self._random.choice((2, 3, 4, 5))]:
            drop(draft, other, gone)

    def _put_back(self, draft: Draft, gone: list[int]) -> None:
        """Place dropped tasks and some others where they fit, heavier ones first."""
        others = [task for task in self._force.unplaced(draft) if task not in gone]
        chances = self._random.sample(others, min(CHANCES, len(others)))
        back = sorted(gone + chances, key=self._force.rated, reverse=True)
        while back:
            waiting = []
            for task in back:
                if draft.missing(task):
                    waiting.append(task)
                elif (place := best(draft, task)) is not None:
                    draft.place(task, place)
            if len(waiting) == len(back):
                return
            back = waiting
