"""A trial of settings says what is wrong with them."""

from dataclasses import replace

import pytest

from custom_components.power_scheduler.stores import redis_client
from custom_components.power_scheduler.stores.redis_check import find_problem
from custom_components.power_scheduler.stores.redis_settings import (
    Address,
    RedisMode,
    RedisSettings,
)

from .conftest import in_thread
from .network import proxied
from .test_redis import other_program

LOOPBACK = "127.0.0.1"


async def allow(settings: RedisSettings, user: str, keys: str, *rules: str) -> None:
    """Make a user who has the same password as everybody."""
    async with other_program(settings) as client:
        await client.acl_setuser(
            user,
            enabled=True,
            reset=True,
            passwords=[f"+{settings.password}"],
            keys=[keys],
            categories=list(rules),
        )


async def test_settings_that_work_have_no_problem(settings: RedisSettings) -> None:
    """And nothing stays behind."""
    assert await find_problem(settings, in_thread) is None
    async with other_program(settings) as client:
        assert await client.keys(f"{settings.key_prefix}*") == []


async def test_a_user_needs_no_more_than_the_keys_and_the_basics(
    settings: RedisSettings,
) -> None:
    """What the documentation tells people to allow is enough."""
    await allow(settings, "ours", f"{settings.key_prefix}:*", "+@read", "+@write")
    user = replace(settings, username="ours")
    assert await find_problem(user, in_thread) is None


@pytest.mark.parametrize("rules", [("~else:*", "+@all"), ("~*", "+@read")])
async def test_a_user_who_may_not(settings: RedisSettings, rules: list[str]) -> None:
    """Another's keys, or only looking: both are seen."""
    keys, *categories = rules
    await allow(settings, "guest", keys.removeprefix("~"), *categories)
    guest = replace(settings, username="guest")
    assert await find_problem(guest, in_thread) == "no_permission"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"addresses": (Address(LOOPBACK, 1),)}, "cannot_connect"),
        ({"addresses": (Address("no.such.host.invalid"),)}, "cannot_connect"),
        ({"password": "wrong"}, "invalid_auth"),
        ({"password": None}, "invalid_auth"),
        ({"db": 99}, "unexpected_answer"),
        ({"tls": True}, "timeout"),
        ({"tls": True, "ca": "not a certificate"}, "invalid_ca"),
        ({"mode": RedisMode.CLUSTER}, "not_a_cluster"),
        ({"mode": RedisMode.CLUSTER, "password": "wrong"}, "invalid_auth"),
        (
            {"mode": RedisMode.CLUSTER, "addresses": (Address(LOOPBACK, 1),)},
            "cannot_connect",
        ),
        ({"mode": RedisMode.SENTINEL}, "invalid_auth"),
        ({"mode": RedisMode.SENTINEL, "sentinel_password": "ok"}, "not_a_sentinel"),
        (
            {"mode": RedisMode.SENTINEL, "addresses": (Address(LOOPBACK, 1),)},
            "cannot_connect",
        ),
    ],
)
async def test_what_is_wrong_has_a_name(
    settings: RedisSettings,
    change: dict[str, object],
    problem: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that a form can say which field to look at."""
    monkeypatch.setattr(redis_client, "TIMEOUT", 0.5)
    if change.get("sentinel_password"):
        change = change | {"sentinel_password": settings.password}
    wrong = replace(settings, **change)  # type: ignore[arg-type]
    assert await find_problem(wrong, in_thread) == problem


async def test_a_server_that_does_not_know_tls(settings: RedisSettings) -> None:
    """It answers, but nothing that TLS could begin with."""
    [address] = settings.addresses
    async with proxied(address.port) as proxy:
        proxy.echo = True
        there = (Address(LOOPBACK, proxy.port),)
        wrong = replace(settings, addresses=there, tls=True)
        assert await find_problem(wrong, in_thread) == "tls_failed"
