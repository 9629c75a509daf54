"""Whether a task may run now, and the best plan for all of them.

`check` judges each task by itself, now, on one device; `optimize` places all of
them. Both apply the same rules to the same forecast.
"""

from .check import check
from .optimize import optimize

__all__ = ["check", "optimize"]
