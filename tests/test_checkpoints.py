"""What batteries have learned outlasts a restart, and nothing else goes by it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from hypothesis import given, strategies as st
import pytest

from bench.house import Life
from bench.servers import running as server_running
from custom_components.power_scheduler.checkpoints import KEY
from custom_components.power_scheduler.const import CONF_RESERVE
from custom_components.power_scheduler.core.forecast import MEMORY, Model
from custom_components.power_scheduler.core.sample import Sample
from custom_components.power_scheduler.core.snapshot import DeviceSettings
from custom_components.power_scheduler.core.tracker import Tracker
from custom_components.power_scheduler.packing import pack, unpack
from custom_components.power_scheduler.storage import FILE_NAME
from custom_components.power_scheduler.stores import (
    HistoryStore,
    StoreError,
    history_file,
)
from custom_components.power_scheduler.stores.history_file import export_history
from custom_components.power_scheduler.stores.redis import RedisStore
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from .home import PHONE, act, tell, wait
from .restart import running, write
from .stores.conftest import in_thread
from .test_history import on_redis

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def noon(freezer: FrozenDateTimeFactory) -> None:
    """Begin at noon of some day."""
    freezer.move_to(NOW)


@pytest.fixture
def folder(hass_tmp_config_dir: str) -> str:
    """Return the folder of a home whose phone has a history."""
    return hass_tmp_config_dir


@pytest.fixture(autouse=True)
async def past(folder: str) -> list[Sample]:
    """Give the home's phone a history of less than what is remembered of it."""
    past = Life(0, NOW - timedelta(minutes=5)).past(days=13)
    await add(folder, past)
    return past


async def add(folder: str, samples: list[Sample]) -> None:
    """Add samples to the phone's history while the home is down."""
    store = SqliteStore(Path(folder, FILE_NAME), in_thread)
    await store.append({PHONE: samples})
    await store.close()


@contextmanager
def reading(kind: type[HistoryStore] = SqliteStore) -> Iterator[list[timedelta]]:
    """Yield how far back history is read from a kind of store."""
    spans: list[timedelta] = []
    load = kind.load

    async def note(store: HistoryStore, since: datetime, *devices: Any) -> Any:
        """Note it."""
        spans.append(datetime.now(UTC) - since)
        return await load(store, since, *devices)

    with patch.object(kind, "load", note):
        yield spans


async def seen(hass: HomeAssistant) -> Any:
    """Return all that the home tells of its phone."""
    states = {
        state.entity_id: (state.state, dict(state.attributes))
        for state in hass.states.async_all()
        if "phone" in state.entity_id
    }
    return states, await act(
        hass, "forecast", device=PHONE, duration="24:00", curve=True
    )


@contextmanager
def adding() -> Iterator[asyncio.Event]:
    """Yield what tells that something is being added to history."""
    added = asyncio.Event()
    append = SqliteStore.append

    async def note(store: SqliteStore, samples: Any) -> None:
        """Tell it."""
        added.set()
        await append(store, samples)

    with patch.object(SqliteStore, "append", note):
        yield added


def spoil(path: Path) -> None:
    """Let the end of a file be nonsense."""
    path.write_text(f"{path.read_text()}nonsense")


def file(folder: str) -> Path:
    """Return the file that keeps what was learned."""
    return Path(folder, ".storage", KEY)


def erase(folder: str, name: str) -> None:
    """Remove a file of the home."""
    Path(folder, name).unlink()


@given(
    st.lists(
        st.tuples(
            st.one_of(st.sampled_from([0.05, 0.25, 1.0]), st.floats(0.001, 500)),
            st.one_of(st.sampled_from([0.0, 50.0, 100.0]), st.floats(0, 100)),
            st.sampled_from([None, False, True]),
        ),
        max_size=60,
    ),
    st.integers(0, 60),
)
def test_what_is_written_and_read_goes_on_as_if_it_had_never_been(
    told: list[tuple[float, float, bool | None]], until: int
) -> None:
    """Whatever a battery did, and whenever that happens."""
    at, samples = NOW, list[Sample]()
    for hours, level, plugged in told:
        at += timedelta(hours=hours)
        samples.append(Sample(at, level, plugged))
    tracker = Tracker(DeviceSettings(reserve=20, standby=True), Model(BERLIN))
    for sample in samples[:until]:
        tracker.record(sample)
    read: Tracker = unpack(Tracker, json.loads(json.dumps(pack(tracker))))
    assert read == tracker
    # What a device says anew after a restart does not confirm a level.
    tracker.doubted = None
    for sample in samples[until:]:
        assert read.record(sample) == tracker.record(sample)
    assert read == tracker


async def test_a_restart_goes_on_where_the_last_one_ended(folder: str) -> None:
    """Nothing of the past is read again, and all is as if it had been."""
    async with running(folder):
        pass
    with reading() as spans:
        async with running(folder) as hass:
            resumed = await seen(hass)
    assert max(spans) < HOUR
    erase(folder, f".storage/{KEY}")
    with reading() as spans:
        async with running(folder) as hass:
            assert await seen(hass) == resumed
    assert max(spans) == MEMORY


@pytest.mark.usefixtures("socket_enabled")
async def test_a_restart_with_a_server_goes_on_as_well(
    folder: str, tmp_path: Path
) -> None:
    """A server has just what a file has."""
    with server_running(tmp_path) as server:
        data = on_redis(server.port)
        async with running(folder, data) as hass:
            before = await seen(hass)
        with reading(RedisStore) as spans:
            async with running(folder, data) as hass:
                assert await seen(hass) == before
    assert max(spans) < HOUR


async def test_what_came_meanwhile_is_learned(
    folder: str, freezer: FrozenDateTimeFactory
) -> None:
    """As when another home uses the same history."""
    async with running(folder):
        pass
    await add(folder, [Sample(NOW + timedelta(minutes=m), 60 - m) for m in (1, 2, 3)])
    freezer.move_to(NOW + HOUR)
    with reading() as spans:
        async with running(folder) as hass:
            resumed = await seen(hass)
    assert max(spans) < 2 * HOUR
    erase(folder, f".storage/{KEY}")
    async with running(folder) as hass:
        assert await seen(hass) == resumed


async def test_of_another_past_nothing_was_learned(
    folder: str, past: list[Sample]
) -> None:
    """When history was replaced while the home was down."""
    async with running(folder):
        pass
    erase(folder, FILE_NAME)
    await add(folder, past)
    await all_is_read_again(folder)


async def test_another_reserve_is_gone_by_at_once(folder: str) -> None:
    """Were it changed while the home was down."""
    async with running(folder):
        pass
    await all_is_read_again(folder, **{CONF_RESERVE: 25.0})


@pytest.mark.parametrize(
    ("away", "learning"),
    [(timedelta(minutes=-2), DAY), (15 * DAY, DAY), (DAY, 90 * DAY)],
    ids=["clock set back", "long away", "long ago"],
)
async def test_what_was_learned_is_of_recent_days(
    folder: str, away: timedelta, learning: timedelta, freezer: FrozenDateTimeFactory
) -> None:
    """Of the future nothing is known, and what is long ago counts no more."""
    async with running(folder):
        pass
    change(folder, "first_at", (NOW - learning).isoformat())
    freezer.move_to(NOW + away)
    await all_is_read_again(folder)


@pytest.mark.parametrize(
    ("name", "value", "logged"),
    [
        ("version", "0.0.1", False),
        ("zone", "Asia/Tokyo", False),
        ("at", 5, True),
        ("_room", 16 * "AAAA", True),
        ("samples", [], True),
    ],
)
async def test_what_can_not_be_gone_by_is_learned_anew(
    folder: str,
    name: str,
    value: object,
    logged: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Another version may have learned otherwise; of odd data there is word."""
    async with running(folder):
        pass
    change(folder, name, value)
    await all_is_read_again(folder)
    assert ("is learned anew" in caplog.text) == logged


@pytest.mark.parametrize("text", ["no JSON", "newer"])
async def test_a_file_that_can_not_be_read_is_gone(folder: str, text: str) -> None:
    """No later start comes across it."""
    async with running(folder):
        pass
    kept = json.loads(file(folder).read_text())
    newer = json.dumps({**kept, "version": 2})
    file(folder).write_text(newer if text == "newer" else text)
    await all_is_read_again(folder)


def change(folder: str, name: str, value: object) -> None:
    """Change something in the file of what was learned."""
    kept = json.loads(file(folder).read_text())
    phone = kept["data"]["devices"][PHONE]
    model = phone["tracker"]["model"]
    places = {
        "version": kept["data"],
        "samples": phone,
        "first_at": phone["tracker"],
        "zone": model,
        "at": model["_walk"],
        "_room": model["_walk"]["grid"],
    }
    places[name][name] = value
    file(folder).write_text(json.dumps(kept))


async def all_is_read_again(folder: str, **said: Any) -> None:
    """See that a start reads all of history, and no later one reads the file."""
    with reading() as spans:
        async with running(folder, **said) as hass:
            await seen(hass)
            assert not file(folder).exists()
    assert max(spans) == MEMORY


async def test_what_is_not_in_history_is_not_gone_by(
    folder: str, freezer: FrozenDateTimeFactory
) -> None:
    """When the store is away as the home ends, the next start reads all again."""
    async with running(folder):
        pass
    with patch.object(SqliteStore, "append", side_effect=StoreError("full")):
        async with running(folder) as hass:
            freezer.tick(60)
            tell(hass, 59)
            await wait(hass, freezer, minutes=1)
    assert not file(folder).exists()


@pytest.mark.parametrize("end", ["bad line", "end of the home"])
async def test_an_import_that_breaks_off_is_learned(
    folder: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part of a past is a part of it."""
    monkeypatch.setattr(history_file, "_CHUNK", 5000)
    path = Path(folder, "past.jsonl")
    store = SqliteStore(Path(folder, FILE_NAME), in_thread)
    await export_history(store, path, in_thread, lambda _: None)
    await store.erase()
    spoil(path)
    async with running(folder) as hass:
        hass.config.allowlist_external_dirs = {folder}
        answer: Any = await act(hass, "forecast", device=PHONE)
        assert answer["basis"] != "own_history"
        if end == "bad line":
            with pytest.raises(HomeAssistantError):
                await act(hass, "import_history", path=str(path))
        else:
            with adding() as added:
                importing = hass.async_create_task(
                    act(hass, "import_history", path=str(path))
                )
                await added.wait()
            importing.cancel()
    await all_is_read_again(folder)


async def test_an_entry_that_is_removed_leaves_no_checkpoint(folder: str) -> None:
    """Nor anything else."""
    async with running(folder) as hass:
        await write(hass)
        assert file(folder).exists()
        await hass.config_entries.async_remove("entry")
        assert not file(folder).exists()
