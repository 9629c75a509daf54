"""What a check decides about each task, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from custom_components.power_scheduler.core.battery import Battery
from custom_components.power_scheduler.core.decision import (
    Change,
    ChangeKind,
    Decision,
    Outcome,
)
from custom_components.power_scheduler.core.forecast import Window
from custom_components.power_scheduler.core.plan import check, optimize
from custom_components.power_scheduler.core.reason import Reason, ReasonCode
from custom_components.power_scheduler.core.request import Override
from custom_components.power_scheduler.core.sample import (
    PowerSource,
    Reading,
    Sample,
    Usage,
)
from custom_components.power_scheduler.core.snapshot import (
    DevicePower,
    DeviceSettings,
    Snapshot,
)
from custom_components.power_scheduler.core.task import Demand, FaultyTask, Task

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


def judge(wanted: Task | FaultyTask, phone: DevicePower, **terms: Any) -> Decision:
    """Return the decision on one task on one phone."""
    (decision,) = check(request(wanted, **terms), snapshot(phone=phone))
    return decision


def test_a_task_that_the_battery_can_stand_runs_now() -> None:
    """It starts at once and the decision tells what it costs."""
    decision = judge(task(), battery(80, drain=3))
    assert decision.outcome is Outcome.RUN_NOW
    assert (decision.start, decision.end) == (NOW, NOW + HOUR)
    assert decision.battery_before == 80
    assert decision.battery_after == pytest.approx(65)
    assert decision.probability == 1
    assert decision.reasons == ()
    assert decision.would_run_if is None


def test_a_low_battery_defers_until_it_is_charged() -> None:
    """The reason tells both levels, the decision when it can start."""
    tonight = (Window(NOW + 2 * HOUR, NOW + 6 * HOUR),)
    decision = judge(
        task(), battery(18, drain=1), charging={"phone": tonight}, reserve=1.0
    )
    assert decision.outcome is Outcome.DEFERRED
    assert decision.reasons == (
        Reason(
            code=ReasonCode.BATTERY_BELOW_MINIMUM,
            actual=18,
            required=20,
            unit="%",
            device="phone",
        ),
    )
    assert decision.earliest_start == NOW + 2 * HOUR
    assert decision.would_run_if == Change(ChangeKind.LOWER_MINIMUM, 2, "%")


def test_all_rules_that_fail_are_told_nearest_first() -> None:
    """One look shows everything that stands between a task and its start."""
    busy = Usage(cpu=0.1, memory=0.1, network=0.5)
    decision = judge(
        task(earliest=NOW + HOUR, requires_power=True),
        battery(19, usage=busy),
        running=2,
    )
    assert codes(decision) == [
        "battery_below_minimum",
        "before_earliest",
        "reserve_at_risk",
        "network_over_limit",
        "power_required",
        "concurrency_full",
    ]


def test_what_is_waited_for_comes_before_what_is_out_of_reach() -> None:
    """A task may end soon; a longer horizon is nothing that one can wait for."""
    long = task("long", after=("sync",), duration=30 * HOUR, drain=0.1)
    wanted = request(task(), long)
    decision = check(wanted, snapshot(phone=battery(99, drain=0.1)))[1]
    assert codes(decision) == ["waits_for_task", "beyond_horizon"]


@pytest.mark.parametrize(
    ("usage", "code", "change"),
    [
        (Usage(cpu=0.8), "cpu_over_limit", ChangeKind.LESS_CPU),
        (Usage(memory=0.85), "memory_over_limit", ChangeKind.LESS_MEMORY),
        (Usage(network=0.7), "network_over_limit", ChangeKind.LESS_NETWORK),
    ],
)
def test_each_resource_limits_by_itself(
    usage: Usage, code: str, change: ChangeKind
) -> None:
    """What is in use and what is wanted may not exceed the power state's limit."""
    decision = judge(task(), battery(95, drain=1, usage=usage))
    assert codes(decision) == [code]
    assert decision.would_run_if is not None
    assert decision.would_run_if.kind is change
    (reason,) = decision.reasons
    assert isinstance(reason.actual, float | int)
    assert isinstance(reason.required, float | int)
    assert reason.actual - reason.required == decision.would_run_if.amount


@pytest.mark.parametrize(
    ("used", "demand", "less"), [(0.8, 0.15, 5), (0.95, 0.15, 20), (0.04, 0.95, None)]
)
def test_less_in_use_is_what_others_leave(
    used: float, demand: float, less: int | None
) -> None:
    """However little the task takes; one that takes too much itself is not helped."""
    wanted = task(demand=Demand(cpu=demand), drain=1.0)
    decision = judge(wanted, battery(95, drain=1, usage=Usage(cpu=used)))
    change = Change(ChangeKind.LESS_CPU, less, "%") if less is not None else None
    assert codes(decision) == ["cpu_over_limit"]
    assert decision.would_run_if == change
    freer = battery(95, drain=1, usage=Usage(cpu=used - (less or 0) / 100))
    assert (judge(wanted, freer).outcome == "run_now") is (less is not None)


def test_resources_that_a_device_does_not_tell_of_limit_nothing() -> None:
    """The decision says so."""
    greedy = task(demand=Demand(cpu=1, memory=1, network=1))
    decision = judge(greedy, battery(usage=Usage()))
    assert decision.outcome is Outcome.RUN_NOW
    assert decision.not_limited_by == ("cpu", "memory", "network")


def test_running_tasks_take_places() -> None:
    """One task less is named as the change that helps."""
    decision = judge(task(), battery(80), running=4)
    assert decision.outcome is Outcome.DEFERRED
    (reason,) = decision.reasons
    assert (reason.code, reason.actual, reason.required, reason.unit) == (
        ReasonCode.CONCURRENCY_FULL,
        5,
        4,
        "tasks",
    )
    assert decision.would_run_if == Change(ChangeKind.FEWER_TASKS, 1, "tasks")
    assert decision.earliest_start is None


def test_the_reserve_holds_through_the_task_and_its_guard() -> None:
    """A phone that would be at 9 % an hour after the task does not start it."""
    decision = judge(task(), battery(31, drain=5))
    assert codes(decision) == ["reserve_at_risk"]
    assert decision.reasons[0].actual == pytest.approx(9)
    assert decision.would_run_if == Change(ChangeKind.LOWER_RESERVE, 1, "%")
    assert judge(task(), battery(31, drain=5), reserve=9.0).outcome == "run_now"
    assert judge(task(), battery(31, drain=5), guard=HOUR / 2).outcome == "run_now"


def test_plugging_in_is_named_where_it_alone_helps() -> None:
    """A task that drains the whole battery needs a charger."""
    decision = judge(task(drain=80), battery(60))
    assert decision.would_run_if == Change(ChangeKind.PLUG_IN)
    assert decision.outcome is Outcome.DEFERRED


def test_a_dry_run_pretends_another_level_and_power_source() -> None:
    """Overrides answer "what if" without touching the device."""
    low = battery(12)
    assert judge(task(), low).outcome == "deferred"
    for override in (Override(level=80), Override(plugged=True)):
        decision = judge(task(), low, overrides={"phone": override})
        assert decision.outcome == "run_now"


@pytest.mark.parametrize("phone", [silent(), stale()])
def test_a_dry_run_of_a_silent_device_goes_by_the_level_that_it_gives(
    phone: DevicePower,
) -> None:
    """It is on battery unless the dry run says more; a plug alone is no level."""
    powered = task(requires_power=True, duration=HOUR / 6)
    for level, plugged, outcome, code in (
        (80, None, "run_now", None),
        (12, None, "deferred", "battery_below_minimum"),
        (None, True, "deferred", f"reading_{'stale' if phone.stale else 'unknown'}"),
    ):
        override = Override(level=level, plugged=plugged)
        decision = judge(task(), phone, overrides={"phone": override})
        assert decision.outcome == outcome
        assert codes(decision)[:1] == ([code] if code else [])
    for plugged, outcome in ((None, "deferred"), (True, "run_now")):
        override = Override(level=80, plugged=plugged)
        decision = judge(powered, phone, overrides={"phone": override})
        assert decision.outcome == outcome
    assert (
        judge(task(), phone, overrides={"laptop": Override(80)}).outcome == "deferred"
    )


def test_waiting_is_named_where_it_is_cheapest() -> None:
    """A charger that comes in twenty minutes is worth waiting for."""
    soon = (Window(NOW + HOUR / 3, NOW + 5 * HOUR),)
    decision = judge(task(drain=65), battery(50), charging={"phone": soon})
    assert decision.would_run_if == Change(ChangeKind.WAIT, 20, "min")
    assert decision.earliest_start == NOW + HOUR / 3
    assert decision.probability is None


CHARGING = (Window(NOW - HOUR, NOW + HOUR / 2), Window(NOW + HOUR / 2, NOW + 5 * HOUR))
ON_BATTERY = replace(battery(15), told_unplugged=True)


def test_known_charging_that_the_device_denies_is_not_there_yet() -> None:
    """Its own word is no model; who plugs it in now has power in the next slot."""
    for wanted in (task(requires_power=True), task(min_battery=20)):
        asked = request(wanted, charging={"phone": CHARGING, "tablet": CHARGING})
        (checked,) = check(asked, snapshot(phone=ON_BATTERY))
        assert checked.outcome is Outcome.DEFERRED
        assert checked.earliest_start == NOW + HOUR / 6
        (planned,) = optimize(asked, snapshot(phone=ON_BATTERY)).decisions
        assert planned.outcome is Outcome.SCHEDULED
        assert planned.start == NOW + HOUR / 6
    joined = (
        Window(NOW - 2 * HOUR, NOW - HOUR / 2),
        Window(NOW - HOUR / 2, NOW + HOUR),
    )
    an_hour_ago = replace(ON_BATTERY, age=HOUR)
    decision = judge(task(requires_power=True), an_hour_ago, charging={"phone": joined})
    assert decision.outcome is Outcome.DEFERRED
    over = {"phone": (Window(NOW - HOUR, NOW + HOUR / 12),)}
    decision = judge(task(requires_power=True), ON_BATTERY, charging=over)
    assert ReasonCode.POWER_REQUIRED in codes(decision)


@pytest.mark.parametrize(
    ("phone", "terms"),
    [
        (battery(15), {}),
        (replace(ON_BATTERY, age=2 * HOUR), {}),
        (ON_BATTERY, {"overrides": {"phone": Override(plugged=True)}}),
    ],
    ids=["inferred", "told before it began", "pretended"],
)
def test_other_known_charging_is_worth_more_than_any_model(
    phone: DevicePower, terms: Any
) -> None:
    """Nothing that the device has told since it began speaks against it."""
    asked = request(task(requires_power=True), charging={"phone": CHARGING}, **terms)
    for decision in (
        *check(asked, snapshot(phone=phone)),
        *optimize(asked, snapshot(phone=phone)).decisions,
    ):
        assert decision.outcome is Outcome.RUN_NOW


def test_a_charging_window_leaves_the_probability_unknown() -> None:
    """The forecast's probability does not know of the window."""
    now = (Window(NOW - HOUR, NOW + 5 * HOUR),)
    decision = judge(task(), battery(15), charging={"phone": now})
    assert decision.outcome is Outcome.RUN_NOW
    assert decision.probability is None
    later = (Window(NOW + 5 * HOUR, NOW + 6 * HOUR),)
    over = (Window(NOW - 5 * HOUR, NOW),)
    for windows in (later, over):
        assert judge(task(), battery(), charging={"phone": windows}).probability == 1


def test_what_a_charger_pays_for_puts_no_reserve_at_risk() -> None:
    """An uninterruptible supply on mains is as full after a task as before it."""
    supply = battery(100, plugged=True, charge=30)
    decision = judge(task(duration=6 * HOUR, drain=17.0), supply)
    assert (decision.outcome, decision.battery_after) == (Outcome.RUN_NOW, 100)
    assert decision.probability == 1


def test_an_outlook_that_is_unknown_gives_no_probability() -> None:
    """A path may be known where a probability is not."""
    assert judge(task(), battery(known=20)).probability is None


@pytest.mark.parametrize(
    ("changes", "code", "outcome"),
    [
        ({"earliest": NOW + HOUR}, "before_earliest", "deferred"),
        (
            {"earliest": NOW + HOUR, "deferrable": False},
            "before_earliest",
            "deferred",
        ),
        ({"deadline": NOW + HOUR / 2}, "deadline_missed", "rejected"),
        ({"deadline": NOW - HOUR}, "deadline_missed", "rejected"),
        ({"duration": 30 * HOUR, "drain": 0.1}, "beyond_horizon", "deferred"),
        ({"requires_power": True}, "power_required", "deferred"),
        ({"requires_power": True, "deferrable": False}, "power_required", "rejected"),
        (
            {"demand": Demand(cpu=0.95), "min_battery": 90.0},
            "battery_below_minimum",
            "rejected",
        ),
    ],
)
def test_what_may_wait_is_deferred_and_the_rest_rejected(
    changes: dict[str, Any], code: str, outcome: str
) -> None:
    """Deferred means: possible, if not now."""
    decision = judge(task(**changes), battery())
    assert decision.outcome == outcome
    assert code in codes(decision)


@pytest.mark.parametrize("level", [40, 19])
@pytest.mark.parametrize("deferrable", [True, False])
def test_what_finds_no_time_says_what_is_against_its_first(
    level: float, *, deferrable: bool
) -> None:
    """Neither that it is too early now, nor a level that is too low now already."""
    wanted = task(earliest=NOW + 5 * HOUR, deferrable=deferrable)
    decision = judge(wanted, battery(level, drain=(level - 10) / 5))
    assert (decision.outcome, decision.earliest_start) == (
        "deferred" if deferrable else "rejected",
        None,
    )
    found = {str(reason.code): reason.actual for reason in decision.reasons}
    assert found == {
        "battery_below_minimum": pytest.approx(10),
        "reserve_at_risk": 0,
        "before_earliest": NOW,
    }


def test_what_finds_no_time_hides_no_reason_behind_one_of_now() -> None:
    """A level that is too low now, but will not be, is none."""
    wanted = task(earliest=NOW + 5 * HOUR, demand=Demand(cpu=0.95))
    decision = judge(wanted, battery(19, drain=-6))
    assert decision.outcome is Outcome.REJECTED
    codes = {str(reason.code) for reason in decision.reasons}
    assert codes == {"before_earliest", "cpu_over_limit"}


@pytest.mark.parametrize("hours", [5, 13, 30])
def test_what_can_never_run_says_so_however_late_it_may_start(hours: int) -> None:
    """Also where nothing is known of the device by then."""
    wanted = task(earliest=NOW + hours * HOUR, demand=Demand(cpu=1))
    decision = judge(wanted, battery(known=72))
    assert decision.outcome is Outcome.REJECTED
    codes = {str(reason.code) for reason in decision.reasons}
    assert codes >= {"before_earliest", "cpu_over_limit"}


def test_times_are_told_as_moments() -> None:
    """To the minute, and a deadline that is missed with the end that would miss it."""
    duration, late = timedelta(minutes=57), timedelta(minutes=33)
    deadline = NOW + late
    wanted = task(duration=duration, deadline=deadline)
    (reason,) = judge(wanted, battery()).reasons
    assert (reason.actual, reason.required) == (NOW + duration, deadline)
    earliest = NOW + late
    (reason,) = judge(task(earliest=earliest), battery()).reasons
    assert (reason.actual, reason.required) == (NOW, earliest)
    long = task(duration=HOUR + duration)
    (reason,) = judge(long, battery(), horizon=HOUR).reasons
    assert (reason.actual, reason.required) == (NOW + HOUR + duration, NOW + HOUR)


def test_a_deadline_counts_to_the_minute() -> None:
    """Slots round a duration up; that alone makes no task late."""
    short = task(duration=timedelta(minutes=25), deadline=NOW + timedelta(minutes=25))
    decision = judge(short, battery())
    assert decision.outcome is Outcome.RUN_NOW
    assert decision.end == short.deadline


@pytest.mark.parametrize("minutes", [0, 3, 7, 122])
@pytest.mark.parametrize("deferrable", [True, False])
def test_a_task_whose_starts_lie_between_two_slots_waits_for_them(
    minutes: int, *, deferrable: bool
) -> None:
    """It may start from two to five past two, at whatever minute one asks."""
    earliest = NOW + 2 * HOUR
    wanted = task(
        earliest=earliest,
        deadline=earliest + HOUR + timedelta(minutes=5),
        deferrable=deferrable,
    )
    home = moved(snapshot(phone=battery()), timedelta(minutes=minutes))
    follower = task("next", after=("sync",), deadline=NOW + 6 * HOUR)
    (checked,) = check(request(wanted), home)
    planned, then = optimize(request(wanted, follower), home).decisions
    for decision in (checked, planned):
        assert codes(decision) == ["before_earliest"][: minutes < 120]
        assert (decision.outcome is Outcome.RUN_NOW) == (minutes >= 120)
        assert decision.outcome is not Outcome.REJECTED
    assert then.outcome is not Outcome.REJECTED


def test_what_is_impossible_does_not_wait_for_starts_between_two_slots() -> None:
    """No power state lets it run, at whatever minute one asks."""
    earliest = NOW + HOUR
    greedy = task(
        earliest=earliest,
        deadline=earliest + HOUR + timedelta(minutes=5),
        demand=Demand(cpu=1),
    )
    home = moved(snapshot(phone=battery()), timedelta(minutes=7))
    (checked,) = check(request(greedy), home)
    planned, then = optimize(
        request(greedy, task("next", after=("sync",))), home
    ).decisions
    assert checked.outcome is planned.outcome is then.outcome is Outcome.REJECTED


def test_a_device_without_any_path_plans_nothing() -> None:
    """Where nothing is known ahead, nothing starts."""
    decision = judge(task(), battery(known=0))
    assert decision.outcome is Outcome.DEFERRED
    assert codes(decision) == ["forecast_unknown"]


def test_what_can_not_wait_is_rejected_where_less_is_known_than_a_guard() -> None:
    """Its time is now: it is not one that is yet to come."""
    strict, home = task(deferrable=False), snapshot(phone=battery(known=72))
    for guard, outcome in ((HOUR, "run_now"), (12 * HOUR, "rejected")):
        asked = request(strict, guard=guard)
        assert [d.outcome for d in check(asked, home)] == [outcome]
        assert [d.outcome for d in optimize(asked, home).decisions] == [outcome]


@pytest.mark.parametrize(
    ("hours", "code"), [(2, "forecast_unknown"), (3, "reserve_at_risk")]
)
def test_the_guard_is_held_where_little_is_known(hours: int, code: str) -> None:
    """A new device: what is not known through the guard can't be promised."""
    wanted = task(duration=2 * HOUR, drain=4.0, min_battery=0.0)
    decision = judge(wanted, battery(24.5, drain=3, known=6 * hours))
    assert (decision.outcome, codes(decision)) == (Outcome.DEFERRED, [code])


def test_an_unknown_forecast_says_until_when_it_is_known() -> None:
    """Four hours are known, and with the guard five are needed."""
    (reason,) = judge(
        task(duration=4 * HOUR, drain=0.0), battery(drain=0, known=24)
    ).reasons
    assert reason == Reason(
        code=ReasonCode.FORECAST_UNKNOWN,
        actual=NOW + 4 * HOUR,
        required=NOW + 5 * HOUR,
        device="phone",
    )


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"deadline": NOW + 9 * HOUR}, "deferred"),
        ({"deadline": NOW + 2 * HOUR}, "rejected"),
        ({"earliest": NOW + 6 * HOUR, "deadline": NOW + 8 * HOUR}, "rejected"),
        ({"deadline": NOW + 9 * HOUR, "deferrable": False}, "rejected"),
        (
            {
                "earliest": NOW + 4 * HOUR,
                "deadline": NOW + 9 * HOUR,
                "deferrable": False,
            },
            "deferred",
        ),
        ({"deadline": NOW + 9 * HOUR, "demand": Demand(cpu=0.95)}, "rejected"),
    ],
)
def test_what_may_fit_when_more_is_known_is_not_rejected(
    changes: dict[str, Any], outcome: str
) -> None:
    """Of a new device 4 h are known: a deadline after that may yet be kept."""
    wanted = task(duration=3 * HOUR, drain=20.0, **changes)
    assert judge(wanted, battery(50, drain=0, known=24)).outcome == outcome


@pytest.mark.parametrize("deadline", [None, NOW + 5 * HOUR])
def test_a_task_waits_for_another_of_the_request(deadline: datetime | None) -> None:
    """In a check every task stands by itself; one that comes later waits."""
    first, second = check(
        request(task("first"), task("second", after=("first",), deadline=deadline)),
        snapshot(phone=battery()),
    )
    assert first.outcome is Outcome.RUN_NOW
    assert second.outcome is Outcome.DEFERRED
    assert second.reasons == (Reason(code=ReasonCode.WAITS_FOR_TASK, tasks=("first",)),)
    assert second.earliest_start is None


def test_what_can_not_wait_waits_for_another_all_the_same() -> None:
    """Unless it names a time of its own, at which that has not ended."""
    strict = task("strict", after=("first",), deferrable=False)
    for earliest, outcome in ((None, "deferred"), (NOW, "rejected")):
        wanted = request(task("first"), replace(strict, earliest=earliest))
        assert check(wanted, snapshot(phone=battery()))[1].outcome == outcome


@pytest.mark.parametrize(
    ("phone", "code"), [(silent(), "reading_unknown"), (stale(), "reading_stale")]
)
def test_nothing_is_said_of_a_battery_that_is_not_known(
    phone: DevicePower, code: str
) -> None:
    """What may wait waits, the rest is rejected, unless it runs on unknown."""
    deferred = judge(task(), phone)
    assert (deferred.outcome, codes(deferred)) == (Outcome.DEFERRED, [code])
    rejected = judge(task(deferrable=False), phone)
    assert (rejected.outcome, codes(rejected)) == (Outcome.REJECTED, [code])
    allowed = judge(task(runs_on_unknown=True), phone)
    assert allowed.outcome is Outcome.RUN_NOW
    assert allowed.battery_before is allowed.probability is None
    assert allowed.not_limited_by == ("cpu", "memory", "network")


def test_what_requires_power_never_runs_on_an_unknown_device() -> None:
    """Nothing tells that there is any."""
    decision = judge(task(runs_on_unknown=True, requires_power=True), silent())
    assert (decision.outcome, codes(decision)) == ("deferred", ["reading_unknown"])


def test_running_tasks_take_the_place_on_an_unknown_device() -> None:
    """It may be critical, and then one task runs; each is judged by itself."""
    asked = request(*(task(i, runs_on_unknown=True) for i in "ab"))
    both = check(asked, snapshot(phone=silent()))
    assert [decision.outcome for decision in both] == ["run_now"] * 2
    for running in (1, 3):
        decision = judge(task(runs_on_unknown=True), silent(), running=running)
        assert decision.outcome is Outcome.DEFERRED
        assert decision.reasons == (
            Reason(
                code=ReasonCode.CONCURRENCY_FULL,
                actual=running + 1,
                required=1,
                unit="tasks",
                device="phone",
            ),
        )


@pytest.mark.parametrize(
    ("changes", "code", "outcome"),
    [
        ({"earliest": NOW + HOUR}, "before_earliest", "deferred"),
        ({"deadline": NOW}, "deadline_missed", "rejected"),
        ({"after": ("other",)}, "waits_for_task", "deferred"),
    ],
)
def test_time_and_order_count_on_an_unknown_battery_too(
    changes: dict[str, Any], code: str, outcome: str
) -> None:
    """Running on unknown forgives a reading, not a clock."""
    blind = task(runs_on_unknown=True, **changes)
    decision, _ = check(request(blind, task("other")), snapshot(phone=silent()))
    assert (decision.outcome, codes(decision)) == (outcome, [code])


@pytest.mark.parametrize("phone", [battery(drain=0), silent()])
@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (3, ["before_earliest", "concurrency_full", "waits_for_task"]),
        (20, ["concurrency_full", "waits_for_task", "before_earliest"]),
    ],
)
def test_reasons_are_told_nearest_first_on_an_unknown_battery_too(
    hours: int, expected: list[str], phone: DevicePower
) -> None:
    """Twelve hours are as far as a task that is waited for."""
    wanted = task(
        earliest=NOW + hours * HOUR, after=("other",), runs_on_unknown=True, drain=0.0
    )
    most = 4 if phone.known else 1
    asked = request(wanted, task("other"), running=most)
    decision, _ = check(asked, snapshot(phone=phone))
    assert codes(decision) == expected


@pytest.mark.parametrize("phone", [battery(), silent()])
@pytest.mark.parametrize("hours", [2, 26, 47, 200])
def test_a_task_that_takes_longer_than_its_times_leave_is_rejected(
    hours: int, phone: DevicePower
) -> None:
    """However far away its deadline is, and by a plan as well; a minute more does."""
    earliest = NOW + hours * HOUR
    wanted = task(earliest=earliest, deadline=earliest + HOUR / 2, runs_on_unknown=True)
    home = snapshot(phone=phone)
    for changes, outcome in (
        ({}, Outcome.REJECTED),
        ({"earliest": NOW, "duration": (hours + 1) * HOUR}, Outcome.REJECTED),
        ({"deadline": earliest + HOUR}, Outcome.DEFERRED),
    ):
        asked = request(replace(wanted, **changes))
        (checked,) = check(asked, home)
        (planned,) = optimize(asked, home).decisions
        rejected = outcome is Outcome.REJECTED
        assert checked.outcome is outcome
        assert (planned.outcome is Outcome.REJECTED) is rejected
        assert ("deadline_missed" in codes(checked)) is rejected
        assert ("deadline_missed" in codes(planned)) is rejected


LOOP = (task("a", after=("b",)), task("b", after=("a",)))


@pytest.mark.parametrize(
    ("tasks", "code", "field"),
    [
        ((task(), task()), "duplicate_id", "id"),
        ((task(), task("b", after=("nobody",))), "unknown_task", "after"),
        (LOOP, "cycle", "after"),
        ((task("a", after=("a",)),), "cycle", "after"),
        (
            (task(earliest=NOW + HOUR, deadline=NOW),),
            "deadline_before_earliest",
            "deadline",
        ),
        ((task(devices=("fridge",)),), "unknown_device", "devices"),
        ((task(energy=5.0, drain=None),), "capacity_unknown", "energy"),
        ((task(drain=None),), "capacity_unknown", "energy"),
        ((task(devices=("laptop",)),), "no_device", None),
        (
            (
                FaultyTask(
                    "x",
                    Reason(code=ReasonCode.UNKNOWN_TYPE, field="type", value="x"),
                ),
            ),
            "unknown_type",
            "type",
        ),
    ],
)
def test_a_faulty_task_is_rejected_by_the_field_that_is_wrong(
    tasks: tuple[Task | FaultyTask, ...], code: str, field: str | None
) -> None:
    """The rest of the list is judged as ever."""
    fleet = snapshot(phone=battery(), laptop=battery())
    decision = check(request(*tasks), fleet)[-1]
    assert decision.outcome is Outcome.REJECTED
    assert [(str(r.code), r.field) for r in decision.reasons] == [(code, field)]


def test_a_cycle_does_not_hide_what_waits_for_it() -> None:
    """Only the tasks of the cycle are at fault."""
    decisions = check(
        request(*LOOP, task("c", after=("a",))), snapshot(phone=battery())
    )
    assert [codes(d) for d in decisions] == [["cycle"], ["cycle"], ["waits_for_task"]]


def test_a_task_between_two_cycles_is_in_none() -> None:
    """It waits for one and is waited for by the other."""
    between = task("between", after=("a",))
    other = (task("x", after=("y", "between")), task("y", after=("x",)))
    decisions = check(request(*other, between, *LOOP), snapshot(phone=battery()))
    assert [codes(d)[0] for d in decisions] == [
        "cycle",
        "cycle",
        "waits_for_task",
        "cycle",
        "cycle",
    ]


def test_a_duplicate_closes_no_cycle() -> None:
    """Only the first task of an id is waited for."""
    tasks = (task("a"), task("b", after=("a",)), task("a", after=("b",)))
    first, second, third = check(request(*tasks), snapshot(phone=battery()))
    assert first.outcome is Outcome.RUN_NOW
    assert codes(second) == ["waits_for_task"]
    assert codes(third) == ["duplicate_id"]


def test_without_devices_every_task_says_so() -> None:
    """Zero devices is an answer, not an error."""
    (decision,) = check(request(task(), devices=()), snapshot())
    assert decision.outcome is Outcome.REJECTED
    assert codes(decision) == ["no_device"]


def test_energy_counts_against_the_capacity() -> None:
    """10 Wh are a fifth of a 50 Wh battery."""
    decision = judge(task(energy=10.0, drain=None), battery(capacity=50, drain=0))
    assert decision.battery_after == pytest.approx(60, abs=0.1)


def test_plugged_but_falling_counts_as_on_battery() -> None:
    """A charger too weak for its device does not lift its limits."""
    weak = battery(25, plugged=True, charge=-5)
    busy = task(demand=Demand(network=0.45), drain=0.0)
    assert codes(judge(busy, weak, reserve=1.0)) == ["network_over_limit"]
    strong = battery(25, plugged=True, charge=5)
    assert judge(busy, strong).outcome is Outcome.RUN_NOW


def test_no_input_is_changed_and_nothing_is_judged_twice() -> None:
    """The answer has one decision for each task, in the order given."""
    tasks = tuple(task(name) for name in "cab")
    asked = request(*tasks)
    decisions = check(asked, snapshot(phone=battery()))
    assert [decision.task for decision in decisions] == ["c", "a", "b"]
    assert asked == request(*tasks)


@pytest.mark.parametrize("rate", [2, 5])
@pytest.mark.parametrize("confidence", [0.7, 0.95])
def test_an_outage_that_comes_each_day_is_expected_again(
    rate: float, confidence: float
) -> None:
    """Of a UPS as well, and however little it takes of its battery."""
    ups = Battery(DeviceSettings(standby=True), UTC)
    level, at = 100.0, NOW.replace(hour=0) - 14 * 24 * HOUR
    while at <= NOW.replace(hour=17, minute=30):
        out = at.hour in (18, 19)
        level = level - rate / 6 if out else min(100.0, level + 5)
        source = PowerSource.BATTERY if out else PowerSource.FULL
        sample = Sample(at, round(level), plugged=not out)
        ups.record(Reading(sample=sample, source=source))
        at += HOUR / 6
    now = at - HOUR / 6
    asked = request(task(requires_power=True, duration=2 * HOUR), confidence=confidence)
    (decision,) = check(asked, Snapshot(at=now, devices={"phone": ups.glance(now)}))
    assert decision.outcome is Outcome.DEFERRED


def test_a_ups_that_wavers_is_on_mains_though_it_has_known_an_outage() -> None:
    """Its level is counted as full at 99 %, but falls by no more than it has."""
    ups, random = Battery(DeviceSettings(standby=True), UTC), Random(7)  # noqa: S311
    begin = NOW - 6 * 24 * HOUR
    scrub = task(requires_power=True, drain=0, duration=3 * HOUR)
    for half in range(288):
        at, out = begin + half * HOUR / 2, 20 <= half < 22
        level = 90 if out else 100 - (random.random() < 0.2)
        source = PowerSource.BATTERY if out else PowerSource.FULL
        sample = Sample(at, level, plugged=not out)
        ups.record(Reading(sample=sample, source=source))
        if half > 60:
            now = Snapshot(at=at, devices={"phone": ups.glance(at)})
            (decision,) = check(request(scrub), now)
            assert decision.outcome is Outcome.RUN_NOW
