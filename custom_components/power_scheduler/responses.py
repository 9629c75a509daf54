"""The core's answers as action responses: the only place that makes them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from .core.decision import Change, Decision, Outcome, Plan
from .core.forecast import Outlook
from .core.reason import Reason, ReasonCode
from .core.snapshot import DevicePower
from .directory import Directory
from .readings import SourceEntities
from .sentences import Sentences

_SOURCE_OF: Final = {
    ReasonCode.CPU_OVER_LIMIT: "cpu",
    ReasonCode.MEMORY_OVER_LIMIT: "memory",
    ReasonCode.NETWORK_OVER_LIMIT: "network",
    ReasonCode.READING_UNKNOWN: "battery",
    ReasonCode.READING_STALE: "battery",
    ReasonCode.BATTERY_BELOW_MINIMUM: "battery",
    ReasonCode.RESERVE_AT_RISK: "battery",
    ReasonCode.TARGET_AT_RISK: "battery",
    ReasonCode.POWER_REQUIRED: "charging",
}
"""The source entity that a rule looks at."""


class Responses:
    """Turns answers into response data."""

    def __init__(
        self,
        directory: Directory,
        sources: Mapping[str, SourceEntities],
        sentences: Sentences,
    ) -> None:
        """Take what devices, entities and reasons are called."""
        self._directory = directory
        self._sources = sources
        self._sentences = sentences

    def decisions(self, decisions: Iterable[Decision]) -> JsonObjectType:
        """Return every decision in the order given, and the ids by outcome."""
        rows = list(decisions)
        return {
            "tasks": [self._decision(row) for row in rows],
            **{
                outcome.value: [row.task for row in rows if row.outcome is outcome]
                for outcome in Outcome
            },
        }

    def plan(self, plan: Plan) -> JsonObjectType:
        """Return a plan."""
        return {
            "score": round(plan.score, 4),
            "cut_short": plan.cut_short,
            **self.decisions(plan.decisions),
            "devices": [
                {
                    **self.device(device_id),
                    "level": number(device.level),
                    "power_state": device.state,
                    "reserve": device.reserve,
                    "lowest_planned_level": number(device.lowest),
                }
                for device_id, device in plan.devices.items()
            ],
        }

    def power(self, device_id: str, power: DevicePower) -> JsonObjectType:
        """Return a device and the state of its battery."""
        return {
            **self.device(device_id),
            "level": number(power.level),
            "power_state": power.state,
            "stale": power.stale,
        }

    def device(self, device_id: str | None) -> dict[str, Any]:
        """Return what a device is called."""
        return {
            "device": self._directory.names.get(device_id or ""),
            "device_id": self._directory.device_ids.get(device_id or ""),
        }

    def _decision(self, row: Decision) -> JsonObjectType:
        """Return one decision."""
        return {
            "id": row.task,
            "decision": row.outcome,
            **self.device(row.device),
            "start": moment(row.start),
            "end": moment(row.end),
            "battery_before": number(row.battery_before),
            "battery_after": number(row.battery_after),
            "probability": number(row.probability, 3),
            "earliest_start": moment(row.earliest_start),
            "reasons": [self._reason(reason) for reason in row.reasons],
            "would_run_if": self._change(row.would_run_if),
            "not_limited_by": list(row.not_limited_by),
        }

    def _reason(self, reason: Reason) -> JsonObjectType:
        """Return one reason."""
        return {
            "code": reason.code,
            "text": self._sentences.reason(reason),
            "actual": value(reason.actual),
            "required": value(reason.required),
            "unit": reason.unit,
            "entity_id": self._entity(reason),
            "field": reason.field,
            "tasks": list(reason.tasks),
        }

    def _entity(self, reason: Reason) -> str | None:
        """Return the entity that a rule looked at, if there is one."""
        sources = self._sources.get(reason.device or "")
        name = _SOURCE_OF.get(reason.code)
        if sources is None or name is None:
            return None
        if name == "charging":
            return next(iter(sources.charging), sources.battery)
        entity_id: str | None = getattr(sources, name)
        return entity_id

    def _change(self, change: Change | None) -> JsonObjectType | None:
        """Return the change that would let a task run."""
        if change is None:
            return None
        return {
            "change": change.kind,
            "amount": number(change.amount),
            "unit": change.unit,
            "text": self._sentences.change(change),
        }


def outlook(ahead: datetime, result: Outlook | None) -> JsonObjectType:
    """Return what a level may be at a moment."""
    return {
        "at": moment(ahead),
        "level": number(result.level) if result else None,
        "p10": number(result.p10) if result else None,
        "p90": number(result.p90) if result else None,
        "probability": number(result.probability, 3) if result else None,
        "confidence": number(result.confidence, 3) if result else None,
    }


def moment(at: datetime | None) -> str | None:
    """Return a moment in the home's time, to the second."""
    return dt_util.as_local(at).isoformat(timespec="seconds") if at else None


def number(amount: float | None, digits: int = 1) -> float | None:
    """Return a number without digits that mean nothing."""
    return round(amount, digits) if amount is not None else None


def value(given: float | datetime | None) -> float | str | None:
    """Return a number, as exactly as rules compare it, or a moment."""
    return moment(given) if isinstance(given, datetime) else number(given, 2)
