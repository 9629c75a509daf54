"""A trial of settings says what is wrong with them."""

from dataclasses import replace
import json
from pathlib import Path
import re

import pytest
from redis.asyncio import Redis

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

ROOT = Path(__file__).parents[2]
SECURITY = ROOT / "docs/security.md"
TRANSLATIONS = ROOT / "custom_components/power_scheduler/translations"
LOOPBACK = "127.0.0.1"


def rules(text: str) -> list[str]:
    """Return the rules of users that a text tells people to set, in its order."""
    return re.findall(r"[+][@\w]+(?:[|]\w+)?", text)


BASICS, DATABASE, CLUSTER = (
    ["+@read", "+@write"],
    ["+select"],
    ["+cluster|slots", "+command", "+asking"],
)


async def allow(settings: RedisSettings, keys: str, *rules: str) -> RedisSettings:
    """Make a user who has the same password as everybody, on one server."""
    [address] = settings.addresses
    async with Redis(
        host=address.host, port=address.port, password=settings.password
    ) as client:
        password = f">{settings.password}"
        await client.execute_command(  # type: ignore[no-untyped-call]
            *("ACL", "SETUSER", "ours", "reset", "on", password, f"~{keys}", *rules)
        )
    return replace(settings, username="ours")


async def test_settings_that_work_have_no_problem(settings: RedisSettings) -> None:
    """And nothing stays behind."""
    assert await find_problem(settings, in_thread) is None
    async with other_program(settings) as client:
        assert await client.keys(f"{settings.key_prefix}*") == []


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "nl"])
def test_everyone_is_told_what_a_user_needs(language: str) -> None:
    """The form and the documentation name what the tests below prove enough."""
    texts = json.loads((TRANSLATIONS / f"{language}.json").read_text())
    needed = [*BASICS, *DATABASE, *CLUSTER]
    assert rules(texts["config"]["error"]["no_permission"]) == needed
    assert rules(SECURITY.read_text()) == needed


@pytest.mark.parametrize(("db", "more"), [(0, []), (1, DATABASE)])
async def test_a_user_needs_no_more_than_the_keys_and_the_basics(
    settings: RedisSettings, db: int, more: list[str]
) -> None:
    """And to select the database, where it is numbered."""
    there = replace(settings, db=db)
    for missing in more:
        less = {*BASICS, *more} - {missing}
        user = await allow(there, f"{settings.key_prefix}:*", *less)
        assert await find_problem(user, in_thread) == "no_permission"
    user = await allow(there, f"{settings.key_prefix}:*", *BASICS, *more)
    assert await find_problem(user, in_thread) is None


@pytest.mark.parametrize(("keys", "rules"), [("else:*", ["+@all"]), ("*", ["+@read"])])
async def test_a_user_who_may_not(
    settings: RedisSettings, keys: str, rules: list[str]
) -> None:
    """Another's keys, or only looking: both are seen."""
    user = await allow(settings, keys, *rules)
    assert await find_problem(user, in_thread) == "no_permission"


@pytest.mark.parametrize("missing", ["del", "hset", "ltrim", "zrange"])
async def test_a_user_who_may_not_do_all_leaves_nothing(
    settings: RedisSettings, missing: str
) -> None:
    """The trial fails somewhere in the middle, and its keys are gone all the same."""
    user = await allow(settings, "*", *BASICS, f"-{missing}")
    assert await find_problem(user, in_thread) == "no_permission"
    async with other_program(settings) as client:
        assert await client.keys(f"{settings.key_prefix}*") == []


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
    if problem == "timeout":
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
