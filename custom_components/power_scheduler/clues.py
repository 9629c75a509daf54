"""How to recognise the entities that tell more of a battery's device."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
import re
from typing import Final

from homeassistant.components.binary_sensor import (
    DOMAIN as BINARY_SENSOR_DOMAIN,
    BinarySensorDeviceClass,
)
from homeassistant.components.lawn_mower import DOMAIN as LAWN_MOWER_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN, SensorDeviceClass
from homeassistant.components.vacuum import DOMAIN as VACUUM_DOMAIN
from homeassistant.const import PERCENTAGE
from homeassistant.core import State, split_entity_id

from .const import (
    CONF_CPU,
    CONF_MEMORY,
    CONF_NETWORK,
    CONF_TIME_TO_EMPTY,
    CONF_TIME_TO_FULL,
)

_COARSE_LEVELS: Final = {"low", "middle", "medium", "high"}
"""Words of `battery state` sensors that tell the level of a coin cell."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What the registries tell of an entity."""

    entity_id: str
    names: tuple[str, ...] = ()
    """What its integration calls it: it stays when the entity is renamed."""

    platform: str | None = None
    device_id: str | None = None
    device_class: str | None = None
    unit: str | None = None
    words: frozenset[str] = frozenset()
    """Its state, and the states it can have where that is known."""

    state: State | None = None

    @cached_property
    def domain(self) -> str:
        """The part of the entity id before the dot."""
        return split_entity_id(self.entity_id)[0]

    @cached_property
    def object_id(self) -> str:
        """The part of the entity id behind the dot."""
        return split_entity_id(self.entity_id)[1]

    @cached_property
    def spellings(self) -> list[str]:
        """All its names, with `_` before each word."""
        names = (self.object_id, *self.names)
        return [f"_{re.sub(r'\W', '_', name.lower())}" for name in names]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """What an entity has to look like; what is left out may be anything."""

    domains: tuple[str, ...] = (SENSOR_DOMAIN,)
    endings: tuple[str, ...] = ()
    """How one of its names ends, or all of its name behind the stem of a battery.

    The most telling comes first.
    """

    whole_names: tuple[str, ...] = ()
    """More of what may be all of a name behind that stem.

    As endings they mean anything: a robot's brush has a time left, a lamp a runtime.
    """

    device_class: str | None = None
    units: tuple[str | None, ...] = ()

    def rank(self, candidate: Candidate, stem: str | None) -> int | None:
        """Return how well an entity looks like this, 0 being best; None for not at all.

        Args:
            candidate: The entity.
            stem: What its object id begins with, when only its name tells whose it
                is; None when its device does.
        """
        if (
            candidate.domain in self.domains
            and self.device_class in (None, candidate.device_class)
            and (not self.units or candidate.unit in self.units)
            and not _COARSE_LEVELS & {word.lower() for word in candidate.words}
        ):
            return self._name_rank(candidate, stem)
        return None

    def _name_rank(self, candidate: Candidate, stem: str | None) -> int | None:
        """Return which of the endings an entity's names have, the first being best."""
        if stem is not None:
            name = candidate.object_id.removeprefix(f"{stem}_")
            names = (*self.endings, *self.whole_names)
            return names.index(name) if name in names else None
        if not self.endings:
            return 0
        for rank, ending in enumerate(self.endings):
            if any(name.endswith(f"_{ending}") for name in candidate.spellings):
                return rank
        return None


CHARGING: Final = (
    Clue(endings=("battery_state", "internal_battery_state")),
    Clue(endings=("status_data", "ups_status")),
    Clue(
        domains=(BINARY_SENSOR_DOMAIN,),
        device_class=BinarySensorDeviceClass.BATTERY_CHARGING,
    ),
    Clue(domains=(BINARY_SENSOR_DOMAIN,), device_class=BinarySensorDeviceClass.PLUG),
    Clue(
        domains=(BINARY_SENSOR_DOMAIN,),
        endings=(
            "battery_plugged",
            "charging",
            "is_charging",
            "online_status",
            "plug",
            "plugged",
            "plugged_in",
        ),
    ),
    Clue(
        endings=(
            "battery_status",
            "battery_charger_status",
            "charge_state",
            "charger_state",
            "charging_state",
            "charging_status",
        )
    ),
    Clue(endings=("charger_type",)),
    Clue(domains=(VACUUM_DOMAIN, LAWN_MOWER_DOMAIN)),
)
"""What tells the power source, from the most to the least telling."""

CHARGING_POWER: Final = Clue(
    device_class=SensorDeviceClass.POWER, endings=("battery_power",)
)
"""The last resort: devices disagree on the sign of a battery's power."""

_SHARE: Final = (PERCENTAGE, None)

SINGLES: Final[Mapping[str, Clue]] = {
    CONF_CPU: Clue(
        endings=(
            "cpu_load",
            "cpu_percent",
            "cpu_usage",
            "cpu_use",
            "cpu_utilization",
            "processor_use",
        ),
        units=_SHARE,
    ),
    CONF_MEMORY: Clue(
        endings=(
            "memory_percent",
            "memory_usage",
            "memory_use",
            "memory_use_percent",
            "memory_used_percentage",
            "ram_usage",
        ),
        units=_SHARE,
    ),
    CONF_NETWORK: Clue(
        endings=("network_usage", "network_use", "network_utilization"), units=_SHARE
    ),
    CONF_TIME_TO_EMPTY: Clue(
        endings=(
            "battery_empty",
            "battery_runtime",
            "battery_time_remaining",
            "remaining_battery_time",
            "time_to_empty",
            "timeleft",
        ),
        whole_names=("runtime", "time_left"),
    ),
    CONF_TIME_TO_FULL: Clue(
        endings=(
            "charge_time_remaining",
            "remaining_charge_time",
            "time_to_full",
            "time_to_full_charge",
        )
    ),
}
"""What tells the rest: use of resources as a share, and own estimates."""
