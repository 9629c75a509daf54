"""A real Home Assistant core with batteries of several shapes, and what it logs."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
import logging
from pathlib import Path
import time
from typing import Final, override
import warnings

from homeassistant import auth, block_async_io, bootstrap, loader
from homeassistant.components.recorder import get_instance
from homeassistant.config_entries import ConfigEntries
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.recorder import async_initialize_recorder
from homeassistant.setup import async_setup_component

INTEGRATION: Final = Path(__file__).parents[2] / "custom_components" / "power_scheduler"

PHONE: Final = "sensor.phone_battery_level"
LAPTOP: Final = "sensor.laptop_battery"
UPS: Final = "sensor.ups_battery_charge"
ROBOT: Final = "vacuum.robot"
TABLET: Final = "sensor.tablet_battery"
"""Silent for ever."""

BATTERIES: Final = frozenset({PHONE, LAPTOP, UPS, ROBOT, TABLET})

_BATTERY: Final = {"device_class": "battery"}
_PERCENT: Final = {**_BATTERY, "unit_of_measurement": "%"}
_SHARE: Final[dict[str, str | int]] = {**_BATTERY, "max": 1}

_HOUR: Final = 3600


class Complaints(logging.Handler):
    """Keeps the warnings and errors that have to do with the integration.

    Home Assistant logs the use of what it will remove; Python only warns of it.
    """

    def __init__(self) -> None:
        """Listen to all that is logged or warned of from here on."""
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        logging.captureWarnings(capture=True)
        warnings.simplefilter("always")
        logging.getLogger().addHandler(self)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record that is ours or that speaks of us."""
        line = self.format(record)
        ours = "power_scheduler" in record.name or "power_scheduler" in line
        # The loader warns of every custom integration there is.
        if ours and record.name != "homeassistant.loader":
            self.lines.append(f"{record.levelname} {record.name}: {line}")


def prepare(folder: Path) -> None:
    """Make a folder the configuration of a Home Assistant with the integration.

    From here on blocking calls in the event loop are told of.
    """
    block_async_io.enable()
    components = folder / "custom_components"
    components.mkdir()
    (components / INTEGRATION.name).symlink_to(INTEGRATION)


@asynccontextmanager
async def running_home(folder: Path) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant with a recorder, from start to stop."""
    hass = await _boot(folder)
    try:
        yield hass
    finally:
        await hass.async_stop()


async def _boot(folder: Path) -> HomeAssistant:
    """Start Home Assistant as far as integrations need it."""
    hass = HomeAssistant(str(folder))
    # The environment has what is required; nothing may be installed into it.
    hass.config.skip_pip = True
    loader.async_setup(hass)
    hass.config_entries = ConfigEntries(hass, {})
    await bootstrap.async_load_base_functionality(hass)
    hass.auth = await auth.auth_manager_from_config(hass, [], [])
    async_initialize_recorder(hass)
    for component in ("homeassistant", "recorder", "automation", "script"):
        if not await async_setup_component(hass, component, {}):
            raise RuntimeError(f"Home Assistant could not set up {component}")
    await hass.async_start()
    return hass


async def furnish(hass: HomeAssistant) -> str:
    """Bring in the batteries with half a day behind them; return the phone's device."""
    device_id = await _phone_device(hass)
    now = time.time()
    for hours_ago in range(12, 0, -1):
        at = now - hours_ago * _HOUR
        _report(hass, PHONE, str(40 + 4 * hours_ago), _PERCENT, at)
        _report(hass, LAPTOP, f"{0.5 + 0.03 * hours_ago:.2f}", _SHARE, at)
        _report(hass, UPS, "96 %", _BATTERY, at)
    report_now(hass)
    await hass.async_block_till_done()
    await get_instance(hass).async_block_till_done()
    return device_id


def report_now(hass: HomeAssistant) -> None:
    """Report every battery as it is now."""
    now = time.time()
    _report(hass, "sensor.phone_battery_state", "discharging", {}, now)
    _report(hass, "sensor.ups_status_data", "OL CHRG", {}, now)
    _report(hass, "binary_sensor.laptop_plugged", "off", {"device_class": "plug"}, now)
    _report(hass, PHONE, "40", _PERCENT, now)
    _report(hass, LAPTOP, "0.50", _SHARE, now)
    _report(hass, UPS, "96 %", _BATTERY, now)
    _report(hass, ROBOT, "docked", {"battery_level": 100}, now)
    _report(hass, TABLET, "unavailable", _PERCENT, now)


def rename(hass: HomeAssistant, entity_id: str, new_id: str) -> None:
    """Rename an entity: its state moves along."""
    state = hass.states.get(entity_id)
    if state is None:
        raise LookupError(f"{entity_id} has no state")
    er.async_get(hass).async_update_entity(entity_id, new_entity_id=new_id)
    hass.states.async_remove(entity_id)
    hass.states.async_set(new_id, state.state, state.attributes)


async def _phone_device(hass: HomeAssistant) -> str:
    """Register the phone with a device that belongs to another integration.

    Any integration would do; the sun's needs nothing.
    """
    result = await hass.config_entries.flow.async_init(
        "sun", context={"source": "user"}, data={}
    )
    entry = result["result"]
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={("sun", "phone")},
        name="Phone",
    )
    for name, device_class, unit in (
        ("battery_level", "battery", "%"),
        ("battery_state", None, None),
    ):
        er.async_get(hass).async_get_or_create(
            "sensor",
            "sun",
            f"phone_{name}",
            suggested_object_id=f"phone_{name}",
            config_entry=entry,
            device_id=device.id,
            original_device_class=device_class,
            unit_of_measurement=unit,
        )
    return device.id


def _report(
    hass: HomeAssistant,
    entity_id: str,
    state: str,
    attributes: Mapping[str, str | int],
    at: float,
) -> None:
    """Report a state as of a moment (Unix time)."""
    hass.states.async_set(entity_id, state, attributes, force_update=True, timestamp=at)
