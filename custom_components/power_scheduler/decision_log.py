"""Decisions as the log keeps them: flat records without any sentence or name."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from .core.decision import Decision
from .core.request import Request
from .stores import KEPT_DECISIONS, JsonObject


def logged(
    action: str, request: Request, at: datetime, decisions: Sequence[Decision]
) -> Iterator[JsonObject]:
    """Yield the records of the decisions on a request, at most as many as are kept."""
    for row in decisions[-KEPT_DECISIONS:]:
        yield {
            "at": at.isoformat(timespec="seconds"),
            "action": action,
            "dry_run": bool(request.overrides),
            "task": row.task,
            "decision": row.outcome,
            "device": row.device,
            "start": _moment(row.start),
            "earliest_start": _moment(row.earliest_start),
            "probability": row.probability,
            "reasons": [str(reason.code) for reason in row.reasons],
            "would_run_if": row.would_run_if.kind if row.would_run_if else None,
        }


def _moment(at: datetime | None) -> str | None:
    """Return a moment as text."""
    return at.isoformat(timespec="seconds") if at else None
