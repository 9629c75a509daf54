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
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from itertools import batched
import json
from typing import Final, override

from ..core.sample import Sample
from . import KEPT_DECISIONS, DeviceProfile, Executor, HistoryStore, JsonObject
from .moment import microseconds
from .redis_client import Client, connect, disconnect, exchange, greet
from .redis_codec import (
    decode_decisions,
    decode_profile,
    decode_samples,
    encode_profile,
)
from .redis_errors import translated_errors
from .redis_settings import RedisSettings
from .redis_writer import SampleWriter

_DEVICES_AT_ONCE: Final = 50
"""Devices in one exchange with the server, which so ends well within its time."""


class RedisStore(HistoryStore):
    """Keeps history on a server of the home."""

    def __init__(self, settings: RedisSettings, run: Executor) -> None:
        """Keep history on a server; run takes reading certificates off the loop."""
        self._settings = settings
        self._run = run
        self._client: Client | None = None
        self._connecting = Lock()
        self._writing = Lock()
        self._writer = SampleWriter(self._samples_key, self._key("devices"))

    @override
    async def open(self) -> None:
        """Ask the server for something, to see that it answers."""
        async with self._talk() as client:
            await greet(client)
        await self.devices()

    @override
    async def devices(self) -> Sequence[str]:
        """Return the ids of the devices, sorted; some may have no samples left."""
        async with self._talk() as client:
            return sorted(map(str, await client.smembers(self._key("devices"))))

    @override
    async def load(
        self, since: datetime, devices: Collection[str] | None = None
    ) -> Mapping[str, Sequence[Sample]]:
        """Return the samples read at or after since: of these devices, or of all."""
        history: dict[str, list[Sample]] = {}
        if devices is None:
            devices = await self.devices()
        async with self._talk() as client:
            for some in batched(devices, _DEVICES_AT_ONCE, strict=False):
                pipeline = client.pipeline(transaction=False)
                for device in some:
                    pipeline.zrange(
                        self._samples_key(device),
                        microseconds(since),
                        "+inf",
                        byscore=True,
                    )
                answers = await exchange(pipeline)
                for device, members in zip(some, answers, strict=True):
                    if members:
                        key = self._samples_key(device)
                        decode = partial(decode_samples, key, members)
                        if samples := await self._run(decode):
                            history[device] = samples
        return history

    @override
    async def append(self, samples: Mapping[str, Sequence[Sample]]) -> None:
        """Add samples by device id; of two at the same moment the first stays."""
        # Another append between looking and adding could add the same moments.
        async with self._writing, self._talk() as client:
            await self._writer.write(client, samples)

    @override
    async def write_profiles(self, profiles: Mapping[str, DeviceProfile]) -> None:
        """Keep the newest profile of each device for others to read."""
        async with self._talk() as client:
            for some in batched(profiles.items(), _DEVICES_AT_ONCE, strict=False):
                pipeline = client.pipeline(transaction=False)
                pipeline.sadd(self._key("devices"), *(device for device, _ in some))
                for device, profile in some:
                    known, unknown = encode_profile(profile)
                    pipeline.hset(self._profile_key(device), mapping=known)
                    if unknown:
                        pipeline.hdel(self._profile_key(device), *unknown)
                await exchange(pipeline)

    @override
    async def profile(self, device_id: str) -> DeviceProfile | None:
        """Return the newest profile of a device."""
        async with self._talk() as client:
            answer = await client.hgetall(self._profile_key(device_id))
            fields = {str(name): str(text) for name, text in answer.items()}
            return decode_profile(fields) if fields else None

    @override
    async def log_decisions(self, decisions: Sequence[JsonObject]) -> None:
        """Add decisions; only the newest KEPT_DECISIONS stay."""
        if not decisions:
            return
        async with self._talk() as client:
            pipeline = client.pipeline(transaction=False)
            pipeline.lpush(self._key("decisions"), *map(json.dumps, decisions))
            pipeline.ltrim(self._key("decisions"), 0, KEPT_DECISIONS - 1)
            await exchange(pipeline)

    @override
    async def decisions(self) -> Sequence[JsonObject]:
        """Return the kept decisions, newest first."""
        async with self._talk() as client:
            key = self._key("decisions")
            return decode_decisions(key, await client.lrange(key, 0, -1))

    @override
    async def trim(self, before: datetime) -> None:
        """Forget the samples read before a moment."""
        devices = await self.devices()
        async with self._writing, self._talk() as client:
            self._writer.forget()
            for some in batched(devices, _DEVICES_AT_ONCE, strict=False):
                pipeline = client.pipeline(transaction=False)
                for device in some:
                    pipeline.zremrangebyscore(
                        self._samples_key(device), "-inf", f"({microseconds(before)}"
                    )
                await exchange(pipeline)

    @override
    async def erase(self) -> None:
        """Forget everything."""
        devices = await self.devices()
        async with self._writing, self._talk() as client:
            self._writer.forget()
            for device in devices:
                await client.delete(
                    self._samples_key(device), self._profile_key(device)
                )
            await client.delete(self._key("decisions"))
            await client.delete(self._key("devices"))

    @override
    async def close(self) -> None:
        """Close the connections."""
        self._writer.forget()
        client, self._client = self._client, None
        if client is not None:
            with translated_errors(self._settings):
                await disconnect(client)

    @asynccontextmanager
    async def _talk(self) -> AsyncIterator[Client]:
        """Yield the client, and translate what it raises."""
        with translated_errors(self._settings):
            async with self._connecting:
                if self._client is None:
                    self._client = await connect(self._settings, self._run)
            yield self._client

    def _key(self, name: str) -> str:
        return f"{self._settings.key_prefix}:{name}"

    def _samples_key(self, device: str) -> str:
        return self._key(f"{{{device}}}:samples")

    def _profile_key(self, device: str) -> str:
        return self._key(f"{{{device}}}:device_profile")
