"""Laws that hold for every request."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings, strategies as st

from custom_components.power_scheduler.core.decision import Outcome
from custom_components.power_scheduler.core.forecast import Window
from custom_components.power_scheduler.core.plan import check, optimize
from custom_components.power_scheduler.core.plan.budget import Budget
from custom_components.power_scheduler.core.plan.draft import Draft
from custom_components.power_scheduler.core.plan.places import best
from custom_components.power_scheduler.core.plan.problem import (
    DeviceProblem,
    Option,
    Placement,
    Problem,
    TaskProblem,
)
from custom_components.power_scheduler.core.plan.score import (
    KEPT_SHARE,
    MARGIN_VALUE,
    gain,
)
from custom_components.power_scheduler.core.plan.search import holds, solve
from custom_components.power_scheduler.core.request import Target
from custom_components.power_scheduler.core.sample import Usage
from custom_components.power_scheduler.core.snapshot import DevicePower
from custom_components.power_scheduler.core.task import Demand, Priority, Task

from .plan.builders import (
    HOUR,
    NOW,
    battery,
    moved,
    request,
    silent,
    snapshot,
    stale,
    task,
)
from .plan.growth import (
    GROWTHS,
    Growth,
    given_last,
    grown,
    joined,
    reached,
    realistic,
)
from .plan.problems import STATES, problems

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
    target = Target(begins + draw(st.integers(1, 4)) * HOUR, draw(st.floats(0, 100)))
    return {
        "horizon": draw(st.integers(0, 24)) * HOUR,
        "guard": draw(st.integers(0, 8)) * HOUR / 4,
        "reserve": draw(st.none() | st.floats(0, 40)),
        "running": draw(st.integers(0, 4)),
        "charging": {"phone": draw(st.sampled_from(windows))},
        "targets": {"phone": draw(st.sampled_from([(), (target,)]))},
    }


@settings(max_examples=300)
@given(tasks(), phones(), terms())
def test_a_check_and_a_plan_agree_on_whether_a_task_runs_now(
    wanted: Task, phone: DevicePower, asked: dict[str, Any]
) -> None:
    """Both apply the same rules to the same forecast."""
    home = snapshot(phone=phone)
    (checked,) = check(request(wanted, **asked), home)
    searched = request(wanted, effort=60, moves=60, **asked)
    (planned,) = optimize(searched, home).decisions
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
    copy = deepcopy(wanted)
    answer = optimize(wanted, home)
    assert [d.task for d in answer.decisions] == [t.id for t in chained]
    assert wanted == copy
    assert answer == optimize(copy, home)
    assert 0 <= answer.score <= 1
    fates = {d.task: d.outcome for d in reversed(answer.decisions)}
    for t, decision in zip(chained, answer.decisions, strict=True):
        if decision.outcome is Outcome.DEFERRED:
            assert all(fates[i] is not Outcome.REJECTED for i in t.after)
    for decision in answer.decisions:
        assert (decision.start is None) == (
            decision.outcome in (Outcome.DEFERRED, Outcome.REJECTED)
        )
        assert bool(decision.reasons) == (decision.outcome is not Outcome.RUN_NOW)


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
        assert best(draft, left_out) is None


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
    """The one that earns most of all starts, or one that leaves enough more battery."""
    solution = solve(problem, Budget(60, moves=60))
    (wanted,) = problem.tasks
    (option,) = wanted.options
    timeline = Draft(problem).timeline(0)
    last = problem.last_start(wanted, option)
    starts = timeline.fitting(option, range(wanted.release, last + 1))
    best = max(starts, key=lambda s: gain(problem, wanted, option, s), default=None)
    placements = {} if best is None else {0: Placement(option, best)}
    assert solution.placements.keys() == placements.keys()
    assert solution.score >= Draft.holding(problem, placements).score - 1e-9


REALISTIC = settings(max_examples=50, deadline=None)


@REALISTIC
@given(realistic(), st.sampled_from(GROWTHS), st.integers(0, 2), st.integers(0, 9))
def test_more_capacity_never_lowers_the_score(
    problem: Problem, growth: Growth, device: int, seed: int
) -> None:
    """More level, charging, limits or time on power, if the plan so far is given."""
    problem = reached(problem)
    last = solve(problem, Budget(60, moves=60), seed)
    more = grown(problem, growth, device)
    again = solve(given_last(more, last.placements), Budget(60, moves=20), seed)
    assert again.score >= last.score - 1e-9


@REALISTIC
@given(realistic(devices=2), realistic(most=2, devices=1), st.integers(0, 9))
def test_another_device_never_lowers_the_score(
    problem: Problem, other: Problem, seed: int
) -> None:
    """Below what it was by no more than the margin, which is a mean over devices."""
    last = solve(problem, Budget(60, moves=60), seed)
    more = joined(problem, other)
    so_far = Draft.holding(more, last.placements)
    again = solve(given_last(more, last.placements), Budget(60, moves=20), seed)
    assert again.score >= so_far.score - 1e-9
    weights = sum(task.weight for task in more.tasks) + MARGIN_VALUE
    assert so_far.score >= last.score - MARGIN_VALUE / weights


@given(problems(), st.sampled_from(GROWTHS), st.integers(0, 9))
def test_more_capacity_never_lowers_the_score_of_a_small_problem(
    problem: Problem, growth: Growth, seed: int
) -> None:
    """With equal seed and moves, and no plan so far: it is solved to the end."""
    poor, rich = reached(problem), grown(problem, growth, 0)
    scores = [solve(p, Budget(60, moves=300), seed).score for p in (poor, rich)]
    assert scores[1] >= scores[0] - 1e-9


@given(
    problems(max_tasks=4, max_devices=1),
    problems(max_tasks=1, max_devices=1),
    st.integers(0, 9),
)
def test_another_device_never_lowers_the_score_of_a_small_problem(
    problem: Problem, other: Problem, seed: int
) -> None:
    """The same, but for the margin, which is a mean over devices."""
    more = joined(problem, other)
    alone, wide = (solve(p, Budget(60, moves=300), seed) for p in (problem, more))
    assert wide.score >= Draft.holding(more, alone.placements).score - 1e-9


def test_a_wanted_level_that_comes_into_reach_asks_more() -> None:
    """The one way in which more battery may cost a task its place."""
    phone = DeviceProblem(
        id="phone",
        level=500,
        ceiling=10_000,
        base=(-100, -400, 5000, 0),
        slots=4,
        plugged=(False, False, True, True),
        carried=(False, False, True, True),
        reserve=1,
        guard=0,
        targets=((4, 6000),),
        usage=(0, 0, 0, 0),
        states=STATES,
    )
    option = Option(device=0, slots=1, drain=300, demand=(1, 1, 1, 1), min_battery=0)
    wanted = TaskProblem(
        id="t", weight=1, release=0, end_by=2, deferrable=True, options=(option,)
    )
    poor = Problem(slots=4, devices=(phone,), tasks=(wanted,))
    rich = replace(poor, devices=(replace(phone, level=1500),))
    assert solve(poor, Budget(0)).placements
    assert not solve(rich, Budget(0)).placements


@REALISTIC
@given(realistic(), st.integers(0, 9))
def test_an_unchanged_task_moves_only_for_a_better_plan(
    problem: Problem, seed: int
) -> None:
    """By more than the margin of all that move, and never if nothing changes for it."""
    last = solve(problem, Budget(60, moves=60), seed)
    same = given_last(problem, last.placements)
    again = solve(same, Budget(60, moves=60), seed + 1)
    moved = sum(
        problem.tasks[task].weight
        for task, place in last.placements.items()
        if again.placements.get(task) != place
    )
    weights = sum(task.weight for task in problem.tasks) + MARGIN_VALUE
    assert again.score >= last.score + KEPT_SHARE * moved / weights - 1e-9


@given(st.lists(tasks(), min_size=2, max_size=5), phones(), terms(), st.data())
def test_what_is_told_keeps_its_times_at_every_replan(
    some: list[Task], phone: DevicePower, asked: dict[str, Any], data: Any
) -> None:
    """To the minute, whatever the last plan was and how the times have changed."""
    shifts = st.integers(-12, 12).map(lambda m: timedelta(minutes=m))
    wanted = [
        replace(
            t, id=str(i), after=(str(i - 1),) * data.draw(st.integers(0, min(i, 1)))
        )
        for i, t in enumerate(some)
    ]
    home, last = snapshot(phone=phone), None
    for _ in range(4):
        last = optimize(request(*wanted, last=last, **asked), home)
        told = {decision.task: decision for decision in last.decisions}
        for t in wanted:
            start, end = told[t.id].start, told[t.id].end
            if start is None or end is None:
                continue
            assert end == start + t.duration
            assert start >= max(home.at, t.earliest or home.at)
            assert t.deadline is None or end <= t.deadline
            for earlier in t.after:
                before = told[earlier].end
                assert before is not None
                assert before <= start
        home = moved(home, timedelta(minutes=data.draw(st.integers(1, 29))))
        wanted = [
            replace(
                t,
                earliest=t.earliest and t.earliest + data.draw(shifts),
                deadline=t.deadline and t.deadline + data.draw(shifts),
            )
            for t in wanted
        ]


busy = st.builds(
    task,
    duration=st.integers(1, 24).map(lambda n: n * timedelta(minutes=5)),
    demand=st.builds(Demand, cpu=st.floats(0.2, 0.6)),
    drain=st.floats(0, 6),
    earliest=st.none() | st.integers(0, 200).map(lambda m: NOW + m * HOUR / 60),
    requires_power=st.integers(0, 3).map(lambda n: n == 0),
)


@given(st.lists(busy, min_size=2, max_size=5), st.data())
def test_what_is_told_keeps_limits_and_has_power_at_every_replan(
    some: list[Task], data: Any
) -> None:
    """At every minute, whatever is new in the list, and when the charger comes."""
    wanted = [replace(t, id=str(i)) for i, t in enumerate(some)]
    home, last = snapshot(phone=battery(drain=1)), None
    for known in (len(wanted) - 1, len(wanted), len(wanted)):
        begins = NOW + data.draw(st.integers(30, 90)) * HOUR / 60
        charger = Window(begins, begins + 9 * HOUR)
        asked = request(*wanted[:known], charging={"phone": [charger]}, last=last)
        last = optimize(asked, home)
        runs = [
            (t, decision.start)
            for t, decision in zip(wanted, last.decisions, strict=False)
            if decision.start is not None
        ]
        for t, start in runs:
            used = [
                other.demand.cpu
                for other, begin in runs
                if begin <= start < begin + other.duration
            ]
            assert sum(used) <= 0.9 - 0.05 + 0.005 * len(used)
            assert start >= charger.start or not t.requires_power
        home = moved(home, timedelta(minutes=data.draw(st.integers(1, 29))))
