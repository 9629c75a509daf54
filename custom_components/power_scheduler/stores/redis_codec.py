"""What is kept, as Redis keeps it: text that other programs can read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched
import json
from typing import Final

from redis.typing import EncodableT, FieldT

from ..const import LOGGER
from ..core.sample import Sample
from . import DeviceProfile, JsonObject
from .moment import microseconds, moment

_PLUGGED: Final = {None: "", False: "0", True: "1"}
_UNPLUGGED: Final = {text: plugged for plugged, text in _PLUGGED.items()}


def encode_samples(samples: Iterable[Sample], portion: int) -> Iterator[dict[int, str]]:
    """Return members by moment, oldest first, in portions; of twins the first."""
    unique: dict[int, Sample] = {}
    for sample in samples:
        unique.setdefault(microseconds(sample.at), sample)
    for some in batched(sorted(unique), portion, strict=False):
        yield {at: _member(at, unique[at]) for at in some}


def _member(at: int, sample: Sample) -> str:
    return f"{at}:{sample.level!r}:{_PLUGGED[sample.plugged]}"


def decode_samples(key: str, members: Sequence[str]) -> list[Sample]:
    """Read members; those that others wrote and nobody can read are left out."""
    samples = []
    for member in members:
        try:
            at, level, plugged = member.split(":")
            samples.append(Sample(moment(int(at)), float(level), _UNPLUGGED[plugged]))
        except ValueError, KeyError, OverflowError:
            continue
    if unreadable := len(members) - len(samples):
        LOGGER.warning("Ignored %d unreadable samples in %s", unreadable, key)
    return samples


def decode_decisions(key: str, records: Sequence[str | bytes]) -> list[JsonObject]:
    """Read decisions; what others put among them is left out."""
    decisions: list[JsonObject] = []
    for record in records:
        try:
            decision = json.loads(record)
        except ValueError, RecursionError:
            continue
        if isinstance(decision, dict):
            decisions.append(decision)
    if unreadable := len(records) - len(decisions):
        LOGGER.warning("Ignored %d unreadable decisions in %s", unreadable, key)
    return decisions


def encode_profile(
    profile: DeviceProfile,
) -> tuple[dict[FieldT, EncodableT], list[str]]:
    """Return the fields of a profile, and the names of those that are unknown."""
    level, trend = profile.battery_level, profile.power_trend
    charging = profile.charging
    fields = {
        "power_state": profile.power_state,
        "battery_level": None if level is None else repr(level),
        "charging": None if charging is None else str(charging).lower(),
        "power_trend": None if trend is None else repr(trend),
        "last_update": profile.last_update.isoformat(),
    }
    known: dict[FieldT, EncodableT] = {
        name: text for name, text in fields.items() if text is not None
    }
    return known, [name for name in fields if name not in known]


def decode_profile(fields: Mapping[str, str]) -> DeviceProfile:
    """Read the fields of a profile.

    Raises:
        ValueError: A field holds what no profile holds.
    """
    level, trend = fields.get("battery_level"), fields.get("power_trend")
    charging = fields.get("charging")
    last_update = datetime.fromisoformat(fields["last_update"])
    if last_update.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return DeviceProfile(
        power_state=fields.get("power_state"),
        battery_level=None if level is None else float(level),
        charging=None if charging is None else charging == "true",
        power_trend=None if trend is None else float(trend),
        last_update=last_update,
    )
