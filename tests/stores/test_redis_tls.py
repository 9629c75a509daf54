"""Encrypted connections, and whom they trust."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.servers import find_tls_server, running
from custom_components.power_scheduler.stores.redis import RedisStore
from custom_components.power_scheduler.stores.redis_check import find_problem
from custom_components.power_scheduler.stores.redis_settings import (
    Address,
    RedisSettings,
)

from .blocking import watched_loop
from .certificates import Authority
from .conftest import in_thread
from .network import proxied
from .samples import EVER, a_day

HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def home() -> Authority:
    """Return the home's own authority."""
    return Authority.new()


@pytest.fixture(params=["before a server", "in a server"])
async def encrypted(
    request: pytest.FixtureRequest,
    settings: RedisSettings,
    home: Authority,
    tmp_path: Path,
) -> AsyncIterator[RedisSettings]:
    """Yield the way to a server whose certificate the home's authority signed."""
    [address] = settings.addresses
    trusting = replace(settings, tls=True, ca=home.pem)
    if request.param == "before a server":
        async with proxied(address.port, home.serve(tmp_path)) as proxy:
            yield replace(trusting, addresses=(Address(HOST, proxy.port),))
        return
    binary = find_tls_server()
    if binary is None:
        pytest.skip("no redis-server or valkey-server with TLS on the PATH")
    with running(tmp_path, binary=binary, tls=home.issue(tmp_path, HOST)) as server:
        yield replace(trusting, addresses=(Address(HOST, server.port),))


async def test_history_goes_through_tls(encrypted: RedisSettings) -> None:
    """The authority is the home's own; its certificates are plain."""
    store = RedisStore(encrypted, in_thread)
    await store.append({"phone": a_day()})
    assert await store.load(EVER) == {"phone": a_day()}
    await store.close()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"ca": None}, "invalid_certificate"),
        ({"ca": Authority.new().pem}, "invalid_certificate"),
        ({"ca": None, "verify": False}, None),
        ({"tls": False}, "cannot_connect"),
    ],
)
async def test_only_whom_the_settings_trust_is_trusted(
    encrypted: RedisSettings, change: dict[str, object], problem: str | None
) -> None:
    """A stranger with a certificate of another authority gets no password."""
    changed = replace(encrypted, **change)  # type: ignore[arg-type]
    assert await find_problem(changed, in_thread) == problem


async def test_the_certificate_must_name_the_host(
    settings: RedisSettings, home: Authority, tmp_path: Path
) -> None:
    """Unless the settings say that any name of the authority will do."""
    [address] = settings.addresses
    context = home.serve(tmp_path, "other.home")
    async with proxied(address.port, context) as proxy:
        trusting = replace(
            settings, addresses=(Address(HOST, proxy.port),), tls=True, ca=home.pem
        )
        assert await find_problem(trusting, in_thread) == "invalid_certificate"
        lax = replace(trusting, check_hostname=False)
        assert await find_problem(lax, in_thread) is None
        strange = replace(lax, ca=Authority.new().pem)
        assert await find_problem(strange, in_thread) == "invalid_certificate"


async def test_certificates_are_read_off_the_event_loop(
    encrypted: RedisSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And so is every other file."""
    with watched_loop(monkeypatch) as calls:
        store = RedisStore(encrypted, in_thread)
        await store.append({"phone": a_day()})
        await store.load(EVER)
        await store.close()
    assert calls == []
