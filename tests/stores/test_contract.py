"""What every store of history does, whatever database is behind it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timezone

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.power_scheduler.core.sample import Sample
from custom_components.power_scheduler.stores import (
    KEPT_DECISIONS,
    DeviceProfile,
    HistoryStore,
    JsonObject,
)

from .samples import EVER, MINUTE, NOON, a_day

samples = st.builds(
    Sample,
    at=st.datetimes(
        min_value=datetime(1971, 1, 1),  # noqa: DTZ001
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    level=st.floats(0, 100),
    plugged=st.none() | st.booleans(),
)
histories = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30),
    st.lists(samples, max_size=10),
    max_size=4,
)


def profile(**changes: str | float | datetime | None) -> DeviceProfile:
    """Return the profile of a phone in use."""
    fields = {
        "power_state": "normal",
        "battery_level": 41.5,
        "charging": False,
        "power_trend": -3.25,
        "last_update": NOON,
    }
    return DeviceProfile(**(fields | changes))  # type: ignore[arg-type]


async def test_a_new_store_is_empty(store: HistoryStore) -> None:
    """Nothing is not an error."""
    assert await store.load(EVER) == {}
    assert await store.devices() == []
    assert await store.decisions() == []
    assert await store.profile("phone") is None


async def test_samples_come_back_oldest_first(store: HistoryStore) -> None:
    """Whatever the order they were added in."""
    day = a_day()
    await store.append({"phone": day[::-1], "laptop": day[:3]})
    assert await store.load(EVER) == {"phone": day, "laptop": day[:3]}


async def test_an_unknown_plug_stays_unknown(store: HistoryStore) -> None:
    """Unknown is neither true nor false, and the ends of the scale are levels."""
    batch = [
        Sample(NOON, 1, None),
        Sample(NOON + MINUTE, 0, plugged=False),
        Sample(NOON + 2 * MINUTE, 100, plugged=True),
    ]
    await store.append({"phone": batch})
    loaded = (await store.load(EVER))["phone"]
    assert [sample.plugged for sample in loaded] == [None, False, True]


async def test_only_what_was_read_since_is_loaded(store: HistoryStore) -> None:
    """The given moment belongs to it; a device with nothing since is left out."""
    day = a_day()
    await store.append({"phone": day, "old": day[:10]})
    assert await store.load(day[600].at) == {"phone": day[600:]}


async def test_some_devices_can_be_loaded_alone(store: HistoryStore) -> None:
    """A device that is not there is left out."""
    day = a_day()
    await store.append({"phone": day, "laptop": day[:3], "tablet": day[:4]})
    assert await store.devices() == ["laptop", "phone", "tablet"]
    assert await store.load(day[1].at, ["tablet", "other", "laptop"]) == {
        "laptop": day[1:3],
        "tablet": day[1:4],
    }
    assert await store.load(EVER, []) == {}


async def test_adding_twice_changes_nothing(store: HistoryStore) -> None:
    """Overlapping batches, larger than any portion, add only what is new."""
    day = a_day()
    await store.append({"phone": day[:800]})
    await store.append({"phone": day})
    await store.append({"phone": day})
    assert await store.load(EVER) == {"phone": day}


async def test_of_two_at_the_same_moment_the_first_stays(store: HistoryStore) -> None:
    """Within a batch, between batches, and whatever the time zone."""
    first, second = Sample(NOON, 50), Sample(NOON, 49.5, plugged=True)
    same = Sample(NOON.astimezone(timezone(MINUTE * 90)), 7)
    await store.append({"phone": [first, second], "laptop": [second, first]})
    await store.append({"phone": [second, same], "laptop": [first]})
    assert await store.load(EVER) == {"phone": [first], "laptop": [second]}


async def test_nothing_to_add_is_no_error(store: HistoryStore) -> None:
    """Empty calls change nothing."""
    await store.append({})
    await store.append({"phone": []})
    await store.write_profiles({})
    await store.log_decisions([])
    assert await store.load(EVER) == {}
    assert await store.decisions() == []


async def test_what_is_older_than_the_retention_goes(store: HistoryStore) -> None:
    """The given moment itself stays."""
    day = a_day()
    await store.append({"phone": day, "gone": day[:5]})
    await store.trim(day[10].at)
    assert await store.load(EVER) == {"phone": day[10:]}


async def test_the_newest_profile_counts(store: HistoryStore) -> None:
    """Each device has one profile."""
    newer = profile(battery_level=40.0, charging=True, last_update=NOON + MINUTE)
    await store.write_profiles({"phone": profile(), "laptop": profile()})
    await store.write_profiles({"phone": newer})
    assert await store.devices() == ["laptop", "phone"]
    assert await store.profile("phone") == newer
    assert await store.profile("laptop") == profile()


async def test_a_profile_forgets_what_is_not_known_any_more(
    store: HistoryStore,
) -> None:
    """An old value is no answer to a new question."""
    unknown = profile(
        power_state=None, battery_level=None, charging=None, power_trend=None
    )
    await store.write_profiles({"phone": profile()})
    await store.write_profiles({"phone": unknown})
    assert await store.profile("phone") == unknown


async def test_only_the_newest_decisions_stay(store: HistoryStore) -> None:
    """They come newest first, and as they went in."""
    decisions: list[JsonObject] = [
        {"task": str(number), "reasons": ["a", "b"], "level": 0.5, "device": None}
        for number in range(KEPT_DECISIONS + 20)
    ]
    await store.log_decisions(decisions[:60])
    await store.log_decisions(decisions[60:])
    assert await store.decisions() == decisions[:19:-1]


async def test_everything_is_there_after_closing_and_opening(
    store: HistoryStore,
) -> None:
    """What is kept outlives the connection."""
    day = a_day()
    await store.append({"phone": day})
    await store.write_profiles({"phone": profile()})
    await store.log_decisions([{"task": "backup"}])
    await store.close()
    await store.open()
    assert await store.load(EVER) == {"phone": day}
    assert await store.profile("phone") == profile()
    assert await store.decisions() == [{"task": "backup"}]


async def test_everything_can_be_forgotten(store: HistoryStore) -> None:
    """What is left is a new store."""
    for _ in range(2):
        await store.append({"phone": a_day(), "laptop": a_day()[:1]})
        await store.write_profiles({"phone": profile()})
        await store.log_decisions([{"task": "backup"}])
        await store.erase()
        assert await store.load(EVER) == {}
        assert await store.devices() == []
        assert await store.profile("phone") is None
        assert await store.decisions() == []


async def test_closing_twice_is_no_error(store: HistoryStore) -> None:
    """A second close finds nothing to do."""
    await store.close()
    await store.close()


@pytest.mark.parametrize("order", [1, -1])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(parts=st.lists(histories, max_size=3))
async def test_what_goes_in_comes_out_once_and_sorted(
    store: HistoryStore, order: int, parts: Sequence[Mapping[str, Sequence[Sample]]]
) -> None:
    """However samples are cut into batches, the first at each moment comes back."""
    await store.trim(datetime(2300, 1, 1, tzinfo=UTC))
    expected: dict[str, dict[datetime, Sample]] = {}
    for part in parts:
        batch = {device: batch[::order] for device, batch in part.items()}
        await store.append(batch)
        for device, added in batch.items():
            for sample in added:
                expected.setdefault(device, {}).setdefault(sample.at, sample)
    loaded = await store.load(EVER)
    assert loaded == {
        device: sorted(kept.values(), key=lambda sample: sample.at)
        for device, kept in expected.items()
        if kept
    }
