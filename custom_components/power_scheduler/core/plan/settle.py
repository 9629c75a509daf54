"""Decisions that need no plan: faults, unknown readings, and what waits for them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ..decision import Decision, Outcome
from ..reason import Reason, ReasonCode
from ..request import Request
from ..snapshot import Snapshot
from ..task import FaultyTask, Task
from .blind import blindly, free_places
from .chains import in_order
from .faults import eligible, find_faults
from .grid import slots_until


def settle(
    request: Request, snapshot: Snapshot, places: dict[str, int] | None = None
) -> tuple[dict[int, Decision], dict[int, Task]]:
    """Return what is decided already and the tasks that are left, by position.

    Args:
        request: The tasks and their terms.
        snapshot: All batteries as of now.
        places: How many tasks may start on each unknown device; what starts there takes
            its place, the weightiest of these first, and before any that falls back
            on one for want of a place that is known. None to judge each task by itself.
    """
    decided: dict[int, Decision] = {}
    blind: dict[int, Task] = {}
    left: dict[int, Task] = {}
    faults = find_faults(request, snapshot)
    for position, task in enumerate(request.tasks):
        if isinstance(task, FaultyTask) or position in faults:
            decided[position] = Decision(
                task=task.id, outcome=Outcome.REJECTED, reasons=(faults[position],)
            )
        elif _plannable(task, request, snapshot):
            left[position] = task
        else:
            blind[position] = task
    for position, task in sorted(blind.items(), key=lambda b: -b[1].priority.weight):
        free = free_places(request, snapshot) if places is None else places
        decided[position] = blindly(task, request, snapshot, free)
    return decided, left


def settle_followers(
    decided: dict[int, Decision], left: dict[int, Task], at: datetime
) -> None:
    """Settle what waits for decided tasks; moves tasks from left to decided.

    A task that waits for one that runs already starts after it, unless it would start
    in a later slot than it may; that, and what waits for one that is not planned, is
    deferred until all others are decided.
    """
    position = {task.id: place for place, task in left.items()}
    decisions: dict[str, Decision] = {}
    for _, decision in sorted(decided.items()):
        if decision.task not in position:
            decisions.setdefault(decision.task, decision)
    after = {t.id: [i for i in t.after if i in position] for t in left.values()}
    for name in in_order(after):
        place, task = position[name], left[position[name]]
        earlier = [decisions[i] for i in task.after if i in decisions]
        stuck = [d for d in earlier if d.outcome is not Outcome.RUN_NOW]
        if earlier and not stuck:
            follower = left[place] = _after(task, earlier)
            release = slots_until(task.earliest, at)
            if not task.may_wait and slots_until(follower.earliest, at) > release:
                stuck = earlier
        if stuck:
            del left[place]
            waits = tuple(decision.task for decision in stuck)
            decided[place] = decisions[name] = Decision(
                task=name,
                outcome=Outcome.DEFERRED,
                reasons=(Reason(code=ReasonCode.WAITS_FOR_TASK, tasks=waits),),
            )


def _after(task: Task, earlier: Sequence[Decision]) -> Task:
    """Return a task that starts when the given decisions have ended."""
    ends = [decision.end for decision in earlier if decision.end is not None]
    return replace(
        task,
        after=tuple(i for i in task.after if i not in {d.task for d in earlier}),
        earliest=max([*ends, *([task.earliest] if task.earliest else [])]),
        deferrable=task.may_wait,
    )


def _plannable(task: Task, request: Request, snapshot: Snapshot) -> bool:
    """Say whether there is a device that is known well enough to plan on."""
    powers = [snapshot.devices[device] for device in eligible(task, request)]
    return any(
        power.known and task.drain_on(power.settings.capacity) is not None
        for power in powers
    )
