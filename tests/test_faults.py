"""What a home survives: whatever happens, each sample is kept, and kept once."""

from asyncio import get_running_loop
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
import json
import logging
from pathlib import Path
import random
from unittest.mock import AsyncMock, patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from bench.servers import PASSWORD, Server, running
from custom_components.power_scheduler.const import DOMAIN
from custom_components.power_scheduler.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.power_scheduler.history import History
from custom_components.power_scheduler.system_health import _async_info

from .home import set_up
from .outage import DEVICES, Record, Stream, at_home, one_outage, ticking
from .stores.fleets import ask
from .stores.network import Proxy, impatient_while_ill, proxied
from .test_history import on_redis

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture(scope="module")
def record(request: pytest.FixtureRequest) -> Iterator[Record]:
    """Count over all tests, and print the sum."""
    record = Record()
    yield record
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n{record}")  # noqa: T201
    assert (record.lost, record.duplicates) == (0, 0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Run a server."""
    with running(tmp_path) as server:
        yield server


@pytest.fixture
async def proxy(
    server: Server, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> AsyncIterator[Proxy]:
    """Stand between the home and its server, which nobody waits for long if ill."""
    async with proxied(server.port) as proxy:
        impatient_while_ill(monkeypatch, proxy, 0.2)
        with ticking(freezer):
            yield proxy


@pytest.fixture
async def stream(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, record: Record
) -> Stream:
    """Return a stream of readings that has not begun."""
    return Stream(hass, freezer, record)


async def test_a_server_that_dies_in_the_stream_gets_everything(
    hass: HomeAssistant,
    stream: Stream,
    server: Server,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """SIGKILL at any moment, again and again; each time it is told once."""
    stream.tell()
    await set_up(hass, *DEVICES, data=on_redis(server.port))
    await stream.wait(minutes=2)
    for number in range(6):
        await stream.flow(5)
        with one_outage(stream, caplog, "killed server"):
            get_running_loop().call_later(number / 500, server.kill)
            await stream.flow(8)
        server.start()
        await stream.flow(2)
        assert not stream.reported
    await stream.check(at_home(server.settings))


async def test_a_bad_network_gets_everything_across(
    hass: HomeAssistant,
    stream: Stream,
    server: Server,
    proxy: Proxy,
) -> None:
    """Slow, deaf, cut, cut in the middle of an answer, full of nonsense, away."""
    stream.tell()
    await set_up(hass, *DEVICES, data=on_redis(proxy.port))
    dice = random.Random(5)  # noqa: S311
    faults = ["slow", "slower", "deaf", "cut", "cut in an answer", "nonsense", "echo"]
    for fault in faults * 3:
        stream.record.faults[f"network: {fault}"] += 1
        proxy.delay = {"slow": 0.01, "slower": 0.3}.get(fault, 0)
        proxy.deaf, proxy.echo = fault == "deaf", fault == "echo"
        proxy.cut_after = dice.randrange(60) if fault == "cut in an answer" else None
        proxy.nonsense = b"HTTP/1.1 400 Bad\r\n\r\n" if fault == "nonsense" else None
        if fault == "cut":
            get_running_loop().call_later(dice.random() / 100, proxy.cut)
        await stream.flow(2)
        proxy.heal()
        await stream.flow(dice.randrange(1, 3))
    await stream.flow(2)
    assert not stream.reported
    assert proxy.faults > 10
    await stream.check(at_home(server.settings))


async def test_a_full_server_gets_everything_once_it_has_room(
    hass: HomeAssistant,
    stream: Stream,
    server: Server,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It may forget nothing (noeviction), and so refuses."""
    stream.tell()
    await set_up(hass, *DEVICES, data=on_redis(server.port))
    await stream.flow(3)
    for _ in range(3):
        with one_outage(stream, caplog, "full server"):
            await ask(server, "CONFIG", "SET", "maxmemory", 1)
            await stream.flow(5)
        await ask(server, "CONFIG", "SET", "maxmemory", 0)
        await stream.flow(2)
        assert not stream.reported
    await stream.check(at_home(server.settings))


@pytest.mark.parametrize("also_server", [False, True])
async def test_a_home_that_is_killed_finds_what_it_had_not_saved(
    recorder_mock: object,  # noqa: ARG001
    hass: HomeAssistant,
    stream: Stream,
    server: Server,
    *,
    also_server: bool,
) -> None:
    """In the recorder, also when the server died with it and comes back later."""
    stream.tell()
    entry = await set_up(hass, *DEVICES, data=on_redis(server.port))
    await stream.flow(3)
    for _ in range(3):
        with patch.object(History, "save", AsyncMock()):
            await stream.flow(5)
            await async_wait_recording_done(hass)
            if also_server:
                server.kill()
            assert await hass.config_entries.async_unload(entry.entry_id)
        stream.record.faults["killed both" if also_server else "killed home"] += 1
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert stream.reported is also_server
        await stream.flow(3)
        if also_server:
            server.start()
        await stream.flow(2)
        assert not stream.reported
    await stream.check(at_home(server.settings))


async def test_a_clock_that_is_set_costs_nothing(
    hass: HomeAssistant,
    stream: Stream,
    server: Server,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Forward and back, by minutes to months; readings are taken in all the time."""
    stream.tell()
    entry = await set_up(hass, *DEVICES, data=on_redis(server.port))
    steps = [3.1, -2.7, 30.3, -20.9, 24 * 90.7, -24 * 90.5]
    for hours in steps:
        await stream.flow(4)
        stream.record.faults["clock step"] += 1
        stream.freezer.tick(timedelta(hours=hours))
        stream.tell()
        # The timers of the tests follow the clock that is set.
        await entry.runtime_data.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)
        await stream.wait(seconds=70)
    await stream.flow(4)
    assert caplog.text.count("The clock was set back") == 3
    await stream.check(at_home(server.settings))


@pytest.mark.parametrize("noticed", [False, True])
async def test_a_server_that_forgets_is_given_its_memory_back(
    recorder_mock: object,  # noqa: ARG001
    hass: HomeAssistant,
    stream: Stream,
    server: Server,
    *,
    noticed: bool,
) -> None:
    """At once after an outage; within the hour if nothing could be noticed."""
    stream.tell()
    await set_up(hass, *DEVICES, data=on_redis(server.port))
    await stream.flow(20)
    await ask(server, "FLUSHALL")
    stream.record.faults["forgetful server"] += 1
    if noticed:
        server.kill()
        await stream.flow(2)
        server.start()
        await stream.flow(2)
    else:
        await stream.flow(35)
    await stream.check(at_home(server.settings))


async def test_no_password_gets_out(
    hass: HomeAssistant,
    stream: Stream,
    proxy: Proxy,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not into logs, issues, flows, diagnostics or health, whatever the server says."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("redis").setLevel(logging.DEBUG)
    stream.tell()
    data = {**on_redis(proxy.port), "sentinel_password": f"{PASSWORD}-2"}
    entry = await set_up(hass, *DEVICES, data=data)
    seen = []
    for fault in ({"echo": True}, {"deaf": True}, {"nonsense": b"-WRONGPASS x\r\n"}):
        for name, value in fault.items():
            setattr(proxy, name, value)
        proxy.cut()
        await stream.flow(2)
        assert stream.reported
        issues = ir.async_get(hass).issues
        seen += [str(issues[DOMAIN, "store_away"]), str(await _async_info(hass))]
        seen.append(json.dumps(await async_get_config_entry_diagnostics(hass, entry)))
        logins = list(entry.async_get_active_flows(hass, {"reauth"}))
        seen += map(str, logins)
        proxy.heal()
        await stream.flow(2)
    assert logins
    assert not any(entry.async_get_active_flows(hass, {"reauth"}))
    assert proxy.faults > 3
    ours = "\n".join([*seen, caplog.text])
    assert "can't be saved" in ours
    assert PASSWORD not in ours
