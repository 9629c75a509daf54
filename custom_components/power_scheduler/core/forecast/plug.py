"""Whether external power is present, told or inferred."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ..sample import Sample

CHANGE: Final = 1.0
"""Points that a level has to move before it tells the power source."""

JUMP: Final = 15.0
"""Points that no battery gains or loses within JUMP_TIME by itself."""

JUMP_TIME: Final = timedelta(minutes=10)


def is_jump(before: Sample, after: Sample) -> bool:
    """Say whether a step is no rate but a new start, such as a swapped battery."""
    return (
        abs(after.level - before.level) >= JUMP
        and after.at - before.at <= JUMP_TIME
        and after.plugged is not True
    )


@dataclass(slots=True)
class Plug:
    """Follows one device's power source; knows nothing of it at first."""

    _plugged: bool | None = None
    _level: float | None = None

    def observe(self, sample: Sample, *, jumped: bool) -> bool | None:
        """Take in the next sample, and return what is known of external power.

        Without a flag, the last change of a point or more tells: up is plugged.
        A jump tells nothing.
        """
        moved = 0.0 if self._level is None or jumped else sample.level - self._level
        if sample.plugged is not None:
            self._plugged = sample.plugged
        elif abs(moved) >= CHANGE:
            self._plugged = moved > 0
        elif self._level is not None and not jumped:
            return self._plugged
        self._level = sample.level
        return self._plugged
