"""A Home Assistant that is killed: a process of its own, in which batteries talk.

It prints a line for each reading that Home Assistant's recorder has taken in, and
saves much more often than usual, so that it is killed at any moment of a save.

usage: python -m tests.killed_home FOLDER DATA
"""

import asyncio
from datetime import timedelta
import json
from pathlib import Path
import sys
from unittest.mock import patch

from homeassistant.components.recorder import get_instance
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from bench.house import entry_for
from custom_components.power_scheduler import coordinator, history
from custom_components.power_scheduler.const import DOMAIN

from .smoke.home import prepare, running_home

SOURCES = ("sensor.phone", "sensor.tablet", "sensor.robot")
LEVELS = range(90, 50, -1)


async def _add(hass: HomeAssistant, data: dict[str, object]) -> None:
    """Add the integration; it stays over a kill."""
    entry = entry_for({source: source for source in SOURCES}, data)
    await hass.config_entries.async_add(entry)
    await asyncio.sleep(2)  # Home Assistant writes its entries after a second.


def _tell(hass: HomeAssistant, level: int) -> list[tuple[str, float, int]]:
    """Let every battery tell a level, and return what they told."""
    told = []
    for source in SOURCES:
        hass.states.async_set(source, str(level), {"unit_of_measurement": "%"})
        state = hass.states.get(source)
        assert state is not None
        told.append((source, state.last_reported.timestamp(), level))
    return told


async def main(folder: Path, data: dict[str, object]) -> None:
    """Let batteries talk until somebody ends it."""
    if not (folder / "custom_components").exists():
        prepare(folder)
    with (
        patch.object(coordinator, "SETTLE", 0.01),
        patch.object(history, "SAVE_EVERY", timedelta(seconds=0.05)),
    ):
        async with running_home(folder) as hass:
            told = _tell(hass, 95)
            if not await async_setup_component(hass, DOMAIN, {}):
                raise RuntimeError("The integration can't be set up")
            if not hass.config_entries.async_entries(DOMAIN):
                await _add(hass, data)
            for level in LEVELS:
                told += _tell(hass, level)
                await get_instance(hass).async_block_till_done()
                sys.stdout.write(f"{json.dumps(told)}\n")
                sys.stdout.flush()
                told = []
                await asyncio.sleep(0.01)
            await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), json.loads(sys.argv[2])))
