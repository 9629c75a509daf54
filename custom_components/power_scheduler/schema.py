"""What the actions accept, and how they say what is wrong with it."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .core.task import Priority

TASKS_AT_MOST: Final = 5000
LONGEST: Final = timedelta(hours=48)
"""The longest horizon, and so the longest task that can be placed."""

LONG_AGO: Final = datetime(1000, 1, 1, tzinfo=UTC)
FAR_AHEAD: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Moments beyond, as some write for "never", stand for these: both can be reckoned
with, in every zone and with every chain of tasks.
"""

EFFORT_AT_MOST: Final = 10.0
SHOWN_AT_MOST: Final = 60
"""How many characters of a wrong value an error repeats."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it takes, and the sentence that says so."""

    validator: Callable[[Any], Any]
    expected: str
    """The translation key of the sentence."""

    placeholders: Mapping[str, str]


def _number(minimum: float, maximum: float) -> Field:
    """Take a number within bounds; a number's text will do, true and false won't."""
    return Field(
        vol.All(_no_boolean, vol.Coerce(float), vol.Range(minimum, maximum)),
        "expected_number",
        {"minimum": f"{minimum:g}", "maximum": f"{maximum:g}"},
    )


def _count(minimum: int, maximum: int) -> Field:
    """Take a whole number within bounds."""
    number = _number(minimum, maximum)
    return Field(
        vol.All(number.validator, _whole), "expected_count", number.placeholders
    )


def _choice(*options: str) -> Field:
    """Take one of some words."""
    return Field(vol.In(options), "expected_choice", {"options": ", ".join(options)})


def _no_boolean(value: object) -> object:
    """Refuse true and false, which Python would count as numbers."""
    if isinstance(value, bool):
        raise vol.Invalid("a number is expected")
    return value


def _whole(number: float) -> int:
    """Return a whole number as such, and refuse any other."""
    if not number.is_integer():
        raise vol.Invalid("a whole number is expected")
    return int(number)


def _moment(value: object) -> datetime:
    """Take a date and time to the second, as now is; without a zone, in the home's."""
    moment = cv.datetime(value).replace(microsecond=0)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt_util.get_default_time_zone())
    try:
        return min(max(dt_util.as_utc(moment), LONG_AGO), FAR_AHEAD)
    except OverflowError as err:
        raise vol.Invalid("this moment is out of range") from err


def _span(value: object) -> timedelta:
    """Take a duration: seconds, HH:MM:SS or a mapping."""
    try:
        span = cv.positive_time_period(_no_boolean(value))
    except (OverflowError, TypeError, ValueError) as err:
        raise vol.Invalid("this is no duration") from err
    if not timedelta(0) < span <= LONGEST:
        raise vol.Invalid("this duration is out of range")
    return span


_PERCENT: Final = _number(0, 100)
_TEXT: Final = Field(vol.All(cv.string, vol.Length(1, 255)), "expected_text", {})
_TEXTS: Final = Field(vol.All(cv.ensure_list, [_TEXT.validator]), "expected_texts", {})
_YES_OR_NO: Final = Field(cv.boolean, "expected_boolean", {})
_MOMENT: Final = Field(_moment, "expected_moment", {})
_SPAN: Final = Field(_span, "expected_duration", {"maximum": "48:00:00"})

_list: Final = ", ".join
_NOTHING: Final = object()

_TASK: Final[Mapping[str, Field]] = {
    "id": _TEXT,
    "type": _TEXT,
    "priority": _choice(*Priority),
    "estimated_duration": _SPAN,
    "deferrable": _YES_OR_NO,
    "min_battery": _PERCENT,
    "drain": _number(0, 1000),
    "energy": _number(0, 100_000),
    "cpu": _PERCENT,
    "memory": _PERCENT,
    "network": _PERCENT,
    "earliest": _MOMENT,
    "deadline": _MOMENT,
    "requires_power": _YES_OR_NO,
    "after": _TEXTS,
    "devices": _TEXTS,
    "on_unknown": _choice("allow", "refuse"),
}
_CHARGING: Final[Mapping[str, Field]] = {
    "device": _TEXT,
    "start": _MOMENT,
    "end": _MOMENT,
}
_TARGET: Final[Mapping[str, Field]] = {
    "device": _TEXT,
    "level": _PERCENT,
    "at": _MOMENT,
}
_SIGNAL: Final[Mapping[str, Field]] = {
    "start": _MOMENT,
    "value": _number(-1e9, 1e9),
}
_DRY_RUN: Final[Mapping[str, Field]] = {
    "device": _TEXT,
    "level": _PERCENT,
    "plugged": _YES_OR_NO,
}


def _records(fields: Mapping[str, Field], *required: str) -> vol.All:
    """Take one record of some fields, or a list of them."""
    return vol.All(
        cv.ensure_list, vol.Length(1, TASKS_AT_MOST), [_mapping(fields, *required)]
    )


def _mapping(fields: Mapping[str, Field], *required: str) -> dict[vol.Marker, Any]:
    """Take a mapping of some fields."""
    return {
        (vol.Required if name in required else vol.Optional)(name): field.validator
        for name, field in fields.items()
    }


def _listed(fields: Mapping[str, Field], *required: str) -> Field:
    """Take records that stand beside the tasks."""
    said = {"fields": _list(fields), "maximum": str(TASKS_AT_MOST)}
    return Field(_records(fields, *required), "expected_records", said)


_TASKS: Final = Field(
    _records(_TASK), "expected_tasks", {"maximum": str(TASKS_AT_MOST)}
)
_ONE_TASK: Final = Field(vol.Schema(_mapping(_TASK)), "expected_task", {})
_TERMS: Final[Mapping[str, Field]] = {
    "tasks": _TASKS,
    "reserve": _PERCENT,
    "confidence": _number(0.05, 0.95),
}
CHECK: Final[Mapping[str, Field]] = {
    **_TERMS,
    "device": _TEXT,
    "running": _count(0, 1000),
}
OPTIMIZE: Final[Mapping[str, Field]] = {
    **_TERMS,
    "devices": _TEXTS,
    "horizon": _SPAN,
    "effort": _number(0, EFFORT_AT_MOST),
    "targets": _listed(_TARGET, *_TARGET),
    "signal": _listed(_SIGNAL, *_SIGNAL),
    "signal_entity": _TEXT,
    "signal_attribute": _TEXT,
    "signal_more_is_better": _YES_OR_NO,
    "prefer_early": _number(0, 1),
    "charging": _listed(_CHARGING, *_CHARGING),
    "dry_run": _listed(_DRY_RUN, "device"),
}
FORECAST: Final[Mapping[str, Field]] = {
    "device": _TEXT,
    "duration": _SPAN,
    "at": _MOMENT,
    "reserve": _PERCENT,
    "curve": _YES_OR_NO,
}
_NESTED: Final[Mapping[str, Mapping[str, Field]]] = {
    "tasks": _TASK,
    "charging": _CHARGING,
    "targets": _TARGET,
    "signal": _SIGNAL,
    "dry_run": _DRY_RUN,
}
_ENTRIES: Final = {
    "expected_records": "expected_record",
    "expected_texts": "expected_text",
}
"""What is expected of an entry of what is expected."""


def validate(
    fields: Mapping[str, Field], data: Mapping[str, Any], *required: str
) -> dict[str, Any]:
    """Return an action's data in the types that its fields stand for.

    Raises:
        ServiceValidationError: Something is wrong; the error names the field.
    """
    schema = vol.Schema(_mapping(fields, *required))
    try:
        checked: dict[str, Any] = schema(dict(data))
    except vol.Invalid as err:
        first = err.errors[0] if isinstance(err, vol.MultipleInvalid) else err
        raise _error(fields, data, first.path) from err
    return checked


def _error(
    fields: Mapping[str, Field], data: Mapping[str, Any], path: Sequence[Hashable]
) -> ServiceValidationError:
    """Return the error for what stands at a path."""
    given = _at(data, path)
    if given is _NOTHING:
        return ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="missing_field",
            translation_placeholders={"field": _path_text(path)},
        )
    names = [part for part in path if isinstance(part, str)]
    # A key that is no text, as YAML reads `on`, is none of ours.
    known, name = fields, names[0] if names else ""
    if name in _NESTED and len(names) > 1:
        known, name = _NESTED[name], names[1]
    field = known.get(name)
    if field is _TASKS and len(path) > 1:
        field = _ONE_TASK
    # What is wrong with a list of records itself is how long it is.
    counted = isinstance(given, list) and path == [name] and name in _NESTED
    expected = field.expected if field else "unexpected_field"
    if isinstance(path[-1], int):
        expected = _ENTRIES.get(expected, expected)
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=expected,
        translation_placeholders={
            "field": _path_text(path),
            "value": str(len(given)) if counted else _value_text(given),
            **(field.placeholders if field else {"fields": ", ".join(known)}),
        },
    )


def _at(data: Any, path: Iterable[Any]) -> Any:
    """Return what stands at a path, or _NOTHING."""
    for part in path:
        if isinstance(data, Mapping) and not isinstance(part, int):
            data = data.get(part, _NOTHING)
        elif isinstance(data, list):
            data = data[part]
        # Else it is the one record that may stand for a list of them.
    return data


def _path_text(path: Sequence[Hashable]) -> str:
    """Return a path as people write it: tasks[2].cpu."""
    text = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)
    return text.removeprefix(".")


def _value_text(given: Any) -> str:
    """Return what was given, shortened."""
    if isinstance(given, Mapping):
        given = ", ".join(f"{key}: {value}" for key, value in given.items())
    text = str(given)
    return text if len(text) <= SHOWN_AT_MOST else f"{text[:SHOWN_AT_MOST]}…"
