"""All of a history as a file to keep, to look into, and to read back.

Each line is a JSON object. The first tells the format; then come samples
{"device", "at", "level", "plugged"}, profiles {"profile", "power_state",
"battery_level", "charging", "power_trend", "last_update"} and, oldest first,
decisions {"decision"}. Moments are ISO 8601, levels percent.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from errno import EISDIR
from functools import partial
from itertools import batched, chain
import json
from math import isfinite
from os import strerror
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from ..core.sample import Sample
from . import DeviceProfile, Executor, HistoryStore, JsonObject
from .move import DEVICES_AT_ONCE, EVER, Progress, add_profiles

_FORMAT: Final = {"power_scheduler_history": 1}
_BOOLEANS: Final = {None: None, False: False, True: True}
_WRONG: Final = (ValueError, TypeError, LookupError, OverflowError, RecursionError)
"""What comes of reading a line that is no record."""

_CHUNK: Final = 1_000_000
"""Bytes that are read at once."""


class HistoryFileError(Exception):
    """A file can't be read or written, or holds no history."""


async def export_history(
    store: HistoryStore, path: Path, run: Executor, progress: Progress
) -> int:
    """Write all that a store keeps, and return how many samples it was.

    The file appears when it is complete, in place of another of its name.

    Raises:
        StoreError: The store is away.
        HistoryFileError: The file can't be written.
    """
    part = path.with_name(f"{path.name}.{token_hex(4)}.part")
    try:
        await run(partial(_refuse_folder, path))
        written = await _export(store, part, run, progress)
        await run(partial(part.replace, path))
    except OSError as err:
        raise HistoryFileError(f"Can't write {path}: {err.strerror}") from err
    finally:
        with suppress(OSError):  # It has been told of already.
            await run(partial(part.unlink, missing_ok=True))
    return written


async def import_history(
    path: Path, store: HistoryStore, run: Executor, progress: Progress
) -> int:
    """Add all that a file holds to a store, and return how many samples it was.

    The store keeps what it has; reading a file again changes nothing. Progress is
    told before anything is added.

    Raises:
        StoreError: The store is away.
        HistoryFileError: The file can't be read, or a line of it is no record;
            the lines before may have been added.
    """
    place, line, added, size = 0, 0, 0, 1
    while place < size:
        try:
            chunk = await run(partial(_read, path, place, line))
        except OSError as err:
            raise HistoryFileError(f"Can't read {path}: {err.strerror}") from err
        progress(place / size)
        await store.append(chunk.samples)
        await add_profiles(store, chunk.profiles)
        known = await store.decisions()
        await store.log_decisions([d for d in chunk.decisions if d not in known])
        place, line, size = chunk.end, line + chunk.lines, chunk.size
        added += sum(map(len, chunk.samples.values()))
    progress(1)
    return added


async def _export(
    store: HistoryStore, path: Path, run: Executor, progress: Progress
) -> int:
    """Write a new file, some devices at a time."""
    written = 0
    await run(partial(_write, path, "xb", [_FORMAT]))
    devices = await store.devices()
    for place, some in enumerate(batched(devices, DEVICES_AT_ONCE, strict=False)):
        samples = await store.load(EVER, some)
        profiles = {device: await store.profile(device) for device in some}
        records = chain(_sample_records(samples), _profile_records(profiles))
        await run(partial(_write, path, "ab", records))
        written += sum(map(len, samples.values()))
        progress(place * DEVICES_AT_ONCE / len(devices))
    decisions = reversed(await store.decisions())
    await run(partial(_write, path, "ab", ({"decision": one} for one in decisions)))
    progress(1)
    return written


def _sample_records(samples: Mapping[str, Sequence[Sample]]) -> Iterator[JsonObject]:
    for device, batch in samples.items():
        for sample in batch:
            yield {
                "device": device,
                "at": sample.at.isoformat(),
                "level": sample.level,
                "plugged": sample.plugged,
            }


def _profile_records(
    profiles: Mapping[str, DeviceProfile | None],
) -> Iterator[JsonObject]:
    for device, profile in profiles.items():
        if profile is not None:
            last_update = profile.last_update.isoformat()
            yield {"profile": device, **asdict(profile), "last_update": last_update}


def _refuse_folder(path: Path) -> None:
    """Refuse a folder before there is anything beside it: there it may be forbidden."""
    if path.is_dir():
        raise IsADirectoryError(EISDIR, strerror(EISDIR))


def _write(path: Path, mode: str, records: Iterable[Mapping[str, Any]]) -> None:
    """Write records, one in a line."""
    with path.open(mode) as file:
        file.writelines(f"{json.dumps(record)}\n".encode() for record in records)


@dataclass(slots=True)
class _Chunk:
    """What some lines of a file hold."""

    size: int
    """Bytes of the whole file."""

    end: int
    """Bytes up to where the next lines begin."""

    lines: int = 0
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    profiles: dict[str, DeviceProfile] = field(default_factory=dict)
    decisions: list[JsonObject] = field(default_factory=list)

    def add(self, number: int, line: bytes) -> None:
        """Take what a line holds.

        Raises:
            _WRONG: It is no record.
        """
        record = json.loads(line)
        if number == 1:
            if record != _FORMAT:
                raise ValueError("another format")
        elif "decision" in record:
            self.decisions.append(dict(record["decision"]))
        elif "profile" in record:
            state = record["power_state"]
            self.profiles[_text(record["profile"])] = DeviceProfile(
                power_state=None if state is None else _text(state),
                battery_level=_number(record["battery_level"]),
                charging=_BOOLEANS[record["charging"]],
                power_trend=_number(record["power_trend"]),
                last_update=_moment(record["last_update"]),
            )
        else:
            at = _moment(record["at"])
            sample = Sample(at, record["level"], _BOOLEANS[record["plugged"]])
            self.samples.setdefault(_text(record["device"]), []).append(sample)


def _read(path: Path, place: int, line: int) -> _Chunk:
    """Read lines from a place in a file; line is how many came before."""
    with path.open("rb") as file:
        file.seek(place)
        lines = file.readlines(_CHUNK)
        chunk = _Chunk(path.stat().st_size, file.tell(), len(lines))
    for number, text in enumerate(lines, line + 1):
        try:
            chunk.add(number, text)
        except _WRONG as err:
            raise HistoryFileError(f"{path}, line {number}: no record") from err
    if not lines:
        raise HistoryFileError(f"{path} is empty")
    return chunk


def _moment(value: Any) -> datetime:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return at.astimezone(UTC)


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if not isfinite(number := float(value)):
        raise ValueError("a number has an end")
    return number


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    value.encode()
    return value
