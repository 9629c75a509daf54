"""What a forecast says of a moment ahead."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from custom_components.power_scheduler.core.forecast import Basis, Forecast, Outlook
from custom_components.power_scheduler.core.sample import Sample

from .histories import HOUR, START, at, forecast, line, model, phone, samples

levels = st.floats(0, 100)
hours = st.floats(0, 12)
powers = st.sampled_from([True, False, None])
drains = st.floats(0, 200)
rates = st.none() | st.floats(-200, 200)


def seen(
    made: Forecast, ahead: float, reserve: float = 20, drain: float = 0
) -> Outlook:
    """Return the outlook some hours ahead, which has to be known."""
    outlook = made.outlook(ahead * HOUR, reserve, drain)
    assert outlook is not None
    return outlook


@given(
    level=levels, plugged=powers, rate=rates, ahead=hours, reserve=levels, drain=drains
)
def test_a_single_reading_is_enough_for_a_forecast(
    *,
    level: float,
    plugged: bool | None,
    rate: float | None,
    ahead: float,
    reserve: float,
    drain: float,
) -> None:
    """Whatever the reading says, the outlook is in order and says its basis."""
    made = Forecast(START, level, plugged, rate)
    outlook = seen(made, ahead, reserve, drain)
    assert 0 <= outlook.p10 <= outlook.level <= outlook.p90 <= 100
    assert 0 <= outlook.probability <= 0.999
    assert 0 <= outlook.confidence <= 1
    assert made.basis is Basis.POPULATION


@given(
    level=levels, plugged=powers, rate=rates, ahead=hours, reserve=levels, more=drains
)
def test_a_higher_reserve_or_drain_is_never_more_likely_kept(
    *,
    level: float,
    plugged: bool | None,
    rate: float | None,
    ahead: float,
    reserve: float,
    more: float,
) -> None:
    """Less battery never helps."""
    made = Forecast(START, level, plugged, rate)
    kept = seen(made, ahead, reserve).probability
    assert seen(made, ahead, reserve + more).probability <= kept
    drained = seen(made, ahead, reserve, more)
    assert drained.probability <= kept + 1e-12
    assert drained.level <= seen(made, ahead, reserve).level


def test_a_level_below_the_reserve_is_not_kept() -> None:
    """The probability is about the whole way, which begins now."""
    assert seen(Forecast(START, 19, plugged=True, rate=40), 3).probability == 0


def test_no_time_ahead_the_level_is_the_present_one() -> None:
    """Nothing changes within no time."""
    outlook = seen(forecast(phone(3)), 0)
    assert outlook.level == outlook.p10 == outlook.p90 == 51.75


def test_a_regular_device_is_known_a_day_ahead() -> None:
    """Two weeks of the same day tell tomorrow's level."""
    made = forecast([*phone(14), Sample(at(14 * 24), 57, plugged=True)])
    assert made.basis is Basis.OWN_HISTORY
    for ahead, level in ((2, 100), (9, 92), (16, 64), (24, 57), (40, 64)):
        assert seen(made, ahead).level == pytest.approx(level, abs=8), ahead


def test_no_level_is_known_far_ahead_without_a_past() -> None:
    """The population tells 12 hours, the device's own past the rest."""
    assert Forecast(START, 50, plugged=False, rate=None).outlook(13 * HOUR, 20) is None
    assert forecast(phone(14)).outlook(15 * 24 * HOUR, 20) is None
    assert forecast(phone(14)).outlook(13 * HOUR, 20) is not None


def test_a_task_is_paid_by_the_charger() -> None:
    """A drain lowers a plugged device's chance less than that on battery."""
    plugged = Forecast(START, 60, plugged=True, rate=30)
    battery = Forecast(START, 60, plugged=False, rate=-5)
    assert seen(plugged, 1, 30, 17).probability > 0.8
    assert seen(battery, 1, 30, 27).probability < 0.5


def test_outlooks_of_equal_forecasts_are_equal() -> None:
    """A forecast is a value, whatever it has computed already."""
    one, other = forecast(phone(5)), forecast(phone(5))
    assert seen(one, 3) == seen(other, 3) == seen(one, 3)
    assert one == other


def test_a_forecast_is_the_same_on_every_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """How equal values are ordered is up to each, unless one asks for their order."""
    made = forecast(line(0, 2, (70, 60), plugged=False))
    here = made.path(HOUR / 6, 72, 0.7)
    argsort = np.argsort

    def elsewhere(values: NDArray[np.float64], kind: Any = None) -> Any:
        """Put the last of equal values first, where any order will do."""
        if kind == "stable":
            return argsort(values, kind=kind)
        return len(values) - 1 - argsort(values[::-1], kind="stable")

    monkeypatch.setattr(np, "argsort", elsewhere)
    assert replace(made).path(HOUR / 6, 72, 0.7) == here


def test_supposing_another_level_or_power_changes_nothing_else() -> None:
    """A dry run is a forecast of its own."""
    made = forecast(phone(5, flags=False))
    assert made.supposing() == made
    higher = made.supposing(level=90)
    assert (higher.level, higher.plugged, higher.rate) == (90, True, made.rate)
    assert seen(higher, 1).level > seen(made, 1).level
    unplugged = made.supposing(plugged=False)
    assert unplugged.plugged is False
    assert unplugged.rate is None
    assert seen(unplugged, 1).level < seen(made, 1).level
    assert made.plugged is True


def test_a_battery_runs_out_at_its_rate() -> None:
    """Only while it discharges."""
    made = forecast(line(0, 8.25, (100, 34), plugged=False))
    empty = made.empty_at()
    assert empty is not None
    assert (empty - made.at) / HOUR == pytest.approx(36 / 7.6, rel=0.1)
    assert made.full_at() is None
    assert made.supposing(plugged=True).empty_at() is None
    assert Forecast(START, 50, plugged=False, rate=None).empty_at() is None
    assert Forecast(START, 50, plugged=False, rate=2.0).empty_at() is None
    assert Forecast(START, 50, plugged=False, rate=-1e-12).empty_at() is None


def test_a_battery_is_full_when_its_charger_has_filled_it() -> None:
    """It charges slower above 80 %, and at the speed that it shows now."""
    made = forecast(line(0, 2, (20, 60), plugged=True))
    full = made.full_at()
    assert full is not None
    assert (full - made.at) / HOUR == pytest.approx(25 / 22 + 20 / 16, rel=0.1)
    assert made.empty_at() is None
    assert made.supposing(level=100).full_at() is None
    assert made.supposing(plugged=False).full_at() is None
    assert Forecast(START, 80, plugged=True, rate=20.0).full_at() == at(20 / 18)
    assert Forecast(START, 50, plugged=True, rate=-2.0).full_at() is None
    assert forecast(samples((0, 50), plugged=True)).full_at() is None


def test_a_device_at_its_charge_limit_is_never_full() -> None:
    """It has stopped charging, and nobody knows when that changes."""
    told = [*line(0, 2, (40, 80), plugged=True), *line(2, 4, (80, 80), plugged=True)]
    assert forecast(told).full_at() is None


def test_a_weak_charger_fills_nothing() -> None:
    """A plugged device that loses level is never full."""
    assert forecast(line(0, 2, (50, 40), plugged=True)).full_at() is None


def test_a_coin_cell_goes_on_as_it_did() -> None:
    """A battery that lasts for months is no phone."""
    cell = [Sample(at(6 * k), 90 - k // 8, None) for k in range(100)]
    made = forecast(cell)
    assert made.basis is Basis.MEAN_RATE
    outlook = seen(made, 24 * 5)
    assert outlook.level == pytest.approx(78 - 2.5, abs=0.7)
    assert outlook.p90 - outlook.p10 < 5
    assert outlook.probability > 0.9


@pytest.mark.parametrize(
    "history",
    [
        samples((0, 80), (12, 79), plugged=False),
        [*samples((0, 80)), *samples((30, 79), plugged=True)],
        samples((0, 80), (20, 77), (40, 81), (70, 80)),
        samples((0, 100), (24, 80)),
    ],
    ids=["seen too short", "plugged", "risen", "too fast"],
)
def test_a_battery_is_slow_only_where_it_shows(history: list[Sample]) -> None:
    """Hours of calm, a charge or a fast drain are no coin cell."""
    assert forecast(history).habits.steady is None


def test_a_changed_coin_cell_starts_anew() -> None:
    """The jump of a new cell is neither a charge nor a rate."""
    cell = [Sample(at(6 * k), 60 - k // 4, None) for k in range(20)]
    fresh = [Sample(at(6 * 19) + timedelta(minutes=5), 100, None)]
    later = [Sample(at(6 * k), 100 - (k - 20) // 4, None) for k in range(20, 30)]
    made = forecast([*cell, *fresh, *later])
    assert made.habits.steady == pytest.approx(-2 / 60, rel=0.5)


def test_a_charged_battery_may_be_slow_after_two_weeks() -> None:
    """A remote whose cells were changed while it was silent is slow again."""
    cell = [Sample(at(6 * k), 90 - k // 8, None) for k in range(20)]
    changed = [Sample(at(6 * k), 100 - (k - 20) // 8, None) for k in range(20, 500)]
    assert forecast([*cell, *changed[:40]]).habits.steady is None
    assert forecast([*cell, *changed[:80]]).habits.steady is not None
    assert forecast([*cell, *changed]).habits.steady == pytest.approx(-1 / 48, rel=0.1)


def test_a_battery_that_a_model_follows_is_forecast_from_any_later_moment() -> None:
    """The forecast starts at the moment asked for, at the last known level."""
    followed = model(phone(4))
    made = followed.forecast(at(4 * 24 + 2))
    assert made is not None
    assert (made.at, made.level) == (at(98), followed.last and followed.last.level)


def test_a_silent_charger_goes_on_charging() -> None:
    """On battery a silent device is at rest; plugged, its level has gone on."""
    charging = model(line(0, 1, (20, 50), plugged=True))
    draining = model(line(0, 1, (50, 20), plugged=False))
    for followed, rises in ((charging, True), (draining, False)):
        now, later = (followed.forecast(at(hours)) for hours in (0.75, 1.5))
        assert now is not None
        assert later is not None
        assert (seen(later, 0.5).level > seen(now, 0.5).level + 5) is rises
        assert later.supposing(level=50).lag == timedelta(0)
    late = charging.forecast(at(30))
    assert late is not None
    assert late.lag == HOUR
    full = late.full_at()
    assert full is not None
    assert full - late.at < HOUR + timedelta(minutes=30)
    assert late.outlook(12 * HOUR, 20) is not None
    early = charging.forecast(at(0))
    assert early is not None
    assert early.lag == timedelta(0)


def test_a_sensor_of_which_nothing_is_told_stays_where_it_is() -> None:
    """Half an hour without a flag and without a change: on battery, at rest."""
    made = model(samples((0, 80))).forecast(at(1))
    assert made is not None
    assert made.basis is Basis.MEAN_RATE
    assert seen(made, 12).level == pytest.approx(80)


def test_a_device_that_stays_in_its_dock_is_no_phone() -> None:
    """Half a day plugged and full, and never seen otherwise: a UPS, a wall tablet."""
    docked = [*line(0, 13, (100, 100), plugged=True)]
    made = forecast(docked)
    assert made.basis is Basis.MEAN_RATE
    assert seen(made, 12).level == pytest.approx(100, abs=1)
    phone_like = [
        docked[:40],
        [Sample(at(-1), 99, plugged=False), *docked],
        [*docked, Sample(at(14), 60, plugged=True)],
    ]
    for history in phone_like:
        assert forecast(history).habits.steady is None
    longer = [Sample(at(-1), 99, plugged=False), *line(0, 340, (99, 99), plugged=True)]
    assert forecast(longer).habits.steady == 0


def test_the_population_counts_by_its_likeness() -> None:
    """A thirsty device resembles the thirsty ones, a thrifty one the thrifty."""
    thirsty = forecast([*line(0, 6, (100, 25), plugged=False)])
    thrifty = forecast([*line(0, 6, (40, 25), plugged=False)])
    lows = [
        replace(made, level=60, rate=None).outlook(3 * HOUR, 20)
        for made in (thirsty, thrifty)
    ]
    assert lows[0] is not None
    assert lows[1] is not None
    assert lows[0].level < lows[1].level - 5
