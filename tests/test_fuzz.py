"""Whatever comes in: an answer or an error that says what is wrong, soon.

Each test gets 100 inputs, or as many as the environment variable FUZZ_INPUTS says.
"""

from asyncio import timeout
import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import json_dumps
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)
import voluptuous as vol

from custom_components.power_scheduler.const import DOMAIN

from . import fuzz
from .home import PHONE, device, phone, set_up, tell

pytestmark = pytest.mark.usefixtures("nothing_logged")


@pytest.fixture
async def home(hass: HomeAssistant) -> ConfigEntry[Any]:
    """Run a home with a phone and a silent toy."""
    tell(hass, 60, "discharging")
    entry: ConfigEntry[Any]
    entry = await set_up(hass, phone(capacity=19.0), device("Toy", "sensor.toy"))
    return entry


@pytest.fixture
async def socket(
    hass: HomeAssistant, home: ConfigEntry[Any], hass_ws_client: WebSocketGenerator
) -> MockHAClientWebSocket:
    """Talk to the home as a browser does."""
    assert home
    return await hass_ws_client(hass)


async def ask(hass: HomeAssistant, action: str, data: dict[str, Any]) -> None:
    """Call an action: its answer can be sent, and its error names what is wrong."""
    async with timeout(fuzz.LONGEST):
        try:
            answer = await hass.services.async_call(
                DOMAIN, action, data, blocking=True, return_response=True
            )
        except HomeAssistantError as err:
            refusal = err.translation_key
        except vol.Invalid as err:
            refusal = str(err)
        else:
            assert json_dumps(answer)
            return
    assert refusal


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


@pytest.mark.parametrize("action", ["export_history", "import_history"])
@fuzz.fuzzed
@given(data=fuzz.near({"path": st.text() | st.sampled_from(["a", "\0"])}, fuzz.PYTHON))
@pytest.mark.usefixtures("home")
async def test_a_path_gets_an_answer_or_what_is_wrong_with_it(
    hass: HomeAssistant, tmp_path: Path, action: str, data: dict[str, Any]
) -> None:
    """Whatever it is; an export writes only where it may."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    if isinstance(path := data.get("path"), str):
        data = {**data, "path": f"{tmp_path}/{path}"}
    await ask(hass, action, data)


@fuzz.fuzzed
@given(lines=fuzz.history_file())
async def test_an_import_answers_or_says_what_is_wrong(
    hass: HomeAssistant, home: ConfigEntry[Any], tmp_path: Path, lines: list[Any]
) -> None:
    """Whatever the file holds; what is taken can be read again."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    path = tmp_path / "history"
    path.write_text("\n".join(map(json.dumps, lines)))
    await ask(hass, "import_history", {"path": str(path)})
    await hass.async_block_till_done()
    assert home.state is ConfigEntryState.LOADED
    await ask(hass, "export_history", {"path": str(path)})


@fuzz.fuzzed
@given(
    message=fuzz.near(
        {
            "device": st.sampled_from(["Phone", "Toy", PHONE, "?"]),
            "language": fuzz.LANGUAGES,
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
