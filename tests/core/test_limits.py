"""Power states partition the levels, and do not flap."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.power_scheduler.core.limits import (
    DEFAULT_LIMITS,
    HYSTERESIS,
    Limits,
    PowerState,
    StateLimits,
    on_power,
)


@pytest.mark.parametrize(
    ("level", "state"),
    [
        (0, "critical"),
        (15, "critical"),
        (15.1, "low"),
        (30, "low"),
        (50, "normal"),
        (50.1, "optimal"),
        (100, "optimal"),
    ],
)
def test_a_level_belongs_to_one_state(level: float, state: str) -> None:
    """Bounds belong to the state below them."""
    assert DEFAULT_LIMITS.state(level, on_power=False) == state


@given(st.floats(0, 100))
def test_external_power_makes_every_level_optimal(level: float) -> None:
    """A plugged device may do what a full one may."""
    assert DEFAULT_LIMITS.state(level, on_power=True) is PowerState.OPTIMAL


@pytest.mark.parametrize(
    ("plugged", "rate", "expected"),
    [
        (True, 5.0, True),
        (True, None, True),
        (True, -0.5, True),
        (True, -3.0, False),
        (False, 5.0, False),
        (None, None, False),
    ],
)
def test_a_plugged_device_that_loses_level_is_on_battery(
    plugged: bool | None, rate: float | None, expected: bool
) -> None:
    """Power counts only while it carries the device."""
    assert on_power(plugged=plugged, rate=rate) is expected


def test_a_state_is_left_upwards_two_points_later() -> None:
    """A level that wavers about a bound keeps its state."""
    held = DEFAULT_LIMITS.held(PowerState.LOW)
    assert held.state(31.9, on_power=False) is PowerState.LOW
    assert held.state(32.1, on_power=False) is PowerState.NORMAL
    assert held.state(15, on_power=False) is PowerState.CRITICAL


@pytest.mark.parametrize("state", [None, PowerState.OPTIMAL])
def test_nothing_is_held_above_the_highest_bound(state: PowerState | None) -> None:
    """Without a state to leave, the table stands as it is."""
    assert DEFAULT_LIMITS.held(state) == DEFAULT_LIMITS


bounds = (
    st.lists(st.floats(0, 99.9), min_size=3, max_size=3, unique=True)
    .map(sorted)
    .filter(lambda b: b[1] - b[0] > 1e-6 and b[2] - b[1] > 1e-6)
)


@given(bounds, st.sampled_from(PowerState))
def test_held_limits_are_limits_too(bounds: list[float], state: PowerState) -> None:
    """However narrow the states, holding one leaves an ascending table."""
    limits = DEFAULT_LIMITS.with_bounds(*bounds)
    held = limits.held(state)
    assert held.states[state].up_to >= limits.states[state].up_to


@given(bounds, st.sampled_from(PowerState), st.floats(0, 100))
def test_a_held_state_is_that_of_the_held_limits(
    bounds: list[float], state: PowerState, level: float
) -> None:
    """Whether the state or its limits are held, a level belongs to the same one."""
    limits = DEFAULT_LIMITS.with_bounds(*bounds)
    for near in (level, *bounds, *(bound + HYSTERESIS for bound in bounds)):
        held = limits.held(state).state(near, on_power=False)
        assert limits.state(near, on_power=False, held=state) is held


@pytest.mark.parametrize("bounds", [(30, 30, 50), (15, 60, 50), (-1, 30, 50)])
def test_bounds_that_do_not_ascend_are_refused(
    bounds: tuple[float, float, float],
) -> None:
    """A table with a hole or an overlap is no partition."""
    with pytest.raises(ValueError, match="must lie below"):
        DEFAULT_LIMITS.with_bounds(*bounds)


@pytest.mark.parametrize("field", ["cpu", "memory", "network", "concurrency"])
def test_less_power_never_allows_more(field: str) -> None:
    """A lower state that allows more than a higher one is refused."""
    rows = dict(DEFAULT_LIMITS.states)
    rows[PowerState.CRITICAL] = replace(rows[PowerState.CRITICAL], **{field: 5})
    with pytest.raises(ValueError, match="may not allow more"):
        Limits(rows)


def test_the_table_reaches_to_full() -> None:
    """A full battery has a state."""
    rows = {**DEFAULT_LIMITS.states, PowerState.OPTIMAL: StateLimits(99, 1, 1, 1, 9)}
    with pytest.raises(ValueError, match="100 %"):
        Limits(rows)
