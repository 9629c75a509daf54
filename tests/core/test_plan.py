"""What a plan makes of a list of tasks, and why."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.power_scheduler.core.decision import Decision, Outcome, Plan
from custom_components.power_scheduler.core.forecast import Window
from custom_components.power_scheduler.core.limits import PowerState
from custom_components.power_scheduler.core.plan import optimize
from custom_components.power_scheduler.core.reason import Reason, ReasonCode
from custom_components.power_scheduler.core.request import Override, Target
from custom_components.power_scheduler.core.sample import Usage
from custom_components.power_scheduler.core.snapshot import DevicePower, DeviceSettings
from custom_components.power_scheduler.core.task import Demand, Priority

from .plan.builders import (
    HOUR,
    NOW,
    battery,
    codes,
    moved,
    request,
    silent,
    snapshot,
    stale,
    task,
)

CRITICAL, LOW = Priority.CRITICAL, Priority.LOW


def plan(*tasks: Any, phone: DevicePower | None = None, **terms: Any) -> Plan:
    """Return the plan of tasks on one phone."""
    return optimize(request(*tasks, **terms), snapshot(phone=phone or battery()))


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


def test_followers_of_faulty_and_unknown_tasks_are_settled_at_once() -> None:
    """Rejected follows rejected, deferred follows deferred."""
    answer = optimize(
        request(
            task("bad", devices=("nowhere",)),
            task("after_bad", after=("bad",)),
            task("unread", devices=("tablet",)),
            task("after_unread", after=("unread",)),
            task("strict", after=("unread",), deferrable=False, earliest=NOW),
            task("next", after=("unread",), deferrable=False),
            task("last", after=("after_bad", "after_unread")),
            task("unread_after_bad", after=("bad",), devices=("tablet",)),
            task("end", after=("unread_after_bad",)),
            devices=("phone", "tablet"),
        ),
        snapshot(phone=battery(), tablet=stale()),
    )
    outcomes = {d.task: str(d.outcome) for d in answer.decisions}
    assert outcomes == {
        "bad": "rejected",
        "after_bad": "rejected",
        "unread": "deferred",
        "after_unread": "deferred",
        "strict": "rejected",
        "next": "deferred",
        "last": "rejected",
        "unread_after_bad": "rejected",
        "end": "rejected",
    }


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


def test_a_task_that_runs_on_unknown_is_followed_by_what_waits_for_it() -> None:
    """It runs now on the unknown device; its follower starts when it has ended."""
    answer = optimize(
        request(
            task("blind", devices=("tablet",), runs_on_unknown=True),
            task("next", after=("blind",), devices=("phone",)),
            task("late", after=("blind",), earliest=NOW + 3 * HOUR),
            devices=("phone", "tablet"),
        ),
        snapshot(phone=battery(), tablet=silent()),
    )
    blind, follower, late = answer.decisions
    assert (blind.outcome, blind.device) == (Outcome.RUN_NOW, "tablet")
    assert follower.start == blind.end
    assert codes(follower) == ["waits_for_task"]
    assert late.start == NOW + 3 * HOUR
    assert codes(late) == ["before_earliest", "waits_for_task"]
    assert {r.tasks for d in (follower, late) for r in d.reasons[-1:]} == {("blind",)}


def behind(
    *, known: bool, charging: Window | None = None, **changes: Any
) -> Sequence[Decision]:
    """Plan a task on a tablet that may be silent, and one behind it that can't wait."""
    second = task("second", after=("first",), devices=("phone",), deferrable=False)
    return optimize(
        request(
            task("first", devices=("tablet",), runs_on_unknown=True),
            replace(second, **changes),
            devices=("phone", "tablet"),
            charging={"phone": (charging,) if charging else ()},
        ),
        snapshot(phone=battery(), tablet=battery() if known else silent()),
    ).decisions


@pytest.mark.parametrize("known", [True, False])
def test_what_can_not_wait_starts_as_soon_as_it_can_after_any_task(
    known: bool,
) -> None:
    """When the charger comes, whether the first task's device is known or not."""
    comes = NOW + 3 * HOUR
    charging = Window(comes, comes + 5 * HOUR)
    first, second = behind(known=known, charging=charging, requires_power=True)
    assert first.outcome is Outcome.RUN_NOW
    assert (second.outcome, second.start) == (Outcome.SCHEDULED, comes)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("earliest", "outcome"),
    [
        (NOW + HOUR / 2, Outcome.REJECTED),
        (NOW + HOUR - timedelta(seconds=1), Outcome.SCHEDULED),
    ],
)
def test_what_can_not_wait_does_not_start_later_than_it_says(
    known: bool, earliest: datetime, outcome: Outcome
) -> None:
    """By more than a slot, whether the device of the task before it is known or not."""
    first, second = behind(known=known, earliest=earliest)
    assert first.outcome is Outcome.RUN_NOW
    assert second.outcome is outcome


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


def test_all_devices_stale_is_answered_task_by_task() -> None:
    """Each task says for each device that its reading is stale."""
    answer = optimize(
        request(task(), task("b", deferrable=False), devices=("phone", "tablet")),
        snapshot(phone=stale(), tablet=silent()),
    )
    first, second = answer.decisions
    assert codes(first) == ["reading_stale", "reading_unknown"]
    assert [r.device for r in first.reasons] == ["phone", "tablet"]
    assert first.device is None
    assert (first.outcome, second.outcome) == (Outcome.DEFERRED, Outcome.REJECTED)


def test_an_unknown_device_runs_no_more_than_a_critical_one() -> None:
    """The weightiest of all that may start there; the others find their own place."""
    tasks = [
        task("light", runs_on_unknown=True),
        task("heavy", runs_on_unknown=True, priority=CRITICAL),
        task("other", runs_on_unknown=True),
        task("last", runs_on_unknown=True, deferrable=False),
        task("next", after=("heavy",)),
    ]
    unknown = snapshot(tablet=silent(), watch=stale())
    answer = optimize(request(*tasks, devices=("tablet", "watch")), unknown)
    assert [(d.outcome, d.device) for d in answer.decisions[:4]] == [
        (Outcome.RUN_NOW, "watch"),
        (Outcome.RUN_NOW, "tablet"),
        (Outcome.DEFERRED, None),
        (Outcome.REJECTED, None),
    ]
    assert codes(answer.decisions[2]) == ["concurrency_full"]


def test_tasks_without_a_place_share_an_unknown_device_as_well() -> None:
    """The known phone is nearly empty: one task runs on the tablet, one waits."""
    blind = [task(i, runs_on_unknown=True) for i in "ab"]
    only = task("only", devices=("tablet",), runs_on_unknown=True)
    known = {"phone": battery(12), "tablet": silent()}
    asked = request(*blind, devices=tuple(known))
    first, second = optimize(asked, snapshot(**known)).decisions
    assert (first.outcome, first.device) == (Outcome.RUN_NOW, "tablet")
    assert second.outcome is Outcome.DEFERRED
    assert "concurrency_full" in codes(second)
    asked = request(*blind, only, devices=tuple(known))
    taken = optimize(asked, snapshot(**known)).decisions
    assert [d.outcome for d in taken] == ["deferred", "deferred", "run_now"]


def test_what_runs_on_unknown_does_so_where_no_known_device_can() -> None:
    """What waits for it is not lost either."""
    allowed = task(runs_on_unknown=True, deferrable=False)
    for level, device in ((12, "tablet"), (80, "phone")):
        first, second = optimize(
            request(
                allowed, task("b", after=("sync",)), devices=("phone", "tablet", "pad")
            ),
            snapshot(phone=battery(level), tablet=stale(), pad=silent()),
        ).decisions
        assert (first.outcome, first.device) == (Outcome.RUN_NOW, device)
        assert second.outcome is not Outcome.REJECTED


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Outcome.DEFERRED),
        ({"deadline": NOW + 2 * HOUR}, Outcome.DEFERRED),
        ({"deadline": NOW + 1.5 * HOUR}, Outcome.REJECTED),
        ({"deferrable": False, "earliest": NOW + HOUR}, Outcome.DEFERRED),
        ({"deferrable": False, "earliest": NOW + HOUR / 2}, Outcome.REJECTED),
    ],
)
def test_what_waits_for_a_task_without_a_place_that_is_known_may_follow_it(
    changes: dict[str, Any], outcome: Outcome
) -> None:
    """It is not planned this time, but rejected only if it would be too late."""
    first, second = optimize(
        request(
            task("first", runs_on_unknown=True, min_battery=95.0),
            task("second", after=("first",), devices=("phone",), **changes),
            devices=("phone", "tablet"),
        ),
        snapshot(phone=battery(), tablet=silent()),
    ).decisions
    assert (first.outcome, first.device) == (Outcome.RUN_NOW, "tablet")
    assert (second.outcome, codes(second)) == (outcome, ["waits_for_task"])


@pytest.mark.parametrize("devices", [("tablet",), None])
@pytest.mark.parametrize("place", ["phone", "tablet"])
@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Outcome.DEFERRED),
        ({"deadline": NOW + 2 * HOUR}, Outcome.DEFERRED),
        ({"deadline": NOW + 1.9 * HOUR}, Outcome.REJECTED),
        ({"deferrable": False, "earliest": NOW + HOUR}, Outcome.DEFERRED),
        ({"deferrable": False, "earliest": NOW + HOUR / 2}, Outcome.REJECTED),
    ],
)
def test_what_waits_for_a_device_to_be_read_is_rejected_only_if_it_is_too_late(
    devices: tuple[str] | None, place: str, changes: dict[str, Any], outcome: Outcome
) -> None:
    """Whether the first task may run elsewhere, too, or the second only there."""
    first, second, third = optimize(
        request(
            task("first", devices=devices, min_battery=95.0),
            task("second", after=("first",), devices=(place,), **changes),
            task("third", after=("second",)),
            devices=("phone", "tablet"),
        ),
        snapshot(phone=battery(), tablet=stale()),
    ).decisions
    assert first.outcome is Outcome.DEFERRED
    assert second.outcome is third.outcome is outcome
    assert "waits_for_task" in codes(second)


def test_what_waits_on_an_unread_device_shares_the_fate_that_a_plan_decides() -> None:
    """The first task misses its deadline on the phone; the second waits in vain."""
    first, second = optimize(
        request(
            task("first", devices=("phone",), min_battery=95.0, deadline=NOW + HOUR),
            task("second", devices=("tablet",), after=("first",)),
            devices=("phone", "tablet"),
        ),
        snapshot(phone=battery(), tablet=silent()),
    ).decisions
    assert first.outcome is second.outcome is Outcome.REJECTED


def test_what_waits_for_several_tasks_may_follow_the_last_of_them() -> None:
    """However long the chain is, and whichever of them has a place."""
    first = task("first", runs_on_unknown=True, min_battery=95.0)
    on_phone = replace(task(), devices=("phone",))
    other = replace(on_phone, id="other", earliest=NOW + 4 * HOUR)
    second = replace(on_phone, id="second", after=("first",))
    third = replace(on_phone, id="third", after=("second",), deadline=NOW + 5 * HOUR)
    both = replace(on_phone, id="both", after=("first", "other"))
    late = replace(both, id="late", deadline=NOW + 3 * HOUR)
    answer = optimize(
        request(first, other, second, third, both, late, devices=("phone", "tablet")),
        snapshot(phone=battery(), tablet=silent()),
    )
    assert [d.outcome for d in answer.decisions] == [
        "run_now",
        "scheduled",
        "deferred",
        "deferred",
        "deferred",
        "rejected",
    ]


def test_devices_that_tell_nothing_are_named_where_the_others_can_not_help() -> None:
    """A task that may wait waits for their readings, too, until its time is over."""
    home = snapshot(phone=battery(12), tablet=stale(), pad=silent())
    wanted = task(deadline=NOW + 5 * HOUR)
    for changes, outcome in (
        ({}, Outcome.DEFERRED),
        ({"deferrable": False}, Outcome.REJECTED),
        ({"duration": 6 * HOUR}, Outcome.REJECTED),
    ):
        (decision,) = optimize(
            request(replace(wanted, **changes), devices=("phone", "tablet", "pad")),
            home,
        ).decisions
        assert decision.outcome is outcome
        assert codes(decision)[-2:] == ["reading_stale", "reading_unknown"]


def test_energy_on_a_stale_device_only_waits_for_its_reading() -> None:
    """The known device has no capacity, the one with a capacity is not known."""
    roomy = DeviceSettings(capacity=50)
    answer = optimize(
        request(task(energy=5.0, drain=None), devices=("phone", "tablet")),
        snapshot(phone=battery(), tablet=replace(stale(), settings=roomy)),
    )
    assert codes(answer.decisions[0]) == ["reading_stale"]


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


def test_a_light_task_may_wait_for_a_charger_that_comes_soon() -> None:
    """It could run now; the battery is worth more than a little less of waiting."""
    window = Window(NOW + HOUR, NOW + 6 * HOUR)
    for priority, start in ((LOW, window.start), (CRITICAL, NOW)):
        (decision,) = plan(
            task(priority=priority, drain=20.0),
            phone=battery(60, drain=0, charge=60),
            charging={"phone": (window,)},
            effort=60,
            moves=300,
        ).decisions
        assert decision.start == start
        assert codes(decision) == ["better_later"][: start > NOW]


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
