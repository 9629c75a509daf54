"""Fills a new recorder database with the demo home's past.

Home Assistant's own schema is used, so that its history graphs show the past, and
whatever reads the recorder finds it. Run as `python -m demo.history DATABASE ZONE`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import os
import sys
from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.components.recorder import migration
from homeassistant.components.recorder.db_schema import (
    Base,
    RecorderRuns,
    StateAttributes,
    States,
    StatesMeta,
)
from homeassistant.helpers.json import json_bytes
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session, sessionmaker

from .custom_components.demo_home.devices import devices
from .custom_components.demo_home.home import (
    DemoDevice,
    DemoEntity,
    Value,
    attributes,
    entity_id,
)

PAST: Final = timedelta(days=14)


@dataclass(slots=True)
class Change:
    """A state that an entity took, and until when it is known to have kept it."""

    entity: int
    at: float
    state: str
    reported: float


def fill(database: str, now: datetime) -> int:
    """Make a recorder database with the past of every entity.

    Args:
        database: The path of the new file.
        now: The moment at which the past ends, in the home's time zone.

    Returns:
        How many states were written.
    """
    engine = create_engine(f"sqlite:///{database}")
    Base.metadata.create_all(engine)
    sessions = sessionmaker(engine)
    migration.initialize_database(sessions)
    entities = [(d, entity) for d in devices() for entity in d.entities]
    changes = sorted(
        (
            change
            for index, (device, entity) in enumerate(entities, 1)
            for change in _changes(index, device, entity, now)
        ),
        key=lambda change: change.at,
    )
    utc = now.astimezone(UTC)
    with sessions() as session:
        _write_entities(session, entities)
        session.execute(insert(States), list(_rows(changes)))
        session.add(RecorderRuns(start=utc - PAST, end=utc, created=utc))
        session.commit()
    engine.dispose()
    return len(changes)


def _changes(
    index: int, device: DemoDevice, entity: DemoEntity, now: datetime
) -> Iterator[Change]:
    """Yield the states that an entity took, oldest first."""
    change: Change | None = None
    for moment in device.reports(now - PAST, now):
        state = _as_state(entity.value(device.trace.at(moment)))
        at = moment.timestamp()
        if change is not None and change.state == state:
            change.reported = at
            continue
        if change is not None:
            yield change
        change = Change(index, at, state, at)
    if change is not None:
        yield change


def _as_state(value: Value) -> str:
    """Return a value as Home Assistant writes it into a state."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return str(value)


def _write_entities(
    session: Session, entities: list[tuple[DemoDevice, DemoEntity]]
) -> None:
    """Write each entity's id, and the attributes that all its states share."""
    for index, (device, entity) in enumerate(entities, 1):
        shared = json_bytes(attributes(device, entity))
        session.add(StatesMeta(metadata_id=index, entity_id=entity_id(device, entity)))
        session.add(
            StateAttributes(
                attributes_id=index,
                hash=StateAttributes.hash_shared_attrs_bytes(shared),
                shared_attrs=shared.decode(),
            )
        )


def _rows(changes: list[Change]) -> Iterator[dict[str, Any]]:
    """Yield the rows of the table of states, as the recorder would write them."""
    previous: dict[int, int] = {}
    for state_id, change in enumerate(changes, 1):
        yield {
            "state_id": state_id,
            "metadata_id": change.entity,
            "attributes_id": change.entity,
            "state": change.state,
            "last_updated_ts": change.at,
            "last_reported_ts": max(change.reported, change.at),
            "old_state_id": previous.get(change.entity),
            "context_id_bin": os.urandom(16),
            "origin_idx": 0,
        }
        previous[change.entity] = state_id


if __name__ == "__main__":
    DATABASE, ZONE = sys.argv[1:]
    fill(DATABASE, datetime.now(ZoneInfo(ZONE)).replace(microsecond=0))
