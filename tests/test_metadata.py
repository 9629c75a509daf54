"""What Home Assistant reads besides code: manifest, translations, icons, images."""

import ast
from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
import string
import tomllib
from typing import Any, Final

from homeassistant.helpers.entity import EntityDescription
from homeassistant.util.yaml import load_yaml_dict
from PIL import Image
import pytest

from custom_components.power_scheduler import (
    binary_sensor,
    hub_sensor,
    schema,
    score_sensor,
    sensor,
)
from custom_components.power_scheduler.core.decision import Change, ChangeKind
from custom_components.power_scheduler.core.reason import Reason, ReasonCode
from custom_components.power_scheduler.sentences import Sentences

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "custom_components" / "power_scheduler"

MANIFEST: Final = json.loads((PACKAGE / "manifest.json").read_text())
HACS: Final = json.loads((ROOT / "hacs.json").read_text())
ICONS: Final = json.loads((PACKAGE / "icons.json").read_text())
ENGLISH: Final = json.loads((PACKAGE / "translations" / "en.json").read_text())
ACTIONS: Final[dict[str, Any]] = load_yaml_dict(str(PACKAGE / "services.yaml"))

DESCRIPTIONS: Final[dict[str, list[EntityDescription]]] = {
    "sensor": [*sensor.SENSORS, *score_sensor.SCORES, *hub_sensor.HUB_SENSORS],
    "binary_sensor": [binary_sensor.CHARGING],
}


def test_the_manifest_has_what_hassfest_and_hacs_ask_for() -> None:
    """The keys that a custom integration must have, and none that it may not have."""
    optional = {"after_dependencies", "dependencies", "loggers", "requirements"}
    asked = {
        "domain",
        "name",
        "codeowners",
        "config_flow",
        "documentation",
        "integration_type",
        "iot_class",
        "issue_tracker",
        "single_config_entry",
        "version",
    }
    assert MANIFEST.keys() == asked | optional
    assert not any("home-assistant.io" in str(value) for value in MANIFEST.values())


def test_the_manifest_is_sorted() -> None:
    """Domain and name first, then by the alphabet, as hassfest asks."""
    keys = list(MANIFEST)
    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]


def test_the_version_is_told_once() -> None:
    """The manifest and the project agree."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["version"] == MANIFEST["version"]


@pytest.mark.parametrize("name", ["test", "develop", "oldest"])
def test_every_environment_has_the_requirements(name: str) -> None:
    """What Home Assistant would install is what the tests have."""
    lines = (ROOT / f"requirements_{name}.txt").read_text().splitlines()
    pinned = [r for r in MANIFEST["requirements"] if "==" in r]
    assert pinned
    assert set(pinned) <= set(lines)


def test_hacs_names_the_oldest_home_assistant() -> None:
    """The oldest version offered is the oldest one that is tested."""
    lines = (ROOT / "requirements_oldest.txt").read_text().splitlines()
    assert HACS["name"] == MANIFEST["name"]
    assert HACS.keys() == {"name", "hide_default_branch", "homeassistant"}
    assert f"homeassistant=={HACS['homeassistant']}" in lines


@pytest.mark.parametrize(
    "workflow", (ROOT / ".github" / "workflows").iterdir(), ids=lambda path: path.stem
)
def test_a_workflow_runs_what_is_there_and_what_cannot_change(workflow: Path) -> None:
    """Scripts of ours; and actions of others by commit, for tags can be moved."""
    jobs: dict[str, Any] = load_yaml_dict(str(workflow))["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"]]
    for uses in (step["uses"] for step in steps if "uses" in step):
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", uses), uses
    for script in re.findall(r"scripts/\w+", str(steps)):
        assert (ROOT / script).exists()


@pytest.mark.parametrize("theme", ["", "dark_"])
def test_brand_images_have_the_sizes_that_home_assistant_serves(theme: str) -> None:
    """Icons are square, and each image has one of double resolution."""
    sizes = {}
    for name in ("icon", "icon@2x", "logo", "logo@2x"):
        with Image.open(PACKAGE / "brand" / f"{theme}{name}.png") as image:
            sizes[name] = image.size
    assert sizes["icon"] == (256, 256)
    assert 128 <= min(sizes["logo"]) <= 256
    for name in ("icon", "logo"):
        width, height = sizes[name]
        assert sizes[f"{name}@2x"] == (2 * width, 2 * height)


@pytest.mark.parametrize("platform", DESCRIPTIONS)
def test_every_entity_has_a_name_and_its_states(platform: str) -> None:
    """The translation key of each description is in en.json, and nothing else is."""
    told = ENGLISH["entity"][platform]
    described = {d.translation_key: d for d in DESCRIPTIONS[platform]}
    assert told.keys() == described.keys()
    for key, description in described.items():
        assert told[key]["name"]
        options = getattr(description, "options", None) or []
        assert set(told[key].get("state", {})) == set(options)


def test_every_entity_has_an_icon() -> None:
    """From icons.json, or from its device class."""
    for platform, descriptions in DESCRIPTIONS.items():
        for description in descriptions:
            icons = ICONS["entity"].get(platform, {})
            assert description.translation_key in icons or platform == "binary_sensor"


def test_a_trend_points_where_it_goes_however_steep() -> None:
    """A UPS falls by hundreds of %/h; below the first step none of these is taken."""
    steps = ICONS["entity"]["sensor"]["trend"]["range"]
    assert min(map(float, steps)) < -1000
    for trend, icon in ((-300, "down"), (-0.4, "neutral"), (0, "neutral"), (30, "up")):
        step = max((s for s in steps if float(s) <= trend), key=float)
        assert steps[step] == f"mdi:trending-{icon}"


def test_diagnostic_entities_are_known_as_such() -> None:
    """What tells of forecasts and readings, not of batteries; the restless are off."""
    entities = [d for rows in DESCRIPTIONS.values() for d in rows]
    assert {d.key for d in entities if d.entity_category} == {
        "confidence",
        "reading_age",
        "forecast_error_1h",
        "forecast_error_3h",
    }
    off = {d.key for d in entities if not d.entity_registry_enabled_default}
    assert off == {"confidence", "reading_age"}


def test_no_forecast_passes_for_a_battery() -> None:
    """Or others, and our own wizard, would take it for one."""
    classes = {d.key: d.device_class for rows in DESCRIPTIONS.values() for d in rows}
    assert "battery" not in classes.values()
    assert {key for key, kind in classes.items() if kind} == {
        "power_state",
        "power_source",
        "runs_out_at",
        "full_at",
        "reading_age",
        "charging",
    }


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_and_field_is_explained(action: str) -> None:
    """Names and descriptions for all there is in services.yaml, and an icon."""
    told = ENGLISH["services"][action]
    rows = ACTIONS[action]["fields"]
    sections = {name for name, row in rows.items() if "fields" in row}
    assert told["name"]
    assert told["description"]
    assert set(told.get("sections", {})) == sections
    assert set(told["fields"]) == {name for name, _ in _fields(rows)}
    assert all(row["name"] and row["description"] for row in told["fields"].values())
    assert ICONS["services"][action]["service"]
    assert set(ICONS["services"][action].get("sections", {})) == sections


@pytest.mark.parametrize("action", ACTIONS)
def test_every_selector_is_translated(action: str) -> None:
    """Sub-fields and options of the selectors that ask for a translation."""
    for _, field in _fields(ACTIONS[action]["fields"]):
        _check_selector(field.get("selector", {}))


def _fields(rows: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the fields of an action, those in sections too."""
    for name, row in rows.items():
        if "fields" in row:
            yield from _fields(row["fields"])
        else:
            yield name, row


def _check_selector(selector: Mapping[str, Any]) -> None:
    """Check that what a selector shows is translated."""
    for config in selector.values():
        options = config.get("options", [])
        assert all(isinstance(option, str) for option in options), "a label in code"
        assert not options or "translation_key" in config or config["custom_value"]
        if "translation_key" in config:
            told = ENGLISH["selector"][config["translation_key"]]
            assert set(told.get("options", {})) == set(options)
            assert set(told.get("fields", {})) == set(config.get("fields", {}))
        for field in config.get("fields", {}).values():
            _check_selector(field["selector"])


@pytest.mark.parametrize("fields", [schema.CHECK, schema.OPTIMIZE, schema.FORECAST])
def test_every_field_error_has_a_sentence(fields: Mapping[str, schema.Field]) -> None:
    """A field's error can say what would be right."""
    for field in fields.values():
        message = ENGLISH["exceptions"][field.expected]["message"]
        assert _placeholders(message) <= {"field", "value", *field.placeholders}


def test_every_reason_and_change_is_a_sentence() -> None:
    """Each can be said in English, whatever is known of it."""
    texts = {
        f"component.power_scheduler.exceptions.{key}.message": row["message"]
        for key, row in ENGLISH["exceptions"].items()
    }
    sentences = Sentences(texts, {})
    said = [sentences.reason(Reason(code=code)) for code in ReasonCode]
    said += [sentences.change(Change(kind)) for kind in ChangeKind]
    assert all(text.endswith(".") for text in said)
    assert len(set(said)) == len(said)


def test_every_error_and_issue_in_the_code_has_a_sentence() -> None:
    """Each translation key is in en.json, and so is each of its placeholders."""
    calls = [call for tree in _modules() for call in _translated_calls(tree)]
    assert calls
    for kind, key, given in calls:
        texts = dict(_texts(ENGLISH[kind][key])).values()
        assert set().union(*map(_placeholders, texts)) <= given, key


def test_no_error_or_issue_is_left_over() -> None:
    """Each sentence is said by somebody."""
    words = {
        node.value
        for tree in _modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    enums = {f"reason_{code}" for code in ReasonCode}
    enums |= {f"change_{kind}" for kind in ChangeKind}
    told = {*ENGLISH["exceptions"], *ENGLISH["issues"]}
    assert told - words - enums == set()


def _modules() -> list[ast.Module]:
    """Return the package's modules, parsed."""
    return [ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")]


def _translated_calls(tree: ast.Module) -> Iterator[tuple[str, str, set[str]]]:
    """Yield each error or issue with a plain key: its kind, key and placeholders."""
    constants = _constants(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        key = given.get("translation_key")
        if isinstance(key, ast.Name):
            key = constants.get(key.id)
        if "translation_domain" not in given and "severity" not in given:
            continue
        if not isinstance(key, ast.Constant):
            continue
        kind = "issues" if "severity" in given else "exceptions"
        placeholders = given.get("translation_placeholders", ast.Dict([], []))
        assert isinstance(placeholders, ast.Dict)
        names = (k.value for k in placeholders.keys if isinstance(k, ast.Constant))
        yield kind, str(key.value), {str(name) for name in names}


def _constants(tree: ast.Module) -> dict[str, ast.expr | None]:
    """Return the values that a module gives to its names."""
    values: dict[str, ast.expr | None] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                values[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                values[name] = value
    return values


def _placeholders(text: str) -> set[str]:
    """Return the names in braces in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _texts(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a translation with its path."""
    for key, value in tree.items():
        if isinstance(value, str):
            yield f"{path}{key}", value
        else:
            yield from _texts(value, f"{path}{key}.")


def test_every_field_of_a_form_is_explained() -> None:
    """Wherever a step asks for something, it says what that is."""
    for step in _steps(ENGLISH):
        data = step.get("data", {}).keys()
        assert step.get("data_description", {}).keys() == data


def _steps(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every step and section of every flow."""
    for key, value in tree.items():
        if not isinstance(value, Mapping):
            continue
        if key in {"step", "sections"}:
            yield from (row for row in value.values() if isinstance(row, Mapping))
        yield from _steps(value)
