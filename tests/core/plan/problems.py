"""Random problems for laws, small enough to be tried in every way."""

from hypothesis import strategies as st

from custom_components.power_scheduler.core.limits import DEFAULT_LIMITS
from custom_components.power_scheduler.core.plan.problem import (
    DeviceProblem,
    Option,
    Problem,
    StateProblem,
    TaskProblem,
)

STATES = tuple(
    StateProblem(
        round(100 * row.up_to),
        (
            round(100 * row.cpu),
            round(100 * row.memory),
            round(100 * row.network),
            row.concurrency,
        ),
    )
    for row in DEFAULT_LIMITS.states.values()
)

shares = st.integers(0, 100)
usages = st.tuples(*[st.sampled_from([0, 5, 30, 95])] * 3, st.integers(0, 2))


@st.composite
def devices(draw: st.DrawFn, slots: int = 16) -> DeviceProblem:
    """Draw a device: any level, drains and charges, plugged in parts."""
    plugged = draw(st.lists(st.booleans(), min_size=slots, max_size=slots))
    changes = st.integers(-400, 100)
    base = [draw(st.integers(-100, 1500)) if on else draw(changes) for on in plugged]
    level = draw(st.integers(0, 10_000))
    return DeviceProblem(
        id="phone",
        level=level,
        ceiling=max(level, draw(st.sampled_from([8_000, 10_000]))),
        base=tuple(base),
        slots=draw(st.integers(slots - 4, slots)),
        plugged=tuple(plugged),
        carried=tuple(
            on and change >= 0 for on, change in zip(plugged, base, strict=True)
        ),
        reserve=draw(st.sampled_from([1, 1000, 2000])),
        guard=draw(st.integers(0, 3)),
        targets=tuple(
            draw(
                st.lists(
                    st.tuples(st.integers(0, slots), st.integers(0, 10_000)), max_size=2
                )
            )
        ),
        usage=draw(usages),
        states=STATES,
    )


@st.composite
def options(draw: st.DrawFn, device: int = 0) -> Option:
    """Draw how a task would run on a device."""
    return Option(
        device=device,
        slots=draw(st.integers(1, 5)),
        drain=draw(st.integers(0, 900)),
        demand=(
            draw(st.integers(0, 60)),
            draw(st.integers(0, 60)),
            draw(st.integers(0, 60)),
            1,
        ),
        min_battery=draw(st.sampled_from([0, 1500, 3000, 6000])),
        requires_power=draw(st.booleans()) and draw(st.booleans()),
    )


@st.composite
def problems(
    draw: st.DrawFn, max_tasks: int = 6, max_devices: int = 2, slots: int = 16
) -> Problem:
    """Draw a problem; tasks wait for earlier tasks only."""
    fleet = tuple(draw(st.lists(devices(slots), min_size=1, max_size=max_devices)))
    tasks = []
    for i in range(draw(st.integers(1, max_tasks))):
        where = draw(st.sets(st.sampled_from(range(len(fleet))), min_size=1))
        release = draw(st.integers(0, slots - 1))
        after = draw(st.sets(st.sampled_from(range(i)), max_size=2)) if i else set()
        tasks.append(
            TaskProblem(
                id=f"t{i}",
                weight=draw(st.sampled_from([1, 4, 16, 64])),
                release=release,
                end_by=draw(st.integers(release, slots)),
                deferrable=draw(st.integers(0, 3)) > 0,
                after=tuple(sorted(after)),
                options=tuple(draw(options(device)) for device in sorted(where)),
            )
        )
    signal = draw(st.none() | st.lists(st.floats(0, 1), min_size=slots, max_size=slots))
    return Problem(
        slots=slots,
        devices=fleet,
        tasks=tuple(tasks),
        prefer_early=1.0 if signal is None else draw(st.floats(0, 1)),
        signal=None if signal is None else tuple(signal),
    )
