"""What cards show, as data: one body per device, and the tasks of its last plan."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from homeassistant.util.json import JsonObjectType

from .coordinator import PowerCoordinator
from .core.decision import Decision, Outcome, Plan
from .core.limits import PowerState
from .core.snapshot import DevicePower
from .directory import Directory
from .pictures import Picture, is_below_reserve
from .plans import KEPT, NOWHERE, remembered
from .responses import number
from .sentences import Sentences

TASKS_AT_MOST: Final = 20
"""How many tasks of a device cards are told of; of more they get the number."""

REASONS_AT_MOST: Final = 3
"""The nearest ones; the action's response has all."""

_URGENCY: Final = {
    PowerState.CRITICAL: 1,
    PowerState.LOW: 2,
    None: 3,
    PowerState.NORMAL: 4,
    PowerState.OPTIMAL: 5,
}
_ORDER: Final = list(Outcome)


class Display:
    """Describes the tracked devices as of the coordinator's last refresh.

    That takes a millisecond per device, and so is work for a thread.
    """

    def __init__(
        self,
        coordinator: PowerCoordinator,
        directory: Directory,
        pictures: Mapping[str, Picture],
        sentences: Sentences,
    ) -> None:
        """Take what there is to show."""
        self._coordinator = coordinator
        self._directory = directory
        self._pictures = pictures
        self._sentences = sentences
        self._now = coordinator.data.at
        self._plans = remembered(coordinator.hass)

    def order(self) -> list[str]:
        """Return the devices' ids, those that need looking after first."""
        return sorted(self._pictures, key=self._urgency)

    def device(self, device_id: str) -> JsonObjectType:
        """Return what a card shows of a device."""
        picture = self._pictures[device_id]
        power, prospect = picture.power, picture.prospect
        return {
            "id": device_id,
            "name": self._directory.names[device_id],
            "entity_id": self._directory.entities.get(device_id),
            "at": _seconds(picture.at),
            **_reading(power, picture.at),
            "history": self._history(device_id, picture),
            "forecast": [
                [_seconds(at), number(o.level), number(o.p10), number(o.p90)]
                for at, o in picture.forecast
            ],
            "prospect": {
                "kind": prospect.kind,
                "at": _minute(prospect.at),
                "earliest": _minute(prospect.earliest),
            },
            **self.tasks(device_id),
        }

    def tasks(self, device_id: str = NOWHERE) -> JsonObjectType:
        """Return the tasks of a device's last plan, those with a time first."""
        plan = self._plans.get(device_id)
        if plan is None or self._now - plan.at > KEPT:
            return {"planned_at": None, "tasks": [], "more_tasks": 0}
        rows = sorted(self._decisions(plan, device_id), key=_place)
        return {
            "planned_at": _seconds(plan.at),
            "tasks": [self._task(row) for row in rows[:TASKS_AT_MOST]],
            "more_tasks": max(0, len(rows) - TASKS_AT_MOST),
        }

    def _decisions(self, plan: Plan, device_id: str) -> Iterable[Decision]:
        """Return the decisions that concern a device and are not over."""
        for row in plan.decisions:
            if (row.device or NOWHERE) == device_id and (
                row.end is None or row.end > self._now
            ):
                yield row

    def _task(self, row: Decision) -> dict[str, Any]:
        """Return what a card shows of a task."""
        change = row.would_run_if
        return {
            "id": row.task,
            "decision": row.outcome,
            "start": _seconds(row.start),
            "end": _seconds(row.end),
            "earliest": _seconds(row.earliest_start),
            "before": number(row.battery_before),
            "after": number(row.battery_after),
            "reasons": [self._sentences.reason(r) for r in row.reasons][
                :REASONS_AT_MOST
            ],
            "change": self._sentences.change(change) if change else None,
        }

    def _history(self, device_id: str, picture: Picture) -> list[Any]:
        """Return the level's past as runs of points, up to the last reading."""
        runs = [
            [[_seconds(s.at), number(s.level)] for s in run]
            for run in self._coordinator.batteries.pasts.runs(device_id, picture.at)
        ]
        power = picture.power
        if runs and power.level is not None and power.age is not None:
            end = [_seconds(picture.at - power.age), number(power.level)]
            if runs[-1][-1][0] != end[0]:
                runs[-1].append(end)
        return runs

    def _urgency(self, device_id: str) -> tuple[object, ...]:
        """Return what devices are sorted by."""
        power = self._pictures[device_id].power
        return (
            0 if is_below_reserve(power) else _URGENCY[power.state],
            power.level or 0.0,
            self._directory.names[device_id].casefold(),
        )


def _reading(power: DevicePower, at: datetime) -> JsonObjectType:
    """Return the state of a battery, and the levels that matter to it."""
    limits = power.settings.limits.states
    return {
        "level": number(power.level),
        "power_state": power.state,
        "source": power.source,
        "rate": number(power.rate),
        "read_at": _seconds(at - power.age) if power.age is not None else None,
        "stale": power.stale,
        "reserve": power.settings.reserve,
        "bounds": {
            state: limits[state].up_to
            for state in PowerState
            if state is not PowerState.OPTIMAL
        },
        "empty_at": _minute(power.empty_at),
        "full_at": _minute(power.full_at),
        "basis": power.basis,
    }


def _place(row: Decision) -> tuple[object, ...]:
    """Return what tasks are sorted by: time, then how far they got."""
    start = row.start.timestamp() if row.start else float("inf")
    return start, _ORDER.index(row.outcome)


def _seconds(moment: datetime | None) -> int | None:
    """Return a moment as Unix time."""
    return int(moment.timestamp()) if moment is not None else None


def _minute(moment: datetime | None) -> int | None:
    """Return a moment as Unix time, to the minute: an estimate is no stopwatch."""
    return int(moment.timestamp()) // 60 * 60 if moment is not None else None
