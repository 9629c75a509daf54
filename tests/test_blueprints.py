"""The blueprints, each as an automation of a real Home Assistant."""

from collections.abc import AsyncIterator
from pathlib import Path
import re
import shutil
from typing import Any
from urllib.parse import unquote

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.fan import FanEntityFeature
from homeassistant.components.media_player import MediaPlayerEntityFeature
from homeassistant.core import Event, HomeAssistant, ServiceCall, split_entity_id
from homeassistant.exceptions import HomeAssistantError, ServiceNotFound
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
    async_mock_service,
)

from .home import PHONE, PHONE_STATE, device, phone, set_up, states, tell, wait
from .test_readme import README

FOLDER = Path(__file__).parents[1] / "blueprints/automation/power_scheduler"
ACTIONS = FOLDER.parents[2] / "custom_components/power_scheduler/services.yaml"
JOB = [{"event": "job"}]
RUN = "run_when_power_allows"
WARN = "warn_if_it_will_not_last"
SHED = "shed_load_on_ups"
LOADS = ["input_boolean.lamp", "input_boolean.screen", "input_boolean.idle"]
UPS = "sensor.ups"
UPS_STATUS = "sensor.ups_status"
RUNTIME = "sensor.ups_runtime"
PLAYER = "media_player.screen"
FAN = "fan.hall"
ON_AND_OFF = MediaPlayerEntityFeature.TURN_ON | MediaPlayerEntityFeature.TURN_OFF


@pytest.fixture
async def home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> AsyncIterator[HomeAssistant]:
    """Run a home with a phone and a UPS, where it is ten in the morning."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-11-22T10:01:00+01:00")
    for component in ("homeassistant", "persistent_notification", "scene"):
        assert await async_setup_component(hass, component, {})
    helpers: dict[str, dict[str, dict[str, bool]]] = {
        "input_datetime": {
            "last_run": {"has_date": True, "has_time": True},
            "time": {"has_time": True},
            "date": {"has_date": True},
        },
        "input_boolean": {"lamp": {"initial": True}, "screen": {"initial": True}},
    }
    helpers["input_boolean"]["idle"] = {"initial": False}
    for component, config in helpers.items():
        assert await async_setup_component(hass, component, {component: config})
    tell(hass, 90, "discharging")
    ups(hass, 100, "OL", 60)
    await set_up(hass, phone(), device("UPS", UPS, UPS_STATUS, time_to_empty=RUNTIME))
    yield hass
    everything = {"entity_id": hass.states.async_entity_ids("automation")}
    await hass.services.async_call("automation", "turn_off", everything, blocking=True)


def ups(hass: HomeAssistant, level: float, status: str, minutes: float) -> None:
    """Let the UPS tell its level, status and runtime, as NUT does."""
    hass.states.async_set(UPS_STATUS, status)
    seconds = {"unit_of_measurement": "s"}
    hass.states.async_set(RUNTIME, str(60 * minutes), seconds)
    hass.states.async_set(UPS, str(level), {"unit_of_measurement": "%"})


async def automate(hass: HomeAssistant, blueprint: str, **inputs: object) -> None:
    """Add an automation that uses a blueprint."""
    target = Path(hass.config.path("blueprints/automation/power_scheduler"))
    await hass.async_add_executor_job(
        lambda: shutil.copytree(FOLDER, target, dirs_exist_ok=True)
    )
    path = f"power_scheduler/{blueprint}.yaml"
    config = {"alias": blueprint, "use_blueprint": {"path": path, "input": inputs}}
    assert await async_setup_component(hass, "automation", {"automation": [config]})
    await hass.async_block_till_done()
    assert states(hass, [f"automation.{blueprint}"]) == ["on"]


def phone_device(hass: HomeAssistant) -> str:
    """Return the id of the phone's device."""
    entity = er.async_get(hass).async_get("sensor.phone_power_state")
    assert entity is not None
    assert entity.device_id is not None
    return entity.device_id


def run_inputs(hass: HomeAssistant) -> dict[str, Any]:
    """Return the inputs of a job that is due at eleven."""
    return {
        "device": phone_device(hass),
        "job": JOB,
        "last_run": "input_datetime.last_run",
        "due": "11:00:00",
        "duration": {"minutes": 10},
        "profile": "sync",
    }


async def ran(hass: HomeAssistant, at: str = "2026-11-21 12:00:00") -> None:
    """Let the job have run some time before: yesterday, after it was due."""
    await hass.services.async_call(
        "input_datetime",
        "set_datetime",
        {"entity_id": "input_datetime.last_run", "datetime": at},
        blocking=True,
    )


async def test_a_job_runs_once_when_it_is_due(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Not before, not twice, and again the next day."""
    done = async_capture_events(home, "job")
    await ran(home)
    await automate(home, RUN, **run_inputs(home))
    await wait(home, freezer, minutes=30)
    assert len(done) == 0
    await wait(home, freezer, minutes=29)
    assert len(done) == 1
    for _ in range(4):
        tell(home, 100, "full")
        await wait(home, freezer, minutes=15)
    assert len(done) == 1
    for _ in range(25):
        tell(home, 100, "full")
        await wait(home, freezer, hours=1)
    assert len(done) == 2


async def test_a_battery_may_stand_for_its_device(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Where a device has several, as a phone that tells of its watch."""
    done = async_capture_events(home, "job")
    await ran(home)
    await automate(home, RUN, **{**run_inputs(home), "device": PHONE})
    await wait(home, freezer, minutes=59)
    assert len(done) == 1


async def test_a_job_that_could_not_run_is_caught_up(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """An empty phone is left alone until it is plugged in, hours later."""
    done = async_capture_events(home, "job")
    await ran(home)
    await automate(home, RUN, **run_inputs(home))
    for _ in range(6):
        tell(home, 12, "discharging")
        await wait(home, freezer, minutes=30)
    assert len(done) == 0
    for level in (14, 30, 45, 60):
        tell(home, level, "charging")
        await wait(home, freezer, minutes=15)
    assert len(done) == 1


async def test_a_job_that_was_missed_is_caught_up_at_once(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It was due yesterday at eleven, when Home Assistant was off."""
    done = async_capture_events(home, "job")
    await ran(home, "2026-11-19 11:00:00")
    tell(home, 100, "full")
    await automate(home, RUN, **run_inputs(home))
    await wait(home, freezer, minutes=15)
    assert len(done) == 1


@pytest.mark.parametrize(
    "helper", ["input_datetime.gone", "input_datetime.time", "input_datetime.date"]
)
async def test_without_a_proper_memory_no_job_runs(
    home: HomeAssistant, freezer: FrozenDateTimeFactory, helper: str
) -> None:
    """A helper of a time alone, or none, can't say that today's run is over."""
    done = async_capture_events(home, "job")
    said = async_mock_service(home, "persistent_notification", "create")
    await automate(home, RUN, **{**run_inputs(home), "last_run": helper})
    for _ in range(8):
        tell(home, 100, "full")
        await wait(home, freezer, minutes=15)
    assert len(done) == 0
    assert said
    assert all(helper in call.data["message"] for call in said)


@pytest.mark.parametrize(("profile", "wrong"), [("bakup", True), ("sync", False)])
async def test_a_profile_that_is_not_there_is_told_of(
    home: HomeAssistant, freezer: FrozenDateTimeFactory, profile: str, *, wrong: bool
) -> None:
    """The job would wait for ever; one that waits for a charger is no news."""
    said = async_mock_service(home, "persistent_notification", "create")
    await ran(home)
    tell(home, 12, "discharging")
    await automate(home, RUN, **{**run_inputs(home), "profile": profile})
    await wait(home, freezer, minutes=59)
    assert bool(said) is wrong
    assert all("no task profile: bakup" in call.data["message"] for call in said)


def warn_inputs(hass: HomeAssistant) -> dict[str, Any]:
    """Return the inputs of a question at eleven whether it lasts until two."""
    said = {"event": "warning", "event_data": {"text": "{{ level }} {{ probability }}"}}
    return {
        "device": phone_device(hass),
        "ask_at": "11:00:00",
        "until": "14:00:00",
        "warning": [said],
    }


async def drain(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, level: float
) -> list[Event[Any]]:
    """Let the phone fall to a level by eleven, 4 points in ten minutes."""
    warned: list[Event[Any]] = async_capture_events(hass, "warning")
    await automate(hass, WARN, **warn_inputs(hass))
    for k in range(6, 0, -1):
        tell(hass, level + 4 * k, "discharging")
        await wait(hass, freezer, minutes=9, seconds=54)
    return warned


async def test_a_battery_that_will_not_last_is_warned_of(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """With the level now and the probability, once."""
    warned = await drain(home, freezer, 20)
    await wait(home, freezer, minutes=5)
    (event,) = warned
    level, probability = event.data["text"].split()
    assert 20 <= float(level) <= 30
    assert 0 <= int(probability) < 80
    await wait(home, freezer, hours=1)
    assert len(warned) == 1


async def test_a_battery_that_lasts_is_no_news(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A plugged phone needs no warning."""
    warned = async_capture_events(home, "warning")
    await automate(home, WARN, **warn_inputs(home))
    for _ in range(8):
        tell(home, 100, "full")
        await wait(home, freezer, minutes=10)
    assert warned == []


async def test_a_silent_device_is_no_alarm(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Nothing is known of it, and so nothing is said."""
    warned = async_capture_events(home, "warning")
    await automate(home, WARN, **warn_inputs(home))
    tell(home, "unavailable", "unavailable")
    await wait(home, freezer, hours=1)
    await wait(home, freezer, minutes=5)
    assert states(home, [PHONE_STATE, "automation." + WARN]) == ["unavailable", "on"]
    assert warned == []


async def outage(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    level: float,
    status: str,
    minutes: float,
) -> list[str | None]:
    """Let the UPS tell something, and return the loads a minute later."""
    ups(hass, level, status, minutes)
    await wait(hass, freezer, minutes=1)
    return states(hass, LOADS)


async def test_loads_are_shed_in_order_and_come_back(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """One after the other while it would not last; then all is as it was."""
    inputs = {"power_source": "sensor.ups_power_source", "loads": LOADS}
    await automate(home, SHED, **inputs, last={"minutes": 30}, enough=5)
    assert await outage(home, freezer, 100, "OL", 60) == ["on", "on", "off"]
    assert await outage(home, freezer, 98, "OB DISCHRG", 55) == ["on", "on", "off"]
    assert await outage(home, freezer, 60, "OB DISCHRG", 29) == ["off", "on", "off"]
    assert await outage(home, freezer, 58, "OB DISCHRG", 45) == ["off", "on", "off"]
    assert await outage(home, freezer, 40, "OB DISCHRG", 28) == ["off", "off", "off"]
    assert await outage(home, freezer, 41, "OL CHRG", 28) == ["off", "off", "off"]
    await wait(home, freezer, minutes=6)
    assert states(home, LOADS) == ["on", "on", "off"]


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param([("OL CHRG", 2), ("OL", 6)], id="it is full at once"),
        pytest.param([(None, 2), ("OL CHRG", 6)], id="it was silent at first"),
        pytest.param(
            [("OL CHRG", 2), (None, 1), ("OL", 6)], id="it was silent for once"
        ),
    ],
)
async def test_loads_come_back_however_the_outage_ends(
    home: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    ends: list[tuple[str | None, int]],
) -> None:
    """A few minutes after power is known to be back, and no sooner."""
    inputs = {"power_source": "sensor.ups_power_source", "loads": LOADS}
    await automate(home, SHED, **inputs, last={"minutes": 30}, enough=5)
    await outage(home, freezer, 100, "OL", 60)
    assert await outage(home, freezer, 98, "OB DISCHRG", 20) == ["off", "on", "off"]
    for status, minutes in ends:
        assert states(home, LOADS) == ["off", "on", "off"]
        for _ in range(minutes):
            if status:
                ups(home, 99, status, 60)
            else:
                home.states.async_set(UPS, "unavailable")
            await wait(home, freezer, minutes=1)
    assert states(home, LOADS) == ["on", "on", "off"]


async def test_loads_come_back_after_automations_were_reloaded(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Whoever edits another one meanwhile need not remember this one."""
    inputs = {"power_source": "sensor.ups_power_source", "loads": LOADS}
    await automate(home, SHED, **inputs, last={"minutes": 30}, enough=5)
    await outage(home, freezer, 100, "OL", 60)
    await outage(home, freezer, 98, "OB DISCHRG", 20)
    assert await outage(home, freezer, 98, "OL CHRG", 28) == ["off", "on", "off"]
    for action in ("turn_off", "turn_on"):
        data = {"entity_id": f"automation.{SHED}"}
        await home.services.async_call("automation", action, data, blocking=True)
    for _ in range(6):
        await wait(home, freezer, minutes=1)
    assert states(home, LOADS) == ["on", "on", "off"]


async def test_a_load_that_stays_on_does_not_keep_the_others_on(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The next one goes, it is told again, and people are told; then all comes back."""
    heater = "switch.heater"
    home.states.async_set(heater, "on", {"friendly_name": "Heater"})
    told = async_mock_service(home, "switch", "turn_off")
    async_mock_service(home, "switch", "turn_on")
    said = async_mock_service(home, "persistent_notification", "create")
    unsaid = async_mock_service(home, "persistent_notification", "dismiss")
    inputs = {"power_source": "sensor.ups_power_source", "loads": [heater, *LOADS]}
    await automate(home, SHED, **inputs, last={"minutes": 30}, enough=5)
    await outage(home, freezer, 100, "OL", 60)
    assert await outage(home, freezer, 98, "OB DISCHRG", 20) == ["on", "on", "off"]
    assert (len(told), len(said)) == (1, 0)
    assert await outage(home, freezer, 97, "OB DISCHRG", 19) == ["off", "on", "off"]
    assert await outage(home, freezer, 96, "OB DISCHRG", 18) == ["off", "off", "off"]
    assert await outage(home, freezer, 95, "OB DISCHRG", 17) == ["off", "off", "off"]
    assert (len(told), len(said)) == (4, 3)
    assert "Heater" in said[-1].data["message"]
    await outage(home, freezer, 96, "OL CHRG", 30)
    for _ in range(6):
        await wait(home, freezer, minutes=1)
    assert states(home, LOADS) == ["on", "on", "off"]
    assert not home.states.async_entity_ids("scene")
    ids = {call.data["notification_id"] for call in (*said, *unsaid)}
    assert (len(unsaid), len(ids)) == (1, 1)
    assert await outage(home, freezer, 98, "OB DISCHRG", 20) == ["on", "on", "off"]
    assert (len(told), len(said)) == (5, 3)


async def test_a_load_that_is_gone_keeps_no_other_one_on(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """As one that was renamed or removed since the automation was made."""
    inputs = {"power_source": "sensor.ups_power_source"}
    loads = ["switch.gone", *LOADS]
    await automate(home, SHED, **inputs, loads=loads, last={"minutes": 30}, enough=5)
    await outage(home, freezer, 100, "OL", 60)
    assert await outage(home, freezer, 98, "OB DISCHRG", 20) == ["off", "on", "off"]
    assert await outage(home, freezer, 97, "OB DISCHRG", 19) == ["off", "off", "off"]
    await outage(home, freezer, 98, "OL CHRG", 28)
    for _ in range(6):
        await wait(home, freezer, minutes=1)
    assert states(home, LOADS) == ["on", "on", "off"]
    assert not home.states.async_entity_ids("scene")


async def test_a_load_that_was_silent_at_first_comes_back_as_well(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It was unavailable when the first load was shed, and is shed later."""
    heater = "switch.heater"
    home.states.async_set(heater, "unavailable")
    calls: list[ServiceCall] = []

    async def switch(call: ServiceCall) -> None:
        """Do what is asked."""
        calls.append(call)
        home.states.async_set(heater, call.service.removeprefix("turn_"))

    for action in ("turn_off", "turn_on"):
        home.services.async_register("switch", action, switch)
    inputs = {"power_source": "sensor.ups_power_source", "loads": [*LOADS, heater]}
    await automate(home, SHED, **inputs, last={"minutes": 30}, enough=5)
    await outage(home, freezer, 100, "OL", 60)
    assert await outage(home, freezer, 98, "OB DISCHRG", 20) == ["off", "on", "off"]
    home.states.async_set(heater, "on")
    assert await outage(home, freezer, 97, "OB DISCHRG", 19) == ["off", "off", "off"]
    await outage(home, freezer, 96, "OB DISCHRG", 18)
    await outage(home, freezer, 97, "OL CHRG", 28)
    assert [call.service for call in calls] == ["turn_off"]
    for _ in range(6):
        await wait(home, freezer, minutes=1)
    assert states(home, [*LOADS, heater]) == ["on", "on", "off", "on"]
    assert [call.service for call in calls] == ["turn_off", "turn_on"]
    await wait(home, freezer, minutes=1)
    assert not home.states.async_entity_ids("scene")


@pytest.mark.parametrize(
    ("load", "features", "failures", "times"),
    [
        pytest.param(
            PLAYER, MediaPlayerEntityFeature.TURN_OFF, 0, 0, id="it can't turn on"
        ),
        pytest.param(FAN, FanEntityFeature.TURN_OFF, 0, 0, id="a fan that can't"),
        pytest.param(PLAYER, ON_AND_OFF, 0, 1, id="it can"),
        pytest.param(PLAYER, ON_AND_OFF, 1, 2, id="it can at the second try"),
    ],
)
async def test_a_load_that_was_silent_at_first_keeps_nothing_waiting(
    home: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    load: str,
    features: MediaPlayerEntityFeature | FanEntityFeature,
    failures: int,
    times: int,
) -> None:
    """It is turned on where it can be, until it is, and keeps nothing else waiting."""
    domain, tries = split_entity_id(load)[0], 0
    able = {"supported_features": features}

    async def turn_on(call: ServiceCall) -> None:
        """Fail some times, as a hub that is just back does."""
        nonlocal tries
        assert call.data["entity_id"] == [load]
        tries += 1
        if tries <= failures:
            raise HomeAssistantError("Not reachable yet")
        home.states.async_set(load, "on", able)

    home.states.async_set(load, "unavailable")
    async_mock_service(home, domain, "turn_off")
    home.services.async_register(domain, "turn_on", turn_on)
    inputs = {"power_source": "sensor.ups_power_source", "loads": [*LOADS, load]}
    await automate(home, SHED, **inputs, last={"minutes": 30}, enough=5)
    await outage(home, freezer, 100, "OL", 60)
    await outage(home, freezer, 98, "OB DISCHRG", 20)
    home.states.async_set(load, "on", able)
    await outage(home, freezer, 97, "OB DISCHRG", 19)
    await outage(home, freezer, 96, "OB DISCHRG", 18)
    home.states.async_set(load, "off", able)
    await outage(home, freezer, 97, "OL CHRG", 28)
    for _ in range(8):
        await wait(home, freezer, minutes=1)
    assert tries == times
    assert states(home, LOADS) == ["on", "on", "off"]
    assert not home.states.async_entity_ids("scene")


@pytest.mark.parametrize("first", ["on", "unavailable"])
@pytest.mark.parametrize(
    "error", [HomeAssistantError("Not reachable"), ServiceNotFound("fan", "turn_on")]
)
async def test_a_load_that_fails_for_good_is_given_up(
    home: HomeAssistant, freezer: FrozenDateTimeFactory, first: str, error: Exception
) -> None:
    """People are told after ten minutes, and what they change is left alone."""
    tries = 0
    able = {"supported_features": FanEntityFeature.TURN_ON, "friendly_name": "Hall fan"}

    async def turn_on(_: ServiceCall) -> None:
        """Fail, as a fan without its hub does."""
        nonlocal tries
        tries += 1
        raise error

    home.states.async_set(FAN, first, able)
    async_mock_service(home, "fan", "turn_off")
    home.services.async_register("fan", "turn_on", turn_on)
    said = async_mock_service(home, "persistent_notification", "create")
    inputs = {"power_source": "sensor.ups_power_source", "loads": [*LOADS, FAN]}
    await automate(home, SHED, **inputs, last={"minutes": 30}, enough=5)
    await outage(home, freezer, 100, "OL", 60)
    await outage(home, freezer, 98, "OB DISCHRG", 20)
    home.states.async_set(FAN, "on", able)
    for level in (97, 96):
        await outage(home, freezer, level, "OB DISCHRG", 19)
    home.states.async_set(FAN, "off", able)
    await outage(home, freezer, 97, "OL CHRG", 28)
    for _ in range(6):
        await wait(home, freezer, minutes=1)
    assert states(home, LOADS) == ["on", "on", "off"]
    home.states.async_set(LOADS[0], "off")
    home.states.async_set(LOADS[2], "on")
    for _ in range(20):
        await wait(home, freezer, minutes=1)
    assert 9 <= tries <= 11
    assert [call.data["title"] for call in said] == ["A load stays off"]
    assert "Hall fan" in said[0].data["message"]
    assert states(home, LOADS) == ["off", "on", "on"]
    assert not home.states.async_entity_ids("scene")
    assert await outage(home, freezer, 98, "OB DISCHRG", 20) == ["off", "off", "on"]


async def test_what_people_turn_off_after_an_outage_stays_off(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Right after all has come back, and where another load is still waited for."""
    inputs = {"power_source": "sensor.ups_power_source", "loads": [*LOADS, FAN]}
    home.states.async_set(FAN, "on")
    async_mock_service(home, "fan", "turn_off")
    async_mock_service(home, "fan", "turn_on")
    await automate(home, SHED, **inputs, last={"minutes": 30}, enough=5)
    for fan in ("off", "on"):
        await outage(home, freezer, 100, "OL", 60)
        for level in (98, 97, 96):
            await outage(home, freezer, level, "OB DISCHRG", 20)
        home.states.async_set(FAN, fan)
        assert states(home, LOADS) == ["off", "off", "off"]
        await outage(home, freezer, 98, "OL CHRG", 60)
        while states(home, LOADS) != ["on", "on", "off"]:
            await wait(home, freezer, minutes=1)
        home.states.async_set(LOADS[0], "off")
        for _ in range(12):
            await wait(home, freezer, minutes=1)
        assert states(home, LOADS) == ["off", "on", "off"]
        assert not home.states.async_entity_ids("scene")
        home.states.async_set(LOADS[0], "on")


async def test_no_load_comes_back_while_power_is_away_again(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What fails is told again only while there is power; it was unavailable, say."""
    home.states.async_set(FAN, "on", {"supported_features": FanEntityFeature.TURN_ON})
    async_mock_service(home, "fan", "turn_off")
    told = async_mock_service(home, "fan", "turn_on")
    inputs = {"power_source": "sensor.ups_power_source", "loads": [FAN]}
    await automate(home, SHED, **inputs, last={"minutes": 30}, enough=5)
    await outage(home, freezer, 100, "OL", 60)
    await outage(home, freezer, 98, "OB DISCHRG", 20)
    gone = {"supported_features": FanEntityFeature.TURN_ON}
    home.states.async_set(FAN, "unavailable", gone)
    await outage(home, freezer, 98, "OL CHRG", 60)
    for _ in range(7):
        await wait(home, freezer, minutes=1)
    assert told
    await outage(home, freezer, 97, "OB DISCHRG", 60)
    tries = len(told)
    for _ in range(4):
        await outage(home, freezer, 97, "OB DISCHRG", 60)
    await outage(home, freezer, 97, "OL CHRG", 60)
    await wait(home, freezer, minutes=1)
    assert len(told) > tries


@pytest.mark.parametrize("by_people", [False, True])
async def test_a_second_outage_forgets_no_load(
    home: HomeAssistant, freezer: FrozenDateTimeFactory, *, by_people: bool
) -> None:
    """A load that has not come back by then does after it, unless people had it on."""
    able = {"supported_features": FanEntityFeature.TURN_ON}
    reachable = False

    async def turn(call: ServiceCall) -> None:
        """Fail to turn on as long as the fan's hub is away."""
        if call.service == "turn_on" and not reachable:
            raise HomeAssistantError("Not reachable")
        home.states.async_set(FAN, call.service.removeprefix("turn_"), able)

    home.states.async_set(FAN, "on", able)
    for action in ("turn_off", "turn_on"):
        home.services.async_register("fan", action, turn)
    inputs = {"power_source": "sensor.ups_power_source", "loads": [FAN, *LOADS]}
    await automate(home, SHED, **inputs, last={"minutes": 30}, enough=5)
    await outage(home, freezer, 100, "OL", 60)
    await outage(home, freezer, 98, "OB DISCHRG", 20)
    await outage(home, freezer, 98, "OL CHRG", 60)
    for _ in range(6):
        await wait(home, freezer, minutes=1)
    assert states(home, [FAN]) == ["off"]
    for fan in ("on", "off") if by_people else ():
        home.states.async_set(FAN, fan, able)
        assert await outage(home, freezer, 98, "OB", 60) == ["on", "on", "off"]
        await outage(home, freezer, 98, "OB", 60)
    # Who has just been busy with what fails may see the outage a minute later.
    for _ in range(2):
        await outage(home, freezer, 98, "OB DISCHRG", 20)
    assert states(home, LOADS[:1]) == ["off"]
    reachable = True
    await outage(home, freezer, 98, "OL CHRG", 60)
    for _ in range(8):
        await wait(home, freezer, minutes=1)
    fan = "off" if by_people else "on"
    assert states(home, [FAN, *LOADS]) == [fan, "on", "on", "off"]
    assert not home.states.async_entity_ids("scene")


async def test_what_people_turn_on_in_an_outage_stays_on(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It was off when the first load was shed, and was not shed itself."""
    inputs = {"power_source": "sensor.ups_power_source", "loads": LOADS}
    await automate(home, SHED, **inputs, last={"minutes": 30}, enough=5)
    await outage(home, freezer, 100, "OL", 60)
    assert await outage(home, freezer, 98, "OB DISCHRG", 20) == ["off", "on", "off"]
    home.states.async_set(LOADS[2], "on")
    await outage(home, freezer, 98, "OL CHRG", 60)
    for _ in range(6):
        await wait(home, freezer, minutes=1)
    assert states(home, LOADS) == ["on", "on", "on"]


async def test_what_people_turned_off_themselves_stays_off(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """During the outage, but before the first load was shed."""
    inputs = {"power_source": "sensor.ups_power_source", "loads": LOADS}
    await automate(home, SHED, **inputs, last={"minutes": 30}, enough=5)
    assert await outage(home, freezer, 98, "OB DISCHRG", 55) == ["on", "on", "off"]
    home.states.async_set(LOADS[0], "off")
    assert await outage(home, freezer, 60, "OB DISCHRG", 29) == ["off", "off", "off"]
    await outage(home, freezer, 61, "OL CHRG", 28)
    await wait(home, freezer, minutes=6)
    assert states(home, LOADS) == ["off", "on", "off"]


@pytest.mark.parametrize(
    ("state", "times"), [("playing", 1), ("idle", 1), ("standby", 0), ("off", 0)]
)
async def test_a_player_that_plays_is_shed(
    home: HomeAssistant, freezer: FrozenDateTimeFactory, state: str, times: int
) -> None:
    """It is never *on*, but it takes power unless it is off."""
    tv = "media_player.tv"
    home.states.async_set(tv, state)
    calls = async_mock_service(home, "media_player", "turn_off")
    inputs = {"power_source": "sensor.ups_power_source", "loads": [tv]}
    await automate(home, SHED, **inputs, last={"minutes": 30}, enough=5)
    await outage(home, freezer, 100, "OL", 60)
    await outage(home, freezer, 98, "OB DISCHRG", 20)
    assert len(calls) == times


async def test_a_ups_that_lasts_sheds_nothing(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A short outage at full charge, after which nothing is set."""
    inputs = {"power_source": "sensor.ups_power_source", "loads": LOADS}
    await automate(home, SHED, **inputs, last={"minutes": 5})
    assert await outage(home, freezer, 99, "OB DISCHRG", 50) == ["on", "on", "off"]
    assert await outage(home, freezer, 98, "OB DISCHRG", 49) == ["on", "on", "off"]
    home.states.async_set(LOADS[0], "off")
    assert await outage(home, freezer, 98, "OL CHRG", 49) == ["off", "on", "off"]
    await wait(home, freezer, minutes=6)
    assert states(home, LOADS) == ["off", "on", "off"]


async def test_a_ups_that_nothing_is_known_of_sheds_nothing(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """An unavailable UPS is not on battery."""
    inputs = {"power_source": "sensor.ups_power_source", "loads": LOADS}
    await automate(home, SHED, **inputs, last={"hours": 5})
    home.states.async_set(UPS, "unavailable")
    for _ in range(3):
        await wait(home, freezer, minutes=1)
    assert states(home, LOADS) == ["on", "on", "off"]


async def test_a_wrong_entity_is_told_of(
    home: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Of the two that can be chosen, one never says that there is an outage."""
    said = async_mock_service(home, "persistent_notification", "create")
    inputs = {"power_source": "sensor.ups_power_state", "loads": LOADS}
    await automate(home, SHED, **inputs, last={"minutes": 30}, enough=5)
    assert await outage(home, freezer, 98, "OB DISCHRG", 20) == ["on", "on", "off"]
    assert "Power source" in said[-1].data["message"]


def test_a_device_is_chosen_as_for_an_action() -> None:
    """The service device has entities of ours, too, but no battery."""
    chosen = load_yaml_dict(str(ACTIONS))["check"]["fields"]["device"]["selector"]
    for name in (RUN, WARN):
        blueprint = load_yaml_dict(str(FOLDER / f"{name}.yaml"))["blueprint"]
        assert blueprint["input"]["device"]["selector"] == chosen


def test_every_blueprint_is_tested_and_can_be_imported() -> None:
    """No file is left out, and the README's links carry the addresses of all."""
    assert {path.stem for path in FOLDER.iterdir()} == {RUN, WARN, SHED}
    links = re.findall(r"blueprint_import/\?blueprint_url=(.+?)\)", README)
    sources = [
        re.findall(r"source_url: (.+)", path.read_text())[0]
        for path in FOLDER.iterdir()
    ]
    assert sorted(map(unquote, links)) == sorted(sources)
