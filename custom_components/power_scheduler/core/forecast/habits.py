"""What is known of a device beyond the present moment."""

from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from .charger import Charger
from .grid import NO_PAST, Past
from .library import POPULATION, Library
from .rate import USUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What a model has learnt of a device; by default, nothing."""

    zone: tzinfo = UTC
    """The local time that days are counted in."""

    past: Past = NO_PAST
    usual: tuple[float, float] = (USUAL[False], USUAL[True])
    """The usual rates on battery and plugged, in %/h."""

    charger: Charger = field(default_factory=Charger)
    slow: float | None = None
    """The mean rate (%/h) of a battery that lasts for months; else None."""

    library: Library = POPULATION
