"""The plan of one device agrees with the rules, start by start."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, strategies as st

from custom_components.power_scheduler.core.plan.draft import Draft
from custom_components.power_scheduler.core.plan.obstacle import obstacle
from custom_components.power_scheduler.core.plan.problem import (
    DeviceProblem,
    Option,
    Placement,
    Problem,
    TaskProblem,
)
from custom_components.power_scheduler.core.plan.search import holds
from custom_components.power_scheduler.core.plan.timeline import Timeline

from .problems import STATES, devices, options


def anywhere(device: DeviceProblem, some: Sequence[Option]) -> Problem:
    """Return a problem in which only the device limits tasks."""
    slots = len(device.base)
    tasks = tuple(
        TaskProblem(
            id=str(i),
            weight=1,
            release=0,
            end_by=slots,
            deferrable=True,
            options=(option,),
        )
        for i, option in enumerate(some)
    )
    return Problem(slots=slots, devices=(device,), tasks=tasks)


def starts(timeline: Timeline, option: Option) -> list[int]:
    """Return every start at which a task fits."""
    last = timeline.device.slots - option.slots
    return list(timeline.fitting(option, range(last + 1)))


@given(devices(), st.lists(options(), min_size=1, max_size=6), st.data())
def test_a_start_fits_if_and_only_if_every_rule_holds(
    device: DeviceProblem, some: list[Option], data: st.DataObject
) -> None:
    """However full the device is, the quick answer is the exact one."""
    problem = anywhere(device, some)
    draft = Draft(problem)
    for task, option in enumerate(some):
        timeline = draft.timeline(0)
        fitting = starts(timeline, option)
        for start in range(device.slots - option.slots + 1):
            trial = {**draft.placements, task: Placement(option, start)}
            assert holds(problem, trial) == (start in fitting)
            if not option.requires_power:
                blocked = obstacle(timeline, option, start)
                assert (blocked is None) == (start in fitting)
        if fitting:
            draft.place(task, Placement(option, data.draw(st.sampled_from(fitting))))


def test_a_wanted_level_of_nothing_asks_nothing() -> None:
    """What empties the battery just before loses it no more than nothing."""
    device = DeviceProblem(
        id="phone",
        level=0,
        ceiling=10_000,
        base=(2, -2),
        slots=2,
        plugged=(False, False),
        carried=(False, False),
        reserve=1,
        guard=0,
        targets=((2, 0),),
        usage=(0, 0, 0, 0),
        states=STATES,
    )
    option = Option(device=0, slots=1, drain=1, demand=(0, 0, 0, 1), min_battery=0)
    assert starts(Draft(anywhere(device, [option])).timeline(0), option) == [0]


@given(devices(), st.lists(options(), min_size=1, max_size=6), st.data())
def test_taking_a_task_away_leaves_no_trace(
    device: DeviceProblem, some: list[Option], data: st.DataObject
) -> None:
    """A plan does not depend on how it came about."""
    draft = Draft(anywhere(device, some))
    for task, option in enumerate(some):
        before = draft.timeline(0).copy()
        fitting = starts(before, option)
        if not fitting:
            continue
        draft.place(task, Placement(option, data.draw(st.sampled_from(fitting))))
        draft.timeline(0).remove(task)
        after = draft.timeline(0)
        after.refresh()
        assert (after.levels, after.need, after.loads) == (
            before.levels,
            before.need,
            before.loads,
        )
        assert [starts(after, o) for o in some] == [starts(before, o) for o in some]
        if data.draw(st.booleans()):
            after.add(task, draft.placements[task])


def test_what_runs_empty_before_it_is_charged_loses_no_more() -> None:
    """An empty battery owes nothing: a later minimum may be met all the same."""
    phone = DeviceProblem(
        id="phone",
        level=2000,
        ceiling=3400,
        base=(0, 0, -1500, 0, 3000, 0, 0, 0),
        slots=8,
        plugged=(False,) * 8,
        carried=(False,) * 8,
        reserve=1,
        guard=0,
        usage=(0, 0, 0, 0),
        states=STATES,
    )
    late = Option(device=0, slots=1, drain=0, demand=(1, 1, 1, 1), min_battery=2950)
    timeline = Timeline(phone)
    timeline.add(0, Placement(late, 6))
    early = Option(device=0, slots=1, drain=600, demand=(1, 1, 1, 1), min_battery=0)
    assert starts(timeline, early) == [0, 1, 6, 7]
    assert starts(timeline, replace(early, drain=1900)) == [0, 1, 6, 7]
    timeline.remove(0)
    timeline.add(0, Placement(replace(late, min_battery=3050), 6))
    assert starts(timeline, early) == [6, 7]
