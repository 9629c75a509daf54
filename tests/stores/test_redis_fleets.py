"""History on servers in company: Sentinels that name a new primary, clusters."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from redis.crc import key_slot

from custom_components.power_scheduler.stores.redis import RedisStore
from custom_components.power_scheduler.stores.redis_check import find_problem
from custom_components.power_scheduler.stores.redis_settings import (
    Address,
    RedisSettings,
)

from .blocking import watched_loop
from .certificates import Authority
from .conftest import in_thread
from .fleets import Cluster, Watched, ask, clustered, watched
from .network import proxied
from .samples import EVER, MINUTE, a_day
from .stream import stream, under_way
from .test_redis_check import BASICS, CLUSTER, allow


@pytest.mark.usefixtures("socket_enabled")
async def test_a_failover_in_the_middle_of_a_load_loses_nothing(tmp_path: Path) -> None:
    """The replica takes over, and what was acknowledged is there once."""
    day = a_day(step=2 * MINUTE)
    with watched(tmp_path) as servers:
        await synchronised(servers)
        assert await find_problem(servers.settings, in_thread) is None
        store = RedisStore(servers.settings, in_thread)
        await store.open()
        loading = asyncio.create_task(stream(store, day))
        await under_way(store)
        await servers.hurry()
        servers.primary.kill()
        assert await loading > 0
        assert await store.load(EVER) == {"phone": day}
        assert (await ask(servers.replica, "ROLE"))[0] == "master"
        await store.close()


async def synchronised(servers: Watched) -> None:
    """Wait until the replica has a copy, and the Sentinel knows it."""
    async with asyncio.timeout(20):
        # Only asking tells.
        while "master_link_status:up" not in await ask(servers.replica, "INFO"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        while ",slaves=1," not in await ask(servers.sentinel, "INFO"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.mark.usefixtures("socket_enabled")
async def test_what_is_wrong_with_sentinels_has_a_name(tmp_path: Path) -> None:
    """Theirs is another password than that of the data."""
    with watched(tmp_path) as servers:
        settings = servers.settings
        other = replace(settings, service="office")
        assert await find_problem(other, in_thread) == "no_primary"
        wrong = replace(settings, sentinel_password="wrong")  # noqa: S106
        assert await find_problem(wrong, in_thread) == "invalid_auth"
        wrong = replace(settings, password="wrong")  # noqa: S106
        assert await find_problem(wrong, in_thread) == "invalid_auth"


@pytest.mark.usefixtures("socket_enabled")
async def test_a_user_of_a_watched_primary_needs_no_more_than_the_basics(
    tmp_path: Path,
) -> None:
    """The Sentinels are asked with a password of their own."""
    with watched(tmp_path) as servers:
        await synchronised(servers)
        await allow(servers.primary.settings, "power_scheduler:*", *BASICS)
        user = replace(servers.settings, username="ours")
        assert await find_problem(user, in_thread) is None


@pytest.mark.parametrize("missing", [None, *CLUSTER])
async def test_a_user_of_a_cluster_needs_to_find_its_way(
    cluster: Cluster, cluster_settings: RedisSettings, missing: str | None
) -> None:
    """It must ask where keys are, and follow those that are being moved."""
    rules = [rule for rule in (*BASICS, *CLUSTER) if rule != missing]
    for node in cluster.nodes:
        await allow(node.settings, f"{cluster_settings.key_prefix}:*", *rules)
    user = replace(cluster_settings, username="ours")
    async with cluster.moving_slot(key_slot(b"trial")):
        problem = await find_problem(user, in_thread)
    assert problem == ("no_permission" if missing else None)


async def test_resharding_in_the_middle_of_a_load_loses_nothing(
    cluster: Cluster, cluster_settings: RedisSettings
) -> None:
    """Keys go to another node, and the store after them."""
    day = a_day(step=2 * MINUTE)
    slot = key_slot(b"phone")
    store = RedisStore(cluster_settings, in_thread)
    loading = asyncio.create_task(stream(store, day))
    moves = 0
    while not loading.done() and moves < 3:
        await cluster.move_slot(slot)
        moves += 1
    assert moves
    await loading
    assert await store.load(EVER) == {"phone": day}
    await store.close()


@pytest.mark.usefixtures("socket_enabled")
async def test_a_node_that_is_away_comes_back(tmp_path: Path) -> None:
    """A cluster without replicas has a hole meanwhile; nothing falls into it."""
    day = a_day(step=6 * MINUTE)
    with clustered(tmp_path) as cluster:
        await cluster.form()
        store = RedisStore(cluster.settings, in_thread)
        loading = asyncio.create_task(stream(store, day))
        await under_way(store)
        owner = cluster.nodes[key_slot(b"phone") * 3 // 16384]
        owner.kill()
        await asyncio.sleep(0.5)
        owner.start()
        assert await loading > 0
        assert await store.load(EVER) == {"phone": day}
        await store.close()


async def test_a_cluster_is_used_without_blocking(
    cluster_settings: RedisSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even by a name that redis would look up in the event loop."""
    ports = [address.port for address in cluster_settings.addresses]
    named = tuple(Address("localhost", port) for port in ports)
    with watched_loop(monkeypatch) as calls:
        store = RedisStore(replace(cluster_settings, addresses=named), in_thread)
        await store.append({"phone": a_day()})
        assert await store.load(EVER) == {"phone": a_day()}
        await store.close()
    assert calls == []


@asynccontextmanager
async def encrypted(
    settings: RedisSettings, ports: Sequence[int], folder: Path
) -> AsyncIterator[RedisSettings]:
    """Put TLS before servers, and make them name the ports where it is."""
    home = Authority.new()
    context = home.serve(folder)
    async with AsyncExitStack() as stack:
        proxies = [await stack.enter_async_context(proxied(p, context)) for p in ports]
        renamed = {proxy.target: proxy.port for proxy in proxies}
        for proxy in proxies:
            proxy.renamed = renamed
        first = Address("127.0.0.1", proxies[0].port)
        yield replace(settings, addresses=(first,), tls=True, ca=home.pem)


async def test_a_cluster_behind_tls(
    cluster: Cluster,
    cluster_settings: RedisSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each node proves who it is, and certificates are read in a thread."""
    ports = [node.port for node in cluster.nodes]
    async with encrypted(cluster_settings, ports, tmp_path) as settings:
        with watched_loop(monkeypatch) as calls:
            assert await find_problem(settings, in_thread) is None
        assert calls == []
        stranger = replace(settings, ca=Authority.new().pem)
        assert await find_problem(stranger, in_thread) == "invalid_certificate"


@pytest.mark.usefixtures("socket_enabled")
async def test_sentinels_behind_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They and the primary that they name prove who they are."""
    with watched(tmp_path) as servers:
        ports = [servers.sentinel.port, servers.primary.port]
        async with encrypted(servers.settings, ports, tmp_path) as settings:
            with watched_loop(monkeypatch) as calls:
                assert await find_problem(settings, in_thread) is None
            assert calls == []
            stranger = replace(settings, ca=Authority.new().pem)
            assert await find_problem(stranger, in_thread) == "invalid_certificate"
