"""What other programs of the home read of devices."""

from datetime import timedelta
from pathlib import Path

from homeassistant.util import dt as dt_util

from custom_components.power_scheduler.core.snapshot import DevicePower, DeviceSettings
from custom_components.power_scheduler.profiles import Profiles
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from .stores.conftest import in_thread


async def test_what_is_as_it_was_written_is_not_overtaken(tmp_path: Path) -> None:
    """A change that is taken back before it was written is none."""
    store, profiles, now = (
        SqliteStore(tmp_path / "history.db", in_thread),
        Profiles(),
        dt_util.utcnow(),
    )
    for rate in (-4.0, -5.0, -4.0):
        power = DevicePower(
            settings=DeviceSettings(), level=50, rate=rate, age=timedelta(0)
        )
        profiles.note({"phone": power}, now)
        if rate == -4.0:
            await profiles.write(store)
    kept = await store.profile("phone")
    await store.close()
    assert kept is not None
    assert kept.power_trend == -4.0
