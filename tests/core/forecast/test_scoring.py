"""How a forecast learns what it was worth."""

from datetime import timedelta

import pytest

from custom_components.power_scheduler.core.forecast import (
    HORIZONS,
    Day,
    Forecast,
    Scoring,
)
from custom_components.power_scheduler.core.sample import Sample

from .histories import HOUR, START, at, model, phone, samples


def promise(scoring: Scoring, made: Forecast) -> None:
    """Hold a forecast to what it says, if it says something."""
    if (outlook := made.outlook(scoring.horizon, 0.0)) is not None:
        scoring.promise(made.at, outlook)


def replayed(days: int, horizon: timedelta) -> Scoring:
    """Return the scoring of a phone's forecasts, one for each sample."""
    followed, scoring = model(()), Scoring(horizon)
    for sample in phone(days):
        followed.record(sample)
        scoring.observe(sample)
        made = followed.forecast(sample.at)
        assert made is not None
        promise(scoring, made)
    return scoring


def test_nothing_is_scored_before_a_truth_is_known() -> None:
    """No number comes from no forecast, nor from one that is not yet due."""
    followed, scoring = model(samples((0, 50), plugged=False)), Scoring(HOUR)
    assert scoring.score(START) is None
    made = followed.forecast(START)
    assert made is not None
    promise(scoring, made)
    scoring.observe(Sample(at(0.5), 48))
    assert scoring.score(at(0.5)) is None


@pytest.mark.parametrize("horizon", HORIZONS)
def test_a_regular_phone_is_forecast_well(horizon: timedelta) -> None:
    """After a week of equal days the forecasts hold, and the score says so."""
    score = replayed(7, horizon).score(at(7 * 24))
    assert score is not None
    assert score.count > 250
    assert score.error < 8
    assert score.in_band > 0.7


def test_a_forecast_is_scored_by_the_level_at_its_time() -> None:
    """The truth is interpolated between the samples around it."""
    followed, scoring = model(samples((0, 50), plugged=False)), Scoring(HOUR)
    made = followed.forecast(START)
    assert made is not None
    outlook = made.outlook(HOUR, 0)
    assert outlook is not None
    promise(scoring, made)
    scoring.observe(Sample(at(0.5), 50))
    scoring.observe(Sample(at(1.5), 30))
    score = scoring.score(at(2))
    assert score is not None
    assert score.count == 1
    assert score.error == pytest.approx(abs(outlook.level - 40))


@pytest.mark.parametrize("known", [[], [Sample(at(0.5), 50)]], ids=["none", "gap"])
def test_what_nobody_knows_is_not_scored(known: list[Sample]) -> None:
    """A promise in a gap, or before the first sample, is dropped."""
    followed, scoring = model(samples((0, 50), plugged=False)), Scoring(HOUR)
    made = followed.forecast(START)
    assert made is not None
    promise(scoring, made)
    for sample in [*known, Sample(at(9), 95), Sample(at(9), 10), Sample(at(9.1), 95)]:
        scoring.observe(sample)
    assert scoring.score(at(10)) is None


def test_only_the_last_fourteen_days_count() -> None:
    """Old results fade, and memory is bounded."""
    first = START.date()
    scoring = Scoring(HOUR)
    scoring.recall(Day(first + timedelta(k), 10, 10.0 * k, 9) for k in range(30))
    assert len(scoring.days) == 14
    score = scoring.score(at(24 * 29))
    assert score is not None
    assert (score.count, score.error, score.in_band) == (140, 22.5, 0.9)
    later = scoring.score(at(24 * 40))
    assert later is not None
    assert (later.count, later.error) == (30, 28)
    assert scoring.score(at(24 * 50)) is None


def test_results_survive_a_restart() -> None:
    """What was settled is a plain value that a store can keep."""
    scoring, again = replayed(3, HOUR), Scoring(HOUR)
    again.recall(scoring.days)
    assert again.score(at(72)) == scoring.score(at(72))
