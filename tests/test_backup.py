"""A backup of Home Assistant has all of the history that was saved, in one piece."""

import asyncio
from datetime import datetime
from pathlib import Path
import shutil
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.backup.const import DATA_MANAGER
from homeassistant.components.backup.manager import BackupManager
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from bench.servers import running
from custom_components.power_scheduler.const import (
    BACKEND_REDIS,
    BACKEND_SQLITE,
    CONF_BACKEND,
    DOMAIN,
)
from custom_components.power_scheduler.storage import FILE_NAME
from custom_components.power_scheduler.stores.history_file import import_history
from custom_components.power_scheduler.stores.move import copy_history
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from .flows import explained
from .home import PHONE, act, phone, set_up, tell, wait
from .test_history import on_redis
from .test_moving import change_to_redis, choose, finish

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


async def test_no_history_goes_to_or_from_a_file_during_a_backup(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    manager: BackupManager,
    tmp_path: Path,
) -> None:
    """It would break the copy, or lack what waits; until when at most is told."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-11-22T10:00:00+01:00")
    await set_up(hass, phone())
    path = str(tmp_path / "history.jsonl")
    await act(hass, "export_history", path=path)
    await manager.async_pre_backup_actions()
    for action in ("export_history", "import_history"):
        with pytest.raises(HomeAssistantError, match="after 2026-11-22 16:00") as told:
            await act(hass, action, path=path)
        assert told.value.translation_key == "backup_running"
    await manager.async_post_backup_actions()
    assert await act(hass, "import_history", path=path) == {"samples": 0}
    await hass.async_block_till_done()


async def test_a_backup_waits_for_what_is_being_read_back(
    hass: HomeAssistant, manager: BackupManager, tmp_path: Path
) -> None:
    """Otherwise it would copy a file that is written to."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    await set_up(hass, phone())
    path = str(tmp_path / "history.jsonl")
    await act(hass, "export_history", path=path)
    reads, goes_on = asyncio.Event(), asyncio.Event()

    async def slowly(*args: Any) -> int:
        """Read when the test lets us."""
        reads.set()
        await goes_on.wait()
        return await import_history(*args)

    actions = "custom_components.power_scheduler.history_actions"
    with patch(f"{actions}.import_history", slowly):
        reading = hass.async_create_task(act(hass, "import_history", path=path))
        await reads.wait()
        backup = hass.async_create_task(manager.async_pre_backup_actions())
        done, _ = await asyncio.wait([backup], timeout=0.5)
        assert not done
        goes_on.set()
        await backup
    assert await reading == {"samples": 0}
    await manager.async_post_backup_actions()
    await hass.async_block_till_done()


@pytest.mark.parametrize("call", ["append", "load"])
async def test_a_backup_waits_for_an_entry_that_begins_anew(
    hass: HomeAssistant, manager: BackupManager, call: str
) -> None:
    """The last save before a reload, and what is done after it, go on until the end."""
    path = Path(hass.config.path(FILE_NAME))
    await set_up(hass, phone())
    tell(hass, 90, "discharging")
    begun, goes_on = asyncio.Event(), asyncio.Event()
    work = getattr(SqliteStore, call)

    async def slowly(*args: Any) -> Any:
        """Use the file when the test lets us."""
        begun.set()
        await goes_on.wait()
        return await work(*args)

    with patch.object(SqliteStore, call, slowly):
        reload = hass.async_create_task(hass.config_entries.async_reload("entry"))
        await begun.wait()
        backup = hass.async_create_task(manager.async_pre_backup_actions())
        done, _ = await asyncio.wait([backup], timeout=0.5)
        goes_on.set()
        await reload
        await backup
    assert not done
    assert not path.with_name(f"{path.name}-wal").exists()
    assert await kept(hass, path) == [90]
    await manager.async_post_backup_actions()


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize("stopped", [False, True])
async def test_a_backup_waits_for_a_history_that_moves_into_it(
    hass: HomeAssistant, manager: BackupManager, tmp_path: Path, *, stopped: bool
) -> None:
    """Otherwise it would copy the new file while that is filled."""
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def slowly(*args: Any) -> int:
        """Copy when the test lets us."""
        begun.set()
        await goes_on.wait()
        return await copy_history(*args)

    with (
        running(tmp_path) as server,
        explained(),
        patch("custom_components.power_scheduler.history.copy_history", slowly),
    ):
        entry = await set_up(hass, phone(), data=on_redis(server.port))
        if stopped:
            await hass.config_entries.async_unload("entry")
        flow = await choose(hass, await entry.start_reconfigure_flow(hass), "local")
        await begun.wait()
        backup = hass.async_create_task(manager.async_pre_backup_actions())
        done, _ = await asyncio.wait([backup], timeout=0.5)
        goes_on.set()
        await finish(hass, flow)
        await backup
        assert not done
        await manager.async_post_backup_actions()
        if not stopped:
            await hass.config_entries.async_unload("entry")


@pytest.mark.usefixtures("socket_enabled")
async def test_history_moves_after_a_backup(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    manager: BackupManager,
    tmp_path: Path,
) -> None:
    """Until when at most is told; what was filled in need not be filled in again."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-11-22T10:00:00+01:00")
    with running(tmp_path) as server, explained():
        entry = await set_up(hass, phone())
        await manager.async_pre_backup_actions()
        menu = await change_to_redis(hass, entry, server.port)
        for _ in range(2):
            assert menu["step_id"] == "in_backup"
            assert menu["description_placeholders"] == {"until": "2026-11-22 16:00"}
            assert entry.data[CONF_BACKEND] == BACKEND_SQLITE
            menu = await choose(hass, menu, "move")
        await manager.async_post_backup_actions()
        await finish(hass, await choose(hass, menu, "move"))
        assert entry.data[CONF_BACKEND] == BACKEND_REDIS
        await hass.config_entries.async_unload("entry")


@pytest.mark.usefixtures("socket_enabled")
async def test_a_place_that_is_gone_is_left_after_a_backup(
    hass: HomeAssistant, manager: BackupManager, tmp_path: Path
) -> None:
    """The new place is in the backup; nothing can be moved, so it is asked again."""
    with running(tmp_path) as server, explained():
        entry = await set_up(hass, phone(), data=on_redis(server.port))
        server.kill()
        menu = await entry.start_reconfigure_flow(hass)
        menu = await finish(hass, await choose(hass, menu, "local"))
        await manager.async_pre_backup_actions()
        menu = await choose(hass, menu, "leave")
        assert menu["step_id"] == "in_backup"
        assert entry.data[CONF_BACKEND] == BACKEND_REDIS
        await manager.async_post_backup_actions()
        menu = await finish(hass, await choose(hass, menu, "move"))
        await choose(hass, menu, "leave")
        assert entry.data[CONF_BACKEND] == BACKEND_SQLITE
        await hass.async_block_till_done()
        await hass.config_entries.async_unload("entry")


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
