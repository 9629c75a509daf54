"""The integration's forecast as a predictor of the bench's protocol."""

from collections.abc import Mapping
from datetime import timedelta

import numpy as np

from custom_components.power_scheduler.core.forecast import Forecast
from custom_components.power_scheduler.core.forecast.library import POPULATION, Library

from .prediction.library import Rows, rounded
from .prediction.model import fit
from .prediction.protocol import History, Prediction, Predictor
from .prediction.traces import Trace


class Analogs:
    """The forecast over some library; an origin is fitted once for all horizons."""

    def __init__(self, library: Library) -> None:
        """Take the library that stands for other devices."""
        self._library = library
        self._history: History = ()
        self._now = 0.0
        self._forecast: Forecast | None = None

    def __call__(
        self, history: History, now: float, horizon_s: float, reserve: float
    ) -> Prediction:
        """Predict the level at now + horizon_s, and how likely the reserve holds."""
        if history is not self._history or now != self._now:
            self._history, self._now = history, now
            self._forecast = fit(history, now, self._library)
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


class CrossFitted:
    """Makes predictors whose library holds no row of the device they score."""

    def __init__(self, rows: Mapping[str, Rows]) -> None:
        """Take the library's rows by device."""
        self._rows = rows

    def __call__(self, device: str, _trace: Trace) -> Predictor:
        """Return the predictor for a device."""
        return Analogs(self.library(device))

    def library(self, device: str) -> Library:
        """Return the library without a device."""
        others = [rows for name, rows in self._rows.items() if name != device]
        return Library.of(rounded(np.concatenate(others)))


predict = Analogs(POPULATION)
