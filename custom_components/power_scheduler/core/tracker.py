"""What the past of one battery tells, sample by sample."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from .forecast import Model
from .limits import PowerState, on_power
from .sample import Reading, Sample
from .snapshot import DeviceSettings

DOUBT_ABOVE: Final = 5.0
DOUBT_WITHIN: Final = timedelta(minutes=10)
"""A fall from above this level (%) to exactly 0 this fast waits for a second report.

Devices say 0 when they restart or know nothing.
"""


SLOWEST_STEP: Final = timedelta(hours=3)
"""How long a level may have stood to have charged: longer, and it rested."""


@dataclass(slots=True)
class Tracker:
    """Follows one battery through its samples; what it learns outlasts a restart."""

    settings: DeviceSettings
    model: Model
    state: PowerState | None = None
    """None before the first sample."""

    first_at: datetime | None = None
    """When the first sample was read."""

    rose_at: datetime | None = None
    """When the level last rose, or power came."""

    step: timedelta | None = None
    """How long the last rise took; None if the level fell before, or rested."""

    climbing: bool = False
    """Whether the level has not fallen since it last rose, or power came."""

    may_charge: bool = False
    """Whether it has risen, or been on battery, since it was first heard of."""

    names_charging: bool = False
    """Whether it was heard to name its charging; what history keeps can't tell."""

    doubted: Sample | None = field(default=None, init=False, compare=False)
    """A level that waits for a second report, but not beyond a restart."""

    @property
    def last(self) -> Sample | None:
        """The newest sample, or None when there is none."""
        return self.model.last

    def record(self, sample: Sample) -> bool:
        """Take in a sample; False if it is old news, or doubtful."""
        model = self.model
        last, plugged = model.last, model.plugged
        if self._doubts(sample) or not model.record(sample):
            return False
        if last is None:
            self.first_at = sample.at
        self._climb(last, sample, plugged=plugged)
        carried = model.plugged is True and on_power(plugged=True, rate=model.rate())
        self.state = self.settings.limits.state(
            sample.level, on_power=carried, held=self.state
        )
        return True

    def _climb(
        self, last: Sample | None, sample: Sample, *, plugged: bool | None
    ) -> None:
        """Follow how the level rises after the sample before."""
        if last is None or not plugged:
            self.rose_at, self.step, self.climbing = sample.at, None, True
            self.may_charge |= plugged is False
        elif sample.level < last.level:
            self.step, self.climbing = None, False
        elif sample.level > last.level:
            since = self.rose_at if self.climbing else None
            step = None if since is None else sample.at - since
            self.step = None if step and step > SLOWEST_STEP else step
            self.rose_at, self.climbing = sample.at, True
            self.may_charge = True

    def doubts_still(self, reading: Reading) -> bool:
        """Say whether a doubted level was not told again: a plug proves nothing."""
        doubted, told_at = self.doubted, reading.appeared_at
        return doubted is not None and told_at is not None and told_at <= doubted.at

    def _doubts(self, sample: Sample) -> bool:
        """Say whether a sample is a sudden 0 that nothing has confirmed yet."""
        last, doubted = self.model.last, self.doubted
        self.doubted = None
        if sample.level > 0 or last is None or last.level <= DOUBT_ABOVE:
            return False
        if sample.at - last.at > DOUBT_WITHIN:
            return False
        if doubted is not None and sample.at > doubted.at:
            return False
        self.doubted = sample
        return True
