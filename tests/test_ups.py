"""A UPS that is new to the home: nobody unplugs it, whatever phones do."""

from datetime import timedelta
from itertools import cycle
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.power_scheduler.const import DOMAIN
from custom_components.power_scheduler.diagnostics import (
    async_get_config_entry_diagnostics,
)
from scripts.replay import replay

from .home import act, device, set_up, states, wait
from .registry import add_device
from .restart import write

CHARGE = "sensor.ups_battery_charge"
STATUS = "sensor.ups_status_data"
ONLINE = "binary_sensor.ups_online_status"
NUT = ("nut", STATUS, "OL", "OB DISCHRG")
NUT_TEXT = ("nut", "sensor.ups_status", "Online", "On Battery, Battery Discharging")
APC = ("apcupsd", ONLINE, "on", "off")
APC_TEXT = ("apcupsd", "sensor.ups_status", "ONLINE", "ONBATT")
SCRUB = {
    "id": "scrub",
    "drain": 0,
    "estimated_duration": "03:00:00",
    "requires_power": True,
}


def tell(hass: HomeAssistant, level: object, source: str, status: str) -> None:
    """Let a UPS tell its level (%), and by which word it has power."""
    hass.states.async_set(source, status)
    hass.states.async_set(CHARGE, str(level), {"unit_of_measurement": "%"})


async def begin(
    hass: HomeAssistant, platform: str, source: str, status: str, level: object = 100
) -> Any:
    """Set up a UPS, as an integration brings it, that tells its first level."""
    kinds = {CHARGE: "battery", source: None}
    registered = add_device(hass, platform, "UPS", kinds)
    tell(hass, level, source, status)
    return await set_up(hass, device("UPS", registered[CHARGE].id, source))


async def decision(hass: HomeAssistant, **terms: object) -> str:
    """Return what is decided on a task of three hours that needs power."""
    terms = {"device": "UPS", "reserve": 80, "tasks": [SCRUB], **terms}
    answer: Any = await act(hass, "check", **terms)
    return str(answer["tasks"][0]["decision"])


async def planned(hass: HomeAssistant, **pretended: object) -> str:
    """Return what a plan decides on the same, whatever a dry run pretends."""
    terms: dict[str, Any] = {"reserve": 80, "tasks": [SCRUB], "effort": 0}
    if pretended:
        terms["dry_run"] = [{"device": "UPS", **pretended}]
    answer: Any = await act(hass, "optimize", **terms)
    return str(answer["tasks"][0]["decision"])


@pytest.mark.parametrize(
    ("platform", "source", "on", "off"), [NUT, NUT_TEXT, APC, APC_TEXT]
)
async def test_a_new_ups_is_expected_to_keep_its_power(
    hass: HomeAssistant, platform: str, source: str, on: str, off: str
) -> None:
    """From its first reading on: a task that needs power begins, in a plan as well."""
    await begin(hass, platform, source, on)
    for confidence in (0.05, 0.7, 0.9, 0.95):
        assert await decision(hass, confidence=confidence) == "run_now"
    assert await planned(hass) == "run_now"
    assert await planned(hass, plugged=False) == "deferred"
    tell(hass, 97, source, off)
    assert await decision(hass) == await planned(hass) == "deferred"
    assert await planned(hass, plugged=True) == "run_now"


async def test_a_phone_is_expected_to_leave_its_charger(hass: HomeAssistant) -> None:
    """It says the same, but comes from elsewhere."""
    await begin(hass, "mobile_app", STATUS, "OL")
    assert await decision(hass) == "deferred"
    answer: Any = await act(hass, "forecast", device="UPS", duration="12:00")
    assert answer["basis"] == "population"


async def test_a_full_ups_is_forecast_and_drawn_full(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """Its answer rests on no other devices, and is still no certainty."""
    await begin(hass, "nut", STATUS, "OL")
    answer: Any = await act(hass, "forecast", device="UPS", duration="12:00")
    assert answer["basis"] == "mean_rate"
    assert answer["level"] == 100
    assert 98 < answer["p10"] < 100
    assert 0.95 < answer["probability"] < 1
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": f"{DOMAIN}/subscribe"})
    assert (await client.receive_json())["success"]
    told = (await client.receive_json())["event"]["devices"]
    (ups,) = told.values()
    assert ups["basis"] == "mean_rate"
    assert len(ups["forecast"]) == 25
    assert all(low > 98 and level == 100 for _, level, low, *_ in ups["forecast"])


@pytest.mark.parametrize(
    "levels",
    [(100,), (100, 99), (100, 100, 100, 98), (96, 95, 96, 97)],
    ids=["full", "it wavers", "it drops now and then", "it floats below"],
)
@pytest.mark.parametrize("first", ["OL", "unavailable"])
async def test_a_ups_stays_one_while_its_past_grows(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    levels: tuple[int, ...],
    first: str,
) -> None:
    """Hour by hour, however sure one wants to be, and however its level wavers.

    A time of which nothing is known is no outage.
    """
    freezer.move_to("2026-11-22T12:00:00Z")
    await begin(hass, "nut", STATUS, first, levels[0])
    for _, level in zip(range(40), cycle(levels), strict=False):
        await wait(hass, freezer, minutes=60)
        tell(hass, level, STATUS, "OL")
        for confidence in (0.7, 0.9, 0.95):
            assert await decision(hass, confidence=confidence) == "run_now"


@pytest.mark.parametrize("confidence", [0.7, 0.95])
async def test_a_scrub_of_two_days_may_run_on_mains(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, confidence: float
) -> None:
    """Once the UPS has stood for half a day, as any device that stays plugged."""
    freezer.move_to("2026-11-22T12:00:00Z")
    await begin(hass, "nut", STATUS, "OL")
    scrub = {**SCRUB, "estimated_duration": "47:00:00"}
    for hour in range(30):
        await wait(hass, freezer, minutes=60)
        tell(hass, 100 - hour % 2, STATUS, "OL")
        answer: Any = await act(
            hass, "check", device="UPS", tasks=[scrub], confidence=confidence
        )
        assert (answer["run_now"] == [scrub["id"]]) is (hour >= 11)


async def test_a_ups_that_never_spoke_can_be_pretended(hass: HomeAssistant) -> None:
    """Nothing is known but what it is."""
    await begin(hass, "nut", STATUS, "unavailable", "unavailable")
    assert await decision(hass) == "deferred"
    assert await planned(hass, level=100, plugged=True) == "run_now"
    assert await planned(hass, level=100, plugged=False) == "deferred"


async def test_a_ups_that_says_when_it_charges_is_idle_when_it_stops(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Many rest below full; what was said while it charged outlasts a restart."""
    entry = await begin(hass, "nut", STATUS, "OL CHRG", 60)
    for level in range(62, 98, 2):
        await wait(hass, freezer, minutes=10)
        tell(hass, level, STATUS, "OL CHRG")
    await wait(hass, freezer, minutes=1)
    shown = ("sensor.ups_power_source", "sensor.ups_full_at", "sensor.ups_trend")
    charging = states(hass, shown)
    assert charging[0] == "charging"
    assert charging[1] != "unknown"
    hass.states.async_set(STATUS, "OL")
    await wait(hass, freezer, minutes=1)
    resting = ["idle", "unknown", "0.0"]
    assert states(hass, shown) == resting
    await write(hass)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    for level in (95, 96):
        await wait(hass, freezer, minutes=20)
        tell(hass, level, STATUS, "OL")
        await wait(hass, freezer, minutes=1)
        assert states(hass, shown) == resting


@pytest.mark.parametrize("first", ["OL", "unavailable"])
async def test_a_new_ups_below_full_is_idle_until_it_rises(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, first: str
) -> None:
    """Many rest there; without a word for charging, the level tells."""
    await begin(hass, "nut", STATUS, first, 96)
    shown = ("sensor.ups_power_source", "sensor.ups_full_at", "sensor.ups_trend")
    for _ in range(4):
        await wait(hass, freezer, minutes=10)
        tell(hass, 96, STATUS, "OL")
        await wait(hass, freezer, minutes=1)
        assert states(hass, shown)[:2] == ["idle", "unknown"]
        answer: Any = await act(hass, "forecast", device="UPS", duration="03:00")
        assert (answer["level"], answer["p90"]) == (96, pytest.approx(96.4, abs=0.2))
    assert states(hass, shown) == ["idle", "unknown", "0.0"]
    tell(hass, 97, STATUS, "OL")
    await wait(hass, freezer, minutes=1)
    assert states(hass, shown)[0] == "charging"


@pytest.mark.parametrize(("source", "on", "off"), [NUT[1:], APC[1:]])
async def test_a_ups_without_a_word_for_it_charges_once_power_is_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, source: str, on: str, off: str
) -> None:
    """At once, before its level has risen."""
    await begin(hass, "nut", source, on, 90)
    for level, status in ((80, off), (80, on)):
        await wait(hass, freezer, minutes=10)
        tell(hass, level, source, status)
    await wait(hass, freezer, minutes=1)
    assert states(hass, ("sensor.ups_power_source",)) == ["charging"]


async def test_a_task_on_an_idle_ups_takes_nothing_from_its_battery(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Power is there, as on one that is full, whatever is pretended or known."""
    await begin(hass, "nut", STATUS, "OL", 90)
    scan = {"id": "scan", "drain": 20, "estimated_duration": "06:00:00"}
    terms: dict[str, Any] = {"tasks": [scan], "reserve": 79, "effort": 0}
    ups = {"device": "UPS"}
    for _ in range(8):
        await wait(hass, freezer, minutes=10)
        tell(hass, 90, STATUS, "OL")
        await wait(hass, freezer, minutes=1)
        assert states(hass, ("sensor.ups_power_source",)) == ["idle"]
        for pretended in ({}, {"level": 90}, {"plugged": True}):
            more: Any = {"dry_run": [{**ups, **pretended}]} if pretended else {}
            answer: Any = await act(hass, "optimize", **terms, **more)
            assert answer["run_now"] == ["scan"]
        for hours in ((-3, -1), (8, 12), (200, 201)):
            begins, ends = (dt_util.utcnow() + timedelta(hours=h) for h in hours)
            window = {**ups, "start": begins, "end": ends}
            answer = await act(hass, "optimize", **terms, charging=[window])
            assert answer["run_now"] == ["scan"]
    pretend = [{**ups, "level": 70}]
    answer = await act(hass, "optimize", **terms, dry_run=pretend)
    assert answer["tasks"][0]["decision"] == "scheduled"


async def test_a_ups_charges_after_an_outage(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """How fast is not known yet, and the forecast says so; below 80 % nothing runs."""
    freezer.move_to("2026-11-22T12:00:00Z")
    await begin(hass, "nut", STATUS, "OL")
    for level in (90, 75, 60):
        await wait(hass, freezer, minutes=10)
        tell(hass, level, STATUS, "OB DISCHRG")
    assert await decision(hass) == "deferred"
    await wait(hass, freezer, minutes=10)
    tell(hass, 61, STATUS, "OL CHRG")
    assert await decision(hass) == "deferred"
    answer: Any = await act(hass, "forecast", device="UPS", duration="01:00")
    assert answer["p10"] > 61
    assert answer["p90"] - answer["p10"] > 20
    for level in (70, 80, 90):
        await wait(hass, freezer, minutes=20)
        tell(hass, level, STATUS, "OL CHRG")
    assert await decision(hass) == "run_now"


async def test_a_ups_whose_power_fails_again_and_again_is_not_relied_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What it did itself counts for more than what such devices do."""
    freezer.move_to("2026-11-22T12:00:00Z")
    await begin(hass, "nut", STATUS, "OL")
    for _ in range(10):
        for level, status in (
            *((level, "OL CHRG") for level in (70, 90, 100, 100)),
            *((level, "OB DISCHRG") for level in (95, 80, 65, 50)),
        ):
            tell(hass, level, STATUS, status)
            await wait(hass, freezer, minutes=30)
    for level in (70, 90, 100):
        tell(hass, level, STATUS, "OL CHRG")
        await wait(hass, freezer, minutes=30)
    assert await decision(hass) == "deferred"
    answer: Any = await act(hass, "forecast", device="UPS", duration="01:00")
    assert answer["basis"] == "own_history"


async def test_a_ups_that_falls_on_mains_is_not_relied_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Whatever it says: it tests itself, or its battery does not charge any more."""
    freezer.move_to("2026-11-22T12:00:00Z")
    await begin(hass, "nut", STATUS, "OL")
    for level in (95, 85, 75, 65):
        await wait(hass, freezer, minutes=10)
        tell(hass, level, STATUS, "OL CAL DISCHRG")
    assert await decision(hass, reserve=10) == "deferred"
    answer: Any = await act(hass, "forecast", device="UPS", duration="03:00")
    assert answer["basis"] == "population"


async def test_a_ups_is_known_after_a_restart_and_in_a_report(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Whoever reads the report has the same answers."""
    entry = await begin(hass, "nut", STATUS, "OL")
    await wait(hass, freezer, minutes=10)
    tell(hass, 100, STATUS, "OL")
    await write(hass)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert await decision(hass) == "run_now"
    report = await async_get_config_entry_diagnostics(hass, entry)
    lines = list(replay(json.loads(json.dumps(report))))
    assert "basis mean_rate" in lines[1]
    assert lines[-1].startswith("  scrub: run_now")
    freezer.tick(timedelta(minutes=1))
    hass.states.async_set(CHARGE, "unavailable")
    assert await planned(hass, level=100, plugged=True) == "run_now"
