"""What is saved, what waits, and where the past comes back from."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from pathlib import Path
import sqlite3
from typing import override
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import (
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from sqlalchemy.exc import SQLAlchemyError

from bench.servers import PASSWORD, running
from custom_components.power_scheduler import history
from custom_components.power_scheduler.const import (
    BACKEND_REDIS,
    BACKEND_SQLITE,
    CONF_BACKEND,
    CONF_KEY_PREFIX,
    DOMAIN,
)
from custom_components.power_scheduler.core.sample import Sample
from custom_components.power_scheduler.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.power_scheduler.stores import StoreAuthError, StoreError
from custom_components.power_scheduler.stores.redis import RedisStore
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from .home import PHONE, PHONE_STATE, act, phone, set_up, states, tell

MINUTES = timedelta(minutes=10)
LONG_AGO = datetime(2000, 1, 1, tzinfo=dt_util.UTC)
TREND = ("sensor.phone_power_state", "sensor.phone_trend")


class MoodyStore(SqliteStore):
    """A real store that can be out of reach."""

    trouble: StoreError | None = None
    unreadable: StoreError | None = None
    slow: asyncio.Event | None = None
    """What samples wait for, if for anything."""

    @override
    async def open(self) -> None:
        """Be there, or not."""
        if self.trouble:
            raise self.trouble
        await super().open()

    @override
    async def load(
        self, since: datetime, devices: Collection[str] | None = None
    ) -> Mapping[str, Sequence[Sample]]:
        """Tell samples, or not."""
        if self.unreadable:
            raise self.unreadable
        return await super().load(since, devices)

    @override
    async def append(self, samples: Mapping[str, Sequence[Sample]]) -> None:
        """Take samples, or not."""
        if self.trouble:
            raise self.trouble
        if self.slow:
            await self.slow.wait()
        await super().append(samples)


@pytest.fixture
def store(hass: HomeAssistant) -> MoodyStore:
    """Return the store that the next entry uses."""
    path = Path(hass.config.path("moody.db"))
    return MoodyStore(path, hass.async_add_executor_job)


async def pass_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, **span: float
) -> None:
    """Let time pass, and everything that waits for it happen."""
    freezer.tick(timedelta(**span))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def levels_in(store: SqliteStore) -> list[float]:
    """Return the levels that a store keeps of the phone."""
    return [s.level for s in (await store.load(LONG_AGO)).get(PHONE, ())]


def on_redis(port: int) -> dict[str, object]:
    """Return the data of an entry that keeps history on a server here."""
    return {
        CONF_BACKEND: BACKEND_REDIS,
        CONF_URL: f"redis://127.0.0.1:{port}/0",
        CONF_USERNAME: None,
        CONF_PASSWORD: PASSWORD,
        CONF_VERIFY_SSL: True,
        CONF_KEY_PREFIX: "home",
    }


async def test_a_store_that_comes_back_gets_everything(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    store: MoodyStore,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing is lost, both are logged once, and the issue comes and goes."""
    caplog.set_level(logging.INFO)
    tell(hass, 60, "discharging")
    issues = ir.async_get(hass)
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        await set_up(hass, phone())
    await pass_time(hass, freezer, minutes=2)
    store.trouble = StoreError("the disk is full")
    for level in range(59, 50, -1):
        tell(hass, level)
        await pass_time(hass, freezer, minutes=2)
    assert states(hass, TREND)[0] == "optimal"
    assert issues.async_get_issue(DOMAIN, "store_away") is not None
    assert caplog.text.count("can't be saved") == 1
    assert "saved again" not in caplog.text
    store.trouble = None
    for _ in range(2):
        await pass_time(hass, freezer, minutes=2)
    assert caplog.text.count("saved again") == 1
    assert issues.async_get_issue(DOMAIN, "store_away") is None
    assert await levels_in(store) == list(range(60, 50, -1))


async def test_what_waits_for_a_store_outlasts_a_reload(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, store: MoodyStore
) -> None:
    """A change of options while the server is away costs nothing."""
    tell(hass, 60, "discharging")
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        entry = await set_up(hass, phone())
        await pass_time(hass, freezer, minutes=2)
        store.trouble = StoreError("the disk is full")
        for level in (59, 58, 57):
            tell(hass, level)
            await pass_time(hass, freezer, minutes=2)
        await act(hass, "check", device="Phone", tasks=[{"type": "sync"}])
        assert await hass.config_entries.async_reload(entry.entry_id)
        await pass_time(hass, freezer, minutes=2)
        assert entry.runtime_data.history.unsaved >= 3
        store.trouble = None
        for _ in range(2):
            await pass_time(hass, freezer, minutes=2)
        assert await levels_in(store) == [60, 59, 58, 57]
        assert len(await store.decisions()) == 1
        assert entry.runtime_data.history.unsaved == 0


async def test_what_waits_outlasts_a_set_up_that_fails(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, store: MoodyStore
) -> None:
    """Also while the store is just being given it."""
    tell(hass, 60, "discharging")
    forward = "homeassistant.config_entries.ConfigEntries.async_forward_entry_setups"
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        entry = await set_up(hass, phone())
        await pass_time(hass, freezer, minutes=2)
        store.trouble = StoreError("the disk is full")
        for level in (59, 58, 57):
            tell(hass, level)
            await pass_time(hass, freezer, minutes=2)
        assert await hass.config_entries.async_unload(entry.entry_id)
        store.trouble, store.slow = None, asyncio.Event()
        with patch(forward, side_effect=HomeAssistantError("no platform")):
            assert not await hass.config_entries.async_setup(entry.entry_id)
        store.slow = None
        assert await hass.config_entries.async_reload(entry.entry_id)
        await pass_time(hass, freezer, minutes=2)
    assert await levels_in(store) == [60, 59, 58, 57]


async def test_what_waits_does_not_fill_the_memory(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    store: MoodyStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a very long outage the oldest readings are let go."""
    monkeypatch.setattr(history, "UNSAVED_AT_MOST", 10)
    tell(hass, 60, "discharging")
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        entry = await set_up(hass, phone())
    store.trouble = StoreError("nobody listens")
    for level in range(59, 30, -1):
        freezer.tick(1)
        tell(hass, level)
    await pass_time(hass, freezer, minutes=2)
    kept = entry.runtime_data.history
    assert 8 <= kept.unsaved <= 10
    levels = [sample.level for sample in kept.waiting[0][PHONE]]
    assert levels == list(range(60, 30, -1))[-kept.unsaved :]


async def test_what_is_just_being_saved_is_reported(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, store: MoodyStore
) -> None:
    """It counts as unsaved until the store has it, and is missing at no time."""
    tell(hass, 60, "discharging")
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        entry = await set_up(hass, phone())
    await pass_time(hass, freezer, minutes=2)
    store.slow = asyncio.Event()
    tell(hass, 59)
    freezer.tick(timedelta(minutes=2))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    reporting = hass.async_create_task(async_get_config_entry_diagnostics(hass, entry))
    await asyncio.sleep(0)
    store.slow.set()
    report = await reporting
    assert report["history"]["unsaved"] == 1
    samples = report["bundle"]["devices"][PHONE]["samples"]
    assert [sample.split()[1] for sample in samples] == ["60.0", "59.0"]
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.runtime_data.history.unsaved == 0


async def test_a_store_that_is_away_at_the_start_is_no_obstacle(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, store: MoodyStore
) -> None:
    """The integration works from memory; later it saves, and reads what was kept."""
    now = dt_util.utcnow()
    await store.append(
        {PHONE: [Sample(now - k * MINUTES, 60 + k, plugged=False) for k in (4, 3, 2)]}
    )
    tell(hass, 60, "discharging")
    store.trouble = StoreError("nobody listens")
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        await set_up(hass, phone())
        assert states(hass, TREND) == ["optimal", "unknown"]
        store.trouble = None
        await pass_time(hass, freezer, minutes=2)
        assert await levels_in(store) == [64, 63, 62, 60]
        await pass_time(hass, freezer, minutes=1)
    _, trend = states(hass, TREND)
    assert trend is not None
    assert -8 < float(trend) < -4


async def test_a_store_that_takes_but_does_not_tell_is_not_asked_in_a_circle(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    store: MoodyStore,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The entry stays as it is until all can be read, and that is told once."""
    issues = ir.async_get(hass)
    tell(hass, 60, "discharging")
    store.unreadable = StoreError("too slow")
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        entry = await set_up(hass, phone())
        before = entry.runtime_data
        for _ in range(3):
            await pass_time(hass, freezer, minutes=2)
        assert entry.runtime_data is before
        assert caplog.text.count("can't be read: too slow") == 1
        issue = issues.async_get_issue(DOMAIN, "store_unread")
        assert issue is not None
        assert issue.translation_placeholders == {"error": "too slow"}
        assert issues.async_get_issue(DOMAIN, "store_away") is None
        store.unreadable = None
        await pass_time(hass, freezer, minutes=2)
        assert entry.runtime_data is not before
        assert issues.async_get_issue(DOMAIN, "store_unread") is None
        again = entry.runtime_data
        await pass_time(hass, freezer, minutes=2)
    assert entry.runtime_data is again


async def test_a_refused_password_asks_for_a_new_one(
    hass: HomeAssistant, store: MoodyStore
) -> None:
    """Meanwhile nothing stops."""
    tell(hass, 60, "discharging")
    store.trouble = StoreAuthError("wrong password")
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        entry = await set_up(hass, phone(), data=on_redis(6379))
    assert states(hass, TREND)[0] == "optimal"
    assert any(entry.async_get_active_flows(hass, {"reauth"}))


async def test_a_password_that_is_accepted_again_is_not_asked_for_any_more(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, store: MoodyStore
) -> None:
    """A server that is just being set up anew may not know its users for a while."""
    tell(hass, 60, "discharging")
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        entry = await set_up(hass, phone(), data=on_redis(6379))
    await pass_time(hass, freezer, minutes=2)
    store.trouble = StoreAuthError("wrong password")
    tell(hass, 59)
    await pass_time(hass, freezer, minutes=2)
    assert any(entry.async_get_active_flows(hass, {"reauth"}))
    store.trouble = None
    for _ in range(2):
        await pass_time(hass, freezer, minutes=2)
    assert await levels_in(store) == [60, 59]
    assert not any(entry.async_get_active_flows(hass, {"reauth"}))
    assert not ir.async_get(hass).issues


async def test_a_start_that_fails_lets_go_of_the_store(
    hass: HomeAssistant, store: MoodyStore
) -> None:
    """The next one opens it anew."""
    tell(hass, 60, "discharging")
    forward = "homeassistant.config_entries.ConfigEntries.async_forward_entry_setups"
    entry = MockConfigEntry(domain=DOMAIN, data={CONF_BACKEND: BACKEND_SQLITE})
    entry.add_to_hass(hass)
    with (
        patch("custom_components.power_scheduler.make_store", return_value=store),
        patch.object(store, "close", wraps=store.close) as close,
    ):
        with patch(forward, side_effect=HomeAssistantError("no platform")):
            assert not await hass.config_entries.async_setup(entry.entry_id)
        close.assert_awaited_once()
        assert await hass.config_entries.async_reload(entry.entry_id)
        close.assert_awaited_once()


async def test_a_store_that_cannot_be_closed_stops_nothing(
    hass: HomeAssistant, store: MoodyStore
) -> None:
    """The entry is unloaded all the same, and can be set up again."""
    tell(hass, 60, "discharging")
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        entry = await set_up(hass, phone())
        with patch.object(store, "close", side_effect=StoreError("nobody listens")):
            assert await hass.config_entries.async_reload(entry.entry_id)
    assert states(hass, TREND)[0] == "optimal"


async def test_the_end_of_home_assistant_saves_what_is_new(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, store: MoodyStore
) -> None:
    """What came in the last seconds is not lost."""
    tell(hass, 60, "discharging")
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        await set_up(hass, phone())
    freezer.tick(1)
    tell(hass, 59)
    with patch.object(store, "close", wraps=store.close) as close:
        hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
        await hass.async_block_till_done()
    close.assert_awaited_once()
    assert await levels_in(store) == [60, 59]


async def test_what_is_older_than_sixty_days_is_forgotten(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, store: MoodyStore
) -> None:
    """History does not grow for ever, however often Home Assistant starts."""
    now = dt_util.utcnow()
    samples = [Sample(now - timedelta(days=d), d, plugged=False) for d in (61, 0.5)]
    await store.append({PHONE: samples})
    tell(hass, 60, "discharging")
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        await set_up(hass, phone())
    await pass_time(hass, freezer, minutes=2)
    assert await levels_in(store) == [0.5, 60]


async def test_a_clock_that_is_wrong_at_the_start_makes_nothing_old(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, store: MoodyStore
) -> None:
    """Until it has shown a day of its own."""
    samples = [Sample(dt_util.utcnow(), 12, plugged=False)]
    await store.append({PHONE: samples})
    freezer.tick(timedelta(days=365))
    tell(hass, 60, "discharging")
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        await set_up(hass, phone())
    await pass_time(hass, freezer, minutes=2)
    assert await levels_in(store) == [12, 60]
    for _ in range(49):
        await pass_time(hass, freezer, minutes=30)
    assert await levels_in(store) == [60]


async def test_a_clock_that_is_set_forward_misses_nothing_of_the_past(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, store: MoodyStore
) -> None:
    """What history keeps of the days between is read then."""
    now, day = dt_util.utcnow(), timedelta(days=1)
    past = [
        Sample(now + day + k * MINUTES, 60 - k, plugged=False) for k in range(-6, -3)
    ]
    await store.append({PHONE: past})
    tell(hass, 60, "discharging")
    with (
        patch("custom_components.power_scheduler.make_store", return_value=store),
        patch("custom_components.power_scheduler.clock.monotonic", return_value=0),
    ):
        await set_up(hass, phone())
        await pass_time(hass, freezer, minutes=1)
        assert states(hass, TREND) == ["optimal", "unknown"]
        for _ in range(2):
            await pass_time(hass, freezer, hours=12)
    assert states(hass, TREND)[1] != "unknown"


async def test_a_damaged_file_is_moved_aside_and_told_of(hass: HomeAssistant) -> None:
    """The integration starts anew, and the user learns where the old file is."""
    path = Path(hass.config.path("power_scheduler.db"))
    await hass.async_add_executor_job(path.write_bytes, b"no database" * 1000)
    tell(hass, 60, "discharging")
    await set_up(hass, phone())
    assert states(hass, TREND)[0] == "optimal"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "store_damaged")
    assert issue is not None
    moved = Path((issue.translation_placeholders or {})["path"])
    assert await hass.async_add_executor_job(moved.exists)


async def test_a_moment_that_never_was_is_damage(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A bit of the file has flipped: the start goes on, and so does saving."""

    def flip(path: Path) -> None:
        """Let one sample be of no year."""
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE sample SET at = at + (1 << 62)")

    tell(hass, 60, "discharging")
    entry = await set_up(hass, phone())
    await pass_time(hass, freezer, minutes=2)
    assert await hass.config_entries.async_unload(entry.entry_id)
    path = Path(hass.config.path("power_scheduler.db"))
    await hass.async_add_executor_job(flip, path)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert states(hass, TREND)[0] == "optimal"
    tell(hass, 59)
    for _ in range(2):
        await pass_time(hass, freezer, minutes=2)
    assert ir.async_get(hass).async_get_issue(DOMAIN, "store_damaged") is not None
    assert ir.async_get(hass).async_get_issue(DOMAIN, "store_away") is None
    assert await levels_in(entry.runtime_data.history.store) == [60, 59]


@pytest.mark.usefixtures("recorder_mock")
async def test_the_past_comes_from_the_recorder_alone(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A new device has a trend within seconds."""
    for level in range(60, 40, -2):
        tell(hass, level, "discharging")
        freezer.tick(timedelta(minutes=10))
        await async_wait_recording_done(hass)
    await set_up(hass, phone())
    state, trend = states(hass, TREND)
    assert state == "normal"
    assert trend is not None
    assert -16 < float(trend) < -6


@pytest.mark.usefixtures("recorder_mock")
async def test_the_words_that_the_recorder_leaves_out_count_in_the_past_too(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, store: MoodyStore
) -> None:
    """An iPhone in iCloud that did not charge was on battery then."""
    for level in (60, 59, 58):
        freezer.tick(timedelta(minutes=10))
        hass.states.async_set(
            PHONE_STATE,
            "not_charging",
            {"options": ["charging", "full", "not_charging"]},
            state_info={"unrecorded_attributes": frozenset({"options"})},
        )
        tell(hass, level)
        await async_wait_recording_done(hass)
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        await set_up(hass, phone())
    await pass_time(hass, freezer, minutes=2)
    samples = (await store.load(LONG_AGO))[PHONE]
    assert {sample.plugged for sample in samples} == {False}


@pytest.mark.usefixtures("recorder_mock")
async def test_a_recorder_in_trouble_stops_nothing(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """What it can't tell is not known, and the present is."""
    tell(hass, 60, "discharging")
    trouble = SQLAlchemyError("the disk is full")
    with patch(
        "custom_components.power_scheduler.backfill.get_significant_states",
        side_effect=trouble,
    ):
        await set_up(hass, phone())
    assert states(hass, TREND)[0] == "optimal"
    assert caplog.text.count("the disk is full") == 1


@pytest.mark.usefixtures("recorder_mock")
async def test_the_recorder_fills_the_gap_that_a_power_cut_left(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, store: MoodyStore
) -> None:
    """What the store missed, and only that, is filled in and saved."""
    stored = [Sample(dt_util.utcnow(), 70, plugged=False)]
    await store.open()
    await store.append({PHONE: stored})
    for level in (69, 68, 67):
        freezer.tick(timedelta(minutes=10))
        tell(hass, level, "discharging")
        await async_wait_recording_done(hass)
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        await set_up(hass, phone())
    await pass_time(hass, freezer, minutes=2)
    assert await levels_in(store) == [70, 69, 68, 67]


@pytest.mark.usefixtures("recorder_mock")
@pytest.mark.parametrize(("told_again", "lines"), [(True, 1), (False, 2)])
async def test_a_level_that_stood_is_a_line_as_far_as_it_was_told(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, told_again: bool, lines: int
) -> None:
    """The recorder knows when a level was told last; of a silence it knows nothing."""
    tell(hass, 100)
    await async_wait_recording_done(hass)
    for _ in range(12):
        freezer.tick(timedelta(minutes=30))
        if told_again:
            tell(hass, 100)
    for level in (75, 68, 61):
        freezer.tick(timedelta(minutes=10))
        tell(hass, level)
        await async_wait_recording_done(hass)
    entry = await set_up(hass, phone())
    runs = entry.runtime_data.batteries.pasts.runs(PHONE, dt_util.utcnow())
    assert len(runs) == lines
    flat = [sample.at for run in runs for sample in run if sample.level == 100]
    assert (flat[-1] - flat[0] == timedelta(hours=6)) is told_again


async def keep_old_reading(store: MoodyStore) -> None:
    """Let the store keep what a phone told that died three days ago."""
    died = dt_util.utcnow() - timedelta(days=3)
    past = [Sample(died - timedelta(hours=h), 60 + h, plugged=False) for h in (2, 1, 0)]
    await store.open()
    await store.append({PHONE: past})


async def test_a_level_that_was_restored_is_as_old_as_it_was(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, store: MoodyStore
) -> None:
    """A dead phone is not trusted after a restart, until it says something new."""
    await keep_old_reading(store)
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        await set_up(hass, phone())
    # The companion app restores one sensor after the other.
    tell(hass, 60)
    await pass_time(hass, freezer, seconds=11)
    hass.states.async_set(PHONE_STATE, "discharging")
    await pass_time(hass, freezer, seconds=11)
    assert states(hass, TREND)[0] == "unknown"
    tell(hass, 59)
    await pass_time(hass, freezer, seconds=11)
    assert states(hass, TREND)[0] == "optimal"


@pytest.mark.parametrize("forced", [False, True])
async def test_a_level_that_is_told_again_is_alive(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    store: MoodyStore,
    *,
    forced: bool,
) -> None:
    """The second report after a start is the device's own, changed or not."""
    await keep_old_reading(store)
    tell(hass, 60, "discharging")
    with patch("custom_components.power_scheduler.make_store", return_value=store):
        await set_up(hass, phone())
    await pass_time(hass, freezer, minutes=5)
    assert states(hass, TREND)[0] == "unknown"
    hass.states.async_set(
        PHONE, "60", {"unit_of_measurement": "%"}, force_update=forced
    )
    await pass_time(hass, freezer, seconds=11)
    assert states(hass, TREND)[0] == "optimal"


async def test_a_level_that_comes_back_from_a_silence_is_no_news(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Neither is what comes with it: its integration was set up anew."""
    tell(hass, 60, "discharging")
    await set_up(hass, phone())
    await pass_time(hass, freezer, hours=5)
    tell(hass, "unavailable", "unavailable")
    await pass_time(hass, freezer, hours=2)
    tell(hass, 60, "discharging")
    await pass_time(hass, freezer, seconds=11)
    assert states(hass, TREND)[0] == "unknown"


@pytest.mark.usefixtures("recorder_mock")
@pytest.mark.parametrize("order", [1, -1])
async def test_the_recorder_does_not_tell_what_was_restored(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, order: int
) -> None:
    """It has rows of every start, in any order, however long the phone is dead."""
    tell(hass, 60, "discharging")
    for _ in range(3):
        await async_wait_recording_done(hass)
        freezer.tick(timedelta(hours=5) - timedelta(seconds=2))
        for entity_id in (PHONE, PHONE_STATE):
            hass.states.async_set(entity_id, "unavailable")
        for entity_id in (PHONE, PHONE_STATE)[::order]:
            freezer.tick(1)
            restored = "60" if entity_id == PHONE else "discharging"
            attributes = {"unit_of_measurement": "%"} if entity_id == PHONE else {}
            hass.states.async_set(entity_id, restored, attributes)
    await async_wait_recording_done(hass)
    entry = await set_up(hass, phone())
    assert states(hass, TREND)[0] == "unknown"
    (told,) = entry.runtime_data.batteries.pasts.samples(PHONE)
    assert told.at == dt_util.utcnow() - timedelta(hours=15)


@pytest.mark.usefixtures("socket_enabled")
async def test_a_killed_server_costs_no_sample(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    """A real server dies in the middle of a stream, and comes back."""
    with running(tmp_path) as server:
        tell(hass, 60, "discharging")
        await set_up(hass, phone(), data=on_redis(server.port))
        await pass_time(hass, freezer, minutes=2)
        for level in range(59, 30, -1):
            if level == 50:
                server.kill()
            if level == 40:
                server.start()
            tell(hass, level)
            await pass_time(hass, freezer, minutes=2)
        store = RedisStore(
            replace(server.settings, key_prefix="home"), hass.async_add_executor_job
        )
        kept = await store.load(LONG_AGO)
        profile = await store.profile(PHONE)
        await store.close()
    assert [s.level for s in kept[PHONE]] == list(range(60, 30, -1))
    assert profile is not None
    assert (profile.power_state, profile.battery_level) == ("normal", 31)
    assert (profile.charging, profile.power_trend is not None) == (False, True)
