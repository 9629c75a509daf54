"""Who may do what, what stays secret, and that nothing leaves the house."""

from http import HTTPStatus
import logging
import socket
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.power_scheduler.const import (
    BACKEND_REDIS,
    CONF_BACKEND,
    CONF_KEY_PREFIX,
    CONF_SENTINEL_PASSWORD,
    DOMAIN,
)
from custom_components.power_scheduler.plans import remembered

from .home import PHONE, act, phone, set_up, tell

SECRET = "hunter2-öäü"  # noqa: S105
TASKS = [{"type": "backup"}]
ASKED: dict[str, dict[str, Any]] = {
    "check": {"device": "Phone", "tasks": TASKS},
    "optimize": {"tasks": TASKS, "effort": 0},
    "forecast": {"device": "Phone"},
}
SETTINGS = "/api/config/config_entries"
CHANGES = [
    (f"{SETTINGS}/flow", {"handler": DOMAIN}),
    (f"{SETTINGS}/options/flow", {"handler": "entry"}),
    (f"{SETTINGS}/subentries/flow", {"handler": ["entry", "device"]}),
    (f"{SETTINGS}/subentries/flow", {"handler": ["entry", "task_profile"]}),
    ("/api/repairs/issues/fix", {"handler": DOMAIN, "issue_id": "store_away"}),
]
ON_REDIS = {
    CONF_BACKEND: BACKEND_REDIS,
    CONF_URL: "redis://127.0.0.1:1/0",
    CONF_USERNAME: "anna",
    CONF_PASSWORD: SECRET,
    CONF_VERIFY_SSL: True,
    CONF_SENTINEL_PASSWORD: SECRET,
    CONF_KEY_PREFIX: "home",
}


@pytest.fixture
async def home(hass: HomeAssistant) -> ConfigEntry[Any]:
    """Run a home whose settings can be reached."""
    for component in ("config", "diagnostics", "repairs"):
        assert await async_setup_component(hass, component, {})
    tell(hass, 60, "discharging")
    entry: ConfigEntry[Any] = await set_up(hass, phone())
    return entry


@pytest.mark.parametrize("action", ASKED)
@pytest.mark.usefixtures("home")
async def test_who_may_only_look_may_ask(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
    action: str,
) -> None:
    """The actions change nothing that anybody else sees."""
    client = await hass_ws_client(hass, hass_read_only_access_token)
    before = {state.entity_id: state.state for state in hass.states.async_all()}
    await client.send_json_auto_id(
        {
            "type": "call_service",
            "domain": DOMAIN,
            "service": action,
            "service_data": ASKED[action],
            "return_response": True,
        }
    )
    answer = await client.receive_json()
    assert answer["success"], answer
    assert answer["result"]["response"]
    assert not remembered(hass)
    after = {state.entity_id: state.state for state in hass.states.async_all()}
    assert after == before


@pytest.mark.usefixtures("home")
async def test_who_may_only_look_sees_the_cards(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    """What they show is what the entities show."""
    client = await hass_ws_client(hass, hass_read_only_access_token)
    await client.send_json_auto_id({"type": f"{DOMAIN}/subscribe"})
    assert (await client.receive_json())["success"]


@pytest.mark.parametrize(("url", "asked"), CHANGES)
@pytest.mark.usefixtures("home")
async def test_who_may_only_look_changes_no_setting(
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
    url: str,
    asked: dict[str, Any],
) -> None:
    """Settings and repairs are for administrators."""
    client = await hass_client(hass_read_only_access_token)
    response = await client.post(url, json=asked)
    assert response.status == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(("url", "asked"), CHANGES)
@pytest.mark.usefixtures("home")
async def test_a_stranger_gets_in_nowhere(
    hass_client_no_auth: ClientSessionGenerator, url: str, asked: dict[str, Any]
) -> None:
    """Without a login there is nothing to see."""
    client = await hass_client_no_auth()
    response = await client.post(url, json=asked)
    assert response.status == HTTPStatus.UNAUTHORIZED


@pytest.mark.usefixtures("home")
async def test_diagnostics_are_for_administrators(
    hass_client: ClientSessionGenerator, hass_read_only_access_token: str
) -> None:
    """They tell of the whole home."""
    client = await hass_client(hass_read_only_access_token)
    response = await client.get("/api/diagnostics/config_entry/entry")
    assert response.status == HTTPStatus.UNAUTHORIZED


@pytest.mark.usefixtures("socket_enabled")
async def test_no_secret_is_logged_or_shown(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither while the server is away, nor in any issue, state or form."""
    caplog.set_level(logging.DEBUG)
    assert await async_setup_component(hass, "config", {})
    tell(hass, 60, "discharging")
    entry = await set_up(hass, phone(), data=ON_REDIS)
    await act(hass, "check", **ASKED["check"])
    await entry.runtime_data.async_save()
    client = await hass_client()
    asked = {"handler": DOMAIN, "entry_id": entry.entry_id}
    begun = await client.post(f"{SETTINGS}/flow", json=asked)
    path = f"{SETTINGS}/flow/{(await begun.json())['flow_id']}"
    form = await (await client.post(path, json={"next_step_id": "redis"})).json()
    assert "anna" in str(form)
    issues = [issue.to_json() for issue in ir.async_get(hass).issues.values()]
    told = [issue.translation_placeholders for issue in _issues(hass)]
    states = [state.as_dict() for state in hass.states.async_all()]
    assert told
    assert SECRET not in f"{caplog.text}{form}{issues}{told}{states}"


def _issues(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return our issues."""
    issues = ir.async_get(hass).issues.values()
    return [issue for issue in issues if issue.domain == DOMAIN]


async def test_nothing_leaves_the_house(hass: HomeAssistant) -> None:
    """With history on this machine, no connection is opened at all."""
    with patch.object(socket.socket, "connect") as connect:
        tell(hass, 60, "discharging")
        entry = await set_up(hass, phone())
        for action, data in ASKED.items():
            assert await act(hass, action, **data)
        tell(hass, 59)
        await entry.runtime_data.async_save()
        await hass.config_entries.async_remove(entry.entry_id)
    connect.assert_not_called()


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "{{ 1 + 1 }}"])
async def test_names_are_text(hass: HomeAssistant, name: str) -> None:
    """What people and devices say is repeated as it is, and never evaluated."""
    tell(hass, 22, "discharging")
    subentry = phone()
    subentry["title"] = name
    await set_up(hass, subentry)
    task = {"type": "backup", "id": name}
    answer: Any = await act(hass, "check", device=PHONE, tasks=[task])
    assert answer["device"] == name
    assert answer["tasks"][0]["id"] == name
    assert any(name in row["text"] for row in answer["tasks"][0]["reasons"])
