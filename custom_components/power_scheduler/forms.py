"""The fields that several forms show."""

from typing import Final

from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)


def number(
    unit: str | None, most: float, *, least: float = 0, step: float = 1
) -> NumberSelector:
    """Return a field for a number of some unit."""
    config = NumberSelectorConfig(
        min=least, max=most, step=step, mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


PERCENT: Final = number("%", 100)
