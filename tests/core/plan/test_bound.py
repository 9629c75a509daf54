"""When a search knows that nothing is left to gain."""

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import event, given

from custom_components.power_scheduler.core.plan.bound import ENOUGH, Bound
from custom_components.power_scheduler.core.plan.budget import Budget
from custom_components.power_scheduler.core.plan.draft import Draft
from custom_components.power_scheduler.core.plan.problem import (
    DeviceProblem,
    Option,
    Placement,
    Problem,
    TaskProblem,
)
from custom_components.power_scheduler.core.plan.search import solve

from .growth import given_last
from .problems import STATES, problems


def every_plan(draft: Draft, task: int = 0) -> Iterator[Draft]:
    """Yield a plan, and all that have a place for more of the tasks from one on."""
    if task == len(draft.problem.tasks):
        yield draft
        return
    yield from every_plan(draft, task + 1)
    first, wanted = draft.ready(task), draft.problem.tasks[task]
    for option in wanted.options if first is not None else ():
        last = draft.problem.last_start(wanted, option)
        timeline = draft.timeline(option.device)
        for start in list(timeline.fitting(option, range(first or 0, last + 1))):
            more = draft.copy()
            more.place(task, Placement(option, start))
            yield from every_plan(more, task + 1)


@given(problems(max_tasks=3, slots=5))
def test_a_plan_taken_for_the_best_is_the_best(problem: Problem) -> None:
    """By trying every plan there is, with and without one to keep to."""
    for posed in (problem, given_last(problem, solve(problem, Budget(0)).placements)):
        empty = Draft(posed)
        bound, plans = Bound(empty, range(len(problem.tasks))), list(every_plan(empty))
        most = max(plan.value for plan in plans)
        best = [plan for plan in plans if bound.reached(plan)]
        event(f"known: {bool(best)}")
        assert all(plan.value >= most - ENOUGH for plan in best)


def charged_later(drain: int) -> Problem:
    """Return one low task on a battery that is charged in the second half of a day."""
    slots = 40
    phone = DeviceProblem(
        id="phone",
        level=5000,
        ceiling=10_000,
        base=(-50,) * 20 + (400,) * 20,
        slots=slots,
        plugged=(False,) * 20 + (True,) * 20,
        carried=(False,) * 20 + (True,) * 20,
        reserve=1,
        guard=0,
        usage=(0, 0, 0, 0),
        states=STATES,
    )
    option = Option(device=0, slots=2, drain=drain, demand=(1, 1, 1, 1), min_battery=0)
    task = TaskProblem(
        id="t", weight=1, release=0, end_by=slots, deferrable=True, options=(option,)
    )
    return Problem(slots=slots, devices=(phone,), tasks=(task,))


def test_the_search_looks_for_what_leaves_more_battery() -> None:
    """A task at its best start is not the end where the battery suffers for it."""
    for drain, start in ((100, 0), (1500, 26)):
        problem = charged_later(drain)
        solution = solve(problem, Budget(60, moves=300))
        assert solution.placements[0].start == start
        assert solution.score == max(p.score for p in every_plan(Draft(problem)))


def test_a_later_start_that_would_leave_less_is_not_looked_for() -> None:
    """What a task takes before the battery is lowest it takes whenever it starts."""
    problem = charged_later(1500)
    (phone,) = problem.devices
    never = replace(phone, base=(-50,) * 40, plugged=(False,) * 40)
    budget = Budget(60)
    solve(replace(problem, devices=(never,)), budget)
    assert budget.count() == 1
