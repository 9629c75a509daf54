"""What the documents claim is there, and their examples work."""

from pathlib import Path
import re
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util.yaml import load_yaml_dict, parse_yaml
import pytest

from .home import act, device, phone, set_up, tell

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
RULES: Final[dict[str, Any]] = load_yaml_dict(
    str(ROOT / "custom_components/power_scheduler/quality_scale.yaml")
)["rules"]
RECIPES: Final[list[dict[str, Any]]] = [
    parse_yaml(block)  # type: ignore[misc]
    for block in re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs/recipes.md").read_text(), re.DOTALL
    )
]
SHOWN: Final = re.findall(
    r"^\| ([\w-]+) \| (done|exempt|todo) \| (.+) \| (.+) \|$",
    (ROOT / "docs/quality.md").read_text(),
    re.MULTILINE,
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every file that a page names by a link is there."""
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    local = [link for link in links if not re.match(r"\w+:", link)]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_the_table_of_quality_has_every_rule() -> None:
    """In the same order and with the same status, each with what shows it."""
    told = [(name, status) for name, status, *_ in SHOWN]
    assert told == [
        (name, rule if isinstance(rule, str) else rule["status"])
        for name, rule in RULES.items()
    ]
    assert len(told) == 54
    assert all("](../" in shown for *_, shown in SHOWN)


def test_every_exemption_has_its_reason() -> None:
    """Nothing is left to be done, and both tell the same of what is left out."""
    assert "todo" not in RULES.values()
    told = {name: how for name, status, how, _ in SHOWN if status == "exempt"}
    reasons = {
        name: rule["comment"].strip().removesuffix(".")
        for name, rule in RULES.items()
        if not isinstance(rule, str) and rule["status"] == "exempt"
    }
    assert told == {name: why[0].lower() + why[1:] for name, why in reasons.items()}


def test_every_test_that_the_table_of_quality_names_is_there() -> None:
    """By its own name, in the file that the link leads to."""
    named = re.findall(r"\[`\w+\.py::(\w+)`\]\(\.\./(.+?)\)", str(SHOWN))
    assert len(named) > 20
    for test, file in named:
        assert f"def {test}(" in (ROOT / file).read_text()


def test_every_chapter_that_the_table_of_quality_names_is_in_the_readme() -> None:
    """As a heading, or as the bold start of a paragraph."""
    readme = (ROOT / "README.md").read_text()
    named = {title for _, _, how, _ in SHOWN for title in re.findall(r"\*(.+?)\*", how)}
    assert named
    for title in named:
        assert re.search(rf"^(##+ |\*\*){re.escape(title)}(:|$)", readme, re.MULTILINE)


@pytest.mark.parametrize("call", RECIPES, ids=lambda call: call["data"].get("device"))
async def test_a_recipe_works(hass: HomeAssistant, call: dict[str, Any]) -> None:
    """Every task of it is one that can be decided on."""
    tell(hass, 80, "discharging")
    names = ("Laptop", "UPS", "Robot", "Home battery")
    batteries = {name: f"sensor.{name.lower().replace(' ', '_')}" for name in names}
    for battery in batteries.values():
        hass.states.async_set(battery, "70", {"unit_of_measurement": "%"})
    others = [device(name, b, capacity=500.0) for name, b in batteries.items()]
    await set_up(hass, phone(), *others)
    answer: Any = await act(hass, call["action"].split(".")[1], **call["data"])
    faults = [r["field"] for t in answer.get("tasks", ()) for r in t["reasons"]]
    assert not any(faults)
    assert answer.get("tasks") or answer["level"] is not None
