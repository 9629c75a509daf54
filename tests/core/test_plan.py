"""What a plan makes of a list of tasks, and why."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.power_scheduler.core.decision import Decision, Outcome
from custom_components.power_scheduler.core.forecast import Window
from custom_components.power_scheduler.core.limits import DEFAULT_LIMITS, PowerState
from custom_components.power_scheduler.core.plan import optimize
from custom_components.power_scheduler.core.plan.pose import pose
from custom_components.power_scheduler.core.reason import Reason, ReasonCode
from custom_components.power_scheduler.core.request import Override, Target
from custom_components.power_scheduler.core.sample import Usage
from custom_components.power_scheduler.core.snapshot import DevicePower
from custom_components.power_scheduler.core.task import Demand, Priority, Task

from .plan.builders import (
    HOUR,
    NOW,
    battery,
    codes,
    plan,
    request,
    snapshot,
    stale,
    task,
)

CRITICAL, LOW = Priority.CRITICAL, Priority.LOW


def test_a_list_that_fits_runs_now() -> None:
    """Each task is in the answer once, in the order given."""
    answer = plan(task("b"), task("a"))
    assert [d.task for d in answer.decisions] == ["b", "a"]
    assert {d.outcome for d in answer.decisions} == {Outcome.RUN_NOW}
    assert answer.decisions[0].start == answer.at == NOW
    assert answer.decisions[0].battery_after == pytest.approx(53)
    assert answer.score > 0.9
    assert not answer.cut_short


def test_tasks_line_up_where_they_do_not_fit_together() -> None:
    """The second starts when the first has ended, and says whom it waits for."""
    heavy = Demand(cpu=0.6)
    first, second = plan(
        task("first", demand=heavy, priority=CRITICAL), task("second", demand=heavy)
    ).decisions
    assert first.outcome is Outcome.RUN_NOW
    assert second.outcome is Outcome.SCHEDULED
    assert second.start == first.end
    assert second.reasons == (
        Reason(code=ReasonCode.DISPLACED, device="phone", tasks=("first",)),
    )


def test_a_task_that_can_not_be_placed_names_what_displaced_it() -> None:
    """There is battery for one; the more important one gets it."""
    low, high = plan(
        task("low", drain=40, priority=LOW),
        task("high", drain=40, priority=CRITICAL),
        phone=battery(60, drain=1),
    ).decisions
    assert high.outcome is Outcome.RUN_NOW
    assert low.outcome is Outcome.DEFERRED
    assert low.reasons[0].tasks == ("high",)
    assert low.earliest_start is None
    assert low.would_run_if is None


def test_a_task_is_not_displaced_by_what_it_waits_for() -> None:
    """There is battery for one of them: the rules say so that do not hold."""
    first, _, second, third = plan(
        task("first", drain=40),
        task("between", drain=0, min_battery=0.0, after=("first",)),
        task("second", drain=20, after=("between", "first")),
        task("third", drain=0, after=("second",)),
        phone=battery(60, drain=1),
    ).decisions
    assert first.outcome is Outcome.RUN_NOW
    assert (second.outcome, codes(second)) == (
        Outcome.DEFERRED,
        ["battery_below_minimum", "reserve_at_risk"],
    )
    assert second.earliest_start is None
    assert (third.outcome, codes(third)) == (Outcome.DEFERRED, ["waits_for_task"])
    assert third.earliest_start is None


@pytest.mark.parametrize(
    ("level", "least", "charging", "expected"),
    [
        (60, 55.0, (), ["reserve_at_risk", "battery_below_minimum"]),
        (
            19,
            75.0,
            (Window(NOW + 4 * HOUR, NOW + 9 * HOUR),),
            ["reserve_at_risk", "waits_for_task", "battery_below_minimum"],
        ),
    ],
)
def test_reasons_of_what_waits_for_a_task_are_told_nearest_first_too(
    level: float, least: float, charging: tuple[Window, ...], expected: list[str]
) -> None:
    """Whether it finds a place after that one or not."""
    _, decision = plan(
        task("first", drain=40.0),
        task("second", drain=18.0, after=("first",), min_battery=least),
        phone=battery(level, drain=1),
        charging={"phone": charging},
    ).decisions
    assert codes(decision) == expected


def test_a_task_that_waits_gets_no_advice_for_now() -> None:
    """What would let it run now says nothing of when it may run."""
    first, second = plan(
        task("first", duration=6 * HOUR, drain=0.0),
        task("second", after=("first",), min_battery=82.0, deadline=NOW + 10 * HOUR),
    ).decisions
    assert first.outcome is Outcome.RUN_NOW
    assert codes(second) == ["battery_below_minimum"]
    assert second.would_run_if is None


def test_a_task_may_wait_for_another_in_two_ways() -> None:
    """Neither of the ways has it displaced by what it waits for."""
    first, side, second = plan(
        task("first", drain=40.0),
        task("side", drain=0.0, min_battery=0.0, after=("first",)),
        task("second", drain=20.0, after=("first", "side")),
        phone=battery(60, drain=1),
    ).decisions
    assert (first.outcome, side.outcome) == (Outcome.RUN_NOW, Outcome.SCHEDULED)
    assert codes(second) == ["battery_below_minimum", "reserve_at_risk"]


def test_what_will_miss_its_deadline_is_rejected() -> None:
    """There is no later plan for it."""
    late, _ = plan(
        task("late", drain=40, deadline=NOW + 3 * HOUR),
        task("high", drain=40, priority=CRITICAL),
        phone=battery(60, drain=1),
    ).decisions
    assert (late.outcome, codes(late)) == (Outcome.REJECTED, ["displaced"])


def test_a_task_that_is_impossible_alone_names_the_rule() -> None:
    """And the change that would let it run."""
    (decision,) = plan(task(), phone=battery(15)).decisions
    assert decision.outcome is Outcome.DEFERRED
    assert "battery_below_minimum" in codes(decision)
    assert decision.would_run_if is not None
    assert decision.would_run_if.kind == "plug_in"


@pytest.mark.parametrize("hours", [5, 13, 30])
def test_what_can_never_run_says_so_however_late_it_may_start(hours: int) -> None:
    """Also where nothing is known of the device by then."""
    wanted = task(earliest=NOW + hours * HOUR, demand=Demand(cpu=1))
    (decision,) = plan(wanted, phone=battery(known=72)).decisions
    assert decision.outcome is Outcome.REJECTED
    assert "cpu_over_limit" in codes(decision)


@pytest.mark.parametrize("names", [("weak", "phone"), ("phone", "weak")])
def test_what_one_device_can_never_run_is_no_reason_where_another_can(
    names: tuple[str, ...],
) -> None:
    """Whichever is named first, and although nothing is known of either by then."""
    rows = DEFAULT_LIMITS.states.items()
    weak = replace(
        DEFAULT_LIMITS, states={name: replace(row, cpu=0.3) for name, row in rows}
    )
    wanted = task(earliest=NOW + 13 * HOUR, demand=Demand(cpu=0.5), devices=names)
    home = {"weak": battery(known=72, limits=weak), "phone": battery(known=72)}
    asked = request(wanted, devices=names, effort=1, moves=20)
    (decision,) = optimize(asked, snapshot(**home)).decisions
    assert (decision.outcome, decision.device) == (Outcome.DEFERRED, "phone")
    assert codes(decision) == ["forecast_unknown"]


def test_a_scheduled_task_says_why_not_now() -> None:
    """It waits for the charger."""
    tonight = (Window(NOW + HOUR, NOW + 5 * HOUR),)
    (decision,) = plan(task(), phone=battery(15), charging={"phone": tonight}).decisions
    assert decision.outcome is Outcome.SCHEDULED
    assert decision.start == NOW + HOUR
    assert "battery_below_minimum" in codes(decision)


def test_dependencies_run_in_order() -> None:
    """The later task waits for the earlier one."""
    later, earlier = plan(
        task("later", after=("earlier",), priority=CRITICAL), task("earlier")
    ).decisions
    assert later.start == earlier.end
    assert later.reasons == (
        Reason(code=ReasonCode.WAITS_FOR_TASK, tasks=("earlier",)),
    )


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Outcome.DEFERRED),
        ({"deadline": NOW + 2 * HOUR}, Outcome.REJECTED),
    ],
)
def test_what_waits_for_an_unplaced_task_shares_its_fate(
    changes: dict[str, Any], outcome: Outcome
) -> None:
    """A rejected or deferred task takes its followers along."""
    earlier, later = plan(
        task("earlier", min_battery=95.0, **changes), task("later", after=("earlier",))
    ).decisions
    assert earlier.outcome is later.outcome is outcome
    assert later.reasons[0].tasks == ("earlier",)


def test_what_can_not_wait_starts_when_what_it_waits_for_has_ended() -> None:
    """Unless it names a time of its own."""
    strict = task("strict", after=("first",), deferrable=False)
    for earliest, outcome in (
        (None, Outcome.SCHEDULED),
        (NOW + HOUR, Outcome.SCHEDULED),
        (NOW + HOUR / 2, Outcome.REJECTED),
    ):
        waits = replace(strict, earliest=earliest)
        first, second = plan(task("first"), waits).decisions
        assert second.outcome is outcome
        assert second.start == (None if outcome is Outcome.REJECTED else first.end)


@pytest.mark.parametrize("duration", [2 * HOUR, 30 * HOUR])
def test_a_deadline_at_the_end_of_the_horizon_leaves_no_time_after_it(
    duration: timedelta,
) -> None:
    """What can't be in time is rejected; with more time it may be planned yet."""
    wanted = task(duration=duration, min_battery=0.0, drain=2.0)
    terms: dict[str, Any] = {"phone": battery(12), "horizon": 24 * HOUR}
    (missed,) = plan(replace(wanted, deadline=NOW + 24 * HOUR), **terms).decisions
    assert missed.outcome is Outcome.REJECTED
    assert ("deadline_missed" in codes(missed)) == (duration > 24 * HOUR)
    (waits,) = plan(replace(wanted, deadline=NOW + 31 * HOUR), **terms).decisions
    assert waits.outcome is Outcome.DEFERRED


def test_a_follower_that_would_start_too_late_waits_in_vain() -> None:
    """It fits alone, but not after the task that must come first."""
    _, later = plan(
        task("first", duration=3 * HOUR, drain=2.0),
        task("later", after=("first",), deadline=NOW + 2 * HOUR),
    ).decisions
    assert (later.outcome, codes(later)) == (Outcome.REJECTED, ["waits_for_task"])


@pytest.mark.parametrize("effort", [0, 0.05])
def test_a_long_chain_listed_latest_first_is_answered(effort: float) -> None:
    """It shares the fate of its first task, however far away that is."""
    first, *others = map(str, range(1500))
    chain = [task(name, after=(str(int(name) - 1),)) for name in reversed(others)]
    impossible = task(first, min_battery=95.0, deferrable=False)
    answer = plan(*chain, impossible, effort=effort)
    assert {str(d.outcome) for d in answer.decisions} == {"rejected"}


def test_the_first_of_two_equal_ids_is_the_one_waited_for() -> None:
    """A duplicate is a fault of its own and changes nothing else."""
    answer = plan(task("a"), task("a"), task("b", after=("a",)))
    assert [str(d.outcome) for d in answer.decisions] == [
        "run_now",
        "rejected",
        "scheduled",
    ]


def test_a_plan_uses_the_device_that_can_start_soonest() -> None:
    """And of two, the one that it drains less."""
    answer = optimize(
        request(task("a"), task("b", devices=("laptop",)), devices=("phone", "laptop")),
        snapshot(phone=battery(12), laptop=battery(90)),
    )
    assert [d.device for d in answer.decisions] == ["laptop", "laptop"]
    energy = task(energy=10.0, drain=None)
    answer = optimize(
        request(energy, devices=("phone", "laptop", "pad", "watch")),
        snapshot(
            phone=battery(capacity=20),
            laptop=battery(capacity=60),
            pad=battery(capacity=30),
            watch=battery(),
        ),
    )
    assert answer.decisions[0].device == "laptop"


def test_devices_are_told_with_their_planned_low() -> None:
    """An unknown one has no state and no low."""
    answer = optimize(
        request(task(), devices=("phone", "tablet", "watch"), reserve=20.0),
        snapshot(phone=battery(80), tablet=stale(), watch=battery(known=0)),
    )
    phone, tablet = answer.devices["phone"], answer.devices["tablet"]
    assert (phone.level, phone.state, phone.reserve) == (80, PowerState.OPTIMAL, 20)
    assert phone.lowest == 0
    assert (tablet.level, tablet.state, tablet.lowest) == (80, None, None)
    assert answer.devices["watch"].lowest == 80


def test_a_planned_low_is_that_of_the_plan_whatever_is_wanted_later() -> None:
    """The plan and its last guard end at four; a day later the phone is empty."""
    asked: Any = {"phone": battery(80, drain=4), "horizon": 3 * HOUR}
    later = {"phone": [Target(NOW + 30 * HOUR, 5)]}
    for targets in ({}, later):
        answer = plan(task(drain=0.0), targets=targets, **asked)
        assert answer.devices["phone"].lowest == pytest.approx(64)
        assert answer.score == pytest.approx((4 + 0.5 * 0.64) / 4.5)


def test_a_dry_run_tells_the_level_that_it_supposes() -> None:
    """What is pretended shows in the answer."""
    answer = plan(task(), overrides={"phone": Override(level=25)})
    assert answer.devices["phone"].level == 25
    assert answer.devices["phone"].state is PowerState.LOW
    assert answer.devices["phone"].reserve == 10


def test_an_empty_list_and_no_devices_are_answered() -> None:
    """Nothing to do is no error."""
    assert plan().decisions == ()
    answer = optimize(request(task(), devices=()), snapshot())
    assert codes(answer.decisions[0]) == ["no_device"]
    assert answer.devices == {}
    nothing = optimize(request(devices=()), snapshot())
    assert nothing.score == 0


def test_not_limited_by_names_what_the_device_does_not_tell() -> None:
    """Only the processor is watched here."""
    (decision,) = plan(task(), phone=battery(usage=Usage(cpu=0.1))).decisions
    assert decision.not_limited_by == ("memory", "network")


def test_a_long_task_uses_the_battery_it_was_given() -> None:
    """25 minutes at 12 %/h are 5 %, whatever the slots."""
    short = task(duration=timedelta(minutes=25))
    (decision,) = plan(short, phone=battery(drain=0)).decisions
    assert decision.end == NOW + timedelta(minutes=25)
    assert decision.battery_after == pytest.approx(75, abs=0.1)


def test_a_task_beyond_the_horizon_is_deferred() -> None:
    """Its time has not come yet."""
    (decision,) = plan(task(earliest=NOW + 40 * HOUR)).decisions
    assert (decision.outcome, codes(decision)) == (
        Outcome.DEFERRED,
        ["beyond_horizon"],
    )


def test_a_target_is_not_broken_by_a_task() -> None:
    """90 % by three o'clock: the task starts when it no longer matters."""
    full = battery(96, drain=1)
    targets = {"phone": [Target(NOW + 3 * HOUR, 90), Target(NOW - HOUR, 99)]}
    (decision,) = plan(task(), phone=full, targets=targets).decisions
    assert decision.start is not None
    assert decision.start >= NOW + 3 * HOUR - timedelta(minutes=20)
    assert codes(decision) == ["target_at_risk"]
    (alone,) = plan(task(), phone=full).decisions
    assert alone.start == NOW


@pytest.mark.parametrize("minutes", range(0, 21, 3))
def test_a_target_within_a_slot_is_not_broken_either(minutes: int) -> None:
    """A task that starts in the slot before it would take its part by then."""
    at = NOW + timedelta(minutes=minutes)
    (decision,) = plan(
        task(drain=60.0),
        phone=battery(96, drain=1),
        targets={"phone": [Target(at, 95.5), Target(at, 90)]},
    ).decisions
    assert decision.start is not None
    assert at <= decision.start < at + timedelta(minutes=10)
    assert codes(decision) == ["target_at_risk"][: minutes > 0]


def test_a_task_that_the_charger_pays_for_alone_may_be_displaced() -> None:
    """It pays for either of the two, but not for both before the level is wanted."""
    window = Window(NOW, NOW + 3 * HOUR)
    short, long = plan(
        task("short", duration=HOUR / 6, drain=60.0, priority=CRITICAL),
        task("long", duration=3 * HOUR, drain=30.0),
        phone=battery(30),
        charging={"phone": (window,)},
        targets={"phone": (Target(window.end, 95),)},
    ).decisions
    assert short.outcome is Outcome.RUN_NOW
    assert long.outcome is Outcome.DEFERRED
    assert [reason.tasks for reason in long.reasons] == [("short",)]


def test_a_target_after_the_horizon_counts() -> None:
    """The plan ends at six, and the level is wanted at eleven."""
    targets = {"phone": [Target(NOW + 11 * HOUR, 20), Target(NOW + 12 * HOUR, 5)]}
    half = battery(50, drain=2.5)
    asked: Any = {"phone": half, "horizon": 6 * HOUR, "targets": targets}
    (decision,) = plan(task(), **asked).decisions
    assert (decision.outcome, codes(decision)) == (
        Outcome.DEFERRED,
        ["target_at_risk"],
    )
    (light,) = plan(task(drain=2.0), **asked).decisions
    assert light.outcome is Outcome.RUN_NOW


def test_of_several_wanted_levels_at_a_time_the_highest_is_asked_for() -> None:
    """A list of them, however long, asks no more of a plan than there are slots."""
    at = [NOW + HOUR + timedelta(seconds=second) for second in range(600)]
    targets = {"phone": [Target(moment, 20 + moment.second) for moment in at]}
    asked = request(task(), targets=targets)
    (device,) = pose(asked, snapshot(phone=battery()), {}).problem.devices
    assert device.targets == ((6, 7900), (7, 7900))


def test_a_target_beyond_all_that_is_known_lets_no_task_cost_level() -> None:
    """What will be then is unknown; what costs nothing can't be what breaks it."""
    at = NOW + 11 * HOUR
    targets = {"phone": [Target(at, 20), Target(at - HOUR, 5), Target(NOW + HOUR, 5)]}
    new = battery(50, drain=0, known=60)
    (decision,) = plan(task(), phone=new, targets=targets).decisions
    assert decision.reasons == (
        Reason(
            code=ReasonCode.FORECAST_UNKNOWN,
            actual=NOW + 10 * HOUR,
            required=at,
            device="phone",
        ),
    )
    (free,) = plan(task(drain=0.0), phone=new, targets=targets).decisions
    assert free.outcome is Outcome.RUN_NOW
    charged = {"phone": [Window(NOW + 3 * HOUR, NOW + 7 * HOUR)]}
    paid = plan(task(), phone=new, targets=targets, charging=charged).decisions[0]
    assert paid.outcome is Outcome.RUN_NOW
    long = task(duration=9.5 * HOUR, drain=1.0)
    (decision,) = plan(long, phone=new, targets=targets).decisions
    assert codes(decision) == ["forecast_unknown"]


@pytest.mark.parametrize("cheap", [0, 4, 9])
def test_a_signal_moves_tasks_to_where_it_is_low(cheap: int) -> None:
    """If its price matters more than how soon a task is done."""
    prices = {NOW + k * HOUR: 0.1 if k == cheap else 0.4 for k in range(1, 12)}
    prices[NOW - HOUR] = 0.1 if cheap == 0 else 0.4
    (decision,) = plan(task(), signal=prices, prefer_early=0.1).decisions
    assert decision.start == NOW + cheap * HOUR
    assert codes(decision) == ["better_later"][: cheap > 0]


def test_a_price_that_is_not_known_yet_is_not_taken_for_a_low_one() -> None:
    """Until the first one it counts as the highest; the last one stays."""
    prices = {NOW + 2 * HOUR: 0.1, NOW + 4 * HOUR: 0.4, NOW + 6 * HOUR: 0.2}
    (decision,) = plan(task(), signal=prices, prefer_early=0.1).decisions
    assert decision.start == NOW + 2 * HOUR
    late = task(earliest=NOW + 3.5 * HOUR)
    (decision,) = plan(late, signal=prices, prefer_early=0.1).decisions
    assert decision.start == NOW + 6 * HOUR


@pytest.mark.parametrize("signal", [{}, {NOW: 0.3}, {NOW + HOUR: 1, NOW: 1}])
def test_a_signal_that_never_changes_changes_nothing(signal: Any) -> None:
    """Sooner is better then."""
    (decision,) = plan(task(), signal=signal).decisions
    assert decision.outcome is Outcome.RUN_NOW


def _where_a_charger_comes_soon(light: Task, *others: Task) -> Decision:
    """Return what becomes of a task where a charger comes soon."""
    return plan(
        light,
        *others,
        phone=battery(60, drain=0, charge=60),
        charging={"phone": (Window(NOW + HOUR, NOW + 6 * HOUR),)},
        effort=60,
        moves=300,
    ).decisions[0]


def test_a_light_task_may_wait_for_a_charger_that_comes_soon() -> None:
    """It could run now; the battery is worth more than a little less of waiting."""
    other = task("other", drain=0.0)
    for priority, start in ((LOW, NOW + HOUR), (CRITICAL, NOW)):
        wanted = task(priority=priority, drain=20.0)
        decision = _where_a_charger_comes_soon(wanted, other)
        assert decision.start == start
        assert codes(decision) == ["better_later"][: start > NOW]


def test_a_task_alone_starts_when_a_check_says_that_it_may() -> None:
    """However little it is worth; a signal, or a place in the last plan, may differ.

    What can't be planned at all is no company.
    """
    for others in ((), (task("faulty", after=("nowhere",)),)):
        wanted = task(priority=LOW, drain=20.0)
        assert _where_a_charger_comes_soon(wanted, *others).start == NOW


@pytest.mark.parametrize(
    ("phone", "tablet"),
    [
        (battery(90), battery(60, plugged=True)),
        (battery(50, drain=1), battery(90, drain=1)),
    ],
)
def test_of_equal_places_the_battery_that_suffers_least_is_taken(
    phone: DevicePower, tablet: DevicePower
) -> None:
    """A charger's power is free, and a fuller battery can spare more."""
    answer = optimize(
        request(task(), devices=("phone", "tablet")),
        snapshot(phone=phone, tablet=tablet),
    )
    assert answer.decisions[0].device == "tablet"
