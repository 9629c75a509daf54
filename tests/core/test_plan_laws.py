"""Laws that hold for every request."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings, strategies as st

from custom_components.power_scheduler.core.decision import Outcome
from custom_components.power_scheduler.core.forecast import Window
from custom_components.power_scheduler.core.plan import check, optimize
from custom_components.power_scheduler.core.plan.budget import Budget
from custom_components.power_scheduler.core.plan.draft import Draft
from custom_components.power_scheduler.core.plan.problem import Problem
from custom_components.power_scheduler.core.plan.search import holds, solve
from custom_components.power_scheduler.core.sample import Usage
from custom_components.power_scheduler.core.snapshot import DevicePower
from custom_components.power_scheduler.core.task import Demand, Priority, Task

from .plan.builders import HOUR, NOW, battery, request, silent, snapshot, stale, task
from .plan.problems import problems

minutes = st.integers(-90, 900).map(lambda m: NOW + timedelta(minutes=m))
shares = st.none() | st.floats(0, 1)


@st.composite
def phones(draw: st.DrawFn) -> DevicePower:
    """Draw a phone, now and then one that is not known."""
    if not draw(st.integers(0, 9)):
        return draw(st.sampled_from([silent(), stale()]))
    return battery(
        draw(st.floats(0, 100)),
        drain=draw(st.floats(0, 20)),
        plugged=draw(st.booleans()),
        charge=draw(st.floats(-5, 40)),
        known=draw(st.none() | st.integers(0, 60)),
        usage=Usage(cpu=draw(shares), memory=draw(shares), network=draw(shares)),
        reserve=draw(st.floats(0, 30)),
        capacity=draw(st.none() | st.floats(10, 100)),
    )


@st.composite
def tasks(draw: st.DrawFn, name: str = "t") -> Task:
    """Draw a task, faults included."""
    energy = draw(st.none() | st.floats(0, 30))
    return task(
        name,
        duration=timedelta(minutes=draw(st.integers(1, 300))),
        demand=Demand(cpu=draw(st.floats(0, 1)), network=draw(st.floats(0, 0.5))),
        min_battery=draw(st.floats(0, 60)),
        drain=draw(st.floats(0, 40)) if energy is None else None,
        energy=energy,
        deferrable=draw(st.booleans()),
        priority=draw(st.sampled_from(Priority)),
        earliest=draw(st.none() | minutes),
        deadline=draw(st.none() | minutes),
        requires_power=draw(st.integers(0, 4)) == 0,
        runs_on_unknown=draw(st.booleans()),
    )


@st.composite
def terms(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the terms of a request."""
    begins = NOW + draw(st.integers(-2, 10)) * HOUR
    windows = [(), (Window(begins, begins + 3 * HOUR),)]
    return {
        "horizon": draw(st.integers(0, 24)) * HOUR,
        "guard": draw(st.integers(0, 8)) * HOUR / 4,
        "reserve": draw(st.none() | st.floats(0, 40)),
        "running": draw(st.integers(0, 4)),
        "charging": {"phone": draw(st.sampled_from(windows))},
    }


@settings(max_examples=300)
@given(tasks(), phones(), terms())
def test_a_check_and_a_plan_agree_on_whether_a_task_runs_now(
    wanted: Task, phone: DevicePower, asked: dict[str, Any]
) -> None:
    """Both apply the same rules to the same forecast."""
    home = snapshot(phone=phone)
    (checked,) = check(request(wanted, **asked), home)
    (planned,) = optimize(request(wanted, **asked), home).decisions
    assert (checked.outcome is Outcome.RUN_NOW) == (planned.outcome is Outcome.RUN_NOW)
    if planned.outcome is Outcome.SCHEDULED:
        assert checked.outcome is Outcome.DEFERRED
        assert checked.earliest_start == planned.start
    else:
        assert checked.outcome is planned.outcome
    if checked.outcome is not Outcome.RUN_NOW:
        assert checked.reasons
        assert planned.reasons


@given(st.lists(tasks(), max_size=5), phones(), phones(), terms())
def test_every_task_is_answered_once_and_in_order(
    some: list[Task], phone: DevicePower, tablet: DevicePower, asked: dict[str, Any]
) -> None:
    """Nothing is lost, nothing is changed, nothing depends on chance."""
    named = [replace(t, id=str(i % 4)) for i, t in enumerate(some)]
    chained = [
        replace(t, after=(named[i - 1].id,)) if i % 2 else t
        for i, t in enumerate(named)
    ]
    home = snapshot(phone=phone, tablet=tablet)
    wanted = request(
        *chained, devices=("phone", "tablet"), effort=60, moves=40, **asked
    )
    copy = replace(wanted, tasks=tuple(replace(t) for t in chained))
    answer = optimize(wanted, home)
    assert [d.task for d in answer.decisions] == [t.id for t in chained]
    assert wanted == copy
    assert answer == optimize(copy, home)
    assert 0 <= answer.score <= 1
    for decision in answer.decisions:
        assert (decision.start is None) == (
            decision.outcome in (Outcome.DEFERRED, Outcome.REJECTED)
        )


@given(problems())
def test_every_plan_keeps_every_rule(problem: Problem) -> None:
    """By the plain reading of the rules, not by the search's own."""
    solution = solve(problem, Budget(60, moves=60))
    assert solution.verified
    assert holds(problem, solution.placements)


@given(problems(max_tasks=12))
def test_a_task_that_fits_is_never_left_out(problem: Problem) -> None:
    """Whatever is not placed has no place left."""
    draft = Draft.holding(problem, solve(problem, Budget(60, moves=60)).placements)
    for left_out in set(range(len(problem.tasks))) - set(draft.placements):
        assert draft.best(left_out) is None


@given(problems(), st.data())
def test_a_plan_without_one_task_still_holds(problem: Problem, data: Any) -> None:
    """Unless something waits for that task."""
    placements = dict(solve(problem, Budget(60, moves=60)).placements)
    needed = {i for t in placements for i in problem.tasks[t].after}
    free = sorted(set(placements) - needed)
    if free:
        del placements[data.draw(st.sampled_from(free))]
    assert holds(problem, placements)


@given(problems(max_tasks=1, max_devices=1))
def test_a_single_task_gets_its_best_place(problem: Problem) -> None:
    """Found by trying every start."""
    solution = solve(problem, Budget(60, moves=60))
    (wanted,) = problem.tasks
    (option,) = wanted.options
    draft = Draft(problem)
    timeline = draft.timeline(0)
    last = problem.last_start(wanted, option)
    starts = timeline.fitting(option, range(wanted.release, last + 1))
    gains = [problem.gain(wanted, option, start) for start in starts]
    if gains:
        place = solution.placements[0]
        assert problem.gain(wanted, option, place.start) == max(gains)
    else:
        assert solution.placements == {}
