"""Clients of Redis and Valkey that never block the event loop."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
import ssl
from typing import Any, Final, override

from redis.asyncio import BlockingConnectionPool, Redis, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthenticationWrongNumberOfArgsError,
    ConnectionError as RedisConnectionError,
    NoPermissionError,
    OutOfMemoryError,
    RedisClusterException,
    RedisError,
    TimeoutError as RedisTimeoutError,
)

from . import Executor, StoreAuthError, StoreError
from .redis_settings import RedisSettings

TIMEOUT: Final = 5.0
"""Seconds that connecting, and each answer, may take."""

# What redis raises, and what answers raise that make no sense.
REDIS_ERRORS: Final = (RedisError, RedisClusterException, OSError, ValueError)


class _PreparedConnection(SSLConnection):
    """Uses a context that is there; redis would build one in the event loop."""

    @override
    def __init__(self, *, context: ssl.SSLContext, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ssl_context.context = context


class RedisProblem(StrEnum):
    """What can be wrong with a server or its settings."""

    CANNOT_CONNECT = "cannot_connect"
    TIMEOUT = "timeout"
    INVALID_AUTH = "invalid_auth"
    INVALID_CERTIFICATE = "invalid_certificate"
    NO_PERMISSION = "no_permission"
    OUT_OF_MEMORY = "out_of_memory"
    UNEXPECTED_ANSWER = "unexpected_answer"


_TEXTS: Final = {
    RedisProblem.CANNOT_CONNECT: "can't connect",
    RedisProblem.TIMEOUT: "no answer in time",
    RedisProblem.INVALID_AUTH: "wrong user or password",
    RedisProblem.INVALID_CERTIFICATE: "the server's certificate is not trusted",
    RedisProblem.NO_PERMISSION: "the user may not use a key or command",
    RedisProblem.OUT_OF_MEMORY: "the server has no memory left",
    RedisProblem.UNEXPECTED_ANSWER: "an answer that makes no sense",
}


_MEANINGS: Final = (
    (AuthenticationError, RedisProblem.INVALID_AUTH),
    (AuthenticationWrongNumberOfArgsError, RedisProblem.INVALID_AUTH),
    (NoPermissionError, RedisProblem.NO_PERMISSION),
    (OutOfMemoryError, RedisProblem.OUT_OF_MEMORY),
    (ssl.SSLCertVerificationError, RedisProblem.INVALID_CERTIFICATE),
    (RedisTimeoutError, RedisProblem.TIMEOUT),
    (TimeoutError, RedisProblem.TIMEOUT),
    (RedisConnectionError, RedisProblem.CANNOT_CONNECT),
    (OSError, RedisProblem.CANNOT_CONNECT),
)


def problem(err: BaseException) -> RedisProblem:
    """Say what an error of redis means."""
    if type(err) is RedisConnectionError and err.__context__ is not None:
        return problem(err.__context__)  # It only wraps the reason.
    for kind, meaning in _MEANINGS:
        if isinstance(err, kind):
            return meaning
    return RedisProblem.UNEXPECTED_ANSWER


@contextmanager
def translated_errors(settings: RedisSettings) -> Iterator[None]:
    """Turn errors of redis into StoreErrors of our own words.

    Servers repeat commands in their errors, passwords and all, so nothing of
    their text goes on: not even as a cause that a traceback would show.

    Raises:
        StoreAuthError: The server does not accept the credentials.
        StoreError: Anything else is wrong.
    """
    try:
        yield
    except REDIS_ERRORS as err:
        found = problem(err)
        kind = StoreAuthError if found is RedisProblem.INVALID_AUTH else StoreError
        text = f"Redis at {settings.place}: {_TEXTS[found]} ({type(err).__name__})"
        raise kind(text) from None


async def connect(settings: RedisSettings, run: Executor) -> Redis:
    """Return a client of what the settings describe; it connects when used."""
    tls: dict[str, Any] = {}
    if settings.tls:
        context = await run(partial(_tls_context, settings))
        tls = {"connection_class": _PreparedConnection, "context": context}
    [address] = settings.addresses
    return Redis.from_pool(
        BlockingConnectionPool(
            max_connections=8,
            timeout=TIMEOUT,
            host=address.host,
            port=address.port,
            db=settings.db,
            **_options(settings.username, settings.password),
            **tls,
        )
    )


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
    """Read the trusted certificates: slow, and so for the executor."""
    context = ssl.create_default_context(cadata=settings.ca)
    if settings.ca:
        # Certificates that homes make themselves lack what strictness demands.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.check_hostname = settings.verify and settings.check_hostname
    if not settings.verify:
        context.verify_mode = ssl.CERT_NONE
    return context
