"""What is in the way of a task: the placed tasks that keep it from one start."""

from collections.abc import Container

from .draft import Draft
from .problem import Option, Placement
from .room import GUARDS
from .timeline import Timeline


def obstacle(timeline: Timeline, option: Option, start: int) -> list[int] | None:
    """Return the tasks of which at least one must go before a task fits at a start.

    Args:
        timeline: The plan of the option's device.
        option: How the task would run.
        start: A start whose run lies within the device's slots.

    Returns:
        The tasks that are in the way of the first slot or boundary that fails, none
        if the task could not start there anyway; None if it fits.
    """
    timeline.refresh()
    device, levels, need = timeline.device, timeline.levels, timeline.need
    allowed, loads, demand = (
        timeline.room.at,
        timeline.loads,
        timeline.room.demand(option.demand),
    )
    spilt, wasted = timeline.spilt, timeline.spilt[start]
    end, guarded = start + option.slots, start + option.slots + device.guard
    lost = 0
    if levels[start] < option.min_battery and not device.plugged[start]:
        return _asking(timeline, start)
    for k in range(start, len(levels)):
        if spilt[k] != wasted:
            lost = max(0, lost - spilt[k] + wasted)
            wasted = spilt[k]
        level = levels[k] - lost
        if level < 0:
            level, lost = 0, levels[k]
        if level < need[k] or (level < device.reserve and start < k <= guarded):
            return _asking(timeline, k)
        if k < end:
            if any(
                (allowed[k][at] - loads[k] - demand) & GUARDS != GUARDS
                for at in (levels[k], level)
            ):
                return _running(timeline, k) or _asking(timeline, k)
            lost += option.drain
    return None


def _running(timeline: Timeline, slot: int) -> list[int]:
    """Return the tasks that run in a slot."""
    return [task for task, p in timeline.placed.items() if p.start <= slot < p.end]


def _asking(timeline: Timeline, boundary: int) -> list[int]:
    """Return the tasks that lower the level at a boundary, or ask for one there.

    If a charger pays for each of them alone: all that it pays for until then.
    """
    spilt, guard, placed = timeline.spilt, timeline.device.guard, timeline.placed
    found = [
        task
        for task, p in placed.items()
        if p.start <= boundary <= p.end + guard
        or (
            p.end < boundary
            and spilt[boundary] - spilt[p.end] < p.option.drain * p.option.slots
        )
    ]
    return found or [
        task for task, p in placed.items() if p.start < boundary and p.option.drain
    ]


def displacing(
    draft: Draft, task: int, place: Placement, spared: Container[int]
) -> list[int]:
    """Return the tasks that keep a task from a place that it could have alone.

    The lightest of those in the way goes first, until the task fits; none go if it
    would not fit beside those that are spared.
    """
    timeline = draft.timeline(place.option.device).copy()
    if task in timeline.placed:
        timeline.remove(task)
    gone: list[int] = []
    while (blockers := obstacle(timeline, place.option, place.start)) is not None:
        movable = [i for i in blockers if i not in spared]
        if not movable:
            return []
        lightest = min(movable, key=lambda i: (draft.problem.tasks[i].weight, i))
        timeline.remove(lightest)
        gone.append(lightest)
    return gone
