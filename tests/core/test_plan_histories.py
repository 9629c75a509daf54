"""Laws of checks and plans that rest on real forecasts, of all kinds of batteries."""

from dataclasses import replace
from datetime import UTC, timedelta
from functools import cache
from random import Random
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.power_scheduler.core.battery import Battery
from custom_components.power_scheduler.core.decision import Change, ChangeKind, Outcome
from custom_components.power_scheduler.core.forecast import Forecast, Window
from custom_components.power_scheduler.core.plan import check, optimize
from custom_components.power_scheduler.core.request import Override, Request
from custom_components.power_scheduler.core.sample import (
    PowerSource,
    Reading,
    Sample,
    Usage,
)
from custom_components.power_scheduler.core.snapshot import (
    DevicePower,
    DeviceSettings,
    Snapshot,
)
from custom_components.power_scheduler.core.task import Demand, Task

from .plan.builders import HOUR, NOW, request, snapshot, task

SLOT = timedelta(minutes=10)
KINDS = 24
"""How many batteries are followed, each with a life of its own."""


@cache
def lived(kind: int) -> DevicePower:
    """Return a battery that was used in its own way until now."""
    chance = Random(kind)  # noqa: S311
    drain, charge = chance.choice([0.1, 1, 4, 20]), chance.choice([5, 30, 60])
    limit, minutes = chance.choice([100, 80]), chance.choice([5, 15, 60])
    level, plugged = chance.uniform(20, 100), chance.random() < 0.5
    tells = chance.random() < 0.7
    followed = Battery(DeviceSettings(reserve=chance.choice([0, 10, 30])), UTC)
    steps = round(chance.choice([0.02, 0.3, 3]) * 24 * 60 / minutes) + 2
    for step in range(steps, -1, -1):
        level += (charge if plugged else -drain) * minutes / 60 * chance.uniform(0.5, 1)
        level = max(0.0, min(level, limit if plugged else 100))
        if step and (chance.random() < 0.03 or level < 10):
            plugged = not plugged
        source = PowerSource.CHARGING if plugged else PowerSource.BATTERY
        at = NOW - step * timedelta(minutes=minutes)
        followed.record(
            Reading(
                sample=Sample(at, round(level), plugged if tells else None),
                source=source if tells else None,
                usage=Usage(cpu=chance.choice([None, 0.1, 0.8])),
            )
        )
    return followed.glance(NOW)


kinds = st.integers(0, KINDS - 1)
moments = st.integers(-3, 60).map(lambda k: NOW + 17 * k * timedelta(minutes=1))


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    """Draw a task."""
    return task(
        duration=timedelta(minutes=draw(st.integers(1, 200))),
        demand=Demand(cpu=draw(st.sampled_from([0, 0.1, 0.3]))),
        min_battery=draw(st.sampled_from([0.0, 20.0, 60.0])),
        drain=draw(st.floats(0, 40)),
        deferrable=draw(st.booleans()),
        earliest=draw(st.none() | moments),
        deadline=draw(st.none() | moments),
        requires_power=draw(st.booleans()),
    )


@st.composite
def terms(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the terms of a request, known charging and a dry run among them."""
    start = draw(moments)
    window = Window(start, start + timedelta(minutes=draw(st.integers(10, 400))))
    pretended = Override(
        level=draw(st.sampled_from([None, None, 0, 50, 100])),
        plugged=draw(st.sampled_from([None, None, True, False])),
    )
    return {
        "horizon": draw(st.sampled_from([3, 12, 24, 48])) * HOUR,
        "guard": draw(st.sampled_from([0, 0.25, 1])) * HOUR,
        "reserve": draw(st.none() | st.floats(0, 40)),
        "confidence": draw(st.sampled_from([0.3, 0.7, 0.95])),
        "running": draw(st.sampled_from([0, 0, 2, 4])),
        "charging": {"phone": draw(st.sampled_from([(), (window,)]))},
        "overrides": {"phone": pretended},
    }


@settings(max_examples=150, deadline=None)
@given(kinds, tasks(), terms())
def test_check_and_plan_agree_and_the_plan_holds(
    kind: int, wanted: Task, asked: dict[str, Any]
) -> None:
    """Both say whether it runs now, and when it can."""
    home, asking = snapshot(phone=lived(kind)), request(wanted, **asked)
    (checked,) = check(asking, home)
    plan = optimize(asking, home)
    (planned,) = plan.decisions
    assert plan.verified
    assert (checked.outcome is Outcome.RUN_NOW) == (planned.outcome is Outcome.RUN_NOW)
    if planned.outcome is Outcome.SCHEDULED:
        assert checked.earliest_start == planned.start
    else:
        assert checked.outcome is planned.outcome
        assert (checked.earliest_start is None) or planned.start is None
    if (start := checked.earliest_start) is not None:
        there = replace(wanted, earliest=start, deferrable=False)
        (tried,) = optimize(request(there, **asked), home).decisions
        assert tried.start == start


@settings(max_examples=150, deadline=None)
@given(kinds, tasks(), terms())
def test_what_is_advised_helps(kind: int, wanted: Task, asked: dict[str, Any]) -> None:
    """Who follows the advice and asks again may start."""
    home, asking = snapshot(phone=lived(kind)), request(wanted, **asked)
    (checked,) = check(asking, home)
    if (change := checked.would_run_if) is None:
        return
    if change.kind is ChangeKind.WAIT:
        assert change.amount is not None
        assert checked.earliest_start == NOW + timedelta(minutes=change.amount)
        return
    (again,) = check(*followed_advice(change, asking, home))
    assert again.outcome is Outcome.RUN_NOW


def followed_advice(
    change: Change, asking: Request, home: Snapshot
) -> tuple[Request, Snapshot]:
    """Return a request and a home as they are once a change was made."""
    (wanted,), phone, amount = asking.tasks, home.devices["phone"], change.amount or 0
    assert isinstance(wanted, Task)
    match change.kind:
        case ChangeKind.PLUG_IN:
            plugged = replace(asking.overrides["phone"], plugged=True)
            return replace(asking, overrides={"phone": plugged}), home
        case ChangeKind.LOWER_MINIMUM:
            least = max(0.0, wanted.min_battery - amount)
            return replace(asking, tasks=[replace(wanted, min_battery=least)]), home
        case ChangeKind.LOWER_RESERVE:
            own = phone.settings.reserve
            reserve = own if asking.reserve is None else asking.reserve
            return replace(asking, reserve=reserve - amount), home
        case ChangeKind.FEWER_TASKS:
            return replace(asking, running=asking.running - int(amount)), home
    name = change.kind.removeprefix("less_")
    used = getattr(phone.usage, name) - amount / 100
    freer = replace(phone, usage=replace(phone.usage, **{name: used}))
    return asking, snapshot(phone=freer)


@settings(max_examples=60, deadline=None)
@given(kinds, st.floats(0.01, 0.99), st.sampled_from([None, True, False]))
def test_the_first_slot_is_the_fact(
    kind: int, confidence: float, plugged: bool | None
) -> None:
    """Power is there or not now, whatever is expected next."""
    made = known(lived(kind)).supposing(plugged=plugged)
    path = made.path(SLOT, 3, confidence)
    assert path.plugged[0] is (made.plugged is True)


@settings(max_examples=60, deadline=None)
@given(
    kinds,
    st.floats(0, 30),
    st.lists(st.floats(0, 100), min_size=2, max_size=2),
    st.lists(st.floats(0, 60), min_size=2, max_size=2),
)
def test_less_is_never_likelier(
    kind: int, hours: float, reserves: list[float], drains: list[float]
) -> None:
    """A higher reserve or more drain never makes it likelier that it holds."""
    made = known(lived(kind))
    if (outlook := made.outlook(hours * HOUR, 10)) is None:
        return
    assert 0 <= outlook.p10 <= outlook.level <= outlook.p90 <= 100
    for grow in (reserves, drains):
        less, more = (
            made.outlook(hours * HOUR, *((one, 0) if grow is reserves else (10, one)))
            for one in sorted(grow)
        )
        assert less is not None
        assert more is not None
        assert 0 <= more.probability <= less.probability + 1e-9 <= 1 + 1e-9


def known(phone: DevicePower) -> Forecast:
    """Return the forecast of a battery that is known."""
    assert phone.forecast is not None
    return phone.forecast


@pytest.mark.parametrize("kind", range(KINDS))
def test_every_kind_of_battery_is_known(kind: int) -> None:
    """None of the laws holds for want of a battery."""
    power = lived(kind)
    assert power.known
    assert known(power).path(SLOT, 6, 0.7).changes
