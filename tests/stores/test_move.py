"""Moving house: a history goes from store to store, and through a file."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
import json
from pathlib import Path

import pytest

from custom_components.power_scheduler.stores import (
    DeviceProfile,
    HistoryStore,
    StoreError,
    history_file,
)
from custom_components.power_scheduler.stores.history_file import (
    HistoryFileError,
    export_history,
    import_history,
)
from custom_components.power_scheduler.stores.move import copy_history
from custom_components.power_scheduler.stores.redis import RedisStore
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from .conftest import in_thread
from .samples import EVER, MINUTE, NOON, a_day

HOUR = timedelta(hours=1)
DAY = a_day(step=HOUR)


@dataclass
class Shares:
    """What a progress bar is told."""

    told: list[float] = field(default_factory=list)

    def __call__(self, share: float) -> None:
        """Take it."""
        self.told.append(share)

    @property
    def sound(self) -> bool:
        """Whether it never went back, and ended at all."""
        return self.told == sorted(self.told) and self.told[-1] == 1


async def fill(store: HistoryStore) -> None:
    """Put something of everything into a store."""
    await store.append({f"device {number}": DAY for number in range(23)})
    profile = DeviceProfile(
        power_state="low",
        battery_level=20.5,
        charging=None,
        power_trend=-1.5,
        last_update=NOON,
    )
    await store.write_profiles({"device 1": profile, "never read": profile})
    await store.log_decisions(
        [{"task": str(number), "why": ["a"]} for number in range(3)]
    )


async def everything(store: HistoryStore) -> object:
    """Return all that a store holds."""
    devices = await store.devices()
    profiles = {device: await store.profile(device) for device in devices}
    return await store.load(EVER), profiles, await store.decisions()


@pytest.mark.parametrize("to_redis", [True, False])
async def test_everything_moves_to_another_store(
    sqlite_store: SqliteStore, redis_store: RedisStore, *, to_redis: bool
) -> None:
    """Both ways, and doing it again changes nothing."""
    source: HistoryStore = sqlite_store if to_redis else redis_store
    target: HistoryStore = redis_store if to_redis else sqlite_store
    await fill(source)
    for _ in range(2):
        shares = Shares()
        assert await copy_history(source, target, shares) == 23 * len(DAY)
        assert shares.sound
        assert await everything(target) == await everything(source)


async def test_what_the_new_house_has_stays(
    sqlite_store: SqliteStore, redis_store: RedisStore
) -> None:
    """Histories of the same device become one."""
    await fill(sqlite_store)
    more = [*a_day(step=2 * HOUR), *a_day(step=90 * MINUTE)]
    await redis_store.append({"device 1": more, "other": DAY[:2]})
    await copy_history(sqlite_store, redis_store, Shares())
    merged = {sample.at: sample for sample in [*more, *DAY]}
    loaded = await redis_store.load(EVER)
    assert {sample.at for sample in loaded["device 1"]} == merged.keys()
    assert loaded["other"] == DAY[:2]


@pytest.mark.parametrize("age", [HOUR, -HOUR])
@pytest.mark.parametrize("through_a_file", [False, True])
async def test_of_two_profiles_the_newer_one_stays(
    store: HistoryStore,
    tmp_path: Path,
    age: timedelta,
    *,
    through_a_file: bool,
) -> None:
    """Wherever it is: what is known is never of an earlier time than before."""
    source = SqliteStore(tmp_path / "source.db", in_thread)
    await fill(source)
    moved = await source.profile("device 1")
    assert moved is not None
    there = replace(moved, battery_level=90, last_update=NOON + age)
    await store.write_profiles({"device 1": there})
    if through_a_file:
        path = tmp_path / "history.jsonl"
        await export_history(source, path, in_thread, Shares())
        await import_history(path, store, in_thread, Shares())
    else:
        await copy_history(source, store, Shares())
    newer = max(moved, there, key=lambda profile: profile.last_update)
    assert await store.profile("device 1") == newer
    await source.close()


async def test_a_move_that_failed_can_be_completed(
    sqlite_store: SqliteStore, redis_store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second try does the rest."""
    await fill(sqlite_store)
    calls = iter([True, False])
    append = redis_store.append

    async def falter(samples: object) -> None:
        if not next(calls):
            raise StoreError("away")
        await append(samples)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(redis_store, "append", falter)
        with pytest.raises(StoreError):
            await copy_history(sqlite_store, redis_store, Shares())
    assert 0 < len(await redis_store.load(EVER)) < 23
    await copy_history(sqlite_store, redis_store, Shares())
    assert await everything(redis_store) == await everything(sqlite_store)


async def test_everything_goes_through_a_file(
    store: HistoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In pieces that fit into memory; reading it again changes nothing."""
    monkeypatch.setattr(history_file, "_CHUNK", 5000)
    path = tmp_path / "history.jsonl"
    path.write_text("what was there before")
    source = SqliteStore(tmp_path / "source.db", in_thread)
    await fill(source)
    shares = Shares()
    assert await export_history(source, path, in_thread, shares) == 23 * len(DAY)
    assert shares.sound
    assert not leftovers(tmp_path)
    for _ in range(2):
        shares = Shares()
        assert await import_history(path, store, in_thread, shares) == 23 * len(DAY)
        assert shares.sound
        assert len(shares.told) > 5
        assert await everything(store) == await everything(source)
    await source.close()


async def test_a_file_can_be_read_by_people(
    sqlite_store: SqliteStore, tmp_path: Path
) -> None:
    """And by their programs."""
    await sqlite_store.append({"phone": DAY[:1]})
    await sqlite_store.log_decisions([{"task": "backup"}])
    path = tmp_path / "history.jsonl"
    await export_history(sqlite_store, path, in_thread, Shares())
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {"power_scheduler_history": 1},
        {
            "device": "phone",
            "at": "2026-11-22T12:00:00+00:00",
            "level": 100.0,
            "plugged": False,
        },
        {"decision": {"task": "backup"}},
    ]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "7",
        "null",
        "\xff",
        '{"device": "phone"}',
        '{"device": "phone", "at": "noon", "level": 5, "plugged": null}',
        '{"device": "phone", "at": "2026-11-22T12:00:00", "level": 5, "plugged": null}',
        '{"device": "phone", "at": "2026-11-22T12:00Z", "level": 101, "plugged": null}',
        '{"device": "phone", "at": "2026-11-22T12:00Z", "level": "5", "plugged": null}',
        '{"device": ["phone"], "at": "2026-11-22T12:00Z", "level": 5, "plugged": null}',
        '{"device": "phone", "at": "2026-11-22T12:00Z", "level": 5, "plugged": "no"}',
        '{"profile": "phone", "last_update": "2026-11-22T12:00Z"}',
        '{"decision": 7}',
    ],
)
async def test_a_line_that_is_no_record_is_named(
    sqlite_store: SqliteStore, tmp_path: Path, line: str
) -> None:
    """Nothing is made up for it."""
    path = tmp_path / "history.jsonl"
    path.write_text(f'{{"power_scheduler_history": 1}}\n{line}\n', encoding="latin-1")
    with pytest.raises(HistoryFileError, match="line 2"):
        await import_history(path, sqlite_store, in_thread, Shares())
    assert await sqlite_store.load(EVER) == {}


def leftovers(folder: Path) -> list[Path]:
    """Return the files that are not complete."""
    return list(folder.glob("*.part"))


async def test_a_file_that_is_being_written_takes_the_place_of_no_other(
    sqlite_store: SqliteStore, tmp_path: Path
) -> None:
    """Neither of one that has a likely name, nor of another export's."""
    await fill(sqlite_store)
    other = tmp_path / "history.jsonl.part"
    other.write_text("mine")
    path = tmp_path / "history.jsonl"
    await asyncio.gather(
        *(export_history(sqlite_store, path, in_thread, Shares()) for _ in range(3))
    )
    assert leftovers(tmp_path) == [other]
    assert other.read_text() == "mine"


def another_format(path: Path) -> None:
    """Write what a later version may write."""
    path.write_text('{"power_scheduler_history": 2}\n')


def empty(path: Path) -> None:
    """Write nothing."""
    path.touch()


def folder(path: Path) -> None:
    """Put a folder there."""
    path.mkdir()


def nothing(path: Path) -> None:
    """Leave it."""


@pytest.mark.parametrize("obstacle", [another_format, empty, folder, nothing])
async def test_a_file_that_is_no_history_is_refused(
    sqlite_store: SqliteStore, tmp_path: Path, obstacle: Callable[[Path], None]
) -> None:
    """It is named."""
    path = tmp_path / "history.jsonl"
    obstacle(path)
    with pytest.raises(HistoryFileError, match=str(path)):
        await import_history(path, sqlite_store, in_thread, Shares())


async def test_a_file_that_cannot_be_written_is_an_error(
    sqlite_store: SqliteStore, tmp_path: Path
) -> None:
    """Whether it can't begin or can't end; nothing half-done stays."""
    await fill(sqlite_store)
    nowhere = tmp_path / "no folder" / "history.jsonl"
    with pytest.raises(HistoryFileError, match="No such file"):
        await export_history(sqlite_store, nowhere, in_thread, Shares())
    taken = tmp_path / "history.jsonl"
    folder(taken)
    with pytest.raises(HistoryFileError, match=str(taken)):
        await export_history(sqlite_store, taken, in_thread, Shares())
    assert not leftovers(tmp_path)
