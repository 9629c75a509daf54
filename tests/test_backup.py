"""A backup of Home Assistant has all of the history that was saved, in one piece."""

import asyncio
from datetime import datetime
from pathlib import Path
import shutil

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.backup.const import DATA_MANAGER
from homeassistant.components.backup.manager import BackupManager
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from bench.servers import running
from custom_components.power_scheduler.const import DOMAIN
from custom_components.power_scheduler.storage import FILE_NAME
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from .home import PHONE, act, phone, set_up, tell, wait
from .test_history import on_redis

LONG_AGO = datetime(2000, 1, 1, tzinfo=dt_util.UTC)


@pytest.fixture
async def manager(hass: HomeAssistant) -> BackupManager:
    """Return what makes backups, and tells integrations when."""
    assert await async_setup_component(hass, "backup", {})
    await hass.async_block_till_done()
    found: BackupManager = hass.data[DATA_MANAGER]
    return found


async def kept(hass: HomeAssistant, path: Path) -> list[float]:
    """Return the levels (%) that a file holds."""
    store = SqliteStore(path, hass.async_add_executor_job)
    samples = (await store.load(LONG_AGO)).get(PHONE, ())
    await store.close()
    return [sample.level for sample in samples]


async def report(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, *levels: float
) -> None:
    """Let the phone tell some levels (%), long enough apart for each to be saved."""
    for level in levels:
        tell(hass, level, "discharging")
        await wait(hass, freezer, minutes=2)
    await wait(hass, freezer, minutes=2)


async def test_a_backup_has_all_that_was_saved_in_one_file(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, manager: BackupManager
) -> None:
    """Which nothing writes to meanwhile; what comes then waits, and is no trouble."""
    path = Path(hass.config.path(FILE_NAME))
    await set_up(hass, phone())
    await report(hass, freezer, 90, 89, 88)
    await manager.async_pre_backup_actions()
    whole = await hass.async_add_executor_job(path.read_bytes)
    await report(hass, freezer, 87, 86)
    await act(hass, "check", device="Phone", tasks=[{"type": "sync"}])
    assert await hass.async_add_executor_job(path.read_bytes) == whole
    copy = path.with_name("copy.db")
    await hass.async_add_executor_job(shutil.copy, path, copy)
    assert await kept(hass, copy) == [90, 89, 88]
    await manager.async_post_backup_actions()
    await report(hass, freezer, 85)
    assert await kept(hass, path) == [90, 89, 88, 87, 86, 85]
    assert not ir.async_get(hass).async_get_issue(DOMAIN, "store_away")


async def test_a_backup_that_breaks_off_stops_nothing_for_long(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, manager: BackupManager
) -> None:
    """Its end is never told, and it may begin anew meanwhile."""
    path = Path(hass.config.path(FILE_NAME))
    entry = await set_up(hass, phone())
    await manager.async_pre_backup_actions()
    await report(hass, freezer, 90)
    await wait(hass, freezer, hours=5)
    await manager.async_pre_backup_actions()
    await wait(hass, freezer, hours=2)
    assert entry.runtime_data.history.unsaved == 1
    await wait(hass, freezer, hours=4)
    await report(hass, freezer, 89)
    assert await kept(hass, path) == [90, 89]


async def test_the_end_of_home_assistant_waits_for_no_backup(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, manager: BackupManager
) -> None:
    """What is not saved then would be lost."""
    path = Path(hass.config.path(FILE_NAME))
    await set_up(hass, phone())
    await manager.async_pre_backup_actions()
    await report(hass, freezer, 90)
    hass.set_state(CoreState.final_write)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert await kept(hass, path) == [90]
    await manager.async_post_backup_actions()


async def test_a_reload_during_a_backup_writes_nothing_either(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, manager: BackupManager
) -> None:
    """Whoever adds a device meanwhile does not break the backup."""
    path = Path(hass.config.path(FILE_NAME))
    await set_up(hass, phone())
    await report(hass, freezer, 90, 89)
    await manager.async_pre_backup_actions()
    whole = await hass.async_add_executor_job(path.read_bytes)
    await hass.config_entries.async_reload("entry")
    await report(hass, freezer, 88)
    await hass.config_entries.async_unload("entry")
    assert await hass.async_add_executor_job(path.read_bytes) == whole
    await manager.async_post_backup_actions()


async def test_what_is_read_back_waits_for_the_end_of_a_backup(
    hass: HomeAssistant, manager: BackupManager, tmp_path: Path
) -> None:
    """It would be written to the file that is just copied."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    await set_up(hass, phone())
    path = str(tmp_path / "history.jsonl")
    await act(hass, "export_history", path=path)
    await manager.async_pre_backup_actions()
    reading = hass.async_create_task(act(hass, "import_history", path=path))
    done, _ = await asyncio.wait([reading], timeout=0.5)
    assert not done
    await manager.async_post_backup_actions()
    assert await reading == {"samples": 0}
    await hass.async_block_till_done()


@pytest.mark.usefixtures("socket_enabled")
async def test_a_server_is_written_to_during_a_backup(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    manager: BackupManager,
    tmp_path: Path,
) -> None:
    """It lies in no folder of Home Assistant, and others read what it is told."""
    with running(tmp_path) as server:
        entry = await set_up(hass, phone(), data=on_redis(server.port))
        await manager.async_pre_backup_actions()
        await report(hass, freezer, 90)
        assert entry.runtime_data.history.unsaved == 0
        await manager.async_post_backup_actions()
        await hass.config_entries.async_unload("entry")
