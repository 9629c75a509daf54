"""Forecasts of a battery's level.

`Model` follows one battery, sample by sample; `Model.forecast(now)` gives a
`Forecast`, which answers for any moment ahead and for whole paths.
"""

from .forecast import Forecast
from .grid import MEMORY
from .model import Model
from .outlook import Basis, Outlook, Path, Window

__all__ = ["MEMORY", "Basis", "Forecast", "Model", "Outlook", "Path", "Window"]
