"""The search: its budget, its moves and what it never does."""

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from itertools import count
import json
from pathlib import Path
from random import Random

from hypothesis import given, strategies as st
import pytest

from bench.planning import read, solve as solve_instance
from custom_components.power_scheduler.core.plan import search
from custom_components.power_scheduler.core.plan.budget import Budget
from custom_components.power_scheduler.core.plan.construct import (
    DISPATCHES,
    dispatch,
    insert,
)
from custom_components.power_scheduler.core.plan.draft import Draft
from custom_components.power_scheduler.core.plan.moves import Mover
from custom_components.power_scheduler.core.plan.orders import ORDERS, traits
from custom_components.power_scheduler.core.plan.problem import Problem
from custom_components.power_scheduler.core.plan.search import holds, solve

from .problems import problems

baselines, generate, scorer = (
    import_module(f"bench.scheduling.{name}")
    for name in ("baselines", "generate", "scorer")
)
PUBLIC = Path("bench/scheduling/public")


def instance(name: str) -> Problem:
    """Return the problem of a public instance."""
    return read(json.loads((PUBLIC / f"{name}.json").read_text()))


def ticking(step: float) -> Iterator[float]:
    """Return a clock that goes on by a step whenever it is looked at."""
    return (step * tick for tick in count())


@given(problems(), st.integers(0, 99))
def test_every_move_keeps_every_rule(problem: Problem, seed: int) -> None:
    """However many moves are made one after the other."""
    draft = Draft(problem)
    mover = Mover(draft, Random(seed))  # noqa: S311 - no secret
    for _ in range(12):
        trial = draft.copy()
        before = dict(draft.placements)
        if mover.move(trial):
            assert holds(problem, trial.placements)
            assert draft.placements == before
            draft = trial


@given(problems())
def test_every_first_plan_keeps_every_rule(problem: Problem) -> None:
    """In every order, and slot by slot."""
    empty, found = Draft(problem), traits(problem)
    plans = [insert(empty, found, order) for order in ORDERS.values()]
    plans += [dispatch(empty, rank) for rank in DISPATCHES.values()]
    assert empty.placements == {}
    assert all(holds(problem, plan.placements) for plan in plans)


@given(problems(), st.integers(0, 5), st.integers(0, 200))
def test_equal_input_seed_and_moves_give_an_equal_plan(
    problem: Problem, seed: int, moves: int
) -> None:
    """On any machine, as the clock has no part in it."""
    one = solve(problem, Budget(60, moves), seed)
    assert one == solve(problem, Budget(60, moves), seed)
    assert not one.cut_short


@given(problems(max_tasks=4, max_devices=1))
def test_more_room_never_lowers_the_score(problem: Problem) -> None:
    """Small problems are solved to the end, so nothing is lost by chance."""
    (device,) = problem.devices
    top = replace(device.states[-1], limits=(100, 100, 100, 9))
    roomier = replace(device, states=(*device.states[:-1], top))
    more = replace(problem, devices=(roomier,))
    scores = [solve(p, Budget(60, moves=150)).score for p in (problem, more)]
    assert scores[1] >= scores[0] - 1e-9


@given(problems(max_tasks=4, max_devices=1))
def test_another_device_never_lowers_what_is_done(problem: Problem) -> None:
    """A full one, plugged all day, where every task may run as well."""
    (device,) = problem.devices
    twin = replace(
        device,
        level=10_000,
        ceiling=10_000,
        base=(3000,) * len(device.base),
        plugged=(True,) * len(device.base),
        carried=(True,) * len(device.base),
        targets=(),
    )
    tasks = tuple(
        replace(task, options=(*task.options, replace(task.options[0], device=1)))
        for task in problem.tasks
    )
    more = replace(problem, devices=(device, twin), tasks=tasks)
    scores = [solve(p, Budget(60, moves=150)).score for p in (problem, more)]
    assert scores[1] >= scores[0] - 1e-9


@given(problems(max_tasks=5, max_devices=1))
def test_on_a_full_plugged_device_only_resources_limit(problem: Problem) -> None:
    """The battery is out of the question there, whatever tasks drain."""
    (device,) = problem.devices
    slots = len(device.base)
    mains = replace(
        device,
        level=10_000,
        ceiling=10_000,
        base=(5000,) * slots,
        plugged=(True,) * slots,
        carried=(True,) * slots,
    )
    fixed = replace(problem, devices=(mains,))
    free = replace(
        fixed,
        tasks=tuple(
            replace(t, options=(replace(t.options[0], drain=0, min_battery=0),))
            for t in fixed.tasks
        ),
        signal=None,
    )
    budget = 60, 100
    heavy = solve(replace(fixed, signal=None), Budget(*budget)).placements
    light = solve(free, Budget(*budget)).placements
    assert {t: p.start for t, p in heavy.items()} == {
        t: p.start for t, p in light.items()
    }


@given(problems())
def test_the_scorer_of_the_bench_agrees(problem: Problem) -> None:
    """Rules and score are those of the format, by other code."""
    seed = sum(task.weight for task in problem.tasks)
    families = list(generate.FAMILIES.values())
    raw = families[seed % len(families)](seed, 6, 2)
    posed = read(raw)
    solution = solve(posed, Budget(60, moves=80))
    rows = [
        {"id": posed.tasks[t].id, "device": raw["devices"][p.option.device]["id"]}
        | {"start": p.start, "end": p.end}
        for t, p in solution.placements.items()
    ]
    result = scorer.score(scorer.Instance(raw), {"tasks": rows})
    assert result["feasible"], result
    assert result["score"] == pytest.approx(solution.score)


def test_a_dispatcher_is_as_good_as_a_simple_scheduler() -> None:
    """Looking only where a start is due gives what looking everywhere gives."""
    raw = json.loads((PUBLIC / "tablet_fleet-50x6-1014.json").read_text())
    problem = read(raw)
    draft = dispatch(Draft(problem), DISPATCHES["priority"])
    simple = scorer.score(
        scorer.Instance(raw), baselines.priority(scorer.Instance(raw))
    )
    assert search.score(draft) >= simple["score"] - 1e-9


def test_moves_improve_the_first_plan_by_far() -> None:
    """On a hard instance of the bench."""
    problem = instance("tight-25x2-1016")
    first = solve(problem, Budget(0))
    best = solve(problem, Budget(60, moves=600))
    assert best.verified
    assert best.score > 1.15 * first.score


def test_no_effort_gives_the_first_plan_at_once() -> None:
    """Nothing was cut short, as nothing was asked for."""
    solution = solve(instance("nas_ups-10x1-1006"), Budget(0))
    assert solution.placements
    assert not solution.cut_short


def test_the_clock_ends_the_search_and_the_plan_says_so() -> None:
    """Even while the first plans are made."""
    problem = instance("tight-25x2-1016")
    for step in (0.001, 0.3):
        budget = Budget(0.5, clock=ticking(step).__next__)
        assert solve(problem, budget).cut_short


def test_a_search_that_gains_nothing_gives_up() -> None:
    """Long before its time is up."""
    problem = instance("phone_overnight-10x1-1000")
    budget = Budget(3600, clock=ticking(0.001).__next__)
    assert not solve(problem, budget).cut_short


def test_a_list_that_fits_at_best_is_not_searched() -> None:
    """There is nothing to gain."""
    problem = instance("laptop_workday-10x1-1003")
    easy = replace(problem, tasks=problem.tasks[:1])
    budget = Budget(60)
    solve(easy, budget)
    assert budget.count() == 1


def test_a_plan_that_breaks_a_rule_is_not_returned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first plan is, and the answer says so."""
    monkeypatch.setattr(search, "holds", lambda *_: False)
    solution = solve(instance("tight-25x2-1016"), Budget(60, moves=50))
    assert not solution.verified
    monkeypatch.undo()
    assert holds(instance("tight-25x2-1016"), solution.placements)


def test_a_large_list_is_planned_too() -> None:
    """With fewer first plans, and the same rules."""
    raw = generate.scale(3, 600, 4)
    problem = read(raw)
    solution = solve(problem, Budget(60, moves=30))
    assert solution.verified
    assert len(solution.placements) > 200


def test_the_bench_gets_a_schedule_in_its_format() -> None:
    """Every task is in it, placed or not."""
    raw = json.loads((PUBLIC / "nas_ups-25x1-1007.json").read_text())
    schedule = solve_instance(raw, 0.02)
    assert [row["id"] for row in schedule["tasks"]] == [t["id"] for t in raw["tasks"]]
    assert scorer.score(scorer.Instance(raw), schedule)["feasible"]
