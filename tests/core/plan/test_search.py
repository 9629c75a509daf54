"""The search: its budget, its moves and what it never does."""

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from itertools import count, pairwise
import json
from pathlib import Path
from random import Random

from hypothesis import given, settings, strategies as st
import pytest

from bench.planning import read, solve as solve_instance
from custom_components.power_scheduler.core.plan import search
from custom_components.power_scheduler.core.plan.budget import Budget
from custom_components.power_scheduler.core.plan.construct import (
    DISPATCHES,
    dispatch,
    first_plans,
    insert,
)
from custom_components.power_scheduler.core.plan.draft import Draft
from custom_components.power_scheduler.core.plan.moves import Mover
from custom_components.power_scheduler.core.plan.orders import ORDERS, traits
from custom_components.power_scheduler.core.plan.problem import Placements, Problem
from custom_components.power_scheduler.core.plan.search import holds, solve
from custom_components.power_scheduler.core.plan.stages import stages

from .growth import FAMILIES, given_last
from .problems import problems

baselines, generate, scorer = (
    import_module(f"bench.scheduling.{name}")
    for name in ("baselines", "generate", "scorer")
)
PUBLIC = Path(__file__).parents[3] / "bench/scheduling/public"


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
    mover = Mover(draft, range(len(problem.tasks)), Random(seed))  # noqa: S311 - no secret
    for _ in range(12):
        trial = draft.copy()
        before = dict(draft.placements)
        if mover.move(trial, 1 + seed % 4):
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


@settings(deadline=None)
@given(st.sampled_from(FAMILIES), st.integers(0, 9999), st.integers(1, 20))
def test_the_scorer_of_the_bench_agrees(family: str, seed: int, tasks: int) -> None:
    """Rules and score are those of the format, by other code."""
    raw = generate.FAMILIES[family](seed, tasks, 2)
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
    assert draft.score >= simple["score"] - 1e-9


def test_moves_improve_the_first_plan_by_far() -> None:
    """On a hard instance of the bench."""
    problem = instance("tight-25x2-1016")
    first = solve(problem, Budget(0))
    best = solve(problem, Budget(60, moves=600))
    assert best.verified
    assert best.score > 1.05 * first.score


def test_no_effort_gives_the_best_of_all_first_plans() -> None:
    """Nothing was cut short, as nothing was asked for."""
    problem = instance("tight-25x2-1016")
    solution = solve(problem, Budget(0))
    plans = list(first_plans(Draft(problem)))
    assert len(plans) == len(ORDERS) + len(DISPATCHES)
    assert solution.score == max(plan.score for plan in plans)
    assert solution.score > plans[0].score
    assert not solution.cut_short


def test_the_last_plan_is_taken_up_as_far_as_it_still_holds() -> None:
    """What no longer fits, or would end too late, finds another place."""
    problem = instance("tight-25x2-1016")
    last = solve(problem, Budget(60, moves=100)).placements
    same = given_last(problem, last)
    (plan, *_) = first_plans(Draft(same))
    assert {t: plan.placements[t] for t in last} == last
    poorer = replace(
        same, devices=tuple(replace(d, level=d.level // 2) for d in same.devices)
    )
    late = min(last)
    tasks = list(same.tasks)
    tasks[late] = replace(tasks[late], end_by=0)
    (plan, *_) = first_plans(Draft(replace(poorer, tasks=tuple(tasks))))
    assert late not in plan.placements
    kept = [t for t, place in last.items() if plan.placements.get(t) == place]
    assert 0 < len(kept) < len(last)
    assert holds(poorer, plan.placements)


@given(problems())
def test_stages_hold_what_their_tasks_wait_for(problem: Problem) -> None:
    """And no task twice; the second one holds all of the first, and not all tasks."""
    found = stages(Draft(problem))
    for tasks in found:
        waited_for = {first for task in tasks for first in problem.tasks[task].after}
        assert waited_for <= set(tasks)
        assert tasks == sorted(set(tasks))
        assert len(tasks) < len(problem.tasks)
    assert all(set(one) < set(other) for one, other in pairwise(found))


def test_critical_tasks_are_looked_at_alone_first() -> None:
    """Four of seven have a place; looked at among the high ones, it was often three."""
    problem = read(generate.tight(880007, 50, 4))
    critical = {t for t, one in enumerate(problem.tasks) if one.weight == 64}
    first, *_ = stages(empty := Draft(problem))
    waited_for = {e for task in critical for e in problem.tasks[task].after}
    assert {task for task in critical if empty.alone.most(task)} <= set(first)
    assert set(first) <= critical | waited_for
    assert len(critical) == 7
    for seed in range(6):
        plan = solve(problem, Budget(60, moves=2400), seed)
        assert len(critical & plan.placements.keys()) == 4


@pytest.mark.parametrize("gain", [True, False])
def test_a_stage_without_gain_is_followed_by_a_bold_one(
    monkeypatch: pytest.MonkeyPatch, *, gain: bool
) -> None:
    """It would begin where that one did, and end in the same place."""
    problem = read(generate.tight(880003, 50, 4))
    better = solve(problem, Budget(60, moves=600)).placements
    asked: list[bool] = []

    def improve(
        draft: Draft, tasks: list[int], *_: object, careful: bool, **__: object
    ) -> Draft:
        """Find nothing better, or at once all that there is to gain."""
        asked.append(careful)
        return Draft.holding(problem, better).only(tasks) if gain else draft

    monkeypatch.setattr(search, "improve", improve)
    solve(problem, Budget(60, moves=40))
    assert asked == [True, gain, False, False]


def test_heavy_tasks_are_looked_at_alone_first() -> None:
    """Where not all of them have a place: on a fleet with room for one task in ten."""
    problem = read(generate.tablet_fleet(71018, 50, 2))
    first, *_ = stages(Draft(problem))
    assert len(first) < 20
    scores = [solve(problem, Budget(60, moves=300), seed).score for seed in range(4)]
    assert sum(scores) / 4 > 1.1 * solve(problem, Budget(0)).score


def test_heavy_tasks_that_all_have_a_place_take_no_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Then there is one search, among all tasks, as if there were no stages."""
    problem = read(generate.home_solar(0, 20, 2))
    assert len(stages(Draft(problem))) == 3
    plan = solve(problem, Budget(60, moves=300))
    monkeypatch.setattr(search, "stages", lambda _: [])
    assert plan == solve(problem, Budget(60, moves=300))


def test_time_is_kept_back_for_what_follows_the_search() -> None:
    """As much as a rehearsal on a first plan has told; none without effort."""
    problem = instance("tight-25x2-1016")
    scores, rehearsed = [], []
    for seconds in (0.0, 0.9):

        def rehearse(first: Placements, seconds: float = seconds) -> float:
            """Take some time."""
            rehearsed.append(first)
            return seconds

        budget = Budget(1, clock=ticking(0.001).__next__)
        assert solve(problem, budget, 0, rehearse).cut_short
        scores.append(budget.count())
        solve(problem, Budget(0), 0, rehearse)
    assert scores[1] < scores[0] / 5
    assert len(rehearsed) == 2
    assert rehearsed[0] == rehearsed[1]


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


@pytest.mark.parametrize("first_holds", [True, False])
def test_a_plan_that_breaks_a_rule_is_not_returned(
    monkeypatch: pytest.MonkeyPatch, *, first_holds: bool
) -> None:
    """The first plan is, or none if it breaks one too, and the answer says so."""
    problem = instance("tight-25x2-1016")
    verdicts = iter([False, first_holds])
    monkeypatch.setattr(search, "holds", lambda *_: next(verdicts))
    solution = solve(problem, Budget(60, moves=50))
    assert not solution.verified
    assert bool(solution.placements) == first_holds
    assert solution.score == Draft.holding(problem, solution.placements).score
    assert holds(problem, solution.placements)


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
