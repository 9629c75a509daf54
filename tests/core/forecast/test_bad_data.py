"""Whatever a device reports, a model stays in order."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.power_scheduler.core.forecast import Model
from custom_components.power_scheduler.core.sample import Sample

from .histories import START

ZONES = [UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")]

steps = st.one_of(
    st.just(0.1),
    st.floats(0.001, 7200),
    st.floats(7200, 86400 * 3),
    st.floats(86400, 86400 * 700),
    st.floats(-86400, 0),
)
reported = st.one_of(
    st.floats(0, 100),
    st.integers(0, 100).map(float),
    st.integers(0, 20).map(lambda k: 5.0 * k),
)
reports = st.lists(
    st.tuples(steps, reported, st.sampled_from([None, True, False])), max_size=60
)


@settings(max_examples=150, deadline=None)
@given(reports, st.sampled_from(ZONES), st.floats(0, 86400 * 5))
def test_no_history_breaks_a_model(
    told: list[tuple[float, float, bool | None]], zone: ZoneInfo, age: float
) -> None:
    """Gaps, clock jumps, steps of 5 %, missing flags, jumps, years: no exception."""
    followed = Model(zone)
    now = START
    for step, level, plugged in told:
        now += timedelta(seconds=step)
        newer = followed.last is None or now > followed.last.at
        assert followed.record(Sample(now, level, plugged)) is newer
    judge(followed, now + timedelta(seconds=age))


def judge(followed: Model, now: datetime) -> None:
    """Check that whatever the model says is in order."""
    made = followed.forecast(now)
    assert (made is None) == (followed.last is None)
    if made is None or followed.last is None:
        return
    assert made.level == followed.last.level
    for hours in (0.5, 1, 3, 6, 12):
        outlook = made.outlook(timedelta(hours=hours), 20)
        assert outlook is not None
        assert 0 <= outlook.p10 <= outlook.level <= outlook.p90 <= 100
        assert 0 <= outlook.probability < 1
    path = made.path(timedelta(minutes=15), 96, 0.7)
    assert all(abs(change) < 1000 for change in path.changes)
    for when in (made.empty_at(), made.full_at()):
        assert when is None or when >= now


@pytest.mark.parametrize("plugged", [True, False, None])
def test_updates_ten_times_a_second_change_nothing(plugged: bool | None) -> None:
    """A chatty sensor tells the same as one that speaks once a minute."""
    chatty, calm = Model(UTC), Model(UTC)
    for k in range(20 * 600):
        sample = Sample(START + k * timedelta(seconds=0.1), 80 - k // 1200, plugged)
        chatty.record(sample)
        if k % 600 == 0:
            calm.record(sample)
    assert chatty.rate() == pytest.approx(calm.rate(), rel=0.1)
    judge(chatty, START + timedelta(minutes=20))


def test_a_year_of_history_is_as_good_as_its_end() -> None:
    """What is older than 14 days is forgotten, but for the usual rates."""
    followed = Model(UTC)
    for k in range(366 * 24):
        followed.record(Sample(START + k * timedelta(hours=1), 99 - k % 24, None))
    judge(followed, START + timedelta(days=366))
