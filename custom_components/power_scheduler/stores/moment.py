"""Moments as databases keep them: whole microseconds since 1970, in UTC."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def microseconds(at: datetime) -> int:
    """Return the exact number of microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def moment(count: int) -> datetime:
    """Return the moment that many microseconds after the start of 1970."""
    return _EPOCH + count * _MICROSECOND
