"""What the documents claim is there, and what is there they tell."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant import components
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.template import render_complex
from homeassistant.util.yaml import load_yaml_dict, parse_yaml
import pytest

from custom_components.power_scheduler.core.decision import ChangeKind, Outcome
from custom_components.power_scheduler.core.forecast import Basis
from custom_components.power_scheduler.core.limits import DEFAULT_LIMITS, PowerState
from custom_components.power_scheduler.core.reason import ReasonCode
from custom_components.power_scheduler.core.sample import PowerSource
from custom_components.power_scheduler.core.task import PROFILES, Priority

from .home import act, device, phone, set_up, tell

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "custom_components" / "power_scheduler"
TEXTS: Final = json.loads((PACKAGE / "translations/en.json").read_text())
REFERENCE: Final = (ROOT / "docs/reference.md").read_text()
PAGES: Final = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
RULES: Final[dict[str, Any]] = load_yaml_dict(str(PACKAGE / "quality_scale.yaml"))[
    "rules"
]
PHOTOGRAPHER: Final = (ROOT / "scripts/pictures.py").read_text()
COOKBOOK: Final = (ROOT / "docs/recipes.md").read_text()
RECIPES: Final[list[dict[str, Any]]] = [
    parse_yaml(block)  # type: ignore[misc]
    for block in re.findall(r"```yaml\n(.*?)```", COOKBOOK, re.DOTALL)
]
CLASSES: Final = {"Battery", "Charging"}
"""Names that entities have from their device class."""
SHOWN: Final = re.findall(
    r"^\| ([\w-]+) \| (done|exempt|todo) \| (.+) \| (.+) \|$",
    (ROOT / "docs/quality.md").read_text(),
    re.MULTILINE,
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every file, picture and chapter that a page names is there."""
    text = page.read_text()
    links = re.findall(r"\]\(([^)]+)\)", text)
    links += re.findall(r'src(?:set)?="(.+?)"', text)
    for link in links:
        name, _, chapter = link.partition("#")
        target = page.parent / name if name else page
        if not re.match(r"\w+:", link):
            assert target.exists(), link
            assert not chapter or chapter in _chapters(target), link


def _chapters(page: Path) -> set[str]:
    """Return how links call the headings of a page."""
    headings = re.findall(r"^##+ (.+)$", page.read_text(), re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }


def test_every_picture_is_taken_by_the_script_and_shown() -> None:
    """And is no burden to load."""
    taken = re.findall(r'^    "([\w-]+)": \w+,$', PHOTOGRAPHER, re.MULTILINE)
    pictures = {path.stem: path for path in (ROOT / "docs/img").iterdir()}
    assert pictures.keys() == set(taken)
    shown = "".join(page.read_text() for page in PAGES)
    for name, path in pictures.items():
        assert f"img/{name}.png" in shown
        assert path.stat().st_size < 300_000


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


def test_every_chapter_that_the_table_of_quality_names_is_there() -> None:
    """As a heading, or as the bold start of a paragraph."""
    pages = (ROOT / "README.md").read_text() + REFERENCE
    named = {title for _, _, how, _ in SHOWN for title in re.findall(r"\*(.+?)\*", how)}
    assert named
    for title in named:
        assert re.search(rf"^(##+ |\*\*){re.escape(title)}(:|$)", pages, re.MULTILINE)


@pytest.mark.parametrize("call", RECIPES, ids=lambda call: call["data"].get("device"))
async def test_a_recipe_works(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, call: dict[str, Any]
) -> None:
    """On devices that are well filled its tasks run, but those that need a plug."""
    freezer.move_to("2026-11-22T20:00:00+00:00")  # It is noon at home.
    tell(hass, 90, "discharging")
    names = ("Laptop", "UPS", "Robot", "Tablet", "Home battery")
    batteries = {name: f"sensor.{name.lower().replace(' ', '_')}" for name in names}
    for battery in batteries.values():
        hass.states.async_set(battery, "90", {"unit_of_measurement": "%"})
    others = [device(name, b, capacity=500.0) for name, b in batteries.items()]
    await set_up(hass, phone(), *others)
    data = render_complex(cv.template_complex(call["data"]))
    answer: Any = await act(hass, call["action"].split(".")[1], **data)
    if "tasks" not in data:
        assert answer["level"] is not None
        assert answer["at"] == "2026-11-22T20:30:00-08:00"
        return
    (task,), (row,) = call["data"]["tasks"], answer["tasks"]
    codes = {reason["code"] for reason in row["reasons"]}
    if task.get("requires_power"):
        assert "power_required" in codes
    else:
        assert (row["decision"], codes) == ("run_now", set())


@pytest.mark.parametrize(
    ("now", "at"),
    [
        ("2026-11-22T20:29:00-08:00", "2026-11-22T20:30:00-08:00"),
        ("2026-11-22T20:30:00-08:00", "2026-11-23T20:30:00-08:00"),
        ("2026-11-22T23:00:00-08:00", "2026-11-23T20:30:00-08:00"),
    ],
)
async def test_the_recipe_of_an_evening_works_at_any_hour(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, now: str, at: str
) -> None:
    """Once it has come, the next one is meant."""
    freezer.move_to(now)
    tell(hass, 90, "discharging")
    await set_up(hass, phone())
    call = next(call for call in RECIPES if "at" in call["data"])
    data = render_complex(cv.template_complex(call["data"]))
    answer: Any = await act(hass, "forecast", **{**data, "device": "Phone"})
    assert answer["at"] == at


def test_recipes_name_entities_as_their_integrations_do() -> None:
    """In the version of Home Assistant that the tests run."""
    named = list(_named_entities())
    domains = {"system_bridge", "systemmonitor", "glances", "nut", "apcupsd"}
    assert domains | {"fully_kiosk", "powerwall"} <= {domain for domain, _ in named}
    assert [(d, n) for d, n in named if n not in CLASSES | _names(d)] == []


def _named_entities() -> Iterator[tuple[str, str]]:
    """Yield the integrations of the tables, with the entities named of each."""
    for part in COOKBOOK.split("\n## "):
        rows = [line for line in part.splitlines() if line.startswith("| ")]
        headed = re.search(r"\(`(\w+)`\)", rows[0]) if rows else None
        for row in rows:
            if domain := re.search(r"\(`(\w+)`\)", row) or headed:
                yield from ((domain[1], n) for n in re.findall(r"\*([A-Z].*?)\*", row))


def _names(domain: str) -> set[str]:
    """Return what an integration calls its entities."""
    path = Path(components.__file__).parent / domain / "translations/en.json"
    entities = json.loads(path.read_text())["entity"].values()
    return {entity.get("name") for kind in entities for entity in kind.values()}


def told(*names: str) -> set[str]:
    """Return the names, of those that code uses, that the reference lacks."""
    return {name for name in names if f"`{name}`" not in REFERENCE}


def shown(*texts: str) -> set[str]:
    """Return the texts, of those on the screen, that the reference lacks."""
    plain = " ".join(REFERENCE.split())
    return {text for text in texts if re.sub(r"{\w+}", "…", text) not in plain}


def test_every_entity_is_told() -> None:
    """With the states and attributes that it can have."""
    for entities in TEXTS["entity"].values():
        for entity in entities.values():
            assert shown(entity["name"]) == set()
            assert told(*entity.get("state", ())) == set()
            assert told(*entity.get("state_attributes", ())) == set()


def test_every_action_and_field_is_told() -> None:
    """In the action's own part; those of tasks have one of theirs."""
    actions = load_yaml_dict(str(PACKAGE / "services.yaml"))
    parts = REFERENCE.split("\n### ")
    tasks = next(part for part in parts if part.startswith("A task"))
    for name, action in actions.items():
        own = next(p for p in parts if f"`power_scheduler.{name}`" in p.split("\n")[0])
        fields = set(_fields(action)) - {"advanced"}
        assert fields
        assert {field for field in fields if f"`{field}`" not in own + tasks} == set()


def _fields(tree: Any) -> Iterator[str]:
    """Yield the names of all fields, at any depth."""
    if isinstance(tree, dict):
        yield from tree.get("fields", ())
        for value in tree.values():
            yield from _fields(value)


def test_every_word_of_an_answer_is_told() -> None:
    """Decisions, reasons, changes, and whatever else is one of a few."""
    for words in (ReasonCode, Outcome, ChangeKind, Basis, PowerState, PowerSource):
        assert told(*words) == set()
    assert told(*Priority, *PROFILES) == set()


async def test_every_key_of_an_answer_is_told(hass: HomeAssistant) -> None:
    """Of every action that gives one."""
    tell(hass, 12, "discharging")
    await set_up(hass, phone())
    tasks = [{"type": "backup"}]
    keys: set[str] = set()
    asked: dict[str, dict[str, Any]] = {
        "check": {"device": "Phone", "tasks": tasks},
        "optimize": {"tasks": tasks},
        "forecast": {"device": "Phone", "curve": True},
    }
    for action, data in asked.items():
        keys |= set(_keys(await act(hass, action, **data)))
    assert {"would_run_if", "code", "lowest_planned_level", "p10"} <= keys
    assert told(*keys) == set()


def _keys(tree: Any) -> Iterator[str]:
    """Yield all keys, at any depth."""
    if isinstance(tree, dict):
        yield from tree
    for value in tree.values() if isinstance(tree, dict) else tree:
        if isinstance(value, dict | list):
            yield from _keys(value)


def test_every_setting_is_told() -> None:
    """By the name that it has on the screen."""
    for flow in ("config", "options", "config_subentries"):
        assert shown(*_labels(TEXTS[flow])) == set()


def _labels(tree: Any) -> Iterator[str]:
    """Yield the names of all fields of forms."""
    for key, value in tree.items() if isinstance(tree, dict) else ():
        yield from value.values() if key == "data" else _labels(value)


def test_every_repair_and_figure_of_health_is_told() -> None:
    """By its title."""
    titles = {
        issue["title"].replace("{device}", "…").replace("{days}", "…")
        for issue in TEXTS["issues"].values()
    }
    assert shown(*titles, *TEXTS["system_health"]["info"].values()) == set()


def test_the_tables_show_the_defaults() -> None:
    """Power states and profiles have the figures of the code."""
    for state, row in DEFAULT_LIMITS.states.items():
        line = next(r for r in REFERENCE.splitlines() if r.startswith(f"| {state} "))
        figures = [f"{row.up_to:g}", *(f"{100 * x:g}" for x in (row.cpu, row.memory))]
        figures += [f"{100 * row.network:g}", str(row.concurrency)]
        assert re.findall(r"[\d.]+", line) == figures
    for name, profile in PROFILES.items():
        line = next(r for r in REFERENCE.splitlines() if r.startswith(f"| `{name}` |"))
        demand = profile.demand
        shares = (demand.cpu, demand.memory, demand.network)
        figures = [
            f"{profile.min_battery:g}",
            *(f"{100 * share:g}" for share in shares),
        ]
        assert re.findall(r"[\d.]+", line) == [*figures, f"{profile.drain:g}"]
        assert ("| yes |" in line) is profile.deferrable


def test_the_architecture_names_what_is_there() -> None:
    """Whoever is sent to a module finds it, and every module has its work."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"`([\w/]+(?:\.py|\.yaml|/))`", text))
    for name in named:
        assert (PACKAGE / name).exists() or (ROOT / name).exists(), name
    modules = {
        str(path.relative_to(PACKAGE))
        for path in [*PACKAGE.glob("*.py"), *PACKAGE.glob("core/*.py")]
        if path.stem not in ("__init__", "const")
    }
    assert modules - named == set()
