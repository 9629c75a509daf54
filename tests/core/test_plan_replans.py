"""What a plan makes of the last one: what stays, and to the minute."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.power_scheduler.core.decision import Decision, Outcome
from custom_components.power_scheduler.core.forecast import Window
from custom_components.power_scheduler.core.plan import optimize
from custom_components.power_scheduler.core.task import Demand, Priority

from .plan.builders import (
    HOUR,
    NOW,
    battery,
    moved,
    plan,
    request,
    snapshot,
    task,
)

CRITICAL = Priority.CRITICAL

HEAVY = Demand(cpu=0.6)


def test_an_unchanged_task_stays_where_the_last_plan_put_it() -> None:
    """Ten minutes sooner is no reason to move it; two hours of twelve are."""
    for later, stays in ((timedelta(minutes=10), True), (5 * HOUR, False)):
        start = NOW + later
        placed = Decision(
            task="sync",
            outcome=Outcome.SCHEDULED,
            device="phone",
            start=start,
            end=start + HOUR,
        )
        last = replace(plan(), decisions=(placed,))
        (decision,) = plan(task(), last=last).decisions
        assert (decision.start == start) is stays


@pytest.mark.parametrize("minutes", range(1, 20))
def test_a_plan_some_minutes_later_is_the_same_to_the_minute(minutes: int) -> None:
    """Slots move on with the clock; planned starts do not."""
    wanted = request(
        task("first", demand=HEAVY, priority=CRITICAL, earliest=NOW + HOUR),
        task("second", demand=HEAVY),
        task("plugged", requires_power=True, min_battery=85.0, drain=1.0),
        charging={"phone": (Window(NOW + HOUR, NOW + 9 * HOUR),)},
        signal={NOW: 1, NOW + HOUR: 0},
        prefer_early=0.1,
    )
    last = optimize(wanted, snapshot(phone=battery()))
    hour = NOW + HOUR
    assert {d.start for d in last.decisions} == {hour, hour + HOUR}
    now = moved(snapshot(phone=battery()), timedelta(minutes=minutes))
    again = optimize(replace(wanted, last=last), now)
    assert [d.start for d in again.decisions] == [d.start for d in last.decisions]


def test_what_runs_now_takes_its_room_to_the_minute() -> None:
    """A task that could start at one waits for what starts at four past twelve."""
    tasks = (
        task("first", demand=HEAVY, priority=CRITICAL),
        task("second", demand=HEAVY),
    )
    now = moved(snapshot(phone=battery()), timedelta(minutes=4))
    first, second = optimize(request(*tasks, last=plan(*tasks)), now).decisions
    assert first.outcome is Outcome.RUN_NOW
    assert second.start == first.end


NINE = timedelta(minutes=9)


@pytest.mark.parametrize(
    ("changes", "terms", "window"),
    [
        ({"demand": HEAVY}, {}, HOUR),
        ({"requires_power": True}, {}, HOUR - NINE / 3),
        ({"min_battery": 90.0}, {}, HOUR - NINE / 3),
        ({}, {"reserve": 79.0}, HOUR - NINE / 3),
    ],
)
def test_a_start_is_told_again_only_where_every_rule_holds(
    changes: dict[str, Any], terms: dict[str, Any], window: timedelta
) -> None:
    """Not while a new task runs, nor before a charger that comes late."""
    start = NOW + HOUR - NINE
    wanted = task(earliest=start, **changes)
    charging = {"phone": (Window(start, NOW + 9 * HOUR),)}
    last = optimize(
        request(wanted, charging=charging, **terms),
        moved(snapshot(phone=battery()), timedelta(minutes=1)),
    )
    assert last.decisions[0].start == start
    new = task("new", demand=HEAVY, duration=4 * HOUR / 6, priority=CRITICAL)
    again = optimize(
        request(
            wanted,
            new,
            charging={"phone": (Window(NOW + window, NOW + 9 * HOUR),)},
            last=last,
            **terms,
        ),
        moved(snapshot(phone=battery()), timedelta(minutes=20)),
    )
    assert again.decisions[0].start == NOW + HOUR


@pytest.mark.parametrize("minutes", range(1, 20))
def test_what_waits_for_a_task_starts_after_it_at_every_replan(minutes: int) -> None:
    """Both stay to the minute, though their slots move on."""
    first = task("first", earliest=NOW + HOUR)
    chain = (first, task("second", after=("first",)), task("third", after=("second",)))
    last = plan(*chain)
    later = replace(snapshot(phone=battery()), at=NOW + timedelta(minutes=minutes))
    again = optimize(request(*chain, last=last), later)
    ends = [decision.end for decision in again.decisions]
    starts = [decision.start for decision in again.decisions]
    assert starts[1:] == ends[:-1]
    assert starts[0] == NOW + HOUR


@pytest.mark.parametrize("minutes", range(1, 10))
def test_an_earliest_and_a_deadline_hold_to_the_minute_at_a_replan(
    minutes: int,
) -> None:
    """A task stays if they allow it, and moves no further than to the next slot."""
    at = NOW + timedelta(minutes=minutes)
    later = replace(snapshot(phone=battery()), at=at)

    def again(**terms: Any) -> Any:
        """Return when a task starts that was to start at one."""
        wanted = request(
            task(**terms),
            last=plan(task(earliest=NOW + HOUR)),
            signal={NOW: 1, NOW + HOUR / 2: 0},
            prefer_early=0,
        )
        (decision,) = optimize(wanted, later).decisions
        return decision.start

    one = NOW + HOUR
    assert again() == again(earliest=one) == again(deadline=one + HOUR) == one
    late = one + timedelta(minutes=2)
    assert late <= again(earliest=late) < late + timedelta(minutes=10)
    soon = one - timedelta(minutes=2)
    assert again(deadline=soon + HOUR) <= soon


def test_what_ran_side_by_side_is_told_apart_to_the_minute() -> None:
    """Once both were light; neither in their slots nor before them do they meet."""
    minute = timedelta(minutes=1)
    starts = {"a": NOW + HOUR - 2 * minute, "b": NOW + 2 * HOUR - 9 * minute}
    decisions = tuple(
        Decision(
            task=name,
            outcome=Outcome.SCHEDULED,
            device="phone",
            start=start,
            end=start + HOUR,
        )
        for name, start in starts.items()
    )
    tasks = [task(i, demand=HEAVY, earliest=NOW + HOUR / 2) for i in starts]
    prices = {NOW: 1.0, NOW + HOUR: 0.0, NOW + 2 * HOUR: 0.1}
    last = replace(plan(), decisions=decisions)
    told = plan(*tasks, last=last, signal=prices, prefer_early=0.1).decisions
    assert [decision.start for decision in told] == [starts["a"], NOW + 2 * HOUR]


@pytest.mark.parametrize(("minutes", "told"), [(70, 4), (60, 0)])
def test_a_start_after_its_slot_is_told_where_the_power_lasts(
    minutes: int, told: int
) -> None:
    """Its deadline allows no later slot, and its run reaches into one more."""
    one, minute = NOW + HOUR, timedelta(minutes=1)
    start = one + 4 * minute
    placed = Decision(
        task="sync",
        outcome=Outcome.SCHEDULED,
        device="phone",
        start=start,
        end=start + HOUR,
    )
    (decision,) = plan(
        task(requires_power=True, deadline=start + HOUR),
        charging={"phone": (Window(one, one + minutes * minute),)},
        last=replace(plan(), decisions=(placed,)),
    ).decisions
    assert decision.start == one + told * minute


def test_a_start_before_its_slot_is_told_right_after_what_is_in_the_way() -> None:
    """A task that ends a minute before it holds it up no longer."""
    minute = timedelta(minutes=1)
    start = NOW + 51 * minute
    placed = Decision(
        task="second",
        outcome=Outcome.SCHEDULED,
        device="phone",
        start=start,
        end=start + HOUR,
    )
    first, second = plan(
        task("first", demand=HEAVY, duration=50 * minute, priority=CRITICAL),
        task("second", demand=HEAVY),
        last=replace(plan(), decisions=(placed,)),
    ).decisions
    assert first.outcome is Outcome.RUN_NOW
    assert second.start == start


def test_a_task_that_stays_holds_up_nothing_that_follows() -> None:
    """It is told at its slot where its old minute is too late for another's slot."""
    one = NOW + HOUR
    first = task("first", deadline=one + HOUR)
    last = plan(replace(first, earliest=one, deadline=None))
    later = timedelta(minutes=4)
    asked = request(
        first,
        task("second", after=("first",)),
        last=last,
        signal={NOW: 1, NOW + timedelta(minutes=50): 0},
        prefer_early=0.1,
    )
    told = optimize(asked, moved(snapshot(phone=battery()), later)).decisions
    assert told[0].start == NOW + later + timedelta(minutes=50)
    assert told[0].end == told[1].start


def test_a_place_on_a_device_that_is_gone_is_forgotten() -> None:
    """The last plan's other places still count."""
    last = plan(task())
    answer = optimize(
        request(task(), devices=("laptop",), last=last), snapshot(laptop=battery())
    )
    assert answer.decisions[0].device == "laptop"
