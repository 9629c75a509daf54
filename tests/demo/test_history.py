"""A new home's recorder knows its past."""

from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
import sqlite3
from zoneinfo import ZoneInfo

from demo.history import PAST, fill

NOW = datetime(2026, 11, 16, 12, tzinfo=ZoneInfo("Europe/Berlin"))
PHONE = """
    SELECT states.state, states.last_updated_ts, before.last_updated_ts
    FROM states JOIN states_meta USING (metadata_id)
    LEFT JOIN states AS before ON before.state_id = states.old_state_id
    WHERE states_meta.entity_id = 'sensor.pixel_8_battery_level'
    ORDER BY states.last_updated_ts
"""


def test_a_phone_has_two_weeks_of_levels_each_following_the_one_before(
    tmp_path: Path,
) -> None:
    """Only changes are recorded, as the recorder does it."""
    database = tmp_path / "recorder.db"
    written = fill(str(database), NOW)
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(PHONE).fetchall()
        total = connection.execute("SELECT count(*) FROM states").fetchone()[0]
    assert 10_000 < written == total < 50_000
    levels = [int(level) for level, _, _ in rows]
    assert all(one != other for one, other in pairwise(levels))
    assert [before for *_, before in rows[1:]] == [at for _, at, _ in rows[:-1]]
    assert rows[0][1] >= (NOW - PAST).timestamp()
    assert (NOW - timedelta(hours=6)).timestamp() < rows[-1][1] <= NOW.timestamp()
