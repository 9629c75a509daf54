"""The model of the integration, fed with a trace."""

from dataclasses import replace
from datetime import UTC, datetime

from custom_components.power_scheduler.core.forecast import Forecast, Model
from custom_components.power_scheduler.core.forecast.library import Library

from .protocol import History
from .traces import samples


def fit(history: History, now: float, library: Library) -> Forecast | None:
    """Return the forecast of a model that has seen the history."""
    model = Model(UTC)
    for sample in samples(history):
        model.record(sample)
    forecast = model.forecast(datetime.fromtimestamp(now, UTC))
    if forecast is None:
        return None
    habits = replace(forecast.habits, library=library)
    return replace(forecast, habits=habits)
