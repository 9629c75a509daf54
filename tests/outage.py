"""A stream of readings into a home whose server has a hard life, and its record."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
import threading

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.power_scheduler.const import DOMAIN
from custom_components.power_scheduler.stores.redis import RedisStore
from custom_components.power_scheduler.stores.redis_settings import RedisSettings

from .home import device

SOURCES = ["sensor.phone", "sensor.tablet", "sensor.robot"]
DEVICES = [device(source[7:].title(), source) for source in SOURCES]
SHOWN = [f"{source}_power_state" for source in SOURCES]
SAVING = "save battery history"
LONG_AGO = datetime(2000, 1, 1, tzinfo=dt_util.UTC)


@dataclass
class Record:
    """What was done to homes, and what it cost them."""

    written: int = 0
    lost: int = 0
    duplicates: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        """Show it as one line."""
        faults = ", ".join(f"{count} x {kind}" for kind, count in self.faults.items())
        return (
            f"{self.written} samples written, {self.lost} lost,"
            f" {self.duplicates} duplicates; {faults}"
        )


@dataclass
class Stream:
    """Three devices that tell a new level every two minutes."""

    hass: HomeAssistant
    freezer: FrozenDateTimeFactory
    record: Record
    told: dict[str, list[tuple[datetime, float]]] = field(
        default_factory=lambda: {source: [] for source in SOURCES}
    )
    level: float = 95

    def tell(self) -> None:
        """Let each device tell a level it has not told just before."""
        self.freezer.tick(1)
        self.level = self.level - 0.5 if self.level > 20 else 95
        for number, source in enumerate(SOURCES):
            level = self.level - number
            self.hass.states.async_set(source, str(level), {"unit_of_measurement": "%"})
            state = self.hass.states.get(source)
            assert state is not None
            self.told[source].append((state.last_reported, level))

    async def flow(self, steps: int) -> None:
        """Let time pass and devices tell; all entities stay there."""
        for _ in range(steps):
            self.tell()
            await self.wait(minutes=2)
            for entity_id in SHOWN:
                state = self.hass.states.get(entity_id)
                assert state is not None
                assert state.state in {"low", "normal", "optimal"}

    async def wait(self, **span: float) -> None:
        """Let time pass, and everything that waits for it happen."""
        self.freezer.tick(timedelta(**span))
        async_fire_time_changed(self.hass)
        await self.hass.async_block_till_done(wait_background_tasks=True)
        # It does not wait for a task that a time-out is just ending.
        if saving := [t for t in asyncio.all_tasks() if t.get_name() == SAVING]:
            await asyncio.wait(saving)

    @property
    def reported(self) -> bool:
        """Whether an issue tells the user that the store is away."""
        return bool(ir.async_get(self.hass).async_get_issue(DOMAIN, "store_away"))

    async def check(self, settings: RedisSettings) -> None:
        """See that the server keeps each sample that was told, once."""
        store = RedisStore(settings, self.hass.async_add_executor_job)
        kept: Mapping[str, list[tuple[datetime, float]]] = {
            source: [(s.at, s.level) for s in samples]
            for source, samples in (await store.load(LONG_AGO)).items()
        }
        profiles = {source: await store.profile(source) for source in SOURCES}
        await store.close()
        for source, told in self.told.items():
            found = kept.get(source, [])
            self.record.written += len(told)
            self.record.lost += len(set(told) - set(found))
            self.record.duplicates += len(found) - len({at for at, _ in found})
            assert found == sorted(told)
            profile = profiles[source]
            assert profile is not None
            assert profile.battery_level == told[-1][1]


@contextmanager
def ticking(freezer: FrozenDateTimeFactory) -> Iterator[None]:
    """Let the clock go on by itself, as time-outs need it."""
    over = threading.Event()
    loop = asyncio.get_running_loop()

    def tick() -> None:
        """Tick as fast as the real clock, in the loop: two at once may lose a tick."""
        while not over.wait(0.01):
            loop.call_soon_threadsafe(freezer.tick, 0.01)

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def one_outage(
    stream: Stream, caplog: pytest.LogCaptureFixture, kind: str, times: int = 1
) -> Iterator[None]:
    """See that a fault inside the block is told once, as long as it lasts."""
    before = caplog.text.count("can't be saved")
    assert not stream.reported
    stream.record.faults[kind] += times
    yield
    assert caplog.text.count("can't be saved") == before + 1
    assert stream.reported


def at_home(settings: RedisSettings) -> RedisSettings:
    """Return the way to the keys of the home."""
    return replace(settings, key_prefix="home")
