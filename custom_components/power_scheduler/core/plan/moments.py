"""When tasks start, to the minute: those that stay, as in the last plan."""

from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from operator import gt

from .course import limits
from .draft import Draft
from .grid import SLOT
from .problem import Placement
from .verdict import Case


def starts(case: Case, plan: Draft) -> dict[int, datetime]:
    """Return when every task of a plan starts.

    The moment of the last plan may lie off the slot that stands for it. It is told if
    every rule holds then, too, beside all else that is told: those that are told before
    their slot are tried from the first to the last, the others from the last on.
    """
    told = {task: case.moment(p.start) for task, p in plan.placements.items()}
    moments = _Moments(case, plan.copy(), told)
    last = {
        task: start
        for task in sorted(told, key=told.__getitem__)
        if (start := case.last_start(task, plan.placements[task])) is not None
    }
    for task, start in last.items():
        if start < told[task]:
            moments.move(task, start, -1)
    for task, start in reversed(last.items()):
        if start > told[task]:
            moments.move(task, start, 1)
    return told


class _Moments:
    """What is told so far, which keeps every rule at any minute."""

    def __init__(self, case: Case, draft: Draft, told: dict[int, datetime]) -> None:
        """Begin with slots, each of which is told as it is."""
        self._case = case
        self._draft = draft
        """Each task in one of the slots that its run reaches into."""

        self._told = told

    def move(self, task: int, start: datetime, by: int) -> None:
        """Tell another start, towards the next slot or the one before, if it can be."""
        draft, before = self._draft, self._draft.placements[task]
        place = replace(before, start=before.start + by)
        if not (self._in_turn(task, start) and self._leaves_room(task, start)):
            return
        draft.drop(task)
        fits = self._fits(place, start)
        draft.place(task, place if fits else before)
        if fits:
            self._told[task] = start

    def _in_turn(self, task: int, start: datetime) -> bool:
        """Say whether a start is in time, and in order with what is told."""
        wanted, told = self._case.posed.tasks[task], self._told
        after = self._case.posed.problem.tasks[task].after
        first = max([wanted.earliest or start, *map(self._end, after)])
        followers = [told[i] for i in self._draft.following(task) if i in told]
        end = start + wanted.duration
        return first <= start and end <= min([wanted.deadline or end, *followers])

    def _end(self, task: int) -> datetime:
        """Return when a task ends, as it is told."""
        return self._told[task] + self._case.posed.tasks[task].duration

    def _fits(self, place: Placement, start: datetime) -> bool:
        """Say whether a task fits at a slot, beside all that is placed.

        For a start within the slot, a charging window counts that covers its rest.
        """
        case, option = self._case, place.option
        timeline = self._draft.timeline(option.device)
        if case.moment(place.start) < start and any(
            window.start <= start and case.moment(place.start + 1) <= window.end
            for window in case.request.charging.get(timeline.device.id, ())
        ):
            option = replace(option, min_battery=0, requires_power=False)
        slots = range(place.start, timeline.device.slots - option.slots + 1)
        return place.start in timeline.fitting(option, slots[:1])

    def _leaves_room(self, task: int, start: datetime) -> bool:
        """Say whether all that is told to run at any minute of a run has room."""
        case, told = self._case, {**self._told, task: start}
        option = self._draft.placements[task].option
        timeline = self._draft.timeline(option.device)
        device, end = timeline.device, start + case.posed.tasks[task].duration
        timeline.refresh()
        runs = [
            (told[i], told[i] + case.posed.tasks[i].duration, place.option.demand)
            for i, place in timeline.placed.items()
        ]
        runs = [run for run in runs if run[0] < end and start < run[1]]
        slots = range((start - case.snapshot.at) // SLOT + 1, device.slots)
        edges = takewhile(lambda edge: edge < end, map(case.moment, slots))
        for moment in (*edges, *(max(start, run[0]) for run in runs)):
            slot = (moment - case.snapshot.at) // SLOT
            allowed = limits(device, slot, timeline.levels[slot])
            demands = [d for begin, until, d in runs if begin <= moment < until]
            used = map(sum, zip(device.usage, *demands, strict=True))
            if any(map(gt, used, allowed, strict=True)):
                return False
        return True
