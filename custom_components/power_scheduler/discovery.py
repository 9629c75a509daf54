"""The home's battery devices, and the entities that tell more of each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
import re
from typing import Final

from homeassistant.components.device_tracker import DOMAIN as DEVICE_TRACKER_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN, SensorDeviceClass
from homeassistant.const import (
    ATTR_BATTERY_LEVEL,
    ATTR_DEVICE_CLASS,
    ATTR_UNIT_OF_MEASUREMENT,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .clues import CHARGING, CHARGING_POWER, SINGLES, Candidate, Clue
from .const import CONF_CHARGING, DOMAIN
from .power_source import ROBOTS

type Companions = Mapping[str, str | list[str]]
"""Entity ids by what they tell; several may tell the power source."""

RECHARGEABLE: Final = {
    "apcupsd",
    "fully_kiosk",
    "glances",
    "mobile_app",
    "nut",
    "system_bridge",
    "systemmonitor",
}
"""Integrations whose batteries are never coin cells."""

_LEVEL_DOMAINS: Final = {*ROBOTS, DEVICE_TRACKER_DOMAIN}
"""Where a level may hide in an attribute."""

_DERIVED: Final = {DOMAIN, "battery_notes", "group", "min_max", "statistics"}
"""Integrations whose batteries are other entities' batteries."""

_LEVEL_WORDS: Final = re.compile(
    r"[ _](battery[ _]level|battery[ _]charge|battery|charge|soc|level)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDevice:
    """A battery device of the home."""

    battery: str
    """The entity id that carries the level."""

    title: str
    companions: Companions
    rechargeable: bool


@callback
def battery_devices(hass: HomeAssistant) -> list[FoundDevice]:
    """Return the home's battery devices: rechargeable ones first, then by title."""
    home = _Home(hass)
    found = [home.device(battery) for battery in home.batteries]
    return sorted(found, key=lambda d: (not d.rechargeable, d.title.casefold()))


@callback
def find_device(hass: HomeAssistant, battery_id: str) -> FoundDevice:
    """Return the device that an entity belongs to, whatever carries its level."""
    home = _Home(hass)
    return home.device(home.entities.get(battery_id, Candidate(entity_id=battery_id)))


class _Home:
    """Every entity that could tell of a battery: enabled, shown and not derived."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Look at the registries and the states as they are now."""
        self._devices = dr.async_get(hass)
        self.entities = {c.entity_id: c for c in _candidates(hass)}
        self._by_device: dict[str | None, list[Candidate]] = defaultdict(list)
        for candidate in self.entities.values():
            self._by_device[candidate.device_id].append(candidate)

    @property
    def batteries(self) -> list[Candidate]:
        """The entities that carry a level; an attribute only where no sensor does."""
        sensors = [c for c in self.entities.values() if _is_battery_sensor(c)]
        told = {c.device_id for c in sensors if c.device_id}
        return sensors + [
            c
            for c in self.entities.values()
            if _has_level_attribute(c) and c.device_id not in told
        ]

    def device(self, battery: Candidate) -> FoundDevice:
        """Return the device of a battery."""
        companions = self._companions(battery)
        return FoundDevice(
            battery=battery.entity_id,
            title=self._title(battery),
            companions=companions,
            rechargeable=bool(companions)
            or battery.platform in RECHARGEABLE
            or battery.domain != SENSOR_DOMAIN,
        )

    def _companions(self, battery: Candidate) -> Companions:
        """Return the entities that tell more of a battery's device."""
        siblings = self._siblings(battery)
        charging = [c for clue in CHARGING if (c := _best(clue, battery, siblings))]
        if battery.domain in ROBOTS:
            charging.append(battery.entity_id)
        if not charging and (power := _best(CHARGING_POWER, battery, siblings)):
            charging = [power]
        found: dict[str, str | list[str]] = {}
        if charging:
            found[CONF_CHARGING] = list(dict.fromkeys(charging))
        for role, clue in SINGLES.items():
            if entity_id := _best(clue, battery, siblings):
                found[role] = entity_id
        return found

    def _siblings(self, battery: Candidate) -> list[Candidate]:
        """Return the entities that may tell of a battery's device.

        Without a device, only the name can say so: `phone_is_charging` goes with
        `phone_battery_level`.
        """
        others = self._by_device[battery.device_id]
        if battery.device_id:
            return others
        stem = f"{_stem(battery)}_"
        return [c for c in others if c.object_id.startswith(stem)]

    def _title(self, battery: Candidate) -> str:
        """Return what a battery's device is called.

        The batteries of one device are told apart by the names of their entities.
        """
        siblings = self._by_device[battery.device_id]
        if battery.device_id and sum(map(_is_battery_sensor, siblings)) < 2:
            device = self._devices.async_get(battery.device_id)
            if device and (name := device.name_by_user or device.name):
                return name
        name = battery.state.name if battery.state else battery.object_id
        return _LEVEL_WORDS.sub("", name.replace("_", " "))


def _candidates(hass: HomeAssistant) -> Iterator[Candidate]:
    """Yield every entity that is enabled, shown and not derived from others."""
    registry = er.async_get(hass)
    for entry in registry.entities.values():
        if not entry.disabled and not entry.hidden and entry.platform not in _DERIVED:
            yield _registered(entry, hass.states.get(entry.entity_id))
    for state in hass.states.async_all():
        if state.entity_id not in registry.entities:
            yield _unregistered(state)


def _registered(entry: er.RegistryEntry, state: State | None) -> Candidate:
    """Return what the registry, and the state if there is one, tell of an entity."""
    options = (entry.capabilities or {}).get("options") or ()
    return Candidate(
        entity_id=entry.entity_id,
        names=(str(entry.unique_id), entry.translation_key or ""),
        platform=entry.platform,
        device_id=entry.device_id,
        device_class=entry.device_class or entry.original_device_class,
        unit=entry.unit_of_measurement,
        words=frozenset(map(str, (*options, *([state.state] if state else [])))),
        state=state,
    )


def _unregistered(state: State) -> Candidate:
    """Return what a state alone tells of an entity."""
    return Candidate(
        entity_id=state.entity_id,
        device_class=state.attributes.get(ATTR_DEVICE_CLASS),
        unit=state.attributes.get(ATTR_UNIT_OF_MEASUREMENT),
        words=frozenset({state.state}),
        state=state,
    )


def _is_battery_sensor(candidate: Candidate) -> bool:
    """Say whether an entity is a sensor of a battery's level."""
    return (
        candidate.domain == SENSOR_DOMAIN
        and candidate.device_class == SensorDeviceClass.BATTERY
    )


def _has_level_attribute(candidate: Candidate) -> bool:
    """Say whether an entity carries a battery's level in an attribute."""
    return (
        candidate.domain in _LEVEL_DOMAINS
        and candidate.state is not None
        and candidate.state.attributes.get(ATTR_BATTERY_LEVEL) is not None
    )


def _best(clue: Clue, battery: Candidate, siblings: Iterable[Candidate]) -> str | None:
    """Return the entity that a clue points to: of several, the one named most alike.

    A watch and its phone can be one device with two batteries.
    """
    stem = None if battery.device_id else _stem(battery)
    ranked = [
        (rank, -_likeness(c, battery), len(c.object_id), c.entity_id)
        for c in siblings
        if c is not battery and (rank := clue.rank(c, stem)) is not None
    ]
    return min(ranked)[-1] if ranked else None


def _likeness(one: Candidate, other: Candidate) -> int:
    """Return how many characters two object ids have in common from the start."""
    pairs = zip(one.object_id, other.object_id, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _stem(battery: Candidate) -> str:
    """Return a battery's object id without the words for its level."""
    return _LEVEL_WORDS.sub("", battery.object_id)
