"""Runs the integration on whatever Home Assistant is installed.

The test harness fits one version of Home Assistant only; this needs none, so that it
says what holds on every version that is supported.

usage: python tests/smoke/run.py
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
import os
from pathlib import Path
import sys
import tempfile
import traceback
from typing import Any, Final
import warnings

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import __version__
from homeassistant.core import HomeAssistant, State
from homeassistant.data_entry_flow import FlowManager
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er, frame
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

# The script's folder is on the path, not the repository.
sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.smoke import home

DOMAIN: Final = "power_scheduler"
MOBILE: Final = "sensor.mobile_battery"
PROFILES: Final = 4
KEYS: Final = {
    "power_state",
    "trend",
    "forecast_level",
    "power_availability",
    "runs_out_at",
    "full_at",
    "power_source",
    "forecast_error_1h",
    "forecast_error_3h",
    "confidence",
    "reading_age",
    "charging",
}
"""The translation keys of a device's entities."""

TASKS: Final[list[dict[str, Any]]] = [
    {"type": "sync", "priority": "high"},
    {"type": "backup", "id": "nightly", "estimated_duration": "00:45:00"},
    {"type": "indexing", "after": ["nightly"], "requires_power": True},
    {"type": "no_such_type", "id": "odd"},
]


class Tally:
    """Counts the claims that hold and those that do not."""

    def __init__(self) -> None:
        """Start at nought."""
        self.passed = 0
        self.failed = 0

    @contextmanager
    def claim(self, sentence: str) -> Iterator[None]:
        """Count a sentence as true unless its block raises."""
        try:
            yield
        except Exception:  # noqa: BLE001 - one false claim must not hide the others
            traceback.print_exc(limit=-3)
            say(f"FAILED {sentence}")
            self.failed += 1
        else:
            say(f"ok     {sentence}")
            self.passed += 1


def say(line: str) -> None:
    """Print a line."""
    print(line, flush=True)  # noqa: T201


async def set_up(hass: HomeAssistant, tally: Tally) -> None:
    """Walk through the wizard."""
    flows = hass.config_entries.flow
    with tally.claim("the wizard offers every battery of the home"):
        menu = await flows.async_init(DOMAIN, context={"source": "user"})
        form = await flows.async_configure(menu["flow_id"], {"next_step_id": "local"})
        assert form["data_schema"] is not None
        choice = form["data_schema"].schema["devices"].config
        assert {option["value"] for option in choice["options"]} == home.BATTERIES
    with tally.claim("one submit sets up all devices and the usual profiles"):
        made = await flows.async_configure(
            form["flow_id"], {"devices": sorted(home.BATTERIES)}
        )
        assert made["type"] == "create_entry"
        await hass.async_block_till_done()
        entry = the_entry(hass)
        assert entry.state is ConfigEntryState.LOADED
        kinds = [s.subentry_type for s in entry.subentries.values()]
        assert kinds.count("device") == len(home.BATTERIES)
        assert kinds.count("task_profile") == PROFILES
    with tally.claim("a second entry is refused"):
        second = await flows.async_init(DOMAIN, context={"source": "user"})
        assert second["reason"] == "single_instance_allowed"


def the_entry(hass: HomeAssistant) -> ConfigEntry[Any]:
    """Return the integration's one entry."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry


def entities(hass: HomeAssistant, battery: str) -> dict[str, er.RegistryEntry]:
    """Return the entities of the device with a battery, by translation key."""
    registry = er.async_get(hass)
    entry = the_entry(hass)
    (subentry_id,) = (
        subentry.subentry_id
        for subentry in entry.get_subentries_of_type("device")
        if er.async_resolve_entity_id(registry, subentry.data["battery"]) == battery
    )
    return {
        entity.translation_key or "": entity
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
        if entity.config_subentry_id == subentry_id
    }


def state(hass: HomeAssistant, battery: str, key: str) -> State:
    """Return the state of one entity of the device with a battery."""
    found = hass.states.get(entities(hass, battery)[key].entity_id)
    assert found is not None, f"{key} of {battery} has no state"
    return found


def number(hass: HomeAssistant, battery: str, key: str) -> float:
    """Return the state of one entity of the device with a battery, as a number."""
    return float(state(hass, battery, key).state)


def look_at_entities(hass: HomeAssistant, tally: Tally, phone: str) -> None:
    """Check that every entity is there, and on the right device."""
    with tally.claim("every device has all its entities"):
        for battery in home.BATTERIES:
            assert entities(hass, battery).keys() == KEYS
    with tally.claim("the phone's entities belong to the phone"):
        assert {e.device_id for e in entities(hass, home.PHONE).values()} == {phone}
    with tally.claim("a device without a Home Assistant device has one of ours"):
        (device_id,) = {e.device_id for e in entities(hass, home.UPS).values()}
        assert device_id not in {None, phone}


def look_at_states(hass: HomeAssistant, tally: Tally) -> None:
    """Check that every entity says something sane."""
    with tally.claim("every known battery has a power state and a forecast"):
        for battery in home.BATTERIES - {home.TABLET}:
            assert state(hass, battery, "power_state").state in {
                "critical",
                "low",
                "normal",
                "optimal",
            }
            assert 0 <= number(hass, battery, "forecast_level") <= 100
            assert 0 <= number(hass, battery, "power_availability") <= 100
    with tally.claim("the phone's trend is what the recorder saw"):
        assert -8 < number(hass, home.PHONE, "trend") < -1
    with tally.claim("the UPS on the line charges, the laptop does not"):
        assert state(hass, home.UPS, "power_state").state == "optimal"
        assert state(hass, home.LAPTOP, "power_state").state == "normal"
        assert state(hass, home.UPS, "charging").state == "on"
        assert state(hass, home.LAPTOP, "charging").state == "off"
        assert state(hass, home.LAPTOP, "power_source").state == "battery"
    with tally.claim("a silent device is unavailable, not a number"):
        assert state(hass, home.TABLET, "power_state").state == "unavailable"
        assert state(hass, home.TABLET, "forecast_level").state == "unavailable"


async def act(hass: HomeAssistant, action: str, **data: object) -> dict[str, Any]:
    """Return an action's response."""
    response: dict[str, Any] | None = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    assert response is not None
    return response


async def refuses(hass: HomeAssistant, action: str, **data: object) -> None:
    """Check that an action refuses with a message that can be translated."""
    try:
        await act(hass, action, **data)
    except ServiceValidationError as err:
        if err.translation_key:
            return
        raise
    raise AssertionError(f"{action} refused nothing")


def each_task_once(response: dict[str, Any]) -> None:
    """Check that every task is in exactly one list, and in the order given."""
    decisions = ("run_now", "scheduled", "deferred", "rejected")
    ids = [row["id"] for row in response["tasks"]]
    assert len(ids) == len(TASKS)
    assert sorted(i for d in decisions for i in response[d]) == sorted(ids)
    assert "odd" in response["rejected"]
    for row in response["tasks"]:
        assert all(reason["text"] for reason in row["reasons"])


async def use_actions(hass: HomeAssistant, tally: Tally, phone: str) -> None:
    """Call every action, as it is meant and as it is not."""
    with tally.claim("check decides on every task"):
        response = await act(hass, "check", device=phone, tasks=TASKS)
        assert response["level"] == 40
        each_task_once(response)
    with tally.claim("check defers or rejects on a silent device"):
        tablet = entities(hass, home.TABLET)["power_state"].entity_id
        response = await act(hass, "check", device=tablet, tasks=TASKS)
        assert not response["run_now"]
        each_task_once(response)
    with tally.claim("optimize plans every task"):
        response = await act(hass, "optimize", tasks=TASKS)
        assert 0 <= response["score"] <= 1
        each_task_once(response)
    with tally.claim("forecast answers with an interval and a curve"):
        response = await act(
            hass, "forecast", device=home.PHONE, duration={"hours": 3}, curve=True
        )
        assert response["p10"] <= response["level"] <= response["p90"]
        assert len(response["curve"]) == 13


async def misuse_actions(hass: HomeAssistant, tally: Tally, phone: str) -> None:
    """Call actions with what they cannot take."""
    yesterday = (dt_util.utcnow() - timedelta(days=1)).isoformat()
    wrongs: dict[str, tuple[str, dict[str, object]]] = {
        "an unknown device": ("check", {"device": "nothing", "tasks": TASKS}),
        "an empty list": ("check", {"device": phone, "tasks": []}),
        "a text for a number": ("optimize", {"tasks": [{"min_battery": "much"}]}),
        "an unknown field": ("optimize", {"tasks": [{"colour": "red"}]}),
        "a moment gone by": ("forecast", {"device": phone, "at": yesterday}),
    }
    for wrong, (action, data) in wrongs.items():
        with tally.claim(f"{action} refuses {wrong}"):
            await refuses(hass, action, **data)


async def open_forms(hass: HomeAssistant, tally: Tally) -> None:
    """Open every form there is, as it is before anything is changed."""
    managers, entry = hass.config_entries, the_entry(hass)
    with tally.claim("the forms of the entry open"):
        await opens(managers.options, entry.entry_id)
        again = {"source": "reconfigure", "entry_id": entry.entry_id}
        await opens(managers.flow, DOMAIN, again, {"next_step_id": "redis"})
    with tally.claim("the forms of devices and profiles open"):
        for kind in ("device", "task_profile"):
            await opens(managers.subentries, (entry.entry_id, kind))
        for subentry in entry.subentries.values():
            await opens(
                managers.subentries,
                (entry.entry_id, subentry.subentry_type),
                {"source": "reconfigure", "subentry_id": subentry.subentry_id},
            )


async def opens(
    manager: FlowManager[Any, Any, Any],
    handler: object,
    context: dict[str, str] | None = None,
    *steps: dict[str, str],
) -> None:
    """Check that a flow ends at a form, and leave it."""
    result = await manager.async_init(handler, context=context or {"source": "user"})
    for step in steps:
        result = await manager.async_configure(result["flow_id"], step)
    assert result["type"] == "form"
    assert not result["errors"]
    manager.async_abort(result["flow_id"])


async def look_inside(hass: HomeAssistant, tally: Tally) -> None:
    """Ask for what a bug report carries."""
    integration = await async_get_integration(hass, DOMAIN)
    names = ("diagnostics", "repairs", "system_health")
    with tally.claim("diagnostics can be downloaded"):
        platforms = await integration.async_get_platforms(names)
        told = await platforms["diagnostics"].async_get_config_entry_diagnostics(
            hass, the_entry(hass)
        )
        assert len(told["devices"]) == len(home.BATTERIES)


async def change_things(hass: HomeAssistant, tally: Tally) -> None:
    """Rename a source, carry history out and in, set up again, unload."""
    entry = the_entry(hass)
    with tally.claim("a renamed battery is followed"):
        for old, new in ((home.PHONE, MOBILE), (MOBILE, home.PHONE)):
            home.rename(hass, old, new)
            await hass.async_block_till_done()
            assert state(hass, new, "power_state").state == "normal"
    with tally.claim("history goes to a file and back"):
        hass.config.allowlist_external_dirs = {hass.config.config_dir}
        path = hass.config.path("history.jsonl")
        written = await act(hass, "export_history", path=path)
        assert written["samples"] > 0
        assert await act(hass, "import_history", path=path) == written
        await hass.async_block_till_done()
    with tally.claim("the entry can be set up again"):
        assert await hass.config_entries.async_reload(entry.entry_id)
        assert -8 < number(hass, home.PHONE, "trend") < -1
    with tally.claim("the entry can be unloaded, and says so"):
        assert await hass.config_entries.async_unload(entry.entry_id)
        assert state(hass, home.PHONE, "trend").state == "unavailable"
        await refuses(hass, "optimize", tasks=TASKS)


async def start_again(hass: HomeAssistant, tally: Tally) -> None:
    """Start Home Assistant on what the first run has left."""
    home.report_now(hass)
    with tally.claim("after a restart the trend is there at once"):
        assert await async_setup_component(hass, DOMAIN, {})
        await hass.async_block_till_done()
        assert -8 < number(hass, home.PHONE, "trend") < -1
    with tally.claim("removing the entry removes every entity and the history"):
        entry_id = the_entry(hass).entry_id
        await hass.config_entries.async_remove(entry_id)
        await hass.async_block_till_done()
        left = er.async_entries_for_config_entry(er.async_get(hass), entry_id)
        assert not left
        files = await hass.async_add_executor_job(os.listdir, hass.config.config_dir)
        assert not [name for name in files if name.startswith(DOMAIN)]


async def run(folder: Path, complaints: home.Complaints) -> Tally:
    """Make every claim about a Home Assistant that lives in a folder."""
    tally = Tally()
    async with home.running_home(folder) as hass:
        phone = await home.furnish(hass)
        await set_up(hass, tally)
        look_at_entities(hass, tally, phone)
        look_at_states(hass, tally)
        await use_actions(hass, tally, phone)
        await misuse_actions(hass, tally, phone)
        await open_forms(hass, tally)
        await look_inside(hass, tally)
        await change_things(hass, tally)
    async with home.running_home(folder) as hass:
        await start_again(hass, tally)
        await misuse_home_assistant(hass, tally, complaints)
    with tally.claim("Home Assistant has nothing to complain about"):
        assert not complaints.lines, "\n".join(complaints.lines)
    return tally


async def misuse_home_assistant(
    hass: HomeAssistant, tally: Tally, complaints: home.Complaints
) -> None:
    """See that what will be removed is complained about, or no silence means much."""
    with tally.claim("a deprecated use of Home Assistant or Python would be noticed"):
        before = len(complaints.lines)
        frame.report_usage("is old", integration_domain=DOMAIN)
        source = str(hass.config.path("custom_components", DOMAIN, "sensor.py"))
        warnings.warn_explicit("is old", DeprecationWarning, source, 1)
        assert len(complaints.lines) == before + 2
        del complaints.lines[before:]


def main() -> int:
    """Say what holds, and close with the count."""
    say(f"Home Assistant {__version__}")
    complaints = home.Complaints()
    with tempfile.TemporaryDirectory() as folder:
        home.prepare(Path(folder))
        tally = asyncio.run(run(Path(folder), complaints))
    say(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
