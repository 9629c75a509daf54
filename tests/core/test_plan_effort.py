"""The effort of a request: what it is spent on, and what is said if it is too short."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from custom_components.power_scheduler.core.decision import Plan
from custom_components.power_scheduler.core.plan import answer, optimize
from custom_components.power_scheduler.core.task import Demand, Priority

from .plan.builders import battery, request, snapshot, task

TASKS = tuple(
    task(
        f"t{i}",
        duration=timedelta(minutes=10 + 7 * (i % 9)),
        demand=Demand(cpu=0.1 + 0.05 * (i % 7)),
        drain=1.0 + i % 5,
        priority=list(Priority)[i % 4],
    )
    for i in range(120)
)


class Clock:
    """A clock that goes on by a millisecond at each look, and when it is told to."""

    def __init__(self) -> None:
        """Begin at 0."""
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        self.now += 0.001
        return self.now


def plan(effort: float, clock: Callable[[], float]) -> Plan:
    """Return a plan of more tasks than fit on two devices."""
    home = snapshot(phone=battery(60), tablet=battery(90))
    wanted = request(*TASKS, devices=("phone", "tablet"), effort=effort)
    return optimize(wanted, home, clock)


def test_the_effort_covers_the_answer_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long answers take on this machine, time is kept back for all of them."""
    clock = Clock()
    decision = answer.Answer.decision

    def slow(self: answer.Answer, number: int) -> object:
        """Take five milliseconds for each task."""
        clock.now += 0.005
        return decision(self, number)

    monkeypatch.setattr(answer.Answer, "decision", slow)
    made = plan(2.0, clock)
    assert made.cut_short
    assert 1.8 < clock.now < 2.2


def test_an_effort_too_short_for_a_list_is_answered_and_said() -> None:
    """With the first plan, and every task in it."""
    clock = Clock()
    hasty, thorough = plan(0.0001, clock), plan(0, clock)
    assert hasty.cut_short
    assert not thorough.cut_short
    assert [d.task for d in hasty.decisions] == [t.id for t in TASKS]
    assert hasty.score <= thorough.score


def test_an_effort_that_is_enough_is_not_cut_short() -> None:
    """The search ends by itself, long before its time is up."""
    wanted = request(*TASKS[:9], effort=3600)
    assert not optimize(wanted, snapshot(phone=battery(30)), Clock()).cut_short
