"""What cards are told, and when."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from gzip import compress
import json
from math import sin
from threading import Event, get_ident
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.const import GROUP_ID_READ_ONLY
from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
import pytest
from pytest_homeassistant_custom_component.common import (
    MockUser,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.power_scheduler.const import DOMAIN
from custom_components.power_scheduler.coordinator import SETTLE
from custom_components.power_scheduler.display import Display
from custom_components.power_scheduler.websocket import GATHER

from .home import PHONE, act, device, phone, set_up, tell

TABLET = "sensor.tablet_battery"
EVIL = "<img src=x onerror=alert(1)>"


async def subscribe(client: MockHAClientWebSocket, **wanted: str) -> dict[str, Any]:
    """Subscribe, and return what is told first."""
    await client.send_json_auto_id({"type": f"{DOMAIN}/subscribe", **wanted})
    answer = await client.receive_json()
    assert answer["success"], answer
    return await event(client)


async def event(client: MockHAClientWebSocket) -> dict[str, Any]:
    """Return what is told next."""
    told: dict[str, Any] = (await client.receive_json())["event"]
    return told


async def settle(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, **later: float
) -> None:
    """Let time pass, so that readings are gathered, analysed and told."""
    freezer.tick(timedelta(**later or {"seconds": SETTLE}))
    for _ in range(2):
        async_fire_time_changed(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
        freezer.tick(timedelta(seconds=2))


async def silence(client: MockHAClientWebSocket) -> None:
    """See that nothing was told: the answer to a ping comes next."""
    await client.send_json_auto_id({"type": "ping"})
    assert (await client.receive_json())["type"] == "pong"


async def drain(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let the phone fall from 80 to 68 % within two hours."""
    for level in range(80, 67, -1):
        tell(hass, level, "discharging")
        freezer.tick(timedelta(minutes=10))


async def test_a_device_is_told_with_its_past_and_future(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Level, state, trend, bounds, where it came from and where it goes."""
    client = await hass_ws_client(hass)
    tell(hass, 81, "discharging")
    await set_up(hass, phone(reserve=60.0))
    await drain(hass, freezer)
    await settle(hass, freezer)
    told = await subscribe(client)
    now = dt_util.utcnow().timestamp()
    assert told["first"]
    assert told["loaded"]
    assert told["order"] == [PHONE]
    (body,) = told["devices"].values()
    assert (body["id"], body["name"]) == (PHONE, "Phone")
    assert body["entity_id"] == "sensor.phone_power_state"
    assert (body["level"], body["power_state"]) == (68, "optimal")
    assert (body["source"], body["stale"], body["reserve"]) == ("battery", False, 60)
    assert body["bounds"] == {"critical": 15, "low": 30, "normal": 50}
    assert -8 < body["rate"] < -3
    assert now - 15 * 60 < body["read_at"] <= now
    ((first, *_, last),) = body["history"]
    assert first[0] < last[0] == body["read_at"]
    assert (first[1], last[1]) == (81, 68)
    ahead = [at - body["at"] for at, *_ in body["forecast"]]
    assert ahead == [k * 1800 for k in range(25)]
    assert body["forecast"][0][1:] == [68, 68, 68]
    assert all(p10 <= p50 <= p90 for _, p50, p10, p90 in body["forecast"])
    assert body["prospect"]["kind"] == "reserve_at"
    assert now < body["prospect"]["earliest"] <= body["prospect"]["at"] < now + 14400


@pytest.mark.parametrize("name", ["Phone", "phone", PHONE, "sensor.phone_trend"])
async def test_one_device_can_be_asked_for(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, name: str
) -> None:
    """By its name, its battery, or any of our entities."""
    tell(hass, 68, "discharging")
    await set_up(hass, phone(), device("Tablet", TABLET))
    told = await subscribe(await hass_ws_client(hass), device=name)
    assert list(told["devices"]) == [PHONE]
    assert "order" not in told


async def test_a_device_that_is_not_tracked_is_told_as_none(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """A card can say so."""
    await set_up(hass, phone())
    told = await subscribe(await hass_ws_client(hass), device="fridge")
    assert (told["loaded"], told["devices"]) == (True, {})


async def test_devices_in_trouble_come_first(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """Below the reserve, then by state; silent ones before those that are well."""
    levels = {"a": 90, "b": 40, "c": None, "d": 20, "e": 8, "f": 12}
    for name, level in levels.items():
        if level is not None:
            attributes = {"unit_of_measurement": "%"}
            hass.states.async_set(f"sensor.{name}", str(level), attributes)
    hass.states.async_set("sensor.ups", "35", {"unit_of_measurement": "%"})
    hass.states.async_set("sensor.left", "9", {"unit_of_measurement": "min"})
    ups = device("g", "sensor.ups", reserve=40.0, time_to_empty="sensor.left")
    await set_up(hass, *(device(name, f"sensor.{name}") for name in levels), ups)
    told = await subscribe(await hass_ws_client(hass))
    assert "".join(told["devices"][i]["name"] for i in told["order"]) == "egfdcba"
    assert told["devices"]["sensor.ups"]["prospect"]["kind"] == "empty_at"
    silent = told["devices"]["sensor.c"]
    assert silent["prospect"]["kind"] == "unknown"
    assert (silent["level"], silent["history"], silent["forecast"]) == (None, [], [])


async def test_only_what_changed_is_told(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A minute that brings nothing new is silent; a reading tells of its device."""
    tell(hass, 80, "discharging")
    hass.states.async_set(TABLET, "50", {"unit_of_measurement": "%"})
    await set_up(hass, phone(), device("Tablet", TABLET))
    client = await hass_ws_client(hass)
    await subscribe(client)
    await settle(hass, freezer, minutes=1)
    await silence(client)
    tell(hass, 79, "discharging")
    await settle(hass, freezer)
    told = await event(client)
    assert list(told["devices"]) == [PHONE]
    assert told["devices"][PHONE]["level"] == 79
    assert not told.keys() & {"first", "version", "loaded", "others"}
    await silence(client)


async def test_a_device_is_told_in_ten_kilobytes(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """However much it talks, and however many tasks wait for it."""
    client = await hass_ws_client(hass)
    tell(hass, 100, "discharging")
    await set_up(hass, phone())
    for k in range(24 * 60):
        freezer.tick(timedelta(minutes=1))
        tell(hass, round(60 + 40 * sin(k / 9), 1), "discharging")
    tasks = [
        {"id": f"a task with quite a long name {k}", "type": "backup", "earliest": at}
        for k, at in enumerate(["2099-01-01 00:00:00"] * 40)
    ]
    await act(hass, "optimize", tasks=tasks, effort=0)
    await settle(hass, freezer)
    told = await subscribe(client)
    body = told["devices"][PHONE]
    assert len(body["history"][0]) > 280
    assert (len(body["tasks"]), body["more_tasks"]) == (20, 20)
    assert len(compress(json.dumps(body).encode())) <= 10_000


async def test_time_alone_is_told_now_and_then(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The forecast begins at now, so it is made again every few minutes."""
    tell(hass, 80, "discharging")
    await set_up(hass, phone())
    client = await hass_ws_client(hass)
    first = await subscribe(client)
    await settle(hass, freezer, minutes=11)
    told = await event(client)
    moved = told["devices"][PHONE]["forecast"][0][0]
    assert moved - first["devices"][PHONE]["forecast"][0][0] >= 300


async def test_a_subscription_outlives_a_reload_and_a_removed_device(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """It tells when the integration is away, and goes on when it is back."""
    tell(hass, 80, "discharging")
    entry = await set_up(hass, phone(), device("Tablet", TABLET))
    client = await hass_ws_client(hass)
    await subscribe(client)
    await hass.config_entries.async_unload(entry.entry_id)
    await settle(hass, freezer)
    assert await asyncio.wait_for(event(client), 10) == {"loaded": False}
    hass.config_entries.async_remove_subentry(entry, "id_of_tablet")
    tell(hass, 70, "discharging")
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass, freezer)
    told = await event(client)
    while not {PHONE, TABLET} <= told["devices"].keys():
        told["devices"] |= (await event(client)).get("devices", {})
    assert told["loaded"]
    assert told["devices"][TABLET] is None
    assert told["devices"][PHONE]["level"] == 70


async def test_cards_may_come_before_the_entry(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """At a start of Home Assistant browsers are there first."""
    entry = await set_up(hass, phone())
    await hass.config_entries.async_unload(entry.entry_id)
    client = await hass_ws_client(hass)
    told = await subscribe(client)
    assert (told["loaded"], told["devices"]) == (False, {})
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass, freezer)
    assert (await event(client))["loaded"]


async def test_the_last_plan_is_told_with_its_reasons(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Each task of a device: when it runs, or the sentence that says why not."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    client = await hass_ws_client(hass)
    told = await subscribe(client)
    assert told["devices"][PHONE]["tasks"] == []
    response: Any = await act(hass, "optimize", tasks=TASKS, effort=0)
    await settle(hass, freezer)
    told = await event(client)
    body = told["devices"][PHONE]
    film, scrub = body["tasks"]
    assert (film["id"], film["decision"]) == (EVIL, "run_now")
    assert film["end"] - film["start"] == 600
    assert film["before"] >= film["after"]
    assert (scrub["id"], scrub["decision"], scrub["start"]) == (
        "sync",
        "deferred",
        None,
    )
    assert scrub["reasons"] == [r["text"] for r in response["tasks"][1]["reasons"]]
    (odd,) = told["others"]["tasks"]
    assert (odd["id"], odd["decision"]) == ("odd", "rejected")
    assert odd["reasons"] == [r["text"] for r in response["tasks"][2]["reasons"]]


TASKS = [
    {"id": EVIL, "type": "streaming", "estimated_duration": 600, "devices": ["phone"]},
    {
        "id": "sync",
        "type": "sync",
        "devices": ["phone"],
        "earliest": "2099-01-01 00:00:00",
    },
    {"id": "odd", "type": "nonsense"},
]


async def test_a_task_is_told_of_until_it_is_over(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """What is over is no news; a plan of two days ago is none either."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    await act(hass, "optimize", tasks=TASKS, effort=0)
    client = await hass_ws_client(hass)
    await settle(hass, freezer, minutes=11)
    told = await subscribe(client)
    assert [t["id"] for t in told["devices"][PHONE]["tasks"]] == ["sync"]
    await settle(hass, freezer, hours=48)
    told = await event(client)
    assert told["devices"][PHONE]["tasks"] == []
    assert told["others"] == {"planned_at": None, "tasks": [], "more_tasks": 0}


async def test_dry_runs_and_read_only_users_change_no_card(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_user: MockUser,
) -> None:
    """A question is no plan, and who may only look can't show others anything."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    client = await hass_ws_client(hass)
    await subscribe(client)
    pretend = [{"device": "phone", "level": 20}]
    await act(hass, "optimize", tasks=TASKS, effort=0, dry_run=pretend)
    for user_id in (hass_read_only_user.id, "nobody"):
        await hass.services.async_call(
            DOMAIN,
            "optimize",
            {"tasks": TASKS, "effort": 0},
            blocking=True,
            return_response=True,
            context=Context(user_id=user_id),
        )
    await settle(hass, freezer)
    await silence(client)


async def test_read_only_users_may_look(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
    hass_read_only_user: MockUser,
) -> None:
    """A tablet on the wall needs no more rights than that."""
    assert hass_read_only_user.groups[0].id == GROUP_ID_READ_ONLY
    tell(hass, 80, "discharging")
    await set_up(hass, phone())
    client = await hass_ws_client(hass, hass_read_only_access_token)
    assert (await subscribe(client))["devices"]


async def test_who_unsubscribes_is_told_nothing_more(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A card that is gone costs nothing."""
    tell(hass, 80, "discharging")
    await set_up(hass, phone())
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": f"{DOMAIN}/subscribe"})
    subscription = (await client.receive_json())["id"]
    await event(client)
    await client.send_json_auto_id(
        {"type": "unsubscribe_events", "subscription": subscription}
    )
    assert (await client.receive_json())["success"]
    tell(hass, 70, "discharging")
    await settle(hass, freezer)
    await silence(client)


async def test_what_is_told_is_put_together_beside_the_event_loop(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """It takes a tenth of a second per dashboard in a home of many devices."""
    tell(hass, 80, "discharging")
    await set_up(hass, phone())
    threads = set()
    describe = Display.device

    def watched(display: Display, device_id: str) -> JsonObjectType:
        """Note where it is done."""
        threads.add(get_ident())
        return describe(display, device_id)

    with patch.object(Display, "device", watched):
        assert (await subscribe(await hass_ws_client(hass)))["devices"]
    assert threads
    assert get_ident() not in threads


@contextmanager
def held_up() -> Iterator[tuple[Event, Event]]:
    """Let news be put together until they may end; yields the begin, and that end."""
    begun, may_end = Event(), Event()
    order = Display.order

    def slow(display: Display) -> list[str]:
        """Take long."""
        begun.set()
        may_end.wait(10)
        return order(display)

    with patch.object(Display, "order", slow):
        yield begun, may_end


async def test_who_unsubscribes_while_news_are_put_together_is_not_told(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """A browser that knows no such subscription would complain."""
    tell(hass, 80, "discharging")
    await set_up(hass, phone())
    client = await hass_ws_client(hass)
    with held_up() as (begun, may_end):
        await client.send_json_auto_id({"type": f"{DOMAIN}/subscribe"})
        subscription = (await client.receive_json())["id"]
        await hass.async_add_executor_job(begun.wait, 10)
        await client.send_json_auto_id(
            {"type": "unsubscribe_events", "subscription": subscription}
        )
        assert (await client.receive_json())["success"]
        may_end.set()
        await hass.async_block_till_done(wait_background_tasks=True)
    await silence(client)


async def test_what_happens_while_news_are_put_together_is_told_then(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """However long that takes; what is shown is greyed out in the end."""
    tell(hass, 80, "discharging")
    entry = await set_up(hass, phone())
    client = await hass_ws_client(hass)
    with held_up() as (begun, may_end):
        await client.send_json_auto_id({"type": f"{DOMAIN}/subscribe"})
        assert (await client.receive_json())["success"]
        await hass.async_add_executor_job(begun.wait, 10)
        await hass.config_entries.async_unload(entry.entry_id)
        await asyncio.sleep(1.5 * GATHER)
        may_end.set()
        assert (await event(client))["loaded"]
    assert await asyncio.wait_for(event(client), 10) == {"loaded": False}
