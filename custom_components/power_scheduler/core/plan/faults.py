"""What is wrong with tasks before any battery is looked at."""

from collections.abc import Container

from ..reason import Reason, ReasonCode
from ..request import Request
from ..snapshot import Snapshot
from ..task import FaultyTask, Task
from .chains import looping


def find_faults(request: Request, snapshot: Snapshot) -> dict[int, Reason]:
    """Return the fault of each task that has one, by position in the request."""
    ids, after = find_waits(request)
    circular = looping(after)
    found: dict[int, Reason] = {}
    for position, task in enumerate(request.tasks):
        if isinstance(task, FaultyTask):
            found[position] = task.reason
        elif ids[task.id] < position:
            found[position] = Reason(
                code=ReasonCode.DUPLICATE_ID, field="id", value=task.id
            )
        elif task.id in circular:
            found[position] = Reason(
                code=ReasonCode.CYCLE, field="after", value=", ".join(task.after)
            )
        elif fault := _own_fault(task, ids, request, snapshot):
            found[position] = fault
    return found


def find_waits(request: Request) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Return the first position of each id, and what in the list it waits for."""
    ids: dict[str, int] = {}
    for position, task in enumerate(request.tasks):
        ids.setdefault(task.id, position)
    after = {
        name: []
        if isinstance(task, FaultyTask)
        else [i for i in task.after if i in ids]
        for name, first in ids.items()
        for task in [request.tasks[first]]
    }
    return ids, after


def _own_fault(
    task: Task, ids: Container[str], request: Request, snapshot: Snapshot
) -> Reason | None:
    """Return what is wrong with a task by itself, or None."""
    for other in task.after:
        if other not in ids:
            return Reason(code=ReasonCode.UNKNOWN_TASK, field="after", value=other)
    for device in task.devices or ():
        if device not in snapshot.devices:
            return Reason(code=ReasonCode.UNKNOWN_DEVICE, field="devices", value=device)
    if task.earliest and task.deadline and task.deadline < task.earliest:
        return Reason(
            code=ReasonCode.DEADLINE_BEFORE_EARLIEST,
            actual=task.deadline,
            required=task.earliest,
            field="deadline",
            value=task.deadline.isoformat(),
        )
    devices = eligible(task, request)
    if not devices:
        return Reason(code=ReasonCode.NO_DEVICE)
    capacities = (snapshot.devices[device].settings.capacity for device in devices)
    if all(task.drain_on(capacity) is None for capacity in capacities):
        return Reason(
            code=ReasonCode.CAPACITY_UNKNOWN,
            device=devices[0],
            field="energy",
            value=f"{task.energy} Wh" if task.energy is not None else None,
        )
    return None


def eligible(task: Task, request: Request) -> list[str]:
    """Return the devices of a request on which a task may run."""
    return [
        device
        for device in request.devices
        if task.devices is None or device in task.devices
    ]
