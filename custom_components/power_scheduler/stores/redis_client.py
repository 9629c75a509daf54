"""Clients of Redis and Valkey that never block the event loop."""

from asyncio import timeout
from dataclasses import astuple
from functools import partial
import ssl
from typing import Any, Final, override

from redis.asyncio import (
    BlockingConnectionPool,
    Redis,
    RedisCluster,
    Sentinel,
    SSLConnection,
)
from redis.asyncio.client import Pipeline
from redis.asyncio.cluster import ClusterNode, ClusterPipeline
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import SentinelManagedSSLConnection
from redis.backoff import NoBackoff

from . import Executor
from .redis_errors import AWAY, REDIS_ERRORS, InvalidAuthorityError, meaning
from .redis_settings import Address, RedisMode, RedisSettings

TIMEOUT: Final = 5.0
"""Seconds that connecting, and each answer, may take."""

EXCHANGE: Final = 20.0
"""Seconds that all answers of one exchange may take."""

type Client = Redis | RedisCluster


class _PreparedConnection(SSLConnection):
    """Uses a context that is there; redis would build one in the event loop."""

    @override
    def __init__(self, *, context: ssl.SSLContext, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ssl_context.context = context


class _PreparedSentinelConnection(_PreparedConnection, SentinelManagedSSLConnection):
    """The same, to the primary that the Sentinels name."""


async def connect(settings: RedisSettings, run: Executor) -> Client:
    """Return a client of what the settings describe; it connects when used."""
    context = await run(partial(_tls_context, settings)) if settings.tls else None
    if settings.mode is RedisMode.CLUSTER:
        return _cluster(settings, context)
    if settings.mode is RedisMode.SENTINEL:
        return _primary(settings, context)
    [address] = settings.addresses
    options = _options(settings.username, settings.password)
    return _client(address, context, db=settings.db, **options)


async def greet(client: Client) -> None:
    """Raise what is wrong if no Sentinel answers; only they tell it themselves."""
    errors = []
    for sentinel in _sentinels(client):
        try:
            await sentinel.ping()
        except REDIS_ERRORS as err:
            errors.append(err)
        else:
            return
    if errors:
        # One that refuses says more than one that is away.
        raise next((err for err in errors if meaning(err) not in AWAY), errors[0])


async def exchange(pipeline: Pipeline | ClusterPipeline) -> list[Any]:
    """Send the commands of a pipeline, and return the answers."""
    async with timeout(EXCHANGE):
        return await pipeline.execute()


async def disconnect(client: Client) -> None:
    """Close a client and what it asks for the way."""
    for each in (client, *_sentinels(client)):
        await each.aclose()


def _sentinels(client: Client) -> list[Redis]:
    """Return the clients of the Sentinels behind this one, if there are any."""
    if isinstance(client, RedisCluster):
        return []
    manager: Sentinel | None = getattr(client.connection_pool, "sentinel_manager", None)
    return [] if manager is None else manager.sentinels


def _client(address: Address, context: ssl.SSLContext | None, **options: Any) -> Redis:
    """Return a client of one server."""
    if context is not None:
        options |= {"connection_class": _PreparedConnection, "context": context}
    pool = BlockingConnectionPool(
        max_connections=8,
        timeout=TIMEOUT,
        host=address.host,
        port=address.port,
        **options,
    )
    return Redis.from_pool(pool)


def _primary(settings: RedisSettings, context: ssl.SSLContext | None) -> Redis:
    """Return a client of the primary that the Sentinels name."""
    sentinel = Sentinel([])  # type: ignore[no-untyped-call]
    asking = _options(None, settings.sentinel_password)
    sentinel.sentinels = [
        _client(address, context, **asking) for address in settings.addresses
    ]
    options = _options(settings.username, settings.password)
    if context is not None:
        options |= {"connection_class": _PreparedSentinelConnection, "context": context}
    primary: Redis = sentinel.master_for(settings.service, db=settings.db, **options)
    return primary


def _cluster(settings: RedisSettings, context: ssl.SSLContext | None) -> RedisCluster:
    """Return a client of a cluster."""
    options = _options(settings.username, settings.password)
    # Here a retry asks the nodes anew where a key has gone.
    options["retry"] = Retry(NoBackoff(), 2)
    nodes = [
        # Redis would look this one name up in the event loop.
        ClusterNode("127.0.0.1" if host == "localhost" else host, port)
        for host, port in map(astuple, settings.addresses)
    ]
    cluster = RedisCluster(startup_nodes=nodes, **options)
    if context is not None:
        cluster.connection_kwargs["connection_class"] = _PreparedConnection
        cluster.connection_kwargs["context"] = context
        for node in cluster.startup_nodes:
            node.connection_class = _PreparedConnection
            node.connection_kwargs["context"] = context
    return cluster


def _options(username: str | None, password: str | None) -> dict[str, Any]:
    """Return what every connection has in common."""
    return {
        "username": username,
        "password": password,
        "socket_timeout": TIMEOUT,
        "socket_connect_timeout": TIMEOUT,
        # Callers keep what is unsaved and try again; retries here would only delay.
        "retry": Retry(NoBackoff(), 0),
        # Otherwise redis reads its package's metadata from disk in the event loop.
        "driver_info": None,
        # All servers speak it, and nothing of its successor is needed.
        "protocol": 2,
        "decode_responses": True,
    }


def _tls_context(settings: RedisSettings) -> ssl.SSLContext:
    """Read the trusted certificates: slow, and so for the executor.

    Raises:
        InvalidAuthorityError: The settings' own authority is no certificate.
    """
    try:
        context = ssl.create_default_context(cadata=settings.ca)
    except (ssl.SSLError, ValueError) as err:
        raise InvalidAuthorityError("no certificate in the text") from err
    if settings.ca:
        # Certificates that homes make themselves lack what strictness demands.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.check_hostname = settings.verify and settings.check_hostname
    if not settings.verify:
        context.verify_mode = ssl.CERT_NONE
    return context
