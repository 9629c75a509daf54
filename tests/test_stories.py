"""The automations of the README, each from its text, in a real Home Assistant."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
import re
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Event, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util, slugify
from homeassistant.util.yaml import parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
    async_mock_service,
)

from .home import device, set_up, wait
from .registry import add_entity
from .test_readme import README

STORIES: Final[dict[str, Any]] = {
    story["alias"]: story
    for block in re.findall(r"```yaml\n(alias: .*?)```", README, re.DOTALL)
    for story in [parse_yaml(block)]
    if isinstance(story, dict)
}
PHONE: Final = "Sync photos, but leave 30 % for the evening"
LAPTOP: Final = "Back up the laptop by seven"
NAS: Final = "Scrub the NAS on Sundays, never on battery"
ROBOT: Final = "Vacuum, charge, then mop"
TABLET: Final = "Charge the wall tablet when it needs it"
DISHES: Final = "Start the dishwasher when it is cheap and the battery can spare it"
FAMILY: Final = "Sync the family's phones"
SHEDDING: Final = "Make the battery last until 20:30"

SCRIPTS: Final = (
    "sync_photos",
    "back_up_laptop",
    "scrub_nas",
    "vacuum",
    "mop",
    "start_dishwasher",
    "sync_phone",
)


class Life:
    """What happens in the home, and what its automations do about it."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        """Listen to every action that runs."""
        self.hass = hass
        self._freezer = freezer
        self._calls: list[Event[Any]] = async_capture_events(hass, EVENT_CALL_SERVICE)

    async def begin(self, alias: str, at: str, *names: str, **source: Any) -> None:
        """Set the clock, track devices, and switch on one automation."""
        self._freezer.move_to(f"2026-11-{at}+01:00")
        devices = [
            device(
                name,
                f"sensor.{slugify(name)}",
                source.get("source", f"sensor.{slugify(name)}_source"),
                capacity=10_000.0,
            )
            for name in names
        ]
        await set_up(self.hass, *devices)
        config = {"automation": [STORIES[alias]]}
        assert await async_setup_component(self.hass, "automation", config)
        await self.hass.async_block_till_done()

    async def live(
        self,
        name: str,
        levels: Sequence[object],
        source: str | None = None,
        *,
        minutes: float = 15,
    ) -> None:
        """Let a device tell levels, and time pass after each."""
        for level in levels:
            if source is not None:
                self.hass.states.async_set(f"sensor.{slugify(name)}_source", source)
            self.tell(name, level)
            await wait(self.hass, self._freezer, seconds=3)
            await wait(self.hass, self._freezer, minutes=minutes, seconds=-15)

    def tell(self, name: str, level: object) -> None:
        """Let a device tell its level (%)."""
        unit = {"unit_of_measurement": "%"}
        self.hass.states.async_set(f"sensor.{slugify(name)}", str(level), unit)

    def ran(self, action: str) -> list[dict[str, Any]]:
        """Return the data of every call of an action, and forget them."""
        found = [c for c in self._calls if _name(c) == action]
        self._calls[:] = [c for c in self._calls if c not in found]
        return [c.data["service_data"] for c in found]


def _name(call: Event[Any]) -> str:
    """Return the action that was called."""
    return f"{call.data['domain']}.{call.data['service']}"


@pytest.fixture
async def life(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> AsyncIterator[Life]:
    """Run a home with the scripts and switches that the automations name."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    scripts = {name: {"sequence": [{"event": name}]} for name in SCRIPTS}
    for component, config in {
        "homeassistant": {},
        "persistent_notification": {},
        "script": scripts,
        "input_boolean": {"dishwasher_is_loaded": {"initial": True}},
    }.items():
        assert await async_setup_component(hass, component, {component: config})
    for action in ("turn_on", "turn_off"):
        async_mock_service(hass, "switch", action)
    yield Life(hass, freezer)
    everything = {"entity_id": hass.states.async_entity_ids("automation")}
    await hass.services.async_call("automation", "turn_off", everything, blocking=True)


def test_every_story_is_told_and_tested() -> None:
    """No automation of the README goes without a test here."""
    told = {PHONE, LAPTOP, NAS, ROBOT, TABLET, DISHES, FAMILY, SHEDDING}
    assert STORIES.keys() == told


async def test_photos_are_synced_once_a_day(life: Life) -> None:
    """A phone that lasts can spare it, and is left alone for the rest of the day."""
    await life.begin(PHONE, "22T06:30:00", "Phone")
    await life.live("Phone", [98, 98, 97, 97, 97, 97, 96], "discharging")
    assert len(life.ran("script.sync_photos")) == 1
    await life.live("Phone", [95] * 8, "discharging")
    assert life.ran("script.sync_photos") == []
    await life.live("Phone", [100] * 24, "full", minutes=60)
    assert len(life.ran("script.sync_photos")) == 1


async def test_photos_wait_on_a_day_that_drains_the_phone(life: Life) -> None:
    """The evening would see less than 30 %; plugged in, it does not."""
    await life.begin(PHONE, "22T06:30:00", "Phone")
    await life.live("Phone", range(95, 35, -3), "discharging")
    assert life.ran("script.sync_photos") == []
    await life.live("Phone", range(40, 100, 10), "charging")
    assert len(life.ran("script.sync_photos")) == 1


async def test_the_laptop_is_backed_up_once_a_night(life: Life) -> None:
    """As soon as it may be, and again the next night."""
    await life.begin(LAPTOP, "22T21:01:00", "Laptop")
    await life.live("Laptop", [90] * 3, "charging")
    assert life.ran("script.back_up_laptop") == []
    await life.live("Laptop", [100] * 40, "full")
    assert len(life.ran("script.back_up_laptop")) == 1
    await life.live("Laptop", [100] * 24, "full", minutes=60)
    assert len(life.ran("script.back_up_laptop")) == 1


async def test_the_backup_waits_for_the_charger_and_says_so(life: Life) -> None:
    """A nearly empty laptop is not backed up, until it is plugged in."""
    await life.begin(LAPTOP, "22T21:31:00", "Laptop")
    await life.live("Laptop", [14, 14, 13, 13, 12, 12], "discharging")
    assert life.ran("script.back_up_laptop") == []
    said = life.ran("persistent_notification.create")
    assert "Laptop would be at" in said[-1]["message"]
    await life.live("Laptop", range(20, 100, 10), "charging")
    assert len(life.ran("script.back_up_laptop")) == 1
    assert life.ran("persistent_notification.dismiss")


async def test_a_backup_that_would_be_late_is_not_begun(life: Life) -> None:
    """At half past six, forty minutes are too long, and the reason is told."""
    await life.begin(LAPTOP, "23T06:22:00", "Laptop")
    await life.live("Laptop", [100] * 4, "full", minutes=10)
    assert life.ran("script.back_up_laptop") == []
    said = life.ran("persistent_notification.create")
    assert "deadline" in said[-1]["message"]


async def test_the_nas_is_scrubbed_on_sundays_only(life: Life) -> None:
    """Once, on mains; 22 November 2026 is a Sunday."""
    await life.begin(NAS, "21T20:30:00", "UPS")
    await life.live("UPS", [100] * 3, "OL", minutes=60)
    assert life.ran("script.scrub_nas") == []
    await life.live("UPS", [100] * 30, "OL", minutes=60)
    assert len(life.ran("script.scrub_nas")) == 1


async def test_a_new_nas_is_scrubbed_at_once(life: Life) -> None:
    """A UPS that is known for minutes is on mains, and stays there."""
    add_entity(life.hass, "nut", "sensor.ups", "battery")
    await life.begin(NAS, "22T01:52:00", "UPS")
    await life.live("UPS", [100] * 3, "OL", minutes=5)
    assert len(life.ran("script.scrub_nas")) == 1


async def test_a_new_nas_waits_for_its_first_outage_to_be_over(life: Life) -> None:
    """Also where nothing but that outage is known; then for 80 %."""
    add_entity(life.hass, "nut", "sensor.ups", "battery")
    await life.begin(NAS, "22T01:22:00", "UPS")
    await life.live("UPS", [100] * 4, "OL", minutes=5)
    await life.live("UPS", range(96, 56, -4), "OB DISCHRG", minutes=5)
    await life.live("UPS", range(58, 80, 2), "OL CHRG", minutes=10)
    assert life.ran("script.scrub_nas") == []
    await life.live("UPS", range(80, 100, 2), "OL CHRG", minutes=10)
    assert len(life.ran("script.scrub_nas")) == 1


async def test_no_scrub_begins_on_battery_nor_right_after(life: Life) -> None:
    """It waits for mains, and then for the battery."""
    await life.begin(NAS, "20T01:30:00", "UPS")
    await life.live("UPS", [100] * 46, "OL", minutes=60)
    await life.live("UPS", [95, 70, 45], "OB DISCHRG", minutes=60)
    await life.live("UPS", [46, 47], "OL CHRG", minutes=60)
    assert life.ran("script.scrub_nas") == []
    await life.live("UPS", [70, 90, 100], "OL CHRG", minutes=60)
    assert len(life.ran("script.scrub_nas")) == 1


async def test_the_robot_charges_between_vacuuming_and_mopping(life: Life) -> None:
    """It mops once its battery can stand it, and not twice."""
    robot = life.hass.states
    await life.begin(ROBOT, "22T09:01:00", "Robot", source="vacuum.robot")
    robot.async_set("vacuum.robot", "docked")
    await life.live("Robot", [100], minutes=10)
    assert len(life.ran("script.vacuum")) == 1
    robot.async_set("vacuum.robot", "cleaning")
    await life.live("Robot", [90, 70, 45], minutes=20)
    robot.async_set("vacuum.robot", "docked")
    await life.live("Robot", [50, 61, 72], minutes=10)
    assert life.ran("script.mop") == []
    await life.live("Robot", [83, 94, 100], minutes=10)
    assert len(life.ran("script.mop")) == 1
    await life.live("Robot", [100] * 4, minutes=10)
    assert life.ran("script.mop") == life.ran("script.vacuum") == []


async def test_an_empty_robot_stays_on_its_dock(life: Life) -> None:
    """Vacuuming waits as well."""
    await life.begin(ROBOT, "22T09:01:00", "Robot", source="vacuum.robot")
    life.hass.states.async_set("vacuum.robot", "docked")
    await life.live("Robot", [30] * 4, minutes=10)
    assert life.ran("script.vacuum") == life.ran("script.mop") == []


async def test_the_tablet_is_charged_only_as_far_as_needed(life: Life) -> None:
    """Off when it is well filled, on when it falls, and on when it is silent."""
    await life.begin(TABLET, "22T09:01:00", "Tablet")
    await life.live("Tablet", [90] * 2, "full", minutes=10)
    assert life.ran("switch.turn_off")
    assert life.ran("switch.turn_on") == []
    await life.live("Tablet", [84, 80], "discharging", minutes=10)
    life.ran("switch.turn_off")
    await life.live("Tablet", range(76, 30, -4), "discharging", minutes=10)
    assert life.ran("switch.turn_off") == []
    assert life.ran("switch.turn_on")
    await life.live("Tablet", [60, 70], "charging", minutes=10)
    life.ran("switch.turn_on")
    await life.live("Tablet", [75, 82], "charging", minutes=10)
    assert life.ran("switch.turn_on") == []
    assert life.ran("switch.turn_off")
    await life.live("Tablet", ["unavailable"], "unavailable", minutes=10)
    assert life.ran("switch.turn_on")


def tell_price(life: Life, *prices: float) -> None:
    """Let power have a price in each of the next hours."""
    now = dt_util.now().replace(minute=0, second=0)
    listed = [
        {"start": (now + timedelta(hours=k)).isoformat(), "value": price}
        for k, price in enumerate(prices)
    ]
    entity = "sensor.electricity_price"
    life.hass.states.async_set(entity, str(prices[0]), {"today": listed})


async def test_dishes_wait_for_cheap_power(life: Life) -> None:
    """They are washed when it is cheap, and once."""
    await life.begin(DISHES, "22T20:01:00", "Home battery")
    tell_price(life, 0.5, 0.5, 0.5, 0.05, 0.05, 0.05, 0.4, 0.4, 0.4, 0.4, 0.4)
    await life.live("Home battery", [95, 94.5, 94, 93.5], "discharging")
    assert life.ran("script.start_dishwasher") == []
    await life.live("Home battery", [93 - k / 2 for k in range(16)], "discharging")
    assert len(life.ran("script.start_dishwasher")) == 1
    assert life.hass.states.is_state("input_boolean.dishwasher_is_loaded", "off")


async def test_dishes_leave_enough_for_an_outage(life: Life) -> None:
    """However cheap power is, 40 % stay in the battery."""
    await life.begin(DISHES, "22T20:01:00", "Home battery")
    tell_price(life, 0.05, 0.05, 0.05, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5)
    await life.live("Home battery", [46, 45.5, 45, 44.5], "discharging")
    assert life.ran("script.start_dishwasher") == []


async def test_who_can_spare_it_is_synced_and_the_others_are_told(life: Life) -> None:
    """Ben's phone is nearly empty; nothing is known of Cleo's."""
    await life.begin(
        FAMILY, "22T20:31:00", "Ana's phone", "Ben's phone", "Cleo's phone"
    )
    for _ in range(2):
        await life.live("Ana's phone", [100], "full", minutes=1)
        await life.live("Ben's phone", [12], "discharging", minutes=1)
        await life.live("Cleo's phone", ["unknown"], minutes=15)
    assert life.ran("script.sync_phone") == [{"owner": "Ana"}]
    said = {
        data["title"]: data["message"]
        for data in life.ran("persistent_notification.create")
    }
    assert said.keys() == {"Ben: no sync today", "Cleo: no sync today"}
    assert "Ben's phone would be at 12 %" in said["Ben: no sync today"]
    assert "does not tell its level" in said["Cleo: no sync today"]


@pytest.mark.parametrize(
    ("mains", "fall", "sheds"),
    [("off", 4, True), ("off", 0.5, False), ("on", 4, False)],
)
async def test_loads_are_shed_only_if_it_would_not_last(
    life: Life, mains: str, fall: float, sheds: bool
) -> None:
    """Nor while the mains are there."""
    life.hass.states.async_set("binary_sensor.mains", mains)
    await life.begin(SHEDDING, "22T17:01:00", "Home battery")
    levels = [90 - k * fall for k in range(12)]
    await life.live("Home battery", levels, "discharging", minutes=5)
    calls = life.ran("switch.turn_off")
    assert bool(calls) is sheds
    said = life.ran("persistent_notification.create")
    assert bool(said) is sheds
    if sheds:
        assert calls[0]["entity_id"] == ["switch.water_heater", "switch.pool_pump"]
        assert re.fullmatch(r"[\d.]+ % now, empty at \d\d:\d\d\.", said[-1]["message"])


async def test_loads_are_shed_if_nothing_is_known(life: Life) -> None:
    """A silent battery may be an empty one, and the message is not made up."""
    life.hass.states.async_set("binary_sensor.mains", "off")
    await life.begin(SHEDDING, "22T17:01:00", "Home battery")
    await life.live("Home battery", ["unavailable"] * 2, "discharging", minutes=5)
    assert life.ran("switch.turn_off")
    (*_, said) = life.ran("persistent_notification.create")
    assert said["message"] == "Its level is unknown."
