"""What all tests share."""

from collections.abc import Iterator
import logging
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
import pytest

from .flows import explained

collect_ignore = ["card"]
"""Those need a browser, and the newest Home Assistant: scripts/cards runs them."""

# The test harness lets the recorder's every statement through, to the terminal.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


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
def only_flows() -> Iterator[None]:
    """Leave entries at rest, and see that all forms are explained."""
    setup = "custom_components.power_scheduler.async_setup_entry"
    with patch(setup, return_value=True), explained():
        yield
