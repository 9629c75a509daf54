"""Keeping history on a server: set-up, reconfiguration and new credentials."""

from collections.abc import Iterator, Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.const import (
    CONF_MODE,
    CONF_PASSWORD,
    CONF_SERVICE,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from bench.servers import PASSWORD, Server, running
from custom_components.power_scheduler.const import (
    BACKEND_REDIS,
    CONF_BACKEND,
    CONF_CA,
    CONF_CHECK_HOSTNAME,
    CONF_KEY_PREFIX,
    CONF_SENTINEL_PASSWORD,
    DOMAIN,
)
from custom_components.power_scheduler.redis_form import UNCHANGED

pytestmark = pytest.mark.usefixtures("only_flows", "socket_enabled")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server with an application user beside the default one."""
    user = ("--user", "app", "on", f">{PASSWORD}2", "~*", "+@all")
    with running(tmp_path_factory.mktemp("valkey"), *user) as server:
        yield server


@pytest.fixture
def url(server: Server) -> str:
    """Return where the server is."""
    return f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture
def redis_entry(hass: HomeAssistant, url: str) -> MockConfigEntry:
    """Return an entry that keeps history on the server."""
    return _entry(hass, _data(url))


def _data(url: str, **changes: object) -> dict[str, Any]:
    """Return an entry's data for a server."""
    return {
        CONF_BACKEND: BACKEND_REDIS,
        CONF_URL: url,
        CONF_USERNAME: None,
        CONF_PASSWORD: PASSWORD,
        CONF_MODE: "single",
        CONF_SERVICE: "mymaster",
        CONF_SENTINEL_PASSWORD: None,
        CONF_VERIFY_SSL: True,
        CONF_CHECK_HOSTNAME: True,
        CONF_CA: None,
        CONF_KEY_PREFIX: "power_scheduler",
        **changes,
    }


def _entry(hass: HomeAssistant, data: Mapping[str, Any]) -> MockConfigEntry:
    """Return an entry that is set up."""
    entry = MockConfigEntry(domain=DOMAIN, data=data)
    entry.add_to_hass(hass)
    return entry


async def _choose(
    hass: HomeAssistant, menu: ConfigFlowResult, step: str
) -> ConfigFlowResult:
    """Choose from a menu."""
    return await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": step}
    )


async def _start(hass: HomeAssistant) -> ConfigFlowResult:
    """Start the wizard and choose Redis."""
    menu = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    return await _choose(hass, menu, "redis")


async def _submit(
    hass: HomeAssistant, form: ConfigFlowResult, **user_input: object
) -> ConfigFlowResult:
    """Send a form."""
    return await hass.config_entries.flow.async_configure(form["flow_id"], user_input)


def _suggested(form: ConfigFlowResult) -> dict[str, object]:
    """Return what a form shows as filled in."""
    assert form["data_schema"]
    return {
        str(key): key.description["suggested_value"]
        for key in form["data_schema"].schema
        if key.description and "suggested_value" in key.description
    }


def _folded(form: ConfigFlowResult) -> bool:
    """Say whether the further settings are folded."""
    assert form["data_schema"]
    return bool(form["data_schema"].schema["advanced"].options["collapsed"])


async def test_a_server_that_answers_is_accepted(hass: HomeAssistant, url: str) -> None:
    """Then the wizard goes on with the devices."""
    form = await _submit(hass, await _start(hass), url=url, password=PASSWORD)
    assert form["step_id"] == "no_devices"
    done = await _submit(hass, form)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert dict(done["result"].data) == _data(url)


async def test_credentials_inside_the_url_are_taken_out_of_it(
    hass: HomeAssistant, server: Server
) -> None:
    """A pasted URL works, and what is kept as URL holds no secret."""
    pasted = f"redis://app:{PASSWORD}2@127.0.0.1:{server.port}"
    form = await _submit(hass, await _start(hass), url=pasted)
    done = await _submit(hass, form)
    assert dict(done["result"].data) == _data(
        f"redis://127.0.0.1:{server.port}/0", username="app", password=f"{PASSWORD}2"
    )


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"url": "http://127.0.0.1"}, {"url": "invalid_url"}),
        ({"url": "redis://127.0.0.1,127.0.0.2"}, {"url": "several_servers"}),
        ({"url": "redis://127.0.0.1:1/0"}, {"url": "cannot_connect"}),
        ({"password": "wrong"}, {"password": "invalid_auth"}),
        ({"advanced": {"key_prefix": "my home"}}, {"advanced": "invalid_key_prefix"}),
        ({"advanced": {"mode": "cluster"}}, {"advanced": "not_a_cluster"}),
    ],
)
async def test_an_error_names_the_field_and_can_be_mended(
    hass: HomeAssistant, url: str, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    """Nothing that was typed is lost, and no secret is in what is shown."""
    right = {"url": url, "password": PASSWORD}
    refused = await _submit(hass, await _start(hass), **{**right, **wrong})
    assert refused["type"] is FlowResultType.FORM
    assert refused["errors"] == errors
    assert PASSWORD not in str(refused["description_placeholders"])
    typed = {"url": url, "password": PASSWORD, **wrong}
    typed.pop("advanced", None)
    assert _suggested(refused).items() >= typed.items()
    assert _folded(refused) is ("advanced" not in wrong)

    mended = await _submit(hass, refused, **right)
    assert mended["step_id"] == "no_devices"


async def test_the_saved_password_is_never_shown_but_can_stay(
    hass: HomeAssistant, url: str, redis_entry: MockConfigEntry
) -> None:
    """A form that is sent back as it came changes nothing but what was changed."""
    menu = await redis_entry.start_reconfigure_flow(hass)
    form = await _choose(hass, menu, "redis")
    shown = _suggested(form)
    assert shown == {
        "url": url,
        "password": UNCHANGED,
    }
    advanced = {"verify_ssl": False}
    told = {"url": url, "password": UNCHANGED, "advanced": advanced}
    done = await _submit(hass, form, **told)
    assert done["reason"] == "reconfigure_successful"
    assert dict(redis_entry.data) == _data(url, verify_ssl=False)


async def test_new_credentials_are_asked_for_until_they_are_right(
    hass: HomeAssistant, url: str
) -> None:
    """The rest of what is known of the server stays."""
    entry = _entry(hass, _data(url, password="old", key_prefix="cabin"))  # noqa: S106
    form = await entry.start_reauth_flow(hass)
    assert form["step_id"] == "reauth_confirm"
    refused = await _submit(hass, form, password="old")  # noqa: S106
    assert refused["errors"] == {"password": "invalid_auth"}
    done = await _submit(hass, refused, username="app", password=f"{PASSWORD}2")
    assert done["reason"] == "reauth_successful"
    assert dict(entry.data) == _data(
        url, username="app", password=f"{PASSWORD}2", key_prefix="cabin"
    )


async def test_a_server_that_is_away_during_a_new_login_is_named(
    hass: HomeAssistant,
) -> None:
    """The form has no URL to point to, so the whole form says it."""
    entry = _entry(hass, _data("redis://127.0.0.1:1/0"))
    form = await entry.start_reauth_flow(hass)
    refused = await _submit(hass, form, password=PASSWORD)
    assert refused["errors"] == {"base": "cannot_connect"}
    assert refused["description_placeholders"]
    assert refused["description_placeholders"]["place"] == "127.0.0.1:1"
