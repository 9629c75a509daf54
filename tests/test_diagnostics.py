"""What a bug report carries, and that its answers can be had again from it."""

from datetime import timedelta
import json
from pathlib import Path
import subprocess
import sys
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.power_scheduler.bundle import Bundle
from custom_components.power_scheduler.const import (
    BACKEND_REDIS,
    CONF_BACKEND,
    CONF_KEY_PREFIX,
    CONF_SENTINEL_PASSWORD,
)
from custom_components.power_scheduler.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.power_scheduler.packing import pack, unpack
from custom_components.power_scheduler.stores import StoreError
from custom_components.power_scheduler.stores.sqlite import SqliteStore
from scripts.replay import replay

from .home import PHONE, act, device, phone, set_up, tell

ROOT = Path(__file__).parents[1]
SECRET = "hunter2"  # noqa: S105
TASKS = [
    {"type": "backup", "id": "photos"},
    {"type": "sync", "deadline": "2030-01-01 00:00:00", "after": ["photos"]},
    {"type": "no such type"},
]


async def live(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Any:
    """Set up a phone, and let it drain for two hours."""
    tell(hass, 60, "discharging")
    entry = await set_up(hass, phone(capacity=19.0))
    for level in range(58, 34, -2):
        freezer.tick(timedelta(minutes=10))
        tell(hass, level)
        async_fire_time_changed(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
    return entry


async def test_a_report_can_be_replayed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    """The script says of the file what the home itself was told.

    Also where the last reading came in the very second of the question.
    """
    freezer.move_to("2026-11-22T12:00:00.4Z")
    entry = await live(hass, freezer)
    answer: Any = await act(hass, "check", device="Phone", tasks=TASKS)
    told = await async_get_config_entry_diagnostics(hass, entry)
    report = json.loads(json.dumps(told))
    lines = list(replay(report))
    power = entry.runtime_data.data.devices["sensor.phone_battery_level"]
    assert "level 36.0" in lines[1]
    assert f"rate {power.rate:.2f}" in lines[1]
    assert f"probability {power.outlook.probability:.3f}".rstrip("0") in lines[1]
    decided = [line.split(", ")[0].strip() for line in lines[3:]]
    assert decided == [f"{t['id']}: {t['decision']}" for t in answer["tasks"]]
    (reason,) = answer["tasks"][0]["reasons"]
    assert f"{reason['code']} ({reason['actual']} for 10)" in lines[3]
    file = tmp_path / "report.json"
    await hass.async_add_executor_job(file.write_text, json.dumps({"data": report}))
    said = await hass.async_add_executor_job(_run, file)
    assert said.splitlines() == lines


async def test_a_report_knows_the_newest_reading(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Even one that came after the last refresh."""
    entry = await live(hass, freezer)
    freezer.tick(timedelta(seconds=1))
    tell(hass, 33)
    report = await async_get_config_entry_diagnostics(hass, entry)
    assert "level 33.0" in list(replay(report))[1]


def _run(file: Path) -> str:
    """Run the script on a file."""
    command = [sys.executable, "-m", "scripts.replay", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)  # noqa: S603
    return done.stdout.decode()


async def test_a_plan_is_replayed_as_it_was(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Request and batteries come back from the packed text, equal in every field."""
    entry = await live(hass, freezer)
    answer: Any = await act(
        hass,
        "optimize",
        tasks=TASKS,
        effort=0,
        horizon="06:00:00",
        dry_run=[{"device": "Phone", "level": 90}],
        charging=[
            {
                "device": "Phone",
                "start": (dt_util.utcnow() + timedelta(hours=1)).isoformat(),
                "end": (dt_util.utcnow() + timedelta(hours=3)).isoformat(),
            }
        ],
    )
    report = await async_get_config_entry_diagnostics(hass, entry)
    packed = json.loads(json.dumps(report))["bundle"]
    bundle = unpack(Bundle, packed)
    assert pack(bundle.asked) == pack(entry.runtime_data.asked)
    assert pack(bundle) == packed
    decided = [line.split(", ")[0].strip() for line in list(replay(report))[3:]]
    assert decided == [f"{t['id']}: {t['decision']}" for t in answer["tasks"]]


async def test_a_plan_with_a_signal_and_a_plan_before_it_is_replayed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What is a mapping, and what is a moment in one place and a number in another."""
    entry = await live(hass, freezer)
    now = dt_util.utcnow()
    signal = [
        {"start": (now + timedelta(hours=hour)).isoformat(), "value": hour}
        for hour in range(9)
    ]
    later = {"type": "sync", "earliest": "2030-01-01 00:00:00"}
    for _ in range(2):
        await act(hass, "optimize", tasks=[later], effort=0, signal=signal)
    report = await async_get_config_entry_diagnostics(hass, entry)
    asked = unpack(Bundle, json.loads(json.dumps(report))["bundle"]).asked
    assert asked.request.signal == entry.runtime_data.asked.request.signal
    assert asked.request.last == entry.runtime_data.asked.request.last


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize("place", ["url", "fields"])
async def test_no_secret_and_no_name_is_in_a_report(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, place: str
) -> None:
    """Neither credentials, nor the server, nor what people call their devices."""
    inside = f"redis://anna:{SECRET}@127.0.0.1:1/0"
    data = {
        CONF_BACKEND: BACKEND_REDIS,
        CONF_URL: inside if place == "url" else "redis://127.0.0.1:1/0",
        CONF_USERNAME: None if place == "url" else "anna",
        CONF_PASSWORD: None if place == "url" else SECRET,
        CONF_VERIFY_SSL: True,
        CONF_SENTINEL_PASSWORD: SECRET,
        CONF_KEY_PREFIX: "home",
    }
    tell(hass, 60, "discharging")
    hass.states.async_set("device_tracker.toy", "At Anna's", {"battery_level": 12})
    subentry = phone()
    subentry["title"] = "Anna's phone"
    toy = device("Toy", "device_tracker.toy")
    entry = await set_up(hass, subentry, toy, data=data)
    await act(hass, "check", device="Anna's phone", tasks=TASKS)
    report: Any = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    text = json.dumps(report)
    assert SECRET not in text
    assert "nna" not in text
    assert "127.0.0.1" not in text
    assert report["history"]["away"] is True


@pytest.mark.usefixtures("socket_enabled")
async def test_a_device_report_is_about_that_device_only(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    """A silent toy's report says nothing of the phone; the hub's says all."""
    tell(hass, 60, "discharging")
    hass.states.async_set("sensor.toy", "unavailable")
    entry = await set_up(hass, phone(), device("Toy", "sensor.toy"))
    await act(hass, "check", device="Phone", tasks=TASKS)
    await act(hass, "check", device="Toy", tasks=TASKS)
    entity = er.async_get(hass).async_get("sensor.toy_power_state")
    assert entity is not None
    toy = dr.async_get(hass).async_get(entity.device_id or "")
    hub = dr.async_get(hass).async_get(entry.runtime_data.hub_id)
    assert toy is not None
    assert hub is not None
    report: Any = await get_diagnostics_for_device(hass, hass_client, entry, toy)
    assert list(report["devices"]) == ["sensor.toy"]
    assert list(report["bundle"]["devices"]) == ["sensor.toy"]
    assert "phone" not in json.dumps(report).lower()
    assert list(replay(report))[1] == "sensor.toy (0 samples): silent"
    whole: Any = await get_diagnostics_for_device(hass, hass_client, entry, hub)
    assert len(whole["devices"]) == 2


@pytest.mark.parametrize(
    ("level", "told"),
    [("33", {"at", "level", "age", "stale"}), ("unavailable", {"at", "age"})],
)
async def test_a_report_tells_of_a_phone_that_is_dead(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, level: str, told: set[str]
) -> None:
    """What it did before is there as samples alone."""
    entry = await live(hass, freezer)
    tell(hass, level)
    freezer.tick(timedelta(days=3))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    report = json.loads(
        json.dumps(await async_get_config_entry_diagnostics(hass, entry))
    )
    assert report["devices"][PHONE]["power"].keys() == told
    assert len(report["bundle"]["devices"][PHONE]["samples"]) >= 13


async def test_a_report_leaves_out_a_device_that_is_just_being_removed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A store that is slow to save is one thing that makes that take a while."""
    entry = await live(hass, freezer)
    async with entry.runtime_data.history.saving:
        hass.config_entries.async_remove_subentry(entry, "id_of_phone")
        reporting = hass.async_create_task(
            async_get_config_entry_diagnostics(hass, entry)
        )
    assert (await reporting)["devices"] == {}
    await hass.async_block_till_done()


async def test_the_last_hundred_decisions_survive_a_restart(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """They are in the store, newest first, and in the report."""
    entry = await live(hass, freezer)
    await act(hass, "check", device="Phone", tasks=TASKS * 30)
    await act(hass, "check", device="Phone", tasks=TASKS * 10)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    rows = (await async_get_config_entry_diagnostics(hass, entry))["decisions"]
    assert len(rows) == 100
    assert rows[29]["task"] == "photos"
    assert rows[29]["reasons"]
    assert rows[0]["reasons"] == ["unknown_type"]


async def test_a_decision_of_no_device_that_could_be_is_left_out(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Files and servers may hold what others wrote, and the report is there."""
    entry = await live(hass, freezer)
    store = entry.runtime_data.history.store
    await store.log_decisions([{"task": "odd", "device": ["a", "b"]}])
    report = await async_get_config_entry_diagnostics(hass, entry)
    assert report["decisions"] == []


async def test_a_store_that_is_away_costs_no_decision(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The action answers, the report has it, and the store gets it later."""
    entry = await live(hass, freezer)
    gone = StoreError("gone")
    with (
        patch.object(SqliteStore, "log_decisions", side_effect=gone),
        patch.object(SqliteStore, "decisions", side_effect=gone),
        patch.object(SqliteStore, "load", side_effect=gone),
    ):
        await act(hass, "check", device="Phone", tasks=TASKS)
        await entry.runtime_data.async_save()
        report = await async_get_config_entry_diagnostics(hass, entry)
        assert len(report["decisions"]) == 3
    await entry.runtime_data.async_save()
    kept = await entry.runtime_data.history.store.decisions()
    assert [row["task"] for row in kept] == ["no such type_3", "sync_2", "photos"]
