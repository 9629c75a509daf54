"""History in Redis or Valkey, where other programs of the home can read it.

Keys, with the default prefix:
    power_scheduler:devices: the set of device ids
    power_scheduler:{<device>}:samples: a sorted set of "<moment>:<level>:<plugged>",
        scored by the moment (microseconds since 1970); plugged is 1, 0 or empty
    power_scheduler:{<device>}:device_profile: a hash of power_state, battery_level
        (%), charging (true or false), power_trend (%/h) and last_update (ISO 8601);
        what is unknown is missing
    power_scheduler:decisions: a list of JSON records, newest first
"""

from asyncio import Lock
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import batched
import json
from typing import Final, override

from redis.asyncio import Redis

from ..core.sample import Sample
from . import KEPT_DECISIONS, DeviceProfile, Executor, HistoryStore, JsonObject
from .moment import microseconds
from .redis_client import connect, translated_errors
from .redis_codec import (
    decode_profile,
    decode_samples,
    encode_profile,
    encode_samples,
)
from .redis_settings import RedisSettings

# Bounds on one exchange with the server, so that each is done well within its time.
_DEVICES_AT_ONCE: Final = 50
_SAMPLES_AT_ONCE: Final = 500


class RedisStore(HistoryStore):
    """Keeps history on a server of the home."""

    def __init__(self, settings: RedisSettings, run: Executor) -> None:
        """Keep history on a server; run takes reading certificates off the loop."""
        self._settings = settings
        self._run = run
        self._client: Redis | None = None
        self._connecting = Lock()
        self._appending = Lock()

    @override
    async def open(self) -> None:
        """Ask the server for something, to see that it answers."""
        with translated_errors(self._settings):
            await self._devices(await self._connected())

    @override
    async def load(self, since: datetime) -> Mapping[str, Sequence[Sample]]:
        """Return every sample read at or after since, by device id."""
        history: dict[str, list[Sample]] = {}
        with translated_errors(self._settings):
            client = await self._connected()
            for devices in batched(
                await self._devices(client), _DEVICES_AT_ONCE, strict=False
            ):
                pipeline = client.pipeline(transaction=False)
                for device in devices:
                    pipeline.zrange(
                        self._samples_key(device),
                        microseconds(since),
                        "+inf",
                        byscore=True,
                    )
                for device, members in zip(
                    devices, await pipeline.execute(), strict=True
                ):
                    if members:
                        key = self._samples_key(device)
                        decode = partial(decode_samples, key, members)
                        history[device] = await self._run(decode)
        return history

    @override
    async def append(self, samples: Mapping[str, Sequence[Sample]]) -> None:
        """Add samples by device id; of two at the same moment the first stays."""
        portions = [
            (device, portion)
            for device, batch in samples.items()
            for portion in encode_samples(batch, _SAMPLES_AT_ONCE)
        ]
        # Another append between looking and adding could add the same moments.
        async with self._appending:
            with translated_errors(self._settings):
                client = await self._connected()
                for some in batched(portions, _DEVICES_AT_ONCE, strict=False):
                    await self._append(client, some)

    async def _append(
        self, client: Redis, portions: Sequence[tuple[str, Mapping[int, str]]]
    ) -> None:
        """Add the samples whose moments the server does not have yet."""
        pipeline = client.pipeline(transaction=False)
        for device, portion in portions:
            pipeline.zrange(
                self._samples_key(device),
                min(portion),
                max(portion),
                byscore=True,
                withscores=True,
            )
        answers = await pipeline.execute()
        pipeline = client.pipeline(transaction=False)
        pipeline.sadd(self._key("devices"), *{device for device, _ in portions})
        for (device, portion), known in zip(portions, answers, strict=True):
            taken = {score for _, score in known}
            new = {member: at for at, member in portion.items() if at not in taken}
            if new:
                pipeline.zadd(self._samples_key(device), new)
        await pipeline.execute()

    @override
    async def write_profiles(self, profiles: Mapping[str, DeviceProfile]) -> None:
        """Keep the newest profile of each device for others to read."""
        with translated_errors(self._settings):
            client = await self._connected()
            for some in batched(profiles.items(), _DEVICES_AT_ONCE, strict=False):
                pipeline = client.pipeline(transaction=False)
                for device, profile in some:
                    known, unknown = encode_profile(profile)
                    pipeline.hset(self._profile_key(device), mapping=known)
                    if unknown:
                        pipeline.hdel(self._profile_key(device), *unknown)
                await pipeline.execute()

    @override
    async def profile(self, device_id: str) -> DeviceProfile | None:
        """Return the newest profile of a device."""
        with translated_errors(self._settings):
            client = await self._connected()
            answer = await client.hgetall(self._profile_key(device_id))
            fields = {str(name): str(text) for name, text in answer.items()}
            return decode_profile(fields) if fields else None

    @override
    async def log_decisions(self, decisions: Sequence[JsonObject]) -> None:
        """Add decisions; only the newest KEPT_DECISIONS stay."""
        if not decisions:
            return
        with translated_errors(self._settings):
            client = await self._connected()
            pipeline = client.pipeline(transaction=False)
            pipeline.lpush(self._key("decisions"), *map(json.dumps, decisions))
            pipeline.ltrim(self._key("decisions"), 0, KEPT_DECISIONS - 1)
            await pipeline.execute()

    @override
    async def decisions(self) -> Sequence[JsonObject]:
        """Return the kept decisions, newest first."""
        with translated_errors(self._settings):
            client = await self._connected()
            records = await client.lrange(self._key("decisions"), 0, -1)
            return [json.loads(record) for record in records]

    @override
    async def trim(self, before: datetime) -> None:
        """Forget the samples read before a moment."""
        with translated_errors(self._settings):
            client = await self._connected()
            for devices in batched(
                await self._devices(client), _DEVICES_AT_ONCE, strict=False
            ):
                pipeline = client.pipeline(transaction=False)
                for device in devices:
                    pipeline.zremrangebyscore(
                        self._samples_key(device), "-inf", f"({microseconds(before)}"
                    )
                await pipeline.execute()

    @override
    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            with translated_errors(self._settings):
                await client.aclose()

    async def _connected(self) -> Redis:
        async with self._connecting:
            if self._client is None:
                self._client = await connect(self._settings, self._run)
            return self._client

    async def _devices(self, client: Redis) -> list[str]:
        return sorted(map(str, await client.smembers(self._key("devices"))))

    def _key(self, name: str) -> str:
        return f"{self._settings.key_prefix}:{name}"

    def _samples_key(self, device: str) -> str:
        return self._key(f"{{{device}}}:samples")

    def _profile_key(self, device: str) -> str:
        return self._key(f"{{{device}}}:device_profile")
