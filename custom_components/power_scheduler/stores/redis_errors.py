"""What the errors of Redis mean, in words that give nothing away."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
import ssl
from typing import Final

from redis.asyncio.sentinel import MasterNotFoundError
from redis.exceptions import (
    AuthenticationError,
    AuthenticationWrongNumberOfArgsError,
    ClusterError,
    ConnectionError as RedisConnectionError,
    NoPermissionError,
    OutOfMemoryError,
    RedisClusterException,
    RedisError,
    TimeoutError as RedisTimeoutError,
)

from . import StoreAuthError, StoreError
from .redis_settings import RedisSettings


class RedisProblem(StrEnum):
    """What can be wrong with a server or its settings."""

    CANNOT_CONNECT = "cannot_connect"
    TIMEOUT = "timeout"
    INVALID_AUTH = "invalid_auth"
    INVALID_CA = "invalid_ca"
    INVALID_CERTIFICATE = "invalid_certificate"
    TLS_FAILED = "tls_failed"
    NO_PERMISSION = "no_permission"
    NO_PRIMARY = "no_primary"
    NOT_A_SENTINEL = "not_a_sentinel"
    NOT_A_CLUSTER = "not_a_cluster"
    CLUSTER_DOWN = "cluster_down"
    OUT_OF_MEMORY = "out_of_memory"
    UNEXPECTED_ANSWER = "unexpected_answer"


AWAY: Final = {RedisProblem.CANNOT_CONNECT, RedisProblem.TIMEOUT}


class InvalidAuthorityError(ValueError):
    """The given text holds no certificate of an authority."""


class RedisStoreError(StoreError):
    """Redis is out of reach or refuses."""

    def __init__(self, problem: RedisProblem, text: str) -> None:
        """Say what is wrong, to programs and to people."""
        super().__init__(text)
        self.problem = problem


class RedisAuthError(RedisStoreError, StoreAuthError):
    """Redis does not accept the credentials."""


REDIS_ERRORS: Final = (
    *(RedisError, RedisClusterException, OSError),
    # What answers of an unexpected shape raise, in redis and here.
    *(ValueError, TypeError, LookupError, AttributeError),
)

_MEANINGS: Final = (
    (AuthenticationError, RedisProblem.INVALID_AUTH),
    (AuthenticationWrongNumberOfArgsError, RedisProblem.INVALID_AUTH),
    (NoPermissionError, RedisProblem.NO_PERMISSION),
    (OutOfMemoryError, RedisProblem.OUT_OF_MEMORY),
    (InvalidAuthorityError, RedisProblem.INVALID_CA),
    (ssl.SSLCertVerificationError, RedisProblem.INVALID_CERTIFICATE),
    (ssl.SSLError, RedisProblem.TLS_FAILED),
    (RedisTimeoutError, RedisProblem.TIMEOUT),
    (TimeoutError, RedisProblem.TIMEOUT),
    (MasterNotFoundError, RedisProblem.NO_PRIMARY),
    (ClusterError, RedisProblem.CLUSTER_DOWN),
    (RedisClusterException, RedisProblem.CLUSTER_DOWN),
    (RedisConnectionError, RedisProblem.CANNOT_CONNECT),
    (OSError, RedisProblem.CANNOT_CONNECT),
)

_TEXTS: Final = {
    RedisProblem.CANNOT_CONNECT: "can't connect",
    RedisProblem.TIMEOUT: "no answer in time",
    RedisProblem.INVALID_AUTH: "wrong user or password",
    RedisProblem.INVALID_CA: "the certificate authority is no PEM text",
    RedisProblem.INVALID_CERTIFICATE: "the server's certificate is not trusted",
    RedisProblem.TLS_FAILED: "no TLS connection",
    RedisProblem.NO_PERMISSION: "the user may not use a key or command",
    RedisProblem.NO_PRIMARY: "the Sentinels know no primary of that name",
    RedisProblem.NOT_A_SENTINEL: "the server is no Sentinel",
    RedisProblem.NOT_A_CLUSTER: "the server is in no cluster",
    RedisProblem.CLUSTER_DOWN: "the cluster is not complete",
    RedisProblem.OUT_OF_MEMORY: "the server has no memory left",
    RedisProblem.UNEXPECTED_ANSWER: "an answer that makes no sense",
}


@contextmanager
def translated_errors(settings: RedisSettings) -> Iterator[None]:
    """Turn errors of redis into StoreErrors of our own words.

    Servers repeat commands in their errors, passwords and all, so nothing of
    their text goes on: not even as a cause that a traceback would show.

    Raises:
        RedisAuthError: The server does not accept the credentials.
        RedisStoreError: Anything else is wrong.
    """
    try:
        yield
    except REDIS_ERRORS as err:
        problem = meaning(err)
        refused = problem is RedisProblem.INVALID_AUTH
        kind = RedisAuthError if refused else RedisStoreError
        raise kind(problem, f"{settings.place}: {_TEXTS[problem]}") from None


def meaning(err: BaseException) -> RedisProblem:
    """Say what an error means; some only wrap the reason."""
    beneath = err.__cause__ or err.__context__
    if type(err) is RedisConnectionError and isinstance(beneath, OSError):
        return meaning(beneath)
    if type(err) is RedisClusterException and beneath is not None:
        reason = meaning(beneath)
        refused = reason is RedisProblem.UNEXPECTED_ANSWER
        return RedisProblem.NOT_A_CLUSTER if refused else reason
    for kind, found in _MEANINGS:
        if isinstance(err, kind):
            return found
    if "unknown command 'SENTINEL'" in str(err):
        return RedisProblem.NOT_A_SENTINEL
    return RedisProblem.UNEXPECTED_ANSWER
