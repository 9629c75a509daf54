"""Stores, empty and ready, for every test that asks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from bench.servers import Server, running
from custom_components.power_scheduler.stores import HistoryStore
from custom_components.power_scheduler.stores.redis import RedisStore
from custom_components.power_scheduler.stores.redis_settings import RedisSettings
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from .fleets import Cluster, clustered

_numbers = count()


def in_thread[T](work: Callable[[], T]) -> Awaitable[T]:
    """Run work in a thread, as Home Assistant's executor does."""
    return asyncio.get_running_loop().run_in_executor(None, work)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one server for all tests that leave it alive."""
    with running(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
def settings(server: Server, request: pytest.FixtureRequest) -> RedisSettings:
    """Return the way to keys that no other test has touched."""
    request.getfixturevalue("socket_enabled")
    return replace(server.settings, key_prefix=f"test{next(_numbers)}")


@pytest.fixture
async def redis_store(settings: RedisSettings) -> AsyncIterator[RedisStore]:
    """Return an empty store on a real server."""
    store = RedisStore(settings, in_thread)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
async def sqlite_store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """Return an empty store in a file."""
    store = SqliteStore(tmp_path / "history.db", in_thread)
    await store.open()
    yield store
    await store.close()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Run one cluster for all tests."""
    with clustered(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture
async def cluster_settings(
    cluster: Cluster, request: pytest.FixtureRequest
) -> RedisSettings:
    """Return the way to keys in the cluster that no other test has touched."""
    request.getfixturevalue("socket_enabled")
    await cluster.form()
    return replace(cluster.settings, key_prefix=f"test{next(_numbers)}")


@pytest.fixture
async def cluster_store(cluster_settings: RedisSettings) -> AsyncIterator[RedisStore]:
    """Return an empty store in a cluster."""
    store = RedisStore(cluster_settings, in_thread)
    yield store
    await store.close()


@pytest.fixture(params=["sqlite_store", "redis_store", "cluster_store"])
def store(request: pytest.FixtureRequest) -> HistoryStore:
    """Return an empty store of each kind in turn."""
    store: HistoryStore = request.getfixturevalue(request.param)
    return store
