"""Decisions on tasks that have no device that is known, or no place on one."""

from collections.abc import Mapping
from datetime import datetime
from operator import itemgetter
from typing import Final

from ..decision import Decision, Outcome
from ..limits import PowerState
from ..reason import Reason, ReasonCode
from ..request import Request
from ..snapshot import DevicePower, Snapshot
from ..task import Task
from .explain import distance
from .faults import eligible
from .grid import RESOURCES, slots_until
from .rules import Failure

UNREAD: Final = (
    ReasonCode.READING_UNKNOWN,
    ReasonCode.READING_STALE,
    ReasonCode.CONCURRENCY_FULL,
)
"""What an unknown device itself has against a task."""


def free_places(request: Request, snapshot: Snapshot) -> dict[str, int]:
    """Return how many tasks may start on each unknown device: it may be critical."""
    return {
        device: _most(power) - request.running
        for device in request.devices
        for power in [snapshot.devices[device]]
        if not power.known
    }


def blindly(
    task: Task, request: Request, snapshot: Snapshot, places: dict[str, int]
) -> Decision:
    """Return the decision on a task for which unknown devices alone are left.

    What runs on unknown devices starts on the first that has a place, and takes it. It
    is asked for its times and its order only, as there is nothing else to go by; what
    requires power does not run where nothing tells of any.
    """
    devices = unread(task, request, snapshot)
    found = _time_reasons(task, snapshot.at)
    place = next((device for device in devices if places[device] > 0), None)
    silent: list[Reason] = []
    if not task.runs_on_unknown or task.requires_power:
        silent = [_unread(d, snapshot.devices[d]) for d in devices]
    elif place is None:
        found.append(_full(devices[0], snapshot, places))
    elif not found:
        places[place] -= 1
        return Decision(
            task=task.id,
            outcome=Outcome.RUN_NOW,
            device=place,
            start=snapshot.at,
            end=snapshot.at + task.duration,
            not_limited_by=RESOURCES,
        )
    reasons = [*silent, *(r for _, r in sorted(found, key=itemgetter(0)))]
    missed = any(reason.code is ReasonCode.DEADLINE_MISSED for reason in reasons)
    early = any(reason.code is ReasonCode.BEFORE_EARLIEST for reason in reasons)
    may_wait = (task.may_wait or early) and not missed
    return Decision(
        task=task.id,
        outcome=Outcome.DEFERRED if may_wait else Outcome.REJECTED,
        device=devices[0] if len(devices) == 1 else None,
        reasons=tuple(reasons),
    )


def unread(task: Task, request: Request, snapshot: Snapshot) -> list[str]:
    """Return the devices that may run a task, and of which nothing is known."""
    return [
        device
        for device in eligible(task, request)
        for power in [snapshot.devices[device]]
        if not power.known and task.drain_on(power.settings.capacity) is not None
    ]


def _most(power: DevicePower) -> int:
    """Return how many tasks a device may run at once, whatever its power state is."""
    return power.settings.limits.states[PowerState.CRITICAL].concurrency


def _time_reasons(task: Task, now: datetime) -> list[tuple[float, Reason]]:
    """Return the rules of time and order that keep a task from running now.

    Each comes with its distance from being satisfied.
    """
    found = []
    if task.earliest is not None and task.earliest > now:
        code = ReasonCode.BEFORE_EARLIEST
        far = distance(Failure(code, 0, slots_until(task.earliest, now)))
        found.append((far, Reason(code=code, actual=now, required=task.earliest)))
    if task.after:
        code = ReasonCode.WAITS_FOR_TASK
        found.append((distance(Failure(code)), Reason(code=code, tasks=task.after)))
    end = task.first_end(now)
    if task.deadline is not None and end > task.deadline:
        code = ReasonCode.DEADLINE_MISSED
        missed = Reason(code=code, actual=end, required=task.deadline)
        found.append((distance(Failure(code)), missed))
    return found


def _full(
    device: str, snapshot: Snapshot, places: Mapping[str, int]
) -> tuple[float, Reason]:
    """Return, with its distance, that no more tasks may start on an unknown device."""
    most = _most(snapshot.devices[device])
    code, tasks = ReasonCode.CONCURRENCY_FULL, most - places[device] + 1
    return distance(Failure(code, tasks, most)), Reason(
        code=code, actual=tasks, required=most, unit="tasks", device=device
    )


def _unread(device: str, power: DevicePower) -> Reason:
    """Return why nothing is known of a device."""
    stale = ReasonCode.READING_STALE if power.stale else ReasonCode.READING_UNKNOWN
    return Reason(code=stale, device=device)
