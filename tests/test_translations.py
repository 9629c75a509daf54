"""Every language says all that English says, and nothing that English does not."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
import string
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.power_scheduler.const import DOMAIN
from custom_components.power_scheduler.core.decision import Change, ChangeKind
from custom_components.power_scheduler.core.reason import Reason, ReasonCode
from custom_components.power_scheduler.sentences import async_get_sentences

from .home import act, phone, set_up, tell

FOLDER: Final = Path(__file__).parents[1] / "custom_components" / DOMAIN
LANGUAGES: Final = ["de", "es", "fr", "nl"]
SAME: Final = {
    "Curve",
    "Deadline",
    "Effort",
    "Horizon",
    "ID",
    "Moment",
    "Name",
    "Normal",
    "Optimal",
    "Power Scheduler",
    "Processor",
    "Reserve",
    "Signal",
    "Streaming",
    "Trend",
    "Type",
    "URL",
    "{device}",
}
"""What another language may say just like English."""


def texts(language: str) -> dict[str, str]:
    """Return all texts of a language by their path."""
    tree = json.loads((FOLDER / "translations" / f"{language}.json").read_text())
    return dict(_leaves(tree))


def _leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a translation with its path."""
    for key, value in tree.items():
        if isinstance(value, str):
            yield f"{path}{key}", value
        else:
            yield from _leaves(value, f"{path}{key}.")


def placeholders(text: str) -> list[str]:
    """Return the names in braces in a text, in the order of the alphabet."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


ENGLISH: Final = texts("en")


def test_these_are_the_languages() -> None:
    """No file is untested."""
    found = sorted(path.stem for path in (FOLDER / "translations").iterdir())
    assert found == sorted(["en", *LANGUAGES])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_lacks_nothing_and_adds_nothing(language: str) -> None:
    """What is missing is listed by its path."""
    told = texts(language)
    assert sorted(ENGLISH.keys() - told.keys()) == []
    assert sorted(told.keys() - ENGLISH.keys()) == []


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_the_title_of_a_menu_fits_on_a_phone(language: str) -> None:
    """There Home Assistant cuts it, unlike that of a form."""
    told = texts(language)
    menus = {m[1] for path in told if (m := re.match(r"(config\..*)\.menu_", path))}
    titles = [told[f"{menu}.title"] for menu in menus]
    assert titles
    assert max(map(len, titles)) <= 28


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_uses_the_same_placeholders(language: str) -> None:
    """As often as English does; so do backquotes and bold type."""
    told = texts(language)
    wrong = {
        path
        for path in ENGLISH.keys() & told.keys()
        if placeholders(told[path]) != placeholders(ENGLISH[path])
        or any(told[path].count(m) != ENGLISH[path].count(m) for m in ("`", "**"))
    }
    assert wrong == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_not_english(language: str) -> None:
    """What is the same in both is only what may be."""
    told = texts(language)
    same = {text for path, text in ENGLISH.items() if told.get(path) == text}
    assert same <= SAME


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_end_as_in_english(language: str) -> None:
    """A sentence stays a sentence, a question a question, a name a name."""
    told = texts(language)
    wrong = {
        path
        for path in ENGLISH.keys() & told.keys()
        if _end(told[path]) != _end(ENGLISH[path])
    }
    assert wrong == set()


def _end(text: str) -> str:
    """Return the mark that a text ends with."""
    return text[-1] if text[-1] in ".?!:" else ""


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_no_text_carries_markup(language: str) -> None:
    """No HTML, and no space where none belongs."""
    for path, text in texts(language).items():
        assert not re.search(r"<[^>]*>", text), path
        assert text == text.strip(), path
        assert "  " not in text, path


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
async def test_home_assistant_loads_every_language(
    hass: HomeAssistant, language: str
) -> None:
    """None falls back to English: Home Assistant checks the placeholders too."""
    await set_up(hass, phone())
    loaded = await async_get_translations(hass, language, "exceptions", [DOMAIN])
    told = texts(language)
    for path, text in loaded.items():
        assert text == told[path.removeprefix(f"component.{DOMAIN}.")]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_reason_can_be_said(hass: HomeAssistant, language: str) -> None:
    """With values and without."""
    await set_up(hass, phone())
    sentences = await async_get_sentences(hass, {"x": "Phone"}, language)
    for code in ReasonCode:
        for reason in (
            Reason(code=code),
            Reason(code=code, actual=1.5, required=2.0, device="x", tasks=("a", "b")),
        ):
            said = sentences.reason(reason)
            assert said.endswith(".")
            assert "1.5" not in said
    for kind in ChangeKind:
        assert sentences.change(Change(kind, 4, "%")).endswith(".")


async def test_a_language_of_a_region_is_that_language(hass: HomeAssistant) -> None:
    """As on the cards, whose own words are in Spanish then."""
    await set_up(hass, phone())
    sentences = await async_get_sentences(hass, {"x": "Phone"}, "es-419")
    reason = Reason(code=ReasonCode.READING_UNKNOWN, device="x")
    assert sentences.reason(reason) == "Phone no indica su nivel."


async def test_a_german_home_gets_german_reasons(hass: HomeAssistant) -> None:
    """The language of Home Assistant is the language of the answer."""
    hass.config.language = "de"
    tell(hass, 22, "discharging")
    await set_up(hass, phone())
    answer: Any = await act(hass, "check", device="Phone", tasks=[{"type": "backup"}])
    said = [reason["text"] for reason in answer["tasks"][0]["reasons"]]
    assert "Phone stünde beim Start bei 22 %, und die Aufgabe braucht 30 %." in said
