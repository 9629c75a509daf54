"""Servers in company: a primary with a replica and a Sentinel, and a cluster."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, override

from redis.asyncio import Redis

from bench.servers import PASSWORD, Server, find_server, running
from custom_components.power_scheduler.stores.redis_settings import (
    Address,
    RedisMode,
    RedisSettings,
)

_SLOTS = 16384


def plain_client(server: Server) -> Redis:
    """Return a client of one server, whatever its company."""
    return Redis(
        host="127.0.0.1",
        port=server.port,
        password=server.password,
        decode_responses=True,
    )


class SentinelServer(Server):
    """Watches over a primary."""

    @override
    def _options(self, port: int) -> list[str]:
        return [
            *(str(self.folder / "sentinel.conf"), "--sentinel"),
            *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(self.folder)),
            *("--requirepass", self.password),
        ]


@dataclass
class Watched:
    """A primary and its replica, and the Sentinel that knows which is which."""

    primary: Server
    replica: Server
    sentinel: Server

    @property
    def settings(self) -> RedisSettings:
        """How to reach the primary."""
        return RedisSettings(
            addresses=(
                Address("127.0.0.1", 1),  # One that is down does not matter.
                Address("127.0.0.1", self.sentinel.port),
            ),
            mode=RedisMode.SENTINEL,
            service="home",
            password=PASSWORD,
            sentinel_password=self.sentinel.password,
        )

    async def hurry(self) -> None:
        """Let the Sentinel wait for little until it takes the primary for dead."""
        option = ("down-after-milliseconds", 500)
        await ask(self.sentinel, "SENTINEL", "SET", "home", *option)


@contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    """Run a primary, a replica and a Sentinel for the duration of a block."""
    folders = [folder / name for name in ("primary", "replica", "sentinel")]
    for each in folders:
        each.mkdir()
    always = ("--masterauth", PASSWORD, "--repl-diskless-sync-delay", "0")
    with ExitStack() as stack:
        primary = stack.enter_context(running(folders[0], *always))
        origin = ("--replicaof", "127.0.0.1", str(primary.port))
        replica = stack.enter_context(running(folders[1], *always, *origin))
        (folders[2] / "sentinel.conf").write_text(
            f"sentinel monitor home 127.0.0.1 {primary.port} 1\n"
            f"sentinel auth-pass home {PASSWORD}\n"
            "sentinel failover-timeout home 3000\n"
        )
        sentinel = SentinelServer(
            folders[2], find_server(), password=f"{PASSWORD}-sentinel"
        )
        stack.callback(sentinel.kill)
        sentinel.start()
        yield Watched(primary, replica, sentinel)


@dataclass
class Cluster:
    """Three nodes that share the keys."""

    nodes: list[Server]
    formed: bool = False

    @property
    def settings(self) -> RedisSettings:
        """How to reach it, by two of its nodes."""
        addresses = [Address("127.0.0.1", node.port) for node in self.nodes[:2]]
        return RedisSettings(
            addresses=tuple(addresses), mode=RedisMode.CLUSTER, password=PASSWORD
        )

    async def form(self) -> None:
        """Make the nodes know each other, once."""
        if self.formed:
            return
        share = _SLOTS // len(self.nodes)
        bounds = [*range(0, share * len(self.nodes), share), _SLOTS]
        for node, (first, end) in zip(self.nodes, pairwise(bounds), strict=True):
            await ask(node, "CLUSTER", "ADDSLOTSRANGE", first, end - 1)
            await ask(node, "CLUSTER", "MEET", "127.0.0.1", self.nodes[0].port)
        for node in self.nodes:
            while not await self._ready(node):  # noqa: ASYNC110 - only asking tells.
                await asyncio.sleep(0.05)
        self.formed = True

    async def _ready(self, node: Server) -> bool:
        info = str(await ask(node, "CLUSTER", "INFO"))
        known = f"cluster_known_nodes:{len(self.nodes)}" in info
        return known and "cluster_state:ok" in info

    async def move_slot(self, slot: int) -> None:
        """Give a slot with all its keys to another node, as resharding does."""
        async with self.moving_slot(slot) as (source, target):
            await asyncio.sleep(0.05)  # Long enough for the store to meet it half-way.
            while keys := await ask(source, "CLUSTER", "GETKEYSINSLOT", slot, 1):
                await ask(
                    source,
                    *("MIGRATE", "127.0.0.1", target.port, keys[0], 0, 5000),
                    *("AUTH", PASSWORD),
                )

    @asynccontextmanager
    async def moving_slot(self, slot: int) -> AsyncIterator[tuple[Server, Server]]:
        """Give a slot to another node; yield both, to carry its keys over."""
        ids = {str(await ask(node, "CLUSTER", "MYID")): node for node in self.nodes}
        ranges = await ask(self.nodes[0], "CLUSTER", "SLOTS")
        [old] = {
            owner[2].decode() if isinstance(owner[2], bytes) else owner[2]
            for first, last, owner, *_ in ranges
            if first <= slot <= last
        }
        source = ids[old]
        new, target = next((key, node) for key, node in ids.items() if key != old)
        await ask(target, "CLUSTER", "SETSLOT", slot, "IMPORTING", old)
        await ask(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", new)
        yield source, target
        for node in (target, source):
            await ask(node, "CLUSTER", "SETSLOT", slot, "NODE", new)


async def ask(node: Server, *command: str | int) -> Any:
    """Send one command to one node."""
    async with plain_client(node) as client:
        client.response_callbacks.clear()
        return await client.execute_command(*command)  # type: ignore[no-untyped-call]


@contextmanager
def clustered(folder: Path) -> Iterator[Cluster]:
    """Run three nodes for the duration of a block."""
    with ExitStack() as stack:
        nodes = []
        for name in ("first", "second", "third"):
            (folder / name).mkdir()
            node = running(folder / name, "--cluster-enabled", "yes")
            nodes.append(stack.enter_context(node))
        yield Cluster(nodes)
