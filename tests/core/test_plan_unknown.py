"""What a plan makes of devices that tell nothing, and of what waits for them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.power_scheduler.core.decision import Decision, Outcome
from custom_components.power_scheduler.core.forecast import Window
from custom_components.power_scheduler.core.plan import optimize
from custom_components.power_scheduler.core.snapshot import DeviceSettings
from custom_components.power_scheduler.core.task import Priority

from .plan.builders import (
    HOUR,
    NOW,
    battery,
    codes,
    request,
    silent,
    snapshot,
    stale,
    task,
)

CRITICAL = Priority.CRITICAL


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


def test_a_task_that_runs_on_unknown_is_followed_by_what_waits_for_it() -> None:
    """It runs now on the unknown device; its follower starts when it has ended."""
    answer = optimize(
        request(
            task("blind", devices=("tablet",), runs_on_unknown=True),
            task("next", after=("blind",), devices=("phone",)),
            task("soon", after=("blind",), earliest=NOW + HOUR / 2),
            task("late", after=("blind",), earliest=NOW + 3 * HOUR),
            devices=("phone", "tablet"),
        ),
        snapshot(phone=battery(), tablet=silent()),
    )
    blind, follower, soon, late = answer.decisions
    assert (blind.outcome, blind.device) == (Outcome.RUN_NOW, "tablet")
    assert follower.start == soon.start == blind.end
    assert codes(follower) == ["waits_for_task"]
    assert late.start == NOW + 3 * HOUR
    for own, hours in ((soon, 0.5), (late, 3)):
        assert codes(own) == ["before_earliest", "waits_for_task"]
        assert own.reasons[0].required == NOW + hours * HOUR
    assert {d.reasons[-1].tasks for d in (follower, soon, late)} == {("blind",)}


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


def test_what_unknown_devices_do_not_run_is_no_part_of_a_good_plan() -> None:
    """Half of what is asked is done; what is wrong itself counts for nothing."""
    full = battery(100, plugged=True)
    tasks = [task("known", devices=("phone",)), task("unread", devices=("tablet",))]
    scores = []
    for wanted in (
        tasks,
        [tasks[0], replace(tasks[1], runs_on_unknown=True)],
        [*tasks, task("bad", devices=("nowhere",)), tasks[0]],
        [tasks[1]],
    ):
        asked = request(*wanted, devices=("phone", "tablet"))
        scores.append(optimize(asked, snapshot(phone=full, tablet=silent())).score)
    half, whole, faulty, nothing = scores
    assert whole == pytest.approx(1)
    assert half == faulty == pytest.approx(4.5 / 8.5)
    assert nothing == pytest.approx(0.5 / 4.5)


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
