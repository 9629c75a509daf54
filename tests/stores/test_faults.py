"""What can happen to a server and the way there, and that no sample is lost by it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
import logging
from pathlib import Path
import random
import signal
import sys
import traceback

import pytest

from bench.servers import PASSWORD, running
from custom_components.power_scheduler.stores import StoreError
from custom_components.power_scheduler.stores.redis import RedisStore
from custom_components.power_scheduler.stores.redis_settings import (
    Address,
    RedisSettings,
)
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from .conftest import in_thread
from .fleets import ask
from .network import Proxy, impatient_while_ill, proxied
from .samples import EVER, MINUTE, a_day
from .stream import stream

NONSENSE = [
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
    b"\xff\xfe\x00\r\n",
    b"$x\r\n",
    b":x\r\n",
    b"*x\r\n",
    b"*2\r\n:1\r\n$2\r\n\xff\xff\r\n",
    b"*1\r\n*1\r\n$1\r\na\r\n" * 60,
    b"-\r\n",
    b"-MOVED 1 nowhere:1\r\n",
    b"-ASK\r\n",
    b"%1\r\n+a\r\n+b\r\n",
]


@pytest.fixture
async def proxy(
    settings: RedisSettings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Proxy]:
    """Stand between stores and the server."""
    [address] = settings.addresses
    async with proxied(address.port) as proxy:
        impatient_while_ill(monkeypatch, proxy, 0.15)
        yield proxy


@pytest.fixture
async def store(settings: RedisSettings, proxy: Proxy) -> AsyncIterator[RedisStore]:
    """Return an empty store behind the proxy."""
    there = (Address("127.0.0.1", proxy.port),)
    store = RedisStore(replace(settings, addresses=there), in_thread)
    yield store
    proxy.heal()
    await store.close()


async def disturb(proxy: Proxy) -> None:
    """Do everything that networks do to a connection, again and again."""
    dice = random.Random(1)  # noqa: S311
    while True:
        fault = dice.choice(["delay", "deaf", "cut", "cut_after", "nonsense", "stop"])
        if fault == "delay":
            proxy.delay = dice.choice([0.02, 0.2, 0.4])
        elif fault == "deaf":
            proxy.deaf = True
        elif fault == "cut":
            proxy.faults += 1
            proxy.cut()
        elif fault == "cut_after":
            proxy.cut_after = dice.randrange(200)
        elif fault == "nonsense":
            proxy.nonsense = dice.choice(NONSENSE)
        else:
            proxy.faults += 1
            await proxy.stop()
            await asyncio.sleep(0.05)
            await proxy.start(proxy.port)
        await asyncio.sleep(dice.uniform(0, 0.2))
        proxy.heal()
        await asyncio.sleep(dice.uniform(0, 0.1))


async def test_a_bad_network_loses_nothing(store: RedisStore, proxy: Proxy) -> None:
    """Slow, deaf, cut, cut in the middle of an answer, full of nonsense, away."""
    day = a_day(step=4 * MINUTE)
    disturbing = asyncio.create_task(disturb(proxy))
    failures = await stream(store, day)
    disturbing.cancel()
    await asyncio.wait([disturbing])
    proxy.heal()
    assert proxy.faults > 10
    assert failures > 5
    assert await store.load(EVER) == {"phone": day}


@pytest.mark.usefixtures("socket_enabled")
async def test_a_server_that_is_killed_again_and_again_loses_nothing(
    tmp_path: Path,
) -> None:
    """What it acknowledged it has, and what it did not is sent again."""
    day = a_day()
    with running(tmp_path) as server:
        store = RedisStore(server.settings, in_thread)
        streaming = asyncio.create_task(stream(store, day))
        for _ in range(3):
            await asyncio.sleep(0.1)
            server.kill()
            await asyncio.sleep(0.02)
            server.start()
        assert await streaming > 0
        assert await store.load(EVER) == {"phone": day}
        await store.close()


@pytest.mark.parametrize("nonsense", NONSENSE, ids=range(len(NONSENSE)))
async def test_nonsense_is_an_error_of_ours(
    store: RedisStore, proxy: Proxy, nonsense: bytes
) -> None:
    """And forgotten when the server speaks sensibly again."""
    await store.append({"phone": a_day()})
    proxy.nonsense = nonsense
    for call in (
        store.open,
        partial(store.load, EVER, ["phone"]),
        partial(store.append, {"phone": a_day()}),
        partial(store.profile, "phone"),
        store.decisions,
        partial(store.trim, EVER),
    ):
        with pytest.raises(StoreError):
            await call()
    proxy.heal()
    assert await store.load(EVER) == {"phone": a_day()}


@pytest.mark.parametrize(
    ("delay", "piece"), [(0.2, 65536), (0.05, 20)], ids=["late", "in drops"]
)
async def test_an_answer_that_is_too_late_is_not_taken_for_another(
    store: RedisStore, proxy: Proxy, delay: float, piece: int
) -> None:
    """Neither one that comes at last, nor one that never ends."""
    await store.append({"phone": a_day(), "laptop": a_day()[:5]})
    proxy.delay, proxy.piece = delay, piece
    with pytest.raises(StoreError, match="no answer in time"):
        await store.load(EVER, [f"device {number}" for number in range(50)])
    proxy.heal()
    assert await store.decisions() == []
    assert await store.load(EVER, ["laptop"]) == {"laptop": a_day()[:5]}


async def test_a_caller_that_gives_up_leaves_no_answer_behind(
    store: RedisStore, proxy: Proxy
) -> None:
    """A cancelled question's answer is nobody's."""
    await store.append({"phone": a_day()})
    proxy.delay = 0.05
    for _ in range(3):
        task = asyncio.create_task(store.load(EVER))
        await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.wait([task])
    proxy.heal()
    assert await store.decisions() == []
    assert await store.load(EVER) == {"phone": a_day()}


@pytest.mark.usefixtures("socket_enabled")
async def test_a_server_without_memory_refuses_and_recovers(tmp_path: Path) -> None:
    """It says so, still answers, and takes the rest when it may."""
    day = a_day()
    with running(tmp_path, "--maxmemory-policy", "noeviction") as server:
        store = RedisStore(server.settings, in_thread)
        await store.append({"phone": day[:9]})
        await ask(server, "CONFIG", "SET", "maxmemory", 1)
        with pytest.raises(StoreError, match="no memory left"):
            await store.append({"phone": day})
        assert await store.load(EVER) == {"phone": day[:9]}
        await ask(server, "CONFIG", "SET", "maxmemory", 0)
        await store.append({"phone": day})
        assert await store.load(EVER) == {"phone": day}
        await store.close()


async def test_no_password_goes_anywhere(
    store: RedisStore, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even if the server repeats it, and everything is logged."""
    caplog.set_level(logging.DEBUG)
    proxy.echo = True
    texts = [repr(store), repr(store._settings)]
    for attempt in (store.open, store.decisions, store.devices):
        with pytest.raises(StoreError) as caught:
            await attempt()
        texts += [str(caught.value), repr(caught.value)]
        texts += traceback.format_exception(caught.value)
    assert proxy.faults
    assert PASSWORD not in "\n".join([*texts, caplog.text])


WRITER = """
import asyncio, sys, types
from pathlib import Path

# Home Assistant takes long to import, and is not needed here.
package = types.ModuleType("custom_components.power_scheduler")
package.__path__ = ["custom_components/power_scheduler"]
sys.modules[package.__name__] = package
from custom_components.power_scheduler.stores.sqlite import SqliteStore
from tests.stores.samples import a_day

async def main():
    run = lambda work: asyncio.get_running_loop().run_in_executor(None, work)
    store = SqliteStore(Path(sys.argv[1]), run)
    day = a_day()
    for place in range(0, len(day), 2):
        await store.append({"phone": day[place:place + 2]})
        print(place + 2, flush=True)

asyncio.run(main())
"""


async def test_a_killed_home_assistant_has_what_sqlite_acknowledged(
    tmp_path: Path,
) -> None:
    """In the middle of a write, without a chance to close anything."""
    path = tmp_path / "history.db"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WRITER, str(path)),
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    acknowledged = 0
    while acknowledged < 60:
        acknowledged = int(await process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    rest = await process.stdout.read()
    await process.wait()
    acknowledged = int(rest.split()[-1]) if rest.split() else acknowledged
    store = SqliteStore(path, in_thread)
    loaded = (await store.load(EVER))["phone"]
    assert store.damaged is None
    assert len(loaded) >= acknowledged
    assert loaded == a_day()[: len(loaded)]
    await store.close()
