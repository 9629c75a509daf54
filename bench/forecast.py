"""The integration's forecast as a predictor of the bench's protocol."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypedDict

from custom_components.power_scheduler.core.forecast import Forecast, Model
from custom_components.power_scheduler.core.forecast.library import POPULATION, Library

from .prediction.traces import samples


class Prediction(TypedDict):
    """What a predictor says of one horizon."""

    level: float
    p10: float | None
    p90: float | None
    probability: float


type History = Sequence[tuple[float, float, bool | None]]


class Predictor:
    """The forecast over some library; one origin is fitted once for all horizons."""

    def __init__(self, library: Library) -> None:
        """Take the library that stands for other devices."""
        self._library = library
        self._history: History = ()
        self._now = 0.0
        self._forecast: Forecast | None = None

    def __call__(
        self, history: History, now: float, horizon_s: float, reserve: float
    ) -> Prediction:
        """Predict the level at now + horizon_s, and how likely it is kept."""
        if history is not self._history or now != self._now:
            self._history, self._now = history, now
            self._forecast = self._fit()
        if self._forecast is None:
            raise ValueError("a prediction needs a history")
        outlook = self._forecast.outlook(timedelta(seconds=horizon_s), reserve)
        if outlook is None:
            raise ValueError(f"nothing is known {horizon_s} s ahead")
        return Prediction(
            level=outlook.level,
            p10=outlook.p10,
            p90=outlook.p90,
            probability=outlook.probability,
        )

    def _fit(self) -> Forecast | None:
        """Return the forecast of a model that has seen the history."""
        model = Model(UTC)
        for sample in samples(self._history):
            model.record(sample)
        forecast = model.forecast(datetime.fromtimestamp(self._now, UTC))
        if forecast is None:
            return None
        habits = replace(forecast.habits, library=self._library)
        return replace(forecast, habits=habits)


predict = Predictor(POPULATION)
