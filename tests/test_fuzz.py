"""Whatever comes in: an answer or an error that says what is wrong, soon.

Each test gets 200 inputs, or as many as the environment variable FUZZ_INPUTS says.
"""

from asyncio import timeout
from collections.abc import Iterator
from http import HTTPStatus
import logging
from typing import Any
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.power_scheduler.const import DOMAIN
from custom_components.power_scheduler.settings import (
    read_devices,
    read_profiles,
    read_window,
)
from custom_components.power_scheduler.stores.redis import RedisStore
from custom_components.power_scheduler.stores.redis_errors import (
    RedisProblem,
    RedisStoreError,
)

from . import fuzz
from .home import PHONE, device, phone, profiles, set_up, tell

FLOWS = "/api/config/config_entries"
KNOWN = {"id_of_phone", "id_of_toy", *(p["subentry_id"] for p in profiles())}
ANSWERS = {HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}


@pytest.fixture(autouse=True)
def nothing_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """See that no input leaves a traceback in the log, nor any error of ours."""
    caplog.set_level(logging.WARNING)
    yield
    errors = (r for r in caplog.get_records("call") if r.levelno >= logging.ERROR)
    bad = [r for r in errors if r.exc_info or DOMAIN in r.name]
    assert [record.getMessage() for record in bad] == []


@pytest.fixture
async def home(hass: HomeAssistant) -> ConfigEntry[Any]:
    """Run a home with a phone and a silent toy."""
    tell(hass, 60, "discharging")
    entry: ConfigEntry[Any]
    entry = await set_up(hass, phone(capacity=19.0), device("Toy", "sensor.toy"))
    return entry


@pytest.fixture
def at_rest() -> Iterator[None]:
    """Let no new entry run, and none be run again after each change."""
    package = f"custom_components.{DOMAIN}"
    with (
        patch(f"{package}.async_setup_entry", return_value=True),
        patch(f"{package}.async_unload_entry", return_value=True),
    ):
        yield


@pytest.fixture
async def socket(
    hass: HomeAssistant, home: ConfigEntry[Any], hass_ws_client: WebSocketGenerator
) -> MockHAClientWebSocket:
    """Talk to the home as a browser does."""
    assert home
    return await hass_ws_client(hass)


@pytest.fixture
async def browser(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> TestClient[Any, Any]:
    """Open the settings pages."""
    assert await async_setup_component(hass, "config", {})
    client: TestClient[Any, Any] = await hass_client()
    return client


async def ask(hass: HomeAssistant, action: str, data: dict[str, Any]) -> None:
    """Call an action: its answer can be sent, and its error is translated."""
    refusal = None
    async with timeout(fuzz.LONGEST):
        try:
            answer = await hass.services.async_call(
                DOMAIN, action, data, blocking=True, return_response=True
            )
        except ServiceValidationError as err:
            refusal = err
    assert refusal.translation_key if refusal else json_dumps(answer)


@fuzz.fuzzed
@given(data=fuzz.actions(fuzz.PYTHON)["check"])
@pytest.mark.usefixtures("home")
async def test_check_answers_or_says_what_is_wrong(
    hass: HomeAssistant, data: dict[str, Any]
) -> None:
    """Whatever a script or a template hands over."""
    await ask(hass, "check", data)


@fuzz.fuzzed
@given(data=fuzz.actions(fuzz.PYTHON)["optimize"])
@pytest.mark.usefixtures("home")
async def test_optimize_answers_or_says_what_is_wrong(
    hass: HomeAssistant, data: dict[str, Any]
) -> None:
    """Whatever a script or a template hands over."""
    await ask(hass, "optimize", data)


@fuzz.fuzzed
@given(data=fuzz.actions(fuzz.PYTHON)["forecast"])
@pytest.mark.usefixtures("home")
async def test_forecast_answers_or_says_what_is_wrong(
    hass: HomeAssistant, data: dict[str, Any]
) -> None:
    """Whatever a script or a template hands over."""
    await ask(hass, "forecast", data)


@fuzz.fuzzed
@given(
    message=fuzz.near(
        {
            "device": st.sampled_from(["Phone", "Toy", PHONE, "?"]),
            "language": st.text(),
        },
        fuzz.JSON,
    )
)
async def test_the_command_of_the_cards_answers_or_says_what_is_wrong(
    socket: MockHAClientWebSocket, message: dict[str, Any]
) -> None:
    """An unknown field is refused, an unknown device or language is no error."""
    message.pop("id", None)
    async with timeout(fuzz.LONGEST):
        await socket.send_json_auto_id({**message, "type": f"{DOMAIN}/subscribe"})
        answer = await _answer(socket)
        if answer["success"]:
            ask = {"type": "unsubscribe_events", "subscription": answer["id"]}
            await socket.send_json_auto_id(ask)
            assert (await _answer(socket))["success"]
        else:
            assert answer["error"]["code"] == "invalid_format"


async def _answer(socket: MockHAClientWebSocket) -> dict[str, Any]:
    """Return the answer to what was said last; events come in between."""
    while (told := await socket.receive_json())["type"] != "result":
        pass
    answer: dict[str, Any] = told
    return answer


@fuzz.fuzzed
@given(form=fuzz.redis_form())
async def test_the_wizard_answers_or_says_what_is_wrong(
    hass: HomeAssistant, browser: TestClient[Any, Any], form: dict[str, Any]
) -> None:
    """No server answers, so none is accepted; nothing is created."""
    away = RedisStoreError(RedisProblem.CANNOT_CONNECT, "nobody listens")
    with patch.object(RedisStore, "open", side_effect=away):
        steps = [{"next_step_id": "redis"}, form]
        await _go(browser, f"{FLOWS}/flow", {"handler": DOMAIN}, steps)
    assert hass.config_entries.async_entries(DOMAIN) == []


@fuzz.fuzzed
@given(form=fuzz.near({"devices": st.lists(fuzz.BATTERIES, max_size=3)}, fuzz.JSON))
@pytest.mark.usefixtures("at_rest")
async def test_the_list_of_devices_answers_or_says_what_is_wrong(
    hass: HomeAssistant, browser: TestClient[Any, Any], form: dict[str, Any]
) -> None:
    """Whatever is ticked, only what was offered is tracked."""
    tell(hass, 60, "discharging")
    hass.states.async_set(PHONE, "60", fuzz.LEVEL)
    steps = [{"next_step_id": "local"}, form]
    await _go(browser, f"{FLOWS}/flow", {"handler": DOMAIN}, steps)
    for entry in hass.config_entries.async_entries(DOMAIN):
        found = {subentry.data.get("battery") for subentry in entry.subentries.values()}
        assert found <= {None, PHONE}
        await hass.config_entries.async_remove(entry.entry_id)


@fuzz.fuzzed
@given(battery=fuzz.BATTERIES | fuzz.JSON, form=fuzz.device_form())
@pytest.mark.usefixtures("at_rest")
async def test_the_form_of_a_device_answers_or_says_what_is_wrong(
    hass: HomeAssistant,
    home: ConfigEntry[Any],
    browser: TestClient[Any, Any],
    battery: Any,
    form: dict[str, Any],
) -> None:
    """What is accepted can be set up."""
    hass.states.async_set("sensor.tablet", "50", fuzz.LEVEL)
    start = {"handler": [home.entry_id, "device"]}
    url = f"{FLOWS}/subentries/flow"
    await _go(browser, url, start, [{"battery": battery}, form])
    await _let_go(hass, home)


@fuzz.fuzzed
@given(form=fuzz.profile_form())
@pytest.mark.usefixtures("at_rest")
async def test_the_form_of_a_profile_answers_or_says_what_is_wrong(
    hass: HomeAssistant,
    home: ConfigEntry[Any],
    browser: TestClient[Any, Any],
    form: dict[str, Any],
) -> None:
    """What is accepted can be set up."""
    start = {"handler": [home.entry_id, "task_profile"]}
    await _go(browser, f"{FLOWS}/subentries/flow", start, [form])
    await _let_go(hass, home)


@fuzz.fuzzed
@given(form=fuzz.options_form())
@pytest.mark.usefixtures("at_rest")
async def test_the_options_answer_or_say_what_is_wrong(
    hass: HomeAssistant,
    home: ConfigEntry[Any],
    browser: TestClient[Any, Any],
    form: dict[str, Any],
) -> None:
    """What is accepted can be set up."""
    url = f"{FLOWS}/options/flow"
    await _go(browser, url, {"handler": home.entry_id}, [form])
    await _let_go(hass, home)


async def _go(
    browser: TestClient[Any, Any], url: str, start: Any, steps: list[Any]
) -> None:
    """Walk through a flow as far as it goes, and leave it."""
    async with timeout(fuzz.LONGEST):
        response = await browser.post(url, json=start)
        assert response.status == HTTPStatus.OK
        flow_id = (await response.json())["flow_id"]
        for step in steps:
            response = await browser.post(f"{url}/{flow_id}", json=step)
            assert response.status in ANSWERS, await response.text()
            if response.status != HTTPStatus.OK:
                break
        await browser.delete(f"{url}/{flow_id}")


async def _let_go(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """See that what is configured can be read, and make the home as it was."""
    assert read_devices(hass, entry)
    assert read_profiles(entry)
    assert read_window(entry.options)
    for subentry_id in set(entry.subentries) - KNOWN:
        hass.config_entries.async_remove_subentry(entry, subentry_id)
    hass.config_entries.async_update_entry(entry, options={})
    await hass.async_block_till_done()
