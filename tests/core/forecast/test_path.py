"""Whole paths of a level, for planning."""

from dataclasses import replace
from datetime import timedelta
from itertools import accumulate

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.power_scheduler.core.forecast import Forecast, Path, Window
from custom_components.power_scheduler.core.sample import Sample

from .histories import HOUR, START, at, forecast, line, phone, samples

SLOT = timedelta(minutes=10)
PHONE = forecast([*phone(14), Sample(at(14 * 24), 57, plugged=True)])
DAYTIME = forecast([*phone(14)][:-40])
"""13:00 of the last day; on battery."""

slots = st.sampled_from([timedelta(minutes=m) for m in (5, 10, 15)])
shares = st.floats(0, 1)
windows = st.lists(
    st.tuples(st.floats(0, 40), st.floats(0, 6)).map(
        lambda w: Window(PHONE.at + w[0] * HOUR, PHONE.at + (w[0] + w[1]) * HOUR)
    ),
    max_size=3,
)


def levels(path: Path) -> list[float]:
    """Return the levels (%) of a path at the edges of its slots."""
    steps = accumulate(
        path.changes,
        lambda level, change: min(path.ceiling, max(0.0, level + change)),
        initial=path.level,
    )
    return list(steps)


@settings(max_examples=40, deadline=None)
@given(
    one=shares,
    other=shares,
    slot=slots,
    charging=windows,
    level=st.floats(0, 100),
    plugged=st.booleans(),
)
def test_more_confidence_never_means_more_level(
    *,
    one: float,
    other: float,
    slot: timedelta,
    charging: list[Window],
    level: float,
    plugged: bool,
) -> None:
    """The path that more futures keep lies below, all the way."""
    made = PHONE.supposing(level=level, plugged=plugged)
    surer, bolder = (
        levels(made.path(slot, 144, confidence, charging))
        for confidence in (max(one, other), min(one, other))
    )
    assert len(surer) == len(bolder)
    assert np.all(np.array(surer) <= np.array(bolder) + 1e-9)


@settings(max_examples=40, deadline=None)
@given(
    confidence=shares,
    slot=slots,
    charging=windows,
    level=st.floats(0, 100),
    plugged=st.booleans() | st.none(),
)
def test_a_path_has_a_change_and_a_flag_for_each_slot(
    *,
    confidence: float,
    slot: timedelta,
    charging: list[Window],
    level: float,
    plugged: bool | None,
) -> None:
    """The shape holds whatever is asked."""
    made = replace(PHONE, level=level, plugged=plugged)
    path = made.path(slot, 100, confidence, charging)
    assert len(path.changes) == len(path.plugged) == 100
    assert path.level == level <= path.ceiling <= 100
    assert np.all(np.isfinite(path.changes))


@pytest.mark.parametrize("hours", [1, 3, 6, 12, 15, 20])
def test_a_path_agrees_with_the_outlook(hours: int) -> None:
    """Plan and sensor tell the same future."""
    outlook = DAYTIME.outlook(hours * HOUR, 10)
    assert outlook is not None
    for confidence, level in ((0.5, outlook.level), (0.9, outlook.p10)):
        path = levels(DAYTIME.path(SLOT, 144, confidence))
        assert path[hours * 6] == pytest.approx(level, abs=1.01)


def test_a_path_ends_where_nothing_is_known() -> None:
    """Twelve hours without a past, and with known charging none beyond its leg."""
    new = Forecast(START, 50, plugged=False, rate=None)
    assert len(new.path(SLOT, 144, 0.7).changes) == 72
    window = Window(at(13), at(14))
    assert len(new.path(SLOT, 144, 0.7, [window]).changes) == 72
    window = Window(at(5), at(6))
    assert len(new.path(SLOT, 144, 0.7, [window]).changes) == 36 + 72
    assert new.path(SLOT, 0, 0.7).changes == ()


def test_known_charging_charges_at_the_devices_own_speed() -> None:
    """21.5 %/h up to the taper, as this phone shows every night."""
    window = Window(DAYTIME.at + HOUR, DAYTIME.at + 2 * HOUR)
    path = DAYTIME.path(SLOT, 18, 0.7, [window])
    assert path.plugged == (False,) * 6 + (True,) * 6 + (False,) * 6
    gained = sum(path.changes[6:12])
    assert gained == pytest.approx(DAYTIME.charger.bulk, rel=0.01)
    assert gained == pytest.approx(21.5, rel=0.15)
    assert sum(path.changes[12:]) < 0


def test_charging_tapers_towards_the_ceiling_and_ends_there() -> None:
    """The last fifth takes longer, and nothing is charged beyond."""
    window = Window(START, at(5))
    made = Forecast(START, 70, plugged=False, rate=None)
    path = made.path(timedelta(minutes=15), 16, 0.7, [window])
    rise = np.diff(levels(path))
    assert rise[0] == pytest.approx(30 / 4)
    assert rise[3] == pytest.approx(0.6 * 30 / 4)
    assert levels(path)[-1] == 100


def test_a_full_plugged_device_has_its_charger_to_spare() -> None:
    """A task on it is free: the changes say what the charger could add."""
    made = Forecast(START, 100, plugged=True, rate=0.0)
    path = made.path(SLOT, 6, 0.5, [Window(START, at(1))])
    assert path.changes == pytest.approx((5.0,) * 6)
    assert path.plugged == (True,) * 6


def test_a_slot_that_charging_covers_in_part_is_charged_in_part() -> None:
    """It adds what it can, but a task can't count on external power."""
    made = Forecast(START, 40, plugged=False, rate=None)
    path = made.path(SLOT, 3, 0.7, [Window(START + SLOT / 2, START + 2 * SLOT)])
    assert path.plugged == (False, True, False)
    assert path.changes[0] == pytest.approx(path.changes[1] / 2)


def test_a_plugged_device_is_so_until_its_path_falls() -> None:
    """Nobody knows when it is unplugged, so a surer path falls sooner."""
    surer = PHONE.path(SLOT, 60, 0.9).plugged
    bolder = PHONE.path(SLOT, 60, 0.5).plugged
    assert surer[0]
    assert sum(surer) <= sum(bolder)
    assert not any(PHONE.path(SLOT, 60, 0.5).plugged[50:])


def test_a_device_that_is_plugged_now_is_so_in_the_first_slot() -> None:
    """What will fall is on power until it does, however sure the path is."""
    path = PHONE.supposing(level=95).path(SLOT, 6, 0.98)
    assert path.changes[0] < -1
    assert path.plugged[:2] == (True, False)


def test_a_plugged_device_stays_so_until_the_charging_that_is_known() -> None:
    """A window that begins within a slot ends no power, one that ends there does."""
    made = PHONE.supposing(level=60)
    later = Window(made.at + 0.5 * SLOT, made.at + 3 * SLOT)
    assert made.path(SLOT, 4, 0.5, [later]).plugged == (True, True, True, False)
    ending = Window(made.at - HOUR, made.at + 0.5 * SLOT)
    assert not any(made.path(SLOT, 4, 0.5, [ending]).plugged)
    within = Window(made.at + 0.2 * SLOT, made.at + 0.5 * SLOT)
    assert not any(made.path(SLOT, 4, 0.5, [within]).plugged)


@pytest.mark.parametrize("overlap", [timedelta(0), 2.5 * SLOT])
def test_adjoining_charging_windows_are_one(overlap: timedelta) -> None:
    """Nothing is missing where one ends and the next begins within a slot."""
    start, middle, end = (DAYTIME.at + k * SLOT for k in (2, 5.5, 9))
    one = DAYTIME.path(SLOT, 18, 0.7, [Window(start, end)])
    two = [Window(middle - overlap, end), Window(start, middle)]
    assert DAYTIME.path(SLOT, 18, 0.7, two) == one


def test_charging_windows_apart_charge_each_for_its_time() -> None:
    """Two quarters of a slot are half of it, and no power to count on."""
    parts = [
        Window(DAYTIME.at + first * SLOT, DAYTIME.at + (first + 0.25) * SLOT)
        for first in (0.0, 0.5)
    ]
    path = DAYTIME.path(SLOT, 3, 0.7, parts)
    assert path.changes[0] == pytest.approx(DAYTIME.charger.bulk / 12, rel=0.01)
    assert not path.plugged[0]


def test_a_path_that_rises_clearly_is_plugged() -> None:
    """The nightly charge of a regular phone is external power, known beforehand."""
    path = DAYTIME.path(SLOT, 78, 0.6)
    assert not any(path.plugged[:54])
    assert any(path.plugged[60:])


def test_a_device_held_at_its_charge_limit_charges_no_further() -> None:
    """Plugged and idle at 80 %: that is its full."""
    told = [*line(0, 2, (40, 80), plugged=True), *line(2, 4, (80, 80), plugged=True)]
    path = forecast(told).path(SLOT, 12, 0.7)
    assert path.ceiling == 80
    assert max(levels(path)) == 80
    window = Window(at(4), at(6))
    assert forecast(told).path(SLOT, 6, 0.7, [window]).changes[0] > 2
    assert forecast(told).supposing(level=90).path(SLOT, 6, 0.7, [window]).level == 90


@pytest.mark.parametrize(
    "told",
    [
        [*line(0, 1, (40, 80), plugged=True), *line(1, 1.5, (80, 80), plugged=True)],
        line(0, 3, (30, 30), plugged=True),
        line(0, 3, (100, 100), plugged=True),
        line(0, 3, (80, 80), plugged=False),
    ],
    ids=["not for long", "too low", "full", "on battery"],
)
def test_not_every_level_that_stands_is_a_limit(told: list[Sample]) -> None:
    """A limit is one that a user would set, and takes an hour to show."""
    assert forecast(told).path(SLOT, 6, 0.7).ceiling == 100


def test_a_slow_rise_is_no_charger_at_work() -> None:
    """Hours at one level say nothing of a charger's speed."""
    told = samples((0, 60), (5, 61), (10, 62), plugged=True)
    assert forecast(told).charger.bulk == 30


def test_known_charging_is_all_the_power_that_is_promised() -> None:
    """Who says when it charges is not promised power at another time."""
    window = Window(DAYTIME.at + HOUR, DAYTIME.at + 2 * HOUR)
    assert any(DAYTIME.path(SLOT, 144, 0.3).plugged)
    promised = DAYTIME.path(SLOT, 144, 0.3, [window]).plugged
    assert [k for k, plugged in enumerate(promised) if plugged] == list(range(6, 12))
