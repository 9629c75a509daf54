"""What is known of a device beyond the present moment."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from .charger import Charger
from .grid import NO_PAST, PER_HOUR, Past
from .library import POPULATION, Library
from .rate import USUAL
from .similarity import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What a model has learnt of a device; by default, nothing."""

    zone: tzinfo = UTC
    """The local time that days are counted in."""

    past: Past = NO_PAST
    usual: tuple[float, float] = (USUAL[False], USUAL[True])
    """The usual rates on battery and plugged, in %/h."""

    charger: Charger = field(default_factory=Charger)
    steady: float | None = None
    """The mean rate (%/h) of a battery that hardly moves; else None."""

    standby: bool = False
    """Whether the battery only bridges outages: nobody unplugs it."""

    still: bool = False
    """Whether it is plugged in and does not charge."""

    unfailing: bool = True
    """Whether no time without power is known of in its last two weeks."""

    library: Library = POPULATION

    def situation(
        self, at: datetime, level: float, rate: float | None, *, plugged: bool
    ) -> Situation:
        """Return what a forecast starts from.

        Args:
            at: The moment.
            level: The level (%) then.
            rate: The rate (%/h) then, or None for the usual one.
            plugged: Whether external power is present.
        """
        local = at.astimezone(self.zone)
        return Situation(
            level=level,
            rate=self.usual[plugged] if rate is None else rate,
            plugged=plugged,
            quarter=PER_HOUR * (local.hour + local.minute / 60),
            drain=self.usual[False],
            docked=self.past.docked,
        )
