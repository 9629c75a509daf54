"""A battery remembers what matters, and doubts what can't be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, strategies as st
import pytest

from custom_components.power_scheduler.core.battery import Battery
from custom_components.power_scheduler.core.forecast import Window
from custom_components.power_scheduler.core.limits import PowerState
from custom_components.power_scheduler.core.sample import (
    Estimate,
    PowerSource,
    Reading,
    Sample,
    Usage,
)
from custom_components.power_scheduler.core.snapshot import (
    DevicePower,
    DeviceSettings,
    foresee,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(minutes: float) -> datetime:
    """Return a moment some minutes after the start."""
    return START + timedelta(minutes=minutes)


def reading(
    minutes: float, level: float, source: PowerSource | None = PowerSource.BATTERY
) -> Reading:
    """Return a reading some minutes after the start."""
    plugged = source.plugged if source else None
    return Reading(sample=Sample(at(minutes), level, plugged), source=source)


def battery(*readings: Reading) -> Battery:
    """Return a battery that has told some readings."""
    followed = Battery(DeviceSettings(), UTC)
    for one in readings:
        followed.record(one)
    return followed


def look(followed: Battery, now: datetime, window: timedelta) -> DevicePower:
    """Return a battery with all that is known of it."""
    return foresee(followed.glance(now), window)


def test_nothing_is_known_of_a_battery_that_never_spoke() -> None:
    """Every answer is unknown, none a number."""
    power = look(battery(), START, HOUR)
    assert not power.known
    assert (power.level, power.age, power.state, power.outlook) == (None,) * 4


def test_a_silent_device_tells_no_level() -> None:
    """Unavailable is not the last level, until it speaks again."""
    followed = battery(reading(0, 50))
    followed.lose()
    silent = look(followed, at(1), HOUR)
    assert (silent.level, silent.known, silent.age) == (None, False, at(1) - START)
    followed.record(reading(2, 50))
    assert look(followed, at(3), HOUR).known


def test_a_level_that_may_be_restored_keeps_its_age() -> None:
    """What appears at a start just as it was is no news until it is told again."""
    followed = Battery(DeviceSettings(), UTC)
    assert followed.tracker.record(Sample(at(0), 50, plugged=False))
    appeared = replace(reading(400, 50), appeared_at=at(400))
    assert followed.record(appeared) is None
    assert look(followed, at(401), HOUR).stale
    followed.record(reading(402, 50))
    assert look(followed, at(403), HOUR).known


def test_a_stale_reading_says_nothing_of_now() -> None:
    """After six hours the level is shown, but no state and no forecast."""
    power = look(battery(reading(0, 50)), START + timedelta(hours=7), HOUR)
    assert (power.level, power.stale, power.known) == (50, True, False)
    assert (power.state, power.outlook, power.forecast) == (None, None, None)


def test_what_is_known_of_a_silent_device_serves_a_dry_run() -> None:
    """Its habits and the home's time, but neither its rate nor its level."""
    zone = timezone(9 * HOUR)
    followed = Battery(DeviceSettings(), zone)
    new = followed.glance(START).past
    assert new is not None
    assert new.habits.zone == zone
    for k in range(13):
        followed.record(reading(10 * k, 60 - 2 * k))
    assert followed.glance(at(121)).past is None
    late = followed.glance(START + timedelta(hours=9))
    assert late.past is not None
    assert late.past.rate is None
    assert late.past.habits.usual[False] < -5
    followed.lose()
    assert followed.glance(at(121)).past is not None


def test_a_device_that_seldom_speaks_is_stale_later() -> None:
    """Three of its own gaps may pass, but never more than two days."""
    followed = battery(*(reading(60 * 10 * k, 90 - k) for k in range(5)))
    last = at(60 * 40)
    assert not look(followed, last + timedelta(hours=29), HOUR).stale
    assert look(followed, last + timedelta(hours=49), HOUR).stale


def test_a_reading_gives_state_rate_and_forecast() -> None:
    """A falling battery is seen to fall."""
    followed = battery(*(reading(10 * k, 60 - 2 * k) for k in range(13)))
    power = look(followed, at(121), HOUR)
    assert power.state is PowerState.NORMAL
    assert power.source is PowerSource.BATTERY
    assert power.rate is not None
    assert -16 < power.rate < -6
    assert power.outlook is not None
    assert power.outlook.level < 36
    assert power.empty_at is not None
    assert power.full_at is None
    assert not power.estimated_by_device


def test_the_state_is_held_above_its_bound() -> None:
    """A level that creeps back over the bound stays low for two points."""
    followed = battery(reading(0, 30), reading(60, 31))
    assert look(followed, at(61), HOUR).state is PowerState.LOW
    assert look(followed, at(61), HOUR).limits.state(31.5, on_power=False) == "low"
    followed.record(reading(120, 33))
    assert look(followed, at(121), HOUR).state is PowerState.NORMAL


def test_a_sudden_nought_waits_for_a_second_report() -> None:
    """Devices say 0 when they restart."""
    followed = battery(reading(0, 60), reading(5, 0))
    assert look(followed, at(5), HOUR).level == 60
    assert followed.record(reading(5, 0)) is None
    followed.record(reading(6, 59))
    assert look(followed, at(6), HOUR).level == 59
    followed.record(reading(7, 0))
    followed.record(reading(8, 0))
    assert look(followed, at(8), HOUR).level == 0


def test_a_plug_does_not_confirm_a_sudden_nought() -> None:
    """A phone that starts on its charger has told its 0 but once."""
    followed = battery(reading(0, 60), replace(reading(5, 0), appeared_at=at(5)))
    plugged = reading(6, 0, PowerSource.CHARGING)
    assert followed.record(replace(plugged, appeared_at=at(5))) is None
    assert look(followed, at(6), HOUR).level == 60
    followed.record(plugged)
    assert look(followed, at(6), HOUR).level == 0


def test_of_a_reading_that_is_doubted_nothing_is_believed() -> None:
    """A device that says 0 knows no more of its power source and use."""
    busy, idle = Usage(cpu=1.0), Usage(cpu=0.1)
    charging = reading(0, 60, PowerSource.CHARGING)
    followed = battery(replace(charging, usage=idle))
    followed.record(replace(reading(5, 0), usage=busy))
    power = look(followed, at(6), HOUR)
    assert (power.source, power.plugged) == (PowerSource.CHARGING, True)
    assert power.usage == idle
    followed.record(replace(reading(7, 0), usage=busy))
    power = look(followed, at(7), HOUR)
    assert (power.source, power.plugged) == (PowerSource.BATTERY, False)
    assert power.usage == busy


@pytest.mark.parametrize(("before", "minutes"), [(4, 5), (60, 30)])
def test_a_nought_that_can_be_is_believed(before: float, minutes: float) -> None:
    """From 4 % or after half an hour, a battery may be empty."""
    followed = battery(reading(0, before), reading(minutes, 0))
    assert look(followed, at(minutes), HOUR).level == 0


def test_only_news_is_kept() -> None:
    """A change is kept at once, an unchanged level every twenty minutes."""
    followed = battery()
    kept = [
        followed.record(one) is not None
        for one in (
            reading(0, 50),
            reading(1, 50),
            reading(2, 49),
            reading(3, 49, PowerSource.CHARGING),
            reading(22, 49, PowerSource.CHARGING),
            reading(23.5, 49, PowerSource.CHARGING),
            reading(23.5, 49, PowerSource.CHARGING),
            reading(20, 49, PowerSource.CHARGING),
        )
    ]
    assert kept == [True, False, True, True, False, True, False, False]


def test_usage_is_taken_even_when_the_level_is_old_news() -> None:
    """The processor changes more often than the battery."""
    followed = battery(reading(0, 50))
    busy = Reading(sample=Sample(at(0), 50, plugged=False), usage=Usage(cpu=0.9))
    assert followed.record(busy) is None
    assert look(followed, at(1), HOUR).usage.cpu == 0.9


@pytest.mark.parametrize(
    ("source", "minutes", "told"),
    [
        (PowerSource.BATTERY, 10, True),
        (PowerSource.BATTERY, 31, False),
        (PowerSource.CHARGING, 10, True),
    ],
)
def test_a_fresh_estimate_of_the_device_wins(
    source: PowerSource, minutes: float, *, told: bool
) -> None:
    """A UPS knows its runtime better than we, for half an hour."""
    followed = battery()
    for k in range(3):
        followed.record(
            Reading(
                sample=Sample(at(10 * k), 50, plugged=source.plugged),
                source=source,
                empty=Estimate(at(500), told_at=at(10 * k)),
                full=Estimate(at(600), told_at=at(10 * k)),
            )
        )
    power = look(followed, at(20 + minutes), HOUR)
    assert power.estimated_by_device is told
    if told and source is PowerSource.BATTERY:
        assert (power.empty_at, power.full_at) == (at(500), None)
    if told and source is PowerSource.CHARGING:
        assert (power.empty_at, power.full_at) == (None, at(600))


@pytest.mark.parametrize(
    ("told_at", "end", "now"),
    [(60, 70, 75), (60, 70, 70), (20, 500, 60), (60, 60 * 24 * 4000, 60)],
    ids=["past", "now", "old", "never"],
)
def test_an_estimate_that_has_run_out_is_none(
    told_at: float, end: float, now: float
) -> None:
    """It ages by itself, however fresh the level; what is over or never is none."""
    followed = battery(*(reading(10 * k, 60 - 2 * k) for k in range(7)))
    empty = Estimate(at(end), told_at=at(told_at))
    last = reading(60, 48)
    followed.record(replace(last, empty=empty))
    power = look(followed, at(now), HOUR)
    assert not power.estimated_by_device
    assert power.empty_at is not None
    assert power.empty_at > at(now)


@pytest.mark.parametrize(
    ("levels", "plugged", "source"),
    [
        ((50, 50), False, PowerSource.BATTERY),
        ((99, 99), True, PowerSource.FULL),
        ((40, 48), True, PowerSource.CHARGING),
        ((80, 80), True, PowerSource.IDLE),
    ],
)
def test_the_source_shows_in_plug_and_level(
    levels: tuple[float, float], source: PowerSource, *, plugged: bool
) -> None:
    """A plug alone does not say whether the battery charges; its level does."""
    followed = Battery(DeviceSettings(), UTC)
    for k in range(13):
        level = levels[0] + (levels[1] - levels[0]) * k / 12
        followed.record(Reading(sample=Sample(at(10 * k), level, plugged=plugged)))
    assert look(followed, at(121), HOUR).source is source


@pytest.mark.parametrize(
    ("level", "source"), [(100, PowerSource.FULL), (80, PowerSource.IDLE)]
)
def test_what_does_not_charge_does_not_rise(level: float, source: PowerSource) -> None:
    """A battery that stands still has no trend, whatever is usual for it."""
    followed = battery(*(reading(10 * k, level, source) for k in range(13)))
    assert look(followed, at(121), HOUR).rate == 0


def test_what_has_just_stopped_charging_gets_full_at_no_time() -> None:
    """A phone says so at once at its charge limit, long before its level shows it."""
    followed = battery(
        *(reading(5 * k, 40 + k, PowerSource.CHARGING) for k in range(40))
    )
    assert look(followed, at(196), HOUR).full_at is not None
    followed.record(reading(200, 80, PowerSource.IDLE))
    assert look(followed, at(201), HOUR).full_at is None


def test_a_level_that_stands_has_no_trend_though_it_is_said_to_charge() -> None:
    """Many laptops say so as long as they are plugged in, at a charge limit too."""
    followed = battery(
        *(reading(10 * k, 60 + k, PowerSource.CHARGING) for k in range(20))
    )
    rising = look(followed, at(190), HOUR).rate
    assert rising is not None
    assert rising > 5
    for k in range(20, 28):
        followed.record(reading(10 * k, 79, PowerSource.CHARGING))
    power = look(followed, at(271), HOUR)
    assert (power.source, power.rate) == (PowerSource.CHARGING, 0)


@pytest.mark.parametrize(("points", "minutes"), [(1, 120), (5, 75), (10, 90)])
@pytest.mark.parametrize("source", [PowerSource.CHARGING, None])
def test_a_level_that_rises_by_steps_rises_between_them_too(
    points: int, minutes: int, source: PowerSource | None
) -> None:
    """A big battery is slow, and many sensors are coarse; until it stands for long."""
    followed = Battery(DeviceSettings(), UTC)

    def tell(minute: int, level: float) -> DevicePower:
        """Let the battery tell a level on its charger."""
        sample = Sample(at(minute), level, plugged=True)
        followed.record(Reading(sample=sample, source=source))
        return look(followed, at(minute), HOUR)

    top = 5 * minutes
    for minute in range(0, top + 3 * minutes // 2, 5):
        power = tell(minute, 20 + points * min(5, minute // minutes))
        if minute > minutes:
            assert power.source is PowerSource.CHARGING
            assert power.rate is not None
            assert power.rate > 0
    assert tell(top + 2 * minutes + 5, power.level or 0).rate == 0


@pytest.mark.parametrize(
    "levels",
    [
        [79, 80, *[80] * 5, 79, *[79] * 5, 80, *[80] * 7],
        [78, 79, *[79] * 30, 80, *[80] * 7],
    ],
    ids=["it fell", "it stood"],
)
@pytest.mark.parametrize("source", [PowerSource.CHARGING, None])
def test_a_level_that_rises_at_its_limit_has_taken_no_step(
    levels: list[float], source: PowerSource | None
) -> None:
    """It does by a point, after hours or a fall, and stands."""
    followed = Battery(DeviceSettings(), UTC)
    for k, level in enumerate(levels):
        sample = Sample(at(10 * k), level, plugged=True)
        followed.record(Reading(sample=sample, source=source))
    power = look(followed, at(10 * len(levels)), HOUR)
    assert power.rate == 0
    assert power.source is (source or PowerSource.IDLE)


def test_a_device_that_names_its_charging_is_idle_without_that_name() -> None:
    """At once; of one that never named it, the level tells."""
    for named in (True, False):
        source = PowerSource.CHARGING if named else None
        followed = battery(*(reading(10 * k, 60 + 2 * k, source) for k in range(18)))
        resting = Sample(at(175), 94, plugged=True)
        followed.record(Reading(sample=resting, wordless=True))
        power = look(followed, at(176), HOUR)
        assert (power.source is PowerSource.IDLE) is named
        assert (power.full_at is None) is named
        followed.record(Reading(sample=Sample(at(178), 95, plugged=True)))
        assert look(followed, at(179), HOUR).source is PowerSource.CHARGING


def test_a_ups_that_rests_does_so_until_it_is_known_to_charge() -> None:
    """Its level is its limit, unless charging is known to come within the plan."""
    followed = Battery(DeviceSettings(standby=True), UTC)
    followed.record(Reading(sample=Sample(at(0), 90, plugged=True), wordless=True))
    forecast = look(followed, at(1), HOUR).forecast
    assert forecast is not None
    for ahead, rises in ((None, False), (-3, False), (8, True), (200, False)):
        begin = at(60 * ahead) if ahead else at(0)
        windows = [Window(begin, begin + HOUR)] if ahead else []
        path = forecast.path(HOUR, 11, 0.7, windows)
        assert (path.ceiling > 90) is rises


def test_the_past_alone_gives_state_and_trend() -> None:
    """After a restart, what the store kept is enough."""
    followed = Battery(DeviceSettings(), UTC)
    for k in range(13):
        assert followed.tracker.record(Sample(at(10 * k), 60 - 2 * k, plugged=False))
    assert not followed.tracker.record(Sample(at(0), 60, plugged=False))
    power = look(followed, at(121), HOUR)
    assert power.state is PowerState.NORMAL
    assert power.rate is not None
    assert power.usage == Usage()
    assert followed.tracker.last == Sample(at(120), 36, plugged=False)


@given(
    st.lists(
        st.tuples(
            st.floats(0, 3000), st.floats(0, 100), st.sampled_from([True, False, None])
        ),
        max_size=40,
    ),
    st.floats(0, 6000),
)
def test_no_readings_make_a_number_from_nothing(
    told: list[tuple[float, float, bool | None]], later: float
) -> None:
    """Whatever a device tells in whatever order, answers stay within bounds."""
    followed = Battery(DeviceSettings(), UTC)
    for minutes, level, plugged in told:
        followed.record(Reading(sample=Sample(at(minutes), level, plugged=plugged)))
    now = max(at(later), followed.tracker.last.at if followed.tracker.last else START)
    power = look(followed, now, HOUR)
    if not power.known:
        assert (power.state, power.outlook, power.rate) == (None, None, None)
    elif power.outlook is not None:
        outlook = power.outlook
        assert 0 <= outlook.p10 <= outlook.level <= outlook.p90 <= 100
        assert 0 <= outlook.probability <= 1
