"""What a device and its entities are made of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import PERCENTAGE, STATE_UNAVAILABLE, EntityCategory, Platform
from homeassistant.util import slugify

from .replay import Moment, Trace

type Value = bool | int | float | str | datetime | None

UNAVAILABLE: Final = STATE_UNAVAILABLE
"""What an entity says that has no value at the moment, and says so."""

REFRESH: Final = timedelta(minutes=10)
"""How often the use of resources changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoEntity:
    """One entity of a device."""

    key: str
    """The last part of its unique id, as the real integration has it."""

    value: Callable[[Moment], Value]
    name: str | None = None
    """None takes the device class's name, or the device's for the main entity."""

    platform: Platform = Platform.SENSOR
    device_class: SensorDeviceClass | BinarySensorDeviceClass | None = None
    unit: str | None = None
    state_class: SensorStateClass | None = None
    options: tuple[str, ...] = ()
    category: EntityCategory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoDevice:
    """One device, and the trace that its battery follows."""

    name: str
    manufacturer: str
    model: str
    unique_id: Callable[[str], str]
    """Makes an entity's unique id of its key, as the real integration does."""

    trace: Trace
    entities: tuple[DemoEntity, ...]
    busy: bool = False
    """Whether entities change between the trace's rows, too."""

    slug: str = field(init=False)

    def __post_init__(self) -> None:
        """Derive what entity ids begin with."""
        object.__setattr__(self, "slug", slugify(self.name))

    def reports(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the moments from start to end at which the device reports, in order."""
        moments = set(self.trace.reports(start, end))
        if self.busy:
            moments.update(_every(REFRESH, start, end))
        yield from sorted(moment for moment in moments if self.trace.at(moment).awake)


def entity_name(entity: DemoEntity) -> str | None:
    """Return an entity's name, or None for a device's main entity."""
    if entity.name is not None or entity.device_class is None:
        return entity.name
    if entity.device_class is BinarySensorDeviceClass.BATTERY_CHARGING:
        return "Charging"
    return entity.device_class.value.replace("_", " ").capitalize()


def entity_id(device: DemoDevice, entity: DemoEntity) -> str:
    """Return the entity id that Home Assistant derives from the names."""
    name = entity_name(entity)
    return f"{entity.platform}.{device.slug}{f'_{slugify(name)}' if name else ''}"


def attributes(device: DemoDevice, entity: DemoEntity) -> dict[str, Any]:
    """Return the attributes that Home Assistant gives the entity's states."""
    name = entity_name(entity)
    told = {
        "options": list(entity.options) or None,
        "state_class": entity.state_class,
        "unit_of_measurement": entity.unit,
        "device_class": entity.device_class,
        "friendly_name": f"{device.name} {name}" if name else device.name,
    }
    return {key: value for key, value in told.items() if value is not None}


def battery(
    key: str,
    name: str | None = None,
    category: EntityCategory | None = EntityCategory.DIAGNOSTIC,
) -> DemoEntity:
    """Return the entity that tells a battery's level."""
    return DemoEntity(
        key=key,
        name=name,
        device_class=SensorDeviceClass.BATTERY,
        unit=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        category=category,
        value=lambda moment: moment.level,
    )


def plug(key: str, name: str, category: EntityCategory | None = None) -> DemoEntity:
    """Return the entity that tells whether there is external power."""
    return DemoEntity(
        key=key,
        name=name,
        platform=Platform.BINARY_SENSOR,
        device_class=BinarySensorDeviceClass.PLUG,
        category=category,
        value=lambda moment: moment.plugged,
    )


def _every(step: timedelta, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield moments from start to end, a step apart."""
    while start <= end:
        yield start
        start += step
