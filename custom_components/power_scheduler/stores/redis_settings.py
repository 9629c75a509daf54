"""How to reach the Redis or Valkey that keeps history."""

from dataclasses import dataclass, field
from enum import StrEnum
import re
from typing import Any, Final, Self
from urllib.parse import unquote

from ..const import DEFAULT_KEY_PREFIX

DEFAULT_PORT: Final = 6379
DEFAULT_SERVICE: Final = "mymaster"
"""As in the configuration that Sentinel comes with."""

_URL: Final = re.compile(
    r"redis(?P<tls>s?)://(?:(?P<user>[^:]*)(?::(?P<password>.*))?@)?"
    r"(?P<hosts>[^@/]*)/?(?P<db>\d{0,9})"
)
_HOST: Final = re.compile(r"(?:\[([\da-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?")


class RedisMode(StrEnum):
    """What answers at the addresses."""

    SINGLE = "single"
    SENTINEL = "sentinel"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int = DEFAULT_PORT

    def __str__(self) -> str:
        """Write it as in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisSettings:
    """All that a connection needs; its text shows no password."""

    addresses: tuple[Address, ...]
    """One server; or the Sentinels; or some nodes of the Cluster."""

    mode: RedisMode = RedisMode.SINGLE
    service: str = DEFAULT_SERVICE
    """What the Sentinels call the primary."""

    db: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    sentinel_password: str | None = field(default=None, repr=False)
    tls: bool = False
    verify: bool = True
    """Whether the server must prove with its certificate who it is."""

    check_hostname: bool = True
    """Whether the certificate must name the host; Sentinels announce bare IPs."""

    ca: str | None = field(default=None, repr=False)
    """The home's own certificate authority, as PEM text."""

    key_prefix: str = DEFAULT_KEY_PREFIX

    def __post_init__(self) -> None:
        """Refuse what can't be."""
        if self.mode is RedisMode.CLUSTER and self.db:
            raise ValueError("a cluster has no numbered databases")

    @classmethod
    def from_url(
        cls,
        url: str,
        *,
        username: str | None = None,
        password: str | None = None,
        **others: Any,
    ) -> Self:
        """Read redis(s)://[user[:password]@]host[:port][,host[:port]...][/db].

        Credentials given beside the URL go before those inside it; others are
        the settings that no URL holds.

        Raises:
            ValueError: The text is no such URL, or not for this mode; the error
                does not repeat it.
        """
        parts = _URL.fullmatch(url.strip())
        if parts is None:
            raise ValueError("the URL must look like redis://host:6379/0")
        return cls(
            addresses=tuple(
                _address(host.strip()) for host in parts["hosts"].split(",")
            ),
            db=int(parts["db"] or 0),
            username=username or unquote(parts["user"] or "") or None,
            password=password or unquote(parts["password"] or "") or None,
            tls=bool(parts["tls"]),
            **others,
        )

    @property
    def url(self) -> str:
        """What from_url reads, without credentials."""
        hosts = ",".join(map(str, self.addresses))
        return f"redis{'s' if self.tls else ''}://{hosts}/{self.db}"

    @property
    def place(self) -> str:
        """Where the server is, for people to read."""
        return ", ".join(map(str, self.addresses))


def _address(text: str) -> Address:
    """Read host, host:port or [address]:port."""
    match = _HOST.fullmatch(text)
    if match is None or int(match[3] or 0) >= 2**16:
        raise ValueError("the URL names no host and port that could exist")
    return Address(match[1] or match[2], int(match[3] or DEFAULT_PORT))
