"""How long a search may go on: by the clock, by a number of moves, or both."""

from collections.abc import Callable
from time import monotonic
from typing import Final, Self

MEASURED: Final = 100
"""After how many moves their speed is taken to be known."""


class Budget:
    """Counts the moves and the time of one search, from when it is made."""

    def __init__(
        self,
        effort: float,
        moves: int | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Start.

        Args:
            effort: How many seconds the search may take.
            moves: How many moves it may try; None for any number.
            clock: Tells the time in seconds.
        """
        self._clock = clock
        self._start = clock()
        self._end = self._start + effort
        self.effort = effort
        self._most = moves
        self._moves = 0
        self._rounds = 1
        self.struck = False
        """Whether the clock ended the search, or a part of it."""

    def part(self, share: float) -> Self:
        """Return a budget that is a share of what is left of this one."""
        moves = None if self._most is None else int((self._most - self._moves) * share)
        part = type(self)(self.effort, moves, self._clock)
        part.keep_back(self.effort - self.left() * share)
        return part

    def use(self, part: Self) -> None:
        """Take what was used of a part as used of the whole."""
        self._moves += part._moves
        self.struck = self.struck or part.struck

    def keep_back(self, seconds: float) -> None:
        """End the search some seconds earlier, for what is to follow."""
        self._end -= seconds

    def left(self) -> float:
        """Return how many seconds are left."""
        return self._end - self._clock()

    def late(self, ahead: float = 0.0) -> bool:
        """Say whether the time is up, or will be after some seconds; remember it so."""
        late = self.left() <= ahead
        self.struck = self.struck or (late and self.effort > 0)
        return late

    def spent(self) -> bool:
        """Say whether no more moves may be made."""
        return (self._most is not None and self._moves >= self._most) or self.late()

    def count(self) -> int:
        """Count one more move and return its number."""
        if not self._moves:
            self._start = self._clock()
        self._moves += 1
        return self._moves

    def progress(self) -> float:
        """Return how much of the budget is used, from 0 to below 1.

        With a number of moves it depends on nothing else, so that it is the same on
        every machine.
        """
        if self._most is not None:
            return (self._moves - 1) / self._most
        used = (self._clock() - self._start) / max(self._end - self._start, 1e-9)
        return min(used, 1 - 1e-9)

    def rounds(self, length: int) -> int:
        """Return how many rounds of some moves the budget has room for, at least 1."""
        if self._most is not None:
            return max(1, round(self._most / length))
        if self._moves == MEASURED:
            self._rounds = max(1, round(MEASURED / max(self.progress(), 1e-9) / length))
        return self._rounds
