"""Reasons and changes as translated sentences."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.generated.languages import LANGUAGES
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .core.decision import Change
from .core.reason import Reason

UNKNOWN: Final = "-"

_COMMA: Final = {"de", "es", "fr", "nl"}
"""Our languages besides English: all write 3,4 where it writes 3.4."""


class Sentences:
    """The sentences of one language."""

    def __init__(
        self, texts: Mapping[str, str], names: Mapping[str, str], point: str = "."
    ) -> None:
        """Take the translations, the names of devices by the core's ids, and a point.

        The point stands between the whole of a number and its decimals.
        """
        self._texts = texts
        self._names = names
        self._point = point

    def reason(self, reason: Reason) -> str:
        """Return what a reason says."""
        actual, required = self._value_texts(reason.actual, reason.required)
        return self._say(
            f"reason_{reason.code}",
            actual=actual,
            required=required,
            device=self._names.get(reason.device or "", UNKNOWN),
            tasks=", ".join(reason.tasks) or UNKNOWN,
            field=reason.field or UNKNOWN,
            value=reason.value or UNKNOWN,
            options=", ".join(reason.options) or UNKNOWN,
        )

    def change(self, change: Change) -> str:
        """Return what a change asks for."""
        (amount,) = self._value_texts(change.amount)
        return self._say(f"change_{change.kind}", amount=amount)

    def _value_texts(self, *values: float | datetime | None) -> list[str]:
        """Return values as people write them, as exactly as tells them apart."""
        rough, exact = (
            [self._value_text(value, digits, clock) for value in values]
            for digits, clock in ((1, "%H:%M"), (2, "%H:%M:%S"))
        )
        return rough if len(set(rough)) == len(rough) else exact

    def _value_text(
        self, value: float | datetime | None, digits: int, clock: str
    ) -> str:
        """Return a number or a moment as people write it."""
        match value:
            case None:
                return UNKNOWN
            case datetime():
                return f"{dt_util.as_local(value):%Y-%m-%d {clock}}"
            case _:
                text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
                return text.replace(".", self._point)

    def _say(self, key: str, **values: str) -> str:
        """Return a sentence with its values filled in."""
        text = self._texts[f"component.{DOMAIN}.exceptions.{key}.message"]
        return text.format(**values)


async def async_get_sentences(
    hass: HomeAssistant, names: Mapping[str, str], language: str | None = None
) -> Sentences:
    """Return the sentences in a language; by default, in Home Assistant's.

    A language that there is none of is the default: its name becomes a file name.
    """
    known = language if language in LANGUAGES else hass.config.language
    if (base := known.partition("-")[0]) in _COMMA:
        known = base
    texts = await async_get_translations(hass, known, "exceptions", [DOMAIN])
    return Sentences(texts, names, "," if known in _COMMA else ".")
