"""Adding samples to Redis: each moment once, in exchanges of a bounded size."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from typing import Final

from ..core.sample import Sample
from .redis_client import Client, exchange
from .redis_codec import encode_samples

_PORTION: Final = 500
"""Samples of a device that are looked up together."""

_EXCHANGE: Final = 5_000
"""Samples in one exchange, which take some 10 ms to write down."""

_DOUBTFUL: Final = 1_000
"""Samples that may not have reached a replica yet."""

type _Portion = tuple[str, dict[int, str]]
"""Some members of a device by moment, oldest first."""


class SampleWriter:
    """Adds samples of which the server may have some already.

    It takes itself for the only writer, and so looks at what is there only when
    samples come that are not newer than all before.
    """

    def __init__(self, key: Callable[[str], str], devices_key: str) -> None:
        """Write under these keys; the first is a device's."""
        self._key = key
        self._devices_key = devices_key
        self._newest: dict[str, float] = {}
        # A replica that takes over may not have what was acknowledged just before;
        # so that is added again, which changes nothing where it is there.
        self._doubtful: dict[str, dict[int, str]] = {}

    def forget(self) -> None:
        """Take nothing for known: others may write, or delete."""
        self._newest.clear()
        self._doubtful.clear()

    async def write(
        self, client: Client, samples: Mapping[str, Sequence[Sample]]
    ) -> None:
        """Add samples by device id; of two at the same moment the first stays."""
        batches = [(device, list(batch)) for device, batch in samples.items()]
        portions = (
            (device, portion)
            for device, batch in batches
            for portion in encode_samples(batch, _PORTION)
        )
        for some in _in_exchanges(portions):
            await self._write(client, some)

    async def _write(self, client: Client, portions: Sequence[_Portion]) -> None:
        """Add some portions, and again those before them."""
        new = await self._not_there(client, portions)
        members = {device: dict(again) for device, again in self._doubtful.items()}
        for device, portion in new:
            members.setdefault(device, {}).update(portion)
        pipeline = client.pipeline(transaction=False)
        devices = {device for device, _ in portions}
        pipeline.sadd(self._devices_key, *devices)
        for device, portion in members.items():
            pipeline.zadd(self._key(device), {text: at for at, text in portion.items()})
        # Whether a failed exchange has written anything is not known.
        newest = {device: self._newest.pop(device) for device in devices}
        await exchange(pipeline)
        for device, portion in portions:
            newest[device] = max(newest[device], _last(portion))
        self._newest |= newest
        self._doubtful = _tail(new) or self._doubtful

    async def _not_there(
        self, client: Client, portions: Sequence[_Portion]
    ) -> list[_Portion]:
        """Leave out the moments that the server has."""
        await self._learn_newest(client, {device for device, _ in portions})
        old = [
            (device, portion)
            for device, portion in portions
            if _first(portion) <= self._newest[device]
        ]
        if not old:
            return list(portions)
        pipeline = client.pipeline(transaction=False)
        for device, portion in old:
            first, last = _first(portion), _last(portion)
            pipeline.zrange(
                self._key(device), first, last, byscore=True, withscores=True
            )
        answers = await exchange(pipeline)
        there = {
            (device, _first(portion)): {score for _, score in found}
            for (device, portion), found in zip(old, answers, strict=True)
        }
        return list(self._without(portions, there))

    async def _learn_newest(self, client: Client, devices: set[str]) -> None:
        """Ask for the newest moment of each device that was not met before."""
        strange = list(devices - self._newest.keys())
        if not strange:
            return
        pipeline = client.pipeline(transaction=False)
        for device in strange:
            pipeline.zrange(self._key(device), -1, -1, withscores=True)
        for device, found in zip(strange, await exchange(pipeline), strict=True):
            self._newest[device] = found[0][1] if found else -inf

    def _without(
        self,
        portions: Sequence[_Portion],
        there: Mapping[tuple[str, int], set[float]],
    ) -> Iterator[_Portion]:
        """Leave out what is there, and what is about to be added again."""
        for device, portion in portions:
            taken = there.get((device, _first(portion)), set())
            doubtful = self._doubtful.get(device, {})
            left = {
                at: member
                for at, member in portion.items()
                if at not in taken and at not in doubtful
            }
            if left:
                yield device, left


def _first(portion: dict[int, str]) -> int:
    return next(iter(portion))


def _last(portion: dict[int, str]) -> int:
    return next(reversed(portion))


def _in_exchanges(portions: Iterator[_Portion]) -> Iterator[list[_Portion]]:
    """Group portions so that none of the groups is much too large."""
    some: list[_Portion] = []
    size = 0
    for device, portion in portions:
        some.append((device, portion))
        size += len(portion)
        if size >= _EXCHANGE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _tail(portions: Sequence[_Portion]) -> dict[str, dict[int, str]]:
    """Return the portions that were written last, by device."""
    tail: dict[str, dict[int, str]] = {}
    size = 0
    for device, portion in reversed(portions):
        if size >= _DOUBTFUL:
            break
        tail[device] = portion | tail.get(device, {})
        size += len(portion)
    return tail
