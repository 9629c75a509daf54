"""A walk passes every moment of the grid, on straight lines between samples."""

from datetime import UTC

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.power_scheduler.core.forecast.grid import STEP
from custom_components.power_scheduler.core.forecast.rate import USUAL, USUAL_SHRINK
from custom_components.power_scheduler.core.forecast.walk import Walk
from custom_components.power_scheduler.core.sample import Sample

from .histories import HOUR, START, at


@given(
    st.lists(
        st.tuples(
            st.one_of(st.sampled_from([0.05, 0.25, 1]), st.floats(0.001, 6)),
            st.floats(0, 97),
        ),
        min_size=1,
        max_size=30,
    ),
    st.booleans(),
)
def test_a_walk_notes_what_lies_between_its_samples(
    steps: list[tuple[float, float]], plugged: bool
) -> None:
    """However samples lie to the grid, none of its moments is missed or told twice."""
    walk = Walk()
    told = [Sample(START + HOUR / 7, 50)]
    walk.begin(told[0])
    for hours, level in steps:
        told.append(Sample(told[-1].at + hours * HOUR, level))
        walk.advance(told[-1], plugged=plugged, sound=True, run=True, zone=UTC)
    moments = [sample.at.timestamp() for sample in told]
    grid = np.arange(moments[0] // STEP + 1, moments[-1] // STEP + 1) * STEP
    past = walk.grid.past()
    levels = np.interp(grid, moments, [sample.level for sample in told])
    assert past.levels == pytest.approx(levels, abs=1e-4)
    assert (past.plugged == plugged).all()
    passed = (told[-1].at - told[0].at) / HOUR
    gained = told[-1].level - told[0].level
    usual = (gained + USUAL_SHRINK * USUAL[plugged]) / (passed + USUAL_SHRINK)
    assert walk.rates.usual(plugged=plugged) == pytest.approx(usual)


def test_a_moment_is_passed_when_a_sample_is_read_on_it() -> None:
    """The first sample's own moment is past; the next one's is passed at once."""
    walk = Walk()
    walk.begin(Sample(at(0), 50))
    walk.advance(Sample(at(0.25), 49), plugged=False, sound=True, run=True, zone=UTC)
    walk.advance(Sample(at(0.49), 48), plugged=False, sound=True, run=True, zone=UTC)
    assert walk.grid.past().levels.tolist() == [49]
    walk.advance(Sample(at(0.5), 47), plugged=False, sound=True, run=True, zone=UTC)
    assert walk.grid.past().levels.tolist() == [49, 47]
