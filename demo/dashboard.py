"""Lays out the demo's dashboard from the entities that the integration made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

DOMAIN: Final = "power_scheduler"

COLUMNS: Final = 3
EXAMPLE: Final = "script.photo_backup_if_allowed"
_LAST: Final = 99


@dataclass(slots=True)
class Shown:
    """What the dashboard shows of one device."""

    id: str
    """The device's id in the registry."""

    name: str
    battery: str | None = None
    """The entity that tells the level."""

    entities: list[str] = field(default_factory=list)
    """The integration's entities, in the order to show them."""

    hub: bool = False


def arrange(
    entities: Iterable[Mapping[str, Any]],
    devices: Iterable[Mapping[str, Any]],
    states: Iterable[Mapping[str, Any]],
    order: list[str],
) -> list[Shown]:
    """Return what to show, the hub first and then the devices by name.

    Args:
        entities: The entity registry, as `config/entity_registry/list` gives it.
        devices: The device registry, as `config/device_registry/list` gives it.
        states: The states, as `get_states` gives them.
        order: Translation keys in the order to show their entities.
    """
    classes = {s["entity_id"]: s["attributes"].get("device_class") for s in states}
    rank = {key: index for index, key in enumerate(order)}
    enabled = [e for e in entities if not e["disabled_by"] and not e["hidden_by"]]
    shown: dict[str, Shown] = {}
    for device in devices:
        here = [e for e in enabled if e["device_id"] == device["id"]]
        ours = sorted(
            (e for e in here if e["platform"] == DOMAIN),
            key=lambda e: rank.get(e["translation_key"], _LAST),
        )
        batteries = [
            e["entity_id"]
            for e in here
            if e["platform"] != DOMAIN and classes.get(e["entity_id"]) == "battery"
        ]
        if ours:
            shown[device["id"]] = Shown(
                id=device["id"],
                name=device["name_by_user"] or device["name"],
                battery=batteries[0] if batteries else None,
                entities=[e["entity_id"] for e in ours],
                hub=not batteries,
            )
    return sorted(shown.values(), key=lambda s: (not s.hub, s.name.casefold()))


def layout(devices: Iterable[Shown]) -> dict[str, Any]:
    """Return a dashboard with a section per device, the hub's across all columns."""
    sections = [
        {
            "type": "grid",
            "cards": _hub_cards(device) if device.hub else _device_cards(device),
            "column_span": COLUMNS if device.hub else 1,
        }
        for device in devices
    ]
    view = {
        "title": "Batteries",
        "path": "batteries",
        "icon": "mdi:battery-clock",
        "type": "sections",
        "max_columns": COLUMNS,
        "sections": sections,
    }
    return {"title": "Power Scheduler", "views": [view]}


def _hub_cards(hub: Shown) -> list[dict[str, Any]]:
    """Return the cards of all devices together, and a button to try a check."""
    return [
        {"type": "heading", "heading": hub.name},
        {"type": "custom:power-scheduler-fleet-card"},
        *(_tile(entity) for entity in hub.entities),
        {"type": "tile", "entity": EXAMPLE, "icon_tap_action": {"action": "toggle"}},
    ]


def _device_cards(device: Shown) -> list[dict[str, Any]]:
    """Return the cards of one device: the integration's, then its entities."""
    return [
        {"type": "heading", "heading": device.name},
        {"type": "custom:power-scheduler-card", "device": device.id},
        *(_tile(entity) for entity in (device.battery, *device.entities)),
    ]


def _tile(entity_id: str | None) -> dict[str, Any]:
    """Return a tile without the device's name, which its section has."""
    return {"type": "tile", "entity": entity_id, "name": {"type": "entity"}}
