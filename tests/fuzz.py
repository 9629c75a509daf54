"""Inputs that nobody would think of: near to what is right, or nothing like it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
import os
from typing import Any, Final

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.strategies import SearchStrategy

from custom_components.power_scheduler.redis_form import UNCHANGED

INPUTS: Final = int(os.environ.get("FUZZ_INPUTS", "100"))
"""How many inputs each test gets."""

LONGEST: Final = 30.0
"""Seconds after which an answer counts as a hang, on a busy machine."""

fuzzed: Final = settings(
    max_examples=INPUTS,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

_SCALARS: Final = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["", " ", "\0", "None", "{{ 1 }}", "<b>", "../..", "1e999", "ß" * 300]
    )
)
JSON: Final[SearchStrategy[Any]] = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=6,
)
"""Whatever can come through a browser or a REST client."""

PYTHON: Final[SearchStrategy[Any]] = (
    JSON
    | st.floats()
    | st.binary(max_size=5)
    | st.datetimes()
    | st.datetimes(timezones=st.just(UTC))
    | st.timedeltas()
    | st.sets(st.integers(), max_size=2)
    | st.integers(10**300, 10**301)
    | st.dictionaries(st.integers() | st.none(), st.none(), max_size=2)
)
"""Whatever can come from a script or a template."""


def near(
    fields: Mapping[str, SearchStrategy[Any]],
    junk: SearchStrategy[Any],
    *,
    whole: bool = False,
) -> SearchStrategy[dict[str, Any]]:
    """Return mappings of some fields, or of all, most of them right.

    Now and then some are wrong, or there is one too many.
    """
    optional = st.fixed_dictionaries({}, optional=dict(fields))
    right = st.fixed_dictionaries(dict(fields)) | optional if whole else optional
    wrong = st.fixed_dictionaries({}, optional=dict.fromkeys(fields, junk))
    more = st.dictionaries(st.text(max_size=8), junk, max_size=1)
    return st.builds(
        lambda good, bad, worse, mood: (
            {**good, **(bad if mood == 1 else {}), **(worse if mood == 2 else {})}
        ),
        right,
        wrong,
        more,
        st.integers(0, 4),
    )


def _moments() -> SearchStrategy[str]:
    """Return moments around now, as text."""
    hours = st.integers(-5, 60)
    return hours.map(lambda h: (datetime.now(UTC) + timedelta(hours=h)).isoformat())


def actions(junk: SearchStrategy[Any]) -> Mapping[str, SearchStrategy[dict[str, Any]]]:
    """Return the data of each action."""
    percent = st.floats(0, 100) | st.integers(0, 100).map(str)
    ids = st.sampled_from(["a", "b", "c", "d"])
    devices = st.sampled_from(["Phone", "phone", "Toy", "sensor.toy", "nothing"])
    spans = st.sampled_from(["00:20:00", 600, {"hours": 2}, "48:00:00", "72:00:00", 1])
    moments = _moments()
    task = near(
        {
            "id": ids,
            "type": st.sampled_from(["backup", "Sync", "streaming", "indexing", "x"]),
            "priority": st.sampled_from(["critical", "high", "normal", "low"]),
            "estimated_duration": spans,
            "deferrable": st.booleans(),
            "min_battery": percent,
            "drain": st.floats(0, 1000),
            "energy": st.floats(0, 1000),
            "cpu": percent,
            "memory": percent,
            "network": percent,
            "earliest": moments,
            "deadline": moments,
            "requires_power": st.booleans(),
            "after": st.lists(ids, max_size=2),
            "devices": st.lists(devices, min_size=1, max_size=2),
            "on_unknown": st.sampled_from(["allow", "refuse"]),
        },
        junk,
    )
    terms = {
        "tasks": st.lists(task, min_size=1, max_size=5) | task,
        "reserve": percent,
        "confidence": st.floats(0.05, 0.95),
    }
    row = {"device": devices, "start": moments, "end": moments}
    pretended = {"device": devices, "level": percent, "plugged": st.booleans()}
    # The search would take its time for every input; what it finds is not the point.
    quick = {"effort": st.sampled_from([0, 0.0, "0", 0.005])}
    optimize = near(
        {
            **terms,
            "devices": st.lists(devices, min_size=1, max_size=3),
            "horizon": spans,
            "charging": st.lists(near(row, junk, whole=True), max_size=2),
            "dry_run": st.lists(near(pretended, junk, whole=True), max_size=2),
        },
        junk,
    )
    return {
        "check": near({**terms, "device": devices, "running": st.integers(0, 9)}, junk),
        "optimize": st.builds(
            lambda data, effort: {**data, **effort},
            optimize,
            st.fixed_dictionaries(quick),
        ),
        "forecast": near(
            {
                "device": devices,
                "duration": spans,
                "at": moments,
                "reserve": percent,
                "curve": st.booleans(),
            },
            junk,
        ),
    }


LEVEL: Final = {"unit_of_measurement": "%", "device_class": "battery"}
LANGUAGES: Final = st.text() | st.sampled_from(
    ["de", "x" * 5000, "../../../.storage/auth", "a\0b", "/etc/passwd"]
)
BATTERIES: Final = st.sampled_from(
    ["sensor.phone_battery_level", "sensor.tablet", "sensor.toy", "sensor.none"]
)
_BOUNDED: Final = ("critical", "low", "normal")
_PERCENT: Final = st.floats(-5, 105) | st.integers(-1, 101)


_SECRETS: Final = st.sampled_from([UNCHANGED, "secret"]) | st.text(max_size=5)


def redis_form() -> SearchStrategy[dict[str, Any]]:
    """Return forms of a server."""
    urls = ["redis://h:1/0", "rediss://a:b@h,i:2", "redis://[::1]", "redis://", "é"]
    advanced = near(
        {
            "mode": st.sampled_from(["single", "sentinel", "cluster"]),
            "service": st.text(max_size=5),
            "sentinel_password": _SECRETS,
            "verify_ssl": st.booleans(),
            "check_hostname": st.booleans(),
            "ca": st.just("") | st.text(max_size=20),
            "key_prefix": st.sampled_from(["home", "a:b", ""]) | st.text(max_size=5),
        },
        JSON,
    )
    return near(
        {
            "url": st.sampled_from(urls) | st.text(max_size=30),
            "username": st.text(max_size=5),
            "password": _SECRETS,
            "advanced": advanced,
        },
        JSON,
        whole=True,
    )


def credentials_form() -> SearchStrategy[dict[str, Any]]:
    """Return forms of new credentials."""
    return near(
        {
            "username": st.text(max_size=5),
            "password": _SECRETS,
            "sentinel_password": _SECRETS,
        },
        JSON,
    )


def history_file() -> SearchStrategy[list[Any]]:
    """Return the records of files of history."""
    zones = st.none() | st.timezones()
    moments = _moments() | st.datetimes(timezones=zones).map(datetime.isoformat)
    told = st.none() | st.booleans()
    sample = {
        "device": st.sampled_from(["sensor.phone_battery_level", "other"]),
        "at": moments,
        "level": st.floats(0, 100) | st.integers(0, 100),
        "plugged": told,
    }
    profile = {
        "profile": st.sampled_from(["sensor.phone_battery_level", "other"]),
        "power_state": st.none() | st.sampled_from(["low", "optimal"]),
        "battery_level": st.none() | st.floats(0, 100),
        "charging": told,
        "power_trend": st.none() | st.floats(-50, 50),
        "last_update": moments,
    }
    decision = {"decision": st.just({"task": "a"}) | JSON}
    junk = JSON | st.floats()
    rows = [near(row, junk, whole=True) for row in (sample, profile, decision)]
    return st.lists(st.one_of(rows) | JSON, max_size=4).map(
        lambda records: [{"power_scheduler_history": 1}, *records]
    )


def device_form() -> SearchStrategy[dict[str, Any]]:
    """Return forms of a device."""
    return near(
        {
            "charging": st.lists(BATTERIES, max_size=2),
            "reserve": _PERCENT,
            "capacity": st.floats(-1, 1e7),
            "usage": near(
                {
                    "cpu": BATTERIES,
                    "memory": BATTERIES,
                    "network": BATTERIES,
                    "network_capacity": st.floats(-1, 1e7),
                },
                JSON,
            ),
            "estimates": near(
                {"time_to_empty": BATTERIES, "time_to_full": BATTERIES}, JSON
            ),
            "bounds": near(
                dict.fromkeys(("critical", "low", "normal"), _PERCENT), JSON
            ),
        },
        JSON,
        whole=True,
    )


def profile_form() -> SearchStrategy[dict[str, Any]]:
    """Return forms of a task profile."""
    numbers = ("min_battery", "cpu", "memory", "network")
    return near(
        {
            "name": st.sampled_from(["Backup", " ", "mine"]) | st.text(max_size=300),
            "drain": st.floats(-1, 1001),
            "deferrable": st.booleans(),
            **dict.fromkeys(numbers, _PERCENT),
        },
        JSON,
        whole=True,
    )


def options_form() -> SearchStrategy[dict[str, Any]]:
    """Return forms of the options."""
    shares = {"cpu": _PERCENT, "memory": _PERCENT, "network": _PERCENT}
    best = {**shares, "concurrency": st.integers(-1, 101) | st.floats(0, 101)}
    once = {"concurrency": 1}
    row = near({**best, "up_to": _PERCENT}, JSON, whole=True)
    parts = st.integers(-1, 10**9) | st.floats(0, 100)
    spans = near(dict.fromkeys(("hours", "minutes", "days", "seconds"), parts), JSON)
    ascending = st.lists(st.integers(0, 99), min_size=3, max_size=3).map(sorted)
    sound = ascending.map(
        lambda bounds: {
            name: {"up_to": up_to, "cpu": 30, "memory": 50, "network": 20, **once}
            for name, up_to in zip(_BOUNDED, bounds, strict=True)
        }
    )
    rows = st.fixed_dictionaries(dict.fromkeys(_BOUNDED, row)) | sound
    form = near(
        {
            "prediction_window": st.just({"hours": 1}) | spans,
            "optimal": st.just({"cpu": 90, "memory": 90, "network": 80, **once})
            | near(best, JSON),
        },
        JSON,
        whole=True,
    )
    return st.builds(lambda some, more: {**some, **more}, form, rows)
