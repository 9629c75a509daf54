"""A trial of settings before they are accepted."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from ..core.sample import Sample
from . import DeviceProfile, Executor
from .redis import RedisStore
from .redis_errors import RedisProblem, RedisStoreError
from .redis_settings import RedisSettings

_DEVICE: Final = "trial"
_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)
_PROFILE: Final = DeviceProfile(
    power_state=None,
    battery_level=50,
    charging=None,
    power_trend=None,
    last_update=_MOMENT,
)


async def find_problem(settings: RedisSettings, run: Executor) -> RedisProblem | None:
    """Do once all that a store ever does; say what does not work.

    It happens under keys of its own, which are gone afterwards.
    """
    prefix = f"{settings.key_prefix}:trial"
    store = RedisStore(replace(settings, key_prefix=prefix), run)
    try:
        await store.open()
        await store.erase()  # Who may not would leave the rest behind.
        try:
            await _use(store)
        finally:
            await store.erase()
    except RedisStoreError as err:
        return err.problem
    finally:
        with suppress(RedisStoreError):
            await store.close()
    return None


async def _use(store: RedisStore) -> None:
    """Call everything else."""
    await store.append({_DEVICE: [Sample(_MOMENT, 50)]})
    await store.load(_MOMENT)
    await store.trim(_MOMENT)
    await store.write_profiles({_DEVICE: _PROFILE})
    await store.profile(_DEVICE)
    await store.log_decisions([{}])
    await store.decisions()
