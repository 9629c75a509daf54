"""Values as JSON can carry them, and back, as the kinds of their fields tell."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cache
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from .core.sample import Sample

UNREADABLE: Final = (AttributeError, LookupError, TypeError, ValueError)
"""What comes of unpacking data that are not of a kind."""


def pack(value: Any) -> Any:
    """Return a value as JSON can carry it; fields that hold their default are left out.

    A sample is one line of text: a home has tens of thousands of them.
    """
    match value:
        case Sample():
            packed: Any = f"{value.at.isoformat()} {value.level!r} {value.plugged}"
        case datetime():
            packed = value.isoformat()
        case timedelta():
            packed = value.total_seconds()
        case tzinfo():
            packed = str(value)
        case bytearray():
            packed = b64encode(value).decode()
        case Mapping():
            packed = {str(key): pack(item) for key, item in value.items()}
        case list() | tuple():
            packed = [pack(item) for item in value]
        case _ if is_dataclass(value):
            kept = (field for field in fields(value) if field.init)
            told = ((field, getattr(value, field.name)) for field in kept)
            packed = {f.name: pack(item) for f, item in told if item != _default(f)}
        case _:
            packed = value
    return packed


def unpack(kind: Any, data: Any) -> Any:
    """Return the value of a kind that was packed.

    Raises:
        UNREADABLE: The data are not of this kind.
    """
    origin, parts = get_origin(kind), get_args(kind)
    if kind in _LEAVES:
        return _LEAVES[kind](data)
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        told = {name: unpack(hints[name], item) for name, item in data.items()}
        return kind(**told)  # type: ignore[operator]
    if origin in (Union, UnionType):
        return None if data is None else unpack(_choose(parts, data), data)
    if origin is Mapping:
        name, item = parts
        return {unpack(name, k): unpack(item, v) for k, v in data.items()}
    if origin in (tuple, Sequence, list):
        items = (unpack(parts[0], item) for item in data)
        return list(items) if origin is list else tuple(items)
    return kind(data)


_hints: Final = cache(get_type_hints)
"""The kinds of a dataclass's fields; working them out takes longer than all else."""


def _moment(text: str) -> datetime:
    """Return the moment that a text tells; without a time zone it tells none."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"a moment needs a time zone, got {text}")
    return at


def _sample(text: str) -> Sample:
    """Return the sample that a line tells of."""
    at, level, plugged = text.split()
    told = {"None": None, "True": True, "False": False}[plugged]
    return Sample(datetime.fromisoformat(at), float(level), told)


_LEAVES: Final[Mapping[Any, Callable[[Any], Any]]] = {
    Sample: _sample,
    datetime: _moment,
    timedelta: lambda seconds: timedelta(seconds=seconds),
    tzinfo: ZoneInfo,
    bytearray: lambda text: bytearray(b64decode(text)),
}


def _choose(kinds: Sequence[Any], data: Any) -> Any:
    """Return the kind that data are of.

    A mapping is of the dataclass whose required fields are all there, if of any, and a
    text is of the kind that is told by a text, such as a moment.
    """
    for kind in kinds:
        if is_dataclass(kind) and isinstance(data, Mapping):
            needed = {f.name for f in fields(kind) if _default(f) is MISSING}
            if needed <= data.keys():
                return kind
    texts = (kind for kind in kinds if kind in _LEAVES and isinstance(data, str))
    return next(texts, kinds[0])


def _default(field: Field[Any]) -> Any:
    """Return what a field is if nothing is said; MISSING when it has to be."""
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default
