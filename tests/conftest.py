"""What all tests share."""

from collections.abc import AsyncIterator, Iterator
import logging
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from hypothesis import HealthCheck, settings
import pytest

from custom_components.power_scheduler.const import DOMAIN

from .flows import explained

collect_ignore = ["card"]
"""Those need a browser, and the newest Home Assistant: scripts/cards runs them."""

# The test harness lets the recorder's every statement through, to the terminal.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


# A busy machine is no fault of the code.
settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give each test's Home Assistant a folder of its own for the history."""
    return hass_tmp_config_dir


@pytest.fixture
def hass(hass: HomeAssistant) -> HomeAssistant:
    """Let Home Assistant load this integration."""
    hass.data.pop(DATA_CUSTOM_COMPONENTS)
    return hass


@pytest.fixture
async def freezer(
    freezer: FrozenDateTimeFactory, request: pytest.FixtureRequest
) -> AsyncIterator[FrozenDateTimeFactory]:
    """Begin at the same moment whenever tests run: forecasts know the time of day.

    The integration ends with it: it starts anew when the clock leaps to the present.
    """
    freezer.move_to("2026-11-22T12:00:00Z")
    yield freezer
    if hass := request.node.funcargs.get("hass"):
        for entry in hass.config_entries.async_entries(DOMAIN):
            if entry.state is ConfigEntryState.LOADED:
                await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
def nothing_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """See that nothing leaves a traceback in the log, nor any error of ours."""
    caplog.set_level(logging.WARNING)
    yield
    errors = (r for r in caplog.get_records("call") if r.levelno >= logging.ERROR)
    bad = [r for r in errors if r.exc_info or "power_scheduler" in r.name]
    assert [record.getMessage() for record in bad] == []


@pytest.fixture
def only_flows() -> Iterator[None]:
    """Leave entries at rest, and see that all forms are explained."""
    setup = "custom_components.power_scheduler.async_setup_entry"
    with patch(setup, return_value=True), explained():
        yield
