"""A Home Assistant that dies without a chance to save, and comes back."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import json
from pathlib import Path
import random
import sys

import pytest

from bench.servers import Server, running
from custom_components.power_scheduler.const import BACKEND_SQLITE, CONF_BACKEND
from custom_components.power_scheduler.storage import FILE_NAME
from custom_components.power_scheduler.stores import HistoryStore
from custom_components.power_scheduler.stores.redis import RedisStore
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from .killed_home import SOURCES
from .outage import LONG_AGO, at_home
from .stores.conftest import in_thread
from .test_history import on_redis

KILLS = 3

type Told = dict[str, list[tuple[float, float]]]


@contextmanager
def _no_server() -> Iterator[None]:
    """Stand in for a server where there is none."""
    yield None


async def _live(folder: Path, data: dict[str, object], lines: int | None) -> Told:
    """Run a home, kill it after some lines, and return what was acknowledged."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.killed_home", str(folder), json.dumps(data)),
        cwd=Path(__file__).parents[1],
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    printed: list[bytes] = []
    while lines is None or len(printed) < lines:
        if not (line := await process.stdout.readline()):
            break
        printed.append(line)
    if lines is not None:
        await asyncio.sleep(random.Random(lines).random() / 20)  # noqa: S311
        process.kill()
    # What is cut off in the middle of a line was not acknowledged.
    rest = (await process.stdout.read()).split(b"\n")[:-1]
    assert (await process.wait() == 0) is (lines is None)
    told: Told = {source: [] for source in SOURCES}
    for line in (*printed, *(row for row in rest if row)):
        for source, at, level in json.loads(line):
            told[source].append((at, level))
    return told


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize("kind", ["file", "server that dies too"])
async def test_a_home_that_is_killed_has_every_reading_once(
    tmp_path: Path, kind: str
) -> None:
    """SIGKILL, at any moment of a save, again and again."""
    folder = tmp_path / "home"
    folder.mkdir()
    with running(tmp_path) if kind != "file" else _no_server() as server:
        data: dict[str, object] = {CONF_BACKEND: BACKEND_SQLITE}
        if server is not None:
            data = on_redis(server.port)
        told: Told = {source: [] for source in SOURCES}
        for lines in (*(5 + 3 * kill for kill in range(KILLS)), None):
            if server is not None:
                server.kill()
                server.start()
            for source, samples in (await _live(folder, data, lines)).items():
                told[source] += samples
        store = _store(folder, server)
        kept = await store.load(LONG_AGO)
        await store.close()
    for source, samples in told.items():
        found = [(sample.at.timestamp(), sample.level) for sample in kept[source]]
        assert set(samples) <= set(found)
        assert len(found) == len({(round(at, 3), level) for at, level in found})


def _store(folder: Path, server: Server | None) -> HistoryStore:
    """Return the store that the home has used."""
    if server is None:
        return SqliteStore(folder / FILE_NAME, in_thread)
    return RedisStore(at_home(server.settings), in_thread)
