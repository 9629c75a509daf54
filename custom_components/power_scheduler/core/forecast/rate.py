"""How fast a level moves: in the current run, and usually."""

from dataclasses import dataclass, field
from typing import Final

RUN_HALF_LIFE: Final = 1.0
"""Hours after which a step counts half in the rate of its run."""

RUN_SHRINK: Final = 0.5
"""Hours that a device's usual rate weighs beside those of its run.

A level in whole points says little about the first minutes of a run.
"""

USUAL_SHRINK: Final = 2.0
"""Hours that the population's rate weighs beside those of the device."""

USUAL: Final = {False: -4.0, True: 30.0}
"""The population's rate (%/h) on battery and plugged."""

TOP: Final = 97.0
"""The level (%) above which a plugged battery tells nothing of its charger."""


@dataclass(slots=True)
class Rates:
    """The rate of the current run, shrunk towards the usual one, in %/h.

    A run is a stretch of time without a gap and without a change of power source.
    At first there is none, and the population's usual rates hold.
    """

    _change: float = 0.0
    _hours: float = 0.0
    _all_change: list[float] = field(default_factory=lambda: [0.0, 0.0])
    """What all runs added, in points: on battery, and plugged."""

    _all_hours: list[float] = field(default_factory=lambda: [0.0, 0.0])
    """How long they took."""

    def restart(self) -> None:
        """Begin a new run."""
        self._change = self._hours = 0.0

    def advance(
        self, hours: float, change: float, level: float, *, plugged: bool
    ) -> None:
        """Take in one step of the current run.

        Args:
            hours: How long the step took.
            change: What it added, in points.
            level: The level (%) that it led to.
            plugged: Whether external power was present.
        """
        kept = 0.5 ** (hours / RUN_HALF_LIFE)
        self._change = self._change * kept + change
        self._hours = self._hours * kept + hours
        if not plugged or level <= TOP:
            self._all_change[plugged] += change
            self._all_hours[plugged] += hours

    def usual(self, *, plugged: bool) -> float:
        """Return the device's usual rate on one power source."""
        return (self._all_change[plugged] + USUAL_SHRINK * USUAL[plugged]) / (
            self._all_hours[plugged] + USUAL_SHRINK
        )

    def current(self, *, plugged: bool) -> float:
        """Return the rate of the current run, which is on this power source."""
        shrunk = self._change + RUN_SHRINK * self.usual(plugged=plugged)
        return shrunk / (self._hours + RUN_SHRINK)
