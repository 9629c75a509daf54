"""A Home Assistant core with many batteries, for the bench of the whole integration."""

from asyncio import current_task, events
from bisect import bisect_right
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import datetime, timedelta
from functools import cache
from itertools import count, takewhile
from pathlib import Path
import time
from types import MappingProxyType
from typing import Any

from homeassistant import auth, bootstrap, loader
from homeassistant.config_entries import ConfigEntries, ConfigEntry, ConfigSubentryData
from homeassistant.core import HomeAssistant

from bench.prediction.traces import load, samples
from custom_components.power_scheduler.core.sample import Sample

DOMAIN = "power_scheduler"
PERCENT: Mapping[str, str] = {"unit_of_measurement": "%", "device_class": "battery"}
GOLDEN = 0.618
"""What spreads numbers evenly."""

TRACES = Path(__file__).parent / "traces"
INTEGRATION = Path(__file__).parents[1] / "custom_components" / DOMAIN


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant core in a folder, from start to stop."""
    components = folder / "custom_components"
    if not components.exists():
        components.mkdir(parents=True)
        (components / DOMAIN).symlink_to(INTEGRATION)
    hass = HomeAssistant(str(folder))
    hass.config.skip_pip = True
    loader.async_setup(hass)
    hass.config_entries = ConfigEntries(hass, {})
    await bootstrap.async_load_base_functionality(hass)
    hass.auth = await auth.auth_manager_from_config(hass, [], [])
    await hass.async_start()
    try:
        yield hass
    finally:
        await hass.async_stop()


def battery(number: int) -> str:
    """Return the entity id of one of the house's batteries."""
    return f"sensor.battery_{number}"


def devices(count: int) -> dict[str, str]:
    """Return some devices of the house, by name, each with its battery."""
    return {f"Device {number}": battery(number) for number in range(count)}


def entry_for(
    devices: Mapping[str, str], data: Mapping[str, Any] | None = None
) -> ConfigEntry[Any]:
    """Return the entry of a house with some devices, each with its battery."""
    return ConfigEntry(
        data=data or {"backend": "sqlite"},
        discovery_keys=MappingProxyType({}),
        domain=DOMAIN,
        minor_version=1,
        options={},
        source="user",
        subentries_data=[
            ConfigSubentryData(
                subentry_type="device",
                title=name,
                unique_id=source,
                data={"battery": source, "charging": [], "reserve": 10.0},
            )
            for name, source in devices.items()
        ],
        title="Power Scheduler",
        unique_id=None,
        version=1,
    )


class Clock:
    """A clock that the bench moves: readings lie minutes apart, and it can't wait."""

    def __init__(self, now: datetime) -> None:
        """Start at a moment."""
        self.now = now

    def utcnow(self) -> datetime:
        """Return the moment, as Home Assistant asks for it."""
        return self.now

    def tell(self, hass: HomeAssistant, number: int, level: float) -> None:
        """Let one battery tell a level (%) now."""
        hass.states.async_set_internal(
            battery(number),
            f"{level:.1f}",
            PERCENT,
            force_update=False,
            context=None,
            state_info=None,
            timestamp=self.now.timestamp(),
        )


class Life:
    """What one battery tells: a real trace, over and over, from some point of it."""

    def __init__(self, number: int, now: datetime) -> None:
        """Start at the same moment of the trace for the same number."""
        traces = _traces()
        self._trace = traces[number % len(traces)]
        self._span = self._trace[-1].at - self._trace[0].at + timedelta(minutes=20)
        begin = self._trace[0].at + self._span * (number * GOLDEN % 1)
        self._newest = bisect_right(self._trace, begin, key=lambda s: s.at) - 1
        self._shift = now - begin

    def past(self, days: int = 30) -> list[Sample]:
        """Return what it told until now, oldest first."""
        told = (self._sample(k) for k in count(self._newest, -1))
        newest = next(told)
        begin = newest.at - timedelta(days=days)
        past = [newest, *takewhile(lambda sample: sample.at > begin, told)]
        return past[::-1]

    def future(self) -> Iterator[Sample]:
        """Yield what it will tell."""
        yield from (self._sample(k) for k in count(self._newest + 1))

    def _sample(self, k: int) -> Sample:
        """Return the k-th sample, counted from the first time that the trace runs."""
        sample = self._trace[k % len(self._trace)]
        return Sample(self._at(k) + self._shift, sample.level, sample.plugged)

    def _at(self, k: int) -> datetime:
        """Return when the k-th sample comes, in the time of the trace."""
        times, k = divmod(k, len(self._trace))
        return self._trace[k].at + times * self._span


@cache
def _traces() -> list[list[Sample]]:
    """Return the traces."""
    return [list(samples(trace)) for trace in load(TRACES).values()]


class Busy:
    """The processor's time that the event loop takes, without that of the bench.

    The processor's time and not the wall's: what other threads and programs take
    meanwhile is no work of the event loop.
    """

    def __init__(self) -> None:
        """Start with none; the current task is the bench."""
        self.seconds: list[float] = []
        """Of each callback."""

        self._bench = current_task()

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure one callback, or what the bench does in place of Home Assistant."""
        begin = time.thread_time()
        try:
            yield
        finally:
            self.seconds.append(time.thread_time() - begin)

    @contextmanager
    def following(self) -> Iterator[None]:
        """Measure all that the event loop runs."""
        run = events.Handle._run  # noqa: SLF001

        def timed(handle: events.Handle) -> None:
            """Run one callback."""
            owner = getattr(handle._callback, "__self__", None)  # type: ignore[attr-defined] # noqa: SLF001
            with nullcontext() if owner is self._bench else self.measured():
                run(handle)

        events.Handle._run = timed  # type: ignore[assignment, method-assign] # noqa: SLF001
        try:
            yield
        finally:
            events.Handle._run = run  # type: ignore[method-assign] # noqa: SLF001
