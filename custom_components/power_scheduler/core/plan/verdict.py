"""What a task's place, or the lack of one, means to the one who asked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import sub
from types import MappingProxyType

from ..decision import Decision, Outcome
from ..reason import Reason
from ..request import Request
from ..snapshot import Snapshot
from .blind import blindly, unread
from .course import Course, simulate
from .grid import RESOURCES, SLOT
from .pose import Posed
from .problem import Option, Placement, TaskProblem
from .timeline import Timeline


class Case:
    """A request as it was posed."""

    def __init__(
        self,
        request: Request,
        snapshot: Snapshot,
        posed: Posed,
        places: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """Keep what was asked, of what, how it was posed, and the free blind places."""
        self._places = places
        self.request = request
        self.snapshot = snapshot
        self.posed = posed
        decisions = request.last.decisions if request.last is not None else ()
        self._last_starts = {d.task: d.start for d in decisions}
        self._free = [simulate(device, {}) for device in posed.problem.devices]
        self._empty = [Timeline(device) for device in posed.problem.devices]

    def blind(self, tasks: Iterable[int]) -> dict[int, Decision]:
        """Return what becomes of tasks on unknown devices, if they may run on any.

        The weightiest first, in what those have left that can run nowhere else.
        """
        request, snapshot, places = self.request, self.snapshot, dict(self._places)
        wanted = self.posed.tasks
        return {
            task: blindly(wanted[task], request, snapshot, places)
            for task in sorted(tasks, key=lambda task: -wanted[task].priority.weight)
            if unread(wanted[task], request, snapshot)
        }

    def placed(
        self,
        task: int,
        placement: Placement,
        start: datetime,
        course: Course,
        reasons: Sequence[Reason] = (),
    ) -> Decision:
        """Return the decision on a task that has a place.

        Args:
            task: The task.
            placement: Its place.
            start: When it starts, to the minute.
            course: How its device fares with all that is placed.
            reasons: What keeps it from running now.
        """
        return Decision(
            task=self.posed.tasks[task].id,
            outcome=Outcome.SCHEDULED if placement.start else Outcome.RUN_NOW,
            device=self.posed.devices[placement.option.device],
            start=start,
            end=start + self.posed.tasks[task].duration,
            battery_before=course.levels[placement.start] / 100,
            battery_after=course.levels[placement.end] / 100,
            probability=self._probability(placement, course),
            reasons=tuple(reasons),
            not_limited_by=self.not_limited_by(placement.option.device),
        )

    def last_start(self, task: int, placement: Placement) -> datetime | None:
        """Return when a task was to start in the last plan, if it stays there."""
        wanted = self.posed.problem.tasks[task]
        stays = wanted.kept == (placement.option.device, placement.start)
        return self._last_starts[wanted.id] if stays and placement.start else None

    def moment(self, slot: int) -> datetime:
        """Return when a slot begins."""
        return self.snapshot.at + slot * SLOT

    def not_limited_by(self, device: int) -> tuple[str, ...]:
        """Return the resources that a device does not tell of."""
        usage = self.snapshot.devices[self.posed.devices[device]].usage
        return tuple(name for name in RESOURCES if getattr(usage, name) is None)

    def _probability(self, placement: Placement, course: Course) -> float | None:
        """Return how likely the reserve holds from now to the end of a guard.

        Tasks take what the level falls short of its path without any: nothing where
        a charger pays. None where a known charging window lies before that end: the
        plan rests on it, and the forecast's probability does not know of it.
        """
        number, at = placement.option.device, self.snapshot.at
        device = self.posed.problem.devices[number]
        end = placement.end + device.guard
        for window in self.request.charging.get(device.id, ()):
            if window.start < self.moment(end) and window.end > at:
                return None
        free, levels = self._free[number].levels[: end + 1], course.levels[: end + 1]
        taken = max(map(sub, free, levels, strict=True))
        reserve = device.reserve / 100
        outlook = self.posed.forecasts[number].outlook(end * SLOT, reserve, taken / 100)
        return None if outlook is None else outlook.probability

    def first_alone(self, task: int, release: int = 0) -> Placement | None:
        """Return the earliest place of a task with nothing else placed, or None."""
        wanted = self.posed.problem.tasks[task]
        place = None
        for option in wanted.options:
            first = max(wanted.release, release)
            last = self.posed.problem.last_start(wanted, option)
            if place is not None:
                last = min(last, place.start - 1)
            fitting = self._empty[option.device].fitting(option, range(first, last + 1))
            start = next(fitting, None)
            if start is not None:
                place = Placement(option, start)
        return place

    def may_fit_later(self, task: int) -> bool:
        """Say whether a task may yet find a place beyond what is planned.

        That ends with the horizon, or sooner where no more is known of a device.
        """
        wanted = self.posed.problem.tasks[task]
        return any(self._may_fit_later(wanted, option) for option in wanted.options)

    def _may_fit_later(self, wanted: TaskProblem, option: Option) -> bool:
        """Say the same of one way to run a task."""
        problem = self.posed.problem
        device = problem.devices[option.device]
        best = device.states[-1].limits
        if any(taken > most for taken, most in zip(option.demand, best, strict=True)):
            return False
        if not (wanted.deferrable or wanted.release >= max(1, device.slots)):
            return wanted.between_slots
        in_time = device.slots < wanted.end_by >= wanted.release + option.slots
        return in_time or wanted.may_end_later or wanted.between_slots
