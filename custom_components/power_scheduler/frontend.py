"""Serves the cards, and has every page of Home Assistant load them."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components.frontend import add_extra_js_url
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

FOLDER: Final = Path(__file__).parent / "www"
CARDS: Final = ("power-scheduler-card.js", "power-scheduler-fleet-card.js")

VERSION: Final[HassKey[str]] = HassKey(f"{DOMAIN}_cards_version")


async def async_setup_cards(hass: HomeAssistant) -> None:
    """Serve the cards, once for as long as Home Assistant runs.

    The version is a folder of the URL, so that the modules that a card imports
    are as new as the card: browsers keep them for a month.
    """
    if "frontend" not in hass.config.components:
        return
    version = await hass.async_add_executor_job(_version)
    url = f"/{DOMAIN}_static/{version}"
    await hass.http.async_register_static_paths([StaticPathConfig(url, str(FOLDER))])
    hass.data[VERSION] = version
    for card in CARDS:
        add_extra_js_url(hass, f"{url}/{card}")


def _version() -> str:
    """Return what changes with every change of a card."""
    digest = sha256()
    for module in sorted(FOLDER.glob("*.js")):
        digest.update(module.read_bytes())
    return digest.hexdigest()[:12]
