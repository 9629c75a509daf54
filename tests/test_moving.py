"""The history moves house: to a server and home again, and into a file and back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
import json
from pathlib import Path
import threading
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigFlowResult
from homeassistant.const import CONF_PASSWORD
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
)

from bench.servers import PASSWORD, Server, running
from custom_components.power_scheduler.const import BACKEND_SQLITE, CONF_BACKEND, DOMAIN
from custom_components.power_scheduler.stores import HistoryStore, StoreError, move
from custom_components.power_scheduler.stores.history_file import export_history
from custom_components.power_scheduler.stores.redis import RedisStore
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from .flows import explained
from .home import PHONE, act, phone, set_up, states, tell
from .test_history import LONG_AGO, on_redis, pass_time

HERE = {CONF_BACKEND: BACKEND_SQLITE}
STATE = ("sensor.phone_power_state",)


@pytest.fixture(autouse=True)
def all_explained() -> Iterator[None]:
    """See that all forms are explained."""
    with explained():
        yield


@pytest.fixture
def server(tmp_path: Path, socket_enabled: None) -> Iterator[Server]:  # noqa: ARG001
    """Run a server."""
    with running(tmp_path) as server:
        yield server


@pytest.fixture
async def on_server(hass: HomeAssistant, server: Server) -> AsyncIterator[RedisStore]:
    """Return a look at what the server keeps."""
    settings = replace(server.settings, key_prefix="home")
    store = RedisStore(settings, hass.async_add_executor_job)
    yield store
    await store.close()


async def live(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, *levels: float
) -> None:
    """Let the phone tell some levels, ten minutes apart."""
    for level in levels:
        freezer.tick(1)
        tell(hass, level, "discharging")
        await pass_time(hass, freezer, minutes=10)


async def levels(store: HistoryStore) -> list[float]:
    """Return the levels that a store keeps of the phone."""
    return [s.level for s in (await store.load(LONG_AGO)).get(PHONE, ())]


async def change_to_redis(
    hass: HomeAssistant, entry: MockConfigEntry, port: int
) -> ConfigFlowResult:
    """Choose a server as the place of history."""
    menu = await entry.start_reconfigure_flow(hass)
    form = await choose(hass, menu, "redis")
    return await hass.config_entries.flow.async_configure(
        form["flow_id"],
        {
            "url": f"redis://127.0.0.1:{port}",
            "password": PASSWORD,
            "advanced": {"key_prefix": "home"},
        },
    )


async def choose(hass: HomeAssistant, menu: Any, step: str) -> ConfigFlowResult:
    """Choose from a menu."""
    return await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": step}
    )


async def finish(hass: HomeAssistant, flow: ConfigFlowResult) -> ConfigFlowResult:
    """Wait for the end of a progress, and return what comes then."""
    assert flow["type"] is FlowResultType.SHOW_PROGRESS
    ends = async_capture_events(hass, "data_entry_flow_progressed")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert ends or not hass.config_entries.flow.async_progress()
    flows = hass.config_entries.flow.async_progress()
    if not flows:
        return flow
    return await hass.config_entries.flow.async_configure(flow["flow_id"])


async def test_history_moves_to_a_server_and_home_while_it_is_in_use(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    server: Server,
    on_server: RedisStore,
) -> None:
    """All levels are there after each move, those of in between too, once."""
    entry = await set_up(hass, phone(), data=HERE)
    await live(hass, freezer, 60, 59, 58)
    progress = async_capture_events(hass, "data_entry_flow_progress_update")
    tell(hass, 57)
    await finish(hass, await change_to_redis(hass, entry, server.port))
    assert entry.data[CONF_BACKEND] == "redis"
    assert progress[-1].data["progress"] == 1
    await live(hass, freezer, 56, 55)
    assert await levels(on_server) == [60, 59, 58, 57, 56, 55]
    assert states(hass, STATE) == ["optimal"]

    menu = await entry.start_reconfigure_flow(hass)
    await finish(hass, await choose(hass, menu, "local"))
    assert dict(entry.data) == HERE
    await live(hass, freezer, 54)
    store = entry.runtime_data.history.store
    assert await levels(store) == [60, 59, 58, 57, 56, 55, 54]
    assert await levels(on_server) == [60, 59, 58, 57, 56, 55]


async def test_what_comes_during_a_move_arrives_in_the_new_place(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    server: Server,
    on_server: RedisStore,
) -> None:
    """The integration goes on while the history is carried over."""
    entry = await set_up(hass, phone(), data=HERE)
    await live(hass, freezer, 60, 59)
    really_copy = move.copy_history

    async def copy(*args: Any) -> int:
        """Copy, and let the phone tell something before that is used."""
        copied = await really_copy(*args)
        freezer.tick(60)
        tell(hass, 58)
        return copied

    with patch("custom_components.power_scheduler.history.copy_history", copy):
        await finish(hass, await change_to_redis(hass, entry, server.port))
    await live(hass, freezer, 57)
    assert await levels(on_server) == [60, 59, 58, 57]


async def test_a_move_that_fails_changes_nothing_and_can_be_tried_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, server: Server
) -> None:
    """The server dies in between, and comes back."""
    entry = await set_up(hass, phone(), data=HERE)
    await live(hass, freezer, 60, 59)

    async def die(*args: Any) -> int:
        """Kill the server, then try."""
        server.kill()
        return await move.copy_history(*args)

    with patch("custom_components.power_scheduler.history.copy_history", die):
        flow = await change_to_redis(hass, entry, server.port)
        menu = await finish(hass, flow)
    assert menu["step_id"] == "not_moved"
    assert f"127.0.0.1:{server.port}" in str(menu["description_placeholders"])
    menu = await choose(hass, menu, "leave")
    assert menu["step_id"] == "not_moved"
    assert dict(entry.data) == HERE
    await live(hass, freezer, 58)
    assert await levels(entry.runtime_data.history.store) == [60, 59, 58]

    server.start()
    await finish(hass, await choose(hass, menu, "move"))
    assert entry.data[CONF_BACKEND] == "redis"
    await live(hass, freezer, 57)
    assert await levels(entry.runtime_data.history.store) == [60, 59, 58, 57]


async def test_a_closed_dialog_ends_the_move(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, server: Server
) -> None:
    """History stays where it was, and goes on being saved."""
    entry = await set_up(hass, phone(), data=HERE)
    await live(hass, freezer, 60, 59)
    copying = asyncio.Event()

    async def copy(*_: Any) -> None:
        """Come to no end."""
        copying.set()
        await asyncio.Event().wait()

    with patch("custom_components.power_scheduler.history.copy_history", copy):
        flow = await change_to_redis(hass, entry, server.port)
        await copying.wait()
        hass.config_entries.flow.async_abort(flow["flow_id"])
        await hass.async_block_till_done()
    assert dict(entry.data) == HERE
    await live(hass, freezer, 58)
    assert await levels(entry.runtime_data.history.store) == [60, 59, 58]


async def test_a_place_that_is_gone_can_be_left(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, server: Server
) -> None:
    """What memory holds goes along, and the warning ends."""
    entry = await set_up(hass, phone(), data=on_redis(server.port))
    await live(hass, freezer, 60, 59)
    server.kill()
    await live(hass, freezer, 58)
    menu = await entry.start_reconfigure_flow(hass)
    menu = await finish(hass, await choose(hass, menu, "local"))
    assert menu["step_id"] == "not_moved"
    done = await choose(hass, menu, "leave")
    assert done["reason"] == "reconfigure_successful"
    await live(hass, freezer, 57)
    assert await levels(entry.runtime_data.history.store) == [60, 59, 58, 57]
    assert ir.async_get(hass).async_get_issue(DOMAIN, "store_away") is None


async def test_a_place_that_is_left_while_the_entry_is_removed_leaves_nothing(
    hass: HomeAssistant, server: Server
) -> None:
    """The removal comes first, and nobody would delete a file that comes after it."""
    entry = await set_up(hass, phone(), data=on_redis(server.port))
    server.kill()
    menu = await entry.start_reconfigure_flow(hass)
    menu = await finish(hass, await choose(hass, menu, "local"))
    assert menu["step_id"] == "not_moved"
    async with entry.runtime_data.history.saving:
        removing = hass.async_create_task(hass.config_entries.async_remove("entry"))
        leaving = hass.async_create_task(choose(hass, menu, "leave"))
        await asyncio.sleep(0)
    await removing
    with pytest.raises(UnknownFlow):
        await leaving
    folder = Path(hass.config.path())
    assert not await hass.async_add_executor_job(lambda: list(folder.glob("*.db*")))


@pytest.mark.parametrize("asked", [False, True])
async def test_a_password_that_was_mended_is_not_asked_for_again(
    hass: HomeAssistant, server: Server, *, asked: bool
) -> None:
    """Whether it was told when Home Assistant asked, or by reconfiguring."""
    tell(hass, 60)
    old = {**on_redis(server.port), CONF_PASSWORD: "of yesterday"}
    entry = await set_up(hass, phone(), data=old)
    (flow,) = entry.async_get_active_flows(hass, {SOURCE_REAUTH})
    if asked:
        done = await hass.config_entries.flow.async_configure(
            flow["flow_id"], {CONF_PASSWORD: PASSWORD}
        )
        assert done["reason"] == "reauth_successful"
    else:
        done = await change_to_redis(hass, entry, server.port)
        assert done["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert not entry.runtime_data.history.away
    assert not list(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))


async def test_a_place_that_was_left_asks_for_no_password_any_more(
    hass: HomeAssistant, server: Server
) -> None:
    """Nor that of an entry that is stopped, and so is not set up again."""
    old = {**on_redis(server.port), CONF_PASSWORD: "of yesterday"}
    entry = await set_up(hass, phone(), data=old)
    await hass.config_entries.async_unload(entry.entry_id)
    assert list(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))
    menu = await entry.start_reconfigure_flow(hass)
    menu = await finish(hass, await choose(hass, menu, "local"))
    done = await choose(hass, menu, "leave")
    assert done["reason"] == "reconfigure_successful"
    assert not list(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))


async def test_the_history_of_a_stopped_entry_moves_too(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    server: Server,
    on_server: RedisStore,
) -> None:
    """It is where it should be when the entry starts again."""
    entry = await set_up(hass, phone(), data=HERE)
    await live(hass, freezer, 60, 59)
    await hass.config_entries.async_unload(entry.entry_id)
    await finish(hass, await change_to_redis(hass, entry, server.port))
    assert await levels(on_server) == [60, 59]
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert states(hass, STATE) == ["optimal"]


@pytest.fixture
def media(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Return a folder that Home Assistant may use."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    return tmp_path


async def test_history_goes_to_a_file_and_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, media: Path
) -> None:
    """Also after everything else was removed; reading it twice changes nothing."""
    path = str(media / "history.jsonl")
    entry = await set_up(hass, phone(), data=HERE)
    await live(hass, freezer, 60, 59)
    tell(hass, 58)
    assert await act(hass, "export_history", path=path) == {"samples": 3}
    await hass.config_entries.async_remove(entry.entry_id)
    hass.states.async_remove(PHONE)
    entry = await set_up(hass, phone(), data=HERE)
    assert await levels(entry.runtime_data.history.store) == []
    for _ in range(2):
        assert await act(hass, "import_history", path=path) == {"samples": 3}
        await hass.async_block_till_done(wait_background_tasks=True)
    assert await levels(entry.runtime_data.history.store) == [60, 59, 58]
    assert entry.runtime_data.data.devices[PHONE].age is not None


async def test_only_administrators_handle_files(
    hass: HomeAssistant, hass_read_only_user: MockUser, media: Path
) -> None:
    """Others could fill the disk, or look at what is not theirs."""
    await set_up(hass, phone(), data=HERE)
    for action in ("export_history", "import_history"):
        with pytest.raises(Unauthorized):
            await hass.services.async_call(
                DOMAIN,
                action,
                {"path": str(media / "history.jsonl")},
                blocking=True,
                context=Context(user_id=hass_read_only_user.id),
            )


async def test_files_stay_where_they_may_be(hass: HomeAssistant, media: Path) -> None:
    """Nowhere else on the machine, and not where the whole net can read."""
    await set_up(hass, phone(), data=HERE)
    www = Path(hass.config.path("www"))
    await hass.async_add_executor_job(www.mkdir)
    hass.config.allowlist_external_dirs |= {str(www)}
    wrong = ["/etc/power_scheduler.jsonl", f"{media}/../history.jsonl"]
    wrong += [f"{media}/\0", f"{media}/\ud800"]
    for action, path, key in (
        *(("export_history", path, "path_not_allowed") for path in wrong),
        *(("import_history", path, "path_not_allowed") for path in wrong),
        ("export_history", str(www / "history.jsonl"), "path_public"),
    ):
        with pytest.raises(ServiceValidationError) as caught:
            await act(hass, action, path=path)
        assert caught.value.translation_key == key


@pytest.mark.parametrize("name", ["a" * 300, ""])
async def test_a_name_that_no_file_can_have_is_told(
    hass: HomeAssistant, media: Path, name: str
) -> None:
    """Cleaning up does not hide it, and nothing is written beside the folder."""
    await set_up(hass, phone(), data=HERE)
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "export_history", path=str(media / name))
    assert caught.value.translation_key == "file_failed"
    assert not list(media.parent.glob("*.part"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_update": "2026-11-22T12:00:00"},
        {"last_update": "0001-01-01T00:00:00+14:00"},
        {"power_trend": float("nan")},
        {"power_trend": 10**400},
        {"power_state": 5},
        {"profile": 5},
        {"profile": "\ud800"},
    ],
    ids=str,
)
async def test_a_record_that_could_not_be_read_again_is_not_taken(
    hass: HomeAssistant, media: Path, wrong: dict[str, Any]
) -> None:
    """One odd line must not spoil all history."""
    await set_up(hass, phone(), data=HERE)
    record = {
        "profile": "other",
        "power_state": None,
        "battery_level": None,
        "charging": None,
        "power_trend": None,
        "last_update": "2026-11-22T12:00:00+00:00",
    }
    lines = [{"power_scheduler_history": 1}, record, {**record, **wrong}]
    path = media / "history.jsonl"
    text = "\n".join(map(json.dumps, lines))
    await hass.async_add_executor_job(path.write_text, text)
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "import_history", path=str(path))
    assert caught.value.translation_key == "file_failed"
    assert "line 3" in str(caught.value.translation_placeholders)


async def test_a_file_that_would_lack_what_waits_is_not_written(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, media: Path
) -> None:
    """A full disk can be read, but has nothing of what came since."""
    await set_up(hass, phone(), data=HERE)
    await live(hass, freezer, 60)
    path = media / "history.jsonl"
    with patch.object(SqliteStore, "append", side_effect=StoreError("disk full")):
        await live(hass, freezer, 59)
        with pytest.raises(HomeAssistantError) as caught:
            await act(hass, "export_history", path=str(path))
    assert caught.value.translation_key == "store_failed"
    assert await act(hass, "export_history", path=str(path)) == {"samples": 2}


async def test_removing_the_entry_waits_for_the_file_that_is_written(
    hass: HomeAssistant, media: Path
) -> None:
    """All is in there, and nothing is left behind."""
    tell(hass, 60)
    entry = await set_up(hass, phone(), data=HERE)
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def slowly(*args: Any) -> int:
        """Write when the test lets us."""
        begun.set()
        await goes_on.wait()
        return await export_history(*args)

    actions = "custom_components.power_scheduler.history_actions"
    with patch(f"{actions}.export_history", slowly):
        path = str(media / "history.jsonl")
        writing = hass.async_create_task(act(hass, "export_history", path=path))
        await begun.wait()
        removing = hass.async_create_task(
            hass.config_entries.async_remove(entry.entry_id)
        )
        await asyncio.wait([removing], timeout=0.5)
        goes_on.set()
        assert await writing == {"samples": 1}
        await removing
    folder = Path(hass.config.path())
    assert not await hass.async_add_executor_job(lambda: list(folder.glob("*.db*")))


@pytest.mark.parametrize("use", ["recent", "decisions", "save"])
async def test_a_history_that_was_let_go_of_is_not_used_again(
    hass: HomeAssistant, use: str
) -> None:
    """Who comes while it ends, as diagnostics may, waits, and opens no file anew."""
    tell(hass, 60)
    entry = await set_up(hass, phone(), data=HERE)
    history, now = entry.runtime_data.history, dt_util.utcnow()
    uses = {
        "recent": lambda: history.recent(LONG_AGO, [PHONE]),
        "decisions": history.decisions,
        "save": lambda: history.save(now),
    }
    begun, goes_on, close = asyncio.Event(), asyncio.Event(), history.store.close

    async def slowly() -> None:
        """Close when the test lets us."""
        begun.set()
        await goes_on.wait()
        await close()

    with patch.object(history.store, "close", slowly):
        removing = hass.async_create_task(
            hass.config_entries.async_remove(entry.entry_id)
        )
        await begun.wait()
        history.log([{"task": "late"}])
        late = hass.async_create_task(uses[use]())
        await asyncio.wait([late], timeout=0.2)
        assert not late.done()
        goes_on.set()
        await removing
    await late
    assert history.store._db is None


@pytest.mark.parametrize("action", ["export_history", "import_history"])
async def test_a_file_that_comes_too_late_for_an_entry_leaves_nothing(
    hass: HomeAssistant, media: Path, action: str
) -> None:
    """It is looked at for long, on a slow disk say, until the entry is removed."""
    tell(hass, 60)
    entry = await set_up(hass, phone(), data=HERE)
    path = media / "history.jsonl"
    await act(hass, "export_history", path=str(path))
    begun, goes_on = asyncio.Event(), threading.Event()

    def look(_: str) -> bool:
        """Allow it when the test lets us."""
        hass.loop.call_soon_threadsafe(begun.set)
        return goes_on.wait()

    with patch.object(hass.config, "is_allowed_path", look):
        acting = hass.async_create_task(act(hass, action, path=str(path)))
        await begun.wait()
        await hass.config_entries.async_remove(entry.entry_id)
        goes_on.set()
        with pytest.raises(HomeAssistantError) as caught:
            await acting
    assert caught.value.translation_key == "store_failed"
    folder = Path(hass.config.path())
    assert not await hass.async_add_executor_job(lambda: list(folder.glob("*.db*")))


async def test_what_goes_wrong_with_files_is_told(
    hass: HomeAssistant, media: Path
) -> None:
    """A file that is none of ours, and a store that is away."""
    entry = await set_up(hass, phone(), data=HERE)
    path = media / "notes.txt"
    await hass.async_add_executor_job(path.write_text, "Milk, eggs")
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "import_history", path=str(path))
    assert caught.value.translation_key == "file_failed"
    assert "line 1" in str(caught.value.translation_placeholders)
    await entry.runtime_data.history.close()
    file = Path(hass.config.path("power_scheduler.db"))
    await hass.async_add_executor_job(file.unlink)
    await hass.async_add_executor_job(file.mkdir)
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "export_history", path=str(path))
    assert caught.value.translation_key == "store_failed"
    await hass.async_add_executor_job(file.rmdir)
