"""The best and the earliest place that a plan has left for a task."""

from collections.abc import Sequence

from .draft import Draft
from .problem import Option, Placement
from .score import worth


def best(draft: Draft, task: int) -> Placement | None:
    """Return the placement that is worth most, or None if a task fits nowhere.

    Of equal ones it is the one that drains its battery least, external power being
    free, and then the one whose battery is fuller.
    """
    first = draft.ready(task)
    if first is None:
        return None
    problem = draft.problem
    wanted = problem.tasks[task]
    best: tuple[float, ...] | None = None
    placement = None
    for option in wanted.options:
        start = _best_start(draft, task, option, first)
        if start is not None:
            plugged = problem.devices[option.device].plugged
            unplugged = option.slots - sum(plugged[start : start + option.slots])
            rank = (
                worth(problem, wanted, option, start),
                -option.drain * unplugged,
                draft.timeline(option.device).levels[start],
            )
            if best is None or rank > best:
                best, placement = rank, Placement(option, start)
    return placement


def soonest(draft: Draft, task: int, first: int) -> Placement | None:
    """Return the earliest place of a task from a slot on, or None.

    Of equal ones it is the first to end, and then the one that takes least.
    """
    wanted = draft.problem.tasks[task]
    places = []
    for option in wanted.options:
        starts = range(first, draft.problem.last_start(wanted, option) + 1)
        start = next(draft.timeline(option.device).fitting(option, starts), None)
        if start is not None:
            places.append(Placement(option, start))
    return min(
        places,
        key=lambda p: (p.start, p.end, p.option.drain * p.option.slots),
        default=None,
    )


def _best_start(draft: Draft, task: int, option: Option, first: int) -> int | None:
    """Return the best start from a first one on, or None if a task does not fit."""
    timeline = draft.timeline(option.device)
    key = (task, first)
    if key not in timeline.answers:
        starts = _worthwhile(draft, task, option, first)
        timeline.answers[key] = next(timeline.fitting(option, starts), None)
    return timeline.answers[key]


def _worthwhile(draft: Draft, task: int, option: Option, first: int) -> Sequence[int]:
    """Return the starts from a first one on that may fit, the best first.

    Where sooner is better it does not take those found alone, if they are not known
    yet: one look at each start is quicker than two.
    """
    problem, wanted = draft.problem, draft.problem.tasks[task]
    starts = draft.alone.known(task, option)
    if starts is None:
        if problem.signal is None and wanted.kept is None:
            return range(first, problem.last_start(wanted, option) + 1)
        starts = draft.alone.starts(task, option)
    if first == wanted.release:
        return starts
    return [start for start in starts if first <= start]
