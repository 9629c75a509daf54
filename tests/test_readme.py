"""The documents: examples work, and what they name is there."""

from collections.abc import Iterator
from itertools import pairwise
import json
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util.yaml import parse_yaml
import pytest

from custom_components.power_scheduler.core.limits import DEFAULT_LIMITS
from custom_components.power_scheduler.core.reason import ReasonCode
from custom_components.power_scheduler.core.task import PROFILES

from .home import act, device, phone, set_up, tell

ROOT: Final = Path(__file__).parents[1]
README: Final = (ROOT / "README.md").read_text()
BLOCKS: Final[list[dict[str, Any]]] = [
    parse_yaml(block)  # type: ignore[misc]
    for block in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
]
ASKED: Final = [(a, b) for a, b in pairwise(BLOCKS) if "action" in a]
"""Each action call with the response shown for it."""

_REASON_PATHS: Final = {
    f"tasks.{kind}.{key}"
    for kind, keys in {
        "reasons": "code text actual required unit entity_id field tasks",
        "would_run_if": "change amount unit text",
    }.items()
    for key in keys.split()
}
"""What is there only if something keeps the task from running."""

ROBOT: Final = "sensor.robot_battery"


@pytest.fixture
async def home(hass: HomeAssistant) -> HomeAssistant:
    """Run a home with the devices that the examples name."""
    hass.states.async_set(ROBOT, "100", {"unit_of_measurement": "%"})
    tell(hass, 34, "discharging")
    await set_up(hass, phone(), device("Robot", ROBOT))
    return hass


@pytest.mark.freeze_time("2026-11-22 15:32:17+00:00")
@pytest.mark.parametrize(("call", "shown"), ASKED, ids=lambda b: b.get("action"))
async def test_an_action_answers_as_shown(
    home: HomeAssistant, call: dict[str, Any], shown: dict[str, Any]
) -> None:
    """The call is accepted, and its answer has every key that is shown."""
    response = await act(home, call["action"].split(".")[1], **call["data"])
    answer = json.loads(json.dumps(response))
    assert answer.keys() == shown.keys()
    assert set(_paths(shown)) <= set(_paths(answer)) | _REASON_PATHS


def _paths(tree: Any, path: str = "") -> Iterator[str]:
    """Yield where the values of a response are, whatever their place in a list."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _paths(value, f"{path}.{key}" if path else key)
    elif isinstance(tree, list) and tree:
        for value in tree:
            yield from _paths(value, path)
    else:
        yield path


def test_every_reason_is_explained() -> None:
    """The table of reasons has every code that an action can give."""
    for code in ReasonCode:
        assert f"`{code}`" in README


def test_the_tables_show_the_defaults() -> None:
    """Power states and profiles have the figures of the code."""
    for state, row in DEFAULT_LIMITS.states.items():
        line = next(r for r in README.splitlines() if r.startswith(f"| {state} "))
        shown = [f"{row.up_to:g}", *(f"{100 * x:g}" for x in (row.cpu, row.memory))]
        shown += [f"{100 * row.network:g}", str(row.concurrency)]
        assert re.findall(r"[\d.]+", line) == shown
    for name, profile in PROFILES.items():
        line = next(r for r in README.splitlines() if r.startswith(f"| `{name}` "))
        demand = profile.demand
        shares = (demand.cpu, demand.memory, demand.network)
        shown = [f"{profile.min_battery:g}", *(f"{100 * share:g}" for share in shares)]
        assert re.findall(r"[\d.]+", line) == [*shown, f"{profile.drain:g}"]
        assert ("| yes |" in line) is profile.deferrable


def test_the_architecture_names_what_is_there() -> None:
    """Whoever is sent to a module finds it."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = re.findall(r"`([\w/]+(?:\.py|\.yaml|/))`", text)
    assert named
    for name in named:
        package = ROOT / "custom_components" / "power_scheduler"
        assert (package / name).exists() or (ROOT / name).exists(), name
