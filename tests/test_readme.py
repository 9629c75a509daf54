"""The documents: examples work, and what they name is there."""

from collections.abc import Iterator
from itertools import pairwise
import json
from pathlib import Path
import re
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util.yaml import parse_yaml
import pytest

from .home import act, device, phone, set_up, tell, wait

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "custom_components" / "power_scheduler"
TRANSLATIONS: Final = json.loads((PACKAGE / "translations/en.json").read_text())
README: Final = (ROOT / "README.md").read_text()
BLOCKS: Final[list[dict[str, Any]]] = [
    parse_yaml(block)  # type: ignore[misc]
    for block in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
]
ASKED: Final = [
    (a, b) for a, b in pairwise(BLOCKS) if "action" in a and "alias" not in b
]
"""Each action call with the response shown for it."""

STEPS: Final = README.partition("## Your first verdict")[2].partition("\n## ")[0]

ROBOT: Final = "sensor.robot_battery"


@pytest.fixture
async def home(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> HomeAssistant:
    """Run a home with the devices that the examples name, half past four."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-11-22T14:30:00+01:00")
    await set_up(hass, phone(), device("Robot", ROBOT))
    for level in range(50, 33, -2):
        tell(hass, level, "discharging")
        hass.states.async_set(ROBOT, "100", {"unit_of_measurement": "%"})
        await wait(hass, freezer, minutes=15, seconds=-6)
    return hass


@pytest.mark.parametrize(("call", "shown"), ASKED, ids=lambda b: b.get("action"))
async def test_an_action_answers_as_shown(
    home: HomeAssistant, call: dict[str, Any], shown: dict[str, Any]
) -> None:
    """The call is accepted, and its answer is the one shown, but for its figures."""
    response = await act(home, call["action"].split(".")[1], **call["data"])
    answer = json.loads(json.dumps(response))
    assert answer.keys() == shown.keys()
    assert _without_figures(_as_far_as(shown, answer)) == _without_figures(shown)


def _as_far_as(shown: Any, answer: Any) -> Any:
    """Return what an answer has of what is shown; rows may be shown in part."""
    if isinstance(shown, dict) and isinstance(answer, dict):
        return {key: _as_far_as(shown[key], answer[key]) for key in shown}
    if isinstance(shown, list) and len(shown) == len(answer):
        return [_as_far_as(*pair) for pair in zip(shown, answer, strict=True)]
    return answer


def _without_figures(tree: Any) -> Any:
    """Return a response with a mark for every figure, id and moment."""
    if isinstance(tree, dict):
        # How far a search comes in its time is a figure as well.
        keys = tree.keys() - {"cut_short"}
        return {key: _without_figures(tree[key]) for key in keys}
    if isinstance(tree, list):
        return [_without_figures(value) for value in tree]
    if isinstance(tree, float | int) and not isinstance(tree, bool):
        return "#"
    return re.sub(r"[0-9a-f]{32}|[\d.]+", "#", tree) if isinstance(tree, str) else tree


async def test_the_first_question_is_answered_as_told(home: HomeAssistant) -> None:
    """With the sentence that the steps quote."""
    call = next(block for block in BLOCKS if "action" in block)
    answer: Any = await act(home, call["action"].split(".")[1], **call["data"])
    (reason,) = answer["tasks"][0]["reasons"]
    assert _without_figures(f"*{reason['text']}*") in _without_figures(
        " ".join(STEPS.split())
    )


def test_the_first_steps_name_what_is_on_the_screen() -> None:
    """What is in italics is a text of ours, or one of Home Assistant's."""
    named = re.findall(r"\*([^*]+)\*", re.sub(r"\*\*.*?\*\*", "", STEPS))
    texts = {*_texts(TRANSLATIONS), *_card_names()}
    known = {" ".join(re.sub(r"{\w+}|[\d.]+", "#", text).split()) for text in texts}
    said = {" ".join(re.sub(r"Phone|[\d.]+", "#", text).split()) for text in named}
    assert said - known == {
        "Settings > Devices & services > Add integration > Power Scheduler",
        "Skip and finish",
        "Settings > Tools > Actions",
        "Developer tools",
        "YAML mode",
        "Perform action",
        "Settings > Dashboards > Add dashboard > New dashboard from scratch",
        "By card",
        "Save",
        "Done",
    }


def _texts(tree: Any) -> Iterator[str]:
    """Yield every text of a translation."""
    for value in tree.values() if isinstance(tree, dict) else ():
        yield from [value] if isinstance(value, str) else _texts(value)


def _card_names() -> list[str]:
    """Return what cards are called in the picker, in English."""
    words = (PACKAGE / "www/words.js").read_text()
    return re.findall(r'_name: "(Power Scheduler: .*?)"', words)
