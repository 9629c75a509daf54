"""Forecasts of a battery's level.

`Model` follows one battery, sample by sample; `Model.forecast(now)` gives a
`Forecast`, which answers for any moment ahead and for whole paths. `Scoring`
remembers forecasts and tells how good they were.
"""

from .forecast import FARTHEST, Forecast
from .grid import MEMORY
from .habits import Habits
from .model import Model
from .outlook import Basis, Outlook, Path, Window, merged
from .scoring import HORIZONS, Day, Score, Scoring

__all__ = [
    "FARTHEST",
    "HORIZONS",
    "MEMORY",
    "Basis",
    "Day",
    "Forecast",
    "Habits",
    "Model",
    "Outlook",
    "Path",
    "Score",
    "Scoring",
    "Window",
    "merged",
]
