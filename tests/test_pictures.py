"""What is drawn of a battery: its past as lines, and the one thing to say."""

from datetime import UTC, datetime, timedelta
from itertools import takewhile

import pytest

from custom_components.power_scheduler.core.battery import Battery
from custom_components.power_scheduler.core.sample import PowerSource, Reading, Sample
from custom_components.power_scheduler.core.snapshot import (
    DevicePower,
    DeviceSettings,
    Snapshot,
)
from custom_components.power_scheduler.pasts import BACK, Pasts
from custom_components.power_scheduler.pictures import (
    Pictures,
    ProspectKind,
    picture,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def battery(
    *levels: float, source: PowerSource | None = None, reserve: float = 10
) -> Battery:
    """Return a battery that told some levels, ten minutes apart, the last one now."""
    told = Battery(DeviceSettings(reserve=reserve), UTC)
    plugged = source.plugged if source else None
    for number, level in enumerate(levels, start=1):
        at = NOW - (len(levels) - number) * timedelta(minutes=10)
        told.record(Reading(sample=Sample(at, level, plugged), source=source))
    return told


def power(
    *levels: float,
    source: PowerSource | None = None,
    reserve: float = 10,
    later: timedelta = timedelta(0),
) -> DevicePower:
    """Return what is known of a battery that told some levels."""
    return battery(*levels, source=source, reserve=reserve).glance(NOW + later)


FALLING = (80.0, 79.0, 78.0, 76.0, 75.0, 74.0, 72.0)
SLOW = (80.0, 80.0, 80.0, 80.0, 80.0, 80.0, 79.0)


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        (DevicePower(settings=DeviceSettings()), "unknown"),
        (power(50, later=72 * HOUR), "stale"),
        (power(*FALLING, source=PowerSource.BATTERY, reserve=60), "reserve_at"),
        (power(*FALLING, source=PowerSource.BATTERY, reserve=1), "runs_out_at"),
        (power(*SLOW, source=PowerSource.BATTERY), "lasts"),
        (power(12, 11, 10, source=PowerSource.BATTERY), "below_reserve"),
        (power(100, source=PowerSource.FULL), "full"),
        (power(80, 80, source=PowerSource.IDLE), "idle"),
        (power(20, 40, 60, source=PowerSource.CHARGING), "full_at"),
        (power(20, source=PowerSource.CHARGING), "charging"),
        (DevicePower(settings=DeviceSettings(), level=50, plugged=False), "learning"),
        (
            DevicePower(
                settings=DeviceSettings(),
                level=50,
                plugged=False,
                empty_at=NOW,
                estimated_by_device=True,
            ),
            "empty_at",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_there_is_one_thing_to_say_of_every_battery(
    seen: DevicePower, kind: str
) -> None:
    """And it never is an invented number."""
    assert picture(seen, NOW).prospect.kind == ProspectKind(kind)


def test_the_reserve_is_reached_where_the_line_crosses_it() -> None:
    """Card and chart agree: the told moment lies between the points around it."""
    drawn = picture(power(*FALLING, source=PowerSource.BATTERY, reserve=60), NOW)
    at = drawn.prospect.at
    assert at is not None
    before = [o.level for moment, o in drawn.forecast if moment <= at]
    after = [o.level for moment, o in drawn.forecast if moment > at]
    assert min(before) > 60 >= after[0]
    assert drawn.prospect.earliest is not None
    assert drawn.prospect.earliest <= at


@pytest.mark.parametrize("reserve", range(0, 70, 5))
@pytest.mark.parametrize("seen", [FALLING, SLOW, (52.0, 49.0, 46.0, 43.0)])
def test_a_card_does_not_contradict_the_entity(
    seen: tuple[float, ...], reserve: float
) -> None:
    """It promises nothing beyond the moment that *Runs out at* tells."""
    told = power(*seen, source=PowerSource.BATTERY, reserve=reserve)
    prospect = picture(told, NOW).prospect
    assert told.empty_at is not None
    if prospect.kind is not ProspectKind.BELOW_RESERVE:
        assert prospect.at is not None
        assert prospect.at <= told.empty_at
    if prospect.kind is ProspectKind.RUNS_OUT_AT:
        assert prospect.at == told.empty_at
        # Nor does it keep back that it comes down to the reserve before, or may.
        curve = picture(told, NOW).forecast
        above = [at for at, o in takewhile(lambda row: row[1].p10 > reserve, curve)]
        below = [at for at, o in curve if o.p10 <= reserve]
        assert told.level is not None
        steady = NOW + (told.empty_at - NOW) * (1 - reserve / told.level)
        assert prospect.earliest is not None
        assert prospect.earliest <= min([steady, *below])
        assert prospect.earliest == steady or above[-1] < prospect.earliest


def test_an_old_reading_has_no_future() -> None:
    """Nor has a silent device."""
    assert picture(power(50, later=72 * HOUR), NOW).forecast == ()
    assert picture(DevicePower(settings=DeviceSettings()), NOW).forecast == ()


def test_a_gap_of_which_nothing_is_known_splits_the_line() -> None:
    """Ten hours away and 60 points less: who knows what happened."""
    pasts = Pasts()
    for hours, level in ((20, 90), (19, 88), (9, 28), (8, 26)):
        pasts.add("a", Sample(NOW - hours * HOUR, level))
    runs = pasts.runs("a", NOW)
    assert [[s.level for s in run] for run in runs] == [[90, 88], [28, 26]]
    assert pasts.runs("b", NOW) == []


def test_a_talkative_device_is_thinned() -> None:
    """A day of readings every ten seconds is drawn with a few hundred points."""
    pasts = Pasts()
    for k in range(2 * 8640):
        at = NOW - timedelta(days=2) + k * timedelta(seconds=10)
        pasts.add("a", Sample(at, 100 - k / 200))
    (run,) = pasts.runs("a", NOW)
    assert len(run) <= 290
    assert run[0].at >= NOW - BACK - timedelta(minutes=5)
    assert run[-1].at == NOW - timedelta(seconds=10)


def test_a_picture_is_kept_until_there_is_news() -> None:
    """Forecasts take time: a minute alone makes no new one, a reading does."""
    pictures, told = Pictures(), battery(*FALLING, source=PowerSource.BATTERY)
    minute = timedelta(minutes=1)

    def look(now: datetime) -> datetime:
        """Return when the picture was made that is shown now."""
        return pictures.of(Snapshot(now, {"a": told.glance(now)}), ["a"])["a"].at

    assert look(NOW) == NOW
    assert look(NOW + minute) == NOW
    sample = Sample(NOW + minute, 71, plugged=False)
    told.record(Reading(sample=sample, source=PowerSource.BATTERY))
    assert look(NOW + 2 * minute) == NOW + 2 * minute
    assert look(NOW + 7 * minute) == NOW + 7 * minute
