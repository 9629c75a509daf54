"""A Home Assistant core with many batteries, for the bench of the whole integration."""

from asyncio import events
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
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


def entry_for(count: int) -> ConfigEntry[Any]:
    """Return the entry of a house with some batteries."""
    return ConfigEntry(
        data={"backend": "sqlite"},
        discovery_keys=MappingProxyType({}),
        domain=DOMAIN,
        minor_version=1,
        options={},
        source="user",
        subentries_data=[
            ConfigSubentryData(
                subentry_type="device",
                title=f"Device {number}",
                unique_id=battery(number),
                data={"battery": battery(number), "charging": [], "reserve": 10.0},
            )
            for number in range(count)
        ],
        title="Power Scheduler",
        unique_id=None,
        version=1,
    )


def tell(hass: HomeAssistant, number: int, level: float) -> None:
    """Let one battery tell a level (%)."""
    hass.states.async_set(battery(number), f"{level:.1f}", dict(PERCENT))


def month_of_samples(days: int = 30) -> list[Sample]:
    """Return real samples that end now: one trace, repeated until it is long enough."""
    traces = [list(samples(trace)) for trace in load(TRACES).values()]
    longest = max(traces, key=len)
    end = datetime.now(UTC) - timedelta(minutes=1)
    span = longest[-1].at - longest[0].at + timedelta(minutes=20)
    month: list[Sample] = []
    shift = end - longest[-1].at
    while not month or end - month[0].at < timedelta(days=days):
        month[:0] = [
            Sample(sample.at + shift, sample.level, sample.plugged)
            for sample in longest
        ]
        shift -= span
    return [sample for sample in month if end - sample.at < timedelta(days=days)]


@contextmanager
def loop_time() -> Iterator[list[float]]:
    """Measure the seconds that the event loop is busy, into a list of callbacks."""
    busy: list[float] = []
    run = events.Handle._run  # noqa: SLF001

    def timed(handle: events.Handle) -> None:
        """Run one callback, and note how long it took."""
        begin = time.perf_counter()
        try:
            run(handle)
        finally:
            busy.append(time.perf_counter() - begin)

    events.Handle._run = timed  # type: ignore[assignment, method-assign] # noqa: SLF001
    try:
        yield busy
    finally:
        events.Handle._run = run  # type: ignore[method-assign] # noqa: SLF001
