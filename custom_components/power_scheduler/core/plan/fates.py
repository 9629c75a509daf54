"""What tasks that wait for others come to, once all that comes first is decided."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ..decision import Decision, Outcome
from ..request import Request
from ..task import Task
from .chains import in_order
from .faults import find_waits
from .grid import slots_until


def share_fates(decided: dict[int, Decision], request: Request, at: datetime) -> None:
    """Reject what is deferred for others in vain.

    That is what waits for a rejected task, and what would be too late even if all that
    it waits for ran as soon as it can.

    Args:
        decided: The decisions on all tasks, by position; some are changed.
        request: The tasks.
        at: The moment of the decisions.
    """
    positions, after = find_waits(request)
    ends: dict[str, datetime] = {}
    for name in in_order(after):
        position = positions[name]
        task, decision = request.tasks[position], decided[position]
        end = decision.end
        if decision.outcome is Outcome.DEFERRED and isinstance(task, Task):
            end = _soonest_end(task, at, ends)
            if end is None:
                decided[position] = replace(decision, outcome=Outcome.REJECTED)
        if end is not None:
            ends[name] = end


def _soonest_end(
    task: Task, at: datetime, ends: Mapping[str, datetime]
) -> datetime | None:
    """Return when a task can have ended behind others, or None if that is in vain."""
    if not ends.keys() >= set(task.after):
        return None
    first = max([at, *(ends[other] for other in task.after)])
    late = slots_until(first, at) > slots_until(task.earliest, at)
    end = max(first, task.earliest or at) + task.duration
    if (late and not task.may_wait) or (
        task.deadline is not None and end > task.deadline
    ):
        return None
    return end
