"""Plans that outlast a restart of Home Assistant."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.power_scheduler.plans import KEY, remembered

from .home import PHONE, act, device, phone, set_up, tell
from .restart import running, write
from .test_websocket import subscribe

LAPTOP = "sensor.laptop_battery_level"
TASKS = [
    {"id": "now", "type": "backup", "estimated_duration": 600},
    {"id": "later", "type": "sync", "earliest": "2026-11-22T20:00:00Z"},
    {"id": "never", "type": "sync", "earliest": "2099-01-01T00:00:00Z"},
    {"id": "odd", "type": "nonsense"},
]


@pytest.fixture(autouse=True)
def noon(freezer: FrozenDateTimeFactory) -> None:
    """Begin at noon of some day."""
    freezer.move_to("2026-11-22T12:00:00Z")


async def test_a_card_shows_after_a_restart_what_was_planned_before(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """With its reasons, less what is over meanwhile."""
    async with running(hass.config.config_dir) as before:
        answer: Any = await act(before, "optimize", tasks=TASKS, effort=0)
    freezer.tick(timedelta(minutes=11))
    tell(hass, 60, "discharging")
    await set_up(hass, phone())
    told = await subscribe(await hass_ws_client(hass))
    later, never = told["devices"][PHONE]["tasks"]
    assert (later["id"], later["decision"]) == ("later", "scheduled")
    assert later["start"] == 1795377600
    assert later["reasons"] == [r["text"] for r in answer["tasks"][1]["reasons"]]
    assert (never["id"], never["decision"]) == ("never", "deferred")
    assert never["reasons"] == [r["text"] for r in answer["tasks"][2]["reasons"]]
    assert [task["id"] for task in told["others"]["tasks"]] == ["odd"]
    assert told["devices"][PHONE]["planned_at"] == 1795348800


async def test_a_task_keeps_its_place_across_a_restart(hass: HomeAssistant) -> None:
    """A quarter of an hour of charging earlier is not worth a move."""
    window = {"device": "Phone", "start": "2026-11-22T20:15:00Z"}
    task = {"id": "scrub", "type": "sync", "requires_power": True}
    terms: Any = {"tasks": [task], "effort": 0.05}

    def charging(start: str) -> list[dict[str, str]]:
        """Return when the phone charges."""
        return [{**window, "start": start, "end": "2026-11-23T06:00:00Z"}]

    async with running(hass.config.config_dir) as before:
        first: Any = await act(
            before, "optimize", **terms, charging=charging("2026-11-22T20:20:00Z")
        )
    tell(hass, 60, "discharging")
    entry = await set_up(hass, phone())
    sooner = charging("2026-11-22T20:00:00Z")
    kept: Any = await act(hass, "optimize", **terms, charging=sooner)
    assert kept["tasks"][0]["start"] == first["tasks"][0]["start"]
    assert await hass.config_entries.async_remove(entry.entry_id)
    await set_up(hass, phone())
    fresh: Any = await act(hass, "optimize", **terms, charging=sooner)
    assert fresh["tasks"][0]["start"] < first["tasks"][0]["start"]


async def test_plans_of_different_devices_do_not_erase_each_other(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Even if they call their tasks by the same ids."""
    hass.states.async_set(LAPTOP, "60", {"unit_of_measurement": "%"})
    tell(hass, 60, "discharging")
    await set_up(hass, phone(), device("Laptop", LAPTOP))

    async def plan(name: str) -> datetime:
        """Return when a task starts that waits for the evening on a device."""
        task = {"id": "scrub", "type": "sync", "earliest": "2026-11-22T20:00:00Z"}
        answer: Any = await act(
            hass, "optimize", tasks=[task], devices=[name], effort=0
        )
        return datetime.fromisoformat(answer["tasks"][0]["start"])

    first = await plan("Phone")
    freezer.tick(timedelta(minutes=2))
    other = await plan("Laptop")
    assert other > first
    freezer.tick(timedelta(minutes=2))
    assert await plan("Phone") == first
    freezer.tick(timedelta(minutes=2))
    assert await plan("Laptop") == other


async def test_the_newest_plan_says_where_a_task_is(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A task that has moved to another device stays there."""
    hass.states.async_set(LAPTOP, "60", {"unit_of_measurement": "%"})
    tell(hass, 60, "discharging")
    await set_up(hass, phone(), device("Laptop", LAPTOP))
    task = {"id": "scrub", "type": "sync", "earliest": "2026-11-22T20:00:00Z"}
    for devices in (["Phone"], ["Laptop"], ["Laptop", "Phone"]):
        answer: Any = await act(
            hass, "optimize", tasks=[task], devices=devices, effort=0
        )
        freezer.tick(timedelta(minutes=4))
    assert answer["tasks"][0]["device"] == "Laptop"


async def test_a_plan_of_two_days_ago_is_not_read(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """No horizon is longer."""
    freezer.tick(timedelta(hours=-48, seconds=-1))
    async with running(hass.config.config_dir) as before:
        await act(before, "optimize", tasks=TASKS, effort=0)
    freezer.tick(timedelta(hours=48, seconds=1))
    await set_up(hass, phone())
    told = await subscribe(await hass_ws_client(hass))
    assert told["devices"][PHONE]["planned_at"] is None
    assert told["others"]["tasks"] == []


async def test_plans_survive_a_reload_and_go_with_the_entry(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """Neither file nor memory is left behind."""
    tell(hass, 60, "discharging")
    entry = await set_up(hass, phone())
    await act(hass, "optimize", tasks=TASKS, effort=0)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert remembered(hass)
    await write(hass)
    assert KEY in hass_storage
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert KEY not in hass_storage
    await set_up(hass, phone())
    assert not remembered(hass)


DAMAGES: dict[str, Callable[[str], str]] = {
    "cut": lambda text: text[: len(text) // 2],
    "empty": lambda _: "",
    "list": lambda _: "[]",
    "null": lambda _: "null",
    "no data": lambda _: '{"version": 1, "key": "power_scheduler.plans"}',
    "newer": lambda text: text.replace('"version": 1', '"version": 2'),
    "older": lambda text: text.replace('"version": 1', '"version": 0'),
    "word for rows": lambda _: '{"version": 1, "key": "", "data": "plan"}',
    "row without a plan": lambda _: '{"version": 1, "data": [{"devices": ["x"]}]}',
    "word for a plan": lambda _: '{"version": 1, "data": [{"plan": "x"}]}',
    "unknown field": lambda text: text.replace('"score"', '"points"'),
    "unknown word": lambda text: text.replace('"scheduled"', '"perhaps"'),
    "no time zone": lambda text: text.replace("+00:00", ""),
    "no number": lambda text: text.replace('"score": ', '"score": "a", "x": '),
}


def damage(file: Path, kind: str) -> str:
    """Damage a file, and return what was in it."""
    text = file.read_text()
    file.write_text(DAMAGES.get(kind, str)(text))
    return text


@pytest.mark.parametrize("kind", DAMAGES)
async def test_a_damaged_file_costs_nothing_but_the_plan(
    hass_tmp_config_dir: str, kind: str
) -> None:
    """The home starts, nothing is planned, and the next plan is kept."""
    file = Path(hass_tmp_config_dir, ".storage", KEY)
    async with running(hass_tmp_config_dir) as hass:
        await act(hass, "optimize", tasks=TASKS, effort=0)
    text = damage(file, kind)
    async with running(hass_tmp_config_dir) as hass:
        assert not remembered(hass)
        await act(hass, "optimize", tasks=TASKS, effort=0)
    assert damage(file, "not at all") == text
    async with running(hass_tmp_config_dir) as hass:
        assert remembered(hass)
