"""A home with batteries, for the tests that run Home Assistant."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant, ServiceResponse
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.power_scheduler.const import (
    BACKEND_SQLITE,
    CONF_BACKEND,
    CONF_BATTERY,
    CONF_CHARGING,
    CONF_RESERVE,
    DOMAIN,
    SUBENTRY_DEVICE,
    SUBENTRY_PROFILE,
)
from custom_components.power_scheduler.core.task import PROFILES
from custom_components.power_scheduler.subentry_data import profile_data

PHONE = "sensor.phone_battery_level"
PHONE_STATE = "sensor.phone_battery_state"


def device(
    name: str, battery: str, *charging: str, **data: object
) -> ConfigSubentryDataWithId:
    """Return the subentry of a tracked device."""
    return ConfigSubentryDataWithId(
        subentry_id=f"id_of_{name.lower()}",
        subentry_type=SUBENTRY_DEVICE,
        title=name,
        unique_id=battery,
        data={
            CONF_BATTERY: battery,
            CONF_CHARGING: list(charging),
            CONF_RESERVE: 10.0,
            **data,
        },
    )


def phone(**data: object) -> ConfigSubentryDataWithId:
    """Return the subentry of a phone of the companion app."""
    return device("Phone", PHONE, PHONE_STATE, **data)


def profiles() -> list[ConfigSubentryDataWithId]:
    """Return the subentries of the usual task profiles."""
    return [
        ConfigSubentryDataWithId(
            subentry_id=f"id_of_{name}",
            subentry_type=SUBENTRY_PROFILE,
            title=name,
            unique_id=name,
            data=profile_data(name, profile),
        )
        for name, profile in PROFILES.items()
    ]


async def set_up(
    hass: HomeAssistant,
    *devices: ConfigSubentryDataWithId,
    data: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> MockConfigEntry:
    """Set up the integration with some devices, and return its entry."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Power Scheduler",
        entry_id="entry",
        data=data or {CONF_BACKEND: BACKEND_SQLITE},
        options=options or {},
        subentries_data=[*devices, *profiles()],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


def tell(
    hass: HomeAssistant,
    level: object,
    state: str | None = None,
    at: datetime | None = None,
) -> None:
    """Let the phone tell its level (%), and what it lives on."""
    timestamp = at.timestamp() if at else None
    if state is not None:
        hass.states.async_set(PHONE_STATE, state, timestamp=timestamp)
    hass.states.async_set(
        PHONE, str(level), {"unit_of_measurement": "%"}, timestamp=timestamp
    )


async def act(hass: HomeAssistant, action: str, **data: object) -> ServiceResponse:
    """Call one of our actions, and return its response."""
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )


def states(hass: HomeAssistant, entity_ids: Sequence[str]) -> list[str | None]:
    """Return the states of some entities; None for one that is not there."""
    found = (hass.states.get(entity_id) for entity_id in entity_ids)
    return [state.state if state else None for state in found]


async def wait(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, **span: float
) -> None:
    """Let time pass, and everything that waits for it happen."""
    freezer.tick(timedelta(**span))
    # What was gathered is looked at, then the automations see it.
    for _ in range(2):
        async_fire_time_changed(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
        freezer.tick(timedelta(seconds=3))
