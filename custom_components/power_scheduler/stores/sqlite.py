"""History in a SQLite file of its own: the default, with nothing to set up."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
import json
from pathlib import Path
import sqlite3
from threading import Lock
from typing import Final, override

from ..core.sample import Sample
from . import (
    KEPT_DECISIONS,
    DeviceProfile,
    Executor,
    HistoryStore,
    JsonObject,
    StoreError,
)
from .moment import microseconds, moment
from .sqlite_file import (
    UnreadableError,
    decoding,
    delete_all,
    is_damage,
    move_aside,
    open_file,
)

_BOOLEANS: Final = {None: None, 0: False, 1: True}


class SqliteStore(HistoryStore):
    """Keeps history in a file, and replaces the file when it is damaged."""

    in_backups = True

    def __init__(self, path: Path, run: Executor) -> None:
        """Keep history in the file at path; run takes SQLite off the event loop."""
        self._path = path
        self._run = run
        # A cancelled caller leaves its thread at work, so the lock is the threads'.
        self._lock = Lock()
        self._db: sqlite3.Connection | None = None
        self._unreadable = False
        """Whether the file holds what nobody can read, which no check finds."""

    @override
    async def open(self) -> None:
        """Check the file, or make it."""
        await self._do(lambda _: None)

    @override
    async def devices(self) -> Sequence[str]:
        """Return the ids of the devices, sorted; some may have no samples left."""
        return await self._do(_devices)

    @override
    async def load(
        self, since: datetime, devices: Collection[str] | None = None
    ) -> Mapping[str, Sequence[Sample]]:
        """Return the samples read at or after since: of these devices, or of all."""
        return await self._do(partial(_load, since, devices))

    @override
    async def append(self, samples: Mapping[str, Sequence[Sample]]) -> None:
        """Add samples by device id; of two at the same moment the first stays."""
        await self._do(
            _many(
                "INSERT OR IGNORE INTO sample VALUES (?, ?, ?, ?)",
                [
                    (device, microseconds(sample.at), sample.level, sample.plugged)
                    for device, batch in samples.items()
                    for sample in batch
                ],
            )
        )

    @override
    async def write_profiles(self, profiles: Mapping[str, DeviceProfile]) -> None:
        """Keep the newest profile of each device."""
        await self._do(
            _many(
                "REPLACE INTO device_profile VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        device,
                        profile.power_state,
                        profile.battery_level,
                        profile.charging,
                        profile.power_trend,
                        microseconds(profile.last_update),
                    )
                    for device, profile in profiles.items()
                ],
            )
        )

    @override
    async def profile(self, device_id: str) -> DeviceProfile | None:
        """Return the newest profile of a device."""
        return await self._do(partial(_profile, device_id))

    @override
    async def log_decisions(self, decisions: Sequence[JsonObject]) -> None:
        """Add decisions; only the newest KEPT_DECISIONS stay."""
        records = [(json.dumps(decision),) for decision in decisions]
        await self._do(partial(_log, records))

    @override
    async def decisions(self) -> Sequence[JsonObject]:
        """Return the kept decisions, newest first."""
        return await self._do(_decisions)

    @override
    async def trim(self, before: datetime) -> None:
        """Forget the samples read before a moment."""
        old = [(microseconds(before),)]
        await self._do(_many("DELETE FROM sample WHERE at < ?", old))

    @override
    async def erase(self) -> None:
        """Delete the file, and damaged ones that it has replaced."""
        await self._run(partial(self._close, erase=True))

    @override
    async def close(self) -> None:
        """Close the file."""
        await self._run(self._close)

    async def _do[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what work makes of the database, in one transaction."""
        return await self._run(partial(self._transact, work))

    def _transact[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            try:
                db = self._db = self._db or self._connect()
                with db:
                    db.execute("BEGIN IMMEDIATE")
                    return work(db)
            except (sqlite3.Error, OSError) as err:
                if is_damage(err):
                    self._disconnect()  # The next call replaces the file.
                    self._unreadable = isinstance(err, UnreadableError)
                raise StoreError(f"Can't use {self._path}: {err}") from err

    def _connect(self) -> sqlite3.Connection:
        """Open the file; a damaged one is moved aside and replaced."""
        if not self._unreadable:
            try:
                return open_file(self._path)
            except sqlite3.DatabaseError as err:
                if not is_damage(err):
                    raise
        self.damaged = move_aside(self._path)
        self._unreadable = False
        return open_file(self._path)

    def _close(self, *, erase: bool = False) -> None:
        with self._lock:
            self._disconnect()
            if erase:
                try:
                    delete_all(self._path)
                except OSError as err:
                    raise StoreError(f"Can't delete {self._path}: {err}") from err

    def _disconnect(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _many(
    statement: str, rows: Sequence[tuple[object, ...]]
) -> Callable[[sqlite3.Connection], None]:
    def work(db: sqlite3.Connection) -> None:
        db.executemany(statement, rows)

    return work


def _devices(db: sqlite3.Connection) -> list[str]:
    rows = db.execute(
        "SELECT device FROM sample UNION SELECT device FROM device_profile"
    )
    with decoding():
        return [device for (device,) in rows]


def _load(
    since: datetime, devices: Collection[str] | None, db: sqlite3.Connection
) -> dict[str, list[Sample]]:
    history = {}
    for device in _devices(db) if devices is None else devices:
        rows = db.execute(
            "SELECT at, level, plugged FROM sample WHERE device = ? AND at >= ?"
            " ORDER BY at",
            (device, microseconds(since)),
        )
        with decoding():
            samples = [
                Sample(moment(at), level, _BOOLEANS[plugged])
                for at, level, plugged in rows
            ]
        if samples:
            history[device] = samples
    return history


def _profile(device_id: str, db: sqlite3.Connection) -> DeviceProfile | None:
    found = db.execute(
        "SELECT power_state, battery_level, charging, power_trend, last_update"
        " FROM device_profile WHERE device = ?",
        (device_id,),
    )
    with decoding():
        if (row := found.fetchone()) is None:
            return None
        power_state, battery_level, charging, power_trend, last_update = row
        return DeviceProfile(
            power_state=power_state,
            battery_level=battery_level,
            charging=_BOOLEANS[charging],
            power_trend=power_trend,
            last_update=moment(last_update),
        )


def _log(records: list[tuple[str]], db: sqlite3.Connection) -> None:
    db.executemany("INSERT INTO decision (record) VALUES (?)", records)
    db.execute(
        "DELETE FROM decision WHERE number <= (SELECT max(number) FROM decision) - ?",
        (KEPT_DECISIONS,),
    )


def _decisions(db: sqlite3.Connection) -> list[JsonObject]:
    rows = db.execute("SELECT record FROM decision ORDER BY number DESC")
    with decoding():
        return [json.loads(record) for (record,) in rows]
