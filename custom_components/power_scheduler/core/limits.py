"""Power states, and what a device may do in each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

HYSTERESIS: Final = 2.0
"""Points above its bound at which a state is left upwards, so that it does not flap."""

FALLING: Final = -1.0
"""Rate in %/h below which a plugged device counts as losing level.

A full battery that tops itself up drops a point now and then; that is no loss.
"""


class PowerState(StrEnum):
    """How much a battery can stand, from least to most."""

    CRITICAL = "critical"
    LOW = "low"
    NORMAL = "normal"
    OPTIMAL = "optimal"


_RANKED: Final = tuple(PowerState)
_BELOW_OPTIMAL: Final = _RANKED[:-1]


class LimitsError(ValueError):
    """Limits that are no ascending partition."""

    def __init__(self, state: PowerState, field: str, text: str) -> None:
        """Name the row and the field that does not fit the next row."""
        super().__init__(text)
        self.state = state
        self.field = field


@dataclass(frozen=True, slots=True)
class StateLimits:
    """What a device may do in one power state."""

    up_to: float
    """The highest level (%) that belongs to this state."""

    cpu: float
    """The share of the processor that may be in use (0 to 1)."""

    memory: float
    """The share of memory that may be in use (0 to 1)."""

    network: float
    """The share of the link that may be in use (0 to 1)."""

    concurrency: int
    """How many tasks may run at once."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of every power state: a partition of the levels 0..100 %."""

    states: Mapping[PowerState, StateLimits]

    def __post_init__(self) -> None:
        """Refuse a table that is no ascending partition, with a LimitsError."""
        rows = [self.states[state] for state in PowerState]
        for state, lower, upper in zip(PowerState, rows, rows[1:], strict=False):
            if not 0 <= lower.up_to < upper.up_to:
                text = f"the level of {state} must lie below the next one's"
                raise LimitsError(state, "up_to", text)
            for field in ("cpu", "memory", "network", "concurrency"):
                if getattr(lower, field) > getattr(upper, field):
                    text = f"{state} may not allow more {field} than the next state"
                    raise LimitsError(state, field, text)
        if rows[-1].up_to != 100:
            text = "the highest state must reach to 100 %"
            raise LimitsError(PowerState.OPTIMAL, "up_to", text)

    def state(
        self, level: float, *, on_power: bool, held: PowerState | None = None
    ) -> PowerState:
        """Return the state that a level belongs to; external power makes it optimal.

        Args:
            level: In %.
            on_power: Whether external power carries the device.
            held: The state until now, which reaches a little higher.
        """
        if not on_power:
            for state in _BELOW_OPTIMAL:
                if level <= self.states[state].up_to or (
                    state is held and level <= self._reach(state)
                ):
                    return state
        return PowerState.OPTIMAL

    def with_bounds(self, critical: float, low: float, normal: float) -> Self:
        """Return the same limits over other bounds (%).

        Raises:
            LimitsError: The bounds do not ascend below 100.
        """
        bounds = dict(zip(PowerState, (critical, low, normal, 100.0), strict=True))
        return replace(
            self,
            states={s: replace(self.states[s], up_to=bounds[s]) for s in PowerState},
        )

    def held(self, state: PowerState | None) -> Self:
        """Return the limits in force while a state is held: its bound is higher."""
        if state is None or state is PowerState.OPTIMAL:
            return self
        held = replace(self.states[state], up_to=self._reach(state))
        return replace(self, states={**self.states, state: held})

    def _reach(self, state: PowerState) -> float:
        """Return the highest level (%) that belongs to a state below optimal, if held.

        It stays clear of the next bound, so that narrow states keep their place.
        """
        top = self.states[state].up_to
        above = self.states[_RANKED[_RANKED.index(state) + 1]].up_to
        return min(top + HYSTERESIS, (top + above) / 2)


DEFAULT_LIMITS: Final = Limits(
    {
        PowerState.CRITICAL: StateLimits(15, 0.3, 0.5, 0.2, 1),
        PowerState.LOW: StateLimits(30, 0.5, 0.7, 0.4, 2),
        PowerState.NORMAL: StateLimits(50, 0.7, 0.8, 0.6, 3),
        PowerState.OPTIMAL: StateLimits(100, 0.9, 0.9, 0.8, 4),
    }
)


def on_power(*, plugged: bool | None, rate: float | None) -> bool:
    """Say whether external power carries a device: plugged and not losing level.

    Args:
        plugged: Whether external power is present.
        rate: The level's rate in %/h, or None when it is not known.
    """
    return plugged is True and (rate is None or rate >= FALLING)
