"""What a history in Redis or Valkey shows to others, and what it makes of faults."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bench.servers import PASSWORD, running
from custom_components.power_scheduler.core.sample import Sample
from custom_components.power_scheduler.stores import (
    DeviceProfile,
    StoreAuthError,
    StoreError,
)
from custom_components.power_scheduler.stores.redis import RedisStore
from custom_components.power_scheduler.stores.redis_settings import (
    Address,
    RedisSettings,
)

from .conftest import in_thread
from .samples import EVER, MINUTE, NOON, a_day


def other_program(settings: RedisSettings) -> Redis:
    """Return a client as another program of the home would have it."""
    [address] = settings.addresses
    return Redis(
        host=address.host,
        port=address.port,
        password=settings.password,
        decode_responses=True,
    )


async def test_other_programs_can_read_profiles(
    redis_store: RedisStore, settings: RedisSettings
) -> None:
    """The names and forms of the fields are a promise."""
    profile = DeviceProfile(
        power_state="low",
        battery_level=28.5,
        charging=True,
        power_trend=None,
        last_update=NOON,
    )
    await redis_store.write_profiles({"phone": profile})
    async with other_program(settings) as client:
        key = f"{settings.key_prefix}:{{phone}}:device_profile"
        assert await client.hgetall(key) == {
            "power_state": "low",
            "battery_level": "28.5",
            "charging": "true",
            "last_update": "2026-11-22T12:00:00+00:00",
        }


async def test_a_history_of_any_size_is_written(redis_store: RedisStore) -> None:
    """In exchanges of a bounded size, to which old moments can be added later."""
    dense = a_day(step=MINUTE / 6)
    await redis_store.append({"phone": dense[1::2], "laptop": dense[:3]})
    await redis_store.append({"phone": dense, "laptop": dense[2:4]})
    assert await redis_store.load(EVER) == {"phone": dense, "laptop": dense[:4]}


async def test_what_another_has_written_meanwhile_is_not_written_twice(
    redis_store: RedisStore, settings: RedisSettings
) -> None:
    """A store that is opened anew looks at what is there."""
    day = a_day()
    other = RedisStore(settings, in_thread)
    await other.append({"phone": day[:9]})
    await redis_store.append({"phone": [Sample(day[0].at, 1), Sample(day[9].at, 2)]})
    assert await other.load(EVER) == {"phone": [*day[:9], Sample(day[9].at, 2)]}
    await other.close()
    await other.append({"phone": day})
    loaded = (await redis_store.load(EVER))["phone"]
    assert [sample.at for sample in loaded] == [sample.at for sample in day]
    await other.close()


async def test_samples_of_others_that_nobody_can_read_are_left_out(
    redis_store: RedisStore, settings: RedisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    """The rest is there, and the log says what is not; no device is there empty."""
    await redis_store.append({"phone": a_day()})
    async with other_program(settings) as client:
        key = f"{settings.key_prefix}:{{phone}}:samples"
        strange = ["?", "1:2:3", "1:101:", f"{10**30}:50:", "1:x:1", "a:b:c:d"]
        await client.zadd(key, dict.fromkeys(strange, 10**15))
        await client.sadd(f"{settings.key_prefix}:devices", "robot")
        await client.zadd(f"{settings.key_prefix}:{{robot}}:samples", {"?": 0})
    assert await redis_store.load(EVER) == {"phone": a_day()}
    assert f"Ignored 6 unreadable samples in {key}" in caplog.text
    moment = Sample(datetime.fromtimestamp(10**9, UTC), 50)
    await redis_store.append({"phone": [moment, Sample(NOON, 1)]})
    assert await redis_store.load(EVER) == {"phone": a_day()}


async def test_decisions_of_others_that_nobody_can_read_are_left_out(
    redis_store: RedisStore, settings: RedisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the rest, nor a move or a file of it, is lost by them."""
    await redis_store.log_decisions([{"task": "backup"}])
    key = f"{settings.key_prefix}:decisions"
    async with other_program(settings) as client:
        await client.lpush(key, "?", "5", "null", '["a"]', "[" * 100_000)
    assert await redis_store.decisions() == [{"task": "backup"}]
    assert f"Ignored 5 unreadable decisions in {key}" in caplog.text


async def test_a_key_of_another_type_is_an_error(
    redis_store: RedisStore, settings: RedisSettings
) -> None:
    """What belongs to others is not overwritten."""
    async with other_program(settings) as client:
        await client.set(f"{settings.key_prefix}:{{phone}}:samples", "mine")
    with pytest.raises(StoreError, match="makes no sense"):
        await redis_store.append({"phone": a_day()})


@pytest.mark.parametrize(
    "fields",
    [
        {"last_update": "yesterday"},
        {"last_update": "2026-11-22T12:00:00"},
        {"battery_level": "50"},
    ],
)
async def test_a_profile_that_nobody_can_read_is_an_error(
    redis_store: RedisStore, settings: RedisSettings, fields: dict[str, str]
) -> None:
    """It is not taken for an unknown one."""
    async with other_program(settings) as client:
        key = f"{settings.key_prefix}:{{phone}}:device_profile"
        for name, text in fields.items():
            await client.hset(key, name, text)
    with pytest.raises(StoreError, match="makes no sense"):
        await redis_store.profile("phone")


@pytest.mark.parametrize("change", [{"password": "wrong"}, {"username": "nobody"}])
async def test_wrong_credentials_are_an_error_of_their_own(
    settings: RedisSettings, change: dict[str, str]
) -> None:
    """Home Assistant asks for new ones on it."""
    store = RedisStore(replace(settings, **change), in_thread)  # type: ignore[arg-type]
    with pytest.raises(StoreAuthError, match="wrong user or password"):
        await store.open()
    await store.close()


async def test_nobody_at_the_address_is_an_error(settings: RedisSettings) -> None:
    """It says where nobody is."""
    nowhere = replace(settings, addresses=(Address("127.0.0.1", 1),))
    store = RedisStore(nowhere, in_thread)
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:1: can't connect"):
        await store.open()
    await store.close()


async def test_a_user_without_permission_is_an_error(settings: RedisSettings) -> None:
    """A user may be limited to some keys; ours may not be among them."""
    async with other_program(settings) as client:
        await client.acl_setuser(
            "guest",
            enabled=True,
            passwords=[f"+{PASSWORD}"],
            keys=["other:*"],
            categories=["+@all"],
        )
    store = RedisStore(replace(settings, username="guest"), in_thread)
    with pytest.raises(StoreError, match="may not use a key"):
        await store.open()
    await store.close()
    other = replace(settings, username="guest", key_prefix="other:deep:prefix")
    store = RedisStore(other, in_thread)
    await store.append({"phone": a_day()})
    assert await store.load(EVER) == {"phone": a_day()}
    await store.close()


@pytest.mark.usefixtures("socket_enabled")
async def test_a_killed_server_is_used_again_when_it_is_back(tmp_path: Path) -> None:
    """Nothing needs to be opened anew, and what was acknowledged is there."""
    day = a_day()
    with running(tmp_path) as server:
        store = RedisStore(server.settings, in_thread)
        await store.append({"phone": day[:700]})
        server.kill()
        with pytest.raises(StoreError, match="can't connect"):
            await store.append({"phone": day})
        with pytest.raises(StoreError, match="can't connect"):
            await store.load(EVER)
        server.start()
        assert await store.load(EVER) == {"phone": day[:700]}
        await store.append({"phone": day})
        assert await store.load(EVER) == {"phone": day}
        await store.close()


async def test_another_database_of_the_server_is_apart(
    settings: RedisSettings, redis_store: RedisStore
) -> None:
    """The number in the URL counts."""
    other = RedisStore(replace(settings, db=3), in_thread)
    await other.append({"phone": [Sample(NOON, 50)]})
    assert await redis_store.load(EVER) == {}
    assert await other.load(EVER) == {"phone": [Sample(NOON, 50)]}
    await other.close()
