"""The one door from Home Assistant into the core: states in, readings out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import isfinite
import re
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    ATTR_BATTERY_LEVEL,
    ATTR_DEVICE_CLASS,
    PERCENTAGE,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfDataRate,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import DataRateConverter, DurationConverter

from .core.sample import Estimate, Reading, Sample, Usage
from .power_source import read_source, unit_of

_PERCENT_TEXT: Final = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*%\s*")
_LEVEL_ATTRIBUTES: Final = (ATTR_BATTERY_LEVEL, "battery")
_NUMERIC_DOMAINS: Final = {"sensor", "number", "input_number"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntities:
    """The entity ids that tell of one device; None where there is none."""

    battery: str | None
    """None when it is gone."""

    charging: tuple[str, ...] = ()
    cpu: str | None = None
    memory: str | None = None
    network: str | None = None
    network_capacity: float | None = None
    """The link's capacity in Mbit/s, for a network sensor that gives a rate."""

    time_to_empty: str | None = None
    time_to_full: str | None = None

    def all(self) -> tuple[str, ...]:
        """Return every entity id once, the battery's first."""
        single = (
            self.battery,
            *self.charging,
            self.cpu,
            self.memory,
            self.network,
            self.time_to_empty,
            self.time_to_full,
        )
        return tuple(dict.fromkeys(entity for entity in single if entity is not None))


type States = Mapping[str, State]
"""States, by entity id."""


def read(hass: HomeAssistant, entities: SourceEntities) -> Reading | None:
    """Return what a device tells now, or None if it tells no level."""
    return take_down(hass, entities, dt_util.utcnow())()


def take_down(
    hass: HomeAssistant, entities: SourceEntities, since: datetime
) -> Callable[[], Reading | None]:
    """Take down what a device tells now, and return what reads it, in any thread.

    Args:
        hass: Home Assistant.
        entities: What tells of the device.
        since: When somebody began to listen.
    """
    now = dt_util.utcnow()
    states = {
        entity_id: _dated(state, now, since)
        for entity_id in entities.all()
        if (state := hass.states.get(entity_id)) is not None
    }
    battery = _known(states, entities.battery)
    if battery is None:
        return _read_nothing
    # Home Assistant changes this moment of a state when the state is repeated.
    return partial(_interpret, states, entities, battery, battery.last_reported)


def _dated(state: State, now: datetime, since: datetime) -> State:
    """Return a state without moments of a future that a clock has left behind.

    Who listens begins anew when a clock is set back: what is dated so was told before.
    """
    reported_at, changed_at = state.last_reported, state.last_changed
    if max(reported_at, changed_at) <= now:
        return state
    return State(
        state.entity_id,
        state.state,
        state.attributes,
        last_changed=changed_at if changed_at <= now else since,
        last_reported=reported_at if reported_at <= now else since,
    )


def _read_nothing() -> None:
    """Read a device that tells nothing."""


def _interpret(
    states: States, entities: SourceEntities, battery: State, reported_at: datetime
) -> Reading | None:
    """Return what a device's states tell, or None if they tell no level."""
    if (level := read_level(battery)) is None:
        return None
    found = (_known(states, entity) for entity in entities.charging)
    charging = [state for state in found if state is not None]
    evidence = read_source(charging, level)
    # A change of the power source is news of the battery; a mere repetition is
    # not, or the plug of a dead phone would keep its last level alive.
    at = max([reported_at, *(state.last_changed for state in charging)])
    return Reading(
        sample=Sample(at, level, evidence.plugged),
        source=evidence.source,
        wordless=evidence.wordless,
        appeared_at=reported_at if reported_at == battery.last_changed else None,
        reported_at=reported_at if reported_at < at else None,
        usage=Usage(
            cpu=_read_share(states, entities.cpu, None),
            memory=_read_share(states, entities.memory, None),
            network=_read_share(states, entities.network, entities.network_capacity),
        ),
        empty=_read_estimate(states, entities.time_to_empty),
        full=_read_estimate(states, entities.time_to_full),
    )


def read_past(battery: Iterable[State], charging: Iterable[State]) -> list[Sample]:
    """Return the samples in a device's recorded states, oldest first.

    A level that appears again as it was is none: at a start, it was restored.

    Args:
        battery: The recorded states of the entity that carries the level.
        charging: The recorded states of the entities that tell the power source.
    """
    moments = sorted((*battery, *charging), key=lambda state: state.last_updated)
    carriers = {state.entity_id for state in battery}
    plugs = {state.entity_id for state in charging}
    now: dict[str, State] = {}
    samples: dict[datetime, Sample] = {}
    before: Sample | None = None
    for state in moments:
        now[state.entity_id] = state
        levels = [s for s in now.values() if s.entity_id in carriers]
        if not levels or (level := read_level(levels[0])) is None:
            continue
        telling = (s for s in now.values() if s.entity_id in plugs and says(s))
        plugged = read_source(telling, level).plugged
        sample = Sample(state.last_updated, level, plugged)
        repeated = state.entity_id in carriers and state.last_changed < sample.at
        if (
            before is None
            or repeated
            or sample.level != before.level
            or sample.plugged not in (None, before.plugged)
        ):
            samples[sample.at] = before = sample
    return list(samples.values())


def read_level(state: State) -> float | None:
    """Return a battery's level (%), or None when the state is no believable level."""
    value: object = state.state
    unit = unit_of(state)
    if split_entity_id(state.entity_id)[0] not in _NUMERIC_DOMAINS:
        present = (state.attributes.get(name) for name in _LEVEL_ATTRIBUTES)
        value, unit = next((v for v in present if v is not None), None), PERCENTAGE
    if isinstance(value, str) and (text := _PERCENT_TEXT.fullmatch(value)):
        value, unit = text[1].replace(",", "."), PERCENTAGE
    if (number := _number(value)) is None:
        return None
    if unit in (None, "") and state.attributes.get("max") == 1:
        number *= 100
    elif unit not in (None, "", PERCENTAGE):
        return None
    return number if 0 <= number <= 100 else None


def says(state: State) -> bool:
    """Say whether a state says something."""
    return state.state not in (STATE_UNAVAILABLE, STATE_UNKNOWN, "")


def _known(states: States, entity_id: str | None) -> State | None:
    """Return an entity's state, if there is one that says something."""
    state = states.get(entity_id) if entity_id is not None else None
    return state if state is not None and says(state) else None


def _number(value: object) -> float | None:
    """Return a finite number, or None."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except TypeError, ValueError, OverflowError:
        return None
    return number if isfinite(number) else None


def _read_share(
    states: States, entity_id: str | None, capacity: float | None
) -> float | None:
    """Return a resource's use as a share (0 to 1), or None when it is not known.

    Args:
        states: What the device's entities tell.
        entity_id: The entity, or None when there is none.
        capacity: The capacity (Mbit/s) that a rate is a share of, if it is one.
    """
    state = _known(states, entity_id)
    if state is None or (number := _number(state.state)) is None or number < 0:
        return None
    unit = unit_of(state)
    if unit == PERCENTAGE:
        return min(number / 100, 1.0)
    if unit in (None, ""):
        return number if number <= 1 else None
    if not capacity or unit not in DataRateConverter.VALID_UNITS:
        return None
    rate = DataRateConverter.convert(number, unit, UnitOfDataRate.MEGABITS_PER_SECOND)
    return min(rate / capacity, 1.0)


def _read_estimate(states: States, entity_id: str | None) -> Estimate | None:
    """Return a device's own estimate, or None when it names no moment."""
    if (state := _known(states, entity_id)) is None:
        return None
    told_at = state.last_reported
    moment = _read_moment(state, told_at)
    return None if moment is None else Estimate(moment, told_at)


def _read_moment(state: State, told_at: datetime) -> datetime | None:
    """Return the moment that a state names, or None when it names none."""
    if state.attributes.get(ATTR_DEVICE_CLASS) == SensorDeviceClass.TIMESTAMP:
        try:
            moment = dt_util.parse_datetime(state.state)
        except ValueError:  # It looks like a moment, but there is no such day.
            return None
        return moment if moment is not None and moment.tzinfo is not None else None
    number = _number(state.state)
    unit = unit_of(state)
    if number is None or number <= 0 or unit not in DurationConverter.VALID_UNITS:
        return None
    try:
        seconds = DurationConverter.convert(number, unit, UnitOfTime.SECONDS)
        return told_at + timedelta(seconds=seconds)
    except HomeAssistantError, OverflowError:
        return None
