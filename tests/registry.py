"""A home's registries, furnished as real integrations furnish them."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

type Kinds = Mapping[str, str | None]
"""Device classes by entity id."""


def add_device(
    hass: HomeAssistant, platform: str, name: str, kinds: Kinds, **details: object
) -> dict[str, er.RegistryEntry]:
    """Add a device with entities; details hold for each of its entities."""
    config = MockConfigEntry(domain=platform)
    config.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=config.entry_id,
        identifiers={(platform, name)},
        name=name,
    )
    return {
        entity_id: add_entity(
            hass, platform, entity_id, kind, device_id=device.id, **details
        )
        for entity_id, kind in kinds.items()
    }


def add_entity(
    hass: HomeAssistant,
    platform: str,
    entity_id: str,
    kind: str | None = None,
    **details: object,
) -> er.RegistryEntry:
    """Add an entity, its unique id made from what it is called at first."""
    domain, object_id = entity_id.split(".")
    given = {"unique_id": f"id_{object_id}", **details}
    entry = er.async_get(hass).async_get_or_create(
        domain,
        platform,
        suggested_object_id=object_id,
        original_device_class=kind,
        **given,  # type: ignore[arg-type]
    )
    assert entry.entity_id == entity_id
    return entry


def add_phone(hass: HomeAssistant) -> dict[str, er.RegistryEntry]:
    """Add a phone as the Android companion app does."""
    return add_device(
        hass,
        "mobile_app",
        "Pixel",
        {
            "sensor.pixel_battery_level": "battery",
            "sensor.pixel_battery_state": "enum",
            "sensor.pixel_battery_health": "enum",
            "sensor.pixel_battery_power": "power",
            "binary_sensor.pixel_is_charging": "plug",
            "sensor.pixel_charger_type": "enum",
            "sensor.pixel_remaining_charge_time": "duration",
            "device_tracker.pixel": None,
        },
    )
