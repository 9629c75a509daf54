"""What a model makes of its samples."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.power_scheduler.core.forecast import Model
from custom_components.power_scheduler.core.sample import Sample

from .histories import HOUR, START, at, forecast, line, model, phone, samples

MINUTE = timedelta(minutes=1)


def test_a_model_without_samples_knows_nothing() -> None:
    """Nothing comes from nothing."""
    new = Model(START.tzinfo or ZoneInfo("UTC"))
    assert new.last is None
    assert new.plugged is None
    assert new.rate() is None
    assert new.usual_gap() is None
    assert new.forecast(START) is None


def test_a_sample_no_newer_than_the_last_is_refused() -> None:
    """A clock that was set back does not rewrite the past."""
    followed = model(samples((0, 50), (1, 40)))
    assert not followed.record(Sample(at(1), 99))
    assert not followed.record(Sample(at(0.5), 99))
    assert followed.last == Sample(at(1), 40)


def test_the_rate_is_unknown_until_a_run_spans_a_quarter_of_an_hour() -> None:
    """Two reports a minute apart say nothing of a rate."""
    followed = model(samples((0, 50), (0.2, 49), plugged=False))
    assert followed.rate() is None
    followed.record(Sample(at(0.25), 48, plugged=False))
    assert followed.rate() is not None


def test_the_rate_of_a_long_run_is_the_one_it_shows() -> None:
    """The longer a run, the less the usual rate weighs."""
    assert model(line(0, 8, (100, 40), plugged=False)).rate() == pytest.approx(
        -7.5, abs=0.7
    )
    assert model(line(0, 3, (10, 70), plugged=True)).rate() == pytest.approx(20, abs=2)


def test_a_change_of_power_source_begins_a_new_run() -> None:
    """What was while discharging tells nothing of the charge."""
    followed = model(line(0, 4, (100, 60), plugged=False))
    followed.record(Sample(at(4), 60, plugged=True))
    assert followed.rate() is None


def test_a_gap_begins_a_new_run() -> None:
    """A level that came back higher after hours of silence tells no rate."""
    followed = model([*line(0, 4, (100, 60), plugged=False)])
    followed.record(Sample(at(9), 90, plugged=False))
    assert followed.rate() is None


def test_a_device_asleep_stays_in_its_run() -> None:
    """A slow loss over a night is no gap."""
    followed = model([*line(0, 4, (100, 60), plugged=False)])
    followed.record(Sample(at(12), 50, plugged=False))
    assert followed.rate() == pytest.approx(-1.5, abs=1)


def test_a_jump_begins_a_new_run_and_is_no_rate() -> None:
    """A swapped battery did not charge."""
    followed = model(line(0, 4, (60, 20), plugged=False))
    followed.record(Sample(at(3.75) + 5 * MINUTE, 95, plugged=False))
    assert followed.rate() is None
    assert followed.plugged is False
    followed.record(Sample(at(4.25), 93, plugged=False))
    assert (followed.rate() or 0) < 0


def test_a_jump_of_an_unknown_power_source_does_not_tell_it() -> None:
    """Without a flag, a swapped battery does not count as charging."""
    followed = model(samples((0, 30), (1, 20)))
    followed.record(Sample(at(1) + 5 * MINUTE, 95))
    assert followed.plugged is False


@pytest.mark.parametrize(
    ("levels", "plugged"),
    [
        ((50,), None),
        ((50, 50.5), None),
        ((50, 51), True),
        ((50, 49), False),
        ((50, 51, 51, 50.5), True),
        ((50, 50.4, 50.8, 51.2), True),
        ((50, 51, 50), False),
    ],
)
def test_without_a_flag_the_last_change_tells_the_power_source(
    levels: tuple[float, ...], *, plugged: bool | None
) -> None:
    """Up is plugged, down is battery, and before any change nothing is known."""
    followed = model(samples(*((hour / 2, x) for hour, x in enumerate(levels))))
    assert followed.plugged is plugged


def test_a_flag_wins_over_the_level() -> None:
    """A charger that is too weak is a charger all the same."""
    followed = model(line(0, 2, (50, 40), plugged=True))
    assert followed.plugged is True
    followed.record(Sample(at(2), 40.9))
    assert followed.plugged is True


def test_the_usual_gap_is_the_one_that_a_moment_falls_into() -> None:
    """Bursts do not make a device look talkative; an outage counts as one day."""
    assert model(samples((0, 50), (6, 49), (12, 48))).usual_gap() == 6 * HOUR
    burst = [Sample(START + k * MINUTE, 50) for k in range(30)]
    followed = model([*burst, *samples((6, 49), (12, 48))])
    assert (followed.usual_gap() or HOUR) > 5 * HOUR
    assert model(samples((0, 50), (500, 50))).usual_gap() == 24 * HOUR


def test_the_past_is_kept_in_local_time() -> None:
    """A habit is one of the home's clock, summer time included."""
    quarters = forecast(phone(3), ZoneInfo("Europe/Berlin")).habits.past.quarters
    assert quarters[0] == 4 + 1
    assert set(quarters.tolist()) == set(range(96))


def test_the_past_ends_after_fourteen_days() -> None:
    """Memory is bounded, however long the history and however wide a gap."""
    long = forecast(phone(20)).habits.past
    gap = forecast(samples((0, 50), (24 * 800, 50))).habits.past
    assert len(long.levels) == len(gap.levels) == 14 * 96


def test_the_past_reaches_as_far_as_the_level_is_known() -> None:
    """A gap that can't be bridged ends what a moment tells."""
    told = samples((0, 60), (1, 56), (9, 90), (10, 86), plugged=False)
    past = forecast(told).habits.past
    assert past.reach[0] == 3
    assert past.reach[20] == 0
    assert past.reach[-1] == 0
    assert past.reach[-2] == 1


def test_what_comes_later_changes_no_forecast() -> None:
    """A forecast in use does not change when the model goes on."""
    followed = model(phone(15))
    assert followed.last is not None
    made = followed.forecast(followed.last.at)
    assert made is not None
    before = made.habits.past.levels.copy()
    followed.record(Sample(followed.last.at + 2 * HOUR, 3))
    assert np.array_equal(made.habits.past.levels, before)
