"""The actions, as callers see them."""

from datetime import timedelta
from threading import Event
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.power_scheduler.const import DOMAIN
from custom_components.power_scheduler.core.decision import Plan
from custom_components.power_scheduler.core.plan import optimize, search

from .home import PHONE, act, device, phone, profiles, set_up, tell, wait
from .registry import add_device

BACKUP = {"type": "backup"}
SOON = "2026-11-22T20:00:00+01:00"
UNQUOTED = {"expected_tasks", "expected_records", "unexpected_field"}
"""Errors that tell how many were given, or nothing but the field."""


async def ask(hass: HomeAssistant, *tasks: Any, **terms: object) -> dict[str, Any]:
    """Check tasks on the phone."""
    response = await act(hass, "check", device="Phone", tasks=list(tasks), **terms)
    assert response is not None
    return dict(response)


async def test_a_full_plugged_phone_may_run_a_backup(hass: HomeAssistant) -> None:
    """The answer says so in the row, in the list, and of the device."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    answer = await ask(hass, BACKUP)
    assert answer["device"] == "Phone"
    assert (answer["level"], answer["power_state"]) == (100, "optimal")
    assert answer["run_now"] == ["backup_1"]
    (task,) = answer["tasks"]
    assert (task["decision"], task["reasons"]) == ("run_now", [])
    assert task["start"] is not None
    assert task["not_limited_by"] == ["cpu", "memory", "network"]


async def test_a_refusal_carries_sentence_numbers_and_entity(
    hass: HomeAssistant,
) -> None:
    """Whoever asks hears which rule, by how much, and where to look."""
    tell(hass, 22, "discharging")
    await set_up(hass, phone())
    answer = await ask(hass, BACKUP)
    assert answer["run_now"] == []
    (task,) = answer["tasks"]
    reason = next(r for r in task["reasons"] if r["code"] == "battery_below_minimum")
    assert reason == {
        "code": "battery_below_minimum",
        "text": "Phone would be at 22 % at the start, and the task needs 30 %.",
        "actual": 22,
        "required": 30,
        "unit": "%",
        "entity_id": PHONE,
        "field": None,
        "tasks": [],
    }


async def test_a_sentence_tells_apart_what_is_nearly_the_same(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Neither 30 % is too little for 30 %, nor is two o'clock after two o'clock."""
    freezer.move_to("2026-11-22 12:00:30+00:00")
    tell(hass, 29.96, "discharging")
    await set_up(hass, phone())
    answer = await ask(hass, {**BACKUP, "deadline": "2026-11-22 13:00:00+00:00"})
    reasons = {reason["code"]: reason for reason in answer["tasks"][0]["reasons"]}
    low, late = reasons["battery_below_minimum"], reasons["deadline_missed"]
    assert low["text"].startswith("Phone would be at 29.96 % at the start, ")
    assert (low["actual"], low["required"]) == (29.96, 30)
    assert ":30, after its deadline at" in late["text"]


async def test_a_fraction_of_a_second_makes_no_difference(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What is asked at twelve is asked a little later: an hour still ends at one."""
    freezer.move_to("2026-11-22 12:00:00.400+00:00")
    tell(hass, 80, "discharging")
    await set_up(hass, phone())
    now, one = "2026-11-22 12:00:00.100+00:00", "2026-11-22 13:00:00+00:00"
    task = {**BACKUP, "earliest": now, "deadline": one}
    for action, on in (("check", {"device": "Phone"}), ("optimize", {})):
        response: Any = await act(hass, action, tasks=[task], **on)
        assert response["run_now"] == ["backup_1"]


@pytest.mark.parametrize("source", ["vacuum.robot", "input_boolean.plug"])
async def test_what_is_not_plugged_in_runs_nothing_that_needs_power(
    hass: HomeAssistant, source: str
) -> None:
    """A robot that stands about is not on its dock, and a plug that is off is off."""
    hass.states.async_set("sensor.robot", "25", {"unit_of_measurement": "%"})
    off = "idle" if source.startswith("vacuum") else "off"
    on = "docked" if source.startswith("vacuum") else "on"
    hass.states.async_set(source, off)
    await set_up(hass, device("Robot", "sensor.robot", source))
    task = {**BACKUP, "requires_power": True}
    answer = await act(hass, "check", device="Robot", tasks=[task])
    assert answer is not None
    assert (answer["power_state"], answer["run_now"]) == ("low", [])
    hass.states.async_set(source, on)
    answer = await act(hass, "check", device="Robot", tasks=[task])
    assert answer is not None
    assert answer["run_now"] == ["backup_1"]


@pytest.mark.parametrize("hours", [1, 24, 30, 30.02, 48])
async def test_a_task_of_any_length_may_run_on_a_docked_device(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hours: float
) -> None:
    """Scrubbing large disks takes more than a day; a check and a plan agree on it."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    await wait(hass, freezer, hours=13)
    tell(hass, 100, "full")
    scrub = {"id": "scrub", "drain": 0, "estimated_duration": {"hours": hours}}
    scrub |= {"requires_power": True}
    for sure in (0.7, 0.95):
        terms: Any = {"device": "Phone", "tasks": [scrub], "confidence": sure}
        answer: Any = await act(hass, "check", **terms)
        assert answer["run_now"] == ["scrub"]
    for ahead in ({}, {"horizon": "48:00:00"}):
        planned = await act(hass, "optimize", tasks=[scrub, BACKUP], **ahead)
        assert planned is not None
        run_now: Any = planned["run_now"]
        assert "scrub" in run_now


async def test_every_task_is_in_exactly_one_list(hass: HomeAssistant) -> None:
    """Faulty tasks too: nothing is dropped, and each says what is wrong."""
    tell(hass, 80, "discharging")
    await set_up(hass, phone())
    tasks = [
        BACKUP,
        {"type": "streaming", "id": "film"},
        {"type": "nonsense"},
        {"type": "sync", "id": "film"},
        {"type": "sync", "after": ["nobody"]},
        {"type": "sync", "devices": ["Fridge"]},
        {"type": "sync", "deadline": "2020-01-01 00:00:00"},
        {"drain": 3, "id": "own"},
        {},
    ]
    response = await act(hass, "optimize", tasks=tasks, effort=0)
    assert response is not None
    found: dict[str, Any] = dict(response)
    rows = found["tasks"]
    ids = [row["id"] for row in rows]
    outcomes = ("run_now", "scheduled", "deferred", "rejected")
    assert sorted(i for o in outcomes for i in found[o]) == sorted(ids)
    assert ids[:3] == ["backup_1", "film", "nonsense_3"]
    codes = {i: [r["code"] for r in row["reasons"]] for i, row in enumerate(rows)}
    assert codes[2] == ["unknown_type"]
    assert codes[3] == ["duplicate_id"]
    assert codes[4] == ["unknown_task"]
    assert codes[5] == ["unknown_device"]
    assert "deadline_missed" in codes[6]
    assert codes[8] == ["missing_type"]
    assert rows[3]["reasons"][0]["field"] == "id"
    assert all(r["text"] for row in rows for r in row["reasons"])


async def test_a_task_without_a_type_is_of_no_profile(hass: HomeAssistant) -> None:
    """Nor of one whose name was taken away."""
    tell(hass, 100, "full")
    entry = await set_up(hass, phone())
    profile = entry.subentries["id_of_sync"]
    hass.config_entries.async_update_subentry(entry, profile, title="")
    await hass.async_block_till_done()
    rejected = await ask(hass, {"id": "what"})
    assert rejected["run_now"] == []
    (reason,) = rejected["tasks"][0]["reasons"]
    assert (reason["code"], reason["field"]) == ("missing_type", "type")
    assert "Types: backup, indexing, streaming." in reason["text"]


async def test_an_unknown_type_is_told_the_profiles_there_are(
    hass: HomeAssistant,
) -> None:
    """So that nobody has to look them up; the other tasks are judged as ever."""
    tell(hass, 100, "full")
    entry = await set_up(hass, phone())
    answer = await ask(hass, {"type": "backups"}, {"type": "sync"})
    (reason,) = answer["tasks"][0]["reasons"]
    assert reason["text"].startswith(
        "The field type names no task profile: backups."
        " Profiles: backup, indexing, streaming, sync."
    )
    assert answer["run_now"] == ["sync_2"]
    for profile in profiles():
        assert hass.config_entries.async_remove_subentry(entry, profile["subentry_id"])
    await hass.async_block_till_done()
    answer = await ask(hass, {"type": "backups"}, {})
    texts = [task["reasons"][0]["text"] for task in answer["tasks"]]
    assert "Profiles: -." in texts[0]
    assert "Types: -." in texts[1]


async def test_a_task_that_may_run_on_no_device_runs_nowhere(
    hass: HomeAssistant,
) -> None:
    """A template that finds no device leaves an empty list, which is not any."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    tasks = [{"type": "sync", "devices": []}]
    for action, on in (("check", {"device": "Phone"}), ("optimize", {})):
        response = await act(hass, action, tasks=tasks, **on)
        assert response is not None
        found: dict[str, Any] = dict(response)
        assert found["rejected"] == ["sync_1"]
        assert [r["code"] for r in found["tasks"][0]["reasons"]] == ["no_device"]


async def test_a_plan_tells_of_tasks_and_devices(hass: HomeAssistant) -> None:
    """The response has a score, rows with times and levels, and the devices."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    response: Any = await act(
        hass,
        "optimize",
        tasks=[BACKUP, {"type": "sync", "estimated_duration": {"minutes": 20}}],
        charging=[
            {
                "device": PHONE,
                "start": dt_util.utcnow().isoformat(),
                "end": (dt_util.utcnow() + timedelta(hours=4)).isoformat(),
            }
        ],
        dry_run=[{"device": "phone", "level": 90, "plugged": True}],
        devices=["Phone"],
        horizon="06:00:00",
        effort=0,
    )
    assert 0 < response["score"] <= 1
    assert [row["id"] for row in response["tasks"]] == ["backup_1", "sync_2"]
    (row,) = response["devices"]
    assert row["device"] == "Phone"
    assert row["level"] == 90
    assert row["reserve"] == 10


async def test_a_phone_that_says_it_is_unplugged_is_not_charging(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Whatever was known beforehand; once it is on its charger, the task may run."""
    freezer.move_to("2026-11-22T23:00:00Z")
    tell(hass, 15, "discharging")
    await set_up(hass, phone())
    terms: Any = {
        "tasks": [{**BACKUP, "requires_power": True}],
        "charging": [
            {
                "device": "Phone",
                "start": "2026-11-22T22:00:00Z",
                "end": "2026-11-23T06:00:00Z",
            }
        ],
    }
    answer: Any = await act(hass, "optimize", **terms)
    assert answer["run_now"] == []
    await wait(hass, freezer, minutes=10)
    tell(hass, 15, "charging")
    answer = await act(hass, "optimize", **terms)
    assert answer["run_now"] == ["backup_1"]


async def test_a_task_that_is_waited_for_twice_is_waited_for_once(
    hass: HomeAssistant,
) -> None:
    """It takes no place twice, and no sentence names it twice."""
    tell(hass, 100, "discharging")
    await set_up(hass, phone())
    last = (dt_util.utcnow() + timedelta(minutes=40)).isoformat()
    response: Any = await act(
        hass,
        "optimize",
        tasks=[
            {"id": "first", "drain": 30, "estimated_duration": "00:10:00"},
            {
                "id": "second",
                "after": ["first", "first"],
                "priority": "critical",
                "drain": 100,
                "estimated_duration": "00:20:00",
            },
            {
                "id": "third",
                "earliest": last,
                "drain": 60,
                "estimated_duration": "00:20:00",
            },
        ],
        effort=0,
        horizon="01:00:00",
    )
    assert response["run_now"] == ["first"]
    assert response["scheduled"] == ["second", "third"]
    assert response["tasks"][1]["reasons"][0]["tasks"] == ["first"]


@pytest.mark.parametrize("action", ["check", "optimize"])
async def test_a_task_on_an_unavailable_device_waits(
    hass: HomeAssistant, action: str
) -> None:
    """Nothing fails open: without a reading a task is deferred, with its reason."""
    tell(hass, "unavailable")
    await set_up(hass, phone())
    where = {"device": "Phone"} if action == "check" else {}
    response: Any = await act(hass, action, tasks=[BACKUP], **where)
    (task,) = response["tasks"]
    assert task["decision"] == "deferred"
    assert [r["code"] for r in task["reasons"]] == ["reading_unknown"]


@pytest.mark.parametrize(
    ("action", "data", "key", "field", "value"),
    [
        ("check", {"tasks": [BACKUP]}, "missing_field", "device", None),
        ("check", {"device": "Phone"}, "missing_field", "tasks", None),
        ("optimize", {"tasks": {"cpu": []}}, "expected_number", "tasks[0].cpu", "[]"),
        ("optimize", {"tasks": []}, "expected_tasks", "tasks", "0"),
        ("optimize", {"tasks": "all"}, "expected_task", "tasks[0]", "all"),
        (
            "optimize",
            {"tasks": [{"type": "sync"}] * 10_000},
            "expected_tasks",
            "tasks",
            "10000",
        ),
        (
            "optimize",
            {"tasks": [BACKUP], "signal": [{"start": SOON, "value": 1}] * 5001},
            "expected_records",
            "signal",
            "5001",
        ),
        (
            "optimize",
            {"tasks": [BACKUP], "dry_run": []},
            "expected_records",
            "dry_run",
            "0",
        ),
        (
            "optimize",
            {"tasks": [BACKUP], "signal": [[SOON, 1]]},
            "expected_record",
            "signal[0]",
            f"['{SOON}', 1]",
        ),
        (
            "optimize",
            {"tasks": [{"after": [""]}]},
            "expected_text",
            "tasks[0].after[0]",
            "",
        ),
        (
            "optimize",
            {"tasks": [BACKUP, {"type": "sync", "cpu": "much"}]},
            "expected_number",
            "tasks[1].cpu",
            "much",
        ),
        ("check", {True: "Phone"}, "unexpected_field", "[True]", "True: Phone"),
        ("check", {"running": 1.5}, "expected_count", "running", "1.5"),
        ("check", {"running": float("inf")}, "expected_count", "running", "inf"),
        (
            "optimize",
            {"tasks": [{"type": "sync", "cpu": True}]},
            "expected_number",
            "tasks[0].cpu",
            "True",
        ),
        (
            "optimize",
            {"tasks": [{"type": "sync", "prority": "high"}]},
            "unexpected_field",
            "tasks[0].prority",
            "high",
        ),
        (
            "optimize",
            {"tasks": [{"type": "sync", "priority": "urgent"}]},
            "expected_choice",
            "tasks[0].priority",
            "urgent",
        ),
        (
            "optimize",
            {"tasks": [{"type": "sync", "deadline": "soon"}]},
            "expected_moment",
            "tasks[0].deadline",
            "soon",
        ),
        (
            "optimize",
            {"tasks": [{"type": "sync", "deadline": "0001-01-01T00:00:00+14:00"}]},
            "expected_moment",
            "tasks[0].deadline",
            "0001-01-01T00:00:00+14:00",
        ),
        (
            "optimize",
            {"tasks": [{"type": "sync", "estimated_duration": {"hours": "x"}}]},
            "expected_duration",
            "tasks[0].estimated_duration.hours",
            "x",
        ),
        (
            "optimize",
            {"tasks": [{"type": "sync", "estimated_duration": {"days": 3}}]},
            "expected_duration",
            "tasks[0].estimated_duration",
            "days: 3",
        ),
        (
            "optimize",
            {"tasks": [{"type": "sync", "estimated_duration": "20 minutes"}]},
            "expected_duration",
            "tasks[0].estimated_duration",
            "20 minutes",
        ),
        (
            "optimize",
            {"tasks": [BACKUP, {"type": "sync", "drain": 5, "energy": 5}]},
            "drain_and_energy",
            "tasks[1].energy",
            None,
        ),
        (
            "optimize",
            {"tasks": [{"type": "x" * 300}]},
            "expected_text",
            "tasks[0].type",
            "x" * 60 + "…",
        ),
        (
            "optimize",
            {"tasks": [BACKUP], "horizon": "72:00:00"},
            "expected_duration",
            "horizon",
            "72:00:00",
        ),
        (
            "optimize",
            {"tasks": [BACKUP], "horizon": 1e300},
            "expected_duration",
            "horizon",
            "1e+300",
        ),
        (
            "optimize",
            {"tasks": [BACKUP], "charging": [{"device": "Phone"}]},
            "missing_field",
            "charging[0].start",
            None,
        ),
        (
            "optimize",
            {
                "tasks": [BACKUP],
                "charging": [
                    {
                        "device": "Phone",
                        "start": "2030-01-02 00:00:00",
                        "end": "2030-01-01 00:00:00",
                    }
                ],
            },
            "end_before_start",
            "charging[0].end",
            None,
        ),
        (
            "optimize",
            {"tasks": [BACKUP], "devices": ["Fridge"]},
            "unknown_device",
            "devices[0]",
            "Fridge",
        ),
        (
            "forecast",
            {"device": "Fridge"},
            "unknown_device",
            "device",
            "Fridge",
        ),
        (
            "forecast",
            {"device": "Phone", "at": "2020-01-01 00:00:00"},
            "moment_out_of_range",
            "at",
            "2020-01-01T00:00:00-08:00",
        ),
        (
            "optimize",
            {
                "tasks": [BACKUP],
                "targets": [
                    {"device": "Phone", "level": 90, "at": "2999-01-01 00:00:00"}
                ],
            },
            "moment_out_of_range",
            "targets[0].at",
            "2999-01-01T00:00:00-08:00",
        ),
    ],
)
async def test_bad_input_gets_an_error_that_names_the_field(
    hass: HomeAssistant,
    action: str,
    data: dict[Any, Any],
    key: str,
    field: str,
    value: str | None,
) -> None:
    """The sentence is translated, and says where and what is wrong."""
    tell(hass, 50, "discharging")
    await set_up(hass, phone())
    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(
            DOMAIN, action, data, blocking=True, return_response=True
        )
    assert caught.value.translation_key == key
    placeholders = caught.value.translation_placeholders or {}
    assert placeholders["field"] == field
    assert placeholders.get("value") == value
    assert field in str(caught.value)
    # What was given stands apart from what would be right.
    assert value is None or key in UNQUOTED or f'"{value}"' in str(caught.value)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland"])
@pytest.mark.parametrize("moment", ["0001-01-01 00:00:00Z", "9999-12-31 23:59:59Z"])
async def test_the_ends_of_time_are_moments_too(
    hass: HomeAssistant, zone: str, moment: str
) -> None:
    """As some write for "never": whatever is asked gets an answer, or a clear error."""
    await hass.config.async_set_time_zone(zone)
    tell(hass, 100, "full")
    await set_up(hass, phone())
    for field in ("earliest", "deadline"):
        tasks = [{"type": "backup", field: moment}]
        for action, on in (("check", {"device": "Phone"}), ("optimize", {})):
            response = await act(hass, action, tasks=tasks, **on)
            assert response is not None
            outcome = dict[str, Any](response)["tasks"][0]["decision"]
            may_run = (field == "earliest") == moment.startswith("0001")
            assert (outcome == "run_now") is may_run
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "forecast", device="Phone", at=moment)
    assert caught.value.translation_key == "moment_out_of_range"


async def test_duration_and_moment_exclude_each_other(hass: HomeAssistant) -> None:
    """A forecast is for one moment."""
    tell(hass, 50, "discharging")
    await set_up(hass, phone())
    with pytest.raises(ServiceValidationError) as caught:
        await act(
            hass, "forecast", device="Phone", duration=60, at="2030-01-01 00:00:00"
        )
    assert caught.value.translation_key == "duration_and_at"


async def test_two_devices_of_one_name_are_no_answer(hass: HomeAssistant) -> None:
    """A name that could mean two batteries means none."""
    tell(hass, 50, "discharging")
    hass.states.async_set("sensor.other", "40")
    other = device("Phone", "sensor.other")
    other["subentry_id"] = "another"
    await set_up(hass, phone(), other)
    with pytest.raises(ServiceValidationError) as caught:
        await ask(hass, BACKUP)
    assert caught.value.translation_key == "several_batteries"
    assert caught.value.translation_placeholders == {
        "field": "device",
        "value": "Phone",
        "entities": f"sensor.other, {PHONE}",
    }
    answer = await act(hass, "check", device="sensor.other", tasks=[BACKUP])
    assert answer is not None
    assert answer["level"] == 40


async def test_of_two_batteries_in_one_device_one_is_named(hass: HomeAssistant) -> None:
    """A watch may be part of its phone: the error says what to give instead."""
    found = add_device(
        hass,
        "mobile_app",
        "iPhone",
        {"sensor.iphone_battery": "battery", "sensor.watch_battery": "battery"},
    )
    for entity_id, level in zip(found, ("50", "40"), strict=True):
        hass.states.async_set(entity_id, level, {"unit_of_measurement": "%"})
    batteries = [device(entry.entity_id, entry.id) for entry in found.values()]
    await set_up(hass, *batteries)
    (device_id,) = {str(entry.device_id) for entry in found.values()}
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "check", device=device_id, tasks=[BACKUP])
    assert caught.value.translation_key == "several_batteries"
    given = caught.value.translation_placeholders or {}
    for entity_id, known in zip(given["entities"].split(", "), (50, 40), strict=True):
        answer = await act(hass, "check", device=entity_id, tasks=[BACKUP])
        assert answer is not None
        assert answer["level"] == known
    plan: Any = await act(hass, "optimize", tasks=[{**BACKUP, "devices": [device_id]}])
    (reason,) = plan["tasks"][0]["reasons"]
    assert (reason["code"], reason["field"]) == ("unknown_device", "devices")
    assert reason["text"].endswith("give the entity of one.")


async def test_without_an_entry_an_action_says_so(hass: HomeAssistant) -> None:
    """An automation that outlives the integration gets a clear error."""
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone())
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError):
        await ask(hass, BACKUP)


async def test_a_forecast_has_level_interval_and_curve(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The answer is for the moment that was asked for."""
    tell(hass, 80, "discharging")
    await set_up(hass, phone())
    for level in (78, 76, 74):
        freezer.tick(timedelta(minutes=15))
        tell(hass, level)
    response: Any = await act(
        hass, "forecast", device=PHONE, duration={"hours": 2}, curve=True, reserve=20
    )
    assert response["p10"] <= response["level"] <= response["p90"] <= 100
    assert response["level_now"] == 74
    assert 0 <= response["probability"] <= 1
    assert response["rate"] < 0
    assert response["empty_at"] is not None
    assert response["reserve"] == 20
    assert len(response["curve"]) == 9
    assert response["curve"][-1]["at"] == response["at"]


async def test_the_forecast_of_a_silent_device_is_unknown(hass: HomeAssistant) -> None:
    """No number is made from nothing."""
    tell(hass, "unavailable")
    await set_up(hass, phone())
    response: Any = await act(
        hass, "forecast", device="Phone", at=dt_util.utcnow() + timedelta(hours=1)
    )
    assert response["level"] is None
    assert response["probability"] is None
    assert response["basis"] is None


async def test_a_battery_given_in_energy_needs_a_capacity(hass: HomeAssistant) -> None:
    """Watt-hours become percent where the battery's capacity is known."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    task = {"id": "t", "energy": 5}
    answer = await ask(hass, task)
    assert answer["tasks"][0]["reasons"][0]["code"] == "capacity_unknown"


async def test_a_dry_run_pretends_all_that_its_rows_say(hass: HomeAssistant) -> None:
    """The level in one row, and the plug in another, under another name."""
    tell(hass, 80, "discharging")
    await set_up(hass, phone())
    response: Any = await act(
        hass,
        "optimize",
        tasks=[BACKUP],
        dry_run=[{"device": "Phone", "level": 12}, {"device": PHONE, "plugged": True}],
        effort=0,
    )
    (row,) = response["devices"]
    assert (row["level"], row["power_state"]) == (12, "optimal")


async def test_a_task_that_says_so_runs_without_a_reading(hass: HomeAssistant) -> None:
    """Only on request does anything run in the dark."""
    tell(hass, "unavailable")
    await set_up(hass, phone())
    answer = await ask(hass, {**BACKUP, "on_unknown": "allow"})
    assert answer["run_now"] == ["backup_1"]


async def test_the_change_that_would_help_is_a_sentence(hass: HomeAssistant) -> None:
    """As each reason is."""
    tell(hass, 31, "discharging")
    await set_up(hass, phone())
    answer = await ask(hass, {**BACKUP, "min_battery": 33, "drain": 0.1})
    (task,) = answer["tasks"]
    assert task["would_run_if"]["text"].startswith("It would run")


SYNC = {"id": "sync", "drain": 1, "estimated_duration": {"minutes": 30}}


async def planned(hass: HomeAssistant, **terms: object) -> float:
    """Return how many hours from now a plan starts one task."""
    response: Any = await act(
        hass, "optimize", tasks=[SYNC], prefer_early=0, effort=0, **terms
    )
    start = dt_util.parse_datetime(response["tasks"][0]["start"])
    assert start is not None
    return (start - dt_util.utcnow()) / timedelta(hours=1)


def prices(**changes: float) -> list[dict[str, object]]:
    """Return a price of 30 an hour, but in the hours that are named `at_H`."""
    now = dt_util.utcnow()
    return [
        {
            "start": (now + timedelta(hours=hour)).isoformat(),
            "value": changes.get(f"at_{hour}", 30),
        }
        for hour in range(12)
    ]


async def test_a_task_waits_for_cheap_power(hass: HomeAssistant) -> None:
    """The signal may be given, or lie in the attributes of an entity."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    assert await planned(hass) == pytest.approx(0, abs=0.1)
    cheap = await planned(hass, signal=prices(at_5=10))
    assert cheap == pytest.approx(5, abs=0.5)
    hass.states.async_set(
        "sensor.price",
        "30",
        {"unit": "EUR", "raw_today": prices(at_3=20), "raw_tomorrow": "unknown"},
    )
    cheap = await planned(hass, signal_entity="sensor.price")
    assert cheap == pytest.approx(3, abs=0.5)


async def test_a_task_waits_for_the_sun(hass: HomeAssistant) -> None:
    """Of sunshine, more is better; a mapping of moments is a forecast, too."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    watts = {row["start"]: row["value"] for row in prices(at_4=900)}
    junk = {"noon": 5000, dt_util.utcnow().isoformat(): "much"}
    hass.states.async_set("sensor.sun", "0", {"watts": watts | junk, "other": watts})
    start = await planned(
        hass,
        signal_entity="sensor.sun",
        signal_attribute="watts",
        signal_more_is_better=True,
    )
    assert start == pytest.approx(4, abs=0.5)


@pytest.mark.parametrize(
    ("start_name", "value_name"),
    [
        ("period_start", "pv_estimate"),  # Solcast
        ("start_time", "per_kwh"),  # Amber Electric
        ("hour", "price"),  # Energi Data Service
        ("start", "value_inc_vat"),  # Octopus Energy
        ("datetime", "electricity_price"),  # Zonneplan
        ("timestamp", "price"),  # EnergyZero and easyEnergy
    ],
)
async def test_the_names_that_integrations_use_are_known(
    hass: HomeAssistant, start_name: str, value_name: str
) -> None:
    """Each has its own for when an entry begins, and for what it tells."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    told = [
        {start_name: dt_util.parse_datetime(str(row["start"])), value_name: v}
        for row in prices(at_4=900)
        for v in [row["value"]]
    ]
    hass.states.async_set("sensor.told", "0", {"told": told})
    start = await planned(hass, signal_entity="sensor.told", signal_more_is_better=True)
    assert start == pytest.approx(4, abs=0.5)


async def test_one_forecast_in_two_attributes_is_one(hass: HomeAssistant) -> None:
    """Today's prices may be told again among all."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    told = prices(at_5=10)
    hass.states.async_set("sensor.price", "30", {"today": told[:3], "all": told})
    cheap = await planned(hass, signal_entity="sensor.price")
    assert cheap == pytest.approx(5, abs=0.5)


async def test_two_forecasts_of_one_time_are_not_mixed(hass: HomeAssistant) -> None:
    """Power and energy are two things: which one is meant has to be said."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    hours = [row["start"] for row in prices()]
    forecasts = {
        "watts": dict.fromkeys(hours, 3000),
        "wh_period": dict.fromkeys(hours[::2], 2800),
    }
    hass.states.async_set("sensor.sun", "5", forecasts)
    with pytest.raises(ServiceValidationError) as caught:
        await planned(hass, signal_entity="sensor.sun")
    assert caught.value.translation_key == "several_signals"
    assert caught.value.translation_placeholders == {
        "field": "signal_attribute",
        "entity": "sensor.sun",
        "attributes": "watts, wh_period",
    }
    named = {"signal_entity": "sensor.sun", "signal_attribute": "watts"}
    assert await planned(hass, **named) == pytest.approx(0, abs=0.1)


async def test_an_entity_that_is_not_there_is_no_signal(hass: HomeAssistant) -> None:
    """A slip of the pen is called what it is."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    with pytest.raises(ServiceValidationError) as caught:
        await planned(hass, signal_entity="sensor.prise")
    assert caught.value.translation_key == "unknown_entity"
    assert caught.value.translation_placeholders == {
        "field": "signal_entity",
        "value": "sensor.prise",
    }


NO_POINTS = [
    {"start": "2026-02-30T10:00:00+00:00", "value": 1},
    {"start": "0001-01-01T00:00:00+14:00", "value": 1},
    {"start": "2026-01-01T00:00:00+00:00", "value": 10**400},
]


@pytest.mark.parametrize(
    ("named", "field"),
    [
        ({}, "signal_entity"),
        ({"signal_attribute": "raw_today"}, "signal_attribute"),
    ],
)
async def test_an_entity_without_a_forecast_is_no_signal(
    hass: HomeAssistant, named: dict[str, str], field: str
) -> None:
    """Nothing is planned on prices that are not there."""
    tell(hass, 100, "full")
    hass.states.async_set(
        "sensor.price", "30", {"list": ["x", {"start": 3}, *NO_POINTS]}
    )
    await set_up(hass, phone())
    with pytest.raises(ServiceValidationError) as caught:
        await planned(hass, signal_entity="sensor.price", **named)
    assert caught.value.translation_key == "no_signal"
    assert (caught.value.translation_placeholders or {})["field"] == field


@pytest.mark.parametrize(
    ("named", "key"),
    [
        ({"signal_attribute": "raw_today"}, "missing_field"),
        ({"signal_entity": "sensor.price", "signal": []}, "signal_and_entity"),
    ],
)
async def test_what_is_not_clear_is_no_signal(
    hass: HomeAssistant, named: dict[str, Any], key: str
) -> None:
    """No half of what was said is left out in silence."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    given = {name: value or prices(at_5=10) for name, value in named.items()}
    with pytest.raises(ServiceValidationError) as caught:
        await planned(hass, **given)
    assert caught.value.translation_key == key


async def test_a_wanted_level_is_kept(hass: HomeAssistant) -> None:
    """A task that would break it has to go, and says so."""
    tell(hass, 60, "discharging")
    await set_up(hass, phone())
    heavy = {"id": "heavy", "drain": 10, "min_battery": 0}
    free: Any = await act(hass, "optimize", tasks=[heavy], effort=0, horizon="02:00:00")
    assert free["run_now"] == ["heavy"]
    at = (dt_util.utcnow() + timedelta(hours=2)).isoformat()
    kept: Any = await act(
        hass,
        "optimize",
        tasks=[heavy],
        effort=0,
        horizon="02:00:00",
        targets=[{"device": "Phone", "level": 60, "at": at}],
    )
    assert kept["run_now"] == []
    (reason,) = kept["tasks"][0]["reasons"]
    assert reason["code"] == "target_at_risk"
    # The phone falls by itself: nobody wants just what is left then.
    assert reason["required"] < 60
    assert "the most that it reaches without tasks" in reason["text"]


async def test_a_plan_that_breaks_a_rule_is_told_and_starts_nothing(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It would be our mistake, and whoever asks must not pay for it."""
    tell(hass, 100, "full")
    await set_up(hass, phone())
    answer: Any = await act(hass, "optimize", tasks=[BACKUP], effort=0)
    assert answer["run_now"] == ["backup_1"]
    assert "broke a rule" not in caplog.text
    monkeypatch.setattr(search, "holds", lambda *_: False)
    answer = await act(hass, "optimize", tasks=[BACKUP], effort=0)
    assert answer["run_now"] == answer["scheduled"] == []
    assert "The best plan found (tasks: 1) broke a rule" in caplog.text


@pytest.mark.parametrize("is_up_again", [True, False])
async def test_a_decision_is_logged_though_options_change_meanwhile(
    hass: HomeAssistant, *, is_up_again: bool
) -> None:
    """The log is that of the entry as it is set up in the end."""
    tell(hass, 100, "full")
    entry = await set_up(hass, phone())
    begun, may_end = Event(), Event()

    def slow(*args: Any) -> Plan:
        """Take as long as a large plan does."""
        begun.set()
        may_end.wait(10)
        return optimize(*args)

    with patch("custom_components.power_scheduler.services.optimize", slow):
        action = hass.async_create_task(act(hass, "optimize", tasks=[BACKUP]))
        await hass.async_add_executor_job(begun.wait, 10)
        await hass.config_entries.async_unload(entry.entry_id)
        if is_up_again:
            await hass.config_entries.async_setup(entry.entry_id)
        may_end.set()
        assert await action
    if not is_up_again:
        await hass.config_entries.async_setup(entry.entry_id)
    assert len(await entry.runtime_data.history.decisions()) == 1
