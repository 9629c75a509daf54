"""What a history in a SQLite file survives."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
import resource
import sqlite3
import threading

import pytest

from custom_components.power_scheduler.stores import DeviceProfile, StoreError
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from .conftest import in_thread
from .samples import EVER, NOON, a_day
from .test_move import everything


async def filled(path: Path) -> SqliteStore:
    """Return an open store that holds a day of each of ten devices."""
    store = SqliteStore(path, in_thread)
    await store.append({f"device {number}": a_day() for number in range(10)})
    return store


def overwrite(path: Path, start: int, end: int | None = None) -> None:
    """Put rubbish into a file."""
    content = bytearray(path.read_bytes())
    content[start:end] = b"rubbish!" * (len(content[start:end]) // 8)
    path.write_bytes(content)


@pytest.mark.parametrize("place", [(0, None), (16384, 40960)])
async def test_a_damaged_file_is_moved_aside_and_replaced(
    tmp_path: Path, place: tuple[int, int | None]
) -> None:
    """Its owner can still look at it, and history goes on in a new one."""
    path = tmp_path / "history.db"
    await (await filled(path)).close()
    overwrite(path, *place)
    broken = path.read_bytes()

    store = SqliteStore(path, in_thread)
    await store.open()
    assert store.damaged == tmp_path / "history.db.corrupt-1"
    assert store.damaged.read_bytes() == broken
    assert await store.load(EVER) == {}
    await store.append({"phone": a_day()})
    assert await store.load(EVER) == {"phone": a_day()}
    await store.close()


async def test_each_damaged_file_is_kept(tmp_path: Path) -> None:
    """A second one does not replace the first."""
    path = tmp_path / "history.db"
    for number in (1, 2):
        path.write_bytes(b"rubbish" * 1000)
        store = SqliteStore(path, in_thread)
        await store.open()
        assert store.damaged == tmp_path / f"history.db.corrupt-{number}"
        await store.close()


async def test_damage_during_use_is_an_error_once(tmp_path: Path) -> None:
    """The next call goes on in a new file, so what is unsaved can be saved."""
    path = tmp_path / "history.db"
    store = await filled(path)
    for name in ("history.db", "history.db-wal", "history.db-shm"):
        overwrite(tmp_path / name, 0)
    with pytest.raises(StoreError):
        await store.load(EVER)
    await store.append({"phone": a_day()})
    assert store.damaged == tmp_path / "history.db.corrupt-1"
    assert await store.load(EVER) == {"phone": a_day()}
    await store.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sample SET at = at + (1 << 62) WHERE device = 'device 3'",
        "UPDATE sample SET device = CAST(x'6465ff' AS TEXT) WHERE device = 'device 3'",
        "UPDATE device_profile SET power_state = CAST(x'ff' AS TEXT)",
        "UPDATE device_profile SET last_update = last_update - (1 << 62)",
        "UPDATE decision SET record = '{'",
    ],
)
async def test_a_bit_that_flips_in_a_sound_file_is_damage_too(
    tmp_path: Path, change: str
) -> None:
    """No page is out of order, but what is read can't have been written."""
    path = tmp_path / "history.db"
    store = await filled(path)
    known = DeviceProfile(
        power_state="low",
        battery_level=20,
        charging=None,
        power_trend=None,
        last_update=NOON,
    )
    await store.write_profiles({"device 0": known})
    await store.log_decisions([{"task": "backup"}])
    await store.close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(change)

    with pytest.raises(StoreError, match=str(path)):
        await everything(store)
    assert await everything(store) == ({}, {}, [])
    assert store.damaged == tmp_path / "history.db.corrupt-1"
    await store.append({"phone": a_day()})
    await store.close()
    assert await store.load(EVER) == {"phone": a_day()}
    assert not store.damaged.with_name("history.db.corrupt-2").exists()
    await store.close()


async def test_a_sound_file_is_left_alone(tmp_path: Path) -> None:
    """Opening it again finds nothing to report."""
    path = tmp_path / "history.db"
    await (await filled(path)).close()
    store = SqliteStore(path, in_thread)
    await store.open()
    assert store.damaged is None
    assert len(await store.load(EVER)) == 10
    await store.close()


async def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """After a downgrade nothing is read wrongly, and nothing is lost."""
    path = tmp_path / "history.db"
    await (await filled(path)).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        await SqliteStore(path, in_thread).open()
    assert path.read_bytes() == before


def no_folder(path: Path) -> None:
    """Take away the folder."""
    path.parent.rmdir()


def a_folder_in_its_place(path: Path) -> None:
    """Put a folder where the file belongs."""
    path.mkdir()


def read_only(path: Path) -> None:
    """Lead to a folder in which not even root may write."""
    path.parent.rmdir()
    path.parent.symlink_to("/proc/self")


@pytest.mark.parametrize("obstacle", [no_folder, a_folder_in_its_place, read_only])
async def test_a_file_that_cannot_be_made_is_a_clear_error(
    tmp_path: Path, obstacle: Callable[[Path], None]
) -> None:
    """It names the file, and goes away with its reason."""
    path = tmp_path / "folder" / "history.db"
    path.parent.mkdir()
    obstacle(path)
    store = SqliteStore(path, in_thread)
    with pytest.raises(StoreError, match=str(path)):
        await store.open()
    if path.is_dir():
        path.rmdir()
    if path.parent.is_symlink():
        path.parent.unlink()
    path.parent.mkdir(exist_ok=True)
    await store.append({"phone": a_day()})
    assert await store.load(EVER) == {"phone": a_day()}
    await store.close()


async def test_a_file_that_cannot_be_deleted_is_a_clear_error(tmp_path: Path) -> None:
    """It names the file."""
    path = tmp_path / "history.db"
    a_folder_in_its_place(path)
    with pytest.raises(StoreError, match=str(path)):
        await SqliteStore(path, in_thread).erase()


async def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """The batch that does not fit is refused whole, and fits when there is room."""
    path = tmp_path / "history.db"
    store = await filled(path)
    before = await store.load(EVER)
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, kept[1]))
        with pytest.raises(StoreError, match=str(path)):
            await store.append({f"new {number}": a_day() for number in range(20)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
    assert await store.load(EVER) == before
    await store.append({"phone": a_day()})
    assert await store.load(EVER) == {**before, "phone": a_day()}
    assert store.damaged is None
    await store.close()


async def test_many_callers_at_once_take_turns(tmp_path: Path) -> None:
    """Writes, reads and a cancelled caller in between disturb nobody."""
    store = await filled(tmp_path / "history.db")
    day = a_day()
    cancelled = asyncio.create_task(store.append({"cancelled": day}))
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.gather(
        *(store.append({"phone": day[place::8]}) for place in range(8)),
        *(store.load(NOON) for _ in range(4)),
        store.trim(EVER),
    )
    assert (await store.load(EVER))["phone"] == day
    await store.close()


async def test_sqlite_stays_out_of_the_event_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every statement runs in a thread of the executor."""
    threads: set[threading.Thread] = set()
    really_connect = sqlite3.connect

    def connect(*args: object, **kwargs: object) -> sqlite3.Connection:
        db: sqlite3.Connection = really_connect(*args, **kwargs)  # type: ignore[call-overload]
        db.set_trace_callback(lambda _: threads.add(threading.current_thread()))
        return db

    monkeypatch.setattr(sqlite3, "connect", connect)
    store = await filled(tmp_path / "history.db")
    await store.load(EVER)
    await store.trim(NOON)
    await store.decisions()
    await store.profile("phone")
    await store.close()
    assert threads
    assert threading.main_thread() not in threads
