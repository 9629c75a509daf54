"""Where tasks could run if nothing else did."""

from collections.abc import Iterator, Sequence

from .problem import Option, Problem
from .score import worth
from .timeline import Timeline


class Alone:
    """The starts that tasks of one problem could have alone, looked up once each."""

    def __init__(self, problem: Problem, empty: Sequence[Timeline]) -> None:
        """Know nothing yet.

        Args:
            problem: The problem.
            empty: The timelines of its devices, on which nothing is placed.
        """
        self._problem = problem
        self._empty = empty
        self._starts: dict[tuple[int, int], list[int]] = {}

    def starts(self, task: int, option: Option) -> list[int]:
        """Return the starts of a task with an option, the best first."""
        key = (task, option.device)
        starts = self._starts.get(key)
        if starts is None:
            problem, wanted = self._problem, self._problem.tasks[task]
            starts = list(self._fitting(task, option))
            if not self._sooner_is_better(task):
                starts.sort(key=lambda start: -worth(problem, wanted, option, start))
            self._starts[key] = starts
        return starts

    def best(self, task: int, option: Option) -> int | None:
        """Return the best of them, or None if there is none."""
        if self._sooner_is_better(task):
            return next(self._fitting(task, option), None)
        return next(iter(self.starts(task, option)), None)

    def known(self, task: int, option: Option) -> list[int] | None:
        """Return the same if it was looked up before, else None."""
        return self._starts.get((task, option.device))

    def most(self, task: int) -> float:
        """Return what a task is worth at its best start, 0 if it has none."""
        wanted = self._problem.tasks[task]
        return max(
            (
                worth(self._problem, wanted, option, start)
                for option in wanted.options
                if (start := self.best(task, option)) is not None
            ),
            default=0.0,
        )

    def _fitting(self, task: int, option: Option) -> Iterator[int]:
        """Yield the starts of a task with an option, the earliest first."""
        wanted = self._problem.tasks[task]
        last = self._problem.last_start(wanted, option)
        return self._empty[option.device].fitting(
            option, range(wanted.release, last + 1)
        )

    def _sooner_is_better(self, task: int) -> bool:
        """Say whether the best start is the earliest one."""
        return self._problem.signal is None and self._problem.tasks[task].kept is None
