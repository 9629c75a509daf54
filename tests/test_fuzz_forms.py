"""Whatever is entered in a form: the next step, or an error that says what is wrong.

Each test gets 100 inputs, or as many as the environment variable FUZZ_INPUTS says.
"""

from asyncio import timeout
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from redis.asyncio.connection import Connection

from custom_components.power_scheduler.const import (
    BACKEND_REDIS,
    BACKEND_SQLITE,
    CONF_BACKEND,
    CONF_SENTINEL_PASSWORD,
    DOMAIN,
)
from custom_components.power_scheduler.settings import (
    read_devices,
    read_profiles,
    read_window,
)

from . import fuzz
from .home import PHONE, device, phone, profiles, set_up, tell

FLOWS = "/api/config/config_entries"
DEVICES = (phone(capacity=19.0), device("Toy", "sensor.toy"))
KNOWN = {row["subentry_id"]: row for row in (*DEVICES, *profiles())}
ANSWERS = {HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}
ON_REDIS = {
    CONF_BACKEND: BACKEND_REDIS,
    CONF_URL: "redis://127.0.0.1:1/0",
    "mode": "sentinel",
    CONF_SENTINEL_PASSWORD: "old",
    "verify_ssl": True,
    "key_prefix": "home",
}

pytestmark = pytest.mark.usefixtures("nothing_logged")


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
def nobody() -> Iterator[None]:
    """Let nobody answer, wherever a server is said to be."""
    with patch.object(Connection, "_connect", side_effect=OSError):
        yield


@pytest.fixture
async def home(hass: HomeAssistant) -> ConfigEntry[Any]:
    """Run a home with a phone and a silent toy."""
    tell(hass, 60, "discharging")
    hass.states.async_set("sensor.tablet", "50", fuzz.LEVEL)
    entry: ConfigEntry[Any] = await set_up(hass, *DEVICES)
    return entry


@pytest.fixture
async def browser(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> TestClient[Any, Any]:
    """Open the settings pages."""
    for component in ("config", "repairs"):
        assert await async_setup_component(hass, component, {})
    client: TestClient[Any, Any] = await hass_client()
    return client


@fuzz.fuzzed
@given(form=fuzz.redis_form())
@pytest.mark.usefixtures("nobody")
async def test_the_wizard_answers_or_says_what_is_wrong(
    hass: HomeAssistant, browser: TestClient[Any, Any], form: dict[str, Any]
) -> None:
    """No server answers, so none is accepted; nothing is created."""
    steps = [{"next_step_id": "redis"}, form]
    await _go(browser, f"{FLOWS}/flow", {"handler": DOMAIN}, steps)
    assert hass.config_entries.async_entries(DOMAIN) == []


@fuzz.fuzzed
@given(form=fuzz.redis_form())
@pytest.mark.usefixtures("nobody", "at_rest")
async def test_the_choice_of_another_place_answers_or_says_what_is_wrong(
    home: ConfigEntry[Any], browser: TestClient[Any, Any], form: dict[str, Any]
) -> None:
    """History stays where it is."""
    start = {"handler": DOMAIN, "entry_id": home.entry_id}
    steps = [{"next_step_id": "redis"}, form]
    await _go(browser, f"{FLOWS}/flow", start, steps)
    assert home.data == {CONF_BACKEND: BACKEND_SQLITE}


@fuzz.fuzzed
@given(form=fuzz.credentials_form())
@pytest.mark.usefixtures("nobody")
async def test_the_form_of_new_credentials_answers_or_says_what_is_wrong(
    hass: HomeAssistant, browser: TestClient[Any, Any], form: dict[str, Any]
) -> None:
    """None are accepted unless a server does."""
    entry = MockConfigEntry(domain=DOMAIN, data=ON_REDIS)
    entry.add_to_hass(hass)
    flow = await entry.start_reauth_flow(hass)
    await _step(browser, f"{FLOWS}/flow/{flow['flow_id']}", [form])
    assert entry.data == ON_REDIS
    await hass.config_entries.async_remove(entry.entry_id)


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
    start = {"handler": [home.entry_id, "device"]}
    url = f"{FLOWS}/subentries/flow"
    await _go(browser, url, start, [{"battery": battery}, form])
    await _let_go(hass, home)


@fuzz.fuzzed
@given(
    subentry_id=st.sampled_from(["id_of_phone", "id_of_toy"]), form=fuzz.device_form()
)
@pytest.mark.usefixtures("at_rest")
async def test_the_form_of_a_known_device_answers_or_says_what_is_wrong(
    hass: HomeAssistant,
    home: ConfigEntry[Any],
    browser: TestClient[Any, Any],
    subentry_id: str,
    form: dict[str, Any],
) -> None:
    """What is accepted can be set up."""
    start = {"handler": [home.entry_id, "device"], "subentry_id": subentry_id}
    await _go(browser, f"{FLOWS}/subentries/flow", start, [form])
    await _let_go(hass, home)


@fuzz.fuzzed
@given(
    known=st.sampled_from([{}, {"subentry_id": "id_of_backup"}]),
    form=fuzz.profile_form(),
)
@pytest.mark.usefixtures("at_rest")
async def test_the_form_of_a_profile_answers_or_says_what_is_wrong(
    hass: HomeAssistant,
    home: ConfigEntry[Any],
    browser: TestClient[Any, Any],
    known: dict[str, str],
    form: dict[str, Any],
) -> None:
    """What is accepted can be set up, be the profile new or known."""
    start = {"handler": [home.entry_id, "task_profile"], **known}
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


@fuzz.fuzzed
@given(form=fuzz.near({"battery": fuzz.BATTERIES}, fuzz.JSON))
@pytest.mark.usefixtures("at_rest")
async def test_the_form_of_a_repair_answers_or_says_what_is_wrong(
    hass: HomeAssistant,
    home: ConfigEntry[Any],
    browser: TestClient[Any, Any],
    form: dict[str, Any],
) -> None:
    """What is accepted can be set up."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        "toy",
        data={"subentry_id": "id_of_toy"},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key="source_silent",
    )
    start = {"handler": DOMAIN, "issue_id": "toy"}
    steps = [{"next_step_id": "entities"}, form]
    await _go(browser, "/api/repairs/issues/fix", start, steps)
    await _let_go(hass, home)


async def _go(
    browser: TestClient[Any, Any], url: str, start: Any, steps: list[Any]
) -> None:
    """Walk through a flow as far as it goes, and leave it."""
    response = await browser.post(url, json=start)
    assert response.status == HTTPStatus.OK
    flow_id = (await response.json())["flow_id"]
    await _step(browser, f"{url}/{flow_id}", steps)


async def _step(browser: TestClient[Any, Any], url: str, steps: list[Any]) -> None:
    """Send forms to a flow as far as it takes them, and leave it."""
    async with timeout(fuzz.LONGEST):
        for step in steps:
            response = await browser.post(url, json=step)
            assert response.status in ANSWERS, await response.text()
            if response.status != HTTPStatus.OK:
                break
        await browser.delete(url)


async def _let_go(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """See that what is configured can be read, and make the home as it was."""
    assert read_devices(hass, entry)
    assert read_profiles(entry)
    assert read_window(entry.options)
    entries = hass.config_entries
    for subentry in list(entry.subentries.values()):
        if row := KNOWN.get(subentry.subentry_id):
            entries.async_update_subentry(
                entry,
                subentry,
                data=row["data"],
                title=row["title"],
                unique_id=row["unique_id"],
            )
        else:
            entries.async_remove_subentry(entry, subentry.subentry_id)
    entries.async_update_entry(entry, options={})
    await hass.async_block_till_done()
