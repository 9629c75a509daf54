"""The file that SQLite keeps history in: its schema, its health."""

from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from itertools import count
from pathlib import Path
import sqlite3
from typing import Final

from . import StoreError

# One script for each schema version, applied in order; moments are microseconds.
_MIGRATIONS: Final = (
    """
    CREATE TABLE sample (
        device TEXT NOT NULL,
        at INTEGER NOT NULL,
        level REAL NOT NULL CHECK (level BETWEEN 0 AND 100),
        plugged INTEGER CHECK (plugged IN (0, 1)),
        PRIMARY KEY (device, at)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE device_profile (
        device TEXT PRIMARY KEY,
        power_state TEXT,
        battery_level REAL,
        charging INTEGER,
        power_trend REAL,
        last_update INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE decision (
        number INTEGER PRIMARY KEY,
        record TEXT NOT NULL
    ) STRICT;
    """,
)
_ASIDE: Final = ".corrupt-"
_SUFFIXES: Final = ("-wal", "-shm", "")
_DAMAGE: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class UnreadableError(sqlite3.DatabaseError):
    """A sound file holds what nobody has written, as when a bit of it has flipped."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


@contextmanager
def decoding() -> Iterator[None]:
    """Take what makes no sense for what it is: damage.

    Raises:
        UnreadableError: A text is none, a moment never was, or the like.
    """
    try:
        yield
    except (ValueError, OverflowError, LookupError) as err:
        raise UnreadableError(str(err)) from err


def open_file(path: Path) -> sqlite3.Connection:
    """Return a connection to a sound database of the newest schema."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    # Of itself, SQLite's error for a text that is none looks like any other.
    db.text_factory = bytes.decode
    try:
        with decoding():
            db.execute("PRAGMA journal_mode = WAL")
            # Spares SD cards: a power cut may undo seconds, but breaks nothing.
            db.execute("PRAGMA synchronous = NORMAL")
            _check(db)
            _migrate(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection) -> None:
    """Raise the error of a broken file if any page is out of order."""
    [problem] = db.execute("PRAGMA quick_check(1)").fetchone()
    if problem != "ok":
        damage = sqlite3.DatabaseError(problem)
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring the schema up to date, one version in one transaction at a time."""
    [version] = db.execute("PRAGMA user_version").fetchone()
    if version > len(_MIGRATIONS):
        raise StoreError(f"{path} was written by a newer version of this integration")
    for number, script in enumerate(_MIGRATIONS[version:], version + 1):
        db.executescript(f"BEGIN; {script} PRAGMA user_version = {number}; COMMIT;")


def is_damage(err: Exception) -> bool:
    """Whether an error says that the file itself is broken."""
    return getattr(err, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


def move_aside(path: Path) -> Path:
    """Rename a damaged database and its log, and return its new path."""
    names = (path.with_name(f"{path.name}{_ASIDE}{number}") for number in count(1))
    aside = next(name for name in names if not name.exists())
    for suffix in _SUFFIXES:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def delete_file(path: Path) -> None:
    """Delete a database and its log."""
    for suffix in _SUFFIXES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def delete_all(path: Path) -> None:
    """Delete a database, and the damaged ones that were moved aside."""
    delete_file(path)
    for aside in path.parent.glob(f"{escape(path.name)}{_ASIDE}*"):
        aside.unlink(missing_ok=True)
