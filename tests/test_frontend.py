"""How browsers come by the cards."""

from http import HTTPStatus
from pathlib import Path
from unittest.mock import patch

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL, UrlManager
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.power_scheduler import frontend
from custom_components.power_scheduler.const import DOMAIN

from .home import phone, set_up


@pytest.fixture
async def modules(hass: HomeAssistant) -> UrlManager:
    """Stand in for Home Assistant's frontend, and return what pages load."""
    assert await async_setup_component(hass, "http", {})
    found = UrlManager(lambda *_: None, [])
    hass.data[DATA_EXTRA_MODULE_URL] = found
    hass.config.components.add("frontend")
    return found


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set the entry up again."""
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


async def test_every_page_loads_both_cards(
    hass: HomeAssistant,
    modules: UrlManager,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Once, however often the entry is set up; and what they import is there too."""
    entry = await set_up(hass, phone())
    await reload(hass, entry)
    cards = sorted(modules.urls)
    assert [url.rpartition("/")[2] for url in cards] == sorted(frontend.CARDS)
    client = await hass_client_no_auth()
    folder = cards[0].rpartition("/")[0]
    for module in frontend.FOLDER.glob("*.js"):
        response = await client.get(f"{folder}/{module.name}")
        assert response.status == HTTPStatus.OK
        assert "javascript" in response.headers["Content-Type"]
        assert "max-age" in response.headers["Cache-Control"]
        assert await response.text() == module.read_text()


async def test_a_changed_module_has_another_address(
    hass: HomeAssistant, modules: UrlManager, tmp_path: Path
) -> None:
    """No browser shows an old card after an update, or mixes old and new modules."""
    (tmp_path / "card.js").write_text("1")
    with patch.object(frontend, "FOLDER", tmp_path):
        await frontend.async_setup_cards(hass)
        first = set(modules.urls)
        (tmp_path / "card.js").write_text("2")
        await frontend.async_setup_cards(hass)
    assert len(modules.urls) == 2 * len(first)


async def test_cards_learn_which_version_is_served(
    hass: HomeAssistant, modules: UrlManager, hass_ws_client: WebSocketGenerator
) -> None:
    """A page that was open during an update can say so."""
    await set_up(hass, phone())
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": f"{DOMAIN}/subscribe"})
    await client.receive_json()
    told = (await client.receive_json())["event"]
    assert all(f"/{told['version']}/" in url for url in modules.urls)


async def test_a_home_without_frontend_has_no_cards(hass: HomeAssistant) -> None:
    """Everything else works."""
    await set_up(hass, phone())
    assert hass.states.get("sensor.phone_power_state")
